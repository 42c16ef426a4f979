"""Hessian-vector products that are called again: the short way gives what the long way gives."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad
from s2sad import short


def cubes(x):
    return np.sum(x**3)


def mixed(x, k):
    return k*k*np.sum(x*x)


def half_square(x):
    return 0.5*np.sum(x*x)


def of_sum(x, y):
    return 0.5*np.sum((x + y)**2)


def product(x, y):
    return np.sum(x*y)


def scalars(x, r):
    return x*x*r


def with_default(x, k=2.0):
    return k*x*x*x


def three_times(product, *args):
    """The result of a third call, which has been compiled by then."""
    product(*args)
    product(*args)
    return product(*args)


def is_quick(product, *args):
    return product.push.quick(args) is not short.MISS


def test_a_third_call_gives_what_the_first_gave():
    h = s2sad.hvp(cubes)
    x, v = np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 2.0])
    np.testing.assert_array_equal(h(x, v), 6*x*v)
    np.testing.assert_array_equal(three_times(h, x, v), 6*x*v)
    assert is_quick(h, x, v)
    np.testing.assert_array_equal(h(2*x, v + 1), 12*x*(v + 1))
    np.testing.assert_array_equal(h(x[:2], v[1:]), 6*x[:2]*v[1:])
    assert three_times(h, 2.0, 3.0) == 36.0
    assert type(h(2.0, 3.0)) is float


def test_several_arguments_have_a_tuple_or_a_list():
    h = s2sad.hvp(mixed, (0, 1))
    x, v = np.array([1.0, -2.0]), np.array([0.3, 0.7])
    for vector in ((v, 0.5), [v, 0.5]):
        by_x, by_k = three_times(h, x, 3.0, vector)
        np.testing.assert_allclose(by_x, 18*v + 12*x*0.5)
        assert by_k == pytest.approx(2*np.sum(x*x)*0.5 + 12*np.sum(x*v))
        assert type(by_k) is float
        assert is_quick(h, x, 3.0, vector)


def test_what_does_not_fit_is_refused_as_in_the_first_call():
    h, both = s2sad.hvp(cubes), s2sad.hvp(scalars, (0, 1))
    x = np.array([1.0, 2.0])
    three_times(h, x, x)
    three_times(both, 1.0, 2.0, (3.0, 4.0))
    with pytest.raises(ValueError, match="shape"):
        h(x, np.ones(3))
    with pytest.raises(TypeError, match="complex"):
        h(x, 1j*x)
    with pytest.raises(TypeError, match="tuple of 2"):
        both(1.0, 2.0, np.array([3.0, 4.0]))
    with pytest.raises(TypeError, match="tuple of 2"):
        both(1.0, 2.0, (3.0, 4.0, 5.0))
    with pytest.raises(TypeError, match="needs arguments"):
        h()


def test_vectors_of_other_types_and_layouts_take_the_long_way():
    h = s2sad.hvp(cubes)
    x, v = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    three_times(h, x, v)
    for other in (v.astype(np.float32), v.astype(int), np.asfortranarray(v), v.tolist(), None):
        expected = 0*x if other is None else 6*x
        np.testing.assert_array_equal(h(x, other), expected)
        if not isinstance(other, list | None):
            assert not is_quick(h, x, other)
    np.testing.assert_array_equal(h(x.T, v.T), 6*x.T)
    assert h(x.T, v.T).flags.c_contiguous


@pytest.mark.parametrize("fun", [half_square, of_sum, product])
def test_results_share_memory_with_nothing(fun):
    x, y, v, w = (np.array([1.0, 2.0]) + i for i in range(4))
    if fun is half_square:
        results = [three_times(s2sad.hvp(fun), x, v)]
    else:
        results = list(three_times(s2sad.hvp(fun, (0, 1)), x, y, (v, w)))
    for i, one in enumerate(results):
        assert one.flags.owndata and one.flags.writeable
        assert not any(np.shares_memory(one, other) for other in (x, y, v, w, *results[:i]))


BUFFER = np.zeros(2)


def twice(x):
    return np.multiply(x, 2.0, out=BUFFER)


def of_buffer(x):
    return 0.25*np.sum(twice(x)**2)


def test_what_a_rule_of_the_user_returns_is_copied():
    s2sad.rule(twice, vjp=lambda g, out, x: twice(g), jvp=lambda dots, out, x: twice(dots[0]))
    h, x, v = s2sad.hvp(of_buffer), np.array([1.0, 2.0]), np.array([3.0, 5.0])
    result = three_times(h, x, v)
    assert is_quick(h, x, v) and not np.shares_memory(result, BUFFER)
    np.testing.assert_array_equal(result, 2*v)
    BUFFER[:] = 0.0
    np.testing.assert_array_equal(result, 2*v)


def test_a_default_or_the_code_may_change():
    h = s2sad.hvp(with_default)
    assert three_times(h, 1.0, 1.0) == 12.0
    before = with_default.__defaults__, with_default.__code__
    try:
        with_default.__defaults__ = (3.0,)
        assert three_times(h, 1.0, 1.0) == 18.0
        with_default.__code__ = (lambda x, k=2.0: k*x*x).__code__
        assert three_times(h, 1.0, 1.0) == 6.0
    finally:
        with_default.__defaults__, with_default.__code__ = before


def test_numbers_of_numpy_and_complex_ones():
    h = s2sad.hvp(with_default)
    x = np.float64(1.5)
    assert type(three_times(h, x, np.float64(2.0))) is np.float64
    assert h(x, np.float64(2.0)) == 12*1.5*2.0
    real = s2sad.hvp(lambda z: np.sum((z*np.conj(z)).real))
    z, v = np.array([1 + 2j, 3.0]), np.array([1j, 2.0])
    first = real(z, v)
    np.testing.assert_array_equal(three_times(real, z, v), first)


def test_an_exception_names_the_line():
    def falling(x):
        return 1.0/x

    h = s2sad.hvp(falling)
    assert three_times(h, 2.0, 1.0) == pytest.approx(0.25)
    with pytest.raises(ZeroDivisionError) as caught:
        h(0.0, 1.0)
    assert any("return 1.0/x" in note for note in caught.value.__notes__)
