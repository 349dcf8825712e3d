"""What is often said of Adam, in and out of documents about it.

Most of these sentences are short forms of a true one; the verdict says what is missing. Those that
repeat a claim of the paper name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from adamlab import rules
from adamlab.claims.evidence import Finding, beside, claim, contradicts, supports
from adamlab.claims.tools import feed, identical
from adamlab.claims.update_rule import (
    jumps_for_ever,
    largest_ratio,
    lengths,
    mean_square,
    ratio_interval,
    scaling_survives,
    squared_step,
)
from adamlab.domains import Box
from adamlab.experiments import regret
from adamlab.intervals import IntervalNamespace, enclose
from adamlab.optimizers import Rule, inverse_sqrt
from adamlab.problems import linear, reddi, reddi_long
from adamlab.smt import SMTNamespace, impossible
from adamlab.symbols import symbolic, unroll

__all__ = ["drift"]


def drift(cycle: Sequence[float], beta1: float, beta2: float) -> float:
    r"""Return how far Adam moves per period under gradients that repeat, with alpha = 1, eps = 0.

    The period is one that is so late that the moments have settled. Linear losses have such
    gradients wherever they are played: under small steps a point follows the drift's sign.
    """
    periods = int(12 / (1 - max(beta1, beta2)) / len(cycle)) + 2
    fed = feed(rules.adam, list(cycle) * periods, alpha=1.0, beta1=beta1, beta2=beta2, eps=0.0)
    return float(fed[-1].theta - fed[-1 - len(cycle)].theta)


def _intervals(rule: Rule, gradients: Sequence[Any], **hyper: Any) -> list[Any]:
    """Feed exact gradients to a rule; its defaults are read as decimal fractions."""
    xp = IntervalNamespace()
    values = {k: xp.interval(Fraction(str(v))) for k, v in {**rule.defaults, **hyper}.items()}
    return feed(rule, map(xp.interval, gradients), xp, theta0=xp.interval(0), **values)


@claim("S01", "Adam's steps are at most α", where="often said; section 2.1", section="said")
def steps_at_most_alpha() -> Iterator[Finding]:
    r"""At the default hyper-parameters, for any gradients, $\lvert\Delta_t\rvert\le\alpha$."""
    length = ratio_interval((100, 111), Fraction(9, 10), Fraction(999, 1000))
    yield contradicts(
        r"At $t=2$ the gradients $(100,111)$ step more; over all $t$ the supremum is"
        r" $7.27\,\alpha$ (C04).",
        length > 1 and abs(largest_ratio(np.inf, 0.9, 0.999) - 7.2702918) < 1e-7,
        method="intervals",
        claimed="α",
        measured=f"{length.lower:.5f} α",
    )
    yield beside(
        r"It is true for all gradients iff $\beta_1=\beta_2$ (N01), and in mean square for"
        r" exchangeable ones if $\beta_1\le\beta_2$ (N07); two values in random order:",
        mean_square((Fraction(100), Fraction(111)), Fraction(9, 10), Fraction(999, 1000)) <= 1,
        method="exact",
    )


@claim(
    "S02",
    "bias correction prevents first steps that are too small",
    where="often said; section 3",
    section="said",
)
def too_small_first_steps() -> Iterator[Finding]:
    r"""At the default hyper-parameters ($\epsilon=0$), first steps without bias correction are
    shorter than those with it.
    """
    adam, plain = symbolic(rules.adam), symbolic(rules.adam_uncorrected)
    s = adam.symbols
    squares = [((r.theta - s.theta) ** 2).subs(s.eps, 0) for r in (plain, adam)]
    factor = (1 - s.beta1**s.t) ** 2 / (1 - s.beta2**s.t)
    b1, b2 = Fraction(9, 10), Fraction(999, 1000)
    exact = [(1 - b1**t) ** 2 / (1 - b2**t) for t in range(1, 101)]
    peak = max(range(100), key=exact.__getitem__) + 1
    yield contradicts(
        "Without it the steps of the first 100 rounds are longer, for all gradients: the factor is"
        r" $(1-\beta_1^t)/\sqrt{1-\beta_2^t}$.",
        identical(squares[0], squares[1] * factor) and min(exact) > 1 and peak == 12,
        method="SymPy",
        claimed="a factor below 1",
        measured=f"{float(exact[0]) ** 0.5:.4f} at first, {float(exact[11]) ** 0.5:.4f} at t = 12",
        prose="C16 and C17 have all rounds, and the betas at which the sentence is true.",
    )


@claim("S03", "Adam is scale invariant", where="often said; abstract", section="said")
def scale_invariant() -> Iterator[Finding]:
    r"""A change of scale leaves Adam's path as it is."""
    yield supports(
        "Gradients multiplied by $c>0$: the same step, for symbolic $t$ (C08).",
        scaling_survives(),
        method="SymPy",
        given="the gradients are scaled, not the parameters, and ε = 0 or is scaled too",
    )
    one, tiny = (_intervals(rules.adam, [g], alpha=1)[0].delta for g in ("1", "1/100000000"))
    yield contradicts(
        r"At the defaults the first step of a gradient of $10^{-8}$ is half that of a gradient of"
        " 1; and scaled parameters are another matter (N05).",
        abs(tiny) < abs(one) * Fraction(3, 5),
        method="intervals",
        claimed=f"{abs(one).upper:.5f} α",
        measured=f"{abs(tiny).upper:.5f} α",
    )


