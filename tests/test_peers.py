"""Every rule next to the library optimizers that it claims to equal, step by step.

The registry says what is compared: each entry of each rule's ``same_as``. A rule that claims no
peer has a closed form in test_rules.py. The end of the output is a table of the worst difference of
each peer, in units of the length of the path.
"""

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import Callable

import numpy as np
import pytest
from test_rules import CLOSED_FORMS

import adamlab as al
from adamlab.rules import RULES

STEPS = 60
TOLERANCE = 1e-12  # of each coordinate's path length

# What agrees less well, with the cause.
EXCEPTIONS = {
    "torch.optim.NAdam": (1.2e-8, "torch keeps the product of mu_t in its default dtype, float32"),
}

# --------------------------------------------------------------------------------------------------
# Peers: each adapter takes hyper-parameters in the paper's names and a list of step sizes, and
# returns a function of theta and the gradients that gives the points after each step.

Points = np.ndarray
Peer = Callable[[np.ndarray, np.ndarray], Points]

# What the libraries call the paper's symbols.
NAMES = {
    "torch": {"alpha": "lr", "mu": "momentum", "psi": "momentum_decay"},
    "optax": {"alpha": "learning_rate", "mu": "momentum", "beta1": "b1", "beta2": "b2"},
    "keras": {
        "alpha": "learning_rate",
        "mu": "momentum",
        "beta1": "beta_1",
        "beta2": "beta_2",
        "eps": "epsilon",
        "eps_hat": "epsilon",
    },
}


def name_in(peer: str, hyper: str) -> str:
    if hyper == "s0":
        return "initial_accumulator_value"
    if hyper == "rho":
        return {"torch.optim.RMSprop": "alpha", "optax.rmsprop": "decay"}.get(base(peer), "rho")
    return NAMES[peer.split(".")[0]].get(hyper, hyper)


def base(peer: str) -> str:
    """The optimizer's address, without the options: ``torch.optim.SGD(nesterov)``."""
    return peer.split("(")[0]


def optimizer_of(peer: str) -> Callable:
    module, name = base(peer).rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


def peer_defaults(peer: str, rule: al.Rule) -> dict[str, float]:
    """The peer's own values of the rule's hyper-parameters, without a momentum that is off."""
    has = {name: p.default for name, p in inspect.signature(optimizer_of(peer)).parameters.items()}
    if "betas" in has:
        has["beta1"], has["beta2"] = has.pop("betas")
    values = {name: has.get(name_in(peer, name)) for name in rule.defaults}
    return {k: v for k, v in values.items() if isinstance(v, float) and (k != "mu" or v > 0)}


def torch_peer(peer: str, alphas: np.ndarray, options: dict, hyper: dict) -> Peer:
    torch = importlib.import_module("torch")
    named = {name_in(peer, k): v for k, v in hyper.items()}
    if "beta1" in named:
        named["betas"] = (named.pop("beta1"), named.pop("beta2"))

    def play(theta: np.ndarray, grads: np.ndarray) -> Points:
        x = torch.nn.Parameter(torch.tensor(theta))
        optimizer = optimizer_of(peer)([x], lr=alphas[0], **options, **named)
        points = []
        for alpha, g in zip(alphas, grads, strict=True):
            optimizer.param_groups[0]["lr"] = float(alpha)
            x.grad = torch.tensor(g)
            optimizer.step()
            points.append(x.detach().numpy().copy())
        return np.array(points)

    return play


def optax_peer(peer: str, alphas: np.ndarray, options: dict, hyper: dict) -> Peer:
    jax, optax = importlib.import_module("jax"), importlib.import_module("optax")
    named = {name_in(peer, k): v for k, v in hyper.items()}

    def play(theta: np.ndarray, grads: np.ndarray) -> Points:
        with jax.enable_x64(True):
            table = jax.numpy.asarray(alphas)
            optimizer = optimizer_of(peer)(lambda count: table[count], **options, **named)

            def step(carry, g):
                x, state = carry
                updates, state = optimizer.update(g, state, x)
                x = optax.apply_updates(x, updates)
                return (x, state), x

            x = jax.numpy.asarray(theta)
            _, points = jax.lax.scan(step, (x, optimizer.init(x)), jax.numpy.asarray(grads))
            assert points.dtype == np.float64
            return np.asarray(points)

    return play


def keras_peer(peer: str, alphas: np.ndarray, options: dict, hyper: dict) -> Peer:
    keras = importlib.import_module("keras")
    assert keras.backend.backend() == "torch"
    named = {name_in(peer, k): v for k, v in hyper.items()}

    def play(theta: np.ndarray, grads: np.ndarray) -> Points:
        floatx = keras.config.floatx()
        keras.config.set_floatx("float64")  # the step size is a variable of this dtype
        try:
            optimizer = optimizer_of(peer)(learning_rate=float(alphas[0]), **options, **named)
            x = keras.Variable(theta, dtype="float64")
            points = []
            for alpha, g in zip(alphas, grads, strict=True):
                optimizer.learning_rate = float(alpha)
                optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64")], [x])
                points.append(x.value.detach().numpy().copy())
            return np.array(points)
        finally:
            keras.config.set_floatx(floatx)

    return play


