"""Constructs as source templates.

A template reads `x` and `c` (floats or arrays of one shape, positive), `i` and `n` (small ints), may write into x and
c, and binds `y` to a number or an array. `RETURN e` is an early return of the enclosing function. `needs` says for
which kinds of x the template is a program:

    any     every kind              scalar  floats and NumPy scalars      array   arrays, 0-d too
    items   arrays of rank >= 1     many    rank >= 1, three items or more      plane   rank 2
"""

from __future__ import annotations

from dataclasses import dataclass

from corpus.control import CONTROL, CONTROL_HELPERS

HELPERS = '''
import math

import numpy as np

SCALE = 1.3
OFFSETS = (0.25, 0.5)


def square(v):
    return v*v


def scaled(v, k=1.5, *, shift=0.0):
    return k*v + shift


def both(v):
    return v*0.5, v*v


def power(v, k):
    if k == 0:
        return v*0 + 1.0
    return v*power(v, k - 1)


def halve_until(v, limit):
    if np.sum(v) < limit:
        return v
    return halve_until(v*0.5, limit)


def call(fn, v):
    return fn(v)


def compose(fn, gn):
    return lambda v: fn(gn(v))


def first_large(a, limit):
    for row in a:
        if np.sum(row) > limit:
            return row*2.0
    return a[0]*3.0


def scale_first(a, s):
    a[0] = a[0]*s


def fill_with(a, b):
    a[...] = b*0.7


def double(a):
    a *= 2.0
    return a


def tail(a):
    return a[1:]


def write_tail(a, s):
    a[1:] += s*a[:-1]**2
    return a[1:]


def total(*vs, weight=1.0):
    s = 0.0
    for v in vs:
        s = s + weight*v
    return s


class Model:
    def __init__(self, k):
        self.k = k

    def loss(self, v):
        return self.k*v*v

    def __call__(self, v):
        return v + self.k


class Pair:
    """An object with attributes that are written, a property, a setter and an operator."""

    def __init__(self, a, b=0.5):
        self.a, self.b = a, b
        self.__turns = 0

    def turn(self):
        self.a, self.b = self.b*0.9, self.a + self.b
        self.__turns += 1
        return self

    @property
    def product(self):
        return self.a*self.b

    @product.setter
    def product(self, value):
        self.a = value/self.b

    @property
    def turns(self):
        return self.__turns

    def __add__(self, other):
        return type(self)(self.a + other.a, self.b + other.b)

    def __call__(self, v):
        return self.a*v + self.b


class Triple(Pair):
    def __init__(self, a, b, third):
        super().__init__(a, b)
        self.third = third

    def turn(self):
        super().turn()
        self.third = self.third*self.a
        return self


MODEL = Model(0.8)
LAYERS = [Model(0.7), square, Model(1.1)]
FUNCTIONS = {"square": square, "scaled": scaled}
'''


@dataclass(frozen=True)
class Construct:
    """One template: what it is about, for which kinds it is a program, and its text."""

    name: str
    needs: str
    body: str


