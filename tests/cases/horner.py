def f(x, coefficients):
    y = 0.0
    for c in reversed(coefficients):
        y = y*x + c
    return y


# --- grad argnums=(0,1) kinds=float,1-D
# assumes: x Python float, coefficients 1-D array
def f_grad(x, coefficients):
    ys = []
    t1 = len(coefficients)
    y = 0.0
    for i in range(t1):
        ys.append(y)
        c = coefficients[t1 - 1 - i]
        y = y * x + c
    # backward
    coefficients_bar = np.zeros_like(coefficients)
    t2 = t1 - 1
    y_bar = 1.0
    x_bar = 0.0
    for i in range(t2, -1, -1):
        y_bar_2 = x * y_bar
        x_bar += ys[i] * y_bar
        coefficients_bar[t2 - i] += y_bar
        y_bar = y_bar_2
    return x_bar, coefficients_bar
