import numpy as np


def f(x):
    for i in range(1, len(x)):
        x[i] += x[i-1]*x[i-1]
    return np.sum(x)


# --- value_and_grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_value_and_grad(x):
    x = x.copy("K")
    for i in range(1, len(x)):
        t1 = x[i - 1]
        x[i] += t1 * t1
    value = np.sum(x)
    # backward
    x_bar = np.ones_like(x)
    for i in range(len(x) - 1, 0, -1):
        x_bar[i - 1] += 2 * x[i - 1] * x_bar[i]
    return value, x_bar

# --- jvp argnums=0 kinds=1-D
# assumes: x 1-D array, x_dot like x
def f_jvp(x, x_dot):
    x = x.copy("K")
    x_dot = x_dot.copy("K")
    for i in range(1, len(x)):
        t1 = x[i - 1]
        t2 = t1 * x_dot[i - 1]
        x_dot[i] += 2 * t2
        x[i] += t1 * t1
    value = np.sum(x)
    return value, np.sum(x_dot)

# --- hvp argnums=0 kinds=1-D,1-D
# assumes: x 1-D array, x_dot like x
def f_grad_jvp(x, x_dot):
    x_dot = x_dot.copy()
    x = x.copy()
    for i in range(1, len(x)):
        t1 = x[i - 1]
        x_dot[i] += 2 * t1 * x_dot[i - 1]
        x[i] += t1 * t1
    x_bar = np.ones_like(x)
    x_bar_dot = np.zeros_like(x_bar)
    for i in range(len(x) - 1, 0, -1):
        t2 = 2 * x[i - 1]
        t3 = x_bar[i]
        x_bar_dot[i - 1] += 2 * t3 * x_dot[i - 1] + t2 * x_bar_dot[i]
        x_bar[i - 1] += t2 * t3
    return x_bar_dot