_SOURCE = '''
### assignments

# chain any
t = x*c
u = t + x
y = u*t

# two_targets any
y = z = x*c
y = y + z*z

# rebind any
x = x*c
x = x + 0.5
y = x*x

# augmented_own any
y = x*c
y += x
y *= 0.5
y -= c
y /= 2.0

# augmented_power any
y = x*1.0
y **= 2

# augmented_alias any
y = x
y *= 1.1

# unpack any
a, b = x*c, x + c
y = a*b

# swap any
a, b = x*c, x + 0.5
a, b = b, a
y = a*a + b

# rotate any
a, b, d = x, c, x*c
a, b, d = b, d, a
y = a + b*b - d

# unpack_nested any
(a, b), d = (x, c), x*c
y = a*b + d

# unpack_star any
a, *rest = x, c, x*c
y = a*rest[1] + rest[0]

# annotated any
t: float = 2.0
y = x*t

# del_name any
t = x*c
y = t*t
del t

### loops

# while_counter any
k = 0
y = x
while k < 3:
    y = y*x + 0.1
    k += 1

# while_data any
y = x*0.5
while np.sum(y) < 8.0:
    y = y*1.7 + 0.2

# while_data_nonlinear any
y = x*0.5
while np.sum(y) < 30.0:
    y = y*y + 1.0

# while_no_trip any
y = x*c
while np.sum(y) < -1.0:
    y = y*y

# for_range any
y = x
for j in range(3):
    y = y*c + j

# for_range_step any
y = x*0.0
for j in range(1, 8, 3):
    y = y + j*x*y + c

# for_range_down any
y = x
for j in range(4, 0, -2):
    y = y*c + j*x

# for_zero_trips any
y = x*c
for j in range(3, 3):
    y = y*y

# for_target_after any
y = x
for j in range(3):
    y = y*c
y = y*j

# for_rows items
y = 0.0
for row in x:
    y = y + row*row

# for_rows_from_float items
s = 0.3
for row in x:
    s = s*0.5 + row
y = s

# for_list any
y = 1.0
for v in [x, c, x*c]:
    y = y*0.5 + v*v

# for_tuple any
y = 1.0
for v in (x, c, x + c):
    y = y*v

# for_zip items
y = 0.0
for a, b in zip(x, c):
    y = y + a*b

# for_zip_lists any
y = 0.0
for a, k in zip([x, c], (2.0, 3.0)):
    y = y + k*a*a

# for_enumerate items
y = 0.0
for j, a in enumerate(x):
    y = y + (j + 1)*a*a

# for_enumerate_start any
y = 0.0
for j, a in enumerate([x, c], 1):
    y = y + j*a*a

# for_reversed any
y = x
for v in reversed([c, x*c]):
    y = y*0.5 + v*v

# for_reversed_range any
y = x
for j in reversed(range(3)):
    y = y*c + j

# for_reversed_array items
y = 0.0
for a in reversed(x):
    y = 0.5*y + a*a

# for_enumerate_zip items
y = 0.0
for j, (a, b) in enumerate(zip(x, c)):
    y = y + j*a*b

# for_break any
y = x
for j in range(6):
    if j == 3:
        break
    y = y*c + x

# for_break_data any
y = x
for j in range(9):
    y = y*1.5
    if np.sum(y) > 6.0:
        break
    y = y + c

# for_continue any
y = x
for j in range(5):
    if j % 2 == 1:
        continue
    y = y*c + j

# break_and_continue any
y = x*1.0
for j in range(8):
    if j % 3 == 1:
        y = y*1.1
        continue
    if np.sum(y) > 20.0:
        break
    y = y*c + x

# break_nested any
y = x
for j in range(3):
    for k in range(4):
        if k > j:
            break
        y = y*c + k
    y = y + x

# while_break any
y = x
k = 0
while True:
    y = y*1.4
    k += 1
    if np.sum(y) > 12.0 or k > 7:
        break

# while_continue any
y = x
k = 0
while k < 5:
    k += 1
    if k == 2:
        continue
    y = y*c + k

# for_else any
y = x
for j in range(3):
    if np.sum(y) > 1000.0:
        break
    y = y*c
else:
    y = y + x*x

# while_else any
y = x
k = 0
while k < 2:
    y = y*c
    k += 1
else:
    y = y*x

# nested_triangle any
y = x
for j in range(3):
    for k in range(j):
        y = y*c + k*x

# fibonacci any
a, b = x, c
for j in range(4):
    a, b = b, a*b + 0.1
y = b

### branches

# if_else any
if np.sum(x) > 0.5:
    y = x*x
else:
    y = x*3.0

# if_elif any
if i == 0:
    y = x*x
elif i == 1:
    y = x*c
else:
    y = x + c

# if_without_else any
y = x*c
if np.sum(x) > 0.0:
    y = y*x

# if_one_side any
if n > 1:
    t = x*x
y = c
if n > 1:
    y = t*c

# if_both_names any
if np.sum(c) > 100.0:
    t, u = x, c
else:
    t, u = c*2.0, x
y = t*u*u

# if_nested any
y = x
if n > 0:
    if i > 5:
        y = y*2.0
    else:
        y = y*c
        if n > 1:
            y = y*y

# return_early any
if np.sum(x) > 50.0:
    RETURN x*3.0
y = x*c

# return_taken any
y = x*c
if np.sum(x) > 0.0:
    RETURN y*y
y = y*3.0

# return_from_loop any
y = x
for j in range(6):
    y = y*1.6
    if np.sum(y) > 15.0:
        RETURN y*c

# return_from_nested any
y = x*1.0
for j in range(3):
    for k in range(3):
        y = y*1.2 + 0.1
        if np.sum(y) > 9.0:
            RETURN y*y*j
    y = y + c

# ternary any
y = x*x if np.sum(x) > 0.0 else c*3.0

# ternary_nested any
y = x if i > 4 else (c*x if n > 0 else c)

# and_or_flags any
go = n > 1 and np.sum(x) > 0.0
y = x*c
if go or i > 100:
    y = y*x

# and_or_values scalar
y = (x and c)*(0.0 or x)

# or_default any
k = None or 1.5
y = k*x*c

# not_flag any
y = x*c
if not (np.sum(x) < 0.0):
    y = y*y

# chained_comparison any
y = x*c
if 0.0 < np.sum(x) < 1e6:
    y = y*x

# walrus any
y = (t := x*c)*t + t

# walrus_condition any
y = x
if (t := np.sum(x)) > 0.0:
    y = y*t

# walrus_while any
y = x*0.5
while (t := np.sum(y)) < 7.0:
    y = y*1.5 + 0.01*t

# assert_passes any
assert np.sum(x) > -1e9, "negative"
y = x*c

# raise_not_taken any
if np.sum(x) < -1e9:
    raise ValueError(f"x is {x}")
y = x*x

# print_active any
print("x is", x)
y = x*c

# fstring_active any
t = f"{np.sum(x):.3f} and {n}"
y = x*len(t)

# is_none any
k = None
y = x*c if k is None else x

# in_tuple any
y = x*c if i in (0, 1, 2) else x

### functions

# helper any
y = square(x)*c

# helper_twice any
y = square(x) + square(c)*square(x*c)

# helper_defaults any
y = scaled(x)*scaled(c, 2.0)

# helper_keywords any
y = scaled(v=x, shift=0.3)*scaled(c, k=2.0, shift=x)

# helper_tuple any
a, b = both(x)
y = a*b + c

# helper_item any
y = both(x)[1]*c

# recursion any
y = power(x, 3)*c

# recursion_data any
y = halve_until(x*7.0, 3.0)*c

# star_args any
y = total(x, c, x*c, weight=2.0)

# star_call any
parts = (x, c)
y = total(*parts)*x

# nested_function any
def local(v):
    return v*v + v
y = local(x)*local(c)

# closure any
k = x*2.0
def with_k(v):
    return k*v + SCALE
y = with_k(c)*with_k(x)

# closure_rebound any
k = x*2.0
def late(v):
    return k*v
k = c*3.0
y = late(x)

# lambda_name any
fn = lambda v: v*v*SCALE
y = fn(x) + c

# lambdas_on_a_line any
p, q = (lambda v: v*v), (lambda v: v*3.0)
y = p(x)*q(c)

# lambda_default any
fn = lambda v, k=2.5: k*v
y = fn(x)*fn(c, 0.5)

# callable_argument any
y = call(square, x) + call(lambda v: v*c, x)

# callable_result any
h = compose(square, lambda v: v*1.5)
y = h(x)*c

# functions_in_list any
y = x
for fn in [square, scaled]:
    y = fn(y)*c

# functions_in_dict any
y = FUNCTIONS["square"](x)*FUNCTIONS["scaled"](c)

# dict_literal_of_functions any
table = {"a": square, "b": lambda v: v + 1.0}
y = table["a"](x)*table["b"](c)

# method any
y = MODEL.loss(x)*c

# callable_object any
y = MODEL(x)*MODEL.k

# global_tuple any
y = x*OFFSETS[0] + c*OFFSETS[1]

### containers

# list_append any
xs = []
for j in range(3):
    xs.append(x*(j + 1))
y = xs[0]*xs[2] + xs[-1]

# list_scan any
xs = [x]
for j in range(3):
    xs.append(xs[j]*c + xs[-1])
y = xs[-1]*xs[1]

# list_store any
xs = [x, c, x*c]
xs[1] = xs[0]*xs[2]
xs[-1] = x*2.0
y = xs[1] + xs[2]*c

# list_swap any
xs = [x, c*c]
xs[0], xs[1] = xs[1], xs[0]
y = xs[0] + xs[1]*xs[1]

# list_alias any
xs = [x, c]
zs = xs
zs[0] = x*c
y = xs[0]*xs[1]

# list_pop any
xs = [x, c, x*c]
t = xs.pop()
y = t*xs[-1]*len(xs)

# list_comprehension any
xs = [x*k + c for k in range(3)]
y = xs[1]*xs[2]

# list_of_lists any
xs = [[x, c], [x*c, x]]
y = xs[0][1]*xs[1][0]

# list_sum any
y = sum([x, c, x*c])

# list_add any
xs = [x, c] + [x*c]
y = xs[2]*xs[0]

# tuple_values any
p = (x, c)
y = p[0]*p[1] + p[-1]

# tuple_carried any
p = (x, c)
for j in range(3):
    p = (p[1], p[0]*p[1] + 0.1)
y = p[0]*p[1]

# dict_values any
d = {"a": x, "b": c}
y = d["a"]*d["b"]

# dict_store any
d = {"a": x}
d["b"] = c*d["a"]
d["a"] = d["b"]*2.0
y = d["a"] + d["b"]*x

# dict_items any
d = {"a": x, "b": c}
y = 0.0
for key, v in d.items():
    y = y + v*v

# object_made any
p = Pair(x, c)
p.turn().turn()
y = p.product*p.turns + p(x)

# object_inherits any
p = Triple(x, c, 2.0)
for k in range(3):
    p.turn()
p.product = p.third
y = p.a + p.b*p.turns

# object_under_two_names any
p = Pair(x*1.0, c)
q = p
if np.sum(c) > 0.1:
    q.a = q.a*2.0
for k in range(2):
    p.b = p.b + q.a
y = p.product + q.b

# object_made_anew any
p = Pair(x, c)
for k in range(3):
    p = p + Pair(c, 0.5*x)
y = p.product

# object_in_dict any
d = {"p": Pair(x, c), "k": 2.0}
d["p"].turn()
d["k"] *= 3.0
y = d["p"].product*d["k"]

# objects_in_list any
ps = [Pair(x, c), Pair(c, x)]
for p in ps:
    p.turn()
ps[0].a = ps[1].b*ps[0].a
y = sum(p.product for p in ps)

# layers_in_list any
y = x
for layer in LAYERS:
    y = layer(y)*c

# dict_methods any
d = {"a": x}
d.update(b=c, k=d.get("k", 2.0))
u = d.setdefault("z", x*c)
y = d.pop("a")*d["b"]*d["k"] + u

# dict_aliases_in_loop any
d = {"a": x, "b": c}
e = d
for k in range(3):
    d["a"] = d["a"]*0.9 + e["b"]
    e["b"] = e["a"]*0.5
y = d["a"]*e["b"]

# list_insert_pop any
xs = [x*1.0, c*2.0]
xs.insert(1, x + c)
first = xs.pop(0)
xs.reverse()
y = first*xs[0] + xs[1]

# nonlocal_names any
count, last = 0, x
def note(v):
    nonlocal count, last
    count += 1
    last = last*v
    return count
for k in range(2):
    note(c)
y = last*note(x)

# closure_recursion any
def fall(v, k):
    return v if k == 0 else fall(v*c, k - 1) + v
y = fall(x, 3)

### stores

# store_item items
x[0] = x[-1]*c[0]
y = x*x

# store_item_own many
t = x*c
t[1] = t[0]*t[2]
y = t*x

# store_item_add items
x[-1] += c[0]*x[0]
y = x*c

# store_item_loop items
for j in range(1, len(x)):
    x[j] = x[j] + 0.3*x[j-1]*x[j-1]
y = x*c

# store_item_into_zeros items
t = np.zeros_like(x)
for j in range(len(x)):
    t[j] = x[j]*c[len(x) - 1 - j]
y = t*t

# store_twice items
t = x*c
t[0] = x[0]*2.0
t[0] = x[0]*x[0]
y = t

# store_elements_swapped many
x[0], x[1] = x[1], x[0]
y = x*c

# store_cell plane
x[1, 2] = x[0, 1]*c[2, 2]
x[i, 0] *= c[0, 0]
y = x*x

# store_chained_index plane
x[1][0] = c[1][1]*x[0][0]
y = x*c

# store_column plane
x[:, 0] = x[:, 1]*c[:, 2]
y = x*x

# store_ellipsis array
x[...] = x*c*0.9
y = x + c

# store_all items
x[:] = c*x*x
y = x

# store_scalar_sum items
x[...] = 0.1*np.sum(x) + 0.0*x
y = x*c

# store_broadcast plane
x[:] = x[0]*c[1]
y = x*x

# store_slice many
x[1:] = x[:-1]*c[1:]
y = x*x

# store_slice_overlap many
x[1:-1] = 0.5*x[1:-1] + 0.25*(x[2:] + x[:-2])
y = x*c

# store_slice_add many
x[1:] += 0.5*x[:-1]
y = x*c

# store_slice_sub many
x[:-1] -= 0.3*x[1:]*c[:-1]
y = x*x

# store_slice_mul many
x[1:] *= c[:-1]
y = x*c

# store_slice_div many
x[:-1] /= c[1:] + 1.0
y = x*c

# store_step many
x[::2] = c[::2]*0.5
y = x*x

# store_negative_step many
x[::-1] = x*c
y = x*x

# store_negative_step_mul many
x[::-2] *= 1.2
y = x*c

# store_slice_variable many
k = i + 1
x[k:] = c[k:]*x[:1]
y = x*x

# store_constant many
x[0] = 0.5
y = x*c

# store_mask items
x[x > 0.8] = 0.6
y = x*c

# store_mask_values items
m = x > 0.7
x[m] = c[m]*x[m]
y = x*x

# store_mask_mul items
m = (x > 0.6) & (c > 0.0)
x[m] *= 1.3
y = x*c

# store_mask_negated items
m = x > 0.8
x[~m] += c[~m]
y = x*x

# store_fancy many
x[[2, 0]] = x[[0, 1]]*c[[1, 2]]
y = x*x

# store_fancy_repeats many
x[[1, 1, 0]] = c[[0, 1, 2]]*x[[0, 1, 2]]
y = x*c

# store_fancy_add many
x[[1, 1, 2]] += c[[0, 1, 2]]
y = x*x

# store_fancy_array many
idx = np.array([2, 0, 2])
x[idx] = x[idx[::-1]]*2.0
x[idx] *= 0.5
y = x*c

# store_fancy_pairs plane
rows, cols = np.array([0, 1, 0]), np.array([1, 2, 1])
x[rows, cols] = c[cols, rows]*x[rows, cols]
y = x*x

# add_at many
np.add.at(x, [0, 2, 0], 0.5*c[[0, 1, 2]])
y = x*c

# read_fancy_repeats many
y = x[[0, 0, 2, 1, 0]]*c[[1, 1, 1, 0, 2]]

# read_mask items
y = x[x > 0.7]*2.0

# read_slices many
y = x[2:]*c[:-2] + x[:-2]

# read_newaxis items
y = x[None]*c[None, :] + x

# read_scalar_loop items
y = 0.0
for j in range(len(x)):
    y = y + x[j]*c[j]*j

# store_into_ints items
k = np.zeros(3, int)
k[0] = np.sum(x)
y = x*k[0] + c

### augmented assignment and out=

# inplace_all array
x *= c
x += 0.3
x -= 0.1*c
x /= 1.5
y = x*x

# inplace_power array
x **= 2
y = x*c

# inplace_by_sum array
x += 0.1*np.sum(x)
y = x*c

# inplace_self array
x *= x
y = x + c

# inplace_own array
t = np.sin(x)
y = t*c
t *= t
y = y + t

# inplace_output_overwritten items
t = 1.0/(1.0 + np.exp(-x))
y = t*3.0
t[...] = 0.0
y = y + t

# inplace_after_use array
t = x*x
s = np.sum(t*c)
t *= 0.0
y = x*s + t

# inplace_broadcast plane
x += c[0]
y = x*x

# out_argument array
np.add(x, c, out=x)
y = x*c

# out_fresh array
t = np.empty_like(x)
np.multiply(x, c, out=t)
y = t*t

# out_view many
np.multiply(x[:-1], c[:-1], out=x[1:])
y = x*c

# out_result array
t = np.exp(0.3*x, out=x)
t *= 0.5
y = x*c

# copyto array
np.copyto(x, x*c)
y = x*x

# fill array
t = x*c
x.fill(0.7)
y = t + x

### views and aliases

# view_write many
v = x[1:-1]
v[...] = v*c[1:-1]
y = x*x

# view_augmented many
v = x[1:]
v *= c[1:]
y = x*c

# view_of_view many
v = x[1:]
w = v[::2]
w *= 1.5
y = x*v[0]

# view_read_after_write many
v = x[:2]
x[0] = c[0]*2.0
y = v*v

# view_negative_step many
v = x[::-1]
v[0] = c[1]*v[1]
y = x*v

# view_transpose array
v = x.T
v *= 1.2
y = x*c

# view_transpose_store plane
v = x.T
v[1] = v[0]*2.0
y = x*x

# view_reshape array
v = x.reshape(-1)
v[0] = v[-1]*2.0
y = x*c

# view_ravel array
v = x.ravel()
v *= 1.5
y = x*c + v[0]

# view_flatten array
v = x.flatten()
v *= 1.5
y = x*c + v[0]

# view_newaxis items
v = x[:, None]
v += 0.3
y = x*c

# view_full_slice items
v = x[:]
v -= 0.1*c
y = x*x

# view_row plane
r = x[1]
r[0] = c[0, 1]
r *= 2.0
y = x*c

# view_column plane
v = x[:, 1]
v += c[:, 0]
y = x*x

# view_diagonal_read plane
y = np.diagonal(x)*c[0, 0]

# view_swapaxes plane
v = np.swapaxes(x, 0, 1)
v[0] = v[1]*c[0, 0]
y = x*x

# view_expand items
v = np.expand_dims(x, 0)
v *= 1.2
y = x*c

# view_squeeze items
v = np.squeeze(x)
v *= 1.2
y = x*c

# item_is_copy_or_view items
t = x[0]
x[0] = x[-1]*2.0
y = x*c + t

# copy_is_apart array
t = x.copy()
t *= 2.0
y = x*t

# ascontiguous_may_copy array
t = np.ascontiguousarray(x)
t *= 1.5
y = x*c

# asarray_is_same array
t = np.asarray(x)
t *= 1.5
y = x*c

# alias_two array
a = x
a *= c
y = x*a

# alias_three array
a = x
b = a
b += 0.5
a *= 2.0
y = x*b

# alias_by_branch array
a = x if n > 1 else c
a *= 1.5
y = x*c

# alias_by_data array
if np.sum(x) > np.sum(c) + 100.0:
    a = x
else:
    a = c
a += 0.5*x
y = x*c

# alias_through_tuple array
p = (x, c)
p[0][...] *= 1.2
y = x*c

# alias_through_list array
xs = [x, c.copy()]
xs[1] *= x
xs[0] += 0.1
y = xs[1]*x

# alias_through_dict array
d = {"a": x}
d["a"] *= 1.3
y = x*c

# rows_in_place items
for j in range(len(x)):
    r = x[j]
    r *= 1.1
y = x*c

# rows_by_iteration plane
for r in x:
    r *= 1.1
    r[0] = r[1]*r[2]
y = x*c

# previous_row items
prev = x[0]
for j in range(1, len(x)):
    cur = x[j]
    cur += 0.2*prev**2
    prev = cur
y = x*c

# previous_element items
prev = 0.0
for j in range(len(x)):
    t = x[j]*1.0
    x[j] = x[j] + 0.5*prev
    prev = t
y = x*c

# rotate_buffers many
u, v, w = x*1.0, c*1.0, np.zeros_like(x)
for j in range(4):
    w[1:-1] = 0.5*v[1:-1] - 0.2*u[1:-1] + 0.1*(v[2:] + v[:-2])
    u, v, w = v, w, u
y = v*u + w

# rotate_two array
u, v = x, c.copy()
for j in range(3):
    v *= 0.5*u
    u, v = v, u
y = u + 2.0*v

# view_of_swapped many
u, v = x*1.0, c*1.0
for j in range(3):
    t = u[1:]
    t += 0.3*v[:-1]
    u, v = v, u
y = u*v + t[0]

# buffers_by_index array
bufs = [x*1.0, c*1.0]
for j in range(4):
    b = bufs[j % 2]
    b += 0.4*bufs[(j + 1) % 2]
y = bufs[0]*bufs[1]

# list_of_rows_in_place items
xs = [x*k for k in (1.0, 2.0)]
for j in range(3):
    r = xs[j % 2]
    r[0] = r[-1]*0.5 + j
y = xs[0]*xs[1]

# append_then_write array
xs = []
t = x*1.0
for j in range(3):
    xs.append(t)
    t *= 0.8
y = xs[0]*xs[2]

# append_copies array
xs = []
t = x*1.0
for j in range(3):
    xs.append(t.copy())
    t *= 0.8
y = xs[0]*xs[2]

# callee_writes items
scale_first(x, 1.4)
y = x*c

# callee_fills array
fill_with(x, c)
y = x*x

# callee_returns_argument array
t = double(x)
t += 0.1
y = x*c

# callee_returns_view many
t = tail(x)
t *= c[1:]
y = x*x

# callee_writes_and_returns_view many
t = write_tail(x, 0.3)
t *= 0.5
y = x*c

# callee_writes_view many
scale_first(x[1:], 1.3)
y = x*c

# callee_early_return items
y = first_large(x, 0.2)*c

# while_writes_break array
k = 0
while k < 6:
    x *= 1.1
    k += 1
    if np.sum(x) > 12.0:
        break
    x += 0.05*c
y = x*c

# write_in_branch many
if np.sum(x) > 0.0:
    x[0] = c[1]*x[1]
else:
    x[1] = 0.0
y = x*x

# write_then_continue many
for j in range(4):
    if j % 2 == 0:
        continue
    x[j % 3] = x[0]*c[1] + 0.1*j
y = x*x

# cells_in_place plane
for j in range(1, x.shape[0]):
    for k in range(1, x.shape[1]):
        x[j, k] += 0.3*x[j-1, k]*x[j, k-1]
y = x*c

# errstate_block any
with np.errstate(all="ignore"):
    y = x/c

# augmented_in_closure array
def grow(s):
    x[...] = x*s
grow(1.2)
grow(0.9)
y = x*c

### functions of NumPy and Python on the way

# builtins any
y = abs(x)*float(n) + int(2.7)*x + round(1.26, 1)*c

# builtin_max_min scalar
y = max(x, c)*min(x, c, 9.0)

# float_of_sum any
y = x*float(np.sum(c))

# len_and_shape items
y = x*len(x)/x.size*x.ndim*x.shape[0]

# methods array
y = x.sum()*c + x.mean() + x.max()*x.min()

# axis_methods plane
y = x.sum(axis=0)*c.mean(axis=0) + x.sum(axis=1, keepdims=True)

# matrix_product plane
y = x @ c.T

# ufuncs any
y = np.exp(-x)*np.sin(c) + np.sqrt(x)/np.log(c + 2.0)

# where_maximum any
y = np.where(x > 0.7, x*x, c) + np.maximum(x, 0.5*c)

# stack_concatenate items
y = np.stack([x, c])*np.concatenate([x[:1], x[:1]], axis=0)[0]
'''


def _parse(source: str) -> tuple[Construct, ...]:
    found: list[Construct] = []
    for part in source.split("\n# ")[1:]:
        head, _, body = part.partition("\n")
        name, needs = head.split()
        lines = [line for line in body.splitlines() if not line.startswith("### ")]
        found.append(Construct(name, needs, "\n".join(lines).strip("\n")))
    return tuple(found)


CONSTRUCTS = _parse(_SOURCE) + _parse(CONTROL)
HELPERS += CONTROL_HELPERS
