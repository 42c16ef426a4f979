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
    t2 = t1 ** 3
    s6 = 1.0 / t2
    # backward
    with np.errstate(all="ignore"):
        d_bar = -2 * d * (3 * t1 ** 2 * ((4.0 * s6 - 2.0) * s6 / t2))
        return np.sum(d_bar, axis=1) - np.sum(d_bar, axis=0)

# --- hvp argnums=0 kinds=1-D,1-D
# assumes: x 1-D array, x_dot like x
def f_grad_jvp(x, x_dot):
    with np.errstate(all="ignore"):
        d_dot = x_dot[:, None] - x_dot[None, :]
        d = x[:, None] - x[None, :]
        t1_dot = 2 * d * d_dot
        t1 = 1.0 + d * d
        t3 = 3 * t1 ** 2
        t2_dot = t3 * t1_dot
        t2 = t1 ** 3
        s6 = 1.0 / t2
        s6_dot = -t2_dot * s6 / t2
        t4 = -2 * d
        t5 = 4.0 * s6 - 2.0
        t6 = t5 * s6 / t2
        t7 = t6 * (6 * t1 * t1_dot)
        t8 = t4 * (t7 + t3 * (((4.0 * s6 + t5) * s6_dot - t2_dot * t6) / t2))
        d_bar_dot = t8 - 2 * (t3 * t6) * d_dot
        return np.sum(d_bar_dot, axis=1) - np.sum(d_bar_dot, axis=0)
