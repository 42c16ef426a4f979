"""scipy.signal: filters with states, forward and backward filters, spectra, resampling, smoothing.

    y, zf = scipy.signal.lfilter(b, a, x, zi=zi)     x_bar = state_back(g[0], g[1], b, a, x, zi, out[0],
    out[1], -1)[2] y = scipy.signal.filtfilt(b, a, x)               a formula of lfilter, in SciPy's own order
    y = scipy.signal.detrend(x)                      x_bar = scipy.signal.detrend(g), a projection

Spectra are formulas of scipy.fft, which agree with SciPy's but for the last bits. Filters that are designed
from active numbers are refused.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import signal

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, real_if, shape_of
from s2sad.rules.registry import Bound, composite, structural
from s2sad.rules.signals import _float
from s2sad.runtime import states

# ------------------------------------------------------------------------------------------- states

composite(
    "lfilter_state",
    """def lfilter_state(b, a, x, axis=-1, zi=None):
    return filtered_from(np.asarray(b), np.asarray(a), np.asarray(x), axis, np.asarray(zi))
""",
)


def _state_kind(bound: Bound) -> Kind:
    dtype = _float(bound, "b", "a", "x", "zi")
    shape = shape_of(bound, "x")
    return Kind(
        "tuple",
        items=(
            kinds.array(shape, dtype),
            kinds.array(kinds.fresh_shape(None if shape is None else len(shape)), dtype),
        ),
    )


def _state_back(bound: Bound, k: int) -> str:
    name = ("b", "a", "x", "zi")[k]
    made = f"state_back(g[0], g[1], b, a, x, zi, out[0], out[1], {literal(bound, 'axis')})[{k}]"
    made = f"unbroadcast({made}, zi)" if name == "zi" else made
    dtypes = {as_array(bound.kind(n)).sort for n in ("b", "a", "x", "zi")}
    return (
        f"np.real({made})" if "complex" in dtypes and as_array(bound.kind(name)).sort != "complex" else made
    )


def _state_text(k: int) -> Callable[[Bound], str]:
    return lambda b: _state_back(b, k)


structural(
    "filtered_from",
    "b, a, x, axis, zi",
    _state_kind,
    {n: _state_text(k) for k, n in enumerate(("b", "a", "x", "zi"))},
    (states.filtered_from,),
    jvp={
        "b": lambda b: f"state_dot_b(b_dot, b, a, x, zi, {literal(b, 'axis')})",
        "a": lambda b: f"state_dot_a(a_dot, b, a, zi, out[0], out[1], {literal(b, 'axis')})",
        "x": lambda b: f"filtered_from(b, a, x_dot, {literal(b, 'axis')}, np.zeros_like(zi))",
        "zi": lambda b: f"filtered_from(b, a, np.zeros_like(x), {literal(b, 'axis')}, zi_dot)",
    },
)

EXTENDED = """    if np.shape(x)[-1] <= edge:
        raise ValueError("the length of x must be greater than padlen")
    ext = x
    if padtype == "odd" and edge > 0:
        low = 2*x[..., :1] - x[..., edge:0:-1]
        ext = np.concatenate((low, x, 2*x[..., -1:] - x[..., -2:-(edge + 2):-1]), axis=-1)
    elif padtype == "even" and edge > 0:
        ext = np.concatenate((x[..., edge:0:-1], x, x[..., -2:-(edge + 2):-1]), axis=-1)
    elif padtype == "constant" and edge > 0:
        low = np.repeat(x[..., :1], edge, axis=-1)
        ext = np.concatenate((low, x, np.repeat(x[..., -1:], edge, axis=-1)), axis=-1)
"""  # the borders of filters that run back and forth
_FORMULAS = {
    "lfilter_zi": """def lfilter_zi(b, a):
    b = np.atleast_1d(b)
    a = np.atleast_1d(a)
    b, a = b/a[0], a/a[0]
    n = max(len(a), len(b))
    a = np.concatenate((a, np.zeros(n - len(a), a.dtype)))
    b = np.concatenate((b, np.zeros(n - len(b), b.dtype)))
    matrix = np.eye(n - 1) - scipy.linalg.companion(a).T
    return np.linalg.solve(matrix, b[1:] - a[1:]*b[0])
""",
    "sosfilt_zi": """def sosfilt_zi(sos):
    sos = np.asarray(sos)
    parts = []
    scale = 1.0
    for k in range(np.shape(sos)[0]):
        parts.append(scale*scipy.signal.lfilter_zi(sos[k, :3], sos[k, 3:]))
        scale = scale*(np.sum(sos[k, :3])/np.sum(sos[k, 3:]))
    return np.stack(parts)
