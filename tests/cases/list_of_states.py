import numpy as np


def f(x, n):
    xs = [x]
    for i in range(n):
        xs.append(xs[i]*x)
    return np.sum(xs[-1]) + np.sum(xs[1])


# --- grad argnums=0 kinds=1-D,int
# assumes: x 1-D array, n Python int
def f_grad(x, n):
    xs = [x]
    for i in range(n):
        xs.append(xs[i] * x)
    t1 = xs[-1]
    t2 = xs[1]
    # backward
    xs_bar = [np.zeros_like(item) for item in xs]
    xs_bar[1] += 1.0
    xs_bar[-1] += 1.0
    x_bar = np.zeros_like(x)
    for i in range(n - 1, -1, -1):
        t3 = xs_bar.pop()
        x_bar += xs[i] * t3
        xs_bar[i] += x * t3
    return x_bar + xs_bar[0]
