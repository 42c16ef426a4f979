import numpy as np


def f(x, n):
    y = x
    for i in range(n):
        if np.sum(y) > 3.0:
            y = 0.5*y
        else:
            y = y*y + 0.1
    return np.sum(y)


# --- grad argnums=0 kinds=1-D,int
# assumes: x 1-D array, n Python int
def f_grad(x, n):
    t1s = []
    ys = []
    y = x
    for i in range(n):
        t1 = np.sum(y) > 3.0
        t1s.append(t1)
        if t1:
            y = 0.5 * y
        else:
            ys.append(y)
            y = y * y + 0.1
    # backward
    y_bar = np.ones_like(x)
    for i in range(n - 1, -1, -1):
        if t1s[i]:
            y_bar = 0.5 * y_bar
        else:
            y = ys.pop()
            y_bar = 2 * y * y_bar
    return y_bar
