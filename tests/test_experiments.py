"""Regret experiments: games small enough to do by hand, conventions, backends, refusals."""

import contextlib
import math
import os
import signal
import sys
import threading
import time
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
import xarray as xr

import adamlab as al
from adamlab import experiments, problems
from adamlab.engines.reference import NonFiniteError

BOX = al.Box(-1, 1)
SMALL = problems.linear_model(
    np.random.default_rng(0).normal(size=(40, 3)),
    np.random.default_rng(1).normal(size=40),
    loss="squared",
    domain=BOX,
    l2=0.1,
    batch=4,
)


def test_a_game_done_by_hand():
    # Costs 1, -2, 1, -2 on [-1, 1], gradient descent with alpha 1/2 from 1/2, in fractions.
    costs, x, paid = [1, -2, 1, -2], Fraction(1, 2), Fraction(0)
    for c in costs:
        paid += c * x
        x = min(max(x - Fraction(1, 2) * c, Fraction(-1)), Fraction(1))
    run = al.regret(
        problems.linear([[1.0], [-2.0]], domain=BOX, theta0=[0.5]),
        al.SGD(alpha=0.5),
        4,
        checkpoints="all",
        record=["theta"],
    )
    assert run.cumulative_loss[-1] == float(paid)
    assert run.comparator_loss.values.tolist() == [-1, -1, 0, -2]
    assert run.regret[-1] == float(paid) + 2
    assert run.theta.values.ravel().tolist() == [0.5, 0.0, 1.0, 0.5]  # as played
    assert run.average_regret[-1] == run.regret[-1] / 4
    assert run.gradient_norm.values.ravel() == pytest.approx(np.sqrt([1, 5, 6, 10]))
    assert run.G_inf.values.tolist() == [1, 2, 2, 2]
    assert run.D_inf_played.values.tolist() == [0, 0.5, 1, 1]
    assert run.metric.values.ravel().tolist() == [1, 1, 1, 1]


def test_the_loss_is_paid_before_the_update():
    run = al.regret(problems.reddi(3), al.Adam(alpha=0.7), 1)
    assert run.cumulative_loss.item() == 3  # f_1(theta_1) = C * 1, whatever alpha is


def test_statistics_of_a_run_against_sums_over_its_history():
    lam, beta1 = 0.9, 0.5
    opt = al.rules.amsgrad_decayed_beta1(alpha=al.inverse_sqrt(0.3), beta1=beta1, lam=lam)
    names = ("theta", "v_hat")
    run = al.regret(SMALL, opt, 30, checkpoints="all", record=names)
    game = SMALL.realise(0).to(lambda a: a)
    g = np.array([game.loss_and_gradient(t, run.theta[t - 1].values)[1] for t in range(1, 31)])
    t = np.arange(1, 31)
    assert run.gradient_norm[-1].values == pytest.approx(np.linalg.norm(g, axis=0))
    assert run.G_inf[-1] == pytest.approx(np.abs(g).max())
    assert run.G_2[-1] == pytest.approx(np.linalg.norm(g, axis=1).max())
    metric = np.sqrt(run.v_hat.values)
    assert run.metric.values == pytest.approx(metric)
    term = (beta1 * lam ** (t - 1) * metric.sum(axis=1) * np.sqrt(t) / 0.3).cumsum()
    assert run.momentum_term.values == pytest.approx(term)
    played = np.ptp(run.theta.values, axis=0)
    assert run.D_inf_played[-1] == pytest.approx(played.max())
    assert run.D_played[-1] == pytest.approx(np.linalg.norm(played))
    assert (run.D_inf == 2).all()
    assert run.D.values == pytest.approx(2 * math.sqrt(3))


def test_the_regret_interval_holds_the_true_regret():
    # Drifting quadratics: the best fixed point is the clipped mean, coordinate by coordinate.
    make = problems.drifting_quadratic(3, horizon=60, amplitude=2.0)
    run = al.regret(make, al.AdaGrad(alpha=0.5), 60, checkpoints="all", record=["theta"], seed=4)
    game = make.realise(4)
    for t in (1, 7, 60):
        c = game.centres[:t]
        best = np.clip(c.mean(axis=0), -1, 1)
        paid = [0.5 * game.curvature @ (run.theta[s].values - c[s]) ** 2 for s in range(t)]
        owed = [0.5 * game.curvature @ (best - c[s]) ** 2 for s in range(t)]
        true = math.fsum(paid) - math.fsum(owed)
        row = run.sel(t=t)
        assert row.regret_lower - 1e-12 <= true <= row.regret_upper + 1e-12
        assert row.regret_lower <= row.regret <= row.regret_upper
        assert bool(row.certified)


def test_the_interval_is_widened_by_gap_and_rounding(monkeypatch):
    def rough(problem, weights, rounds, start=None):
        return experiments.comparators.Comparator(
            loss=-3.0, gap=0.5, point=np.array([-1.0]), method="rough", rounding=0.25
        )

    monkeypatch.setattr(experiments.comparators, "best_fixed_point", rough)
    run = al.regret(problems.reddi(3.5), al.SGD(alpha=1e-9), 1)
    assert run.regret.item() == 6.5
    # On top of the comparator's comes the rounding of the player's own sum, 2^-51 of 3.5.
    assert run.regret_lower.item() == pytest.approx(6.25, abs=1e-14)
    assert run.regret_upper.item() == pytest.approx(7.25, abs=1e-14)
    assert run.regret_lower < 6.25
    assert run.regret_upper > 7.25
    assert not run.certified.item()


