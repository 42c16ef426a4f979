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
    ts_1 = []
    t1s = []
    returneds = []
    trips = []
    returned = False
    s = 0.0
    for i in range(n):
        t = a + 0.1 * i
        trips_1 = 0
        for j in range(n):
            trips_1 += 1
            ts.append(t)
            if t > 5.0:
                break
            if j % 3 != 1:
                t = t * t * b + 0.1 * j
                t1 = t > 50.0
                t1s.append(t1)
                if t1:
                    ts_1.append(t)
                    value = s + t * a
                    returned = True
                    break
        trip = trips_1
        returneds.append(returned)
        trips.append(trip)
        if returned:
            break
        s = s + t
    t2 = not returned
    if t2:
        value = s
    # backward
    trips_1 = len(returneds)
    if t2:
        s_bar = 1.0
        value_bar = 0.0
    else:
        s_bar = 0.0
        value_bar = 1.0
    a_bar = 0.0
    b_bar = 0.0
    for i in range(trips_1 - 1, -1, -1):
        t_bar = 0.0 if returneds[i] else s_bar
        for i in range(trips[i] - 1, -1, -1):
            t = ts.pop()
            if not t > 5.0:
                if i % 3 != 1:
                    t3 = t1s.pop()
                    if t3:
                        t_1 = ts_1.pop()
                        s_bar += value_bar
                        t_bar += a * value_bar
                        a_bar += t_1 * value_bar
                    b_bar += t * t * t_bar
                    t_bar = 2 * t * (b * t_bar)
            value_bar = 0.0
        a_bar += t_bar
        value_bar = 0.0
    return value, (a_bar, b_bar)
