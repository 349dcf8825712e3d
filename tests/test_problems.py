"""Problems: values and gradients against independent formulas, the order of play, refusals."""

import math

import numpy as np
import pytest
import scipy.sparse

import adamlab as al
from adamlab import problems

BOX = al.Box(-1, 1)
RNG = np.random.default_rng(7)
A = RNG.normal(size=(12, 4))
SIGNS = np.where(RNG.random(12) < 0.5, -1.0, 1.0)
REAL = RNG.normal(size=12)
CLASSES = RNG.integers(0, 3, size=12)

SMOOTH = {
    "squared": problems.linear_model(A, REAL, loss="squared", domain=BOX, l2=0.3, batch=5),
    "logistic": problems.linear_model(A, SIGNS, loss="logistic", domain=BOX, l2=0.1, batch=3),
    "linear": problems.linear(A, domain=BOX),
    "softmax": problems.softmax_regression(A, CLASSES, domain=BOX, l2=0.2, batch=4),
    "quadratic": problems.drifting_quadratic(3, horizon=20),
    "reddi_unprojected": problems.reddi_unprojected(3, delta=0.5),
    "zhang": problems.zhang(4, a=0.5),
}
KINKED = {
    "hinge": problems.linear_model(A, SIGNS, loss="hinge", domain=BOX),
    "absolute": problems.linear_model(A, REAL, loss="absolute", domain=BOX, batch=2),
}


def game(problem, seed=0):
    realised = problem.realise(seed)
    return realised, realised.to(lambda array: array)


@pytest.mark.parametrize("name", [*SMOOTH, *KINKED])
@pytest.mark.parametrize("t", [1, 2, 9])
def test_the_gradient_is_the_slope_of_the_loss(name, t):
    problem, played = game({**SMOOTH, **KINKED}[name])
    rng = np.random.default_rng([t])
    for _ in range(5):
        theta = rng.uniform(-2, 2, problem.dimension)
        h = 1e-6
        _, g = played.loss_and_gradient(t, theta)
        for i, unit in enumerate(np.eye(problem.dimension)):
            up, down = (played.loss_and_gradient(t, theta + s * h * unit)[0] for s in (1, -1))
            assert g[i] == pytest.approx((up - down) / (2 * h), rel=1e-6, abs=1e-7)


def test_a_round_of_a_linear_model_is_the_mean_over_its_batch_plus_the_regulariser():
    problem, played = game(SMOOTH["logistic"])
    theta = np.array([0.3, -0.2, 0.9, 0.1])
    for t in (1, 2, 5):
        rows = problem.rows.at(t)
        by_hand = [math.log1p(math.exp(-SIGNS[r] * float(A[r] @ theta))) for r in rows]
        value = math.fsum(by_hand) / 3 + 0.05 * float(theta @ theta)
        assert played.loss_and_gradient(t, theta)[0] == pytest.approx(value, rel=1e-14)


def test_a_round_of_softmax_is_the_mean_cross_entropy():
    problem, played = game(SMOOTH["softmax"])
    theta = RNG.normal(size=12)
    w = theta.reshape(4, 3)  # row by row: feature-major
    by_hand = []
    for r in problem.rows.at(3):
        z = [float(A[r] @ w[:, c]) for c in range(3)]
        by_hand.append(math.log(math.fsum(map(math.exp, z))) - z[CLASSES[r]])
    value = math.fsum(by_hand) / 4 + 0.1 * float(theta @ theta)
    assert played.loss_and_gradient(3, theta)[0] == pytest.approx(value, rel=1e-13)


def test_sparse_features_play_like_dense_ones():
    dense = problems.linear_model(A, SIGNS, loss="logistic", domain=BOX, batch=3)
    sparse = problems.linear_model(
        scipy.sparse.csr_array(A), SIGNS, loss="logistic", domain=BOX, batch=3
    )
    theta = np.array([0.3, -0.2, 0.9, 0.1])
    for t in range(1, 6):
        a, b = (game(p)[1].loss_and_gradient(t, theta) for p in (dense, sparse))
        assert a[0] == pytest.approx(b[0], rel=1e-14)
        assert a[1] == pytest.approx(b[1], rel=1e-13)


# The order of play


