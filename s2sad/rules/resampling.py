"""scipy.signal: filters designed from constants, filters back and forth, resampling, short-time spectra.

    y = scipy.signal.sosfilt(scipy.signal.butter(2, 0.3, output="sos"), x)     the design is a constant
    f, t, z = scipy.signal.stft(x, nperseg=64)                                 a formula of scipy.fft.rfft
    y = scipy.signal.convolve2d(a, b, "same", "wrap")                          np.pad, and "valid"

All but the designs are formulas in SciPy's own order of operations.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import signal

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.recursive_filters import EXTENDED
from s2sad.rules.registry import Bound, Text, composite, structural

_VECTOR, _COMPLEX = (kinds.array((kinds.new_length(),), dtype) for dtype in ("float64", "complex128"))


def _designed(bound: Bound) -> Kind:
    """Coefficients as `output` says: numerator and denominator, sections, or zeros, poles and gain."""
    output = bound.statics.get("output", "ba")
    if output == "sos":
        return kinds.array((kinds.new_length(), 6), "float64")
    if output == "zpk":
        return Kind("tuple", items=(_COMPLEX, _COMPLEX, kinds.npscalar("float64")))
    if output != "ba":
        raise NotImplementedError("the design of a filter whose output is not one literal")
    return Kind("tuple", items=(_VECTOR, _VECTOR))


_LAST = "btype='low', analog=False, output='ba'"
_DESIGNS: dict[str, tuple[str, Callable[[Bound], Kind]]] = {
    "butter": (f"N, Wn, {_LAST}, fs=None", _designed),
    "cheby1": (f"N, rp, Wn, {_LAST}, fs=None", _designed),
    "cheby2": (f"N, rs, Wn, {_LAST}, fs=None", _designed),
    "ellip": (f"N, rp, rs, Wn, {_LAST}, fs=None", _designed),
    "bessel": (f"N, Wn, {_LAST}, norm='phase', fs=None", _designed),
    "iirnotch": ("w0, Q, fs=2.0", _designed),
    "iirpeak": ("w0, Q, fs=2.0", _designed),
    "firwin": (
        "numtaps, cutoff, *, width=None, window='hamming', pass_zero=True, scale=True, fs=None",
        lambda _: _VECTOR,
    ),
}
_REAL = ("Wn", "rp", "rs", "fs", "w0", "Q", "cutoff", "width", "window")  # in these a design may vary
for _name, (_signature, _kind) in _DESIGNS.items():
    _given = [_part.split("=")[0] for _part in _signature.split(", ")]
    _refused: dict[str, Text] = {
        _part: axes.refuse(f"the derivative of scipy.signal.{_name} in {_part!r}")
        for _part in _given
        if _part in _REAL
    }
    structural(f"scipy.signal.{_name}", _signature, _kind, _refused, (getattr(signal, _name),), raises=True)

_FORMULAS = {
    "sosfiltfilt": """def sosfiltfilt(sos, x, axis=-1, padtype='odd', padlen=None):
    sos = np.asarray(sos)
    x = np.moveaxis(np.asarray(x), axis, -1)
    taps = 2*np.shape(sos)[0] + 1 - min(np.sum(sos[:, 2] == 0), np.sum(sos[:, 5] == 0))
    edge = 0 if padtype is None else int(3*taps) if padlen is None else padlen
"""
    + EXTENDED
    + """    zi = scipy.signal.sosfilt_zi(sos)
    y = ext
    start = ext[..., :1]
    for k in range(np.shape(sos)[0]):
        y = scipy.signal.lfilter(sos[k, :3], sos[k, 3:], y, axis=-1, zi=zi[k]*start)[0]
    y = y[..., ::-1]
    start = y[..., :1]
    for k in range(np.shape(sos)[0]):
        y = scipy.signal.lfilter(sos[k, :3], sos[k, 3:], y, axis=-1, zi=zi[k]*start)[0]
    y = y[..., ::-1]
    return np.moveaxis(y[..., edge:np.shape(y)[-1] - edge], -1, axis)
