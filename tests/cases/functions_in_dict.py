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
    x_bar = 2 * t1 * x
    x_bar += (1 - t1 * t1) * (x * x)
    return x_bar
