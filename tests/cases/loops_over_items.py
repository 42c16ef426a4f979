"""Loops over arrays and lists stay as the user wrote them; those that count, or that make the list longer, count."""
import numpy as np


def f(h, xs):
    hs = [h]
    for x in xs:
        h = np.tanh(h + x)
        hs.append(h)
    total = 0.0
    for h in hs:
        total += np.sum(h**2)
    return total


def by_index(a, xs):
    s = 0.0
    for i in range(len(xs)):
        x = xs[i]
        s = s + a*x*x
    return s


def growing(a, xs):
    ys = [a, 2*a]
    n = len(ys)
    for i in range(n): y = ys[i]; ys.append(a*y)
    for i in range(len(ys)): y = ys[i]; a = a*y
    return a + xs[0]


def left(a, xs):
    s = a
    for x in xs:
        if x > 1.0:
            break
        s = s*x
    return s


# --- value_and_grad argnums=0 kinds=vec,2-D
# assumes: h 1-D array, xs 2-D array
def f_value_and_grad(h, xs):
    hs = [h]
    hs_1 = []
    for x in xs:
        h = np.tanh(h + x)
        hs_1.append(h)
        hs.append(h)
    t1 = len(hs)
    total = 0.0
    for h_1 in hs:
        total += np.sum(h_1 ** 2)
    # backward
    hs_bar = [np.zeros_like(item) for item in hs]
    for i in range(t1 - 1, -1, -1):
        h_1 = hs[i]
        hs_bar[i] += 2 * h_1
    h_bar = np.zeros_like(h)
    for i in range(len(xs) - 1, -1, -1):
        h = hs_1[i]
        h_bar = h_bar + hs_bar.pop()
        h_bar = (1 - h * h) * h_bar
    return total, h_bar + hs_bar[0]

# --- value_and_grad fun=by_index argnums=0,1 kinds=float,1-D
# assumes: a Python float, xs 1-D array
def by_index_value_and_grad(a, xs):
    s = 0.0
    for i in range(len(xs)):
        x = xs[i]
        s = s + a * x * x
    # backward
    xs_bar = np.zeros_like(xs)
    a_bar = 0.0
    for i in range(len(xs) - 1, -1, -1):
        x = xs[i]
        a_bar += x * x
        xs_bar[i] += 2 * a * x
    return s, (a_bar, xs_bar)

# --- value_and_grad fun=growing argnums=0 kinds=float,1-D
# assumes: a Python float, xs 1-D array
def growing_value_and_grad(a, xs):
    ys = [a, 2 * a]
    n = len(ys)
    for i in range(n):
        y = ys[i]
        ys.append(a * y)
    t1 = len(ys)
    as_1 = []
    a_1 = a
    for i in range(t1):
        as_1.append(a_1)
        y = ys[i]
        a_1 = a_1 * y
    value = a_1 + xs[0]
    # backward
    ys_bar = zeros_list(ys)
    a_bar = 1.0
    for i in range(t1 - 1, -1, -1):
        y = ys[i]
        ys_bar[i] += as_1[i] * a_bar
        a_bar = y * a_bar
    for i in range(n - 1, -1, -1):
        y = ys[i]
        t2 = ys_bar.pop()
        a_bar += y * t2
        ys_bar[i] += a * t2
    return value, a_bar + ys_bar[0] + 2 * ys_bar[1]

# --- value_and_grad fun=left argnums=0,1 kinds=float,1-D
# assumes: a Python float, xs 1-D array
def left_value_and_grad(a, xs):
    all_s = []
    s = a
    broken = False
    trips = 0
    for x in xs:
        trips += 1
        if x > 1.0:
            broken = True
            break
        all_s.append(s)
        s = s * x
    # backward
    xs_bar = np.zeros_like(xs)
    s_bar = 1.0
    for i in range(trips - 1, -1, -1):
        if broken:
            x_bar = 0.0
            broken = False
        else:
            s_1 = all_s.pop()
            x = xs[i]
            x_bar = s_1 * s_bar
            s_bar = x * s_bar
        xs_bar[i] += x_bar
    return s, (s_bar, xs_bar)
