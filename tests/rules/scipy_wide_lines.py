"""Calls of further functions of SciPy, by topic; the arguments are those of `call_cases`."""

from __future__ import annotations

from further_lines import FURTHER
from signal_lines import BORDERS, COMPLEX_IMAGES, COMPLEX_SPECTRA, RESAMPLING, SCATTERED, VECTOR_SPLINES

SPECIAL = """
scipy.special.gammainc(p, 2.0)
scipy.special.gammainc(s, p)
scipy.special.gammaincc(p, s)
scipy.special.gammaincinv(p, 0.4)
scipy.special.gammainccinv(p, s)
scipy.special.betainc(p, s, 0.3)
scipy.special.betainc(2.0, p, 0.3)
scipy.special.betainc(s, p, p/3.0)
scipy.special.betaincc(p, s, 0.3)
scipy.special.betaincinv(p, s, 0.3)
scipy.special.betaincinv(2.0, 3.0, p/3.0)
scipy.special.betainccinv(p, 3.0, p/3.0)
scipy.special.zeta(p + 1.5)
scipy.special.zeta(s + 1.5, p)
scipy.special.expn(2, p)
scipy.special.expn(1, p)
scipy.special.expn(0, p)
scipy.special.elliprf(p, 1.0, 2.0)
scipy.special.elliprc(p, 1.0)
scipy.special.elliprg(p, 1.0, 2.0)
scipy.special.elliprg(1.0, p, s)
scipy.special.struve(1, p)
scipy.special.modstruve(1, p)
scipy.special.struve(2, x)
scipy.special.hyperu(0.5, 1.5, p)
scipy.special.boxcox(p, x)
scipy.special.boxcox(p, s)
scipy.special.boxcox1p(p, x)
scipy.special.inv_boxcox(p, y*y)
scipy.special.inv_boxcox1p(p, y*y)
scipy.special.inv_boxcox1p(p, 0.3)
scipy.special.powm1(p, x)
scipy.special.agm(p, s)
scipy.special.cotdg(30.0*p)
scipy.special.factorial(p)
scipy.special.factorial(x)
scipy.special.sph_harm_y(2, 1, s, x).real
scipy.special.sph_harm_y([0, 1, 2, 2, 1], [0, -1, -2, 0, 1], x, s).imag
scipy.special.jve(1.5, p)
scipy.special.yve(1.5, p)
np.abs(scipy.special.hankel1e(1.5, p))
np.abs(scipy.special.hankel2e(1.5, p))
np.imag(scipy.special.hankel2e(1.5, p))
scipy.special.wright_bessel(1.0, 1.5, p)
scipy.special.log_wright_bessel(1.0, 1.5, p)
scipy.special.eval_sh_legendre(2, p)
scipy.special.eval_sh_legendre(0, p)
scipy.special.eval_sh_chebyt(2, p)
scipy.special.eval_sh_chebyu(2, p)
scipy.special.eval_chebys(2, p)
scipy.special.eval_chebyc(2, p)
scipy.special.bdtr(2, 5, p/3.0)
scipy.special.bdtrc(2, 5, p/3.0)
scipy.special.pdtr(2, p)
scipy.special.pdtrc(2, p)
scipy.special.nbdtr(2, 5, p/3.0)
scipy.special.nbdtrc(2, 5, p/3.0)
scipy.special.fdtr(3.0, 4.0, p)
scipy.special.fdtr(s, p, 2.0)
scipy.special.fdtrc(3.0, 4.0, p)
scipy.special.fdtri(3.0, 4.0, p/3.0)
scipy.special.gdtr(1.5, 2.0, p)
scipy.special.gdtr(p, s, 2.0)
scipy.special.gdtrc(1.5, 2.0, p)
scipy.special.gdtrix(1.5, 2.0, p/3.0)
scipy.special.gdtrix(p, s, 0.3)
scipy.special.chdtr(s, p)
scipy.special.chdtrc(3.0, p)
scipy.special.chdtri(3.0, p/3.0)
scipy.special.chdtri(s, p/3.0)
scipy.special.stdtr(s, x)
scipy.special.stdtrit(3.0, p/3.0)
scipy.special.stdtrit(s, p/3.0)
scipy.special.voigt_profile(x, 1.0, 2.0)
scipy.special.voigt_profile(x, s, p)
scipy.special.sici(p)[1]
scipy.special.sici(x)[0]
scipy.special.sici(s)[0]
z, w = scipy.special.sici(p); z = z*w
z, w = scipy.special.shichi(p); z = z*w
z, w = scipy.special.fresnel(x); z = z*w
z, w, v, _ = scipy.special.airy(x); z = z*w+v
scipy.special.airy(x)[0]
scipy.special.airy(x)[1]
z, w = scipy.special.itj0y0(p); z = z*w
z, w = scipy.special.iti0k0(p); z = z*w
z, w, v, _ = scipy.special.ellipj(x, 0.3); z = z*w+v
z, w, v, _ = scipy.special.ellipj(s, 0.3); z = z*w+v
scipy.special.spherical_jn(2, p)
scipy.special.spherical_yn(2, p)
scipy.special.spherical_in(2, p)
scipy.special.spherical_kn(2, p)
scipy.special.spherical_jn(0, x)
scipy.special.spherical_jn(0, s)
scipy.special.spherical_yn(0, p)
scipy.special.spherical_kn(0, p)
scipy.special.jvp(2, x)
scipy.special.yvp(2, p)
scipy.special.ivp(2, p, 2)
scipy.special.kvp(2, p)
np.abs(scipy.special.h1vp(2, p))
np.abs(scipy.special.h2vp(2, p))
scipy.special.diric(x, 4)
scipy.special.diric(x, 5)
scipy.special.diric(m, 5)
scipy.special.diric(s, 5)
scipy.special.logsumexp(x, return_sign=True)[0]
scipy.special.logsumexp(x, b=y, return_sign=True)[0]
z, w = scipy.special.logsumexp(m, axis=1, b=n, return_sign=True); z = z*w
z, w = scipy.special.logsumexp(m, axis=(0, 1), b=n, return_sign=True, keepdims=True); z = z*w
z, w = scipy.special.logsumexp(t, axis=(0, 1), b=n, return_sign=True); z = z*w
scipy.special.logsumexp(m, axis=0, b=y[:4], return_sign=True)[0]
scipy.special.logsumexp(x, b=y, return_sign=True)[1]*x
scipy.special.logsumexp(s)
"""

