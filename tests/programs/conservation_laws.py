"""Burgers' equation in rows of a history, a limited scheme, shallow water, wave by three buffers."""

import numpy as np

R = np.random.default_rng(41)
N = R.standard_normal


def wave(u0, c, steps):
    u_prev = u0.copy()
    u = u0.copy()
    u_next = np.zeros_like(u0)
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            u_next[i] = 2*u[i] - u_prev[i] + c**2*(u[i+1] - 2*u[i] + u[i-1])
        u_prev, u, u_next = u, u_next, u_prev
    return np.sum(u*np.arange(len(u)))


def burgers(u, nu, dt, dx, nt):
    hist = np.empty((nt + 1, u.size))
    hist[0] = u
    for n in range(nt):
        un = hist[n]
        diffusion = nu*dt/dx**2*(un[2:] - 2*un[1:-1] + un[:-2])
        hist[n+1, 1:-1] = un[1:-1] - un[1:-1]*dt/dx*(un[1:-1] - un[:-2]) + diffusion
        hist[n+1, 0] = un[0] - un[0]*dt/dx*(un[0] - un[-2])
        hist[n+1, -1] = hist[n+1, 0]
    return np.trapezoid(hist[-1]**2, dx=dx)


def minmod_advect(u, c, nt):
    for _ in range(nt):
        dl = u - np.roll(u, 1)
        dr = np.roll(u, -1) - u
        slope = np.where(dl*dr > 0, np.where(np.abs(dl) < np.abs(dr), dl, dr), 0.0)
        ul = u + 0.5*(1 - c)*slope
        u = u - c*(ul - np.roll(ul, 1))
    return (u**2).sum()


def shallow_water(h, u, g, dt, nt):
    h, u = h.copy(), u.copy()
    for _ in range(nt):
        hu = h*u
        f1 = hu
        f2 = hu*u + 0.5*g*h**2
        hn = h.copy()
        hn[1:-1] = 0.5*(h[2:] + h[:-2]) - 0.5*dt*(f1[2:] - f1[:-2])
        hun = hu.copy()
        hun[1:-1] = 0.5*(hu[2:] + hu[:-2]) - 0.5*dt*(f2[2:] - f2[:-2])
        h, u = hn, hun/hn
        u[0] = u[-1] = 0.0
    return np.sum(h*u**2)


CASES = [
    (wave, (N(6), 0.5, 4)),
    (wave, (N(4), 0.5, 1)),
    (burgers, (N(6), 0.07, 0.01, 0.1, 4)),
    (minmod_advect, (N(7), 0.4, 3)),
    (shallow_water, (1 + R.random(6), N(6), 9.8, 0.01, 3)),
    (shallow_water, (1 + R.random(4), N(4), 9.8, 0.01, 1)),
]
