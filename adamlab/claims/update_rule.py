r"""Sections 1 and 2: the steps that Adam takes, and what the abstract says of them.

All bounds come from two lines. With the weights
:math:`w_k=\frac{(1-\beta_1)\beta_1^k}{1-\beta_1^t}` and
:math:`u_k=\frac{(1-\beta_2)\beta_2^k}{1-\beta_2^t}`, which sum to 1 over :math:`k=0..t-1`,
:math:`\hat m_t=\sum_kw_kg_{t-k}` and :math:`\hat v_t=\sum_ku_kg_{t-k}^2`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adamlab import rules
from adamlab.claims.evidence import Finding, beside, claim, contradicts, supports
from adamlab.claims.tools import feed, identical
from adamlab.intervals import Interval, IntervalNamespace
from adamlab.namespaces import namespace_of
from adamlab.optimizers import Rule
from adamlab.smt import SMTNamespace, impossible
from adamlab.symbols import symbolic, unroll
from adamlab.trace import CONDITIONS, Graph, TraceNamespace, topological

__all__ = [
    "arithmetic",
    "farthest_reach",
    "largest_ratio",
    "lengths",
    "mean_square",
    "ratio_interval",
    "worst_gradients",
]


# --------------------------------------------------------------------------------------------------
# What several claims need


def largest_ratio_squared(t: Any, beta1: Any, beta2: Any) -> Any:
    r"""Return :math:`\rho_t^2`, see `largest_ratio`, in any numbers; not for beta1**2 = beta2."""
    r = beta1**2 / beta2
    weights = (1 - beta1) ** 2 / (1 - beta2) * (1 - r**t) / (1 - r)
    return weights * (1 - beta2**t) / (1 - beta1**t) ** 2


def largest_ratio(t: Any, beta1: Any, beta2: Any) -> Any:
    r"""Return :math:`\rho_t=\max_g\lvert\hat m_t\rvert/\sqrt{\hat v_t}` in floats; claim C04.

    ``t`` may be ``inf`` where :math:`\beta_1^2<\beta_2`.
    """
    return np.sqrt(largest_ratio_squared(t, beta1, beta2))


def worst_gradients(horizon: int, beta1: float, beta2: float) -> NDArray[np.float64]:
    """Return the ramp that attains `largest_ratio` in every round; its last gradient is 1."""
    return (beta2 / beta1) ** np.arange(1.0 - horizon, 1.0)


def lengths(gradients: Iterable[Any], **hyper: Any) -> NDArray[np.float64]:
    r"""Return :math:`\lvert\Delta_t\rvert/\alpha` for each round, by Adam in float64, eps = 0."""
    fed = feed(rules.adam, gradients, **{"alpha": 1.0, "eps": 0.0, **hyper})
    return np.abs([step.delta for step in fed])


def ratio_interval(gradients: Iterable[Any], beta1: Any, beta2: Any) -> Interval:
    r"""Return :math:`\lvert\Delta_t\rvert/\alpha` of the last of exact gradients, eps = 0."""
    xp = IntervalNamespace()
    hyper = {"alpha": 1, "beta1": beta1, "beta2": beta2, "eps": 0}
    fed = feed(rules.adam, map(xp.interval, gradients), xp, theta0=xp.interval(0), **hyper)
    return abs(fed[-1].delta)


def squared_ratios(gradients: Sequence[Fraction], beta1: Fraction, beta2: Fraction) -> list[Any]:
    r"""Return :math:`(\Delta_t/\alpha)^2` for each round, exactly.

    The rule runs with moments that are fractions, and takes the root as an interval. Each square
    is formed from the moments, and must lie in the square of the interval that was stepped.

    Raises
    ------
    ArithmeticError
        If it does not: then the rule's step is another function of its moments.
    """
    xp = IntervalNamespace()
    hyper = {"alpha": Fraction(1), "beta1": beta1, "beta2": beta2, "eps": 0}
    squares = []
    for step in feed(rules.adam, gradients, xp, theta0=Fraction(0), **hyper):
        m, v = step.state["m"], step.state["v"]
        corrected = (1 - beta2**step.t) / (1 - beta1**step.t) ** 2
        square = m**2 / v * corrected if v else Fraction(0)
        if square not in xp.interval(step.delta) ** 2:
            raise ArithmeticError(f"in round {step.t} the step is not m_hat/sqrt(v_hat)")
        squares.append(square)
    return squares


def mean_square(values: Sequence[Fraction], beta1: Fraction, beta2: Fraction) -> Fraction:
    r"""Return the mean of :math:`(\Delta_t/\alpha)^2` over all orders of these gradients."""
    orders = list(itertools.permutations(values))
    last = (squared_ratios(order, beta1, beta2)[-1] for order in orders)
    return sum(last, start=Fraction(0)) / len(orders)


def squared_step() -> tuple[Any, Any]:
    """Adam as SymPy expressions, and the square of its step over alpha at eps = 0."""
    adam = symbolic(rules.adam)
    s = adam.symbols
    return adam, (((adam.theta - s.theta) / s.alpha) ** 2).subs(s.eps, 0)


def _correction(s: Any) -> Any:
    """What turns m**2/v into m_hat**2/v_hat, in the symbols of a rule."""
    return (1 - s.beta2**s.t) / (1 - s.beta1**s.t) ** 2


def _adam_on_reals(gradients: Sequence[Any], beta1: Any, beta2: Any) -> tuple[Any, list[Any]]:
    """The last step of Adam over alpha on Z3's reals at eps = 0, and what defines its roots."""
    import z3

    xp = SMTNamespace()
    hyper = {"alpha": 1, "beta1": beta1, "beta2": beta2, "eps": 0}
    fed = feed(rules.adam, gradients, xp, theta0=z3.RealVal(0), **hyper)
    return fed[-1].delta, xp.conditions[-2:]  # the earlier roots cancel, and slow Z3 down


def _inside(*betas: Any) -> list[Any]:
    return [condition for beta in betas for condition in (beta > 0, beta < 1)]


# --------------------------------------------------------------------------------------------------
# Bounds of a step


@claim(
    "C01",
    "a step is at most α(1−β₁)/√(1−β₂) if 1−β₁ > √(1−β₂)",
    where="section 2.1, first bound",
    section="2",
)
def first_step_bound() -> Iterator[Finding]:
    r"""With $\epsilon=0$ and $1-\beta_1>\sqrt{1-\beta_2}$, for any gradients and every $t$,
    $\lvert\Delta_t\rvert\le\alpha\,(1-\beta_1)/\sqrt{1-\beta_2}$.
    """
    xp = IntervalNamespace()
    beta1, beta2 = Fraction(1, 2), Fraction(151, 200)
    length = ratio_interval((100, 151), beta1, beta2)
    bound = (1 - beta1) / xp.sqrt(1 - beta2)
    yield contradicts(
        r"At $t=2$, $\beta_1=\frac12$, $\beta_2=\frac{151}{200}$, $g=(100,151)$ it is longer.",
        (1 - beta1) ** 2 > 1 - beta2 and length > bound,
        method="intervals",
        claimed=f"{bound.upper:.7f} α",
        measured=f"{length.lower:.7f} α",
    )
    ramp = lengths(worst_gradients(210, 0.9, 0.999))  # the worst sequence, see C04
    first = int(np.argmax(ramp > 0.1 / 0.001**0.5)) + 1
    yield beside(
        r"With defaults the ramp $g_t\propto(\beta_2/\beta_1)^t$ exceeds it from $t=210$.",
        first == 210 and ramp[209] > 0.1 / 0.001**0.5,
        method="property test",
        claimed="3.16228 α",
        measured=f"{ramp[first - 1]:.5f} α at t = {first}",
    )


@claim(
    "C02",
    "a step is at most α if 1−β₁ ≤ √(1−β₂)",
    where="section 2.1, second bound",
    section="2",
)
def second_step_bound() -> Iterator[Finding]:
    r"""With $\epsilon=0$ and $1-\beta_1\le\sqrt{1-\beta_2}$, for any gradients and every $t$,
    $\lvert\Delta_t\rvert\le\alpha$.
    """
    import z3

    beta1, beta2 = Fraction(1, 2), Fraction(1, 4)
    length = ratio_interval((2, 1), beta1, beta2)
    yield contradicts(
        r"At $t=2$, $\beta_1=\frac12$, $\beta_2=\frac14$, $g=(2,1)$ it is $\sqrt{10/9}\,\alpha$.",
        (1 - beta1) ** 2 <= 1 - beta2
        and length > 1
        and squared_ratios((Fraction(2), Fraction(1)), beta1, beta2)[-1] == Fraction(10, 9),
        method="exact",
        claimed="α",
        measured=f"{length.lower:.7f} α",
    )
    b1, b2 = z3.Reals("beta1 beta2")
    step, conditions = _adam_on_reals([b1, b2], b1, b2)
    yield contradicts(
        r"At $t=2$ the gradients $(\beta_1,\beta_2)$ step over $\alpha$ whenever"
        r" $\beta_1\ne\beta_2$, both in $(0,1)$.",
        impossible(*_inside(b1, b2), b1 != b2, step**2 <= 1, *conditions),
        method="Z3",
        claimed="α",
    )


