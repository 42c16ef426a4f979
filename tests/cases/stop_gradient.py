import numpy as np

import s2sad


def f(x):
    return np.sum(s2sad.stop_gradient(x*x)*x)


# --- grad argnums=0 kinds=1-D differences=no
