"""Calls of scipy.signal: designs, filters back and forth, resampling, short-time spectra, borders; arguments of `call_cases`."""

from __future__ import annotations

RESAMPLING = """
scipy.signal.sosfilt(scipy.signal.butter(2, 0.3, output="sos"), x)
z, w = scipy.signal.butter(2, 0.3); z = scipy.signal.lfilter(z, w, x)
scipy.signal.filtfilt(*scipy.signal.cheby1(1, 0.5, 0.3), np.tile(x, 4))
scipy.signal.filtfilt(*scipy.signal.iirnotch(0.3, 30.0), np.tile(x, 4))
scipy.signal.lfilter(*scipy.signal.iirpeak(0.3, 30.0), x)
scipy.signal.lfilter(*scipy.signal.cheby2(2, 20.0, 0.3), x)
scipy.signal.lfilter(*scipy.signal.ellip(2, 0.5, 20.0, 0.3), x)
scipy.signal.lfilter(*scipy.signal.bessel(2, 0.3), x)
x*scipy.signal.butter(1, 0.3, output="zpk")[2]
scipy.signal.lfilter(scipy.signal.firwin(5, 0.3), 1.0, x)
scipy.signal.sosfiltfilt(scipy.signal.butter(1, 0.3, output="sos"), np.tile(x, 4))
scipy.signal.sosfiltfilt(scipy.signal.butter(2, 0.3, output="sos"), m, padlen=2, padtype="even")
scipy.signal.decimate(np.tile(x, 6), 2)
scipy.signal.resample_poly(x, 2, 1)
scipy.signal.resample_poly(m, 3, 2, axis=1)
np.abs(scipy.signal.stft(np.tile(x, 3), nperseg=4)[2])
z, w, v = scipy.signal.stft(x, fs=2.0, nperseg=5, noverlap=2); z = v.real + v.imag
np.abs(scipy.signal.stft(m, nperseg=3, scaling="psd", return_onesided=False)[2])
np.abs(scipy.signal.stft(x, nperseg=4, boundary=None, padded=False)[2])
scipy.signal.istft(scipy.signal.stft(x, nperseg=4)[2], nperseg=4)[1]
scipy.signal.istft(d, window=("tukey", 0.5))[1]
scipy.signal.spectrogram(np.tile(x, 3), nperseg=4)[2]
z, w, v = scipy.signal.spectrogram(m, 2.0, "hann", 3, 1, axis=0, scaling="spectrum", detrend="linear"); z = w*v
scipy.signal.welch(np.tile(x, 3), nperseg=4, window=("tukey", 0.5), average="median")[1]
np.abs(scipy.signal.csd(np.tile(x, 3), np.tile(y, 3), nperseg=4, average="median")[1])
"""

BORDERS = """
scipy.signal.convolve2d(m, q, mode="same", boundary="wrap")
scipy.signal.convolve2d(m, q[:2, :2], mode="same", boundary="symm")
scipy.signal.convolve2d(m, q, boundary="fill", fillvalue=s)
scipy.signal.convolve2d(m, q, "valid", "symm")
scipy.signal.correlate2d(m, q, mode="same", boundary="wrap")
scipy.signal.correlate2d(m, q[:2, :2], mode="same", boundary="symm")
scipy.signal.fftconvolve(m, n, axes=1)
scipy.signal.fftconvolve(m, q[:2, :2], mode="same", axes=(0, 1))
scipy.signal.fftconvolve(m, n[:, :2], mode="same", axes=[1])
scipy.signal.fftconvolve(m, n[:2], mode="valid", axes=0)
scipy.signal.fftconvolve(m, d, axes=0).real
"""

