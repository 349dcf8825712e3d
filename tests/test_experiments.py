"""Regret experiments: games small enough to do by hand, conventions, backends, refusals."""

import math
import os
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


def test_sums_are_double_precision_in_a_float32_run():
    run = al.regret(
        problems.linear([[1.0]], domain=BOX),
        al.SGD(alpha=1e-9),
        20_000,
        theta0=[0.1],
        dtype="float32",
        checkpoints=[20_000],
    )
    # A float32 sum of 20000 times 0.1 would be off by 1e-3.
    assert run.cumulative_loss.item() == pytest.approx(20_000 * float(np.float32(0.1)), rel=1e-6)


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
    run = al.regret(SMALL, al.Adam(alpha=to_zero(0.1), beta1=0), 20)
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
    ours = al.regret(problem, opt, 30, record=["theta"])
    theirs = al.regret(problem, opt, 30, record=["theta"], backend=backend)
    for name in ("regret", "gradient_norm", "metric", "momentum_term", "theta", "G_2", "D"):
        assert theirs[name].values == pytest.approx(ours[name].values, rel=1e-12, abs=1e-13)
    assert theirs.attrs["backend"] == backend


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


def test_a_run_of_a_sweep_that_stops_leaves_the_others():
    problem = problems.linear([[1e100]], domain=al.WholeSpace(), comparison=BOX)
    with pytest.warns(RuntimeWarning, match="1 of 2 runs stopped"):
        grid = al.sweep(problem, al.SGD, alpha=[1e-100, 1e250], horizon=4, checkpoints="all")
    assert grid.stopped_at.values.tolist() == [0, 1]
    assert np.isfinite(grid.regret.sel(alpha=1e-100)).all()
    assert np.isnan(grid.regret.sel(alpha=1e250)).all()
    assert grid.certified.dtype == bool
    assert grid.certified.all("t").values.tolist() == [True, False]


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
