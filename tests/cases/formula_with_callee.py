import math


def hyp(a, b):
    return math.sqrt(a*a + b*b)


def f(x, y):
    r = hyp(x - 1.0, y - 2.0)
    return x*math.exp(-r) + r/y


# --- value_and_grad argnums=(0,1) kinds=float,float
# assumes: x Python float, y Python float
def f_value_and_grad(x, y):
    t1 = x - 1.0
    t2 = y - 2.0
    t3 = math.sqrt(t1 * t1 + t2 * t2)
    t4 = math.exp(-t3)
    t5 = x * t4
    t6 = t3 / y
    value = t5 + t6
    # backward
    t7 = ieee_div(0.5 * (1.0 / y - t5), t3)
    return value, (t4 + 2 * t1 * t7, 2 * t2 * t7 - t6 / y)

# --- grad argnums=0 kinds=npfloat,npfloat
# assumes: x NumPy float64 scalar, y NumPy float64 scalar
def f_grad(x, y):
    t1 = x - 1.0
    t2 = y - 2.0
    t3 = math.sqrt(t1 * t1 + t2 * t2)
    t4 = math.exp(-t3)
    # backward
    with np.errstate(all="ignore"):
        return t4 + 2 * t1 * (0.5 * (1.0 / y - t4 * x) / t3)
