"""Rules as mathematics: what SymPy says is what runs, and the LaTeX is the paper's."""

from __future__ import annotations

import linecache
import math
import random
import re

import matplotlib.mathtext
import numpy as np
import pytest
import sympy as sp

import adamlab as al
from adamlab import symbols as symbols_module
from adamlab.namespaces import Arrays, namespace_of
from adamlab.rules import RULES
from adamlab.symbols import SymPyNamespace, unroll

PARSER = matplotlib.mathtext.MathTextParser("path")
ALL = [*RULES.values(), al.averaged(RULES["adam"])]
every_rule = pytest.mark.parametrize("rule", ALL, ids=lambda r: r.name)


_MADE = {}


def symbolic(rule):
    """`al.symbolic`, once for each rule."""
    if rule.formula not in _MADE:
        _MADE[rule.formula] = symbols_module.symbolic(rule)
    return _MADE[rule.formula]


def lines(rule):
    return symbolic(rule).latex().split("\n")[1:-1]


def draw(rule):
    """Numbers for a rule's arguments by name; binary fractions, and states that can occur."""
    rng = random.Random(rule.name)
    numbers = {"t": rng.randint(2, 9), "theta": rng.randint(-99, 99) / 16}
    numbers["g"] = rng.choice([-1, 1]) * rng.randint(1, 99) / 16
    for name in rule.state:
        numbers[name] = rng.randint(65, 99) / 64
    if "v" in rule.state and "m" in rule.state:  # v >= m^2, as the centred rules need
        numbers["v"] = numbers["m"] ** 2 + rng.randint(1, 99) / 64
    for name in rule.defaults:
        numbers[name] = rng.randint(1, 15) / 16
    return numbers


def sides(symbolic_rule, numbers):
    return {vars(symbolic_rule.symbols)[k]: sp.Rational(v) for k, v in numbers.items()}


def close(expression, values, number):
    return float(expression.subs(values).evalf(20)) == pytest.approx(number, rel=1e-11, abs=1e-13)


# --------------------------------------------------------------------------------------------------
# Expressions


@every_rule
def test_expressions_are_the_direct_call(rule):
    """The composed expressions, and the lines put together again, against the call on floats."""
    s, numbers = symbolic(rule), draw(rule)
    arguments = [numbers[k] for k in ("t", "theta", "g", *rule.state)]
    hyper = {k: numbers[k] for k in rule.defaults}
    theta, metric, *state = rule.formula(Arrays(math), *arguments, **hyper)
    values = sides(s, numbers)
    assert close(s.theta, values, theta)
    assert close(s.metric, values, metric)
    assert list(s.state) == list(rule.state)
    for name, number in zip(rule.state, state, strict=True):
        assert close(s.state[name], values, number)

    for left, right in s.equations:
        assert right.free_symbols <= set(values), f"{left} uses what no line before it defines"
        assert left not in values
        values[left] = right.subs(values)
    by_name = {left.name: left for left, _ in s.equations}
    assert close(by_name[r"\theta_{t}"], values, theta)
    for name, number in zip(rule.state, state, strict=True):
        new = vars(s.symbols)[name].name.replace("t-1", "t")
        assert close(by_name[new], values, number)


@every_rule
def test_every_symbol_is_used_and_none_else(rule):
    s = symbolic(rule)
    given = vars(s.symbols)
    assert list(given) == ["t", "theta", "g", *rule.state, *rule.defaults]
    outputs = [s.theta, s.metric, *s.state.values()]
    used = set().union(*(x.free_symbols for x in outputs))
    assert used <= set(given.values())
    assert {given["theta"], given["g"]} <= used
    assert {given[k] for k in (*rule.state, *rule.defaults)} <= used


def test_the_papers_adam():
    s = symbolic(al.Adam)
    t, theta, g, m, v, alpha, beta1, beta2, eps = vars(s.symbols).values()
    m_t = beta1 * m + (1 - beta1) * g
    v_t = beta2 * v + (1 - beta2) * g**2
    assert s.state == {"m": m_t, "v": v_t}
    hats = m_t / (1 - beta1**t), v_t / (1 - beta2**t)
    assert sp.simplify(s.theta - (theta - alpha * hats[0] / (sp.sqrt(hats[1]) + eps))) == 0
    assert sp.simplify(s.metric - sp.sqrt(hats[1]) - eps) == 0
    assert (beta1, t) == (
        sp.Symbol("beta1", positive=True),
        sp.Symbol("t", integer=True, positive=True),
    )


