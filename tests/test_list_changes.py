"""Lists that are cut, sorted, searched and used as queues, heaps and stacks."""

from __future__ import annotations

import collections
import heapq
import math
import statistics

import numpy as np
import pytest
from places import places, twice

import s2sad
from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def one_deleted(x, c):
    xs = [v*v for v in x]
    del xs[1]
    return xs[0]*xs[1] + c[0]


def slice_deleted(x, c):
    xs = list(x) + list(c)
    del xs[1:3]
    return sum(i*v for i, v in enumerate(xs))


def sorted_in_place(x, c):
    xs = [v*w for v, w in zip(x, c)]
    xs.sort()
    return xs[0] + 2*xs[1] + 3*xs[2]


def sorted_downwards(x, c):
    xs = [v*w for v, w in zip(x, c)]
    xs.sort(reverse=True)
    return xs[0] + 2*xs[1] + 3*xs[2]


def sorted_by_a_key(x, c):
    xs = list(x)
    xs.sort(key=lambda v: -v*v)
    return xs[0]*c[0] + xs[1]*c[1]


def copied_before_a_write(x, c):
    xs = list(x)
    ys = xs.copy()
    xs[0] = c[0]
    return ys[0]*xs[0]


def counted_and_found(x, c):
    xs = [1, 2, 1]
    return x[0]*xs.count(1) + x[xs.index(2)]


def slice_replaced(x, c):
    xs = list(x)
    xs[1:3] = [c[0]]
    return xs[0]*xs[1] + len(xs)


def slice_inserted(x, c):
    xs = list(x)
    xs[1:1] = [c[0], c[1]]
    return sum((i + 1)*v for i, v in enumerate(xs))


def removed(x, c):
    xs = list(range(5))
    xs.remove(3)
    return sum(x[i % 3]*i for i in xs)


def heap(x, c):
    h = []
    for v in x*c:
        heapq.heappush(h, v)
    a = heapq.heappop(h)
    b = heapq.heappop(h)
    return a*b + h[0]


def heapified(x, c):
    h = [float(v) for v in x]
    heapq.heapify(h)
    return heapq.heappop(h)*c[0]


def largest_and_smallest(x, c):
    return sum(heapq.nlargest(2, x))*c[0] + heapq.nsmallest(1, list(x))[0]


def shortest_path(x, c):
    h = [(0.0, 0)]
    dist = {0: 0.0}
    while h:
        d, n = heapq.heappop(h)
        for m in range(n + 1, 3):
            nd = d + x[m]*c[n]
            if m not in dist or nd < dist[m]:
                dist[m] = nd
                heapq.heappush(h, (nd, m))
    return dist[2]*dist[1]


def sorted_by_minus(x, c):
    ys = sorted(x, key=lambda v: -v)
    return ys[0]*c[0] + ys[1]*c[1]


def pairs_by_their_second(x, c):
    pairs = sorted(zip(x, c), key=lambda p: p[1])
    return pairs[0][0] + 2*pairs[1][0]*pairs[2][1]


def pairs_in_order(x, c):
    pairs = sorted(zip(c, x))
    return sum(i*a*b for i, (a, b) in enumerate(pairs))


def extremes_by_a_key(x, c):
    return max(x, key=lambda v: -(v - 0.6)**2)*c[0] + min(x, default=1.0)


def extremes_by_default(x, c):
    return max([], default=x[0])*c[0] + max(x[0], c[0], 0.2)


def extremes_of_generators(x, c):
    return max((v*v for v in x), default=0.0)*min(c, key=lambda v: abs(v - 0.87))


def places_of_extremes(x, c):
    i = max(range(len(x)), key=lambda i: x[i])
    j = min(range(len(x)), key=x.__getitem__)
    return x[i]*c[j]


def extreme_of_pairs(x, c):
    i = max(enumerate(x), key=lambda p: p[1])[0]
    return x[i]*c[i]


def none_in_a_list(x, c):
    best = [None, x[0]]
    s = 0.0
    for b in best:
        if b is not None:
            s += b*c[0]
    return s


def queue_of_pairs(x, c):
    q = [(0, x[0])]
    s = 0.0
    while q:
        n, v = q.pop(0)
        s += v
        if n < 2:
            q.append((n + 1, v*x[n]))
            q.append((n + 1, v*c[n]))
    return s


