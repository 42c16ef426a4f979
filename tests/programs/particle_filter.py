"""The likelihood of a noisy series by a bootstrap particle filter that resamples with a random generator."""

import numpy as np

R = np.random.default_rng(302)
N = R.standard_normal


def particle_filter(y, sigma_x, sigma_y, seed, n):
    rng = np.random.default_rng(seed)
    particles = rng.normal(0.0, 1.0, n)
    loglik = 0.0
    means = []
    for t in range(len(y)):
        particles = 0.9*particles + sigma_x*rng.standard_normal(n)
        logw = -0.5*((y[t] - particles)/sigma_y)**2 - np.log(sigma_y) - 0.5*np.log(2*np.pi)
        m = logw.max()
        w = np.exp(logw - m)
        loglik += m + np.log(np.mean(w))
        w /= w.sum()
        means.append(np.sum(w*particles))
        idx = rng.choice(n, size=n)
        particles = particles[idx]
    return loglik + np.var(means)


CASES = [
    (particle_filter, (N(5), 0.5, 0.8, 3, 10)),
    (particle_filter, (N(3), 0.3, 1.2, 4, 7)),
]
