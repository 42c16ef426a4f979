import numpy as np


def f(x):
    y = x
    y *= 2
    return np.sum(x*y)


# --- value_and_grad argnums=0 kinds=float
# assumes: x Python float
def f_value_and_grad(x):
    y = x * 2
    value = np.sum(x * y)
    # backward
    return value, 2 * y

# --- value_and_grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_value_and_grad(x):
    x = x.copy("K")
    x *= 2
    value = np.sum(x * x)
    # backward
    x_bar = 2 * x
    x_bar *= 2
    return value, x_bar

# --- grad argnums=0 kinds=0-D
# assumes: x 0-D array
def f_grad(x):
    x = x.copy("K")
    x *= 2
    # backward
    x_bar = np.full_like(x, 2 * x)
    x_bar *= 2
    return x_bar
