"""A Wasserstein GAN in the plane; the critic's loss contains the norm of its gradient.

Gulrajani et al. 2017, Improved training of Wasserstein GANs.
"""

import numpy as np

import s2sad


def critic(params, x):
    w, b, v, c, z = params
    h = np.tanh(x @ w + b)
    return np.tanh(h @ v + c) @ z


def generator(params, noise):
    w, b, v, c = params
    return np.tanh(noise @ w + b) @ v + c


def summed(x, params):
    """Its gradient is that of the critic at each of the points."""
    return np.sum(critic(params, x))


def penalty(params, real, fake, share):
    x = share*real + (1.0 - share)*fake
    slopes = s2sad.grad(summed)(x, params)
    return np.mean((np.sqrt(np.sum(slopes**2, axis=1) + 1e-12) - 1.0)**2)


def critic_loss(params, real, fake, share):
    distance = np.mean(critic(params, real)) - np.mean(critic(params, fake))
    return 10.0*penalty(params, real, fake, share) - distance


def generator_loss(params, critic_params, noise):
    return -np.mean(critic(critic_params, generator(params, noise)))


class Adam:
    """Updates parameters in place."""

    def __init__(self, params, rate):
        self.params, self.rate, self.step = params, rate, 0
        self.means = [np.zeros_like(p) for p in params]
        self.squares = [np.zeros_like(p) for p in params]

    def __call__(self, grads):
        self.step += 1
        for p, m, s, g in zip(self.params, self.means, self.squares, grads, strict=True):
            m += 0.5*(g - m)
            s += 0.1*(g*g - s)
            p -= self.rate*m/(1 - 0.5**self.step)/(np.sqrt(s/(1 - 0.9**self.step)) + 1e-8)


def circle(rng, count):
    angle = rng.uniform(0.0, 2*np.pi, count)
    return np.column_stack([2.0 + np.cos(angle), np.sin(angle)])


def train(rng, steps=800):
    def normal(*shape):
        return rng.normal(size=shape)/np.sqrt(shape[0])

    critic_params = [2*normal(2, 32), np.zeros(32), normal(32, 32), np.zeros(32), normal(32)]
    params = [normal(2, 16), np.zeros(16), normal(16, 2), np.zeros(2)]
    critic_gradient, generator_gradient = s2sad.grad(critic_loss), s2sad.grad(generator_loss)
    improve_critic, improve = Adam(critic_params, 1e-2), Adam(params, 2e-3)
    for _ in range(steps):
        for _ in range(4):
            fake = generator(params, rng.normal(size=(64, 2)))
            improve_critic(critic_gradient(critic_params, circle(rng, 64), fake, rng.uniform(size=(64, 1))))
        improve(generator_gradient(params, critic_params, rng.normal(size=(64, 2))))
    return params, critic_params


def picture(params, rng):
    from matplotlib import pyplot

    real, fake = circle(rng, 500), generator(params, rng.normal(size=(500, 2)))
    pyplot.figure(figsize=(5, 4))
    pyplot.plot(*real.T, ".", label="data")
    pyplot.plot(*fake.T, ".", label="generated")
    pyplot.axis("equal")
    pyplot.legend()
    pyplot.savefig("gradient_penalty.png")


def main():
    rng = np.random.default_rng(0)
    w = rng.normal(size=(2, 3))
    params = [w, rng.normal(size=3), np.eye(3), np.zeros(3), rng.normal(size=3)]
    args = params, circle(rng, 6), rng.normal(size=(6, 2)), rng.uniform(size=(6, 1))
    s2sad.check_grads(critic_loss, args, order=1, modes=("rev",))
    # tanh is all but linear near 0, and the gradient w @ z
    linear = [1e-4*w, np.zeros(3), np.eye(3), np.zeros(3), 1e4*params[4]]
    expected = (np.linalg.norm(w @ params[4]) - 1.0)**2
    assert abs(penalty(linear, *args[1:]) - expected) < 1e-5*expected

    params, critic_params = train(rng)
    real, fake = circle(rng, 1000), generator(params, rng.normal(size=(1000, 2)))
    radius = np.sqrt(np.sum((fake - np.array([2.0, 0.0]))**2, axis=1))
    off, left = np.linalg.norm(fake.mean(0) - real.mean(0)), penalty(critic_params, real, fake, 0.5)
    assert off < 1.0 and abs(np.mean(radius) - 1.0) < 0.5 and left < 0.1
    print(f"centres {off:.2f} apart, mean radius {np.mean(radius):.2f}, penalty {left:.3f}")
    try:
        picture(params, rng)
    except ImportError:
        print("no picture: matplotlib is not installed")


if __name__ == "__main__":
    main()
