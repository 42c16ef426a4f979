"""An LSTM over a sequence: parameters in a dict, states carried through a loop, trained by hand."""

import numpy as np

import s2sad


def sigmoid(x):
    return 1/(1 + np.exp(-x))


def cell(params, x, h, c):
    gates = params["w_x"] @ x + params["w_h"] @ h + params["b"]
    n = h.shape[0]
    forget, write, read = sigmoid(gates[:n]), sigmoid(gates[n:2*n]), sigmoid(gates[2*n:3*n])
    c = forget*c + write*np.tanh(gates[3*n:])
    return read*np.tanh(c), c


def loss(params, xs, targets):
    """The mean squared error of predicting each target from what came before."""
    h = np.zeros(params["w_h"].shape[1])
    c = np.zeros_like(h)
    total = 0.0
    for x, target in zip(xs, targets, strict=True):
        h, c = cell(params, x, h, c)
        total = total + (params["w_y"] @ h - target)**2
    return total/len(targets)


def initial(hidden=4, inputs=1):
    rng = np.random.default_rng(0)
    return {
        "w_x": 0.5*rng.normal(size=(4*hidden, inputs)),
        "w_h": 0.5*rng.normal(size=(4*hidden, hidden)),
        "b": np.zeros(4*hidden),
        "w_y": 0.5*rng.normal(size=hidden),
    }


def main():
    wave = np.sin(0.5*np.arange(21.0))
    xs, targets = wave[:-1, None], wave[1:]
    params = initial()
    transform = s2sad.value_and_grad(loss)
    first, gradient = transform(params, xs, targets)
    assert first == loss(params, xs, targets)
    assert set(gradient) == set(params)

    rng = np.random.default_rng(1)
    v = {name: rng.normal(size=p.shape) for name, p in params.items()}
    h = 1e-6
    plus = loss({name: p + h*v[name] for name, p in params.items()}, xs, targets)
    minus = loss({name: p - h*v[name] for name, p in params.items()}, xs, targets)
    along = sum(np.sum(gradient[name]*v[name]) for name in params)
    assert abs(along - (plus - minus)/(2*h)) < 1e-7*max(1.0, abs(along))

    for _ in range(150):
        value, gradient = transform(params, xs, targets)
        params = {name: p - 0.3*gradient[name] for name, p in params.items()}
    assert value < 0.1*first
    print(f"loss {first:.4f} before training, {value:.4f} after")


if __name__ == "__main__":
    main()
