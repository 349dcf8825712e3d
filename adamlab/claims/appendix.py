r"""Section 10, the appendix: the lemmas and the proof of Theorem 10.5, line by line.

Everything is about one coordinate. :math:`A_t=(\theta_t-\theta^*)^2`,
:math:`c_t=\sqrt{\hat v_t}/\alpha_t`, :math:`H_T=\sum_{t\le T}1/t`. The proof writes
:math:`g_t=\nabla f_t(\theta_t)` for the gradient at the point that is played in round :math:`t`,
before the step to :math:`\theta_{t+1}`. Lines of the proof are C60 to C67, repairs N20 to N27.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from adamlab import rules
from adamlab.bounds import kingma_ba
from adamlab.claims.evidence import Finding, beside, claim, contradicts, supports
from adamlab.claims.tools import feed, identical
from adamlab.intervals import Interval, IntervalNamespace, Round, enclose
from adamlab.losses import LOSSES
from adamlab.namespaces import namespace_of
from adamlab.optimizers import Rule, inverse_sqrt
from adamlab.smt import impossible
from adamlab.symbols import Symbolic, SymPyNamespace, symbolic, unroll

HALF = Fraction(1, 2)
_SLACK = 1e-9  # for the rounding of floats, relative to the size of the terms


# --------------------------------------------------------------------------------------------------
# What several claims need


def _cauchy_schwarz() -> bool:
    """Whether (sum xy)^2 <= sum x^2 sum y^2 survives one more term of nonnegative sums."""
    import z3

    s, p, q, x, y = z3.Reals("s p q x y")
    more = (s + x * y) ** 2 > (p + x * x) * (q + y * y)
    return impossible(*(v >= 0 for v in (s, p, q, x, y)), s * s <= p * q, more)


def _norm(xp: IntervalNamespace, numbers: Sequence[Any]) -> Interval:
    return xp.sqrt(sum((x**2 for x in numbers), xp.interval(0)))


def _over_roots(xp: IntervalNamespace, gradients: Sequence[Any]) -> Interval:
    r""":math:`\sum_t|g_t|/\sqrt t`, the left side of lemma 10.3."""
    terms = (abs(xp.interval(g)) / xp.sqrt(t) for t, g in enumerate(gradients, start=1))
    return sum(terms, xp.interval(0))


def _lemma_10_4(xp: IntervalNamespace, rule: Rule, gradients: Sequence[Any], **hyper: Any) -> Any:
    r""":math:`\sum_t\hat m_t^2/\sqrt{t\hat v_t}`, read off the steps."""
    steps = feed(rule, gradients, xp, theta0=xp.interval(0), alpha=1, eps=0, **hyper)
    return sum((s.delta**2 * s.metric / xp.sqrt(s.t) for s in steps), xp.interval(0))


def _theorem_game(
    gradients: Sequence[int], theta1: Any, star: Any, alpha: Any, **hyper: Any
) -> list[Round]:
    """The algorithm of section 4 on linear losses, one round for each slope."""

    def game(xp: IntervalNamespace, t: int, theta: Interval) -> tuple[Any, Any]:
        return gradients[t - 1] * theta, gradients[t - 1]

    hyper = {"alpha": inverse_sqrt(alpha), "eps": 0, **hyper}
    rule = rules.adam_decayed_beta1
    return enclose(rule, game, theta1, len(gradients), comparator=star, **hyper)


def _on_reals(expression: Any, reals: dict[Any, Any]) -> Any:
    r"""A SymPy expression in Z3's reals; :math:`\lambda^{t-1}` may be one of the symbols."""
    import sympy

    names = {old: sympy.Dummy() for old in reals}
    return sympy.lambdify([*names.values()], expression.subs(names))(*reals.values())


def _decayed() -> tuple[Symbolic, Any]:
    r"""The rule of section 4 with :math:`\epsilon=0` in symbols, and its :math:`\beta_{1,t}`."""
    rule = symbolic(rules.adam_decayed_beta1)
    return rule, rule.equations[0][1]


@dataclass(frozen=True)
class _Games:
    """Many one-dimensional games at once: arrays over (round, game), hyper-parameters by game."""

    t: Any
    g: Any
    alpha: Any
    beta1: Any
    beta2: Any
    lam: Any
    beta1_t: Any
    c: Any  # sqrt(v_hat) / alpha_t
    v_hat: Any
    m: Any
    m_hat: Any
    A: Any
    A_next: Any
    product: Any  # g_t (theta_t - theta*)
    cross: Any  # (theta* - theta_t) m_(t-1)

    def before(self, x: Any) -> Any:
        """The value of the round before, 0 in round 1."""
        import numpy as np

        return np.concatenate([0 * x[:1], x[:-1]])

    @property
    def momentum(self) -> Any:
        r""":math:`\hat m_t^2/\sqrt{\hat v_t}` with 0/0 := 0."""
        import numpy as np

        root = self.v_hat**0.5
        return np.divide(self.m_hat**2, root, out=0 * root, where=root > 0)


def _games(rule: Rule, seed: int, n: int = 600, horizon: int = 60) -> _Games:
    """Draw games on linear losses: seven kinds of gradients, all hyper-parameters, both points."""
    import numpy as np
    import sympy

    rng = np.random.default_rng(seed)
    t = np.arange(1.0, horizon + 1)[:, None]
    noise = rng.standard_normal((horizon, n))
    kinds = np.stack(
        [
            noise,
            np.sign(noise),
            np.ones_like(noise),
            noise * (rng.random((horizon, n)) < 0.1),
            t**-0.5 * np.ones_like(noise),
            rng.uniform(0.8, 1.25, n) ** t,
            np.where(t % 3 == 1, rng.uniform(1, 20, n), -1.0),
        ]
    )
    g = kinds[rng.integers(len(kinds), size=n), :, np.arange(n)].T * 10 ** rng.uniform(-2, 2, n)
    beta2 = 1 - 10 ** rng.uniform(-3, -0.001, n)
    gamma = rng.uniform(0, 0.999, n) * (rng.random(n) < 0.9)
    hyper: dict[str, Any] = {
        "alpha": 10 ** rng.uniform(-2, 1, n),
        "beta1": (gamma * beta2**0.5) ** 0.5,
        "beta2": beta2,
    }
    lam = rng.uniform(0.01, 1, n) if "lam" in rule.defaults else np.ones(n)
    start, star = rng.uniform(-1, 1, (2, n))
    given = {**hyper, "lam": lam} if "lam" in rule.defaults else hyper
    given = {**given, "alpha": inverse_sqrt(hyper["alpha"]), "eps": 0.0}
    fed = feed(rule, list(g), theta0=start, **given)
    after = np.stack([s.theta for s in fed])
    theta = np.concatenate([start[None], after[:-1]])
    c = np.stack([s.metric for s in fed]) * t**0.5 / hyper["alpha"]
    m = np.stack([s.state["m"] for s in fed])
    decayed, beta1_t = _decayed()
    s = decayed.symbols
    beta1_t = sympy.lambdify((s.beta1, s.lam, s.t), beta1_t)(hyper["beta1"], lam, t)
    return _Games(
        t=t,
        g=g,
        lam=lam,
        **hyper,
        beta1_t=beta1_t,
        c=c,
        v_hat=np.stack([s.metric for s in fed]) ** 2,
        m=m,
        m_hat=-np.stack([s.delta for s in fed]) * c,
        A=(theta - star) ** 2,
        A_next=(after - star) ** 2,
        product=g * (theta - star),
        cross=(star - theta) * np.concatenate([0 * m[:1], m[:-1]]),
    )


def _at_most(left: Any, right: Any, *sizes: Any) -> bool:
    """Whether left <= right up to rounding, for terms of the given sizes."""
    import numpy as np

    size = sum((np.abs(x) for x in (left, right, *sizes)), 0.0)
    return bool((left - right <= _SLACK * size).all())


def _cases(games: _Games) -> str:
    rounds, n = games.g.shape
    return f"{n} games of {rounds} rounds"


def _kept(games: _Games) -> Any:
    return games.beta1**2 < 0.999 * games.beta2


def _momentum_factor(games: _Games, power: int) -> Any:
    """The factor of the norm in lemma 10.4 as repaired, with this power of 1/(1 - beta1)."""
    import numpy as np

    b1, b2 = games.beta1[_kept(games)], games.beta2[_kept(games)]
    root = ((1 - b2) * (1 - b1**2 / b2)) ** 0.5
    return (1 + b1) * np.sqrt(1 + np.log(games.t)) / ((1 - b1) ** power * root)


def _momentum_ratio(games: _Games, power: int) -> Any:
    """Left over right side of lemma 10.4 as repaired, for every round."""
    import numpy as np

    kept = _kept(games)
    left = np.cumsum((games.momentum / games.t**0.5)[:, kept], axis=0)
    norm = np.cumsum(games.g[:, kept] ** 2, axis=0) ** 0.5
    return np.divide(left, _momentum_factor(games, power) * norm, out=0 * left, where=norm > 0)


# --------------------------------------------------------------------------------------------------
# The lemmas


@claim(
    "C19",
    "a convex function lies above its tangents",
    where="appendix, lemma 10.2; first line of the proof",
    section="10",
)
def tangents() -> Iterator[Finding]:
    r"""If $f:\mathbb R^d\to\mathbb R$ is convex and differentiable, then
    $f(y)\ge f(x)+\nabla f(x)^\top(y-x)$ for all $x,y$; hence
    $f_t(\theta_t)-f_t(\theta^*)\le\langle g_t,\theta_t-\theta^*\rangle$, the first line of the
    proof of Theorem 10.5.
    """
    import numpy as np
    import sympy
    import z3

    step, at_x, at_y, between = z3.Reals("lambda f_x f_y f_between")
    chord = between <= step * at_y + (1 - step) * at_x
    above = (between - at_x) / step > at_y - at_x
    x, y, h, k, s = sympy.symbols("x y h k s", real=True)
    f = sympy.Function("f")
    slope = sympy.diff(f(x + s * h, y + s * k), s).subs(s, 0).doit()
    gradient = h * sympy.diff(f(x, y), x) + k * sympy.diff(f(x, y), y)
    yield supports(
        r"The chord's inequality says that the difference quotient "
        r"$\frac{f(x+\lambda(y-x))-f(x)}\lambda$ is at most $f(y)-f(x)$, for $0<\lambda\le1$.",
        impossible(step > 0, step <= 1, chord, above),
        method="Z3",
        claimed="f(y) − f(x) ≥ ∇f(x)·(y−x)",
        measured="proved",
        prose="The quotient's limit is at most what bounds the quotients. With a subgradient the "
        "inequality is the definition.",
    )
    yield supports(
        r"The limit of the quotient at $\lambda\to0$ is $\nabla f(x)^\top(y-x)$ (the chain rule; "
        r"shown for two coordinates).",
        identical(slope, gradient),
        method="SymPy",
    )
    rng = np.random.default_rng(19)
    z, w = rng.normal(size=(2, 10_000)) * 10 ** rng.uniform(-2, 2, 10_000)
    target = np.sign(rng.standard_normal(10_000))
    xp = namespace_of(z)
    yield supports(
        "So do the package's own losses with their own slopes: 10,000 pairs of points each.",
        all(
            _at_most(
                loss.value(xp, z, target) - loss.value(xp, w, target),
                loss.slope(xp, z, target) * (z - w),
                loss.value(xp, z, target),
                loss.value(xp, w, target),
            )
            for loss in LOSSES.values()
        ),
        method="property test",
        measured=", ".join(LOSSES),
    )


