"""Calls of further functions of SciPy; the arguments are those of `call_cases`."""

from __future__ import annotations

INVERSES = """
scipy.special.ber(p)
scipy.special.bei(x)
scipy.special.ker(p)
scipy.special.kei(p)
scipy.special.berp(p)
scipy.special.beip(x)
scipy.special.kerp(p)
scipy.special.keip(p)
scipy.special.itstruve0(p)
scipy.special.it2struve0(p)
scipy.special.itmodstruve0(p)
scipy.special.zetac(p + 1.0)
scipy.special.lpmv(1, 2, p/3)
scipy.special.lpmv(0, 1.5, x/3)
scipy.special.lpmv(0, 0, x/3)
scipy.special.lpmv(1, 0.5, x/3)
scipy.special.eval_sh_jacobi(3, 2.5, 1.5, p/3)
scipy.special.eval_sh_jacobi(0, 2.5, 1.5, p/3)
scipy.special.round(x)*x
scipy.special.radian(x, y, s)
scipy.special.kolmogorov(p)
scipy.special.kolmogi(p/3)
scipy.special.tklmbda(x, 0.3)
scipy.special.tklmbda(x, s)
scipy.special.tklmbda(x, 0.0)
scipy.special.tklmbda(2*x, 1.5)
scipy.special.chndtr(p, 3.0, s)
scipy.special.chndtr(p, 1.5, 0.0)
scipy.special.chndtrix(p/3, 3.0, s)
scipy.special.pdtri(2, p/3)
scipy.special.bdtri(2, 5, p/3)
scipy.special.nbdtri(2, 5, p/3)
scipy.special.pdtrik(p/3, 2.5)
scipy.special.pdtrik(p/3, s + 2.0)
scipy.special.bdtrik(0.5, 6.0, p/3)
scipy.special.bdtrik(0.2 + p/5, 6.0, 0.4)
scipy.special.bdtrik(0.6, 6.0*s + p, 0.4)
scipy.special.gdtria(p/3, 2.0, 1.5)
scipy.special.gdtria(0.4, p, s)
scipy.special.gdtrib(1.5, p/3, 2.0)
scipy.special.gdtrib(p, 0.4, s)
scipy.special.btdtria(p/3, 2.0, 0.4)
scipy.special.btdtria(0.4, p, s)
scipy.special.btdtrib(1.5, p/3, 0.3)
scipy.special.btdtrib(p, 0.4, s)
scipy.special.chdtriv(p/3, 2.0)
scipy.special.chdtriv(0.4, p)
scipy.special.stdtridf(0.8, p)
scipy.special.nrdtrimn(p/3, 2.0, s)
scipy.special.nrdtrimn(0.4, p, x)
scipy.special.nrdtrisd(s, p/5 + 0.51, 3.0)
scipy.special.nrdtrisd(x, 0.7, 3.0*s)
z, w, v, _ = scipy.special.airye(p); z = z*w+v
scipy.special.airye(p)[3]
z, w, v, u = scipy.special.itairy(x); z = z*w+v*u
z, w = scipy.special.it2j0y0(p); z = z*w
z, w = scipy.special.it2i0k0(p); z = z*w
z, w = scipy.special.pbdv(1.5, x); z = z*w
z, w = scipy.special.pbvv(1.5, x); z = z*w
z, w = scipy.special.pbwa(1.5, x); z = z*w
z, w = scipy.special.mathieu_cem(2, 1.5, 30*x); z = z*w
z, w = scipy.special.mathieu_sem(2, 1.5, 30*x); z = z*w
z, w = scipy.special.mathieu_modcem1(2, 1.5, p); z = z*w
z, w = scipy.special.mathieu_modcem2(2, 1.5, p); z = z*w
z, w = scipy.special.mathieu_modsem1(2, 1.5, p); z = z*w
z, w = scipy.special.mathieu_modsem2(2, 1.5, p); z = z*w
scipy.special.assoc_laguerre(x, 3, 0.5)
"""