def test_the_interval_holds_the_regret_in_exact_arithmetic():
    # 0.1 and 0.7 are no binary fractions: the sums round. The losses are exact products by +-1.
    costs = [0.1, -0.7, 0.3, 1e10, -1e10]
    run = al.regret(
        problems.linear(np.array(costs)[:, None], domain=BOX, theta0=[1.0]),
        al.SGD(alpha=1e-30),
        1000,
        comparator=[-1.0],
        checkpoints="all",
    )
    exact = Fraction(0)
    for t in range(1, 1001):
        exact += 2 * Fraction(costs[(t - 1) % 5])
        row = run.isel(t=t - 1)
        assert Fraction(row.regret_lower.item()) <= exact <= Fraction(row.regret_upper.item())
        assert row.regret_lower < row.regret_upper


def test_a_float32_run_pays_the_losses_of_the_problem_itself():
    # 0.1 is another number in float32; the game's costs are not.
    run = al.regret(
        problems.linear([[0.1]], domain=BOX, theta0=[-1.0]), al.SGD(), 50, dtype="float32"
    )
    assert (run.regret_lower <= 0).all()
    assert (run.regret_upper >= 0).all()


def test_on_the_whole_space_D_reaches_to_the_comparator():
    run = al.regret(
        problems.reddi_unprojected(3), al.SGD(alpha=0.25), 2, checkpoints="all", record=["theta"]
    )
    assert run.theta.values.ravel().tolist() == [1, 0.25]
    # After one round the best fixed point is -1, after two it is -1 still: 3x - x.
    assert run.D_inf.values.tolist() == [2, 2]
    assert run.D_played.values.tolist() == [0, 0.75]
    assert run.attrs["domain"] == "space"


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_sums_are_double_precision_in_a_float32_run(backend):
    run = al.regret(
        problems.linear_model([[1.0]], [0.0], loss="squared", domain=BOX),
        al.AMSGrad(alpha=al.inverse_sqrt(1e-30)),
        20_000,
        theta0=[0.1],
        dtype="float32",
        checkpoints=[20_000],
        backend=backend,
    )
    # A float32 sum of 20000 equal numbers would be off by 1e-3.
    paid = float(np.float32(0.1)) ** 2 / 2
    assert run.cumulative_loss.item() == pytest.approx(20_000 * paid, rel=1e-6)


def test_the_compensated_sum_keeps_what_a_plain_one_loses():
    from adamlab.engines.reference import _Sum

    total = _Sum()
    for x in (1.0, 1e100, 1.0, -1e100):
        total.add(x)
    assert total.value == 2.0


# Checkpoints and results


@pytest.mark.parametrize(
    ("checkpoints", "horizon", "rounds"),
    [
        ("all", 4, [1, 2, 3, 4]),
        (1, 1000, [1, 10, 100, 1000]),
        (np.array([1, 5]), 10, [1, 5]),
        ([5, 2, 2], 10, [2, 5]),
        ("log", 1, [1]),
    ],
)
def test_checkpoints(checkpoints, horizon, rounds):
    run = al.regret(problems.reddi(3), al.Adam(), horizon, checkpoints=checkpoints)
    assert run.t.values.tolist() == rounds


def test_log_checkpoints_end_at_the_horizon():
    t = al.regret(problems.reddi(3), al.Adam(), 1234).t.values
    assert t[0] == 1
    assert t[-1] == 1234
    assert 20 < len(t) < 30


