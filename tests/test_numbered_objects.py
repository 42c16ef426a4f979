"""Objects of which only the program knows which is which: linked, in lists of unknown length, chosen by branches."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class Node:
    def __init__(self, v, nxt=None):
        self.v, self.next = v, nxt


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right


@dataclass
class Particle:
    x: float
    v: float = 1.0

    @property
    def energy(self):
        return self.x**2 + self.v

    @energy.setter
    def energy(self, e):
        self.x = e*0.5

    def kick(self, d):
        self.v = self.v + d
        return self


class Bank:
    def __init__(self, ps):
        self.ps = ps

    def step(self):
        for p in self.ps:
            p.v = p.v*0.9 + p.x


class Account:
    def __init__(self, opt=None):
        self.total = 0.0
        self.items = []
        self.opt = opt
        self.f = np.sin

    def add(self, v):
        self.total += self.f(v)
        self.items.append(v)


class Empty:
    pass


def some(x, c, n):
    ps = []
    for i in range(n):
        ps.append(Particle(x[i % 3], c[i % 3]))
    return ps


# ---- links


def list_made_in_a_loop(x, c):
    head = None
    for i in range(len(x)):
        head = Node(x[i], head)
    s = 0.0
    node = head
    while node is not None:
        s = s*c[0] + node.v
        node = node.next
    return s


def list_that_is_written(x, c):
    head = Node(x[0], Node(x[1], Node(x[2])))
    node = head
    while node:
        node.v = node.v*c[1]
        node = node.next
    s = 1.0
    node = head
    while node is not None:
        s *= node.v
        node = node.next
    return s


def list_reversed_in_place(x, c):
    head = tail = None
    for v in x:
        node = Node(v)
        if head is None:
            head = tail = node
        else:
            tail.next = node
            tail = node
    before, at = None, head
    while at is not None:
        behind = at.next
        at.next = before
        before, at = at, behind
    s = 0.0
    while before:
        s = s*c[0] + before.v
        before = before.next
    return s


def tree_by_a_stack(x, c):
    stack = [Tree(x[0], Tree(x[1]*c[0]), Tree(c[1], Tree(x[2])))]
    s = 0.0
    while stack:
        tree = stack.pop()
        s += tree.value**2
        if tree.left is not None:
            stack.append(tree.left)
        if tree.right is not None:
            stack.append(tree.right)
    return s


def ring(x, c):
    nodes = [Node(x[i]) for i in range(len(x))]
    for i, node in enumerate(nodes):
        node.next = nodes[(i + 1) % 3]
    node, s = nodes[0], 0.0
    for _ in range(7):
        s = s*0.5 + node.v*c[0]
        node = node.next
    return s


def inserted(root, v):
    if root is None:
        return Tree(v)
    at = root
    while True:
        if v < at.value:
            if at.left is None:
                at.left = Tree(v)
                return root
            at = at.left
        else:
            if at.right is None:
                at.right = Tree(v)
                return root
            at = at.right


def depth(tree):
    return 0 if tree is None else 1 + max(depth(tree.left), depth(tree.right))


def product(tree, k):
    return 1.0 if tree is None else tree.value*k*product(tree.left, k)*product(tree.right, k)


def tree_walked_by_recursion(x, c):
    root = None
    for v in x*c:
        root = inserted(root, v)
    return product(root, c[0])*depth(root)


# ---- lists


def particles_of_a_comprehension(x, c):
    ps = [Particle(a, b) for a, b in zip(x, c, strict=True)]
    for p in ps:
        p.v += p.x**2
    return sum(p.v for p in ps)


def particles_that_attract(x, c):
    ps = some(x, c, len(x))
    for _ in range(3):
        for i, p in enumerate(ps):
            force = 0.0
            for j, q in enumerate(ps):
                if i != j:
                    force += q.x - p.x
            p.v += 0.1*force
        for p in ps:
            p.x += 0.1*p.v
    return sum(p.energy for p in ps)


def number_known_at_run_time(x, c):
    ps = some(x, c, int(np.sum(c) + 3))
    for p in ps:
        p.kick(p.x).kick(c[0])
    s = 0.0
    for p in ps:
        s += p.v*p.x
        p.energy = s
    return s + ps[-1].x


def no_particle(x, c):
    ps = some(x, c, int(c[0]*0.1))
    for p in ps:
        p.v += p.x
    return np.sum(x) + sum(p.v for p in ps)


def swapped_in_a_list(x, c):
    ps = [Particle(v, v*2) for v in x*c]
    ps[0], ps[2] = ps[2], ps[0]
    ps[0].v = 7.0*x[0]
    first, *rest = ps
    return sum(p.energy*(i + 1) for i, p in enumerate(ps)) + rest[0].v*first.x


def lists_of_lists(x, c):
    grid = [[Particle(x[i]*c[j], x[j]) for j in range(len(c))] for i in range(len(x))]
    for row in grid:
        for p in row:
            p.v += p.x
    return sum(p.v*p.x for row in grid for p in row)


def held_by_an_object(x, c):
    bank = Bank([Particle(a, d) for a, d in zip(x, c, strict=True)])
    for _ in range(3):
        bank.step()
    return sum(p.energy for p in bank.ps)


def objects_with_lists_and_functions(x, c):
    accounts = [Account({"k": v, "s": "name"}) for v in x]
    for i, a in enumerate(accounts):
        for v in x[:i + 1]:
            a.add(v*c[i])
    return sum(a.total*len(a.items) + sum(a.items)*a.opt["k"] for a in accounts)


def popped(x, c):
    ps = some(x, c, len(x))
    while len(ps) > 1:
        p = ps.pop()
        ps[-1].v = ps[-1].v + p.v*p.x
    return ps[0].v


def largest(x, c):
    ps = some(x, c, len(x))
    best = max(ps, key=lambda p: p.x)
    best.v *= 2
    least = None
    for p in ps:
        if least is None or p.x < least.x:
            least = p
    least.v = least.v*3
    return sum(p.energy for p in ps)


def sorted_by_a_key(x, c):
    ps = some(x, c, len(x))
    ordered = sorted(ps, key=lambda p: -p.x)
    ordered[0].v = 3.0
    return sum(p.energy for p in ps) + ordered[0].energy*ordered[1].v


def seen_before(x, c):
    ps = some(x, c, len(x))
    seen = []
    for p in [*ps, *ps]:
        if not any(p is q for q in seen):
            seen.append(p)
            p.kick(x[0])
    return sum(p.v for p in seen)


# ---- one of several


def one_of_two_that_turn(x, c):
    p, q = Node(x, c), Node(c, x)
    for i in range(3):
        r = p if i % 2 else q
        r.v = r.v*1.1 + r.next
    return np.sum(p.v*q.next) + np.sum(q.v*p.next**2)


def arrays_written_in_place(x, c):
    a = Node(x.copy())
    b = Node(c.copy(), a)
    n = b if c[0] > 0 else a
    n.v *= 2.0
    n.v[0] = 3*x[1]
    w = n.v
    n.next.v[1:] += w[1:]
    return np.sum(a.v*b.v**2)


def one_array_in_two_objects(x, c):
    y = x.copy()
    a = Node(y)
    b = Node(y, a)
    n = b if c[0] > 0 else a
    n.v *= 2.0
    b.v[0] = c[0]
    return np.sum(a.v**3)


def copies_are_others(x, c):
    ps = some(x, c, len(x))
    ps[1].kick(x[0])
    q = copy.copy(ps[0])
    q.v = 5.0
    r = replace(ps[1], v=3.0)
    return ps[0].energy + q.energy + r.energy + (ps[1].v if ps[1] == r else ps[2].v)


def attributes_set_from_outside(x, c):
    e, f = Empty(), Empty()
    e.a, f.a = x, c
    g = e if c[0] > 0 else f
    g.a = g.a*2
    return np.sum(e.a*f.a**2)


# ---- one of several classes


class Shape:
    scale = 1.0

    def __init__(self, size):
        self.size = size

    def area(self):
        return self.size**2*self.scale

    def grow(self, k):
        self.size = self.size*k


class Square(Shape):
    corners = 4.0


class Disc(Shape):
    scale = 3.0
    corners = 0.0

    def __init__(self, size, hole):
        super().__init__(size)
        self.hole = hole

    def area(self):
        return super().area() - self.hole**2

    @property
    def rim(self):
        return self.size - self.hole


def chosen_class(x, c):
    shape = Square(x[0]) if c[0] > 0 else Disc(x[0], c[0])
    shape.grow(c[1])
    return shape.area()


def shapes_in_a_list(x, c):
    shapes = []
    for i in range(len(x)):
        if i % 2:
            shapes.append(Square(x[i]))
        else:
            shapes.append(Disc(x[i], c[i]*0.5))
    for shape in shapes:
        shape.grow(c[0])
    total = sum(s.area()*s.scale for s in shapes)
    for shape in shapes:
        if isinstance(shape, Disc):
            total += shape.rim
        total += shape.corners*x[0]
    return total


PROGRAMS = [
    list_made_in_a_loop, list_that_is_written, list_reversed_in_place, tree_by_a_stack, ring,
    tree_walked_by_recursion,
    particles_of_a_comprehension, particles_that_attract, number_known_at_run_time, no_particle, swapped_in_a_list,
    lists_of_lists, held_by_an_object, objects_with_lists_and_functions, popped, largest, sorted_by_a_key,
    seen_before, one_of_two_that_turn, arrays_written_in_place, one_array_in_two_objects, copies_are_others,
    attributes_set_from_outside, chosen_class, shapes_in_a_list,
]  # fmt: skip


ONCE = [
    objects_with_lists_and_functions,  # cotangents of dicts in lists
    attributes_set_from_outside,  # cotangents of lists that hold None at first
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_numbered(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)


@pytest.mark.parametrize("f", [f for f in PROGRAMS if f not in ONCE], ids=lambda f: f.__name__)
def test_numbered_twice(f):
    check(twice(f), (X, C), pullbacks=False, probes=1)


def test_each_attribute_is_a_list():
    text = s2sad.grad(list_made_in_a_loop).source_for(X, C)
    assert "node = len(node_v)\n        node_v.append(v)\n        node_next.append(head)" in text
    assert "node_v_bar[nodes[i]] += s_bar" in text


def printed(x, c):
    ps = some(x, c, len(x))
    ps[0].v = 2.0
    print(ps[0])
    return ps[0].energy


def formatted(x, c):
    ps = some(x, c, len(x))
    ps[0].v = 2.0
    return ps[0].energy if f"{ps[0]}" else 0.0


def stopped(x, c):
    ps = some(x, c, len(x))
    ps[0].v = 2.0
    return s2sad.stop_gradient(ps[0]).energy


def used_as_a_number(x, c):
    nodes = [Node(v) for v in x]
    nodes[0].v = c[0]
    try:
        return nodes[1] + 1.0
    except TypeError:
        return 0.0


@pytest.mark.parametrize("f", [printed, formatted, stopped, used_as_a_number], ids=lambda f: f.__name__)
def test_an_object_is_not_its_number(f):
    with pytest.raises(s2sad.UnsupportedError, match="that is made here is used as a whole; use its fields"):
        s2sad.grad(f)(X, C)


def test_an_object_that_is_numbered_is_returned():
    def f(x, c):
        node = Node(x[0])
        other = Node(x[1])
        one = node if c[0] > 0 else other
        one.v = one.v*2
        return one

    out, pullback = s2sad.vjp(f, X, C)
    assert type(out) is Node and out.v == 2*X[0] and out.next is None
    ct = Node(1.0)
    np.testing.assert_array_equal(pullback(ct)[0], [2.0, 0.0, 0.0])


def test_linked_objects_are_not_returned():
    def f(x, c):
        node = Node(x[0])
        other = Node(x[1], node)
        one = node if c[0] > 0 else other
        one.v = one.v*2
        return one

    with pytest.raises(s2sad.UnsupportedError, match="a Node that is made here is used as a whole"):
        s2sad.vjp(f, X, C)


def test_an_attribute_of_none_raises():
    def f(x, c):
        node = None
        for i in range(3):
            node = Node(x[i], node)
        for _ in range(4):
            node = node.next
        return node.v

    with pytest.raises((AttributeError, TypeError)):
        s2sad.grad(f)(X, C)


class Row:
    def __init__(self, u):
        self.u = u

    def __len__(self):
        return len(self.u)

    def __getitem__(self, i):
        return self.u[i]


def an_array_or_an_object(x, n):
    v = x*2.0
    if n == 1:
        v = Row(x)
    return np.sum(v)*1.3 + x[0]


def an_object_after_a_trip(x, n):
    v, total = x, 0.0
    for i in range(n):
        total += np.sum(v)
        v = Row(x) if i == 0 else x
    return total*x[0]


def an_object_in_a_tuple(x, n):
    t = (x, 1.0)
    if n:
        t = (Row(x), 2.0)
    return np.sum(t[0])*t[1]


def an_object_in_an_object(x, n):
    row = Row(x)
    if n:
        row.u = Row(x)
    return np.sum(row.u)


@pytest.mark.parametrize(
    "f", [an_array_or_an_object, an_object_after_a_trip, an_object_in_a_tuple, an_object_in_an_object]
)
def test_an_object_on_one_path_only(f):
    """What was summed was the number of the object."""
    with pytest.raises(s2sad.UnsupportedError, match="is a Row on one path, and something else on another"):
        s2sad.grad(f)(np.array([0.1, 0.4, 0.6]), 1)


def test_an_object_on_one_path_that_is_not_read_behind_it():
    def f(x, n):
        v = Row(x)
        s = v.u[0]*x[1]
        if n:
            v = x*2.0
            s += np.sum(v)
        return s

    for n in (0, 1):
        check(f, (np.array([0.1, 0.4, 0.6]), n))


class Factor:
    def __mul__(self, other):
        return Both(self, other)

    __rmul__ = __mul__


class Bump(Factor):
    def __init__(self, width):
        self.width = width

    def at(self, x):
        return np.exp(-x*x/self.width) if isinstance(self, Bump) else 0.0*x


class Both(Factor):
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def at(self, x):
        scale = self.right.at(x) if isinstance(self.right, Factor) else self.right
        return self.left.at(x)*scale if isinstance(self, Both) and not isinstance(self, Bump) else 0.0*x


def test_operators_of_objects_of_several_classes():
    def products(x, c):
        made = Bump(c[0])
        for v in c:
            made = made*Bump(v)
        return np.sum(made.at(x))

    def of_numpy_scalars(x, c):  # an element of an array is asked first, and gives way
        return np.sum((c[0]*Bump(c[1])).at(x) + (Bump(c[2])*c[1]).at(x))

    check(products, (X, C))
    check(of_numpy_scalars, (X, C))
