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
# assumes: a Python float, b Python float, n Python int
def f_value_and_grad(a, b, n):
    ts = []
    trips = []
    returned = False
    s = 0.0
    for i in range(n):
        t = a + 0.1 * i
        trip = 0
        for j in range(n):
            if t > 5.0:
                break
            trip += 1
            if j % 3 != 1:
                ts.append(t)
                t = t * t * b + 0.1 * j
                if t > 50.0:
                    returned = True
                    break
        trips.append(trip)
        if returned:
            value = s + t * a
            break
        s = s + t
    else:
        value = s
    # backward
    a_bar = 0.0
    b_bar = 0.0
    for i in range(len(trips) - 1, -1, -1):
        if returned:
            a_bar += t
            t_bar = a
            returned = False
        else:
            t_bar = 1.0
        for j in range(trips[i] - 1, -1, -1):
            if j % 3 != 1:
                t_1 = ts.pop()
                b_bar += t_1 * t_1 * t_bar
                t_bar = 2 * t_1 * b * t_bar
        a_bar += t_bar
    return value, (a_bar, b_bar)