def test_a_run_can_be_stored(tmp_path):
    run = al.regret(SMALL, al.Adam(alpha=al.inverse_sqrt(0.1)), 20)
    run.to_netcdf(tmp_path / "run.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "run.nc", engine="h5netcdf") as stored:
        assert (stored.regret == run.regret).all()
        assert stored.attrs["alpha"] == 0.1
        assert stored.attrs["schedule"] == "inverse_sqrt"
    for name in (
        "problem",
        "rule",
        "beta1",
        "beta2",
        "eps",
        "horizon",
        "seed",
        "dtype",
        "backend",
        "device",
        "wall_time",
        "adamlab_version",
        "numpy_version",
        "python",
    ):
        assert name in run.attrs


def test_the_dataset_holds_the_bounds_that_apply_and_says_why_others_do_not():
    run = al.regret(SMALL, al.AMSGrad(alpha=al.inverse_sqrt(0.1)), 50)
    assert (run.regret_upper <= run.bound_amsgrad_constant_beta1).all()
    assert any(reason.startswith("adagrad: ") for reason in run.attrs["not_applicable"])


def test_no_bound_speaks_about_losses_that_are_not_convex():
    run = al.regret(problems.zhang(4), al.Adam(alpha=al.inverse_sqrt(0.1), beta1=0), 20)
    assert "bound_kingma_ba" not in run
    assert "kingma_ba: it needs convex losses" in run.attrs["not_applicable"]


@al.rule
def sgd(xp, t, theta, g, *, alpha=0.1):  # the name is a lie
    return theta + alpha * g, 1.0


@al.schedule
def inverse_sqrt(xp, t):  # so is this one
    return 1e-6 / t


def test_no_bound_is_lent_to_a_rule_or_schedule_of_the_same_name():
    problem = problems.linear([[1.0]], domain=BOX)
    ours = al.regret(problem, al.SGD(alpha=al.inverse_sqrt(0.1)), 50)
    assert "bound_ogd" in ours
    for opt in (sgd(alpha=al.inverse_sqrt(0.1)), al.SGD(alpha=inverse_sqrt(0.1))):
        assert not [v for v in al.regret(problem, opt, 50).data_vars if v.startswith("bound_")]


def test_a_schedule_that_reaches_zero():
    to_zero = al.schedule(lambda xp, t: xp.maximum(0.0, 1 - t / 10))
    run = al.regret(SMALL, al.Adam(alpha=to_zero(0.1)), 20, record=["theta"])
    assert np.isfinite(run.theta).all()
    assert run.momentum_term[-1] == math.inf  # beta1 / alpha_t
    for backend in ("numpy", "numba"):
        run = al.regret(SMALL, al.Adam(alpha=to_zero(0.1), beta1=0), 20, backend=backend)
        assert run.momentum_term[-1] == 0


def test_a_rule_that_remembers_its_input_is_not_confused_by_a_game_that_reuses_its_buffer():
    @al.rule
    def delayed(xp, t, theta, g, last, *, alpha=0.1):
        return theta - alpha * last, 1, g

    class Reuses:
        theta0 = (0.0,)
        buffer = np.zeros(1)

        def loss_and_gradient(self, t, theta):
            self.buffer[:] = t
            return 0.0, self.buffer

    run = al.regret(Reuses(), delayed(), 4, comparator=[0.0], checkpoints="all", record=["theta"])
    assert run.theta.values.ravel() == pytest.approx([0, 0, -0.1, -0.3])


def test_the_seed_decides_everything():
    opt = al.Adam(alpha=0.1)
    a, b, c = (al.regret(SMALL, opt, 25, seed=s).regret.values for s in (0, 0, 1))
    assert (a == b).all()
    assert (a != c).any()


def test_the_comparator_is_found_once_for_all_runs_of_a_problem(monkeypatch):
    calls = []
    find = experiments.comparators.best_fixed_point
    monkeypatch.setattr(
        experiments.comparators, "best_fixed_point", lambda *a: calls.append(a) or find(*a)
    )
    problem = problems.reddi(7)
    for rule in (al.Adam, al.SGD):
        al.regret(problem, rule(), 9, checkpoints=[3, 9])
    assert len(calls) == 2
    al.regret(problem, al.SGD(), 9, checkpoints=[3, 9], seed=1)
    assert len(calls) == 4


# Backends


@pytest.mark.parametrize(
    "backend",
    [
        "array_api_strict",
        "numba",
        pytest.param("torch", marks=pytest.mark.peers),
        pytest.param("jax", marks=pytest.mark.peers),
        pytest.param("cupy", marks=pytest.mark.gpu),
    ],
)
@pytest.mark.parametrize(
    "problem",
    [
        SMALL,
        problems.reddi(3),
        problems.reddi_unprojected(3),
        problems.zhang(4),
        problems.drifting_quadratic(2, horizon=30),
        problems.softmax_regression(
            np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 3, domain=BOX, batch=5
        ),
    ],
    ids=lambda p: p.name,
)
def test_every_backend_plays_the_same_game(backend, problem):
    why_not = experiments.backend_status(backend)
    if why_not:
        assert backend == "cupy" or os.environ.get("ADAMLAB_REQUIRE_PEERS") != "1", why_not
        pytest.skip(why_not)
    if backend == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    opt = al.AMSGrad(alpha=al.inverse_sqrt(0.2))
    if backend == "numba" and problem.name in ("drifting_quadratic", "softmax_regression"):
        with pytest.raises(ValueError, match=f"'numba' cannot play {problem.name}: it is not a sc"):
            al.regret(problem, opt, 30, backend=backend)
        return
    ours = al.regret(problem, opt, 30, record=["theta"])
    theirs = al.regret(problem, opt, 30, record=["theta"], backend=backend)
    for name in ("regret", "gradient_norm", "metric", "momentum_term", "theta", "G_2", "D"):
        assert theirs[name].values == pytest.approx(ours[name].values, rel=1e-12, abs=1e-13)
    assert theirs.attrs["backend"] == backend


# Compiled runs. Most play AMSGrad with this step size: every other rule or loss is a new kernel.

AMSGRAD = al.AMSGrad(alpha=al.inverse_sqrt(0.2))


def assert_same(ours, theirs, tolerance=1e-10):
    """Assert that two Datasets differ only by rounding, and in what says how they were made."""
    assert [*ours.variables] == [*theirs.variables]
    for name in ours.variables:
        a, b = ours[name], theirs[name]
        assert a.dims == b.dims
        assert a.dtype == b.dtype
        assert a.attrs == b.attrs
        scale = np.nanmax(np.abs(a.values), initial=0.0)
        np.testing.assert_allclose(
            b.values, a.values, rtol=tolerance, atol=tolerance * scale, err_msg=name
        )
    made = ("backend", "engine", "wall_time")
    a, b = ({k: v for k, v in run.attrs.items() if k not in made} for run in (ours, theirs))
    assert a == b
    assert [ours.attrs["backend"], theirs.attrs["backend"]] == ["numpy", "numba"]
    assert [ours.attrs["engine"], theirs.attrs["engine"]] == ["reference", "compiled"]


@pytest.mark.parametrize(
    "problem",
    [
        problems.sparse_features(5, horizon=80),
        problems.trump_approval(),
        problems.phishing(),
        "movie_reviews",
    ],
    ids=lambda p: getattr(p, "name", p),
)
def test_a_compiled_run_is_that_of_the_reference_engine(problem, request):
    names = ["theta", "v", "comparator"]
    given = {"seed": 2, "record": names, "checkpoints": [1, 2, 59]}
    if problem == "movie_reviews":
        request.getfixturevalue("movie_reviews")
        problem = problems.movie_reviews(words=300)
        given["comparator"] = np.full(300, 0.01)  # the search would take longer than the runs
    both = (al.regret(problem, AMSGRAD, 60, **given, backend=b) for b in ("numpy", "numba"))
    assert_same(*both)


def test_a_compiled_run_in_float32():
    both = (
        al.regret(SMALL, AMSGRAD, 60, dtype="float32", record=["theta"], backend=b)
        for b in ("numpy", "numba")
    )
    assert_same(*both, tolerance=1e-4)


@pytest.mark.parametrize("steps", [2, 10])  # 16 runs or more share lanes
def test_a_compiled_sweep_is_that_of_the_reference_engine(steps):
    both = [
        al.sweep(
            SMALL,
            al.AMSGrad,
            alpha=al.inverse_sqrt(np.geomspace(0.1, 0.5, steps)),
            beta1=[0.0, 0.9],  # of which the latter is too large for some bounds
            beta2=0.8,
            seed=[0, 3],
            horizon=25,
            record=["m", "comparator"],
            backend=b,
        )
        for b in ("numpy", "numba")
    ]
    assert_same(*both)
    assert both[1].bound_amsgrad.isnull().mean() == 0.5
    half = f"in {2 * steps} of {4 * steps} runs, for instance because it needs beta1/sqrt(beta2) <"
    assert any(line.startswith(f"amsgrad: {half}") for line in both[1].attrs["not_applicable"])


def test_the_runs_of_a_sweep_are_played_by_one_call(monkeypatch):
    from adamlab.engines import cpu

    calls = []
    play = cpu.play
    monkeypatch.setattr(cpu, "play", lambda *a, **k: calls.append(len(a[4])) or play(*a, **k))
    al.sweep(
        SMALL,
        al.AMSGrad,
        alpha=al.inverse_sqrt([0.1, 0.2]),
        beta1=[0.0, 0.9],
        seed=[0, 3],
        horizon=25,
        backend="numba",
    )
    assert calls == [8]


def test_seeds_that_draw_data_of_their_own_are_played_with_them():
    def make(rng):  # the same features for every seed, but other targets
        return replace(SMALL, targets=rng.normal(size=40), rows=problems.Rows(40, 4))

    drawn = problems.Generated("drawn", make)
    grid = al.sweep(
        drawn,
        al.AMSGrad,
        alpha=al.inverse_sqrt([0.1, 0.2]),
        seed=[0, 3],
        horizon=25,
        backend="numba",
    )
    for s in (0, 3):
        run = al.regret(drawn, al.AMSGrad(alpha=al.inverse_sqrt(0.2)), 25, seed=s)
        assert grid.regret.sel(alpha=0.2, seed=s).values == pytest.approx(run.regret.values)


def test_without_statistics_there_are_losses_and_regret_alone():
    runs = [
        al.regret(SMALL, AMSGRAD, 60, record=["theta"], statistics=False, backend=b)
        for b in ("numpy", "numba")
    ]
    assert_same(*runs)
    losses = {"cumulative_loss", "comparator_loss", "comparator_gap", "certified", "theta"}
    intervals = {"regret", "regret_lower", "regret_upper", "average_regret"}
    assert set(runs[0].data_vars) == losses | intervals
    full = al.regret(SMALL, AMSGRAD, 60, record=["theta"])
    for name in runs[0].data_vars:
        assert (runs[0][name].values == full[name].values).all()
    with pytest.raises(TypeError, match="no statistics, which bounds need: play it with stat"):
        al.bounds.amsgrad(runs[0])
    grid = al.sweep(
        SMALL, al.AMSGrad, alpha=al.inverse_sqrt([0.1, 0.2]), horizon=60, statistics=False
    )
    assert set(grid.data_vars) == losses - {"theta"} | intervals | {"stopped_at"}
    assert (grid.regret.sel(alpha=0.2) == full.regret).all()


def test_a_square_that_overflows_is_no_concern_of_a_run_without_statistics():
    run = al.regret(problems.linear([[1e200]], domain=BOX), al.SGD(), 3, statistics=False)
    assert np.isfinite(run.regret).all()


# Which engine plays


def test_auto_compiles_what_is_worth_it(monkeypatch):
    def chosen(problem=SMALL, opt=AMSGRAD, horizon=50, **more):
        run = al.regret(problem, opt, horizon, checkpoints=1, **more)
        return run.attrs["backend"], run.attrs["engine"]

    assert chosen(horizon=19_999, problem=problems.reddi(3)) == ("numpy", "reference")
    assert chosen(horizon=20_000, problem=problems.reddi(3)) == ("numba", "compiled")
    monkeypatch.setattr(experiments, "_WORTH_COMPILING", 50)
    assert chosen() == ("numba", "compiled")
    assert chosen(problem=problems.drifting_quadratic(2)) == ("numpy", "reference")
    assert chosen(problem=Parabola(), comparator=[0.0, 0.0]) == ("numpy", "reference")
    swept = {"horizon": 25, "checkpoints": 1}
    for alphas, backend in (([0.1], "numpy"), ([0.1, 0.2], "numba")):
        grid = al.sweep(SMALL, al.AMSGrad, alpha=al.inverse_sqrt(alphas), **swept)
        assert grid.attrs["backend"] == backend
    monkeypatch.setitem(sys.modules, "numba", None)
    assert chosen() == ("numpy", "reference")
    with pytest.raises(RuntimeError, match="numba is not installed: pip install numba"):
        al.regret(SMALL, AMSGRAD, 5, backend="numba")


class Doubled(problems.LinearModel):
    """Plays another game than the data and the loss that it inherits say."""

    def loss_and_gradient(self, t, theta):
        loss, g = super().loss_and_gradient(t, theta)
        return 2 * loss, 2 * g


DOUBLED = Doubled(**{field.name: getattr(SMALL, field.name) for field in fields(SMALL)})


class Ball:
    """Where one can play, but no kernel can."""

    def project(self, xp, theta):
        return theta / max(1.0, float(xp.lib.sum(theta**2)) ** 0.5)

    def contains(self, theta):
        return float(np.sum(np.square(theta))) <= 1


@pytest.mark.parametrize(
    ("problem", "opt", "reason"),
    [
        (DOUBLED, AMSGRAD, "it has a loss_and_gradient of its own"),
        (replace(SMALL, domain=Ball()), AMSGRAD, "its domain is neither a Box nor the WholeSpace"),
        (
            SMALL,
            al.Adam(alpha=al.schedule(lambda xp, t: 0.1 if t < 5 else 0.01)(1.0)),
            "the rule or its schedule is no formula",
        ),
    ],
    ids=["own game", "own domain", "own schedule"],
)
def test_what_cannot_be_compiled_is_played_step_by_step(monkeypatch, problem, opt, reason):
    with pytest.raises(ValueError, match=f"backend 'numba' cannot play linear_model: {reason}"):
        al.regret(problem, opt, 20, backend="numba", comparator=np.zeros(3))
    monkeypatch.setattr(experiments, "_WORTH_COMPILING", 1)
    run = al.regret(problem, opt, 20, comparator=np.zeros(3))
    assert run.attrs["backend"] == "numpy"
    game = problem.realise(0)
    assert run.comparator_loss[-1] == pytest.approx(
        sum(game.loss_and_gradient(t, np.zeros(3))[0] for t in range(1, 21))
    )


def test_a_sweep_whose_seeds_begin_elsewhere_is_played_step_by_step():
    problem = problems.Generated("moved", lambda rng: replace(SMALL, theta0=rng.uniform(size=3)))
    swept = {"alpha": al.inverse_sqrt(0.2), "seed": [0, 1], "horizon": 5, "record": ["theta"]}
    with pytest.raises(ValueError, match="its theta0 or its domain depends on the seed"):
        al.sweep(problem, al.AMSGrad, **swept, backend="numba")
    grid = al.sweep(problem, al.AMSGrad, **swept)
    for s in (0, 1):
        first = grid.theta.sel(seed=s).isel(t=0).values
        assert (first == np.random.default_rng(s).uniform(size=3)).all()


# A supplied comparator


@pytest.mark.parametrize("checkpoints", [[20], "all"])
@pytest.mark.parametrize("order", ["shuffled", "sampled"])
def test_a_supplied_comparator_pays_every_round(order, checkpoints):
    problem = replace(SMALL, rows=problems.Rows(40, 4, order))
    point = np.array([0.3, -0.2, 0.9])
    run = al.regret(problem, AMSGRAD, 20, comparator=point, checkpoints=checkpoints, seed=5)
    game = problem.realise(5)
    paid = np.array([game.loss_and_gradient(t, point)[0] for t in range(1, 21)])
    assert run.comparator_loss.values == pytest.approx(paid.cumsum()[run.t - 1], rel=1e-14)
    assert (run.comparator_gap == 0).all()
    assert run.certified.all()


def test_a_supplied_comparator_may_be_asked_for_again():
    found = experiments._Hindsight(SMALL, [0.3, -0.2, 0.9])
    later, earlier = found.at(20, 3), found.at(7, 3)
    assert experiments._Hindsight(SMALL, [0.3, -0.2, 0.9]).at(7, 3).loss == earlier.loss
    assert found.at(20, 3) is later


def test_a_supplied_comparator_whose_losses_overflow_is_an_error():
    problem = problems.linear([[1e150]], domain=al.WholeSpace(), comparison=BOX)
    with pytest.raises(al.ComparatorError, match="loss is not finite in round t=1"):
        al.regret(problem, al.SGD(alpha=1e-300), 1, comparator=[1e200])


# A user's own problem


class Parabola:
    """f_t(x) = |x - c_t|^2 / 2 with c_t = (-1)^t (1, 2)."""

    theta0 = (0.0, 0.0)
    domain = al.Box(-3, 3)

    def loss_and_gradient(self, t, theta):
        offset = theta - (-1) ** t * np.array([1.0, 2.0])
        return offset @ offset / 2, offset


class WithCumulative(Parabola):
    def cumulative(self, t, theta):
        pairs = [self.loss_and_gradient(s, theta) for s in range(1, t + 1)]
        return sum(p[0] for p in pairs), sum(p[1] for p in pairs)


def test_a_users_problem_with_a_supplied_comparator():
    run = al.regret(Parabola(), al.SGD(alpha=0.5), 8, comparator=[0.0, 0.0], checkpoints=[8])
    assert run.comparator_loss.item() == 8 * 2.5
    assert run.attrs["comparator"] == "supplied"


def test_a_users_problem_with_a_cumulative_loss():
    run = al.regret(WithCumulative(), al.SGD(alpha=0.5), 7, checkpoints="all")
    # The mean of the centres: (-1)^t/t (1, 2) for odd t, 0 for even t.
    mean = np.array([1.0, 2.0]) / 7
    centres = [(-1) ** t * np.array([1.0, 2.0]) for t in range(1, 8)]
    best = sum(((-mean - c) ** 2).sum() / 2 for c in centres)
    assert run.comparator_loss[-1] == pytest.approx(best, rel=1e-9)
    assert run.certified.all()


def test_a_problem_without_a_comparator_is_refused():
    with pytest.raises(ValueError, match="has no comparator"):
        al.regret(Parabola(), al.SGD(), 5)


def test_an_unbounded_comparison_is_refused():
    class Unbounded(WithCumulative):
        domain = al.WholeSpace()

    with pytest.raises(ValueError, match=r"comparison .* must be a Box"):
        al.regret(Unbounded(), al.SGD(), 5)


class Breaks(Parabola):
    def __init__(self, what):
        self.what = what

    def loss_and_gradient(self, t, theta):
        loss, g = super().loss_and_gradient(t, theta)
        if t == 6 and self.what == "loss":
            return math.inf, g
        if t == 6 and self.what == "gradient":
            return loss, np.array([0.0, np.nan])
        return loss, g


@pytest.mark.parametrize(("what", "coordinate"), [("loss", None), ("gradient", 1)])
def test_a_nan_stops_the_run_and_what_was_computed_is_kept(what, coordinate):
    with pytest.raises(NonFiniteError, match=f"the {what} is .* in round t=6") as caught:
        al.regret(Breaks(what), al.SGD(), 10, checkpoints="all", comparator=[0.0, 0.0])
    assert caught.value.t == 6
    assert caught.value.coordinate == coordinate
    assert caught.value.partial.t.values.tolist() == [1, 2, 3, 4, 5]
    assert np.isfinite(caught.value.partial.regret).all()
    assert caught.value.partial.attrs["rule"] == "sgd"


DIVERGING = problems.linear_model(
    [[1.0, 0.5]],
    [0.0],
    loss="squared",
    domain=al.WholeSpace(),
    comparison=BOX,
    theta0=[1.0, 1.0],
)


# The prediction z is multiplied by 1 - 1.25 alpha in every round; the squared gradient is 1.25 z^2.
@pytest.mark.parametrize(
    ("alpha", "what", "t"),
    [
        (2.0, "squared gradient", 875),
        (1e60, "loss", 4),
        (1e160, "loss", 2),
        (1.5e308, "point after the step", 1),
    ],
)
def test_a_compiled_run_stops_as_the_reference_engine_does(alpha, what, t):
    errors = []
    for backend in ("numpy", "numba"):
        with pytest.raises(NonFiniteError) as caught:
            al.regret(
                DIVERGING, al.SGD(alpha=alpha), 999, checkpoints=[1, 2, 3, 99, 999], backend=backend
            )
        errors.append(caught.value)
    a, b = errors
    assert (a.what, a.t) == (b.what, b.t) == (what, t)
    assert a.coordinate == b.coordinate
    assert b.value == a.value or math.isnan(a.value)
    assert_same(a.partial, b.partial)


def test_where_rounding_decides_the_round_no_more_than_it_is_named(monkeypatch):
    monkeypatch.setattr(experiments, "_stepper", lambda plan, g: lambda k, **changes: None)
    with pytest.raises(NonFiniteError, match="the loss, gradient, point or metric is nan in") as e:
        al.regret(DIVERGING, al.SGD(alpha=1e60), 99, backend="numba")
    assert e.value.coordinate is None


def test_a_point_that_leaves_the_floats_stops_the_run():
    problem = problems.linear([[1e100]], domain=al.WholeSpace(), comparison=BOX)
    with pytest.raises(NonFiniteError, match=r"point after the step is -inf in round t=1"):
        al.regret(problem, al.SGD(alpha=1e300), 3)


def test_an_overflow_of_the_metric_stops_the_run():
    problem = problems.linear([[1e25]], domain=BOX)
    with pytest.raises(NonFiniteError, match=r"metric is inf in round t=1, coordinate 0"):
        al.regret(problem, al.AMSGrad(), 3, dtype="float32")
    with pytest.raises(NonFiniteError, match=r"squared gradient is inf in round t=1"):
        al.regret(problems.linear([[1e200]], domain=BOX), al.SGD(), 3)


@pytest.mark.parametrize(
    ("gradient", "says"),
    [
        (lambda theta: np.zeros(3), r"gradient must have theta's shape \(2,\), got \(3,\)"),
        (lambda theta: np.zeros(2, dtype=np.float32), "gradient must have dtype float64"),
        (lambda theta: [0.0, 0.0], "gradient must have theta's shape"),
    ],
)
def test_a_users_bad_gradient_is_refused(gradient, says):
    class Bad(Parabola):
        def loss_and_gradient(self, t, theta):
            return 0.0, gradient(theta)

    with pytest.raises((TypeError, ValueError), match=says):
        al.regret(Bad(), al.SGD(), 2, comparator=[0.0, 0.0])


# Arguments


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"problem": 3}, TypeError, "problem must have loss_and_gradient"),
        ({"optimizer": al.Adam}, TypeError, r"optimizer must be .* such as al.Adam\(alpha=0.1\)"),
        ({"horizon": 0}, ValueError, "horizon must be an integer, at least 1, got 0"),
        ({"horizon": 2.5}, ValueError, "horizon must be an integer, at least 1, got 2.5"),
        ({"theta0": [0.0]}, ValueError, r"theta0 must have shape \(3,\)"),
        ({"theta0": [0.0, 0.0, 9.0]}, ValueError, "theta0 must lie in the domain"),
        ({"theta0": [0.0, 0.0, np.nan]}, ValueError, "theta0 must be finite"),
        ({"comparator": [0.0, 0.0, 3.0]}, ValueError, "comparator must lie in the domain"),
        ({"comparator": [0.0]}, ValueError, r"comparator must have shape \(3,\)"),
        ({"dtype": "float16"}, ValueError, "dtype must be 'float64' or 'float32', got 'float16'"),
        ({"backend": "matlab"}, ValueError, "backend must be auto, numpy, .*; got 'matlab'"),
        ({"checkpoints": "linear"}, ValueError, "checkpoints must be 'log', 'all'"),
        ({"checkpoints": [0, 5]}, ValueError, "checkpoints must be an integer, at least 1, got 0"),
        ({"checkpoints": [5, 21]}, ValueError, "checkpoints must be rounds from 1 to 20"),
        ({"checkpoints": [1.5]}, ValueError, "checkpoints must be an integer"),
        ({"seed": -1}, ValueError, "seed must be an integer, at least 0, got -1"),
        ({"horizon": math.nan}, ValueError, "horizon must be an integer, at least 1, got nan"),
        ({"record": ["m", "m"]}, ValueError, "record cannot keep 'm'"),
        ({"checkpoints": 0}, ValueError, "checkpoints must be at least 1 per decade"),
        ({"record": ["w"]}, ValueError, "record knows theta, comparator, m, v; got 'w'"),
    ],
)
def test_bad_arguments_are_refused(change, error, says):
    arguments = {"problem": SMALL, "optimizer": al.Adam(), "horizon": 20, **change}
    with pytest.raises(error, match=says):
        al.regret(**arguments)


