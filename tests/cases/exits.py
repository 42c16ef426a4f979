def f(a, b, n):
    s = 0.0
    for i in range(n):
        t = a + 0.1*i
        for j in range(n):
            if t > 5.0:
                break
            if j % 3 == 1:
                continue
            t = t*t*b + 0.1*j
            if t > 50.0:
                return s + t*a
        s = s + t
    return s


# --- value_and_grad argnums=(0,1) kinds=float,float,int
