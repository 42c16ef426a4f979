"""Black-Scholes in Python floats, and a Monte Carlo price with a seeded generator."""

import math

import numpy as np


def norm_cdf(x):
    return 0.5*(1 + math.erf(x/math.sqrt(2)))


def black_scholes(S, K, T, r, sigma, call=True):
    d1 = (math.log(S/K) + (r + sigma**2/2)*T)/(sigma*math.sqrt(T))
    d2 = d1 - sigma*math.sqrt(T)
    if call:
        return S*norm_cdf(d1) - K*math.exp(-r*T)*norm_cdf(d2)
    return K*math.exp(-r*T)*norm_cdf(-d2) - S*norm_cdf(-d1)


def mc_asian(S0, r, sigma, T, K, n, m, seed=42):
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((n, m))
    dt = T/m
    paths = S0*np.exp(np.cumsum((r - 0.5*sigma**2)*dt + sigma*np.sqrt(dt)*z, axis=1))
    payoff = np.maximum(paths.mean(axis=1) - K, 0.0)
    return np.exp(-r*T)*payoff.mean()


CASES = [
    (black_scholes, (100.0, 95.0, 0.5, 0.02, 0.3)),
    (black_scholes, (100.0, 95.0, 0.5, 0.02, 0.3, False)),
    (mc_asian, (1.0, 0.02, 0.3, 1.0, 0.95, 20, 4)),
    (mc_asian, (1.0, 0.02, 0.3, 1.0, 0.95, 7, 2, 1)),
]