def test_a_horizon_beyond_the_data_is_refused():
    stream = problems.linear(np.ones((5, 1)), domain=BOX, order="stream")
    with pytest.raises(ValueError, match="horizon must be at most 5, where the data end, got 6"):
        al.regret(stream, al.SGD(), 6)


def test_a_backend_that_is_not_there_says_what_to_install(monkeypatch):
    monkeypatch.setitem(experiments.BACKENDS, "cupy", "no_such_library")
    with pytest.raises(RuntimeError, match=r"pip install 'adamlab\[cuda13\]'"):
        al.regret(SMALL, al.Adam(), 5, backend="cupy")


def test_a_comparator_that_fails_is_an_error(monkeypatch):
    def fail(*args):
        raise experiments.comparators.ComparatorError("no convergence")

    monkeypatch.setattr(experiments.comparators, "best_fixed_point", fail)
    with pytest.raises(experiments.comparators.ComparatorError, match="no convergence"):
        al.regret(problems.reddi(5), al.Adam(), 5)


def test_progress_is_shown_when_asked_and_silent_otherwise(capsys):
    al.regret(SMALL, al.Adam(), 20)
    assert capsys.readouterr().err == ""
    al.regret(SMALL, al.Adam(), 20, progress=True)
    assert capsys.readouterr().err == ""  # it was over before a bar would help
    with experiments._bar(10, "regret", True, delay=0, refresh=0) as advance:
        advance(3)
        advance(7)
    err = capsys.readouterr().err
    assert "regret" in err
    assert "70%" in err


