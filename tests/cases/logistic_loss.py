import numpy as np


def f(w, x, y):
    margins = y*(x @ w)
    return np.mean(np.log(1 + np.exp(-margins)))


# --- value_and_grad argnums=0 kinds=vec,2-D,vec
