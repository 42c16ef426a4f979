"""Model-agnostic meta-learning (Finn, Abbeel & Levine 2017): descent is differentiated through.

The tasks are sine waves of unknown height and phase. The loss is that after two steps of gradient descent on
ten points of a task, taken at other points; it is differentiated by where descent begins and by its rate.
The parameters are a tuple: the rank of each element is known then, which that of a list's elements is not.
"""

import numpy as np

import s2sad


def network(params, x):
    w, b, v, c, z, d = params
    h = np.maximum(x[:, None]*w + b, 0.0)
    return np.maximum(h @ v + c, 0.0) @ z + d


def task_loss(params, x, y):
    return np.mean((network(params, x) - y)**2)


def adapted(params, rate, x, y):
    for _ in range(2):
        grads = s2sad.grad(task_loss)(params, x, y)
        params = tuple(p - rate*g for p, g in zip(params, grads, strict=True))
    return params


def meta_loss(params, rate, x, y, x_new, y_new):
    return task_loss(adapted(params, rate, x, y), x_new, y_new)


def task(rng):
    height, phase = rng.uniform(0.5, 2.0), rng.uniform(0.0, np.pi)
    x = rng.uniform(-3.0, 3.0, size=20)
    y = height*np.sin(x + phase)
    return x[:10], y[:10], x[10:], y[10:]


def train(params, rng, steps=600, batch=4):
    gradient = s2sad.grad(meta_loss, argnums=("params", "rate"))
    rate = 0.02
    means, squares = [np.zeros_like(p) for p in params], [np.zeros_like(p) for p in params]
    for step in range(1, steps + 1):
        found = [gradient(params, rate, *task(rng)) for _ in range(batch)]
        rate -= 1e-4*np.clip(np.mean([r for _, r in found]), -1.0, 1.0)
        for i, (p, m, s) in enumerate(zip(params, means, squares, strict=True)):
            g = np.mean([g[i] for g, _ in found], axis=0)
            m += 0.1*(g - m)
            s += 0.01*(g*g - s)
            p -= 4e-3*m/(1 - 0.9**step)/(np.sqrt(s/(1 - 0.99**step)) + 1e-8)
    return params, float(rate)


def losses(params, rate, count=100):
    """The mean loss before and after adaptation, on tasks of their own."""
    rng = np.random.default_rng(99)
    tasks = [task(rng) for _ in range(count)]
    before = np.mean([task_loss(params, t[2], t[3]) for t in tasks])
    return before, np.mean([meta_loss(params, rate, *t) for t in tasks])


def picture(params, rate):
    from matplotlib import pyplot

    x, y, _, _ = task(np.random.default_rng(7))
    grid = np.linspace(-3.0, 3.0, 101)
    pyplot.figure(figsize=(5, 4))
    pyplot.plot(x, y, "o", label="points")
    pyplot.plot(grid, network(params, grid), label="where descent begins")
    pyplot.plot(grid, network(adapted(params, rate, x, y), grid), label="after two steps")
    pyplot.legend()
    pyplot.savefig("meta_learning.png")


def main():
    rng = np.random.default_rng(5)
    n = 24
    params = (
        rng.normal(size=n), rng.normal(size=n), rng.normal(size=(n, n))*np.sqrt(2/n), np.zeros(n),
        rng.normal(size=n)*np.sqrt(2/n), np.zeros(1),
    )  # fmt: skip
    args = (params, 0.02, *task(rng))
    value, (grads, slope) = s2sad.value_and_grad(meta_loss, argnums=(0, 1))(*args)
    assert value == meta_loss(*args)
    h = 1e-6
    faster, slower = (meta_loss(params, rate, *args[2:]) for rate in (0.02 + h, 0.02 - h))
    assert abs(slope - (faster - slower)/(2*h)) < 1e-4
    bumped = [tuple(p + s*h*np.sign(g) for p, g in zip(params, grads, strict=True)) for s in (1, -1)]
    difference = (meta_loss(bumped[0], *args[1:]) - meta_loss(bumped[1], *args[1:]))/(2*h)
    assert abs(difference - sum(np.sum(np.abs(g)) for g in grads)) < 1e-4*abs(difference)

    untrained = losses(params, 0.02)
    params, rate = train(params, rng)
    before, after = losses(params, rate)
    assert after < 0.5*before and after < 0.5*untrained[1]
    print(f"loss after two steps: {untrained[1]:.3f} from a random start, {after:.3f} from the learnt one")
    try:
        picture(params, rate)
    except ImportError:
        print("no picture: matplotlib is not installed")


if __name__ == "__main__":
    main()
