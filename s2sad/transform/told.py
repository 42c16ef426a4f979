"""Calls that tell someone outside something that the program never reads: loggers, exceptions, histories.

    log.info("loss %g", loss)       raise ValueError(f"x = {x}")       history.update(loss=loss)

Accepts any call of a lowered program; an active value may enter these, and carries nothing back.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from s2sad.ir.nodes import Call, Let, Var


def is_told(call: Call, lets: Mapping[str, Let]) -> bool:
    """Whether what a call is given is told to someone outside, and never read by the program."""
    return _is_logging(call, lets) or _is_exception(call) or _is_history(call)


def _is_history(call: Call) -> bool:
    """Whether a call gives an outside dict a value under a key (the front end refuses to read it)."""
    made = getattr(call.args[0], "obj", None) if call.fun == "call" and call.args else None
    return isinstance(getattr(made, "__self__", None), dict) and getattr(made, "__name__", "") == "update"


def _is_exception(call: Call) -> bool:
    """Whether a call makes an exception, of which nothing can be read but by printing it."""
    made = getattr(call.args[0], "obj", None) if call.fun == "call" and call.args else None
    return isinstance(made, type) and issubclass(made, BaseException)


def _is_logging(call: Call, lets: Mapping[str, Let]) -> bool:
    """Whether a call only logs: methods of loggers, print and the like."""
    fn = call.args[0] if call.args else None
    let = lets.get(fn.name) if isinstance(fn, Var) and call.form else None
    if let is not None and let.call.fun == "call":  # logging.getLogger(...).debug(...)
        return getattr(let.call.args[0], "obj", None) is logging.getLogger
    obj = getattr(fn, "obj", None)
    owner = getattr(obj, "__self__", obj)
    return isinstance(owner, logging.Logger) or getattr(obj, "__module__", "") in ("logging", "warnings")