def stack_of_pairs(x, c):
    stack = [(x[0], 0)]
    s = 0.0
    while len(stack) > 0:
        v, depth = stack.pop()
        if depth == 3:
            s += v*v
        else:
            stack.append((v*x[1], depth + 1))
            stack.append((v*c[1], depth + 1))
    return s


def distance(x, c):
    return math.dist(x, c) + math.prod(x) + math.fsum(x*c)


def long_hypot(x, c):
    return math.hypot(x[0], x[1], c[0], c[1], 0.5)*c[2]


def pushed_in_front(x, c):
    q = [v for v in x]
    s = 0.0
    for v in c:
        q.insert(0, v*x[0])
        s = s + q[0]*q[-1]*q.pop()
    return s + q[1]


def arrays_taken_out(x, c):
    q = [x, c]
    q.insert(1, x*c)
    a = q.pop(0)
    b = q.pop(-2)
    return np.sum(a*b*q[0])


def pairs_that_move(x, c):
    q = [(v, w) for v, w in zip(x, c)]
    for i in range(5):
        a, b = q.pop(0)
        q.insert(i, (a*b, b + a))
    return sum(a*b*(i + 1) for i, (a, b) in enumerate(q))


def lists_in_lists(x, c):
    rows = [[v] for v in x]
    rows.insert(1, [c[0], c[1]])
    r = rows.pop(2)
    r.insert(-5, c[2])
    return sum(v*v for row in rows for v in row) + r[0]*r[1]


def arrays_written_and_moved(x, c):
    q = [x.copy() for _ in range(3)]
    a = q.pop(1)
    a *= c
    q.insert(2, a)
    q[0] += a
    return np.sum(q[0]*q[1]*q[2])


def places_by_remainder(x, c):
    q = list(x)
    s = 0.0
    k = 0
    while len(q) > 1:
        k = k + 1
        v = q.pop(k % len(q))
        if v > 0.6:
            q.insert(k % 2, v*0.5)
        s = s + v*q[0]*c[k % 3]
    return s


def numbers(x, c):
    q = [1, 2, 3]
    q.insert(1, 7)
    q.pop(0)
    return x[0]*q[0] + c[0]*q[-1]


def seen_places(x, c):
    seen = []
    s = 0.0
    for i in range(len(x)):
        j = i % 2
        if j in seen:
            s = s + x[i]*x[i]
        else:
            seen.append(j)
            s = s + 3*x[i]*c[i]
    return s


def counts(x, c):
    count = [0, 0]
    s = 0.0
    for i in range(len(x)):
        if count[i % 2] == 0:
            s = s + x[i]*x[i]
        else:
            s = s + 3*x[i]*c[i]
        count[i % 2] += 1
    return s


def length_decides(x, c):
    seen = []
    s = 0.0
    for i in range(len(x)):
        if len(seen) > 1:
            s = s + x[i]*x[i]
        else:
            seen.append(i)
            s = s + 3*x[i]*c[i]
    return s


def largest_pair(x, c):
    a, b = max((v, i) for i, v in enumerate(x))
    return a*c[b]


def sorted_by_two_keys(x, c):
    xs = sorted(zip(x, c), key=lambda p: (p[1] > 0.6, -p[0]))
    return sum((i + 1)*a*b for i, (a, b) in enumerate(xs))


def extended_by_pairs(x, c):
    xs = []
    for v, w in zip(x, c):
        xs += [v, w]
    xs[0], xs[-1] = xs[-1], xs[0]
    xs.extend([xs[0]]*2)
    return sum(i*v for i, v in enumerate(xs))


def pairwise_products(x, c):
    xs = list(x)
    while len(xs) > 1:
        a = xs.pop(0)
        b = xs.pop(0)
        xs.append(a*b + c[0])
    return xs[0]


def extended_slices(x, c):
    xs = list(x)
    xs[::2] = [c[0], c[1]]
    xs[len(xs):] = [x[0]*x[1]]
    del xs[-3:-1]
    return sum((i + 1)*v for i, v in enumerate(xs))


def place_of_the_best(x, c):
    best, arg = -np.inf, None
    for i, v in enumerate(x):
        if v*c[i] > best:
            best, arg = v*c[i], i
    return best*x[arg]


def ranked(x, c):
    order = sorted(range(len(x)), key=lambda i: -x[i])
    ranked = [c[i] for i in order]
    return ranked[0]*x[order[0]] + ranked[-1]


