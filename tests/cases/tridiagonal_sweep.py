import numpy as np


def f(u, p, n):
    q = np.zeros_like(u)
    for j in range(1, n - 1):
        q[1:n-1, j] = (u[j, 0:n-2] - 2*u[j, 1:n-1] + u[j, 2:n] - p*q[1:n-1, j-1])/(2 + p)
    return np.sum(q*q)


# --- value_and_grad argnums=(0,1) kinds=2-D,float,int
# assumes: u 2-D array, p Python float, n Python int
def f_value_and_grad(u, p, n):
    q = np.zeros_like(u)
    t2s = []
    for j in range(1, n - 1):
        t1 = u[j, 0:n - 2] - 2 * u[j, 1:n - 1] + u[j, 2:n]
        t2 = (t1 - p * q[1:n - 1, j - 1]) / (2 + p)
        t2s.append(t2)
        q[1:n - 1, j] = t2
    value = np.sum(q * q)
    # backward
    with np.errstate(all="ignore"):
        q_bar = 2 * q
        u_bar = np.zeros_like(u)
        p_bar = 0.0
        for j in range(n - 2, 0, -1):
            t3 = q_bar[1:n - 1, j] / (2 + p)
            p_bar -= np.vdot(t3, t2s[j - 1])
            p_bar -= np.vdot(q[1:n - 1, j - 1], t3)
            q_bar[1:n - 1, j - 1] -= p * t3
            u_bar[j, 2:n] += unbroadcast(t3, u[j, 2:n])
            u_bar[j, 1:n - 1] -= 2 * t3
            u_bar[j, 0:n - 2] += unbroadcast(t3, u[j, 0:n - 2])
        return value, (u_bar, p_bar)
