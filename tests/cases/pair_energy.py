import numpy as np


def f(x):
    d = x[:, None] - x[None, :]
    s6 = 1.0/(1.0 + d*d)**3
    return np.sum(4*(s6**2 - s6))/2


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    d = x[:, None] - x[None, :]
    t1 = 1.0 + d * d
    s6 = 1.0 / t1 ** 3
    # backward
    with np.errstate(all="ignore"):
        d_bar = -2 * d * (3 * t1 ** 2 * (s6 * s6 * (4.0 * s6 - 2.0)))
        return np.sum(d_bar, axis=1) - np.sum(d_bar, axis=0)

# --- hvp argnums=0 kinds=1-D,1-D
# assumes: x 1-D array, x_dot like x
def f_grad_jvp(x, x_dot):
    with np.errstate(all="ignore"):
        d_dot = x_dot[:, None] - x_dot[None, :]
        d = x[:, None] - x[None, :]
        t1_dot = 2 * d * d_dot
        t1 = 1.0 + d * d
        t2 = 3 * t1 ** 2
        s6 = 1.0 / t1 ** 3
        t3 = s6 * s6
        s6_dot = -t3 * (t2 * t1_dot)
        t4 = -2 * d
        t5 = 4.0 * s6 - 2.0
        t6 = t3 * t5
        t7 = t6 * (6 * t1 * t1_dot)
        t8 = t4 * (t7 + t2 * ((t5 * (2 * s6) + 4.0 * t3) * s6_dot))
        d_bar_dot = t8 - 2 * (t2 * t6) * d_dot
        return np.sum(d_bar_dot, axis=1) - np.sum(d_bar_dot, axis=0)
