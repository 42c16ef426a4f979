"""Scalar formulas: a gradient, several arguments, a second derivative, and gradient descent by hand."""

import s2sad


def parabola(x):
    return x**2 + 3*x + 1


def quadratic(x, a, b, c):
    return a*x**2 + b*x + c


def product(x1, x2):
    return x1*x2


def product_and_sum(x1, x2):
    return x1*x2 + x1 + x2


def mixed(x, y, z):
    return x**2 + x*y + z


def separate(x1, x2):
    return 3*x1*x1 + 9*x2


def main():
    assert s2sad.grad(parabola)(2.0) == 7.0

    slope = s2sad.grad(quadratic)
    curvature = s2sad.grad(slope)
    assert slope(0.0, 1.0, -2.0, 1.0) == -2.0
    assert curvature(0.0, 1.0, -2.0, 1.0) == 2.0
    x = 0.0
    for _ in range(500):
        x -= 0.01*slope(x, 1.0, -2.0, 1.0)
    assert f"{x:.4f}" == "1.0000"
    assert abs(quadratic(x, 1.0, -2.0, 1.0)) < 1e-8

    assert s2sad.grad(product, argnums=(0, 1))(1.0, 2.0) == (2.0, 1.0)
    assert s2sad.grad(product_and_sum, argnums=(0, 1))(1.0, 2.0) == (3.0, 2.0)
    assert s2sad.grad(mixed, argnums=(0, 1, 2))(-1.0, 2.0, 3.0) == (0.0, -1.0, 1.0)
    assert s2sad.grad(separate, argnums="x2")(2.0, 3.0) == 9.0

    gradient = s2sad.grad(mixed, argnums=(0, 1, 2))
    gradient(-1.0, 2.0, 3.0)
    print(gradient.source)
    print(f"minimum of the parabola: x = {x:.4f}")


if __name__ == "__main__":
    main()