@claim("S04", "v̂ estimates the variance of the gradient", where="often said", section="said")
def variance() -> Iterator[Finding]:
    r"""$\hat v_t$ is an estimate of the variance of the gradients."""
    adam, _ = squared_step()
    s = adam.symbols
    v_hat = adam.state["v"] / (1 - s.beta2**s.t)
    yield contradicts(
        r"Constant gradients $g$ have variance 0, but $\hat v_t=g^2$ in every round.",
        identical((adam.metric - s.eps) ** 2, v_hat)
        and identical(v_hat.subs(s.v, s.g**2 * (1 - s.beta2 ** (s.t - 1))), s.g**2),
        method="SymPy",
        claimed="0",
        measured="g²",
        prose="It estimates E[g²], the uncentred second moment, which is the variance only if the"
        " mean is 0. The paper says so; centred RMSProp subtracts the square of the mean.",
    )


@claim("S05", "RMSProp is Adam with β₁ = 0", where="often said; section 5", section="said")
def rmsprop_is_adam() -> Iterator[Finding]:
    r"""Adam with $\beta_1=0$ takes the steps of RMSProp."""
    plain, torch = symbolic(rules.adam_uncorrected), symbolic(rules.rmsprop_torch)
    p, q = plain.symbols, torch.symbols
    renamed = torch.theta.subs({q.rho: p.beta2, q.v: p.v}, simultaneous=True)
    yield supports(
        "Adam without its corrections at $\\beta_1=0$ is RMSProp with ε outside the root.",
        identical(plain.theta.subs(p.beta1, 0), renamed),
        method="SymPy",
        given="bias correction is left out, and ε stands at the same place",
    )
    with_, without = (
        _intervals(rule, [1], alpha=1, **hyper)[0].delta
        for rule, hyper in ((rules.adam, {"beta1": 0, "beta2": "0.99"}), (rules.rmsprop_torch, {}))
    )
    yield contradicts(
        r"Adam as published: with $\beta_1=0$, $\beta_2=0.99$ its first step is a tenth of"
        " RMSProp's.",
        abs(with_) * 9 < abs(without),
        method="intervals",
        claimed=f"{abs(without).upper:.4f} α",
        measured=f"{abs(with_).upper:.4f} α",
    )


