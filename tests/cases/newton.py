def f(a):
    x = a
    for _ in range(5):
        x = 0.5*(x + a/x)
    return x


# --- grad argnums=0 kinds=float
# assumes: a Python float
def f_grad(a):
    xs = []
    t1s = []
    x = a
    for _ in range(5):
        xs.append(x)
        t1 = a / x
        t1s.append(t1)
        x = 0.5 * (x + t1)
    # backward
    x_bar = 1.0
    a_bar = 0.0
    for i in range(4, -1, -1):
        t2 = xs[i]
        x_bar = 0.5 * x_bar
        a_bar += x_bar / t2
        x_bar -= x_bar * t1s[i] / t2
    return a_bar + x_bar
