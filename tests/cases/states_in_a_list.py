"""A list of the states of a loop is their tape, unless it may hold something else when it is read."""
import numpy as np


def f(w, h, xs):
    hs = [h]
    for x in xs:
        h = np.tanh(w*h + x)
        hs.append(h)
    return np.sum(hs[-1]**2)


def before(w, h, n):
    hs = [h]
    for _ in range(n):
        h = w*h*h
        hs.append(h)
    return sum(hs)


def left(w, h, n):
    hs = [h]
    while h < 4.0:
        if h > 3.0:
            break
        h = h + w*h*h
        hs.append(h)
    return h*hs[0]


def replaced(w, h, n):
    hs = [h]
    for _ in range(n):
        h = w*h*h
        hs.append(h)
    hs[1] = w
    return h + hs[1]


def twice(w, h, n):
    hs = [h]
    for _ in range(n):
        h = w*h*h
        hs.append(h)
    for _ in range(n):
        h = h + np.sin(h)
        hs.append(h)
    return h + hs[1]


def shortened(w, h, n):
    hs = [h]
    for _ in range(n):
        h = w*h*h
        hs.append(h)
    return h + hs.pop(0)*hs.pop()


# --- value_and_grad argnums=0,1 kinds=float,vec,2-D
# assumes: w Python float, h 1-D array, xs 2-D array
def f_value_and_grad(w, h, xs):
    hs = [h]
    for x in xs:
        h = np.tanh(w * h + x)
        hs.append(h)
    t1 = hs[-1]
    value = np.sum(t1 ** 2)
    # backward
    hs_bar = [np.zeros_like(item) for item in hs]
    hs_bar[-1] += 2 * t1
    h_bar = np.zeros_like(h)
    w_bar = 0.0
    for i in range(len(xs) - 1, -1, -1):
        h = hs[i + 1]
        h_bar = h_bar + hs_bar.pop()
        t2 = (1 - h * h) * h_bar
        w_bar += np.vdot(hs[i], t2)
        h_bar = w * t2
    return value, (w_bar, h_bar + hs_bar[0])

# --- grad fun=before argnums=0,1 kinds=float,float,int
# assumes: w Python float, h Python float, n Python int
def before_grad(w, h, n):
    hs = []
    for _ in range(n):
        hs.append(h)
        h = w * h * h
    # backward
    h_bar = 0.0
    w_bar = 0.0
    for h in reversed(hs):
        h_bar += 1.0
        w_bar += h * h * h_bar
        h_bar = 2 * w * h * h_bar
    return w_bar, h_bar + 1.0

# --- grad fun=left argnums=0,1 kinds=float,float,int
# assumes: w Python float, h Python float, n Python int
def left_grad(w, h, n):
    hs = [h]
    hs_1 = []
    while h < 4.0:
        if h > 3.0:
            break
        hs_1.append(h)
        h = h + w * h * h
        hs.append(h)
    h_bar = hs[0]
    # backward
    hs_bar = zeros_list(hs)
    hs_bar[0] += h
    w_bar = 0.0
    for h in reversed(hs_1):
        h_bar += hs_bar.pop()
        w_bar += h * h * h_bar
        h_bar += 2 * w * h * h_bar
    return w_bar, h_bar + hs_bar[0]

# --- grad fun=replaced argnums=0,1 kinds=float,float,int
# assumes: w Python float, h Python float, n Python int
def replaced_grad(w, h, n):
    hs = [h]
    hs_1 = []
    for _ in range(n):
        hs_1.append(h)
        h = w * h * h
        hs.append(h)
    hs[1] = w
    t1 = hs[1]
    # backward
    hs_bar = zeros_list(hs)
    hs_bar[1] += 1.0
    w_bar = hs_bar[1]
    hs_bar[1] = 0.0
    h_bar = 1.0
    for h in reversed(hs_1):
        h_bar += hs_bar.pop()
        w_bar += h * h * h_bar
        h_bar = 2 * w * h * h_bar
    return w_bar, h_bar + hs_bar[0]

# --- grad fun=twice argnums=0,1 kinds=float,float,int
# assumes: w Python float, h Python float, n Python int
def twice_grad(w, h, n):
    hs = [h]
    hs_1 = []
    for _ in range(n):
        hs_1.append(h)
        h = w * h * h
        hs.append(h)
    hs_2 = []
    for _ in range(n):
        hs_2.append(h)
        h = h + np.sin(h)
        hs.append(h)
    t1 = hs[1]
    # backward
    hs_bar = zeros_list(hs)
    hs_bar[1] += 1.0
    h_bar = 1.0
    for i in range(n - 1, -1, -1):
        h_bar += hs_bar.pop()
        h_bar += np.cos(hs_2[i]) * h_bar
    w_bar = 0.0
    for h in reversed(hs_1):
        h_bar += hs_bar.pop()
        w_bar += h * h * h_bar
        h_bar = 2 * w * h * h_bar
    return w_bar, h_bar + hs_bar[0]

# --- grad fun=shortened argnums=0,1 kinds=float,float,int
# assumes: w Python float, h Python float, n Python int
def shortened_grad(w, h, n):
    hs = [h]
    hs_1 = []
    for _ in range(n):
        hs_1.append(h)
        h = w * h * h
        hs.append(h)
    t1 = hs.pop(0)
    t2 = hs.pop()
    # backward
    hs_bar = zeros_list(hs)
    hs_bar.append(t1)
    hs_bar.insert(0, t2)
    h_bar = 1.0
    w_bar = 0.0
    for h in reversed(hs_1):
        h_bar += hs_bar.pop()
        w_bar += h * h * h_bar
        h_bar = 2 * w * h * h_bar
    return w_bar, h_bar + hs_bar[0]