MASSES = """
scipy.stats.poisson.logcdf(2, p)
scipy.stats.poisson.logcdf(i, p)
scipy.stats.poisson.sf(2, p)
scipy.stats.poisson.logsf(2, p)
scipy.stats.binom.logcdf(2, 5, p/3.0)
scipy.stats.binom.logsf(i, 5, p/3.0)
scipy.stats.bernoulli.cdf(0, p/3.0)
scipy.stats.bernoulli.cdf(i, p/3.0)
scipy.stats.geom.cdf(2, p/3.0)
scipy.stats.geom.logsf(i, p/3.0)
scipy.stats.geom.logcdf(i + 1, s)
scipy.stats.geom.pmf(2, p/3.0)
scipy.stats.nbinom.cdf(2, 5, p/3.0)
scipy.stats.nbinom.cdf(i, p, p/3.0)
scipy.stats.nbinom.logsf(i, s, p/3.0)
scipy.stats.nbinom.pmf(2, 5, p/3.0)
scipy.stats.betabinom.logpmf(2, 5, p, 2.0)
scipy.stats.betabinom.pmf(i, 5, p, s)
scipy.stats.logser.logpmf(2, p/3.0)
scipy.stats.logser.pmf(i + 1, s)
scipy.stats.zipf.logpmf(2, p + 1.0)
scipy.stats.zipf.pmf(i + 1, s + 1.0)
scipy.stats.planck.logpmf(2, p)
scipy.stats.planck.cdf(i, p)
scipy.stats.planck.sf(i, s, 1)
scipy.stats.skellam.logpmf([0, 1, -2, 3, 0], p, s)
scipy.stats.skellam.cdf([0, 1, -2, 3, 0], p, s)
scipy.stats.dlaplace.logpmf([0, 1, -2, 3, 0], p)
scipy.stats.yulesimon.pmf([1, 2, 3, 4, 1], p)
scipy.stats.boltzmann.logpmf([0, 1, 2, 3, 0], p, 6)
"""

SAMPLES = """
scipy.stats.gmean(p, keepdims=False, nan_policy="propagate")
scipy.stats.gaussian_kde(x)(y)
scipy.stats.gaussian_kde(x).logpdf(y) + scipy.stats.gaussian_kde(x, 0.4).pdf(y)
scipy.stats.median_abs_deviation(s)*s
scipy.stats.gaussian_kde(m, "silverman")(n)
scipy.stats.gaussian_kde(x, 0.4, weights=p)(s)
scipy.stats.pmean(p, 3)
scipy.stats.pmean(p, 3, weights=y*y)
scipy.stats.skew(x)
scipy.stats.skew(m, axis=1, bias=False)
scipy.stats.skew(m, axis=None)
scipy.stats.skew(m, axis=1, keepdims=True)
scipy.stats.kurtosis(x)
scipy.stats.kurtosis(m, axis=0, fisher=False, bias=True)
scipy.stats.kurtosis(m, axis=1, bias=False)
scipy.stats.moment(x, 3)
scipy.stats.moment(m, 2, axis=1)
scipy.stats.moment(x, order=2, center=0.0)
scipy.stats.moment(x, 4)
scipy.stats.moment(x, 1)*x
scipy.stats.sem(x)
scipy.stats.sem(m, axis=1, ddof=0)
scipy.stats.iqr(x)
scipy.stats.iqr(m, axis=1, rng=(10, 90))
scipy.stats.iqr(x, scale="normal")
scipy.stats.trim_mean(x, 0.2)
scipy.stats.trim_mean(m, 0.3, axis=1)
scipy.stats.tmean(x)
scipy.stats.tvar(x)
scipy.stats.tstd(x)
scipy.stats.tsem(x)
scipy.stats.variation(p)
scipy.stats.pearsonr(x, y)[0]
scipy.stats.pearsonr(x, y).statistic
scipy.stats.pearsonr(x, y).pvalue
z, w = scipy.stats.pearsonr(x, y); z = z*w
scipy.stats.linregress(x, y).slope
scipy.stats.linregress(x, y)[0]
z = scipy.stats.linregress(x, y); z = z.slope*z.intercept + z.rvalue
z = scipy.stats.linregress(x, y); z = z[3] + z.stderr**2
z, w = scipy.stats.ttest_ind(x, y[:4]); z = z*w
scipy.stats.ttest_1samp(x, s)[0] + scipy.stats.ttest_1samp(y, 0.3).pvalue
z = scipy.stats.ttest_rel(x, y); z = z.statistic + z.pvalue**2
scipy.stats.chisquare([5.0, 6.0, 7.0, 4.0, 3.0], 25.0*p/np.sum(p)).statistic
z, w = scipy.stats.chisquare(12.0*p/np.sum(p), 12.0*y**2/np.sum(y**2)); z = z*w
scipy.stats.zmap(x, y)
scipy.stats.gzscore(p)
scipy.stats.gstd(p)
scipy.stats.entropy(p)
scipy.stats.entropy(p, y*y)
scipy.stats.entropy(m*m, n*n, axis=1)
scipy.stats.entropy(p, base=2)
scipy.stats.wasserstein_distance(x, y)
scipy.stats.energy_distance(x, y)
scipy.stats.circmean(x)
scipy.stats.circvar(x)
scipy.stats.circstd(x)
scipy.stats.circstd(m, axis=1)
scipy.stats.boxcox(p, 0.3)
scipy.stats.median_abs_deviation(x)
scipy.stats.median_abs_deviation(m, axis=1, scale="normal")
scipy.stats.yeojohnson(x, 0.3)
scipy.stats.yeojohnson(x, s)
scipy.stats.boxcox(p, s)
"""

