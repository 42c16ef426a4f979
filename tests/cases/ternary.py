def f(x, y):
    return (x*y if x > y else x + y)*x


# --- grad argnums=(0,1) kinds=float,float
