"""The rules against sums over the gradients' history, and what holds between rules.

A rule is a recurrence; here each is written again as a closed form, in 50 digits. Comparisons with
libraries are in test_peers.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from mpmath import mpf

import adamlab as al
from adamlab import rules
from adamlab.namespaces import Time, namespace_of
from adamlab.optimizers import Rule, RuleError
from adamlab.rules import RULES, get_rule

STEPS = 24

# --------------------------------------------------------------------------------------------------
# Closed forms. `g` is the list of one coordinate's gradients up to round t, `h` the
# hyper-parameters. A form gives the numerator and the metric: theta moves by -alpha_t * n / metric.

Number = mpmath.mpf
Form = Callable[[list[Number], dict[str, Number]], tuple[Number, Number]]


def power_sum(beta: Number, x: list[Number]) -> Number:
    """sum_k beta^k x_{t-k}"""
    return mpmath.fsum(beta**k * value for k, value in enumerate(reversed(x)))


def mean(beta: Number, x: list[Number]) -> Number:
    """sum_k w_k x_{t-k} with w_k proportional to beta^k and of sum 1."""
    return power_sum(beta, x) / power_sum(beta, [mpf(1)] * len(x))


def uncorrected(beta: Number, x: list[Number]) -> Number:
    """The same weights with the sum 1 - beta^t."""
    return mean(beta, x) * (1 - beta ** len(x))


def decayed(beta: Number, lam: Number, x: list[Number]) -> list[Number]:
    """The terms of m_t under beta_s = beta lam^(s-1): x_j enters with (1 - beta_j) times
    prod_{j<s<=t} beta_s = beta^(t-j) lam^(t(t-1)/2 - j(j-1)/2)."""
    t = len(x)
    return [
        (1 - beta * lam ** (j - 1))
        * beta ** (t - j)
        * lam ** ((t * (t - 1) - j * (j - 1)) // 2)
        * x[j - 1]
        for j in range(1, t + 1)
    ]


def squares(g: list[Number]) -> list[Number]:
    return [value**2 for value in g]


def adagrad(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    return g[-1], mpmath.sqrt(mpmath.fsum(squares(g)))


def rmsprop(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    return g[-1], mpmath.sqrt(uncorrected(h["rho"], squares(g)))


def adam(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    return mean(h["beta1"], g), mpmath.sqrt(mean(h["beta2"], squares(g))) + h["eps"]


def adam_uncorrected(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    v = uncorrected(h["beta2"], squares(g))
    return uncorrected(h["beta1"], g), mpmath.sqrt(v) + h["eps"]


def adam_decayed_beta1(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    m = mpmath.fsum(decayed(h["beta1"], h["lam"], g))
    return m / (1 - h["beta1"] ** len(g)), adam(g, h)[1]


def adam_decayed_beta1_debiased(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    t = len(g)
    m = mpmath.fsum(decayed(h["beta1"], h["lam"], g))
    weights = 1 - h["beta1"] ** t * h["lam"] ** (t * (t - 1) // 2)
    return m / weights, adam(g, h)[1]


def adamax(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    u = max(h["beta2"] ** k * abs(value) for k, value in enumerate(reversed(g)))
    return mean(h["beta1"], g), u


def largest_v(g: list[Number], h: dict[str, Number]) -> Number:
    return mpmath.sqrt(max(uncorrected(h["beta2"], squares(g[:s])) for s in range(1, len(g) + 1)))


def amsgrad(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    return uncorrected(h["beta1"], g), largest_v(g, h)


def amsgrad_decayed_beta1(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    return mpmath.fsum(decayed(h["beta1"], h["lam"], g)), largest_v(g, h)


def root_mean_square(g: list[Number]) -> Number:
    return mpmath.sqrt(mpmath.fsum(squares(g)) / len(g))


def adamnc(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    return uncorrected(h["beta1"], g), root_mean_square(g)


def adamnc_decayed_beta1(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    return mpmath.fsum(decayed(h["beta1"], h["lam"], g)), root_mean_square(g)


def nadam(g: list[Number], h: dict[str, Number]) -> tuple[Number, Number]:
    t = len(g)
    mu = [h["beta1"] * (1 - mpf(0.96) ** (s * h["psi"]) / 2) for s in range(1, t + 2)]
    m = mpmath.fsum((1 - mu[j]) * mpmath.fprod(mu[j + 1 : t]) * g[j] for j in range(t))
    m_bar = mu[t] * m / (1 - mpmath.fprod(mu)) + (1 - mu[t - 1]) * g[-1] / (
        1 - mpmath.fprod(mu[:t])
    )
    v_hat = h["beta2"] * mean(h["beta2"], squares(g))
    return m_bar, mpmath.sqrt(v_hat) + h["eps"]


# A path is the list of points and metrics of one coordinate from theta.
Path = tuple[list[Number], list[Number]]
Walk = Callable[[Number, list[Number], list[Number], dict[str, Number]], Path]


def ratio(a: Number, b: Number) -> Number:
    return mpf(0) if a == b == 0 else a / b


def sum_of_steps(form: Form) -> Walk:
    def path(theta: Number, g: list[Number], alpha: list[Number], h: dict[str, Number]) -> Path:
        forms = [form(g[:t], h) for t in range(1, len(g) + 1)]
        steps = [a * ratio(*pair) for a, pair in zip(alpha, forms, strict=True)]
        return [theta - mpmath.fsum(steps[:t]) for t in range(1, len(g) + 1)], [m for _, m in forms]

    return path


def rmsprop_momentum(
    theta: Number, g: list[Number], alpha: list[Number], h: dict[str, Number]
) -> Path:
    """Step s is seen (1 - mu^(t-s+1))/(1 - mu) times in theta_t."""
    forms = [rmsprop(g[:t], h) for t in range(1, len(g) + 1)]
    steps = [a * ratio(*pair) for a, pair in zip(alpha, forms, strict=True)]
    mu = h["mu"]
    points = [
        theta - mpmath.fsum((1 - mu ** (t - s)) / (1 - mu) * steps[s] for s in range(t))
        for t in range(1, len(g) + 1)
    ]
    return points, [m for _, m in forms]


def adamw(theta: Number, g: list[Number], alpha: list[Number], h: dict[str, Number]) -> Path:
    """eta_t = alpha_t / alpha_1: the paper's multiplier. Every step decays with what follows it."""
    eta = [a / alpha[0] for a in alpha]
    forms = [adam(g[:t], h) for t in range(1, len(g) + 1)]
    keep = [1 - e * h["weight_decay"] for e in eta]
    points = [
        mpmath.fprod(keep[:t]) * theta
        - mpmath.fsum(
            mpmath.fprod(keep[s + 1 : t]) * eta[s] * alpha[0] * ratio(*forms[s]) for s in range(t)
        )
        for t in range(1, len(g) + 1)
    ]
    return points, [m for _, m in forms]


