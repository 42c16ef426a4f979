"""Dicts that are elements of lists and dicts, and are written there: rows, trees, defaultdicts of defaultdicts."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


def nested_dd(x, c):
    d = defaultdict(lambda: defaultdict(float))
    for i in range(3):
        for j in range(3):
            d[i % 2][j] += x[i]*c[j]
    return sum(v*v for row in d.values() for v in row.values())


def nested_dd_str(x, c):
    d = defaultdict(lambda: defaultdict(float))
    for i, w in enumerate("abcab"):
        for u in "xyx":
            d[w][u] += x[i % 3]*c[(i+1) % 3]
    s = 0.0
    for w in d:
        for u in d[w]:
            s = s + d[w][u]**2
    return s + d["a"]["x"]


def nested_dd_list(x, c):
    d = defaultdict(lambda: defaultdict(list))
    for i in range(3):
        for j in range(2):
            d[i % 2][j].append(x[i]*c[j])
    return sum(sum(v)**2 for row in d.values() for v in row.values())


def dd_of_dict(x, c):
    d = defaultdict(dict)
    for i in range(3):
        for j in range(i+1):
            d[i][j] = x[i]*c[j]
    return sum(d[i][j]**2 for i in d for j in d[i])


def rows_write(x, c):
    rows = [{"x": x[i], "y": c[i]} for i in range(len(x))]
    for i in range(len(rows)):
        rows[i]["x"] = rows[i]["x"]*rows[i]["y"]
    return sum(r["x"]**2 + r["y"] for r in rows)


def rows_aug(x, c):
    rows = []
    for i in range(len(x)):
        rows.append({"x": x[i], "n": 0.0})
    for k in range(5):
        rows[k % 3]["n"] += c[k % 3]*rows[k % 3]["x"]
    return sum(r["n"]**2 for r in rows)


def rows_loop_write(x, c):
    rows = [{"x": v} for v in x]
    for r, w in zip(rows, c):
        r["x"] *= w
    return sum(r["x"]**2 for r in rows)


def rows_newkey(x, c):
    rows = [{"x": v} for v in x]
    for r, w in zip(rows, c):
        r["y"] = r["x"]*w
    return sum(r["x"]*r["y"] for r in rows)


def tree(x, c):
    tree = {}
    for k in range(3):
        tree[k] = {}
        for j in range(2):
            tree[k][j] = 0.0
    for k in range(3):
        for j in range(2):
            tree[k][j] += x[k]*c[j]
    return sum(v**2 for t in tree.values() for v in t.values())


def tree_known(x, c):
    tree = {"a": {"u": x[0], "v": x[1]}, "b": {"u": c[0], "v": c[1]}}
    for k in ("a", "b", "a"):
        for j in ("u", "v"):
            tree[k][j] += x[2]*tree[k][j]
    return tree["a"]["u"]*tree["b"]["v"] + tree["a"]["v"]


def tree_lists(x, c):
    tree = {k: [0.0]*3 for k in range(2)}
    for i in range(3):
        tree[i % 2][i] += x[i]*c[i]
    return sum(sum(v)**2 for v in tree.values())


def setdefault_dict(x, c):
    d = {}
    for i in range(3):
        d.setdefault(i % 2, {})[i] = x[i]*c[i]
    return sum(v**2 for r in d.values() for v in r.values())


def sparse_matvec(x, c):
    A = {}
    for i in range(3):
        for j in range(3):
            if (i + j) % 2 == 0:
                A.setdefault(i, {})[j] = x[i]*(j + 1)
    y = np.zeros(3)
    for i, row in A.items():
        for j, v in row.items():
            y[i] += v*c[j]
    return np.sum(y**2)


def lod(x, c):
    ds = [{} for _ in range(2)]
    for i in range(3):
        ds[i % 2][i] = x[i]*c[i]
    return sum(v*v for d in ds for v in d.values())


def rows_diff_keys2(x, c):
    rows = []
    for i in range(3):
        if i % 2:
            rows.append({"a": x[i]})
        else:
            rows.append({"b": x[i], "c": c[i]})
    s = 0.0
    for r in rows:
        if "a" in r:
            s += r["a"]
        else:
            s += r["b"]*r["c"]
    return s


def bigram(x, c):
    counts = defaultdict(Counter)
    for a, b in zip("abab", "baba"):
        counts[a][b] += 1
    logits = {k: x[i] for i, k in enumerate(counts)}
    return sum(logits[a]*n for a in counts for b, n in counts[a].items())*c[0]


def adjacency(x, c):
    edges = [(0, 1), (1, 2), (0, 2)]
    adj = defaultdict(list)
    for k, (u, v) in enumerate(edges):
        adj[u].append((v, x[k]))
        adj[v].append((u, x[k]))
    s = 0.0
    for u in adj:
        for v, w in adj[u]:
            s += w*w*c[u]*c[v]
    return s


def dict_in_dict_in_list(x, c):
    net = [{"W": {"a": x[i], "b": c[i]}, "k": 0.0} for i in range(3)]
    for layer in net:
        layer["W"]["a"] = layer["W"]["a"]*2
        layer["k"] += layer["W"]["a"]*layer["W"]["b"]
    return sum(l["k"]**2 for l in net)


def history_rows(x, c):
    hist = []
    w = x*1.0
    for k in range(3):
        hist.append({"it": k, "loss": np.sum((w - c)**2), "w": w})
        w = w*0.9
    best = min(hist, key=lambda h: h["loss"])
    return best["loss"] + np.sum(best["w"]) + hist[-1]["loss"]


def layers(x, c):
    net = []
    for i in range(3):
        net.append({"W": np.outer(x, c)*(i + 1), "b": x*c[i], "name": f"l{i}"})
    h = c
    for _step in range(2):
        for layer in net:
            layer["W"] = layer["W"]*0.9 + np.outer(layer["b"], h)
            h = np.tanh(layer["W"] @ h + layer["b"])
    return np.sum(h)


def best_row(x, c):
    rows = [{"x": v, "l": (v - 1.3*w)**2, "a": np.array([v, w])} for v, w in zip(x, c)]
    best = rows[0]
    for r in rows:
        if r["l"] < best["l"]:
            best = r
    return best["x"] + best["l"] + best["a"][0]*best["a"][1]


def best_row_none(x, c):
    rows = [{"x": v, "l": (v - 1.3*w)**2} for v, w in zip(x, c)]
    best = None
    for r in rows:
        if best is None or r["l"] < best["l"]:
            best = r
    best["x"] = best["x"]*2
    return best["x"] + rows[0]["x"]*rows[1]["x"]*rows[2]["x"]


def computed_outer(x, c):
    d = {"a": {"u": x[0], "v": x[1]}, "b": {"u": c[0], "v": c[1]}}
    for i in range(5):
        k = "ab"[i % 2]
        d[k]["u"] += x[i % 3]*d[k]["v"]
    return d["a"]["u"]*d["b"]["u"]


def computed_inner(x, c):
    d = {"a": {"u": x[0], "v": x[1]}, "b": {"u": c[0], "v": c[1]}}
    for i in range(5):
        k = "ab"[i % 2]
        j = "uv"[i % 3 % 2]
        d[k][j] += x[i % 3]*d[k]["v"]
    return d["a"]["u"]*d["b"]["u"] + d["a"]["v"]


def row_methods(x, c):
    rows = [{"x": v, "w": w, "n": 0} for v, w in zip(x, c)]
    for r in rows:
        r["n"] += 1
        r.update(x=r["x"]*2, w=r.get("w", 0.0) + 1)
        r.update({"n": r["n"] + 1})
    s = 0.0
    for r in rows:
        if "x" in r and "z" not in r:
            for k, v in r.items():
                s = s + v*len(k)
        s = s + sum(r.values())*len(r)
        for k in r:
            s = s + (1 if k == "x" else 2)*r[k]
        t = dict(r)
        t["x"] = 0.0
        u = r.copy()
        u["w"] = c[0]
        s = s + t["w"]*r["x"] + u["w"]*u["x"]
        s += {**r, "x": 1.5}["x"]*r["w"]
    return s


def rows_eq(x, c):
    rows = [{"x": v, "w": w} for v, w in zip(x, c)]
    rows.append({"x": x[0], "w": c[0]})
    for r in rows:
        r["x"] = r["x"]*1.0
    s = 0.0
    for i in range(len(rows)):
        for j in range(len(rows)):
            if rows[i] == rows[j] and i != j:
                s += rows[i]["x"]*(i + 1)
            if rows[i] is rows[j]:
                s += rows[j]["w"]
    return s


def shared_row(x, c):
    r = {"x": x[0], "y": 0.0}
    rows = [r, {"x": x[1], "y": 1.0}]
    rows.append(r)
    for q in rows:
        q["y"] += q["x"]*c[0]
    r["x"] = 2.0
    return sum(q["y"]*q["x"] for q in rows)


def particles(x, c):
    ps = [{"pos": np.array([v, w]), "vel": np.array([w, v]), "m": 1.0} for v, w in zip(x, c)]
    for _step in range(3):
        for p in ps:
            f = np.zeros(2)
            for q in ps:
                f += (q["pos"] - p["pos"])*q["m"]
            p["vel"] = p["vel"] + 0.1*f
        for p in ps:
            p["pos"] = p["pos"] + 0.1*p["vel"]
            p["m"] *= 0.99
    return sum(np.sum(p["pos"]**2)*p["m"] for p in ps)


def particles_inplace(x, c):
    ps = [{"pos": np.array([v, w]), "vel": np.array([w, v])} for v, w in zip(x, c)]
    for _step in range(3):
        for p in ps:
            p["vel"] -= 0.1*p["pos"]
            p["pos"] += 0.1*p["vel"]
    return sum(np.sum(p["pos"]**2) for p in ps)


def swap_rows(x, c):
    rows = [{"x": v, "k": i} for i, v in enumerate(x)]
    rows[0], rows[2] = rows[2], rows[0]
    rows[0]["x"] = rows[0]["x"]*c[0]
    rows.sort(key=lambda r: r["x"])
    s = 0.0
    for i, r in enumerate(rows):
        r["x"] += 1.0
        s += r["x"]**2*(i + 1) + r["k"]
    return s + max(rows, key=lambda r: r["x"])["x"]


def kw_from_row(x, c):
    def g(x, w, s=1.0):
        return x*w*s
    rows = [{"x": v, "w": w} for v, w in zip(x, c)]
    t = 0.0
    for r in rows:
        r["x"] = r["x"]**2
        t += g(**r) + g(s=2.0, **r)
    return t


def del_key(x, c):
    rows = [{"x": v, "w": w} for v, w in zip(x, c)]
    for r in rows:
        del r["w"]
        r["z"] = r["x"]*2
    return sum(sum(r.values()) for r in rows) + rows[0]["z"]


def pop_key(x, c):
    rows = [{"x": v, "w": w} for v, w in zip(x, c)]
    s = 0.0
    for r in rows:
        s += r.pop("w")*r["x"]
        s += r.setdefault("q", 1.5)
        r["q"] *= r["x"]
    return s + sum(sum(r.values()) for r in rows)


def row_in_callee(x, c):
    def bump(r, k):
        r["x"] += k
        return r
    rows = [{"x": v, "w": w} for v, w in zip(x, c)]
    s = 0.0
    for r in rows:
        s += bump(r, c[0])["x"]*r["w"]
    return s + rows[1]["x"]


def dict_of_rows(x, c):
    acc = {}
    for i in range(6):
        k = i % 2
        if k not in acc:
            acc[k] = {"n": 0, "sum": 0.0, "sq": 0.0}
        a = acc[k]
        a["n"] += 1
        a["sum"] += x[i % 3]
        a["sq"] += x[i % 3]**2*c[i % 3]
    return sum(a["sq"]/a["n"] - (a["sum"]/a["n"])**2 for a in acc.values())


def nested_rows(x, c):
    acc = {}
    for i in range(6):
        acc.setdefault(f"g{i % 2}", {"n": 0, "m": {"s": 0.0, "t": 1.0}})
        acc[f"g{i % 2}"]["m"]["s"] += x[i % 3]
        acc[f"g{i % 2}"]["m"]["t"] *= c[i % 3]
        acc[f"g{i % 2}"]["n"] += 1
    return sum(a["m"]["s"]*a["m"]["t"]/a["n"] for a in acc.values())


def table_carried(x, c):
    ts = []
    for i in range(3):
        t = {}
        for j in range(2):
            t[j] = x[i]*c[j]
        ts.append(t)
    cur = ts[0]
    for t in ts:
        if t[0] > cur[0]:
            cur = t
    cur[5] = x[0]
    return sum(sum(t.values()) for t in ts) + cur[1]*cur[5]


def best_row_kept(x, c):
    rows = [{"x": v, "l": (v - 1.3*w)**2} for v, w in zip(x, c)]
    best = rows[0]
    hist = []
    for r in rows:
        if r["l"] < best["l"]:
            best = r
        hist.append(best)
    return sum(h["l"]*(i + 1) for i, h in enumerate(hist)) + best["x"]


PROGRAMS = [
    nested_dd, nested_dd_str, nested_dd_list, dd_of_dict, rows_write, rows_aug, rows_loop_write,
    rows_newkey, tree, tree_known, tree_lists, setdefault_dict, sparse_matvec, lod, rows_diff_keys2,
    bigram, adjacency, dict_in_dict_in_list, history_rows, layers, best_row, best_row_none,
    computed_outer, computed_inner, row_methods, rows_eq, shared_row, particles, particles_inplace,
    swap_rows, kw_from_row, del_key, pop_key, row_in_callee, dict_of_rows, nested_rows, table_carried,
    best_row_kept,
]


PLACED = [nested_dd, dd_of_dict, rows_write, rows_newkey, dict_in_dict_in_list, best_row, shared_row, particles, del_key, nested_rows]


@pytest.mark.parametrize("f", PROGRAMS)
def test_gradient(f):
    check(f, (X, C))


@pytest.mark.parametrize("f", PROGRAMS)
def test_second_order(f):
    check(twice(f), (X, C), pullbacks=False, probes=1, text=False)


@pytest.mark.parametrize("f", PLACED)
def test_in_other_places(f):
    """In a loop, in a branch and in a callee."""
    for program in places(f):
        check(program, (X, C), pullbacks=False, probes=1, text=False)