@claim(
    "C20",
    "gradients of at most G∞: the sum of √(g_t²/t) is at most 2G∞ times their norm",
    where="appendix, lemma 10.3",
    section="10",
)
def lemma_10_3() -> Iterator[Finding]:
    r"""If $\lvert g_t\rvert\le G_\infty$ for $t\le T$, then
    $\sum_{t\le T}\sqrt{g_t^2/t}\le2G_\infty\lVert g_{1:T}\rVert_2$.
    """
    xp = IntervalNamespace()

    def sides(G: Any, g: Sequence[Any]) -> tuple[Interval, Interval]:
        return _over_roots(xp, g), 2 * G * _norm(xp, g)

    quarter = Fraction(1, 4)
    left, right = sides(quarter, [quarter])
    yield contradicts(
        r"$T=1$, $g_1=G_\infty=\frac14$: the left side is of degree 1 in $g$, the right of 2.",
        left > right,
        method="intervals",
        claimed=f"at most {right.upper}",
        measured=f"{left.lower}",
    )
    left, right = sides(1, [1 / xp.sqrt(t) for t in range(1, 32)])
    before = sides(1, [1 / xp.sqrt(t) for t in range(1, 31)])
    yield contradicts(
        r"$G_\infty=1$: $g_t=1/\sqrt t$ violates it from $T=31$.",
        left > right and before[0] < before[1],
        method="intervals",
        claimed=f"at most {right.upper:.4f}",
        measured=f"{left.lower:.4f}",
    )
    tenth, second = sides(HALF, [HALF] * 10), sides(HALF, [HALF] * 2)
    yield beside(
        r"Rubio's example, $G_\infty=g_t=\frac12$ at $T=10$, violates it, and does from $T=2$ on.",
        tenth[0] > tenth[1] and second[0] > second[1],
        method="intervals",
        claimed=f"at most {tenth[1].upper:.4f}",
        measured=f"{tenth[0].lower:.4f}",
    )


@claim(
    "C21",
    "the induction that proves lemma 10.3",
    where="appendix, proof of lemma 10.3",
    section="10",
)
def induction() -> Iterator[Finding]:
    r"""For $\lvert g_t\rvert\le G_\infty$: the base case
    $\sqrt{g_1^2}\le2G_\infty\lVert g_1\rVert_2$, and the step
    $2G_\infty\sqrt{\lVert g_{1:T}\rVert_2^2-g_T^2}+\sqrt{g_T^2/T}
    \le2G_\infty\lVert g_{1:T}\rVert_2$.
    """
    import z3

    xp = IntervalNamespace()
    g = [1, HALF]
    left = 2 * _norm(xp, g[:1]) + HALF / xp.sqrt(2)
    right = 2 * _norm(xp, g)
    yield contradicts(
        r"The step fails at $T=2$, $G_\infty=1$, $g=(1,\frac12)$.",
        left > right,
        method="intervals",
        claimed=f"at most {right.upper:.4f}",
        measured=f"{left.lower:.4f}",
    )
    G = xp.interval(Fraction(1, 4))
    yield contradicts(
        r"The base case fails at $g_1=G_\infty=\frac14$; it needs $G_\infty\ge\frac12$.",
        abs(G) > 2 * G * abs(G),
        method="intervals",
        claimed="at most 0.125",
        measured="0.25",
    )
    n, N, x, s, bound = z3.Reals("norm norm_before g root_T G")
    given = [x >= 0, s > 0, bound > 0]
    norms = [N >= 0, n > 0, n * n == N * N + x * x, n <= s * bound]
    rooted = n - x * x / (2 * n) < N
    weaker = n - x * x / (2 * n) > n - x * x / (2 * s * bound)
    yield beside(
        r"Its inequality for the root holds: $\sqrt{n^2-g^2}\le n-\frac{g^2}{2n}\le "
        r"n-\frac{g^2}{2\sqrt T\,G_\infty}$ with $n=\lVert g_{1:T}\rVert_2$.",
        impossible(*given, *norms, z3.Or(rooted, weaker)),
        method="Z3",
    )
    substituted = 2 * bound * (n - x * x / (2 * s * bound)) + x / s <= 2 * bound * n
    yield beside(
        r"Substituting it gives the step exactly if $g_T=0$ or $\lvert g_T\rvert\ge1$: "
        r"what arises is $g_T^2/\sqrt T$, what is needed is $\lvert g_T\rvert/\sqrt T$.",
        impossible(*given, n >= 0, substituted != z3.Or(x == 0, x >= 1)),
        method="Z3",
        prose=r"In the last displayed line of the printed proof $G_\infty\sqrt{\dots}$ has lost "
        "its factor 2: a misprint.",
    )


@claim(
    "C22",
    "lemma 10.3 repaired: with g_t² for its root, or with √(1+log T) for 2G∞",
    where="appendix, lemma 10.3, corrected",
    section="10",
    new=True,
)
def lemma_10_3_repaired() -> Iterator[Finding]:
    r"""(a) If $\lvert g_t\rvert\le G_\infty$, then
    $\sum_{t\le T}g_t^2/\sqrt t\le2G_\infty\lVert g_{1:T}\rVert_2$, and no constant below 2 will do.
    (b) For all $g$, $\sum_{t\le T}\lvert g_t\rvert/\sqrt t\le\sqrt{H_T}\,\lVert g_{1:T}\rVert_2
    \le\sqrt{1+\log T}\,\lVert g_{1:T}\rVert_2$ with $H_T=\sum_{t\le T}1/t$, with equality in the
    first for $g_t\propto1/\sqrt t$.
    """
    import sympy
    import z3

    n, N, g, s, G, term = z3.Reals("norm norm_before g root_T G term")
    nonnegative = [x >= 0 for x in (n, N, g, G)]
    step = [s > 0, n * n == N * N + g * g, n <= s * G, term * s == g * g]
    yield supports(
        r"(a) The paper's induction, with the term that it proves: the step, for all $T$; the base "
        r"case is $g_1^2\le2G_\infty\lvert g_1\rvert$.",
        impossible(*nonnegative, *step, 2 * G * N + term > 2 * G * n)
        and impossible(g >= 0, g <= G, g * g > 2 * G * g),
        method="Z3",
        claimed="2 G∞ ‖g‖ and √(1+log T) ‖g‖",
        measured="proved for all T",
        prose=r"The principle of induction; $\lVert g_{1:T}\rVert_2\le\sqrt T\,G_\infty$.",
    )
    yield supports(
        r"(b) Cauchy–Schwarz for $\lvert g_t\rvert\cdot1/\sqrt t$: one more term, for all $T$.",
        _cauchy_schwarz(),
        method="Z3",
    )
    x = sympy.Symbol("x", nonnegative=True)
    growth = sympy.diff(-sympy.log(1 - x) - x, x)
    yield supports(
        r"$\frac1t\le\log\frac t{t-1}$, so $H_T\le1+\log T$: $-\log(1-x)-x$ is 0 at 0 and has the "
        r"derivative $\frac x{1-x}$.",
        identical(growth, x / (1 - x)),
        method="SymPy",
        prose=r"Sum over $t=2..T$ with $x=1/t$.",
    )
    T = sympy.Symbol("T", positive=True)
    yield supports(
        r"(a) is sharp: for $g\equiv G_\infty$ the ratio of the left side to "
        r"$G_\infty\lVert g\rVert_2$ is at least $(2\sqrt T-2)/\sqrt T\to2$.",
        sympy.limit((2 * sympy.sqrt(T) - 2) / sympy.sqrt(T), T, sympy.oo) == 2,
        method="SymPy",
        prose=r"$\sum_{t\le T}1/\sqrt t\ge\int_1^{T+1}dx/\sqrt x\ge2\sqrt T-2$.",
    )
    xp = IntervalNamespace()
    ramp = [1 / xp.sqrt(t) for t in range(1, 101)]
    H = sum((1 / xp.interval(t) for t in range(1, 101)), xp.interval(0))
    yield supports(
        r"(b) is sharp: for $g_t=1/\sqrt t$ both sides are $H_T$ (to within $10^{-30}$, "
        r"$T=100$).",
        abs(_over_roots(xp, ramp) - xp.sqrt(H) * _norm(xp, ramp)) < Fraction(1, 10**30),
        method="intervals",
    )


@claim(
    "C23",
    "γ < 1: the sum of m̂_t²/√(t v̂_t) is at most 2/((1−γ)√(1−β₂)) times the gradients' norm",
    where="appendix, lemma 10.4, the statement",
    section="10",
)
def lemma_10_4() -> Iterator[Finding]:
    r"""For $\beta_1,\beta_2\in[0,1)$ with $\gamma=\beta_1^2/\sqrt{\beta_2}<1$ and bounded
    gradients, Algorithm 1 with $\epsilon=0$ has
    $\sum_{t\le T}\frac{\hat m_t^2}{\sqrt{t\hat v_t}}
    \le\frac2{1-\gamma}\frac1{\sqrt{1-\beta_2}}\lVert g_{1:T}\rVert_2$.
    """
    xp = IntervalNamespace()
    later = (
        r"These gradients violate it for all betas, if $T$ is large: $\hat m_t\ge g_t$, "
        r"as a mean of larger ones, and $t\hat v_t\to1$, so that the left side grows like "
        r"$\log T$ and the right like its root. At the defaults $T$ would be astronomical."
    )
    for beta2, T, prose in ((Fraction(1, 10_000), 31, ""), (Fraction(1, 100), 32, later)):
        g = [1 / xp.sqrt(t) for t in range(1, T + 1)]
        hyper = {"beta1": 0, "beta2": beta2}
        left, before = (_lemma_10_4(xp, rules.adam, g[:k], **hyper) for k in (T, T - 1))
        right, right_before = (2 * _norm(xp, g[:k]) / xp.sqrt(1 - beta2) for k in (T, T - 1))
        yield contradicts(
            rf"$\beta_1=0$, so $\gamma=0$, $\beta_2=\frac1{{{1 / beta2}}}$, $g_t=1/\sqrt t$: "
            rf"violated from $T={T}$.",
            left > right and before < right_before,
            method="intervals",
            claimed=f"at most {right.upper:.5f}",
            measured=f"{left.lower:.5f}, ratio {(left / right).lower:.5f}",
            prose=prose,
        )
    H = sum(Fraction(1, t) for t in range(1, 31))
    ratio = _one_gradient(rules.adam)
    yield beside(
        r"No sequence violates it before $T=31$ if $\beta_1=0$: each term is at most "
        r"$\frac{\lvert g_t\rvert}{\sqrt{t(1-\beta_2)}}$, their sum at most "
        r"$\sqrt{\frac{H_T}{1-\beta_2}}\lVert g_{1:T}\rVert_2$ by C22, and $H_{30}<4$.",
        ratio and H < 4 and _cauchy_schwarz(),
        method="SymPy",
        measured=f"H(30) = {float(H):.5f}",
    )


def _one_gradient(rule: Rule) -> bool:
    r"""Whether :math:`v_t\ge(1-\beta_2)g_t^2`, and :math:`\hat v_t\ge v_t`."""
    adam = symbolic(rule)
    s = adam.symbols
    rest = adam.state["v"] - (1 - s.beta2) * s.g**2
    v_hat = (adam.metric - s.eps) ** 2
    return identical(rest, s.beta2 * s.v) and identical(v_hat * (1 - s.beta2**s.t), adam.state["v"])