CLOSED_FORMS: dict[str, Walk] = {
    **{
        form.__name__: sum_of_steps(form)
        for form in (
            adagrad,
            rmsprop,
            adam,
            adam_uncorrected,
            adam_decayed_beta1,
            adam_decayed_beta1_debiased,
            adamax,
            amsgrad,
            amsgrad_decayed_beta1,
            adamnc,
            adamnc_decayed_beta1,
            nadam,
        )
    },
    "rmsprop_momentum": rmsprop_momentum,
    "adamw": adamw,
}

MOVED = {
    "mu": 0.61,
    "rho": 0.83,
    "beta1": 0.7,
    "beta2": 0.94,
    "lam": 0.8,
    "psi": 0.3,
    "weight_decay": 0.15,
    "eps": 2e-3,
}


def gradients(rounds: int = STEPS) -> np.ndarray:
    """Ordinary, tiny, huge and sparse coordinates; the last has no gradient at all."""
    rng = np.random.default_rng(0)
    g = rng.standard_normal((rounds, 6)) * np.array([1.0, 1e-9, 1e4, 1.0, 1.0, 0.0])
    g[:, 3] *= rng.random(rounds) < 0.3
    g[:5, 4] = 0.0
    return g


def walk(optimizer: al.Optimizer, theta: np.ndarray, grads: np.ndarray) -> tuple[np.ndarray, ...]:
    """The points and the metrics of a run."""
    xp, arrays = namespace_of(theta), optimizer.init(theta).arrays
    points, metrics = [], []
    for t, g in enumerate(grads, 1):
        theta, metric, arrays = optimizer.update(xp, t, theta, g, arrays)
        points.append(theta)
        metrics.append(np.broadcast_to(metric, theta.shape))
    return np.array(points), np.array(metrics)


