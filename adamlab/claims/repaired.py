r"""Regret theorems that do hold, and how tight they are; not in the paper.

All proofs are one. In each coordinate let :math:`\psi_t` be what the step divides by,
:math:`c_t=\psi_t/\alpha_t`, :math:`A_t=(x_t-x^*)^2`. The projected step bounds
:math:`m_t(x_t-x^*)` by :math:`\frac{c_t}2(A_t-A_{t+1})+\frac{m_t^2}{2c_t}`. Because :math:`c_t`
does not decrease, the first terms telescope; what is left is a sum of :math:`m_t^2/c_t`, and what
lies between :math:`m_t` and :math:`g_t`. Each step of it is a function below that asks the rules.
Where the paper's own Theorem 4.1 stands is said by claim C33.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from inspect import cleandoc
from typing import Any

from adamlab import rules
from adamlab.adversary import Attack, attack, linear_games
from adamlab.bounds import BOUNDS, Bound
from adamlab.claims.evidence import Finding, beside, claim, contradicts, supports
from adamlab.claims.tools import identical
from adamlab.domains import Box
from adamlab.optimizers import Rule
from adamlab.smt import SMTNamespace, impossible
from adamlab.symbols import symbolic

__all__ = ["NEW", "alternate_then_push", "random_games"]


# --------------------------------------------------------------------------------------------------
# Right-hand sides that are new here, beside those of `adamlab.bounds`


def _amsgrad_monotone(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    D_inf: Any,
    metric_sum: Any,
    momentum_term: Any,
    gradient_norm_sum: Any,
) -> Any:
    """Sharper than `adamlab.bounds.amsgrad_sharp`: no gamma, no beta1 in the third term."""
    return (
        D_inf**2 * xp.sqrt(T) / (2 * alpha) * metric_sum
        + D_inf**2 / (2 * (1 - beta1)) * momentum_term
        + alpha * xp.sqrt(1 + xp.log1p(T - 1)) / (2 * xp.sqrt(1 - beta2)) * gradient_norm_sum
    )


def _amsgrad_free(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    D_inf: Any,
    metric_sum: Any,
    momentum_term: Any,
    gradient_norm_sum: Any,
) -> Any:
    """As `_amsgrad_monotone`, for beta1_t that may rise and fall."""
    return _amsgrad_monotone(
        xp,
        T=T,
        alpha=alpha,
        beta1=beta1,
        beta2=beta2,
        D_inf=D_inf,
        metric_sum=metric_sum,
        momentum_term=momentum_term,
        gradient_norm_sum=gradient_norm_sum / (1 - beta1),
    )


def _amsgrad_constant(
    xp: Any,
    *,
    T: Any,
    alpha: Any,
    beta1: Any,
    beta2: Any,
    D_inf: Any,
    metric_sum: Any,
    gradient_norm_sum: Any,
) -> Any:
    """For a constant beta1, with no condition on it and beta2."""
    return (
        D_inf**2 * xp.sqrt(T) / (2 * alpha) * metric_sum
        + (1 + beta1)
        * alpha
        * xp.sqrt(1 + xp.log1p(T - 1))
        / (2 * xp.sqrt(1 - beta2))
        * gradient_norm_sum
    ) / (1 - beta1)


def _adamnc_monotone(
    xp: Any, *, alpha: Any, beta1: Any, D_inf: Any, momentum_term: Any, gradient_norm_sum: Any
) -> Any:
    """AdaGrad's right-hand side, and the momentum term."""
    return (D_inf**2 / (2 * alpha) + alpha) * gradient_norm_sum + D_inf**2 / (
        2 * (1 - beta1)
    ) * momentum_term


def _adamnc_free(
    xp: Any, *, alpha: Any, beta1: Any, D_inf: Any, momentum_term: Any, gradient_norm_sum: Any
) -> Any:
    """As `_adamnc_monotone`, for beta1_t that may rise and fall."""
    return (D_inf**2 / (2 * alpha) + alpha / (1 - beta1)) * gradient_norm_sum + D_inf**2 / (
        2 * (1 - beta1)
    ) * momentum_term


def _adamnc_corollary(
    xp: Any,
    *,
    alpha: Any,
    beta1: Any,
    lam: Any,
    D_inf: Any,
    G_inf: Any,
    d: Any,
    gradient_norm_sum: Any,
) -> Any:
    """Corollary 2 with d and 1/alpha."""
    second = d * beta1 * D_inf**2 * G_inf / (2 * alpha * (1 - beta1) * (1 - lam) ** 2)
    first = D_inf**2 / (2 * alpha * (1 - beta1)) + 2 * alpha / (1 - beta1) ** 3
    return first * gradient_norm_sum + second


def _adamnc_corollary_printed(
    xp: Any, *, alpha: Any, beta1: Any, lam: Any, D_inf: Any, G_inf: Any, gradient_norm_sum: Any
) -> Any:
    """Corollary 2 as the ICLR text prints it, read as a bound of the regret; zeta = alpha."""
    second = beta1 * D_inf**2 * G_inf / (2 * (1 - beta1) * (1 - lam) ** 2)
    first = D_inf**2 / (2 * (1 - beta1)) + 2 * alpha / (1 - beta1) ** 3
    return first * gradient_norm_sum + second


def _new(formula: Any, title: str, like: str, **changes: Any) -> Bound:
    return replace(
        BOUNDS[like],
        name=formula.__name__.lstrip("_"),
        title=title,
        source="new to us; see claims N55 to N58",
        formula=formula,
        gamma=None,
        gamma_text="",
        **changes,
    )


_DECAYED = {"rules": {"adamnc_decayed_beta1": ""}}

#: The right-hand sides that are new here, by their names.
NEW = {
    b.name: b
    for b in (
        _new(_amsgrad_monotone, "AMSGrad, beta1_t that does not rise", "amsgrad_sharp"),
        _new(_amsgrad_free, "AMSGrad, any beta1_t", "amsgrad_sharp"),
        _new(_amsgrad_constant, "AMSGrad, any constant beta1", "amsgrad_constant_beta1_sharp"),
        _new(_adamnc_monotone, "AdamNC, beta1_t that does not rise", "adamnc_sharp"),
        _new(_adamnc_free, "AdamNC, any beta1_t", "adamnc_sharp"),
        _new(_adamnc_corollary, "AdamNC, Corollary 2", "adamnc", **_DECAYED),
        _new(_adamnc_corollary_printed, "Corollary 2 as printed", "adamnc_printed", **_DECAYED),
    )
}


# --------------------------------------------------------------------------------------------------
# The steps of the proofs, asked of the rules. A rule is an argument, so that another one is asked
# anew: what is found is kept, because most theorems share most steps.


@functools.cache
def _moves_by_its_momentum(rule: Rule) -> bool:
    r"""The step is :math:`-\alpha m_t/\psi_t` (:math:`g_t` for m in rules without momentum)."""
    s = symbolic(rule)
    m = s.state.get("m", s.symbols.g)
    return identical(s.theta - s.symbols.theta + s.symbols.alpha * m / s.metric)


@functools.cache
def _projection_shortens(box: Box) -> bool:
    r"""A clip brings nearer to every point of the box: also to the last one played."""
    import z3

    xp = SMTNamespace()
    y, x = z3.Reals("y x")
    clipped = box.project(xp, y)
    inside = z3.And(x >= box.lower, x <= box.upper)
    return impossible(inside, (clipped - x) ** 2 > (y - x) ** 2, *xp.conditions)


@functools.cache
def _step_expands() -> bool:
    r""":math:`c(x-\frac mc-x^*)^2=c(x-x^*)^2-2m(x-x^*)+\frac{m^2}c`."""
    import sympy as sp

    c, x, s, m = sp.symbols("c x s m", positive=True)
    return identical(c * (x - m / c - s) ** 2, c * (x - s) ** 2 - 2 * m * (x - s) + m**2 / c)


