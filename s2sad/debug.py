"""Checks at run time that S2SAD_DEBUG=1 turns on: what is kept does not change, cotangents fit their primals.

    S2SAD_DEBUG=1 python -m pytest

A broken check is a fault of s2sad, so it raises AssertionError.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from s2sad import arguments as A
from s2sad.overlaps import arrays


def enabled() -> bool:
    """Whether checks are on."""
    return os.environ.get("S2SAD_DEBUG", "") not in ("", "0")


class Watch:
    """Remembers the bytes of all arrays in some values."""

    def __init__(self, *values: Any) -> None:
        self.arrays = [a for value in values for a in arrays(value)]
        self.digests = [_digest(a) for a in self.arrays]

    def check(self, what: str) -> None:
        """AssertionError if one of the arrays has changed."""
        for array, digest in zip(self.arrays, self.digests, strict=True):
            assert _digest(array) == digest, (
                f"S2SAD_DEBUG: one of the {what} has changed, an array of shape {array.shape}"
            )


def _digest(array: Any) -> bytes:
    import hashlib

    return hashlib.blake2b(np.ascontiguousarray(array).tobytes(), digest_size=16).digest()


def check_gradient(name: str, grad: Any, value: Any) -> None:
    """AssertionError if a cotangent from generated code has another shape or dtype than its primal."""
    if isinstance(value, dict):
        for key, part in value.items():
            check_gradient(f"{name}[{key!r}]", grad[key], part)
    elif isinstance(value, list | tuple):
        for i, (g, part) in enumerate(zip(grad, value, strict=True)):
            check_gradient(f"{name}[{i}]", g, part)
    elif A.is_record(value):
        if isinstance(grad, dict):
            check_gradient(name, grad, A.fields(value))
    elif A.differentiable(value):
        assert np.shape(grad) == np.shape(value), (
            f"S2SAD_DEBUG: the cotangent of {name} has shape {np.shape(grad)}, its primal {np.shape(value)}"
        )
        assert np.iscomplexobj(value) or not np.iscomplexobj(grad), (
            f"S2SAD_DEBUG: the cotangent of {name} is complex"
        )
        if isinstance(value, np.ndarray):
            dtype = value.dtype.newbyteorder("=")
            found = np.asarray(grad).dtype
            assert found == dtype, f"S2SAD_DEBUG: the cotangent of {name} is {found}, its primal {dtype}"