DENSITIES = """
scipy.stats.multivariate_normal.entropy(x[:3], q @ q.T + np.eye(3))
scipy.stats.multivariate_normal.entropy(x[:3], s)
scipy.stats.multivariate_normal.logpdf(x)
scipy.stats.multivariate_normal.logpdf(x, s)
scipy.stats.multivariate_normal.logpdf(x, s, s)
scipy.stats.multivariate_normal.logpdf(x, y)
scipy.stats.multivariate_normal.logpdf(x, y, s)
scipy.stats.multivariate_normal.logpdf(x, y, p)
scipy.stats.multivariate_normal.logpdf(x, cov=np.diag(p))
scipy.stats.multivariate_normal.logpdf(x, np.zeros(5), 2.0)
scipy.stats.multivariate_normal.logpdf(t, n[0], np.diag(p[:4]))
scipy.stats.multivariate_normal.pdf(t, n[0], p[:4])
scipy.stats.multivariate_normal(y[:3], q @ q.T + np.eye(3)).logpdf(x[:3])
scipy.stats.multivariate_normal(y, cov=p).pdf(x)
scipy.stats.multivariate_normal.pdf(s, 0.3, 2.0)
scipy.stats.multivariate_normal.logpdf(x[:3], y[:3], q @ q.T + np.eye(3))
scipy.stats.multivariate_normal.pdf(m[:, :3], y[:3], q @ q.T + np.eye(3))
scipy.stats.multivariate_normal.logpdf(x[:3], y[:3], q @ q.T + np.eye(3), allow_singular=True)
scipy.stats.multivariate_t.logpdf(x[:3], y[:3], q @ q.T + np.eye(3), 4.0)
scipy.stats.multivariate_t.pdf(m[:, :3], y[:3], q @ q.T + np.eye(3), df=s)
scipy.stats.multivariate_t.logpdf(m[:, :3], y[:3], q @ q.T + np.eye(3), df=s)
scipy.stats.multivariate_t(y[:3], q @ q.T + np.eye(3), df=s).logpdf(x[:3])
scipy.stats.wishart.logpdf(q @ q.T + np.eye(3), 5, np.eye(3))
scipy.stats.wishart.logpdf(np.eye(3), s + 4.0, q @ q.T + np.eye(3))
scipy.stats.wishart.pdf(q.T @ q + np.eye(3), s + 4.0, q @ q.T + np.eye(3))
scipy.stats.invwishart.logpdf(q @ q.T + np.eye(3), 5, np.eye(3))
scipy.stats.invwishart.pdf(q.T @ q + np.eye(3), s + 4.0, q @ q.T + np.eye(3))
scipy.stats.dirichlet.pdf(p/np.sum(p), y*y + 0.5)
scipy.stats.dirichlet.logpdf(p/np.sum(p), y*y + 0.5)
scipy.stats.multinomial.logpmf([1, 2, 1], 4, p[:3]/np.sum(p[:3]))
scipy.stats.multinomial.pmf([1, 2, 1], 4, p[:3]/np.sum(p[:3]))
scipy.stats.multivariate_normal.pdf(m[:, :3], y[:3], q @ q.T + np.eye(3), allow_singular=True)
scipy.stats.multivariate_normal.logpdf(np.append(x, 0.0), np.append(y, 0.0), np.diag([1.0, 2.0, 3.0, 1.0, 1.0, 0.0]), allow_singular=True)
"""

