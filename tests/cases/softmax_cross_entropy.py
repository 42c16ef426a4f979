import numpy as np


def f(z, k):
    e = np.exp(z - np.max(z))
    return -np.log(e[k]/np.sum(e))


# --- grad argnums=0 kinds=1-D,int