def test_assumptions_hide_nothing():
    """A positive gradient would turn |g| into g (and AdaMax into something else)."""
    s = symbolic(al.AdaMax)
    assert s.state["u"] == sp.Max(s.symbols.beta2 * s.symbols.u, sp.Abs(s.symbols.g))
    for name in ("theta", "g", "m"):
        symbol = vars(s.symbols)[name]
        assert symbol.is_real
        assert symbol.is_nonnegative is None
    assert s.symbols.u.is_nonnegative
    assert s.symbols.t.is_integer
    assert s.symbols.t.is_positive


@every_rule
def test_a_state_called_nonnegative_is(rule):
    """On gradients that try: large, small, of both signs, and zeros."""
    claimed = {k for k in rule.state if vars(symbolic(rule).symbols)[k].is_nonnegative}
    assert not {"m", "b", "theta_bar"} & claimed
    assert {"v", "u", "s", "v_hat", "v_max"} & set(rule.state) <= claimed
    rng = np.random.default_rng(3)
    theta = np.zeros(200)
    arrays = tuple(np.zeros(200) for _ in rule.state)
    for t in range(1, 30):
        g = rng.normal(size=200) * 10.0 ** rng.integers(-4, 4, 200) * rng.integers(0, 2, 200)
        theta, _, arrays = rule().update(namespace_of(theta), t, theta, g, arrays)
        for name, array in zip(rule.state, arrays, strict=True):
            assert name not in claimed or (array >= 0).all()


def test_a_state_that_can_be_negative_is_not_called_nonnegative_for_its_name():
    @al.rule
    def dual(xp, t, theta, g, v, u, *, alpha=1.0, beta1=0.9):
        v = v - g
        u = beta1 * u + xp.maximum(v, 0.0)
        return theta + alpha * v, 1.0, v, u

    s = symbolic(dual)
    assert s.symbols.v.is_nonnegative is None
    assert s.symbols.u.is_nonnegative


# --------------------------------------------------------------------------------------------------
# LaTeX


def test_latex_of_algorithm_1():
    assert lines(al.Adam) == [
        r"m_{t} &= \beta_{1} m_{t-1} + (1 - \beta_{1}) g_{t} \\",
        r"v_{t} &= \beta_{2} v_{t-1} + (1 - \beta_{2}) g_{t}^{2} \\",
        r"\hat{m}_{t} &= \frac{m_{t}}{1 - \beta_{1}^{t}} \\",
        r"\hat{v}_{t} &= \frac{v_{t}}{1 - \beta_{2}^{t}} \\",
        r"\theta_{t} &= \theta_{t-1} - \alpha \frac{\hat{m}_{t}}{\sqrt{\hat{v}_{t}} + \epsilon}",
    ]


def test_latex_of_algorithm_2():
    assert lines(al.AdaMax) == [
        r"m_{t} &= \beta_{1} m_{t-1} + (1 - \beta_{1}) g_{t} \\",
        r"u_{t} &= \max(\beta_{2} u_{t-1}, \left|g_{t}\right|) \\",
        r"\theta_{t} &= \theta_{t-1} - \frac{\alpha}{1 - \beta_{1}^{t}} \frac{m_{t}}{u_{t}}",
    ]


def test_latex_of_an_average_follows_the_inner_rule():
    assert lines(al.averaged(al.SGD)) == [
        r"\theta_{t} &= \theta_{t-1} - \alpha g_{t} \\",
        r"\bar{\theta}_{t} &= \bar{\beta} \bar{\theta}_{t-1} + (1 - \bar{\beta}) \theta_{t}",
    ]


def test_a_notebook_shows_the_equations():
    s = symbolic(al.SGD)
    assert s._repr_latex_() == "$$" + s.latex() + "$$"
    assert s.latex().startswith(r"\begin{aligned}")
    assert s.latex().endswith(r"\end{aligned}")


@every_rule
def test_latex_is_valid_and_reads_like_mathematics(rule):
    text = lines(rule)
    assert len(text) == len(symbolic(rule).equations)
    for line in text:
        left, right = line.removesuffix(r" \\").split(" &= ")
        PARSER.parse(f"${left} = {right}$")
        assert not re.search(r"\*|_hat|_bar|xp\.", line)
        assert set(re.findall(r"\\mathrm\{(\w*)\}", line)) <= {"max", "later", "step"}
    assert left in (r"\theta_{t}", r"\bar{\theta}_{t}")  # the last line is the new point


