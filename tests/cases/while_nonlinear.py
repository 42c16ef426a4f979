import numpy as np


def f(a):
    b = 0.5*a
    while np.sum(b) < 100.0:
        b = b*b + 1.0
    return np.sum(b)


# --- grad argnums=0 kinds=1-D
# assumes: a 1-D array
def f_grad(a):
    b = 0.5 * a
    bs = []
    while np.sum(b) < 100.0:
        bs.append(b)
        b = b * b + 1.0
    # backward
    b_bar = np.ones_like(a)
    for i in range(len(bs) - 1, -1, -1):
        b_bar = 2 * bs[i] * b_bar
    return 0.5 * b_bar

# --- grad argnums=0 kinds=float
# assumes: a Python float
def f_grad(a):
    b = 0.5 * a
    bs = []
    while np.sum(b) < 100.0:
        bs.append(b)
        b = b * b + 1.0
    # backward
    b_bar = 1.0
    for b in reversed(bs):
        b_bar = 2 * b * b_bar
    return 0.5 * b_bar
