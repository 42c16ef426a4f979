import numpy as np


def f(a):
    b = a*2
    while np.linalg.norm(b) < 1000:
        b = b*2
    c = b if np.sum(b) > 0 else 100*b
    return np.sum(c)


# --- grad argnums=0 kinds=float

# --- value_and_grad argnums=0 kinds=1-D
