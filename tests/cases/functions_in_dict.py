import numpy as np


def square(x):
    return x*x


ACTIVATIONS = {"square": square, "tanh": np.tanh}


def f(x):
    return np.sum(ACTIVATIONS["tanh"](x)*ACTIVATIONS["square"](x))


# --- grad argnums=0 kinds=1-D
