"""A Kalman filter: the likelihood of measurements, differentiated by the noise levels of the model."""

import numpy as np

import s2sad


def negative_log_likelihood(log_noise, measurements, dt):
    """Of noisy positions of a body with random acceleration; log_noise is (acceleration, measurement)."""
    q, r = np.exp(log_noise[0]), np.exp(log_noise[1])
    a = np.array([[1.0, dt], [0.0, 1.0]])
    shape = np.array([[dt**3/3, dt**2/2], [dt**2/2, dt]])
    h = np.array([[1.0, 0.0]])
    x = np.zeros(2)
    p = 10.0*np.eye(2)
    total = 0.0
    for z in measurements:
        x = a @ x
        p = a @ p @ a.T + q*shape
        innovation = z - h @ x
        s = h @ p @ h.T + r*np.eye(1)
        gain = p @ h.T @ np.linalg.inv(s)
        total = total + 0.5*(np.log(2*np.pi*np.linalg.det(s)) + innovation @ np.linalg.solve(s, innovation))
        x = x + gain @ innovation
        p = (np.eye(2) - gain @ h) @ p
    return total


def simulate(n=60, dt=0.1):
    rng = np.random.default_rng(4)
    x = np.zeros(2)
    found = []
    for _ in range(n):
        x = np.array([x[0] + dt*x[1], x[1] + np.sqrt(0.5*dt)*rng.normal()])
        found.append(x[0] + 0.2*rng.normal())
    return np.array(found)


def main():
    measurements = simulate()
    transform = s2sad.value_and_grad(negative_log_likelihood)
    log_noise = np.array([-2.0, -1.0])
    value, gradient = transform(log_noise, measurements, 0.1)
    assert value == negative_log_likelihood(log_noise, measurements, 0.1)
    h = 1e-5
    for i, unit in enumerate(np.eye(2)):
        plus = negative_log_likelihood(log_noise + h*unit, measurements, 0.1)
        minus = negative_log_likelihood(log_noise - h*unit, measurements, 0.1)
        assert abs(gradient[i] - (plus - minus)/(2*h)) < 1e-6*max(1.0, abs(gradient[i]))

    first, steepest = value, np.max(np.abs(gradient))
    for _ in range(60):
        value, gradient = transform(log_noise, measurements, 0.1)
        log_noise = log_noise - 0.05*gradient
    assert value < first and np.max(np.abs(gradient)) < 0.5*steepest
    print(f"likelihood {-first:.3f} before, {-value:.3f} after; noise levels {np.exp(log_noise)}")


if __name__ == "__main__":
    main()
