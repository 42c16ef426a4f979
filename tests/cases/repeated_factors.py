"""Products in which a factor stands several times."""


def f(x, c, n):
    s = 0.0
    for i in range(n):
        s = s + 0.5*x*x
        x = x - 0.1*c*x*x
        c = c - 0.1*c*c*c
    return s*x


# --- grad argnums=0 kinds=float,float,int
# assumes: x Python float, c Python float, n Python int
def f_grad(x, c, n):
    cs = []
    xs = []
    s = 0.0
    for i in range(n):
        cs.append(c)
        xs.append(x)
        s = s + 0.5 * x * x
        x = x - 0.1 * c * x * x
        c = c - 0.1 * c * c * c
    # backward
    x_bar = s
    for c, x_1 in zip(reversed(cs), reversed(xs)):
        x_bar = x_bar - 0.2 * c * x_1 * x_bar + x_1 * x
    return x_bar
