"""A network u(t) that satisfies u'' = -(pi**2) sin(pi t), u(0) = u(1) = 0, trained on the equation alone.

The loss contains u'', a derivative of a derivative by t, and is differentiated by the parameters.
"""

import numpy as np

import s2sad


def network(params, t):
    w, b, v, c = params
    return np.tanh(np.outer(t, w) + b) @ v + c


def total(t, params):
    """Its gradient is u' at each of the points: u at one point depends on no other."""
    return np.sum(network(params, t))


def total_slope(t, params):
    return np.sum(s2sad.grad(total)(t, params))


def loss(params, t):
    u_tt = s2sad.grad(total_slope)(t, params)
    ends = network(params, np.array([0.0, 1.0]))
    return np.mean((u_tt + np.pi**2*np.sin(np.pi*t))**2) + 10.0*np.sum(ends**2)


def unpacked(flat, n):
    return [flat[:n], flat[n : 2*n], flat[2*n : 3*n], flat[3*n]]


def train(n=12, steps=3000):
    """Adam, with a step that shrinks."""
    rng = np.random.default_rng(2)
    flat = np.concatenate([2*rng.normal(size=n), rng.normal(size=n), 0.1*rng.normal(size=n), [0.0]])
    t = np.linspace(0.0, 1.0, 21)
    gradient = s2sad.value_and_grad(lambda flat: loss(unpacked(flat, n), t))
    mean, square, losses = np.zeros_like(flat), np.zeros_like(flat), []
    for step in range(1, steps + 1):
        value, g = gradient(flat)
        losses.append(value)
        mean += 0.1*(g - mean)
        square += 0.001*(g*g - square)
        rate = 0.02*(1.0 - step/(steps + 1))
        flat = flat - rate*mean/(1 - 0.9**step)/(np.sqrt(square/(1 - 0.999**step)) + 1e-8)
    return unpacked(flat, n), losses


def picture(params, losses):
    from matplotlib import pyplot

    _, (left, right) = pyplot.subplots(1, 2, figsize=(9, 4), layout="constrained")
    t = np.linspace(0.0, 1.0, 101)
    left.plot(t, np.sin(np.pi*t), label="solution")
    left.plot(t, network(params, t), "--", label="network")
    left.legend()
    right.semilogy(losses)
    right.set_xlabel("step")
    right.set_ylabel("loss")
    pyplot.savefig("physics_informed.png")


def main():
    rng = np.random.default_rng(0)
    params, t = [rng.normal(size=3), rng.normal(size=3), rng.normal(size=3), 0.1], np.linspace(0.0, 1.0, 5)
    w, b, v, _ = params
    h = np.tanh(np.outer(t, w) + b)
    u_tt = s2sad.grad(total_slope)(t, params)
    assert np.allclose(u_tt, (-2*h*(1 - h*h)*w*w) @ v, rtol=1e-12)  # by hand
    s2sad.check_grads(loss, (params, t), order=1, modes=("rev",))

    params, losses = train()
    t = np.linspace(0.0, 1.0, 101)
    error = np.max(np.abs(network(params, t) - np.sin(np.pi*t)))
    assert losses[0] > 10.0 and losses[-1] < 1e-2 and error < 1e-2
    print(f"loss {losses[0]:.2f} before, {losses[-1]:.1e} after; largest error of u {error:.1e}")
    try:
        picture(params, losses)
    except ImportError:
        print("no picture: matplotlib is not installed")


if __name__ == "__main__":
    main()
