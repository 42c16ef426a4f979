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
    prevs = []
    ts = []
    prev = x[0]
    for i in range(1, len(x)):
        prevs.append(prev)
        cur = x[i]
        ts.append(prev.copy())
        cur += prev ** 2
        prev = cur
    value = np.sum(x * x)
    # backward
    bars = Shadows()
    x_bar = shadow_of(bars, x)
    x_bar += 2 * x
    for i in range(len(x) - 1, 0, -1):
        cur = x[i]
        prev_bar = shadow_of(bars, prevs[i - 1])
        prev_bar += 2 * ts[i - 1] * shadow_of(bars, cur)
    return value, x_bar.copy()

# --- value_and_grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_value_and_grad(x):
    prev = x[0]
    value = np.sum(x * x)
    # backward
    return value, 2 * x