def rows_sorted(x, c):
    xs = [[x[0], c[0]], [x[1], c[1]]]
    xs.sort(key=lambda r: -r[1])
    xs[0].append(x[2])
    return sum(sum(r)*(i + 1) for i, r in enumerate(xs))


def lists_in_tuples_of_a_list(x, c):
    rows = []
    for i in range(len(x)):
        xs = [x[i]]
        rows.append((xs, c[i]))
        xs.append(x[i]*c[i])
    return sum(r[0][0]*r[0][1]*r[1] for r in rows)


def arrays_and_lists_in_tuples(x, c):
    rows = []
    for i in range(len(x)):
        a = x*c[i]
        rows.append((a, [x[i]]))
        a[0] += c[0]
    for a, b in rows:
        a *= 2
        b[0] = b[0]*a[0]
    return sum(np.sum(a)*b[0] for a, b in rows)


def tuples_of_the_same_lists(x, c):
    xs, ys = [x[0]], [c[0]]
    t = (xs, ys)
    hold = [t, (ys, xs)]
    for i in range(len(x)):
        hold[i % 2][0].append(x[i])
    return xs[-1]*ys[-1] + sum(xs)


LISTS = [
    one_deleted, slice_deleted, sorted_in_place, sorted_downwards, sorted_by_a_key, copied_before_a_write,
    counted_and_found, slice_replaced, slice_inserted, removed, heap, heapified, largest_and_smallest,
    shortest_path, sorted_by_minus, pairs_by_their_second, pairs_in_order, extremes_by_a_key,
    extremes_by_default, extremes_of_generators, places_of_extremes, extreme_of_pairs, none_in_a_list,
    queue_of_pairs, stack_of_pairs, distance, long_hypot, pushed_in_front, arrays_taken_out,
    pairs_that_move, lists_in_lists, arrays_written_and_moved, places_by_remainder, numbers, seen_places,
    counts, length_decides, largest_pair, sorted_by_two_keys, extended_by_pairs, pairwise_products,
    extended_slices, place_of_the_best, ranked, rows_sorted, lists_in_tuples_of_a_list,
    arrays_and_lists_in_tuples, tuples_of_the_same_lists,
]
PLACED = [
    slice_replaced, sorted_by_a_key, heap, extremes_by_a_key, queue_of_pairs, places_by_remainder,
    seen_places, rows_sorted,
]


@pytest.mark.parametrize("f", LISTS)
def test_gradient(f):
    check(f, (X, C))


@pytest.mark.parametrize("f", PLACED)
def test_in_other_places(f):
    """In a loop, in a branch, in a callee, and differentiated twice."""
    for program in (*places(f), twice(f)):
        check(program, (X, C), pullbacks=False, probes=1, text=False)


def mean(x, c):
    xs = list(x)
    return statistics.mean(xs)*statistics.fmean([v*c[0] for v in xs])


def test_mean():
    """statistics.mean takes no complex numbers, so that the reference is differences alone."""
    value, (x_bar, _) = s2sad.value_and_grad(mean, (0, 1))(X, C)
    assert value == mean(X, C)
    for i in range(3):
        e = 1e-6*np.eye(3)[i]
        assert abs((mean(X + e, C) - mean(X - e, C))/2e-6 - x_bar[i]) < 1e-8


@pytest.mark.parametrize("f, error", [
    (lambda x: [v for v in x].pop(int(x[0]) - 9), IndexError),
    (lambda x: max([v for v in x if v > 9.0], key=lambda v: -v), ValueError),
    (lambda x: [v for v in x].index(9.0), ValueError),
])
def test_the_same_error(f, error):
    with pytest.raises(error) as expected:
        f(X)
    with pytest.raises(error) as caught:
        s2sad.grad(f)(X)
    assert str(caught.value) == str(expected.value)


def stopped_keys(x, c):
    keys = []
    for v in x:
        keys.append(s2sad.stop_gradient(-v))
    return x[keys.index(max(keys))]*c[0]


def test_stopped_values_in_a_pair():
    """What stop_gradient gives was lost where a pullback computes nothing of it again."""
    check(stopped_keys, (X, C), tol=1e-6)


def largest_in_windows(x):
    waiting, found = collections.deque(), []
    for i, v in enumerate(x):
        while waiting and x[waiting[-1]] <= v:
            waiting.pop()
        waiting.append(i)
        if waiting and waiting[0] <= i - 2:
            waiting.popleft()
        found.append(x[waiting[0]])
    return sum(v * v for v in found)


