"""The heat equation, stepped in place, and its sensitivity to the initial state and to the conductivity."""

import numpy as np

import s2sad


def heat(u, k, steps):
    """The energy after some steps from temperature u with conductivity k; the ends are held."""
    for _ in range(steps):
        u[1:-1] = u[1:-1] + k*(u[2:] - 2*u[1:-1] + u[:-2])
    return np.sum(u*u)


def main():
    u = np.sin(np.linspace(0.0, np.pi, 9))
    before = u.copy()
    value, (u_bar, k_bar) = s2sad.value_and_grad(heat, argnums=("u", "k"))(u, 0.2, 10)
    assert np.array_equal(u, before)  # heat writes into its argument, the gradient does not
    assert value == heat(u.copy(), 0.2, 10)

    h = 1e-6
    slope = (heat(u.copy(), 0.2 + h, 10) - heat(u.copy(), 0.2 - h, 10))/(2*h)
    assert abs(k_bar - slope) < 1e-7*abs(slope)
    bumped = [(heat(u + h*e, 0.2, 10) - heat(u - h*e, 0.2, 10))/(2*h) for e in np.eye(9)]
    assert np.allclose(u_bar, bumped, rtol=1e-7, atol=1e-8)

    print("energy:", value)
    print("its derivative with respect to k:", k_bar)
    print("its derivative with respect to u:", np.array2string(u_bar, precision=4))


if __name__ == "__main__":
    main()
