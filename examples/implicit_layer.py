"""A layer whose value z solves z = tanh(w z + u x), and two ways to its derivative.

The one differentiates the iteration, and keeps every step. The other uses the implicit function theorem:
a step of Newton's method that begins at the solution, taken as a constant, has its value and its derivative.
"""

import numpy as np

import s2sad


def layer(z, w, u, x):
    return np.tanh(w @ z + u @ x)


def solution(w, u, x):
    z = np.zeros(len(w))
    while True:
        new = layer(z, w, u, x)
        if np.max(np.abs(new - z)) < 1e-13:
            return new
        z = new


def loss_by_iteration(w, u, x, y):
    return np.sum((solution(w, u, x) - y)**2)


def loss_by_theorem(w, u, x, y):
    with s2sad.no_grad():
        z = solution(w, u, x)
        slope = (1.0 - z*z)[:, None]*w  # of the layer by z
    z = z + np.linalg.solve(np.eye(len(z)) - slope, layer(z, w, u, x) - z)
    return np.sum((z - y)**2)


def picture(losses):
    from matplotlib import pyplot

    pyplot.figure(figsize=(5, 4))
    pyplot.semilogy(losses)
    pyplot.xlabel("step of descent")
    pyplot.ylabel("loss")
    pyplot.savefig("implicit_layer.png")


def main():
    rng = np.random.default_rng(1)
    w, u = 0.3*rng.normal(size=(6, 6)), rng.normal(size=(6, 2))
    x, y = rng.normal(size=2), rng.uniform(-0.8, 0.8, size=6)
    by_iteration = s2sad.value_and_grad(loss_by_iteration, argnums=("w", "u"))
    by_theorem = s2sad.value_and_grad(loss_by_theorem, argnums=("w", "u"))
    value, gradients = by_iteration(w, u, x, y)
    assert value == loss_by_iteration(w, u, x, y)
    other, others = by_theorem(w, u, x, y)
    assert abs(other - value) < 1e-10
    assert all(np.allclose(a, b, rtol=1e-8, atol=1e-10) for a, b in zip(gradients, others, strict=True))
    assert ".append(" in by_iteration.source and ".append(" not in by_theorem.source  # the one has a tape

    losses = []
    for _ in range(200):
        value, (w_bar, u_bar) = by_theorem(w, u, x, y)
        w, u = w - 0.1*w_bar, u - 0.1*u_bar
        losses.append(value)
    assert losses[0] > 0.1 and losses[-1] < 1e-6
    print(by_theorem.source)
    print(f"loss {losses[0]:.4f} before, {losses[-1]:.1e} after")
    try:
        picture(losses)
    except ImportError:
        print("no picture: matplotlib is not installed")


if __name__ == "__main__":
    main()
