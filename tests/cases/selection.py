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
pass

# --- hvp argnums=0 kinds=1-D,1-D
pass