MATRICES = """
scipy.linalg.expm(np.stack([q, q.T]))
scipy.linalg.cosm(q)
scipy.linalg.sinm(q)
scipy.linalg.tanm(q)
scipy.linalg.coshm(q)
scipy.linalg.sinhm(q)
scipy.linalg.tanhm(q)
scipy.linalg.fractional_matrix_power(q @ q.T + np.eye(3), s)
z, w = scipy.linalg.lu(q, permute_l=True); z = z*w
_, z, w = scipy.linalg.lu(m); z = np.sum(z)*w
_, z, w = scipy.linalg.lu(m.T); z = np.sum(z)*w
_, z, w = scipy.linalg.lu(q, p_indices=True); z = z*w
z = scipy.linalg.lu_solve(scipy.linalg.lu_factor(q), m)
scipy.linalg.qr(m, mode="r")[0]
z, w, v = scipy.linalg.qr(m.T, mode="economic", pivoting=True); z = z @ w
scipy.linalg.cholesky(q @ q.T + np.eye(3), lower=False)
scipy.linalg.solve(q @ q.T + np.eye(3), x[:3], assume_a="her")
scipy.linalg.solve(q + 3*np.eye(3), x[:3], assume_a="gen")
scipy.linalg.solve(q + 3*np.eye(3), x[:3], assume_a="upper triangular")
scipy.linalg.solve(q + 3*np.eye(3), x[:3], assume_a="lower triangular")
scipy.linalg.solve(np.diag(p[:3]), x[:3], assume_a="diagonal")
scipy.linalg.solve(q + 3*np.eye(3), x[:3], assume_a="tridiagonal")
scipy.linalg.solve(q + 3*np.eye(3), x[:3], assume_a="banded")
scipy.linalg.solve(q @ q.T + np.eye(3), x[:3], assume_a="pos", lower=True)
scipy.linalg.solve(np.array([[2.0, 0.5, 0.1], [9.0, 3.0, 0.2], [9.0, 9.0, 4.0]]), m, assume_a="sym")
scipy.linalg.solve(np.array([[2.0, 9.0, 9.0], [0.1, 3.0, 9.0], [0.3, 0.2, 4.0]]), x[:3], assume_a="pos", lower=True)
scipy.linalg.solve_circulant(p, x)
scipy.linalg.inv(q @ q.T + np.eye(3), assume_a="pos")
scipy.linalg.det(np.stack([q, q.T]))
scipy.linalg.khatri_rao(m, n)
scipy.linalg.pinv(m, rtol=1e-12)
scipy.linalg.pinvh(q @ q.T + np.eye(3))
scipy.linalg.lstsq(m.T, x[:4])[0]
scipy.linalg.lstsq(m.T, n.T)[0]
z, w = scipy.linalg.eigh(q + q.T, q @ q.T + np.eye(3)); z = z*np.abs(w)
scipy.linalg.eigh(q + q.T, q @ q.T + np.eye(3), eigvals_only=True)
scipy.linalg.eigvalsh(q + q.T, q @ q.T + np.eye(3))
scipy.linalg.eigvalsh(q + q.T, lower=False)
scipy.linalg.eigvalsh_tridiagonal(p, x[:4])
z, w = scipy.linalg.eigh_tridiagonal(p, x[:4]); z = z*np.abs(w)
z, w = scipy.linalg.polar(q); z = z @ w + z
scipy.linalg.solve_continuous_are(q, np.eye(3), q @ q.T + np.eye(3), np.eye(3))
scipy.linalg.solve_discrete_are(q, np.eye(3), q @ q.T + np.eye(3), np.eye(3))
scipy.linalg.companion(p)
scipy.linalg.fiedler_companion(p)
scipy.linalg.fiedler_companion(p[:2])
scipy.linalg.convolution_matrix(x, 3)
scipy.linalg.leslie(p, x[:4])
scipy.linalg.fiedler(x)
scipy.linalg.toeplitz(p) @ x
scipy.linalg.matmul_toeplitz((x, y), p)
scipy.linalg.toeplitz(x, y)
scipy.linalg.diagsvd(p[:3], 3, 4)
z, w = scipy.linalg.polar(q, side="left"); z = z @ w + z
z, w = scipy.linalg.polar(m.T); z = z @ w + z
z, w = scipy.linalg.polar(m); z = z @ w + z
z, w = scipy.linalg.polar(m.T, side="left"); z = w @ z + z
scipy.linalg.polar(q)[0]
scipy.linalg.inv(q + 3*np.eye(3), assume_a="upper triangular")
scipy.linalg.convolution_matrix(x, 3, "same")
scipy.linalg.convolution_matrix(x, 3, "valid")
scipy.linalg.solve(q + 3*np.eye(3), m, assume_a="tridiagonal")
_, z, w = scipy.linalg.lu(m.T); z = np.sum(z*z)*w
_, z, w = scipy.linalg.lu(m); z = np.sum(z*z)*w + w*w
z, w = scipy.linalg.lu(m, permute_l=True); z = z @ (w*w)
scipy.linalg.dft(5).real @ x
np.abs(scipy.linalg.dft(5) @ x)
z, w, _ = scipy.linalg.ldl(q + q[:, :3].T); z = z @ w + z
z, w, _ = scipy.linalg.ldl(m @ m.T, lower=False); z = w*w - z
z, w = scipy.linalg.rq(m.T); z = z @ (w*w)
z, w = scipy.linalg.rq(m, mode="economic"); z = z @ (w*w)
scipy.linalg.rq(m, mode="r")
z, w = scipy.linalg.expm_frechet(0.3*q, n[:, :3]); z = z @ w
scipy.linalg.expm_frechet(0.3*q, q.T, compute_expm=False)
scipy.linalg.signm(q + np.diag([4.0, -4.0, 4.0]))
_, z, w = scipy.linalg.eig(q @ q.T, left=True); z = np.abs(z)*np.abs(w)
z, w = scipy.linalg.eig(q, left=True, right=False); z = np.abs(z)*np.abs(w)
z, w = scipy.linalg.eigh(q + q.T, subset_by_index=[0, 1]); z = z + w*w
scipy.linalg.eigvalsh(q + q.T, np.diag(np.exp(x[:3])), subset_by_index=(1, 2))
z, w = scipy.linalg.pinv(m, return_rank=True); z = z*w
scipy.linalg.solve(np.stack([q, q.T]), np.stack([m, n]))
z = m*scipy.linalg.bandwidth(m)[0] if scipy.linalg.issymmetric(q @ q.T, rtol=1e-9) or scipy.linalg.ishermitian(q) else m
"""

