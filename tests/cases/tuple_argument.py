import numpy as np


def f(p):
    w, b = p
    return np.sum(w*w)*b


# --- grad argnums=0 kinds=pair
def f_grad(p):
    w = p[0]
    b = p[1]
    t1 = np.sum(w * w)
    # backward
    return 2 * w * b, t1
