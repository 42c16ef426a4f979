import numpy as np


def square(x):
    return x*x


ACTIVATIONS = {"square": square, "tanh": np.tanh}


def f(x):
    return np.sum(ACTIVATIONS["tanh"](x)*ACTIVATIONS["square"](x))


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    t1 = np.tanh(x)
    # backward
    return 2 * t1 * x + (1 - t1 * t1) * (x * x)