@claim("S06", "AMSGrad never increases its step size", where="often said", section="said")
def amsgrad_steps() -> Iterator[Finding]:
    r"""With AMSGrad and constant $\alpha$ the step size $\alpha/\sqrt{\hat v_t}$ of a coordinate
    never increases.
    """
    import z3

    xp = SMTNamespace()
    g, m, v, top = z3.Reals("g m v v_hat")
    hyper = {"alpha": 1, "beta1": z3.Real("beta1"), "beta2": z3.Real("beta2")}
    *_, after = rules.amsgrad.update(xp, z3.Real("t"), z3.RealVal(0), g, m, v, top, **hyper)
    yield supports(
        r"Reddi's algorithm: $\hat v_t\ge\hat v_{t-1}$ in every state.",
        impossible(after < top),
        method="Z3",
        given="it is the algorithm of Reddi et al.; torch's amsgrad=True is another",
    )
    metrics = [r.metric for r in _intervals(rules.amsgrad_torch, [1, 0, 0])]
    yield contradicts(
        "The variant of torch takes the maximum before the bias correction, whose divisor grows:"
        " after $g=(1,0,0)$ it divides by less and less.",
        metrics[0] > metrics[1] > metrics[2],
        method="intervals",
        claimed="1, then no less",
        measured=", ".join(f"{m.upper:.4f}" for m in metrics),
    )
    final = [
        _intervals(rule, [1, 0, 0, 0, 0, 0], alpha="0.1")[-1].theta
        for rule in (rules.amsgrad_torch, rules.amsgrad_optax)
    ]
    yield beside(
        "Optax takes the maximum after the correction; after $g=(1,0,0,0,0,0)$ and α = 0.1 the two"
        " libraries' variants have parted.",
        abs(abs(final[0] - final[1]).upper - 0.1006) < 1e-4,
        method="intervals",
        measured=f"{abs(final[0] - final[1]).upper:.4f} apart",
    )


@claim(
    "S07",
    "a β₁ that decays to 0 is what makes Adam converge",
    where="often said; section 4",
    section="said",
)
def decay_makes_convergence() -> Iterator[Finding]:
    r"""With $\alpha_t=\alpha/\sqrt t$, Adam's average regret tends to 0 if $\beta_{1,t}$ decays
    to 0 and does not if $\beta_1$ is constant.
    """
    at = [500, 2000]
    common = {"alpha": inverse_sqrt(0.5), "beta1": 0.5, "beta2": 0.1, "eps": 0.0}
    constant, decaying = (
        regret(reddi(3), optimizer, at[-1], checkpoints=at).average_regret.values
        for optimizer in (rules.adam(**common), rules.adam_decayed_beta1(lam=0.5, **common))
    )
    yield contradicts(
        r"On Reddi's game with $C=3$, at $\beta_1=0.5$, $\beta_2=0.1$, it is the other way round:"
        " the prescribed decay (λ = 0.5) keeps linear regret, constant β₁ does not.",
        min(decaying) > 0.6 and constant[1] < 0.4 * constant[0],
        method="experiment",
        claimed="decay: 0",
        measured=f"R(T)/T = {decaying[1]:.3f}; constant {constant[0]:.3f}, then {constant[1]:.3f}",
        prose="C39 has the drift that decides for all later rounds.",
    )


