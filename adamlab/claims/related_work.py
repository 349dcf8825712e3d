"""Section 5: how Adam relates to RMSProp, AdaGrad and the natural gradient."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from adamlab import rules
from adamlab.claims.evidence import Finding, beside, claim, contradicts, supports
from adamlab.claims.tools import feed, identical
from adamlab.intervals import IntervalNamespace
from adamlab.losses import get_loss
from adamlab.namespaces import namespace_of
from adamlab.optimizers import inverse_sqrt
from adamlab.smt import impossible
from adamlab.symbols import SymPyNamespace, symbolic, unroll


@claim(
    "C40",
    "as β₂ → 1, v̂_t → mean of g_i²; with β₁ = 0 and α/√t the step is AdaGrad's",
    where="section 5, AdaGrad",
    section="5",
)
def adagrad_as_a_limit() -> Iterator[Finding]:
    r"""$\lim_{\beta_2\to1}\hat v_t=\frac1t\sum_{i\le t}g_i^2$. Hence with $\beta_1=0$,
    $\epsilon=0$ and $\alpha_t=\alpha/\sqrt t$ the steps of Adam tend to AdaGrad's,
    $-\alpha\,g_t/\sqrt{\sum_{i\le t}g_i^2}$, on the same gradients.
    """
    import sympy

    adam, adagrad = symbolic(rules.adam), symbolic(rules.adagrad)
    s = adam.symbols
    t, h, j = (
        s.t,
        sympy.Symbol("h", positive=True),
        sympy.Symbol("j", integer=True, nonnegative=True),
    )
    # The line for v: the new square enters with 1 - beta2, a round multiplies the older by beta2.
    entering = sympy.diff(adam.state["v"], s.g, 2) / 2
    kept = sympy.diff(adam.state["v"], s.v)
    weight = entering * kept**j / (1 - s.beta2**t)  # in v-hat, of the gradient j rounds old
    u = weight.subs(s.beta2, 1 - h)
    first_order = sympy.limit((u - 1 / t) / h, h, 0)
    total = adagrad.state["s"].subs(adagrad.symbols.s, s.v)  # AdaGrad's sum, s.v the one before
    v_hat = sympy.Symbol("v_hat", positive=True)
    line = adam.theta.subs({s.beta1: 0, s.eps: 0, s.m: 0, s.alpha: s.alpha / sympy.sqrt(t)})
    line = line.subs(adam.state["v"] / (1 - s.beta2**t), v_hat).subs(v_hat, total / t)
    theirs = adagrad.theta.subs({adagrad.symbols.g: s.g, adagrad.symbols.s: s.v})
    yield supports(
        r"In $\hat v_t$ the weight of each square tends to $1/t$, for symbolic $t$, as "
        r"$\frac1t+\frac{1-\beta_2}t\bigl(\frac{t-1}2-j\bigr)+\dots$ for the one that is $j$ "
        r"rounds old; and with the mean in the place of $\hat v_t$ Adam's line is AdaGrad's.",
        identical(sympy.limit(u, h, 0), 1 / t)
        and identical(first_order, ((t - 1) / 2 - j) / t)
        and identical(total, s.v + s.g**2)
        and identical(line, theirs),
        method="SymPy",
        claimed="AdaGrad",
        measured="AdaGrad, up to terms of order 1−β₂",
        prose="The induction behind the weights is claim C12. The sum of finitely many terms has "
        "the sum of their limits for its limit.",
    )
    import numpy as np

    xp, rng = IntervalNamespace(prec=192), np.random.default_rng(40)
    off = []
    for _ in range(20):
        gradients = [xp.interval(int(g)) for g in rng.integers(-9, 10, 25)]
        start = {"theta0": xp.interval(0)}
        for power in (6, 12):
            beta2 = 1 - Fraction(1, 10**power)
            hyper = {"alpha": inverse_sqrt(1), "beta1": 0, "beta2": beta2, "eps": 0}
            ours = feed(rules.adam, gradients, xp, **start, **hyper)
            theirs_fed = feed(rules.adagrad, gradients, xp, **start, alpha=1)
            gap = max(abs(a.delta - b.delta).upper for a, b in zip(ours, theirs_fed, strict=True))
            off.append(gap * 10**power)
    yield supports(
        r"On 20 sequences of 25 integers from $-9$ to 9 the steps, enclosed, differ by less than "
        r"$1-\beta_2$, at $1-\beta_2=10^{-6}$ and $10^{-12}$.",
        max(off) < 1,
        method="intervals",
    )


@claim(
    "C41",
    "without correction, β₂ → 1 leads to infinitely large bias and infinitely large updates",
    where="section 5, AdaGrad",
    section="5",
)
def infinite_bias() -> Iterator[Finding]:
    r"""Without bias correction, as $\beta_2\to1$ the bias of $v_t$ and the updates both grow
    without bound.
    """
    import sympy

    s = symbolic(rules.adam).symbols
    t, h = s.t, sympy.Symbol("h", positive=True)
    plain, corrected = symbolic(rules.adam_uncorrected), symbolic(rules.adam)
    D1, D2 = sympy.symbols("D1 D2", positive=True)
    hidden = {1 - s.beta1**t: D1, 1 - s.beta2**t: D2}
    steps = [(x.theta - s.theta).subs(s.eps, 0).subs(hidden) for x in (plain, corrected)]
    F = sympy.simplify(steps[0] / steps[1]).subs({D: x for x, D in hidden.items()})
    growth = sympy.limit(F.subs(s.beta2, 1 - h) * sympy.sqrt(h), h, 0)
    yield supports(
        r"The step is $F_t$ times the corrected one, and $F_t\sqrt{1-\beta_2}\to"
        r"(1-\beta_1^t)/\sqrt t$ as $\beta_2\to1$: it grows like $(1-\beta_2)^{-1/2}$.",
        identical(growth, (1 - s.beta1**t) / sympy.sqrt(t)),
        method="SymPy",
        given="it is said of the updates (where m_t ≠ 0), not of the bias",
        claimed="infinite",
        measured="updates like (1−β₂)^(−1/2)",
        prose=r"The corrected step has a limit that is not 0 where $m_t\ne0$ (claim C40).",
    )
    # E[v_t] of a constant second moment 1 is what the line makes of squares 1.
    mean = 1 - s.beta2**t
    line = plain.state["v"].subs({s.g: 1, s.v: mean.subs(t, t - 1)})
    yield contradicts(
        r"For a constant second moment the bias is $\mathbb E[v_t]-\mathbb E[g^2]="
        r"-\beta_2^t\,\mathbb E[g^2]$, never larger than $\mathbb E[g^2]$. It is the ratio "
        r"$\mathbb E[g^2]/\mathbb E[v_t]=1/(1-\beta_2^t)$ that is infinite in the limit.",
        identical(mean, line)
        and identical(mean.subs(t, 0))
        and identical(mean - 1, -(s.beta2**t))
        and sympy.limit((1 / mean).subs(s.beta2, 1 - h), h, 0) == sympy.oo,
        method="SymPy",
        claimed="infinite",
        measured="at most E[g²]",
    )
    two = unroll(rules.adam_uncorrected, 2, eps=0)
    yield beside(
        r"Where $m_t=0$, as for $g=(1,-\beta_1)$ at $t=2$, there is no update at all.",
        identical(two[1].delta.subs({two[0].g: 1, two[1].g: -s.beta1})),
        method="SymPy",
    )


@claim(
    "C42",
    "Adam without its correction is a version of RMSProp with momentum",
    where="section 6.4; section 5 names the difference",
    section="5",
)
def rmsprop_with_momentum() -> Iterator[Finding]:
    r"""Removing the bias correction from Adam gives RMSProp with momentum (same decay rates,
    $\epsilon=0$, the step size as needed). Section 5 itself says in what they differ: RMSProp's
    momentum is one of rescaled gradients.
    """
    import sympy

    plain, rms = symbolic(rules.adam_uncorrected), symbolic(rules.rmsprop)
    s, r = plain.symbols, rms.symbols
    same = {r.rho: s.beta2, r.v: s.v}
    torch = symbolic(rules.rmsprop_torch)
    same_torch = {torch.symbols.rho: s.beta2, torch.symbols.v: s.v, torch.symbols.eps: s.eps}
    without = plain.theta.subs(s.beta1, 0)
    yield supports(
        r"With $\beta_1=0$ the two formulas are the same, for every state and $t$; with $\epsilon$ "
        r"outside the root, where torch puts it, also for $\epsilon>0$.",
        identical(without.subs(s.eps, 0), rms.theta.subs(same))
        and identical(without, torch.theta.subs(same_torch))
        and identical(plain.state["v"], rms.state["v"].subs(same)),
        method="SymPy",
        given="β₁ = 0",
        claimed="the same",
        measured="the same for β₁ = 0 only",
    )
    xp = IntervalNamespace()
    gradients = [xp.interval(1), xp.interval(2)]
    rho, mu = Fraction(9, 10), Fraction(1, 2)
    start = {"theta0": xp.interval(0)}
    theirs = feed(rules.rmsprop_momentum, gradients, xp, **start, alpha=1, rho=rho, mu=mu)[-1]
    hyper = {"alpha": 1 / (1 - mu), "beta1": mu, "beta2": rho, "eps": 0}
    ours = feed(rules.adam_uncorrected, gradients, xp, **start, **hyper)[-1]
    yield contradicts(
        r"$g=(1,2)$, $\rho=\beta_2=\frac9{10}$, $\mu=\beta_1=\frac12$, step sizes that agree in "
        r"round 1: $\theta_2=-7.600559$ and $-6.733706$.",
        f"{theirs.theta.lower:.6f}" == f"{theirs.theta.upper:.6f}" == "-7.600559"
        and f"{ours.theta.lower:.6f}" == f"{ours.theta.upper:.6f}" == "-6.733706",
        method="intervals",
        claimed="equal",
        measured="θ₂ = −7.6006 and −6.7337",
    )
    # No other hyper-parameters help: the second step over the first, after g2 = 0 and g2 = oo.
    a, c, k = sympy.symbols("a c k", positive=True)

    def quotients(rule: Any, **hyper: Any) -> tuple[Any, Any]:
        one, two = unroll(rule, 2, **hyper)
        quotient = (two.delta / one.delta).subs(one.g, a)
        return (
            sympy.simplify(quotient.subs(two.g, 0)),
            sympy.limit(quotient.subs({two.g: c, a: 1}), c, sympy.oo),
        )

    mu_s = symbolic(rules.rmsprop_momentum).symbols.mu
    rms_zero, rms_large = quotients(rules.rmsprop_momentum, rho=1 / (1 + k))
    our_zero, our_large = quotients(rules.adam_uncorrected, eps=0, beta2=1 / (1 + k))
    yield contradicts(
        r"No other choice of $\alpha,\rho,\mu$ helps: $\Delta_2/\Delta_1$ is $\mu$ after $g_2=0$ "
        r"and tends to $1+\mu$ as $g_2\to\infty$ for RMSProp with momentum, and is "
        r"$\beta_1/\sqrt{\beta_2}$ and tends to 1 for Adam without correction: equal only with "
        r"$\mu=0=\beta_1$.",
        identical(rms_zero, mu_s)
        and identical(rms_large, 1 + mu_s)
        and identical(our_zero, s.beta1 * sympy.sqrt(1 + k))
        and identical(our_large, 1),
        method="SymPy",
    )


@claim(
    "C43",
    "v̂_t approximates the diagonal of the Fisher information matrix",
    where="section 5, natural gradient",
    section="5",
)
def fisher_diagonal() -> Iterator[Finding]:
    r"""For a model $p_\theta(y\mid x)$ with the loss $-\log p_\theta$, at a point $\theta$ that is
    held, $\hat v_t$ is an unbiased estimate of the diagonal of the Fisher information
    $\mathbb E[\nabla\log p_\theta\nabla\log p_\theta^\top]$, in which $x$ has the law of the data
    and $y$ that of the model.
    """
    import numpy as np
    import sympy

    # Logistic regression: three inputs, equally likely, y in {-1, 1}; p = P(y = 1) by the model.
    slope, inputs = get_loss("logistic").slope, np.array([[1.0, 2.0], [1.0, -1.0], [1.0, 0.5]])
    theta, copies, rounds, beta2 = np.array([0.5, -1.0]), 4000, 200, 0.99
    z = inputs @ theta
    p = 1 / (1 + np.exp(-z))
    fisher = (inputs**2 * (p * (1 - p))[:, None]).mean(axis=0)
    rng = np.random.default_rng(43)
    xp = namespace_of(z)

    def estimate(chance: Any, batch: int) -> tuple[Any, Any]:
        """The mean of v-hat over the copies, and half its Hoeffding band."""
        gradients = []
        for _ in range(rounds):
            drawn = rng.integers(3, size=(batch, copies))
            y = np.where(rng.uniform(size=(batch, copies)) < chance[drawn], 1.0, -1.0)
            gradients.append((slope(xp, z[drawn], y)[..., None] * inputs[drawn]).mean(axis=0))
        v_hat = feed(rules.adam, gradients, beta2=beta2, eps=0.0)[-1].metric ** 2
        u = (1 - beta2) * beta2 ** np.arange(rounds) / (1 - beta2**rounds)
        # Squares lie in [0, max x_i**2], draws are independent; 8 sides in all, 1e-6 together.
        largest = (inputs**2).max(axis=0)
        half = largest * np.sqrt(np.sum(u**2) / copies * np.log(8 / 1e-6) / 2)
        return v_hat.mean(axis=0), half

    single, half = estimate(p, 1)
    batched, _ = estimate(p, 4)
    yield supports(
        r"Logistic regression with two parameters, $\theta$ held, labels drawn from the model: the "
        r"mean of $\hat v_{200}$ over 4000 runs of the rule agrees with the exact diagonal in a "
        r"Hoeffding band; a right program fails with probability below $10^{-6}$.",
        np.all(abs(single - fisher) < half) and np.all(half < fisher / 10),
        method="statistical test",
        given="θ is held, gradients are of single samples, labels are drawn from the model",
        claimed=", ".join(f"{x:.4f}" for x in fisher),
        measured=", ".join(f"{x:.4f}" for x in single),
        prose=r"$\mathbb E[\hat v_t]=\mathbb E[g^2]$ is claim C13, and the diagonal of "
        r"$\mathbb E[gg^\top]$ is $\mathbb E[g^2]$, by definition if labels have the model's law.",
    )
    yield contradicts(
        "With the mean gradient of minibatches of four it is a quarter of the diagonal.",
        np.all(abs(batched - fisher / 4) < half) and np.all(abs(batched - fisher) > half),
        method="statistical test",
        claimed=", ".join(f"{x:.4f}" for x in fisher),
        measured=", ".join(f"{x:.4f}" for x in batched),
    )
    # One parameter, x = 1, theta = -log 3: the model says P(y = 1) = 1/4.
    at = sympy.Symbol("z", real=True)
    g = {}
    for y in (1, -1):
        loss = get_loss("logistic").value(SymPyNamespace(), at, sympy.Integer(y))
        g[y] = sympy.diff(loss, at).subs(at, -sympy.log(3))
    information = g[1] ** 2 / 4 + g[-1] ** 2 * 3 / 4
    two = unroll(rules.adam, 2, eps=0, beta1=0)
    v_hat = two[-1].metric ** 2
    drawn_labels = itertools.product(g.values(), repeat=2)  # four, equally likely
    mean = sum(
        v_hat.subs({step.g: x for step, x in zip(two, draw, strict=True)}) for draw in drawn_labels
    )
    yield contradicts(
        r"If the labels do not follow the model it is another matrix: $p_\theta(1)=\frac14$ and "
        r"half of the labels 1 make $\mathbb E[\hat v_2]=\frac5{16}$ for every $\beta_2$, while "
        r"the Fisher information is $\frac3{16}$.",
        identical(information, sympy.Rational(3, 16))
        and identical(mean / 4, sympy.Rational(5, 16)),
        method="exact",
        claimed="3/16",
        measured="5/16",
    )


@claim(
    "C54",
    "without a bias correction RMSProp's first steps are very long if β₂ is close to 1",
    where="section 5, RMSProp",
    section="5",
)
def rmsprop_first_steps() -> Iterator[Finding]:
    r"""RMSProp's lack of a bias correction matters most for $\beta_2$ close to 1, where it leads to
    very large steps: they are $1/\sqrt{1-\beta_2^t}$ times those of Adam with $\beta_1=0$
    ($\epsilon=0$) on the same gradients, a factor that increases with $\beta_2$ without bound.
    ("And often divergence", the paper adds; that is for experiments, claim C48.)
    """
    import sympy

    adam, rms = symbolic(rules.adam), symbolic(rules.rmsprop)
    s, r = adam.symbols, rms.symbols
    t, D2, rate = s.t, sympy.Symbol("D2", positive=True), sympy.Symbol("c", positive=True)
    ours = (adam.theta - s.theta).subs({s.beta1: 0, s.eps: 0}).subs(1 - s.beta2**t, D2)
    theirs = (rms.theta - r.theta).subs({r.rho: s.beta2, r.v: s.v})
    factor = sympy.simplify(theirs / ours).subs(D2, 1 - s.beta2**t)
    slope = t * s.beta2 ** (t - 1) / (2 * (1 - s.beta2**t) ** sympy.Rational(3, 2))
    bound = sympy.limit(factor.subs(s.beta2, 1 - rate), rate, 0)
    yield supports(
        r"The quotient of the two rules' steps is $1/\sqrt{1-\beta_2^t}$, for all states and "
        r"symbolic $t$; its derivative in $\beta_2$ is "
        r"$\frac t2\beta_2^{t-1}(1-\beta_2^t)^{-3/2}>0$, its limit infinite.",
        identical(factor, 1 / sympy.sqrt(1 - s.beta2**t))
        and identical(sympy.diff(factor, s.beta2), slope)
        and bound == sympy.oo,
        method="SymPy",
        claimed="very large",
        measured="31.6 α at t = 1, β₂ = 0.999",
    )
    xp = IntervalNamespace()
    good = True
    for rho, square in (("0.9", 10), ("0.999", 1000), ("0.9999", 10000)):
        hyper = {"alpha": 1, "rho": Fraction(rho), "theta0": xp.interval(0)}
        first = feed(rules.rmsprop, [xp.interval(1)], xp, **hyper)[0]
        good = good and abs(first.delta**2 - square) < Fraction(1, 10**20)
    yield supports(
        r"The first step is $\sqrt{10}\,\alpha$, $\sqrt{1000}\,\alpha$ and $100\,\alpha$ for "
        r"$\beta_2=0.9$, 0.999 and 0.9999.",
        good,
        method="intervals",
    )


@claim(
    "C57",
    "by the root in its preconditioner Adam is more conservative than natural gradient descent",
    where="section 5, natural gradient",
    section="5",
)
def square_root() -> Iterator[Finding]:
    r"""Adam divides by the square root of what estimates the Fisher diagonal $F$, natural gradient
    descent with a diagonal by $F$ itself. Between two coordinates with $F_1\ge F_2>0$ Adam's
    factors differ by $\sqrt{F_1/F_2}$, which is nearer to 1 than $F_1/F_2$; and a gradient $c$
    times as large gives a step that is as large for Adam, and $c^{-1}$ times as large for the
    natural gradient.
    """
    import numpy as np
    import sympy
    import z3

    s = symbolic(rules.adam).symbols
    c = sympy.Symbol("c", positive=True)
    line = symbolic(rules.adam)
    scaled = {s.g: c * s.g, s.m: c * s.m, s.v: c**2 * s.v}
    after = {k: line.state[k].subs(scaled, simultaneous=True) for k in ("m", "v")}
    metric = line.metric.subs(s.eps, 0)
    step = (line.theta - s.theta).subs(s.eps, 0)
    v_hat = line.state["v"] / (1 - s.beta2**s.t)
    a, b, root = z3.Reals("a b root")
    yield supports(
        r"The metric is the root of $\hat v_t$, and the step does not change when all gradients "
        r"are multiplied by $c$; divided by $\hat v_t$ itself it would, by $c^{-1}$. For symbolic "
        r"state and $t$.",
        identical(metric**2, v_hat)
        and identical(after["m"], c * line.state["m"])
        and identical(after["v"], c**2 * line.state["v"])
        and identical(step.subs(scaled, simultaneous=True), step)
        and identical(
            (step * metric / v_hat).subs(scaled, simultaneous=True), step * metric / v_hat / c
        ),
        method="SymPy",
        claimed="more conservative",
        measured="√(F₁/F₂) instead of F₁/F₂",
    )
    yield supports(
        r"$1\le\sqrt{F_1/F_2}\le F_1/F_2$ for all $F_1\ge F_2>0$.",
        impossible(a >= b, b > 0, root >= 0, root * root * b == a, z3.Or(root < 1, root * b > a)),
        method="Z3",
    )
    gradients = np.random.default_rng(57).choice([-1.0, 1.0], (50, 2)) * [10.0, 0.1]
    metric_ratio = np.divide(*feed(rules.adam, gradients, eps=0.0)[-1].metric)
    yield supports(
        r"Two coordinates with gradients $\pm10$ and $\pm0.1$: Adam's factors differ by 100, those "
        r"of the natural gradient by 10000.",
        abs(metric_ratio - 100) < 1e-9,
        method="property test",
    )