# Sweeps


def test_a_sweep_is_its_runs():
    alphas, seeds = [0.05, 0.5], [0, 3]
    grid = al.sweep(
        SMALL,
        al.Adam,
        alpha=al.inverse_sqrt(alphas),
        beta1=[0.0, 0.9],
        beta2=0.99,
        seed=seeds,
        horizon=25,
        record=["theta"],
    )
    assert dict(grid.regret.sizes) == {"alpha": 2, "beta1": 2, "seed": 2, "t": 11}
    for alpha in alphas:
        for beta1 in (0.0, 0.9):
            for seed in seeds:
                opt = al.Adam(alpha=al.inverse_sqrt(alpha), beta1=beta1, beta2=0.99)
                run = al.regret(SMALL, opt, 25, seed=seed, record=["theta"])
                cell = grid.sel(alpha=alpha, beta1=beta1, seed=seed)
                for name in ("regret", "theta", "metric"):
                    assert (run[name].values == cell[name].values).all()
                # Theorem 4.1 speaks of this rule for beta1 = 0 only: elsewhere there is no bound.
                assert ("bound_kingma_ba" in run) == (beta1 == 0)
                assert np.isnan(cell.bound_kingma_ba).all() == (beta1 != 0)
    assert grid.attrs["schedule"] == "inverse_sqrt"
    assert grid.average_regret.sel(beta1=0.9).min("alpha").dims == ("seed", "t")


