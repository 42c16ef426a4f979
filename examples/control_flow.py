"""Control flow: the derivative of a while loop is a loop that runs backwards as often as it ran forwards."""

import numpy as np

import s2sad


def grown(a):
    b = a*2
    while np.linalg.norm(b) < 1000:
        b = b*2
    c = b if np.sum(b) > 0 else 100*b
    return c


def first_large(xs, limit):
    """The product of the first pair, in order, that exceeds the limit; an early return from a nested loop."""
    for i in range(len(xs)):
        for j in range(i):
            if xs[i]*xs[j] > limit:
                return xs[i]*xs[j]
    return 0.0


def main():
    value, gradient = s2sad.value_and_grad(grown)(2.0)
    assert (value, gradient) == (1024.0, 512.0)

    xs = np.array([1.0, 2.0, 3.0, 4.0])
    assert np.array_equal(s2sad.grad(first_large)(xs, 5.0), [0, 3, 2, 0])
    assert np.array_equal(s2sad.grad(first_large)(xs, 100.0), [0, 0, 0, 0])

    print(s2sad.grad(grown).source_for(2.0))
    print("value and gradient at 2.0:", value, gradient)


if __name__ == "__main__":
    main()
