import numpy as np


def f(params, x):
    return np.sum(params["w"]*x) + params["b"]


# --- grad argnums=0 kinds=dict,float
# assumes: x Python float
def f_grad(params, x):
    return {"w": np.full_like(params["w"], x), "b": 1.0}
