import numpy as np


def f(x):
    prev = x[0]
    for i in range(1, len(x)):
        cur = x[i]
        cur += prev**2
        prev = cur
    return np.sum(x*x)


# --- value_and_grad argnums=0 kinds=2-D
# assumes: x 2-D array
def f_value_and_grad(x):
    x = x.copy("K")
    x_bar = np.zeros_like(x)
    prev = x[0]
    prev_bar = x_bar[0]
    prev_bars = []
    prevs = []
    for i in range(1, len(x)):
        prev_bars.append(prev_bar)
        cur = x[i]
        cur_bar = x_bar[i]
        prevs.append(prev.copy())
        cur += prev ** 2
        prev = cur
        prev_bar = cur_bar
    value = np.sum(x * x)
    # backward
    x_bar += 2 * x
    for i in range(len(x) - 1, 0, -1):
        prev_bars[i - 1] += 2 * prevs[i - 1] * x_bar[i]
    return value, x_bar

# --- value_and_grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_value_and_grad(x):
    prev = x[0]
    value = np.sum(x * x)
    # backward
    return value, 2 * x

# --- jvp argnums=0 kinds=2-D
# assumes: x 2-D array, x_dot like x
def f_jvp(x, x_dot):
    x = x.copy("K")
    x_dot = x_dot.copy("K")
    prev_dot = x_dot[0]
    prev = x[0]
    for i in range(1, len(x)):
        cur_dot = x_dot[i]
        cur = x[i]
        cur_dot += 2 * prev * prev_dot
        cur += prev ** 2
        prev = cur
        prev_dot = cur_dot
    value = np.sum(x * x)
    return value, 2 * np.vdot(x, x_dot)
