def f(x, y):
    if x > 1.2:
        return x*y
    t = x + y
    if y > 2.0:
        return t*t
    return t


# --- grad argnums=(0,1) kinds=float,float
# assumes: x Python float, y Python float
def f_grad(x, y):
    t1 = x > 1.2
    if not t1:
        t = x + y
        t2 = y > 2.0
    # backward
    if t1:
        x_bar = y
        y_bar = x
    else:
        t_bar = 2 * t if t2 else 1.0
        x_bar = t_bar
        y_bar = t_bar
    return x_bar, y_bar
