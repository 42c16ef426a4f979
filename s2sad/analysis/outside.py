"""What a program changes of what is outside: which calls do, and what of it varies.

    h = held(history, of=0)             what was appended varies, and so does all that is read from things
    h.append(loss)                      with this number: as nobody knows what is where, a derivative that
    y = h[-1]*x                         goes through such a value is refused

Accepts a lowered program (see `frontend.histories`).
"""

from __future__ import annotations

import csv
import logging
import operator
from collections.abc import Iterable, Iterator, Mapping

from s2sad.ir.nodes import Atom, Call, Const, Dict, Let, List, Ref, Stmt, Tuple, Var

SETTING = (setattr, operator.setitem)
CHANGED = "iadd isub imul itruediv imatmul ior iand".split()
TELLING = ("logging", "warnings", "csv", "_csv", "json", "pprint", "tqdm")  # modules
READING = (getattr, dict.__getitem__, *(getattr(operator, name) for name in CHANGED))


def receiver(call: Call) -> str:
    """The name of what a call changes or reads, if it may be outside; \"\" for other calls."""
    args = call.args
    fn = args[0] if call.fun == "call" else None
    if isinstance(fn, Ref) and any(fn.obj is known for known in (*SETTING, *READING)):
        args = args[1:]
    elif call.fun not in ("getitem", "getattr") and not (call.fun == "call" and call.form.startswith(".")):
        return ""
    return args[0].name if isinstance(args[0], Var) else ""


def held_by(call: Call, lets: Mapping[str, Let], plain: bool = True) -> Let | None:
    """The definition of what is kept, for a call that changes or reads it or something (plain) in it."""
    name, hops = receiver(call), 0
    while name in lets:
        let = lets[name]
        if let.call.fun == "held":
            sure = dict(let.call.kwargs)["plain"] == Const(True)
            return let if sure or not hops or not plain else None
        if let.call.fun == "caught" or is_exception(let.call):
            return None if plain else let
        name, hops = receiver(let.call), hops + 1
    return None


def is_given(call: Call, lets: Mapping[str, Let]) -> bool:
    """Whether code that cannot be seen is given an outside object, or a container, that is changed."""
    if call.fun != "call" or is_read(call):
        return False
    held = [let.call.args[0] for let in lets.values() if let.call.fun == "held"]
    return any(one in held for atom in (*call.args, *(a for _, a in call.kwargs)) for one in _parts(atom))


def _parts(atom: Atom) -> Iterator[Atom]:
    """An operand, and what stands in it, of a display."""
    yield atom
    for item in atom.items if isinstance(atom, Tuple | List | Dict) else ():
        yield from _parts(item)


def is_read(call: Call) -> bool:
    """Whether a call only reads an attribute, or what a dict holds."""
    fn = getattr(call.args[0], "obj", None) if call.fun == "call" else None
    return fn is getattr or fn is dict.__getitem__


def is_exception(call: Call) -> bool:
    """Whether a call makes an exception: what it is given is read again through what is caught, if at all."""
    made = getattr(call.args[0], "obj", None) if call.fun == "call" and call.args else None
    return isinstance(made, type) and issubclass(made, BaseException)


def is_told(call: Call, lets: Mapping[str, Let]) -> bool:
    """Whether what a call is given is told to someone outside, and never read where a derivative goes."""
    return held_by(call, lets) is not None or is_logging(call, lets) or is_exception(call) or is_read(call)


def is_logging(call: Call, lets: Mapping[str, Let]) -> bool:
    """Whether a call only logs: methods of loggers, print and the like."""
    fn = call.args[0] if call.args else None
    let = lets.get(fn.name) if isinstance(fn, Var) and call.form else None
    if let is not None and let.call.fun == "call":  # logging.getLogger(...).debug(...)
        return getattr(let.call.args[0], "obj", None) in (logging.getLogger, csv.writer, csv.DictWriter)
    obj = getattr(fn, "obj", None)
    owner = getattr(obj, "__self__", obj)
    modules = {str(getattr(known, "__module__", "")).partition(".")[0] for known in (obj, type(owner))}
    return isinstance(owner, logging.Logger) or not modules.isdisjoint(TELLING)


def numbers(body: Iterable[Stmt]) -> dict[str, int]:
    """The numbers of what is kept, by the names of the values that are it or come from it."""
    lets = {s.name: s for s in body if isinstance(s, Let)}
    if not any(let.call.fun == "held" for let in lets.values()):
        return {}
    found: dict[str, int] = {}
    for name, let in lets.items():
        call = let.call
        of = dict(call.kwargs)["of"] if call.fun == "held" else None
        number = of.value if isinstance(of, Const) else found.get(receiver(call))
        if number is not None:
            found[name] = number
    return found


__all__ = ["held_by", "is_exception", "is_given", "is_logging", "is_read", "is_told", "numbers", "receiver"]
