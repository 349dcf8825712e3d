"""Rules on intervals: each operation is sound, nothing is guessed, and Adam's regret is exact."""

from __future__ import annotations

import math
import operator
import sys
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import adamlab as al
from adamlab import intervals
from adamlab.intervals import Interval, IntervalError, IntervalNamespace, enclose, first_violation
from adamlab.namespaces import namespace_of
from adamlab.rules import RULES

PREC = 100
xp = IntervalNamespace(PREC)
MP = mpmath.mp.clone()  # numbers of 120 digits: next to intervals of 100 or 128 bits, exact
MP.dps = 120
NOISE = F(1, 10**100)

fifty = settings(max_examples=50, deadline=None)
rationals = st.fractions(-1000, 1000, max_denominator=10**6)


@st.composite
def intervals_with_a_member(draw, numbers=rationals):
    """An interval, possibly a point, and a number in it."""
    a, b = sorted((draw(numbers), draw(numbers)))
    weight = draw(st.sampled_from([F(0), F(1, 3), F(1, 2), F(1)]))
    return xp.interval(a, b), a + weight * (b - a)


def rational(x):
    """The exact value of a number of mpmath."""
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * int(mantissa) * F(2) ** int(exponent)


def encloses(interval, exact):
    low, high = interval.ends
    slack = NOISE * (1 + abs(exact))
    return low - slack <= exact <= high + slack


# --------------------------------------------------------------------------------------------------
# Soundness


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul])
@fifty
@given(x=intervals_with_a_member(), y=intervals_with_a_member())
def test_arithmetic_encloses(operation, x, y):
    assert operation(x[1], y[1]) in operation(x[0], y[0])
    assert operation(x[1], y[1]) in operation(x[1], y[0])  # a fraction on the left


@fifty
@given(x=intervals_with_a_member(), y=intervals_with_a_member())
def test_extrema_enclose(x, y):
    assert max(x[1], y[1]) in xp.maximum(x[0], y[0])
    assert min(x[1], y[1]) in xp.minimum(x[0], y[0])
    assert abs(x[1]) in xp.abs(x[0])
    assert -x[1] in -x[0]


@fifty
@given(x=intervals_with_a_member(), y=intervals_with_a_member())
def test_division_encloses_or_refuses(x, y):
    low, high = y[0].ends
    if low <= 0 <= high:
        with pytest.raises(IntervalError, match="may be zero"):
            x[0] / y[0]
    else:
        assert x[1] / y[1] in x[0] / y[0]
        assert x[1] / y[1] in xp.ratio(x[0], y[0])
        assert 1 / y[1] in 1 / y[0]


@fifty
@given(x=intervals_with_a_member(), n=st.integers(-4, 7))
def test_integer_powers_enclose(x, n):
    low, high = x[0].ends
    assume(n >= 0 or not low <= 0 <= high)
    assert x[1] ** n in x[0] ** n
    assert x[1] ** n in x[0] ** xp.interval(n)


@fifty
@given(
    x=intervals_with_a_member(st.fractions(F(1, 100), 100, max_denominator=1000)),
    y=intervals_with_a_member(st.fractions(-3, 3, max_denominator=1000)),
)
def test_powers_and_functions_enclose(x, y):
    member, exponent = (MP.mpf(q.numerator) / q.denominator for q in (x[1], y[1]))
    assert encloses(x[0] ** y[0], rational(MP.power(member, exponent)))
    assert encloses(xp.sqrt(x[0]), rational(MP.sqrt(member)))
    assert encloses(xp.exp(y[0]), rational(MP.exp(exponent)))
    assert encloses(xp.log1p(x[0]), rational(MP.log1p(member)))
    if y[0].ends[0] > -1:
        assert encloses(xp.log1p(y[0]), rational(MP.log1p(exponent)))


@fifty
@given(st.floats(-1, 1), st.integers(-200, -20))
def test_log1p_keeps_its_digits_near_zero(x, exponent):
    assume(abs(x) > 1e-3)
    tiny = F(x) * F(2) ** exponent
    got = xp.log1p(xp.interval(tiny))
    assert encloses(got, rational(MP.log1p(MP.mpf(tiny.numerator) / tiny.denominator)))
    assert got.width <= abs(float(tiny)) * 2.0 ** (4 - PREC)


@fifty
@given(x=intervals_with_a_member(), y=intervals_with_a_member())
def test_comparisons_answer_for_all_members_or_not_at_all(x, y):
    a, b = x[0].ends
    c, d = y[0].ends
    for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        corners = {compare(p, q) for p in (a, b) for q in (c, d)}
        overlap = max(a, c) <= min(b, d)
        decided = len(corners) == 1 and not (
            compare in (operator.eq, operator.ne) and overlap and not a == b == c == d
        )
        if decided:
            assert compare(x[0], y[0]) is corners.pop()
        else:
            with pytest.raises(IntervalError, match="overlap"):
                compare(x[0], y[0])