@claim(
    "C24",
    "the proof of lemma 10.4 arrives at 2G∞/((1−γ)²√(1−β₂)) times the norm",
    where="appendix, lemma 10.4, last line of its proof",
    section="10",
)
def lemma_10_4_as_proved() -> Iterator[Finding]:
    r"""Under the hypotheses of lemma 10.4 and $\lvert g_t\rvert\le G_\infty$,
    $\sum_{t\le T}\frac{\hat m_t^2}{\sqrt{t\hat v_t}}
    \le\frac{2G_\infty}{(1-\gamma)^2\sqrt{1-\beta_2}}\lVert g_{1:T}\rVert_2$. It is this line, not
    the lemma's statement, that the theorem uses.
    """
    xp = IntervalNamespace()
    g, beta2 = xp.interval(Fraction(2, 5)), Fraction(1, 100)
    left = _lemma_10_4(xp, rules.adam, [g], beta1=0, beta2=beta2)
    root = xp.sqrt(1 - beta2)
    right = 2 * g * _norm(xp, [g]) / root
    yield contradicts(
        r"$T=1$, $\beta_1=0$, $\beta_2=\frac1{100}$, $g_1=G_\infty=\frac25$.",
        left > right,
        method="intervals",
        claimed=f"at most {right.upper:.4f}",
        measured=f"{left.lower:.4f}",
    )
    yield beside(
        "It is another inequality than the statement, which holds in this example.",
        left < 2 * _norm(xp, [g]) / root,
        method="intervals",
    )


@claim(
    "C25",
    "lemma 10.4 repaired: with √(1+log T)/((1−β₁)√((1−β₂)(1−β₁²/β₂))) if β₁² < β₂",
    where="appendix, lemma 10.4, corrected",
    section="10",
    new=True,
)
def lemma_10_4_repaired() -> Iterator[Finding]:
    r"""For Algorithm 1 with $\epsilon=0$, $0/0:=0$, $0<\beta_2<1$ and $0\le\beta_1<\sqrt{\beta_2}$,
    and all gradients,
    $\sum_{t\le T}\frac{\hat m_t^2}{\sqrt{t\hat v_t}}\le
    \frac{\sqrt{1+\log T}}{(1-\beta_1)\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}}
    \lVert g_{1:T}\rVert_2$.
    """
    import sympy

    yield supports(
        r"With $S_t=\sum_k\beta_1^k\lvert g_{t-k}\rvert$ and $r=\beta_1^2/\beta_2$, "
        r"$S_t^2\le\sum_k\beta_2^kg_{t-k}^2\,\sum_kr^k$: Cauchy–Schwarz; one more term, for all "
        "$t$.",
        _cauchy_schwarz(),
        method="Z3",
        claimed="the constant",
        measured="proved",
        prose=r"By C12 $\lvert m_t\rvert\le(1-\beta_1)S_t$, and $v_t$ is $1-\beta_2$ times the "
        r"first sum; so $\frac{m_t^2}{\sqrt{v_t}}\le\frac{(1-\beta_1)^2}{\sqrt{(1-\beta_2)(1-r)}}"
        r"S_t$. Divide by $\sqrt t$, use $t\ge t-k$, sum over $t$, swap the sums, "
        r"$\sum_k\beta_1^k\le\frac1{1-\beta_1}$, and C22 (b).",
    )
    yield supports(
        r"The bias correction costs $\frac{\sqrt{1-\beta_2^t}}{(1-\beta_1^t)^2}\le"
        r"\frac1{(1-\beta_1)^2}$, as the paper says.",
        _corrections(),
        method="Z3",
    )
    games = _games(rules.adam, 25, n=4000)
    ratio = _momentum_ratio(games, power=0) * (1 - games.beta1[_kept(games)] ** 2)
    yield supports(
        "In every round of random runs, those with $\\beta_1^2<\\beta_2$.",
        ratio.shape[1] > 2000 and bool((ratio < 1 + _SLACK).all()),
        method="property test",
        measured=f"{ratio.shape[1]} games of 60 rounds, largest ratio {ratio.max():.3f}",
    )
    adam = unroll(rules.adam, 1, eps=0, alpha=1, beta1=0)[0]
    beta2 = symbolic(rules.adam).symbols.beta2
    first = adam.delta**2 * adam.metric * sympy.sqrt(1 - beta2) / sympy.Abs(adam.g)
    yield beside(
        r"No factor below 1 can be put before it: at $T=1$, $\beta_1=0$ the ratio of the sides is "
        r"$\sqrt{1-\beta_2}$, which tends to 1 as $\beta_2\to0$.",
        identical(first, sympy.sqrt(1 - beta2)),
        method="SymPy",
        prose=r"Where $\beta_1>0$ the constant can be lowered: N27.",
    )


def _corrections() -> bool:
    """Whether sqrt(1 - beta2^t) / (1 - beta1^t)^2 <= 1 / (1 - beta1)^2 for all t."""
    import z3

    b, power, root = z3.Reals("beta1 beta1_to_t root")
    given = [b >= 0, b < 1, power >= 0, power <= b, root >= 0, root <= 1]
    return impossible(*given, root * (1 - b) ** 2 > (1 - power) ** 2)


# --------------------------------------------------------------------------------------------------
# Inside lemma 10.4


@claim(
    "C63",
    "the lines of the proof of lemma 10.4 that bound one term of its sum",
    where="appendix, proof of lemma 10.4, first five lines",
    section="10",
)
def one_term() -> Iterator[Finding]:
    r"""(a) $\frac{\sqrt{1-\beta_2^T}}{(1-\beta_1^T)^2}\le\frac1{(1-\beta_1)^2}$;
    (b) $\big(\sum_{k\le T}x_k\big)^2\le T\sum_{k\le T}x_k^2$;
    (c) $\sum_{j\le T}(1-\beta_2)\beta_2^{T-j}g_j^2\ge(1-\beta_2)\beta_2^{T-k}g_k^2$ for each $k$;
    (d) so that in Algorithm 1 with $\epsilon=0$, $0/0:=0$ and $\beta_2>0$,
    $\frac{\hat m_T^2}{\sqrt{T\hat v_T}}\le\frac{T}{\sqrt{T(1-\beta_2)}}
    \sum_{k\le T}\gamma^{T-k}\lvert g_k\rvert$.
    """
    import numpy as np
    import sympy

    yield supports(
        r"(a), with $\beta_1^T\le\beta_1$, for all $T$.",
        _corrections(),
        method="Z3",
        claimed="(d)",
        measured="proved",
    )
    yield supports(
        "(b) is Cauchy–Schwarz with ones: one more term, for all $T$.",
        _cauchy_schwarz(),
        method="Z3",
    )
    adam = symbolic(rules.adam)
    s = adam.symbols
    yield supports(
        r"(c) by the rule's own line $v_t=\beta_2v_{t-1}+(1-\beta_2)g_t^2$ with its two "
        "nonnegative terms.",
        _one_gradient(rules.adam),
        method="SymPy",
        prose=r"By induction $g_k^2$ stays in $v_T$ with the factor $(1-\beta_2)\beta_2^{T-k}$.",
    )
    T = sympy.Symbol("T", positive=True)
    j = sympy.Symbol("j", nonnegative=True)
    size = sympy.Symbol("g", positive=True)
    term = T * ((1 - s.beta1) * s.beta1**j * size) ** 2 / (1 - s.beta1) ** 2
    term /= sympy.sqrt(T * (1 - s.beta2)) * s.beta2 ** (j / 2) * size
    gamma = s.beta1**2 / sympy.sqrt(s.beta2)
    yield supports(
        r"(d) what (a) to (c) leave of the term with $g_k$ is "
        r"$\frac{T}{\sqrt{T(1-\beta_2)}}\gamma^{T-k}\lvert g_k\rvert$.",
        identical(
            sympy.powsimp(sympy.expand_power_base(term, force=True), force=True),
            sympy.expand_power_base(T / sympy.sqrt(T * (1 - s.beta2)) * gamma**j * size),
        ),
        method="SymPy",
    )
    games = _games(rules.adam, 63)
    left = games.momentum / games.t**0.5
    right = games.t**0.5 / (1 - games.beta2) ** 0.5 * _discounted(games)
    yield supports(
        "(d) in every round of random runs.",
        _at_most(left, right) and bool(np.isfinite(right).all()),
        method="property test",
        measured=_cases(games),
    )


def _discounted(games: _Games) -> Any:
    r""":math:`\sum_{k\le t}\gamma^{t-k}|g_k|` for each t."""
    import numpy as np

    gamma = games.beta1**2 / games.beta2**0.5
    sums, total = [], 0 * gamma
    for g in games.g:
        total = gamma * total + abs(g)
        sums.append(total)
    return np.stack(sums)


@claim(
    "C64",
    "lemma 10.4: the terms' bounds add up to the sum of abs(g_t)/√(t(1−β₂)) Σ_j tγ^j, j ≤ T−t",
    where="appendix, proof of lemma 10.4, after 'Similarly'",
    section="10",
)
def swapped_sums() -> Iterator[Finding]:
    r"""Summed over $t\le T$, the bounds $\sqrt{\frac{t}{1-\beta_2}}\sum_{k\le t}\gamma^{t-k}
    \lvert g_k\rvert$ of the terms are at most
    $\sum_{t\le T}\frac{\lvert g_t\rvert}{\sqrt{t(1-\beta_2)}}\sum_{j=0}^{T-t}t\gamma^j$.
    """
    import sympy

    gamma, g1, g2 = sympy.symbols("gamma g1 g2", positive=True)
    size = [g1, g2]
    bounds = sum(
        sympy.sqrt(sympy.Integer(t)) * sum(gamma ** (t - k) * size[k - 1] for k in range(1, t + 1))
        for t in (1, 2)
    )
    printed = sum(
        size[t - 1] / sympy.sqrt(sympy.Integer(t)) * sum(t * gamma**j for j in range(2 - t + 1))
        for t in (1, 2)
    )
    yield contradicts(
        r"At $T=2$ the bounds exceed it by $(\sqrt2-1)\gamma\lvert g_1\rvert/\sqrt{1-\beta_2}$: "
        r"swapping the sums gives $\sqrt{k+j}$ where the paper has $\sqrt k$, the wrong direction "
        r"whenever $\gamma>0$.",
        identical(bounds - printed, (sympy.sqrt(2) - 1) * gamma * g1),
        method="SymPy",
        claimed="1 + γ for g = (1, 0)",
        measured="1 + √2 γ",
        prose="The displayed inequality between the two ends, lemma 10.4's left side and this, is "
        "true all the same, for another reason: N26.",
    )


