"""scipy.ndimage: sums, means and extremes of labelled regions, centres of mass, filters of spectra.

    z = scipy.ndimage.mean(x, labels, [1, 2])      a formula of np.bincount, in SciPy's own order
    y = scipy.ndimage.fourier_gaussian(x, s)       x_bar = scipy.ndimage.fourier_gaussian(g, s)

Labels and indices are constants.
"""

from __future__ import annotations

from scipy import ndimage

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal, rank_of, real_if
from s2sad.rules.registry import Bound, composite, structural

_ALL = """    input = np.asarray(input)
    if labels is not None:
        labels = np.broadcast_to(labels, np.shape(input))
    if index is None:
        chosen = input if labels is None else input[labels > 0]
    elif np.ndim(index) == 0:
        chosen = input[labels == index]
"""
_NUMBERS = """    names, numbers = np.unique(labels, return_inverse=True)
    numbers = np.ravel(numbers)
    places = np.minimum(np.searchsorted(names, index), len(names) - 1)
    found = names[places] == np.asarray(index)
"""
_ONE = "index is None or np.ndim(index) == 0"
_FORMULAS = {
    "sum_labels": _ALL + f"""    if {_ONE}:
        return np.sum(chosen)
{_NUMBERS}    return np.where(found, np.bincount(numbers, weights=np.ravel(input))[places], 0.0)
""",
    "mean": _ALL + f"""    if {_ONE}:
        return np.sum(chosen)/np.float64(np.size(chosen))
{_NUMBERS}    counts = np.where(found, np.bincount(numbers)[places], 0).astype(float)
    return np.where(found, np.bincount(numbers, weights=np.ravel(input))[places], 0.0)/counts
""",
    "variance": _ALL + f"""    if np.iscomplexobj(input):
        raise TypeError("the variance of complex numbers in regions")
    if {_ONE}:
        gaps = chosen - np.mean(chosen)
        return np.sum(gaps*gaps)/np.float64(np.size(chosen))
{_NUMBERS}    counts = np.bincount(numbers)
    means = np.bincount(numbers, weights=np.ravel(input))/counts
    gaps = np.ravel(input) - means[numbers]
    squares = np.where(found, np.bincount(numbers, weights=gaps*gaps)[places], 0.0)
    return squares/np.where(found, counts[places], 0).astype(float)
""",
    "standard_deviation": """    return np.sqrt(scipy.ndimage.variance(input, labels, index))
""",
    "center_of_mass": """    if index is not None and np.ndim(index) != 0:
        raise ValueError("center_of_mass has a derivative for one index; call it for each")
    input = np.asarray(input)
    total = scipy.ndimage.sum_labels(input, labels, index)
    parts = []
    for axis in range(np.ndim(input)):
        steps = np.arange(np.shape(input)[axis], dtype=float)
        steps = np.reshape(steps, (1,)*axis + (-1,) + (1,)*(np.ndim(input) - axis - 1))
        parts.append(scipy.ndimage.sum_labels(input*steps, labels, index)/total)
    return tuple(parts)
""",
}  # fmt: skip
for _name, _function in (("maximum", "np.max"), ("minimum", "np.min"), ("median", "np.median")):
    _FORMULAS[_name] = (
        _ALL
        + f"""    if {_ONE}:
        return {_function}(chosen)
    if not np.all(np.isin(index, labels)):
        raise ValueError("an index that no element has as its label")
    return np.stack([{_function}(input[labels == k]) for k in index])
"""
    )
for _name, _body in _FORMULAS.items():
    composite(
        f"scipy.ndimage.{_name}",
        f"def {_name}(input, labels=None, index=None):\n{_body}",
        (getattr(ndimage, _name),),
    )
composite(
    "scipy.ndimage.sum",
    """def sum(input, labels=None, index=None):
    return scipy.ndimage.sum_labels(input, labels, index)
""",
    (ndimage.sum,),
)

# ------------------------------------------------------------------------------------------------ spectra


def _spectrum_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("input"))
    if own.rank is None or own.sort not in ("float", "complex"):
        raise NotImplementedError("a filter of a spectrum that is not one array of floats")
    if bound.given("output") and bound.kind("output").cat != "none":
        raise NotImplementedError("a filter into output=; assign its result")
    return kinds.array(own.shape, own.dtype)


def _shifted_kind(bound: Bound) -> Kind:
    own = _spectrum_kind(bound)
    return kinds.array(own.shape, "complex64" if own.dtype in ("float32", "complex64") else "complex128")


for _name, _size in (("gaussian", "sigma"), ("uniform", "size"), ("ellipsoid", "size"), ("shift", "shift")):

    def _call(bound: Bound, z: str, turned: bool, name: str = _name, size: str = _size) -> str:
        own = literal(bound, size)
        if turned and name == "shift":
            own = f"-{own}" if rank_of(bound, size) == 0 else f"-np.asarray({size})"
        return f"scipy.ndimage.fourier_{name}({z}, {own}, {literal(bound, 'n')}, {literal(bound, 'axis')})"

    structural(
        f"scipy.ndimage.fourier_{_name}",
        f"input, {_size}, n=-1, axis=-1, output=None",
        _shifted_kind if _name == "shift" else _spectrum_kind,
        {
            "input": lambda b, call=_call: real_if(b, "input", call(b, "g", True)),  # type: ignore[misc]
            _size: axes.refuse(f"the derivative of scipy.ndimage.fourier_{_name} in {_size!r}"),
        },
        (getattr(ndimage, f"fourier_{_name}"),),
        jvp={"input": lambda b, call=_call: call(b, "input_dot", False)},
    )
