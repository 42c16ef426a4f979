"""Functions on sequences from heapq, bisect, math and statistics.

The heap functions ask for the places between which elements move, which carry no derivative, and move them:
heaps of numbers and of tuples keep the order that CPython gives them.
"""

from __future__ import annotations

import bisect
import heapq
import itertools
import math
import statistics

from s2sad import runtime
from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import results
from s2sad.rules.registry import Bound, composite, structural
from s2sad.rules.scalars import item_kind

# The elements on a path move up or down by one; the item takes the last place.
_MOVED = """
    for i in range(len(path) - 1):
        heap[path[i]] = heap[path[i + 1]]
    heap[path[len(path) - 1]] = item
"""
_indices = results.constant(kinds.list_of(kinds.INT))
structural("heap_rise", "heap, item", _indices, None, (runtime.HELPERS["heap_rise"],))
structural("heap_sink", "heap, item, start=0", _indices, None, (runtime.HELPERS["heap_sink"],))


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.strip("\n").splitlines())


composite(
    "heapq.heappush",
    "def heappush(heap, item):\n    heap.append(item)\n    path = heap_rise(heap, item)" + _MOVED,
    (heapq.heappush,),
)
composite(
    "heapq.heappop",
    "def heappop(heap):\n"
    "    first = heap[0]\n"
    "    item = heap.pop()\n"
    "    if len(heap) > 0:\n"
    "        path = heap_sink(heap, item)\n" + _indented(_MOVED) + "    return first\n",
    (heapq.heappop,),
)
composite(
    "heapq.heapreplace",
    "def heapreplace(heap, item):\n    first = heap[0]\n    path = heap_sink(heap, item)"
    + _MOVED + "    return first\n",
    (heapq.heapreplace,),
)  # fmt: skip
composite(
    "heapq.heappushpop",
    "def heappushpop(heap, item):\n"
    "    first = item\n"
    "    if len(heap) > 0 and heap[0] < item:\n"
    "        first = heap[0]\n"
    "        path = heap_sink(heap, item)\n" + _indented(_MOVED) + "    return first\n",
    (heapq.heappushpop,),
)
composite(
    "heapq.heapify",
    "def heapify(heap):\n    for start in range(len(heap)//2 - 1, -1, -1):\n"
    "        item = heap[start]\n        path = heap_sink(heap, item, start)\n" + _indented(_MOVED),
    (heapq.heapify,),
)
composite(
    "heapq.nlargest",
    "def nlargest(n, iterable, key=None):\n    return sorted(iterable, key=key, reverse=True)[:max(n, 0)]\n",
    (heapq.nlargest,),
)
composite(
    "heapq.nsmallest",
    "def nsmallest(n, iterable, key=None):\n    return sorted(iterable, key=key)[:max(n, 0)]\n",
    (heapq.nsmallest,),
)

# Places carry no derivative; what is inserted there moves.
for _side in ("left", "right"):
    _place, _insort = getattr(bisect, f"bisect_{_side}"), getattr(bisect, f"insort_{_side}")
    structural(f"bisect.bisect_{_side}", "a, x, lo=0, hi=None", results.constant(kinds.INT), None, (_place,))
    composite(
        f"bisect.insort_{_side}",
        f"def insort_{_side}(a, x, lo=0, hi=None):\n"
        "    if lo == 0 and hi is None:\n"
        f"        a.insert(bisect.bisect_{_side}(a, x), x)\n"
        "    else:\n"
        f"        a.insert(bisect.bisect_{_side}(a, x, lo, hi), x)\n",
        (_insort,),
    )

# Tuples of numbers; the front end selects places with them, never active values.
for _fn in (itertools.combinations, itertools.permutations, itertools.combinations_with_replacement):
    structural(f"itertools.{_fn.__name__}", "iterable, r", results.constant(kinds.OBJECT))

# math.dist and math.hypot of many numbers round as CPython's own sum of squares does.
_helper = runtime.HELPERS["hypot_of"]
structural(
    "hypot_of", "d", results.constant(kinds.FLOAT), {"d": "div_or_zero(g, out)*d"}, (_helper,),
    jvp={"d": "div_or_zero(np.dot(d, g), out)"},
)  # fmt: skip
composite(
    "math.dist",
    "def dist(p, q):\n"
    "    if len(p) != len(q):\n"
    "        raise ValueError('both points must have the same number of dimensions')\n"
    "    return hypot_of(np.asarray(p) - np.asarray(q))\n",
    (math.dist,),
)
composite(
    "math.hypot of many",
    "def hypot(*coordinates):\n    return hypot_of(np.array(list(coordinates)))\n",
)


def _mean_kind(bound: Bound) -> Kind:
    item = item_kind(bound.kind("data"))
    if item.sort not in ("float", "") or item.rank:
        raise NotImplementedError("statistics.mean of what are not floats")
    return item


structural(
    "statistics.mean", "data", _mean_kind, {"data": "spread(g/len(data), data)"}, (statistics.mean,),
    jvp={"data": "sum(g)/len(g)"}, raises=True,
)  # fmt: skip
composite(
    "statistics.fmean",
    "def fmean(data):\n    return math.fsum(data)/len(data)\n",
    (statistics.fmean,),
)
