"""The derivative of a fixed point by the implicit function theorem, in place of that of its iteration.

x = tanh(W x + b) defines x as a function of W and b: dx = D (dW x + W dx + db) with D = diag(1 - x**2). So
the cotangent g of x becomes t = (1 - W' D)**-1 g, and those of W and b are D t x' and D t. No step of the
iteration is kept, and none is differentiated.
"""

import numpy as np

import s2sad


def equilibrium(w, b):
    """The fixed point of x = tanh(w x + b), by iteration."""
    x = np.zeros_like(b)
    for _ in range(200):
        new = np.tanh(w @ x + b)
        if np.max(np.abs(new - x)) < 1e-15:
            break
        x = new
    return x


@s2sad.rule(equilibrium)
def equilibrium_vjp(g, out, w, b):
    """The cotangents of w and b."""
    slope = 1 - out*out
    t = slope*np.linalg.solve(np.eye(len(b)) - w.T*slope, g)
    return np.outer(t, out), t


@s2sad.rule(equilibrium).jvp
def equilibrium_jvp(dots, out, w, b):
    """The tangent of the fixed point."""
    w_dot, b_dot = dots
    slope = 1 - out*out
    return np.linalg.solve(np.eye(len(b)) - slope[:, None]*w, slope*(w_dot @ out + b_dot))


def loss(w, b):
    """A number that the fixed point decides."""
    return np.sum(np.cos(equilibrium(w, b)))


def main():
    rng = np.random.default_rng(0)
    w, b = 0.3*rng.normal(size=(4, 4)), rng.normal(size=4)
    value, (w_bar, b_bar) = s2sad.value_and_grad(loss, argnums=("w", "b"))(w, b)
    assert value == loss(w, b)

    h = 1e-6
    bumped = [(loss(w, b + h*e) - loss(w, b - h*e))/(2*h) for e in np.eye(4)]
    assert np.allclose(b_bar, bumped, rtol=1e-7, atol=1e-9)
    v = rng.normal(size=(4, 4))
    assert np.isclose(np.sum(w_bar*v), (loss(w + h*v, b) - loss(w - h*v, b))/(2*h), rtol=1e-7)
    assert np.isclose(s2sad.jvp(loss, (w, b), (v, b))[1], np.sum(w_bar*v) + b_bar @ b)

    hessian = s2sad.hessian(loss, "b")(w, b)  # the rule is read again for it
    slope = s2sad.grad(loss, "b")
    assert np.allclose(hessian, [(slope(w, b + h*e) - slope(w, b - h*e))/(2*h) for e in np.eye(4)], atol=1e-8)

    print("loss:", value)
    print("its derivative with respect to b:", np.array2string(b_bar, precision=4))


if __name__ == "__main__":
    main()