@claim(
    "C65",
    "lemma 10.4: Σ_j tγ^j is at most 1/(1−γ)², by the arithmetic-geometric series",
    where="appendix, proof of lemma 10.4, 'For γ < 1'",
    section="10",
)
def fixed_index() -> Iterator[Finding]:
    r"""For $\gamma<1$,
    $\sum_{t\le T}\frac{\lvert g_t\rvert}{\sqrt{t(1-\beta_2)}}\sum_{j=0}^Tt\gamma^j
    \le\frac1{(1-\gamma)^2\sqrt{1-\beta_2}}\sum_{t\le T}\frac{\lvert g_t\rvert}{\sqrt t}$.
    """
    import sympy

    xp = IntervalNamespace()
    loud = xp.sqrt(2) * sum(Fraction(0) ** j for j in range(3))  # 2/sqrt(2) times the series
    yield contradicts(
        r"$T=2$, $\beta_1=0$, so $\gamma=0$, $g=(0,1)$: the series quoted has the summand "
        r"$t\gamma^t$, summed over $t$; here $t$ is fixed, and the inner sum is $t$.",
        loud > 1 / xp.sqrt(2),
        method="intervals",
        claimed="at most 0.7071/√(1−β₂)",
        measured=f"{loud.lower:.4f}/√(1−β₂)",
    )

    def fails(t: int, T: int, at: Fraction) -> bool:
        total = t * sum(at**j for j in range(T + 1))
        return total > 1 / (1 - at) ** 2

    # gamma at the defaults is 0.81/sqrt(0.999), between these two
    near = [Fraction(81041, 100_000), Fraction(81040, 100_000)]
    default = Fraction(81, 100) / xp.sqrt(Fraction(999, 1000))
    yield beside(
        r"At the defaults, $\gamma=0.8104$, the bound of one summand fails at $t=T=7$ and not "
        r"before; for $t=6$ only from $T=10$ on.",
        near[1] < default
        and default < near[0]
        and all(
            fails(7, 7, x) and fails(6, 10, x) and not fails(6, 9, x) and not fails(5, 500, x)
            for x in near
        ),
        method="intervals",
    )
    t, gamma = sympy.Symbol("t", integer=True, positive=True), sympy.Symbol("gamma", positive=True)
    partial = (gamma - (t + 1) * gamma ** (t + 1) + t * gamma ** (t + 2)) / (1 - gamma) ** 2
    yield beside(
        r"The series that is quoted is right: $\sum_{t\ge1}t\gamma^t=\frac\gamma{(1-\gamma)^2}$.",
        identical(partial.subs(t, 1), gamma)
        and identical(partial - partial.subs(t, t - 1), t * gamma**t),
        method="SymPy",
        prose="The partial sums are by SymPy; let their number grow.",
    )
    yield beside(
        r"At $T=1$ the line holds: $(1+\gamma)(1-\gamma)^2\le1$ on $[0,1)$.",
        identical(1 - (1 + gamma) * (1 - gamma) ** 2, gamma * (1 + gamma * (1 - gamma))),
        method="SymPy",
    )


# --------------------------------------------------------------------------------------------------
# The proof of Theorem 10.5


@claim(
    "C26",
    "√v̂_t is at most the norm of g_1..g_t and at most G∞; the sums are at most dG∞√T",
    where="theorem 4.1, corollary 4.2, proof of theorem 10.5",
    section="10",
)
def sizes() -> Iterator[Finding]:
    r"""With $\lvert g_{t,i}\rvert\le G_\infty$: $\sqrt{\hat v_{t,i}}\le\lVert g_{1:t,i}\rVert_2$,
    $\sqrt{\hat v_{t,i}}\le G_\infty$, $\sum_i\lVert g_{1:T,i}\rVert_2\le dG_\infty\sqrt T$ and
    $\sum_i\sqrt{T\hat v_{T,i}}\le dG_\infty\sqrt T$.
    """
    import numpy as np
    import z3

    adam, _ = _decayed()
    s = adam.symbols
    beta2, v, g, G, power, square = z3.Reals("beta2 v g G power square")
    new = _on_reals(adam.state["v"], {s.beta2: beta2, s.v: v, s.g: g})
    given = [beta2 > 0, beta2 < 1, power > 0, power <= 1, v >= 0, G >= 0, square >= 0]
    below_G = [g * g <= G * G, v <= (1 - power) * G * G, new > (1 - beta2 * power) * G * G]
    below_norm = [v <= (1 - power) * square, new > (1 - beta2 * power) * (square + g * g)]
    yield supports(
        r"By induction on the rule's line for $v_t$, for all $t$: "
        r"$v_t\le(1-\beta_2^t)G_\infty^2$ and $v_t\le(1-\beta_2^t)\lVert g_{1:t}\rVert_2^2$.",
        impossible(*given, *below_G) and impossible(*given, *below_norm),
        method="Z3",
        claimed="four bounds",
        measured="proved for all t",
        prose=r"Induction starts at $v_0=0$, $\beta_2^0=1$. The two sums follow from "
        r"$\lVert g_{1:T,i}\rVert_2^2\le TG_\infty^2$ in each coordinate.",
    )
    yield supports(
        r"The rule divides by $\sqrt{v_t/(1-\beta_2^t)}$.",
        identical((adam.metric - s.eps) ** 2, adam.state["v"] / (1 - s.beta2**s.t)),
        method="SymPy",
    )
    games = _games(rules.adam_decayed_beta1, 26)
    largest = np.maximum.accumulate(abs(games.g), axis=0)
    norm = np.cumsum(games.g**2, axis=0) ** 0.5
    root = games.v_hat**0.5
    yield supports(
        "In every round of random runs.",
        _at_most(root, largest) and _at_most(root, norm) and _at_most(norm, games.t**0.5 * largest),
        method="property test",
        measured=_cases(games),
    )


@claim(
    "C60",
    "the update squared and solved for g_t(θ_t − θ*)",
    where="appendix, proof of theorem 10.5, up to the first equality for g_t(θ_t − θ*)",
    section="10",
)
def squared() -> Iterator[Finding]:
    r"""With $\epsilon=0$, $\beta_{1,t}=\beta_1\lambda^{t-1}$ and $A_t=(\theta_t-\theta^*)^2$:
    $\hat m_t=\frac{\beta_{1,t}m_{t-1}+(1-\beta_{1,t})g_t}{1-\beta_1^t}$, and
    $g_t(\theta_t-\theta^*)
    =\frac{(1-\beta_1^t)\sqrt{\hat v_t}}{2\alpha_t(1-\beta_{1,t})}(A_t-A_{t+1})
    +\frac{\beta_{1,t}}{1-\beta_{1,t}}(\theta^*-\theta_t)m_{t-1}
    +\frac{\alpha_t(1-\beta_1^t)\sqrt{\hat v_t}}{2(1-\beta_{1,t})}
    \big(\frac{\hat m_t}{\sqrt{\hat v_t}}\big)^2$.
    """
    import sympy

    adam, b = _decayed()
    s = adam.symbols
    star, root = sympy.Symbol("theta_star", real=True), sympy.Symbol("root", positive=True)
    metric = adam.metric.subs(s.eps, 0)
    new = adam.theta.subs(s.eps, 0).subs(metric, root)
    m_hat = (s.theta - new) * root / s.alpha
    yield supports(
        r"The rule's step is $\alpha_t\hat m_t/\sqrt{\hat v_t}$ with this $\hat m_t$, for symbolic "
        "$t$ and all numbers.",
        not new.has(s.v) and identical(m_hat, (b * s.m + (1 - b) * s.g) / (1 - s.beta1**s.t)),
        method="SymPy",
        claimed="the equality",
        measured="an identity, for every t",
    )
    A, A_next = (s.theta - star) ** 2, (new - star) ** 2
    printed = (
        (1 - s.beta1**s.t) * root / (2 * s.alpha * (1 - b)) * (A - A_next)
        + b / (1 - b) * (star - s.theta) * s.m
        + s.alpha * (1 - s.beta1**s.t) * root / (2 * (1 - b)) * (m_hat / root) ** 2
    )
    yield supports(
        r"Its square, solved for $g_t(\theta_t-\theta^*)$, is the printed equality.",
        identical(printed, s.g * (s.theta - star)),
        method="SymPy",
        prose=r"The paper splits the middle term by $\hat v_{t-1}^{1/4}/\sqrt{\alpha_{t-1}}$, "
        r"which is $0/0$ at $t=1$: harmless, since $m_0=0$. It needs $\hat v_t>0$: where "
        r"$\hat v_t=0$ all gradients so far are 0, and so are both sides.",
    )
    games = _games(rules.adam_decayed_beta1, 60)
    first, cross, last = _line_4(games)
    yield supports(
        "In every round of random runs.",
        _at_most(abs(first + cross + last - games.product), 0.0, first, games.c * games.A, last),
        method="property test",
        measured=_cases(games),
    )


def _line_4(games: _Games) -> tuple[Any, Any, Any]:
    """The three terms of the printed equality for g_t (theta_t - theta*)."""
    import numpy as np

    b, t = games.beta1_t, games.t
    debias = 1 - games.beta1**t
    first = debias * games.c / (2 * (1 - b)) * (games.A - games.A_next)
    last = np.divide(debias * games.m_hat**2, 2 * (1 - b) * games.c, out=0 * b, where=games.c > 0)
    return first, b / (1 - b) * games.cross, last


@claim(
    "C61",
    "Young's inequality on the middle term, the factor of the last, and m² ≤ m̂²",
    where="appendix, proof of theorem 10.5, 'use Young's inequality'",
    section="10",
)
def young() -> Iterator[Finding]:
    r"""With $0\le\beta_{1,t}\le\beta_1<1$:
    $\frac{\beta_{1,t}}{1-\beta_{1,t}}(\theta^*-\theta_t)m_{t-1}
    \le\frac{\beta_{1,t}}{2\alpha_{t-1}(1-\beta_{1,t})}A_t\sqrt{\hat v_{t-1}}
    +\frac{\beta_1\alpha_{t-1}}{2(1-\beta_1)}\frac{m_{t-1}^2}{\sqrt{\hat v_{t-1}}}$,
    $\frac{1-\beta_1^t}{1-\beta_{1,t}}\le\frac1{1-\beta_1}$, and $m_t^2\le\hat m_t^2$.
    """
    import sympy
    import z3

    b, B, c, x, m = sympy.symbols("b B c x m", positive=True)
    right = b * c * x**2 / (2 * (1 - b)) + B * m**2 / (2 * (1 - B) * c)
    square = b * (c * x - m) ** 2 / (2 * (1 - b) * c)
    rest = (B - b) * m**2 / (2 * (1 - b) * (1 - B) * c)
    yield supports(
        r"Young: right side minus left is a multiple of $(c(\theta^*-\theta_t)-m_{t-1})^2$ and one "
        r"of $(\beta_1-\beta_{1,t})m_{t-1}^2$, with $c=\sqrt{\hat v_{t-1}}/\alpha_{t-1}>0$.",
        identical(right - b / (1 - b) * x * m, square + rest),
        method="SymPy",
        claimed="three inequalities",
        measured="proved",
        prose=r"Where $\hat v_{t-1}=0$ also $m_{t-1}=0$, and both sides are 0.",
    )
    now, first, power = z3.Reals("beta1_t beta1 beta1_to_t")
    given = [now >= 0, now <= first, first < 1, power >= 0, power <= first]
    yield supports(
        r"The other two, from $0\le\beta_1^t\le\beta_1$.",
        impossible(*given, (1 - power) * (1 - first) > 1 - now)
        and impossible(*given, (1 - power) ** 2 > 1),
        method="Z3",
    )
    games = _games(rules.adam_decayed_beta1, 61)
    _, cross, last = _line_4(games)
    b1 = games.beta1
    yield supports(
        "In every round of random runs.",
        _at_most(cross, _young(games)[0] + _young(games)[1])
        and _at_most(last * 2 * (1 - b1), games.momentum * games.alpha / games.t**0.5)
        and _at_most(games.m**2, games.m_hat**2, games.c**2 * 1e-6),
        method="property test",
        measured=_cases(games),
    )


def _young(games: _Games) -> tuple[Any, Any]:
    """The two terms into which the middle term is split."""
    import numpy as np

    b, b1 = games.beta1_t, games.beta1
    c, m = games.before(games.c), games.before(games.m)
    moment = np.divide(m**2, c, out=0 * c, where=c > 0)
    return b / (2 * (1 - b)) * games.A * c, b1 / (2 * (1 - b1)) * moment


