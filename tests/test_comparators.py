"""Comparators against solvers that share nothing with them, and certificates that can fail."""

import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.optimize as opt
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

import adamlab as al
from adamlab import comparators, problems
from adamlab.comparators import (
    ComparatorError,
    best_fixed_point,
    certificate,
    generic_fixed_point,
)
from adamlab.losses import get_loss

LOSSES = ["squared", "logistic", "hinge", "absolute", "linear"]
VALUES = {  # written anew
    "squared": lambda z, y: (z - y) ** 2 / 2,
    "logistic": lambda z, y: np.logaddexp(0, -y * z),
    "hinge": lambda z, y: np.maximum(0, 1 - y * z),
    "absolute": lambda z, y: np.abs(z - y),
    "linear": lambda z, y: z * y,
}


def model(a, b, loss, l2=0.0, box=1.0):
    labels = {"labels": "-1/+1"} if loss in ("logistic", "hinge") else {}
    return problems.linear_model(a, b, loss=loss, l2=l2, domain=al.Box(-box, box), **labels)


def random_model(loss, n, d, seed, l2=0.0, box=1.0, degenerate=False):
    rng = np.random.default_rng([seed, n, d])
    a = rng.standard_normal((n, d))
    if degenerate and d > 2:
        a[:, 1], a[:, -1] = a[:, 0], 0.0
    b = a @ rng.uniform(-2, 2, d) + 0.5 * rng.standard_normal(n)
    if loss in ("logistic", "hinge"):
        b = np.where(b > 0, 1.0, -1.0)
    return model(a, b, loss, l2, box), rng.integers(0, 4, n) + np.eye(n)[0]


def total(problem, weights, rounds, x):
    """F(x), computed plainly."""
    z = problem.features @ x
    values = VALUES[problem.loss.name](z, problem.targets)
    return weights @ values + rounds * problem.l2 / 2 * x @ x


def independent(problem, weights, rounds):
    """A point by another route than the solver's."""
    a, b, mu = problem.features, problem.targets, rounds * problem.l2
    d, name = a.shape[1], problem.loss.name
    low, high = problem.comparison.bounds(d)
    if name == "squared":
        root = np.sqrt(weights)
        stacked = np.vstack([root[:, None] * a, math.sqrt(mu) * np.eye(d)])
        b = np.concatenate([root * b, np.zeros(d)])
        open_box = (low, np.maximum(high, low + 1e-12))  # it wants low < high
        x = opt.lsq_linear(stacked, b, open_box, method="bvls", tol=1e-15).x
        return np.clip(x, low, high)
    if name in ("absolute", "hinge") and mu == 0:
        # min w.t over (x, t) with t above each of the loss's pieces
        n = len(b)
        pieces = [a, -a] if name == "absolute" else [-b[:, None] * a]
        limits = [b, -b] if name == "absolute" else [-np.ones(n)]
        rows = np.vstack([np.hstack([p, -np.eye(n)]) for p in pieces])
        bounds = [*zip(low, high, strict=True), *[(0, None)] * n]
        cost = np.concatenate([np.zeros(d), weights])
        return opt.linprog(cost, rows, np.concatenate(limits), bounds=bounds).x[:d]
    if name in ("absolute", "hinge"):
        # the same as a quadratic programme
        n = len(b)
        sign = [1, -1] if name == "absolute" else [-b[:, None]]
        limit = [b, -b] if name == "absolute" else [-np.ones(n)]
        rows = np.vstack([np.hstack([s * a, -np.eye(n)]) for s in sign])
        result = opt.minimize(
            lambda v: weights @ v[d:] + mu / 2 * v[:d] @ v[:d],
            np.concatenate([np.zeros(d), np.abs(b) + 1]),
            jac=lambda v: np.concatenate([mu * v[:d], weights]),
            method="SLSQP",
            bounds=[*zip(low, high, strict=True), *[(0, None)] * n],
            constraints={
                "type": "ineq",
                "fun": lambda v: np.concatenate(limit) - rows @ v,
                "jac": lambda v: -rows,
            },
            options={"ftol": 1e-12, "maxiter": 500},
        )
        return np.clip(result.x[:d], low, high)
    result = opt.minimize(
        lambda x: total(problem, weights, rounds, x),
        np.zeros(d),
        method="SLSQP",
        bounds=list(zip(low, high, strict=True)),
        options={"ftol": 1e-13, "maxiter": 500},
    )
    return np.clip(result.x, low, high)


