"""Try statements that are left, that fail in the middle, and that write: programs as people write them."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class TooLarge(Exception):
    def __init__(self, value, where=0):
        super().__init__(f"too large: {value}")
        self.value = value
        self.where = where


class Converged(Exception):
    pass


class Singular(ValueError):
    pass


def guarded(v):
    if np.sum(v) > 2.0:
        raise TooLarge(np.sum(v), 3)
    return v*v


def step(v, c):
    w = v*c
    if np.sum(w) < 0.2:
        raise Converged
    return w


def return_in_try(x, c):
    try:
        if np.sum(x) > 0.1:
            return np.sum(x*c)
        y = np.sum(x*x)
    except ValueError:
        y = 0.0
    return y*2


def return_in_both(x, c):
    try:
        y = math.log(x[0] - 5.0)
        return y*x[1]
    except ValueError:
        return x[0]*c[0]


def return_in_try_only(x, c):
    try:
        return math.log(x[0])*c[0]
    except ValueError:
        pass
    return x[0]*c[0]


def return_in_handler(x, c):
    try:
        y = math.log(x[0] - 5.0)
    except ValueError:
        return x[0]*c[0]
    return y*x[1]


def break_in_try(x, c):
    s = 0.0
    for i in range(5):
        try:
            s += np.sum(guarded(x*(i*0.4)))
            if s > 3.0:
                break
        except TooLarge:
            s += c[0]*i
    return s


def break_in_handler(x, c):
    s = 0.0
    for i in range(5):
        try:
            s += np.sum(guarded(x*(i*0.4)))
        except TooLarge:
            break
    return s*c[0]


def continue_in_handler(x, c):
    s = 0.0
    for i in range(5):
        try:
            t = np.sum(guarded(x*(i*0.4)))
        except TooLarge:
            continue
        s += t*c[0]
    return s


def continue_in_try(x, c):
    s = 0.0
    for i in range(5):
        try:
            if i % 2 == 1:
                continue
            t = np.sum(guarded(x*(i*0.4)))
        except TooLarge:
            t = c[1]
        s += t*c[0]
    return s


def try_else_return(x, c):
    try:
        t = guarded(x)
    except TooLarge:
        return np.sum(x*c)
    else:
        return np.sum(t*c*c)


def string_of_error(x, c):
    try:
        if np.sum(x) > 0.5:
            raise ValueError("large")
        y = x[0]
    except ValueError as e:
        if "large" in str(e):
            y = np.sum(x*x)*c[0]
        else:
            raise
    return y


def reraise(x, c):
    try:
        try:
            y = np.sum(guarded(x*2))
        except TooLarge as e:
            raise ValueError("outer") from e
    except ValueError:
        y = np.sum(x*c)
    return y


def nested_try(x, c):
    s = 0.0
    for i in range(4):
        try:
            try:
                t = np.sum(guarded(x*i*0.6))
            except TooLarge:
                t = math.log(x[0]*i - 0.5)
        except ValueError:
            t = c[0]
        s = s + t*t
    return s


def several(x, c):
    s = 0.0
    for i in range(4):
        try:
            if i == 1:
                raise TooLarge(x[0])
            if i == 2:
                raise Singular("no")
            t = x[i % 3]
        except (TooLarge, Singular):
            t = c[i]*2
        s = s + t*t
    return s


def cholesky_retry(x, c):
    A = np.outer(x, x)
    jitter = 1e-3
    while True:
        try:
            L = np.linalg.cholesky(A - 0.5*np.eye(3) + jitter*np.eye(3))
            break
        except np.linalg.LinAlgError:
            jitter *= 10
    return np.sum(np.log(np.diag(L)))*c[0]


def cholesky_for_else(x, c):
    A = np.outer(x, x) - 0.5*np.eye(3)
    for k in range(6):
        try:
            L = np.linalg.cholesky(A + 10.0**(k - 4)*np.eye(3))
        except np.linalg.LinAlgError:
            continue
        break
    else:
        raise ValueError("not positive definite")
    return np.sum(L*c)


def cholesky_return(x, c):
    A = np.outer(x, x) - 0.5*np.eye(3)
    jitter = 1e-3
    for k in range(6):  # noqa: B007
        try:
            return np.sum(np.linalg.cholesky(A + jitter*np.eye(3)))*c[0]
        except np.linalg.LinAlgError:
            jitter = jitter*10
    raise ValueError("not positive definite")


def safe_cholesky(A, jitter=1e-3):
    try:
        return np.linalg.cholesky(A)
    except np.linalg.LinAlgError:
        return np.linalg.cholesky(A + 2*np.eye(len(A)))


def cholesky_callee(x, c):
    L = safe_cholesky(np.outer(x, x) - np.diag(c))
    return np.sum(L)


def assert_caught(x, c):
    try:
        assert np.sum(x) < 1.0, "large"
        y = np.sum(x)
    except AssertionError:
        y = np.sum(x*c)
    return y


def key_error(x, c):
    d = {"a": x[0], "b": c[1]}
    s = 0.0
    for k in ("a", "z", "b"):
        try:
            s += d[k]*2
        except KeyError:
            s += x[1]*x[2]
    return s


def index_error(x, c):
    s = 0.0
    i = 0
    while True:
        try:
            s += x[i]*c[i]
        except IndexError:
            break
        i += 1
    return s


def zero_division(x, c):
    s = 0.0
    for i in range(3):
        try:
            s += float(x[0])/i
        except ZeroDivisionError:
            s += c[0]
    return s


def suppress_always(x, c):
    s = x[0]*c[0]
    for v in x:
        with contextlib.suppress(TooLarge):
            s *= 2
            raise TooLarge(s)
        s += v
    return s


def suppress(x, c):
    y = np.sum(x)
    with contextlib.suppress(TooLarge, KeyError):
        y = np.sum(guarded(x*2))
    with contextlib.suppress(TooLarge):
        y += np.sum(guarded(x*0.2))
    return y*c[0]


def converged(x, c):
    v = x
    n = 0
    try:
        while n < 40:
            v = step(v, c)*0.9
            n += 1
    except Converged:
        pass
    return np.sum(v)*n


def converged_for(x, c):
    v = x
    for i in range(20):  # noqa: B007
        try:
            v = step(v, c)
        except Converged:
            break
    else:
        v = v*2
    return np.sum(v)*i


class Scope:
    def __init__(self, v):
        self.v = v
        self.total = 0.0
    def __enter__(self):
        self.old = self.v
        self.v = self.v*2
        return self
    def __exit__(self, exc_type, exc, tb):
        self.v = self.old
        return False
    def add(self, t):
        self.total = self.total + t*self.v


def manager_writes(x, c):
    sc = Scope(x[0])
    with sc as s:
        s.add(c[0])
        s.add(x[1])
    return sc.total*sc.v


def writes_in_try(x, c):
    out = np.zeros(3)
    for i in range(3):
        try:
            out[i] = math.log(x[i] - 0.5)*c[i]
        except ValueError:
            out[i] = x[i]**2
    return np.sum(out*out)


def two_writes_in_try(x, c):
    out = np.zeros(3)
    n = 0
    for i in range(3):
        try:
            out[i] = math.log(x[i] - 0.5)*c[i]
            out[i] += math.sqrt(x[i])
            n += 1
        except ValueError:
            out[i] = x[i]**2
    return np.sum(out*out)*n


def append_then_raise(x, c):
    xs = []
    try:
        for i in range(5):
            xs.append(guarded(x*(i*0.4)))
    except TooLarge:
        xs.append(c)
    return sum(np.sum(v) for v in xs)


def torn(x, c):
    y = x[0]
    try:
        y = y*2
        y = y*math.log(x[1] - 3.0)
        y = y*3
    except ValueError:
        y = y*c[0]
    return y


def torn2(x, c):
    t = x[0]
    try:
        t = t*c[0]
        u = math.log(t - 3.0)
        t = t*u
        w = math.log(u)
    except ValueError:
        return t*c[1]
    return t*w


def finally_assign(x, c):
    n = 0
    for i in range(4):
        try:
            if i == 2:
                continue
            t = x[i % 3]*c[0]
        finally:
            n += 1
    return t*n


def lookup_default(x, c):
    def get(d, k):
        try:
            return d[k]
        except KeyError:
            return x[0]*2
    d = {"a": c[0]}
    return get(d, "a")*get(d, "b")


def float_parse(x, c):
    s = 0.0
    for t in ("1.5", "abc", "2"):
        try:
            k = float(t)
        except ValueError:
            k = 0.5
        s += k*x[0]*c[0]
    return s


def overflow(x, c):
    try:
        y = math.exp(x[0]*10000)
    except OverflowError:
        y = c[0]*x[1]
    return y


def line_search(x, c):
    def obj(v):
        if v[0] > 1.0:
            raise ValueError("domain")
        return np.sum((v - c)**2)
    t = 8.0
    f0 = obj(x)
    while t > 1e-3:
        try:
            f1 = obj(x + t*c)
            if f1 < f0*2:
                break
            t = t*0.5
        except ValueError:
            t = t*0.5
    return f1*t


def writes_items_of_a_dict(x, c):
    d = {'p': x[0]*1.1, 'q': c[0]}
    try:
        for key in d:
            d[key] *= 0.7
    except TooLarge:
        d['p'] = 0.0
    return d['p']*d['q']


def checked(v):
    if v > 0.6:
        raise TooLarge(v)
    return v*2


def writes_an_item_at_last(x, c):
    d = {'p': x[0]*1.1, 'q': c[0]}
    for i in range(3):  # noqa: B007
        try:
            d['p'] = checked(d['p'])
        except TooLarge:
            d['q'] = d['p']*0.3
    return d['p']*d['q']


def in_a_loop_over_a_generator(x, c):
    def g(n):
        v = x[0]
        for i in range(n):  # noqa: B007
            v = v*1.5
            yield v
    s = 0.0
    for v in g(4):
        try:
            t = checked(v)
            if t > 1.1:
                continue
            s = s + t
        except TooLarge:
            s = s + c[0]*v
            if s > 2.0:
                break
    return s


def bound_again(x, c):
    s = 0.0
    t = 0.0
    done = True
    try:
        for v in x:
            s = s + v*v
        t = math.sqrt(s*0.1)
    except ValueError:
        done = False
    if done:
        try:
            v = x[0]*c[0]*0.5
            t = t + math.sqrt(v)
        except ValueError:
            t = 0.5
    if done:
        t = t + v
    return t*s


def sorted_inside(x, c):
    ns = [c[0]*0.5, c[1]*0.4 + 0.1, x[1]]
    s = 0.0
    try:
        best = sorted(ns, key=lambda v: (v - 0.2)**2)
        s = best[0]*0.7
        s = np.sum(guarded(x*c*0.5))
    except TooLarge:
        pass
    return s + c[1]*x[0] + ns[0]*ns[-1]


PROGRAMS = [
    bound_again, sorted_inside,
    return_in_try, return_in_both, return_in_try_only, return_in_handler, break_in_try, break_in_handler,
    continue_in_handler, continue_in_try, try_else_return, string_of_error, reraise, nested_try, several,
    cholesky_retry, cholesky_for_else, cholesky_return, cholesky_callee, assert_caught, key_error,
    index_error, zero_division, suppress, suppress_always, converged, converged_for, manager_writes, writes_in_try,
    two_writes_in_try, append_then_raise, torn, torn2, finally_assign, lookup_default, float_parse,
    overflow, line_search, writes_items_of_a_dict, writes_an_item_at_last, in_a_loop_over_a_generator,
]  # fmt: skip


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_program(f):
    check(f, (X, C))
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1)
    check(twice(f), (X, C), pullbacks=False, probes=1)
    h = np.asarray(s2sad.hessian(f)(X, C))
    np.testing.assert_allclose(h, h.T, rtol=1e-9, atol=1e-12)


def test_what_follows_the_one_statement_that_fails_stands_in_an_else_clause():
    text = s2sad.grad(break_in_try).source_for(X, C)
    assert text.count("try:") == 1
    assert "if done:\n            if s > 3.0:\n                break" in text


def test_names_of_a_trip_and_of_the_user():
    def program(x, n):
        s = x[0]
        for k in range(n):
            if k == 0:
                value_1 = x[1]*s
            try:
                args = (s, value_1, 0.4)
                s = args[0]*args[1] + args[2]
                match (s, [x[2], value_1]):
                    case (p, [q, *_]) if p > 0.3:
                        s = p*q
                if s > 2.0:
                    break
            except Exception:
                s = s*0.5
        return s

    x = np.array([0.3, 0.4, 0.5])
    for n in (0, 1, 3):
        check(program, (x, n))


class Stopped(Exception):
    def __init__(self, message, step, value=None):
        super().__init__(message)
        self.step, self.value = step, value


def looked_into(x, c):
    s = 0.0
    for i, v in enumerate(x):
        try:
            if v > 0.5:
                raise Stopped("large", i)
            s = s + v*v
        except Stopped as e:
            print(e.args, e.step)
            s = s*v if e.step > 1 else s + v*c[i]
    try:
        y = np.linalg.solve(np.outer(x, x)*0.0, x)
    except np.linalg.LinAlgError as error:
        y = x*2.0 if "ingular" in error.args[0] and len(error.args) == 1 else x
    return s*np.sum(y)


def carried(x, c):
    try:
        if x[0] < 5.0:
            raise ValueError("large", x[0]*c[0])
        s = x[1]
    except ValueError as e:
        s = float(e.args[1])*2.0
    return s*x[1]


def test_exceptions_are_looked_into_where_no_derivative_goes():
    check(looked_into, (X, C))
    for derive in (lambda: s2sad.grad(carried)(X, C), lambda: s2sad.jvp(carried, (X, C), (C, X))):
        with pytest.raises(s2sad.UnsupportedError, match="what an exception carries|what has been put outside"):
            derive()
