"""Random SSA programs: scalars, arrays, views, copies, stores, lists, tapes, branches, loops,
output, exceptions."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    NONE,
    Atom,
    Block,
    Call,
    Carry,
    Comment,
    Const,
    Do,
    For,
    Fresh,
    If,
    Let,
    Out,
    Program,
    Range,
    Ref,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
    Undef,
    Var,
    While,
)


def scale(x: object, y: object) -> object:
    """An unseen function that writes its first argument and returns it."""
    x[...] = x * 0.5 + y  # type: ignore[index,operator]
    return x


def arr(n: int) -> Kind:
    return K.array((n,))


LIST = K.list_of(K.array((4,)))
LIST_OF_FLOATS = K.list_of(K.FLOAT)
LENGTHS = (3, 4)


@dataclass
class Maker:
    """Draws one program; `scopes` are the names that are visible, innermost last, by what they hold."""

    rng: random.Random
    kinds: dict[str, Kind] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)
    scopes: list[dict[str, Kind]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.fresh = Fresh(self.kinds, self.hints)

    # -- names

    def new(self, kind: Kind, hint: str = "") -> str:
        return self.fresh(hint or self.rng.choice(["", "a", "b"]), kind)

    def visible(self, *kinds: Kind) -> list[str]:
        return [n for scope in self.scopes for n, k in scope.items() if k in kinds]

    def pick(self, *kinds: Kind) -> Atom | None:
        names = self.visible(*kinds)
        return Var(self.rng.choice(names[-8:] if self.rng.random() < 0.7 else names)) if names else None

    def let(self, kind: Kind, call: Call, block: list[Stmt], made: bool | None = None) -> Var:
        name = self.new(kind)
        block.append(Let(name, call, made=self.rng.random() < 0.5 if made is None else made))
        self.scopes[-1][name] = kind
        return Var(name)

    # -- expressions

    def scalar(self) -> Atom:
        atom = self.pick(K.FLOAT)
        return (
            atom
            if atom is not None and self.rng.random() < 0.8
            else Const(self.rng.choice([0.0, 0.5, 2.0, -1.0]))
        )

    def scalar_let(self, block: list[Stmt]) -> None:
        rng = self.rng
        kind = rng.choice(["arith"] * 3 + ["div", "sqrt", "item", "sum"])
        if kind == "arith":
            fun = rng.choice(["add", "sub", "mul"])
            self.let(K.FLOAT, Call(fun, (self.scalar(), self.scalar())), block)
        elif kind == "div" and rng.random() < 0.3:
            self.let(K.FLOAT, Call("truediv", (self.scalar(), self.scalar())), block, made=False)
        elif kind == "sqrt" and rng.random() < 0.3:
            self.let(K.FLOAT, Call("math.sqrt", (self.scalar(),)), block, made=False)
        elif kind == "item":
            source = self.array()
            if source is not None:
                item = self.let(K.npscalar(), Call("getitem", (source, Const(rng.choice([0, 1, -1])))), block)
                self.let(K.FLOAT, Call("float", (item,)), block)
        else:
            source = self.array()
            if source is not None:
                total = self.let(K.npscalar(), Call("np.sum", (source,)), block)
                self.let(K.FLOAT, Call("float", (total,)), block)

    def array(self, n: int | None = None) -> Atom | None:
        return self.pick(*(arr(m) for m in (LENGTHS if n is None else (n,))))

    def array_let(self, block: list[Stmt]) -> None:
        rng = self.rng
        n = rng.choice(LENGTHS)
        kind = rng.choice(
            ["arith"] * 3 + ["view"] * 2 + ["copy"] * 2 + ["zeros", "exp", "ravel", "where", "out"]
        )
        source = self.array(n)
        if source is None:
            return
        if kind == "arith":
            other = self.array(n) if rng.random() < 0.6 else self.scalar()
            pair = (source, other) if rng.random() < 0.5 else (other, source)
            self.let(arr(n), Call(rng.choice(["add", "sub", "mul"]), pair), block)
        elif kind == "view":
            long = self.array(4)
            if long is None:
                return
            cut = rng.choice([Slice(Const(1), NONE, NONE), Slice(NONE, Const(-1), NONE)])
            self.let(arr(3), Call("getitem", (long, cut)), block)
        elif kind == "copy":
            self.let(arr(n), Call("copy", (source,), form=".copy"), block)
        elif kind == "zeros":
            self.birth(source, n, block)
        elif kind == "exp":
            self.let(arr(n), Call(rng.choice(["np.tanh", "np.sin"]), (source,)), block)
        elif kind == "ravel":
            self.let(arr(n), Call("np.ravel", (source,)), block)
        elif kind == "where":
            mask = self.let(K.array((n,), "bool"), Call("lt", (source, self.scalar())), block)
            self.let(arr(n), Call("np.where", (mask, source, Const(0.0))), block)
        elif kind == "out":
            target = self.array(n)
            if target is not None:
                self.let(arr(n), Call("np.tanh", (source,), (("out", target),)), block)

    def birth(self, source: Atom, n: int, block: list[Stmt]) -> None:
        rng = self.rng
        first: Atom | None = None
        if rng.random() < 0.5:
            first = self.let(arr(n), Call("mul", (source, self.scalar())), block, made=True)
            self.scopes[-1].pop(first.name) if rng.random() < 0.7 else None
        zeros = self.let(arr(n), Call("np.zeros_like", (source,)), block, made=True)
        if rng.random() < 0.2:
            self.statement(block, 9)
        value = first or (self.scalar() if rng.random() < 0.5 else self.array(n))
        if value is not None and rng.random() < 0.8:
            block.append(Store(zeros, None, value, "add", made=True))

    # -- statements

    def store(self, block: list[Stmt]) -> None:
        rng = self.rng
        base = self.array()
        if not isinstance(base, Var):
            return
        n = self.kinds[base.name].shape[0]  # type: ignore[index]
        index: Atom | None = None
        value: Atom | None = self.array(n) if rng.random() < 0.5 else self.scalar()
        if n == 4 and rng.random() < 0.4:
            index = rng.choice([Slice(Const(1), NONE, NONE), Slice(NONE, Const(-1), NONE)])
            value = self.array(3) if rng.random() < 0.5 else self.scalar()
        elif rng.random() < 0.3:
            index, value = Const(rng.choice([0, 2, -1])), self.scalar()
        if value is not None:
            block.append(Store(base, index, value, rng.choice(["", "add", "mul"]), made=rng.random() < 0.5))

    def lists(self, block: list[Stmt]) -> None:
        rng = self.rng
        kind, item = rng.choice([(LIST, arr(4)), (LIST_OF_FLOATS, K.FLOAT)])
        xs = self.pick(kind)
        if xs is None or rng.random() < 0.2:
            self.let(kind, Call("list", ()), block)
            return
        value = self.pick(item)
        if rng.random() < 0.6 and value is not None:
            block.append(Do(Call("list.append", (xs, value)), made=rng.random() < 0.5))
        elif rng.random() < 0.7:
            self.let(item, Call("getitem", (xs, Const(-1))), block, made=False)
        elif rng.random() < 0.5 and value is not None:
            block.append(Store(xs, Const(0), value, rng.choice(["", "add"])))
        else:
            count = self.let(K.INT, Call("len", (xs,)), block)
            self.let(K.FLOAT, Call("float", (count,)), block)

    def effects(self, block: list[Stmt]) -> None:
        rng = self.rng
        choice = rng.random()
        target = self.array(4)
        if choice < 0.5:
            block.append(Do(Call("print", (self.scalar(), self.array(4) or NONE))))
        elif choice < 0.7:
            test = self.let(K.BOOL, Call("lt", (self.scalar(), Const(50.0))), block)
            block.append(Do(Call("assert", (test, Const("too large")))))
        elif choice < 0.85 and target is not None:
            self.let(arr(4), Call("call", (Ref("scale", scale), target, self.scalar())), block)
        else:
            block.append(Comment("a remark"))

    def tape(self, block: list[Stmt], depth: int) -> None:
        """A loop that appends what it carries, and one that reads it backwards, as the reverse transform makes them."""
        start = self.array(4)
        if start is None:
            return
        tape = self.let(LIST, Call("list", ()), block, made=True)
        twice = self.let(LIST, Call("list", ()), block, made=True) if self.rng.random() < 0.5 else None
        state, out, i = self.new(arr(4)), self.new(arr(4)), self.new(K.INT)
        body: list[Stmt] = []
        self.scopes.append({state: arr(4)})
        by_copy = self.rng.random() < 0.5
        kept = self.let(arr(4), Call("copy", (Var(state),)), body, made=True) if by_copy else Var(state)
        body.append(Do(Call("list.append", (tape, kept)), made=True))
        if twice is not None:
            body.append(Do(Call("list.append", (twice, kept)), made=True))
        self.statements(body, depth + 1, 2)
        following = self.let(arr(4), Call("mul", (Var(state), self.scalar())), body)
        self.scopes.pop()
        trips = Const(self.rng.randrange(4))
        block.append(
            For(i, Range(Const(0), trips, Const(1)), tuple(body), (Carry(state, start, following, out),))
        )
        self.scopes[-1][out] = arr(4)
        if self.rng.random() < 0.3:
            return
        bar, total, j = self.new(arr(4)), self.new(arr(4)), self.new(K.INT)
        self.scopes.append({bar: arr(4)})
        body = []
        item = self.let(arr(4), Call("getitem", (tape, Var(j))), body, made=True)
        again = self.let(arr(4), Call("getitem", (twice or tape, Var(j))), body, made=True)
        product = self.let(arr(4), Call("mul", (item, again)), body, made=True)
        self.statements(body, depth + 1, 2)
        following = self.let(arr(4), Call("add", (product, Var(bar))), body, made=True)
        self.scopes.pop()
        space = Range(Const(trips.value - 1), Const(-1), Const(-1))
        block.append(For(j, space, tuple(body), (Carry(bar, Var(out), following, total),), made=True))
        self.scopes[-1][total] = arr(4)

    def recurrence(self, block: list[Stmt], depth: int) -> None:
        """A loop over elements, as the adjoint of a recurrence: each is read, zeroed and handed to its neighbour."""
        rng = self.rng
        source = self.array(4)
        if source is None:
            return
        bar = self.let(arr(4), Call("mul", (source, Const(2.0))), block, made=True)
        if rng.random() < 0.8:
            del self.scopes[-1][bar.name]
        i = self.new(K.INT)
        body: list[Stmt] = []
        self.scopes.append({})
        low = rng.choice([1, 1, 0, -2])
        item = self.let(K.npscalar(), Call("getitem", (bar, Var(i))), body, made=True)
        zero = Store(bar, Var(i), Const(0.0), made=True)
        body.append(zero)
        before = self.let(K.INT, Call("sub", (Var(i), Const(1))), body, made=True)
        if rng.random() < 0.3:
            self.let(K.npscalar(), Call("getitem", (bar, rng.choice([Var(i), before]))), body, made=True)
        scaled = self.let(K.npscalar(), Call("mul", (item, self.scalar())), body, made=True)
        body.append(Store(bar, rng.choice([before, before, Var(i)]), scaled, "add", made=True))
        self.statements(body, depth + 1, 2)
        body.append(Do(Call("print", (rng.choice([item, scaled]),))))
        self.scopes.pop()
        down = rng.random() < 0.7
        space = Range(Const(3), Const(low - 1), Const(-1)) if down else Range(Const(low), Const(4), Const(1))
        block.append(For(i, space, tuple(body), made=True))

    def branch(self, block: list[Stmt], depth: int) -> None:
        cond = self.let(K.BOOL, Call("lt", (self.scalar(), self.scalar())), block)
        kinds = [self.rng.choice([K.FLOAT, arr(4), arr(3), LIST]) for _ in range(self.rng.randrange(3))]
        parts: list[tuple[Block, list[Atom]]] = []
        for _ in range(2):
            body: list[Stmt] = []
            self.scopes.append({})
            self.statements(body, depth + 1, 3)
            parts.append((tuple(body), [self.pick(k) or Undef() for k in kinds]))
            self.scopes.pop()
        outs = []
        for kind, then, orelse in zip(kinds, parts[0][1], parts[1][1], strict=True):
            if not isinstance(then, Undef) and not isinstance(orelse, Undef):
                name = self.new(kind)
                outs.append(Out(name, then, orelse))
                self.scopes[-1][name] = kind
        block.append(If(cond, parts[0][0], parts[1][0], tuple(outs)))

    def loop(self, block: list[Stmt], depth: int) -> None:
        rng = self.rng
        kinds = [rng.choice([K.FLOAT, arr(4), arr(4), arr(3), LIST]) for _ in range(rng.randrange(4))]
        inits = [(k, self.pick(k)) for k in kinds]
        carried = [(self.new(k), self.new(k), k, init) for k, init in inits if init is not None]
        rows = self.array(4)
        self.scopes.append({name: k for name, _, k, _ in carried})
        body: list[Stmt] = []
        head: list[Stmt] = []
        while_ = rng.random() < 0.3
        count = self.new(K.INT)
        if while_:
            self.statements(head, depth + 1, 1)
            cond = self.let(K.BOOL, Call("lt", (Var(count), Const(rng.randrange(3)))), head)
        elif rows is not None and rng.random() < 0.3:
            self.scopes[-1][count] = self.kinds[count] = arr(4)
        self.statements(body, depth + 1, 4)
        stop = None
        if rng.random() < 0.2:
            stop = self.let(K.BOOL, Call("gt", (self.scalar(), self.scalar())), body)
        names = self.scopes[-1]
        made: list[Carry] = []
        for name, out, kind, init in carried:
            shuffle = rng.random()
            following = Var(name) if shuffle < 0.2 else self.pick(kind) or Var(name)
            made.append(Carry(name, init, following, out))
        if while_:
            more = self.let(K.INT, Call("add", (Var(count), Const(1))), body)
            made.append(Carry(count, Const(0), more, self.new(K.INT)))
        self.scopes.pop()
        space = (
            Tuple((rows, self.array(4) or rows))
            if rows is not None and names.get(count) == arr(4)
            else Range(Const(0), Const(rng.randrange(4)), Const(1))
        )
        if while_:
            block.append(While(tuple(head), cond, tuple(body), tuple(made), stop, made=rng.random() < 0.5))
        else:
            block.append(For(count, space, tuple(body), tuple(made), stop, made=rng.random() < 0.3))
        self.scopes[-1].update((out, kind) for _, out, kind, _ in carried)

    def statement(self, block: list[Stmt], depth: int) -> None:
        rng = self.rng
        draw = rng.random()
        if draw < 0.2:
            self.scalar_let(block)
        elif draw < 0.55:
            self.array_let(block)
        elif draw < 0.73:
            self.store(block)
        elif draw < 0.82:
            self.lists(block)
        elif draw < 0.86:
            self.effects(block)
        elif depth < 3:
            rng.choice([self.branch, self.loop, self.loop, self.tape, self.recurrence])(block, depth)

    def statements(self, block: list[Stmt], depth: int, most: int) -> None:
        for _ in range(self.rng.randint(1, most)):
            self.statement(block, depth)


def draw(seed: int, size: int = 14) -> Program:
    """The random program of a seed: parameters are two arrays and two floats, some arrays copied on entry."""
    maker = Maker(random.Random(seed))
    params = tuple(maker.new(k, h) for k, h in [(arr(4), "u"), (arr(3), "v"), (K.FLOAT, "k"), (K.FLOAT, "m")])
    maker.scopes.append({p: maker.kinds[p] for p in params})
    body: list[Stmt] = []
    for p in params[:2]:
        if maker.rng.random() < 0.7:
            del maker.scopes[0][p]
            maker.let(maker.kinds[p], Call("copy", (Var(p),), form=".copy K"), body, made=True)
    for at in range(size):
        if at == size // 2:
            body.append(Comment("backward"))
        maker.statement(body, 0)
    result = [maker.pick(k) for k in (arr(4), arr(3), K.FLOAT, arr(4), LIST)]
    body.append(Return(Tuple(tuple(a or Const(0) for a in result[: maker.rng.randint(1, 5)]))))
    return Program("f", params, tuple(body), maker.kinds, maker.hints)
