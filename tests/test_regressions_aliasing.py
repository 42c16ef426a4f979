"""Bugs that were found once, each as a test: two names for one array, views, and what is written through them."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from support import check, check_vjp, clone

X = np.array([0.5, 0.7, 1.1, 0.9])
Y = np.array([0.3, -0.4, 0.8, 0.6])
M = np.array([[1.0, 0.2], [0.3, 2.0]])


def five() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.uniform(0.5, 1.5, 5), rng.uniform(0.5, 1.5, 5)


def alias_of_a_number(x, c):
    y = x
    k = 0
    while k < 3:
        y = y*x + 0.1
        k += 1
    return y*y + x*c


@pytest.mark.parametrize("kind", [float, np.float64, np.array], ids=["float", "scalar", "0-d"])
def test_alias_made_before_a_loop_that_reads_both_names(kind):
    """`y = x` before a loop that reads x too: the cotangent of x was replaced by that of y."""
    check(alias_of_a_number, (kind(0.75), kind(0.9)))
    assert s2sad.grad(lambda x: alias_of_a_number(x, 0.0))(1.0) == pytest.approx(2*1.3*4.3)


def recomputed_in_a_loop(x):
    u = x
    for _ in range(3):
        u = x*u[1]
    x *= np.cumsum(x)
    return np.sum(u*x)


def popped_and_written(x):
    stack = [x]
    for i in range(3):
        stack.append(stack[-1]*x[i])
    s = 0.0
    while stack:
        t = stack.pop()
        t += 0.5
        s = s + np.sum(t*t)
    return s


@pytest.mark.parametrize("fun", [recomputed_in_a_loop, popped_and_written])
def test_recomputing_loses_identity(fun):
    """An array whose shadow is found by address was computed again in the reverse sweep, as another array."""
    check(fun, (X,))


def doubled_eigenvalues(m):
    w, _ = np.linalg.eigh(m + m.T)
    w *= 2
    return np.sum(w*w)


def written_mesh(m):
    a, b = np.meshgrid(m[0], m[1])
    a *= b
    return np.sum(a*a)


def written_svd(m):
    _, s, _ = np.linalg.svd(m, full_matrices=False)
    s[0] *= s[1]
    return np.sum(s*s)


@pytest.mark.parametrize("fun", [doubled_eigenvalues, written_mesh, written_svd])
def test_written_part_of_a_tuple_result(fun):
    """A part of a function's tuple that is written afterwards: the cotangent of the call was dropped."""
    check(fun, (M,))


def written_einsum(m):
    e = np.einsum("ij,kj->ik", m, m)
    e[0] *= e[1]
    return np.sum(e)


def einsum_diagonal(m):
    d = np.einsum("ii->i", m)
    d *= 2.0
    return np.sum(m*m)


def sum_of_slices(m):
    z = np.einsum("i...->...", m)  # of an unknown rank: an array or a number
    m[0, 0] = z[1]*2.0
    return np.sum(np.real(z)*z)


def slices_beside(m):
    z = np.einsum("...->...", m)
    m[0, 0] = 3.0
    return np.sum(np.real(z)*z)


@pytest.mark.parametrize("fun", [written_einsum, einsum_diagonal, sum_of_slices, slices_beside])
def test_written_einsum(fun):
    """The source of a result that may be a view was sought in the subscripts: the cotangent was dropped."""
    check(fun, (M,))


def diagonal_of_written(m, c):
    d = np.diagonal(m)
    e = np.sum(d*d)
    m *= c
    return e + np.sum(m)


def broadcast_of_written(x):
    x *= 3.0
    v = np.broadcast_to(x, (4, x.size))
    return np.sum(v*v)


def test_read_only_views():
    """np.diagonal and np.broadcast_to of a written array: the shadow was added to through a read-only view."""
    (g, _) = check(diagonal_of_written, (np.array([[1.0, 2.0], [3.0, 4.0]]), 2.0))
    assert g.tolist() == [[4.0, 2.0], [2.0, 10.0]]
    assert check(broadcast_of_written, (np.array([1.0, 2.0]),))[0].tolist() == [72.0, 144.0]