def check(problem, weights, rounds, tolerance=1e-6):
    """Certified, no worse than another solver's point, and that point near enough to be a test."""
    found = best_fixed_point(problem, weights, rounds)
    assert found.certified
    assert problem.comparison.contains(found.point)
    assert found.loss == pytest.approx(total(problem, weights, rounds, found.point), rel=1e-12)
    other = total(problem, weights, rounds, independent(problem, weights, rounds))
    # min F is at most F(other), so the gap must reach down from F(x) at least as far as to it.
    assert found.loss - found.gap - found.rounding <= other
    assert other == pytest.approx(found.loss, rel=tolerance, abs=tolerance)
    return found


@pytest.mark.parametrize("l2", [0.0, 0.02])
@pytest.mark.parametrize("box", [0.2, 1.0, 20.0])
@pytest.mark.parametrize("loss", LOSSES)
def test_against_an_independent_solver(loss, box, l2):
    for seed, n, d in [(0, 1, 1), (1, 30, 1), (2, 25, 4), (3, 4, 6)]:
        problem, weights = random_model(loss, n, d, seed, l2, box)
        check(problem, weights, int(weights.sum()))


@pytest.mark.parametrize("l2", [0.0, 0.02])
@pytest.mark.parametrize("loss", LOSSES)
def test_degenerate_data(loss, l2):
    # duplicated and zero columns; all the weight on one row; a side of length 0
    problem, weights = random_model(loss, 20, 5, 4, l2, degenerate=True)
    check(problem, weights, 20)
    check(problem, 7 * np.eye(20)[3], 7)
    a, b = problem.features, problem.targets
    labels = {"labels": "-1/+1"} if loss in ("logistic", "hinge") else {}
    flat = problems.linear_model(
        a, b, loss=loss, l2=l2, domain=al.Box([-1, -1, 0.3, -1, -1], [1, 1, 0.3, 2, -0.5]), **labels
    )
    found = check(flat, weights, 20)
    assert found.point[2] == 0.3


def test_known_minima():
    # median, mean, and the nearest point of the box
    b = np.array([0.1, 0.9, 0.4, -3.0, 0.5])
    one = np.ones((5, 1))
    assert best_fixed_point(model(one, b, "absolute"), np.ones(5), 5).point[0] == pytest.approx(
        0.4, abs=1e-9
    )
    assert best_fixed_point(model(one, b, "squared"), np.ones(5), 5).point[0] == pytest.approx(
        b.mean(), abs=1e-12
    )
    assert best_fixed_point(model(one, b + 9, "squared"), np.ones(5), 5).point[0] == 1
    # sum_i min(s_i l_i, s_i u_i)
    costs = np.array([[1.0, -2.0, 0.0], [0.5, 1.0, 0.0]])
    linear = problems.linear(costs, domain=al.Box([-1, -3, 2], [4, 5, 6]))
    found = best_fixed_point(linear, [2.0, 1.0], 3)
    assert found.loss == -2.5 - 15
    assert found.gap == 0
    # the counterexample: C x once, -x twice
    found = best_fixed_point(problems.reddi(3), [4.0, 4.0, 4.0], 12)
    assert (found.loss, found.point[0], found.gap) == (-4, -1, 0)


def softmax_total(problem, weights, rounds, theta):
    z = problem.features @ theta.reshape(-1, problem.classes)
    rows = np.arange(len(z))
    values = logsumexp(z, axis=1) - z[rows, problem.labels]
    return weights @ values + rounds * problem.l2 / 2 * theta @ theta


def random_softmax(seed, n, p, k, l2, box, sparse=False):
    rng = np.random.default_rng([seed, n, p])
    a = rng.standard_normal((n, p)) * (rng.random((n, p)) < 0.6)
    labels = (a @ rng.standard_normal((p, k)) + rng.gumbel(size=(n, k))).argmax(axis=1)
    return problems.softmax_regression(
        sp.csr_array(a) if sparse else a,
        labels,
        classes=k,
        l2=l2,
        domain=al.Box(-box, box),
        batch=1,
    ), rng.integers(0, 3, n) + 1.0


