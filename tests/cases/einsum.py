import numpy as np


def f(a, b):
    return np.einsum("ij,jk->", a, b)


# --- grad argnums=(0,1) kinds=2-D,2-D
# assumes: a 2-D array, b 2-D array of a's shape
def f_grad(a, b):
    a_bar = einsum_back(1.0, "ij,jk->", 0, [a, b])
    return a_bar, einsum_back(1.0, "ij,jk->", 1, [a, b])
