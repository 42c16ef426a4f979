import numpy as np


def f(z, k):
    e = np.exp(z - np.max(z))
    return -np.log(e[k]/np.sum(e))


# --- grad argnums=0 kinds=1-D,int
# assumes: z 1-D array, k Python int
def f_grad(z, k):
    t1 = np.max(z)
    e = np.exp(z - t1)
    t2 = np.sum(e)
    t3 = e[k] / t2
    # backward
    with np.errstate(all="ignore"):
        t4 = -1.0 / t3
        e_bar = np.full_like(z, -(t4 * t3 / t2))
        e_bar[k] += t4 / t2
        z_bar = e * e_bar
        t5 = z == t1
        return z_bar + t5 * (np.sum(-z_bar) / np.sum(t5))

# --- hvp argnums=0 kinds=1-D,int,1-D
pass
