def f(a):
    x = a
    for _ in range(5):
        x = 0.5*(x + a/x)
    return x


# --- grad argnums=0 kinds=float
# assumes: a Python float
def f_grad(a):
    xs = []
    x = a
    for _ in range(5):
        xs.append(x)
        x = 0.5 * (x + a / x)
    # backward
    x_bar = 1.0
    a_bar = 0.0
    for x in reversed(xs):
        x_bar = 0.5 * x_bar
        t1 = x_bar / x
        a_bar += t1
        x_bar -= t1 * (a / x)
    return a_bar + x_bar

# --- jvp argnums=0 kinds=float
# assumes: a Python float, a_dot like a
def f_jvp(a, a_dot):
    x = a
    x_dot = a_dot
    for _ in range(5):
        t1 = a / x
        x_dot = 0.5 * (x_dot + (a_dot - x_dot * t1) / x)
        x = 0.5 * (x + t1)
    return x, x_dot
