"""A convolution network by loops: features in a list, maximum pooling, parameters in a dict."""

import numpy as np

R = np.random.default_rng(89)
N = R.standard_normal


def conv2d(img, kern):
    kh, kw = kern.shape
    H, W = img.shape[0] - kh + 1, img.shape[1] - kw + 1
    out = np.zeros((H, W))
    for i in range(H):
        for j in range(W):
            out[i, j] = np.sum(img[i:i + kh, j:j + kw] * kern)
    return out


def maxpool(x, s=2):
    h, w = x.shape[0] // s, x.shape[1] // s
    out = np.empty((h, w))
    for i in range(h):
        for j in range(w):
            out[i, j] = x[i*s:(i + 1)*s, j*s:(j + 1)*s].max()
    return out


def cnn_loss(params, img, label):
    feats = []
    for k in range(params["conv"].shape[0]):
        f = conv2d(img, params["conv"][k]) + params["bias"][k]
        f = np.maximum(0, f)
        feats.append(maxpool(f))
    v = np.concatenate([f.ravel() for f in feats])
    logits = params["dense"] @ v + params["db"]
    logits = logits - np.max(logits)
    logp = logits - np.log(np.sum(np.exp(logits)))
    return -logp[label]


def cnn_args(n, k):
    m = ((n - 2)//2)**2*k
    return ({"conv": N((k, 3, 3)), "bias": N(k), "dense": N((3, m)), "db": N(3)}, N((n, n)), 1)


CASES = [
    (cnn_loss, cnn_args(6, 2)),
    (cnn_loss, cnn_args(8, 1)),
]