@pytest.mark.parametrize("order", ["cyclic", "shuffled", "sampled", "stream"])
@pytest.mark.parametrize("batch", [1, 3, 7])
def test_counts_are_what_was_played(order, batch):
    rows = problems.Rows(7, batch, order, seed=5)
    last = rows.horizon or 40
    played = np.zeros(7, dtype=int)
    for t in range(1, last + 1):
        at = rows.at(t)
        assert len(at) == batch
        np.add.at(played, at, 1)
        assert (rows.counts(0, t) == played).all()
    assert (rows.counts(0, last // 2) + rows.counts(last // 2, last) == played).all()


def test_a_shuffled_pass_uses_every_row_once_and_passes_differ():
    rows = problems.Rows(10, 4, "shuffled", seed=1)
    sequence = np.concatenate([rows.at(t) for t in range(1, 6)])
    first, second = sequence[:10], sequence[10:]
    assert sorted(first) == sorted(second) == list(range(10))
    assert list(first) != list(second)
    assert list(first) != list(range(10))


def test_the_seed_decides_the_stream():
    a, b, c = (problems.Rows(50, 5, "shuffled", seed=s).at(1).tolist() for s in (0, 0, 1))
    assert a == b
    assert a != c


def test_sampled_rows_have_their_probabilities():
    p = (0.7, 0.3)
    counts = problems.Rows(2, 1, "sampled", p, seed=3).counts(0, 40_000)
    # Five standard deviations: chance of a false alarm below 1e-6.
    assert abs(counts[0] - 28_000) < 5 * math.sqrt(40_000 * 0.21)


@pytest.mark.parametrize("order", ["cyclic", "shuffled", "sampled", "stream"])
@pytest.mark.parametrize(("n", "batch"), [(3, 1), (3, 2), (3000, 1), (3000, 700), (9000, 4)])
def test_rows_of_many_rounds_are_those_of_each_in_turn(order, n, batch):
    rows = problems.Rows(n, batch, order, seed=2)
    last = min(rows.horizon or 9000, 9000)
    flat = rows.between(0, last)
    assert flat.dtype == np.int64
    assert flat.shape == (last * batch,)
    # In any order of asking, and from any round on.
    for t in [*range(last, max(0, last - 50), -1), *range(1, min(last, 50) + 1), last // 2 + 1]:
        assert rows.at(t).tolist() == flat[(t - 1) * batch : t * batch].tolist()
    third = last // 3
    assert (rows.between(third, 2 * third) == flat[third * batch : 2 * third * batch]).all()
    assert rows.between(third, third).shape == (0,)


@pytest.mark.parametrize("n", [3, 1000, 3000, 9000])  # many passes, a few, one in a block of draws
def test_every_pass_of_a_shuffled_order_is_a_permutation(n):
    flat = problems.Rows(n, 1, "shuffled", seed=4).between(0, 12 * n)
    passes = flat.reshape(12, n)
    assert (np.sort(passes, axis=1) == np.arange(n)).all()
    assert len({tuple(p) for p in passes.tolist()}) == (
        12 if n > 3 else len(set(map(tuple, passes)))
    )
    assert (passes[0] == np.random.default_rng([4, 0]).permutation(n)).all()


def test_rows_of_many_rounds_are_drawn_together(monkeypatch):
    made = []
    generator = np.random.default_rng
    monkeypatch.setattr(np.random, "default_rng", lambda seed: made.append(seed) or generator(seed))
    problems._permutations.cache_clear()
    problems.Rows(3, 1, "shuffled", seed=6).between(0, 100_000)
    assert 1 <= len(made) <= 20  # and not once in each of 33 334 passes


def test_a_stream_ends():
    assert problems.Rows(10, 3, "stream").horizon == 3
    assert problems.Rows(10, 3, "cyclic").horizon is None


# The classic problems


def test_reddi_starts_at_1_and_pays_C_first():
    problem, played = game(problems.reddi(4))
    x = problem.theta0
    assert x.tolist() == [1]
    losses = [played.loss_and_gradient(t, x)[0] for t in range(1, 8)]
    assert losses == [4, -1, -1, 4, -1, -1, 4]


def test_reddi_long_has_one_large_gradient_in_101():
    _, played = game(problems.reddi_long())
    gradients = [float(played.loss_and_gradient(t, np.ones(1))[1][0]) for t in range(1, 204)]
    assert gradients == [1010, *[-10] * 100, 1010, *[-10] * 100, 1010]


def test_reddi_stochastic_has_mean_slope_delta():
    problem = problems.reddi_stochastic(10, delta=0.1).realise(0)
    p = problem.rows.probabilities
    assert p @ problem.features[:, 0] == pytest.approx(0.1, rel=1e-12)


@pytest.mark.parametrize("x", [-3.0, -1.0, -0.5, 0.5, 1.0, 3.0])
def test_the_unprojected_form_is_flat_beyond_its_kink(x):
    _, played = game(problems.reddi_unprojected(3))
    assert played.loss_and_gradient(1, np.array([x]))[0] == 3 * max(x, -1)
    assert played.loss_and_gradient(2, np.array([x]))[0] == max(-x, -1)


def by_hand_reddi(slope, x, delta):
    """The losses of the unprojected form as they were written down first, and their slopes."""
    inside = x if slope > 0 else -x
    excess = -1 - inside
    if not delta:
        return abs(slope) * max(inside, -1.0), slope * (excess < 0)
    part = min(max(excess / delta, 0.0), 1.0)
    value = max(inside, -1.0) - delta * (part - part * part / 2)
    return abs(slope) * value, slope * (1 - part)


def by_hand_zhang(factor, x):
    if x >= -1:
        return factor * x, factor
    return factor * ((x + 2) ** 2 - 3) / 2, factor * (x + 2)


JUST_BELOW, JUST_ABOVE = np.nextafter(-1, -2), np.nextafter(-1, 0)
POINTS = [-1e150, -7.0, -2.0, -1.5, -1.3, JUST_BELOW, -1.0, JUST_ABOVE, -0.3, 0.0, 0.7, 1e150]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("delta", [0.0, 1e-3, 0.5])
@pytest.mark.parametrize("C", [3.0, 0.7, 1010.0])
def test_the_unprojected_form_is_its_formula(C, delta, dtype):
    problem = problems.reddi_unprojected(C, delta=delta).realise(0)
    played = problem.to(lambda array: array.astype(dtype))
    eps = float(np.finfo(dtype).eps)
    for t, slope in ((1, C), (2, -1.0), (3, -1.0), (4, C)):
        slope = float(np.array(slope, dtype))
        for x in np.array([s * v for v in POINTS if abs(v) < 1e30 for s in (1, -1)], dtype):
            value, gradient = played.loss_and_gradient(t, np.array([x]))
            expected, expected_slope = by_hand_reddi(slope, float(x), delta)
            assert value == pytest.approx(expected, rel=3 * eps)
            assert gradient.dtype == dtype
            assert gradient.shape == (1,)
            # Between its kinks the slope has the absolute error of excess / delta.
            off = 4 * eps * abs(slope) * (abs(float(x)) / delta if delta else 0)
            assert gradient[0] == pytest.approx(expected_slope, rel=3 * eps, abs=off)


@pytest.mark.parametrize("n", [3, 10])
def test_the_functions_of_zhang_are_their_formula(n):
    _, played = game(problems.zhang(n, a=0.3))
    for t in (1, 2, n, n + 1):
        factor = 1 + (n - 1) * 0.3 if t % n == 1 else -0.3
        for x in POINTS:
            value, gradient = played.loss_and_gradient(t, np.array([x]))
            expected, expected_slope = by_hand_zhang(factor, x)
            assert value == pytest.approx(expected, rel=1e-15)
            assert gradient.tolist() == pytest.approx([expected_slope], rel=1e-15)


@pytest.mark.parametrize(
    "problem",
    [problems.reddi_unprojected(3), problems.reddi_unprojected(3, delta=0.5), problems.zhang(3)],
)
def test_nan_is_not_taken_for_a_side_of_the_kink(problem):
    _, played = game(problem)
    for t in (1, 2):
        value, gradient = played.loss_and_gradient(t, np.array([np.nan]))
        assert np.isnan(value)
        assert np.isnan(gradient).all()


def test_which_problems_the_compiled_engines_play():
    others = {"drifting_quadratic", "mnist", "movie_reviews"}  # the last is logistic, but fetched
    for name in set(problems.PROBLEMS) - others:
        assert hasattr(problems.get_problem(name).realise(0), "played_loss"), name
    assert not hasattr(SMOOTH["softmax"], "played_loss")
    assert not hasattr(SMOOTH["quadratic"].realise(0), "played_loss")


@pytest.mark.parametrize("name", sorted({*SMOOTH, *KINKED} - {"softmax", "quadratic"}))
def test_a_played_loss_of_the_features_is_the_whole_game(name):
    problem, played = game({**SMOOTH, **KINKED}[name])
    rng = np.random.default_rng(3)
    for t in (1, 2, 9):
        theta = rng.uniform(-2, 2, problem.dimension)
        rows = problem.rows.between(t - 1, t)
        z = problem.features[rows] @ theta
        xp = al.namespaces.namespace_of(z)
        losses = problem.played_loss.value(xp, z, problem.targets[rows])
        slopes = problem.played_loss.slope(xp, z, problem.targets[rows])
        value = np.mean(losses) + problem.l2 / 2 * theta @ theta
        gradient = slopes @ problem.features[rows] / len(rows) + problem.l2 * theta
        found, g = played.loss_and_gradient(t, theta)
        assert found == pytest.approx(value, rel=1e-14)
        assert g == pytest.approx(gradient, rel=1e-13)


def test_no_fixed_point_is_sought_for_losses_that_are_not_convex():
    with pytest.raises(TypeError, match=r"convex .* got a Zhang: supply its comparator"):
        al.comparators.best_fixed_point(problems.zhang(3), np.ones(3), 3)


def test_the_smoothed_form_is_differentiable_and_agrees_on_the_comparison_set():
    _, sharp = game(problems.reddi_unprojected(3))
    _, smooth = game(problems.reddi_unprojected(3, delta=0.5))
    for x in (-1.0, -0.3, 1.0):
        for t in (1, 2):
            assert (
                sharp.loss_and_gradient(t, np.array([x]))[0]
                == smooth.loss_and_gradient(t, np.array([x]))[0]
            )
    # The slope of C k falls linearly from C at -1 to 0 at -1 - delta.
    slopes = [
        float(smooth.loss_and_gradient(1, np.array([x]))[1][0]) for x in (-1, -1.25, -1.5, -2)
    ]
    assert slopes == pytest.approx([3, 1.5, 0, 0])


@pytest.mark.parametrize(("n", "a"), [(3, 1.0), (10, 1.0), (20, 19.0**-2)])
def test_the_functions_of_zhang_sum_to_one_with_its_minimum_at_minus_2(n, a):
    _, played = game(problems.zhang(n, a=a))

    def total(x):
        return sum(played.loss_and_gradient(t, np.array([x]))[0] for t in range(1, n + 1))

    assert total(0.7) == pytest.approx(0.7)
    assert total(-2.0) == pytest.approx(-1.5)
    assert total(-3.0) == pytest.approx(-1.0)


def test_sparse_features_are_as_rare_as_they_say():
    problem = problems.sparse_features(20, horizon=4000).realise(1)
    hits = np.abs(problem.features).sum(axis=0)
    assert hits[0] == 4000
    p = np.arange(2, 21, dtype=float) ** -2
    assert (abs(hits[1:] - 4000 * p) < 5 * np.sqrt(4000 * p * (1 - p))).all()
    assert set(np.unique(problem.features.data)) == {-1.0, 1.0}


def test_generated_problems_differ_by_seed_only():
    make = problems.drifting_quadratic(2, horizon=30)
    a, b, c = (make.realise(s).centres for s in (0, 0, 1))
    assert (a == b).all()
    assert (a != c).any()


# Labels are told apart, not guessed


def test_labels_of_both_codings_are_the_same_problem():
    zero_one = (SIGNS + 1) / 2
    a = problems.linear_model(A, SIGNS, loss="logistic", domain=BOX)
    b = problems.linear_model(A, zero_one, loss="logistic", domain=BOX)
    assert (a.targets == b.targets).all()


def test_labels_that_are_all_1_must_be_named():
    with pytest.raises(ValueError, match="cannot be told apart"):
        problems.linear_model(A, np.ones(12), loss="hinge", domain=BOX)
    made = problems.linear_model(A, np.ones(12), loss="hinge", domain=BOX, labels="0/1")
    assert (made.targets == 1).all()


def test_other_labels_are_refused():
    with pytest.raises(ValueError, match=r"labels -1/\+1 or 0/1"):
        problems.linear_model(A, REAL, loss="logistic", domain=BOX)
    with pytest.raises(ValueError, match="must be labels 0/1"):
        problems.linear_model(A, SIGNS, loss="logistic", domain=BOX, labels="0/1")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"features": A[0]}, r"features must be a matrix of shape \(n, d\)"),
        (
            {"features": np.where(A > 1, np.nan, A)},
            "features must be finite, got NaN or inf in row",
        ),
        ({"targets": REAL[:5]}, r"targets must have shape \(12,\), got \(5,\)"),
        ({"targets": np.full(12, np.inf)}, "targets must be finite, got inf in row 0"),
        ({"loss": "huber"}, "huber"),
        ({"l2": -1.0}, "l2 must be a finite number, at least 0, got -1.0"),
        ({"batch": 13}, "batch must be from 1 to 12"),
        ({"order": "random"}, "order must be one of"),
        ({"domain": al.WholeSpace()}, "comparison must be a Box"),
        ({"batch": 2.5}, "batch must be an integer, at least 1, got 2.5"),
        ({"comparison": al.Box(-1, 2)}, "comparison must lie in the domain"),
        ({"domain": al.Box([0, 0], [1, 1])}, "the box has 2 coordinates"),
        ({"theta0": [2.0, 0, 0, 0]}, "theta0 must lie in the domain"),
        ({"theta0": [0.0]}, r"theta0 must have shape \(4,\)"),
    ],
)
def test_bad_linear_models_are_refused(change, says):
    arguments = {"features": A, "targets": REAL, "loss": "squared", "domain": BOX, **change}
    features, targets = arguments.pop("features"), arguments.pop("targets")
    with pytest.raises((ValueError, KeyError), match=says):
        problems.linear_model(features, targets, **arguments)