TRANSFORMS = """
np.abs(scipy.fft.rfftn(t, axes=1))
np.abs(scipy.fft.fftn(t, s=3))
scipy.fft.irfftn(d, s=5)
np.abs(scipy.fft.hfft2(d, axes=1))
scipy.fft.dct(x, n=8)
scipy.fft.dct(x, n=3)
scipy.fft.dct(x, 1, n=3, norm="ortho")
scipy.fft.dct(x, workers=1)
scipy.fft.dct(x, norm="ortho", orthogonalize=False)
scipy.fft.dct(x, orthogonalize=True)
scipy.fft.dctn(m)
scipy.fft.dctn(m, axes=[0])
scipy.fft.dctn(m, 3, s=(2, 5), norm="ortho")
scipy.fft.idctn(m)
scipy.fft.dstn(m, 1)
scipy.fft.idstn(m, axes=1, norm="ortho")
scipy.fft.idct(x, n=4)
scipy.fft.dct(c).real
np.abs(scipy.fft.fft(x, n=8, workers=1))
np.abs(scipy.fft.fft(m, axis=0, norm="ortho"))
np.abs(scipy.fft.fftn(t, axes=(0, 2)))
np.abs(scipy.fft.fftn(m, s=(2, 6)))
np.abs(scipy.fft.hfft2(d))
np.abs(scipy.fft.ihfft2(m))
np.abs(scipy.fft.hfftn(d))
scipy.fft.next_fast_len(5)*x
scipy.fft.dct(m, n=6, axis=0)
scipy.fft.dst(x, 3, n=4, norm="forward")
scipy.fft.dct(x, 3, norm="ortho", orthogonalize=False)
scipy.fft.dst(x, 2, norm="ortho", orthogonalize=False)
scipy.fft.dct(x, 1, orthogonalize=True)
scipy.fft.dst(x, 3, orthogonalize=True)
scipy.fft.dctn(t, axes=(0, 2), norm="ortho")
scipy.fft.dctn(m, 1)
scipy.fft.dstn(t, 3, s=(2, 5))
scipy.fft.dctn(m, 4, norm="forward")
np.abs(scipy.fft.ihfftn(m))
scipy.fft.hfft2(d, norm="ortho")
"""