def conj_of_slice(x):
    z = x*(1 + 2j)
    y = z[1:]*2
    q = x*z
    return np.sum(np.abs(y)**2) + np.sum(np.abs(q))


def conj_of_whole(x):
    z = x*(1 + 2j)
    y = z*2
    return np.sum(np.abs(y)) + np.sum(np.abs(x*z))


@pytest.mark.parametrize("fun", [conj_of_slice, conj_of_whole])
def test_conj_of_a_written_cotangent(fun):
    """conj(conj(t)) was taken for t although the inner result had been added to in place since."""
    check(fun, (X,))


def rotated(x, c):
    u, v = x, c*1.0
    for _ in range(3):
        v *= 0.5*u
        u, v = v, u
    y = u + 2.0*v
    return np.sum(y*y) + np.sum(x*c)


def test_rotated_names_that_are_written():
    """Names that swap arrays in a loop and are written: right for arrays of rank 1 (rank 0 is refused)."""
    check(rotated, (X, Y))
    check(rotated, (X[:1], Y[:1]))


def view_of_swapped(x, c, n):
    total = 0.0
    for i in range(n):
        u, v = x*1.0, c*1.0
        for _ in range(3):
            t = u[1:]
            t += 0.3*v[:-1]
            u, v = v, u
        y = u*v + t[0]
        total = total + np.sum(y*y)/(i + 1)
    return total + np.sum(x*c)


def test_view_of_swapped_names():
    """A view of names that swap arrays: freed arrays' addresses came back with other strides."""
    check(view_of_swapped, (X, Y, 3))
    transform = s2sad.grad(view_of_swapped, (0, 1))
    first = transform(X, Y, 3)
    for _ in range(20):  # the heap decides which addresses come back
        for a, b in zip(transform(X, Y, 3), first, strict=True):
            assert a.tobytes() == b.tobytes()


def write_after_return(x, c):
    if np.sum(x) > 1e3:
        return np.sum(x*x)*3.0
    x[0] = x[-1]*c[0]
    return np.sum(x*x*c)


@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_write_into_an_argument_after_an_early_return(scale):
    """A write behind a return: the copy that it needs was unbound where the function had returned."""
    check(write_after_return, (X*scale, np.ones(4)))


def summed(m):
    m *= 1.1
    return np.sum(m)


def multiplied(m, v):
    m *= 1.1
    return np.sum(m @ v)


def test_value_bits_of_strided_arguments():
    """A written argument that is strided was copied into a contiguous array, whose sums round differently."""
    for seed in range(12):
        rng = np.random.default_rng(seed)
        m, v = rng.uniform(size=(40, 40))[::-2, 1:], rng.uniform(size=39)
        assert s2sad.value_and_grad(summed)(m)[0] == summed(*clone((m,)))
        assert s2sad.value_and_grad(multiplied)(m, v)[0] == multiplied(*clone((m, v)))


def scaled_by_0d(v, s):
    t = v[0]
    for _ in range(3):
        v *= t
    return np.sum(v) + s*t


def test_scalar_cotangent_that_is_a_0d_argument():
    """The cotangent of a number was the caller's 0-d array itself, and was added to in place."""
    v, s = np.array([0.5, 0.6]), np.array(0.7)
    transform = s2sad.grad(scaled_by_0d, (0, 1))
    first, second = transform(v, s), transform(v, s)
    assert s == 0.7 and first[0].tolist() == second[0].tolist()
    check(scaled_by_0d, (v, s))


def rebound_while_alias_is_subtracted(x, y, s, n):
    v = y
    for _ in range(2):
        v -= v*s
        y = 0.4*x
    return np.sum(np.sin(v)) + y[0]


def rebound_then_written_through_alias(x, y, s, n):
    w = x
    for _ in range(n):
        x = 0.4*w*y
    np.subtract(x, w, out=w)
    return np.sum(np.sin(w))


def rebound_beside_views(x, y, s, n):
    v = y
    w = x[:]
    for _ in range(3, 0, -1):
        for _ in range(n):
            x = 0.4*v[::-1]*x[::-1]
        for _ in range(n, 0, -2):
            u = w[::-1]
    k2 = 0
    while k2 < 2:
        x[0] = s*x[-1]
        x[1:] += 0.3*x[:-1]
        k2 += 1
    return np.sum(u*x) + np.sum(np.sin(y)) + s*s + s


