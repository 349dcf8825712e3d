r"""Section 7: AdaMax and temporal averaging.

AdaMax's step is bounded through one invariant, which the rule keeps from round to round:
:math:`|m_t|\le(1-\beta_1)(1+q+\dots+q^{t-1})\,u_t` with :math:`q=\beta_1/\beta_2`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from adamlab import rules
from adamlab.claims.evidence import Finding, beside, claim, contradicts, supports
from adamlab.claims.tools import feed, identical
from adamlab.domains import Box
from adamlab.intervals import IntervalNamespace, enclose
from adamlab.namespaces import namespace_of
from adamlab.optimizers import Rule, averaged, inverse_sqrt, rule
from adamlab.smt import SMTNamespace, impossible
from adamlab.symbols import symbolic, unroll

__all__ = ["adam_p"]


@rule(source="Kingma & Ba 2015, section 7.1, equations (6) and (7)")
def adam_p(xp, t, theta, g, m, v, *, alpha=2e-3, beta1=0.9, beta2=0.999, p=2.0):
    r"""The member of Adam's family with the exponent p; AdaMax is its limit.

    .. math::
        v_t &= \beta_2^pv_{t-1}+(1-\beta_2^p)|g_t|^p,\\
        \theta_t &= \theta_{t-1}-\frac{\alpha}{1-\beta_1^t}\,\frac{m_t}{v_t^{1/p}}
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2**p * v + (1 - beta2**p) * xp.abs(g) ** p
    u = v ** (1 / p)
    return theta - alpha / (1 - beta1**t) * xp.ratio(m, u), u, m, v


# -------------------------------------------------------------------------------------------------
# AdaMax


def _one_round(**fixed: Any) -> SimpleNamespace:
    """A round of AdaMax on Z3's reals, from any state: what goes in, what comes out."""
    import z3

    xp = SMTNamespace()
    names = ("m", "u", "g", "beta1", "beta2")
    before = SimpleNamespace(**{**{k: z3.Real(k) for k in names}, **fixed})
    betas = {"beta1": before.beta1, "beta2": before.beta2}
    # The step itself has the divisor 1 - beta1**t, which is not polynomial in t.
    _, _, m, u = rules.adamax.update(
        xp, 1, z3.RealVal(0), before.g, before.m, before.u, alpha=1, **betas
    )
    inside = z3.And(before.beta1 >= 0, before.beta1 < 1, before.beta2 > 0, before.beta2 < 1)
    return SimpleNamespace(before=before, m=m, u=u, inside=inside, abs=xp.abs)


def _played(n: int, beta1: Any, beta2: Any) -> tuple[list[Any], list[Any]]:
    """AdaMax with alpha = 1 on n real gradients of Z3: the gradients, and the lengths of steps."""
    import z3

    xp = SMTNamespace()
    gradients = z3.Reals(" ".join(f"g{i}" for i in range(1, n + 1)))
    hyper = {"alpha": 1, "beta1": beta1, "beta2": beta2}
    fed = feed(rules.adamax, gradients, xp, theta0=z3.RealVal(0), **hyper)
    return gradients, [xp.abs(step.delta) for step in fed]


