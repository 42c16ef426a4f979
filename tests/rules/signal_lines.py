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
