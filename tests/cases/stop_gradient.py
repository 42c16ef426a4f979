import numpy as np

import s2sad


def f(x):
    return np.sum(s2sad.stop_gradient(x*x)*x)


# --- grad argnums=0 kinds=1-D differences=no
# assumes: x 1-D array
def f_grad(x):
    t1 = x * x
    # backward
    return t1