COMPLEX_IMAGES = """
scipy.ndimage.convolve(m, np.array([[1.0, 2.0j]]))
scipy.ndimage.convolve(d, d[:2, :2])
scipy.ndimage.correlate(d, d[:2, :2], mode="constant", cval=1.5 + 0.5j)
scipy.ndimage.correlate1d(d, [1.0, 2.0j, 3.0], axis=0)
scipy.ndimage.convolve1d(m, c[:3])
scipy.ndimage.gaussian_filter(d, 1.0, mode="constant", cval=2.0)
scipy.ndimage.gaussian_filter1d(c, 1.0, order=1)
scipy.ndimage.uniform_filter(d, 3)
scipy.ndimage.uniform_filter1d(d, 2, 0)
scipy.ndimage.gaussian_filter(t, (1.0, 0.5), axes=(2, 0), mode=("reflect", "nearest"))
scipy.ndimage.gaussian_filter(m, s, axes=1, order=1)
scipy.ndimage.uniform_filter(t, 3, axes=(1, -1))
scipy.ndimage.sobel(d)
scipy.ndimage.prewitt(d, axis=0)
scipy.ndimage.laplace(d)
scipy.ndimage.gaussian_laplace(d, 1.0)
scipy.ndimage.map_coordinates(d, np.array([p[:2], p[2:4]]), order=1, cval=1.0)
scipy.ndimage.zoom(d, 2)
scipy.ndimage.shift(d, s, mode="nearest")
scipy.ndimage.rotate(d, 30)
scipy.ndimage.affine_transform(d, [[1.0, 0.2], [0.1, 0.9]])
"""

COMPLEX_SPECTRA = """
scipy.signal.csd(np.concatenate([c, 2*c]), np.concatenate([c**2, c]), nperseg=4, average="median")[1]
z, w = scipy.signal.welch(d, nperseg=4, scaling="spectrum"); z = z*w
scipy.signal.periodogram(c)[1]
scipy.signal.coherence(np.concatenate([c, 2*c, c]), np.concatenate([c**2, c, c]), nperseg=4)[1]
scipy.signal.csd(np.real(c), c, nperseg=4, return_onesided=False)[1]
scipy.signal.welch(k, nperseg=4)[1]
scipy.signal.decimate(np.tile(c, 8).astype(np.complex64), 2)
"""

VECTOR_SPLINES = """
scipy.interpolate.CubicSpline(np.arange(5.0), np.stack([x, y], axis=1), bc_type="natural")(p)
scipy.interpolate.CubicSpline(np.arange(5.0), np.stack([x, y], axis=1), bc_type="clamped")(s, 1)
scipy.interpolate.CubicSpline(np.arange(5.0), np.stack([x, y], axis=1)).integrate(s, 2.0)
scipy.interpolate.CubicSpline(np.arange(5.0), x[:, None]).antiderivative()(p[:, None])
scipy.interpolate.make_interp_spline(np.arange(5.0), np.stack([x, y], axis=1), k=2)(p[:2])
scipy.interpolate.BSpline(np.arange(9.0), np.stack([x, y], axis=1), 3).derivative()(3.0 + p)
"""

SCATTERED = """
scipy.interpolate.RegularGridInterpolator(([0.0, 1.0, 2.0], [0.0, 1.0, 2.0, 3.0]), m)((s, 1.5))
scipy.interpolate.interpn(([0.0, 1.0, 2.0], [0.0, 1.0, 2.0, 3.0]), m, (s, 1.5))
scipy.interpolate.CubicSpline(np.arange(5.0), x, 0, "natural", extrapolate=True)(p)
scipy.interpolate.griddata(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.4, 0.6]]), x, np.array([[0.3, 0.3], [0.6, 0.2]]))
scipy.interpolate.griddata(([0.0, 1.0, 0.0, 1.0, 0.4], [0.0, 0.0, 1.0, 1.0, 0.6]), x, (p/3, s), fill_value=0.5)
scipy.interpolate.griddata(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.4, 0.6]]), x, np.array([[0.3, 0.3], [0.6, 0.2]]), method="nearest")
scipy.interpolate.LinearNDInterpolator(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.4, 0.6]]), x, fill_value=0.3)(p/2, p[::-1]/2)
scipy.interpolate.NearestNDInterpolator(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.4, 0.6]]), x)(p/2, p[::-1]/2)
scipy.interpolate.LinearNDInterpolator(np.append(np.zeros((1, 3)), np.eye(3), axis=0), c, 0.0)(np.stack([p/4, p/5, p/6], axis=1))
"""