@pytest.mark.parametrize(
    ("name", "setting", "decay"),
    [
        (name, setting, decay)
        for name in CLOSED_FORMS
        for setting, decay in (("defaults", False), ("moved", True), ("no eps", True))
        if setting != "no eps" or "eps" in RULES[name].defaults
    ],
)
def test_closed_form(name: str, setting: str, decay: bool) -> None:
    rule = RULES[name]
    hyper = {k: v if setting == "defaults" else MOVED.get(k, v) for k, v in rule.defaults.items()}
    if setting == "no eps":
        hyper["eps"] = 0.0
    alpha = hyper.pop("alpha")
    if name == "adamw":
        theta = np.full(6, 1.5)
        varying = {"eta": al.inverse_sqrt(1.0)} if decay else {}
        ours, metrics = walk(rule(**{**hyper, "alpha": alpha, **varying}), theta, gradients())
    else:
        theta = np.zeros(6)
        ours, metrics = walk(
            rule(alpha=al.inverse_sqrt(alpha) if decay else alpha, **hyper), theta, gradients()
        )
    with mpmath.workdps(50):
        alphas = [mpf(alpha) / (mpmath.sqrt(t) if decay else 1) for t in range(1, STEPS + 1)]
        exact = [
            CLOSED_FORMS[name](
                mpf(theta[i]), list(map(mpf, g)), alphas, {k: mpf(v) for k, v in hyper.items()}
            )
            for i, g in enumerate(gradients().T)
        ]
    points = np.array([path for path, _ in exact], dtype=float).T
    length = np.abs(np.diff(points, axis=0, prepend=theta[None])).sum(axis=0)
    # What is lost: the roundings of the formula, and of theta's own size in every step.
    allowed = 1e-13 * length + STEPS * np.finfo(float).eps * np.abs(theta)
    assert (np.abs(ours - points).max(axis=0) <= allowed).all()
    np.testing.assert_allclose(metrics, np.array([m for _, m in exact], dtype=float).T, rtol=1e-13)


def test_missing_correction_enlarges_the_steps_by_a_known_factor() -> None:
    """C16: F_t = (1 - beta1^t) / sqrt(1 - beta2^t), 3.16228 at t = 1, at most 6.5685203 at t = 12,
    whatever the gradients."""
    with_it, _ = walk(rules.adam(eps=0), np.zeros(6), gradients())
    without, _ = walk(rules.adam_uncorrected(eps=0), np.zeros(6), gradients())
    steps, plain = (np.diff(p[:, 0], prepend=0.0) for p in (with_it, without))
    factors = plain / steps
    assert factors[0] == pytest.approx(3.16228, abs=5e-6)
    assert np.argmax(factors) == 11
    assert factors[11] == pytest.approx(6.5685203, abs=5e-8)


def test_decayed_beta1_is_over_corrected_by_the_printed_formula() -> None:
    """C18: with beta1 = .9, lambda = .5 the mean of a constant gradient comes out too large, by
    3.1316 at t = 2 and 3.3538 at t = 3; the right divisor gives 1."""
    ones = np.ones((6, 1))
    hyper = {"alpha": 1.0, "beta1": 0.9, "lam": 0.5, "eps": 0.0}
    for rule, want in (
        (rules.adam_decayed_beta1, [1.0, 3.1316, 3.3538]),
        (rules.adam_decayed_beta1_debiased, [1.0, 1.0, 1.0]),
    ):
        points, _ = walk(rule(**hyper), np.zeros(1), ones)
        steps = -np.diff(points[:, 0], prepend=0.0)
        np.testing.assert_allclose(steps[:3], want, atol=5e-5)
    points, _ = walk(rules.adam_decayed_beta1(**hyper), np.zeros(1), ones)
    assert np.argmax(-np.diff(points[:, 0], prepend=0.0)) == 2  # the peak


# --------------------------------------------------------------------------------------------------
# Momentum


def quadratic_walk(optimizer: al.Optimizer, rounds: int = 40) -> np.ndarray:
    theta = np.array([1.0, -2.0, 0.5])
    state, points = optimizer.init(theta), []
    for _ in range(rounds):
        theta, state = optimizer.step(theta, CURVATURE * theta, state)
        points.append(theta)
    return np.array(points)


CURVATURE = np.array([1.0, 0.3, 4.0])