@functools.cache
def _telescopes() -> bool:
    r"""If :math:`S+cA'\le D^2c` then :math:`S+c'(A'-A'')+c'A''\le D^2c'` for :math:`c'\ge c`."""
    import z3

    S, c, later, A, A_next, D = z3.Reals("S c c' A' A'' D")
    return impossible(
        S + c * A <= D**2 * c,
        later >= c,
        A <= D**2,
        S + later * (A - A_next) + later * A_next > D**2 * later,
    )


@functools.cache
def _does_not_decrease(rule: Rule) -> bool:
    r""":math:`\psi_t` of AMSGrad, :math:`\psi_t` of AdaGrad, :math:`\sqrt t\,\psi_t` of AdamNC.

    And what the rule keeps for the next round is the square of it.
    """
    import z3

    kept = next(name for name in ("v_hat", "s", "v") if name in rule.state)
    s = symbolic(rule)
    if not identical(s.metric**2, s.state[kept]):
        return False
    if kept != "v":
        xp = SMTNamespace()
        names = ("theta", "g", *rule.state, "before", "beta1", "beta2")
        z = {name: z3.Real(name) for name in names}
        hyper = {k: z.get(k, z3.RealVal(1)) for k in rule.defaults}
        states = [z[name] for name in rule.state]
        _, metric, *_ = rule.update(xp, z3.Real("t"), z["theta"], z["g"], *states, **hyper)
        known = [z["before"] >= 0, z["before"] ** 2 == z[kept], *xp.conditions]
        return impossible(*known, metric < z["before"])
    t, v, g = s.symbols.t, s.symbols.v, s.symbols.g
    return identical(t * s.metric**2, (t - 1) * v + g**2)


@functools.cache
def _momentum_splits(rule: Rule) -> bool:
    r""":math:`g_t=m_t+\beta_{1,t}(g_t-m_{t-1})`."""
    s = symbolic(rule)
    m, g = s.symbols.m, s.symbols.g
    return identical(g - s.state["m"], s.symbols.beta1 * (g - m))


@functools.cache
def _young() -> bool:
    r""":math:`\beta ux\le\frac{\beta cx^2}{2(1-\beta)}+\frac{\beta(1-\beta)u^2}{2c}`: a square."""
    import sympy as sp

    b, c, u, x = sp.symbols("b c u x", positive=True)
    gap = b * c * x**2 / (2 * (1 - b)) + b * (1 - b) * u**2 / (2 * c) - b * u * x
    return identical(gap, b * (c * x - (1 - b) * u) ** 2 / (2 * c * (1 - b)))


@functools.cache
def _rests_add_up(rule: Rule) -> bool:
    r""":math:`m_t^2+\beta(1-\beta)(g-m)^2=\beta m^2+(1-\beta)g^2`, with the rule's :math:`m_t`."""
    s = symbolic(rule)
    m, g, b = s.symbols.m, s.symbols.g, s.symbols.beta1
    left = s.state["m"] ** 2 + b * (1 - b) * (g - m) ** 2
    return identical(left, b * m**2 + (1 - b) * g**2)


@functools.cache
def _potential(rule: Rule) -> bool:
    r"""With :math:`q=\frac\beta{1-\beta}`: :math:`\beta m^2+(1-\beta)g^2+qm_t^2\le qm^2+g^2`."""
    s = symbolic(rule)
    m, g, b = s.symbols.m, s.symbols.g, s.symbols.beta1
    q = b / (1 - b)
    left = b * m**2 + (1 - b) * g**2 + q * s.state["m"] ** 2
    return identical(left, q * m**2 + g**2 - b**2 * (g - m) ** 2)


@functools.cache
def _potential_below(rule: Rule) -> bool:
    r"""The same for :math:`b\le\beta_1` in the rule, with
    :math:`q=\frac{\beta_1}{1-\beta_1}` and :math:`\frac{g^2}{1-\beta_1}` on the right."""
    import sympy as sp

    s = symbolic(rule)
    m, g, b = s.symbols.m, s.symbols.g, s.symbols.beta1
    B = sp.Symbol("B", positive=True)
    total = b * m**2 + (1 - b) * g**2
    gap = (B * m**2 + g**2) / (1 - B) - total - B / (1 - B) * s.state["m"] ** 2
    rest = (B - b) * m**2 + b * g**2 + B * b * (1 - b) * (g - m) ** 2  # not negative if b <= B
    return identical((1 - B) * gap, rest)


@functools.cache
def _square_is_seen(rule: Rule) -> bool:
    r""":math:`\hat v_t\ge(1-\beta_2)g_t^2`, so :math:`g_t^2/\psi_t\le|g_t|/\sqrt{1-\beta_2}`."""
    import z3

    xp = SMTNamespace()
    theta, g, m, v, v_hat, b1, b2 = z3.Reals("theta g m v v_hat beta1 beta2")
    hyper = {"alpha": z3.RealVal(1), "beta1": b1, "beta2": b2}
    _, metric, *_ = rule.update(xp, z3.Real("t"), theta, g, m, v, v_hat, **hyper)
    known = [v >= 0, b2 >= 0, b2 < 1, *xp.conditions]
    return impossible(*known, metric**2 < (1 - b2) * g**2)


@functools.cache
def _harmonic() -> bool:
    r"""Cauchy-Schwarz, one term at a time, and :math:`\frac1{t+1}\le\log\frac{t+1}t`."""
    import sympy as sp

    # S <= p q, with p, q the norms so far; then (S + a b)^2 <= (p^2 + a^2)(q^2 + b^2).
    p, q, a, b = sp.symbols("p q a b", positive=True)
    square = identical((p**2 + a**2) * (q**2 + b**2) - (p * q + a * b) ** 2, (p * b - q * a) ** 2)
    x = sp.Symbol("x", positive=True)
    above = sp.log(1 + x) - x / (1 + x)  # at x = 1/t
    rises = identical(sp.diff(above, x), x / (1 + x) ** 2) and above.subs(x, 0) == 0
    return square and bool(rises)


@functools.cache
def _shares(adagrad: Rule) -> bool:
    r""":math:`\frac{g_t^2}{\sqrt{s_t}}\le2(\sqrt{s_t}-\sqrt{s_{t-1}})`, with AdaGrad's own
    :math:`s_t`."""
    import z3

    xp = SMTNamespace()
    theta, g, s, before = z3.Reals("theta g s before")
    _, metric, _ = adagrad.update(xp, z3.Real("t"), theta, g, s, alpha=z3.RealVal(1))
    known = [before >= 0, before**2 == s, *xp.conditions]
    return impossible(*known, g**2 > 2 * metric * (metric - before))


def _sum_of_shares(rule: Rule) -> bool:
    r"""The same for :math:`s_t=t\,v_t` of AdamNC, which is AdaGrad's sum."""
    return _shares(rules.adagrad) and (rule == rules.adagrad or _does_not_decrease(rule))


@functools.cache
def _regroups(rule: Rule) -> bool:
    r""":math:`g_t(x_t-x)=m_t(x_t-x)+\frac{\beta_1}{1-\beta_1}[m_t(x_t-x)-m_{t-1}(x_{t-1}-x)]
    +\frac{\beta_1}{1-\beta_1}m_{t-1}(x_{t-1}-x_t)`."""
    import sympy as sp

    s = symbolic(rule)
    m, g, b = s.symbols.m, s.symbols.g, s.symbols.beta1
    x_before, x_now, x = sp.symbols("x_{t-1} x_t x", real=True)
    now = s.state["m"] * (x_now - x)
    right = now + b / (1 - b) * (now - m * (x_before - x) + m * (x_before - x_now))
    return identical(g * (x_now - x), right)


@functools.cache
def _momentum_below_metric(rule: Rule) -> bool:
    r"""If :math:`m^2=\kappa^2v-w` with :math:`w\ge0`, then :math:`\kappa^2v_t-m_t^2` is a square
    and :math:`\beta_2w`, for :math:`\kappa=\frac{1-\beta_1}{\sqrt{(1-\beta_2)(1-\gamma)}}`."""
    import sympy as sp

    s = symbolic(rule)
    m, g, b1, b2, v = (getattr(s.symbols, k) for k in ("m", "g", "beta1", "beta2", "v"))
    w = sp.Symbol("w", nonnegative=True)
    kappa2 = (1 - b1) ** 2 / ((1 - b2) * (1 - b1**2 / b2))
    left = kappa2 * s.state["v"].subs(v, (m**2 + w) / kappa2) - s.state["m"] ** 2
    root = b2 - b1**2  # positive, since gamma < 1
    return identical(left, b2 * w + (root * m - (1 - b1) * b1 * g) ** 2 / root)