POINTS = """
scipy.spatial.distance.cdist(m, n, "cosine")
scipy.spatial.distance.cdist(m, n, "correlation")
scipy.spatial.distance.cdist(m, n, "mahalanobis", VI=np.diag(p[:4]))
scipy.spatial.distance.cdist(m, n, "mahalanobis")
scipy.spatial.distance.cdist(m, n, "braycurtis")
scipy.spatial.distance.cdist(m, n, "canberra")
scipy.spatial.distance.cdist(m, n, "seuclidean")
scipy.spatial.distance.cdist(m, n, "seuclidean", V=p[:4])
scipy.spatial.distance.cdist(m, n, "minkowski", p=3.0, w=p[:4])
scipy.spatial.distance.cdist(m, n, "euclidean", w=p[:4])
scipy.spatial.distance.cdist(m, n, metric="minkowski", p=1.5)
scipy.spatial.distance.pdist(m, "cosine")
scipy.spatial.distance.pdist(m, "correlation")
scipy.spatial.distance.pdist(m, "braycurtis")
scipy.spatial.distance.pdist(m, "canberra")
scipy.spatial.distance.pdist(m, "mahalanobis", VI=np.diag(p[:4]))
scipy.spatial.distance.pdist(m, "minkowski", p=3)
scipy.spatial.distance.pdist(m, "seuclidean", V=p[:4])
scipy.spatial.distance.squareform(scipy.spatial.distance.pdist(m))
scipy.spatial.distance.squareform(q - q)
scipy.spatial.distance.squareform(p[:3])
scipy.spatial.distance.euclidean(x, y)
scipy.spatial.distance.euclidean(x, y, p)
scipy.spatial.distance.sqeuclidean(x, y)
scipy.spatial.distance.cityblock(x, y)
scipy.spatial.distance.chebyshev(x, y)
scipy.spatial.distance.minkowski(x, y, 3)
scipy.spatial.distance.minkowski(x, y, 3, p)
scipy.spatial.distance.cosine(x, y)
scipy.spatial.distance.correlation(x, y)
scipy.spatial.distance.mahalanobis(x, y, np.diag(p))
scipy.spatial.distance.braycurtis(x, y)
scipy.spatial.distance.canberra(x, y)
scipy.spatial.distance.seuclidean(x, y, p)
scipy.spatial.distance.jensenshannon(p, y*y)
scipy.spatial.distance_matrix(m, n)
scipy.spatial.distance_matrix(m, n, 3)
scipy.spatial.minkowski_distance(m, n)
scipy.integrate.cumulative_simpson(x)
scipy.integrate.cumulative_simpson(m, dx=s, axis=0)
scipy.integrate.cumulative_simpson(x, x=np.cumsum(p), initial=0)
scipy.integrate.cumulative_simpson(x, x=np.cumsum(p), initial=s)
scipy.integrate.cumulative_trapezoid(x, np.cumsum(p))
scipy.integrate.romb(x)
scipy.integrate.romb(m.T[:3], dx=s, axis=0)
scipy.integrate.fixed_quad(lambda v: np.sin(v*s), 0.0, 1.0)[0]
scipy.integrate.fixed_quad(np.sin, 0.0, s, n=4)[0]
scipy.integrate.simpson(x, x=p.cumsum(), axis=0)
scipy.integrate.simpson(t, axis=1)
scipy.integrate.trapezoid(x, p)
scipy.integrate.newton_cotes(3)[0][0]*x
scipy.spatial.distance.cdist(m, n, "cityblock", w=p[:4])
scipy.spatial.distance.cdist(m, n, "sqeuclidean", w=p[:4])
scipy.spatial.distance.pdist(m, "seuclidean")
scipy.spatial.distance.pdist(m, "euclidean", w=p[:4])
scipy.spatial.distance.correlation(x, y, p)
scipy.spatial.distance.braycurtis(x, y, p)
scipy.spatial.distance.canberra(x, y, p)
scipy.spatial.distance.cityblock(x, y, p)
scipy.spatial.distance_matrix(m, m)
scipy.integrate.cumulative_simpson(x[:2])
scipy.integrate.cumulative_simpson(m, dx=n[:, :1]*n[:, :1] + 1.0)
scipy.integrate.cumulative_simpson(m, dx=0.5, initial=s)
scipy.integrate.cumulative_simpson(np.append(x, s))
scipy.spatial.minkowski_distance_p(m, n)
"""

IMAGES = """
scipy.ndimage.gaussian_filter(m, 1.0, order=1)
scipy.ndimage.gaussian_filter(m, 1.0, order=(0, 2))
scipy.ndimage.gaussian_filter(m, 1.0, mode="nearest")
scipy.ndimage.gaussian_filter(m, 1.0, mode="mirror")
scipy.ndimage.gaussian_filter(m, 1.0, mode=("wrap", "mirror"))
scipy.ndimage.gaussian_filter1d(x, 1.0, order=1)
scipy.ndimage.gaussian_filter1d(x, 1.0, order=3, mode="nearest")
scipy.ndimage.gaussian_filter(m, s)
scipy.ndimage.uniform_filter(m, 2)
scipy.ndimage.uniform_filter(m, (3, 2), mode="nearest")
scipy.ndimage.uniform_filter1d(x, 4, origin=1)
scipy.ndimage.uniform_filter1d(x, 3, mode="mirror")
scipy.ndimage.convolve1d(x, y[:3])
scipy.ndimage.convolve1d(m, y[:3], axis=0, mode="wrap")
scipy.ndimage.correlate1d(m, y[:2], axis=1, mode="constant", cval=1.0, origin=0)
scipy.ndimage.shift(x, 1.0, order=1)
scipy.ndimage.shift(m, (0.5, -0.3), order=1, mode="nearest")
scipy.ndimage.shift(x, s, order=1)
scipy.ndimage.zoom(x, 2.0, order=1)
scipy.ndimage.zoom(m, 1.5, order=1)
scipy.ndimage.rotate(m, 30.0, order=1)
scipy.ndimage.rotate(m, 30.0, order=1, reshape=False)
scipy.ndimage.map_coordinates(m, np.stack([p, p + 0.33]), order=1)
scipy.ndimage.map_coordinates(m, np.stack([p, p + 0.33]), order=1, mode="nearest")
scipy.ndimage.map_coordinates(m, np.stack([p, p + 0.33]), order=0)
scipy.ndimage.affine_transform(m, np.array([[1.0, 0.2], [0.1, 0.9]]), order=1)
scipy.ndimage.laplace(m)
scipy.ndimage.laplace(m, mode="wrap")
scipy.ndimage.sobel(m)
scipy.ndimage.sobel(m, axis=0, mode="nearest")
scipy.ndimage.prewitt(m, 1)
scipy.ndimage.gaussian_laplace(m, 1.0)
scipy.ndimage.gaussian_gradient_magnitude(m, 1.0)
scipy.ndimage.gaussian_filter(m, 1.0)
scipy.ndimage.gaussian_filter(m, (1.0, s))
scipy.ndimage.gaussian_filter1d(x, s, order=2)
scipy.ndimage.map_coordinates(m, np.stack([p - 0.5, p + 0.33]), order=1, mode="mirror")
scipy.ndimage.map_coordinates(m, np.stack([p - 0.5, p + 0.33]), order=1, mode="reflect")
scipy.ndimage.map_coordinates(m, np.stack([p - 0.5, p + 0.33]), order=1, mode="grid-wrap")
scipy.ndimage.map_coordinates(m, np.stack([p - 0.5, p + 0.33]), order=1, mode="grid-constant", cval=2.0)
scipy.ndimage.map_coordinates(m, np.stack([p - 0.5, p + 0.33]), order=1, cval=2.0)
scipy.ndimage.shift(m, x[:2], order=1, mode="nearest")
scipy.ndimage.rotate(m, 30.0*s, order=1, reshape=False)
scipy.ndimage.affine_transform(m, np.array([0.9, 1.1]), x[:2], order=1)
scipy.ndimage.affine_transform(m, q[:2, :2], x[:2], (3, 5), order=1, mode="nearest")
scipy.ndimage.uniform_filter(t, 3)
scipy.ndimage.sobel(t, axis=1)
"""