MODULES = {"torch": ["torch"], "optax": ["jax", "optax"], "keras": ["torch", "keras"]}
LIBRARIES = {"torch": torch_peer, "optax": optax_peer, "keras": keras_peer}

# Per entry of same_as: what the peer is called with besides the rule's own hyper-parameters, and
# the values at which the rule's hyper-parameters must stay, because this peer does not have them.
SETTINGS: dict[str, tuple[dict, dict]] = {
    "torch.optim.SGD": ({}, {}),
    "optax.sgd": ({}, {}),
    "keras.optimizers.SGD": ({}, {}),
    "keras.optimizers.SGD(momentum)": ({}, {}),
    "torch.optim.SGD(momentum, dampening)": ({}, {}),
    "optax.sgd(momentum)": ({}, {"dampening": 0.0}),
    "keras.optimizers.SGD(nesterov)": ({"nesterov": True}, {}),
    "torch.optim.SGD(nesterov)": ({"nesterov": True}, {}),
    "optax.sgd(nesterov)": ({"nesterov": True}, {}),
    "torch.optim.Adagrad": ({}, {}),
    "optax.adagrad": ({}, {}),
    "keras.optimizers.Adagrad": ({}, {}),
    "torch.optim.RMSprop": ({}, {}),
    "torch.optim.RMSprop(momentum)": ({}, {}),
    "torch.optim.RMSprop(centered, momentum)": ({"centered": True}, {}),
    "optax.rmsprop": ({}, {}),
    "optax.rmsprop(momentum)": ({}, {}),
    "optax.rmsprop(centered, momentum)": ({"centered": True}, {}),
    "keras.optimizers.RMSprop": ({}, {}),
    "keras.optimizers.RMSprop(momentum)": ({}, {}),
    "keras.optimizers.RMSprop(centered, momentum)": ({"centered": True}, {}),
    "torch.optim.Adadelta": ({}, {}),
    "optax.adadelta": ({}, {}),
    "keras.optimizers.Adadelta": ({}, {}),
    "torch.optim.Adam": ({}, {}),
    "optax.adam": ({}, {}),
    "keras.optimizers.Adam": ({}, {}),
    "torch.optim.Adamax": ({}, {}),
    "optax.adamax": ({}, {}),
    "keras.optimizers.Adamax": ({}, {}),
    "torch.optim.Adam(amsgrad)": ({"amsgrad": True}, {}),
    "optax.amsgrad": ({}, {}),
    "keras.optimizers.Adam(amsgrad)": ({"amsgrad": True}, {}),
    "torch.optim.NAdam": ({}, {}),
    "optax.nadam": ({}, {}),
    "keras.optimizers.Nadam": ({}, {"psi": 1.0}),
    "torch.optim.AdamW": ({}, {}),
    "optax.adamw": ({}, {}),
    "keras.optimizers.AdamW": ({}, {}),
}

# Hyper-parameters away from every default, and far enough for each to show.
MOVED = {
    "alpha": 0.037,
    "mu": 0.61,
    "dampening": 0.3,
    "lr_decay": 0.02,
    "s0": 0.03,
    "eps": 2e-3,
    "eps_hat": 2e-3,
    "rho": 0.83,
    "beta1": 0.7,
    "beta2": 0.94,
    "psi": 0.3,
    "weight_decay": 0.15,
}


