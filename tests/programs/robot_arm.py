"""Forward kinematics of links, and a robot under control that logs what it does."""

from dataclasses import dataclass

import numpy as np

R = np.random.default_rng(68)
N = R.standard_normal


@dataclass
class Link:
    length: float
    angle: float

    def transform(self, T):
        c, s = np.cos(self.angle), np.sin(self.angle)
        return T @ np.array([[c, -s, self.length*c], [s, c, self.length*s], [0.0, 0.0, 1.0]])


def reach(links, target):
    T = np.eye(3)
    for link in links:
        T = link.transform(T)
    return np.sum((T[:2, 2] - target)**2)


def arm(angles, lengths, target):
    links = [Link(l, a) for l, a in zip(lengths, angles)]
    return reach(links, target)


class Robot:
    def __init__(self, q, dq, m=1.0):
        self.q, self.dq, self.m, self.u = q, dq, m, None
        self.log = {"energy": [], "u": []}

    def control(self, target, gains):
        kp, kd = gains
        self.u = kp*(target - self.q) - kd*self.dq
        return self.u

    def step(self, dt):
        ddq = self.u/self.m - 0.1*self.dq*np.abs(self.dq)
        self.dq += dt*ddq
        self.q = self.q + dt*self.dq
        self.log["energy"].append(0.5*self.m*np.sum(self.dq**2))
        self.log["u"].append(np.sum(self.u**2))


def tracking(gains, q0, n):
    robot = Robot(q0, np.zeros_like(q0), m=1.5)
    for i in range(n):
        robot.control(np.sin(0.1*i), gains)
        robot.step(0.05)
    return sum(robot.log["energy"]) + 0.01*sum(robot.log["u"]) + np.sum(robot.q**2)


CASES = [
    (arm, (N(3), np.array([1.0, 0.8, 0.5]), N(2))),
    (reach, ([Link(1.0, 0.3), Link(0.5, 0.7)], N(2))),
    (reach, ((Link(1.0, 0.3), Link(0.5, 0.7)), N(2))),
    (tracking, ((2.0, 0.5), N(2), 5)),
    (tracking, (np.array([2.0, 0.5]), N(2), 5)),
]
