def f(x, y):
    if x > y:
        t = x*x
    s = y
    if x > y:
        s = s*t
    return s


# --- grad argnums=(0,1) kinds=float,float
