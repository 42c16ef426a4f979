"""Loops that run over a tape of numbers, and those that need their index."""
import math


def f(x, n):
    for _ in range(n):
        x = 3.5*x*(1.0 - x)
    return x


def counted(x, n):
    i = 0
    while i < n:
        x = x + 0.01*math.sin(x)
        i += 1
    return x


def with_index(x, n):
    for i in range(n):
        x = x + 0.01*i*math.sin(x)
    return x


def with_break(x, n):
    for i in range(n):
        if x > 1.25:
            break
        x = x + 0.1*x*math.sin(x)
    return x


def from_two(x, n):
    for _ in range(2, n):
        x = math.sin(x)*x
    return x


def nested(x, n):
    for _ in range(n):
        y = x
        for _ in range(2):
            y = math.sin(y)
        x = x + y*y
    return x


def two_tapes(x, y, n):
    for _ in range(n):
        x, y = math.sin(x)*y, math.cos(y)
    return x + y


# --- value_and_grad argnums=0 kinds=float,int
# assumes: x Python float, n Python int
def f_value_and_grad(x, n):
    xs = []
    for _ in range(n):
        xs.append(x)
        x = 3.5 * x * (1.0 - x)
    # backward
    x_bar = 1.0
    for x_1 in reversed(xs):
        x_bar = 3.5 * (1.0 - x_1 - x_1) * x_bar
    return x, x_bar

# --- grad argnums=0 kinds=float,int fun=counted
# assumes: x Python float, n Python int
def counted_grad(x, n):
    xs = []
    i = 0
    while i < n:
        xs.append(x)
        x = x + 0.01 * math.sin(x)
        i += 1
    # backward
    x_bar = 1.0
    for x in reversed(xs):
        x_bar += 0.01 * math.cos(x) * x_bar
    return x_bar

# --- grad argnums=0 kinds=float,int fun=with_index
# assumes: x Python float, n Python int
def with_index_grad(x, n):
    xs = []
    for i in range(n):
        xs.append(x)
        x = x + 0.01 * i * math.sin(x)
    # backward
    x_bar = 1.0
    for i in range(n - 1, -1, -1):
        x_bar += math.cos(xs[i]) * (0.01 * i * x_bar)
    return x_bar

# --- grad argnums=0 kinds=float,int fun=with_break
# assumes: x Python float, n Python int
def with_break_grad(x, n):
    xs = []
    t1s = []
    for i in range(n):
        if x > 1.25:
            break
        xs.append(x)
        t1 = math.sin(x)
        t1s.append(t1)
        x = x + 0.1 * x * t1
    # backward
    x_bar = 1.0
    for i in range(len(xs) - 1, -1, -1):
        x = xs[i]
        x_bar += (math.cos(x) * (0.1 * x) + 0.1 * t1s[i]) * x_bar
    return x_bar

# --- grad argnums=0 kinds=float,int fun=from_two
# assumes: x Python float, n Python int
def from_two_grad(x, n):
    xs = []
    t1s = []
    for _ in range(2, n):
        xs.append(x)
        t1 = math.sin(x)
        t1s.append(t1)
        x = t1 * x
    # backward
    x_bar = 1.0
    for i in range(n - 1, 1, -1):
        x = xs[i - 2]
        x_bar = (t1s[i - 2] + math.cos(x) * x) * x_bar
    return x_bar

# --- grad argnums=0 kinds=float,int fun=nested
# assumes: x Python float, n Python int
def nested_grad(x, n):
    ys = []
    ys_1 = []
    for _ in range(n):
        y = x
        for _ in range(2):
            ys.append(y)
            y = math.sin(y)
        ys_1.append(y)
        x = x + y * y
    # backward
    x_bar = 1.0
    for y in reversed(ys_1):
        y_bar = 2 * y * x_bar
        for _ in range(2):
            y = ys.pop()
            y_bar = math.cos(y) * y_bar
        x_bar += y_bar
    return x_bar

# --- grad argnums=(0,1) kinds=float,float,int fun=two_tapes
# assumes: x Python float, y Python float, n Python int
def two_tapes_grad(x, y, n):
    xs = []
    ys = []
    t1s = []
    for _ in range(n):
        xs.append(x)
        ys.append(y)
        t1 = math.sin(x)
        t1s.append(t1)
        x = t1 * y
        y = math.cos(y)
    # backward
    x_bar = 1.0
    y_bar = 1.0
    for x, y, t1 in zip(reversed(xs), reversed(ys), reversed(t1s)):
        y_bar = t1 * x_bar - math.sin(y) * y_bar
        x_bar = math.cos(x) * (y * x_bar)
    return x_bar, y_bar