@functools.cache
def _bounded_by_largest(rule: Rule) -> bool:
    r"""If :math:`v,\hat v,g_t^2\le G^2`, so is the rule's next metric squared."""
    import z3

    xp = SMTNamespace()
    z = {name: z3.Real(name) for name in ("t", "theta", "g", "beta1", "beta2", "G", *rule.state)}
    hyper = {k: z.get(k, z3.RealVal(1)) for k in rule.defaults}
    states = [z[s] for s in rule.state]
    _, metric, *_ = rule.update(xp, z["t"], z["theta"], z["g"], *states, **hyper)
    known = [z[s] <= z["G"] ** 2 for s in rule.state if s in ("v", "v_hat")]
    known += [z["g"] ** 2 <= z["G"] ** 2, z["beta2"] >= 0, z["beta2"] < 1, z["t"] >= 1]
    return impossible(*known, *xp.conditions, metric**2 > z["G"] ** 2)


@functools.cache
def _decays_quickly() -> bool:
    r""":math:`\sum_{t\le T}t\lambda^{t-1}\le(1-\lambda)^{-2}`, by its closed form."""
    import sympy as sp

    lam, T = sp.Symbol("lam", positive=True), sp.Symbol("T", integer=True, positive=True)
    closed = (1 - lam**T * (1 + T * (1 - lam))) / (1 - lam) ** 2
    step = closed - closed.subs(T, T - 1)
    return identical(step, T * lam ** (T - 1)) and closed.subs(T, 0) == 0


@functools.cache
def _is_decayed(decayed: Rule, constant: Rule) -> bool:
    r"""The rule with a decay is the other one with :math:`\beta_1\lambda^{t-1}` for
    :math:`\beta_1`."""
    a, b = symbolic(decayed), symbolic(constant)
    now = {b.symbols.beta1: a.symbols.beta1 * a.symbols.lam ** (a.symbols.t - 1)}
    pairs = [(a.theta, b.theta), *((a.state[k], b.state[k]) for k in b.state)]
    return all(identical(left, right.subs(now, simultaneous=True)) for left, right in pairs)


@functools.cache
def _root_sum() -> bool:
    r""":math:`\frac1{\sqrt t}\le2(\sqrt t-\sqrt{t-1})`."""
    import z3

    now, before = z3.Reals("now before")
    return impossible(now >= 1, before >= 0, now**2 - before**2 == 1, 2 * now * (now - before) < 1)


class _Roots:
    """A namespace in which roots, other than those of squares, are positive symbols."""

    def __init__(self) -> None:
        import sympy

        self.sympy = sympy
        self.known: dict[Any, Any] = {}

    def log1p(self, x: Any) -> Any:
        return self.sympy.log(1 + x)

    def sqrt(self, x: Any) -> Any:
        root = self.sympy.sqrt(x)
        if self.sympy.simplify(root).is_rational_function():
            return root
        return self.known.setdefault(x, self.sympy.Symbol(f"root{len(self.known)}", positive=True))


def _implied(weaker: Bound, stronger: Bound) -> bool:
    r"""The weaker right-hand side minus the stronger is nowhere negative.

    With :math:`\beta_1=\frac x{1+x}`, :math:`\beta_1/\sqrt{\beta_2}=\frac{x+y}{1+x+y}` and
    :math:`\lambda=\frac z{1+z}` it is a quotient of polynomials in positive variables that have
    no negative coefficient.
    """
    import sympy as sp

    x, y, z = sp.symbols("x y z", positive=True)
    known = {"beta1": x / (1 + x), "lam": z / (1 + z)}
    known["beta2"] = (known["beta1"] * (1 + x + y) / (x + y)) ** 2
    xp, sides = _Roots(), []
    for b in (weaker, stronger):
        code = b.formula.__code__
        names = code.co_varnames[1 : 1 + code.co_kwonlyargcount]
        given = {name: known.get(name, sp.Symbol(name, positive=True)) for name in names}
        sides.append(b.formula(xp, **given))
    for side in sp.fraction(sp.together(sides[0] - sides[1])):
        if any(c < 0 for c in sp.Poly(sp.expand(side), *_symbols(side)).coeffs()):
            return False
    return True


def _symbols(expression: Any) -> list[Any]:
    import sympy as sp

    return sorted(expression.free_symbols, key=str) or [sp.Symbol("unused")]


# --------------------------------------------------------------------------------------------------
# Games


