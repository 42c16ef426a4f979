"""A Runge-Kutta integrator with adaptive steps in a while loop, differentiated with respect to its model.

The step length is part of the program and is differentiated as well: what comes out is the derivative of
the number that the program computes, which agrees with that of the exact solution to the tolerance.
"""

import numpy as np

import s2sad


def pendulum(y, length):
    return np.stack([y[1], -9.81/length*np.sin(y[0])])


def step(y, length, h):
    k1 = pendulum(y, length)
    k2 = pendulum(y + 0.5*h*k1, length)
    k3 = pendulum(y + 0.5*h*k2, length)
    k4 = pendulum(y + h*k3, length)
    return y + h/6*(k1 + 2*k2 + 2*k3 + k4)


def swing(y, length, duration, tolerance):
    """The angle after some time: a step is halved where two half steps disagree with it, else doubled."""
    t = 0.0
    h = 0.1
    while t < duration:
        if t + h > duration:
            h = duration - t
        once = step(y, length, h)
        twice = step(step(y, length, 0.5*h), length, 0.5*h)
        error = np.max(np.abs(twice - once))
        if error > tolerance:
            h = 0.5*h
            continue
        t = t + h
        y = twice
        if error < 0.05*tolerance:
            h = 2*h
    return y[0]


def main():
    start = np.array([0.4, 0.0])
    transform = s2sad.value_and_grad(swing, argnums=("y", "length"))
    value, (start_bar, length_bar) = transform(start, 1.5, 2.0, 1e-8)
    assert value == swing(start, 1.5, 2.0, 1e-8)

    d = 1e-5
    slope = (swing(start, 1.5 + d, 2.0, 1e-8) - swing(start, 1.5 - d, 2.0, 1e-8))/(2*d)
    assert abs(length_bar - slope) < 1e-5*abs(slope)
    for i, unit in enumerate(np.eye(2)):
        slope = (swing(start + d*unit, 1.5, 2.0, 1e-8) - swing(start - d*unit, 1.5, 2.0, 1e-8))/(2*d)
        assert abs(start_bar[i] - slope) < 1e-5*abs(slope)

    print(f"angle {value:.6f}, by the length {length_bar:.6f}, by the start {start_bar}")


if __name__ == "__main__":
    main()