def test_a_sweep_keeps_every_schedule():
    eta = al.inverse_sqrt([0.5, 1.0])
    grid = al.sweep(SMALL, al.AdamW, alpha=0.1, eta=eta, horizon=25)
    for scale in (0.5, 1.0):
        run = al.regret(SMALL, al.AdamW(alpha=0.1, eta=al.inverse_sqrt(scale)), 25)
        assert (grid.sel(eta=scale).regret == run.regret).all()
        assert run.attrs["eta"] == scale
        assert run.attrs["eta_schedule"] == "inverse_sqrt"


def test_a_sweep_over_nothing_is_a_run():
    grid = al.sweep(SMALL, al.SGD, alpha=0.1, horizon=10)
    assert (grid.regret == al.regret(SMALL, al.SGD(alpha=0.1), 10).regret).all()


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_a_run_of_a_sweep_that_stops_leaves_the_others(backend):
    problem = replace(DIVERGING, features=DIVERGING.features * 1e70)
    with pytest.warns(RuntimeWarning, match="1 of 2 runs stopped"):
        grid = al.sweep(
            problem,
            al.SGD,
            alpha=[1e-150, 1e250],
            horizon=4,
            checkpoints="all",
            record=["theta", "comparator"],
            backend=backend,
        )
    assert grid.stopped_at.values.tolist() == [0, 1]
    assert np.isfinite(grid.regret.sel(alpha=1e-150)).all()
    assert np.isnan(grid.regret.sel(alpha=1e250)).all()
    assert grid.certified.dtype == bool
    assert grid.certified.all("t").values.tolist() == [True, False]
    for name in set(grid.data_vars) - {"certified", "stopped_at"}:
        assert grid[name].sel(alpha=1e250).isnull().all()
        assert grid[name].sel(alpha=1e-150).notnull().all()


