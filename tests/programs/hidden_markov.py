"""The forward algorithm in logarithms with a nested function, and scaled, in place."""

import numpy as np

R = np.random.default_rng(71)
N = R.standard_normal


def hmm_forward(log_pi, log_A, log_B, obs):
    def lse(a, axis=0):
        m = np.max(a, axis=axis)
        return m + np.log(np.sum(np.exp(a - m), axis=axis))
    alpha = log_pi + log_B[:, obs[0]]
    for o in obs[1:]:
        alpha = lse(alpha[:, None] + log_A, axis=0) + log_B[:, o]
    return lse(alpha)


def hmm_scaled(pi, A, B, obs):
    T = len(obs)
    alpha = np.zeros((T, len(pi)))
    c = np.zeros(T)
    alpha[0] = pi*B[:, obs[0]]
    c[0] = alpha[0].sum()
    alpha[0] /= c[0]
    for t in range(1, T):
        alpha[t] = (alpha[t-1] @ A)*B[:, obs[t]]
        c[t] = alpha[t].sum()
        alpha[t] /= c[t]
    return -np.sum(np.log(c))


CASES = [
    (hmm_forward, (N(3), N((3, 3)), N((3, 4)), np.array([0, 1, 3, 2]))),
    (hmm_forward, (N(2), N((2, 2)), N((2, 3)), np.array([0, 2]))),
    (hmm_scaled, (R.random(3), R.random((3, 3)), R.random((3, 4)), np.array([0, 1, 3, 2]))),
    (hmm_scaled, (R.random(2), R.random((2, 2)), R.random((2, 3)), np.array([0, 2]))),
]