@claim(
    "S08",
    "the default betas are outside the region in which Adam fails",
    where="often said",
    section="said",
)
def defaults_are_safe() -> Iterator[Finding]:
    r"""At $(\beta_1,\beta_2)=(0.9,0.999)$ Adam has vanishing average regret on the published
    long-period example: slope 1010 in one round of 101, $-10$ in the others, on $[-1,1]$.
    """
    cycle = [1010.0] + [-10.0] * 100
    moved = {beta2: drift(cycle, 0.9, beta2) for beta2 in (0.99, 0.999)}
    yield contradicts(
        r"The slopes sum to $+10$ a period, but Adam drifts towards $+1$, away from the minimum.",
        abs(moved[0.999] - 0.1050) < 1e-3 and abs(moved[0.99] - 1.9009) < 1e-3,
        method="property test",
        claimed="a negative drift",
        measured=f"+{moved[0.999]:.4f} α a period",
        prose="Linear losses give the same gradients everywhere, so the drift goes on up to the"
        " end of the interval, for every small enough α (an averaging argument); at +1 a period"
        " costs 20. The threshold is β₂ = 0.999516 (N32).",
    )
    optimizer = rules.adam(alpha=inverse_sqrt(0.1))
    run = regret(reddi_long(), optimizer, 5050, checkpoints=[2525, 5050])
    yield beside(
        r"A run at the defaults with $\alpha_t=0.1/\sqrt t$, from 1.",
        bool((run.average_regret > 0.19).all()),
        method="experiment",
        claimed="0",
        measured=f"R(T)/T = {float(run.average_regret[-1]):.4f} at T = 5050",
        prose="It falls to 20/101 = 0.198, which is the cost of staying at +1.",
    )


@claim("S09", "a larger β₂ is always safer", where="often said", section="said")
def larger_is_safer() -> Iterator[Finding]:
    r"""If Adam finds the minimum of a periodic linear game with some $\beta_2$, it does so with
    every larger one.
    """
    cycle = [10.0] + [-1.0] * 9
    moved = [drift(cycle, 0.9, beta2) for beta2 in (0.03, 0.5, 0.99)]
    yield contradicts(
        r"Slopes 10 once and $-1$ nine times, $\beta_1=0.9$: Adam drifts to the minimum at"
        r" $\beta_2=0.03$, away from it at $0.5$, to it again at $0.99$.",
        moved[0] < 0 < moved[1] and moved[2] < 0,
        method="property test",
        claimed="towards the minimum at 0.5",
        measured=", ".join(f"{m:+.3f} α" for m in moved),
        prose="Linear losses: the sign of the drift decides where small steps lead.",
    )


@claim("S10", "the counterexample works for every C ≥ 2", where="often said", section="said")
def example_at_two() -> Iterator[Finding]:
    r"""Adam without bias correction (as Reddi et al. have it), $\beta_1=0$, $\beta_2=1/(1+C^2)$,
    $\alpha_t=\alpha/\sqrt t$ on $[-1,1]$, has linear regret on the slopes $C,-1,-1$, repeated, for
    every $C\ge2$.
    """
    import sympy

    x1, x2, x3 = sympy.symbols("x1:4", real=True)
    plain = symbolic(rules.adam_uncorrected)
    s = plain.symbols
    v = plain.state["v"]
    yield contradicts(
        r"At $C=2$ a cycle costs $-2(x_2-x_1)-(x_3-x_2)$ and every point is optimal; a step is at"
        r" most $\alpha_t/\sqrt{1-\beta_2}$, so $R(T)\le4\alpha\sqrt{T/(1-\beta_2)}+4$.",
        identical(2 * x1 - x2 - x3, -2 * (x2 - x1) - (x3 - x2))
        and identical(v - (1 - s.beta2) * s.g**2, s.beta2 * s.v)
        and identical((plain.metric - s.eps) ** 2, v),
        method="SymPy",
        claimed="R(T) ≥ cT",
        measured="R(T) = O(√T)",
        prose="v_t ≥ (1−β₂)g_t² bounds the step, projecting shortens it (as would the bias"
        " correction), and Σ 2t^(−1/2) ≤ 4√T. A cycle that is not complete adds at most 4.",
    )
    hyper = {"alpha": inverse_sqrt(0.5), "beta1": 0.0, "beta2": 0.2, "eps": 0.0}
    at = [750, 3000]
    two = regret(reddi(2), rules.adam_uncorrected(**hyper), 3000, checkpoints=at)
    roots = [float(r) / t**0.5 for r, t in zip(two.regret, at, strict=True)]
    yield beside(
        r"A run at $C=2$, $\alpha=\frac12$: regret grows like $\sqrt T$.",
        all(abs(root - 0.44741) < 0.02 for root in roots),
        method="experiment",
        measured=f"R(T)/√T = {roots[0]:.4f} and {roots[1]:.4f}",
    )


