import numpy as np


def f(u, v, c, steps):
    w = np.zeros_like(u)
    for _ in range(steps):
        w[1:-1] = 2*v[1:-1] - u[1:-1] + c*(v[2:] - 2*v[1:-1] + v[:-2])
        u, v, w = v, w, u
    return np.sum(v*v)


# --- value_and_grad argnums=(0,1) kinds=1-D,1-D,float,int
# assumes: u 1-D array, v 1-D array of u's shape, c Python float, steps Python int
def f_value_and_grad(u, v, c, steps):
    u = u.copy("K")
    v = v.copy("K")
    w = np.zeros_like(u)
    for _ in range(steps):
        w[1:-1] = 2 * v[1:-1] - u[1:-1] + c * (v[2:] - 2 * v[1:-1] + v[:-2])
        u, v, w = v, w, u
    value = np.sum(v * v)
    # backward
    v_bar = 2 * v
    u_bar = np.zeros_like(u)
    w_bar = np.zeros_like(w)
    for _ in range(steps):
        u_bar, v_bar, w_bar = w_bar, u_bar, v_bar
        t1 = w_bar[1:-1].copy()
        w_bar[1:-1] = 0.0
        t2 = c * t1
        v_bar[:-2] += t2
        v_bar[2:] += t2
        u_bar[1:-1] -= t1
        v_bar[1:-1] += 2 * (t1 - t2)
    return value, (u_bar, v_bar)