RANKS = """
scipy.ndimage.maximum_filter(m, 3)
scipy.ndimage.maximum_filter(m, (2, 3), mode="nearest", origin=(0, 1))
scipy.ndimage.minimum_filter(m, footprint=[[0, 1, 0], [1, 1, 1]], mode="constant", cval=-0.5)
scipy.ndimage.maximum_filter1d(m, 3, 0, mode="wrap")
scipy.ndimage.minimum_filter1d(x, 2, mode="mirror", origin=-1)
scipy.ndimage.minimum_filter1d(m, 3, axis=0, mode="constant", cval=0.1)
scipy.ndimage.median_filter(m, 3)
scipy.ndimage.median_filter(x, 3)
scipy.ndimage.median_filter(t, (1, 3, 3), mode="constant")
scipy.ndimage.median_filter(np.round(m), footprint=[[1, 1, 0]], mode="mirror", cval=1.0, origin=0)*m
scipy.ndimage.rank_filter(x, 1, 3)
scipy.ndimage.rank_filter(m, -2, size=(3, 3), mode="wrap", cval=0.0, origin=(0, -1))
scipy.ndimage.rank_filter(m, 1, footprint=[[1, 1, 0]])
scipy.ndimage.percentile_filter(m, 30, 3)
scipy.ndimage.percentile_filter(m, -20.0, footprint=[[1, 1, 0]], mode="nearest", cval=0.0, origin=0)
scipy.ndimage.percentile_filter(m, 100, size=2)
scipy.ndimage.grey_erosion(m, 3)
scipy.ndimage.grey_erosion(m, footprint=[[1, 1, 0]], mode="wrap", cval=0.0, origin=0)
scipy.ndimage.grey_dilation(m, (2, 3))
scipy.ndimage.grey_dilation(m, footprint=[[1, 1, 0], [0, 1, 1]], origin=(0, 1))
scipy.ndimage.grey_opening(m, 2)
scipy.ndimage.grey_closing(m, size=(2, 3), mode="constant")
scipy.ndimage.white_tophat(m, 3)
scipy.ndimage.black_tophat(m, 2)
scipy.ndimage.morphological_gradient(m, 3)
scipy.ndimage.morphological_laplace(m, 3)
scipy.signal.order_filter(m, np.ones((3, 1)), 1)
scipy.signal.medfilt(x)
scipy.signal.medfilt(m, 3)
scipy.signal.medfilt(m, [1, 3])
scipy.signal.medfilt2d(m)
scipy.signal.medfilt2d(m, (3, 1))
"""

GRIDS = """
scipy.ndimage.map_coordinates(m, np.stack([p, p + 0.33]))
scipy.ndimage.map_coordinates(m, np.stack([p, p + 0.33]), order=2)
scipy.ndimage.map_coordinates(m, np.stack([p, p + 0.33]), order=5, mode="mirror")
scipy.ndimage.map_coordinates(m, np.stack([p - 0.6, p + 0.93]), order=3, mode="reflect")
scipy.ndimage.map_coordinates(m, np.stack([p - 0.6, p + 0.93]), order=4, mode="grid-wrap")
scipy.ndimage.map_coordinates(m, np.stack([p - 0.6, p + 0.93]), order=3, mode="nearest")
scipy.ndimage.map_coordinates(m, np.stack([p - 0.6, p + 0.93]), order=3, mode="mirror", prefilter=False)
scipy.ndimage.map_coordinates(m, np.stack([p - 0.65, p + 0.93]), order=2, mode="nearest", prefilter=False)
scipy.ndimage.map_coordinates(m, np.stack([p - 0.6, p + 0.93]), cval=2.0)
scipy.ndimage.shift(m, (0.5, -0.3))
scipy.ndimage.shift(m, x[:2], order=2, mode="nearest")
scipy.ndimage.shift(x, s, mode="grid-wrap")
scipy.ndimage.zoom(m, 1.5)
scipy.ndimage.zoom(m, (2.0, 1.5), order=2, mode="reflect")
scipy.ndimage.rotate(m, 30.0)
scipy.ndimage.rotate(m, 30.0*s, reshape=False, mode="nearest")
scipy.ndimage.affine_transform(m, q[:2, :2], x[:2], mode="mirror")
scipy.ndimage.affine_transform(m, np.array([0.9, 1.1]), x[:2], (3, 5), order=3, mode="nearest")
scipy.ndimage.spline_filter(m)
scipy.ndimage.spline_filter(m, 2, mode="reflect")
scipy.ndimage.spline_filter1d(x, 4, mode="grid-wrap")
scipy.ndimage.spline_filter1d(m, order=3, axis=0)
scipy.ndimage.spline_filter1d(np.tile(x, 11), 3, mode="reflect")
"""

