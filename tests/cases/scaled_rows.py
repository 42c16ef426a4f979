import numpy as np


def f(x, s):
    for i in range(len(x)):
        r = x[i]
        r *= s
    return np.sum(x*x)


# --- value_and_grad argnums=(0,1) kinds=2-D,float
# assumes: x 2-D array, s Python float
def f_value_and_grad(x, s):
    x = x.copy("K")
    rs = []
    for i in range(len(x)):
        r = x[i]
        rs.append(r.copy())
        r *= s
    value = np.sum(x * x)
    # backward
    x_bar = 2 * x
    s_bar = 0.0
    for i in range(len(x) - 1, -1, -1):
        s_bar += np.vdot(rs[i], x_bar[i])
        x_bar[i] *= s
    return value, (x_bar, s_bar)
