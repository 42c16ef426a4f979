import numpy as np


def f(p):
    w, b = p
    return np.sum(w*w)*b


# --- grad argnums=0 kinds=pair