def test_latex_puts_parentheses_where_they_are_needed_and_only_there():
    @al.rule
    def odd(xp, t, theta, g, m, *, alpha=1e-3, beta1=0.9, c_decay=0.5):
        a = g - (m - g)
        b = -(g + m) * m - -g
        c = (alpha * g) ** 2 + g ** (t - 1)
        d = (-g) ** 2 / (g / m)
        e = 2 * (3e-8 * g) * 0.5 + (-1) * m
        f = xp.sqrt(g) ** 2 + (g / m) ** 2 + (g**2) ** 3
        h = xp.where((g < m) & (t <= 1), c_decay * a, xp.log1p(xp.exp(-g)))
        return theta - (a + b) * (c + d + e + f) * h, 1.0, m

    assert lines(odd) == [
        r"a_{t} &= g_{t} - (m_{t-1} - g_{t}) \\",
        r"b_{t} &= -(g_{t} + m_{t-1}) m_{t-1} - (-g_{t}) \\",
        r"c_{t} &= (\alpha g_{t})^{2} + g_{t}^{t - 1} \\",
        r"d_{t} &= \frac{(-g_{t})^{2}}{\frac{g_{t}}{m_{t-1}}} \\",
        r"e_{t} &= 2 \cdot 3 \cdot 10^{-8} g_{t} \cdot 0.5 - 1 m_{t-1} \\",
        r"f_{t} &= \sqrt{g_{t}}^{2} + \left(\frac{g_{t}}{m_{t-1}}\right)^{2} + (g_{t}^{2})^{3} \\",
        r"h_{t} &= \begin{cases} c_{\mathrm{decay}} a_{t} & \text{if } g_{t} < m_{t-1} \wedge "
        r"t \le 1 \\ \log(1 + \exp(-g_{t})) & \text{otherwise} \end{cases} \\",
        r"m_{t} &= m_{t-1} \\",
        r"\theta_{t} &= \theta_{t-1} - (a_{t} + b_{t}) (c_{t} + d_{t} + e_{t} + f_{t}) h_{t}",
    ]


# --------------------------------------------------------------------------------------------------
# A user's own rules


LION = """
@al.rule
def lion(xp, t, theta, g, m, *, alpha=1e-4, beta1=.9, beta2=.99):
    "Evolved sign momentum."
    one_minus = 1 - beta1
    c = beta1 * m + one_minus * g
    theta = theta - alpha * xp.ratio(c, xp.abs(c))
    m_new = beta2 * m + (1 - beta2) * g
    return theta, 1.0, m_new
"""


def run_as_a_cell(source, name=None):
    """Execute source as a notebook does, which leaves it in `linecache`; without a name, not."""
    if name is not None:
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    variables = {"al": al}
    exec(compile(source, name or "<nowhere>", "exec"), variables)
    return variables["lion"]


def test_a_rule_defined_in_a_notebook():
    assert lines(run_as_a_cell(LION, "<cell 1>")) == [
        r"\mathrm{one}_{\mathrm{minus}} &= 1 - \beta_{1} \\",  # no index: a constant
        r"c_{t} &= \beta_{1} m_{t-1} + \mathrm{one}_{\mathrm{minus}} g_{t} \\",
        r"\theta_{t} &= \theta_{t-1} - \alpha \frac{c_{t}}{\left|c_{t}\right|} \\",
        r"m_{t} &= \beta_{2} m_{t-1} + (1 - \beta_{2}) g_{t}",
    ]


def test_a_rule_without_source_has_its_composed_equations():
    s = symbolic(run_as_a_cell(LION))
    assert [str(left) for left, _ in s.equations] == ["m_{t}", r"\theta_{t}"]
    assert s.equations[1][1] == s.theta
    assert lines(s.rule)[0] == r"m_{t} &= \beta_{2} m_{t-1} + (1 - \beta_{2}) g_{t} \\"


def test_helpers_closures_and_names_assigned_twice():
    factor = 3

    def debias(x, beta, t):
        return x / (1 - beta**t)

    @al.rule
    def mine(xp, t, theta, g, m, *, alpha=1e-3, beta1=0.9, weight_decay=0.01):
        g = g + weight_decay * theta
        m = beta1 * m
        m = m + (1 - beta1) * g
        return theta - factor * alpha * debias(m, beta1, t), 1.0, m

    assert lines(mine) == [
        r"m_{t} &= \beta_{1} m_{t-1} + (1 - \beta_{1}) (g_{t} + \lambda \theta_{t-1}) \\",
        r"\theta_{t} &= \theta_{t-1} - 3 \alpha \frac{m_{t}}{1 - \beta_{1}^{t}}",
    ]
    s = symbolic(mine)
    assert s.theta.has(s.symbols.weight_decay)


def test_literals_are_the_decimal_fractions_that_they_look_like():
    @al.rule
    def tenth(xp, t, theta, g, *, alpha=1e-3):
        return theta - 0.1 * alpha * g, 1.0

    s = symbolic(tenth)
    assert s.theta == s.symbols.theta - s.symbols.alpha * s.symbols.g / 10


