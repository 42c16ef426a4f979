"""Compartment models with dict states, events in closures, and a registry of models made by a decorator."""

import numpy as np

R = np.random.default_rng(85)
N = R.standard_normal

MODELS = {}


def register(name):
    def keep(fn):
        MODELS[name] = fn
        return fn
    return keep


@register("sir")
def sir(state, beta, gamma, **rest):
    infections = beta*state["S"]*state["I"]
    return {"S": -infections, "I": infections - gamma*state["I"], "R": gamma*state["I"]}


@register("seir")
def seir(state, beta, gamma, sigma=0.3):
    infections = beta*state["S"]*state["I"]
    return {
        "S": -infections,
        "E": infections - sigma*state["E"],
        "I": sigma*state["E"] - gamma*state["I"],
        "R": gamma*state["I"],
    }


def simulate(model, state, days, dt=0.5, events=(), **params):
    state = dict(state)
    history = {k: [v] for k, v in state.items()}
    for day in range(days):
        rates = MODELS[model](state, **params)
        for key, rate in rates.items():
            state[key] = state[key] + dt*rate
        for event in events:
            event(day, state)
        for key, value in state.items():
            history[key].append(value)
    return state, history


def peak(beta, gamma, s0):
    doses = 0

    def vaccinate(day, state):
        nonlocal doses
        if day == 2:
            doses += 1
            state["R"] += 0.1*state["S"]
            state["S"] *= 0.9

    start = {"S": s0, "I": 0.05, "R": 0.0}
    end, history = simulate("sir", start, 6, events=[vaccinate], beta=beta, gamma=gamma)
    start.update(E=0.02, I=0.01)
    late, _ = simulate("seir", start, 4, beta=beta, gamma=gamma, sigma=0.4)
    return end["R"] + max(history["I"]) + doses*late["E"] + sum(late.values())


def regions(beta, start, mixing):
    """Compartments as arrays over regions, with a matrix between them."""
    state = {"S": start[0], "I": start[1]}
    total = 0.0
    for _ in range(4):
        force = beta*(mixing @ state["I"])
        new = state["S"]*(1.0 - np.exp(-force))
        state["S"] -= new
        state["I"] = 0.8*state["I"] + new
        total += np.sum(new)
    return total + state["I"].max()


def fitted(params, data):
    sse = 0.0
    guess = {**params, "S": 1.0 - params["I"]}
    beta, gamma = guess.pop("beta"), guess.pop("gamma")
    guess.setdefault("R", 0.0)
    for day, observed in enumerate(data):
        end, _ = simulate("sir", guess, day + 1, beta=beta, gamma=gamma)
        sse += (end["I"] - observed)**2
    return sse


CASES = [
    (peak, (0.6, 0.2, 0.9)),
    (regions, (0.4, R.random((2, 3)), R.random((3, 3)))),
    (fitted, ({"beta": 0.5, "gamma": 0.2, "I": 0.1}, [0.11, 0.12, 0.14])),
]