""",
    "filtfilt": """def filtfilt(b, a, x, axis=-1, padtype='odd', padlen=None):
    b = np.atleast_1d(b)
    a = np.atleast_1d(a)
    x = np.moveaxis(np.asarray(x), axis, -1)
    edge = 0 if padtype is None else 3*max(len(a), len(b)) if padlen is None else padlen
"""
    + EXTENDED
    + """    zi = scipy.signal.lfilter_zi(b, a)
    y = scipy.signal.lfilter(b, a, ext, axis=-1, zi=zi*ext[..., :1])[0]
    y = scipy.signal.lfilter(b, a, y[..., ::-1], axis=-1, zi=zi*y[..., -1:])[0][..., ::-1]
    return np.moveaxis(y[..., edge:np.shape(y)[-1] - edge], -1, axis)
""",
    "sosfilt": """def sosfilt(sos, x, axis=-1, zi=None):
    sos = np.asarray(sos)
    x = np.asarray(x)
    if zi is None:
        for k in range(np.shape(sos)[0]):
            x = scipy.signal.lfilter(sos[k, :3], sos[k, 3:], x, axis)
        return x
    zi = np.asarray(zi)
    ends = []
    for k in range(np.shape(sos)[0]):
        x, end = scipy.signal.lfilter(sos[k, :3], sos[k, 3:], x, axis, zi[k])
        ends.append(end)
    return x, np.stack(ends)
