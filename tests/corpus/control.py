"""Constructs of control flow: iterators, match, try, with, star expressions, comprehensions, histories.

The form of `corpus.constructs`; `CONTROL_HELPERS` stands in every program beside the helpers there.
"""

CONTROL_HELPERS = '''
import contextlib
import functools
import itertools
import operator
from dataclasses import dataclass

HISTORY = []
RECORD = {"loss": [], "steps": 0}


@dataclass
class Ball:
    radius: object


@dataclass
class Box:
    width: object
    height: object


class Section:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return False


@contextlib.contextmanager
def stage(name):
    yield name


def volume(shape):
    match shape:
        case Ball(radius=r):
            return r*r*3.0
        case Box(width=w, height=h) if n_is(2):
            return w*h
        case Box(w, h):
            return w + h


def progress(items):
    for item in items:
        yield item


def n_is(k):
    return k == 2


class Limit(Exception):
    def __init__(self, at):
        super().__init__(at)
        self.at = at


def within(v, limit=1.3):
    if np.sum(v) > limit:
        raise Limit(3)
    return v*1.1


def newton(v, c):
    while True:
        yield v
        v = 0.5*(v + c/v)


def powers(v, count):
    y = v
    for _ in range(count):
        yield y
        y = y*v


def walked(v, c):
    yield v
    yield from powers(c, 2)


class Path:
    def __init__(self, start):
        self.start = start

    def __iter__(self):
        yield self.start
        yield self.start*0.5

    def points(self, step):
        for k in range(3):
            yield self.start + step*k


class Doubled:
    def __init__(self, pair):
        self.pair = pair

    def __enter__(self):
        self.pair.a = self.pair.a*2.0
        return self.pair

    def __exit__(self, *exc):
        self.pair.a = self.pair.a*0.5


def with_weights(w):
    def decorate(fn):
        @functools.wraps(fn)
        def inner(*args, **named):
            return w*fn(*args, **named)
        return inner
    return decorate


def keyed(v, /, k=2.0, *, shift=0.1):
    return v*k + shift


def checked(v):
    if np.sum(v) > 2.0:
        raise ValueError("large")
    return v*v


def three(a, b, d):
    return a*b + d
'''