@pytest.mark.parametrize("decay", [False, True])
def test_nesterov_is_the_exact_look_ahead(decay: bool) -> None:
    """Sutskever et al.'s form takes the gradient at y + mu b; our theta is that point."""
    alpha, mu = 0.11, 0.8
    y = np.array([1.0, -2.0, 0.5])
    b = np.zeros(3)
    want = []
    for t in range(1, 41):
        b = mu * b - (alpha / math.sqrt(t) if decay else alpha) * CURVATURE * (y + mu * b)
        y = y + b
        want.append(y + mu * b)
    step_size = al.inverse_sqrt(alpha) if decay else alpha
    ours = quadratic_walk(rules.nesterov(alpha=step_size, mu=mu))
    np.testing.assert_allclose(ours, want, rtol=0, atol=1e-14)
    torch_form = quadratic_walk(rules.nesterov_torch(alpha=step_size, mu=mu))
    assert np.allclose(torch_form, want, rtol=0, atol=1e-13) is not decay


def test_momentum_is_a_weighted_sum_of_gradients() -> None:
    """theta_t = theta_0 - sum_s alpha_s (1 - mu^(t-s+1))/(1 - mu) g_s; torch's form has the newest
    alpha at every age of the velocity instead."""
    g, mu, alpha = gradients()[:, 0], 0.61, 0.03
    t = np.arange(1, STEPS + 1)
    alphas = alpha / np.sqrt(t)
    lower = np.tril(np.ones((STEPS, STEPS)))
    velocity = np.tril(mu ** np.maximum(t[:, None] - t[None, :], 0))
    paper = -lower @ velocity @ (alphas * g)
    torch_form = -lower @ (alphas * (velocity @ g))
    for rule, want in ((rules.momentum, paper), (rules.momentum_torch, torch_form)):
        ours, _ = walk(rule(alpha=al.inverse_sqrt(alpha), mu=mu), np.zeros(1), g[:, None])
        np.testing.assert_allclose(ours[:, 0], want, rtol=1e-12, atol=1e-15)


def test_dampening_spares_the_first_gradient_only() -> None:
    points, _ = walk(
        rules.momentum_torch(alpha=1.0, mu=0.5, dampening=0.25),
        np.zeros(1),
        np.array([[8.0], [4.0], [0.0]]),
    )
    # b = 8, .5*8 + .75*4 = 7, 3.5
    assert points[:, 0].tolist() == [-8.0, -15.0, -18.5]


# --------------------------------------------------------------------------------------------------
# What holds between rules


SAME = {
    "epsilon-hat is epsilon where both are 0": [rules.adam(eps=0), rules.adam_eps_hat(eps_hat=0)],
    "lambda = 1 is a constant beta1": [
        rules.adam(),
        rules.adam_decayed_beta1(lam=1),
        rules.adam_decayed_beta1_debiased(lam=1),
    ],
    "AdaGrad": [
        rules.adagrad(alpha=0.1),
        rules.adagrad_torch(alpha=0.1, eps=0),
        rules.adagrad_optax(alpha=0.1, eps=0, s0=0),
        rules.adamnc(alpha=al.inverse_sqrt(0.1), beta1=0),
        rules.adamnc_decayed_beta1(alpha=al.inverse_sqrt(0.1), beta1=0, lam=0.5),
    ],
    "RMSProp": [
        rules.rmsprop(alpha=0.1, rho=0.7),
        rules.rmsprop_torch(alpha=0.1, rho=0.7, eps=0),
        rules.rmsprop_optax(alpha=0.1, rho=0.7, eps=0),
        rules.rmsprop_momentum(alpha=0.1, rho=0.7, mu=0),
        rules.adam_uncorrected(alpha=0.1, beta1=0, beta2=0.7, eps=0),
    ],
    "RMSProp with momentum, under a constant alpha": [
        rules.rmsprop_momentum(alpha=0.1, rho=0.7, mu=0.6),
        rules.rmsprop_momentum_torch(alpha=0.1, rho=0.7, mu=0.6, eps=0),
        rules.rmsprop_momentum_optax(alpha=0.1, rho=0.7, mu=0.6, eps=0),
    ],
    "AdaMax": [
        rules.adamax(alpha=0.1),
        rules.adamax_torch(alpha=0.1, eps=0),
        rules.adamax_keras(alpha=0.1, eps=0),
    ],
    "AMSGrad's dialects of the uncorrected maximum": [
        rules.amsgrad_torch(eps=0),
        rules.amsgrad_keras(eps=0),
    ],
    "AMSGrad with lambda = 1": [rules.amsgrad(), rules.amsgrad_decayed_beta1(lam=1)],
    "AdamNC with lambda = 1": [rules.adamnc(), rules.adamnc_decayed_beta1(lam=1)],
    "no weight decay": [
        rules.adam(),
        rules.adamw(weight_decay=0),
        rules.adamw_torch(weight_decay=0),
    ],
    "AdamW's two decays": [
        rules.adamw(alpha=0.01, weight_decay=0.002),
        rules.adamw_torch(alpha=0.01, weight_decay=0.2),
    ],
    "momentum without momentum": [
        rules.sgd(),
        rules.momentum(mu=0),
        rules.momentum_torch(alpha=0.01, mu=0),
        rules.nesterov(mu=0),
        rules.nesterov_torch(alpha=0.01, mu=0),
    ],
    "NAdam without momentum": [
        rules.adam(beta1=0),
        rules.nadam_optax(beta1=0),
        rules.nadam_torch(alpha=1e-3, beta1=0),
    ],
}