@pytest.mark.parametrize("dense", [comparators.DENSE, 0])
@pytest.mark.parametrize(
    ("l2", "box"), [(0.0, 0.3), (0.01, 0.3), (0.01, 1.0), (0.3, 1.0), (0.01, 50.0)]
)
def test_softmax(l2, box, dense, monkeypatch):
    monkeypatch.setattr(comparators, "DENSE", dense)
    for seed, (n, p, k) in enumerate([(1, 1, 1), (30, 3, 2), (60, 4, 3)]):
        problem, weights = random_softmax(seed, n, p, k, l2, box)
        rounds = int(weights.sum())
        found = best_fixed_point(problem, weights, rounds)
        assert found.certified
        assert ("gradients" in found.method) == (dense == 0)
        plain = softmax_total(problem, weights, rounds, found.point)
        assert found.loss == pytest.approx(plain, rel=1e-13)
        other = opt.minimize(
            lambda x, *a: softmax_total(*a, x),
            np.zeros(p * k),
            (problem, weights, rounds),
            method="SLSQP",
            bounds=[(-box, box)] * (p * k),
            options={"ftol": 1e-13, "maxiter": 300},
        ).fun
        assert found.loss - found.gap - found.rounding <= other
        assert other == pytest.approx(found.loss, rel=1e-6)


def test_softmax_of_two_classes_is_logistic():
    # With Theta = (-x/2, x/2), the regulariser of twice the strength is the same.
    problem, weights = random_model("logistic", 40, 5, 1, l2=0.05, box=100.0)
    two = problems.softmax_regression(
        problem.features,
        (problem.targets > 0).astype(int),
        l2=0.1,
        domain=al.Box(-50, 50),
        batch=1,
    )
    single, double = (best_fixed_point(q, weights, 40) for q in (problem, two))
    assert double.loss == pytest.approx(single.loss, rel=1e-11)
    x = double.point.reshape(5, 2)
    np.testing.assert_allclose(x[:, 1] - x[:, 0], single.point, atol=1e-6)


@pytest.mark.parametrize("l2", [0.0, 1e-3])
@pytest.mark.parametrize("loss", ["squared", "logistic"])
@pytest.mark.parametrize("box", [0.2, 1.0, 50.0])
def test_many_coordinates_by_conjugate_gradients(loss, box, l2, monkeypatch):
    problem, weights = random_model(loss, 150, 20, 5, l2, box)
    factored = best_fixed_point(problem, weights, 150)
    monkeypatch.setattr(comparators, "DENSE", 0)
    iterated = best_fixed_point(problem, weights, 150)
    assert iterated.method != factored.method
    assert iterated.certified
    assert iterated.loss == pytest.approx(factored.loss, rel=2e-9)


@pytest.mark.parametrize("loss", ["hinge", "absolute"])
@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_kinks_in_many_coordinates_get_an_honest_gap(loss, l2, monkeypatch):
    problem, weights = random_model(loss, 60, 8, 2, l2)
    exact = best_fixed_point(problem, weights, 60)
    monkeypatch.setattr(comparators, "DENSE", 0)
    rough = best_fixed_point(problem, weights, 60)
    assert not rough.certified
    suboptimal = rough.loss - exact.loss
    assert suboptimal <= rough.gap <= 0.1 * max(1, rough.loss)
    assert suboptimal >= -exact.gap


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dense", [comparators.DENSE, 0])
def test_sparse_features_are_the_same_problem(loss, dense, monkeypatch):
    monkeypatch.setattr(comparators, "DENSE", dense)
    problem, weights = random_model(loss, 50, 6, 3, l2=0.01)
    a = problem.features * (np.abs(problem.features) > 0.8)
    full, sparse = (model(f, problem.targets, loss, 0.01) for f in (a, sp.csr_array(a)))
    x, y = (best_fixed_point(q, weights, 50) for q in (full, sparse))
    assert y.loss == pytest.approx(x.loss, abs=x.gap + y.gap + 1e-12 * abs(x.loss))
    assert y.rounding == pytest.approx(x.rounding, rel=0.2)
    softmax, weights = random_softmax(0, 40, 5, 3, 0.01, 1.0, sparse=True)
    assert best_fixed_point(softmax, weights, 40).certified