def test_a_sweep_with_a_bad_value_anywhere_is_refused_before_it_is_played(monkeypatch):
    monkeypatch.setattr(experiments, "_experiment", None)
    for bad in ([0.1, math.nan, 0.2], [0.1, -1.0, 0.2], [0.1, math.inf], ["a", "b"]):
        with pytest.raises(ValueError, match="alpha must be a positive number"):
            al.sweep(SMALL, al.Adam, alpha=bad)
        if bad[0] != "a":
            with pytest.raises(ValueError, match="alpha must be a positive number"):
                al.sweep(SMALL, al.Adam, alpha=al.inverse_sqrt(bad))


def test_thousands_of_runs_are_put_together():
    alphas = np.geomspace(1e-3, 1, 4096)
    grid = al.sweep(SMALL, al.AMSGrad, alpha=al.inverse_sqrt(alphas), horizon=200, backend="numba")
    assert dict(grid.bound_amsgrad.sizes) == {"alpha": 4096, "t": 18}
    run = al.regret(SMALL, al.AMSGrad(alpha=al.inverse_sqrt(alphas[77])), 200)
    assert grid.isel(alpha=77).bound_amsgrad_sharp.values == pytest.approx(
        run.bound_amsgrad_sharp.values, rel=1e-10
    )


# Interrupts


