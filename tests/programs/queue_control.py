"""Control and scheduling: a PID loop with saturation and a log, and stock that is reordered."""

import itertools
import logging
from contextlib import contextmanager

import numpy as np

LOG = logging.getLogger(__name__)
RECORD = {"errors": [], "steps": 0}


@contextmanager
def timed(name):
    yield name


class Clipped(Exception):
    pass


def saturate(u, limit):
    if abs(u) > limit:
        raise Clipped(u)
    return u


def pid(gains, setpoints, limit=1.5, dt=0.1):
    kp, ki, kd = gains
    state, integral, previous = 0.0, 0.0, None
    cost = 0.0
    with timed("pid"):
        for step, target in enumerate(itertools.chain(setpoints, setpoints[::-1]), start=1):
            error = target - state
            slope = 0.0 if previous is None else (error - previous)/dt
            try:
                u = saturate(kp*error + ki*integral + kd*slope, limit)
            except Clipped:
                u = limit if error > 0 else -limit
            else:
                integral += error*dt
            state = state + dt*(u - 0.4*state - 0.05*state**3)
            cost += error**2 + 0.01*u**2
            previous = error
            RECORD["errors"].append(error)
            RECORD["steps"] += 1
            if step % 3 == 0:
                LOG.debug("step %d: %.3f", step, error)
    return cost


def inventory(price, demands, levels):
    low, high = levels
    stock, profit = high, 0.0
    days = iter_days(demands)
    for day, demand in days:
        sold = demand if demand < stock else stock
        profit += price*sold - 0.01*stock**2/day
        stock = stock - sold
        if stock < low:
            profit -= 0.3*(high - stock)
            stock = high
        if all(d < stock for d in demands[day:]) and day > 2:
            break
    else:
        profit -= 0.5*stock
    return profit


def iter_days(demands):
    return list(enumerate(demands, 1))


CASES = [
    (pid, ((1.2, 0.6, 0.05), np.array([0.5, 1.0, 2.2, 0.3]))),
    (pid, ((2.2, 0.1, 0.3), np.array([0.5, 3.0]))),
    (inventory, (1.3, np.array([0.6, 0.8, 0.4, 0.9, 0.3]), (0.5, 2.05))),
    (inventory, (0.9, np.array([0.6, 1.7, 2.3]), (0.7, 2.35))),
]