@claim(
    "C03",
    "m̂/√v̂ is below 1 in size if 1−β₁ = √(1−β₂)",
    where="section 2.1, between the two bounds",
    section="2",
)
def ratio_below_one() -> Iterator[Finding]:
    r"""With $\epsilon=0$ and $1-\beta_1=\sqrt{1-\beta_2}$, for any gradients and every $t$,
    $\lvert\hat m_t/\sqrt{\hat v_t}\rvert<1$.
    """
    beta1, beta2 = Fraction(9, 10), Fraction(99, 100)
    length = ratio_interval((Fraction(10, 11), 1), beta1, beta2)
    yield contradicts(
        r"At $(\beta_1,\beta_2)=(0.9,0.99)$, $t=2$, $g=(\frac{10}{11},1)$ it exceeds 1.",
        (1 - beta1) ** 2 == 1 - beta2 and length > 1,
        method="intervals",
        claimed="below 1",
        measured=f"{length.lower:.7f}",
    )
    (first,) = unroll(rules.adam, 1, eps=0)
    alpha = symbolic(rules.adam).symbols.alpha
    yield contradicts(
        "In the first round it is exactly 1, whatever the gradient (if not 0) and the betas.",
        identical(first.delta**2, alpha**2),
        method="SymPy",
        claimed="below 1",
        measured="1",
    )
    limit = largest_ratio(np.inf, 0.9, 0.99)
    reached = lengths(worst_gradients(2000, 0.9, 0.99), beta2=0.99)[-1]
    yield beside(
        r"At $(0.9,0.99)$ the ramp of C04 reaches $\sqrt{11/2}$ as $t$ grows; here in 2000 rounds.",
        abs(reached - limit) < 1e-7 and abs(limit - 5.5**0.5) < 1e-12,
        method="property test",
        claimed="below 1",
        measured=f"{reached:.7f}, limit {limit:.7f}",
    )


def _cauchy_schwarz_step() -> bool:
    r"""Whether :math:`m^2\le vS` survives a line of the rule, as an identity whose terms are >= 0.

    With :math:`v=a^2`, :math:`S=b^2`, :math:`\lvert m\rvert\le ab` and :math:`\pm` the sign of g.
    """
    import sympy

    adam, _ = squared_step()
    s = adam.symbols
    beta1, beta2, g, m = s.beta1, s.beta2, s.g, s.m
    a, b = sympy.symbols("a b", nonnegative=True)
    S = beta1**2 / beta2 * b**2 + (1 - beta1) ** 2 / (1 - beta2)
    gap = adam.state["v"].subs(s.v, a**2) * S - adam.state["m"] ** 2
    cross = sympy.sqrt((1 - beta2) / beta2) * beta1 * b * g
    square = sympy.sqrt(beta2) * (1 - beta1) / sympy.sqrt(1 - beta2) * a
    return all(
        identical(
            gap,
            beta1**2 * (a**2 * b**2 - m**2)
            + (square - sign * cross) ** 2
            + 2 * beta1 * (1 - beta1) * (sign * g) * (a * b - sign * m),
        )
        for sign in (1, -1)
    )


def _largest_ratio_is_the_recursion() -> bool:
    r"""Whether `largest_ratio_squared` is the corrected closed form of that recursion for S."""
    s = symbolic(rules.adam).symbols
    t, beta1, beta2 = s.t, s.beta1, s.beta2
    r, new = beta1**2 / beta2, (1 - beta1) ** 2 / (1 - beta2)

    def S(n: Any) -> Any:
        return new * (1 - r**n) / (1 - r)

    return (
        S(0) == 0
        and identical(S(t), r * S(t - 1) + new)
        and identical(largest_ratio_squared(t, beta1, beta2), S(t) * _correction(s))
    )


def _limit_squared(s: Any) -> Any:
    r"""The square of :math:`\rho_\infty`, in the symbols of a rule."""
    return (1 - s.beta1) ** 2 / ((1 - s.beta2) * (1 - s.beta1**2 / s.beta2))


def _ratio_by_its_limit() -> bool:
    r"""Whether :math:`\rho_t^2=\rho_\infty^2(1-\beta_2^t)(1-r^t)/(1-\beta_1^t)^2`, symbolic t."""
    s = symbolic(rules.adam).symbols
    r = s.beta1**2 / s.beta2
    closed = _limit_squared(s) * (1 - r**s.t) * _correction(s)
    return identical(largest_ratio_squared(s.t, s.beta1, s.beta2), closed)


def _corrections_balance() -> bool:
    r"""Whether :math:`(1-ab)^2-(1-a^2)(1-b^2)=(a-b)^2`; the roots of beta2^t and r^t are a, b."""
    import sympy

    a, b = sympy.symbols("a b")
    return identical((1 - a * b) ** 2 - (1 - a**2) * (1 - b**2), (a - b) ** 2)


_BALANCE_PROOF = (
    "With a² = β₂ᵗ and b² = rᵗ, ab = β₁ᵗ, so that the identity says (1−β₁ᵗ)² − (1−β₂ᵗ)(1−rᵗ) ="
    " (a−b)² ≥ 0, and > 0 unless β₂ = r, which is β₁ = β₂; as t grows all powers tend to 0."
)


def _ramp_is_worst() -> bool:
    """Whether the ramp attains `largest_ratio_squared` in every round, by induction on the rule."""
    adam, squared = squared_step()
    s = adam.symbols
    t, beta1, beta2 = s.t, s.beta1, s.beta2
    r = beta1**2 / beta2

    def total(n: Any) -> Any:
        return (r**-n - 1) / (1 - r)

    m, v = (1 - beta1) * beta1**t * total(t), (1 - beta2) * beta2**t * total(t)
    before = {s.m: m.subs(t, t - 1), s.v: v.subs(t, t - 1), s.g: (beta2 / beta1) ** t}
    return (
        total(0) == 0
        and identical(adam.state["m"].subs(before), m)
        and identical(adam.state["v"].subs(before), v)
        and identical(squared.subs(before), largest_ratio_squared(t, beta1, beta2))
    )


@claim(
    "C04",
    "the largest possible m̂/√v̂ is ρ_t, reached by a ramp of gradients",
    where="section 2.1, corrected",
    section="2",
    new=True,
)
def true_supremum() -> Iterator[Finding]:
    r"""Let $0<\beta_1,\beta_2<1$, $\epsilon=0$, $r=\beta_1^2/\beta_2$. For every $t$ the maximum of
    $\lvert\Delta_t\rvert/\alpha=\lvert\hat m_t\rvert/\sqrt{\hat v_t}$ over all gradient sequences
    that are not all zero is
    $\rho_t=\frac{1-\beta_1}{1-\beta_1^t}\sqrt{\frac{1-\beta_2^t}{1-\beta_2}\sum_{k<t}r^k}$. It is
    attained, in every round, exactly by multiples $\ne0$ of $g_t=(\beta_2/\beta_1)^t$. If $r<1$,
    $\rho_t\to\rho_\infty=\frac{1-\beta_1}{\sqrt{(1-\beta_2)(1-r)}}$.
    """
    import sympy

    adam, squared = squared_step()
    s = adam.symbols
    moments = adam.state["m"] ** 2 / adam.state["v"]
    yield supports(
        r"$m_t^2\le v_tS_t$, $S_t=rS_{t-1}+(1-\beta_1)^2/(1-\beta_2)$, is kept by each line of the"
        r" rule, and $\rho_t^2=S_t(1-\beta_2^t)/(1-\beta_1^t)^2$; all for symbolic $t$.",
        identical(squared, moments * _correction(s))
        and _cauchy_schwarz_step()
        and _largest_ratio_is_the_recursion(),
        method="SymPy",
        measured=f"at the defaults up to {largest_ratio(np.inf, 0.9, 0.999):.7f}",
        prose="The principle of induction. With v = a², S = b² the gap v'S' − m'² is shown to be a"
        " sum of β₁²(a²b² − m²), a square and 2β₁(1−β₁)·|g|·(ab ∓ m), each nonnegative where"
        " |m| ≤ ab. Equality forces each to vanish, which fixes g up to a common factor. Where"
        " r = 1 the closed forms are read as limits.",
    )
    yield supports(
        r"The ramp $g_t=(\beta_2/\beta_1)^t$ has $m_t^2=v_tS_t$ in every round, for symbolic $t$.",
        _ramp_is_worst(),
        method="SymPy",
    )
    limit = _limit_squared(s)
    expected = {
        ("9/10", "999/1000"): 7.2702918,
        ("9/10", "99/100"): 2.3452079,
        ("9/10", "95/100"): 1.1649647,
        ("99/100", "999/1000"): 2.2990681,
    }
    found = [float(sympy.sqrt(limit.subs({s.beta1: a, s.beta2: b}))) for a, b in expected]
    yield supports(
        r"$\rho_t^2=\rho_\infty^2\,(1-\beta_2^t)(1-r^t)/(1-\beta_1^t)^2$; four limits.",
        _ratio_by_its_limit() and np.allclose(found, list(expected.values()), rtol=0, atol=5e-8),
        method="SymPy",
        measured=f"{found[0]:.7f} at the defaults",
        prose="The three powers tend to 0.",
    )
    rng = np.random.default_rng(4)
    cases, horizon = 2000, 30
    beta1, beta2 = rng.uniform(0.01, 0.99, (2, cases))
    kinds = [
        rng.standard_normal((horizon, cases)),
        rng.standard_cauchy((horizon, cases)),
        np.cumsum(rng.standard_normal((horizon, cases)), axis=0),
        np.where(rng.random((horizon, cases)) < 0.2, 1.0, 0.0),
        (beta2 / beta1) ** np.arange(horizon)[:, None] * rng.uniform(0.8, 1.25, (horizon, cases)),
    ]
    t = np.arange(1, horizon + 1)[:, None]
    rho = largest_ratio(t, beta1, beta2)
    worst = max(float(np.max(lengths(g, beta1=beta1, beta2=beta2) / rho)) for g in kinds)
    ramp = (beta2 / beta1) ** np.arange(horizon)[:, None]
    attained = lengths(ramp, beta1=beta1, beta2=beta2) / rho
    yield supports(
        f"No step of {5 * cases} random sequences of five kinds, {horizon} rounds, random betas, is"
        r" longer than $\rho_t\alpha$; ramps reach it.",
        worst <= 1 + 1e-9 and np.allclose(attained, 1, rtol=1e-9),
        method="property test",
        measured=f"at most {worst:.6f} ρ",
    )