@claim(
    "C44",
    "v_t^(1/p) → max β₂^(t−i)|g_i| = u_t as p → ∞; u_t = max(β₂u_{t−1}, |g_t|) needs no correction",
    where="section 7.1, equations (6) to (12)",
    section="7",
)
def infinity_norm() -> Iterator[Finding]:
    r"""Let $0<\beta_2<1$ and $v_t=\beta_2^pv_{t-1}+(1-\beta_2^p)\lvert g_t\rvert^p$, $v_0=0$. Then
    $v_t=(1-\beta_2^p)\sum_{i\le t}\beta_2^{p(t-i)}\lvert g_i\rvert^p$; as $p\to\infty$ both
    $v_t^{1/p}$ and the corrected $(v_t/(1-\beta_2^{pt}))^{1/p}$ tend to
    $u_t=\max_{i\le t}\beta_2^{t-i}\lvert g_i\rvert$; and from $u_0=0$,
    $u_t=\max(\beta_2u_{t-1},\lvert g_t\rvert)$.
    """
    import sympy
    import z3

    family = symbolic(adam_p)
    s = family.symbols
    p, beta2 = s.p, s.beta2
    total, t, c = sympy.symbols("S t c", positive=True)
    v = family.state["v"].subs(s.v, (1 - beta2**p) * total)
    lower, upper = (1 - beta2**p) ** (1 / p), (t * (1 - beta2**p)) ** (1 / p)
    correction = (1 - beta2 ** (p * t)) ** (1 / p)
    yield supports(
        r"The sum of equation (7) obeys the line of the rule; the factors of "
        r"$M(1-\beta_2^p)^{1/p}\le v_t^{1/p}\le M\,(t(1-\beta_2^p))^{1/p}$, $M$ the maximum, and "
        r"that of the correction tend to 1, for symbolic $t$ and $\beta_2=e^{-c}$.",
        identical(v, (1 - beta2**p) * (beta2**p * total + sympy.Abs(s.g) ** p))
        and all(
            sympy.limit(factor.subs(beta2, sympy.exp(-c)), p, sympy.oo) == 1
            for factor in (lower, upper, correction)
        ),
        method="SymPy",
        claimed="the maximum",
        measured="the maximum, with the correction or without",
        prose="The principle of induction; powers and roots of nonnegative numbers keep their "
        r"order, so the largest term of the sum is $M^p$. (For $\beta_2=0$, which the symbols "
        r"exclude, all of them are $\lvert g_t\rvert$.)",
    )
    n, old, largest, x = z3.Reals("n sum largest x")
    new = SMTNamespace().maximum(largest, x)
    within = z3.And(largest <= old, old <= n * largest)
    yield supports(
        r"A sum of $n$ nonnegative numbers lies between the largest and $n$ times it: if so for "
        r"$n$ numbers, then for one more.",
        impossible(
            n >= 1, x >= 0, largest >= 0, within, z3.Or(new > old + x, old + x > (n + 1) * new)
        ),
        method="Z3",
    )
    one = _one_round()
    b, is_max = (
        one.before,
        z3.Or(one.u == one.before.beta2 * one.before.u, one.u == one.abs(one.before.g)),
    )
    yield supports(
        r"From any $u_{t-1}\ge0$ AdaMax's $u_t$ is the larger of $\beta_2u_{t-1}$ and "
        r"$\lvert g_t\rvert$, over all reals; and $\max(\beta\max(a,b),d)=\max(\beta a,\beta b,d)$ "
        r"for $\beta\ge0$, which carries the maximum from round to round.",
        impossible(
            one.inside,
            b.u >= 0,
            z3.Not(z3.And(one.u >= b.beta2 * b.u, one.u >= one.abs(b.g), is_max)),
        )
        and _maximum_commutes(),
        method="Z3",
        prose="The principle of induction.",
    )
    adamax, norm = symbolic(rules.adamax), sympy.Symbol("norm", positive=True)
    yield supports(
        r"AdaMax's last line is the family's with $u_t$ in the place of $v_t^{1/p}$.",
        identical(
            adamax.theta.subs(adamax.metric, norm),
            family.theta.subs(family.metric, norm),
        )
        and adamax.metric == adamax.state["u"]
        and adamax.state["m"] == family.state["m"],
        method="SymPy",
    )
    ours, adam = unroll(adam_p, 3), unroll(rules.adam, 3, eps=0, beta2=beta2**2)
    yield beside(
        r"With $p=2$ and a corrected $v_t$ the family is Adam with $\beta_2^2$ in the place of "
        r"$\beta_2$ (the paper: equivalently parameterised), for three rounds.",
        all(
            identical(((a.state["v"] / (1 - beta2 ** (p * a.t))) ** (1 / p)).subs(p, 2), b.metric)
            for a, b in zip(ours, adam, strict=True)
        ),
        method="SymPy",
    )