def test_pythons_extrema_and_branches_are_not_silently_wrong():
    wide, other = xp.interval(0, 2), xp.interval(1, 3)
    assert xp.maximum(wide, other).ends == (1, 3)
    for question in (lambda: max(wide, other), lambda: min(wide, other), lambda: bool(wide)):
        with pytest.raises(IntervalError):
            question()
    with pytest.raises(IntervalError):
        xp.where(wide > 1, 1, 0)


@fifty
@given(rationals)
def test_conversion_is_exact_or_one_unit_wide(q):
    x = xp.interval(q)
    assert q in x
    assert x.width <= abs(q) * F(2) ** (1 - PREC)
    assert F(x.lower) <= x.ends[0]
    assert F(x.upper) >= x.ends[1]
    assert F(math.nextafter(x.lower, math.inf)) > x.ends[0]
    assert F(math.nextafter(x.upper, -math.inf)) < x.ends[1]


def test_decimals_are_decimals_and_floats_are_floats():
    assert F(1, 10) in xp.interval("0.1")
    assert F(1, 10) in xp.interval("1/10")
    assert F(1, 10) not in xp.interval(0.1)
    assert xp.interval(0.1).ends == (F(0.1), F(0.1))
    assert F(1, 3) + F(0.1) in np.float64(0.1) + xp.interval(F(1, 3))
    assert xp.interval(np.int64(3)).ends == (3, 3)


@pytest.mark.parametrize("bad", [math.nan, math.inf, None, 1j, "a tenth"])
def test_what_is_no_number_is_refused(bad):
    with pytest.raises((TypeError, ValueError)):
        xp.interval(bad)


def test_other_refusals():
    with pytest.raises(ValueError, match="must not exceed"):
        xp.interval(1, 0)
    with pytest.raises(ValueError, match="at least 53"):
        IntervalNamespace(24)
    for question in (lambda: xp.sqrt(xp.interval(-1, 1)), lambda: xp.log1p(xp.interval(-1, 1))):
        with pytest.raises(IntervalError, match="negative"):
            question()
    with pytest.raises(TypeError):
        xp.interval(1) + "1"


def test_ratio_defines_zero_over_zero():
    zero, maybe_zero = xp.interval(0), xp.interval(0, 1)
    assert xp.ratio(zero, zero).ends == (0, 0)
    assert xp.ratio(zero, maybe_zero).ends == (0, 0)
    for a, b in ((maybe_zero, zero), (maybe_zero, maybe_zero), (1, zero)):
        with pytest.raises(IntervalError):
            xp.ratio(a, b)


# --------------------------------------------------------------------------------------------------
# Every rule


class Digits:
    """A namespace of numbers with 120 digits."""

    sqrt, exp, log1p = MP.sqrt, MP.exp, MP.log1p
    abs, maximum, minimum = abs, max, min

    @staticmethod
    def ratio(a, b):
        return MP.mpf(0) if a == 0 and b == 0 else a / b

    @staticmethod
    def where(condition, a, b):
        return a if condition else b


GRADIENTS = [0, 1, F(-3, 7), 0, 1000, F(1, 1000), F(-1, 3), 2, 2, -1]


def play(rule, xp, numbers, gradients, hyper, theta):
    """All outputs of a rule's formula over a stream of gradients."""
    state, rounds = [numbers(0)] * len(rule.state), []
    for t, g in enumerate(gradients, start=1):
        theta, metric, *state = rule.formula(
            xp, numbers(t), theta, g, *state, **{k: numbers(v) for k, v in hyper.items()}
        )
        rounds.append((theta, metric, *state))
    return rounds


RULES_AND_AVERAGES = [*RULES.values(), al.averaged(RULES["adam"])]


@pytest.mark.parametrize("rule", RULES_AND_AVERAGES, ids=lambda r: r.name)
def test_every_rule_encloses_its_exact_and_its_float_result(rule):
    wide = IntervalNamespace(128)
    got = play(
        rule, wide, wide.interval, map(wide.interval, GRADIENTS), rule.defaults, wide.interval(1)
    )
    exact_gradients = [MP.mpf(F(g).numerator) / F(g).denominator for g in GRADIENTS]
    exact = play(rule, Digits, MP.mpf, exact_gradients, rule.defaults, MP.mpf(1))
    theta, arrays = np.ones(1), tuple(np.zeros(1) for _ in rule.state)
    for t, (enclosures, outputs) in enumerate(zip(got, exact, strict=True), start=1):
        for enclosure, output in zip(enclosures, outputs, strict=True):
            enclosure = wide.interval(enclosure)
            assert encloses(enclosure, rational(MP.mpf(output)))
            assert enclosure.width <= 1e-30 * max(1, abs(enclosure.upper))
        g = np.array([float(GRADIENTS[t - 1])])
        theta, _, arrays = rule().update(namespace_of(theta), t, theta, g, arrays)
        assert theta[0] == pytest.approx(enclosures[0].upper, rel=1e-12)


