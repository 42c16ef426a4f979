def f(x, y, z):
    return x**2 + x*y + z


# --- grad argnums=(0,1,2) kinds=float,float,float

# --- value_and_grad argnums=(0,1,2) kinds=float,float,float
