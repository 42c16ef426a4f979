"""Models as they are written by hand: layers that keep their inputs, cells, filters and controllers with a state."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check

R = np.random.default_rng(0)
X = np.array([0.3, 0.7, 1.1])
D = R.standard_normal((5, 3))
Y = np.sin(D @ np.array([1.0, -0.5, 0.2]))


class Linear:
    def __init__(self, n, m):
        self.W, self.b = 0.5*R.standard_normal((n, m)), 0.1*R.standard_normal(m)
        self.input, self.output = None, None

    def forward(self, x):
        self.input = x
        self.output = x @ self.W + self.b
        return self.output


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out


class Sequential:
    def __init__(self, *layers):
        self.layers, self.calls = list(layers), 0

    def forward(self, x):
        self.calls += 1
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def penalty(self):
        return 0.01*sum(np.sum(layer.output**2) for layer in self.layers if isinstance(layer, Linear))


NET = Sequential(Linear(3, 4), Tanh(), Linear(4, 1))


def network(x):
    y = NET.forward(D*x)
    return np.mean((y[:, 0] - Y)**2) + NET.penalty() + np.sum(NET.layers[1].out)


class Cell:
    def __init__(self, n, m):
        self.Wx, self.Wh = 0.5*R.standard_normal((m, n)), 0.5*R.standard_normal((m, m))
        self.h, self.steps = np.zeros(m), 0

    def step(self, x):
        self.h = np.tanh(self.Wx @ x + self.Wh @ self.h)
        self.steps += 1
        return self.h


CELL = Cell(3, 4)


def recurrence(x):
    CELL.h, CELL.steps, total = np.zeros(4), 0, 0.0
    for row in D:
        total += np.sum(CELL.step(row*x)**2)
    return total/CELL.steps + np.sum(CELL.h)


class BatchNorm:
    def __init__(self, n):
        self.mean, self.var, self.training = np.zeros(n), np.ones(n), True

    def __call__(self, x):
        if self.training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            self.mean = 0.9*self.mean + 0.1*mean
            self.var = 0.9*self.var + 0.1*var
        else:
            mean, var = self.mean, self.var
        self.scaled = (x - mean)/np.sqrt(var + 1e-5)
        return self.scaled


NORM = BatchNorm(3)


def normalised(x):
    NORM.mean, NORM.var = np.zeros(3), np.ones(3)
    NORM.training = True
    trained = NORM(D*x)
    NORM.training = False
    return np.sum(trained**3) + np.sum(NORM(D*x + x)**2) + np.sum(NORM.mean*x)


class Kalman:
    def __init__(self):
        self.F, self.H = np.array([[1.0, 0.1], [0.0, 1.0]]), np.array([[1.0, 0.0]])
        self.x, self.P, self.R, self.loglik = np.zeros(2), np.eye(2), np.eye(1), 0.0

    def predict(self):
        self.x = self.F @ self.x
        self.P = self.F @ self.P @ self.F.T + 0.1*np.eye(2)

    def update(self, z):
        S = self.H @ self.P @ self.H.T + self.R
        K = self.P @ self.H.T @ np.linalg.inv(S)
        r = z - self.H @ self.x
        self.x = self.x + K @ r
        self.P = (np.eye(2) - K @ self.H) @ self.P
        self.loglik += -0.5*(np.log(S[0, 0]) + r[0]**2/S[0, 0])


FILTER = Kalman()


def filtered(x):
    FILTER.x, FILTER.P, FILTER.R, FILTER.loglik = np.zeros(2), np.eye(2)*x[1], np.array([[x[0]]]), 0.0
    for z in Y:
        FILTER.predict()
        FILTER.update(np.array([z*x[2]]))
    return -FILTER.loglik


class PID:
    def __init__(self, kp=1.0, ki=0.1, kd=0.05):
        self.kp, self.ki, self.kd, self.integral, self.previous = kp, ki, kd, 0.0, None

    def __call__(self, e, dt):
        self.integral += e*dt
        slope = 0.0 if self.previous is None else (e - self.previous)/dt
        self.previous = e
        return self.kp*e + self.ki*self.integral + self.kd*slope


class Plant:
    def __init__(self):
        self.state, self.t, self.log = np.zeros(2), 0.0, []

    def step(self, u, dt=0.1):
        position, speed = self.state
        self.state = np.array([position + dt*speed, speed + dt*(u - 0.5*speed - position)])
        self.t += dt
        self.log.append(float(self.state[0]))
        return self.state[0]


CONTROLLER, PLANT = PID(), Plant()


def controlled(x):
    CONTROLLER.kp, CONTROLLER.ki, CONTROLLER.kd = x
    CONTROLLER.integral, CONTROLLER.previous = 0.0, None
    PLANT.state, PLANT.t = np.zeros(2), 0.0
    cost, y = 0.0, 0.0
    while PLANT.t < 0.8:
        e = 1.0 - y
        y = PLANT.step(CONTROLLER(e, 0.1))
        cost += e*e*0.1
    return cost


class Adam:
    def __init__(self):
        self.m, self.v, self.t = np.zeros(3), np.zeros(3), 0

    def step(self, w, g):
        self.t += 1
        self.m = 0.9*self.m + 0.1*g
        self.v = 0.99*self.v + 0.01*g**2
        return w - 0.1*self.m/(1 - 0.9**self.t)/(np.sqrt(self.v/(1 - 0.99**self.t)) + 1e-8)


OPTIMISER = Adam()
slope = s2sad.grad(lambda w, x: np.sum((D @ w - Y*x[0])**2) + x[1]*np.sum(w**4))


def trained(x):
    OPTIMISER.m, OPTIMISER.v, OPTIMISER.t = np.zeros(3), np.zeros(3), 0
    w = x
    for _ in range(3):
        w = OPTIMISER.step(w, slope(w, x))
    return np.sum(w**2)


class Orbit:
    def __init__(self):
        self.position, self.speed, self.t = np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.0

    def run(self, k, n, dt=0.05):
        for _ in range(n):
            self.speed = self.speed - dt*k*self.position/np.sum(self.position**2)**1.5
            self.position = self.position + dt*self.speed
            self.t += dt
        self.energy = 0.5*np.sum(self.speed**2) - k/np.sqrt(np.sum(self.position**2))
        return self


ORBIT = Orbit()


def simulated(x):
    ORBIT.position, ORBIT.speed, ORBIT.t = np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.0
    return ORBIT.run(1.0 + x[0], 4).energy + np.sum(ORBIT.position*x[1:])*ORBIT.t


MODELS = (network, recurrence, normalised, filtered, controlled, trained, simulated)


@pytest.mark.parametrize("model", MODELS, ids=lambda f: f.__name__)
def test_models(model):
    check(model, (X,), probes=1)
    v = np.array([0.5, -0.4, 0.8])
    second = s2sad.hvp(model)(X, v)
    np.testing.assert_allclose(s2sad.vjp(s2sad.grad(model), X)[1](v)[0], second, rtol=1e-8, atol=1e-12)
    gradient = s2sad.grad(model)
    near = (gradient(X + 1e-5*v) - gradient(X - 1e-5*v))/2e-5
    np.testing.assert_allclose(second, near, rtol=1e-5, atol=1e-6)