@claim(
    "C62",
    "the summation by parts of the squared distances",
    where="appendix, proof of theorem 10.5, 'summing across all the dimensions'",
    section="10",
)
def by_parts() -> Iterator[Finding]:
    r"""For $c_t=\sqrt{\hat v_t}/\alpha_t\ge0$ and $A_t\ge0$,
    $\sum_{t\le T}c_t(A_t-A_{t+1})\le c_1A_1+\sum_{t=2}^TA_t(c_t-c_{t-1})$.
    """
    import numpy as np
    import sympy

    A, A_next, c, before = sympy.symbols("A A_next c c_before", nonnegative=True)
    # left(T) - right(T) = -c_T A_(T+1): true for T = 1, and one more round keeps it
    start = c * (A - A_next) - c * A
    grown = -before * A + c * (A - A_next) - A * (c - before)
    yield supports(
        r"Left minus right is $-c_TA_{T+1}\le0$: for one round, and if so for $T-1$ then for $T$.",
        identical(start, -c * A_next) and identical(grown, -c * A_next),
        method="SymPy",
        claimed="≤",
        measured="an identity, less −c_T A_(T+1)",
        prose="The principle of induction.",
    )
    games = _games(rules.adam_decayed_beta1, 62)
    left = np.cumsum(games.c * (games.A - games.A_next), axis=0)
    right = np.cumsum(games.A * (games.c - games.before(games.c)), axis=0)
    size = np.cumsum(games.c * (games.A + games.A_next), axis=0)
    yield supports(
        "In every round of random runs.",
        _at_most(left, right, size),
        method="property test",
        measured=_cases(games),
    )


@claim(
    "C27",
    "√v̂_t/α_t does not decrease (used without saying so)",
    where="appendix, proof of theorem 10.5, twice: the telescoping sum and the shift of an index",
    section="10",
)
def monotone() -> Iterator[Finding]:
    r"""$\sqrt{\hat v_{t,i}}/\alpha_t\ge\sqrt{\hat v_{t-1,i}}/\alpha_{t-1}$ for all $t\ge2$. Used
    where $(\theta_t-\theta^*)^2$ is replaced by $D^2$ inside the sum over
    $\sqrt{\hat v_t}/\alpha_t-\sqrt{\hat v_{t-1}}/\alpha_{t-1}$.
    """
    import sympy
    import z3

    one, two = unroll(rules.adam_decayed_beta1, 2, eps=0)
    beta2 = symbolic(rules.adam_decayed_beta1).symbols.beta2
    alpha_1, alpha_2 = (inverse_sqrt(1)(SymPyNamespace(), sympy.Integer(t)) for t in (1, 2))
    square = (two.metric / alpha_2) ** 2 / (one.metric / alpha_1) ** 2
    silent = sympy.simplify(square.subs({one.g: 1, two.g: 0}))
    yield contradicts(
        r"$g=(1,0)$: the square of the ratio at $t=2$ is $\frac{2\beta_2}{1+\beta_2}"
        r"=1-\frac{1-\beta_2}{1+\beta_2}<1$, for every $\beta_2<1$ and every $\beta_1$, $\lambda$.",
        identical(silent, 1 - (1 - beta2) / (1 + beta2)),
        method="SymPy",
        claimed="ratio at least 1",
        measured="√(2β₂/(1+β₂))",
    )
    x, y, s = z3.Reals("g1 g2 beta2")
    v_hat = sympy.lambdify((one.g, two.g, beta2), [sympy.cancel(r.metric**2) for r in (one, two)])
    first, second = v_hat(x, y, s)
    falls, quiet = 2 * second < first, y**2 < (1 - s) / 2 * x**2
    yield contradicts(
        r"At $t=2$ it falls exactly if $g_2^2<\frac{1-\beta_2}2g_1^2$.",
        impossible(s > 0, s < 1, x != 0, falls != quiet),
        method="Z3",
    )
    rounds = _theorem_game(
        (1, 0), 1, 0, 1, beta1=Fraction(9, 10), beta2=Fraction(999, 1000), lam=HALF
    )
    first, second = (r.metric * IntervalNamespace().sqrt(r.t) for r in rounds)
    yield beside(
        "In a game at the default betas, in interval arithmetic.",
        second < first,
        method="intervals",
        measured=f"{first.lower:.7f} falls to {second.upper:.7f}",
    )


@claim(
    "C28",
    "the telescoping sum is at most D²√(T v̂_T)/α",
    where="appendix, proof of theorem 10.5, 'From the assumption'",
    section="10",
)
def telescoping() -> Iterator[Finding]:
    r"""If $\lvert\theta_t-\theta^*\rvert\le D$ for $t\le T$, then, with
    $c_t=\sqrt{\hat v_t}/\alpha_t$,
    $c_1(\theta_1-\theta^*)^2+\sum_{t=2}^T(\theta_t-\theta^*)^2(c_t-c_{t-1})
    \le D^2\sqrt{T\hat v_T}/\alpha$.
    """
    xp = IntervalNamespace()
    # f_1 = theta and f_2 = 0 on X = [0, 1], with its minimum at 0
    rounds = _theorem_game((1, 0), 1, 0, 1, beta1=0, beta2=Fraction(1, 4), lam=HALF)
    c = [r.metric * xp.sqrt(r.t) for r in rounds]
    A = [r.theta**2 for r in rounds]
    left = c[0] * A[0] + A[1] * (c[1] - c[0])
    right = rounds[-1].D ** 2 * c[1]
    yield contradicts(
        r"$T=2$, $\alpha=1$, $\beta_1=0$, $\beta_2=\frac14$, $f_1(\theta)=\theta$, $f_2=0$ on "
        r"$\mathcal X=[0,1]$, $\theta_1=1$, $\theta^*=0$: $\theta_2=0$, $D=1$, and the second "
        r"difference is negative but counts nothing.",
        left > right,
        method="intervals",
        claimed=f"at most {right.upper:.4f}",
        measured=f"{left.lower:.4f}",
    )


@claim(
    "C29",
    "the factor (1−β₁^t)/(1−β₁,t) of A_t − A_(t+1) may be replaced by 1/(1−β₁)",
    where="appendix, proof of theorem 10.5, the inequality for g_t(θ_t − θ*)",
    section="10",
)
def signed_factor() -> Iterator[Finding]:
    r"""With $\delta_t=(\theta_t-\theta^*)^2-(\theta_{t+1}-\theta^*)^2$:
    $\frac{1-\beta_1^t}{1-\beta_{1,t}}\frac{\sqrt{\hat v_t}}{2\alpha_t}\delta_t\le
    \frac{\sqrt{\hat v_t}}{2\alpha_t(1-\beta_1)}\delta_t$, and the whole displayed inequality
    $g_t(\theta_t-\theta^*)\le\frac{\sqrt{\hat v_t}}{2\alpha_t(1-\beta_1)}\delta_t
    +\frac{\beta_{1,t}}{2\alpha_{t-1}(1-\beta_{1,t})}(\theta^*-\theta_t)^2\sqrt{\hat v_{t-1}}
    +\frac{\beta_1\alpha_{t-1}}{2(1-\beta_1)}\frac{m_{t-1}^2}{\sqrt{\hat v_{t-1}}}
    +\frac{\alpha_t}{2(1-\beta_1)}\frac{\hat m_t^2}{\sqrt{\hat v_t}}$.
    """
    import z3

    hyper = {"beta1": HALF, "beta2": HALF, "lam": HALF}

    def first_round(slopes: Sequence[int], star: Any) -> tuple[Any, Any, Any, Any]:
        """Both sides of the first inequality, and of the whole line, in round 1."""
        one, two = _theorem_game(slopes, 0, star, 1, **hyper)
        delta = (one.theta - star) ** 2 - (two.theta - star) ** 2
        term = one.metric / 2 * delta  # (1 - beta1) / (1 - beta1) = 1
        replaced = term / (1 - HALF)
        m_hat = (one.theta - two.theta) * one.metric
        line = replaced + m_hat**2 / (2 * (1 - HALF) * one.metric)
        return term, replaced, one.gradient * (one.theta - star), line

    term, replaced, _, _ = first_round((1, 0), Fraction(-1, 4))
    yield contradicts(
        r"$T=1$, $\beta_1=\frac12$, $\alpha=1$, $f_1(\theta)=\theta$ on $\mathcal X=[-\frac14,0]$, "
        r"$\theta_1=0$, $\theta^*=-\frac14$: the step overshoots, $\delta_1=-\frac12$, and the "
        r"first inequality fails.",
        term > replaced,
        method="intervals",
        claimed=f"at most {replaced.upper:g}",
        measured=f"{term.lower:g}",
    )
    # the sum of the losses has its minimum over X = [-2, 1] at 1
    term, replaced, product, line = first_round((1, -2), 1)
    yield contradicts(
        r"In round 1 of $f_1(\theta)=\theta$, $f_2(\theta)=-2\theta$ on $\mathcal X=[-2,1]$, "
        r"$\theta_1=0$, $\theta^*=1$: $\delta_1=-3$, and the whole line says $-1\le-2$.",
        term > replaced and product > line,
        method="intervals",
        claimed=f"at most {line.upper:g}",
        measured=f"{product.lower:g}",
        prose=r"At $T=1$ the whole line cannot fail: its right side is the left side divided by "
        r"$1-\beta_1$, and $g_1(\theta_1-\theta^*)\ge0$ if $\theta^*$ minimises $f_1$.",
    )
    now, first, power, change = z3.Reals("beta1_t beta1 beta1_to_t delta")
    given = [now > 0, now <= first, first < 1, power > 0, power <= first]
    holds = (1 - power) * (1 - first) * change <= (1 - now) * change
    yield beside(
        r"The replacement is right exactly if $\delta_t\ge0$, when $0<\beta_{1,t}$.",
        impossible(*given, holds != (change >= 0)),
        method="Z3",
    )
    games = _games(rules.adam_decayed_beta1, 29)
    replaced = games.c / (2 * (1 - games.beta1)) * (games.A - games.A_next)
    last = games.momentum * games.alpha / games.t**0.5 / (2 * (1 - games.beta1))
    right = replaced + sum(_young(games)) + last
    size = games.c * (games.A + games.A_next) / (1 - games.beta1) + abs(last)
    share = (games.product - right > _SLACK * size).mean()
    yield beside(
        r"On random runs, with a random $\theta^*$, the displayed line fails in a good part of all "
        "rounds.",
        0.1 < share < 0.9,
        method="property test",
        measured=f"{100 * share:.0f}% of {games.g.size} rounds",
    )


@claim(
    "C66",
    "the index of √v̂_(t−1)/α_(t−1) in the third sum may be shifted to t",
    where="appendix, proof of theorem 10.5, last sum of the first bound on R(T)",
    section="10",
)
def shifted() -> Iterator[Finding]:
    r"""$\sum_{t=2}^T\frac{\beta_{1,t}}{2\alpha_{t-1}(1-\beta_{1,t})}(\theta^*-\theta_t)^2
    \sqrt{\hat v_{t-1}}\le\sum_{t=1}^T\frac{\beta_{1,t}}{2\alpha_t(1-\beta_{1,t})}
    (\theta^*-\theta_t)^2\sqrt{\hat v_t}$.
    """
    import sympy

    xp = IntervalNamespace()
    # f_1 = theta and f_2 = 0 on X = [0, 1], from its minimum 0
    rounds = _theorem_game((1, 0), 0, 0, 1, beta1=HALF, beta2=HALF, lam=HALF)
    c = [r.metric * xp.sqrt(r.t) for r in rounds]
    A = [r.theta**2 for r in rounds]
    adam, formula = _decayed()
    s = adam.symbols
    values = [
        formula.subs({s.beta1: sympy.Rational(1, 2), s.lam: sympy.Rational(1, 2), s.t: t})
        for t in (1, 2)
    ]
    b = [Fraction(int(x.p), int(x.q)) for x in values]
    weight = [x / (2 * (1 - x)) for x in b]
    left = weight[1] * A[1] * c[0]
    right = weight[0] * A[0] * c[0] + weight[1] * A[1] * c[1]
    yield contradicts(
        r"$T=2$, $\alpha=1$, $\beta_1=\beta_2=\lambda=\frac12$, $f_1(\theta)=\theta$, $f_2=0$ on "
        r"$\mathcal X=[0,1]$, $\theta_1=\theta^*=0$: the term of $t=2$ falls with "
        r"$\sqrt{\hat v_t}/\alpha_t$ (C27), that of $t=1$ is 0.",
        left > right,
        method="intervals",
        claimed=f"at most {right.upper:.4f}",
        measured=f"{left.lower:.4f}",
        prose="The shift is not needed: N21.",
    )