@pytest.mark.parametrize("loss", ["squared", "logistic", "absolute", "hinge"])
def test_ill_conditioned_and_separable_data(loss):
    rng = np.random.default_rng(8)
    a = rng.standard_normal((300, 40)) * np.logspace(0, -10, 40)
    a = a @ np.linalg.qr(rng.standard_normal((40, 40)))[0]
    b = np.sign(a @ rng.standard_normal(40))
    for box in (1.0, 1e3):
        problem = model(a, b, loss, box=box)
        found = best_fixed_point(problem, np.ones(300), 300)
        assert found.certified
        assert found.loss <= total(problem, np.ones(300), 300, np.zeros(40))


def test_drifting_quadratic():
    problem = problems.drifting_quadratic(4, horizon=30, period=45, amplitude=5.0).realise(3)
    weights = np.arange(30.0) % 3
    found = best_fixed_point(problem, weights, 30)
    assert found.certified
    assert set(np.abs(found.point) < 1) == {True, False}
    root = np.sqrt(weights)[:, None, None] * np.diag(np.sqrt(problem.curvature))
    b = np.einsum("nij,nj->ni", root, problem.centres)
    other = opt.lsq_linear(root.reshape(-1, 4), b.ravel(), (-1, 1), method="bvls", tol=1e-15)
    np.testing.assert_allclose(found.point, other.x, atol=1e-12)
    assert found.loss == pytest.approx(other.cost, rel=1e-12)


def test_a_good_start_helps_and_is_no_obligation():
    problem, weights = random_softmax(1, 80, 5, 3, 1e-3, 1.0)
    cold = best_fixed_point(problem, weights, 80)
    for start in (cold.point, np.full(15, 9.0)):
        warm = best_fixed_point(problem, weights, 80, start)
        assert warm.certified
        assert warm.loss == pytest.approx(cold.loss, rel=2e-9)


def test_rows_that_were_not_played_do_not_matter():
    problem, _ = random_model("logistic", 20, 3, 0)
    weights = np.r_[np.ones(8), np.zeros(12)]
    short = model(problem.features[:8], problem.targets[:8], "logistic")
    whole, part = best_fixed_point(problem, weights, 8), best_fixed_point(short, np.ones(8), 8)
    assert whole.loss == part.loss
    np.testing.assert_array_equal(whole.point, part.point)


# --- certificates ---------------------------------------------------------------------------------

vectors = st.lists(st.floats(-1, 1), min_size=4, max_size=4).map(np.array)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 99), x=vectors, l2=st.sampled_from([0.0, 0.05]))
def test_the_gap_of_any_point_bounds_its_suboptimality(seed, x, l2):
    for loss in ("squared", "logistic", "absolute", "hinge"):
        problem, weights = random_model(loss, 20, 4, seed, l2)
        best = best_fixed_point(problem, weights, 20)
        a, b = problem.features, problem.targets
        slopes = {
            "squared": lambda z, b=b: z - b,
            "logistic": lambda z, b=b: -b / (1 + np.exp(b * z)),
            "absolute": lambda z, b=b: np.sign(z - b),
            "hinge": lambda z, b=b: -b * (b * z < 1),
        }
        g = a.T @ (weights * slopes[loss](a @ x)) + 20 * l2 * x
        gap = certificate(x, g, -np.ones(4), np.ones(4), 20 * l2)
        suboptimal = total(problem, weights, 20, x) - total(problem, weights, 20, best.point)
        assert gap >= suboptimal - 1e-12 * best.loss
        if suboptimal > 1e-6:
            assert gap > best.gap


@settings(max_examples=200, deadline=None)
@given(x=vectors, g=vectors, e=vectors, mu=st.sampled_from([0.0, 1e-3, 0.5, 40.0]))
def test_certificate_is_the_maximum(x, g, e, mu):
    # against a fine grid of each coordinate; the summands do not interact
    grid = np.linspace(-1, 1, 2001)

    def on_grid(g):
        step = x[:, None] - grid
        return (g[:, None] * step - mu / 2 * step**2).max(axis=1).sum()

    low, high = -np.ones(4), np.ones(4)
    found = certificate(x, g, low, high, mu)
    assert on_grid(g) - 1e-12 <= found <= on_grid(g) + 4e-3 * (1 + mu)
    widened = certificate(x, g, low, high, mu, np.abs(e))
    for t in (-1, -0.5, 0, 0.7, 1):
        assert certificate(x, g + t * e, low, high, mu) <= widened + 1e-12


