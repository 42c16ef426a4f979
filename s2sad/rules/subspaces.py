"""scipy.linalg and scipy.spatial: bases of subspaces, angles between them, best rotations.

    n = scipy.linalg.null_space(a)                      rows of scipy.linalg.svd(a)[2]
    r, s = scipy.linalg.orthogonal_procrustes(a, b)     the polar factor of a.T @ b, and the sum of its values

A basis has the derivatives of the singular vectors that it is made of; what depends on the subspace alone
has its own.
"""

from __future__ import annotations

from scipy import linalg, spatial

from s2sad.rules.registry import composite

_RANK = """    bound = np.finfo(s.dtype).eps*max(np.shape(u)[0], np.shape(vh)[1]) if rcond is None else rcond
    rank = np.sum(s > np.max(s)*bound)
"""
_FORMULAS = {
    "null_space": f"""def null_space(A, rcond=None):
    u, s, vh = scipy.linalg.svd(A)
{_RANK}    return np.conj(vh[rank:].T)
""",
    "orth": f"""def orth(A, rcond=None):
    u, s, vh = scipy.linalg.svd(A, False)
{_RANK}    return u[:, :rank]
""",
    "subspace_angles": """def subspace_angles(A, B):
    one, two = scipy.linalg.orth(A), scipy.linalg.orth(B)
    both = np.dot(np.conj(one.T), two)
    cosines = scipy.linalg.svdvals(both)
    if np.shape(one)[1] >= np.shape(two)[1]:
        rest = two - np.dot(one, both)
    else:
        rest = one - np.dot(two, np.conj(both.T))
    near = cosines**2 >= 0.5
    sines = scipy.linalg.svdvals(rest)
    far = np.arccos(np.clip(cosines[::-1], -1.0, 1.0))
    return np.where(near, np.arcsin(np.clip(sines, -1.0, 1.0)), far)
""",
    "orthogonal_procrustes": """def orthogonal_procrustes(A, B):
    product = (np.asarray(B).T @ np.conj(A)).T
    u, w, vh = scipy.linalg.svd(product)
    return scipy.linalg.polar(product)[0], np.sum(w)
""",
}
for _name, _source in _FORMULAS.items():
    composite(f"scipy.linalg.{_name}", _source, (getattr(linalg, _name),))
composite(
    "scipy.spatial.procrustes",
    """def procrustes(data1, data2):
    one = np.asarray(data1, dtype=float)
    two = np.asarray(data2, dtype=float)
    one = one - np.mean(one, 0)
    two = two - np.mean(two, 0)
    one = one/np.linalg.norm(one)
    two = two/np.linalg.norm(two)
    r, s = scipy.linalg.orthogonal_procrustes(one, two)
    two = np.dot(two, r.T)*s
    return one, two, np.sum(np.square(one - two))
""",
    (spatial.procrustes,),
)
