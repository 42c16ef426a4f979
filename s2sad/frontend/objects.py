"""Lowering of objects: those that are made in the function, and the classes of arguments.

An object is known by its identity (`Local`); what it holds is a display of its attributes, so that the
program has a name for each attribute and none for the object:

    p = Particle(x, v)        (the body of __init__, inlined: x and v are what p holds)
    p.x += p.v                x.2 = add(x.1, v.1)
    return p.energy()         (the body of energy, inlined)

Methods, properties and what else a class defines are looked up as Python does, along the order of its base
classes; what is found is looked up again when a text is used once more.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import sys
import types
import typing
from dataclasses import dataclass
from typing import Any, NoReturn

from s2sad.frontend import copies, flat, histories, mirrors, numbered
from s2sad.frontend.derived import BASES, HeldList, base_of, counterpart
from s2sad.frontend.libraries import READ, is_library
from s2sad.frontend.operators import attribute_key, static_attribute
from s2sad.frontend.standins import keep_arguments
from s2sad.frontend.state import (
    ABSENT,
    Choice,
    Closure,
    Group,
    Local,
    Method,
    Part,
    Scope,
    State,
    Super,
    Value,
    Written,
    opened,
)
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Undef, Var

IN_PYTHON = 1 << 9  # the flag of classes that a class statement has made
PLAIN = (object.__init__, object.__init_subclass__, object.__new__, object.__setattr__)


@dataclass(frozen=True, slots=True)
class Init:
    """The `__init__` that a dataclass has been given, which has no source."""

    cls: type


def mangled(name: str, scope: Scope) -> str:
    """A private attribute's name as the class around the function makes it."""
    parts = scope.source.fun.__qualname__.split(".")
    if not name.startswith("__") or name.endswith("__") or len(parts) < 2:
        return name
    while len(parts) > 1 and parts[-2] == "<locals>":
        parts = parts[:-2]
    owner = parts[-2].lstrip("_") if len(parts) > 1 else ""
    return f"_{owner}{name}" if owner else name


