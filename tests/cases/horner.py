def f(x, coefficients):
    y = 0.0
    for c in reversed(coefficients):
        y = y*x + c
    return y


# --- grad argnums=(0,1) kinds=float,1-D
# assumes: x Python float, coefficients 1-D array
def f_grad(x, coefficients):
    ys = []
    y = 0.0
    for c in reversed(coefficients):
        ys.append(y)
        y = y * x + c
    # backward
    coefficients_bar = np.zeros_like(coefficients)
    y_bar = 1.0
    x_bar = 0.0
    for i in range(len(coefficients)):
        y = ys.pop()
        x_bar += y * y_bar
        coefficients_bar[i] += y_bar
        y_bar = x * y_bar
    return x_bar, coefficients_bar