def test_strong_convexity_gives_the_interior_bound():
    g = np.array([0.3, -0.4])
    assert certificate(np.zeros(2), g, -np.ones(2), np.ones(2), 2.0) == pytest.approx(0.25 / 4)


@pytest.mark.parametrize("loss", ["squared", "absolute", "hinge", "linear"])
@pytest.mark.parametrize("scale", [1.0, 1e3])
def test_rounding_bounds_the_error_of_the_loss(loss, scale):
    """Against exact rational arithmetic, and not by orders of magnitude too large."""
    problem, weights = random_model(loss, 400, 12, 6, l2=0.25, box=scale)
    weights = weights / 3
    found = best_fixed_point(problem, weights, 100)
    x = [Fraction(v) for v in found.point]
    exact = Fraction(0)
    for row, b, w in zip(problem.features, problem.targets, weights, strict=True):
        z, y = sum(Fraction(r) * v for r, v in zip(row, x, strict=True)), Fraction(b)
        value = {
            "squared": (z - y) ** 2 / 2,
            "absolute": abs(z - y),
            "hinge": max(Fraction(0), 1 - y * z),
            "linear": z * y,
        }[loss]
        exact += Fraction(w) * value
    exact += Fraction(100, 8) * sum(v * v for v in x)
    assert abs(Fraction(found.loss) - exact) <= found.rounding
    assert found.rounding <= 1e-11 * max(1, abs(found.loss)) * scale


def test_rounding_covers_cancellation_in_the_predictions():
    # Predictions of 1e8 with residuals of 1e-3: the digits are lost before the sum.
    rng = np.random.default_rng(3)
    a = rng.uniform(1, 2, (50, 6)) * 1e7
    theta = rng.uniform(0.5, 1, 6)
    b = a @ theta + 1e-3 * rng.standard_normal(50)
    loss, loss_error, g, error = comparators._Losses(
        a, b, get_loss("squared"), np.ones(50), 0.0
    ).audit(theta)
    x = [Fraction(v) for v in theta]
    residuals = [
        sum(Fraction(r) * v for r, v in zip(row, x, strict=True)) - Fraction(y)
        for row, y in zip(a, b, strict=True)
    ]
    wrong = abs(Fraction(loss) - sum(r * r for r in residuals) / 2)
    assert 1e-12 * loss < wrong <= loss_error
    for i in range(6):
        exact = sum(Fraction(row[i]) * r for row, r in zip(a, residuals, strict=True))
        assert 1e-12 * abs(exact) < abs(Fraction(g[i]) - exact) <= error[i]


# --- a user's own loss ----------------------------------------------------------------------------


@pytest.mark.parametrize("box", [0.2, 1.0, 20.0])
def test_generic_agrees_with_the_special_solver(box):
    problem, weights = random_model("logistic", 40, 4, 7, l2=0.01, box=box)
    a, b = problem.features, problem.targets

    def cumulative(x):
        z = a @ x
        slope = -weights * b / (1 + np.exp(b * z))
        return total(problem, weights, 40, x), a.T @ slope + 0.4 * x

    found = generic_fixed_point(cumulative, problem.comparison, np.zeros(4))
    special = best_fixed_point(problem, weights, 40)
    assert found.certified
    assert found.loss == pytest.approx(special.loss, rel=2e-9)


def test_generic_is_honest_about_kinks():
    def cumulative(x):  # smallest, 0, at the kink (0.3, -0.2)
        return float(np.abs(x - [0.3, -0.2]).sum()), np.sign(x - [0.3, -0.2])

    found = generic_fixed_point(cumulative, al.Box([-1, -1], [1, 1]))
    assert found.loss <= found.gap
    assert math.isfinite(found.gap)


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(3), r"weights must have shape \(20,\), got \(3,\)"),
        (-np.ones(20), "weights must be finite, at least 0"),
        (np.full(20, np.nan), "weights must be finite"),
        (np.full(20, np.inf), "weights must be finite"),
        (np.zeros(20), "not all 0"),
    ],
)
def test_bad_weights(weights, message):
    with pytest.raises(ValueError, match=message):
        best_fixed_point(random_model("squared", 20, 3, 0)[0], weights, 20)