def pick(a, b, s):
    if s > 0.4:
        return a
    return b


def rebound_then_picked(x, y, s, n):
    u = 0.4*y[::-1]*x[::-1]
    v = x[::-1] + 0.4*x[::-1]*y[::-1]
    w = np.tanh(0.4*x[::-1]*x)
    for _ in range(2):
        for _ in range(3, 0, -1):
            x = 0.4*v[::-1]*w
    w = pick(x, w, s)
    x *= 0.5
    return np.sum(y*w) + np.sum(np.sin(u)) + s*s + s


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("fun", [
    rebound_while_alias_is_subtracted, rebound_then_written_through_alias, rebound_beside_views, rebound_then_picked,
])
def test_name_rebound_in_a_loop_beside_a_written_alias(fun, n):
    """A name that a loop binds anew, while its former array is written by another name: cotangents were mixed."""
    check(fun, (*five(), 0.7, n))


def chosen_after_a_loop(x, y, s, n):
    w = x[:]
    for _ in range(3, 0, -1):
        u = w
    t2 = 0.5*s + 0.2
    for _ in range(3):
        k3 = 0
        while k3 < 1:
            k3 += 1
            v = 0.4*w*x
        w = u if t2 < 0.61 else v
    np.multiply(y[::-1], v[::-1], out=v)
    return np.sum(w*v) + np.sum(np.sin(y)) + s*s + w[-1]


def level(a, s):
    t = 0.1 + s*s
    while t < 1.0:
        t = t*1.5 + 0.1
        if np.sum(a) > 3.0:
            return t
    return t + np.sum(a)


def rotated_in_a_branch(x, y, s, n):
    v = 0.5*y
    w = x[:]
    k1 = 0
    while k1 < 2:
        k1 += 1
        u = 0.4*v[::-1]*y[::-1]
        for _ in range(3):
            np.add(x, w[::-1], out=y)
    w, y, u = y, u, w
    if n > 1:
        pass
    else:
        v, u, y = u, y, v
    np.multiply(y[::-1], v[::-1], out=x)
    return np.sum(y*u) + np.sum(np.sin(w)) + s*s + np.tanh(level(u, s))


def written_in_one_branch(x, y, s, n):
    v = 1.2*x[::-1]
    for _ in range(1, 4):
        u = 1.2*y[::-1]
        if n > 1:
            pass
        else:
            w = 0.4*u*u[::-1]
    if n > 0:
        for _ in range(2):
            w = w  # noqa: PLW0127
    else:
        for _ in range(3, 0, -1):
            w[::2] += np.tanh(0.3*v[2:])
    return np.sum(y*w) + np.sum(np.sin(u)) + s*s + 0.2*np.sum(w)


@pytest.mark.parametrize("fun, s, n", [
    (chosen_after_a_loop, 0.87, 1), (chosen_after_a_loop, 0.6, 1), (rotated_in_a_branch, 0.56, 2),
    (rotated_in_a_branch, 0.56, 1), (written_in_one_branch, 0.83, 0), (written_in_one_branch, 0.83, 1),
])
def test_array_chosen_on_a_path_and_written(fun, s, n):
    """Which array a name stands for depends on the path: a write then reached the cotangent of the wrong one."""
    x, y = np.array([0.37, -0.69, 0.69, -0.13, 0.84]), np.array([-0.47, -0.81, 0.93, -0.02, 0.61])
    check(fun, (x, y, s, n))


def scaled(x, y):
    x *= 2.0
    return np.sum(x*y)


def test_overlapping_arguments_are_refused():
    """Two arguments in one memory, one of them written: a number came back."""
    x = np.array([1.0, 2.0, 3.0])
    for a, b in ((x, x), (x[1:], x[:-1])):
        with pytest.raises(s2sad.UnsupportedError, match=r"\.py:\d+:\d+: .*shares memory with y; pass a copy of one"):
            s2sad.grad(scaled)(a, b)
    assert s2sad.grad(scaled)(x, x.copy()).tolist() == [2.0, 4.0, 6.0]