def random_games(bound: Bound, seed: int, *, beta1: str = "constant") -> tuple[int, float]:
    """Play random games; return how many the theorem is about, and the largest ratio.

    In three coordinates, of 1 to 100 rounds: nine styles of losses, linear ones, two kinds that
    answer to the point played, and squares. What is compared with the bound is the sum of
    g_t(x_t - x), which no regret exceeds. `beta1` says whether beta1_t is "constant", a "falling"
    sequence from beta1, or "any" sequence up to it.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    rule = rules.get_rule(next(iter(bound.rules)))
    count, worst = 0, 0.0
    for T in (1, 2, 5, 20, 100):
        runs, d = 360, 3
        shape = (T, runs, d)
        t = np.arange(1, T + 1)[:, None, None]
        sign = rng.choice([-1.0, 1.0], (runs, d))
        uniform = rng.uniform(-1, 1, shape)
        styles = [
            uniform,
            np.sign(uniform),
            np.broadcast_to(sign, shape),
            uniform * (rng.random(shape) < 0.2),
            sign * t ** -rng.uniform(0, 1, (runs, d)),
            sign * np.where(t % 3 == 1, rng.uniform(1, 5, (runs, d)), -1.0),
            uniform * 1.1**t,
            uniform,
            uniform,
        ]
        style = np.arange(runs) % len(styles)
        chosen = np.choose(style[:, None], styles)
        centre = rng.uniform(-1, 1, (runs, d))
        answers, squares = (style == 7)[:, None], (style == 8)[:, None]

        def costs(
            t: int, x: Any, c: Any = chosen, a: Any = answers, s: Any = squares, z: Any = centre
        ) -> Any:
            now = c[t - 1]
            residual = (now * (x - z)).sum(axis=-1, keepdims=True)
            return np.where(s, residual * now, np.where(a, abs(now) * np.sign(x - z), now))

        hyper: dict[str, Any] = {
            "alpha": np.exp(rng.uniform(np.log(0.02), np.log(200), runs)),
            "beta1": rng.uniform(0, 1, runs) * (rng.random(runs) < 0.8),
            "beta2": 1 / (1 + np.exp(rng.uniform(-9, 9, runs))),
            "lam": rng.uniform(0.01, 0.999, runs),
        }
        hyper = {name: values for name, values in hyper.items() if name in rule.defaults}
        factors: Any = None if beta1 == "constant" else rng.random((T, runs))
        if beta1 == "falling":
            factors = np.sort(factors, axis=0)[::-1]
            factors = factors / factors[0]
        theta1 = rng.choice([-1.0, 0.0, 1.0], (runs, d))
        with np.errstate(invalid="ignore"):  # roots where the theorem does not apply
            regret, value = linear_games(bound, rule, costs, T, theta1, factors=factors, **hyper)
        about = value > 0
        if bound.gamma is not None:
            about &= np.asarray(bound.gamma(hyper["beta1"], hyper["beta2"])) < 1
        count += int(about.sum())
        worst = max(worst, float((regret[about] / value[about]).max()))
    return count, worst


def _games(
    bound: Bound, seed: int, *, beta1: str = "constant", horizon: int = 2
) -> Iterator[Finding]:
    """The findings that no game was found that exceeds the bound."""
    count, random = random_games(bound, seed, beta1=beta1)
    found = attack(
        bound,
        horizon=horizon,
        generations=60,
        restarts=1,
        seed=seed,
        free_beta1=beta1 == "any",
    )
    worst = max(random, found.ratio)
    yield supports(
        f"No game exceeds it: {count} random ones in three coordinates, of up to 100 rounds "
        f"(largest ratio {random:.3f}), and a search for the worst of {horizon} rounds "
        f"({found.ratio:.3f}).",
        0.3 < worst <= 1 + 1e-9,
        method="property test",
        claimed="regret at most the bound",
        measured=f"at most {worst:.3f} of it",
    )


def _exact(
    bound: Bound, rule: Rule, costs: tuple[int, ...], theta1: int, box: Box, **hyper: Any
) -> Any:
    """Regret and bound of a game, enclosed."""
    numbers = {name: Fraction(x) for name, x in hyper.items()}
    game = Attack(bound, rule, tuple(map(Fraction, costs)), Fraction(theta1), numbers, box=box)
    return game.enclosed()


def _step_by_step(rule: Rule) -> Iterator[Finding]:
    """What all proofs share, of a rule."""
    boxes = (Box(-1, 1), Box(0, 1))
    yield supports(
        r"Its step is $-\alpha_tm_t/\psi_t$; a clip brings nearer to every point of the box (Z3); "
        r"so $m_t(x_t-x^*)\le\frac{c_t}2(A_t-A_{t+1})+\frac{m_t^2}{2c_t}$.",
        _moves_by_its_momentum(rule) and all(map(_projection_shortens, boxes)) and _step_expands(),
        method="SymPy",
        claimed="at most the bound, for all T",
        measured="proved, see its steps",
    )
    yield supports(
        r"$c_t=\psi_t/\alpha_t$ does not decrease, and so $\sum_tc_t(A_t-A_{t+1})\le "
        r"D_\infty^2c_T$, by induction.",
        _does_not_decrease(rule) and _telescopes(),
        method="Z3",
        prose=cleandoc(r"""
        The clip was decided on the boxes $[-1,1]$ and $[0,1]$, others differ by scale and
        shift. That $\psi_t$ (AdaGrad, AMSGrad) and $\sqrt t\,\psi_t$ (AdamNC) do not decrease
        gives it for $c_t$, since $\alpha_t=\alpha/\sqrt t$ (AdaGrad: $\alpha$) does not increase.
        Convexity, $f_t(x_t)-f_t(x^*)\le\langle g_t,x_t-x^*\rangle$, and adding up the coordinates
        reduce the theorem to one coordinate. Until the first gradient of a
        coordinate that is not zero, $m_t=0$, it does not move, and all terms are 0: the sums begin
        there, and $\psi_t>0$ from then on."""),
    )


def _momentum_steps(rule: Rule) -> Iterator[Finding]:
    """From the gradients to the momentum, for any beta1_t."""
    yield supports(
        r"$g_t=m_t+\beta_{1,t}(g_t-m_{t-1})$; Young's inequality for the second part; what is left "
        r"of both is $\frac{\beta_{1,t}m_{t-1}^2+(1-\beta_{1,t})g_t^2}{2c_t}$, exactly.",
        _momentum_splits(rule) and _young() and _rests_add_up(rule),
        method="SymPy",
    )
    yield supports(
        r"The sum of these is at most $\frac12\sum_tg_t^2/c_t$ if $\beta_{1,t}$ does not rise, and "
        r"$\frac1{2(1-\beta_1)}$ times that sum for any $\beta_{1,t}\le\beta_1$: with "
        r"$q=\frac\beta{1-\beta}$, $\beta m^2+(1-\beta)g^2+qm_t^2\le qm^2+g^2$.",
        _potential(rule) and _potential_below(rule),
        method="SymPy",
        prose=cleandoc(r"""
        Divide by $c_t$ and add up: the terms $q_tm_t^2/c_t$ telescope, because $q_t$ and
        $1/c_t$ do not increase and $m_0=0$. For $\beta_{1,t}$ that may rise take
        $q=\frac{\beta_1}{1-\beta_1}$ in all rounds. The part of Young's inequality that has $A_t$
        gives the second term of the bound, by $A_t\le D_\infty^2$ and $1-\beta_{1,t}\ge
        1-\beta_1$."""),
    )


def _amsgrad_sum(rule: Rule) -> Iterator[Finding]:
    """The sum of g_t^2/c_t in AMSGrad."""
    yield supports(
        r"$\sum_tg_t^2/c_t\le\alpha\sqrt{\frac{1+\log T}{1-\beta_2}}\,\lVert g_{1:T}\rVert_2$, as "
        r"$\hat v_t\ge(1-\beta_2)g_t^2$.",
        _square_is_seen(rule) and _harmonic(),
        method="Z3",
        prose=cleandoc(r"""
        $\sum_t\lvert g_t\rvert/\sqrt t\le\sqrt{H_T}\,\lVert g_{1:T}\rVert_2$ is
        Cauchy and Schwarz's inequality, of which one step of the induction was checked, and
        $H_T\le1+\log T$ follows from $\frac1{t+1}\le\log\frac{t+1}t$."""),
    )


def _sum_finding(rule: Rule) -> Iterator[Finding]:
    """The sum of g_t^2/c_t in AdaGrad and AdamNC."""
    yield supports(
        r"$\sum_tg_t^2/c_t\le2\alpha\lVert g_{1:T}\rVert_2$, as "
        r"$g_t^2/\sqrt{s_t}\le2(\sqrt{s_t}-\sqrt{s_{t-1}})$ for $s_t=\sum_{j\le t}g_j^2$.",
        _sum_of_shares(rule),
        method="Z3",
    )


def _follows(weaker: Bound, stronger: Bound, from_claim: str) -> Iterator[Finding]:
    yield supports(
        f"Its right-hand side is nowhere below that of {from_claim}, which is proved there: their "
        "difference is a quotient of polynomials without a negative coefficient.",
        _implied(weaker, stronger),
        method="SymPy",
        claimed="at most the bound, for all T",
        measured="proved, as a corollary",
        prose=cleandoc(r"""
        In the variables $x,y>0$ with $\beta_1=\frac x{1+x}$ and
        $\gamma=\frac{x+y}{1+x+y}$; $\beta_1=0$ is their limit."""),
    )


# --------------------------------------------------------------------------------------------------
# AMSGrad


@claim(
    "N40",
    "AMSGrad, Theorem 4 of Reddi et al. holds once its first term has 1/α",
    where="repaired theorems",
    section="4",
)
def amsgrad_theorem() -> Iterator[Finding]:
    r"""AMSGrad with $\alpha_t=\alpha/\sqrt t$, any $0\le\beta_{1,t}\le\beta_1<1$,
    $\gamma=\beta_1/\sqrt{\beta_2}<1$, on a box of longest side $D_\infty$, has for convex losses,
    without $\epsilon$ and with $0/0:=0$,

    $$R_T\le\frac{D_\infty^2\sqrt T}{\alpha(1-\beta_1)}\sum_i\hat v_{T,i}^{1/2}
    +\frac{D_\infty^2}{2(1-\beta_1)}\sum_{t,i}\frac{\beta_{1,t}\hat v_{t,i}^{1/2}}{\alpha_t}
    +\frac{\alpha\sqrt{1+\log T}}{(1-\beta_1)^2(1-\gamma)\sqrt{1-\beta_2}}
    \sum_i\lVert g_{1:T,i}\rVert_2 .$$
    """
    yield from _follows(BOUNDS["amsgrad"], NEW["amsgrad_free"], "N55")
    yield from _games(BOUNDS["amsgrad"], 40, beta1="any")


@claim(
    "N41",
    "AMSGrad, Theorem 4 with half its first term and a smaller third (Theorem 4′)",
    where="repaired theorems",
    section="4",
)
def amsgrad_sharp() -> Iterator[Finding]:
    r"""Under the conditions of N40,

    $$R_T\le\frac{D_\infty^2\sqrt T}{2\alpha}\sum_i\hat v_{T,i}^{1/2}
    +\frac{D_\infty^2}{2(1-\beta_1)}\sum_{t,i}\frac{\beta_{1,t}\hat v_{t,i}^{1/2}}{\alpha_t}
    +\frac{\alpha\sqrt{1+\log T}}{2\sqrt{1-\beta_2}}
    \Big(1+\frac{\beta_1}{(1-\beta_1)(1-\gamma)}\Big)\sum_i\lVert g_{1:T,i}\rVert_2 ,$$

    with equality in a game of one round at $\beta_1=0$, $\alpha=D_\infty\sqrt{1-\beta_2}$.
    """
    bound = BOUNDS["amsgrad_sharp"]
    yield from _follows(bound, NEW["amsgrad_free"], "N55")
    yield from _equality(bound)
    yield from _games(bound, 41, beta1="any")


def _equality(bound: Bound) -> Iterator[Finding]:
    hyper = {"alpha": 1, "beta1": 0, "beta2": Fraction(3, 4)}
    regret, value = _exact(bound, rules.amsgrad, (1,), 1, Box(-1, 1), **hyper)
    yield supports(
        r"Equality: one round of $f(x)=x$ on $[-1,1]$ from 1, $\beta_1=0$, $\beta_2=\frac34$, "
        r"$\alpha=1=D_\infty\sqrt{1-\beta_2}$.",
        regret.ends == (2, 2) and 2 in value and value.width < 1e-30,
        method="intervals",
        claimed="regret = bound",
        measured="2 = 2",
    )


@claim(
    "N42",
    "AMSGrad, Corollary 1 of Reddi et al. holds once it has d and 1/α",
    where="repaired theorems",
    section="4",
)
def amsgrad_corollary() -> Iterator[Finding]:
    r"""Under the conditions of N40 with $\beta_{1,t}=\beta_1\lambda^{t-1}$, $0<\lambda<1$, and
    $\lvert g_{t,i}\rvert\le G_\infty$, the second term of N40 is at most
    $\frac{d\,\beta_1D_\infty^2G_\infty}{2\alpha(1-\beta_1)(1-\lambda)^2}$.
    """
    yield from _corollary(rules.amsgrad_decayed_beta1, rules.amsgrad, "N40")
    yield from _games(BOUNDS["amsgrad_corollary"], 42)


def _corollary(decayed: Rule, constant: Rule, theorem: str) -> Iterator[Finding]:
    yield supports(
        rf"The rule is that of {theorem} with $\beta_1\lambda^{{t-1}}$ for $\beta_1$; its metric "
        r"does not exceed $G_\infty$; and $\sum_tt\lambda^{t-1}\le(1-\lambda)^{-2}$.",
        _is_decayed(decayed, constant) and _bounded_by_largest(constant) and _decays_quickly(),
        method="SymPy",
        claimed="at most the bound, for all T",
        measured="proved, as a corollary",
        prose=cleandoc(r"""
        So $\sum_{t}\beta_{1,t}\psi_{t,i}/\alpha_t\le\frac{\beta_1G_\infty}\alpha
        \sum_t\lambda^{t-1}\sqrt t$ in each of the $d$ coordinates, and $\sqrt t\le t$. The bound on
        the metric is an induction of which Z3 has checked the step."""),
    )


@claim(
    "N43",
    "AMSGrad with a constant β₁ has regret O(√(T log T)): no decay is needed",
    where="repaired theorems",
    section="4",
)
def amsgrad_constant() -> Iterator[Finding]:
    r"""AMSGrad with $\alpha_t=\alpha/\sqrt t$ and constant $\beta_1\ge0$,
    $\gamma=\beta_1^2/\beta_2<1$, on a box of longest side $D_\infty$, has for convex losses,
    without $\epsilon$ and with $0/0:=0$,

    $$R_T\le\frac{D_\infty^2\sqrt T}{2\alpha(1-\beta_1)}\sum_i\hat v_{T,i}^{1/2}
    +\frac{\alpha\sqrt{1+\log T}}{\sqrt{(1-\beta_2)(1-\gamma)}}\sum_i\lVert g_{1:T,i}\rVert_2 ,$$

    which is $O(\sqrt{T\log T})$ for bounded gradients.
    """
    bound = BOUNDS["amsgrad_constant_beta1"]
    yield from _follows(bound, BOUNDS["amsgrad_constant_beta1_sharp"], "N44")
    yield from _games(bound, 43)


@claim(
    "N44",
    "AMSGrad with a constant β₁: the last term may be multiplied by (1+β₁)/2",
    where="repaired theorems",
    section="4",
)
def amsgrad_constant_sharp() -> Iterator[Finding]:
    r"""Under the conditions of N43,

    $$R_T\le\frac{D_\infty^2\sqrt T}{2\alpha(1-\beta_1)}\sum_i\hat v_{T,i}^{1/2}
    +\frac{(1+\beta_1)\,\alpha\sqrt{1+\log T}}{2\sqrt{(1-\beta_2)(1-\gamma)}}
    \sum_i\lVert g_{1:T,i}\rVert_2 ,$$

    with equality in a game of one round at $\beta_1=0$, $\alpha=D_\infty\sqrt{1-\beta_2}$.
    """
    yield from _step_by_step(rules.amsgrad)
    yield from _regrouping(rules.amsgrad)
    yield supports(
        r"$m_t^2\le\kappa^2v_t$ with $\kappa=\frac{1-\beta_1}{\sqrt{(1-\beta_2)(1-\gamma)}}$, by "
        r"induction: $\kappa^2v_t-m_t^2$ is a square and $\beta_2(\kappa^2v_{t-1}-m_{t-1}^2)$.",
        _momentum_below_metric(rules.amsgrad),
        method="SymPy",
        prose=cleandoc(r"""
        As $v_t\le\hat v_t$, $\sum m_t^2/c_t\le\kappa\sum\alpha_t\lvert m_t\rvert$. With
        $\lvert m_t\rvert\le\beta_1\lvert m_{t-1}\rvert+(1-\beta_1)\lvert g_t\rvert$ and
        $\alpha_t\le\alpha_{t-1}$ that sum is at most $\sum\alpha_t\lvert g_t\rvert\le
        \alpha\sqrt{1+\log T}\,\lVert g_{1:T}\rVert_2$."""),
    )
    yield supports(
        r"$\sum_t\lvert g_t\rvert/\sqrt t\le\sqrt{1+\log T}\,\lVert g_{1:T}\rVert_2$.",
        _harmonic(),
        method="SymPy",
    )
    yield from _equality(BOUNDS["amsgrad_constant_beta1_sharp"])
    yield from _games(BOUNDS["amsgrad_constant_beta1_sharp"], 44)


def _regrouping(rule: Rule) -> Iterator[Finding]:
    yield supports(
        r"$g_t(x_t-x)=m_t(x_t-x)+\frac{\beta_1}{1-\beta_1}\big[m_t(x_t-x)-m_{t-1}(x_{t-1}-x)\big]"
        r"+\frac{\beta_1}{1-\beta_1}m_{t-1}(x_{t-1}-x_t)$.",
        _regroups(rule),
        method="SymPy",
        prose=cleandoc(r"""
        Summed up, the bracket leaves $m_T(x_T-x)$. A step is no longer than before its
        clip, so that $m_{t-1}(x_{t-1}-x_t)\le m_{t-1}^2/c_{t-1}$. The terms
        $\frac{c_t}2(A_t-A_{t+1})$ come with weight 1 for $t<T$ and $\frac1{1-\beta_1}$ for $T$, and
        telescope to $\frac{D_\infty^2c_T}{2(1-\beta_1)}$; $m_t^2/c_t$ has the factor
        $\frac12+\frac{\beta_1}{1-\beta_1}=\frac{1+\beta_1}{2(1-\beta_1)}$ for $t<T$, and a smaller
        one for $T$."""),
    )


# --------------------------------------------------------------------------------------------------
# AdamNC


@claim(
    "N45",
    "AdamNC, Theorem 5 of Reddi et al. holds with ζ = α once its first term has 1/α",
    where="repaired theorems",
    section="4",
)
def adamnc_theorem() -> Iterator[Finding]:
    r"""AdamNC with $\beta_{2,t}=1-1/t$, $\alpha_t=\alpha/\sqrt t$, any
    $0\le\beta_{1,t}\le\beta_1<1$, on a box of longest side $D_\infty$, has for convex losses,
    without $\epsilon$ and with $0/0:=0$,

    $$R_T\le\frac{D_\infty^2}{2\alpha(1-\beta_1)}\sum_i\lVert g_{1:T,i}\rVert_2
    +\frac{D_\infty^2}{2(1-\beta_1)}\sum_{t,i}\frac{\beta_{1,t}v_{t,i}^{1/2}}{\alpha_t}
    +\frac{2\alpha}{(1-\beta_1)^3}\sum_i\lVert g_{1:T,i}\rVert_2 .$$
    """
    yield from _follows(BOUNDS["adamnc"], NEW["adamnc_free"], "N57")
    yield from _games(BOUNDS["adamnc"], 45, beta1="any")


@claim(
    "N46",
    "AdamNC, Theorem 5 with smaller first and third terms",
    where="repaired theorems",
    section="4",
)
def adamnc_sharp() -> Iterator[Finding]:
    r"""Under the conditions of N45 the first term may be
    $\frac{D_\infty^2}{2\alpha}\sum_i\lVert g_{1:T,i}\rVert_2$ and the third
    $\alpha\big(1+\frac{\beta_1}{(1-\beta_1)^2}\big)\sum_i\lVert g_{1:T,i}\rVert_2$.
    """
    yield from _follows(BOUNDS["adamnc_sharp"], NEW["adamnc_free"], "N57")
    yield from _games(BOUNDS["adamnc_sharp"], 46, beta1="any")


@claim(
    "N47",
    "AdamNC with a constant β₁ has regret O(√T): no decay is needed",
    where="repaired theorems",
    section="4",
)
def adamnc_constant() -> Iterator[Finding]:
    r"""AdamNC with $\beta_{2,t}=1-1/t$, $\alpha_t=\alpha/\sqrt t$ and constant
    $\beta_1\in[0,1)$, on a box of longest side $D_\infty$, has for convex losses, without
    $\epsilon$ and with $0/0:=0$,

    $$R_T\le\Big(\frac{D_\infty^2}{2\alpha(1-\beta_1)}+\frac{2\alpha}{1-\beta_1}\Big)
    \sum_i\lVert g_{1:T,i}\rVert_2 ,$$

    which is $O(\sqrt T)$ for bounded gradients.
    """
    bound = BOUNDS["adamnc_constant_beta1"]
    yield from _follows(bound, BOUNDS["adamnc_constant_beta1_sharp"], "N48")
    yield from _games(bound, 47)


@claim(
    "N48",
    "AdamNC with a constant β₁: (1+β₁)α may stand for 2α",
    where="repaired theorems",
    section="4",
)
def adamnc_constant_sharp() -> Iterator[Finding]:
    r"""Under the conditions of N47,

    $$R_T\le\Big(\frac{D_\infty^2}{2\alpha(1-\beta_1)}+\frac{(1+\beta_1)\,\alpha}{1-\beta_1}\Big)
    \sum_i\lVert g_{1:T,i}\rVert_2 .$$
    """
    yield from _step_by_step(rules.adamnc)
    yield from _regrouping(rules.adamnc)
    yield from _momenta_below_gradients(rules.adamnc)
    yield from _sum_finding(rules.adamnc)
    yield from _games(BOUNDS["adamnc_constant_beta1_sharp"], 48)


def _momenta_below_gradients(rule: Rule) -> Iterator[Finding]:
    yield supports(
        r"$m_t^2\le\beta_1m_{t-1}^2+(1-\beta_1)g_t^2$, so that $\sum m_t^2/c_t\le\sum g_t^2/c_t$.",
        _rests_add_up(rule),
        method="SymPy",
        prose=cleandoc(r"""
        Divide by $c_t\ge c_{t-1}$ and add up: a sum that is at most $\beta_1$ times
        itself and $1-\beta_1$ times another is at most the other."""),
    )


# --------------------------------------------------------------------------------------------------
# AdaGrad and gradient descent


@claim(
    "N49",
    "AdaGrad's regret on a box is at most (D²/(2α) + α) Σ‖g‖",
    where="repaired theorems",
    section="4",
)
def adagrad() -> Iterator[Finding]:
    r"""Diagonal AdaGrad with a constant $\alpha$, on a box of longest side $D_\infty$, has for
    convex losses, without $\epsilon$ and with $0/0:=0$,
    $R_T\le\big(\frac{D_\infty^2}{2\alpha}+\alpha\big)\sum_i\lVert g_{1:T,i}\rVert_2$.
    """
    yield from _step_by_step(rules.adagrad)
    yield from _sum_finding(rules.adagrad)
    yield from _games(BOUNDS["adagrad"], 49, horizon=5)


@claim(
    "N50",
    "gradient descent has regret at most (D²/(2α) + αG²)√T, so 3/2 GD√T at α = D/G",
    where="repaired theorems",
    section="4",
)
def gradient_descent() -> Iterator[Finding]:
    r"""Projected gradient descent with $\alpha_t=\alpha/\sqrt t$, on a box of diagonal $D$, has for
    convex losses with $\lVert g_t\rVert_2\le G$,
    $R_T\le\big(\frac{D^2}{2\alpha}+\alpha G^2\big)\sqrt T$, which is $\frac32GD\sqrt T$ at
    $\alpha=D/G$.
    """
    import sympy as sp

    yield supports(
        r"Its step is $-\alpha_tg_t$; a clip brings nearer to every point of the box (Z3); so "
        r"$g_t(x_t-x^*)\le\frac{c_t}2(A_t-A_{t+1})+\frac{g_t^2}{2c_t}$ with "
        r"$c_t=\sqrt t/\alpha$, which telescopes.",
        _moves_by_its_momentum(rules.sgd)
        and all(map(_projection_shortens, (Box(-1, 1), Box(0, 1))))
        and _step_expands()
        and _telescopes(),
        method="SymPy",
        claimed="at most the bound, for all T",
        measured="proved, see its steps",
        prose=cleandoc(r"""
        Here the coordinates are added up first, with one $c_t$: $A_t=\lVert
        x_t-x^*\rVert_2^2\le D^2$. Convexity as in the other theorems."""),
    )
    D, G, T = sp.symbols("D G T", positive=True)
    at_best = BOUNDS["ogd"].formula(_Roots(), T=T**2, alpha=D / G, D=D, G_2=G)
    yield supports(
        r"$\sum_{t\le T}1/\sqrt t\le2\sqrt T$; and at $\alpha=D/G$ the bound is "
        r"$\frac32GD\sqrt T$.",
        _root_sum() and identical(at_best, sp.Rational(3, 2) * G * D * T),
        method="Z3",
    )
    yield from _games(BOUNDS["ogd"], 50, horizon=5)


# --------------------------------------------------------------------------------------------------
# As printed


def _refuted(bound: Bound, decayed: bool) -> Iterator[Finding]:
    """One round in which the 1/alpha is missed, and what a search finds."""
    rule = rules.get_rule(list(bound.rules)[-1 if decayed else 0])
    hyper = {"alpha": Fraction(1, 100), "beta1": 0, "beta2": Fraction(3, 4), "lam": Fraction(1, 2)}
    hyper = {name: x for name, x in hyper.items() if name in rule.defaults}
    regret, value = _exact(bound, rule, (1,), 1, Box(0, 1), **hyper)
    yield contradicts(
        r"One round of $f(x)=x$ on $[0,1]$ from 1, $\beta_1=0$, $\alpha=\frac1{100}$"
        + (r", $\beta_2=\frac34$" if "beta2" in hyper else "")
        + r": the regret is 1, the right-hand side $\frac{13}{25}$.",
        regret.ends == (1, 1) and regret > value and Fraction(13, 25) in value,
        method="intervals",
        claimed="at most 13/25",
        measured="1",
    )


@claim(
    "N51",
    "AMSGrad, Theorem 4 without 1/α, as in the text of ICLR 2018 that we read",
    where="Reddi et al. 2018, Theorem 4",
    section="4",
)
def amsgrad_printed() -> Iterator[Finding]:
    r"""Under the conditions of N40, N40's bound with $\frac{D_\infty^2\sqrt T}{1-\beta_1}$ for
    $\frac{D_\infty^2\sqrt T}{\alpha(1-\beta_1)}$ in the first term.
    """
    yield from _refuted(BOUNDS["amsgrad_printed"], decayed=False)
    yield _fallen(BOUNDS["amsgrad_printed"])


def _fallen(bound: Bound) -> Finding:
    found = attack(bound, horizon=1, generations=60, restarts=1, box=Box(0, 1))
    regret, value = found.enclosed()
    return beside(
        f"A search over games of one round on $[0,1]$ finds one whose regret is "
        f"{found.ratio:.2f} times the right-hand side; the smaller α may be, the larger it gets.",
        found.ratio > 1.2 and regret > value,
        method="intervals",
        measured=f"{found.ratio:.2f}",
    )


@claim(
    "N52",
    "AMSGrad, Corollary 1 without d and 1/α, as in the text of ICLR 2018 that we read",
    where="Reddi et al. 2018, Corollary 1",
    section="4",
)
def amsgrad_corollary_printed() -> Iterator[Finding]:
    r"""Under the conditions of N42, N42's bound with first terms
    $\frac{D_\infty^2\sqrt T}{1-\beta_1}\sum_i\hat v_{T,i}^{1/2}$ and
    $\frac{\beta_1D_\infty^2G_\infty}{2(1-\beta_1)(1-\lambda)^2}$.
    """
    yield from _refuted(BOUNDS["amsgrad_corollary_printed"], decayed=True)
    yield _fallen(BOUNDS["amsgrad_corollary_printed"])


@claim(
    "N53",
    "AdamNC, Theorem 5 without 1/α, as in the text of ICLR 2018 that we read",
    where="Reddi et al. 2018, Theorem 5",
    section="4",
)
def adamnc_printed() -> Iterator[Finding]:
    r"""Under the conditions of N45, N45's bound with $\frac{D_\infty^2}{2(1-\beta_1)}$ for
    $\frac{D_\infty^2}{2\alpha(1-\beta_1)}$ in the first term.
    """
    yield from _refuted(BOUNDS["adamnc_printed"], decayed=False)
    yield _fallen(BOUNDS["adamnc_printed"])


@claim(
    "N54",
    "AdamNC, Corollary 2 without d and 1/α, as in the text of ICLR 2018 that we read",
    where="Reddi et al. 2018, Corollary 2",
    section="4",
)
def adamnc_corollary_printed() -> Iterator[Finding]:
    r"""Under the conditions of N58, read as a bound of $R_T$, which the display does not name:
    N58's bound with $\frac{D_\infty^2}{2(1-\beta_1)}\sum_i\lVert g_{1:T,i}\rVert_2$ and
    $\frac{\beta_1D_\infty^2G_\infty}{2(1-\beta_1)(1-\lambda)^2}$.
    """
    yield from _refuted(NEW["adamnc_corollary_printed"], decayed=True)
    yield _fallen(NEW["adamnc_corollary_printed"])


# --------------------------------------------------------------------------------------------------
# New


@claim(
    "N55",
    "AMSGrad's bound needs no condition on β₁ and β₂, and its third term no β₁",
    where="repaired theorems",
    section="4",
)
def amsgrad_any_gamma() -> Iterator[Finding]:
    r"""AMSGrad with $\alpha_t=\alpha/\sqrt t$, $0\le\beta_{1,t}\le\beta_1<1$ that does not rise
    with $t$, any $\beta_2\in[0,1)$, on a box of longest side $D_\infty$, has for convex losses,
    without $\epsilon$ and with $0/0:=0$,

    $$R_T\le\frac{D_\infty^2\sqrt T}{2\alpha}\sum_i\hat v_{T,i}^{1/2}
    +\frac{D_\infty^2}{2(1-\beta_1)}\sum_{t,i}\frac{\beta_{1,t}\hat v_{t,i}^{1/2}}{\alpha_t}
    +\frac{\alpha\sqrt{1+\log T}}{2\sqrt{1-\beta_2}}\sum_i\lVert g_{1:T,i}\rVert_2 ,$$

    with equality in a game of one round at $\beta_1=0$, $\alpha=D_\infty\sqrt{1-\beta_2}$. If
    $\beta_{1,t}$ may rise too, it holds with a third term $\frac1{1-\beta_1}$ times as large.
    """
    yield from _step_by_step(rules.amsgrad)
    yield from _momentum_steps(rules.amsgrad)
    yield from _amsgrad_sum(rules.amsgrad)
    yield from _equality(NEW["amsgrad_monotone"])
    yield from _games(NEW["amsgrad_monotone"], 55, beta1="falling")
    yield from _games(NEW["amsgrad_free"], 155, beta1="any")


@claim(
    "N56",
    "AMSGrad with any constant β₁, β₂ in [0, 1) has regret O(√(T log T))",
    where="repaired theorems",
    section="4",
)
def amsgrad_constant_any_gamma() -> Iterator[Finding]:
    r"""AMSGrad with $\alpha_t=\alpha/\sqrt t$ and any constant $\beta_1,\beta_2\in[0,1)$, on a box
    of longest side $D_\infty$, has for convex losses, without $\epsilon$ and with $0/0:=0$,

    $$R_T\le\frac{D_\infty^2\sqrt T}{2\alpha(1-\beta_1)}\sum_i\hat v_{T,i}^{1/2}
    +\frac{(1+\beta_1)\,\alpha\sqrt{1+\log T}}{2(1-\beta_1)\sqrt{1-\beta_2}}
    \sum_i\lVert g_{1:T,i}\rVert_2 ,$$

    which is $O(\sqrt{T\log T})$ for bounded gradients. N44 is the smaller bound where
    $\beta_2\ge\frac{\beta_1}{2-\beta_1}$; this one is where $\beta_2$ is smaller, also if
    $\beta_1^2\ge\beta_2$ and N44 says nothing.
    """
    import sympy as sp

    yield from _step_by_step(rules.amsgrad)
    yield from _regrouping(rules.amsgrad)
    yield from _momenta_below_gradients(rules.amsgrad)
    yield from _amsgrad_sum(rules.amsgrad)
    b1, b2 = sp.symbols("beta1 beta2", positive=True)
    gap = (1 - b1**2 / b2) - (1 - b1) ** 2  # not negative where N44 is the smaller one
    yield supports(
        r"$\frac1{\sqrt{1-\gamma}}\le\frac1{1-\beta_1}$ if and only if "
        r"$\beta_2\ge\frac{\beta_1}{2-\beta_1}$.",
        identical(gap, b1 * (2 - b1) * (b2 - b1 / (2 - b1)) / b2),
        method="SymPy",
    )
    yield from _games(NEW["amsgrad_constant"], 56)


@claim(
    "N57",
    "AdamNC with a β₁ₜ that does not rise: AdaGrad's bound, and the momentum term",
    where="repaired theorems",
    section="4",
)
def adamnc_as_adagrad() -> Iterator[Finding]:
    r"""AdamNC with $\beta_{2,t}=1-1/t$, $\alpha_t=\alpha/\sqrt t$,
    $0\le\beta_{1,t}\le\beta_1<1$ that does not rise with $t$, on a box of longest side $D_\infty$,
    has for convex losses, without $\epsilon$ and with $0/0:=0$,

    $$R_T\le\Big(\frac{D_\infty^2}{2\alpha}+\alpha\Big)\sum_i\lVert g_{1:T,i}\rVert_2
    +\frac{D_\infty^2}{2(1-\beta_1)}\sum_{t,i}\frac{\beta_{1,t}v_{t,i}^{1/2}}{\alpha_t} .$$

    If $\beta_{1,t}$ may rise too, it holds with $\frac{\alpha}{1-\beta_1}$ for $\alpha$ in the
    bracket.
    """
    yield from _step_by_step(rules.adamnc)
    yield from _momentum_steps(rules.adamnc)
    yield from _sum_finding(rules.adamnc)
    yield from _games(NEW["adamnc_monotone"], 57, beta1="falling")
    yield from _games(NEW["adamnc_free"], 157, beta1="any")


@claim(
    "N58",
    "AdamNC, Corollary 2 of Reddi et al. holds once it has d and 1/α",
    where="repaired theorems",
    section="4",
)
def adamnc_corollary() -> Iterator[Finding]:
    r"""Under the conditions of N45 with $\beta_{1,t}=\beta_1\lambda^{t-1}$, $0<\lambda<1$, and
    $\lvert g_{t,i}\rvert\le G_\infty$, the second term of N45 is at most
    $\frac{d\,\beta_1D_\infty^2G_\infty}{2\alpha(1-\beta_1)(1-\lambda)^2}$.
    """
    yield from _corollary(rules.adamnc_decayed_beta1, rules.adamnc, "N45")
    yield from _games(NEW["adamnc_corollary"], 58)


def alternate_then_push(alpha: Fraction, share: Fraction, pairs: int, step: Fraction) -> float:
    r"""AdaGrad's regret over its bound in the game of claim N59.

    Parameters
    ----------
    alpha, share : Fraction
        :math:`\alpha` and :math:`r`.
    pairs : int
        :math:`n`.
    step : Fraction
        :math:`\delta`.
    """
    import numpy as np

    growth = 1 + 2 * float(share)
    pair = np.sqrt(float(share) * growth ** np.arange(pairs))
    pushes = np.full(-int(-2 // (alpha * step)), -float(step) * growth ** (pairs / 2))
    costs = np.concatenate([[1.0], np.stack([-pair, pair], axis=1).ravel(), pushes])
    regret, value = linear_games(
        BOUNDS["adagrad"],
        rules.adagrad,
        costs[:, None, None],
        len(costs),
        [[-1.0]],
        alpha=[float(alpha)],
    )
    return float(regret[0] / value[0])


@claim(
    "N59",
    "AdaGrad's bound is sharp for every α: the regret comes as near to it as one likes",
    where="repaired theorems",
    section="4",
)
def adagrad_is_sharp() -> Iterator[Finding]:
    r"""For every $\alpha>0$ the supremum over all games of regret over the bound of N49 is 1.

    On $[-1,1]$ from $-1$ AdaGrad plays $x$; then $n$ pairs of $-ax$ and $ax$ with $a^2=rs$, where
    $s$ is the sum of squares before the pair, so that $\lVert g\rVert$ is $S=(1+2r)^{n/2}$ after
    them; then $N=\lceil\frac2{\alpha\delta}\rceil$ times $-\delta Sx$. With
    $e=\frac{\alpha}2nr^{3/2}$, if $e+\alpha\sqrt r\le2$, its regret is at least

    $$\frac{\alpha\frac{S-1}{\sqrt{1+r}}+\frac{S(2-e)^2}{2\alpha}-2}
    {\big(\frac2\alpha+\alpha\big)S\sqrt{1+\frac{2\delta}\alpha+\delta^2}}$$

    times the bound, where the numerator is not negative. This tends to 1 for $\delta\to0$,
    $r\to0$ with $nr=L$, and then $L\to\infty$. So it is for AdamNC with
    $\beta_1=0$, which is the same rule.
    """
    import sympy as sp

    a, d, e, r, L, S, p, q = sp.symbols("alpha delta e r L S p q", positive=True)
    regret = a * (S - 1) / sp.sqrt(1 + r) + S * (2 - e) ** 2 / (2 * a) - 2
    norm = S * sp.sqrt(1 + 2 * d / a + d**2)
    least = regret / BOUNDS["adagrad"].formula(None, alpha=a, D_inf=2, gradient_norm_sum=norm)
    s = symbolic(rules.adagrad)
    theta, g, total = s.symbols.theta, s.symbols.g, s.symbols.s
    at_first = {s.symbols.alpha: a, g: -sp.sqrt(r) * S, total: S**2}
    then = {s.symbols.alpha: a, g: sp.sqrt(r) * S, total: S**2 * (1 + r)}
    up = (s.theta - theta).subs(at_first, simultaneous=True)
    down = (theta - s.theta).subs(then, simultaneous=True)
    root, later = sp.sqrt(1 + r), sp.sqrt(1 + 2 * r)
    yield supports(
        r"A pair moves up by $\frac{\alpha\sqrt r}{\sqrt{1+r}}$ and down by "
        r"$\frac{\alpha\sqrt r}{\sqrt{1+2r}}$, by the rule; these differ by at most "
        r"$\frac\alpha2r^{3/2}$.",
        identical(up, a * sp.sqrt(r) / root)
        and identical(down, a * sp.sqrt(r) / later)
        and identical(1 / p - 1 / q, (q**2 - p**2) / (p * q * (p + q)))
        and identical(later**2 - root**2, r),
        method="SymPy",
        prose=cleandoc(r"""
        The last from $\frac1p-\frac1q=\frac r{pq(p+q)}$ with $p=\sqrt{1+r}$, $q=\sqrt{1+2r}$,
        which are at least 1."""),
    )
    grown = sp.limit((1 + 2 * r) ** (L / (2 * r)), r, 0)
    drift = sp.limit(a * L / r * r ** sp.Rational(3, 2) / 2, r, 0)
    yield supports(
        r"The limit of the ratio stated is 1.",
        _does_not_decrease(rules.adagrad)
        and sp.limit(grown, L, sp.oo) == sp.oo
        and drift == 0
        and sp.limit(sp.simplify(least.subs({d: 0, r: 0, e: drift})), S, sp.oo) == 1,
        method="SymPy",
        claimed="supremum 1",
        measured="supremum 1",
        prose=cleandoc(r"""
        The comparator is 1. The first round costs $-2$ and the clip keeps the player at $-1$. The
        pairs move it up by at most $e$ in all, so that nothing is clipped. A pair costs what it
        moves up times $a$, $\frac{\alpha r\sqrt s}{\sqrt{1+r}}$; as $\sqrt s$ grows by the factor
        $\sqrt{1+2r}\le1+r$, all pairs cost at least $\alpha\frac{S-1}{\sqrt{1+r}}$. A push moves
        up by at most $\alpha\delta$, since $\psi_t\ge S$. Before the $k$th (from $k=0$) the
        distance to 1 is at least $\max(0,2-e-\alpha\delta k)$, so that the pushes cost at least
        $S\int_0^{N\delta}\max(0,2-e-\alpha u)\,du=\frac{S(2-e)^2}{2\alpha}$. And
        $N\delta^2\le\frac{2\delta}\alpha+\delta^2$."""),
    )
    coarse, fine = (Fraction(1, 400), 2000), (Fraction(1, 2500), 12500)
    cases = [(Fraction(1, 5), *coarse), (Fraction(7, 5), *fine), (Fraction(10), *coarse)]
    step, ratios, kept = Fraction(1, 100), [], True
    for alpha, share, pairs in cases:
        ratios.append(alternate_then_push(alpha, share, pairs, step))
        size = (1 + 2 * float(share)) ** (pairs / 2)
        moved = float(alpha) * pairs * float(share) ** 1.5 / 2
        stated = float(least.subs({a: alpha, d: step, r: share, S: size, e: moved}))
        kept = kept and stated <= ratios[-1] < 1
    yield supports(
        r"Played at $\alpha=\frac15$, $\frac75$ (near $\sqrt2$, where the bound is least) and 10, "
        f"it comes to {', '.join(f'{x:.3f}' for x in ratios)} of the bound, and never below what "
        "is stated.",
        kept and min(ratios) > 0.9 and ratios[1] > 0.95,
        method="property test",
        measured=f"{max(ratios):.3f}",
    )