""",
    "decimate": """def decimate(x, q, n=None, ftype='iir', axis=-1, zero_phase=True):
    if ftype != "iir" or not zero_phase:
        return refused("decimate with ftype or zero_phase; filter, and take every q-th element")
    sos = scipy.signal.cheby1(8 if n is None else n, 0.05, 0.8/q, output="sos")
    x = np.asarray(x)
    narrow = x.dtype == np.float32 or x.dtype == np.complex64
    if narrow:
        sos = sos.astype(np.float32)
    y = np.moveaxis(scipy.signal.sosfiltfilt(sos, x, axis), axis, -1)
    if narrow:
        y = y.astype(x.dtype)
    return np.moveaxis(y[..., ::q], -1, axis)
""",
    "resample_poly": """def resample_poly(x, up, down, axis=0, window=('kaiser', 5.0), padtype='constant',
                  cval=None):
    if padtype != "constant" or cval is not None:
        return refused("resample_poly with padtype or cval; pad the array with np.pad")
    x = np.moveaxis(np.asarray(x), axis, -1)
    common = math.gcd(up, down)
    up = up//common
    down = down//common
    if up == 1 and down == 1:
        return np.moveaxis(x.copy(), -1, axis)
    n = np.shape(x)[-1]
    wanted = n*up//down + (1 if n*up % down else 0)
    half = 10*max(up, down)
    h = scipy.signal.firwin(2*half + 1, 1.0/max(up, down), window=window).astype(x.dtype)*up
    before = down - half % down
    first = (half + before)//down
    after = 0
    while ((n - 1)*up + 2*half + 1 + before + after - 1)//down + 1 < wanted + first:
        after += 1
    h = np.concatenate((np.zeros(before, x.dtype), h, np.zeros(after, x.dtype)))
    y = scipy.signal.upfirdn(h, x, up, down, axis=-1)
    return np.moveaxis(y[..., first:first + wanted], -1, axis)
