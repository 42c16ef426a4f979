"""Additions that stand one behind the other are one statement; what is taken off a list is taken in its order."""
import math

import numpy as np


def f(w, x, y):
    r = x @ w - y
    return np.mean(r**2) + 0.1*np.dot(w, w)


def elements(x):
    return x[0]*x[-1] - 2.0*x[-1]


def numbers(a, n):
    s = 0.0
    for i in range(n):
        s -= a*math.sin(a) + a*i/3
        s *= 1.5
    return s


def taken_off(a):
    xs = []
    xs.append(a*a)
    xs.append(-3.0*a)
    return xs[0]*xs[1]*xs[1]


def two_rows(x, k):
    y = x[1:] + 0.0
    y[0] = k*x[0] - x[0]*x[2]
    return np.sum(y*y)


# --- value_and_grad argnums=0,2 kinds=vec,2-D,vec
# assumes: w 1-D array, x 2-D array, y 1-D array of w's shape
def f_value_and_grad(w, x, y):
    r = x @ w - y
    value = np.mean(r ** 2) + 0.1 * np.dot(w, w)
    # backward
    r_bar = 2.0 / r.size * r
    return value, (0.2 * w + x.T @ r_bar, -r_bar)

# --- grad fun=elements argnums=0 kinds=1-D
# assumes: x 1-D array
def elements_grad(x):
    t1 = x[0]
    t2 = x[-1]
    # backward
    x_bar = np.zeros_like(x)
    x_bar[-1] = t1 - 2.0
    x_bar[0] += t2
    return x_bar

# --- value_and_grad fun=numbers argnums=0 kinds=float,int
# assumes: a Python float, n Python int
def numbers_value_and_grad(a, n):
    s = 0.0
    for i in range(n):
        s -= a * math.sin(a) + a * i / 3
        s *= 1.5
    # backward
    s_bar = 1.0
    a_bar = 0.0
    for i in range(n - 1, -1, -1):
        s_bar = 1.5 * s_bar
        a_bar = a_bar - i * (s_bar / 3) - math.sin(a) * s_bar
        a_bar -= math.cos(a) * (a * s_bar)
    return s, a_bar

# --- grad fun=taken_off argnums=0 kinds=float
# assumes: a Python float
def taken_off_grad(a):
    xs = []
    xs.append(a * a)
    xs.append(-3.0 * a)
    t1 = xs[0]
    t2 = xs[1]
    t3 = t1 * t2
    # backward
    xs_bar = zeros_list(xs)
    xs_bar[1] += 2 * t3
    xs_bar[0] += t2 * t2
    a_bar = -3.0 * xs_bar.pop()
    t4 = xs_bar.pop()
    return a_bar + 2 * a * t4

# --- grad fun=two_rows argnums=0,1 kinds=vec,float
# assumes: x 1-D array, k Python float
def two_rows_grad(x, k):
    y = x[1:] + 0.0
    t1 = x[0]
    t2 = x[2]
    y[0] = k * t1 - t1 * t2
    # backward
    y_bar = 2 * y
    t3 = y_bar[0]
    y_bar[0] = 0.0
    x_bar = np.zeros_like(x)
    x_bar[2] = -t1 * t3
    x_bar[0] = (k - t2) * t3
    x_bar[1:] += y_bar
    return x_bar, t1 * t3
