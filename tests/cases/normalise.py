import numpy as np


def f(x):
    centred = x - np.mean(x, axis=0)
    return np.sum(np.sqrt(np.sum(centred**2, axis=1, keepdims=True)))


# --- grad argnums=0 kinds=2-D
# assumes: x 2-D array
def f_grad(x):
    t1 = np.mean(x, axis=0)
    centred = x - t1
    t2 = centred ** 2
    t3 = np.sqrt(np.sum(t2, axis=1, keepdims=True))
    # backward
    with np.errstate(all="ignore"):
        t4 = 2 * centred
        centred_bar = t4 * np.broadcast_to(0.5 / t3, t2.shape)
        t5 = x.shape
        t6 = np.broadcast_to(unbroadcast(-centred_bar, t1) / t5[0], t5)
        return centred_bar + t6
