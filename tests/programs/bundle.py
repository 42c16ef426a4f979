"""Residuals of bundle adjustment: rotations by angle and axis, observations as a list of tuples."""

import numpy as np

R = np.random.default_rng(34)
N = R.standard_normal


def rodrigues(w, p):
    th = np.sqrt(np.sum(w**2))
    if th < 1e-8:
        return p + np.cross(w, p)
    k = w/th
    return p*np.cos(th) + np.cross(k, p)*np.sin(th) + k*(k @ p)*(1 - np.cos(th))


def reprojection(cams, points, obs):
    err = 0.0
    for cam_idx, pt_idx, u, v in obs:
        cam = cams[cam_idx]
        P = rodrigues(cam[:3], points[pt_idx]) + cam[3:6]
        p = -P[:2]/P[2]
        f, k1 = cam[6], cam[7]
        r2 = p @ p
        p = f*(1 + k1*r2)*p
        e = p - np.array([u, v])
        err += np.sum(e**2)/(1 + np.sum(e**2))
    return 0.5*err


CASES = [
    (reprojection, (N((2, 8)), 5 + N((3, 3)), [(0, 1, 0.2, 0.3), (1, 2, 0.1, 0.1), (1, 0, 0.0, 1.0)])),
    (reprojection, (N((1, 8)), 5 + N((3, 3)), [(0, 1, 0.2, 0.3)])),
]