@pytest.mark.parametrize("optimizers", SAME.values(), ids=SAME)
def test_rules_that_are_the_same_where_they_meet(optimizers: list[al.Optimizer]) -> None:
    """With the coordinate that has no gradient: eps = 0 is 0/0 := 0, without a warning."""
    first, *others = [walk(opt, np.zeros(6), gradients())[0] for opt in optimizers]
    length = np.abs(np.diff(first, axis=0, prepend=0.0)).sum(axis=0)
    for other in others:
        assert (np.abs(other - first).max(axis=0) <= 1e-13 * length).all()


def test_adam_without_momentum_is_debiased_rmsprop() -> None:
    ours, _ = walk(rules.adam(alpha=0.1, beta1=0, beta2=0.7, eps=0), np.zeros(6), gradients())
    plain, _ = walk(rules.rmsprop(alpha=0.1, rho=0.7), np.zeros(6), gradients())
    debias = np.sqrt(1 - 0.7 ** np.arange(1, STEPS + 1))[:, None]
    np.testing.assert_allclose(
        np.diff(ours, axis=0, prepend=0.0),
        np.diff(plain, axis=0, prepend=0.0) * debias,
        rtol=1e-11,
        atol=1e-14,
    )


def test_adam_without_memory_is_sign_descent() -> None:
    ours, _ = walk(rules.adam(alpha=0.1, beta1=0, beta2=0, eps=0), np.zeros(6), gradients())
    want = -0.1 * np.cumsum(np.sign(gradients()), axis=0)
    np.testing.assert_allclose(ours, want, rtol=0, atol=1e-14)


def test_adam_tends_to_adagrad() -> None:
    """C40: beta1 = 0, alpha/sqrt(t), beta2 -> 1, at the first order that the expansion gives."""
    g = gradients()[:, :3]
    squares, t = np.cumsum(g**2, axis=0), np.arange(1, STEPS + 1)[:, None]
    want, _ = walk(rules.adagrad(alpha=1.0), np.zeros(3), g)
    # v_hat = S/t + (1 - beta2)/t * sum_i ((t-1)/2 - (t-i)) g_i^2 + ...
    tilt = np.cumsum(t * g**2, axis=0) - (t + 1) / 2 * squares
    per_unit = np.cumsum(g / np.sqrt(squares) * tilt / (2 * squares), axis=0)
    for gap in (1e-4, 1e-6):
        opt = rules.adam(alpha=al.inverse_sqrt(1.0), beta1=0, beta2=1 - gap, eps=0)
        ours, _ = walk(opt, np.zeros(3), g)
        np.testing.assert_allclose((ours - want) / gap, per_unit, rtol=0, atol=300 * gap + 1e-7)


# --------------------------------------------------------------------------------------------------
# Temporal averaging


def test_average_is_the_weighted_mean_of_the_points() -> None:
    optimizer = al.averaged(rules.adam)(alpha=0.3, beta_bar=0.9)
    theta = np.array([1.0, -2.0])
    state, points = optimizer.init(theta), []
    plain, plain_state = theta, rules.adam(alpha=0.3).init(theta)
    for g in np.random.default_rng(0).standard_normal((30, 2)):
        theta, state = optimizer.step(theta, g, state)
        plain, plain_state = rules.adam(alpha=0.3).step(plain, g, plain_state)
        assert (theta == plain).all()  # the steps are unchanged
        points.append(theta)
        weights = 0.9 ** np.arange(len(points))[::-1]
        want = weights @ np.array(points) / weights.sum()
        average = optimizer.average(state)
        np.testing.assert_allclose(average, want, rtol=1e-13)
        assert (average <= np.max(points, axis=0) + 1e-15).all()
        assert (average >= np.min(points, axis=0) - 1e-15).all()


