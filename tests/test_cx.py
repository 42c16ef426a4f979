"""Counter-examples: programs that refuted an earlier design, with the numbers that were worked out for them.

Each test is named after what was believed and does not hold.
"""

from __future__ import annotations

import math
import threading
from fractions import Fraction

import numpy as np
import pytest

import s2sad
from s2sad import UnsupportedError
from support import assert_fresh, check, check_vjp

# ------------------------------------------------------------------------------------- kinds are demanded, not guessed


def alias(x):
    y = x
    y *= 2
    return x*y


@pytest.mark.parametrize("x, expected", [(3.0, 12.0), (np.float64(3.0), 12.0), (np.array(3.0), 24.0)])
def test_rank_zero_is_not_scalar(x, expected):
    assert s2sad.grad(alias)(x) == expected
    check(alias, (x,))


def test_texts_for_other_kinds_live_side_by_side():
    g = s2sad.grad(alias)
    for _ in range(2):
        assert g(3.0) == 12.0
        assert g(np.array(3.0)) == 24.0


def chained_alias(x):
    y = x
    y *= 2
    z = y
    z *= 3
    return x*y*z


def test_a_zero_d_expression_is_a_numpy_scalar():
    check(chained_alias, (0.7,))
    (g,) = check(chained_alias, (np.array(0.5),))
    assert g.shape == () and math.isclose(g, 3*216*0.25)


def test_scalar_factor_needs_a_sum_and_array_factor_none():
    def f(k, u):
        return np.sum(k*u)

    u = np.array([1.0, 2.0, 4.0])
    assert s2sad.grad(f)(0.5, u) == 7.0
    assert s2sad.grad(f)(np.array([0.5]), u).tolist() == [7.0]
    assert s2sad.grad(f)(np.array([0.5, 0.1, 0.2]), u).tolist() == [1.0, 2.0, 4.0]
    assert s2sad.grad(f)(np.full((2, 1), 0.5), u).tolist() == [[7.0], [7.0]]


def test_a_float_becomes_an_array_in_the_first_trip():
    def f(a, x):
        s = a
        for row in x:
            s = s + row
        return np.sum(s*s)

    x = np.arange(6.0).reshape(3, 2) + 0.5
    check(f, (0.3, x))
    check(f, (0.3, x[:0]))
    check(f, (np.array([0.3, 0.4]), x))
    check(f, (0.3, x[:, 0].copy()))


class Squares:
    def __mul__(self, x):
        return 3*x*x


SQUARES = Squares()


def test_operators_of_user_classes_run_their_code():
    def f(x):
        return np.sum(SQUARES*x)

    assert s2sad.grad(f)(2.0) == 12.0
    check(f, (np.array([1.0, 2.0]),))


class Subclass(np.ndarray):
    pass


@pytest.mark.parametrize(
    "operand",
    [Fraction(1, 3), np.ma.masked_array([1.0, 2.0], [0, 1]), np.array([1.0, 2.0]).view(Subclass)],
    ids=["Fraction", "MaskedArray", "Subclass"],
)
def test_other_operands_are_refused_by_type(operand):
    def f(x, m):
        return np.sum(x*m)

    with pytest.raises(UnsupportedError, match=type(operand).__name__):
        s2sad.grad(f)(np.array([1.0, 2.0]), operand)


# ----------------------------------------------------------------------------------------------- storage, not names


def test_an_item_is_a_view_only_of_higher_ranks():
    def f(x):
        first = x[0]
        x[0] = x[1]*2
        return np.sum(first*first) + np.sum(x)

    one = np.array([2.0, 3.0])
    assert s2sad.grad(f)(one).tolist() == [4.0, 3.0]  # first keeps the old x[0]
    assert s2sad.grad(f)(one.reshape(2, 1)).tolist() == [[0.0], [2*6.0*2 + 3.0]]  # first is the new x[0]


def test_ravel_decides_by_strides():
    def f(x):
        r = x.ravel()
        r *= 2
        return np.sum(x*x)

    x = np.arange(1.0, 21.0).reshape(4, 5)[:, :3]
    value, g = s2sad.value_and_grad(f)(x)
    assert value == 1466.0 and np.array_equal(g, 2*x)
    value, g = s2sad.value_and_grad(f)(x.copy())
    assert value == 5864.0 and np.array_equal(g, 8*x)
    check(f, (x,))
    check(f, (np.asfortranarray(x),))


