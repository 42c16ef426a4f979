"""A classifier of points on three spirals, trained by Adam on batches; its parameters are a list of pairs."""

from itertools import pairwise

import numpy as np

import s2sad


def scores(layers, x):
    for w, b in layers[:-1]:
        x = np.maximum(x @ w + b, 0.0)
    w, b = layers[-1]
    return x @ w + b


def cross_entropy(layers, x, labels):
    s = scores(layers, x)
    s = s - np.max(s, axis=1, keepdims=True)
    likelihood = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    return -np.mean(likelihood[np.arange(len(labels)), labels])


def spirals(rng, each=150):
    labels = np.repeat(np.arange(3), each)
    radius = np.tile(np.linspace(0.1, 1.0, each), 3)
    angle = 4.0*radius + 2*np.pi*labels/3 + 0.1*rng.normal(size=3*each)
    return np.column_stack([radius*np.cos(angle), radius*np.sin(angle)]), labels


def initial(rng, sizes):
    return [(np.sqrt(2/m)*rng.normal(size=(m, n)), np.zeros(n)) for m, n in pairwise(sizes)]


def train(layers, x, labels, rng, epochs=60, rate=0.01):
    gradient = s2sad.value_and_grad(cross_entropy)
    means = [[np.zeros_like(p) for p in layer] for layer in layers]
    squares = [[np.zeros_like(p) for p in layer] for layer in layers]
    losses, step = [], 0
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(len(x)), 9):
            value, grads = gradient(layers, x[batch], labels[batch])
            losses.append(value)
            step += 1
            for layer, mean, square, grad in zip(layers, means, squares, grads, strict=True):
                for p, m, s, g in zip(layer, mean, square, grad, strict=True):
                    m += 0.1*(g - m)
                    s += 0.001*(g*g - s)
                    p -= rate*m/(1 - 0.9**step)/(np.sqrt(s/(1 - 0.999**step)) + 1e-8)
    return losses


def picture(layers, x, labels, losses):
    from matplotlib import pyplot

    _, (left, right) = pyplot.subplots(1, 2, figsize=(9, 4), layout="constrained")
    a, b = np.meshgrid(np.linspace(-1.1, 1.1, 200), np.linspace(-1.1, 1.1, 200))
    classes = np.argmax(scores(layers, np.column_stack([a.ravel(), b.ravel()])), axis=1)
    left.contourf(a, b, classes.reshape(a.shape), levels=[-0.5, 0.5, 1.5, 2.5], alpha=0.3)
    left.scatter(x[:, 0], x[:, 1], c=labels, s=8)
    right.semilogy(losses)
    right.set_xlabel("step")
    right.set_ylabel("loss of the batch")
    pyplot.savefig("training_loop.png")


def main():
    rng = np.random.default_rng(0)
    x, labels = spirals(rng)
    layers = initial(rng, [2, 32, 32, 3])
    s2sad.check_grads(cross_entropy, (layers, x[::30], labels[::30]), order=1, modes=("rev",))
    losses = train(layers, x, labels, rng)
    right = np.mean(np.argmax(scores(layers, x), axis=1) == labels)
    assert losses[0] > 0.9 and np.mean(losses[-9:]) < 0.15 and right > 0.97
    print(f"loss {losses[0]:.3f} before, {np.mean(losses[-9:]):.3f} after; {100*right:.1f} % are right")
    try:
        picture(layers, x, labels, losses)
    except ImportError:
        print("no picture: matplotlib is not installed")


if __name__ == "__main__":
    main()