@pytest.mark.parametrize("labels", [CLASSES - 1, CLASSES.astype(float), CLASSES[:3]])
def test_bad_class_labels_are_refused(labels):
    with pytest.raises(ValueError, match="labels must be"):
        problems.softmax_regression(A, labels, domain=BOX)


def test_probabilities_must_be_probabilities():
    with pytest.raises(ValueError, match="probabilities must be at least 0 and sum to 1"):
        problems.linear([[1.0], [2.0]], domain=BOX, order="sampled", probabilities=[0.5, 0.6])
    with pytest.raises(ValueError, match="probabilities need order='sampled', got 'cyclic'"):
        problems.linear([[1.0], [2.0]], domain=BOX, probabilities=[0.5, 0.5])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: problems.reddi(period=0), "period must be an integer, at least 2, got 0"),
        (lambda: problems.reddi(np.nan), "costs must be finite"),
        (lambda: problems.reddi_stochastic(1.0, delta=2.0), "must be a probability, got 1.5"),
        (lambda: problems.reddi_unprojected(3, delta=-1.0), "delta must be .* at least 0"),
        (lambda: problems.zhang(2), "n must be an integer, at least 3, got 2"),
        (lambda: problems.zhang(a=0.0), "a must be a finite positive number, got 0.0"),
        (lambda: problems.drifting_quadratic(0), "d must be an integer, at least 1"),
        (lambda: problems.drifting_quadratic(period=0.0), "period must be a finite positive"),
        (lambda: problems.drifting_quadratic(noise=np.inf), "noise must be a finite number"),
        (lambda: problems.drifting_quadratic(curvature=(0, 1)), "curvature must be a finite pos"),
        (lambda: problems.sparse_features(10, horizon=0), "horizon must be an integer"),
    ],
)
def test_bad_parameters_are_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_unknown_problems_list_the_known_ones():
    with pytest.raises(KeyError, match="known are drifting_quadratic, mnist"):
        problems.get_problem("cifar")
    assert problems.get_problem("reddi", C=4).name == "reddi(4)"


def test_the_start_is_the_point_of_the_domain_nearest_to_0():
    made = problems.linear([[1.0, 1.0]], domain=al.Box([0.5, -1], [2, 1]))
    assert made.theta0.tolist() == [0.5, 0]
