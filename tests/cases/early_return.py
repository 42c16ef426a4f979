def f(x, y):
    if x > 1.2:
        return x*y
    t = x + y
    if y > 2.0:
        return t*t
    return t


# --- grad argnums=(0,1) kinds=float,float
