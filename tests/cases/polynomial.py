def f(x, y, z):
    return x**2 + x*y + z


# --- grad argnums=(0,1,2) kinds=float,float,float
# assumes: x Python float, y Python float, z Python float
def f_grad(x, y, z):
    return y + 2 * x, x, 1.0

# --- value_and_grad argnums=(0,1,2) kinds=float,float,float
# assumes: x Python float, y Python float, z Python float
def f_value_and_grad(x, y, z):
    value = x ** 2 + x * y + z
    # backward
    return value, (y + 2 * x, x, 1.0)