def _maximum_commutes() -> bool:
    import z3

    a, b, d, beta = z3.Reals("a b d beta")
    larger = SMTNamespace().maximum
    left, right = larger(beta * larger(a, b), d), larger(larger(beta * a, beta * b), d)
    return impossible(beta >= 0, left != right)


@claim("C45", "a step of AdaMax is at most α", where="section 7.1, last sentence", section="7")
def adamax_step() -> Iterator[Finding]:
    r"""For AdaMax, any gradients and every $t$, $\lvert\Delta_t\rvert\le\alpha$."""
    import z3

    xp = IntervalNamespace()
    for beta2, digits in ((Fraction(999, 1000), "1.000474"), (Fraction(1, 2), "1.473684")):
        beta1 = Fraction(9, 10)
        hyper = {"alpha": 1, "beta1": beta1, "beta2": beta2}
        gradients = [xp.interval(1 / beta2), xp.interval(1)]
        step = abs(feed(rules.adamax, gradients, xp, theta0=xp.interval(0), **hyper)[1].delta)
        yield contradicts(
            rf"At $t=2$, $\beta_1=\frac9{{10}}$, $\beta_2=\frac{{{beta2.numerator}}}"
            rf"{{{beta2.denominator}}}$ and $g=(1/\beta_2,1)$ it is longer.",
            step > 1
            and (1 + beta1 / beta2) / (1 + beta1) in step
            and f"{step.lower:.6f}" == digits,
            method="intervals",
            claimed="1 α",
            measured=f"{step.lower:.6f} α",
        )
    b1, b2 = z3.Reals("beta1 beta2")
    inside = z3.And(b1 >= 0, b1 < 1, b2 > 0, b2 < 1)
    (g1, g2), lengths = _played(2, b1, b2)
    yield contradicts(
        r"With $g=(1/\beta_2,1)$ it fails for all $0<\beta_1,\beta_2<1$ at once.",
        impossible(inside, b1 > 0, g1 * b2 == 1, g2 == 1, lengths[1] <= 1),
        method="Z3",
    )
    # With beta1 = 0 the step is m/u, from any state.
    one = _one_round(beta1=z3.RealVal(0))
    yield beside(
        r"It holds at $t=1$, and for $\beta_1=0$ at every $t$, from any state.",
        impossible(inside, lengths[0] > 1)
        and impossible(one.inside, one.before.u >= 0, one.abs(one.m) > one.u),
        method="Z3",
    )


def _largest(x: Any, y: Any, beta1: Any, beta2: Any) -> Any:
    """S_t of N12 as a function of x = beta1**t and y = beta2**t; the two decay rates differ."""
    return (1 - beta1) / (1 - x) * (1 - x / y) / (1 - beta1 / beta2)