def test_average_of_points_that_stay_is_that_point() -> None:
    """The weights sum to one, also for beta_bar near 1 where 1 - beta^t cancels."""
    optimizer = al.averaged(rules.sgd)(beta_bar=0.9999)
    theta = np.array([3.0])
    state = optimizer.init(theta)
    for _ in range(50):
        theta, state = optimizer.step(theta, np.zeros(1), state)
        np.testing.assert_allclose(optimizer.average(state), [3.0], rtol=1e-14)


def test_on_a_box_the_projected_points_are_averaged() -> None:
    optimizer = al.averaged(rules.sgd)(alpha=1.0, beta_bar=0.5)
    theta, box = np.zeros(1), al.Box(-1.0, 1.0)
    xp, arrays = namespace_of(theta), (np.zeros(1),)
    for t, g in enumerate([-5.0, -5.0, 1.5], 1):  # plays 1, 1, -0.5
        theta, _, arrays = optimizer.update(xp, t, theta, np.array([g]), arrays, box)
    assert theta == -0.5
    assert arrays[0] == 0.125 * 1 + 0.25 * 1 + 0.5 * -0.5


def test_averaging_refuses_what_has_no_average() -> None:
    averaged = al.averaged(rules.sgd)
    with pytest.raises(ValueError, match="averaged_sgd is averaged already"):
        al.averaged(averaged)
    optimizer = averaged(alpha=0.1)
    with pytest.raises(ValueError, match=r"no steps is not defined: state\.t is 0"):
        optimizer.average(optimizer.init(np.zeros(2)))
    plain = rules.sgd()
    with pytest.raises(TypeError, match=r"sgd does not average; use al\.averaged"):
        plain.average(plain.init(np.zeros(2)))


# --------------------------------------------------------------------------------------------------
# The bias correction's digits


@pytest.mark.parametrize("beta", [0.0, 1e-3, 0.5, 0.9, 0.99, 0.999, 0.9999])
def test_one_minus_power_keeps_its_digits(beta: float) -> None:
    with mpmath.workdps(60):
        for t in (1, 2, 3, 10, 100, 999, 10**4, 10**6):
            exact = 1 - mpf(beta) ** t
            assert abs(mpf(1 - beta ** Time(t)) - exact) <= mpf(6e-16) * exact
        if beta >= 0.999:  # what the naive difference loses
            assert abs((1 - beta**2) / (1 - mpf(beta) ** 2) - 1) > 1e-14


def test_time_is_a_number_in_all_else() -> None:
    t = Time(3)
    assert t == 3
    assert [2**t, t**2, 1 / t, t / 2, 2 * t, t * 2, 1 - t, t - 1, 1 + t, t + 1] == [
        8, 9, 1 / 3, 1.5, 6, 6, -2, 2, 4, 4
    ]  # fmt: skip
    power = 0.5**t
    assert [power, 1 - power, 2 - power, 1 + power, power * 2, 2 * power, power / 2, 1 / power] == [
        0.125, 0.875, 1.875, 1.125, 0.25, 0.25, 0.0625, 8
    ]  # fmt: skip
    for later in (t + 1, 1 + t, t - 1):
        assert isinstance(later, Time)  # so that 1 - beta**(t + 1) keeps its digits too


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_time_leaves_an_arrays_dtype(dtype: str) -> None:
    g, t = np.full(2, 6.0, dtype=dtype), Time(3)
    results = [g / t, t / g, g * t, t * g, g + t, t + g, g - t, t - g, g**t, t**g, g * 0.5**t]
    assert {result.dtype.name for result in results} == {dtype}
    want = [2, 0.5, 18, 18, 9, 9, 3, -3, 216, 729, 0.75]
    assert [float(result[0]) for result in results] == pytest.approx(want, rel=1e-6)


# --------------------------------------------------------------------------------------------------
# The registry