LABELS = """
scipy.ndimage.sum_labels(x)
scipy.ndimage.sum(x, i, [3, 1])*y[:2]
scipy.ndimage.sum(x, i)
scipy.ndimage.sum_labels(x, labels=i, index=3)
scipy.ndimage.sum_labels(m, [0, 1, 1, 7], [1, 7, 9])
scipy.ndimage.mean(x, i, [3, 0])
scipy.ndimage.mean(x)
scipy.ndimage.mean(m, labels=m > 0)
scipy.ndimage.variance(x, i, [3, 0])
scipy.ndimage.variance(m, labels=[0, 1, 1, 7], index=1)
scipy.ndimage.standard_deviation(m, [0, 1, 1, 0], [0, 1])
scipy.ndimage.standard_deviation(x)
scipy.ndimage.maximum(x, i, [3, 0])
scipy.ndimage.maximum(x, labels=i, index=3)
scipy.ndimage.minimum(m, [0, 1, 1, 7])
scipy.ndimage.median(m, [0, 1, 1, 7], index=[1, 7])
z, w = scipy.ndimage.center_of_mass(m*m); z = z*w
z = scipy.ndimage.center_of_mass(m*m, [0, 1, 1, 0], 1)[0]
scipy.ndimage.fourier_gaussian(m, 0.7)
scipy.ndimage.fourier_uniform(m, 1.5)
scipy.ndimage.fourier_ellipsoid(m, size=1.5)
np.abs(scipy.ndimage.fourier_gaussian(np.fft.fft2(m), sigma=[0.7, 0.2]))
np.abs(scipy.ndimage.fourier_shift(np.fft.rfft2(m), [0.7, 0.2], 4, axis=1))
scipy.ndimage.fourier_shift(m, shift=0.3, n=-1, axis=0).imag
np.abs(scipy.ndimage.fourier_uniform(d, 1.5, n=-1, axis=-1))
np.abs(scipy.ndimage.fourier_ellipsoid(d, 1.5, n=-1, axis=-1))
"""