@claim(
    "N12",
    "the largest step of AdaMax is α(1−β₁)(1−q^t)/((1−β₁^t)(1−q)), q = β₁/β₂",
    where="section 7.1, corrected",
    section="7",
)
def adamax_largest_step() -> Iterator[Finding]:
    r"""Let $0\le\beta_1<1$, $0<\beta_2<1$, $q=\beta_1/\beta_2$. For all gradients that are not all
    zero, $\lvert\Delta_t\rvert\le\alpha S_t$ with
    $S_t=\frac{1-\beta_1}{1-\beta_1^t}\sum_{k<t}q^k$, attained by $g_{t-k}=\beta_2^{-k}g_t$. For
    $\beta_1>0$ the $S_t$ increase from $S_1=1$; they tend to $(1-\beta_1)/(1-q)$ if $q<1$, and to
    infinity if $q\ge1$.
    """
    import sympy
    import z3

    one = _one_round()
    b, c, q = one.before, z3.Real("c"), z3.Real("q")
    yield supports(
        r"If $\lvert m\rvert\le c\,u$, then after a round of the rule "
        r"$\lvert m\rvert\le(1-\beta_1+qc)\,u$, from any state and for all decay rates.",
        impossible(
            one.inside,
            q * b.beta2 == b.beta1,
            b.u >= 0,
            c >= 0,
            one.abs(b.m) <= c * b.u,
            one.abs(one.m) > (1 - b.beta1 + q * c) * one.u,
        ),
        method="Z3",
        claimed="S_t α",
        measured="S_t α: 1.0090909 α at most, at the defaults",
        prose=r"Induction from $c=0$ gives $\lvert m_t\rvert\le(1-\beta_1)\sum_{k<t}q^k\,u_t$, for "
        r"every $t$; and $\lvert\Delta_t\rvert=\alpha\lvert m_t\rvert/((1-\beta_1^t)u_t)$.",
    )
    s = symbolic(rules.adamax).symbols
    beta1, beta2 = s.beta1, s.beta2
    n, k = sympy.symbols("n k", integer=True, positive=True)
    ratio, rate, x, y = sympy.symbols("q r x y", positive=True)
    closed = sympy.summation(ratio**k, (k, 0, n - 1)).args[1][0]
    small = sympy.exp(-rate)
    weight = (1 - beta1) * x / (1 - beta1 * x)  # of the gradient that is t rounds old, at t + 1
    growth = (1 - weight) * _largest(x, y, beta1, beta2) + weight / y
    rounds = unroll(rules.adamax, 5)
    extreme = {step.g: beta2**step.t for step in rounds}
    yield supports(
        r"The gradients $g_i=\beta_2^i$ make the rule take $S_t$ exactly, for $t\le5$ and symbolic "
        r"hyper-parameters; for every $t$, $S_{t+1}=(1-\lambda)S_t+\lambda\beta_2^{-t}$ with "
        r"$0\le\lambda\le1$; and the limit for $q<1$.",
        all(
            identical(
                step.delta.subs(extreme),
                -s.alpha * _largest(beta1**step.t, beta2**step.t, beta1, beta2),
            )
            for step in rounds
        )
        and identical(closed, (1 - ratio**n) / (1 - ratio))
        and identical(_largest(beta1 * x, beta2 * y, beta1, beta2), growth)
        and identical(sympy.limit(closed.subs(ratio, small), n, sympy.oo), 1 / (1 - small)),
        method="SymPy",
        prose=r"$S_t$ is an average of $1,\beta_2^{-1},\dots,\beta_2^{-(t-1)}$, all below "
        r"$\beta_2^{-t}$, so it increases. For $q\ge1$ the sum is at least $t$. The closed form "
        r"needs $q\ne1$; both sides are continuous there.",
    )
    xp, gaps = IntervalNamespace(), []
    for b2, limit in (("0.999", "1.0090909"), ("0.99", "1.1"), ("0.95", "1.9")):
        hyper = {"alpha": 1, "beta1": Fraction("0.9"), "beta2": Fraction(b2)}
        gradients = [xp.interval(Fraction(b2) ** i) for i in range(1, 400)]
        fed = feed(rules.adamax, gradients, xp, theta0=xp.interval(0), **hyper)
        supremum = Fraction(1, 10) / (1 - Fraction("0.9") / Fraction(b2))
        lengths = [abs(step.delta) for step in fed]
        gaps.append(
            all(a < b for a, b in itertools.pairwise(lengths[:100]))
            and supremum - Fraction(1, 10**7) < lengths[-1] < supremum
            and abs(supremum - Fraction(limit)) < Fraction(1, 10**7)
        )
    yield supports(
        r"Enclosed runs on them: suprema 1.0090909 at the defaults, 1.1 at $(0.9,0.99)$, 1.9 at "
        r"$(0.9,0.95)$.",
        all(gaps),
        method="intervals",
    )


