import numpy as np


def f(k, s, c, a, b):
    c[:] = k*a @ b + s*c
    return np.sum(c*c)


# --- value_and_grad argnums=(0,1,2,3,4) kinds=float,float,2-D,2-D,2-D
# assumes: k Python float, s Python float, c 2-D array, a 2-D array of c's shape,
#     b 2-D array of c's shape
def f_value_and_grad(k, s, c, a, b):
    c = c.copy("K")
    t1 = k * a
    t2 = c.copy()
    c[:] = t1 @ b + s * c
    value = np.sum(c * c)
    # backward
    c_bar = 2 * c
    s_bar = np.vdot(t2, c_bar)
    c_bar_2 = s * c_bar
    t3 = c_bar @ b.T
    k_bar = np.vdot(a, t3)
    return value, (k_bar, s_bar, c_bar_2, k * t3, t1.T @ c_bar)
