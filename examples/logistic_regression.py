"""Logistic regression, trained by scipy.optimize.minimize, which takes value and gradient as they are."""

import numpy as np
from scipy.optimize import minimize

import s2sad


def loss(weights, features, labels, penalty):
    """The mean log loss of labels -1 and 1, which cannot overflow, and a penalty on the weights."""
    margins = labels*(features @ weights[:-1] + weights[-1])
    return np.mean(np.logaddexp(0.0, -margins)) + penalty*np.sum(weights[:-1]**2)


def data(n=200):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(n, 3))
    labels = np.where(features @ np.array([1.5, -2.0, 0.5]) + 0.3*rng.normal(size=n) > 0.2, 1.0, -1.0)
    return features, labels


def main():
    features, labels = data()
    start = np.zeros(4)
    value, gradient = s2sad.value_and_grad(loss)(start, features, labels, 1e-3)
    assert abs(value - np.log(2.0)) < 1e-15
    residuals = labels/(-2*len(labels))  # at zero weights every sample is believed half
    assert np.allclose(gradient, np.append(features.T @ residuals, residuals.sum()), rtol=1e-12)

    args = (features, labels, 1e-3)
    trained = minimize(s2sad.value_and_grad(loss), start, args=args, jac=True, method="BFGS")
    assert np.max(np.abs(trained.jac)) < 1e-4
    accuracy = np.mean(np.sign(features @ trained.x[:-1] + trained.x[-1]) == labels)
    assert accuracy > 0.95
    print(f"loss {trained.fun:.4f} after {trained.nit} iterations, accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