@claim(
    "N15",
    "AdaMax with β₂ > 0 divides by zero before the first gradient that is not 0, and nowhere else",
    where="Algorithm 2",
    section="7",
)
def zero_over_zero() -> Iterator[Finding]:
    r"""Let $0<\beta_2<1$. In Algorithm 2 $u_t=0$ if and only if $g_1=\dots=g_t=0$, and then
    $m_t=0$: the step is $0/0$, which the paper leaves open. With $0/0:=0$ the algorithm takes no
    step then, and is defined for all gradients. ($\beta_2=0$, which Algorithm 2 admits, is another
    matter: $u_t=\lvert g_t\rvert$, and each gradient 0 after others divides by zero.)
    """
    import numpy as np
    import z3

    one = _one_round()
    b = one.before
    yield supports(
        r"From $u\ge0$, with $m=0$ where $u=0$: the same holds after a round of the rule, and then "
        r"$u=0$ exactly if it was 0 and $g=0$.",
        impossible(
            one.inside,
            b.u >= 0,
            z3.Implies(b.u == 0, b.m == 0),
            z3.Or(
                one.u < 0,
                z3.And(one.u == 0, one.m != 0),
                (one.u == 0) != z3.And(b.u == 0, b.g == 0),
            ),
        ),
        method="Z3",
        claimed="0/0",
        measured="0/0 only where m = 0",
        prose="The principle of induction.",
    )
    rounds = unroll(rules.adamax, 2, beta2=0)
    after = [rounds[1].state[k].subs({rounds[0].g: 1, rounds[1].g: 0}) for k in ("m", "u")]
    beta1 = symbolic(rules.adamax).symbols.beta1
    yield beside(
        r"At $\beta_2=0$ the gradients $(1,0)$ leave $m_2=\beta_1(1-\beta_1)$ to be divided by "
        "$u_2=0$.",
        identical(after[0], beta1 * (1 - beta1)) and after[1] == 0,
        method="SymPy",
    )

    class Literal:
        """NumPy's functions, with the division as it is printed."""

        def __getattr__(self, name: str) -> Any:
            return getattr(namespace_of(np.zeros(1)), name)

        def ratio(self, a: Any, b: Any) -> Any:
            return a / b

    gradients = [np.array(g) for g in (0.0, 1.0, 1.0)]
    with np.errstate(invalid="ignore"):
        printed = feed(rules.adamax, gradients, Literal(), theta0=np.array(0.0))
    defined = feed(rules.adamax, gradients)
    yield supports(
        "Played literally, $g=(0,1,1)$ leaves NaN for ever; with $0/0:=0$ the first step is 0.",
        all(np.isnan(step.theta) for step in printed)
        and defined[0].delta == 0
        and all(step.delta < 0 for step in defined[1:]),
        method="property test",
    )