def steps_up(x):
    stack, total = [], 0.0
    for i, v in enumerate(x):
        while stack and stack[-1][1] > v:
            j, height = stack.pop()
            total += height * (i - j)
        if not stack or stack[-1][1] < v:
            stack.append((i, v))
    return total + sum(height for _, height in stack)


def never_filled(x):
    stack, total = [], 0.0
    for v in x:
        if stack:
            a, b = stack[-1]
            total += a * b
        total += v * v
    return total


def waiting_or_not(x):
    waiting, total = collections.deque(), 0.0
    for v in x:
        if (waiting and waiting[-1] > v) or v > 10:
            total += waiting.pop()
        elif (not waiting and v > 0.2) or (waiting and len(waiting) < 3):
            waiting.append(v)
        total += (waiting[0] if waiting and v < 0.9 else v) * v
    return total


@pytest.mark.parametrize("program", [largest_in_windows, steps_up, never_filled, waiting_or_not])
def test_lists_and_queues_are_asked_whether_they_hold_anything(program):
    check(program, (np.array([0.3, 1.2, 0.7, 2.0, 0.5, 0.1]),))


def grows_while_it_is_walked(x, n):
    xs = [x, 2 * x]
    for y in xs:
        if len(xs) < n:
            xs.append(y * y)
    return sum(xs)


def shrinks_while_it_is_walked(x, n):
    xs, s = [x, 2 * x, 3 * x, x * x, x * x * x], 0.0
    for y in xs:
        for _ in range(2):
            s += y
        if len(xs) > n:
            xs.pop()
        elif n == 5:
            break
        else:
            continue
        s += 1.0
    else:
        s += xs[-1]
    return s * sum(xs)


def walked_again_in_every_trip(x, n):
    s, xs = 0.0, [x]
    for k in range(n):
        for y in xs:
            if len(xs) < k + 2:
                xs.insert(0, y * x)
            if s > 9.0:
                break
            s += y * k
    return s + sum(xs)


def grows_by_another_name(x, n):
    xs = [x, 2 * x]
    box = [xs]
    for y in xs:
        if len(xs) < n:
            box[0].append(y * y)
    return sum(xs)


def grows_under_enumerate(x, n):
    xs = [x, 2 * x]
    s = 0.0
    for i, y in enumerate(xs):
        if len(xs) < n:
            xs.append(y * y)
        s += i * y
    return s


@pytest.mark.parametrize(
    "program", [grows_while_it_is_walked, shrinks_while_it_is_walked, walked_again_in_every_trip]
)
def test_lists_that_change_their_length_in_a_loop_over_them(program):
    for n in (0, 2, 5):
        check(program, (0.7, n))
        if program is not walked_again_in_every_trip:  # that one compares
            check(lambda x, n: np.sum(program(x, n)), (X, n))


@pytest.mark.parametrize("program", [grows_by_another_name, grows_under_enumerate])
def test_lists_that_change_their_length_by_another_name_are_refused(program):
    with pytest.raises(s2sad.UnsupportedError, match=r"changes its length in a loop over it.*while i < len") as e:
        s2sad.grad(program)(0.7, 5)
    assert ".append(y * y)" in str(e.value)
    with pytest.raises(s2sad.UnsupportedError, match="changes its length"):
        s2sad.jvp(lambda x: program(x, 5), (0.7,), (1.0,))


def keys_are_there(x, n):
    names = ["a", "b", "a"]
    found = collections.defaultdict(list)
    for name, v in zip(names, x):
        found[name].append(v)
    for name in found:
        found[name].append(x[0] * n)
        for other in names:
            found[other].append(x[1])
    return sum(sum(vs) ** 2 for vs in found.values())


def made_in_the_walk_over_another(x, n):
    xs = [v for v in x]
    for _ in range(n):
        new = []
        for v in xs:
            new.append(v * v)
            if v > 0.4:
                new.append(v)
        xs = new
    return sum(xs)


@pytest.mark.parametrize("program", [keys_are_there, made_in_the_walk_over_another])
def test_lists_that_only_look_as_if_they_changed_in_a_loop_over_them(program):
    """Tables of computed keys keep lists of them; the list that is walked was another one in each trip."""
    check(program, (X, 2))