def test_bad_rounds_and_start():
    problem, weights = random_model("squared", 20, 3, 0)
    with pytest.raises(ValueError, match="rounds must be at least 1, got 0"):
        best_fixed_point(problem, weights, 0)
    with pytest.raises(ValueError, match=r"start must have shape \(3,\), got \(2,\)"):
        best_fixed_point(problem, weights, 20, [0.0, 0.0])
    with pytest.raises(ValueError, match="start must be finite"):
        best_fixed_point(problem, weights, 20, [0.0, np.nan, 0.0])


def test_an_unbounded_comparison():
    import dataclasses

    problem, weights = random_model("squared", 20, 3, 0)
    unbounded = dataclasses.replace(problem, comparison=al.WholeSpace())
    with pytest.raises(ValueError, match="comparison must be a bounded box"):
        best_fixed_point(unbounded, weights, 20)
    with pytest.raises(ValueError, match="box must be a bounded box"):
        generic_fixed_point(lambda x: (0.0, x), al.WholeSpace(), np.zeros(2))


def test_a_problem_of_no_known_family():
    with pytest.raises(TypeError, match="got a Zhang: supply its comparator"):
        best_fixed_point(problems.zhang(4), np.ones(4), 4)


def test_failures_are_not_silent():
    box = al.Box([-1, -1], [1, 1])
    with pytest.raises(ComparatorError, match="not finite"):
        generic_fixed_point(lambda x: (math.nan, x), box)
    with pytest.raises(ComparatorError, match=r"gradient of shape \(2,\), got \(3,\)"):
        generic_fixed_point(lambda x: (0.0, np.zeros(3)), box)
    huge = model(np.full((2, 2), 1e200), np.ones(2), "squared")
    with pytest.raises(ComparatorError, match="cumulative loss of inf"), np.errstate(over="ignore"):
        best_fixed_point(huge, np.ones(2), 2, np.ones(2))


def test_a_comparator_cannot_be_changed():
    found = best_fixed_point(*random_model("squared", 20, 3, 0), 20)
    with pytest.raises(ValueError, match="read-only"):
        found.point[0] = 3
    with pytest.raises(AttributeError):
        found.loss = 0.0


def test_rounding_of_the_gradient_widens_the_gap():
    """F = 0 at 0 with gradient 0, which may be off by e: then F may fall by e times the side."""

    class Flat:
        mu = 0.0

        def audit(self, x):
            return 0.0, 0.25, np.zeros(2), np.array([0.5, 0.0])

    found = comparators._audited(Flat(), -np.ones(2), np.ones(2), np.zeros(2), "by hand")
    assert found.gap == 0
    assert found.rounding >= 0.25 + 0.5
    assert found.rounding == pytest.approx(0.75, rel=1e-12)


# Rounds of each ready-made problem; zhang's comparator is supplied, and searched by nobody.
READY_MADE = {
    "drifting_quadratic": 40,
    "mnist": 2,
    "movie_reviews": 2,
    "phishing": 300,
    "reddi": 40,
    "reddi_long": 150,
    "reddi_stochastic": 60,
    "reddi_unprojected": 40,
    "sparse_features": 50,
    "trump_approval": 300,
}


def test_every_ready_made_problem_is_listed():
    assert set(READY_MADE) == set(problems.PROBLEMS) - {"zhang"}


@pytest.mark.parametrize("name", READY_MADE)
def test_every_ready_made_problem_against_an_independent_solver(name, request):
    if name == "movie_reviews":
        request.getfixturevalue("movie_reviews")
    t, problem = READY_MADE[name], problems.get_problem(name).realise(3)
    game = problem.to(lambda array: array)
    low, high = problem.comparison.bounds(problem.dimension)

    def cumulative(x):
        rounds = [game.loss_and_gradient(s, x) for s in range(1, t + 1)]
        return sum(r[0] for r in rounds), sum(r[1] for r in rounds)

    theirs = opt.minimize(
        cumulative,
        problem.theta0,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(low, high, strict=True)),
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 400, "maxfun": 1000},
    )
    found = best_fixed_point(problem, problem.weights(0, t), t)
    assert found.certified
    assert found.loss == pytest.approx(cumulative(found.point)[0], rel=1e-12, abs=1e-12)
    scale = max(1.0, abs(found.loss))
    assert found.loss <= theirs.fun + found.gap + 1e-11 * scale  # no worse than theirs
    assert theirs.fun <= found.loss + 1e-5 * scale  # and theirs is near enough to be a test
