def f(x, y):
    return (x*y if x > y else x + y)*x


# --- grad argnums=(0,1) kinds=float,float
# assumes: x Python float, y Python float
def f_grad(x, y):
    t1 = x > y
    t2 = x * y if t1 else x + y
    # backward
    if t1:
        x_bar = t2 + y * x
        y_bar = x * x
    else:
        x_bar = t2 + x
        y_bar = x
    return x_bar, y_bar
