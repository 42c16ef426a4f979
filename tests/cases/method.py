import numpy as np


class Spring:
    def __init__(self, k):
        self.k = k

    def energy(self, x):
        return 0.5*self.k*np.sum(x*x)


SPRING = Spring(3.0)


def f(x):
    return SPRING.energy(x)


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    t1 = 0.5 * k
    # backward
    return 2 * x * t1
