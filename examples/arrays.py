"""Arrays: sums, columns, reshapes and matrix products, with gradients and with cotangents of one's own."""

import numpy as np

import s2sad


def total(x):
    return np.sum(x)


def first_two_columns(x):
    return x[:, 0] + x[:, 1]


def mean_square(x):
    return np.mean((x + 1)**2)


def doubled_square(x):
    return (2*x).reshape(2, 2)


def matmul(a, b):
    return a @ b


def twice_dot(x):
    return 2*np.dot(x, x)


def sum_of_squares(x):
    return np.sum(x*x)


def main():
    assert np.array_equal(s2sad.grad(total)(np.ones((3, 4))), np.ones((3, 4)))

    x = np.arange(12.0).reshape(3, 4)
    out, pullback = s2sad.vjp(first_two_columns, x)
    assert np.array_equal(out, x[:, 0] + x[:, 1])
    (x_bar,) = pullback(np.ones(3))
    assert np.array_equal(x_bar, [[1, 1, 0, 0]]*3)
    (x_bar,) = pullback(np.zeros(3))  # a pullback can be called any number of times
    assert np.array_equal(x_bar, np.zeros((3, 4)))

    value, gradient = s2sad.value_and_grad(mean_square)(np.ones((2, 2)))
    assert value == 4.0 and np.array_equal(gradient, np.ones((2, 2)))

    _, pullback = s2sad.vjp(doubled_square, np.array([1.0, 2.0, 3.0, 4.0]))
    assert np.allclose(pullback(np.array([[1, 0.1], [0.01, 0.001]]))[0], [2, 0.2, 0.02, 0.002], rtol=1e-15)

    _, pullback = s2sad.vjp(matmul, np.array([[1.0, 2.0, 3.0]]), np.array([[1.0], [2.0], [3.0]]))
    a_bar, b_bar = pullback(np.ones((1, 1)))
    assert np.array_equal(a_bar, [[1, 2, 3]]) and np.array_equal(b_bar, [[1], [2], [3]])
    _, pullback = s2sad.vjp(matmul, np.array([[2.0, 3.0]]), np.ones((2, 1)))
    a_bar, b_bar = pullback(np.ones((1, 1)))
    assert np.array_equal(a_bar, [[1, 1]]) and np.array_equal(b_bar, [[2], [3]])
    _, pullback = s2sad.vjp(matmul, np.array([[2.0, 3.0], [1.0, 2.0]]), np.ones((2, 2)))
    a_bar, b_bar = pullback(np.ones((2, 2)))
    assert np.array_equal(a_bar, [[2, 2], [2, 2]]) and np.array_equal(b_bar, [[3, 3], [5, 5]])

    x = np.array([0.0, 1.0, 2.0, 3.0])
    assert np.array_equal(s2sad.grad(twice_dot)(x), [0, 4, 8, 12])
    assert np.array_equal(s2sad.grad(sum_of_squares)(x), [0, 2, 4, 6])

    print(s2sad.grad(mean_square).source_for(np.ones((2, 2))))
    print("gradient of 2*dot(x, x):", s2sad.grad(twice_dot)(x))


if __name__ == "__main__":
    main()
