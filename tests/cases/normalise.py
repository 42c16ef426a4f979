import numpy as np


def f(x):
    centred = x - np.mean(x, axis=0)
    return np.sum(np.sqrt(np.sum(centred**2, axis=1, keepdims=True)))


# --- grad argnums=0 kinds=2-D
# assumes: x 2-D array
def f_grad(x):
    centred = x - np.mean(x, axis=0)
    t1 = np.sqrt(np.sum(centred ** 2, axis=1, keepdims=True))
    # backward
    with np.errstate(all="ignore"):
        centred_bar = 2 * centred * (0.5 / t1)
        t2 = -np.sum(centred_bar, axis=0) / x.shape[0]
        return centred_bar + t2
