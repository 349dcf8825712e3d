"""Rules on Z3's reals: what it proves, what it finds, and what it leaves open."""

from fractions import Fraction

import pytest
import z3

import adamlab as al
from adamlab.claims.tools import feed
from adamlab.smt import SMTNamespace, UndecidedError, impossible, solution

X, Y = z3.Reals("x y")


def fed(rule, n, **hyper):
    xp = SMTNamespace()
    numbers = {name: z3.RealVal(value) for name, value in hyper.items()}
    gradients = z3.Reals(" ".join(f"g{t}" for t in range(1, n + 1)))
    return xp, feed(rule, gradients, xp, theta0=z3.RealVal(0), **numbers)


def test_a_proof_and_a_counterexample():
    assert impossible(X * X < 0)
    assert not impossible(X * X > 2)
    assert solution(X * X < 0) is None
    assert solution(2 * X == 3) == {"x": Fraction(3, 2)}


def test_irrational_values_are_left_out():
    assert solution(X * X == 2, X > 0, Y == 1) == {"y": Fraction(1)}


def test_it_says_when_it_does_not_know():
    a, b, c = z3.Ints("a b c")
    with pytest.raises(UndecidedError, match=r"did not decide with effort 10000"):
        impossible(a > 0, b > 0, c > 0, a**3 + b**3 == c**3, effort=10_000)


def test_roots_are_nonnegative_and_square_to_their_argument():
    xp = SMTNamespace()
    root = xp.sqrt(X)
    assert impossible(*xp.conditions, root < 0)
    assert impossible(*xp.conditions, X == 4, root != 2)
    assert not impossible(*xp.conditions, X == 2)
    assert impossible(*xp.conditions, X < 0)


@pytest.mark.parametrize(
    ("of_x", "expected"),
    [
        (lambda xp: xp.abs(X), {-2: 2, 0: 0, 3: 3}),
        (lambda xp: xp.maximum(X, 1), {-2: 1, 1: 1, 3: 3}),
        (lambda xp: xp.minimum(X, 1), {-2: -2, 1: 1, 3: 1}),
        (lambda xp: xp.where(X > 0, 5, X), {-2: -2, 0: 0, 3: 5}),
        (lambda xp: xp.ratio(X, X), {-2: 1, 0: 0, 3: 1}),
    ],
)
def test_functions(of_x, expected):
    for x, y in expected.items():
        assert impossible(of_x(SMTNamespace()) != y, x == X)


def test_the_first_step_of_adam_has_length_alpha():
    xp, (step,) = fed(al.Adam, 1, alpha=3, beta1="9/10", beta2="999/1000", eps=0)
    g = step.g
    assert impossible(*xp.conditions, g > 0, step.delta != -3)
    assert impossible(*xp.conditions, g < 0, step.delta != 3)


def test_a_bound_that_is_true_of_one_rule_is_false_of_another():
    # AMSGrad's metric never falls; Adam's does.
    def falls(rule, **hyper):
        xp, (first, second) = fed(rule, 2, **hyper)
        return solution(*xp.conditions, first.metric > 0, second.metric < first.metric)

    assert falls(al.AMSGrad, alpha=1, beta1=0, beta2="1/2") is None
    assert falls(al.Adam, alpha=1, beta1=0, beta2="1/2", eps=0) is not None