@claim(
    "S11",
    "with Adam, L₂ regularisation is the same as weight decay",
    where="often said",
    section="said",
)
def regularisation_is_decay() -> Iterator[Finding]:
    r"""For some $\lambda'>0$ that depends on $\alpha$ and $\lambda$ only, Adam on
    $f+\frac{\lambda'}2\lVert\theta\rVert^2$ takes the steps of Adam on $f$ with
    decoupled weight decay $\lambda$, as it is for gradient descent.
    """
    import sympy

    adam, decoupled, sgd = map(symbolic, (rules.adam, rules.adamw, rules.sgd))
    s, w, d = adam.symbols, decoupled.symbols, sgd.symbols
    lam = sympy.Symbol("lam", positive=True)
    first = {s.t: 1, s.m: 0, s.v: 0, s.eps: 0}
    l2 = (adam.theta - s.theta).subs(first).subs(s.g, s.g + lam * s.theta)
    decay = (decoupled.theta - w.theta).subs({**first, w.eta: 1})
    positive = {s.g: sympy.Symbol("g", positive=True), s.theta: sympy.Symbol("x", positive=True)}
    yield contradicts(
        r"First step, $\epsilon=0$, $g,\theta>0$: with $L_2$ it is $-\alpha$ for every $\lambda'$,"
        r" with decay $-\alpha-\lambda\theta$.",
        identical(l2.subs(positive), -s.alpha)
        and identical(decay.subs(positive), -s.alpha - w.weight_decay * positive[s.theta]),
        method="SymPy",
        claimed="equal",
        measured="−α and −α − λθ",
    )
    yield beside(
        r"For gradient descent the two are the same, with $\lambda=\alpha\lambda'$.",
        identical(sgd.theta.subs(d.g, d.g + lam * d.theta), sgd.theta - d.alpha * lam * d.theta),
        method="SymPy",
    )
    ends = []
    for optimizer, l2_ in (
        (rules.adam(alpha=0.01), 2.0),
        (rules.adamw(alpha=0.01, weight_decay=0.02), 0.0),
    ):
        theta = np.zeros(1)
        state = optimizer.init(theta)
        for _ in range(2000):
            theta, state = optimizer.step(theta, theta - 1 + l2_ * theta, state)
        ends.append(float(theta[0]))
    yield beside(
        r"On $\frac12(\theta-1)^2$ with $\alpha=0.01$, $\lambda'=2$ and $\lambda=\alpha\lambda'$"
        r" they end at different points: $L_2$ at its minimum $\frac13$.",
        abs(ends[0] - 1 / 3) < 1e-3 and abs(ends[1] - ends[0]) > 0.05,
        method="experiment",
        measured=f"{ends[0]:.4f} and {ends[1]:.4f}",
    )


@claim("S12", "Adam with β₁ = β₂ = 0 and ε = 0 is sign descent", where="often said", section="said")
def sign_descent() -> Iterator[Finding]:
    r"""With $\beta_1=\beta_2=0$ and $\epsilon=0$, $\Delta_t=-\alpha\,\mathrm{sign}(g_t)$ for every
    $t$ ($0/0:=0$).
    """
    import sympy

    adam = symbolic(rules.adam)
    s = adam.symbols
    step = (adam.theta - s.theta).subs({s.beta1: 0, s.beta2: 0, s.eps: 0})
    yield supports(
        "The step as an expression, for symbolic $t$ and any state.",
        identical(step, -s.alpha * s.g / sympy.Abs(s.g)),
        method="SymPy",
        prose="g/|g| is the sign where g ≠ 0, and a zero gradient gives 0/0 := 0.",
    )


