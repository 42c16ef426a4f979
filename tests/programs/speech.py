"""The loss of connectionist temporal classification, and an optimal transport between two histograms."""

import numpy as np

R = np.random.default_rng(310)
N = R.standard_normal


def ctc_loss(logits, labels, blank=0):
    x = logits - logits.max(axis=1, keepdims=True)
    logp = x - np.log(np.sum(np.exp(x), axis=1, keepdims=True))
    ext = [blank]
    for l in labels:
        ext += [l, blank]
    T, S = logp.shape[0], len(ext)
    alpha = np.full((T, S), -1e30)
    alpha[0, 0] = logp[0, ext[0]]
    alpha[0, 1] = logp[0, ext[1]]
    for t in range(1, T):
        for s in range(S):
            v = alpha[t-1, s]
            if s > 0:
                v = np.logaddexp(v, alpha[t-1, s-1])
            if s > 1 and ext[s] != blank and ext[s] != ext[s-2]:
                v = np.logaddexp(v, alpha[t-1, s-2])
            alpha[t, s] = v + logp[t, ext[s]]
    return -np.logaddexp(alpha[-1, -1], alpha[-1, -2])


def sinkhorn(a, b, C, eps, n_iter=20):
    K = np.exp(-C/eps)
    u = np.ones_like(a)
    v = np.ones_like(b)
    err = 1.0
    while err > 1e-9 and n_iter > 0:
        uprev = u
        u = a/(K @ v)
        v = b/(K.T @ u)
        err = np.abs(u - uprev).max()
        n_iter -= 1
    P = u[:, None]*K*v[None, :]
    return np.sum(P*C)


CASES = [
    (ctc_loss, (N((7, 4)), [1, 2, 2])),
    (ctc_loss, (N((4, 3)), [2])),
    (sinkhorn, (np.full(3, 1/3), np.array([0.1, 0.4, 0.3, 0.2]), R.random((3, 4)), 0.5)),
]