def sine_into(x):
    v = np.zeros(4)
    np.add.at(v, [0, 0, 2], x[:3])
    np.copyto(x, x*v)
    return np.sum(x*x)


def test_functions_that_write_into_an_argument():
    """np.add.at and np.copyto had no rule, though each is a plain store."""
    check(sine_into, (X,))
    check_vjp(lambda w: np.add.at(w, [0, 2, 0], 0.5) or w*w, (X,))


def aliased_and_carried(x, c, n):
    y = x*1.0
    for _ in range(2):
        for j in range(n):
            if j == 1:
                v = y
                y = v
    v[1] += 0.5*v[0]
    return np.sum(y*c)


def aliased_at_the_end_of_a_branch(x, c, n):
    if n > 1:
        v = x*1.0
        if n > 2:
            w = v
        else:
            w = c*2.0
    else:
        v = c*1.0
        w = x*1.0
    v[1] *= w[0]
    w[2] *= v[1]
    return np.sum(v*c) + np.sum(w*x)


def lists_at_the_end_of_a_branch(x, c, n):
    if n > 1:
        v = [x[0], x[1]]
        if n > 2:
            w = v
        else:
            w = [c[0], c[1]]
    else:
        v = [c[1], c[0]]
        w = [x[1], x[0]]
    v[1] *= w[0]
    w[0] *= v[1]
    return v[0]*c[2] + v[1]*x[2] + w[0]*x[3] + w[1]


@pytest.mark.parametrize("fun", [aliased_and_carried, aliased_at_the_end_of_a_branch, lists_at_the_end_of_a_branch])
@pytest.mark.parametrize("n", [2, 3])
def test_a_second_name_that_leaves_a_branch_beside_the_first(fun, n):
    """What leaves a block was not counted as used behind its last statement: two names got two shadows."""
    check(fun, (X, Y, n))


def conj_of_a_real_array(x, c):
    v = x.conj()
    w = c.conjugate()
    x[0] *= 2.0
    w[1] += x[0]
    return np.sum(v*v*c)


def test_the_method_conj_of_a_real_array_is_the_array_itself():
    """What was written through one of the names did not reach the other: np.conj makes a new array, the method does not."""
    check(conj_of_a_real_array, (X, Y))
    check(lambda z: np.sum(z.conj()*z).real, (X + 1j*Y,))
    check(lambda s, c: s.conjugate()*c.conj(), (0.5, np.float64(0.7)))


def sign_of_the_first_trip(x, y):
    w = np.cos(x)
    s = x*1.0
    for _ in range(2):
        s = s + w
        w[0] *= 3.0
    return np.sum(s*y)


def sign_under_another_name(x, y):
    w = -np.sin(x)
    v = x*1.0
    if x[0] > -9.0:
        v = w
    v[0] *= 3.0
    return np.sum((y + w)*x)


def sign_of_what_is_written_later(x, y):
    v = x*y
    w = -v
    y[0] = 5.0
    u = -y
    v[0] = 5.0
    y[1] = 2.0
    return np.sum((x + w)*v) + np.sum((x - u)*y)


@pytest.mark.parametrize("fun", [sign_of_the_first_trip, sign_under_another_name, sign_of_what_is_written_later])
def test_signs_are_not_taken_from_what_is_written(fun):
    """Forward mode wrote `s + (-t)` as `s - t`, where -t or t had been written since."""
    check(fun, (X, Y))


def made_twice(x, c):
    v = x*2.0
    w = x*2.0
    both = [v, w]
    v[:-1] *= 0.8*v[1:]
    return np.sum(w*c) + np.sum(both[1])


def made_twice_and_chosen(x, c):
    v = np.sin(x)
    w = np.sin(x)
    u = v if c[0] > 0.0 else w
    u[1:] *= v[:-1]
    return np.sum(w*c) + np.sum(v[0]*v[1]*c)


@pytest.mark.parametrize("fun", [made_twice, made_twice_and_chosen])
def test_equal_arrays_have_shadows_of_their_own(fun):
    """The write of one was dropped as dead, and then both were taken for one where shadows are found by address."""
    check(fun, (X, Y))
    check(fun, (X, -Y))