@claim("S13", "AdaMax's steps are at most α", where="often said; section 7.1", section="said")
def adamax_at_most_alpha() -> Iterator[Finding]:
    r"""AdaMax at its default betas, any gradients: $\lvert\Delta_t\rvert\le\alpha$."""
    found = [
        abs(_intervals(rule, [Fraction(1000, 999), 1], alpha=1)[-1].delta)
        for rule in (rules.adamax, rules.adamax_torch)
    ]
    yield contradicts(
        r"$g=(1/\beta_2,1)$ steps more at $t=2$ (C45), in the paper's form, and with the $\epsilon$"
        " that libraries add to the gradient's size.",
        all(length > 1 for length in found),
        method="intervals",
        claimed="α",
        measured=f"{found[0].lower:.6f} α",
    )


@claim("S14", "ε only prevents a division by zero", where="often said", section="said")
def epsilon_is_harmless() -> Iterator[Finding]:
    r"""Whatever $\epsilon>0$ is, and whatever gradients are not zero, a step of Adam is nearly that
    for $\epsilon=0$.
    """
    import sympy

    adam = symbolic(rules.adam)
    s = adam.symbols
    c = sympy.Symbol("c", positive=True)
    small = {s.g: c * s.g, s.m: c * s.m, s.v: c**2 * s.v}
    step = sympy.simplify((s.theta - adam.theta).subs(small, simultaneous=True) / c)
    m_hat = adam.state["m"] / (1 - s.beta1**s.t)
    (tiny,) = _intervals(rules.adam, ["1/1000000000000"], alpha=1)
    yield contradicts(
        r"For gradients $cg$, as $c\to0$, $\Delta_t/c\to-\frac\alpha\epsilon\hat m_t$: below"
        r" $\epsilon$ Adam is gradient descent with momentum and the rate α/ε.",
        identical(step.subs(c, 0), s.alpha * m_hat / s.eps) and abs(tiny.delta) < Fraction(1, 9999),
        method="SymPy",
        claimed="α at g = 10⁻¹²",
        measured=f"{abs(tiny.delta).upper:.3g} α at g = 10⁻¹²",
        prose="The quotient is continuous in c at 0, where its denominator is ε.",
    )


@claim(
    "S15",
    "Reddi et al. show that Adam diverges on every problem",
    where="often said",
    section="said",
)
def diverges_everywhere() -> Iterator[Finding]:
    r"""With the betas of the counterexample, $\beta_1=0$, $\beta_2=1/(1+C^2)$, Adam has linear
    regret on every convex problem.
    """
    rounds = enclose(
        rules.adam,
        lambda xp, t, x: (x, 1),
        1,
        60,
        comparator=-1,
        domain=Box(-1, 1),
        alpha=inverse_sqrt(Fraction(1, 2)),
        beta1=0,
        beta2=Fraction(1, 10),
        eps=0,
    )
    arrived = next(r for r in rounds if r.theta < Fraction(-999_999, 1_000_000))
    yield contradicts(
        r"On $f_t(x)=x$ on $[-1,1]$, with $C=3$, $\alpha=\frac12$: it reaches the minimum in a few"
        " rounds, stays, and the regret stops growing.",
        all(end == -1 for r in rounds[arrived.t :] for end in r.theta.ends)
        and rounds[-1].regret < arrived.regret + Fraction(1, 10**20),
        method="intervals",
        claimed="linear regret",
        measured=f"R(T) = {rounds[-1].regret.upper:.5f} from T = {arrived.t} on",
        prose="At −1 every further step is to the left, and is projected. The theorem of Reddi et"
        " al. chooses the problem after the betas; Zhang et al. (2022) fix the problem first.",
    )


