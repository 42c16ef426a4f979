import numpy as np


def f(u, k, steps):
    for _ in range(steps):
        u[1:-1] = u[1:-1] + k*(u[2:] - 2*u[1:-1] + u[:-2])
    return np.sum(u*u)


# --- grad argnums=0 kinds=1-D,float,int

# --- grad argnums=(0,1) kinds=1-D,float,int

# --- value_and_grad argnums=(0,1) kinds=1-D,0-D,int