@claim(
    "C67",
    "lemma 10.4, a statement on Algorithm 1, may be applied to the theorem's decaying β₁,t",
    where="appendix, proof of theorem 10.5, 'We apply Lemma 10.4'",
    section="10",
)
def other_algorithm() -> Iterator[Finding]:
    r"""With $\beta_{1,t}=\beta_1\lambda^{t-1}$, $\lambda\in(0,1)$,
    $\gamma=\beta_1^2/\sqrt{\beta_2}<1$ and $\hat m_t=m_t/(1-\beta_1^t)$, too,
    $\sum_{t\le T}\frac{\hat m_t^2}{\sqrt{t\hat v_t}}
    \le\frac2{1-\gamma}\frac1{\sqrt{1-\beta_2}}\lVert g_{1:T}\rVert_2$.
    """
    import sympy

    xp = IntervalNamespace()
    g = [xp.interval(Fraction(1, 1000)), xp.interval(1)]
    beta = Fraction(999, 1000)
    gamma = beta**2 / xp.sqrt(beta)
    right = 2 / (1 - gamma) / xp.sqrt(1 - beta) * _norm(xp, g)
    betas = {"beta1": beta, "beta2": beta}
    left = _lemma_10_4(xp, rules.adam_decayed_beta1, g, **betas, lam=HALF)
    yield contradicts(
        r"$T=2$, $\beta_1=\beta_2=\frac{999}{1000}$, $\lambda=\frac12$, $g=(\frac1{1000},1)$: the "
        r"weight of $g_2$ is $1-\beta_1\lambda$, no longer $1-\beta_1$, while the divisor is still "
        r"$1-\beta_1^2$.",
        left > right and gamma < 1,
        method="intervals",
        claimed=f"at most {right.upper:.0f}",
        measured=f"{left.lower:.0f}, ratio {(left / right).lower:.4f}",
    )
    one, two = unroll(rules.adam_decayed_beta1, 2, eps=0, alpha=1)
    names = symbolic(rules.adam_decayed_beta1).symbols
    b = sympy.Symbol("b", positive=True)
    silent = {one.g: 0, two.g: 1, names.beta1: b, names.beta2: b}
    m_hat = sympy.cancel((two.delta * two.metric).subs(silent))
    square = m_hat**4 / (2 * (two.metric**2).subs(silent)) * (1 - b) / 4  # over (1 - gamma)^2
    rate = sympy.limit(sympy.cancel(square * (1 - b) ** 3), b, 1)
    rate *= sympy.limit((1 - b ** sympy.Rational(3, 2)) / (1 - b), b, 1) ** 2
    yield beside(
        r"For $g=(0,1)$ and $\beta_1=\beta_2\to1$ the ratio of the sides at $T=2$ grows like "
        r"$\frac3{16}(1-\lambda)^2/\sqrt{1-\beta_1}$, whatever $\lambda<1$.",
        identical(rate, (sympy.Rational(3, 16) * (1 - names.lam) ** 2) ** 2),
        method="SymPy",
    )
    constant = _lemma_10_4(xp, rules.adam, g, **betas)
    yield beside(
        r"With a constant $\beta_1$ the same gradients keep far below.",
        constant < right / 100,
        method="intervals",
        measured=f"{constant.upper:.3f}",
    )


@claim(
    "C30",
    "√v̂_t may be replaced by G∞√(1−β₂) in the last term",
    where="appendix, proof of theorem 10.5, third line of the bound on R(T)",
    section="10",
)
def third_term_root() -> Iterator[Finding]:
    r"""If $\lvert g_t\rvert\le G_\infty$, then $\sum_t\frac{\beta_{1,t}}{1-\beta_{1,t}}
    \sqrt{t\hat v_t}\le G_\infty\sqrt{1-\beta_2}\sum_t\frac{\beta_{1,t}}{1-\beta_{1,t}}\sqrt t$.
    """
    adam, _ = _decayed()
    s = adam.symbols
    before = 1 - s.beta2 ** (s.t - 1)
    v_hat = adam.metric.subs(s.eps, 0) ** 2
    settled = v_hat.subs({s.v: before, s.g: 1}, simultaneous=True)
    yield contradicts(
        r"$g\equiv G_\infty$: $\sqrt{\hat v_t}=G_\infty$ in each round (induction on the rule), "
        r"so every term of the left sum exceeds that of the right, for all $\beta_2\in(0,1)$ and "
        r"$\beta_1>0$, from $T=1$ on.",
        identical(before.subs(s.t, 1)) and identical(settled, 1),
        method="SymPy",
        claimed="G∞√(1−β₂)",
        measured="G∞",
        prose=r"The paper's own $\sqrt{\hat v_t}\le G_\infty$ (C26) gives the right factor.",
    )
    rounds = _theorem_game((1, 1), 0, -1, 1, beta1=HALF, beta2=Fraction(3, 4), lam=HALF)
    yield contradicts(
        r"In a game: $\beta_2=\frac34$, $f_1=f_2=\theta$.",
        all(r.metric > r.G_inf * HALF and 1 in r.metric for r in rounds),
        method="intervals",
        claimed="at most 0.5",
        measured=f"{rounds[0].metric.lower}",
    )


@claim(
    "C31",
    "the sum of β₁,t √t/(1−β₁,t) is at most 1/((1−β₁)(1−λ)²)",
    where="appendix, proof of theorem 10.5, 'arithmetic geometric series upper bound'",
    section="10",
)
def geometric() -> Iterator[Finding]:
    r"""For $\beta_{1,t}=\beta_1\lambda^{t-1}$, $\beta_1\in[0,1)$, $\lambda\in(0,1)$ and all $T$,
    $\sum_{t\le T}\frac{\beta_{1,t}}{1-\beta_{1,t}}\sqrt t\le\frac1{(1-\beta_1)(1-\lambda)^2}$.
    """
    import z3

    adam, formula = _decayed()
    s = adam.symbols
    b, power = z3.Reals("beta1 lambda_power")
    now = _on_reals(formula, {s.beta1: b, s.lam ** (s.t - 1): power})
    yield supports(
        r"Each term is at most $\frac{\beta_1\lambda^{t-1}\,t}{1-\beta_1}$.",
        impossible(b >= 0, b < 1, power > 0, power <= 1, now / (1 - now) > b * power / (1 - b)),
        method="Z3",
        claimed="1/((1−β₁)(1−λ)²)",
        measured="β₁/((1−β₁)(1−λ)²), proved",
        prose=r"$\sqrt t\le t$. The factor $\beta_1$ may be kept.",
    )
    yield supports(
        r"$\sum_{t\le T}t\lambda^{t-1}=\frac{1-\lambda^T(1+T(1-\lambda))}{(1-\lambda)^2}"
        r"\le\frac1{(1-\lambda)^2}$, for every $T$.",
        _weighted_series(),
        method="SymPy",
        prose="Induction on $T$.",
    )
    xp = IntervalNamespace()
    lam, beta1 = Fraction(9, 10), Fraction(9, 10)
    terms = [beta1 * lam ** (t - 1) / (1 - beta1 * lam ** (t - 1)) for t in range(1, 301)]
    total = sum((x * xp.sqrt(t) for t, x in enumerate(terms, start=1)), xp.interval(0))
    bound = 1 / ((1 - beta1) * (1 - lam) ** 2)
    yield beside(
        r"For $\beta_1=\lambda=\frac9{10}$, $T=300$ the bound is generous.",
        total < bound,
        method="intervals",
        claimed=f"at most {float(bound):.0f}",
        measured=f"{total.upper:.1f}",
    )


def _weighted_series() -> bool:
    """Whether sum_(t<=T) t lam^(t-1) is (1 - lam^T (1 + T (1 - lam))) / (1 - lam)^2."""
    import sympy

    T = sympy.Symbol("T", integer=True, positive=True)
    lam = sympy.Symbol("lambda", positive=True)
    closed = (1 - lam**T * (1 + T * (1 - lam))) / (1 - lam) ** 2
    start = identical(closed.subs(T, 1), 1)
    return start and identical(closed - closed.subs(T, T - 1), T * lam ** (T - 1))


@claim(
    "C32",
    "D and D∞, distances between iterates, bound the distance of an iterate from θ*",
    where="theorem 4.1, assumptions; appendix, proof of theorem 10.5, 'From the assumption'",
    section="10",
)
def diameter() -> Iterator[Finding]:
    r"""If $\lVert\theta_n-\theta_m\rVert_2\le D$ for all $m,n\in\{1,\dots,T\}$, then
    $\lVert\theta_t-\theta^*\rVert_2\le D$.
    """
    hyper = {"beta1": 0, "beta2": HALF, "lam": HALF}
    (one,) = _theorem_game((1,), 1, 0, 1, **hyper)
    yield contradicts(
        r"$T=1$, $f_1(\theta)=\theta$ on $\mathcal X=[0,1]$, $\theta_1=1$: there is one iterate, "
        r"$D=0$, and $\theta^*=0$ is at the distance 1.",
        abs(one.theta - 0) == 1,
        method="intervals",
        claimed="0",
        measured="1",
        prose=r"An oversight, easily mended: assume that $\theta^*$ is within $D$ and $D_\infty$ "
        "of the iterates too. We grant it in all other claims.",
    )
    rounds = _theorem_game((1,) * 100, 1, 0, Fraction(1, 100), **hyper)
    spread = rounds[0].theta - rounds[-1].theta
    yield contradicts(
        r"Nor is it only $T=1$: with $\alpha=\frac1{100}$ and $f_t(\theta)=\theta$, a hundred "
        r"iterates stay within $\frac15$ of each other.",
        spread < Fraction(1, 5) and abs(rounds[-1].theta) > spread,
        method="intervals",
        claimed=f"{spread.upper:.3f}",
        measured=f"{abs(rounds[0].theta).lower:g}",
    )