@claim(
    "S16",
    "as the proof fails, there is no such regret theorem for methods like Adam",
    where="often said",
    section="said",
)
def no_theorem() -> Iterator[Finding]:
    r"""No method of Adam's kind (momentum, division by a root of averaged squares,
    $\alpha_t=\alpha/\sqrt t$) has a regret of $O(\sqrt{T\log T})$ on convex losses with constant
    $\beta_1$.
    """
    rng = np.random.default_rng(16)
    box = Box(-1, 1)
    games = [reddi(C) for C in (2.5, 3.0, 10.0)]
    games += [linear(rng.standard_normal((7, 2)), domain=box) for _ in range(2)]
    ratios, last = [], 0.0
    for game in games:
        optimizer = rules.amsgrad(alpha=inverse_sqrt(0.5), beta1=0.5, beta2=0.9)
        run = regret(game, optimizer, 600)
        ratios.append(float((run.regret_upper / run.bound_amsgrad_constant_beta1).max()))
        if game is games[1]:
            last = float(run.average_regret[-1])
    yield contradicts(
        r"AMSGrad with constant $\beta_1$ has one (proved among the repaired theorems), and"
        " it is not violated on Reddi's games nor on random ones.",
        max(ratios) < 1 and last < 0.1,
        method="property test",
        claimed="no bound",
        measured=f"at most {max(ratios):.3f} of the bound",
        prose="The proof is not repeated here: Alacaoglu et al. (2020), and N43, N44. The bound"
        " is O(√(T log T)), as v̂ ≤ G∞² and ‖g‖₂ ≤ G∞√T in each coordinate.",
    )


# --------------------------------------------------------------------------------------------------
# Slips in notes and summaries


@claim(
    "S17",
    "v_t is (1−β₂) times the sum of β₂^(t−i) g_t²",
    where="often printed for equation (1)",
    section="said",
)
def wrong_index() -> Iterator[Finding]:
    r"""$v_t=(1-\beta_2)\sum_{i=1}^t\beta_2^{t-i}g_t^2$, with $g_t$ under the sum."""
    first, second = unroll(rules.adam, 2)
    beta2 = symbolic(rules.adam).symbols.beta2
    printed = (1 - beta2) * sum(beta2 ** (2 - i) * second.g**2 for i in (1, 2))
    yield contradicts(
        r"At $t=2$, $g=(g_1,0)$: the sum is 0, but $v_2=\beta_2(1-\beta_2)g_1^2$. It is $g_i$.",
        identical(printed.subs(second.g, 0))
        and identical(second.state["v"].subs(second.g, 0), beta2 * (1 - beta2) * first.g**2),
        method="SymPy",
        claimed="0",
        measured="β₂(1−β₂)g₁²",
    )


@claim(
    "S18",
    "the step is α·m̂/√v̂ + ε",
    where="often printed for Algorithm 1",
    section="said",
)
def epsilon_outside_the_fraction() -> Iterator[Finding]:
    r"""$\Delta_t=-(\alpha\,\hat m_t/\sqrt{\hat v_t}+\epsilon)$, with $\epsilon$ outside the
    fraction.
    """
    (first,) = unroll(rules.adam, 1)
    s = symbolic(rules.adam).symbols
    flipped = first.delta.subs(first.g, -first.g)
    yield contradicts(
        r"Adam's step changes sign with the gradient; the printed steps for $g$ and $-g$ add up to"
        r" $-2\epsilon$, a drift to the left.",
        identical(first.delta + flipped)
        and identical(first.delta, -s.alpha * first.g / (abs(first.g) + s.eps)),
        method="SymPy",
        claimed="−2ε",
        measured="0",
        prose="A bracket is missing: ε belongs into the denominator.",
    )


