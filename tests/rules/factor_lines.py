"""Calls of np.linalg and np.fft as users write them; the arguments are those of `call_cases`."""

from __future__ import annotations

LINALG = """
np.linalg.qr(m)[0] @ np.linalg.qr(m)[1]
z, w = np.linalg.qr(q); z = z*w
np.linalg.qr(m.T, mode="r")
np.linalg.qr(q).R*1.0
z, w = np.linalg.qr(m.T, "complete"); z = z[:, :3] @ z[:, :3].T
np.sort(np.abs(np.linalg.eigvals(q)))
z, w = np.linalg.eig(q); z = np.abs(w)*np.abs(z)
z, w = np.linalg.eig(q); z = np.real(w @ np.diag(z**2) @ np.linalg.inv(w))
z = np.linalg.eigvals(q @ q.T); z = np.imag(z[0]*z[1]) + np.real(z[:, None]*z) + z[1].imag
z, w = np.linalg.eig(q @ q.T); z = np.imag(w*z*1j) + np.imag(w[:, None])*np.imag(z)
np.linalg.svd(m, compute_uv=False)
np.linalg.svdvals(m)
z, w, v = np.linalg.svd(m, full_matrices=False); z = (z*w**2) @ v
z, w, v = np.linalg.svd(m.T); z = z[:, 3:] @ z[:, 3:].T
z, w, v = np.linalg.svd(m); z = v[3:].T @ v[3:]
np.linalg.svd(m, full_matrices=False).S*2.0
np.linalg.pinv(m)
np.linalg.pinv(m.T) @ m.T
np.linalg.lstsq(m.T, y[:4], rcond=None)[0]
z, w, _, v = np.linalg.lstsq(m.T, y[:4], rcond=None); z = np.sum(z)*w*v
np.linalg.cond(q)
np.linalg.cond(q, 1)
np.linalg.cond(q, "fro")
np.linalg.slogdet(q)[1]
np.linalg.slogdet(q).logabsdet*np.linalg.slogdet(q).sign
np.linalg.matrix_rank(m)*m
np.linalg.multi_dot([m, n.T, q])
np.linalg.multi_dot([x[:3], m, n.T, q, y[:3]])
np.linalg.multi_dot([q, q, q])
np.linalg.tensorsolve(np.reshape(np.kron(q, q[:2, :2]), (3, 2, 3, 2)), m[:, :2])
np.linalg.tensorsolve(np.reshape(np.kron(q, q[:2, :2]), (3, 2, 3, 2)), m[:2].T[:3], axes=(0,))
np.linalg.tensorinv(np.reshape(np.kron(q, q[:2, :2]), (3, 2, 6)), ind=2)
np.linalg.matrix_norm(t)
np.linalg.matrix_norm(m, ord="nuc")
np.linalg.matrix_norm(t, ord=1, keepdims=True)
np.linalg.vector_norm(m)
np.linalg.vector_norm(m, axis=1, ord=3)
np.linalg.vector_norm(t, axis=(0, 2), keepdims=True)
np.linalg.norm(t, 2, axis=(1, 2))
np.linalg.norm(t, "nuc", axis=(0, 2))
np.linalg.norm(m, -2)
np.linalg.norm(m, -1)
np.linalg.norm(m, -np.inf)
np.linalg.norm(c)
np.linalg.norm(d, 1, axis=0)
np.linalg.norm(d, 2)
np.linalg.outer(x, y)
np.linalg.cross(x[:3], y[:3])
np.linalg.trace(t)
np.linalg.diagonal(t, offset=1)
np.linalg.matrix_transpose(t)*t.transpose(0, 2, 1)
np.linalg.matmul(m, n.T)
np.linalg.tensordot(m, n)
np.linalg.vecdot(m, n)
np.linalg.inv(t[:, :, :3] + 3.0*np.eye(3))
np.linalg.slogdet(t[:, :, :3] + 3.0*np.eye(3))[1]
"""

FOURIER = """
np.abs(np.fft.fft(x)*1j - x)
np.abs(np.fft.fft(x, n=8, norm="ortho"))
np.fft.fft(m, axis=0).real
np.fft.ifft(x, 4).imag
np.abs(np.fft.rfft(x))
np.abs(np.fft.rfft(x, n=6))
np.abs(np.fft.rfft(m, axis=0))
np.fft.irfft(np.fft.rfft(x)*p[:3])
np.fft.irfft(np.fft.rfft(x)*p[:3], n=5)
np.fft.irfft(c, n=9, norm="forward")
np.abs(np.fft.hfft(x))
np.fft.hfft(c, 6)
np.fft.ihfft(x).real
np.abs(np.fft.fft2(m))
np.fft.ifft2(m*1j).imag
np.abs(np.fft.fftn(t, axes=(0, 2)))
np.fft.ifftn(t).real
np.fft.irfft2(np.fft.rfft2(m)*2.0)
np.abs(np.fft.rfftn(t))
np.abs(np.fft.rfftn(t, s=(3, 3), axes=(1, 2)))
np.fft.irfftn(d)
np.fft.irfftn(d, s=(3, 7), axes=(0, 1), norm="ortho")
np.fft.fftshift(m)
np.fft.ifftshift(t, axes=(0, 2))
np.fft.fftfreq(5, s)
np.fft.rfftfreq(5)*x[0]
np.real(np.fft.ifft(np.fft.fft(x)*np.fft.fft(y)))
np.abs(np.fft.fft(k))
"""

SPECTRAL = {"linalg": LINALG.strip().splitlines(), "fourier": FOURIER.strip().splitlines()}