class Objects(State):
    """The part of lowering that reads objects."""

    # ------------------------------------------------------------------------------------------ attributes

    def class_of(self, value: Value) -> type | None:
        """The class of an object or record whose class is known here."""
        if isinstance(value, Local | Group):
            return value.cls
        if isinstance(value, Var):
            kind = self.kinds[value.name]
            if value.name in self.narrowed:
                return self.narrowed[value.name]
            if kind.cls is not None and kind.cls not in (list, dict) and kind.cat != "object":
                return kind.cls
            return type(self.live[value.name]) if kind.cat == "object" and value.name in self.live else None
        if isinstance(value, Ref) and self.kind(value).cat == "object":
            return type(value.obj)
        return None

    def watch(self, holder: Any, name: str) -> None:
        """Rely on the kind of an attribute (and on its identity, where the text depends on that)."""
        if not isinstance(getattr(type(holder), name, None), property) and hasattr(holder, name):
            read = functools.partial(attribute_key, holder, name)
            self.depend(("attribute", id(holder)), read, read(), name, same=True)

    def held_attribute(self, base: Local, name: str, node: ast.AST, hint: str) -> Value:
        """An attribute of an object that is made here."""
        assert base.cls is not None
        found = static_attribute(base.cls, name)
        if not _is_data(found) and name in base.group.keys:
            value = base.group.items[base.group.keys.index(name)]
            if isinstance(value, Undef):
                self.refuse(
                    node, f"the attribute {name!r} may be unset here", "set it in __init__, or on every path"
                )
            return value
        if name == "__class__":
            return Ref(base.cls.__name__, base.cls)
        return self.class_attribute(base, base.cls, name, node, hint)

    def class_attribute(
        self, base: Value, cls: type, name: str, node: ast.AST, hint: str, after: type | None = None
    ) -> Value:
        """What a class defines, for one of its objects."""
        found = static_attribute(cls, name, after)
        text = f"{cls.__name__}.{name}"
        if found is ABSENT:
            if not isinstance(static_attribute(cls, "__getattr__"), types.FunctionType):
                self.refuse(node, f"{cls.__name__} has no attribute {name!r}", "check the name")
            other = self.class_attribute(base, cls, "__getattr__", node, "", after)
            return self.call_value(other, [Const(name)], {}, node, hint)
        self.depend(
            ("of its class", id(cls)), lambda: static_attribute(cls, name, after), found, f"{name} {after}"
        )
        found = _init_of_error(cls, name, found)
        if isinstance(found, property) and found.fget is not None:
            return self.call_value(Ref(text, found.fget), [base], {}, node, hint)
        if isinstance(found, functools.cached_property):
            made = self.call_value(Ref(text, found.func), [base], {}, node, hint)
            if isinstance(base, Local):
                self.hold_item(base, name, made, node)
            return made
        if isinstance(found, staticmethod | classmethod):
            function = Ref(text, found.__func__)
            return function if isinstance(found, staticmethod) else Method(function, Ref(cls.__name__, cls))
        if isinstance(found, functools.partialmethod) and isinstance(found.func, types.FunctionType):
            return self._part_of_method(found, text, base)
        if name == "__init__" and isinstance(found, types.FunctionType) and generated_init(found):
            owner = next(c for c in cls.__mro__ if vars(c).get(name) is found)
            return Method(Ref(text, Init(owner)), base)
        if isinstance(found, types.FunctionType) or any(found is plain for plain in PLAIN):
            return Ref("object.__new__", found) if found is object.__new__ else Method(Ref(text, found), base)
        chosen = isinstance(found, functools.singledispatchmethod)  # by the class of an argument
        if chosen or (callable(found) and hasattr(found, "py_func")):
            return Method(Ref(text, found), base)
        getter = getattr(type(found), "__get__", None)
        if isinstance(getter, types.FunctionType) and not is_library(getter):
            owner_ref = Ref(cls.__name__, cls)
            return self.call_value(
                Ref(f"{type(found).__name__}.__get__", getter), [Ref(text, found), base, owner_ref], {}, node
            )
        if getter is not None:
            self.refuse(node, f"{text} is a {type(found).__name__}", "write a method or a property")
        return self.live_value(text, found)

    def _part_of_method(self, found: functools.partialmethod[Any], text: str, base: Value) -> Part:
        fixed = [self.live_value(f"{text}.args[{i}]", v) for i, v in enumerate(found.args)]
        named = {k: self.live_value(f"{text}.keywords[{k!r}]", v) for k, v in found.keywords.items()}
        return Part(Ref(text, found.func), [base, *fixed], named)

    def super_attribute(self, base: Super, name: str, node: ast.AST, hint: str) -> Value:
        """An attribute of `super()`."""
        return self.class_attribute(base.self, base.cls, name, node, hint, base.after)

    def set_attribute(self, base: Value, name: str, value: Value, node: ast.AST) -> None:
        """`base.name = value`."""
        kind = self.kind(base) if not isinstance(base, Super) else K.OBJECT
        if numbered.is_number_of(kind):
            numbered.refuse_several(self, base, name, node)
            self._set_found(base, self.class_of(base), name, value, node)
            return
        if isinstance(base, Var) and kind.cat == "dict" and kind.cls is not None and not self.apart:
            raise Written
        if isinstance(base, Var) and kind.cat == "tuple" and kind.cls is not None:
            self._want_known(node, kind.cls)
        if isinstance(base, Group | Choice):
            numbered.want(self, base)
        if kind.is_number and name == "flat" and not kind.is_scalar and kind.rank != 0:
            flat.store_all(self, base, value, node)
            return
        if kind.cat == "array" and name in ("real", "imag") and kind.sort == "complex":
            self.store(self.attribute(base, name, node), Const(...), value, "", node)
            return
        if kind.is_number:
            what = f"the attribute {name!r} of {K.describe(kind)} is assigned"
            self.refuse(node, what, "use reshape() or astype(), which give a new array")
        if isinstance(base, Closure):
            self._set_of_function(base, name, value)
            return
        holder = None if isinstance(base, Local) else histories.holder_of(self, base)
        cls = base.cls if isinstance(base, Local) else None if holder is None else type(holder)
        if cls is None or name == "__dict__":
            self.refuse(node, f"the attribute {name!r} is assigned", "use a local name and return it")
        self._set_found(base, cls, name, value, node)

    def of_function(self, base: Value, name: str) -> Value | None:
        """An attribute that the program has given a nested function; a cell, as a name that one writes."""
        number = base.scope.boxed.get(_own(base, name)) if isinstance(base, Closure) else None
        return None if number is None else self.objects.cells.get(number, Undef())

    def _set_of_function(self, base: Closure, name: str, value: Value) -> None:
        boxed = base.scope.boxed
        number = boxed.setdefault(_own(base, name), -1)
        if number < 0:
            number = boxed[_own(base, name)] = self.objects.new(Undef())
        self.objects.cells[number] = value
        self.written_at.append((id(self.block), len(self.block)))

    def _set_found(self, base: Value, cls: type | None, name: str, value: Value, node: ast.AST) -> None:
        """`base.name = value` as the class says."""
        assert cls is not None
        found = static_attribute(cls, name)
        if isinstance(found, property):
            if found.fset is None:
                self.refuse(node, f"{cls.__name__}.{name} cannot be set", "check the name")
            self.call_value(Ref(f"{cls.__name__}.{name}", found.fset), [base, value], {}, node)
            return
        setter = getattr(type(found), "__set__", None) if found is not ABSENT else None
        if isinstance(setter, types.FunctionType):
            self.call_value(
                Ref(f"{type(found).__name__}.__set__", setter), [Ref(name, found), base, value], {}, node
            )
            return
        parameters = getattr(cls, "__dataclass_params__", None)
        if parameters is not None and parameters.frozen:
            self.fails(dataclasses.FrozenInstanceError, f"cannot assign to field {name!r}", node)
            self.refuse(node, f"a frozen {cls.__name__} is written", "use dataclasses.replace")
        method = static_attribute(cls, "__setattr__")
        if isinstance(method, types.FunctionType):
            self.call_value(Ref(f"{cls.__name__}.__setattr__", method), [base, Const(name), value], {}, node)
            return
        holder = histories.holder_of(self, base)
        if isinstance(base, Local):
            self.hold_item(base, name, value, node)
        elif holder is not None:
            mirrors.set_attribute(self, base, holder, name, value, node)
        else:
            numbered.set_attribute(self, base, name, value, node)

    def _want_known(self, node: ast.AST, cls: type) -> NoReturn:
        """Lower once more with lists of objects known one by one, or numbered, as one of them is written."""
        for name, place in self.displays.items():
            item = (self.kinds[name].items or (None,))[0]
            while item is not None and item.cat == "list":
                item = (item.items or (None,))[0]
            if item is not None and item.cls is cls and place not in self.known_lists:
                raise Written(place)
        self.want_numbers(cls)
        self.refuse(
            node,
            f"a {cls.__name__} that is an element of a list is written",
            "make the list by a display or a loop over a known range, or keep arrays",
        )

    # -------------------------------------------------------------------------------------------- creation

    def create(self, cls: type, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value | None:
        """A new object of a class that is written in Python; None where the class does more than that."""
        if typing.is_typeddict(cls):
            return self.call_value(Ref("dict", dict), args, kwargs, node)
        if not is_plain(cls):
            return None
        begun = self._begun(cls, node)
        made: Value = begun
        cls = begun.cls or cls
        new = static_attribute(cls, "__new__")
        if isinstance(new, staticmethod):
            self.depend(("of its class", id(cls)), lambda: static_attribute(cls, "__new__"), new, "__new__")
            call = Ref(f"{cls.__name__}.__new__", new.__func__)
            made = self.call_value(call, [Ref(cls.__name__, cls), *args], kwargs, node)
            if self.class_of(made) is not cls:
                return made
            if not isinstance(made, Local):
                self.refuse(node, f"{cls.__name__}.__new__ returns an older object", "write a function")
        assert isinstance(made, Local)
        init = static_attribute(cls, "__init__")
        self.depend(("of its class", id(cls)), lambda: static_attribute(cls, "__init__"), init, "__init__")
        if init is object.__init__:
            if (args or kwargs) and not isinstance(new, staticmethod):
                self.refuse(node, f"{cls.__name__}() takes no arguments", "check the call")
            return numbered.number(self, made, node)
        self.call_value(self.class_attribute(made, cls, "__init__", node, ""), args, kwargs, node)
        return numbered.number(self, made, node)

    def _begun(self, cls: type, node: ast.AST) -> Local:
        """An object without attributes; one that is a list or dict too holds an empty one."""
        base = base_of(cls)
        if base is None:
            return self.made("object", [], [], cls)
        cls = self.objects.derived.setdefault(cls, counterpart(cls, base))
        empty = ast.List([], ast.Load()) if issubclass(BASES[base], HeldList) else ast.Dict([], [])
        held = self.settled(self.expr(ast.copy_location(empty, node)), node)
        return self.made("object", [held], ["s2sad_held"], cls)

    def fill(
        self, made: Value, cls: type, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> None:
        """What the generated `__init__` of a dataclass does."""
        assert isinstance(made, Local) and made.cls is not None
        declared: dict[str, dataclasses.Field[Any]] = getattr(cls, "__dataclass_fields__", {})
        fields = [f for f in declared.values() if "ClassVar" not in str(f.type).split("[")[0]]
        positional = [f.name for f in fields if f.init and not f.kw_only]
        named = [f.name for f in fields if f.init]
        passed: list[Value] = []
        given = {**dict(zip(positional, args, strict=False)), **kwargs}
        init = vars(cls)["__init__"]
        defaults = _defaults(init)

        def by_identity() -> list[tuple[str, int]]:
            return [(k, id(v)) for k, v in _defaults(init).items()]

        self.depend(("defaults", id(init)), by_identity, by_identity(), cls.__name__, same=True)
        missing = [f.name for f in fields if f.init and f.name not in given and f.name not in defaults]
        extra = any(k not in named for k in kwargs) or any(n in kwargs for n in positional[: len(args)])
        if len(args) > len(positional) or extra or missing:
            what = f"{cls.__name__}(...) does not get the fields {', '.join(named)}"
            self.refuse(node, what, "check the call")
        for f in fields:
            if f.name in given:
                value = given[f.name]
            elif f.default_factory is not dataclasses.MISSING:
                value = self.call_value(Ref(f"{cls.__name__}.{f.name}", f.default_factory), [], {}, node)
            elif f.name in defaults:
                value = self.default(f"{cls.__name__}.{f.name}", defaults[f.name])
            elif f.default is not dataclasses.MISSING and "__slots__" in vars(cls):
                value = self.default(f"{cls.__name__}.{f.name}", f.default)  # else the class holds it
            else:
                continue
            if _is_passed(f):
                passed.append(value)
                continue
            held = dict(zip(made.group.keys, made.group.items, strict=True))
            held[f.name] = self.settled(value, node)
            self.hold(made, list(held.values()), list(held), node)
        if static_attribute(made.cls, "__post_init__") is not ABSENT:
            self.call_value(self.class_attribute(made, made.cls, "__post_init__", node, ""), passed, {}, node)

    def replaced(self, value: Value, changes: dict[str, Value], node: ast.AST) -> Value:
        """`dataclasses.replace(value, **changes)` and `value._replace(**changes)`."""
        cls = self.class_of(value)
        if cls is not None and issubclass(cls, tuple):
            names = list(getattr(cls, "_fields", ()))
        elif cls is not None and dataclasses.is_dataclass(cls):
            names = [f.name for f in dataclasses.fields(cls) if f.init]
        else:
            self.refuse(node, "what is replaced is not known here", "make the object anew")
        given = {n: changes[n] if n in changes else self.attribute(value, n, node) for n in names}
        unknown = next((n for n in changes if n not in names), None)
        if unknown is not None:
            self.refuse(node, f"{cls.__name__} has no field {unknown!r}", "check the name")
        return self.call_value(Ref(cls.__name__, cls), [], given, node)

    def super_object(self, args: list[Value], node: ast.AST) -> Value:
        """`super()` in a method, or `super(C, self)`."""
        if args:
            after, this = args
        else:
            after = self.lookup("__class__", node)
            scope: Scope | None = self.scope
            while scope is not None and isinstance(scope.source.node, ast.Lambda):
                scope = scope.parent
            assert scope is not None
            spec = scope.source.node.args
            first = [a.arg for a in (*spec.posonlyargs, *spec.args)][:1]
            this = self.lookup(first[0], node) if first else Const(None)
        owner = this.obj if isinstance(this, Ref) and isinstance(this.obj, type) else self.class_of(this)
        if not isinstance(after, Ref) or not isinstance(after.obj, type) or owner is None:
            self.refuse(node, "the object of super() is not known here", "name the class and pass self")
        return Super(after.obj, this, owner)

    # ------------------------------------------------------------------------------------------ what is held

    def own(self, value: Value, node: ast.AST, keys: tuple[Any, ...] = (None,)) -> Local:
        """A dict that can be written to; `keys` are those that are written, None one that is not known."""
        if isinstance(value, Local):
            return value
        if isinstance(value, Var) and not self.apart:
            raise Written
        if isinstance(value, Ref):
            self.refuse_write(value, node)
        self.want_row(value, keys, self.kind(value).keys)
        what = "a dict that is an element of a list or came out of a call is written"
        self.refuse(node, what, "make a new dict")

    def copied(
        self, value: Value, deep: bool, node: ast.AST, memo: dict[int | str, Value] | None = None
    ) -> Value:
        """`copy.copy` and `copy.deepcopy` of what is made of numbers, arrays, displays and objects.

        What is met twice is copied once: `memo` has the copies by what they are of.
        """
        if memo is None and deep:
            copies.check_parts(self, value, node)
        memo = {} if memo is None else memo
        argument = value.origin if isinstance(value, Local) else None
        if argument is not None and copies.is_object(live := copies.live_object(self, argument)):
            copies.check(self, live, deep, node)
        key = value.number if isinstance(value, Local) else value.name if isinstance(value, Var) else None
        if key is None:
            return self._copied(value, deep, node, memo)
        if key not in memo:
            memo[key] = self._copied(value, deep, node, memo)
        return memo[key]

    def _copied(self, value: Value, deep: bool, node: ast.AST, memo: dict[int | str, Value]) -> Value:
        held = self.contents(value, node)
        if held is not value and isinstance(value, Local):
            parts = dict(zip(value.group.keys, value.group.items, strict=True))
            both = ((k, self.copied(v, deep, node, memo)) for k, v in parts.items() if deep or v is held)
            parts.update(list(both))
            return self.made("object", list(parts.values()), list(parts), value.cls)
        if self.stands_in(value) is not None:
            if deep:
                what = "a container with computed keys or elements is copied with what it holds"
                self.refuse(node, what, "copy what it holds in a loop")
            return self.own_method(value, "copy", [], node)
        if isinstance(value, Local | Group):
            held = opened(value)
            assert isinstance(held, Group)
            made = self.made(held.cat, [], [], held.cls) if isinstance(value, Local) else None
            if made is not None and isinstance(value, Local):
                memo[value.number] = made  # it may hold itself
            items = [self.copied(i, True, node, memo) if deep else i for i in held.items]
            group = Group(held.cat, items, list(held.keys), held.cls)
            if made is None:
                return group
            self.objects.cells[made.number] = group
            return made
        return self._copied_value(value, deep, node, memo)

    def _copied_value(self, value: Value, deep: bool, node: ast.AST, memo: dict[int | str, Value]) -> Value:
        """A copy of what is no display, by its kind."""
        kind = self.kind(value)
        if numbered.is_number_of(kind):
            return numbered.copied(self, value, deep, node)
        if kind.is_number and not kind.is_scalar:
            return self.call_value(Method(Const(".copy"), value), [], {}, node)
        if copies.is_object(copies.live_object(self, value)):
            return copies.object_of_parts(self, value, deep, node, memo)
        if kind.is_scalar or kind.cat in ("str", "none", "object"):
            return value
        if kind.cat == "list" and isinstance(value, Var):
            if deep and copies.has_parts(kind):
                if not copies.is_nest(kind):
                    self.refuse(node, "a list is copied with what it holds", "write [x.copy() for x in xs]")
                return self.mapped_list(value, lambda item: self.copied(item, True, node, {}), node)
            return value if kind.dtype else self.emit(Call("list", (value,), (), "list"), kind, node)
        items = [self.copied(i, True, node, memo) if deep else i for i in self._parts(value, node)]
        if kind.cat == "dict":
            return self.made("dict" if kind.cls is None else "object", items, list(kind.keys), kind.cls)
        return Group("tuple" if kind.cat == "tuple" and kind.cls is not list else "list", items, [], None)

    def _parts(self, value: Value, node: ast.AST) -> list[Value]:
        kind = self.kind(value)
        if kind.cat == "dict":
            return [self.getitem(value, Const(k), node) for k in kind.keys]
        return self.unpack(value, None, node)


def _init_of_error(cls: type, name: str, found: Any) -> Any:
    """What a class defines, or what stands for the `__init__` of exceptions of Python."""
    compiled = name == "__init__" and not isinstance(found, types.FunctionType)
    return keep_arguments if compiled and issubclass(cls, BaseException) else found


def _is_passed(f: dataclasses.Field[Any]) -> bool:
    """Whether a field is an InitVar, which is passed on to `__post_init__`."""
    return isinstance(f.type, dataclasses.InitVar) or str(f.type).split(".")[-1].startswith("InitVar")


def _is_data(found: Any) -> bool:
    """Whether what a class defines goes before what its objects hold: properties and what has `__set__`."""
    return isinstance(found, property) or isinstance(
        getattr(type(found), "__set__", None), types.FunctionType
    )


def has_setter(cls: type | None, name: str) -> bool:
    """Whether objects of a class are told when an attribute is assigned."""
    if cls is None:
        return False
    return _is_data(static_attribute(cls, name)) or isinstance(
        static_attribute(cls, "__setattr__"), types.FunctionType
    )


def _defaults(init: types.FunctionType) -> dict[str, Any]:
    """What the parameters of a generated `__init__` stand for where nothing is passed, as it is set now."""
    names, given = init.__code__.co_varnames[: init.__code__.co_argcount], init.__defaults__ or ()
    return {**dict(zip(names[len(names) - len(given) :], given, strict=True)), **(init.__kwdefaults__ or {})}


def generated_init(function: types.FunctionType) -> bool:
    """Whether a function is the `__init__` that a dataclass has been given."""
    return function.__code__.co_qualname == "__create_fn__.<locals>.__init__"


def is_plain(cls: type) -> bool:
    """Whether making an object of a class is calling its `__init__`, and nothing else is special about it."""
    for base in cls.__mro__[:-1]:
        if isinstance(vars(base).get("__getattribute__"), types.FunctionType | staticmethod):
            return False
        if base in BASES:
            continue
        module = base.__module__.partition(".")[0]
        own = base.__module__ in READ or base.__module__.startswith("s2sad.generated")
        if own or module in ("abc", "typing") or base.__module__ == "collections.abc":
            continue
        if module in sys.stdlib_module_names or module in ("numpy", "scipy", "numba", "s2sad"):
            return False
        init = vars(base).get("__init__")
        if not isinstance(init, types.FunctionType | None.__class__):
            return False
        if isinstance(init, types.FunctionType) and is_library(init) and not generated_init(init):
            return False
    metaclass = type(cls)
    return bool(cls.__flags__ & IN_PYTHON) and (metaclass is type or metaclass.__module__ == "abc")


def _own(fn: Closure, name: str) -> str:
    """A name that no program can bind."""
    return f"{getattr(fn.node, 'name', 'lambda')} {fn.node.lineno} {name}"


__all__ = ["Init", "Objects", "generated_init", "is_plain", "mangled", "static_attribute"]
