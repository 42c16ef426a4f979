"""Loops that look for something and leave: the trip that leaves is the only one with an adjoint."""
import numpy as np


def f(x, xs, ys):
    w = 0.0
    for i in range(len(xs) - 1):
        if x < xs[i + 1]:
            w = (x - xs[i])/(xs[i + 1] - xs[i])*ys[i]
            break
    return w*w


def hit(x, xs):
    t = 0.0
    i = 0
    while i < len(xs):
        d = xs[i]*xs[i] - x
        if d > 0.0:
            t = np.sqrt(d)*x
            break
        i += 1
    return t + x


def every_row(x, A):
    s = 0.0
    for row in A:
        for a in row:
            if a > 1.0:
                s += a*x*s + a
                break
    return s


def two_ways(x, xs):
    s = x
    for a in xs:
        if a > 1.4:
            s = a*x
            break
        if a > 1.2:
            s = a*a*x
            break
    return s*s


# --- grad argnums=0,1,2 kinds=float,1-D,1-D
# assumes: x Python float, xs 1-D array, ys 1-D array of xs's shape
def f_grad(x, xs, ys):
    w = 0.0
    broken = False
    trips = 0
    for i in range(len(xs) - 1):
        trips += 1
        t2 = xs[i + 1]
        if x < t2:
            t3 = xs[i]
            t1 = (x - t3) / (t2 - t3)
            w = t1 * ys[i]
            broken = True
            break
    # backward
    with np.errstate(all="ignore"):
        w_bar = 2 * w
        ys_bar = np.zeros_like(ys)
        xs_bar = np.zeros_like(xs)
        if broken:
            i = trips - 1
            ys_bar[i] += t1 * w_bar
            t4 = ys[i] * w_bar / (xs[i + 1] - xs[i])
            t5 = t4 * t1
            xs_bar[i + 1] -= t5
            x_bar = t4
            xs_bar[i] += t5 - t4
        else:
            x_bar = 0.0
        return x_bar, xs_bar, ys_bar

# --- grad fun=hit argnums=0,1 kinds=float,1-D
# assumes: x Python float, xs 1-D array
def hit_grad(x, xs):
    is_1 = []
    i = 0
    broken = False
    while i < len(xs):
        is_1.append(i)
        t2 = xs[i]
        d = t2 * t2 - x
        if d > 0.0:
            t1 = np.sqrt(d)
            broken = True
            break
        i += 1
    # backward
    with np.errstate(all="ignore"):
        xs_bar = np.zeros_like(xs)
        x_bar = 1.0
        for i in range(len(is_1) - 1, -1, -1):
            i = is_1[i]
            if broken:
                x_bar += t1
                d_bar = 0.5 * x / t1
                broken = False
            else:
                d_bar = 0.0
            x_bar -= d_bar
            xs_bar[i] += 2 * xs[i] * d_bar
        return x_bar, xs_bar

# --- grad fun=every_row argnums=0,1 kinds=float,2-D
# assumes: x Python float, A 2-D array
def every_row_grad(x, A):
    all_s = []
    brokens = []
    trips = []
    s = 0.0
    for row in A:
        broken = False
        trip = 0
        for a in row:
            trip += 1
            if a > 1.0:
                all_s.append(s)
                s += a * x * s + a
                broken = True
                break
        brokens.append(broken)
        trips.append(trip)
    # backward
    A_bar = np.zeros_like(A)
    s_bar = 1.0
    x_bar = 0.0
    for i in range(len(A) - 1, -1, -1):
        broken = brokens[i]
        row = A[i]
        row_bar = np.zeros_like(row)
        for i_1 in range(trips[i] - 1, -1, -1):
            if broken:
                s = all_s.pop()
                a = row[i_1]
                t1 = s * s_bar
                a_bar = s_bar + x * t1
                x_bar += a * t1
                s_bar += a * x * s_bar
                broken = False
            else:
                a_bar = 0.0
            row_bar[i_1] += a_bar
        A_bar[i] += row_bar
    return x_bar, A_bar

# --- grad fun=two_ways argnums=0,1 kinds=float,1-D
# assumes: x Python float, xs 1-D array
def two_ways_grad(x, xs):
    s = x
    broken = False
    broken_1 = False
    trips = 0
    for a in xs:
        trips += 1
        if a > 1.4:
            s = a * x
            broken_1 = True
            break
        if a > 1.2:
            s = a * a * x
            broken = True
            break
    # backward
    s_bar = 2 * s
    xs_bar = np.zeros_like(xs)
    x_bar = 0.0
    for i in range(trips - 1, -1, -1):
        a = xs[i]
        if broken_1:
            a_bar = x * s_bar
            x_bar += a * s_bar
            s_bar = 0.0
            broken_1 = False
        elif broken:
            x_bar += a * a * s_bar
            a_bar = 2 * a * x * s_bar
            s_bar = 0.0
        else:
            a_bar = 0.0
        xs_bar[i] += a_bar
        broken = False
    return x_bar + s_bar, xs_bar
