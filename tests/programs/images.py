"""Filters of images, total variation, interpolation between pixels, a histogram by np.add.at."""

import numpy as np

R = np.random.default_rng(30)
N = R.standard_normal


def blur(img, k):
    H, W = img.shape
    r = len(k)//2
    pad = np.pad(img, r, mode="edge")
    tmp = np.zeros((H, W + 2*r))
    for i in range(len(k)):
        tmp += k[i]*pad[i:i+H, :]
    out = np.zeros((H, W))
    for i, w in enumerate(k):
        out += w*tmp[:, i:i+W]
    return out


def sharpen_loss(img, k, amount):
    b = blur(img, k/k.sum())
    s = np.clip(img + amount*(img - b), -1, 1)
    return np.sum((s - 0.2)**2)


def tv_denoise(u, noisy, lam):
    gx = np.diff(u, axis=0)
    gy = np.diff(u, axis=1)
    return 0.5*((u - noisy)**2).sum() + lam*(np.abs(gx).sum() + np.abs(gy).sum())


def bilinear(img, pts):
    x, y = pts[:, 0], pts[:, 1]
    i, j = x.astype(np.int64), y.astype(np.int64)
    fx, fy = x - i, y - j
    v = (1-fx)*(1-fy)*img[i, j] + fx*(1-fy)*img[i+1, j] + (1-fx)*fy*img[i, j+1] + fx*fy*img[i+1, j+1]
    return (v**2).sum()


def binned(x, vals, nb):
    idx = np.clip((x*nb).astype(int), 0, nb - 1)
    h = np.zeros(nb)
    np.add.at(h, idx, vals)
    frac = x*nb - idx
    np.add.at(h, (idx + 1) % nb, vals*frac)
    return np.sum(h**3)


CASES = [
    (sharpen_loss, (N((5, 4)), R.random(3), 0.4)),
    (tv_denoise, (N((4, 4)), N((4, 4)), 0.3)),
    (bilinear, (N((4, 5)), 3*R.random((5, 2)))),
    (binned, (R.random(6), N(6), 4)),
    (binned, (R.random(3), N(3), 2)),
]