@claim(
    "N11",
    "AdaMax with β₁ = 0 has linear regret on some convex problem, whatever β₂ < 1",
    where="section 7.1; no theorem is claimed there",
    section="7",
)
def adamax_linear_regret() -> Iterator[Finding]:
    r"""Let $n\ge2$, $C\ge1$, $C>n-1$. On $[-1,1]$ let $f_t(x)=Cx$ for $t\equiv1$ modulo $n$ and
    $f_t(x)=-x$ otherwise. Let AdaMax play with $\beta_1=0$, $0<\beta_2<1$,
    $\alpha_t=\alpha/\sqrt t$, $\alpha>0$, and projection, and let
    $\kappa=\sum_{k=1}^{n-1}1/\max(C\beta_2^k,1)$. If $\kappa>1$, then
    $\liminf R(T)/T\ge2(C-n+1)/n>0$ from every starting point. For every $0<\beta_2<1$ there are
    such $n$ and $C$.
    """
    import sympy
    import z3

    y, z, step, alpha = z3.Reals("y z step alpha")
    xp = SMTNamespace()

    def clip(x: Any) -> Any:
        return xp.maximum(-1, xp.minimum(1, x))

    yield supports(
        r"With projection a period ends at or right of $\min(1,x-\alpha_\tau+\sum_k s_k)$, where "
        r"the $s_k\ge0$ are its light steps: it is so after the heavy step, and each light one "
        "keeps it.",
        impossible(y >= -1, y <= 1, alpha >= 0, clip(y - alpha) < xp.minimum(1, y - alpha))
        and impossible(
            step >= 0,
            y >= -1,
            y <= 1,
            y >= xp.minimum(1, z),
            clip(y + step) < xp.minimum(1, z + step),
        ),
        method="Z3",
        claimed="nothing",
        measured="R(T)/T ≥ 2(C−n+1)/n in the end",
        prose=r"All $u_t\le C$, so $u=C$ in heavy rounds and $\max(C\beta_2^k,1)$ in the $k$-th "
        r"round after one. The light steps sum to at least $\kappa\alpha_{\tau+n}$, and "
        r"$\alpha_{\tau+n}/\alpha_\tau\to1$, so the increment is at least "
        r"$\frac{\kappa-1}2\alpha_\tau$ from some round on; their sum is infinite, so $x=1$ is "
        r"reached and kept in all later heavy rounds. A period then costs at least $C-(n-1)$, and "
        r"$-(C-n+1)$ at the point $-1$. For the last sentence take $C=n$: all but "
        r"$\log n/\log(1/\beta_2)$ of the terms of $\kappa$ are 1.",
    )
    exact, good = IntervalNamespace(), True
    for n, C, beta2 in ((3, 3, "0.74"), (5, 5, "0.9"), (40, 40, "0.99"), (101, 101, "0.999")):
        gradients = ([exact.interval(C)] + [exact.interval(-1)] * (n - 1)) * 2
        hyper = {"alpha": 1, "beta1": 0, "beta2": Fraction(beta2)}
        fed = feed(rules.adamax, gradients, exact, theta0=exact.interval(0), **hyper)
        kappa = sum(1 / max(C * Fraction(beta2) ** k, Fraction(1)) for k in range(1, n))
        moved = fed[2 * n - 1].theta - fed[n - 1].theta
        good = good and kappa > 1 and abs(moved - (kappa - 1)) < Fraction(1, 10**20)
    rounds = unroll(rules.adamax, 6, alpha=1, beta1=0)
    costs = {r.g: 3 if r.t % 3 == 1 else -1 for r in rounds}
    moved = (rounds[5].theta - rounds[2].theta).subs(costs)
    critical = (1 + sympy.sqrt(13)) / 6
    beta = symbolic(rules.adamax).symbols.beta2
    yield supports(
        r"A period moves the rule by $\kappa-1>0$ (with $\alpha_t=1$, no projection) for $C=n=3$, "
        r"5, 40, 101 and $\beta_2=0.74$, 0.9, 0.99, 0.999; for $C=n=3$ the sign changes at "
        r"$\beta_2=(1+\sqrt{13})/6$.",
        good
        and identical(moved.subs(beta, critical))
        and bool(
            moved.subs(beta, sympy.Rational(3, 4)) > 0 > moved.subs(beta, sympy.Rational(4, 5))
        ),
        method="intervals",
    )

    def game(xp: Any, t: int, x: Any) -> tuple[Any, Any]:
        c = 3 if t % 3 == 1 else -1
        return c * x, c

    played = enclose(
        rules.adamax,
        game,
        1,
        300,
        comparator=-1,
        domain=Box(-1, 1),
        alpha=inverse_sqrt(1),
        beta1=0,
        beta2="0.6",
    )
    at_one = [r.theta == 1 for r in played if r.t % 3 == 1]
    yield supports(
        r"An enclosed run, $C=n=3$, $\beta_2=0.6$: from the third on all heavy rounds are played "
        r"at 1, and $R(3k)>2k$ for all $k\le100$.",
        all(at_one[2:]) and all(played[3 * k - 1].regret > 2 * k for k in range(1, 101)),
        method="intervals",
        measured=f"R(T)/T = {played[-1].regret.lower / 300:.3f} at T = 300",
    )