def _corrections_shorten() -> bool:
    r"""Whether the induction step for :math:`(2-p)^t\ge2-p^t` is an identity; x is :math:`p^t`."""
    import sympy

    p, x = sympy.symbols("p x", positive=True)
    return identical((2 - p) * (2 - x) - (2 - p * x), 2 * (1 - p) * (1 - x))


_CORRECTIONS_PROOF = (
    "With p = β₁ the condition of this case is β₂ > 2p − p². So"
    " β₂ᵗ > pᵗ(2 − p)ᵗ ≥ pᵗ(2 − pᵗ) = 1 − (1 − pᵗ)²; the middle step is an induction on t, whose"
    " step is the identity that was checked. Hence 1 − β₂ᵗ < (1 − β₁ᵗ)²."
)


@claim(
    "C05",
    "the first bound is reached only by a gradient that was zero before; less sparse steps less",
    where="section 2.1",
    section="2",
)
def sparsest_is_longest() -> Iterator[Finding]:
    r"""With $\epsilon=0$ and $1-\beta_1>\sqrt{1-\beta_2}$ the bound
    $\lvert\Delta_t\rvert=\alpha(1-\beta_1)/\sqrt{1-\beta_2}$ occurs only when all gradients but the
    current one are zero; for less sparse gradients the step is smaller.
    """
    adam, squared = squared_step()
    s = adam.symbols
    ramp = ratio_interval((100, 111), Fraction(9, 10), Fraction(999, 1000))
    spike = ratio_interval((0, 1), Fraction(9, 10), Fraction(999, 1000))
    yield contradicts(
        "At the defaults and $t=2$ the spike $(0,1)$ steps less than the gradients $(100,111)$,"
        " none of which is zero.",
        ramp > 1 > spike,
        method="intervals",
        claimed="less than the spike",
        measured=f"{ramp.lower:.5f} α, the spike {spike.upper:.5f} α",
        prose="The paper speaks of the first case, which is one of the betas; that its bound is"
        " reached is what the sentence must mean.",
    )
    bound = (1 - s.beta1) ** 2 / (1 - s.beta2)
    yield contradicts(
        r"A spike in round $t$ steps $\sqrt{1-\beta_2^t}/(1-\beta_1^t)$ times the bound, which is"
        " less: no spike reaches it, though late ones come as near as one likes.",
        identical(squared.subs({s.m: 0, s.v: 0}), bound * _correction(s))
        and _corrections_shorten(),
        method="SymPy",
        claimed="equal to the bound",
        prose=_CORRECTIONS_PROOF,
    )
    spikes = np.array([lengths([0.0] * (t - 1) + [1.0])[-1] for t in (1, 12, 105, 106, 1000)])
    scan = _spikes(1000)
    yield beside(
        "At the defaults the spike's step is not monotone in its round: it falls to"
        r" $0.481\,\alpha$ at $t=12$ and passes $\alpha$ at $t=106$.",
        int(np.argmin(scan)) == 11
        and int(np.argmax(scan[1:] > 1)) + 2 == 106
        and np.allclose(scan[[0, 11, 104, 105, 999]], spikes, rtol=1e-9),
        method="property test",
        measured=f"{scan[11]:.5f} α at 12, {scan[999]:.4f} α at 1000",
    )


def _spikes(horizon: int) -> NDArray[np.float64]:
    """The length over alpha of a step whose gradient is the first that is not zero, by round."""
    theta = np.zeros(())
    update, xp, zero, one = rules.adam.update, namespace_of(theta), theta, np.ones(())
    hyper = {**rules.adam.defaults, "alpha": 1.0, "eps": 0.0}
    rounds = range(1, horizon + 1)
    return np.abs([update(xp, t, theta, one, zero, zero, **hyper)[0] for t in rounds])


# --------------------------------------------------------------------------------------------------
# What a step is on average


def _slack(runs: int, limit: float) -> float:
    """How far a share of so many runs strays to one side of its probability, but for `limit`."""
    return float(np.sqrt(np.log(1 / limit) / (2 * runs)))


def _hoeffding(runs: int, limit: float) -> str:
    return (
        f"Hoeffding's inequality for {runs} runs: were the sentence false, the test would pass with"
        f" a probability of at most {limit:g}."
    )


@claim(
    "C06",
    "m̂/√v̂ is about ±1 in common scenarios, as E[g]² ≤ E[g²]",
    where="section 2.1",
    section="2",
)
def ratio_near_one() -> Iterator[Finding]:
    r"""$\lvert E[g]\rvert/\sqrt{E[g^2]}\le1$ for every $g$ with finite second moment, and therefore
    $\hat m_t/\sqrt{\hat v_t}\approx\pm1$ in more common scenarios (than the most severe sparsity).
    """
    import sympy

    x = sympy.symbols("g1:4", real=True)
    p = [*sympy.symbols("p1:3", positive=True)]
    p.append(1 - sum(p))
    mean, second = (sum(q * g**n for q, g in zip(p, x, strict=True)) for n in (1, 2))
    pairs = itertools.combinations(zip(p, x, strict=True), 2)
    yield beside(
        r"$E[g^2]-E[g]^2=\sum_{i<j}p_ip_j(g_i-g_j)^2\ge0$, for every distribution on three values.",
        identical(second - mean**2, sum(q1 * q2 * (g1 - g2) ** 2 for (q1, g1), (q2, g2) in pairs)),
        method="SymPy",
        prose="Any number of values, and the general case, is Jensen's inequality.",
    )
    runs, horizon, limit = 2000, 400, 1e-9
    slack = _slack(runs, limit)
    rng = np.random.default_rng(6)
    noise = rng.standard_normal((horizon, runs))
    pure, biased = lengths(noise)[-1], lengths(10 + noise)[-1]
    yield supports(
        "For $N(10,1)$ gradients, defaults, $t=400$, it is within 0.05 of 1 with probability over"
        " 9/10.",
        np.mean(abs(biased - 1) < 0.05) - slack > 0.9,
        method="statistical test",
        given="the mean gradient is large against the noise, E[g]² ≫ Var g",
        claimed="about 1",
        measured=f"RMS {np.sqrt(np.mean(biased**2)):.4f}",
        prose=_hoeffding(runs, limit) + " In general: let μ and σ² be the mean and variance of g in"
        " every round. As both weightings sum to 1, m̂ and √v̂ (a norm) are within σ of μ and |μ|"
        " in root mean square, whatever the distribution, the dependence and the betas; by"
        " Chebyshev's inequality the ratio tends to sign μ as σ/|μ| → 0.",
    )
    yield contradicts(
        "For $N(0,1)$ gradients, which satisfy the inequality, its size is below 1/2 with"
        " probability over 9/10.",
        np.mean(pure < 0.5) - slack > 0.9,
        method="statistical test",
        claimed="about 1",
        measured=f"RMS {np.sqrt(np.mean(pure**2)):.3f}, mean size {np.mean(pure):.3f}",
        prose=_hoeffding(runs, limit),
    )


def _swap_orders_ages() -> bool:
    r"""Whether a swap shows that the square with more weight has the smaller share.

    With :math:`s=u_jx+u_ky+c` and x, y swapped in :math:`s'`:
    :math:`(x-y)/s+(y-x)/s'=-(u_j-u_k)(x-y)^2/(ss')`.
    """
    import sympy

    x, y, c, uj, uk = sympy.symbols("x y c u_j u_k", positive=True)
    s, swapped = uj * x + uk * y + c, uj * y + uk * x + c
    both = (x - y) / s + (y - x) / swapped
    return identical(both, -(uj - uk) * (x - y) ** 2 / (s * swapped))


def _chebyshev_sum(n: int) -> bool:
    r"""Whether :math:`\sum uha-\sum uh\sum ua` is half :math:`\sum uu'(h-h')(a-a')`, sum of u 1."""
    import sympy

    h, a = sympy.symbols(f"h1:{n + 1}"), sympy.symbols(f"a1:{n + 1}")
    u = [*sympy.symbols(f"u1:{n}")]
    u.append(1 - sum(u))
    mean = sum(ui * hi * ai for ui, hi, ai in zip(u, h, a, strict=True))
    product = sum(ui * hi for ui, hi in zip(u, h, strict=True))
    product *= sum(ui * ai for ui, ai in zip(u, a, strict=True))
    pairs = itertools.combinations(range(n), 2)
    covariance = sum(u[i] * u[j] * (h[i] - h[j]) * (a[i] - a[j]) for i, j in pairs)
    return sympy.expand(mean - product - covariance) == 0


