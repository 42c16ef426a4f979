import math


def hyp(a, b):
    return math.sqrt(a*a + b*b)


def f(x, y):
    r = hyp(x - 1.0, y - 2.0)
    return x*math.exp(-r) + r/y


# --- value_and_grad argnums=(0,1) kinds=float,float

# --- grad argnums=0 kinds=npfloat,npfloat