HELD = np.arange(6.0) + 1


def array_or_captured(x):
    buf = np.zeros(6)
    buf[:3] = x[:3]**2
    z = buf if x[0] > 0 else HELD
    v = z[1:4]
    return np.sum(v**2)*x[1] + np.sum(z**3)


def array_or_captured_written_after(x):
    buf = np.zeros(6)
    buf[:3] = x[:3]**2
    z = buf if x[0] > 0 else HELD
    v = z[1:4]
    buf[2] = v[0]*x[4]
    return np.sum(v*x[:3]) + np.sum(buf**2)


def arrays_by_number_with_captured(x):
    bufs = [np.zeros(6), np.zeros(6), HELD]
    for i in range(3):
        bufs[i % 2][i] = x[i]**2
    v = bufs[1][1:4]
    return np.sum(v*x[:3])


def array_or_captured_in_a_loop(x):
    buf = np.zeros(6)
    buf[:3] = x[:3]**2
    for i in range(2):
        z = buf if x[i] > 0.5 else HELD
        buf[i] = z[1]*z[2]
    return np.sum(z[:3]*buf[:3])


def reshaped_or_captured(x):
    buf = np.zeros((2, 3))
    buf[0] = x[:3]**2
    v = np.reshape(buf if x[0] > 0 else HELD, (6,))[1:4]
    return np.sum(v*v)*np.sum(buf*buf)


@pytest.mark.parametrize(
    "fun",
    [
        array_or_captured, array_or_captured_written_after, arrays_by_number_with_captured, array_or_captured_in_a_loop,
        reshaped_or_captured,
    ],
)  # fmt: skip
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_local_array_or_a_captured_one(fun, sign):
    """Pullbacks find shadows by storage: what they keep must share storages as the program's arrays do."""
    x = sign*np.array([0.3, 0.7, 1.1, 0.2, 0.5, 0.9])
    check(fun, (x,))
    _, pullback = s2sad.vjp(fun, x)
    before = pullback(1.0)[0]
    HELD[:] += 5.0  # the pullback depends on nothing that can be written to
    after = pullback(1.0)[0]
    HELD[:] -= 5.0
    np.testing.assert_array_equal(before, after)


def test_einsum_of_several_operands_is_no_view():
    a, b = np.ones((4, 4)), np.ones((4, 5))

    def products(x):
        pos = np.einsum("ij,jv->iv", x[0]*a, b)
        return np.sum(pos[:3]**2)

    grad = s2sad.grad(products)
    x = np.array([0.3, 0.7])
    assert grad(x)[0] > 0 and "Shadows" not in s2sad.grad(lambda x: np.sum(grad(x)), 0).source_for(x)
    np.testing.assert_allclose(s2sad.vjp(grad, x)[1](np.ones(2))[0], [grad(x)[0]/0.3, 0.0])


def real_or_complex(x, y, n, ps):
    z = ps[1]
    for v in [z, y, z]:
        if n == 2:
            break
        np.add(v[1:] + 0.5*x[1:], 0.4*x[1:]*y[:3], out=y[:-1])
    return np.sum(z)*1.3 + np.sum(np.abs(y)**2)


@pytest.mark.parametrize("n", [1, 2])
def test_one_name_for_real_and_complex_arrays(n):
    """What is added to the shadow of a real array is real, whatever else the name may stand for."""
    x, y = np.array([0.3, -0.8, 1.1, 0.4]), np.array([0.2 + 0.5j, -1.0j, 0.7, 1.3 - 0.2j])
    check(real_or_complex, (x, y, n, [2*x, x + 0.1]))


def the_array_itself_where_it_need_not_be_copied(x):
    y = x * 1.1
    a, b, c = y.view(), y.astype(float, copy=False), np.array(y, copy=None)
    a[0] *= 2
    b[1] += x[0]
    c[2:] *= a[1]
    return np.sum(y**3)


def test_arrays_that_are_not_copied():
    check(the_array_itself_where_it_need_not_be_copied, (np.array([0.3, 1.2, -0.7, 2.0]),))