@claim(
    "C36",
    "the third terms of the theorem and of the last line of its proof agree",
    where="theorem 4.1 against the last line of the appendix",
    section="10",
)
def misprint() -> Iterator[Finding]:
    r"""$\frac{D_\infty^2G_\infty\sqrt{1-\beta_2}}{2\alpha(1-\beta_1)(1-\lambda)^2}$, the third
    term of the theorem, is
    $\frac{D_\infty^2G_\infty\sqrt{1-\beta_2}}{2\alpha\beta_1(1-\lambda)^2}$, that of the last
    line of the appendix.
    """
    import sympy

    names = "T alpha beta1 beta2 lam D D_inf G_inf metric_sum gradient_norm_sum"
    symbols = dict(zip(names.split(), sympy.symbols(names, positive=True), strict=True))
    b = symbols["beta1"]
    xp = SymPyNamespace()
    rest = kingma_ba.formula(xp, **symbols, drop_third=True)
    theorem, appendix = (
        kingma_ba.formula(xp, **symbols, form=form) - rest for form in ("theorem", "appendix")
    )
    yield contradicts(
        r"Their ratio is $\frac{\beta_1}{1-\beta_1}$, 9 at the default; the two agree only at "
        r"$\beta_1=\frac12$, and for $\beta_1\to0$ the second tends to infinity.",
        identical(theorem / appendix, b / (1 - b)),
        method="SymPy",
        claimed="1",
        measured="β₁/(1−β₁)",
        prose="A misprint: the line before has the theorem's form.",
    )
    beta1, lam = Fraction(9, 10), Fraction(1, 10)
    first = beta1 / (1 - beta1)
    printed = 1 / (beta1 * (1 - lam) ** 2)
    yield beside(
        r"The last line does not follow from the sum before it: at $\beta_1=\frac9{10}$, "
        r"$\lambda=\frac1{10}$ the first term of $\sum_t\frac{\beta_{1,t}}{1-\beta_{1,t}}\sqrt t$ "
        r"alone exceeds $\frac1{\beta_1(1-\lambda)^2}$.",
        first > printed,
        method="exact",
        claimed=f"at most {float(printed):.4f}",
        measured=f"{float(first):g}",
    )


# --------------------------------------------------------------------------------------------------
# Repairs


@claim(
    "N20",
    "the first term repaired: it grows by D²/(2(1−β₁)) times all falls of (1−β₁^t)√v̂_t/α_t",
    where="proof of theorem 10.5, telescoping, corrected",
    section="10",
)
def falls() -> Iterator[Finding]:
    r"""Let $\lvert\theta_t-\theta^*\rvert\le D$ for $t\le T$, $\beta_{1,t}=\beta_1\lambda^{t-1}$,
    $c'_t=(1-\beta_1^t)\sqrt{\hat v_t}/\alpha_t$ and $V_T=\sum_{t=2}^T\max(c'_{t-1}-c'_t,0)$. Then
    $\sum_{t\le T}\frac{c'_t}{2(1-\beta_{1,t})}(A_t-A_{t+1})\le\frac{D^2}{2(1-\beta_1)}(c'_T+V_T)$.
    Where $\sqrt{\hat v_t}/\alpha_t$ never falls, $V_T=0$, and this is at most the theorem's first
    term $\frac{D^2}{2\alpha(1-\beta_1)}\sqrt{T\hat v_T}$. So the replacement of C29 is a slip that
    can be repaired, and the falls of C27 are all that is lost.
    """
    import numpy as np
    import z3

    D2, c, c_next, A, E, S = z3.Reals("D2 c c_next A E S")
    grown = E + z3.If(c_next > c, c_next - c, 0)
    sums = [c >= 0, c_next >= 0, A >= 0, A <= D2, S + c * A <= D2 * E]
    yield supports(
        r"$S_t=\sum_{s\le t}c'_s(A_s-A_{s+1})$ has $S_t+c'_tA_{t+1}\le D^2(c'_t+V_t)$: if so for "
        "$t$, then for $t+1$.",
        impossible(*sums, S + c_next * A > D2 * grown),
        method="Z3",
        claimed="D²(c'_T + V_T)/(2(1−β₁))",
        measured="proved for all T",
        prose=r"Both inductions start at $t=1$: the first with $c'_1A_1\le D^2c'_1$, the second "
        r"(below) with an equality. Then $D^2E_T-S_T\ge0$ and $A_{T+1}\ge0$ are dropped.",
    )
    b, b_next, b1, S_next, E_next, R = z3.Reals("b b_next b1 S_next E_next R")
    order = [D2 >= 0, b_next >= 0, b_next <= b, b <= b1, S <= D2 * E, S_next <= D2 * E_next]
    weighted = [E_next >= E, D2 * b1 * E - b * (D2 * E - S) >= R]
    more = R + b_next * (S_next - S) > D2 * b1 * E_next - b_next * (D2 * E_next - S_next)
    yield supports(
        r"With weights $b_t=\frac1{1-\beta_{1,t}}$ that do not grow, "
        r"$R_t=\sum_{s\le t}b_s(S_s-S_{s-1})$ has "
        r"$R_t\le b_1D^2E_t-b_t(D^2E_t-S_t)$ with $E_t=c'_t+V_t$: if so for $t$, then for $t+1$.",
        impossible(*order, *weighted, more),
        method="Z3",
    )
    games = _games(rules.adam_decayed_beta1, 20)
    left = np.cumsum(_line_4(games)[0], axis=0)
    size = np.cumsum(games.c * (games.A + games.A_next), axis=0)
    yield supports(
        "In every round of random runs.",
        _at_most(left, _first_term(games), size),
        method="property test",
        measured=_cases(games),
    )


def _corrected(games: _Games) -> Any:
    return (1 - games.beta1**games.t) * games.c


def _first_term(games: _Games) -> Any:
    """The repaired first term, for every round."""
    import numpy as np

    corrected = _corrected(games)
    fallen = np.cumsum(np.maximum(games.before(corrected) - corrected, 0), axis=0)
    D = np.maximum.accumulate(games.A, axis=0) ** 0.5
    return D**2 / (2 * (1 - games.beta1)) * (corrected + fallen)


@claim(
    "N21",
    "the third term repaired: G∞ for G∞√(1−β₂), no index shifted, a factor β₁λ gained",
    where="proof of theorem 10.5, third term, corrected",
    section="10",
)
def third_term() -> Iterator[Finding]:
    r"""If $\lvert\theta_t-\theta^*\rvert\le D_\infty$ and $\lvert g_t\rvert\le G_\infty$, then
    $\sum_{t=2}^T\frac{\beta_{1,t}}{2\alpha_{t-1}(1-\beta_{1,t})}A_t\sqrt{\hat v_{t-1}}
    \le\frac{\beta_1\lambda D_\infty^2G_\infty}{2\alpha(1-\beta_1)(1-\lambda)^2}$ for every $T$.
    """
    import numpy as np
    import z3

    adam, formula = _decayed()
    s = adam.symbols
    b, power = z3.Reals("beta1 lambda_power")
    now = _on_reals(formula, {s.beta1: b, s.lam ** (s.t - 1): power})
    yield supports(
        r"$\frac{\beta_{1,t}}{1-\beta_{1,t}}\le\frac{\beta_1\lambda^{t-1}}{1-\beta_1}$, and "
        r"$\sum_{t\ge2}(t-1)\lambda^{t-1}=\lambda(1-\lambda)^{-2}$.",
        impossible(b >= 0, b < 1, power > 0, power <= 1, now / (1 - now) > b * power / (1 - b))
        and _weighted_series(),
        method="SymPy",
        claimed="β₁λD∞²G∞/(2α(1−β₁)(1−λ)²)",
        measured="proved for all T",
        prose=r"$A_t\le D_\infty^2$, $\sqrt{\hat v_{t-1}}\le G_\infty$ (C26), $\alpha_{t-1}="
        r"\alpha/\sqrt{t-1}$, $\sqrt{t-1}\le t-1$.",
    )
    games = _games(rules.adam_decayed_beta1, 21)
    left = np.cumsum(_young(games)[0], axis=0)
    yield supports(
        "In every round of random runs.",
        _at_most(left, _third_term(games)),
        method="property test",
        measured=_cases(games),
    )


def _third_term(games: _Games) -> Any:
    """The repaired third term, for every round, with the largest gradient and distance so far."""
    import numpy as np

    D2 = np.maximum.accumulate(games.A, axis=0)
    G = np.maximum.accumulate(abs(games.g), axis=0)
    below = 2 * games.alpha * (1 - games.beta1) * (1 - games.lam) ** 2
    return games.beta1 * games.lam * D2 * G / below


@claim(
    "N22",
    "lemma 10.3 holds for all sequences exactly if G∞ ≥ √(1 + 1/2 + ... + 1/T)/2",
    where="appendix, lemma 10.3, when it is true",
    section="10",
)
def smallest_G() -> Iterator[Finding]:
    r"""Given $T$ and $G_\infty>0$: $\sum_{t\le T}\lvert g_t\rvert/\sqrt t\le
    2G_\infty\lVert g_{1:T}\rVert_2$ for all $g$ with $\lvert g_t\rvert\le G_\infty$ if and only if
    $G_\infty\ge\frac12\sqrt{H_T}$. As $H_T\to\infty$, no $G_\infty$ will do for all $T$.
    """
    import sympy

    yield supports(
        r"If: $\sum_t\lvert g_t\rvert/\sqrt t\le\sqrt{H_T}\,\lVert g_{1:T}\rVert_2\le"
        r"2G_\infty\lVert g_{1:T}\rVert_2$, by Cauchy–Schwarz (C22), for all $T$.",
        _cauchy_schwarz(),
        method="Z3",
        claimed="iff G∞ ≥ √H_T/2",
        measured="proved",
    )
    H, G = sympy.symbols("H G", positive=True)
    # g_t = G/sqrt(t): the left side is G H, the norm is G sqrt(H)
    excess = G * H - 2 * G * (G * sympy.sqrt(H))
    yield supports(
        r"Only if: $g_t=G_\infty/\sqrt t$ has left side minus right "
        r"$G_\infty\sqrt{H_T}\,(\sqrt{H_T}-2G_\infty)$.",
        identical(excess, G * sympy.sqrt(H) * (sympy.sqrt(H) - 2 * G)),
        method="SymPy",
    )


@claim(
    "N23",
    "lemma 10.3 first fails at T = 2, 5, 31, 4550 for G∞ = 1/2, 3/4, 1, 3/2",
    where="appendix, lemma 10.3, when it fails",
    section="10",
)
def first_failures() -> Iterator[Finding]:
    r"""The smallest $T$ at which some $g$ with $\lvert g_t\rvert\le G_\infty$ violates lemma 10.3
    is 1 for $G_\infty<\frac12$, and 2, 5, 31, 4550 for $G_\infty=\frac12,\frac34,1,\frac32$.
    """
    xp = IntervalNamespace()
    H, T, found = xp.interval(0), 0, []
    for G in (HALF, Fraction(3, 4), Fraction(1), Fraction(3, 2)):
        while T == 0 or not H > 4 * G**2:
            T += 1
            H = H + Fraction(1, T)
        found.append(T)
    yield supports(
        r"The first $T$ with $H_T>4G_\infty^2$ (N22), by summing $H_T$ rigorously.",
        found == [2, 5, 31, 4550],
        method="intervals",
        claimed="2, 5, 31, 4550",
        measured=", ".join(map(str, found)),
    )