RESPONSES = """
z, w = scipy.signal.freqz(p); z = np.abs(w)
w, z = scipy.signal.freqz(p, worN=7); z = np.abs(z*w)
z, w = scipy.signal.freqz(p, [1.0, -0.5], worN=7); z = z*np.abs(w)
z, w = scipy.signal.freqz(p, y[:2] + 2.0, 6, whole=True, fs=2.0); z = z*np.real(w)
z, w = scipy.signal.freqz(p, worN=6, whole=True); z = z*np.real(w)
z, w = scipy.signal.freqz(p, worN=7, whole=True); z = z*np.imag(w)
z, w = scipy.signal.freqz(p, s, 6, include_nyquist=True); z = z*np.real(w)
z, w = scipy.signal.freqz(p, x, worN=y, fs=3.0); z = z*np.real(w)
z, w = scipy.signal.freqz(p, 1, 3); z = z*np.real(w)
z, w = scipy.signal.freqz_sos(np.array([[1.0, 0.5*s, 0.2, 1.0, -0.3, s], [s, 0.1, 0.2, 1.0, -0.2, 0.1]]), 5); z = z*np.real(w)
z, w = scipy.signal.freqz_sos(np.array([[1.0, 0.5*s, 0.2, 1.0, -0.3, s]]), worN=x, whole=False, fs=2.0); z = z*np.real(w)
z, w = scipy.signal.sosfreqz(np.array([[1.0, 0.5*s, 0.2, 1.0, -0.3, s]]), worN=5, whole=True, fs=2.0); z = z*np.real(w)
z, w = scipy.signal.freqs(x, y[:3], worN=p); z = z*np.real(w)
np.abs(scipy.signal.czt(x))
np.abs(scipy.signal.czt(m, 5, axis=0))
np.abs(scipy.signal.czt(x, 6, np.exp(-0.3j*s), 1.1*np.exp(0.2j*s)))
np.abs(scipy.signal.czt(c, m=3))
np.abs(scipy.signal.zoom_fft(x, 0.7))
np.abs(scipy.signal.zoom_fft(m, [0.2, s], 6, fs=3.0, endpoint=True, axis=0))
np.abs(scipy.signal.hilbert2(m))
np.abs(scipy.signal.hilbert2(t, N=5))
np.abs(scipy.signal.hilbert2(t, (4, 3), axes=(0, 2)))
scipy.signal.wiener(m)
scipy.signal.wiener(m, (3, 1), noise=0.2)
scipy.signal.wiener(x, mysize=3, noise=s)
z, w = scipy.signal.deconvolve(x, p[:3]); z = np.sum(z)*w
scipy.signal.lfiltic(x[:3], p[:2], y)
scipy.signal.lfiltic(x[:2], p[:3], y[:1], x=y[:1])
scipy.signal.lfiltic([2.0], [1.0, 0.5], y)
z, w = scipy.signal.sos2tf(np.array([[1.0, 0.5, 0.2, 1.0, -0.3, 0.1], [1.0, 0.1, 0.2, 1.0, -0.2, 0.1]])*s); z = z*w
z, w = scipy.signal.sos2tf(np.array([[1.0, 0.5, 0.2, 1.0, -0.3, 0.1]])*s); z = z*w
scipy.signal.chirp(x, 1.5, 2.0, s)
scipy.signal.chirp(p, 1.5, s, 0.8, "quadratic", phi=30.0)
scipy.signal.chirp(p, 1.5, s, 0.8, method="quad", vertex_zero=False)
scipy.signal.chirp(p, s, 2.0, 3.0, "log")
scipy.signal.chirp(p, s, 2.0, 3.0, "hyperbolic", s)
scipy.signal.gausspulse(x, fc=s)
scipy.signal.gausspulse(x, 2.0, s, bwr=-5)
scipy.signal.sawtooth(3.0*x)
scipy.signal.sawtooth(3.0*x, 0.4)
scipy.signal.sawtooth(x, width=0)
scipy.signal.square(3.0*x)*x
scipy.signal.square(3.0*x, duty=0.3)*x
scipy.signal.windows.gaussian(6, s)
scipy.signal.windows.gaussian(7, std=1.3, sym=False)*s
scipy.signal.windows.general_gaussian(6, s, 2.0)
scipy.signal.windows.general_gaussian(6, 1.5, sig=s, sym=False)
scipy.signal.windows.kaiser(6, s)
scipy.signal.windows.kaiser(7, beta=3.0*s, sym=False)
scipy.signal.windows.exponential(6, tau=s)
scipy.signal.windows.exponential(6, s, 2.0, False)
scipy.signal.windows.general_hamming(6, s)
scipy.signal.windows.general_hamming(6, alpha=s, sym=False)
scipy.signal.windows.general_cosine(6, p)
scipy.signal.windows.general_cosine(6, [0.4, s, 0.2], sym=False)
scipy.signal.lombscargle(np.cumsum(p), x, [0.5, 1.2])
scipy.signal.lombscargle(np.cumsum(p), x, [0.5, s], normalize=True, weights=y*y)
scipy.signal.lombscargle(np.cumsum(p), x, p[:2], floating_mean=True)
scipy.signal.lombscargle(np.cumsum(p), x, p[:2], normalize="normalize", floating_mean=True)
"""

