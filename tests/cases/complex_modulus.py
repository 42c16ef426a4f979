import numpy as np


def f(z):
    return np.sum(np.abs(z)**2)


# --- grad argnums=0 kinds=complex