def test_registry_is_complete() -> None:
    defined = {name: value for name, value in vars(rules).items() if isinstance(value, Rule)}
    assert defined == RULES
    assert set(rules.__all__) == {"RULES", "get_rule", *RULES}
    assert all(name == rule.name for name, rule in RULES.items())


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_says_what_it_is(rule: Rule) -> None:
    assert rule.source
    assert ".. math::" in rule.__doc__
    assert rule.differs or len(rule.same_as) == 3  # a difference, or none from any library
    for name in rule.defaults:
        symbols = {
            "alpha": r"\alpha", "beta1": r"\beta_1", "beta2": r"\beta_2", "rho": r"\rho",
            "mu": r"\mu", "eps": r"\epsilon", "eps_hat": r"\hat\epsilon",
            "lam": r"\lambda", "psi": r"\psi", "s0": "s_0",
            "dampening": "d", "lr_decay": r"\eta", "weight_decay": r"\lambda", "eta": r"\eta",
        }  # fmt: skip
        assert symbols[name] in rule.__doc__


def test_unknown_rule() -> None:
    assert get_rule("adam") is al.Adam
    with pytest.raises(KeyError, match=r"unknown rule 'adem'; known are adadelta, adagrad, "):
        get_rule("adem")


@pytest.mark.parametrize("name", RULES)
def test_without_gradients_nothing_moves(name: str) -> None:
    """Also at eps = 0, where 0/0 := 0. (AdaDelta never moves at all without its epsilon.)"""
    epsilons = {"eps", "eps_hat"} & set(RULES[name].defaults) if name != "adadelta" else ()
    points, _ = walk(RULES[name](**dict.fromkeys(epsilons, 0.0)), np.zeros(2), np.zeros((3, 2)))
    assert (points == 0).all()


# --------------------------------------------------------------------------------------------------
# Hyper-parameters


@pytest.mark.parametrize(
    ("rule", "hyper", "message"),
    [
        ("adam", {"alpha": 0}, "adam: alpha must be a positive number or a schedule .*, got 0"),
        ("adam", {"alpha": -1e-3}, "alpha must be a positive number"),
        ("adam", {"alpha": math.inf}, "alpha must be a positive number .*, got inf"),
        ("adam", {"alpha": "big"}, "alpha must be a positive number .*, got 'big'"),
        ("adam", {"alpha": al.inverse_sqrt(-1.0)}, "alpha must be a positive number .*, got -1"),
        ("adam", {"beta1": 1}, r"beta1 must be in \[0, 1\), got 1"),
        ("adam", {"beta2": -0.1}, r"beta2 must be in \[0, 1\), got -0.1"),
        ("adam", {"beta2": math.nan}, r"beta2 must be in \[0, 1\), got nan"),
        ("adam", {"beta1": al.inverse_sqrt(0.5)}, r"beta1 must be in \[0, 1\), got Schedule"),
        ("adam", {"eps": -1e-8}, "eps must be at least 0, got -1e-08"),
        ("rmsprop", {"rho": 1.0}, r"rho must be in \[0, 1\)"),
        ("momentum", {"mu": 1.5}, r"mu must be in \[0, 1\)"),
        ("momentum_torch", {"dampening": 1}, r"dampening must be in \[0, 1\)"),
        ("adam_decayed_beta1", {"lam": 0}, r"lam must be in \(0, 1\], got 0"),
        ("adamw", {"weight_decay": -1}, "weight_decay must be at least 0"),
        ("adamw", {"eta": 0}, "eta must be a positive number or a schedule"),
        ("adagrad_torch", {"lr_decay": -1}, "lr_decay must be at least 0"),
        ("adagrad_optax", {"s0": -1}, "s0 must be at least 0"),
        ("nadam", {"psi": -1}, "psi must be at least 0"),
    ],
)
def test_hyper_parameters_out_of_range(rule: str, hyper: dict, message: str) -> None:
    with pytest.raises(ValueError, match=f"^(?:{rule}: )?.*{message}"):
        RULES[rule](**hyper)


def test_unknown_hyper_parameter() -> None:
    want = re.escape("sgd has no hyper-parameter 'lr'; it has alpha=0.01")
    with pytest.raises(TypeError, match=want):
        rules.sgd(lr=0.1)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_hyper_parameter_has_a_range(rule: Rule) -> None:
    for name in rule.defaults:
        with pytest.raises(ValueError, match=f"{rule.name}: {name} must be"):
            rule(**{name: -0.5})


# --------------------------------------------------------------------------------------------------
# Refused formulas


def branches(xp, t, theta, g, m, *, alpha=0.1):
    if g > 0:
        m = m + g
    return theta - alpha * m, 1.0, m