@claim(
    "N27",
    "lemma 10.4 repaired, sharper: with (1+β₁)√(1+log T)/√((1−β₂)(1−β₁²/β₂)) if β₁² < β₂",
    where="appendix, lemma 10.4, corrected",
    section="10",
)
def lemma_10_4_sharper() -> Iterator[Finding]:
    r"""For Algorithm 1 with $\epsilon=0$, $0/0:=0$, $0<\beta_2<1$ and $0\le\beta_1<\sqrt{\beta_2}$,
    and all gradients,
    $\sum_{t\le T}\frac{\hat m_t^2}{\sqrt{t\hat v_t}}\le
    \frac{(1+\beta_1)\sqrt{1+\log T}}{\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}}
    \lVert g_{1:T}\rVert_2$: C25 with a constant $1-\beta_1^2$ times as large.
    """
    import sympy
    import z3

    n, before = z3.Reals("n n_before")
    yield supports(
        r"With $n_t=\sum_{k<t}\beta_1^k=\frac{1-\beta_1^t}{1-\beta_1}$, the weights of the bias "
        r"correction telescope: $\frac{n_t-n_{t-1}}{n_t^2}\le\frac1{n_{t-1}}-\frac1{n_t}$ for "
        r"$t\ge2$.",
        impossible(before > 0, n > before, (n - before) / n**2 > 1 / before - 1 / n),
        method="Z3",
        claimed="the constant",
        measured="proved",
        prose=r"In the proof of C25 keep $\frac{(1-\beta_1)^2}{(1-\beta_1^t)^2}=n_t^{-2}$, with "
        r"$\sqrt{1-\beta_2^t}\le1$. As $n_t$ grows, "
        r"$\sum_{t\ge s}\beta_1^{t-s}n_t^{-2}\le\sum_{t\ge1}\beta_1^{t-1}n_t^{-2}$, "
        r"and $\beta_1^{t-1}=n_t-n_{t-1}$, so that this is at most "
        r"$1+1-\lim_t\frac1{n_t}=1+\beta_1$, where C25 has $\frac1{1-\beta_1}$.",
    )
    b = sympy.Symbol("beta1", positive=True)
    t = sympy.Symbol("t", integer=True, positive=True)
    count = (1 - b**t) / (1 - b)
    yield supports(
        r"$n_1=1$ and $n_t-n_{t-1}=\beta_1^{t-1}$; Cauchy–Schwarz as in C25.",
        identical(count.subs(t, 1), 1)
        and identical(count - count.subs(t, t - 1), b ** (t - 1))
        and _cauchy_schwarz(),
        method="SymPy",
    )
    ratio = _momentum_ratio(_games(rules.adam, 27, n=4000), power=0)
    yield supports(
        "In every round of random runs, those with $\\beta_1^2<\\beta_2$.",
        ratio.shape[1] > 2000 and bool((ratio < 1 + _SLACK).all()),
        method="property test",
        measured=f"{ratio.shape[1]} games of 60 rounds, largest ratio {ratio.max():.3f}",
    )


@claim(
    "N25",
    "lemma 10.4 for a decaying β₁,t: with (1+β₁)√(1+log T)/((1−β₁)²√((1−β₂)(1−β₁²/β₂)))",
    where="appendix, lemma 10.4, for the theorem's schedule",
    section="10",
)
def lemma_10_4_decayed() -> Iterator[Finding]:
    r"""For the algorithm of section 4 ($\beta_{1,t}=\beta_1\lambda^{t-1}$,
    $\hat m_t=m_t/(1-\beta_1^t)$, $\epsilon=0$, $0/0:=0$), $0\le\beta_1<\sqrt{\beta_2}<1$, and all
    gradients, $\sum_{t\le T}\frac{\hat m_t^2}{\sqrt{t\hat v_t}}\le
    \frac{(1+\beta_1)\sqrt{1+\log T}}{(1-\beta_1)^2\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}}
    \lVert g_{1:T}\rVert_2$.
    """
    import z3

    adam, _ = _decayed()
    s = adam.symbols
    b, power, m, g, total = z3.Reals("beta1 lambda_power m g total")
    new = _on_reals(adam.state["m"], {s.beta1: b, s.lam ** (s.t - 1): power, s.m: m, s.g: g})
    given = [b >= 0, b < 1, power > 0, power <= 1, m <= total, m >= -total]
    size = z3.If(g >= 0, g, -g)
    yield supports(
        r"$\lvert m_t\rvert\le\sum_{s\le t}\beta_1^{t-s}\lvert g_s\rvert$, by induction on the "
        "rule's line, for all $t$.",
        impossible(*given, new > b * total + size) and impossible(*given, -new > b * total + size),
        method="Z3",
        claimed="the constant",
        measured="proved",
        prose=r"The rest is the proof of N27, in which $(1-\beta_1)\sum_s\beta_1^{t-s}\lvert g_s"
        r"\rvert$ stood for this sum: the square costs $(1-\beta_1)^{-2}$.",
    )
    games = _games(rules.adam_decayed_beta1, 250, n=3000)
    ratio = _momentum_ratio(games, power=2)
    yield supports(
        "In every round of random runs, those with $\\beta_1^2<\\beta_2$.",
        ratio.shape[1] > 1500 and bool((ratio < 1 + _SLACK).all()),
        method="property test",
        measured=f"{ratio.shape[1]} games of 60 rounds, largest ratio {ratio.max():.3f}",
    )


@claim(
    "N26",
    "lemma 10.4: the line after 'Similarly' is true for another reason, even without a factor √t",
    where="appendix, proof of lemma 10.4, after 'Similarly', corrected",
    section="10",
)
def similarly() -> Iterator[Finding]:
    r"""For Algorithm 1 with $\epsilon=0$, $0/0:=0$, $\beta_1\in[0,1)$, $\beta_2\in(0,1)$,
    $\gamma=\beta_1^2/\sqrt{\beta_2}$ and all gradients, every term has
    $\frac{\hat m_t^2}{\sqrt{t\hat v_t}}
    \le\frac1{\sqrt{1-\beta_2}}\sum_{k\le t}\gamma^{t-k}\lvert g_k\rvert$. Hence
    $\sum_{t\le T}\frac{\hat m_t^2}{\sqrt{t\hat v_t}}
    \le\sum_{t\le T}\frac{\lvert g_t\rvert}{\sqrt{1-\beta_2}}\sum_{j=0}^{T-t}\gamma^j$,
    which is at most the printed
    $\sum_{t\le T}\frac{\lvert g_t\rvert}{\sqrt{t(1-\beta_2)}}\sum_{j=0}^{T-t}t\gamma^j$; and if
    $\gamma<1$, lemma 10.4 holds with $\sqrt T$ for its 2, and so as it stands for $T\le4$.
    """
    import numpy as np
    import sympy

    b1, b2, size = sympy.symbols("beta1 beta2 g", positive=True)
    k = sympy.Symbol("k", nonnegative=True)
    a, y = (b1 / sympy.sqrt(b2)) ** k, b2 ** (k / 2) * size
    yield supports(
        r"With $y_k=\beta_2^{k/2}\lvert g_{t-k}\rvert$ and $a_k=(\beta_1/\sqrt{\beta_2})^k$: "
        r"$(\sum_ka_ky_k)^2\le\sum_ka_k^2y_k\,\sum_ky_k$ and $(\sum_ky_k)^2\le t\sum_ky_k^2$, both "
        "by Cauchy–Schwarz; one more term, for all $t$.",
        _cauchy_schwarz(),
        method="Z3",
        claimed="1/√(1−β₂) Σ_k γ^(t−k) abs(g_k)",
        measured="proved for all t",
        prose=r"By C12 $\lvert m_t\rvert\le(1-\beta_1)\sum_ka_ky_k$ and "
        r"$v_t=(1-\beta_2)\sum_ky_k^2$, so $\frac{m_t^2}{\sqrt{v_t}}\le\frac{(1-\beta_1)^2\sqrt t}"
        r"{\sqrt{1-\beta_2}}\sum_ka_k^2y_k$. Sum over $t$ and swap the sums; $t/\sqrt t\ge1$; "
        r"$\sum_j\gamma^j\le\frac1{1-\gamma}$ and $\sum_t\lvert g_t\rvert\le\sqrt T\,"
        r"\lVert g_{1:T}\rVert_2$.",
    )
    yield supports(
        r"$a_ky_k=\beta_1^k\lvert g_{t-k}\rvert$ and $a_k^2y_k=\gamma^k\lvert g_{t-k}\rvert$.",
        all(
            identical(sympy.expand_log(sympy.log(x / expected), force=True))
            for x, expected in [
                (a * y, b1**k * size),
                (a**2 * y, (b1**2 / sympy.sqrt(b2)) ** k * size),
            ]
        ),
        method="SymPy",
    )
    yield supports(
        r"The bias correction costs at most $(1-\beta_1)^{-2}$, as in C63 (a).",
        _corrections(),
        method="Z3",
    )
    games = _games(rules.adam, 64)
    left = games.momentum / games.t**0.5
    right = _discounted(games) / (1 - games.beta2) ** 0.5
    ratio = np.divide(left, right, out=0 * left, where=right > 0)
    yield supports(
        "In every round of random runs.",
        _at_most(left, right),
        method="property test",
        measured=f"{_cases(games)}, largest ratio {ratio.max():.3f}",
    )


@claim(
    "N24",
    "theorem 10.5 repaired for Adam itself: true on every run, with the falls of √v̂_t/α_t added",
    where="theorem 10.5, what its proof proves",
    section="10",
)
def theorem_repaired() -> Iterator[Finding]:
    r"""Let Adam play convex losses as in section 4, with $\epsilon=0$, $0/0:=0$, without
    projection, $\beta_1^2<\beta_2$, $\lvert\theta_{t,i}-\theta^*_i\rvert\le D$ and
    $\lvert g_{t,i}\rvert\le G_\infty$. With
    $c'_{t,i}=(1-\beta_1^t)\sqrt{\hat v_{t,i}}/\alpha_t$ and
    $V_{T,i}=\sum_{t=2}^T\max(c'_{t-1,i}-c'_{t,i},0)$, for every $T\ge1$,
    $R(T)\le\frac{D^2}{2(1-\beta_1)}\sum_i(c'_{T,i}+V_{T,i})
    +\frac{\alpha(1+\beta_1)^2\sqrt{1+\log T}}
    {2(1-\beta_1)^3\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}}
    \sum_i\lVert g_{1:T,i}\rVert_2
    +\sum_i\frac{\beta_1\lambda D^2G_\infty}{2\alpha(1-\beta_1)(1-\lambda)^2}$.
    """
    import numpy as np

    games = _games(rules.adam_decayed_beta1, 24, n=3000)
    kept = _kept(games)
    norm = np.cumsum(games.g**2, axis=0)[:, kept] ** 0.5
    second = games.alpha * (1 + games.beta1) / (2 * (1 - games.beta1))
    right = (_first_term(games) + _third_term(games))[:, kept]
    right = right + second[kept] * _momentum_factor(games, power=2) * norm
    regret = np.cumsum(games.product, axis=0)[:, kept]
    ratio = np.divide(regret, right, out=0 * regret, where=right > 0)
    yield supports(
        r"$\sum_tg_t(\theta_t-\theta^*)$, which is at least the regret, keeps below it in every "
        r"round of random runs, those with $\beta_1^2<\beta_2$, for any $\theta^*$.",
        kept.sum() > 1500 and _at_most(regret, right),
        method="property test",
        claimed="the bound",
        measured=f"{kept.sum()} games of 60 rounds, largest ratio {ratio.max():.3f}",
        prose=r"The proof is the paper's with C19, C60, C61 as they are, N20 for the first term, "
        r"N21 for the third, and N25 for the two sums of moments, whose factors are "
        r"$\frac\alpha{2(1-\beta_1)}$ and $\frac{\beta_1\alpha}{2(1-\beta_1)}$.",
    )
    D = np.maximum.accumulate(games.A, axis=0) ** 0.5
    falls = _first_term(games) - D**2 / (2 * (1 - games.beta1)) * _corrected(games)
    without = right - falls[:, kept]
    exceeded = (regret - without > _SLACK * (abs(regret) + abs(right))).any(axis=0)
    yield beside(
        "Without $V_{T,i}$ it would be exceeded on some of them: the term is needed.",
        exceeded.any(),
        method="property test",
        measured=f"on {exceeded.sum()}",
    )