SIGNALS = """
scipy.signal.lfilter([1.0, 0.5], [1.0, -0.3], x, zi=y[:1])[0]
z, w = scipy.signal.lfilter(p[:2], p[1:3], x, zi=y[:1]); z = z*np.sum(w)
z, w = scipy.signal.lfilter(p[:2], p[1:3], m, axis=0, zi=n[:1]); z = z*np.sum(w)
z, w = scipy.signal.lfilter(p[:3], p[3:], x, zi=y[:2]); z = z*np.sum(w*w)
z, w = scipy.signal.lfilter(p[:2], [2.0, 0.3, 0.2, 0.1]*p[:4], x, zi=y[:3]); z = z*np.sum(w*w)
scipy.signal.lfilter_zi([1.0, 0.5], [1.0, -0.3])*x
scipy.signal.lfilter_zi(p[:3], p[2:])*s
scipy.signal.filtfilt([1.0, 0.5], [1.0, -0.3], np.tile(x, 3))
scipy.signal.filtfilt(p[:2], [1.0, -0.3], np.tile(x, 3), padtype="even")
scipy.signal.filtfilt(p[:2], [1.0, -0.3], np.tile(x, 3), padtype="constant")
scipy.signal.filtfilt(p[:2], [1.0, -0.3], m, padtype=None, axis=0)
scipy.signal.filtfilt(p[:2], [1.0, -0.3], m, padlen=2)
scipy.signal.sosfilt([[1.0, 0.5, 0.2, 1.0, -0.3, 0.1]], x)
scipy.signal.sosfilt(np.array([[1.0, 0.5, 0.2, 1.0, -0.3, 0.1], [1.0, 0.1, 0.2, 1.0, -0.2, 0.1]]), m, axis=0)
scipy.signal.sosfilt_zi(np.array([[1.0, 0.5, 0.2, 1.0, -0.3, 0.1]]))*s
z, w = scipy.signal.sosfilt(np.array([[1.0, 0.5, 0.2, 1.0, -0.3, 0.1]]), x, zi=np.reshape(y[:2], (1, 2))); z = z*np.sum(w*w)
scipy.signal.savgol_filter(x, 3, 1)
scipy.signal.savgol_filter(np.tile(x, 2), 5, 2, deriv=1)
scipy.signal.savgol_filter(m, 3, 1, axis=0, mode="nearest")
scipy.signal.savgol_filter(x, 3, 1, mode="wrap")
scipy.signal.savgol_filter(m.T, 3, 1, axis=0)
scipy.signal.detrend(x)
scipy.signal.detrend(m, axis=0, type="constant")
scipy.signal.detrend(np.tile(x, 2), bp=[5])
np.abs(scipy.signal.hilbert(x))
np.abs(scipy.signal.hilbert(m, axis=1))
np.abs(scipy.signal.hilbert(x, 8))
scipy.signal.resample(x, 8)
scipy.signal.resample(x, 3)
scipy.signal.resample(x, 4)
scipy.signal.resample(x, 9)
scipy.signal.resample(m, 2, axis=1)
scipy.signal.resample(m, 8, axis=1)
scipy.signal.resample(m, 7, axis=1)
scipy.signal.upfirdn(y[:3], x, 2, 1)
scipy.signal.upfirdn(y[:3], x)
scipy.signal.upfirdn([1.0, 2.0], m, up=2, down=3, axis=0)
scipy.signal.upfirdn(y, x, 3, 2)
scipy.signal.periodogram(x)[1]
scipy.signal.periodogram(x, fs=10.0, window="hann", scaling="spectrum")[1]
scipy.signal.welch(np.tile(x, 4), nperseg=8)[1]
scipy.signal.welch(np.tile(x, 4), 2.0, nperseg=8, noverlap=2, detrend="linear", nfft=9)[1]
scipy.signal.csd(np.tile(x, 4), np.tile(y, 4), nperseg=8)[1].real
scipy.signal.coherence(np.tile(x, 4), np.tile(y, 4)*np.arange(20), nperseg=8)[1]
scipy.signal.get_window("hann", 5)*x
"""