def gradients(stream: str) -> np.ndarray:
    rng = np.random.default_rng(["gaussian", "scaled", "sparse"].index(stream))
    normal = rng.standard_normal((STEPS, 6))
    if stream == "gaussian":
        return normal
    if stream == "scaled":
        return normal * np.array([1e-9, 1e-6, 1e-3, 1.0, 1e2, 1e4])
    # One coordinate never moves, one moves in the last third only, one once in the first round.
    normal *= rng.random((STEPS, 6)) < np.array([0.0, 0.1, 0.3, 0.5, 0.5, 0.0])
    normal[: 2 * STEPS // 3, 4] = 0.0
    normal[0, 5] = 1.5
    return normal


def need(*modules: str) -> None:
    """Skip without the peer, unless the environment says that all peers must be there."""
    os.environ["KERAS_BACKEND"] = "torch"  # read when Keras is imported
    for module in modules:
        if os.environ.get("ADAMLAB_REQUIRE_PEERS") == "1" and module != "cupy":
            importlib.import_module(module)
        else:
            pytest.importorskip(module)


# --------------------------------------------------------------------------------------------------
# The comparison


@pytest.mark.peers
# Keras's Nadam on its torch backend
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")
@pytest.mark.parametrize("decay", ["constant", "inverse_sqrt"])
@pytest.mark.parametrize("setting", ["defaults", "moved"])
@pytest.mark.parametrize("stream", ["gaussian", "scaled", "sparse"])
@pytest.mark.parametrize(
    ("name", "peer"), [(r.name, peer) for r in RULES.values() for peer in r.same_as]
)
def test_rule_steps_as_its_peer(
    name: str,
    peer: str,
    stream: str,
    setting: str,
    decay: str,
    record_property: Callable[[str, object], None],
) -> None:
    library = peer.split(".")[0]
    need(*MODULES[library])
    rule = RULES[name]
    options, fixed = SETTINGS[peer]
    if setting == "defaults":
        hyper = {**rule.defaults, **peer_defaults(peer, rule), **fixed}
    else:
        hyper = {**{k: MOVED[k] for k in rule.defaults}, **fixed}
    grads = gradients(stream)
    # From zero, so that theta's own rounding does not hide a small step. A decay of the weights
    # needs something to decay; at its defaults it is so small that it would be rounding.
    theta = np.zeros(grads.shape[1])
    if "weight_decay" in hyper and setting == "moved":
        theta += np.arange(-2.5, 3.5)

    scale = hyper.pop("alpha")
    alpha = scale if decay == "constant" else al.inverse_sqrt(scale)
    ours = walk(rule(alpha=alpha, **hyper), theta, grads)

    alphas = scale / np.sqrt(np.arange(1, STEPS + 1)) if decay != "constant" else [scale] * STEPS
    has = {k: v for k, v in hyper.items() if k not in fixed}
    theirs = LIBRARIES[library](peer, np.asarray(alphas), options, has)(theta, grads)

    assert np.isfinite(theirs).all()
    path = np.abs(np.diff(theirs, axis=0, prepend=theta[None])).sum(axis=0)
    difference = np.abs(ours - theirs).max(axis=0)
    assert (difference[path == 0] == 0).all()
    relative = float((difference[path > 0] / path[path > 0]).max())
    record_property("difference from peer", (name, peer, relative))
    tolerance, _ = EXCEPTIONS.get(peer, (TOLERANCE, ""))
    assert relative <= tolerance


def walk(optimizer: al.Optimizer, theta: np.ndarray, grads: np.ndarray) -> Points:
    state, points = optimizer.init(theta), []
    for g in grads:
        theta, state = optimizer.step(theta, g, state)
        points.append(theta)
    return np.array(points)


@pytest.mark.peers
@pytest.mark.parametrize(
    ("name", "peer"),
    [
        (r.name, p)
        for r in RULES.values()
        for p in r.same_as
        if base(p) == r.source.split(" with")[0]
    ],
)
def test_a_dialect_has_its_librarys_defaults(name: str, peer: str) -> None:
    need(*MODULES[peer.split(".")[0]])
    theirs = peer_defaults(peer, RULES[name])
    assert theirs
    assert {k: RULES[name].defaults[k] for k in theirs} == theirs


# --------------------------------------------------------------------------------------------------
# The comparison is complete, and can fail


def test_every_claim_has_a_peer_and_every_rule_a_check() -> None:
    claims = [peer for rule in RULES.values() for peer in rule.same_as]
    assert sorted(claims) == sorted(SETTINGS), "same_as and SETTINGS must list the same peers"
    assert len(set(claims)) == len(claims), "one peer cannot be two formulas"
    assert {rule.name for rule in RULES.values() if not rule.same_as} <= set(CLOSED_FORMS)
    assert set(EXCEPTIONS) <= set(SETTINGS)


def test_moved_hyper_parameters_are_away_from_all_defaults() -> None:
    for rule in RULES.values():
        if rule.same_as:
            for name, default in rule.defaults.items():
                assert MOVED[name] != default


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (right, wrong)
        for right in RULES
        for wrong in RULES
        if right != wrong
        and RULES[right].same_as
        and set(RULES[wrong].defaults) <= set(RULES[right].defaults)
    ],
)
def test_the_streams_tell_the_rules_apart(right: str, wrong: str) -> None:
    """With equal hyper-parameters, no rule passes for another in every case of the comparison."""
    apart = 0.0
    for stream in ("gaussian", "scaled", "sparse"):
        grads = gradients(stream)
        theta = np.ones(grads.shape[1])
        hyper = {k: MOVED[k] for k in RULES[right].defaults}
        hyper["alpha"] = al.inverse_sqrt(hyper["alpha"])
        a = walk(RULES[right](**hyper), theta, grads)
        b = walk(RULES[wrong](**{k: hyper[k] for k in RULES[wrong].defaults}), theta, grads)
        path = np.abs(np.diff(a, axis=0, prepend=theta[None])).sum(axis=0)
        apart = max(apart, (np.abs(a - b).max(axis=0)[path > 0] / path[path > 0]).max())
    assert apart > 1e-6
