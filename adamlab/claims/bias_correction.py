r"""Section 3: the correction of the bias that starting at zero causes.

Two properties of the rule carry nearly all of it: :math:`v_t` is linear in
:math:`(v_{t-1},g_t^2)`, as :math:`m_t` is in :math:`(m_{t-1},g_t)`, and neither knows the other's
decay rate. What is linear commutes with expectations, and a recurrence has one solution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from adamlab import rules
from adamlab.claims.evidence import Finding, beside, claim, contradicts, supports
from adamlab.claims.tools import feed, identical
from adamlab.intervals import IntervalNamespace
from adamlab.optimizers import Rule
from adamlab.smt import impossible
from adamlab.symbols import symbolic, unroll

Line = Callable[[Any, Any], Any]


# -------------------------------------------------------------------------------------------------
# The averages


def _lines(rule: Rule) -> tuple[SimpleNamespace, Line, Line]:
    """A rule's symbols, and its lines for m and v: what is stored, and what is taken in, to it."""
    adam = symbolic(rule)
    s = adam.symbols

    def m_line(before: Any, gradient: Any) -> Any:
        return adam.state["m"].subs({s.g: gradient, s.m: before}, simultaneous=True)

    def v_line(before: Any, square: Any) -> Any:
        return adam.state["v"].subs({s.g**2: square, s.v: before}, simultaneous=True)

    return s, m_line, v_line


def _unrolls(line: Line, beta: Any, t: Any, taken: Callable[[Any], Any]) -> bool:
    """Whether (1 - beta) sum beta**(t-i) taken(i) starts at 0 and obeys a line, for every t."""
    import sympy

    i = sympy.Symbol("i", integer=True, positive=True)

    def total(n: Any) -> Any:
        return (1 - beta) * sympy.Sum(beta ** (n - i) * taken(i), (i, 1, n))

    def split(one: Any) -> Any:
        term, (index, first, last) = one.args
        return sympy.Sum(term, (index, first, last - 1)) + term.subs(index, last)

    step = total(t).replace(lambda e: isinstance(e, sympy.Sum), split)
    return identical(total(0).doit()) and identical(step, line(total(t - 1), taken(t)))


def _weigh_one_less(line: Line, beta: Any, t: Any) -> bool:
    """Whether the weights sum to 1 - beta**t: what the line makes of a constant 1."""
    start = (1 - beta**t).subs(t, 0)
    return identical(start) and identical(1 - beta**t, line(1 - beta ** (t - 1), 1))


@claim(
    "C12",
    "v_t = (1−β₂) Σ β₂^(t−i) g_i², and m_t likewise with β₁ and g_i",
    where="section 3, equation (1)",
    section="3",
)
def unrolled() -> Iterator[Finding]:
    r"""From $m_0=v_0=0$, for every $t\ge0$ and any gradients,
    $m_t=(1-\beta_1)\sum_{i=1}^t\beta_1^{t-i}g_i$ and
    $v_t=(1-\beta_2)\sum_{i=1}^t\beta_2^{t-i}g_i^2$.
    """
    import sympy

    s, m_line, v_line = _lines(rules.adam)
    G = sympy.IndexedBase("g", real=True)
    yield supports(
        "Both sums start at 0 and obey the rule's own lines, for symbolic $t$ and all gradients.",
        _unrolls(m_line, s.beta1, s.t, lambda i: G[i])
        and _unrolls(v_line, s.beta2, s.t, lambda i: G[i] ** 2),
        method="SymPy",
        claimed="the sum",
        measured="the sum, for every t",
        prose=r"The principle of induction. For $\beta=0$, which the symbols exclude, both sides "
        "are the last gradient, or its square.",
    )
    last = unroll(rules.adam, 4)[-1]
    g = [step.g for step in unroll(rules.adam, 4)]
    sums = {
        "m": sum((1 - s.beta1) * s.beta1 ** (4 - i) * g[i - 1] for i in range(1, 5)),
        "v": sum((1 - s.beta2) * s.beta2 ** (4 - i) * g[i - 1] ** 2 for i in range(1, 5)),
    }
    yield supports(
        "The rule, played for four rounds with symbols, gives these sums.",
        all(identical(sums[k], last.state[k]) for k in sums),
        method="SymPy",
    )


def _band(shares: Any, copies: int, x: float) -> tuple[float, float]:
    r"""What the mean of `copies` of :math:`\sum_ja_j\xi_j^2` may be off its expectation.

    Each end is passed with probability at most :math:`e^{-x}` (Laurent & Massart 2000, Lemma 1);
    the :math:`\xi_j` are independent and standard normal.
    """
    import numpy as np

    down = 2 * np.linalg.norm(shares) * np.sqrt(x / copies)
    return -down, down + 2 * x * np.max(shares) / copies


