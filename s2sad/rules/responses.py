"""scipy.signal: frequency responses, chirp transforms, deconvolution, waves and windows with parameters.

    w, h = scipy.signal.freqz(b, a)      a formula of scipy.fft.rfft, or of powers of exp(-1j*w)
    y = scipy.signal.czt(x, m, w, a)     a formula of scipy.fft.fft

All are formulas in SciPy's own order of operations.
"""

from __future__ import annotations

from scipy import signal
from scipy.signal import windows

from s2sad.rules.registry import composite

_TAU = "6.283185307179586"
_FORMULAS = {
    "freqz": f"""def freqz(b, a=1, worN=512, whole=False, *, fs={_TAU}, include_nyquist=False):
    b = np.atleast_1d(np.asarray(b))
    a = np.atleast_1d(np.asarray(a))
    if np.ndim(b) != 1 or np.ndim(a) != 1:
        raise ValueError("freqz of several filters; call it for each")
    if np.ndim(worN) == 0:
        n = 512 if worN is None else worN
        ends = include_nyquist and not whole
        w = np.linspace(0, 2*np.pi if whole else np.pi, n, endpoint=ends)
        size = n if whole else 2*(n - 1) if include_nyquist else 2*n
    else:
        n = size = 0
        w = 2*np.pi*np.asarray(worN)/fs
    if len(a) == 1 and size >= len(b):
        if np.iscomplexobj(b) or np.iscomplexobj(a):
            h = scipy.fft.fft(b, size)[:n]/a
        else:
            h = scipy.fft.rfft(b, size)[:n]/a
            if whole:
                flipped = np.flip(h[1:] if size % 2 == 1 else h[1:-1])
                h = np.concatenate((h, np.conj(flipped)))
    else:
        z = np.exp(-1j*w)
        above, below = b[-1] + 0.0*z, a[-1] + 0.0*z
        for k in range(2, len(b) + 1):
            above = b[-k] + above*z
        for k in range(2, len(a) + 1):
            below = a[-k] + below*z
        h = above/below
    return w*(fs/(2*np.pi)), h
""",
    "freqz_sos": f"""def freqz_sos(sos, worN=512, whole=False, *, fs={_TAU}):
    sos = np.asarray(sos)
    w, h = scipy.signal.freqz(sos[0, :3], sos[0, 3:], worN, whole, fs=fs)
    for k in range(1, np.shape(sos)[0]):
        w, row = scipy.signal.freqz(sos[k, :3], sos[k, 3:], worN, whole, fs=fs)
        h = h*row
    return w, h
""",
    "sosfreqz": f"""def sosfreqz(sos, worN=512, whole=False, *, fs={_TAU}):
    return scipy.signal.freqz_sos(sos, worN, whole, fs=fs)
""",
    "freqs": """def freqs(b, a, worN=200):
    if np.ndim(worN) != 1:
        raise ValueError("freqs at frequencies that it chooses; pass them as worN")
    b = np.asarray(b)
    a = np.asarray(a)
    z = 1j*np.asarray(worN)
    above, below = np.zeros_like(z), np.zeros_like(z)
    for k in range(len(b)):
        above = above*z + b[k]
    for k in range(len(a)):
        below = below*z + a[k]
    return np.asarray(worN), above/below
""",
    "czt": """def czt(x, m=None, w=None, a=(1+0j), *, axis=-1):
    x = np.swapaxes(np.asarray(x), axis, -1)
    n = np.shape(x)[-1]
    m = n if m is None else m
    k = np.arange(max(m, n))
    wk2 = np.exp(-(1j*np.pi*((k**2) % (2*m)))/m) if w is None else w**(k**2/2.)
    size = scipy.fft.next_fast_len(n + m - 1)
    front = scipy.fft.fft(1/np.hstack((wk2[n-1:0:-1], wk2[:m])), size)
    y = scipy.fft.ifft(front*scipy.fft.fft(x*((1.0*a)**-k[:n]*wk2[:n]), size))
    return np.swapaxes(y[..., n - 1:n + m - 1]*wk2[:m], axis, -1)
""",
    "zoom_fft": """def zoom_fft(x, fn, m=None, *, fs=2, endpoint=False, axis=-1):
    x = np.swapaxes(np.asarray(x), axis, -1)
    n = np.shape(x)[-1]
    m = n if m is None else m
    k = np.arange(max(m, n))
    f1 = 0.0 if np.ndim(fn) == 0 else fn[0]
    f2 = fn if np.ndim(fn) == 0 else fn[1]
    scale = ((f2 - f1)*m)/(fs*(m - 1)) if endpoint else (f2 - f1)/fs
    wk2 = np.exp(-(1j*np.pi*scale*k**2)/m)
    ak = np.exp(-2j*np.pi*f1/fs*k[:n])
    size = scipy.fft.next_fast_len(n + m - 1)
    front = scipy.fft.fft(1/np.hstack((wk2[n-1:0:-1], wk2[:m])), size)
    y = scipy.fft.ifft(front*scipy.fft.fft(x*(ak*wk2[:n]), size))
    return np.swapaxes(y[..., n - 1:n + m - 1]*wk2[:m], axis, -1)
""",
    "hilbert2": """def hilbert2(x, N=None, axes=(-2, -1)):
    x = np.moveaxis(np.atleast_2d(x), axes, (-2, -1))
    if np.iscomplexobj(x):
        raise ValueError("x must be real.")
    if N is None:
        rows, columns = np.shape(x)[-2:]
    elif np.ndim(N) == 0:
        rows, columns = N, N
    else:
        rows, columns = N
    i, j = np.arange(rows), np.arange(columns)
    twice = np.where(i >= (rows + 1)//2, 0.0, np.where(i > 0, 2.0, 1.0))[:, None]
    doubled = np.where(j >= (columns + 1)//2, 0.0, np.where(j > 0, 2.0, 1.0))
    real = np.real(x).dtype
    z = scipy.fft.fft2(x, (rows, columns))*twice.astype(real)*doubled.astype(real)
    z = scipy.fft.ifft2(z)
    return np.moveaxis(z, (-2, -1), axes)
""",
    "wiener": """def wiener(im, mysize=None, noise=None):
    im = np.asarray(im)
    if mysize is None:
        sizes = (3,)*np.ndim(im)
    else:
        sizes = (mysize,)*np.ndim(im) if np.ndim(mysize) == 0 else mysize
    ones, size = np.ones(sizes), float(math.prod(sizes))
    mean = scipy.signal.correlate(im, ones, "same")/size
    spread = scipy.signal.correlate(im**2, ones, "same")/size - mean**2
    if noise is None:
        noise = np.mean(np.reshape(spread, (-1,)), axis=0)
    return np.where(spread < noise, mean, (im - mean)*(1 - noise/spread) + mean)
""",
    "deconvolve": """def deconvolve(signal, divisor):
    num = np.atleast_1d(np.asarray(signal))
    den = np.atleast_1d(np.asarray(divisor))
    n = len(num) - len(den) + 1
    if n < 1:
        raise ValueError("deconvolve of a signal that is shorter than the divisor")
    impulse = np.zeros(n)
    impulse[0] = 1
    quotient = scipy.signal.lfilter(num, den, impulse)
    return quotient, num - scipy.signal.convolve(den, quotient, "full")
""",
    "lfiltic": """def lfiltic(b, a, y, x=None):
    a = np.atleast_1d(np.asarray(a))
    b = np.atleast_1d(np.asarray(b))
    n, m = len(a) - 1, len(b) - 1
    y = np.asarray(y)
    if len(y) < n:
        y = np.concatenate((y, np.zeros(n - len(y))))
    x = np.zeros(m) if x is None else np.asarray(x)
    if len(x) < m:
        x = np.concatenate((x, np.zeros(m - len(x))))
    parts = []
    for k in range(max(n, m)):
        forth = np.sum(b[k + 1:]*x[:m - k]) if k < m else 0.0
        back = np.sum(a[k + 1:]*y[:n - k]) if k < n else 0.0
        parts.append(forth - back)
    return np.stack(parts)/a[0]
""",
    "sos2tf": """def sos2tf(sos):
    sos = np.asarray(sos)
    b, a = sos[0, :3], sos[0, 3:]
    for k in range(1, np.shape(sos)[0]):
        b, a = np.convolve(b, sos[k, :3]), np.convolve(a, sos[k, 3:])
    return b, a
""",
    "chirp": """def chirp(t, f0, t1, f1, method='linear', phi=0, vertex_zero=True, *, complex=False):
    if complex:
        return refused("chirp with complex=True; multiply by np.exp")
    t = np.asarray(t)
    f0, t1, f1 = 1.0*f0, 1.0*t1, 1.0*f1
    if method in ("linear", "lin", "li"):
        beta = (f1 - f0)/t1
        phase = 2*np.pi*(f0*t + 0.5*beta*t*t)
    elif method in ("quadratic", "quad", "q"):
        beta = (f1 - f0)/(t1**2)
        if vertex_zero:
            phase = 2*np.pi*(f0*t + beta*t**3/3)
        else:
            phase = 2*np.pi*(f1*t + beta*((t1 - t)**3 - t1**3)/3)
    elif method in ("logarithmic", "log", "lo"):
        beta = t1/np.log(f1/f0)
        phase = 2*np.pi*beta*f0*(np.power(f1/f0, t/t1) - 1.0)
    else:
        sing = -f1*t1/(f0 - f1)
        phase = 2*np.pi*(-sing*f0)*np.log(np.abs(1 - t/sing))
    return np.cos(phase + np.float64(phi*np.pi/180))
""",
    "gausspulse": """def gausspulse(t, fc=1000, bw=0.5, bwr=-6, tpr=-60, retquad=False, retenv=False):
    if retquad or retenv:
        return refused("gausspulse with retquad or retenv; write them out")
    a = -(np.pi*fc*bw)**2/(4.0*np.log(pow(10.0, bwr/20.0)))
    t = np.asarray(t)
    return np.exp(-a*t*t)*np.cos(2*np.pi*fc*t)
""",
    "sawtooth": """def sawtooth(t, width=1):
    turn = np.mod(t, 2*np.pi)
    rising = turn < width*2*np.pi
    up = turn/(np.pi*np.where(rising, width, 1.0)) - 1
    down = (np.pi*(width + 1) - turn)/(np.pi*(1 - np.where(rising, 0.0, width)))
    return np.where(rising, up, down)
""",
    "square": """def square(t, duty=0.5):
    return np.where(np.mod(t, 2*np.pi) < duty*2*np.pi, 1.0, -1.0)
""",
    "lombscargle": """def lombscargle(x, y, freqs, *, normalize=False, weights=None, floating_mean=False):
    x = np.asarray(x, dtype=float)
    y = np.asarray(y, dtype=float)
    w = np.ones_like(y) if weights is None else np.asarray(weights, dtype=float)
    w = w*(1.0/np.sum(w))
    x, y, w = np.reshape(x, (-1, 1)), np.reshape(y, (-1, 1)), np.reshape(w, (-1, 1))
    turns = np.reshape(np.asarray(freqs, dtype=float), (1, -1))*x
    c, s = np.cos(turns), np.sin(turns)
    mean = np.dot(w.T, y)
    cc, cs = np.dot(w.T, c*c), np.dot(w.T, c*s)
    ss = 1.0 - cc
    if floating_mean:
        c0, s0 = np.dot(w.T, c), np.dot(w.T, s)
        cc, ss, cs = cc - c0*c0, ss - s0*s0, cs - c0*s0
    turns = turns - 0.5*np.arctan2(2.0*cs, cc - ss)
    c, s = np.cos(turns), np.sin(turns)
    yc, ys = np.dot((w*y).T, c), np.dot((w*y).T, s)
    cc = np.dot(w.T, c*c)
    ss = 1.0 - cc
    if floating_mean:
        c0, s0 = np.dot(w.T, c), np.dot(w.T, s)
        yc, ys = yc - mean*c0, ys - mean*s0
        cc, ss = cc - c0*c0, ss - s0*s0
    cc, ss = np.maximum(cc, 1.1102230246251565e-16), np.maximum(ss, 1.1102230246251565e-16)
    a, b = yc/cc, ys/ss
    power = 2.0*(a*yc + b*ys)
    if normalize is False or normalize == "power":
        made = power*(np.shape(x)[0]/4.0)
    elif normalize is True or normalize == "normalize":
        yy = np.dot((w*y).T, y)
        if floating_mean:
            yy = yy - mean*mean
        made = power*(0.5/yy)
    else:
        return refused("lombscargle with this normalize; use False or True")
    return np.reshape(made, (-1,))
""",
}
for _name, _source in _FORMULAS.items():
    composite(f"scipy.signal.{_name}", _source, (getattr(signal, _name, None),))

