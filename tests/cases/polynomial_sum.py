import numpy as np


def f(x, y, z):
    return np.sum(x**2 + x*y + z)


# --- grad argnums=(0,1,2) kinds=1-D,1-D,float

# --- grad argnums=(0,1) kinds=2-D,0-D,vec