CURVES = """
scipy.interpolate.interp1d(np.arange(5.0), x)(p)
scipy.interpolate.interp1d(np.arange(5.0), x)(s)
scipy.interpolate.interp1d(np.cumsum(p), x)(p + 0.5)
scipy.interpolate.interp1d(np.arange(5.0), x, kind="nearest")(p)
scipy.interpolate.interp1d(np.arange(5.0), x, kind="previous")(p)
scipy.interpolate.interp1d(np.arange(5.0), x, kind="next")(p)
scipy.interpolate.interp1d(np.arange(5.0), x, fill_value="extrapolate")(3.0*y)
scipy.interpolate.interp1d(np.arange(5.0), x, bounds_error=False, fill_value=0.5)(3.0*y)
z = scipy.interpolate.interp1d(np.arange(5.0), x); z = z(p)*z(0.5*p)
scipy.interpolate.interp1d(np.arange(5.0), x, "nearest", bounds_error=False, fill_value=(x[0]*s, s))(3*y)
scipy.interpolate.interp1d(np.arange(3.0), m, axis=0, bounds_error=False, fill_value=(0.0, s))(4*x)
scipy.interpolate.interp1d(np.arange(4.0), m, fill_value="extrapolate")(4*p)
scipy.interpolate.interp1d(np.arange(3.0), t, "previous", axis=1)(p[:2]/2)
scipy.interpolate.CubicSpline(np.arange(5.0), x)(p)
scipy.interpolate.CubicSpline(np.arange(5.0), x, bc_type="natural")(p)
scipy.interpolate.CubicSpline(np.arange(5.0), x)(p, 1)
scipy.interpolate.make_interp_spline(np.arange(5.0), x)(p)
scipy.interpolate.make_interp_spline(np.arange(5.0), x, k=1)(p)
scipy.interpolate.interp1d(np.arange(5.0), x, kind="cubic")(p)
z = scipy.interpolate.CubicSpline(np.arange(5.0), x, bc_type="natural"); z = z.integrate(0.0, s)*z.derivative()(p) + z(s)
scipy.interpolate.CubicSpline(np.arange(5.0), x).antiderivative()(p)
scipy.interpolate.CubicSpline(np.arange(5.0), x).derivative(2)(s, 1)
scipy.interpolate.make_interp_spline(np.arange(5.0), x, k=2).derivative(2)(p)*x
scipy.interpolate.make_interp_spline(np.arange(5.0), x).antiderivative()(s)
scipy.interpolate.BSpline(np.arange(8.0), x[:5], 2).integrate(2.0, s + 3)
scipy.interpolate.PchipInterpolator(np.arange(5.0), x).derivative()(p)
scipy.interpolate.UnivariateSpline(np.arange(5.0), x, s=0).derivative(n=2)(p)
scipy.interpolate.interp1d(np.arange(5.0), x, "quadratic", fill_value="extrapolate")(p*3)
scipy.interpolate.PchipInterpolator(np.arange(5.0), [1.0, 3.0, 2.0, 5.0, 4.0])(p)
scipy.interpolate.PchipInterpolator(np.arange(5.0), x)(p)
scipy.interpolate.PchipInterpolator(np.cumsum([1.0, 2.0, 0.5, 1.0, 2.0]), np.cumsum(p))(p + 1)
scipy.interpolate.PchipInterpolator(np.arange(2.0), x[:2])(p/3)
scipy.interpolate.PchipInterpolator(np.arange(5.0), np.array([0.0, 0.1, 3.0, 3.0, -3.0])*s)(p, 1)
scipy.interpolate.BSpline(np.arange(8.0), np.append(x, y), 3)(p + 3)
z = scipy.interpolate.BSpline(np.arange(7.0), x[:4], k=2); z = z(s)*z(s, nu=1)
scipy.interpolate.Akima1DInterpolator(np.arange(5.0), [1.0, 3.0, 2.0, 5.0, 4.0])(p)
scipy.interpolate.RegularGridInterpolator((np.arange(3.0), np.arange(4.0)), m)(np.stack([p[:2]/3, p[2:4]], 1))
scipy.interpolate.RegularGridInterpolator((np.arange(3.0), np.arange(4.0)), m)(np.array([[0.3, 1.2]]))
scipy.interpolate.RegularGridInterpolator((np.arange(3.0), np.arange(4.0)), m, method="nearest")(np.stack([p[:2]/3, p[2:4]], 1))
scipy.interpolate.RegularGridInterpolator((np.arange(3.0), np.arange(4.0)), m, bounds_error=False, fill_value=2.0)(np.stack([x, y], 1))
scipy.interpolate.RegularGridInterpolator((np.arange(3.0), np.arange(4.0)), m, bounds_error=False, fill_value=None)(np.stack([x, y], 1))
scipy.interpolate.RegularGridInterpolator((np.arange(5.0),), x)(p)
"""

WIDE: dict[str, list[str]] = {
    topic: text.strip().splitlines()
    for topic, text in {
        "special": SPECIAL,
        "masses": MASSES,
        "samples": SAMPLES,
        "densities": DENSITIES,
        "matrices": MATRICES,
        "transforms": TRANSFORMS,
        "points": POINTS,
        "images": IMAGES,
        "signals": SIGNALS,
        "curves": CURVES,
        "resampling": RESAMPLING,
        "borders": BORDERS, "complex images": COMPLEX_IMAGES, "complex spectra": COMPLEX_SPECTRA, "vector splines": VECTOR_SPLINES,
        "scattered": SCATTERED,
        **FURTHER,
    }.items()
}