""",
    "hilbert": """def hilbert(x, N=None, axis=-1):
    x = np.asarray(x)
    n = np.shape(x)[axis] if N is None else N
    f = np.moveaxis(scipy.fft.fft(x, n, axis=axis), axis, -1)
    h = np.zeros(n)
    h[0] = 1.0
    if n % 2 == 0:
        h[n//2] = 1.0
        h[1:n//2] = 2.0
    else:
        h[1:(n + 1)//2] = 2.0
    return scipy.fft.ifft(np.moveaxis(f*h, -1, axis), axis=axis)
""",
    "welch": """def welch(x, fs=1.0, window='hann', nperseg=None, noverlap=None, nfft=None,
          detrend='constant', return_onesided=True, scaling='density', axis=-1, average='mean'):
    return scipy.signal.csd(x, None, fs, window, nperseg, noverlap, nfft, detrend, return_onesided,
                            scaling, axis, average)
""",
    "periodogram": """def periodogram(x, fs=1.0, window='boxcar', nfft=None, detrend='constant',
                return_onesided=True, scaling='density', axis=-1):
    x = np.asarray(x)
    n = np.shape(x)[axis]
    return scipy.signal.csd(x, None, fs, window, n, 0, nfft, detrend, return_onesided, scaling, axis)
""",
    "csd": """def csd(x, y, fs=1.0, window='hann', nperseg=None, noverlap=None, nfft=None, detrend='constant',
        return_onesided=True, scaling='density', axis=-1, average='mean'):
    def transform(x, size, step, points, weights):
        lines = segments(x, size, step)
        if detrend == "constant":
            lines = lines - np.mean(lines, axis=-1, keepdims=True)
        elif detrend == "linear":
            lines = scipy.signal.detrend(lines, axis=-1)
        if halved:
            return scipy.fft.rfft(lines*weights, points, axis=-1)
        return scipy.fft.fft(lines*weights, points, axis=-1)

    def kept(power):
        if x.dtype == np.float32 or x.dtype == np.complex64:
            if y is None:
                return power.astype(np.float32)
            if np.asarray(y).dtype == np.float32 or np.asarray(y).dtype == np.complex64:
                return power.astype(np.complex64)
        return power

    x = np.moveaxis(np.asarray(x), axis, -1)
    halved = return_onesided and not np.iscomplexobj(x)
    n = np.shape(x)[-1]
    made = isinstance(window, (str, tuple))
    size = (min(256, n) if made else len(window)) if nperseg is None else min(nperseg, n)
    step = size - (size//2 if noverlap is None else noverlap)
    points = size if nfft is None else nfft
    if detrend not in ("constant", "linear", False):
        return refused("detrend other than 'constant', 'linear' and False; subtract the trend first")
    if points < size:
        raise ValueError("nfft is at least nperseg here")
    weights = scipy.signal.get_window(window, size) if made else np.asarray(window)
    total = fs*np.sum(weights*weights) if scaling == "density" else np.sum(weights)**2
    one = transform(x, size, step, points, weights)
    if y is None:
        power = np.real(np.conj(one)*one)/total
    else:
        two = transform(np.moveaxis(np.asarray(y), axis, -1), size, step, points, weights)
        power = np.conj(one)*two/total
    frequencies = scipy.fft.fftfreq(points, 1.0/fs)
    if halved:
        frequencies = scipy.fft.rfftfreq(points, 1.0/fs)
        twice = np.full(points//2 + 1, 2.0)
        twice[0] = 1.0
        if points % 2 == 0:
            twice[points//2] = 1.0
        power = power*twice
    if average is None:
        return frequencies, kept(power)
    if average == "mean":
        return frequencies, kept(np.moveaxis(np.mean(power, axis=-2), -1, axis))
    twice = 2.0*np.arange(1.0, (np.shape(power)[-2] - 1)//2 + 1)
    bias = 1.0 + np.sum(1.0/(twice + 1.0) - 1.0/twice)
    if y is None:
        return frequencies, kept(np.moveaxis(np.median(power, axis=-2), -1, axis)/bias)
    middle = np.median(np.real(power), axis=-2) + 1j*np.median(np.imag(power), axis=-2)
    return frequencies, kept(np.moveaxis(middle, -1, axis)/bias)
""",
    "spectrogram": """def spectrogram(x, fs=1.0, window=('tukey', 0.25), nperseg=None, noverlap=None,
                nfft=None, detrend='constant', return_onesided=True, scaling='density', axis=-1,
                mode='psd'):
    if mode != "psd":
        return refused("spectrogram in this mode; use scipy.signal.stft")
    n = np.shape(x)[axis]
    made = isinstance(window, (str, tuple))
    size = (min(256, n) if made else len(window)) if nperseg is None else min(nperseg, n)
    shared = size//8 if noverlap is None else noverlap
    frequencies, power = scipy.signal.csd(x, None, fs, window, nperseg, shared, nfft, detrend,
                                          return_onesided, scaling, axis, None)
    times = np.arange(size/2, n - size/2 + 1, size - shared)/float(fs)
    return frequencies, times, np.moveaxis(power, -1, axis - 1 if axis < 0 else axis)
""",
    "coherence": """def coherence(x, y, fs=1.0, window='hann', nperseg=None, noverlap=None, nfft=None,
              detrend='constant', axis=-1):
    f, one = scipy.signal.welch(x, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    _, two = scipy.signal.welch(y, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    _, both = scipy.signal.csd(x, y, fs, window, nperseg, noverlap, nfft, detrend, axis=axis)
    return f, np.abs(both)**2/one/two
""",
}
for _name, _source in _FORMULAS.items():
    composite(f"scipy.signal.{_name}", _source, (getattr(signal, _name),))

# ------------------------------------------------------------------------------------------- linear maps


def _same_shape(bound: Bound) -> Kind:
    return kinds.array(shape_of(bound, "data"), axes.averaged(as_array(bound.kind("data")).dtype))


def _detrend_kind(bound: Bound) -> Kind:
    if bound.static("overwrite_data") is not False:
        raise NotImplementedError("overwrite_data writes into an operand; leave it out")
    return _same_shape(bound)


structural(
    "scipy.signal.detrend",
    "data, axis=-1, type='linear', bp=0, overwrite_data=False",
    _detrend_kind,
    {
        "data": lambda b: (
            f"scipy.signal.detrend(g, {literal(b, 'axis')}, {literal(b, 'type')}, {literal(b, 'bp')})"
        )
    },
    (signal.detrend,),
    linear=("data",),
)


def _resampled_kind(bound: Bound) -> Kind:
    if (
        any(bound.given(n) and bound.kind(n).cat != "none" for n in ("t", "window"))
        or bound.static("domain") != "time"
    ):
        raise NotImplementedError(
            "scipy.signal.resample with t, window or domain; resample first, and window then"
        )
    shape = shape_of(bound, "x")
    return kinds.array(
        kinds.fresh_shape(None if shape is None else len(shape)),
        axes.averaged(as_array(bound.kind("x")).dtype),
    )


def _resampled_back(bound: Bound) -> str:
    old = f"np.shape(x)[{literal(bound, 'axis')}]"
    return f"resample_back(g, {old}, {literal(bound, 'axis')})"


structural(
    "scipy.signal.resample",
    "x, num, t=None, axis=0, window=None, domain='time'",
    _resampled_kind,
    {"x": _resampled_back},
    (signal.resample,),
    linear=("x",),
)
structural(
    "resample_back",
    "z, num, axis",
    lambda b: kinds.array(kinds.fresh_shape(axes.rank_of(b, "z")), as_array(b.kind("z")).dtype),
    {
        "z": lambda b: (
            f"scipy.signal.resample(g, np.shape(z)[{literal(b, 'axis')}], axis={literal(b, 'axis')})"
        )
    },
    (states.resample_back,),
    linear=("z",),
)


def _smooth_kind(bound: Bound) -> Kind:
    if bound.static("mode") not in ("mirror", "constant", "nearest", "wrap", "interp"):
        raise NotImplementedError("scipy.signal.savgol_filter whose mode is known at run time only")
    own = as_array(bound.kind("x"))
    if own.sort == "complex":
        raise NotImplementedError("scipy.signal.savgol_filter of complex numbers; smooth the parts")
    return kinds.array(own.shape, axes.averaged(own.dtype))


def _smooth_options(bound: Bound) -> str:
    names = ("window_length", "polyorder", "deriv", "delta", "axis", "mode")
    return ", ".join(literal(bound, n) for n in names)


structural(
    "scipy.signal.savgol_filter",
    "x, window_length, polyorder, deriv=0, delta=1.0, axis=-1, mode='interp', cval=0.0",
    _smooth_kind,
    {"x": lambda b: f"savgol_back(g, x, {_smooth_options(b)})"},
    (signal.savgol_filter,),
    jvp={"x": lambda b: f"scipy.signal.savgol_filter(x_dot, {_smooth_options(b)})"},
)
structural(
    "savgol_back",
    "z, x, window, order, deriv, delta, axis, mode",
    lambda b: kinds.array(shape_of(b, "x"), as_array(b.kind("z")).dtype),
    {"z": "scipy.signal.savgol_filter(g, window, order, deriv, delta, axis, mode)", "x": axes.zero},
    (states.savgol_back,),
    linear=("z",),
)


def _firdn_kind(bound: Bound) -> Kind:
    if bound.static("mode") != "constant" or bound.static("cval") != 0:
        raise NotImplementedError("scipy.signal.upfirdn with a mode; pad the array first")
    shape = shape_of(bound, "x")
    return kinds.array(kinds.fresh_shape(None if shape is None else len(shape)), _float(bound, "h", "x"))


def _firdn_options(bound: Bound) -> str:
    return ", ".join(literal(bound, n) for n in ("up", "down", "axis"))


structural(
    "scipy.signal.upfirdn",
    "h, x, up=1, down=1, axis=-1, mode='constant', cval=0",
    _firdn_kind,
    {
        "h": lambda b: real_if(b, "h", f"firdn_taps(g, np.asarray(h), x, {_firdn_options(b)})"),
        "x": lambda b: real_if(b, "x", f"firdn_back(g, np.asarray(h), x, {_firdn_options(b)})"),
    },
    (signal.upfirdn,),
    jvp={
        "h": lambda b: f"scipy.signal.upfirdn(h_dot, x, {_firdn_options(b)})",
        "x": lambda b: f"scipy.signal.upfirdn(h, x_dot, {_firdn_options(b)})",
    },
)

# ------------------------------------------------------------------------------------------- helpers


def _of(*names: str) -> Callable[[Bound], Kind]:
    def infer(bound: Bound) -> Kind:
        dtype = _float(bound, *[n for n in ("b", "a", "x", "zi", "h") if n in bound.kinds])
        return Kind("tuple", items=tuple(kinds.array(shape_of(bound, n), dtype) for n in names))

    return infer


for _helper, _helper_kind in (
    (states.state_back, _of("b", "a", "x", "zi")),
    (states.state_dot_b, _of("x", "zi")),
    (states.state_dot_a, _of("y", "zi")),
    (states.firdn_back, lambda b: _of("x")(b).items[0]),  # type: ignore[index]
    (states.firdn_taps, lambda b: _of("h")(b).items[0]),  # type: ignore[index]
):
    composite(_helper.__name__, axes.source_of(_helper), (_helper,)).kind = _helper_kind
structural(
    "scipy.signal.get_window",
    "window, Nx, fftbins=True",
    lambda b: kinds.array((kinds.new_length(),), "float64"),
    {"window": axes.refuse("the derivative of scipy.signal.get_window in the window's parameters")},
    (signal.get_window,),
)