def branches_on_time(xp, t, theta, g, *, alpha=0.1):
    return theta - (alpha if t > 10 else 0) * g, 1.0


def uses_and(xp, t, theta, g, *, alpha=0.1):
    return theta - alpha * (g and theta), 1.0


def mutates(xp, t, theta, g, m, *, alpha=0.1):
    m += g
    return theta - alpha * m, 1.0, m


def writes_elements(xp, t, theta, g, m, *, alpha=0.1):
    m[0] = 0
    return theta - alpha * m, 1.0, m


def uses_numpy(xp, t, theta, g, *, alpha=0.1):
    return theta - alpha * np.sign(g), 1.0


def uses_math(xp, t, theta, g, *, alpha=0.1):
    return theta - alpha / math.sqrt(t) * g, 1.0


def uses_builtin_max(xp, t, theta, g, u, *, alpha=0.1):
    u = max(u, abs(g))
    return theta - alpha * u, 1.0, u


def uses_unknown_function(xp, t, theta, g, *, alpha=0.1):
    return theta - alpha * xp.tanh(g), 1.0


def uses_a_method(xp, t, theta, g, *, alpha=0.1):
    return theta - alpha * g.clip(-1, 1), 1.0


def uses_an_element(xp, t, theta, g, *, alpha=0.1):
    return theta - alpha * g[0], 1.0


def forgets_its_state(xp, t, theta, g, m, *, alpha=0.1):
    return theta - alpha * (m + g), 1.0


def forgets_the_metric(xp, t, theta, g, *, alpha=0.1):
    return theta - alpha * g


def returns_no_number(xp, t, theta, g, *, alpha=0.1):
    return theta - alpha * g, None


def other_order(t, xp, theta, g, *, alpha=0.1):
    return theta - alpha * g, 1.0


def hyper_in_position(xp, t, theta, g, alpha=0.1):
    return theta - alpha * g, 1.0


def hyper_without_default(xp, t, theta, g, *, alpha):
    return theta - alpha * g, 1.0


def star(xp, t, theta, g, *state, alpha=0.1):
    return theta - alpha * g, 1.0, *state


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (branches, "branches is not a rule: it branches on a value; .*use xp.where"),
        (branches_on_time, "it branches on a value"),
        (uses_and, "it branches on a value"),
        (mutates, r"it changes an input in place; .*write m = m \+ g, not m \+= g"),
        (writes_elements, "it changes an input in place"),
        (uses_numpy, "uses_numpy is not a rule: .*use arithmetic and xp.abs, xp.exp"),
        (uses_math, "uses_math is not a rule: .*arithmetic and xp.abs"),
        (uses_builtin_max, "it branches on a value"),
        (uses_unknown_function, "it uses xp.tanh, which is not known; known are abs, exp"),
        (uses_a_method, "it asks for a concrete number or element"),
        (uses_an_element, "it asks for a concrete number or element"),
        (forgets_its_state, r"it must return \(theta, metric, m\)"),
        (forgets_the_metric, r"it must return \(theta, metric\)"),
        (returns_no_number, "its metric is no number but None"),
        (other_order, r"the first parameters must be \(xp, t, theta, g\), got \(t, xp, theta, g\)"),
        (hyper_in_position, "parameter 'alpha' must be positional without a default"),
        (hyper_without_default, "hyper-parameter 'alpha' needs a number as its default"),
        (star, "parameter 'state' must be positional"),
    ],
)
def test_what_is_no_rule_is_refused_with_an_explanation(function, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        al.rule(function)


def test_a_users_rule_is_a_rule_like_others() -> None:
    @al.rule
    def lion(xp, t, theta, g, m, *, alpha=1e-4, beta1=0.9, beta2=0.99):
        """Lion."""
        c = beta1 * m + (1 - beta1) * g
        m = beta2 * m + (1 - beta2) * g
        return theta - alpha * xp.ratio(c, xp.abs(c)), 1.0, m

    assert lion.state == ("m",)
    assert lion.__doc__ == "Lion."
    assert repr(lion(alpha=1)) == "lion(alpha=1, beta1=0.9, beta2=0.99)"
    optimizer = lion(alpha=0.5)
    theta = np.array([1.0, 1.0, 1.0])
    theta, state = optimizer.step(theta, np.array([3.0, -4.0, 0.0]), optimizer.init(theta))
    assert theta.tolist() == [0.5, 1.5, 1.0]
    np.testing.assert_allclose(state.m, [0.03, -0.04, 0.0])