def interrupting(monkeypatch, after):
    """Let the progress bar raise a keyboard interrupt once so many rounds are done."""

    @contextlib.contextmanager
    def bar(total, label, show):
        def advance(done):
            if done >= after:
                raise KeyboardInterrupt

        yield advance

    monkeypatch.setattr(experiments, "_bar", bar)


@pytest.mark.parametrize(("backend", "after"), [("numpy", 12), ("numba", 1)])
def test_an_interrupted_run_keeps_the_checkpoints_that_it_reached(monkeypatch, backend, after):
    horizon = {"numpy": 20, "numba": 10**9}[backend]
    interrupting(monkeypatch, after)
    with pytest.raises(al.Interrupted) as caught:
        al.regret(SMALL, AMSGRAD, horizon, record=["theta", "comparator"], backend=backend)
    assert isinstance(caught.value, KeyboardInterrupt)
    partial = caught.value.partial
    monkeypatch.undo()
    reached = int(partial.t[-1])
    assert reached in range(11 if backend == "numpy" else 50, horizon)
    assert partial.attrs["horizon"] == horizon
    rounds = partial.t.values[partial.t.values <= 60]
    whole = al.regret(SMALL, AMSGRAD, 60, checkpoints=rounds, record=["theta", "comparator"])
    for name in whole.data_vars:
        ours = partial[name].sel(t=rounds).values
        np.testing.assert_allclose(ours, whole[name].values, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_a_run_interrupted_before_its_first_checkpoint_has_none(monkeypatch, backend):
    interrupting(monkeypatch, 1)
    with pytest.raises(al.Interrupted) as caught:
        al.regret(SMALL, AMSGRAD, 10**9, checkpoints=[10**9], backend=backend)
    assert dict(caught.value.partial.regret.sizes) == {"t": 0}
    assert caught.value.partial.metric.shape == (0, 3)


def test_an_interrupted_sweep_keeps_the_runs_that_it_played(monkeypatch):
    interrupting(monkeypatch, after=32)  # in round 12 of the second run of 20 rounds
    alphas = [0.1, 0.2, 0.3]
    with pytest.raises(al.Interrupted) as caught:
        al.sweep(SMALL, al.AMSGrad, alpha=al.inverse_sqrt(alphas), horizon=20)
    partial = caught.value.partial
    assert partial.t.values[-1] == 20
    monkeypatch.undo()
    for alpha in alphas[:2]:
        run = al.regret(SMALL, al.AMSGrad(alpha=al.inverse_sqrt(alpha)), 20)
        have = run.t <= (20 if alpha == 0.1 else 12)
        for name in ("regret", "metric", "bound_amsgrad"):
            cell = partial[name].sel(alpha=alpha)
            assert (cell.values[have] == run[name].values[have]).all()
            assert np.isnan(cell.values[~have]).all()
    assert np.isnan(partial.regret.sel(alpha=0.3)).all()
    assert not partial.certified.sel(alpha=0.3).any()


def test_the_partial_result_of_an_interrupt_is_made_when_it_is_asked_for(monkeypatch):
    find, calls = experiments.comparators.best_fixed_point, []
    problem = problems.reddi(11)

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return find(*arguments)

    monkeypatch.setattr(experiments.comparators, "best_fixed_point", interrupted)
    with pytest.raises(al.Interrupted) as caught:
        al.regret(problem, AMSGRAD, 9, checkpoints=[1, 3, 5, 9])
    assert len(calls) == 3
    partial = caught.value.partial  # whose search goes on from there
    assert len(calls) == 5
    assert caught.value.partial is partial
    assert (partial.regret == al.regret(problem, AMSGRAD, 9, checkpoints=[1, 3, 5, 9]).regret).all()


@pytest.mark.parametrize("runs", [1, 200])
def test_a_keyboard_interrupt_stops_compiled_code(runs):
    alpha = al.inverse_sqrt(np.linspace(0.1, 0.2, runs))
    play = {"alpha": alpha, "backend": "numba", "progress": False, "comparator": np.zeros(3)}
    al.sweep(SMALL, al.AMSGrad, **play, horizon=10)  # compiles it
    sent = []

    def send():
        sent.append(time.monotonic())
        signal.raise_signal(signal.SIGINT)

    timer = threading.Timer(0.5, send)
    timer.start()
    try:
        with pytest.raises(al.Interrupted) as caught:
            al.sweep(SMALL, al.AMSGrad, **play, horizon=10**11)
        assert time.monotonic() - sent[0] < 30  # the whole run would take hours
    finally:
        timer.cancel()
    assert caught.value.partial.t[-1] > 1000


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"rule": al.Adam()}, TypeError, "rule must be a rule such as al.Adam"),
        ({"gamma": [1, 2]}, TypeError, "adam has no hyper-parameter 'gamma'"),
        ({"alpha": [0.1, 0.1]}, ValueError, "alpha must have values that differ"),
        ({"alpha": [[0.1]]}, ValueError, "alpha must be a number or a sequence"),
        ({"alpha": [0.1, -1.0]}, ValueError, "alpha must be a positive number"),
        ({"beta1": []}, ValueError, "beta1 must have values"),
    ],
)
def test_bad_sweeps_are_refused(change, error, says):
    arguments = {"problem": SMALL, "rule": al.Adam, "horizon": 5, **change}
    with pytest.raises(error, match=says):
        al.sweep(**arguments)


def test_a_sweep_that_would_not_fit_says_how_large_it_is():
    with pytest.raises(MemoryError, match=r"would take \d+\.\d GB \(1000000 runs x"):
        al.sweep(
            SMALL,
            al.Adam,
            alpha=np.linspace(0.1, 1, 1000),
            beta1=np.linspace(0, 0.9, 1000),
            horizon=10_000,
            checkpoints="all",
        )