def _means_agree(
    moments: Any, expected: Sequence[float], rounds: Sequence[int], *, repeat: int, seed: int
) -> bool:
    r"""Whether the means of :math:`v_t` over 1000 Adams lie in their bands.

    The gradients are :math:`\sqrt{q_i}\,\xi` with one normal :math:`\xi` for `repeat` rounds. A
    right program fails with probability below :math:`10^{-6}`.
    """
    import numpy as np

    copies, rng, beta2 = 1000, np.random.default_rng(seed), 0.999
    x = np.log(2 * len(rounds) / 1e-6)
    xi = np.repeat(rng.standard_normal((-(-len(moments) // repeat), copies)), repeat, axis=0)
    gradients = np.sqrt(moments)[:, None] * xi[: len(moments)]
    fed = feed(rules.adam, gradients, beta2=beta2, eps=0.0)
    for t, expectation in zip(rounds, expected, strict=True):
        shares = (1 - beta2) * beta2 ** np.arange(t - 1, -1, -1.0) * moments[:t]
        low, high = _band(np.add.reduceat(shares, np.arange(0, t, repeat)), copies, x)
        if not low < fed[t - 1].state["v"].mean() - expectation < high:
            return False
    return True


@claim(
    "C13",
    "E[v_t] = (1−β₂^t) E[g_t²] + ζ, with ζ = 0 if the second moment is constant",
    where="section 3, equations (2) to (4)",
    section="3",
)
def expectation() -> Iterator[Finding]:
    r"""Let the $g_i$ have finite second moments $q_i=\mathbb E[g_i^2]$, and be dependent in any
    way. Then $\mathbb E[v_t]=q_t(1-\beta_2^t)+\zeta_t$ with
    $\zeta_t=(1-\beta_2)\sum_{i\le t}\beta_2^{t-i}(q_i-q_t)$, which is 0 if all $q_i$ are equal;
    and likewise for $m_t$ with $\beta_1$ and $\mathbb E[g_i]$.
    """
    import numpy as np
    import sympy

    s, m_line, v_line = _lines(rules.adam)
    t, i = s.t, sympy.Symbol("i", integer=True, positive=True)
    q = sympy.IndexedBase("q", real=True)
    good = True
    for line, beta in ((m_line, s.beta1), (v_line, s.beta2)):
        weight = (1 - beta) * beta ** (t - i)
        mean = sympy.Sum(weight * q[i], (i, 1, t))
        zeta = sympy.Sum(weight * (q[i] - q[t]), (i, 1, t))
        rest = q[t] * sympy.Sum(weight, (i, 1, t))
        good = (
            good
            and _unrolls(line, beta, t, lambda n: q[n])
            and _weigh_one_less(line, beta, t)
            and identical(mean.expand() - zeta.expand(), rest.expand())
        )
    yield supports(
        r"The weighted sum of the $q_i$ obeys the lines of the rule, the weights sum to "
        r"$1-\beta^t$, and the difference is $\zeta_t$, which has only differences $q_i-q_t$: for "
        r"symbolic $t$ and all $q_i$.",
        good,
        method="SymPy",
        claimed="(1−β₂^t) E[g²] + ζ",
        measured="the same, without independence",
        prose="The line for $v_t$ is linear in $(v_{t-1},g_t^2)$, and expectation is linear, so "
        r"$\mathbb E[v_t]$ obeys the same line. No independence is used.",
    )
    rounds = (1, 10, 100, 600)
    yield supports(
        r"Means over 1000 runs with $\beta_2=0.999$, normal gradients, each of them ten times in "
        r"a row, lie in bands that a right program leaves with probability below $10^{-6}$.",
        _means_agree(
            np.ones(600), [1 - 0.999**n for n in rounds], rounds=rounds, repeat=10, seed=13
        ),
        method="statistical test",
    )
    first, z = unroll(rules.adam, 1, eps=0)[0], sympy.Symbol("z", positive=True)
    normal = sympy.sqrt(2 / sympy.pi) * sympy.exp(-(z**2) / 2)  # the density of |g|
    root = sympy.integrate(first.metric.subs(first.g, z) * normal, (z, 0, sympy.oo))
    yield beside(
        r"The root of $\hat v_t$ is biased (Jensen): in round 1 of normal gradients its mean is "
        r"$\sqrt{2/\pi}<1=\sqrt{\mathbb E[g^2]}$.",
        identical(root, sympy.sqrt(2 / sympy.pi)),
        method="SymPy",
    )


def _solves(line: Line, t: Any, solution: Any, taken: Any) -> bool:
    """Whether a sequence starts at 0 and obeys a line: it is then what the line makes."""
    return identical(solution.subs(t, 0)) and identical(
        solution, line(solution.subs(t, t - 1), taken)
    )


@claim(
    "C14",
    "if the second moment changes, ζ can be kept small by the choice of the decay rate",
    where="section 3, after equation (4)",
    section="3",
)
def drift() -> Iterator[Finding]:
    r"""If $q_i=\mathbb E[g_i^2]$ is not constant, a decay rate can be chosen for which the average
    gives small weights to gradients far in the past, so that
    $\zeta_t=\mathbb E[v_t]-q_t(1-\beta_2^t)$ is small compared with $q_t$. Taken as: whatever
    the $q_i$, for a $0<\beta_2<1$ chosen beforehand. (With $\beta_2=0$ nothing is averaged, and
    $\zeta_t=0$. The text says that $\beta_1$ is to be chosen; $\zeta_t$ depends on $\beta_2$ only,
    and that must be meant.)
    """
    import numpy as np
    import sympy

    s, _, v_line = _lines(rules.adam)
    t, beta = s.t, s.beta2
    a, c, r = sympy.symbols("a c r", positive=True)
    zeta = c * t * beta**t - c * beta / (1 - beta) * (1 - beta**t)
    linear = (a + c * t) * (1 - beta**t) + zeta
    yield supports(
        r"For $q_i=a+ci$, $\zeta_t=ct\beta_2^t-c\beta_2(1-\beta_2^t)/(1-\beta_2)$, for symbolic "
        r"$t$: it tends to $-c\beta_2/(1-\beta_2)$, as if $\hat v_t$ came that many rounds late.",
        _solves(v_line, t, linear, a + c * t)
        and identical(
            sympy.limit(zeta.subs(beta, sympy.exp(-r)), t, sympy.oo),
            (-c * beta / (1 - beta)).subs(beta, sympy.exp(-r)),
        ),
        method="SymPy",
        given="the second moment changes little within β₂/(1−β₂) rounds",
        claimed="small",
        measured="late by up to 999 rounds at β₂ = 0.999",
        prose=r"If the change per round is at most $L$, the error of $\hat v_t$ is at most "
        r"$L\beta_2/(1-\beta_2)$: claim N13.",
    )
    geometric = a * (1 - beta) * r * (r**t - beta**t) / (r - beta)
    xp = IntervalNamespace()
    halves = [xp.interval(Fraction(1, 2**i)) for i in range(20)]
    fed = feed(
        rules.adam,
        halves,
        xp,
        theta0=xp.interval(0),
        alpha=1,
        beta1=Fraction(9, 10),
        beta2=Fraction(999, 1000),
        eps=0,
    )[-1]
    excess = fed.metric**2 / halves[-1] ** 2
    yield contradicts(
        r"Gradients $g_i=2^{-i}$ that shrink faster than $\beta_2^{i/2}$ leave $\hat v_t$ with the "
        r"past alone: in general $\mathbb E[v_t]=a(1-\beta_2)r(r^t-\beta_2^t)/(r-\beta_2)$ for "
        r"$q_i=ar^i$, so that $\mathbb E[\hat v_t]/q_t\to\infty$ if $r<\beta_2$.",
        _solves(v_line, t, geometric, a * r**t) and excess > 10**9,
        method="intervals",
        claimed="about 1",
        measured=f"v̂/E[g²] = {excess.lower:.2g} at t = 20, β₂ = 0.999",
    )
    before, older, new = sympy.symbols("before older new", positive=True)
    two_rounds = sympy.expand(v_line(v_line(before, older), new))
    square = 2 ** (-(t**2))
    yield contradicts(
        r"One sequence defeats every $0<\beta_2<1$: for $q_i=2^{-i^2}$, $\mathbb E[v_t]\ge"
        r"(1-\beta_2)\beta_2\,q_{t-1}$, which is $(1-\beta_2)\beta_2\,2^{2t-1}q_t$.",
        identical(sympy.diff(two_rounds, older), (1 - beta) * beta)
        and identical(two_rounds.subs(older, 0), beta**2 * before + (1 - beta) * new)
        and identical(square.subs(t, t - 1) / square, 2 ** (2 * t - 1)),
        method="SymPy",
        prose=r"$\mathbb E[v_t]$ obeys the line of $v_t$ (claim C13), and what is left out of it "
        "is not negative.",
    )
    yield beside(
        r"$v_t$, and with it $\zeta_t$, does not depend on $\beta_1$: the text means $\beta_2$.",
        symbolic(rules.adam).state["v"].free_symbols == {s.v, s.g, s.beta2},
        method="SymPy",
    )
    rounds, every = (1, 10, 100, 600), np.arange(1, 601)
    good = True
    for solution, moment, numbers in (
        (linear, a + c * t, {a: 1, c: sympy.Rational(1, 60)}),
        (geometric, a * r**t, {a: 1, r: sympy.Rational(97, 100)}),
    ):
        numbers = {**numbers, beta: sympy.Rational(999, 1000)}
        expected = [float(solution.subs({**numbers, t: n})) for n in rounds]
        moments = sympy.lambdify(t, moment.subs(numbers))(every.astype(float))
        good = good and _means_agree(moments, expected, rounds=rounds, repeat=1, seed=14)
    yield beside(
        "Means over 1000 runs of both kinds agree with the formulas; a right program fails with "
        r"probability below $2\cdot10^{-6}$.",
        good,
        method="statistical test",
    )


# -------------------------------------------------------------------------------------------------
# What a missing correction does to a step


def _factor() -> tuple[Any, SimpleNamespace]:
    """The step without the correction over that with it, from the rules, and their symbols."""
    import sympy

    corrected, uncorrected = symbolic(rules.adam), symbolic(rules.adam_uncorrected)
    s = corrected.symbols
    if any(corrected.state[k] != uncorrected.state[k] for k in ("m", "v")):
        raise AssertionError("the two rules have different averages")
    D1, D2 = sympy.symbols("D1 D2", positive=True)  # the divisors, so that SymPy knows their sign
    hidden = {1 - s.beta1**s.t: D1, 1 - s.beta2**s.t: D2}
    steps = [x.theta.subs(s.eps, 0) - s.theta for x in (uncorrected, corrected)]
    quotient = sympy.simplify((steps[0] / steps[1]).subs(hidden))
    return quotient.subs({D: divisor for divisor, D in hidden.items()}), s


def _factor_squared() -> Callable[[Any, Any, Any], Any]:
    """F_t**2 as a function of beta1, beta2 and t, in numbers of any kind."""
    import sympy

    F, s = _factor()
    function: Callable[[Any, Any, Any], Any] = sympy.lambdify((s.beta1, s.beta2, s.t), F**2)
    return function


def _has_a_convex_sign() -> bool:
    """Whether F_t**2 - 1 has the sign of the function phi of N14, as N14 describes it."""
    import sympy

    F, s = _factor()
    t, b1, b2 = s.t, s.beta1, s.beta2
    tau, rho, rate = sympy.symbols("tau rho rate", positive=True)
    phi = rho**tau + b1**tau - 2  # tau: a real t; rho: beta2/beta1
    phi_t = phi.subs({rho: b2 / b1, tau: t})
    bend = sympy.diff(phi.subs(b1, sympy.exp(-rate)), tau, 2)
    return (
        identical(F**2 - 1, b1**t * phi_t / (1 - b2**t))
        and identical(phi.subs(tau, 0))
        and identical(b1 * phi_t.subs(t, 1), (1 - b1) ** 2 - (1 - b2))
        and bool(bend.is_positive)
    )


@claim(
    "C15",
    "it is a small β₂ with which a missing correction makes the first steps much larger",
    where="section 3, last sentence",
    section="3",
)
def small_beta2() -> Iterator[Finding]:
    r"""With a small $\beta_2$, the steps of Adam without bias correction are at first much larger
    than $\alpha$, the corrected first step ($\epsilon=0$). (Section 2 calls decay rates small when
    "the $\beta$s are close to 1"; so meant, the sentence is right.)
    """
    import sympy

    xp = IntervalNamespace()
    betas = {"beta1": Fraction(9, 10), "beta2": Fraction(1, 100)}
    first = feed(
        rules.adam_uncorrected,
        [xp.interval(1)],
        xp,
        theta0=xp.interval(0),
        alpha=1,
        eps=0,
        **betas,
    )[0]
    yield contradicts(
        r"At $\beta_1=\frac9{10}$, $\beta_2=\frac1{100}$, $g_1=1$ the first step without "
        "correction is shorter, a tenth.",
        abs(first.delta) < Fraction(101, 1000),
        method="intervals",
        claimed="much larger than α",
        measured=f"{abs(first.delta).upper:.4f} α",
    )
    step = unroll(rules.adam_uncorrected, 1, eps=0)[0]
    s, h = symbolic(rules.adam_uncorrected).symbols, sympy.Symbol("h", positive=True)
    inside = {s.beta2: 1 / (1 + h)}  # tells SymPy that 0 < beta2 < 1
    length = s.alpha * (1 - s.beta1) / sympy.sqrt(1 - s.beta2)
    yield contradicts(
        r"$\lvert\Delta_1\rvert=\alpha(1-\beta_1)/\sqrt{1-\beta_2}$ for symbolic hyper-parameters; "
        r"as $\beta_2\to0$ it falls to $\alpha(1-\beta_1)$.",
        identical((step.delta / length).subs(inside), -step.g / sympy.Abs(step.g))
        and identical(sympy.limit(length, s.beta2, 0), s.alpha * (1 - s.beta1)),
        method="SymPy",
        prose=r"Nor is it in a later round: $F_t$ of claim C16 is at most $1/\sqrt{1-\beta_2}$, "
        r"near 1 for small $\beta_2$, whatever $\beta_1$ and $t$ are.",
    )
    yield beside(
        r"A slip of the pen: with small $1-\beta_2=h$ in place of $\beta_2$ the sentence is right, "
        r"as the first step is $\alpha(1-\beta_1)/\sqrt h$, without bound.",
        sympy.limit(length.subs(s.beta2, 1 - h).subs({s.alpha: 1, s.beta1: 0}), h, 0) == sympy.oo,
        method="SymPy",
    )
    averaged = (1 + s.beta2) / (1 - s.beta2)  # gradients that v-hat amounts to, see N13
    yield beside(
        r"Nor is it a small $\beta_2$ that averages over many gradients: their number, "
        r"$\frac{1+\beta_2}{1-\beta_2}$ in the end, increases with $\beta_2$.",
        sympy.simplify(sympy.diff(averaged, s.beta2).subs(inside)).is_positive,
        method="SymPy",
    )


@claim(
    "C16",
    "without correction every step is F_t = (1−β₁^t)/√(1−β₂^t) times as long",
    where="section 3, quantified",
    section="3",
    new=True,
)
def one_factor() -> Iterator[Finding]:
    r"""Let $\epsilon=0$. For every gradient sequence and every $t$, the step of Adam without bias
    correction is $F_t=(1-\beta_1^t)/\sqrt{1-\beta_2^t}$ times the step with it. At the defaults
    $F_1=\sqrt{10}$, the largest is $F_{12}=6.5685\ldots$, and $F_t<1.01$ exactly from $t=3925$.
    """
    import sympy

    F, s = _factor()
    expected = (1 - s.beta1**s.t) / sympy.sqrt(1 - s.beta2**s.t)
    yield supports(
        "The quotient of the two rules' steps, for symbolic state, gradient and $t$, is $F_t$: "
        "nothing of the gradients is left in it.",
        identical(F, expected) and F.free_symbols == {s.beta1, s.beta2, s.t},
        method="SymPy",
        claimed="6.57 at t = 12 (defaults)",
        measured="F_t, for all gradients",
        prose="Both rules have the same lines for $m_t$ and $v_t$, none of which contains "
        r"$\theta$: fed the same gradients, they have the same averages. Where $v_t=0$ all "
        "gradients so far were 0, and both steps are 0 by the convention $0/0:=0$.",
    )
    F2, number = _factor_squared(), IntervalNamespace(prec=96).interval
    peaks = []
    for beta1, beta2, at, height in (
        ("0.9", "0.999", 12, Fraction("6.5685203")),
        ("0.9", "0.9999", 12, Fraction("20.7202")),
        ("0", "0.999", 1, Fraction("31.6228")),
    ):
        b1, b2 = number(beta1), number(beta2)
        scan = {n: F2(b1, b2, n) for n in range(1, 31)}
        unit = Fraction(1, 10 ** len(str(float(height)).split(".")[1]))
        peaks.append(
            all(scan[n] < scan[at] for n in scan if n != at)
            and scan[at] > 1 / (1 - b2**30)  # which bounds F_t**2 from round 30 on
            and (height - unit) ** 2 < scan[at] < (height + unit) ** 2
        )
    yield supports(
        r"The peaks: $6.5685203$ at $t=12$ with $(0.9,0.999)$, $20.7202$ at $t=12$ with "
        r"$(0.9,0.9999)$, $31.6228$ at $t=1$ with $(0,0.999)$.",
        all(peaks),
        method="intervals",
        measured="6.5685203",
        prose=r"From round 30 on, $F_t^2\le1/(1-\beta_2^t)$, which falls.",
    )
    b1, b2, level = number("0.9"), number("0.999"), number("1.01") ** 2
    yield supports(
        r"At the defaults $F_1^2=10$, and $F_t<1.01$ exactly from $t=3925$.",
        number(10) * Fraction(9999, 10000) < F2(b1, b2, 1) < number(10) * Fraction(10001, 10000)
        and all(F2(b1, b2, n) > level for n in range(1, 3925))
        and 1 / (1 - b2**3925) < level,
        method="intervals",
        prose=r"From round 3925 on, $F_t^2\le1/(1-\beta_2^t)$, which falls.",
    )


@claim(
    "C17",
    "without correction the first steps are larger",
    where="sections 3 and 5",
    section="3",
)
def longer_without() -> Iterator[Finding]:
    r"""With $\epsilon=0$, no step of Adam without bias correction is shorter than the step with
    it on the same gradients: $F_t\ge1$ for all $t$.
    """
    import z3

    yield supports(
        r"$F_t^2-1$ has the sign of a strictly convex function $\phi$ of $t$ with $\phi(0)=0$, and "
        r"$\phi(1)\ge0$ is the condition.",
        _has_a_convex_sign(),
        method="SymPy",
        given="1−β₁ ≥ √(1−β₂)",
        claimed="F_t ≥ 1",
        measured="F_t ≥ 1 for all t exactly then",
        prose=r"As in claim N14: then $\phi(t)>t\phi(1)\ge0$ for all $t>1$. If $\beta_1=0$, "
        r"$F_t=1/\sqrt{1-\beta_2^t}\ge1$. The condition is necessary because it is $F_1\ge1$.",
    )
    F2 = _factor_squared()
    b1, b2 = z3.Reals("beta1 beta2")
    inside = (b1 >= 0, b1 < 1, b2 >= 0, b2 < 1)
    yield beside(
        r"Without convexity: the condition is $F_1\ge1$, and excludes $F_t<1$ for $t=2,\dots,5$, "
        "over all decay rates.",
        all(impossible(*inside, F2(b1, b2, 1) >= 1, F2(b1, b2, n) < 1) for n in range(2, 6))
        and impossible(*inside, (F2(b1, b2, 1) >= 1) != ((1 - b1) ** 2 >= 1 - b2)),
        method="Z3",
    )
    xp = IntervalNamespace()
    betas = {"beta1": Fraction(99, 100), "beta2": Fraction(99, 100)}
    play = {"alpha": 1, "eps": 0, "theta0": xp.interval(0), **betas}
    gradients = [xp.interval(1)] * 3
    steps = [feed(rule, gradients, xp, **play) for rule in (rules.adam_uncorrected, rules.adam)]
    shorter = all(abs(a.delta) < abs(b.delta) for a, b in zip(*steps, strict=True))
    yield contradicts(
        r"At $(0.99,0.99)$ uncorrected steps are shorter, the first of them a tenth "
        r"($F_t=\sqrt{1-0.99^t}$).",
        shorter and abs(abs(steps[0][0].delta) - Fraction(1, 10)) < Fraction(1, 10**20),
        method="intervals",
        claimed="at least α",
        measured="0.1 α",
    )


@claim(
    "C18",
    "with β₁,ₜ = β₁λ^(t−1), dividing m_t by 1−β₁^t removes its bias",
    where="sections 4 and 10, implied by the hat of m̂_t",
    section="3",
)
def decayed_beta1() -> Iterator[Finding]:
    r"""With the schedule $\beta_{1,t}=\beta_1\lambda^{t-1}$ of section 4, the weights of
    $\hat m_t=m_t/(1-\beta_1^t)$ sum to 1, so that $\mathbb E[\hat m_t]=\mathbb E[g]$ if all
    $\mathbb E[g_i]$ are equal. (The paper does not say so; the hat suggests it.)
    """
    import sympy

    s, m_line, _ = _lines(rules.adam_decayed_beta1)
    W = _sum_of_weights(s)
    yield supports(
        r"The weights of $m_t$ sum to $1-\beta_1^t\lambda^{t(t-1)/2}$, for symbolic $t$, which is "
        r"the divisor exactly for $\lambda=1$ or $\beta_1=0$.",
        _solves(m_line, s.t, W, 1)
        and identical(W.subs(s.lam, 1), 1 - s.beta1**s.t)
        and identical(W.subs({s.t: 2, s.beta1: sympy.Rational(1, 2)}), 1 - s.lam / 4),
        method="SymPy",
        given="β₁,ₜ is constant",
        claimed="1",
        measured="(1−β₁^t λ^(t(t−1)/2))/(1−β₁^t)",
        prose="The sum of the weights is what the rule makes of the gradients 1. At $t=2$ the two "
        r"differ for all $0<\lambda<1$, $\beta_1>0$.",
    )
    hyper = {"alpha": 1, "beta1": sympy.Rational(9, 10), "eps": 0, "lam": sympy.Rational(1, 2)}
    # Of constant gradients 1 the root of v-hat is 1, and a step is -m_hat.
    steps = unroll(rules.adam_decayed_beta1, 4, beta2=sympy.Rational(1, 2), **hyper)
    excess = [sympy.simplify(-step.delta.subs({x.g: 1 for x in steps})) for step in steps]
    yield contradicts(
        r"At $\beta_1=\frac9{10}$, $\lambda=\frac12$ constant gradients 1 make $\hat m_2=3.1316$; "
        r"the largest is $\hat m_3=3.3538$.",
        bool(excess[1] == sympy.Rational(595, 190))
        and max(excess) == excess[2]
        and bool(excess[2] > 1 / (1 - sympy.Rational(9, 10) ** 4)),  # it bounds all later ones
        method="exact",
        claimed="1",
        measured=f"{float(excess[1]):.4f} at t = 2, {float(excess[2]):.4f} at t = 3",
    )
    ratio = sympy.lambdify((s.beta1, s.lam, s.t), W / (1 - s.beta1**s.t))
    number = IntervalNamespace(prec=96).interval
    beta1, lam, tiny = number("0.9"), 1 - number(Fraction(1, 10**8)), Fraction(1, 10**6)
    yield beside(
        r"With the paper's $\lambda=1-10^{-8}$ and $\beta_1=0.9$ the excess is harmless: below "
        "$10^{-6}$ for all $t$.",
        all(ratio(beta1, lam, n) - 1 < tiny for n in range(1, 150))
        and 1 / (1 - beta1**150) - 1 < tiny,
        method="intervals",
        prose=r"From round 150 on it is at most $1/(1-\beta_1^t)-1$, which falls.",
    )
    decayed, adam = symbolic(rules.adam_decayed_beta1), symbolic(rules.adam)
    yield beside(
        r"At $\lambda=1$ the rule is Algorithm 1, its $\epsilon$ included.",
        identical(decayed.theta.subs(decayed.symbols.lam, 1), adam.theta),
        method="SymPy",
    )


def _sum_of_weights(s: SimpleNamespace) -> Any:
    return 1 - s.beta1**s.t * s.lam ** (s.t * (s.t - 1) / 2)


# -------------------------------------------------------------------------------------------------
# Not in the paper


@claim(
    "N10",
    "for a decaying β₁,ₜ the divisor that removes the bias of m_t is 1 − ∏ β₁,ₛ",
    where="section 4, corrected",
    section="3",
)
def right_divisor() -> Iterator[Finding]:
    r"""For every schedule $0\le\beta_{1,t}<1$ the weights of $m_t$ are nonnegative and sum to
    $q_t=1-\prod_{s\le t}\beta_{1,s}>0$, so that $m_t/q_t$ has weights that sum to 1. The rule
    `adam_decayed_beta1_debiased` divides by it.
    """
    import sympy

    printed, repaired = (
        symbolic(rules.adam_decayed_beta1),
        symbolic(rules.adam_decayed_beta1_debiased),
    )
    s = repaired.symbols
    W, product = _sum_of_weights(s), sympy.Symbol("P", positive=True)
    beta1_t = s.beta1 * s.lam ** (s.t - 1)
    ones = {s.g: 1, s.m: 1 - product}
    weighs = identical(1 - beta1_t * product, repaired.state["m"].subs(ones))
    counts = identical(repaired.state["q"].subs(s.q, 1 - product), 1 - beta1_t * product)
    divides = identical(
        repaired.theta.subs(repaired.state["q"], product),
        printed.theta.subs(1 - s.beta1**s.t, product),
    )
    yield supports(
        r"If the weights sum to $1-P$ before, they sum to $1-\beta_{1,t}P$ after the rule's line "
        r"for $m_t$, and its $q_t$ obeys the same line; of $\beta_1\lambda^{t-1}$ the sum is "
        r"$1-\beta_1^t\lambda^{t(t-1)/2}$, for symbolic $t$. The last line is the printed one with "
        r"$q_t$ in the place of $1-\beta_1^t$.",
        weighs
        and counts
        and divides
        and repaired.state["m"] == printed.state["m"]
        and _solves(lambda old, _: repaired.state["q"].subs(s.q, old), s.t, W, 1),
        method="SymPy",
        claimed="1",
        measured="1 for every t",
        prose="The principle of induction. The line is a convex combination, so no weight is "
        "negative; any schedule in place of $\\beta_1\\lambda^{t-1}$ gives the same line.",
    )
    xp = IntervalNamespace()
    hyper = {"alpha": 1, "beta1": Fraction(9, 10), "beta2": Fraction(1, 2), "eps": 0}
    fed = feed(
        rules.adam_decayed_beta1_debiased,
        [xp.interval(1)] * 30,
        xp,
        theta0=xp.interval(0),
        lam=Fraction(1, 2),
        **hyper,
    )
    yield supports(
        r"Constant gradients make every step of the repaired rule $\alpha$ "
        r"($\beta_1=\frac9{10}$, $\lambda=\frac12$, 30 rounds, enclosed to $10^{-30}$).",
        all(abs(abs(step.delta) - 1) < Fraction(1, 10**30) for step in fed),
        method="intervals",
    )


@claim(
    "N13",
    "v̂_t comes ℓ_t < β₂/(1−β₂) rounds late: |E[v̂_t]−E[g_t²]| ≤ Lℓ_t if E[g²] moves ≤ L a round",
    where="section 3, the term ζ",
    section="3",
)
def lag() -> Iterator[Finding]:
    r"""Let $0<\beta_2<1$ and
    $\ell_t=\frac{\beta_2}{1-\beta_2}-\frac{t\beta_2^t}{1-\beta_2^t}$, the mean age of what
    $\hat v_t$ averages. If $\lvert q_i-q_j\rvert\le L\lvert i-j\rvert$ for $q_i=\mathbb E[g_i^2]$,
    then $\lvert\mathbb E[\hat v_t]-q_t\rvert\le L\ell_t<L\beta_2/(1-\beta_2)$, with equality in
    the first for $q_i=a+Li$. For uncorrelated squares of equal variance $\hat v_t$ has the
    variance of a mean of $N_t$ of them,
    $N_t=\frac{(1+\beta_2)(1-\beta_2^t)}{(1-\beta_2)(1+\beta_2^t)}\to\frac{1+\beta_2}{1-\beta_2}=1+2\lim\ell_t$.
    """
    import numpy as np
    import sympy

    s, _, v_line = _lines(rules.adam)
    t, beta = s.t, s.beta2
    a, c, x, y = sympy.symbols("a c x y", positive=True)
    age = beta / (1 - beta) - t * beta**t / (1 - beta**t)
    aged = sympy.expand(sympy.cancel(age * (1 - beta**t)))  # the sum of age times weight
    factor = sympy.diff(v_line(x, y), x)  # what a round does to all older weights
    older = aged.subs(t, t - 1) + 1 - beta ** (t - 1)  # one round older, each
    late = (a + c * t) * (1 - beta**t) - c * aged  # (1 - beta2^t) times a + c (t - age)
    yield supports(
        r"$\ell_t$ is the mean age: a round multiplies the older weights by $\beta_2$ and makes "
        r"them a round older. For $q_i=a+ci$, $\mathbb E[\hat v_t]=a+c(t-\ell_t)$; symbolic $t$.",
        identical(aged.subs(t, 0))
        and identical(aged, factor * older)
        and _weigh_one_less(v_line, beta, t)
        and _solves(v_line, t, late, a + c * t),
        method="SymPy",
        claimed="ℓ_t rounds late",
        measured="999 rounds at β₂ = 0.999, as t → ∞",
        prose=r"The inequality is the triangle inequality, $\lvert\sum_ku_k(q_{t-k}-q_t)\rvert\le "
        r"L\sum_kku_k$, with the weights $u_k\ge0$ of $\hat v_t$, which sum to 1.",
    )
    squares = (1 - beta) / (1 + beta) * (1 - beta ** (2 * t))  # the sum of the squared weights
    new = sympy.diff(v_line(x, y), y) ** 2
    N = (1 + beta) * (1 - beta**t) / ((1 - beta) * (1 + beta**t))
    yield supports(
        r"The squared weights of $v_t$ sum to $\frac{1-\beta_2}{1+\beta_2}(1-\beta_2^{2t})$, so "
        r"$N_t\to\frac{1+\beta_2}{1-\beta_2}$, twice the lag and one.",
        identical(squares.subs(t, 0))
        and identical(squares, factor**2 * squares.subs(t, t - 1) + new)
        and identical(N, (1 - beta**t) ** 2 / squares)
        and identical(N.subs(beta**t, 0), 1 + 2 * beta / (1 - beta)),
        method="SymPy",
    )
    rng, worst, n = np.random.default_rng(13), 0.0, 400
    rounds = np.arange(1, n + 1)
    for beta2 in (0.5, 0.9, 0.99, 0.999):
        ages = sympy.lambdify(t, age.subs(beta, beta2))(rounds.astype(float))
        q = n + np.cumsum(rng.uniform(-1, 1, (n, 500)), axis=0)  # L = 1, and q >= 0
        fed = feed(rules.adam, np.sqrt(q), beta2=beta2, eps=0.0)
        errors = np.array(
            [abs(step.metric**2 - q_t).max() for step, q_t in zip(fed, q, strict=True)]
        )
        worst = max(worst, (errors[1:] / ages[1:]).max())
    yield supports(
        r"No violation on 2000 random walks $g_i^2=q_i$ with steps in $[-1,1]$, four $\beta_2$ "
        "from 0.5 to 0.999, 400 rounds.",
        worst <= 1,
        method="property test",
        measured=f"largest error {worst:.3f} Lℓ_t",
    )


@claim(
    "N14",
    "the missing correction never shortens, first shortens, or always shortens: β₁, β₂ decide",
    where="section 3, complete",
    section="3",
)
def three_kinds() -> Iterator[Finding]:
    r"""Let $0<\beta_1,\beta_2<1$ and $F_t$ as in C16. If $1-\beta_1\ge\sqrt{1-\beta_2}$, then
    $F_t\ge1$ for all $t$ and $F_t>1$ for $t\ge2$. If $\beta_1<\beta_2<2\beta_1-\beta_1^2$, then
    $F_t<1$ up to some round and $F_t>1$ from some round on, with at most one round of $F_t=1$
    between. If $\beta_2\le\beta_1$, then $F_t<1$ for all $t$.
    """
    yield supports(
        r"$F_t^2-1=\beta_1^t\,\phi(t)/(1-\beta_2^t)$, where "
        r"$\phi(t)=(\beta_2/\beta_1)^t+\beta_1^t-2$, which is strictly convex in real $t$, "
        r"$\phi(0)=0$ and $\phi(1)=((1-\beta_1)^2-(1-\beta_2))/\beta_1$.",
        _has_a_convex_sign(),
        method="SymPy",
        claimed="three kinds",
        measured="the sign of a convex function",
        prose=r"If $\phi(1)\ge0$, strict convexity gives $\phi(t)>t\phi(1)\ge0$ for $t>1$. If "
        r"$\phi(1)<0$ and $\beta_2>\beta_1$, then $\phi\to\infty$, and a strictly convex function "
        r"that is 0 at 0 and negative at 1 has one more zero. If $\beta_2\le\beta_1$, the first "
        r"power is at most 1 and the second less, so $\phi<0$.",
    )
    F2, number = _factor_squared(), IntervalNamespace().interval
    signs = {}
    for betas in (("0.9", "0.999"), ("0.99", "0.999"), ("0.99", "0.99"), ("0.9", "0.99")):
        beta1, beta2 = map(number, betas)
        values = [F2(beta1, beta2, n) for n in range(2, 400)]
        signs[betas] = "".join("+" if value > 1 else "-" for value in values)
    shapes = [signs["0.9", "0.999"].strip("+"), signs["0.99", "0.99"].strip("-")]
    middle = signs["0.99", "0.999"]
    yield supports(
        r"$(0.9,0.999)$ and the borderline $(0.9,0.99)$ are of the first kind, $(0.99,0.999)$ of "
        "the second, $(0.99,0.99)$ of the third, for $2\\le t<400$.",
        shapes == ["", ""]
        and signs["0.9", "0.99"] == signs["0.9", "0.999"]
        and middle.lstrip("-").strip("+") == ""
        and "-" in middle
        and "+" in middle,
        method="intervals",
    )