WIDTH = F(1, 10**6)


@pytest.mark.parametrize("rule", RULES_AND_AVERAGES, ids=lambda r: r.name)
def test_every_rule_on_gradients_that_are_not_points(rule):
    """Points of the gradients' intervals lead to points of the enclosures."""
    gradients = [F(1), F(-1, 2), F(3), F(7, 5)]
    spread = [xp.interval(g, g + WIDTH) for g in gradients]
    got = play(rule, xp, xp.interval, spread, rule.defaults, xp.interval(1))
    rng = np.random.default_rng(1)
    for _ in range(3):
        shifts = [F(int(k), 1000) * WIDTH for k in rng.integers(0, 1001, len(gradients))]
        members = [g + s for g, s in zip(gradients, shifts, strict=True)]
        points = [MP.mpf(g.numerator) / g.denominator for g in members]
        exact = play(rule, Digits, MP.mpf, points, rule.defaults, MP.mpf(1))
        for enclosures, outputs in zip(got, exact, strict=True):
            for enclosure, output in zip(enclosures, outputs, strict=True):
                assert encloses(xp.interval(enclosure), rational(MP.mpf(output)))
    assert 0 < got[-1][0].width < 1


# --------------------------------------------------------------------------------------------------
# Theorem 4.1 of the paper, refuted (Reddi et al. 2018, their first example)


def reddi(C):
    return lambda xp, t, x: (C * x, C) if t % 3 == 1 else (-x, -1)


def reddi_on_the_line(C):
    """Convex on all of R with bounded gradients, and the same on [-1, 1]."""

    def game(xp, t, x):
        if t % 3 == 1:
            return C * xp.maximum(x, -1), xp.where(x > -1, C, 0)
        return xp.maximum(-x, -1), xp.where(x < 1, -1, 0)

    return game


def theorem_4_1(r, C, lam, D=None):
    """The printed right-hand side, d = 1; without its last term if `lam` is None. beta1 = 0."""
    alpha, beta2 = xp.interval(F(1, 2)), xp.interval(F(1, 1 + C * C))
    D = r.D if D is None else xp.interval(D)
    total = D**2 / (2 * alpha) * xp.sqrt(xp.interval(r.t) * r.metric**2)
    total += alpha * C / xp.sqrt(1 - beta2) * r.gradient_norm
    if lam is not None:
        total += D**2 * C * xp.sqrt(1 - beta2) / (2 * alpha * (1 - xp.interval(lam)) ** 2)
    return total


def play_reddi(C, horizon, projected):
    return enclose(
        RULES["adam_uncorrected" if projected else "adam"],
        reddi(C) if projected else reddi_on_the_line(C),
        1,
        horizon,
        comparator=-1,
        domain=al.Box(-1, 1) if projected else None,
        alpha=al.inverse_sqrt(F(1, 2)),
        beta1=0,
        beta2=F(1, 1 + C * C),
        eps=0,
    )


@pytest.mark.parametrize(
    ("C", "lam", "T", "regret", "bound"),
    [  # lam = 0 is the infimum over lam of the printed bound
        (3, None, 102, 72.6047, 72.4062),
        (3, 0, 135, 95.2824, 94.6838),
        (3, "1/2", 219, 152.6987, 151.6326),
        (4, None, 45, None, None),
        (4, 0, 66, 91.6758, 89.8272),
        (4, "1/2", 120, None, None),
        (10, 0, 54, None, None),
    ],
)
def test_first_violations_of_theorem_4_1_with_projection(C, lam, T, regret, bound):
    found = first_violation(play_reddi(C, T, True), lambda r: theorem_4_1(r, C, lam, D=2))
    assert found.t == T
    assert found.regret.width < 1e-30
    assert found.G_inf.ends == (C, C)
    if regret is not None:
        assert round(found.regret.lower, 4) == round(found.regret.upper, 4) == regret
        assert round(theorem_4_1(found, C, lam, D=2).upper, 4) == bound


@pytest.mark.parametrize(
    ("C", "lam", "T"),
    [(3, 0, 75), (3, "1/2", 162), (4, 0, 42), (4, "1/2", 99), (6, 0, 39), (10, 0, 45)],
)
def test_first_violations_of_theorem_4_1_to_the_letter(C, lam, T):
    """The paper's own algorithm: bias correction, no projection; D is what the run has."""
    rounds = play_reddi(C, T, False)
    found = first_violation(rounds, lambda r: theorem_4_1(r, C, lam))
    assert found.t == T
    if C in (3, 4):
        assert round(found.D.upper, 2) == 2.15
    assert first_violation(rounds[:-1], lambda r: theorem_4_1(r, C, lam)) is None