CONTROL = '''
### iterators

# for_else_break any
y = x
for j in range(n):
    if j > 5:
        break
    y = y*c
else:
    y = y + 0.5

# for_else_broken any
y = x
for j in range(n):
    if j == 1:
        break
    y = y*c
else:
    y = y + 0.5

# ndindex plane
y = np.zeros_like(x)
for j, k in np.ndindex(x.shape):
    y[j, k] = x[j, k]*c[j, k-1] + j

# ndindex_break plane
y = x*1.0
for jk in np.ndindex(*x.shape):
    y[jk] = x[jk]**2
    if jk[1] == 1:
        break

# ndenumerate plane
y = np.zeros_like(x)
for (j, k), v in np.ndenumerate(x):
    if v < 0.5:
        continue
    y[k, 0] += v*v*(j + 1)

# product any
y = x*0.0
for j, k in itertools.product(range(2), (0.5, 2.0)):
    y = y + x**(j + 1)*k

# product_repeat items
y = 0.0
for a, b in itertools.product(x, repeat=2):
    y = y + a*b*b

# chain_of_iterables items
y = 0.0
for v in itertools.chain(x, [c[0]], c):
    y = y*0.5 + v*v

# chain_nested any
y = 0.0
for v in itertools.chain.from_iterable([[x, c], [x*c]]):
    y = y*0.5 + v*v

# accumulate items
y = 0.0
for v in itertools.accumulate(x, lambda a, b: a*b + 0.1):
    y = y + v*v

# accumulate_first any
y = sum(itertools.accumulate([x, c, x*c], operator.mul, initial=2.0))

# pairwise items
y = x[0]*1.0
for a, b in itertools.pairwise(x):
    y = y + (b - a)**2

# repeat_islice any
y = x
for k in itertools.islice(itertools.count(1), n):
    y = y*c + k
for v in itertools.repeat(c, 2):
    y = y*v

# zip_longest items
y = x[0]*0.0
for a, b in itertools.zip_longest(x, c[:1], fillvalue=0.5):
    y = y + a*b

# zip_count items
y = 0.0
for k, a, mark in zip(itertools.count(2), x, itertools.cycle("ab")):
    y = y + a**k if mark == "a" else y*0.5

# zip_strict items
y = 0.0
for a, b in zip(x, c, strict=True):
    y = y + a*b

# reduce items
y = functools.reduce(lambda a, b: a*b + 0.1, x)*c

# reduce_first any
y = functools.reduce(lambda a, b: np.sin(a) + b, [x, c, x*c, x, c, c, x, x, x, x], 0.5)

# map_filter items
y = sum(map(lambda a, b: a*b, x, c))
for v in filter(lambda v: np.sum(v) > 0.7, x):
    y = y + v*v

# any_all items
y = x*c
if any(np.sum(v) > 0.9 for v in x) and not all(np.sum(v) > 0.9 for v in x):
    y = y*y

# dict_views any
parts = {"a": x, "b": x*c}
y = 0.0
for k, (key, v) in enumerate(parts.items()):
    y = y + v*v*len(key)*(k + 1)
for v in parts.values():
    y = y*v
for key in parts:
    y = y + parts[key]

# letters items
y = 0.0
for mark, v in zip("abca", x):
    y = y + v*v if mark == "a" else y*0.5 + v

# changed_loop_variable any
y = x
for j in range(n):
    j = (j + 2) % 3
    y = y*c + j

# iterator_with_a_name items
pairs = zip(x, c)
y = 0.0
for a, b in pairs:
    y = y + a*a*b

### match

# match_literals any
match i:
    case 0:
        y = x
    case 1 | 2 if n > 1:
        y = x*c
    case k:
        y = x*k

# match_sequence any
match ("mul", x, (c, 2.0)):
    case ("add", a, _):
        y = a
    case ("mul", a, (b, k)):
        y = a*b*k

# match_star any
match [x, c, x*c]:
    case [first, *rest]:
        y = first*rest[0] + rest[-1]
    case _:
        y = x

# match_class any
y = volume(Ball(x)) + volume(Box(x, c))

# match_mapping any
match {"kind": "exp", "rate": x, "more": c}:
    case {"kind": "lin", "rate": r}:
        y = r
    case {"kind": "exp", "rate": r, **rest}:
        y = np.exp(r)*rest["more"]

# match_nested any
match {"kind": ("a", [x, c]), "more": Box(x, c)}:
    case {"kind": ("b", _)}:
        y = x
    case {"kind": ("a", [u, *_]), "more": Box(w, height=h)} if n > 0:
        y = u*w + h
    case _:
        y = c

# match_guards_on_data any
match np.sum(x):
    case t if t > 1e6:
        y = x
    case t if (w := t*0.5) > -1.0:
        y = x*w + c*t
    case _:
        y = c

# match_values any
y = x
for key in ("up", None, 2, -1.5, True):
    match key:
        case "up" | "down":
            y = y*c
        case None:
            y = y + 0.5
        case True:
            y = y*1.1
        case int(k):
            y = y*k
        case float() as k:
            y = y - 0.1*k

# match_in_loop any
y = x
for j in range(4):
    match j:
        case 3:
            break
        case 1:
            continue
        case k:
            y = y*c + k

### try and with

# try_raises any
try:
    if np.sum(c) > 0.0:
        raise ValueError("positive")
    y = x
except ValueError as error:
    y = x*c
    print(error, end="")

# try_fits any
try:
    y = checked(x)
except ValueError:
    y = x*c
else:
    y = y + c

# try_tuple any
try:
    t = {"a": x}["b"]
except (KeyError, TypeError):
    t = c*x
y = t*t

# try_loop any
y = x*0.5
for j in range(4):
    try:
        t = y*c
        y = checked(t + 0.8) + t
    except ValueError:
        y = y*0.3
    finally:
        k = j

# try_scalar scalar
try:
    y = math.sqrt(x - 5.0)
except (ValueError, ZeroDivisionError):
    y = x*c

# try_divide scalar
try:
    y = float(c)/(float(x) - float(x))
except ZeroDivisionError:
    y = x*x

# try_break any
y = x
scale = 4.0
while True:
    try:
        t = checked(x*scale)
    except ValueError:
        scale *= 0.5
        continue
    break
y = y*t

# try_singular plane
a = x[:3, :3] @ x[:3, :3].T
try:
    t = np.linalg.inv(np.zeros((3, 3)))
except np.linalg.LinAlgError:
    t = np.linalg.inv(a + np.eye(3))
y = t

# try_append any
ys = []
for j in range(3):
    try:
        ys.append(checked(x*(j*0.4)))
    except ValueError:
        ys.append(x*j)
y = ys[0] + ys[1]*ys[2]

# finally_effect any
try:
    y = x*c
finally:
    HISTORY.append(i)

# with_section any
with Section("outer"), stage("inner") as name:
    y = x*c
    if name == "inner":
        y = y*y

# with_loop any
y = x
for j in range(n):
    with Section("loop"):
        y = y*c + j

# with_null any
with contextlib.nullcontext(x*c) as t:
    y = t*t

# with_suppress any
y = x
with contextlib.suppress(ValueError):
    y = checked(x + 5.0)
y = y*c

# with_active any
p = Pair(x, c)
with Doubled(p) as q:
    y = q.a*q.b
y = y + p.a

# try_return_inside any
try:
    t = within(x)
    if n > 100:
        RETURN t
    y = t*c
except Limit:
    y = x*0.5

# try_returned_inside any
try:
    t = within(x*0.1, 100.0)
    if n > 1:
        RETURN t*c
    y = t
except Limit:
    y = x*0.5

# try_break_inside any
y = x
for j in range(5):
    try:
        y = within(y, 9.0)*1.3
        if j == 2:
            break
    except Limit:
        y = y*0.2

# try_continue_in_clause any
y = x*0.5
for j in range(4):
    try:
        t = within(y*(j + 1))
    except Limit:
        continue
    y = y + t*c

# try_middle any
y = x
try:
    y = y*c
    y = within(y*20.0, 4.0)
    y = y*3.0
except Limit:
    y = y + 0.5

# try_middle_of_loop any
y = x
count = 0
try:
    while count < 9:
        y = within(y, 6.0)*1.2
        count += 1
except Limit:
    y = y*0.5
y = y*count

# try_two_stores items
t = np.zeros_like(x)
for j in range(len(x)):
    try:
        t[j] = x[j]*2.0
        t[j] = t[j] + within(x[j], 0.8)
    except Limit:
        t[j] = t[j]*c[j]
y = t

# try_nested any
try:
    try:
        y = within(x*30.0)
    except Limit:
        y = within(c*30.0) + within(x)
except Limit:
    y = x*c

# try_reraised any
try:
    try:
        y = within(x*30.0)
    except Limit as error:
        raise ValueError("outer") from error
except ValueError:
    y = x*c

# try_index items
y = x[0]*0.0
j = 0
while True:
    try:
        y = y + x[j]*c[j]
    except IndexError:
        break
    j += 1

# try_cholesky plane
a = x[:3, :3] @ x[:3, :3].T
jitter = -5.0
while True:
    try:
        y = np.linalg.cholesky(a + jitter*np.eye(3))
        break
    except np.linalg.LinAlgError:
        jitter = jitter*0.1 if jitter < -1e-3 else 0.5

# try_finally_left any
y = x
count = 0
for j in range(4):
    try:
        if j == 2:
            continue
        y = y*c
    finally:
        count += 1
y = y*count

### generators

# generator_left any
for k, v in enumerate(newton(x, c)):
    if k == 3:
        break
    y = v
y = y*v

# generator_returned any
for v in newton(x, c):
    y = v*c
    if np.sum(v) < 1e3:
        RETURN v*x
y = y*v

# generator_wrapped any
y = x*0.0
for k, v in zip(range(3), newton(x, c)):
    y = y + v*k
for v in itertools.islice(map(square, newton(c, x)), 2):
    y = y*v

# generator_listed any
vs = list(powers(x, 3))
y = vs[0]*vs[-1] + sum(v*c for v in powers(c, 2))

# generator_of_generators any
y = x*0.0
for v in walked(x, c):
    y = y*0.5 + v
y = y*max(k*2 for k in range(3))

# generator_of_object any
path = Path(x)
y = sum(v*v for v in path)
for v in path.points(c):
    y = y*0.5 + v

# generator_of_closure any
def mixed_steps(count):
    v = x
    for k in range(count):
        v = v*c
        if k == 1:
            continue
        yield k, v
y = c
for k, v in mixed_steps(4):
    y = y*0.5 + v*k

# generator_taken_while any
y = c
for v in itertools.takewhile(lambda v: np.sum(v) > 0.01, (v*0.2 for v in powers(x*0.5, 4))):
    y = y + v

### closures

# closures_in_list any
fs = []
for k in range(3):
    fs.append(lambda v, k=k: v*(k + 1) + c)
y = x
for fn in fs:
    y = fn(y)*0.5

# closures_late any
fs = [lambda v: v*k for k in range(3)]
y = fs[0](x) + fs[1](c)

# closures_composed any
y = functools.reduce(lambda f, g: lambda v: g(f(v)), [square, lambda v: v*c, lambda v: v + 0.5])(x)

# decorated_inside any
@with_weights(x)
def local(v, k=1.0):
    return v*v*k
y = local(c) + local(x, k=0.5)

# partials any
half = functools.partial(keyed, k=0.5)
y = half(x)*half(c, shift=0.3)

# nonlocal_state any
state = x*0.5
def push(v):
    nonlocal state
    state = 0.7*state + v
    return state
y = push(c)*push(x) + state

# default_array any
def local(v, w=x*2.0, *, shift=c):
    return v*w + shift
y = local(c) + local(x, shift=x)

# positional_only any
y = keyed(x, 0.7, shift=c)*keyed(c)

### unpacking

# star_arguments any
items = [x, c, x*c]
y = three(*items) + three(x, *items[1:])

# star_arguments_of_an_array many
y = three(*x[:3])

# star_displays any
items = [x, c]
longer = [*items, x*c]
y = longer[0]*longer[2] + (*items, 2.0)[2]

# star_display_of_rows items
rows = [*x, x[0]]
y = rows[0]*rows[-1]

# star_targets items
first, *rest = x
y = first*c
for v in rest:
    y = y + v

# star_targets_in_the_middle many
first, *middle, last = [v*v for v in x]
y = first*last + sum(middle)

# chained_unpacking any
(a, b), d = t = (x, c), x*c
y = a*b + d + t[1]

# walrus_comprehension items
ys = [t*t for v in x if np.sum(t := v*2.0) > 0.5]
y = sum(ys)

# conditional_index items
y = x[0 if i == 0 else -1]*c[-1 if np.sum(x) > 0.0 else 0]

### comprehensions

# comprehension_generators items
y = np.array([v*v for v in x if np.sum(v) > 0.1])[0] + sum(v for v in c)
y = y + np.stack([x*k for k in range(3)]).sum(axis=0)

# comprehension_nested plane
y = np.array([[a*b for a in x[:, 0]] for b in c[:, 0]])

# comprehension_dict any
parts = {name: v*v for name, v in {"a": x, "b": c}.items()}
y = parts["a"] + {k: parts[k] for k in ("a", "b")}["b"]

# comprehension_set items
places = {j % 2 for j in range(4)}
y = sum(x[min(j, len(x) - 1)]**2 for j in sorted(places))
if i in {1, 2}:
    y = y*2.0

# formatted any
width = 12
print(f"{np.sum(x):{width}.3f} {i}", "%.2f" % np.sum(x), "{:.1e}".format(np.sum(c)), sep=",", end="")
y = x*c

### histories and kinds

# history any
y = x
for j in range(3):
    y = y*c
    HISTORY.append((j, y))
    RECORD["loss"].append(np.sum(y))
    RECORD["steps"] += 1
RECORD["last"] = y

# progress_bar any
y = x
for j in progress(range(n)):
    y = y*c + float(j)

# shrinking items
t = x
while len(t) > 1:
    t = t[::2]*1.1
y = t*c[:1]

# growing items
y = x
for j in range(2):
    y = np.concatenate([y, x*y[-1:]])

# float_to_array any
s = 0.0
for j in range(n):
    s += x*(j + 1)
y = s*c

# none_to_array any
best = None
for j in range(n):
    t = x*(j + 1)
    best = t if best is None else best + t*c
y = best

# deleted any
a, b = x*c, x
parts = {"a": a, "b": b}
del parts["a"], a
y = parts["b"]*b
'''