SPLINES = """
scipy.interpolate.InterpolatedUnivariateSpline(np.arange(5.0), x)(p)
scipy.interpolate.InterpolatedUnivariateSpline(np.arange(5.0), x, k=2, ext="zeros")(3*y)
scipy.interpolate.InterpolatedUnivariateSpline(np.arange(5.0), x, ext=2)(s, nu=1)
scipy.interpolate.UnivariateSpline(np.arange(5.0), x, s=0)(p)
scipy.interpolate.UnivariateSpline(np.arange(5.0), x, k=1, s=0, ext=1)(3*y)
z = scipy.interpolate.UnivariateSpline(np.arange(5.0), x, s=0.0); z = z(p)*z(p, 2)
scipy.interpolate.LSQUnivariateSpline(np.linspace(0.0, 2.0, 12), m.ravel(), [0.75, 1.3])(p)
scipy.interpolate.LSQUnivariateSpline(np.linspace(0.0, 2.0, 12), m.ravel(), [0.75, 1.3], w=np.arange(1.0, 13.0), k=2)(p, 1)
scipy.interpolate.make_lsq_spline(np.linspace(0.0, 2.0, 12), m.ravel(), [0.0, 0.0, 0.75, 2.0, 2.0], 1)(p)
scipy.interpolate.make_lsq_spline(np.linspace(0.0, 2.0, 12), m.ravel(), t=[0.0, 0.0, 0.0, 0.0, 0.75, 2.0, 2.0, 2.0, 2.0], w=np.arange(1.0, 13.0))(p)
scipy.interpolate.splev(p, scipy.interpolate.splrep(np.arange(5.0), x))
scipy.interpolate.splev(p, scipy.interpolate.splrep(np.arange(5.0), x, k=2, s=0), der=1)
z = scipy.interpolate.splrep(np.arange(5.0), x); z = scipy.interpolate.splev(s, z)*scipy.interpolate.splev(y, z, ext=1)
scipy.interpolate.splrep(np.arange(5.0), x)[1]
scipy.interpolate.splev(p, (np.arange(9.0), x, 3), 2)
scipy.interpolate.CubicHermiteSpline(np.arange(5.0), x, y)(p)
scipy.interpolate.CubicHermiteSpline(np.arange(5.0), x, y)(p, nu=1)
scipy.interpolate.Akima1DInterpolator(np.arange(5.0), x)(p)
scipy.interpolate.Akima1DInterpolator(np.cumsum([1.0, 2.0, 0.5, 1.0, 2.0]), x, method="makima", extrapolate=True)(p, 1)
scipy.interpolate.Akima1DInterpolator(np.arange(2.0), x[:2])(p/3)
scipy.interpolate.Akima1DInterpolator(np.arange(5.0), np.array([0.0, 0.0, 1.0, 1.0, 1.0])*s)(p)
scipy.interpolate.pchip_interpolate(np.arange(5.0), x, p)
scipy.interpolate.pchip_interpolate(np.arange(5.0), x, p, der=0)
scipy.interpolate.KroghInterpolator(np.arange(5.0), x)(p)
z = scipy.interpolate.KroghInterpolator(np.arange(5.0), x); z = z(s)*z.derivative(p)
scipy.interpolate.krogh_interpolate(np.arange(5.0), x, p, der=2)
scipy.interpolate.BarycentricInterpolator(np.arange(3.0), x[:3])(p)
scipy.interpolate.barycentric_interpolate(np.arange(3.0), x[:3], p)
scipy.interpolate.interpn((np.arange(3.0), np.arange(4.0)), m, np.stack([p[:2]/3, p[2:4]], 1))
scipy.interpolate.interpn((np.arange(5.0),), x, p[:, None], bounds_error=False, fill_value=s)
scipy.interpolate.interpn((np.arange(5.0),), x, p[:, None], "nearest", False, None)
"""