""",
    "stft": """def stft(x, fs=1.0, window='hann', nperseg=256, noverlap=None, nfft=None, detrend=False,
         return_onesided=True, boundary='zeros', padded=True, axis=-1, scaling='spectrum'):
    x = np.moveaxis(np.asarray(x), axis, -1)
    size = min(nperseg, np.shape(x)[-1])
    step = size - (size//2 if noverlap is None else noverlap)
    points = size if nfft is None else nfft
    if detrend is not False or boundary not in ("zeros", None):
        return refused("stft with detrend, or a boundary other than 'zeros' and None; pad the signal first")
    if points < size:
        raise ValueError("nfft is at least nperseg here")
    widths = [(0, 0)]*(np.ndim(x) - 1)
    if boundary == "zeros":
        x = np.pad(x, widths + [(size//2, size//2)])
    if padded:
        x = np.pad(x, widths + [(0, -(np.shape(x)[-1] - size) % step % size)])
    named = isinstance(window, (str, tuple))
    weights = np.asarray(scipy.signal.get_window(window, size) if named else window)
    weights = weights.astype(np.real(x).dtype)
    scale = 1.0/np.sum(weights)**2 if scaling == "spectrum" else 1.0/(fs*np.sum(weights*weights))
    lines = weights*segments(x, size, step)
    if return_onesided and not np.iscomplexobj(x):
        frequencies = scipy.fft.rfftfreq(points, 1/fs)
        result = scipy.fft.rfft(lines, points)*np.sqrt(scale)
    else:
        frequencies = scipy.fft.fftfreq(points, 1/fs)
        result = scipy.fft.fft(lines, points)*np.sqrt(scale)
    times = np.arange(size/2, np.shape(x)[-1] - size/2 + 1, step)/float(fs)
    if boundary == "zeros":
        times = times - (size/2)/fs
    last = np.moveaxis(result, -1, axis if axis >= 0 else axis - 1)
    return frequencies, times, last
""",
    "istft": """def istft(Zxx, fs=1.0, window='hann', nperseg=None, noverlap=None, nfft=None,
          input_onesided=True, boundary=True, time_axis=-1, freq_axis=-2, scaling='spectrum'):
    z = np.moveaxis(np.asarray(Zxx), (freq_axis, time_axis), (-2, -1))
    count = np.shape(z)[-1]
    full = 2*(np.shape(z)[-2] - 1) if input_onesided else np.shape(z)[-2]
    size = full if nperseg is None else nperseg
    points = (size if input_onesided and size == full + 1 else full) if nfft is None else nfft
    step = size - (size//2 if noverlap is None else noverlap)
    named = isinstance(window, (str, tuple))
    weights = np.asarray(scipy.signal.get_window(window, size) if named else window)
    if input_onesided:
        lines = scipy.fft.irfft(z, points, axis=-2)[..., :size, :]
    else:
        lines = np.real(scipy.fft.ifft(z, points, axis=-2))[..., :size, :]
    weights = weights.astype(lines.dtype)
    lines = lines*(np.sum(weights) if scaling == "spectrum" else np.sqrt(fs*np.sum(weights**2)))
    x = np.zeros(np.shape(lines)[:-2] + (size + (count - 1)*step,), lines.dtype)
    norm = np.zeros(size + (count - 1)*step, lines.dtype)
    for k in range(count):
        x[..., k*step:k*step + size] += lines[..., k]*weights
        norm[k*step:k*step + size] += weights**2
    if boundary:
        x = x[..., size//2:-(size//2)]
        norm = norm[size//2:-(size//2)]
    x = x/np.where(norm > 1e-10, norm, 1.0)
    return np.arange(np.shape(x)[-1])/float(fs), x
""",
}
for _name, _source in _FORMULAS.items():
    composite(f"scipy.signal.{_name}", _source, (getattr(signal, _name),))

for _name in ("convolve2d", "correlate2d"):
    composite(
        f"{_name}_bordered",
        f"""def {_name}_bordered(in1, in2, mode='full', boundary='fill', fillvalue=0):
    rows, columns = np.shape(in2)[0] - 1, np.shape(in2)[1] - 1
    widths = ((rows, rows), (columns, columns))
    if boundary == "wrap":
        padded = np.pad(in1, widths, "wrap")
    elif boundary == "symm":
        padded = np.pad(in1, widths, "symmetric")
    else:
        whole = np.asarray(in1)
        side = np.full((np.shape(whole)[0], columns), fillvalue, whole.dtype)
        whole = np.concatenate((side, whole, side), axis=1)
        side = np.full((rows, np.shape(whole)[1]), fillvalue, whole.dtype)
        padded = np.concatenate((side, whole, side))
    if mode == "valid":
        return scipy.signal.{_name}(in1, in2, "valid")
    z = scipy.signal.{_name}(padded, in2, "valid")
    if mode == "full":
        return z
    i, j = {'rows//2, columns//2' if _name == 'convolve2d' else '(rows + 1)//2, (columns + 1)//2'}
    return z[i:i + np.shape(in1)[0], j:j + np.shape(in1)[1]]
""",
    )
composite(
    "fftconvolve_along",
    """def fftconvolve_along(in1, in2, mode='full', axes=None):
    if np.ndim(axes) != 0 and len(axes) == np.ndim(in1):
        return scipy.signal.fftconvolve(in1, in2, mode)
    if np.ndim(axes) != 0 and len(axes) != 1:
        raise ValueError("a convolution along several axes, but not all; write it with scipy.fft.rfftn")
    axis = axes if np.ndim(axes) == 0 else axes[0]
    one = np.asarray(in1)
    two = np.asarray(in2)
    n, k = np.shape(one)[axis], np.shape(two)[axis]
    if np.iscomplexobj(one) or np.iscomplexobj(two):
        size = scipy.fft.next_fast_len(n + k - 1, False)
        z = scipy.fft.ifft(scipy.fft.fft(one, size, axis)*scipy.fft.fft(two, size, axis), size, axis)
    else:
        size = scipy.fft.next_fast_len(n + k - 1, True)
        z = scipy.fft.irfft(scipy.fft.rfft(one, size, axis)*scipy.fft.rfft(two, size, axis), size, axis)
    z = np.moveaxis(z, axis, -1)[..., :n + k - 1]
    if mode == "same":
        z = z[..., (k - 1)//2:(k - 1)//2 + n]
    elif mode == "valid":
        z = z[..., k - 1:n]
    return np.moveaxis(z, -1, axis)
""",
)
