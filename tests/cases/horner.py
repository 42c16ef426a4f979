def f(x, coefficients):
    y = 0.0
    for c in reversed(coefficients):
        y = y*x + c
    return y


# --- grad argnums=(0,1) kinds=float,1-D
