def f(x, y):
    if x > y:
        t = x*x
    s = y
    if x > y:
        s = s*t
    return s


# --- grad argnums=(0,1) kinds=float,float
# assumes: x Python float, y Python float
def f_grad(x, y):
    t1 = x > y
    if t1:
        t = x * x
    t2 = x > y
    # backward
    if t2:
        y_bar = t
        t_bar = y
    else:
        y_bar = 1.0
        t_bar = 0.0
    return 2 * x * t_bar if t1 else 0.0, y_bar