def test_questions_that_symbols_cannot_answer_are_refused():
    @al.rule
    def first(xp, t, theta, g, *, alpha=1e-3):
        return theta - xp.where(t == 1, 0.5 * g, g) * alpha, 1.0

    with pytest.raises(TypeError, match=r"compared with == or !="):
        symbolic(first)


def test_names_that_print_alike_are_refused():
    @al.rule
    def two(xp, t, theta, g, *, alpha=1e-3, lam=0.5, weight_decay=0.5):
        return theta - lam * alpha * g - weight_decay * theta, 1.0

    with pytest.raises(ValueError, match="printed alike"):
        symbolic(two)


def test_what_is_no_rule_is_refused():
    with pytest.raises(TypeError, match="must be a rule"):
        symbols_module.symbolic(al.Adam(alpha=0.1))


def test_namespace_of_expressions():
    xp = SymPyNamespace()
    x = sp.Symbol("x", real=True)
    assert xp.ratio(0, 0) == 0
    assert xp.ratio(x, 2) == x / 2
    assert xp.log1p(x) == sp.log(1 + x)
    assert xp.where(x < 0, -x, x).subs(x, -3) == 3
    assert xp.minimum(x, 0).subs(x, 2) == 0


# --------------------------------------------------------------------------------------------------
# Unrolled rules


def test_unrolled_adam_has_the_weights_of_section_3():
    steps = unroll(al.Adam, 3, eps=0)
    beta1, beta2, alpha = (sp.Symbol(n, positive=True) for n in ("beta1", "beta2", "alpha"))
    g = [s.g for s in steps]
    for t, s in enumerate(steps, start=1):
        weights = [(1 - beta1) * beta1 ** (t - i) / (1 - beta1**t) for i in range(1, t + 1)]
        squares = [(1 - beta2) * beta2 ** (t - i) / (1 - beta2**t) for i in range(1, t + 1)]
        m_hat = sum(w * x for w, x in zip(weights, g, strict=False))
        v_hat = sum(w * x**2 for w, x in zip(squares, g, strict=False))
        assert sp.simplify(sum(weights)) == 1
        at = {beta1: sp.Rational(1, 3), beta2: sp.Rational(4, 5), g[0]: 2, g[1]: -3, g[2]: 5}
        assert sp.simplify((s.delta + alpha * m_hat / sp.sqrt(v_hat)).subs(at)) == 0
        assert s.t == t
    assert steps[0].delta == -alpha * g[0] / sp.Abs(g[0])
    assert steps[2].theta - steps[1].theta - steps[2].delta == 0


def test_unrolled_adamax_exceeds_alpha():
    """Claim of section 7.1; g = (1/beta2, 1) gives alpha (1 + beta1/beta2)/(1 + beta1)."""
    first, second = unroll(al.AdaMax, 2, alpha=1, beta1="9/10", beta2=0.999)
    step = second.delta.subs({first.g: 1 / sp.Rational("0.999"), second.g: 1})
    assert -step == (1 + sp.Rational("0.9") / sp.Rational("0.999")) / sp.Rational("1.9")
    assert float(-step) == pytest.approx(1.000474, abs=5e-7)


@every_rule
def test_unrolled_rules_are_what_runs(rule):
    gradients = [0.75, -1.5, 2.25]
    steps = unroll(rule, 3, **rule.defaults)
    values = {s.g: sp.Rational(x) for s, x in zip(steps, gradients, strict=True)}
    values[sp.Symbol("theta0", real=True)] = sp.Rational(1, 2)
    theta, before = np.array([0.5]), 0.5
    arrays = tuple(np.zeros(1) for _ in rule.state)
    for s, g in zip(steps, gradients, strict=True):
        theta, metric, arrays = rule().update(
            namespace_of(theta), s.t, theta, np.array([g]), arrays
        )
        assert close(s.theta, values, theta[0])
        assert close(s.metric, values, float(np.asarray(metric).ravel()[0]))
        assert close(s.delta, values, theta[0] - before)
        for name, array in zip(rule.state, arrays, strict=True):
            assert close(s.state[name], values, array[0])
        before = theta[0]


def test_unroll_with_a_schedule():
    steps = unroll(al.SGD, 4, alpha=al.inverse_sqrt(0.1))
    assert steps[3].delta == -steps[3].g / 20
    assert steps[1].delta == -steps[1].g * sp.sqrt(2) / 20


def test_unroll_refuses_bad_arguments():
    with pytest.raises(ValueError, match="n must be a positive integer"):
        unroll(al.SGD, 0)
    with pytest.raises(TypeError, match="no hyper-parameter 'beta'; it has alpha"):
        unroll(al.SGD, 1, beta=0.9)


def test_the_module_is_documented_by_examples_that_are_true():
    import doctest

    results = doctest.testmod(symbols_module)
    assert results.attempted >= 4
    assert results.failed == 0
