"""What the parts of lowering do for each other: the methods of `lower.Lowering`, without a body.

Each part is a mixin that stands in a module of its own and calls methods of others; here a reader, and a type
checker, find them all.

    class Lists(State): ... self.unpack(value, None, node)      unpack is a method of `parts.Parts`
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from s2sad.frontend.source import Source
from s2sad.frontend.values import Closure, Generator, Group, Links, Scope, Value
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Out, Ref, Slice, Stmt, Var


class Interface:
    """The methods that mixins call and others define."""

    # the last states of solutions, of which only these are known
    ends: dict[str, Value] = {}  # noqa: RUF012
    links: Links  # the tuples and dicts that are numbered; each lowering is given those of the function

    def expr(self, node: ast.expr, hint: str = "") -> Value:
        """The value of an expression."""
        raise NotImplementedError

    def called_with(self, fn: Value, node: ast.Call, hint: str = "") -> Value:
        """A call of a value with the arguments that stand in the program."""
        raise NotImplementedError

    def operand(self, node: ast.expr) -> Value:
        """The value of an expression that must be bound."""
        raise NotImplementedError

    def binary(self, op: str, left: Value, right: Value, node: ast.AST, hint: str = "") -> Value:
        """An operator on two values."""
        raise NotImplementedError

    def static_truth(self, value: Value) -> bool | None:
        """The truth of a value if it is known."""
        raise NotImplementedError

    def truth(self, value: Value, node: ast.AST) -> Atom:
        """An operand whose truth is asked for."""
        raise NotImplementedError

    def choose(
        self,
        cond: Value,
        then: Callable[[], Value],
        orelse: Callable[[], Value],
        node: ast.AST,
        hint: str = "",
    ) -> Value:
        """`then() if cond else orelse()`."""
        raise NotImplementedError

    def made_set(self, items: Value, node: ast.AST, hint: str) -> Value:
        """A set of values that carry no derivative."""
        raise NotImplementedError

    def arithmetic(self, op: str, left: Value, right: Value, node: ast.AST, hint: str) -> Value | None:
        """An operator on two numbers or arrays."""
        raise NotImplementedError

    def zeros_of_list(self, node: ast.ListComp | ast.GeneratorExp, hint: str) -> Value | None:
        """Zeros like the elements of a list, as one operation."""
        raise NotImplementedError

    def comprehension(
        self, node: ast.ListComp | ast.GeneratorExp, hint: str = "", ranges: bool = False
    ) -> Value:
        """A list, made element by element."""
        raise NotImplementedError

    def closure(self, node: ast.Lambda | ast.FunctionDef) -> Closure:
        """A nested function."""
        raise NotImplementedError

    def asked(self, node: ast.expr) -> Value:
        """The value of a condition."""
        raise NotImplementedError

    def index(self, node: ast.expr) -> Value:
        """The inside of square brackets."""
        raise NotImplementedError

    def getitem(self, base: Value, index: Value, node: ast.AST, hint: str = "") -> Value:
        """`base[index]`."""
        raise NotImplementedError

    def attribute(self, base: Value, name: str, node: ast.AST, hint: str = "") -> Value:
        """`base.name`."""
        raise NotImplementedError

    def outside_attribute(self, base: Value, name: str, node: ast.AST, hint: str = "") -> Value:
        """An attribute of an object that is an argument, or comes from outside, as it stays."""
        raise NotImplementedError

    def lifted_by_name(self, target: Closure, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """A nested function as one that takes what it reads of the functions around it by keyword."""
        raise NotImplementedError

    def own(self, value: Value, node: ast.AST) -> Any:
        """A dict that can be written to."""
        raise NotImplementedError

    def hold(self, base: Any, items: list[Value], keys: list[Any], node: ast.AST) -> None:
        """Let an object, dict or list hold something else from here on."""
        raise NotImplementedError

    def unfolded(self, value: Value, node: ast.AST) -> Value:
        """A tuple that is an argument as a display."""
        raise NotImplementedError

    def compare(self, op: str, left: Value, right: Value, node: ast.AST, hint: str = "") -> Value:
        """A comparison."""
        raise NotImplementedError

    def unpack_keys(self, value: Value) -> list[Any]:
        """The keys of a dict."""
        raise NotImplementedError

    def maker(self, make: Value) -> type:
        """The class of defaultdicts that a function fills."""
        raise NotImplementedError

    def table(self, cls: type, args: list[Value], node: ast.AST) -> Value:
        """A new object of a class of `standins`."""
        raise NotImplementedError

    def own_method(self, value: Value, name: str, args: list[Value], node: ast.AST) -> Value:
        """A method of a stand-in."""
        raise NotImplementedError

    def want_table(self, value: Value) -> None:
        """Lower once more with a dict as a table, if it is one that is made here."""
        raise NotImplementedError

    def want_row(self, value: Value, written: tuple[Any, ...], known: tuple[Any, ...]) -> None:
        """Lower once more with dicts of these keys as rows, or as tables if another key is written."""
        raise NotImplementedError

    def numbered_item(self, base: Value, index: Value, node: ast.AST, hint: str) -> Value | None:
        """An item of a dict or tuple that is numbered; None for all else."""
        raise NotImplementedError

    def row_item(self, base: Value, index: Value, node: ast.AST, hint: str) -> Value:
        """`row[key]` of a dict that is numbered."""
        raise NotImplementedError

    def row_group(self, base: Value, node: ast.AST) -> Group:
        """What a dict that is numbered holds now, key by key."""
        raise NotImplementedError

    def row_method(
        self, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> Value:
        """A method that changes a dict that is numbered."""
        raise NotImplementedError

    def want_long(self, name: str, *values: Value) -> None:
        """Lower once more with what a name stands for as tuples of unknown length."""
        raise NotImplementedError

    def lengthened(self, value: Value, name: str, node: ast.AST | None) -> Value:
        """A display of a tuple as a tuple of unknown length, where its name stands for such."""
        raise NotImplementedError

    def as_tuple(self, made: Value) -> Value:
        """A new list of the program as the tuple that it stands for (see `tuples`)."""
        raise NotImplementedError

    def joined_tuples(self, left: Value, right: Value, node: ast.AST, hint: str = "") -> Value:
        """`left + right` of tuples of which one is a list of the program."""
        raise NotImplementedError

    def spread_tuple(self, node: ast.Tuple) -> Value:
        """`(*t, a)`."""
        raise NotImplementedError

    def cut_tuple(self, base: Value, index: Slice, node: ast.AST, hint: str) -> Value:
        """`t[lo:hi]` of a tuple of which only the program knows how much is left."""
        raise NotImplementedError

    def mapped_list(self, xs: Value, one: Callable[[Value], Value], node: ast.AST) -> Value:
        """A new list of what a function gives for each element."""
        raise NotImplementedError

    def want_like(self, keys: tuple[Any, ...]) -> None:
        """Lower once more with dicts of these keys as tables: one is written of which no name is known."""
        raise NotImplementedError

    def same_keys(self, number: int, one: Value, two: Value) -> None:
        """Lower once more with a dict as a table that has other keys on one path than on another."""
        raise NotImplementedError

    def new_dict(self, items: list[Value], keys: list[Any], node: ast.AST) -> Value:
        """A dict that is made at a place of the program, with the keys that are known there."""
        raise NotImplementedError

    def filled(self, table: Value, pairs: Value, node: ast.AST) -> None:
        """Enter the items of a dict, or pairs."""
        raise NotImplementedError

    def iterated(self, value: Value, node: ast.AST) -> Value:
        """What a loop over a value runs over: the keys of a table, the elements of a deque."""
        raise NotImplementedError

    def items_called(self, fn: Value, node: ast.Call) -> Any:
        """`d.items()` of a table as an iteration by index."""
        raise NotImplementedError

    def dict_called(self, fn: Value, node: ast.Call, hint: str) -> Value | None:
        """`dict(...)` of pairs that need no list; None for other calls."""
        raise NotImplementedError

    def enough(self, args: list[Value], count: int, node: ast.AST) -> list[Value]:
        """The arguments with as many taken out of the unknown number as there are names for them."""
        raise NotImplementedError

    def rest_of(self, extra: list[Value], node: ast.AST) -> Value:
        """What `*args` is."""
        raise NotImplementedError

    def like_others(self, xs: Atom, value: Value) -> Value:
        """A dict with its keys in the order of those that a list holds already; other values as they are."""
        raise NotImplementedError

    def put_in(self, xs: Atom, place: Value, value: Value, node: ast.AST) -> None:
        """`xs.insert(place, value)` at a place from 0 to the length."""
        raise NotImplementedError

    def is_dict(self, value: Value) -> bool:
        """Whether a value is a dict whose keys are known."""
        raise NotImplementedError

    def union(self, parts: list[Value], node: ast.AST) -> Value:
        """`a | b` of dicts: a new dict."""
        raise NotImplementedError

    def integer(self, value: Value, node: ast.AST) -> Atom:
        """An operand of range."""
        raise NotImplementedError

    def _elements(self, nodes: list[ast.expr]) -> list[Value]:
        raise NotImplementedError

    def unpack(self, value: Value, count: int | None, node: ast.AST) -> list[Value]:
        """The elements of a value."""
        raise NotImplementedError

    def contents(self, value: Value, node: ast.AST) -> Value:
        """What an object of a class that derives from list or dict holds; other values as they are."""
        raise NotImplementedError

    def script(self, text: str, node: ast.AST, result: str = "", **values: Any) -> Value:
        """Lower statements that are given as text (see `iterators`)."""
        raise NotImplementedError

    def makes_iterator(self, node: ast.Call) -> bool:
        """Whether a call gives an iterator."""
        raise NotImplementedError

    def is_taken_again(self, name: str, stmt: ast.Assign) -> bool:
        """Whether an iterator that has a name may be taken from twice."""
        raise NotImplementedError

    def check_paths(self, name: str, stmt: ast.Assign) -> None:
        """Refuse an iterator of one path among several that is more than taken from."""
        raise NotImplementedError

    def check_once(self, name: str, stmt: ast.Assign) -> None:
        """Refuse an iterator that has a name and is taken from twice."""
        raise NotImplementedError

    def over_items(self, fn: Value, node: ast.Call, hint: str) -> Value | None:
        """A call whose arguments are iterated where it stands."""
        raise NotImplementedError

    def call_value(
        self, fn: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str = ""
    ) -> Value:
        """A call."""
        raise NotImplementedError

    def default(self, name: str, obj: Any) -> Value:
        """A parameter's default."""
        raise NotImplementedError

    def transform(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """A derivative that is made inside of the function."""
        raise NotImplementedError

    def either(self, value: Group, node: ast.AST | None) -> Atom:
        """What is a list on one path and an array on another, as one value."""
        raise NotImplementedError

    def one_sided(self, a: Value, b: Value, outs: list[Out]) -> Value:
        """What one path makes, of which the other one knows nothing, behind both."""
        raise NotImplementedError

    def constant(self, value: Value, node: ast.AST) -> Value:
        """What is assigned or listed: constant under no_grad."""
        raise NotImplementedError

    def stopped(self, value: Value, node: ast.AST) -> Value:
        """The value under another name, which is constant."""
        raise NotImplementedError

    def gathered(self, target: Closure, node: ast.AST) -> Any:
        """What a nested function reads (see `lifting.Gathered`)."""
        raise NotImplementedError

    def packed(self, value: Value, node: ast.AST | None) -> Atom | None:
        """A function as an element of a list; None for all else, and where what it holds is not known."""
        raise NotImplementedError

    def unpacked(self, value: Value, node: ast.AST) -> Value | None:
        """The function that an element of a list stands for; None for all else."""
        raise NotImplementedError

    def lifted_by_place(self, target: Closure, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """A nested function as one that takes what it reads as its last arguments."""
        raise NotImplementedError

    def generated_for(
        self, fn: Ref, args: list[Value], node: ast.AST
    ) -> tuple[Source, dict[str, Value], Any] | None:
        """The function that is generated for these arguments, those that it takes, what it was made of."""
        raise NotImplementedError

    def lifted_apart(self, target: Closure, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """The same, where whoever calls it passes its defaults by place."""
        raise NotImplementedError

    def as_closure(self, value: Value, node: ast.AST) -> Closure | None:
        """A method, partial function or callable object of the program as a nested function that calls it."""
        raise NotImplementedError

    def call_transform(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """A call of a derivative."""
        raise NotImplementedError

    def apply(
        self,
        name: str,
        args: list[Value],
        kwargs: dict[str, Value],
        node: ast.AST,
        form: str = "",
        hint: str = "",
    ) -> Value:
        """A call of a function that has a rule."""
        raise NotImplementedError

    def has_rule(self, name: str) -> bool:
        """Whether there is a rule of this name."""
        raise NotImplementedError

    def builtin_method(
        self, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        """A method of an array, list, dict or str."""
        raise NotImplementedError

    def bind_arguments(
        self,
        spec: ast.arguments,
        args: list[Value],
        kwargs: dict[str, Value],
        defaults: list[Value],
        kwdefaults: dict[str, Value],
        node: ast.AST,
        name: str,
    ) -> dict[str, Value]:
        """Parameters and what is passed for them."""
        raise NotImplementedError

    def inline(
        self,
        source: Source,
        node: Any,
        env: dict[str, Value],
        parent: Scope | None,
        frame: object,
        flags: dict[str, int] | None = None,
    ) -> Value:
        """The result of a function's body, lowered in place."""
        raise NotImplementedError

    def iterable(self, node: ast.expr, late: bool = False) -> Any:
        """What a loop over an expression runs over."""
        raise NotImplementedError

    def unseen_generator(self, value: Generator, node: ast.AST | None) -> Value:
        """A generator as an object of the program."""
        raise NotImplementedError

    def function_scope(self, source: Source, node: Any, env: dict[str, Value], parent: Scope | None) -> Scope:
        """A scope for a function's body."""
        raise NotImplementedError

    def function_body(self, node: ast.FunctionDef) -> Value:
        """The value that a body returns."""
        raise NotImplementedError

    def may_keep(self, names: Iterable[str], node: ast.AST) -> None:
        raise AssertionError

    def statements(self, body: list[ast.stmt]) -> None:
        """Lower a block."""
        raise NotImplementedError

    def join_ways(
        self,
        block1: list[Stmt],
        block2: list[Stmt],
        env1: dict[str, Value],
        env2: dict[str, Value],
        cond: Atom,
        outs: list[Any],
        node: ast.AST,
        form: str,
        ends: tuple[dict[int, Value], dict[int, Value]],
        before: int,
    ) -> None:
        """Write a statement of two blocks and bind the names behind it."""
        raise NotImplementedError

    def leave_whole(
        self, block: list[Stmt], last: list[Stmt], env: dict[str, Value], cond: Atom, form: str, node: ast.AST
    ) -> None:
        """Write a statement of one block that always runs."""
        raise NotImplementedError

    def branch(self, cond: Atom, then: Callable[[], None], orelse: Callable[[], None], node: ast.AST) -> None:
        """Two ways of going on."""
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Value, stmt: ast.AST) -> None:
        """Bind or store a value."""
        raise NotImplementedError

    def settled(self, value: Value, stmt: ast.AST | None, hint: str = "") -> Value:
        """A value that gets a name."""
        raise NotImplementedError

    def store(self, base: Value, index: Value, value: Value, op: str, stmt: ast.AST) -> None:
        """`base[index] op= value`."""
        raise NotImplementedError

    def indexed(self, kind: Kind, index: Any, node: ast.AST) -> Kind:
        """The kind of `a[index]`."""
        raise NotImplementedError

    def columns(self, group: Group, node: ast.AST) -> Callable[[Value], Value]:
        """A function from a place that is known at run time to the element there."""
        raise NotImplementedError

    def stored(self, value: Value, stmt: ast.AST) -> Atom:
        """A value that is written into an array."""
        raise NotImplementedError

    def joined(self, parts: list[Value], node: ast.AST, hint: str = "") -> Value:
        """A new list of the elements of lists."""
        raise NotImplementedError

    def repeated(self, xs: Value, count: Value, node: ast.AST, hint: str = "") -> Value:
        """`xs*count`."""
        raise NotImplementedError

    def sliced(self, xs: Value, index: Slice, node: ast.AST, hint: str = "") -> Value:
        """`xs[lo:hi:step]`."""
        raise NotImplementedError

    def list_method(
        self,
        base: Value,
        kind: Kind,
        name: str,
        args: list[Value],
        kwargs: dict[str, Value],
        node: ast.AST,
        hint: str,
    ) -> Value:
        """A method of a list."""
        raise NotImplementedError

    def searched(
        self, xs: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value | None:
        """The methods of lists that order and search them; None for other methods."""
        raise NotImplementedError

    def ordered(self, xs: Value, kwargs: dict[str, Value], node: ast.AST) -> Value:
        """A new list of the elements of a list in order."""
        raise NotImplementedError

    def listed(self, value: Value, node: ast.AST) -> Value:
        """What is iterated as a display or a list."""
        raise NotImplementedError

    def extreme(
        self, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        """`max` and `min` with a key or a default."""
        raise NotImplementedError

    def augment_list(self, xs: Value, op: str, value: Value, node: ast.AST) -> None:
        """`xs += ys` and `xs *= n`."""
        raise NotImplementedError

    def store_slice(self, xs: Atom, index: Slice, value: Value, node: ast.AST) -> None:
        """`xs[lo:hi:step] = ys`."""
        raise NotImplementedError

    def delete_slice(self, xs: Atom, index: Slice, node: ast.AST) -> None:
        """`del xs[lo:hi:step]`."""
        raise NotImplementedError

    def lifted(
        self, target: Closure, env: dict[str, Value], node: ast.AST, name: str
    ) -> tuple[Ref, dict[str, Value]]:
        """A nested function that calls itself, as one that takes what it reads by keyword."""
        raise NotImplementedError

    def _free_of_functions(self, target: Closure, reading: tuple[Any, ...] = ()) -> bool:
        raise NotImplementedError

    def kind_of_parts(self, value: Value) -> Kind:
        """What is known of an argument of a derivative (see `boundary`)."""
        raise NotImplementedError

    def plain(self, value: Value) -> Value:
        """An argument as generated code takes it (see `boundary`)."""
        raise NotImplementedError

    def class_of(self, value: Value) -> type | None:
        """The class of an object or record whose class is known here."""
        raise NotImplementedError

    def replaced(self, value: Value, changes: dict[str, Value], node: ast.AST) -> Value:
        """A record with other values of some fields."""
        raise NotImplementedError

    def copied(self, value: Value, deep: bool, node: ast.AST) -> Value:
        """A copy of an object or container."""
        raise NotImplementedError

    def super_object(self, args: list[Value], node: ast.AST) -> Value:
        """`super()`."""
        raise NotImplementedError

    def class_attribute(
        self, base: Value, cls: type, name: str, node: ast.AST, hint: str, after: type | None = None
    ) -> Value:
        """What a class defines, for one of its objects."""
        raise NotImplementedError

    def set_attribute(self, base: Value, name: str, value: Value, node: ast.AST) -> None:
        """`base.name = value`."""
        raise NotImplementedError

    def each(self, count: Atom, body: Callable[[Var], None], node: ast.AST) -> None:
        """`for i in range(count)` with a body that carries nothing."""
        raise NotImplementedError

    def append(self, xs: Atom, value: Value, node: ast.AST) -> None:
        """`xs.append(value)`."""
        raise NotImplementedError

    def dict_method(
        self, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> Value:
        """A method of a dict."""
        raise NotImplementedError

    def grow(self, xs: Atom, item: Kind) -> None:
        """Let a list's kind hold one more kind of element."""
        raise NotImplementedError


__all__ = ["Interface"]