@claim(
    "C55",
    "Lᵖ variants of Adam become numerically unstable for large p",
    where="section 7.1, before AdaMax",
    section="7",
)
def unstable_for_large_p() -> Iterator[Finding]:
    r"""Divided by $v_t^{1/p}$ with $v_t=\beta_2^pv_{t-1}+(1-\beta_2^p)\lvert g_t\rvert^p$, Adam's
    variants are numerically unstable for large $p$, and AdaMax, their limit, is not.
    """
    import numpy as np

    def first_step(method: Rule, size: float, dtype: str, **hyper: float) -> float:
        g = np.array(size, dtype)
        with np.errstate(all="ignore"):
            xp, theta0 = namespace_of(g), np.zeros_like(g)
            fed = feed(method, [g], xp, theta0=theta0, alpha=1.0, **hyper)
        return abs(float(fed[0].delta))

    broken: dict[str, list[int]] = {"float32": [], "float64": []}
    stable = []
    for dtype, first in broken.items():
        for size in (1e-3, 1e3):
            stable.append(abs(first_step(rules.adamax, size, dtype) - 1) < 1e-6)
            works = (
                0 < first_step(adam_p, size, dtype, p=float(p)) < np.inf for p in range(1, 400)
            )
            first.append(1 + list(works).index(False))
    yield supports(
        "The first step on a gradient of $10^{-3}$ is infinite from $p=15$ in single and $p=108$ "
        "in double precision, on one of $10^3$ it is 0 from $p=13$ and $p=103$.",
        broken == {"float32": [15, 13], "float64": [108, 103]},
        method="property test",
        claimed="unstable",
        measured="from p = 15 (float32), p = 108 (float64) at |g| = 0.001",
        prose="It is equation (6) as written that is unstable: its powers overflow and underflow. "
        r"A recursion for $v_t^{1/p}$ that takes the larger of $\beta_2v_{t-1}^{1/p}$ and "
        r"$\lvert g_t\rvert$ out of the root would not.",
    )
    yield supports(
        r"AdaMax's step on them is $\alpha$ to six digits.", all(stable), method="property test"
    )


# -------------------------------------------------------------------------------------------------
# Temporal averaging


