"""Projections of an image along rays with bilinear interpolation, and denoising by total variation."""

import numpy as np

R = np.random.default_rng(306)
N = R.standard_normal


def radon(image, angles):
    n = image.shape[0]
    c = (n - 1)/2
    sino = np.zeros((len(angles), n))
    t = np.arange(n) - c
    for a, th in enumerate(angles):
        ct, st = np.cos(th), np.sin(th)
        for k in range(n):
            x = t[k]*ct - t*st + c
            y = t[k]*st + t*ct + c
            ok = (x >= 0) & (x < n - 1) & (y >= 0) & (y < n - 1)
            x, y = x[ok], y[ok]
            x0, y0 = x.astype(int), y.astype(int)
            fx, fy = x - x0, y - y0
            vals = (image[y0, x0]*(1-fx)*(1-fy) + image[y0, x0+1]*fx*(1-fy)
                    + image[y0+1, x0]*(1-fx)*fy + image[y0+1, x0+1]*fx*fy)
            sino[a, k] = vals.sum()
    return sino


def tv_denoise(noisy, lam, tau, iterations):
    px = np.zeros_like(noisy)
    py = np.zeros_like(noisy)
    u = noisy.copy()
    for _ in range(iterations):
        div = np.zeros_like(noisy)
        div[:, 1:-1] += px[:, 1:-1] - px[:, :-2]
        div[:, 0] += px[:, 0]
        div[:, -1] -= px[:, -2]
        div[1:-1] += py[1:-1] - py[:-2]
        div[0] += py[0]
        div[-1] -= py[-2]
        u = div - noisy/lam
        gx = np.zeros_like(u)
        gy = np.zeros_like(u)
        gx[:, :-1] = u[:, 1:] - u[:, :-1]
        gy[:-1] = u[1:] - u[:-1]
        norm = 1 + tau*np.sqrt(gx**2 + gy**2 + 1e-8)
        px = (px + tau*gx)/norm
        py = (py + tau*gy)/norm
    return noisy - lam*div


def misfit(image, angles, data):
    return 0.5*np.sum((radon(image, angles) - data)**2)


def roughness(noisy, lam):
    return np.sum(tv_denoise(noisy, lam, 0.2, 3)**2)


CASES = [
    (misfit, (R.random((6, 6)), np.array([0.3, 1.1]), R.random((2, 6)))),
    (roughness, (R.random((4, 5)), 0.1)),
]
