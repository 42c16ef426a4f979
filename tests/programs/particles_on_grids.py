"""Material points that scatter to a grid and gather from it, and charges whose field is solved by a transform."""

import numpy as np

R = np.random.default_rng(307)
N = R.standard_normal


def mpm_step(x, v, C, F, grid_n, dt, E, steps):
    n = len(x)
    dx = 1.0/grid_n
    inv_dx = float(grid_n)
    vol = (dx*0.5)**2
    for _ in range(steps):
        grid_v = np.zeros((grid_n, grid_n, 2))
        grid_m = np.zeros((grid_n, grid_n))
        for p in range(n):
            base = (x[p]*inv_dx - 0.5).astype(int)
            fx = x[p]*inv_dx - base
            w = [0.5*(1.5 - fx)**2, 0.75 - (fx - 1)**2, 0.5*(fx - 0.5)**2]
            J = np.linalg.det(F[p])
            stress = -dt*vol*4*inv_dx**2*E*(J - 1)*J*np.eye(2)
            affine = stress + C[p]
            for i in range(3):
                for j in range(3):
                    offset = np.array([i, j])
                    dpos = (offset - fx)*dx
                    weight = w[i][0]*w[j][1]
                    grid_v[base[0]+i, base[1]+j] += weight*(v[p] + affine @ dpos)
                    grid_m[base[0]+i, base[1]+j] += weight
        mask = grid_m > 0
        grid_v[mask] /= grid_m[mask][:, None]
        grid_v[:, :, 1] -= dt*9.8
        grid_v[:2, :, 0] = np.maximum(grid_v[:2, :, 0], 0)
        for p in range(n):
            base = (x[p]*inv_dx - 0.5).astype(int)
            fx = x[p]*inv_dx - base
            w = [0.5*(1.5 - fx)**2, 0.75 - (fx - 1)**2, 0.5*(fx - 0.5)**2]
            new_v = np.zeros(2)
            new_C = np.zeros((2, 2))
            for i in range(3):
                for j in range(3):
                    dpos = np.array([i, j]) - fx
                    g = grid_v[base[0]+i, base[1]+j]
                    weight = w[i][0]*w[j][1]
                    new_v += weight*g
                    new_C += 4*weight*np.outer(g, dpos)*inv_dx
            v[p] = new_v
            C[p] = new_C
            F[p] = (np.eye(2) + dt*C[p]) @ F[p]
            x[p] += dt*v[p]
    return x, v


def pic(x, v, L, ng, dt, steps):
    n = len(x)
    dx = L/ng
    energy = []
    k = 2*np.pi*np.fft.rfftfreq(ng, dx)
    for _ in range(steps):
        g = x/dx
        i = np.floor(g).astype(int)
        f = g - i
        rho = np.bincount(i % ng, weights=1-f, minlength=ng) + np.bincount((i+1) % ng, weights=f, minlength=ng)
        rho = rho/n*ng - 1
        rk = np.fft.rfft(rho)
        phik = np.zeros_like(rk)
        phik[1:] = rk[1:]/k[1:]**2
        E = np.fft.irfft(-1j*k*phik, n=ng)
        Ep = (1-f)*E[i % ng] + f*E[(i+1) % ng]
        v = v - dt*Ep
        x = (x + dt*v) % L
        energy.append(0.5*np.sum(E**2)*dx)
    return np.array(energy)


def fallen(x, v, E):
    n = len(x)
    x, v = mpm_step(x, v, np.zeros((n, 2, 2)), np.tile(np.eye(2), (n, 1, 1)), 8, 1e-3, E, 2)
    return np.sum(x**2) + np.sum(v**2)


def field_energy(x, v):
    return np.sum(pic(x, v, 6.0, 8, 0.1, 3))


CASES = [
    (fallen, (0.4 + 0.2*R.random((2, 2)), N((2, 2)), 100.0)),
    (field_energy, (6.0*R.random(9), N(9))),
]