# ------------------------------------------------------------------------------------------------ windows

_CUT = """    n = np.arange(0, M if sym else M + 1, dtype=float)
    size = M if sym else M + 1
    if M <= 1:
        return np.ones(M)
"""
_WINDOWS = {
    "gaussian": """def gaussian(M, std, sym=True):
CUT    n = n - (size - 1.0)/2.0
    return np.exp(-n**2/(2*std*std))[:M]
""",
    "general_gaussian": """def general_gaussian(M, p, sig, sym=True):
CUT    n = n - (size - 1.0)/2.0
    return np.exp(-0.5*np.abs(n/sig)**(2*p))[:M]
""",
    "kaiser": """def kaiser(M, beta, sym=True):
CUT    alpha = (size - 1)/2.0
    return (scipy.special.i0(beta*np.sqrt(1 - ((n - alpha)/alpha)**2.0))/scipy.special.i0(beta))[:M]
""",
    "exponential": """def exponential(M, center=None, tau=1.0, sym=True):
CUT    middle = (size - 1)/2 if center is None else center
    return np.exp(-np.abs(n - middle)/tau)[:M]
""",
    "general_hamming": """def general_hamming(M, alpha, sym=True):
CUT    turn = np.linspace(-np.pi, np.pi, size)
    return (alpha*np.cos(0*turn) + (1.0 - alpha)*np.cos(1*turn))[:M]
""",
    "general_cosine": """def general_cosine(M, a, sym=True):
CUT    turn = np.linspace(-np.pi, np.pi, size)
    w = np.zeros(size)
    for k in range(len(a)):
        w = w + a[k]*np.cos(k*turn)
    return w[:M]
""",
}
for _name, _source in _WINDOWS.items():
    composite(f"scipy.signal.windows.{_name}", _source.replace("CUT", _CUT), (getattr(windows, _name),))