SUBSPACES = """
scipy.optimize.rosen(x)
scipy.optimize.rosen(0.1*m)
scipy.optimize.rosen_der(x)
scipy.optimize.rosen_hess(x)
scipy.fft.fht(p, 0.1, 0.5)
scipy.fft.fht(m, 0.1, 0.5, offset=0.2, bias=0.3)
scipy.fft.ifht(p, 0.1, 1.5)
scipy.fft.ifht(m, 0.1, 0.5, 0.2, bias=-0.3)
np.abs(scipy.fftpack.fft(x, 8))
np.abs(scipy.fftpack.ifft(m, axis=0))
np.abs(scipy.fftpack.fftn(m, axes=(0,)))
np.abs(scipy.fftpack.ifftn(m, shape=(2, 6)))
np.abs(scipy.fftpack.fft2(t, (3, 3)))
np.abs(scipy.fftpack.ifft2(t, axes=(0, 1)))
scipy.fftpack.dct(x, 3, 7, norm="ortho")
scipy.fftpack.idct(m, axis=0)
scipy.fftpack.dst(x, type=1)
scipy.fftpack.idst(x, 2, n=4)
scipy.fftpack.dctn(m, shape=(2, 5))
scipy.fftpack.idctn(m, 3, norm="ortho")
scipy.fftpack.dstn(m, axes=(1,))
scipy.fftpack.idstn(m)
z = scipy.linalg.null_space(m); z = z @ np.conj(z.T)
z = scipy.linalg.null_space(m, rcond=1e-9); z = z @ np.conj(z.T)
np.abs(scipy.linalg.orth(q))
z = scipy.linalg.orth(m.T, 1e-10); z = z @ np.conj(z.T)
scipy.linalg.subspace_angles(m.T[:, 1:], n.T[:, :2])
scipy.linalg.subspace_angles(m.T[:, :1], n.T[:, 1:])*s
z, w = scipy.linalg.orthogonal_procrustes(m.T, n.T); z = z*w
z, w, v = scipy.spatial.procrustes(m.T, n.T); z = z*w*v
"""

PEAKS = """
z, w = scipy.signal.find_peaks(m.ravel()); z = m.ravel()[z]
z = scipy.signal.find_peaks(m.ravel(), height=0.1, distance=2); z = m.ravel()[z[0]]
z = scipy.signal.find_peaks(m.ravel(), prominence=0.1)[0]; z = m.ravel()[z]**2
z = x[scipy.signal.argrelmax(x)]
z = m[scipy.signal.argrelmin(m, axis=1, order=1)]
z = m.T[scipy.signal.argrelmax(m.T, 0, 1, mode="wrap")]
"""

POINTS_OF_GRIDS = """
scipy.interpolate.RegularGridInterpolator((np.arange(3.0), np.arange(4.0)), m)((p[:2]/3, p[2:4]))
scipy.interpolate.RegularGridInterpolator((np.arange(3.0), np.arange(4.0)), m)((0.7, s))
scipy.interpolate.RegularGridInterpolator((np.arange(3.0), np.arange(4.0)), m)([0.7, s])
scipy.interpolate.RegularGridInterpolator((np.arange(3.0), np.arange(4.0)), m)([[0.7, s], [0.2, s]])
scipy.interpolate.interpn((np.arange(3.0), np.arange(4.0)), m, (p[:2]/3, p[2:4]))
scipy.interpolate.interpn((np.arange(3.0), np.arange(4.0)), m, [0.7, s])
scipy.interpolate.interpn((np.arange(3.0), np.arange(4.0)), m, [[0.7, s], [0.2, s]])
scipy.interpolate.RegularGridInterpolator((np.arange(3.0), np.arange(4.0)), m)((p[:2, None]/3, p[2:4]))
scipy.interpolate.interpn((np.arange(3.0), np.arange(4.0)), m, xi=(s, p[2:4]))
scipy.interpolate.RegularGridInterpolator((np.arange(5.0),), x)((p,))
"""

FURTHER: dict[str, str] = {
    "inverses": INVERSES,
    "ranks": RANKS,
    "grids": GRIDS,
    "labels": LABELS,
    "responses": RESPONSES,
    "splines": SPLINES,
    "subspaces": SUBSPACES,
    "peaks": PEAKS,
    "points of grids": POINTS_OF_GRIDS,
}
