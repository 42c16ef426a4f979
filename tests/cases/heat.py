import numpy as np


def f(u, k, steps):
    for _ in range(steps):
        u[1:-1] = u[1:-1] + k*(u[2:] - 2*u[1:-1] + u[:-2])
    return np.sum(u*u)


# --- grad argnums=0 kinds=1-D,float,int
# assumes: u 1-D array, k Python float, steps Python int
def f_grad(u, k, steps):
    u = u.copy("K")
    for _ in range(steps):
        u[1:-1] = u[1:-1] + k * (u[2:] - 2 * u[1:-1] + u[:-2])
    # backward
    u_bar = 2 * u
    for _ in range(steps):
        t1 = k * u_bar[1:-1]
        u_bar[:-2] += t1
        u_bar[2:] += t1
        u_bar[1:-1] -= 2 * t1
    return u_bar

# --- grad argnums=(0,1) kinds=1-D,float,int
# assumes: u 1-D array, k Python float, steps Python int
def f_grad(u, k, steps):
    u = u.copy("K")
    t1s = []
    for _ in range(steps):
        t1 = u[2:] - 2 * u[1:-1] + u[:-2]
        t1s.append(t1)
        u[1:-1] = u[1:-1] + k * t1
    # backward
    u_bar = 2 * u
    k_bar = 0.0
    for i in range(steps - 1, -1, -1):
        t2 = u_bar[1:-1]
        k_bar += np.vdot(t1s[i], t2)
        t3 = k * t2
        u_bar[:-2] += t3
        u_bar[2:] += t3
        u_bar[1:-1] -= 2 * t3
    return u_bar, k_bar

# --- value_and_grad argnums=(0,1) kinds=1-D,0-D,int
# assumes: u 1-D array, k 0-D array, steps Python int
def f_value_and_grad(u, k, steps):
    u = u.copy("K")
    t1s = []
    for _ in range(steps):
        t1 = u[2:] - 2 * u[1:-1] + u[:-2]
        t1s.append(t1)
        u[1:-1] = u[1:-1] + k * t1
    value = np.sum(u * u)
    # backward
    u_bar = 2 * u
    k_bar = np.zeros_like(k)
    for i in range(steps - 1, -1, -1):
        t2 = u_bar[1:-1]
        k_bar += np.vdot(t1s[i], t2)
        t3 = k * t2
        u_bar[:-2] += t3
        u_bar[2:] += t3
        u_bar[1:-1] -= 2 * t3
    return value, (u_bar, k_bar)

# --- jvp argnums=(0,1) kinds=1-D,float,int
# assumes: u 1-D array, k Python float, steps Python int, u_dot like u, k_dot like k
def f_jvp(u, k, steps, u_dot, k_dot):
    u = u.copy("K")
    u_dot = u_dot.copy("K")
    for _ in range(steps):
        t1 = u_dot[1:-1]
        t2 = u[2:] - 2 * u[1:-1] + u[:-2]
        u_dot[1:-1] = t1 + (t2 * k_dot + k * (u_dot[2:] - 2 * t1 + u_dot[:-2]))
        u[1:-1] = u[1:-1] + k * t2
    value = np.sum(u * u)
    return value, 2 * np.vdot(u, u_dot)
