import numpy as np


def f(x, n):
    y = x
    for i in range(n):
        if i % 2 == 0:
            y = y*x
        else:
            y = 2*y
    return np.sum(y)


# --- grad argnums=0 kinds=1-D,int
# assumes: x 1-D array, n Python int
def f_grad(x, n):
    ys = []
    y = x
    for i in range(n):
        if i % 2 == 0:
            ys.append(y)
            y = y * x
        else:
            y = 2 * y
    # backward
    y_bar = np.ones_like(x)
    x_bar = np.zeros_like(x)
    for i in range(n - 1, -1, -1):
        if i % 2 == 0:
            y = ys.pop()
            x_bar += y * y_bar
            y_bar = x * y_bar
        else:
            y_bar = 2 * y_bar
    return x_bar + y_bar