def _weights_by_age() -> bool:
    r"""Whether the weights of the moments in the rule are :math:`w_k,u_k`, with w/u geometric."""
    import sympy

    n = 4
    steps = unroll(rules.adam, n, eps=0)
    last, g = steps[-1], [step.g for step in reversed(steps)]
    beta1, beta2 = sympy.symbols("beta1 beta2", positive=True)
    w = [sympy.expand(last.state["m"]).coeff(x) for x in g]
    u = [sympy.expand(last.state["v"]).coeff(x, 2) for x in g]
    ratio = (1 - beta1) / (1 - beta2)
    return all(
        identical(a / b, ratio * (beta1 / beta2) ** k)
        for k, (a, b) in enumerate(zip(w, u, strict=True))
    )


_MEAN_SQUARE_PROOF = (
    "Let a_k = E[g²_{t−k}/v̂_t], 0/0 := 0. (1) Jensen: m̂² ≤ Σ w_k g²_{t−k}, hence"
    " E[(Δ/α)²] ≤ Σ w_k a_k. (2) Σ u_k a_k = P(v̂ > 0) ≤ 1. (3) Gradients j and k are"
    " exchangeable, so a_j − a_k is half the mean of the swapped sum, which is ≤ 0 where"
    " u_j ≥ u_k: older gradients, of less weight in v̂, have the larger a. (4) w_k/u_k is a"
    " multiple of (β₁/β₂)ᵏ, which falls with age as β₁ ≤ β₂, and Chebyshev's sum inequality under"
    " the weights u gives Σ w a ≤ Σ u a ≤ 1. Exchangeability, the expectation and Chebyshev for any"
    " number of terms are prose; β₂ = 0 is sign descent."
)


@claim(
    "C07",
    "the size of a step is at most about α",
    where="section 1 and section 2.1",
    section="2",
)
def steps_about_alpha() -> Iterator[Finding]:
    r"""$\lvert\Delta_t\rvert\lessapprox\alpha$: the effective magnitude of a step is approximately
    bounded by the step size, for $\epsilon=0$.
    """
    yield supports(
        r"$E[\Delta_t^2]\le\alpha^2$ for every $t$ and every distribution: the swap, Chebyshev's"
        " sums and the order of the weights by age.",
        _swap_orders_ages() and _chebyshev_sum(4) and _weights_by_age(),
        method="SymPy",
        given="it is meant in mean square, the gradients are exchangeable, and β₁ ≤ β₂",
        claimed="about α",
        measured="at most α in mean square",
        prose=_MEAN_SQUARE_PROOF,
    )
    length = ratio_interval(
        [Fraction(111, 100) ** k for k in range(210)], Fraction(9, 10), Fraction(999, 1000)
    )
    yield contradicts(
        r"For arbitrary gradients it is up to $7.27\,\alpha$ at the defaults; here $g_t=1.11^t$,"
        " 210 rounds.",
        length > 3,
        method="intervals",
        claimed="about α",
        measured=f"{length.lower:.5f} α",
    )
    e = mean_square((Fraction(1), Fraction(2)), Fraction(9, 10), Fraction(1, 10))
    yield beside(
        r"The condition $\beta_1\le\beta_2$ cannot be dropped: the gradients 1, 2 in random order,"
        " at $(0.9,0.1)$, exceed α in mean square at $t=2$.",
        e > 1,
        method="exact",
        measured=f"E = {e} = {float(e):.5f}",
    )
    spikes = lengths(np.eye(40), beta2=0.5)[-1] ** 2  # one gradient of 40 is not zero
    alone = 0.05 * 0.95**39 * float(np.sum(spikes))
    yield beside(
        r"At $(0.9,0.5)$ and $t=40$ it is missed by far: of gradients that are 1 with probability"
        " 1/20, else 0, the runs with a single 1 alone give this share of the mean square.",
        alone > 5e4,
        method="property test",
        measured=f"{alone:.3g}",
    )


# --------------------------------------------------------------------------------------------------
# Invariances


def scaling_survives(eps: Any = 0, scaled_eps: Any = 0) -> bool:
    """Whether m, v and the step keep to c*m, c**2*v and the same step, for symbolic t and state.

    `eps` is for the gradients as they are, `scaled_eps` for c times them; in SymPy's `eps` and `c`.
    """
    import sympy

    adam = symbolic(rules.adam)
    s = adam.symbols
    c = sympy.Symbol("c", positive=True)
    scaled = {s.g: c * s.g, s.m: c * s.m, s.v: c**2 * s.v, s.eps: sympy.sympify(scaled_eps)}

    def changed(expression: Any) -> Any:
        return expression.subs(scaled, simultaneous=True)

    return (
        identical(changed(adam.state["m"]), c * adam.state["m"])
        and identical(changed(adam.state["v"]), c**2 * adam.state["v"])
        and identical(changed(adam.theta), adam.theta.subs(s.eps, eps))
    )


def _points(gradients: Any, **hyper: Any) -> NDArray[np.float64]:
    return np.array([step.theta for step in feed(rules.adam, gradients, **hyper)])


@claim(
    "C08",
    "steps do not change when all gradients are multiplied by c > 0",
    where="section 1 and section 2.1",
    section="2",
)
def scale_invariance() -> Iterator[Finding]:
    r"""With $\epsilon=0$: if all gradients $g_1,g_2,\dots$ are replaced by $cg_1,cg_2,\dots$ with
    $c>0$, every $\Delta_t$ is the same.
    """
    yield supports(
        "If $m,v,g$ become $cm,c^2v,cg$, so do the new $m$ and $v$, and the step is the same; for"
        " symbolic $t$.",
        scaling_survives(),
        method="SymPy",
        prose="The principle of induction; the start m = v = 0 is kept.",
    )
    rng = np.random.default_rng(8)
    g = rng.standard_normal((60, 400))
    powers = 2.0 ** rng.integers(-100, 100, 400)
    yield supports(
        "400 random sequences, 60 rounds: in float64 the points agree to the last bit for powers"
        r" of two, $2^{-100}$ to $2^{99}$; for $c=3.7$ and $10^{-6}$ within $10^{-13}\alpha$.",
        np.array_equal(_points(g, eps=0.0), _points(powers * g, eps=0.0))
        and all(
            np.max(abs(_points(c * g, eps=0.0, alpha=1.0) - _points(g, eps=0.0, alpha=1.0))) < 1e-13
            for c in (3.7, 1e-6)
        ),
        method="property test",
    )
    tiny = feed(rules.adam, [np.array(1e-8)], alpha=1.0)[0].delta
    yield beside(
        r"With the default $\epsilon$ it is not so: a first gradient of $10^{-8}$ steps half of"
        " what a gradient of 1 does.",
        abs(tiny + 0.5) < 1e-9,
        method="property test",
        claimed="α",
        measured=f"{abs(tiny):.4f} α",
    )


@claim(
    "C09",
    "invariant to diagonal rescaling of the gradients",
    where="abstract",
    section="2",
)
def diagonal_rescaling() -> Iterator[Finding]:
    r"""With $\epsilon=0$: if all gradients $g_t\in\mathbb R^d$ are replaced by $Sg_t$, with one
    diagonal matrix $S$ of positive entries, every $\Delta_t$ is the same.
    """
    yield supports(
        "Each coordinate's step is a function of that coordinate alone, and invariant to its factor"
        " (C08).",
        scaling_survives(),
        method="SymPy",
        prose="All operations of the rule are element-wise. The abstract does not name ε = 0, which"
        " section 2.1 assumes.",
    )
    rng = np.random.default_rng(9)
    g = rng.standard_normal((50, 200, 7)) * np.exp(3 * rng.standard_normal((200, 7)))
    S = 2.0 ** rng.integers(-60, 60, (200, 7))
    yield supports(
        "200 random sequences in 7 dimensions, $S$ of powers of two: the same points, to the bit.",
        np.array_equal(_points(g, eps=0.0), _points(S * g, eps=0.0)),
        method="property test",
    )


# --------------------------------------------------------------------------------------------------
# Annealing


def _noise_mean_square() -> tuple[bool, Any, Any]:
    r"""Prove :math:`E[\hat m_t^2]/E[\hat v_t]` for uncorrelated noise of variance 1; return it."""
    import sympy

    adam, squared = squared_step()
    s = adam.symbols
    t, beta1, beta2 = s.t, s.beta1, s.beta2
    M, q = sympy.symbols("M q", nonnegative=True)  # E[m^2] and E[g^2]
    m = sympy.Poly(sympy.expand(adam.state["m"] ** 2), s.m, s.g)
    assert m.coeff_monomial(1) == 0
    squares = m.coeff_monomial(s.m**2) * M + m.coeff_monomial(s.g**2) * q  # E[m g] = 0
    closed = (1 - beta1) * (1 - beta1 ** (2 * t)) / (1 + beta1)
    v = adam.state["v"].subs(s.g**2, q).subs({q: 1, s.v: 1 - beta2 ** (t - 1)})
    ratio = (1 - beta1) * (1 + beta1**t) / ((1 + beta1) * (1 - beta1**t))
    proved = (
        identical(squared, adam.state["m"] ** 2 / adam.state["v"] * _correction(s))
        and closed.subs(t, 0) == 0
        and identical(squares.subs({q: 1, M: closed.subs(t, t - 1)}), closed)
        and identical(v, 1 - beta2**t)
        and identical(closed / (1 - beta2**t) * _correction(s), ratio)
    )
    return proved, ratio, s