def test_sums_of_a_game_that_can_be_done_by_hand():
    """Gradient descent on x^2 with alpha = 1/4: x halves each round."""
    rounds = enclose(
        RULES["sgd"], lambda xp, t, x: (x**2, 2 * x), 1, 4, comparator=F(1, 4), alpha="1/4"
    )
    last = rounds[-1]
    assert [r.theta.ends for r in rounds] == [(F(1, 2**k),) * 2 for k in range(4)]
    assert last.cumulative_loss.ends == (F(85, 64), F(85, 64))
    assert last.regret.ends == (F(69, 64), F(69, 64))
    assert F(85, 16) in last.gradient_norm**2
    assert (last.G_inf.ends, last.D.ends) == ((2, 2), (F(7, 8), F(7, 8)))
    assert last.metric.ends == (1, 1)
    assert first_violation(rounds, lambda r: xp.interval(F(9, 8))) is None
    assert first_violation(rounds, lambda r: xp.interval(1)).t == 2


def test_projection_and_the_comparator_count_in_the_diameter():
    rounds = enclose(
        RULES["sgd"], lambda xp, t, x: (-x, -1), 0, 3, comparator=-1, alpha=10, domain=al.Box(-1, 1)
    )
    assert [r.theta.ends[0] for r in rounds] == [0, 1, 1]
    assert [r.D.ends[0] for r in rounds] == [1, 2, 2]


def test_an_optimizer_is_played_at_the_value_of_its_floats():
    game = lambda xp, t, x: (x, 1)  # noqa: E731
    by_float = enclose(al.SGD(alpha=0.1), game, 0, 2, comparator=0)[-1].theta
    by_decimal = enclose(al.SGD, game, 0, 2, comparator=0, alpha="0.1")[-1].theta
    assert -F(0.1) in by_float
    assert F(-1, 10) in by_decimal
    assert F(-1, 10) not in by_float


def test_an_undecided_game_stops_and_says_where():
    """|x| at 0: which subgradient is played is open, unless the game gives both."""

    def absolute(xp, t, x):
        return abs(x), xp.where(x > 0, 1, -1)

    def hull(xp, t, x):
        return abs(x), xp.interval(-1, 1)

    with pytest.raises(IntervalError) as caught:
        enclose(RULES["sgd"], absolute, F(1, 3), 5, comparator=0, alpha="1/3")
    assert "round 2" in caught.value.__notes__[0]
    last = enclose(RULES["sgd"], hull, F(1, 3), 5, comparator=0, alpha="1/3")[-1]
    assert last.theta.ends[0] < -1 < 1 < last.theta.ends[1]


def test_bad_arguments():
    game = reddi(3)
    with pytest.raises(TypeError, match="no hyper-parameter 'beta1'; it has alpha"):
        enclose(RULES["sgd"], game, 1, 3, comparator=-1, beta1=0)
    with pytest.raises(ValueError, match="horizon must be"):
        enclose(RULES["sgd"], game, 1, 0, comparator=-1)
    for theta1, comparator, name in ((2, -1, "theta1"), (1, -2, "comparator")):
        with pytest.raises(ValueError, match=f"{name} must lie in"):
            enclose(RULES["sgd"], game, theta1, 3, comparator=comparator, domain=al.Box(-1, 1))


@settings(max_examples=20, deadline=None)
@given(st.integers(60, 200))
def test_more_bits_give_narrower_enclosures_that_overlap(prec):
    game = reddi(3)
    kwargs = {"comparator": -1, "alpha": "1/3", "domain": al.Box(-1, 1)}
    few = enclose(RULES["adam"], game, 1, 12, prec=prec, **kwargs)[-1].regret
    many = enclose(RULES["adam"], game, 1, 12, prec=prec + 50, **kwargs)[-1].regret
    assert many.width < few.width
    assert few.ends[0] <= many.ends[0] <= many.ends[1] <= few.ends[1]


def test_the_module_is_documented_by_an_example_that_is_true():
    import doctest

    results = doctest.testmod(intervals)
    assert results.attempted >= 3
    assert results.failed == 0
    assert isinstance(xp.interval(1), Interval)


def test_a_box_of_vectors_is_refused():
    with pytest.raises(ValueError, match="domain must be a box with numbers as bounds"):
        enclose(RULES["sgd"], lambda xp, t, x: (x, 1), 0, 2, comparator=0, domain=al.Box([0], [1]))


def test_ends_beyond_the_floats():
    huge = Interval.of(F(10) ** 400, 64)
    assert huge.lower == sys.float_info.max
    assert huge.upper == math.inf
    assert (-huge).lower == -math.inf
