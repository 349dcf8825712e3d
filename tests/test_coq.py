"""A rule printed for Coq: what is printed, what it computes, and what is refused."""

import math
import re

import numpy as np
import pytest

from adamlab import coq, rules
from adamlab.namespaces import namespace_of
from adamlab.optimizers import averaged, rule

REFUSED = {"nadam", "nadam_torch"}
PRINTED = [r for r in [*rules.RULES.values(), averaged(rules.adam)] if r.name not in REFUSED]


def test_adamax_is_printed_as_the_paper_writes_it():
    assert coq.step(rules.adamax) == (
        "Definition adamax (alpha beta1 beta2 : R) (t : nat) (theta g : R) (state : R * R)\n"
        "    : R * R * (R * R) :=\n"
        "  let '(m, u) := state in\n"
        "  let m' := beta1 * m + (1 - beta1) * g in\n"
        "  let u' := Rmax (beta2 * u) (Rabs g) in\n"
        "  let theta' := theta - alpha / (1 - beta1 ^ t) * ratio m' u' in\n"
        "  (theta', u', (m', u'))."
    )


def test_on_floats_powers_are_arguments():
    text = coq.float_step(rules.adamax)
    assert "(alpha beta1 beta2 : float) (c1 : float) (theta g : float)" in text
    assert "theta - alpha / c1 * ratio m' u'" in text
    assert "maximum (beta2 * u) (abs g)" in text
    (power,) = coq.scalars(rules.adamax)
    assert repr(power) == "sub(number(1.0), pow(input('beta1'), input('t')))"


def test_one_state_none_and_the_round():
    assert "(theta g : R) (s : R)\n    : R * R * R :=" in coq.step(rules.adagrad)
    assert coq.step(rules.sgd).endswith("(theta', 1, tt).")
    assert "1 / INR t" in coq.step(rules.adamnc)
    assert "lam ^ (t - 1)" in coq.step(rules.adam_decayed_beta1)
    assert "beta1 ^ (t + 1)" in coq.step(rules.nadam_optax)


class Reader:
    """Evaluates a printed expression by Coq's grammar, written down again from its manual."""

    TOKEN = re.compile(r"\s*(\d+|[A-Za-z_][\w']*|[-+*/^()])")

    def __init__(self, text, values):
        self.tokens = self.TOKEN.findall(text)
        self.values = values

    def peek(self):
        return self.tokens[0] if self.tokens else None

    def sum(self):
        value = self.product()
        while self.peek() in ("+", "-"):
            sign = 1 if self.tokens.pop(0) == "+" else -1
            value = value + sign * self.product()
        return value

    def product(self):
        value = self.signed()
        while self.peek() in ("*", "/"):
            value = value * self.signed() if self.tokens.pop(0) == "*" else value / self.signed()
        return value

    def signed(self):
        if self.peek() == "-":
            self.tokens.pop(0)
            return -self.signed()
        return self.power()

    def power(self):
        base = self.application()
        if self.peek() == "^":
            self.tokens.pop(0)
            return base ** self.power()
        return base

    def application(self):
        functions = {
            "sqrt": (1, math.sqrt),
            "Rabs": (1, abs),
            "INR": (1, float),
            "Rmax": (2, max),
            "Rmin": (2, min),
            "ratio": (2, lambda a, b: 0.0 if a == b == 0 else a / b),
        }
        if self.peek() in functions:
            count, function = functions[self.tokens.pop(0)]
            return function(*(self.atom() for _ in range(count)))
        return self.atom()

    def atom(self):
        token = self.tokens.pop(0)
        if token == "(":
            value = self.sum()
            assert self.tokens.pop(0) == ")"
            return value
        return float(token) if token.isdigit() else self.values[token]


def evaluate(text, values):
    """The outputs of a printed step."""
    *lets, results = [line.strip() for line in text.split(":=", 1)[1].strip().split("\n")]
    for let in lets:
        if not let.startswith("let '("):
            name, expression = re.fullmatch(r"let ([\w']+) := (.*) in", let).groups()
            values = {**values, name: Reader(expression, values).sum()}
    outputs = re.sub(r"[()]", "", results.rstrip(".")).replace(", tt", "").split(", ")
    return [Reader(output, values).sum() for output in outputs]


@pytest.mark.parametrize("printed", PRINTED, ids=lambda r: r.name)
def test_what_is_printed_computes_what_the_rule_computes(printed):
    rng = np.random.default_rng(5)
    xp = namespace_of(np.zeros(1))
    for t in (1, 2, 7):
        hyper = {name: rng.uniform(0.2, 0.9) for name in printed.defaults}
        theta, g = rng.normal(size=2)
        state = {name: rng.uniform(1, 2) for name in printed.state}
        if "m" in state:
            state["m"] /= 4  # so that the centred rules have a root
        expected = printed.update(xp, t, theta, g, *state.values(), **hyper)
        values = {**hyper, **state, "t": t, "theta": theta, "g": g}
        found = evaluate(coq.step(printed), values)
        assert found == pytest.approx([float(x) for x in expected], rel=1e-12)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_power_that_is_not_natural_is_refused(name):
    with pytest.raises(ValueError, match=rf"^{name} cannot be printed for Coq: the exponent .*psi"):
        coq.step(rules.RULES[name])


def test_what_is_not_real_arithmetic_is_refused_by_name():
    @rule(source="made up", differs="takes a logarithm")
    def logarithmic(xp, t, theta, g, *, alpha=1.0):
        return theta - alpha * xp.log1p(g**2), 1.0

    @rule(source="made up", differs="chooses")
    def choosing(xp, t, theta, g, *, alpha=1.0):
        return theta - xp.where(g > 0, alpha, -alpha), 1.0

    for refused, operation in ((logarithmic, "log1p"), (choosing, "where")):
        with pytest.raises(ValueError, match=f"{refused.name} .* there is no '{operation}'"):
            coq.step(refused)