def jumps_for_ever() -> bool:
    r"""Whether Adam with beta1 = 0 only jumps between the points 1/2 and -1/2 times alpha.

    On :math:`f(\theta)=\frac12\theta^2` and for symbolic t, by induction on the rule.
    """
    adam = symbolic(rules.adam)
    s = adam.symbols

    def v(t: Any) -> Any:
        return s.alpha**2 / 4 * (1 - s.beta2**t)

    return all(
        identical(adam.theta.subs(before), -theta)
        and identical(adam.state["v"].subs(before), v(s.t))
        for theta in (s.alpha / 2, -s.alpha / 2)
        for before in [{s.beta1: 0, s.eps: 0, s.v: v(s.t - 1), s.g: theta, s.theta: theta}]
    )


@claim(
    "C10",
    "the ratio m̂/√v̂ falls to 0 near an optimum, so that steps anneal by themselves",
    where="section 1 and section 2.1",
    section="2",
)
def automatic_annealing() -> Iterator[Finding]:
    r"""The signal-to-noise ratio $\hat m_t/\sqrt{\hat v_t}$ typically becomes closer to 0 towards
    an optimum, which leads to smaller steps: a form of automatic annealing ($\epsilon=0$).
    """
    proved, ratio, s = _noise_mean_square()
    yield supports(
        r"A step is $\alpha$ times the ratio, and for uncorrelated noise of mean 0"
        r" $E[\hat m_t^2]/E[\hat v_t]=\frac{(1-\beta_1)(1+\beta_1^t)}{(1+\beta_1)(1-\beta_1^t)}$.",
        proved,
        method="SymPy",
        given="the gradients near it are mostly noise of mean 0; and only down to a floor of about"
        " α√((1−β₁)/(1+β₁)), not to 0",
        claimed="0",
        measured=f"{float(ratio.subs(s.beta1**s.t, 0).subs(s.beta1, 0.9)) ** 0.5:.4f} α"
        " at β₁ = 0.9",
        prose="Induction on t; expectations are linear. The ratio of the two means stands for the"
        " mean of the ratio, which differs from it by little once v̂ averages many gradients.",
    )
    yield contradicts(
        r"On $f(\theta)=\frac12\theta^2$ with $\beta_1=0$ and $\theta_0=\alpha/2$ Adam jumps"
        r" between $\pm\alpha/2$ for ever.",
        jumps_for_ever(),
        method="SymPy",
        claimed="falling to 0",
        measured="α",
        prose="Induction. The same two points serve for every even f with f'(α/2) > 0 (C08); on"
        " |θ|, which has a kink, every start that is no multiple of α does.",
    )
    rng = np.random.default_rng(10)
    runs, limit = 4000, 1e-9
    pure = lengths(rng.standard_normal((300, runs)))[-1]
    share = float(np.mean(pure > 0.1))
    yield beside(
        r"Steps of pure $N(0,1)$ noise, defaults, $t=300$, exceed $\alpha/10$ with probability over"
        " 1/2.",
        share - _slack(runs, limit) > 0.5 and abs(np.sqrt(np.mean(pure**2)) - 0.2294) < 0.02,
        method="statistical test",
        measured=f"RMS {np.sqrt(np.mean(pure**2)):.4f} α",
        prose=_hoeffding(runs, limit),
    )


@claim(
    "C11",
    "the efficient order of computation can replace the last three lines",
    where="section 2, last paragraph before 2.1",
    section="2",
)
def efficient_order() -> Iterator[Finding]:
    r"""Replacing the last three lines of the loop by
    $\alpha_t=\alpha\sqrt{1-\beta_2^t}/(1-\beta_1^t)$ and
    $\theta_t=\theta_{t-1}-\alpha_tm_t/(\sqrt{v_t}+\hat\epsilon)$ computes the same.
    """
    import sympy

    adam, efficient = symbolic(rules.adam), symbolic(rules.adam_eps_hat)
    s, eps_hat = adam.symbols, efficient.symbols.eps_hat
    root = sympy.sqrt(1 - s.beta2**s.t)
    same = efficient.theta.subs(eps_hat, s.eps * root) - adam.theta
    x = sympy.Symbol("x", positive=True)  # for 1 - beta2^t, so that roots of products split
    yield supports(
        r"With $\hat\epsilon_t=\epsilon\sqrt{1-\beta_2^t}$ they are identical, for symbolic $t$.",
        identical(same.subs(s.beta2**s.t, 1 - x))
        and identical(
            (efficient.theta - adam.theta).subs({eps_hat: 0, s.eps: 0}).subs(s.beta2**s.t, 1 - x)
        ),
        method="SymPy",
        given="ε = ε̂ = 0, or ε̂ changes with t as ε√(1−β₂ᵗ)",
    )
    xp = IntervalNamespace()
    eps = xp.interval("1e-8")
    alpha, beta1, beta2 = (xp.interval(x) for x in ("1", "9/10", "999/1000"))
    hyper = {"alpha": alpha, "beta1": beta1, "beta2": beta2}
    paper, matched, equal = (
        [abs(x.delta) for x in feed(rule, [eps, eps], xp, theta0=xp.interval(0), **hyper, **own)]
        for rule, own in (
            (rules.adam, {"eps": eps}),
            (rules.adam_eps_hat, {"eps_hat": eps * xp.sqrt(1 - beta2)}),
            (rules.adam_eps_hat, {"eps_hat": eps}),
        )
    )
    yield contradicts(
        r"No constant $\hat\epsilon$ will do: $\epsilon\sqrt{1-\beta_2}$, the one that is right in"
        r" round 1, is wrong in round 2; here the defaults and $g=(10^{-8},10^{-8})$.",
        abs(matched[0] - paper[0]) < Fraction(1, 10**9)
        and matched[1] > paper[1] + Fraction(8, 100),
        method="intervals",
        claimed=f"{paper[1].lower:.5f} α at t = 2",
        measured=f"{matched[1].lower:.5f} α",
        prose="The step falls in ε̂ where m ≠ 0, so in each round one ε̂ only is right. The paper's"
        " hat allows ε̂ another value than ε; that it would have to change with t, it does not say.",
    )
    yield beside(
        r"With $\hat\epsilon=\epsilon$ the first of these steps differs by a factor of 16.",
        equal[0] * 16 < paper[0] and equal[0] * 17 > paper[0],
        method="intervals",
        claimed=f"{paper[0].lower:.5f} α",
        measured=f"{equal[0].lower:.5f} α",
    )
    yield beside(
        r"The constant $\hat\epsilon$ acts as $\hat\epsilon/\sqrt{1-\beta_2^t}$, which at $t=1$ is"
        r" $\sqrt{1000}$ times larger at the defaults.",
        identical(
            (efficient.theta - adam.theta.subs(s.eps, eps_hat / root)).subs(s.beta2**s.t, 1 - x)
        ),
        method="SymPy",
        measured=f"{1000**0.5:.4f}",
    )


# --------------------------------------------------------------------------------------------------
# Further sentences of the abstract and of sections 1 and 2


def arithmetic(rule: Rule) -> tuple[int, int]:
    """Return how many numbers per coordinate a rule remembers, and how much arithmetic it does.

    Counted are the operations of one step that depend on the coordinate (its gradient or state);
    what depends on t and the hyper-parameters alone is done once for all coordinates. The choices
    that make 0/0 zero are not arithmetic, and equal subexpressions count once.
    """
    graph = Graph()
    coordinate = {"theta", "g", *rule.state}
    names = ("t", "theta", "g", *rule.state)
    hyper = {name: graph.input(name) for name in rule.defaults}
    theta, _, *state = rule.update(TraceNamespace(graph), *map(graph.input, names), **hyper)
    leaves = {"input", "number", "where", *CONDITIONS}
    nodes = topological([theta, *state])
    count = sum(node.op not in leaves and not coordinate.isdisjoint(node.needs) for node in nodes)
    return len(rule.state), count


_COMPARED = ("sgd", "momentum", "adagrad", "rmsprop", "adamax", "adam_eps_hat", "adam")


@claim("C50", "computationally efficient", where="abstract", section="2")
def work_per_coordinate() -> Iterator[Finding]:
    r"""A step costs a constant number of operations per parameter, a small multiple of what SGD,
    momentum, AdaGrad and RMSProp cost.
    """
    work = [arithmetic(rules.get_rule(name))[1] for name in _COMPARED]
    yield supports(
        "Operations per parameter and step, read from the formulas: SGD 2, momentum 4, AdaGrad 6,"
        " RMSProp 8, AdaMax 9, Adam 14, and 12 in the efficient order.",
        work == [2, 4, 6, 8, 9, 12, 14],
        method="exact",
        claimed="efficient",
        measured="14 operations, RMSProp 8, SGD 2",
        prose="What an operation costs differs (a root or a division more than a product); time is"
        " measured elsewhere. The gradient, which costs far more, is the same for all.",
    )


@claim("C51", "little memory requirements", where="abstract and section 1", section="2")
def memory_per_coordinate() -> Iterator[Finding]:
    r"""Adam remembers two numbers per parameter, one more than momentum, AdaGrad and RMSProp."""
    memory = [arithmetic(rules.get_rule(name))[0] for name in _COMPARED]
    yield supports(
        "Numbers remembered per parameter: SGD 0; momentum, AdaGrad and RMSProp 1; Adam and AdaMax"
        " 2.",
        memory == [0, 1, 1, 1, 2, 2, 2],
        method="exact",
        claimed="little",
        measured="2; AdaGrad and RMSProp 1, SGD 0",
    )


