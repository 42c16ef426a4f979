"""Parts of a program that count as constant: stop_gradient and no_grad."""

import numpy as np

import s2sad


def half_stopped(x):
    return np.sum(s2sad.stop_gradient(x*x)*x)


def partly_constant(x):
    with s2sad.no_grad():
        offset = x**3
    return x**2 + offset


def main():
    x = np.array([0.0, 1.0, 2.0, 3.0])
    assert np.array_equal(s2sad.grad(half_stopped)(x), [0, 1, 4, 9])
    value, gradient = s2sad.value_and_grad(partly_constant)(1.0)
    assert (value, gradient) == (2.0, 2.0)
    print(s2sad.grad(half_stopped).source_for(x))
    print("gradient of sum(stop(x*x)*x):", s2sad.grad(half_stopped)(x))


if __name__ == "__main__":
    main()
