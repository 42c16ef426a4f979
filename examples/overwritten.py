"""Arrays that are written to: results that are overwritten later, views, and whose arguments they are."""

import numpy as np

import s2sad


def overwritten_sigmoid(x):
    y = 1/(1 + np.exp(-x))
    loss = np.sum(y)
    y[...] = 0.0  # the derivative of the sigmoid is y*(1 - y), of the y that was
    return loss + np.sum(y)


def through_a_view(x):
    inside = x[1:-1]
    inside *= inside
    return np.sum(x)


def main():
    x = np.array([-1.0, 0.0, 2.0])
    sigmoid = 1/(1 + np.exp(-x))
    gradient = s2sad.grad(overwritten_sigmoid)(x)
    assert np.allclose(gradient, sigmoid*(1 - sigmoid), rtol=1e-14) and np.all(gradient > 0)

    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert np.array_equal(s2sad.grad(through_a_view)(x), [1, 4, 6, 1])
    assert np.array_equal(x, [1, 2, 3, 4])  # the function works on a copy of what it writes to

    print(s2sad.grad(through_a_view).source_for(x))
    print("gradient of the sigmoid that was overwritten:", gradient)


if __name__ == "__main__":
    main()
