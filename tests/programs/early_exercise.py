"""An American put by a tree, by regression on simulated paths (Longstaff and Schwartz), a call by differences."""

import numpy as np

R = np.random.default_rng(303)
N = R.standard_normal


def american_put(S0, K, r, sigma, T, n):
    dt = T/n
    u = np.exp(sigma*np.sqrt(dt))
    d = 1/u
    p = (np.exp(r*dt) - d)/(u - d)
    disc = np.exp(-r*dt)
    prices = S0*u**np.arange(n, -n-1, -2)
    values = np.maximum(K - prices, 0)
    for _ in range(n-1, -1, -1):
        prices = prices[:-1]*d
        values = disc*(p*values[:-1] + (1-p)*values[1:])
        values = np.maximum(values, K - prices)
    return values[0]


def longstaff_schwartz(S0, K, r, sigma, T, n, paths, seed):
    rng = np.random.RandomState(seed)
    dt = T/n
    Z = rng.randn(paths, n)
    S = S0*np.exp(np.cumsum((r - sigma**2/2)*dt + sigma*np.sqrt(dt)*Z, axis=1))
    payoff = np.maximum(K - S[:, -1], 0)
    for t in range(n-2, -1, -1):
        payoff = payoff*np.exp(-r*dt)
        itm = S[:, t] < K
        if itm.sum() < 4:
            continue
        x = S[itm, t]
        A = np.vander(x/K, 3)
        coef = np.linalg.lstsq(A, payoff[itm], rcond=None)[0]
        cont = A @ coef
        exercise = K - x
        now = exercise > cont
        idx = np.where(itm)[0][now]
        payoff[idx] = exercise[now]
    return np.exp(-r*dt)*payoff.mean()


def bs_pde(S0, K, r, sigma, T, M, N):
    Smax = 3*K
    dt = T/N
    S = np.linspace(0, Smax, M+1)
    V = np.maximum(S - K, 0.0)
    j = np.arange(1, M)
    for n in range(N):
        a = 0.5*dt*(sigma**2*j**2 - r*j)
        b = 1 - dt*(sigma**2*j**2 + r)
        c = 0.5*dt*(sigma**2*j**2 + r*j)
        V[1:-1] = a*V[:-2] + b*V[1:-1] + c*V[2:]
        V[0] = 0
        V[-1] = Smax - K*np.exp(-r*(n+1)*dt)
    return np.interp(S0, S, V)


CASES = [
    (american_put, (100.0, 105.0, 0.05, 0.2, 1.0, 6)),
    (longstaff_schwartz, (36.0, 40.0, 0.06, 0.2, 1.0, 5, 40, 1)),
    (bs_pde, (97.3, 103.1, 0.05, 0.2, 0.5, 8, 10)),
]