@claim(
    "S19",
    "Adam combines RMSProp, AdaGrad and momentum",
    where="often said; section 1 names the first two",
    section="said",
)
def three_methods() -> Iterator[Finding]:
    r"""RMSProp, AdaGrad and momentum are special cases of Adam."""
    import sympy

    plain, torch, heavy = map(
        symbolic, (rules.adam_uncorrected, rules.rmsprop_torch, rules.momentum)
    )
    p, q, b = plain.symbols, torch.symbols, heavy.symbols
    renamed = torch.theta.subs({q.rho: p.beta2, q.v: p.v}, simultaneous=True)
    yield supports(
        r"RMSProp: $\beta_1=0$, without bias correction.",
        identical(plain.theta.subs(p.beta1, 0), renamed),
        method="SymPy",
        given="RMSProp and momentum are taken without bias correction, and AdaGrad and momentum as"
        " limits, β₂ → 1 with α/√t and ε → ∞ with α/ε fixed",
    )
    n = 3
    last, other = unroll(rules.adam, n, beta1=0, eps=0)[-1], unroll(rules.adagrad, n)[-1]
    alpha, beta2 = p.alpha, p.beta2
    mean = sympy.limit(last.state["v"] / (1 - beta2**n), beta2, 1)
    yield beside(
        r"AdaGrad: $\beta_1=0$, $\beta_2\to1$, $\alpha/\sqrt t$; here at $t=3$ (C40 has all $t$).",
        identical((last.delta / alpha) ** 2, last.g**2 / (last.state["v"] / (1 - beta2**n)))
        and identical(last.g**2 / mean / n, (other.delta / alpha) ** 2),
        method="SymPy",
    )
    a, h = sympy.symbols("a h", positive=True)
    moved = sympy.simplify((plain.theta - p.theta).subs({alpha: a / h, p.eps: 1 / h})).subs(h, 0)
    as_velocity = {b.b: -a * p.m, b.mu: p.beta1, b.alpha: a * (1 - p.beta1)}
    yield beside(
        r"Momentum: $\epsilon\to\infty$ with $\alpha/\epsilon=a$; the velocity is $-a\,m_t$.",
        identical(moved, (heavy.theta - b.theta).subs(as_velocity, simultaneous=True)),
        method="SymPy",
        prose="Whether it has their advantages too is no statement that can be checked.",
    )


@claim(
    "S20",
    "Adam's effective step size decreases as the optimisation goes on",
    where="often said; section 1",
    section="said",
)
def always_annealing() -> Iterator[Finding]:
    r"""With constant $\alpha$ and $\epsilon=0$ the steps of Adam become smaller in the course of an
    optimisation.
    """
    yield contradicts(
        r"On $f(\theta)=\frac12\theta^2$ with $\beta_1=0$, started at $\alpha/2$, every step has"
        " the length α (C10).",
        jumps_for_ever(),
        method="SymPy",
        claimed="decreasing",
        measured="α",
    )
    constant = lengths(np.ones(500))
    yield beside(
        "At the defaults constant gradients step α in every round.",
        np.allclose(constant, 1, rtol=1e-12),
        method="property test",
        measured=f"{constant[-1]:.6f} α at t = 500",
        prose="Under noise they fall to a floor, not to 0 (N04).",
    )


@claim(
    "S21",
    "after correction the gradient of round k has the weight β₂^(t−k)/(1−β₂^t)",
    where="often said of section 3",
    section="said",
)
def weights_without_factor() -> Iterator[Finding]:
    r"""$\hat v_t=\sum_{k\le t}\frac{\beta_2^{t-k}}{1-\beta_2^t}g_k^2$."""
    (first,) = unroll(rules.adam, 1, eps=0)
    s = symbolic(rules.adam).symbols
    yield contradicts(
        r"At $t=1$ the weight is 1, not $1/(1-\beta_2)$, by default 1000: the factor $1-\beta_2$ is"
        " missing.",
        identical(first.metric**2, first.g**2)
        and identical(first.state["v"] / (1 - s.beta2), first.g**2),
        method="SymPy",
        claimed="1/(1−β₂)",
        measured="1",
    )
