import numpy as np


def f(x):
    r = np.sqrt(x)
    return np.sum(np.where(x > 0.0, r*np.exp(-r), x))


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    r = np.sqrt(x)
    t1 = x > 0.0
    t2 = np.exp(-r)
    # backward
    with np.errstate(all="ignore"):
        return np.where(t1, 0.5 * (t2 - t2 * r) / r, 1.0)

# --- jvp argnums=0 kinds=1-D
# assumes: x 1-D array, x_dot like x
def f_jvp(x, x_dot):
    with np.errstate(all="ignore"):
        r = np.sqrt(x)
        r_dot = 0.5 * x_dot / r
        t1 = x > 0.0
        t2 = np.exp(-r)
        value = np.sum(np.where(t1, r * t2, x))
        return value, np.sum(np.where(t1, (t2 - r * t2) * r_dot, x_dot))

# --- hvp argnums=0 kinds=1-D,1-D
# assumes: x 1-D array, x_dot like x
def f_grad_jvp(x, x_dot):
    with np.errstate(all="ignore"):
        r = np.sqrt(x)
        r_dot = 0.5 * x_dot / r
        t1 = x > 0.0
        t2 = np.exp(-r)
        t2_dot = -t2 * r_dot
        t3 = 0.5 * (t2_dot - (r * t2_dot + t2 * r_dot))
        t4 = (t3 - r_dot * (0.5 * (t2 - t2 * r) / r)) / r
        return np.where(t1, t4, 0.0)