def farthest_reach(horizon: int, beta1: float, beta2: float) -> float:
    r"""Return :math:`\sum_{t\le T}\rho_t`: how many times alpha Adam can move in so many rounds."""
    return float(np.sum(largest_ratio(np.arange(1.0, horizon + 1), beta1, beta2)))


@claim(
    "C52",
    "α sets a trust region, from which the number of steps to the optimum can be deduced",
    where="section 2.1",
    section="2",
)
def trust_region() -> Iterator[Finding]:
    r"""Since $\alpha$ bounds the steps, the right order of magnitude of $\alpha$ can be deduced
    from the distance $R$ to the optima and the number of iterations $T$ in which to reach them:
    $T\alpha\gtrsim R$ ($\epsilon=0$).
    """
    limit = largest_ratio(np.inf, 0.9, 0.999)
    ones = lengths(np.ones(1000))
    yield supports(
        r"$T$ rounds lead at most $\alpha\sum_{t\le T}\rho_t\le\alpha T\rho_\infty$ away (N03,"
        r" N08), and gradients of one value lead exactly $\alpha T$.",
        np.allclose(ones, 1, rtol=1e-12)
        and 1000 < farthest_reach(1000, 0.9, 0.999) < 1000 * limit
        and _cauchy_schwarz_step()
        and _largest_ratio_is_the_recursion()
        and _ratio_by_its_limit()
        and _corrections_balance(),
        method="SymPy",
        given="β₁² < β₂, and up to the factor 1 to ρ_∞ (7.27 at the defaults); that the iterates"
        " do arrive is not implied",
        claimed="R/α rounds",
        measured=f"at least R/({limit:.2f} α) rounds",
        prose="The triangle inequality. " + _BALANCE_PROOF,
    )
    t = np.array([10.0, 20.0, 40.0, 80.0])
    growing = largest_ratio(t, 0.9, 0.5)
    yield contradicts(
        r"If $\beta_1^2\ge\beta_2$ no multiple of $\alpha$ bounds a step (N03): at $(0.9,0.5)$"
        r" ramps step $4\cdot10^7\alpha$ in round 80.",
        np.allclose([lengths(worst_gradients(int(n), 0.9, 0.5), beta2=0.5)[-1] for n in t], growing)
        and bool(np.all(growing[1:] > 8 * growing[:-1]))
        and growing[-1] > 4e7,
        method="property test",
        claimed="about α",
        measured=f"{growing[-1]:.2g} α",
    )


@claim(
    "C53",
    "it needs only first-order gradients, and gives each parameter a rate of its own",
    where="section 1",
    section="2",
)
def first_order_only() -> Iterator[Finding]:
    r"""The step of a coordinate is a function of the gradients seen in that coordinate, and of
    nothing else: neither values of the objective nor its curvature, nor the point itself.
    """
    for rule in (rules.adam, rules.adamax):
        found = symbolic(rule)
        s = found.symbols
        known = {s.t, s.g, *(getattr(s, name) for name in (*rule.state, *rule.defaults))}
        updates = [found.theta - s.theta, *found.state.values()]
        yield supports(
            f"In the rule {rule.name} step and state depend on $t$, $g_t$, its own state and the"
            " hyper-parameters only.",
            all(update.expand().free_symbols <= known for update in updates),
            method="SymPy",
        )
    rng = np.random.default_rng(53)
    g = rng.standard_normal((30, 5)) * np.exp(rng.standard_normal(5))
    together = _points(g)
    apart = np.stack([_points(g[:, i]) for i in range(5)], axis=1)
    yield supports(
        "Five coordinates together and each alone give the same points.",
        np.array_equal(together, apart),
        method="property test",
    )


# --------------------------------------------------------------------------------------------------
# Corrected and sharpened


@claim(
    "N01",
    "every step is at most α, for all gradients, if and only if β₁ = β₂",
    where="section 2.1, corrected",
    section="2",
)
def equal_betas() -> Iterator[Finding]:
    r"""Let $\epsilon=0$, $0<\beta_1,\beta_2<1$. Then $\lvert\Delta_t\rvert\le\alpha$ for every $t$
    and all gradients if and only if $\beta_1=\beta_2$. If $\beta_1\ne\beta_2$ it fails at every
    $t\ge2$.
    """
    import sympy
    import z3

    s = symbolic(rules.adam).symbols
    beta = s.beta1
    yield supports(
        r"If $\beta_1=\beta_2$, then $\rho_t=1$ for symbolic $t$.",
        identical(largest_ratio_squared(s.t, beta, s.beta2).subs(s.beta2, beta), 1)
        and _cauchy_schwarz_step()
        and _largest_ratio_is_the_recursion(),
        method="SymPy",
        prose="This is Jensen's inequality: m̂ and the mean of squares v̂ have the same weights.",
    )
    for n in (2, 3):
        b, g = z3.Real("beta"), [z3.Real(f"g{i}") for i in range(n)]
        step, conditions = _adam_on_reals(g, b, b)
        yield supports(
            rf"Z3 finds no gradients and no $\beta_1=\beta_2$ that step over $\alpha$ at $t={n}$.",
            impossible(*_inside(b), step**2 > 1, *conditions),
            method="Z3",
        )
    b1, b2 = z3.Reals("beta1 beta2")
    step, conditions = _adam_on_reals([b1, b2], b1, b2)
    second = largest_ratio_squared(2, s.beta1, s.beta2)
    excess = (s.beta1 - s.beta2) ** 2 / (s.beta2 * (1 + s.beta1) ** 2)
    yield supports(
        r"If $\beta_1\ne\beta_2$, then $g=(\beta_1,\beta_2)$ steps over $\alpha$ at $t=2$, where"
        r" $\rho_2^2-1=\frac{(\beta_1-\beta_2)^2}{\beta_2(1+\beta_1)^2}$.",
        impossible(*_inside(b1, b2), b1 != b2, step**2 <= 1, *conditions)
        and identical(second - 1, excess),
        method="Z3",
    )
    chi = []
    for n in (2, 3):
        w = [(1 - s.beta1) * s.beta1**k / (1 - s.beta1**n) for k in range(n)]
        u = [(1 - s.beta2) * s.beta2**k / (1 - s.beta2**n) for k in range(n)]
        divergence = sum((a - b) ** 2 / b for a, b in zip(w, u, strict=True))
        gap = largest_ratio_squared(n, s.beta1, s.beta2) - 1 - divergence
        chi.append(sympy.factor(sympy.together(gap)) == 0)
    yield supports(
        r"$\rho_t^2=1+\chi^2(w\Vert u)$, for $t\le3$ and all betas; the divergence of two different"
        " weightings is positive.",
        all(chi),
        method="SymPy",
        prose="For every t, as both weightings sum to 1: Σw²/u − 1 = Σ(w−u)²/u.",
    )


@claim(
    "N02",
    "the first bound holds for all t and all gradients if and only if β₁ = 0, and then strictly",
    where="section 2.1, corrected",
    section="2",
)
def first_bound_without_momentum() -> Iterator[Finding]:
    r"""Let $\epsilon=0$, $0\le\beta_1<1$, $0<\beta_2<1$ and $1-\beta_1>\sqrt{1-\beta_2}$. Then
    $\lvert\Delta_t\rvert\le\alpha(1-\beta_1)/\sqrt{1-\beta_2}$ for every $t$ and all gradients if
    and only if $\beta_1=0$; and then $\lvert\Delta_t\rvert<\alpha/\sqrt{1-\beta_2}$.
    """
    import z3

    adam, squared = squared_step()
    s = adam.symbols
    largest = (1 - s.beta2**s.t) / (1 - s.beta2)
    state = adam.state["v"].subs(s.beta1, 0)
    deficit = s.beta2 * s.v * (1 - s.beta2**s.t) / ((1 - s.beta2) * state)
    yield supports(
        r"If $\beta_1=0$: $\frac{1-\beta_2^t}{1-\beta_2}-(\Delta_t/\alpha)^2"
        r"=\frac{1-\beta_2^t}{1-\beta_2}\cdot\frac{\beta_2v_{t-1}}{v_t}\ge0$, for symbolic $t$.",
        identical(largest - squared.subs(s.beta1, 0), deficit),
        method="SymPy",
        prose="1 − β₂ᵗ < 1 makes the inequality strict.",
    )
    r = s.beta1**2 / s.beta2
    bound = (1 - s.beta1) ** 2 / (1 - s.beta2)
    b1, b2 = z3.Reals("beta1 beta2")
    yield supports(
        r"If $\beta_1>0$, then $r=\beta_1^2/\beta_2<1$ in this case, and $\rho_t$ tends to the"
        r" bound times $1/\sqrt{1-r}>1$.",
        impossible(*_inside(b1, b2), (1 - b1) ** 2 > 1 - b2, b1**2 >= b2)
        and _ratio_by_its_limit()
        and identical(_limit_squared(s), bound / (1 - r))
        and _ramp_is_worst(),
        method="Z3",
        prose="rᵗ, β₁ᵗ and β₂ᵗ tend to 0.",
    )


