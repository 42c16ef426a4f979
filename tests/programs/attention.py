"""Causal attention with several heads: split, einsum, a mask of -inf before the softmax."""

import numpy as np

R = np.random.default_rng(82)
N = R.standard_normal


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def multihead(x, Wqkv, Wo, heads):
    B, T, D = x.shape
    qkv = x @ Wqkv
    q, k, v = np.split(qkv, 3, axis=-1)
    hd = D // heads
    q = q.reshape(B, T, heads, hd).transpose(0, 2, 1, 3)
    k = k.reshape(B, T, heads, hd).transpose(0, 2, 1, 3)
    v = v.reshape(B, T, heads, hd).transpose(0, 2, 1, 3)
    att = np.einsum("bhqd,bhkd->bhqk", q, k) / hd**0.5
    att = np.where(np.tril(np.ones((T, T), dtype=bool)), att, -np.inf)
    att = softmax(att)
    y = np.einsum("bhqk,bhkd->bhqd", att, v)
    y = y.transpose(0, 2, 1, 3).reshape(B, T, D)
    return np.sum(np.tanh(y @ Wo))


CASES = [
    (multihead, (N((2, 3, 4)), N((4, 12)), N((4, 2)), 2)),
    (multihead, (N((1, 2, 6)), N((6, 18)), N((6, 2)), 3)),
]
