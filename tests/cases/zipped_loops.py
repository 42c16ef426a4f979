"""Loops over zip, enumerate and reversed stay; tapes of numbers are walked together; shadows that trips clear live in them."""
import math

import numpy as np


def zipped(w, xs, ys):
    total = 0.0
    for x, y in zip(xs, ys):
        r = math.tanh(w*x) - y
        total += r*r
    return total


def numbered(x, cs):
    s = 0.0
    for i, c in enumerate(cs):
        s += c*np.sin(x)**i
    return s


def backwards(x, cs):
    s = 0.0
    for c in reversed(cs):
        s = s*x + c
    return s


def summed(w, hs):
    return sum(w*math.sin(h) for h in hs)


def stacked(w, hs):
    ys = [np.exp(-w*h) for h in hs]
    return np.mean(np.array(ys)**2)


def refilled(x, n):
    y = np.empty_like(x)
    s = 0.0
    for i in range(n):
        y[:] = x*i
        s += np.sum(np.tanh(y))
    return s


# --- value_and_grad fun=zipped argnums=0 kinds=float,1-D,1-D
# assumes: w Python float, xs 1-D array, ys 1-D array of xs's shape
def zipped_value_and_grad(w, xs, ys):
    t1s = []
    total = 0.0
    for x, y in zip(xs, ys):
        t1 = math.tanh(w * x)
        t1s.append(t1)
        r = t1 - y
        total += r * r
    # backward
    w_bar = 0.0
    for i in range(len(xs) - 1, -1, -1):
        t1 = t1s[i]
        x = xs[i]
        y = ys[i]
        r = t1 - y
        w_bar += x * (2 * (1 - t1 * t1) * r)
    return total, w_bar

# --- value_and_grad fun=numbered argnums=0,1 kinds=float,1-D
# assumes: x Python float, cs 1-D array
def numbered_value_and_grad(x, cs):
    t2s = []
    s = 0.0
    for i, c in enumerate(cs):
        t1 = np.sin(x)
        t2 = t1 ** i
        t2s.append(t2)
        s += c * t2
    # backward
    with np.errstate(all="ignore"):
        cs_bar = np.zeros_like(cs)
        x_bar = 0.0
        for i in range(len(cs) - 1, -1, -1):
            c = cs[i]
            x_bar += np.cos(x) * (0.0 if i == 0 else i * t1 ** (i - 1) * c)
            cs_bar[i] += t2s[i]
        return s, (x_bar, cs_bar)

# --- value_and_grad fun=backwards argnums=0,1 kinds=float,1-D
# assumes: x Python float, cs 1-D array
def backwards_value_and_grad(x, cs):
    all_s = []
    s = 0.0
    for c in reversed(cs):
        all_s.append(s)
        s = s * x + c
    # backward
    cs_bar = np.zeros_like(cs)
    s_bar = 1.0
    x_bar = 0.0
    for i in range(len(cs)):
        s_1 = all_s.pop()
        x_bar += s_1 * s_bar
        cs_bar[i] += s_bar
        s_bar = x * s_bar
    return s, (x_bar, cs_bar)

# --- value_and_grad fun=summed argnums=0,1 kinds=float,1-D
# assumes: w Python float, hs 1-D array
def summed_value_and_grad(w, hs):
    t1 = []
    t2s = []
    for h in hs:
        t2 = math.sin(h)
        t2s.append(t2)
        t1.append(w * t2)
    value = sum(t1)
    # backward
    hs_bar = np.zeros_like(hs)
    w_bar = 0.0
    for i in range(len(hs) - 1, -1, -1):
        h = hs[i]
        w_bar += t2s[i]
        hs_bar[i] += math.cos(h) * w
    return value, (w_bar, hs_bar)

# --- value_and_grad fun=stacked argnums=0,1 kinds=float,1-D
# assumes: w Python float, hs 1-D array
def stacked_value_and_grad(w, hs):
    ys = []
    for h in hs:
        ys.append(np.exp(-w * h))
    t1 = np.array(ys)
    value = np.mean(t1 ** 2)
    # backward
    t2 = 2.0 / t1.size * t1
    hs_bar = np.zeros_like(hs)
    w_bar = 0.0
    for i in range(len(hs) - 1, -1, -1):
        h = hs[i]
        t3 = ys[i] * t2[i]
        w_bar -= h * t3
        hs_bar[i] -= w * t3
    return value, (w_bar, hs_bar)

# --- hvp fun=backwards argnums=0 kinds=float,1-D,float
# assumes: x Python float, cs 1-D array, x_dot like x
def backwards_grad_jvp(x, cs, x_dot):
    all_s_dot = []
    all_s = []
    s = 0.0
    s_dot = 0.0
    for c in reversed(cs):
        all_s_dot.append(s_dot)
        all_s.append(s)
        s_dot = x * s_dot + s * x_dot
        s = s * x + c
    s_bar = 1.0
    s_bar_dot = 0.0
    x_bar_dot = 0.0
    for _ in range(len(cs)):
        s_dot = all_s_dot.pop()
        s = all_s.pop()
        x_bar_dot += s_bar * s_dot + s * s_bar_dot
        s_bar_dot = s_bar * x_dot + x * s_bar_dot
        s_bar = x * s_bar
    return x_bar_dot

# --- value_and_grad fun=refilled argnums=0 kinds=1-D,int
# assumes: x 1-D array, n Python int
def refilled_value_and_grad(x, n):
    y = np.empty_like(x)
    t1s = []
    s = 0.0
    for i in range(n):
        y[:] = x * i
        t1 = np.tanh(y)
        t1s.append(t1)
        s += np.sum(t1)
    # backward
    x_bar = np.zeros_like(x)
    for i in range(n - 1, -1, -1):
        t1 = t1s[i]
        x_bar += i * (1 - t1 * t1)
    return s, x_bar