def test_reshape_decides_by_strides():
    def f(x):
        r = x.reshape(-1)
        r[1] = 5.0*r[0]
        return np.sum(x*x)

    for x in (np.ones((2, 3)), np.asfortranarray(np.ones((2, 3))), np.ones((4, 6))[::2, ::2]):
        check(f, (x,))


def test_a_view_that_overlaps_itself_has_no_view_as_shadow():
    def f(x):
        x *= 3.0
        v = np.broadcast_to(x, (4, x.size))
        return np.sum(v*v)

    x = np.array([1.0, 2.0])
    assert s2sad.grad(f)(x).tolist() == [72.0, 144.0]
    check(f, (x,))


def previous_rows(x):
    prev = x[0]
    for i in range(1, len(x)):
        cur = x[i]
        cur += prev**2
        prev = cur
    return np.sum(x*x)


def test_bindings_are_replayed_on_fresh_shadows():
    _, pullback = s2sad.vjp(previous_rows, np.ones((3, 1)))
    for _ in range(3):
        assert pullback(1.0)[0].tolist() == [[90.0], [44.0], [10.0]]
    found = []
    threads = [threading.Thread(target=lambda: found.append(pullback(1.0)[0].tolist())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[[90.0], [44.0], [10.0]]]*8


def test_the_loser_of_a_store_gets_zero_beside_a_pole():
    def f(v):
        y = np.ones(3)
        y[[1, 1]] = v
        return np.sum(np.sqrt(y))

    assert s2sad.grad(f)(np.array([4.0, 0.0])).tolist() == [0.0, math.inf]


def test_augmented_stores_are_buffered_and_add_at_is_not():
    def buffered(w):
        y = np.zeros(3)
        y[[0, 0, 2]] += w
        return np.sum(y)

    def unbuffered(w):
        y = np.zeros(3)
        np.add.at(y, [0, 0, 2], w)
        return np.sum(y)

    w = np.array([1.0, 2.0, 3.0])
    assert s2sad.grad(buffered)(w).tolist() == [0.0, 1.0, 1.0]
    assert s2sad.grad(unbuffered)(w).tolist() == [1.0, 1.0, 1.0]


def test_two_spellings_of_one_place_are_one_place():
    def f(v, idx):
        y = np.zeros(3)
        y[idx] = v
        return np.sum(y*y)

    assert s2sad.grad(f)(np.array([1.0, 5.0]), np.array([2, -1])).tolist() == [0.0, 10.0]


@pytest.mark.parametrize("dtype", [int, np.int32, bool])
def test_a_store_into_integers_contributes_zero(dtype):
    def f(x):
        b = np.zeros(2, dtype)
        b[0] = x
        b[1:] = 2.5*x
        return np.sum(b)*x

    x = 1.75
    assert s2sad.grad(f)(x) == float(np.sum(np.array([x, 2.5*x]).astype(dtype)))


def test_nothing_is_restored_into_what_a_pullback_reads():
    def f(x):
        y = 2*x
        z = y*y
        y *= z
        y[0] = y[1]*y[2]
        return y*z

    x = np.array([1.0, 2.0, 3.0])
    _, pullback = s2sad.vjp(f, x)
    first = pullback(np.ones(3))
    for _ in range(3):
        assert np.array_equal(pullback(np.ones(3))[0], first[0])
    check_vjp(f, (x,))


def test_a_cubed_value_that_is_overwritten():
    def f(x):
        y = x*1.0
        c = y*y*y
        y *= 0.0
        return c + y

    _, pullback = s2sad.vjp(f, np.array([6.0]))
    assert [pullback(np.ones(1))[0].tolist() for _ in range(3)] == [[108.0]]*3


def test_pullbacks_depend_on_nothing_that_the_caller_writes():
    def f(x, k):
        return k*x*x

    x, k = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    out, pullback = s2sad.vjp(f, x, k)
    x[:] = 100.0
    k[:] = 100.0
    out[:] = 100.0
    gx, gk = pullback(np.ones(2))
    assert gx.tolist() == [6.0, 16.0] and gk.tolist() == [1.0, 4.0]


def test_leaves_share_memory_with_nothing():
    def f(x, y):
        return np.sum(x + y), x

    def total(x, y):
        return np.sum(x + y)

    x = np.ones(3)
    gx, gy = s2sad.grad(total, (0, 1))(x, x)
    assert_fresh((gx, gy), x)
    gx[0] = 7.0
    assert gy.tolist() == [1.0, 1.0, 1.0]
    out, pullback = s2sad.vjp(f, x, np.zeros(3))
    ct = np.ones(3)
    first = pullback((np.float64(0.0), ct))
    assert_fresh((out[1], *first), x, ct)


def test_arguments_that_overlap_are_refused_when_one_is_written():
    def writes(x, y):
        x *= 2.0
        return np.sum(x*y)

    def reads(x, y):
        return np.sum(x*y)

    x = np.array([1.0, 2.0, 3.0])
    assert s2sad.grad(reads, (0, 1))(x, x)[1].tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(UnsupportedError, match="memory|overlap"):
        s2sad.grad(writes)(x, x)
    with pytest.raises(UnsupportedError, match="memory|overlap"):
        s2sad.grad(writes)(x[1:], x[:-1])


HISTORY: list[float] = []


def test_a_history_that_is_never_read_may_be_written():
    def f(x):
        loss = x*x
        HISTORY.append(loss)
        return 3*loss

    HISTORY.clear()
    assert s2sad.grad(f)(2.0) == 12.0
    assert HISTORY == [4.0]


def test_a_history_that_is_read_has_its_derivative():
    def f(x):
        HISTORY.append(x*x)
        return HISTORY[-1] + x

    HISTORY.clear()
    assert s2sad.grad(f)(2.0) == 5.0
    assert s2sad.jvp(f, (3.0,), (1.0,)) == (12.0, 7.0)
    assert HISTORY == [4.0, 9.0]


def test_a_history_of_lists_that_is_read_is_refused():
    def f(x):
        HISTORY.append([x*x])
        return HISTORY[-1][0] + x

    HISTORY.clear()
    with pytest.raises(UnsupportedError, match="HISTORY"):
        s2sad.grad(f)(2.0)
    assert HISTORY == []


CAPTURED = np.zeros(3)


def test_writes_to_captured_arrays_that_are_read_are_refused():
    def f(x):
        CAPTURED[0] = x*x
        return np.sum(CAPTURED)

    with pytest.raises(UnsupportedError, match="CAPTURED"):
        s2sad.grad(f)(2.0)


# ---------------------------------------------------------------------------------------------------- reverse mode


def test_a_uniform_cotangent_is_materialised_for_a_matrix_product():
    def f(a, x):
        return np.sum(a @ x)

    a, x = np.arange(6.0).reshape(2, 3), np.array([1.0, 2.0, 4.0])
    ga, gx = check(f, (a, x))
    assert ga.tolist() == [[1.0, 2.0, 4.0]]*2 and gx.tolist() == [3.0, 5.0, 7.0]


def test_slices_of_unequal_length_broadcast():
    def f(u):
        return np.sum(u[2:] + u[1:])

    def g(u):
        u[1:] = u[2:] + u[1:]
        return np.sum(u*u)

    assert s2sad.grad(f)(np.array([1.0, 2.0, 3.0])).tolist() == [0.0, 1.0, 3.0]
    check(g, (np.array([1.0, 2.0, 3.0]),))
    with pytest.raises(ValueError, match="broadcast"):
        s2sad.grad(f)(np.arange(4.0))


def test_parts_of_complex_arrays_are_true_views():
    def f(z):
        r = z.real
        r *= 2
        return np.sum(z.real**2 + z.imag**2)

    g = s2sad.grad(f)(np.array([1.0 + 2.0j]))
    assert g.tolist() == [8.0 - 4.0j]  # df/dx - i df/dy
    check(f, (np.array([1.0 + 2.0j, 0.3 - 0.4j]),))


def test_a_real_operand_of_a_complex_product_gets_a_real_cotangent():
    def f(x, z):
        return np.sum(np.abs(x*z)**2)

    gx, gz = check(f, (np.array([1.0, 2.0]), np.array([1.0 + 1.0j, 2.0 - 1.0j])))
    assert gx.dtype == np.float64 and gz.dtype == np.complex128


def test_a_mask_guards_a_chain_over_several_statements():
    def f(mu, d):
        e = d - mu
        return np.sum(np.where(np.isnan(d), 0.0, e**2))

    d = np.array([1.0, np.nan, 3.0])
    assert s2sad.grad(f)(0.5, d) == -2*(0.5 + 2.5)
    assert s2sad.grad(f)(np.full(3, 0.5), d).tolist() == [-1.0, 0.0, -5.0]


def test_a_join_with_an_unguarded_path_guards_nothing():
    def joined(x):
        r = np.sqrt(x)
        return np.sum(np.where(x > 0, r, 0.0)) + np.sum(2*r)

    def guarded(x):
        r = np.sqrt(x)
        return np.sum(np.where(x > 0, r, 0.0)) + np.sum(np.where(x > 1, 2*r, 0.0))

    x = np.array([0.0, 4.0])
    assert s2sad.grad(joined)(x).tolist() == [math.inf, 0.75]
    assert s2sad.grad(guarded)(x).tolist() == [0.0, 0.75]


POLES = [
    (lambda x: math.sqrt(x), 0.0, math.inf),
    (lambda x: x**0.5, 0.0, math.inf),
    (lambda x: 1/x, 1e-200, -math.inf),
    (lambda x: 1.0/x, 1e200, -0.0),
    (lambda x: 3.0/x, -1e-200, -math.inf),
    (lambda x: x**2, 0.0, 0.0),
    (lambda x: x**1, 0.0, 1.0),
    (lambda x: x**0, 0.0, 0.0),
    (lambda x: abs(x), 0.0, 0.0),
    (lambda x: math.sqrt(x*x), 0.0, math.nan),
]


@pytest.mark.parametrize("kind", [float, np.float64, np.array], ids=["float", "float64", "array"])
@pytest.mark.parametrize("index", range(len(POLES)))
def test_adjoints_do_not_raise_where_the_primal_does_not(index, kind):
    fun, x, expected = POLES[index]
    g = s2sad.grad(fun)(kind(x))  # silently, too: warnings are errors in this suite
    assert float(g) == expected or (math.isnan(expected) and (math.isnan(g) or g == 0.0))


def test_quotients_with_huge_divisors():
    def f(x, y):
        return x/y

    gx, gy = s2sad.grad(f, (0, 1))(1.0, 1e200)
    assert gx == 1e-200 and gy == 0.0


def hyp(a, b):
    return math.sqrt(a*a + b*b)


def formula(x, y):
    r = hyp(x - 1.0, y - 2.0)
    return x*math.exp(-r) + r/y


@pytest.mark.parametrize("kind", [float, np.float64])
def test_numpy_scalars_at_poles_are_silent(kind):
    gx, gy = s2sad.grad(formula, (0, 1))(kind(1.0), kind(2.0))
    assert math.isnan(gx) and math.isnan(gy)


def test_builtin_sum_is_not_expanded():
    def f(x):
        return sum([x, 1e100, x, -1e100])*x

    value, _ = s2sad.value_and_grad(f)(0.1)
    assert value == f(0.1)
    check(lambda x: sum([x*0.1 for _ in range(10)])*x, (0.7,))


def test_equal_expressions_are_not_one_identity():
    def f(x):
        a = np.zeros(2)
        b = np.zeros(2)
        a[0] = x
        b[0] = 3*x
        p = [0.0, 0.0]
        q = [0.0, 0.0]
        p[1] = a[0]*b[0]
        q[1] = x
        return p[1] + q[1] + b[1] + p[0]

    assert s2sad.grad(f)(2.0) == 13.0
    check(f, (2.0,))


def test_equal_copies_are_written_apart():
    def f(x):
        a = x*2
        b = x*2
        c = a
        a *= 3
        return np.sum(a*b) + np.sum(c)

    check(f, (np.array([1.0, 2.0]),))
    check(f, (1.5,))
    assert s2sad.grad(f)(np.array([1.0])).tolist() == [24.0 + 6.0]


def test_try_that_is_left_half_way_is_right_or_refused():
    def f(x):
        y = x
        try:
            y = x*x
            y = y/(x - 2.0)
        except ZeroDivisionError:
            y = y*3.0
        return y

    for x, expected in ((2.0, 12.0), (3.0, (2*3.0*1.0 - 9.0)/1.0)):
        try:
            g = s2sad.grad(f)(x)
        except UnsupportedError as refused:
            assert "try" in str(refused)
        else:
            assert g == expected


def test_dead_calls_that_can_fail_still_fail():
    assert s2sad.grad(lambda x: math.log(x))(2.0) == 0.5
    with pytest.raises(ValueError, match="math domain|positive"):
        s2sad.grad(lambda x: math.log(x))(-1.0)
    with pytest.raises(ValueError, match="math domain|nonnegative"):
        s2sad.grad(lambda x: x*x + 0*math.sqrt(x - 3.0))(1.0)
    with pytest.raises(ZeroDivisionError):
        s2sad.grad(lambda x: 1/x)(0.0)


def unused_division(x, y):
    t = x/y
    return x*x + 0*t


def test_dead_division_still_raises():
    with pytest.raises(ZeroDivisionError):
        s2sad.grad(unused_division)(1.0, 0.0)
    assert s2sad.grad(unused_division)(1.0, 2.0) == 2.0


def states_twice(x, n):
    hs = []
    for _ in range(n):
        x = np.tanh(x)
        hs.append(x)
    total = 0.0
    for h in hs:
        total += np.sum(h*h)
    for h in reversed(hs):
        total += np.sum(h)
    return total


def states_taken_off(x, n):
    hs, total = [], 0.0
    for _ in range(n):
        x = np.tanh(x)
        hs.append(x)
    m = len(hs)
    same = hs
    same.pop()
    for i in range(m):
        h = hs[i]
        total += np.sum(h*h)
    return total


def test_a_dead_walk_over_a_list_goes_unless_the_list_becomes_shorter():
    x = np.array([0.3, 0.8])
    check(states_twice, (x, 3))
    forward = s2sad.grad(states_twice).source_for(x, 3).partition("# backward")[0]
    assert forward.count("for ") == 1, forward  # the walks over the list are linear in what was computed
    with pytest.raises(IndexError):
        s2sad.grad(states_taken_off)(x, 3)


def test_a_borrowed_cotangent_is_not_written():
    def f(a):
        b = a*2
        while np.linalg.norm(b) < 10:
            b = b*2
        return b

    for x in (np.array([1.0, 2.0]), np.array([8.0, 9.0])):
        _, pullback = s2sad.vjp(f, x)
        ct = np.array([1.0, 1.0])
        pullback(ct)
        assert ct.tolist() == [1.0, 1.0]
        check_vjp(f, (x,))


def test_an_overwritten_output_is_taped():
    def f(x):
        y = 1/(1 + np.exp(-x))
        z = y*3
        y[...] = 0.0
        return np.sum(z) + np.sum(y)

    x = np.array([0.3, -0.5])
    s = 1/(1 + np.exp(-x))
    np.testing.assert_allclose(s2sad.grad(f)(x), 3*s*(1 - s), rtol=1e-12)
    check(f, (x,))


def test_pullbacks_do_not_see_what_happens_to_captured_arrays() -> None:
    weights = np.ones(3)
    x = np.array([1.0, 2.0, 3.0])

    class Model:
        def __init__(self) -> None:
            self.w = np.ones(3)

        def loss(self, x):
            return np.sum(self.w*x)

    model = Model()
    _, pullback = s2sad.vjp(lambda x: np.sum(weights*np.sin(x)), x)
    _, of_method = s2sad.vjp(model.loss, x)
    weights[:] = 7.0
    model.w[:] = 7.0
    assert np.array_equal(pullback(1.0)[0], np.cos(x))
    assert np.array_equal(of_method(1.0)[0], np.ones(3))
