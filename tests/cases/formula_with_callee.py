import math


def hyp(a, b):
    return math.sqrt(a*a + b*b)


def f(x, y):
    r = hyp(x - 1.0, y - 2.0)
    return x*math.exp(-r) + r/y


# --- value_and_grad argnums=(0,1) kinds=float,float
# assumes: x Python float, y Python float
def f_value_and_grad(x, y):
    a = x - 1.0
    b = y - 2.0
    r = math.sqrt(a * a + b * b)
    t1 = math.exp(-r)
    t2 = x * t1
    t3 = r / y
    value = t2 + t3
    # backward
    t4 = ieee_div(0.5 * (1.0 / y - t2), r)
    return value, (t1 + 2 * a * t4, 2 * b * t4 - t3 / y)

# --- grad argnums=0 kinds=npfloat,npfloat
# assumes: x NumPy float64 scalar, y NumPy float64 scalar
def f_grad(x, y):
    a = x - 1.0
    b = y - 2.0
    r = math.sqrt(a * a + b * b)
    t1 = math.exp(-r)
    # backward
    with np.errstate(all="ignore"):
        return t1 + 2 * a * (0.5 * (1.0 / y - t1 * x) / r)

# --- jvp argnums=(0,1) kinds=float,float
pass

# --- hvp argnums=0 kinds=float,float,float
pass
