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
# assumes: x Python float, y Python float, x_dot like x, y_dot like y
def f_jvp(x, y, x_dot, y_dot):
    a = x - 1.0
    b = y - 2.0
    r = math.sqrt(a * a + b * b)
    r_dot = ieee_div(0.5 * (2 * a * x_dot + 2 * b * y_dot), r)
    t1 = math.exp(-r)
    t2 = r / y
    value = x * t1 + t2
    return value, t1 * (x_dot - x * r_dot) + (r_dot - y_dot * t2) / y

# --- hvp argnums=0 kinds=float,float,float
# assumes: x Python float, y Python float, x_dot like x
def f_grad_jvp(x, y, x_dot):
    a = x - 1.0
    b = y - 2.0
    r = math.sqrt(a * a + b * b)
    r_dot = ieee_div(a * x_dot, r)
    t1 = math.exp(-r)
    t1_dot = -t1 * r_dot
    t2 = r / y
    t3 = ieee_div(0.5 * (1.0 / y - t1 * x), r)
    t4 = ieee_div(-0.5 * (x * t1_dot + t1 * x_dot), r) - ieee_div(r_dot * t3, r)
    return t1_dot + 2 * (t3 * x_dot + a * t4)
