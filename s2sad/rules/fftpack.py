"""scipy.fftpack: the older names of transforms, as those of scipy.fft; and the fast Hankel transform.

    y = scipy.fftpack.dct(x, 2)              scipy.fft.dct(x, 2)
    y = scipy.fft.fht(x, d, mu)              x_bar = scipy.fft.fht(g, d, mu)

The matrix of the Hankel transform is symmetric: that of logarithmic grids depends on the sum of the indices.
"""

from __future__ import annotations

from scipy import fft, fftpack

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, literal
from s2sad.rules.registry import Bound, Text, composite, structural

_HEADS = {
    **dict.fromkeys(("fft", "ifft"), ("n=None, axis=-1", "n, axis")),
    **dict.fromkeys(("fftn", "ifftn"), ("shape=None, axes=None", "shape, axes")),
    **dict.fromkeys(("fft2", "ifft2"), ("shape=None, axes=(-2, -1)", "shape, axes")),
    **dict.fromkeys(
        ("dct", "idct", "dst", "idst"), ("type=2, n=None, axis=-1, norm=None", "type, n, axis, norm")
    ),
    **dict.fromkeys(
        ("dctn", "idctn", "dstn", "idstn"),
        ("type=2, shape=None, axes=None, norm=None", "type, shape, axes, norm"),
    ),
}
for _name, (_head, _given) in _HEADS.items():
    _inverse = _name.startswith("i") and "type" in _head  # of cosines and sines these are not normed
    _other = "    if type == 2 or type == 3:\n        type = 5 - type\n" if _inverse else ""
    _called = _name[1:] if _inverse else _name
    composite(
        f"scipy.fftpack.{_name}",
        f"def {_name}(x, {_head}, overwrite_x=False):\n{_other}    return scipy.fft.{_called}(x, {_given})\n",
        (getattr(fftpack, _name),),
    )


def _hankel_kind(bound: Bound) -> Kind:
    name = "a" if "a" in bound.kinds else "A"
    own = as_array(bound.kind(name))
    if own.sort != "float" or own.rank is None:
        raise NotImplementedError("the Hankel transform of numbers that are not real floats")
    return kinds.array(own.shape, "float64")


def _again(name: str, z: str) -> Text:
    def text(bound: Bound) -> str | None:
        rest = ", ".join(literal(bound, n) for n in ("dln", "mu", "offset", "bias"))
        return f"scipy.fft.{name}({z}, {rest})"

    return text


for _name, _array in (("fht", "a"), ("ifht", "A")):
    structural(
        f"scipy.fft.{_name}",
        f"{_array}, dln, mu, offset=0.0, bias=0.0",
        _hankel_kind,
        {_array: _again(_name, "g")}
        | {
            n: axes.refuse(f"the derivative of scipy.fft.{_name} in {n!r}")
            for n in ("dln", "mu", "offset", "bias")
        },
        (getattr(fft, _name),),
        jvp={_array: _again(_name, f"{_array}_dot")},
    )