@claim(
    "C46",
    "θ̂_t = θ̄_t/(1−β₂^t) corrects the bias of the averaged parameters",
    where="section 7.2",
    section="7",
)
def corrected_average() -> Iterator[Finding]:
    r"""Let $\bar\theta_0=0$, $\bar\theta_t=\bar\beta\bar\theta_{t-1}+(1-\bar\beta)\theta_t$ and
    $0\le\bar\beta<1$ (the paper writes $\beta_2$). Then $\hat\theta_t=\bar\theta_t/(1-\bar\beta^t)$
    is a weighted average of $\theta_1,\dots,\theta_t$: the weights are nonnegative and sum to 1.
    If $\mathbb E\theta_k=\mu$ for all $k$, then $\mathbb E\hat\theta_t=\mu$; and of uncorrelated
    $\theta_k$ with equal variance the variance is multiplied by
    $\frac{(1-\bar\beta)(1+\bar\beta^t)}{(1+\bar\beta)(1-\bar\beta^t)}$.
    """
    import sympy

    with_average = averaged(rules.adamax)
    one = symbolic(with_average)
    s = one.symbols
    beta, t = s.beta_bar, s.t
    line = beta * s.theta_bar + (1 - beta) * one.theta
    weight_sum = 1 - beta**t  # of the weights of theta-bar; and of their squares:
    squares = (1 - beta) / (1 + beta) * (1 - beta ** (2 * t))
    factor = (1 - beta) * (1 + beta**t) / ((1 + beta) * (1 - beta**t))
    yield supports(
        r"The wrapped rule averages its new points; the weights sum to $1-\bar\beta^t$, their "
        r"squares to $\frac{1-\bar\beta}{1+\bar\beta}(1-\bar\beta^{2t})$, for symbolic $t$.",
        identical(sympy.expand(one.state["theta_bar"] - line))
        and identical(weight_sum.subs(t, 0))
        and identical(weight_sum, beta * weight_sum.subs(t, t - 1) + 1 - beta)
        and identical(squares.subs(t, 0))
        and identical(squares, beta**2 * squares.subs(t, t - 1) + (1 - beta) ** 2)
        and identical(squares / weight_sum**2, factor),
        method="SymPy",
        claimed="unbiased",
        measured="weights sum to 1, for every t",
        prose="The principle of induction; expectation and covariance are linear. Unbiased is the "
        r"average only of iterates whose mean does not change.",
    )
    import numpy as np

    optimizer, rng = with_average(beta_bar=0.99), np.random.default_rng(46)
    point = rng.standard_normal(50)
    state, low, high, inside = optimizer.init(point), point + np.inf, point - np.inf, True
    for _ in range(300):
        point, state = optimizer.step(point, rng.standard_normal(50), state)
        low, high = np.minimum(low, point), np.maximum(high, point)
        mean = optimizer.average(state)
        inside &= bool(np.all((low <= mean + 1e-12) & (mean <= high + 1e-12)))
    yield supports(
        "Over 300 rounds and 50 coordinates the average lies between the smallest and the largest "
        r"iterate, from the first round on ($\bar\beta=0.99$).",
        inside,
        method="property test",
    )


@claim(
    "C56",
    "an exponential moving average of the parameters weighs recent ones more, at one line of code",
    where="section 7.2",
    section="7",
)
def recent_weigh_more() -> Iterator[Finding]:
    r"""In $\hat\theta_t$ (C46) each $\theta_k$ has the weight of $\theta_{k-1}$ divided by
    $\bar\beta<1$, while Polyak and Ruppert's mean weighs all alike, and is the limit
    $\bar\beta\to1$. The average leaves the steps of Algorithms 1 and 2 as they are. (In the
    paper's formula for the mean, $\frac1t\sum_{k=1}^n\theta_k$, the upper limit must be $t$.)
    """
    import sympy

    t, k = sympy.symbols("t k", integer=True, positive=True)
    h = sympy.Symbol("h", positive=True)
    good = True
    for base in (rules.adam, rules.adamax):
        plain, one = symbolic(base), symbolic(averaged(base))
        beta, bar = one.symbols.beta_bar, one.symbols.theta_bar
        weight = (1 - beta) * beta ** (t - k) / (1 - beta**t)
        good = (
            good
            and one.theta == plain.theta
            and all(one.state[name] == plain.state[name] for name in base.state)
            and len(one.equations) == len(plain.equations) + 1
            and identical(one.state["theta_bar"].subs(bar, 0), (1 - beta) * one.theta)
            and identical(sympy.diff(one.state["theta_bar"], bar), beta)
        )
    good = (
        good
        and identical(weight.subs(k, t) * (1 - beta**t), 1 - beta)
        and identical(weight, weight.subs(k, k - 1) / beta)
        and identical(sympy.limit(weight.subs(beta, 1 - h), h, 0), 1 / t)
    )
    yield supports(
        r"Adam and AdaMax have the same points and moments with the average as without; the new "
        r"point enters with $1-\bar\beta$, a round multiplies older weights by $\bar\beta$; as "
        r"$\bar\beta\to1$ all $t$ weights tend to $1/t$. For symbolic $t$. It is one line more.",
        good,
        method="SymPy",
        claimed="more for recent ones",
        measured="by a factor 1/β̄ a round",
    )
