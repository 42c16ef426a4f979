import numpy as np


def f(w, x, y):
    margins = y*(x @ w)
    return np.mean(np.log(1 + np.exp(-margins)))


# --- value_and_grad argnums=0 kinds=vec,2-D,vec
# assumes: w 1-D array, x 2-D array, y 1-D array of w's shape
def f_value_and_grad(w, x, y):
    margins = y * (x @ w)
    t1 = np.exp(-margins)
    t2 = 1 + t1
    value = np.mean(np.log(t2))
    # backward
    with np.errstate(all="ignore"):
        w_bar = x.T @ (-y * (t1 * (1.0 / t2.size / t2)))
        return value, w_bar

# --- hvp argnums=0 kinds=vec,2-D,vec,vec
# assumes: w 1-D array, x 2-D array, y 1-D array of w's shape, w_dot like w
def f_grad_jvp(w, x, y, w_dot):
    with np.errstate(all="ignore"):
        margins = y * (x @ w)
        t1 = np.exp(-margins)
        t2 = 1 + t1
        t3 = -y
        t4 = -t1 * (y * (x @ w_dot)) * (1.0 / t1.size / t2)
        return x.T @ (t3 * (t4 - t1 * (t4 / t2)))
