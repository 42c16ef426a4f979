import numpy as np


def f(z, k):
    e = np.exp(z - np.max(z))
    return -np.log(e[k]/np.sum(e))


# --- grad argnums=0 kinds=1-D,int
# assumes: z 1-D array, k Python int
def f_grad(z, k):
    t1 = np.max(z)
    e = np.exp(z - t1)
    t2 = np.sum(e)
    t3 = e[k] / t2
    # backward
    with np.errstate(all="ignore"):
        t4 = -1.0 / t3 / t2
        e_bar = np.full_like(z, -t4 * t3)
        e_bar[k] += t4
        z_bar = e * e_bar
        t5 = z == t1
        return z_bar - t5 * (np.sum(z_bar) / np.sum(t5))

# --- hvp argnums=0 kinds=1-D,int,1-D
# assumes: z 1-D array, k Python int, z_dot like z
def f_grad_jvp(z, k, z_dot):
    with np.errstate(all="ignore"):
        t1 = np.max(z)
        t5 = z == t1
        t6 = np.sum(t5)
        e = np.exp(z - t1)
        e_dot = e * (z_dot - np.sum(t5 * z_dot) / t6)
        t2_dot = np.sum(e_dot)
        t2 = np.sum(e)
        t3 = e[k] / t2
        t3_dot = (e_dot[k] - t2_dot * t3) / t2
        t7 = -1.0 / t3
        t4 = t7 / t2
        t4_dot = (-t3_dot * t7 / t3 - t2_dot * t4) / t2
        t8 = -t4
        e_bar_dot = np.full_like(z, t8 * t3_dot - t3 * t4_dot)
        e_bar = np.full_like(z, t8 * t3)
        e_bar_dot[k] += t4_dot
        e_bar[k] += t4
        z_bar_dot = e_bar * e_dot + e * e_bar_dot
        return z_bar_dot - t5 * (np.sum(z_bar_dot) / t6)
