import numpy as np


def f(z):
    return np.sum(np.abs(z)**2)


# --- grad argnums=0 kinds=complex
# assumes: z complex128 1-D array (its bar is the conjugate of what s2sad.grad gives)
def f_grad(z):
    t1 = np.abs(z)
    # backward
    with np.errstate(all="ignore"):
        return z / (t1 + (t1 == 0)) * (2 * t1)