@claim(
    "N03",
    "steps are bounded by a multiple of α if and only if β₁² < β₂",
    where="section 2.1, corrected",
    section="2",
)
def bounded_iff() -> Iterator[Finding]:
    r"""Let $\epsilon=0$, $0<\beta_1,\beta_2<1$. The largest ratio $\rho_t$ (C04) is bounded in $t$
    if and only if $\beta_1^2<\beta_2$. Its supremum then is its limit $\rho_\infty$, which it does
    not attain unless $\beta_1=\beta_2$. If $\beta_1^2\ge\beta_2$, then
    $\rho_t\ge(1-\beta_1)\sqrt t$.
    """
    yield supports(
        r"If $r\ge1$, then $\rho_t^2=(1-\beta_1)^2\frac{1-\beta_2^t}{(1-\beta_2)(1-\beta_1^t)^2}"
        r"\sum_{k<t}r^k\ge t(1-\beta_1)^2$, and the ramp attains it.",
        _largest_ratio_is_the_recursion() and _ramp_is_worst(),
        method="SymPy",
        prose="1 − β₂ᵗ ≥ 1 − β₂, 1 − β₁ᵗ ≤ 1, and each of the t summands is at least 1.",
    )
    yield supports(
        r"If $r<1$, $\rho_t^2=\rho_\infty^2(1-\beta_2^t)(1-r^t)/(1-\beta_1^t)^2\le\rho_\infty^2$.",
        _cauchy_schwarz_step() and _ratio_by_its_limit() and _corrections_balance(),
        method="SymPy",
        prose=_BALANCE_PROOF,
    )
    edge = [lengths(worst_gradients(n, 0.9, 0.81), beta2=0.81)[-1] for n in (100, 400)]
    beyond = [lengths(worst_gradients(n, 0.9, 0.5), beta2=0.5)[-1] for n in (20, 40)]
    yield supports(
        r"Ramps of the rule: at $(0.9,0.81)$ the longest step grows like $\sqrt t$, at $(0.9,0.5)$"
        r" like $r^{t/2}$.",
        abs(edge[1] / edge[0] - 2) < 1e-3 and abs(beyond[1] / beyond[0] / 1.62**10 - 1) < 0.2,
        method="property test",
        measured=f"{edge[1]:.2f} α at t = 400, {beyond[1]:.0f} α at t = 40",
    )


@claim(
    "N04",
    "under pure noise steps do not anneal below about α√((1−β₁)/(1+β₁))",
    where="section 2.1, sharpened",
    section="2",
)
def annealing_floor() -> Iterator[Finding]:
    r"""Let $\epsilon=0$ and the gradients be uncorrelated, with mean 0 and one positive variance.
    Their corrected moments have
    $\frac{E[\hat m_t^2]}{E[\hat v_t]}=\frac{(1-\beta_1)(1+\beta_1^t)}{(1+\beta_1)(1-\beta_1^t)}$,
    which falls to $\frac{1-\beta_1}{1+\beta_1}$ and depends neither on $\beta_2$ nor on the
    variance.
    """
    import sympy

    proved, ratio, s = _noise_mean_square()
    x = sympy.Symbol("x")  # beta1^t, which falls
    in_x = ratio.subs(s.beta1**s.t, x)
    floor = in_x.subs(x, 0)
    slope = 2 * (1 - s.beta1) / ((1 + s.beta1) * (1 - x) ** 2)
    yield supports(
        r"The formula for symbolic $t$, from the rule's lines; it increases in $\beta_1^t$.",
        proved
        and identical(floor, (1 - s.beta1) / (1 + s.beta1))
        and identical(sympy.diff(in_x, x), slope),
        method="SymPy",
        measured=f"{float(sympy.sqrt(floor.subs(s.beta1, sympy.Rational(9, 10)))):.4f} α"
        " at β₁ = 0.9",
        prose="Expectations are linear; E[m_{t−1}g_t] = 0.",
    )
    runs, limit = 4000, 1e-9
    for beta1, floor_ in ((0.0, 1.0), (0.5, 3**-0.5), (0.9, 19**-0.5)):
        rng = np.random.default_rng(104)
        pure = lengths(rng.standard_normal((300, runs)), beta1=beta1)[-1]
        # A normal variable is beyond 0.6745 of its deviation with probability 1/2.
        share = float(np.mean(pure > 0.6745 * floor_))
        yield supports(
            rf"$N(0,1)$ noise, $\beta_1={beta1}$, $t=300$: the step exceeds $0.6745$ of the floor"
            " with probability 1/2 ± 1/10.",
            abs(share - 0.5) + _slack(runs, limit) < 0.1,
            method="statistical test",
            claimed=f"{floor_:.4f} α",
            measured=f"RMS {np.sqrt(np.mean(pure**2)):.4f} α",
            prose=_hoeffding(runs, limit),
        )


def _equivariant(matrices: NDArray[Any], gradients: NDArray[Any]) -> NDArray[np.bool_]:
    r"""Whether Adam's first step of :math:`A^{-T}g` is A times that of g, for each A and all g."""

    def step(g: NDArray[Any]) -> NDArray[Any]:
        (first,) = feed(rules.adam, [g], alpha=1.0, eps=0.0)
        return np.asarray(first.delta)

    inverse = np.linalg.inv(matrices)
    turned = np.einsum("nji,gj->ngi", inverse, gradients)  # A^-T g
    turned[abs(turned) < 1e-12] = 0
    expected = np.einsum("nij,gj->ngi", matrices, step(gradients))
    return np.isclose(step(turned), expected, atol=1e-9).all(axis=(1, 2))


@claim(
    "N05",
    "a change of coordinates keeps Adam's path if and only if it permutes axes or flips signs",
    where="abstract, sharpened",
    section="2",
)
def equivariance() -> Iterator[Finding]:
    r"""Let $\epsilon=0$, $0/0:=0$, and $\theta'=A\theta$ with an invertible $A$, so that gradients
    become $A^{-\top}g$. Adam's paths satisfy $\theta'_t=A\theta_t$ on every problem if and only if
    $A$ is a signed permutation. In particular Adam is not invariant under rotations, but for those
    that permute axes, nor under $\theta'=S\theta$ with a positive diagonal $S\ne I$.
    """
    rng = np.random.default_rng(5)
    g = rng.standard_normal((40, 6))
    order, signs = rng.permutation(6), rng.choice([-1.0, 1.0], 6)
    turned = _points(g[:, order] * signs, eps=0.0)
    yield supports(
        "If: all operations are element-wise and odd in the gradient; a random signed permutation"
        " of 6 axes turns the points exactly.",
        np.array_equal(turned, _points(g, eps=0.0)[:, order] * signs) and _is_odd(),
        method="SymPy",
    )
    counts = []
    for d, expected in ((2, 8), (3, 48)):
        entries = np.array(list(itertools.product((-1.0, 0.0, 1.0), repeat=d * d)))
        matrices = entries.reshape(-1, d, d)
        matrices = matrices[abs(np.linalg.det(matrices)) > 0.5]
        tests = np.array(list(itertools.product((-2.0, -1.0, 0.0, 1.0, 3.0), repeat=d)))
        kept = matrices[_equivariant(matrices, tests)]
        counts.append(len(kept) == expected and bool(np.all(abs(kept).sum(axis=(1, 2)) == d)))
    yield supports(
        "Only if: of all invertible matrices with entries −1, 0, 1 the first step is turned by"
        " the signed permutations alone: 8 in the plane, 48 in space (all were tried).",
        all(counts),
        method="property test",
        prose="The first step is −α sign(g). The step of A^{−⊤}g has entries"
        " −α, 0, α; so A·sign(g) has entries −1, 0, 1 for every g. With g = e_j: A has such"
        " entries. With all sign patterns: the absolute sum of each row of A is at most 1. An"
        " invertible matrix of this kind is a signed permutation.",
    )
    half = np.sqrt(0.5)
    quarter = np.array([[half, -half], [half, half]])
    long = np.diag([2.0, 1.0])
    one = np.array([[1.0, 0.0], [1.0, 2.0]])
    yield supports(
        "A rotation by 45 degrees and a doubled axis change the first step.",
        not _equivariant(np.stack([quarter, long]), one).any(),
        method="property test",
    )


def _is_odd() -> bool:
    """Whether Adam's step and moments change sign as the gradients do, for symbolic t."""
    adam = symbolic(rules.adam)
    s = adam.symbols
    flipped = {s.g: -s.g, s.m: -s.m}
    step = adam.theta - s.theta
    return (
        identical(step.subs(flipped, simultaneous=True), -step)
        and identical(adam.state["m"].subs(flipped, simultaneous=True), -adam.state["m"])
        and identical(adam.state["v"].subs(flipped, simultaneous=True), adam.state["v"])
    )


@claim(
    "N06",
    "in the first case steps stay below √((2−β₁)/(2−2β₁)) times the printed bound, at best",
    where="section 2.1, corrected",
    section="2",
)
def first_bound_corrected() -> Iterator[Finding]:
    r"""Let $\epsilon=0$, $0<\beta_1<1$ and $1-\beta_1>\sqrt{1-\beta_2}$. The supremum of
    $\lvert\Delta_t\rvert$ over all $t$ and all gradients is $\alpha\frac{1-\beta_1}
    {\sqrt{1-\beta_2}}$ times $\frac1{\sqrt{1-\beta_1^2/\beta_2}}<\sqrt{\frac{2-\beta_1}
    {2-2\beta_1}}$; it is not attained, and the last constant cannot be made smaller.
    """
    import sympy
    import z3

    s = symbolic(rules.adam).symbols
    b1, b2 = z3.Reals("beta1 beta2")
    yield supports(
        r"In this case $\beta_1^2/\beta_2<\beta_1/(2-\beta_1)$.",
        impossible(*_inside(b1, b2), (1 - b1) ** 2 > 1 - b2, b1 * b1 * (2 - b1) >= b1 * b2),
        method="Z3",
    )
    bound = (1 - s.beta1) ** 2 / (1 - s.beta2)
    factor = _limit_squared(s) / bound
    yield supports(
        r"$\rho_t^2=\rho_\infty^2(1-\beta_2^t)(1-r^t)/(1-\beta_1^t)^2<\rho_\infty^2$ for all $t$;"
        r" $\rho_\infty$ is the bound times $1/\sqrt{1-r}$.",
        _cauchy_schwarz_step()
        and _ramp_is_worst()
        and _ratio_by_its_limit()
        and _corrections_balance()
        and identical(factor, 1 / (1 - s.beta1**2 / s.beta2)),
        method="SymPy",
        prose=_BALANCE_PROOF + " Here β₂ > β₁(2 − β₁) > β₁.",
    )
    edge = factor.subs(s.beta2, 1 - (1 - s.beta1) ** 2)
    yield supports(
        r"On the border $1-\beta_1=\sqrt{1-\beta_2}$ of the case the factor equals the constant.",
        identical(edge, (2 - s.beta1) / (2 - 2 * s.beta1)),
        method="SymPy",
        measured=f"{float(sympy.sqrt(edge.subs(s.beta1, sympy.Rational(9, 10)))):.7f} at β₁ = 0.9",
        prose="The factor is continuous in β₂, so the constant is approached inside the case.",
    )
    beta2 = np.linspace(0.9901, 0.9999, 50)
    ramps = (beta2 / 0.9) ** np.arange(-1500.0, 1.0)[:, None]
    t = len(ramps)
    reached = lengths(ramps, beta2=beta2)[-1] / (0.1 / np.sqrt(1 - beta2))
    factors = np.sqrt((1 - beta2**t) / (1 - 0.81 / beta2))
    yield supports(
        r"Ramps of 1501 rounds at $\beta_1=0.9$ and 50 values of $\beta_2$ reach the factor, up to"
        r" $\sqrt{1-\beta_2^t}$.",
        np.allclose(reached, factors, rtol=1e-9) and bool(np.all(reached < np.sqrt(1.1 / 0.2))),
        method="property test",
        measured=f"up to {reached.max():.4f} times the printed bound",
    )


@claim(
    "N07",
    "for exchangeable gradients and β₁ ≤ β₂ the mean square of a step is at most α²",
    where="section 1 and section 2.1, corrected",
    section="2",
)
def mean_square_theorem() -> Iterator[Finding]:
    r"""Let $\epsilon=0$, $0/0:=0$, $0\le\beta_1\le\beta_2<1$, and let $g_1,\dots,g_t$ be
    exchangeable (their joint distribution does not depend on their order; independent and
    identically distributed gradients are). Then $E[\Delta_t^2]\le\alpha^2$, whatever the
    distribution.
    """
    yield supports(
        "The swap of two exchangeable squares, Chebyshev's sum inequality, and the order of the"
        " weights by age.",
        _swap_orders_ages() and _chebyshev_sum(4) and _chebyshev_sum(3) and _weights_by_age(),
        method="SymPy",
        prose=_MEAN_SQUARE_PROOF,
    )
    betas = [
        (Fraction(9, 10), Fraction(999, 1000)),
        (Fraction(1, 2), Fraction(1, 2)),
        (Fraction(1, 3), Fraction(9, 10)),
        (Fraction(0), Fraction(1, 10)),
    ]
    pairs = [(1, 2), (0, 1), (-1, 3), (1, 100)]
    means = []
    for (beta1, beta2), pair in itertools.product(betas, pairs):
        squares: dict[tuple[Fraction, ...], Fraction] = {}
        for g in itertools.product(map(Fraction, pair), repeat=5):
            found = squared_ratios(g, beta1, beta2)
            squares.update((g[:t], x) for t, x in enumerate(found, start=1))
        for t in range(2, 6):
            for k in range(1, t):
                alike = [x for g, x in squares.items() if len(g) == t and g.count(pair[0]) == k]
                means.append(sum(alike, start=Fraction(0)) / len(alike))
    yield supports(
        f"Every exchangeable distribution on two values mixes the draws without replacement; exact"
        f" means for {len(pairs)} pairs, {len(betas)} betas, all $t\\le5$ and all counts.",
        all(mean <= 1 for mean in means),
        method="exact",
        claimed="at most 1",
        measured=f"{len(means)} means, the largest {float(max(means)):.4f}",
    )
    rng = np.random.default_rng(7)
    draws = [[Fraction(int(x), 7) for x in rng.integers(-30, 30, 5)] for _ in range(2)]
    orders = [mean_square(draw, *beta) for draw in draws for beta in betas[:2]]
    yield supports(
        "Exact means over all 120 orders of five random fractions, twice, two betas.",
        all(mean <= 1 for mean in orders),
        method="exact",
        claimed="at most 1",
        measured=f"the largest {float(max(orders)):.4f}",
    )
    angle = 2 * np.pi * np.arange(4096) / 4096  # periodic: the sum converges geometrically
    gaussian = []
    for b1, b2 in ((0.9, 0.999), (0.5, 0.5), (0.1, 0.9)):
        found_ = np.mean(lengths([np.cos(angle), np.sin(angle)], beta1=b1, beta2=b2)[-1] ** 2)
        w, u = np.array([1, b1]) / (1 + b1), np.array([1, b2]) / (1 + b2)
        gaussian.append((found_, np.sum(w**2 / np.sqrt(u)) / np.sum(np.sqrt(u))))
    yield supports(
        r"Two centred Gaussian gradients: with weights $w,u$ it is"
        r" $\sum_kw_k^2u_k^{-1/2}/\sum_ku_k^{1/2}\le1$.",
        all(abs(a - b) < 1e-12 and a <= 1 for a, b in gaussian),
        method="property test",
        measured=f"{gaussian[0][0]:.6f} at the defaults",
        prose="The direction of a Gaussian pair is uniform, and the step is invariant to its"
        " length.",
    )


@claim(
    "N08",
    "in T rounds Adam moves a coordinate by at most α(ρ₁ + ... + ρ_T), and a ramp moves it so far",
    where="section 2.1, sharpened",
    section="2",
)
def farthest() -> Iterator[Finding]:
    r"""Let $\epsilon=0$, $0<\beta_1,\beta_2<1$. The maximum of $\lvert\theta_T-\theta_0\rvert$ over
    all gradients is $\alpha\sum_{t\le T}\rho_t$ with $\rho_t$ of C04, attained by the ramp
    $g_t=(\beta_2/\beta_1)^t$.
    """
    yield supports(
        "One ramp attains the largest ratio in every round, and all its steps have one sign.",
        _ramp_is_worst() and _cauchy_schwarz_step() and _largest_ratio_is_the_recursion(),
        method="SymPy",
        prose="The triangle inequality. A ramp of positive gradients has positive m.",
    )
    ramp = worst_gradients(1000, 0.9, 0.999)
    moved = -_points(ramp, alpha=1.0, eps=0.0)[-1]
    reach = farthest_reach(1000, 0.9, 0.999)
    rng = np.random.default_rng(108)
    others = np.cumsum(rng.standard_normal((200, 500)), axis=0)
    farthest = np.max(abs(_points(others, alpha=1.0, eps=0.0)[-1]))
    yield supports(
        "1000 rounds of the ramp at the defaults; 500 random walks of 200 rounds stay closer.",
        abs(moved / reach - 1) < 1e-9 and farthest <= farthest_reach(200, 0.9, 0.999),
        method="property test",
        claimed=f"{reach:.4f} α",
        measured=f"{moved:.4f} α",
    )


@claim(
    "N09",
    "if ε is scaled with the gradients no step changes: ε is a size of gradients",
    where="section 2.1, sharpened",
    section="2",
)
def epsilon_is_a_scale() -> Iterator[Finding]:
    r"""If all gradients and $\epsilon$ are multiplied by $c>0$, every $\Delta_t$ is the same. With
    fixed $\epsilon>0$, $\Delta_t$ for gradients $cg$ has size $\alpha\frac{c\lvert\hat m_t\rvert}
    {c\sqrt{\hat v_t}+\epsilon}$: it increases with $c$ where $m_t\ne0$, to its value for
    $\epsilon=0$.
    """
    import sympy

    adam = symbolic(rules.adam)
    s = adam.symbols
    c = sympy.Symbol("c", positive=True)
    yield supports(
        r"With $c\epsilon$ the step is the same for symbolic $t$ and state; with $\epsilon$ it is"
        " not.",
        scaling_survives(s.eps, c * s.eps) and not scaling_survives(s.eps, s.eps),
        method="SymPy",
        prose="Induction.",
    )
    m_hat, root = sympy.symbols("m_hat root", positive=True)
    general = (s.theta - adam.theta) - s.alpha * (adam.state["m"] / (1 - s.beta1**s.t)) / (
        sympy.sqrt(adam.state["v"] / (1 - s.beta2**s.t)) + s.eps
    )
    size = s.alpha * c * m_hat / (c * root + s.eps)
    yield supports(
        r"The step's size increases with $c$: its derivative is $\alpha\lvert\hat m\rvert\epsilon/"
        r"(c\sqrt{\hat v}+\epsilon)^2$.",
        identical(general)
        and identical(sympy.diff(size, c), s.alpha * m_hat * s.eps / (c * root + s.eps) ** 2)
        and sympy.limit(size, c, sympy.oo) == s.alpha * m_hat / root,
        method="SymPy",
    )
