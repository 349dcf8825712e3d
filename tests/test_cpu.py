"""The CPU engine computes what the reference engine does, which goes step by step on arrays."""

from __future__ import annotations

import inspect
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse

import adamlab as al
from adamlab import problems
from adamlab.engines import cpu, reference
from adamlab.engines.reference import Interrupted, NonFiniteError
from adamlab.losses import LOSSES, Loss
from adamlab.optimizers import Schedule
from adamlab.rules import RULES

TOLERANCE = {"float64": 1e-10, "float32": 1e-4}
ALL = {**RULES, "averaged_adam": al.averaged(RULES["adam"])}
ADAM, SGD = RULES["adam"], RULES["sgd"]
BOX = al.Box(-1, 1)
CHECKPOINTS = [1, 2, 3, 10, 50, 100]
INVERSE_SQRT = {"alpha": al.inverse_sqrt(1.0).factor}
STATISTICS = ("gradient_norm", "metric", "lowest", "highest")

# By the number of runs and of coordinates: how wide the innermost loop is, and over which of them.
LAYOUTS = {
    "one run": (3, 2),
    "16 runs": (20, 3),  # two blocks, the second filled up
    "32 runs": (70, 2),
    "64 runs": (130, 2),
    "16 coordinates": (2, 17),  # the second block of each run filled up
    "64 coordinates": (2, 300),
}


def linear_model(loss="logistic", d=3, *, n=400, noise=0, **options):
    """A model with rows in no order; ``noise`` is a seed."""
    rng = np.random.default_rng(noise)
    features = rng.normal(size=(n, d)) / np.sqrt(d)
    targets = rng.normal(size=n)
    if LOSSES[loss].labels == "signs":
        targets = np.sign(targets)
    options = {"domain": BOX, "batch": 4, "order": "shuffled", "l2": 0.1, **options}
    return al.problems.linear_model(features, targets, loss=loss, **options)


def step_sizes(runs, largest=0.1):
    return {"alpha": np.geomspace(1e-3, largest, runs)}


def swept(rule, runs, seed=0):
    """Every hyper-parameter with a value of its own in every run; in the first, decays of 0."""
    rng = np.random.default_rng(seed)
    hyper = step_sizes(runs)
    for name, default in rule.defaults.items():
        if name.startswith("eps"):
            hyper[name] = 10 ** rng.uniform(-8, -1, runs)
        elif name in ("psi", "lr_decay", "weight_decay"):
            hyper[name] = rng.uniform(0, 0.1, runs)
        elif name in ("lam", "s0", "eta"):
            hyper[name] = np.append(1.0, rng.uniform(0.9, 1, runs - 1))
        elif name != "alpha":
            assert 0 <= default < 1
            hyper[name] = np.append(0.0, rng.uniform(0.5, 0.99, runs - 1))
    if rule.name == "rmsprop_centred_torch":
        hyper["rho"][0] = 0.5  # with 0 its v - m**2 is nothing but rounding
    return hyper


def play(
    problem,
    rule,
    hyper,
    *,
    schedules=None,
    seeds=(0,),
    played=None,
    dtype="float64",
    checkpoints=CHECKPOINTS,
    record=None,
    **options,
):
    """Play a run for each value of `hyper`, of the seed of number `played`, by default in turn."""
    runs = max(map(len, hyper.values()))
    hyper = {k: np.full(runs, v) for k, v in rule.defaults.items()} | hyper
    return cpu.play(
        [problem.realise(seed) for seed in seeds],
        rule,
        schedules or {},
        hyper,
        np.arange(runs) % len(seeds) if played is None else np.asarray(played),
        problem.theta0,
        domain=problem.domain,
        dtype=dtype,
        checkpoints=checkpoints,
        record=("theta", *rule.state) if record is None else record,
        **options,
    )


def of_reference(problem, rule, hyper, *, schedules=None, seed=0, dtype="float64", **options):
    """One run, played step by step; in single precision it is paid in double precision."""
    schedules = schedules or {}
    game = problem.realise(seed)
    own = game.to(lambda a: np.asarray(a.toarray() if hasattr(a, "toarray") else a).astype(dtype))
    values = {k: Schedule(v, schedules[k]) if k in schedules else v for k, v in hyper.items()}
    return reference.play(
        own,
        rule(**values),
        problem.theta0.astype(dtype),
        domain=problem.domain,
        precise=None if dtype == "float64" else game.to(np.asarray),
        **{"checkpoints": CHECKPOINTS, "record": ("theta", *rule.state), **options},
    )


def assert_run(batch, run, expected, tolerance, statistics=True):
    """A run of a batch is a trajectory, all of it."""
    n = len(expected.t)
    scalars = ["cumulative_loss", "absolute_loss"]
    scalars += ["G_inf", "G_2", "momentum_term"] if statistics else []
    assert set(batch.scalars) == set(scalars)
    assert set(batch.vectors) == {*expected.recorded, *(STATISTICS if statistics else ())}
    assert batch.t[:n] == expected.t
    if not n:
        return
    for name, values in batch.scalars.items():
        wanted = np.array(getattr(expected, name))
        # A sum of numbers of both signs has the errors of the numbers.
        scale = expected.absolute_loss if name == "cumulative_loss" else np.abs(wanted)
        assert (abs(values[run, :n] - wanted) <= tolerance * np.array(scale)).all(), name
    for name, values in batch.vectors.items():
        kept = expected.recorded if name in expected.recorded else vars(expected)
        wanted = np.array(kept[name])
        scale = abs(wanted).max(axis=1, keepdims=True)
        assert values[run, :n].shape == wanted.shape
        assert (abs(values[run, :n] - wanted) <= tolerance * scale).all(), name


def check(problem, rule, hyper, *, seeds=(0,), played=None, runs=None, tolerance=None, **options):
    """Play a batch, and some of its runs, all if none is named, with the reference engine too."""
    n = max(map(len, hyper.values()))
    played = np.arange(n) % len(seeds) if played is None else np.asarray(played)
    statistics = options.pop("statistics", True)
    threads = options.pop("threads", None)
    batch = play(
        problem,
        rule,
        hyper,
        seeds=seeds,
        played=played,
        statistics=statistics,
        threads=threads,
        **options,
    )
    assert not batch.stopped.any()
    tolerance = tolerance or TOLERANCE[options.get("dtype", "float64")]
    for run in range(n) if runs is None else runs:
        one = {k: v[run] for k, v in hyper.items()}
        expected = of_reference(problem, rule, one, seed=seeds[played[run]], **options)
        assert_run(batch, run, expected, tolerance, statistics)
    return batch


def assert_same_bits(a, b):
    assert a.t == b.t
    np.testing.assert_array_equal(a.stopped, b.stopped)
    for x, y in ((a.scalars, b.scalars), (a.vectors, b.vectors)):
        assert x.keys() == y.keys()
        for name in x:
            np.testing.assert_array_equal(x[name], y[name], err_msg=name)


# --------------------------------------------------------------------------------------------------
# Rules and losses


@pytest.mark.parametrize("name", ALL)
def test_every_rule(name):
    rule = ALL[name]
    check(linear_model("squared"), rule, swept(rule, 20), schedules=INVERSE_SQRT)


@pytest.mark.parametrize("rule", ["adam", "amsgrad", "sgd"])
@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss(loss, rule):
    check(linear_model(loss, 2), RULES[rule], step_sizes(3))


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_every_rule_in_single_precision(name):
    runs, d = [*LAYOUTS.values()][[*ALL].index(name) % len(LAYOUTS)]
    hyper = step_sizes(runs, 0.03)
    check(linear_model("squared", d), ALL[name], hyper, dtype="float32", runs=[0, 1, runs - 1])


def sample(count):
    """Rules, losses, dtypes and layouts at random; in single precision smooth losses only."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        dtype = str(rng.choice(["float64", "float32"]))
        losses = [*LOSSES] if dtype == "float64" else ["squared", "logistic", "linear"]
        names = (rng.choice([*ALL]), rng.choice(losses), dtype, rng.choice([*LAYOUTS]))
        yield tuple(map(str, names))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "loss", "dtype", "layout"), [*sample(30)])
def test_rules_and_losses(name, loss, dtype, layout):
    runs, d = LAYOUTS[layout]
    check(
        linear_model(loss, d),
        ALL[name],
        swept(ALL[name], runs),
        schedules=INVERSE_SQRT,
        dtype=dtype,
        runs=[0, 1, runs - 1],
    )


@pytest.mark.parametrize(
    "problem",
    [problems.zhang(), problems.reddi_unprojected(3), problems.reddi_unprojected(3, delta=0.5)],
    ids=lambda p: f"{p.name}, {getattr(p, 'delta', '')}",
)
def test_losses_that_are_not_linear_beyond_the_comparison_set(problem):
    check(problem, SGD, step_sizes(3, 0.7), checkpoints=[1, 2, 3, 10, 100, 200])


@al.rule
def lion(xp, t, theta, g, m, *, alpha=1e-2, beta1=0.9, beta2=0.99):
    """Of a user, with every function."""
    c = beta1 * m + (1 - beta1) * g
    bent = xp.log1p(xp.abs(g)) * xp.exp(-xp.minimum(c**2, 1.0))
    step = xp.where(xp.abs(c) < 0.1, 10 * c, xp.ratio(c, xp.abs(c))) + bent
    return theta - alpha * step, xp.maximum(c, 0.5), beta2 * m + (1 - beta2) * g


def test_a_rule_of_the_users():
    check(linear_model(), lion, swept(lion, 3))


# --------------------------------------------------------------------------------------------------
# How runs and coordinates are laid out


@pytest.fixture
def kernels(monkeypatch):
    """What the kernels were made for that a test has used."""
    made = []
    kernel = cpu._kernel

    def recorded(*args):
        made.append(inspect.signature(kernel).bind(*args).arguments)
        return kernel(*args)

    monkeypatch.setattr(cpu, "_kernel", recorded)
    return made


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout(layout, dtype, kernels):
    runs, d = LAYOUTS[layout]
    rng = np.random.default_rng(0)
    box = al.Box(-rng.uniform(0.1, 1, d), rng.uniform(0.01, 1, d))
    theta0 = rng.uniform(-0.1, 0.01, d)
    problem = linear_model("logistic", d, domain=box, theta0=theta0)
    compared = None if runs < 20 else [0, 7, runs - 1]
    batch = check(problem, ADAM, step_sizes(runs), dtype=dtype, runs=compared)
    assert batch.vectors["theta"].shape == (runs, len(CHECKPOINTS), d)
    (made,) = kernels
    width, what = ("1", "runs") if layout == "one run" else layout.split()
    assert made["width"] == int(width)
    assert made["across_runs"] == (what == "runs")
    assert made["dtype"] == dtype
    assert not made["own_rows"]


@pytest.mark.parametrize("layout", ["16 runs", "16 coordinates"])
def test_all_sums_are_in_double_precision(layout):
    # Linear costs of single precision, and steps so short that the point stays: all that is
    # rounded are the sums, which are known.
    runs, d = LAYOUTS[layout]
    rng = np.random.default_rng(0)
    theta0, costs = (rng.normal(size=n).astype("f4").astype("f8") for n in (d, (40, d)))
    costs[20] *= 2.0**70  # its squares are no numbers of single precision
    game = problems.linear(costs, domain=al.WholeSpace(), comparison=BOX, theta0=theta0)
    hyper = {"alpha": np.full(runs, 1e-35)}
    checkpoints = [1, 20, 40]
    for l2 in (0.0, 0.1):
        batch = play(replace(game, l2=l2), SGD, hyper, dtype="float32", checkpoints=checkpoints)
        assert not batch.stopped.any()
        for k, t in enumerate(checkpoints):
            rounds = costs[:t] @ theta0 + l2 / 2 * (theta0 @ theta0)
            assert (batch.vectors["theta"][:, k] == theta0).all()
            assert batch.scalars["cumulative_loss"][:, k] == pytest.approx(
                rounds.sum(), abs=1e-14 * abs(rounds).sum()
            )
            if l2 == 0:
                norms = np.sqrt((costs[:t] ** 2).sum(axis=1))
                each = np.sqrt((costs[:t] ** 2).sum(axis=0))
                assert batch.scalars["G_2"][:, k] == pytest.approx(norms.max(), rel=1e-14)
                assert batch.vectors["gradient_norm"][:, k] == pytest.approx(
                    np.broadcast_to(each, (runs, d)), rel=1e-14
                )


@pytest.mark.parametrize("layout", ["16 runs", "16 coordinates"])
def test_without_statistics(layout):
    runs, d = LAYOUTS[layout]
    problem = linear_model("logistic", d)
    bare = check(problem, ADAM, step_sizes(runs), statistics=False, runs=[0, runs - 1])
    whole = play(problem, ADAM, step_sizes(runs))
    for name in ("cumulative_loss", "absolute_loss"):
        np.testing.assert_array_equal(bare.scalars[name], whole.scalars[name])


@pytest.mark.parametrize("d", [15, 16, 17, 31, 32, 33])
def test_coordinates_that_fill_a_block_or_do_not(d):
    check(linear_model("logistic", d), ADAM, step_sizes(2))


@pytest.mark.parametrize("runs", [1, 15, 16, 17, 63, 64, 65, 127, 128, 129])
def test_runs_that_fill_a_block_or_do_not(runs):
    compared = sorted({0, runs // 2, runs - 1})
    check(linear_model("logistic", 3), ADAM, step_sizes(runs), runs=compared)


@pytest.mark.parametrize("runs", [1, 20, 70, 130])
@pytest.mark.parametrize("d", [1, 3])
def test_a_row_at_a_time_without_penalty(runs, d):
    compared = sorted({0, runs // 2, runs - 1})
    check(linear_model("logistic", d, batch=1, l2=0.0), ADAM, step_sizes(runs), runs=compared)


def test_sparse_features():
    dense = linear_model("logistic", 17)
    features = np.where(abs(dense.features) > 0.3, dense.features, 0.0)
    sparse = replace(dense, features=scipy.sparse.csr_array(features))
    batch = check(sparse, ADAM, step_sizes(2))
    assert_same_bits(batch, play(replace(dense, features=features), ADAM, step_sizes(2)))


def test_games_with_features_of_their_own():
    games = [problems.sparse_features(20, horizon=100).realise(seed) for seed in range(3)]
    played = np.array([2, 0, 1, 0])
    hyper = {k: np.full(4, v) for k, v in ADAM.defaults.items()} | step_sizes(4)
    batch = cpu.play(
        games,
        ADAM,
        {},
        hyper,
        played,
        games[0].theta0,
        domain=BOX,
        dtype="float64",
        checkpoints=CHECKPOINTS,
    )
    for run, game in enumerate(played):
        one = {"alpha": hyper["alpha"][run]}
        expected = of_reference(games[game], ADAM, one, record=())
        assert_run(batch, run, expected, 1e-10)


# --------------------------------------------------------------------------------------------------
# The game: order of the rows, domain, schedule, horizon


@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("order", ["cyclic", "stream", "shuffled", "sampled"])
def test_every_order(order, batch):
    # Rounds do not begin at the same row in every pass: 7 does not divide 400.
    n = 400 if order == "stream" else 7
    problem = linear_model(n=n, order=order, batch=batch)
    check(problem, ADAM, step_sizes(3))
    check(problem, ADAM, step_sizes(20), seeds=(5,), runs=[0, 19])


SEEDS = {  # the number of runs, the seeds, and whether each lane of a block has rows of its own
    "one run each, few": (5, range(5), 3, False),
    "many runs each": (60, (3, 1, 8), 3, False),
    "one run each": (20, range(20), 3, True),
    "one run each, many": (130, range(130), 2, True),
    "some runs each": (130, range(20), 2, True),
    "many coordinates": (20, range(20), 300, False),
}


@pytest.mark.parametrize("order", ["shuffled", "sampled"])
@pytest.mark.parametrize("case", SEEDS)
def test_several_seeds(case, order, kernels):
    runs, seeds, d, own_rows = SEEDS[case]
    # Which runs play which seed is in no order.
    played = np.random.default_rng(0).permutation(np.arange(runs) % len(seeds))
    compared = [0, 1, runs // 2, runs - 1]
    problem = linear_model("logistic", d, order=order)
    batch = check(problem, ADAM, step_sizes(runs), seeds=tuple(seeds), played=played, runs=compared)
    assert {made["own_rows"] for made in kernels} == {own_rows}
    losses = batch.scalars["cumulative_loss"][:, -1]
    assert len(set(losses)) == runs  # no two runs are one


def test_a_seed_that_no_run_plays():
    check(linear_model(), ADAM, step_sizes(3), seeds=(0, 1, 2), played=[2, 0, 2])


@pytest.mark.parametrize("order", ["cyclic", "stream"])
def test_seeds_change_nothing_where_nothing_is_random(order, kernels):
    problem = linear_model(order=order)
    batch = check(problem, ADAM, {"alpha": np.full(20, 0.1)}, seeds=tuple(range(20)), runs=[0])
    assert len(kernels) == 1
    assert len(set(batch.scalars["cumulative_loss"][:, -1])) == 1


@pytest.mark.parametrize(
    ("domain", "options"),
    [
        (al.WholeSpace(), {"theta0": [3.0, -2.0, 0.0], "comparison": BOX}),
        (al.Box(-0.01, 0.02), {}),
        (al.Box([-1, 0, 0.5], [1, 0, 0.75]), {}),
        (al.Box(-0.1, [0.1, 0.2, 0.3]), {"theta0": [-0.1, 0.2, 0.0]}),
    ],
    ids=["whole space", "small", "a side of length 0", "vectors"],
)
def test_domains(domain, options):
    problem = linear_model(domain=domain, **options)
    batch = check(problem, ADAM, step_sizes(3, 0.5))
    theta = batch.vectors["theta"]
    if isinstance(domain, al.Box):
        assert ((theta == domain.lower) | (theta == domain.upper)).any()
        assert ((theta >= domain.lower) & (theta <= domain.upper)).all()


@al.schedule
def warm_up(xp, t):
    return xp.minimum(1.0, t / 10) / (1 + xp.log1p(t))


def test_schedules():
    check(linear_model(), ADAM, step_sizes(3), schedules={"alpha": warm_up(1.0).factor})
    hyper = {"alpha": np.full(3, 0.1), "eta": np.array([0.1, 0.5, 2.0])}
    schedules = {"eta": al.inverse_sqrt(1.0).factor, "alpha": warm_up(1.0).factor}
    check(linear_model(), RULES["adamw"], hyper, schedules=schedules)


@pytest.mark.parametrize("horizon", [1, 2, 100, 127, 128, 129, 257, 10_000])
def test_horizons(horizon):
    checkpoints = sorted({*np.geomspace(1, horizon, 20).astype(int).tolist(), horizon})
    problem = linear_model("logistic", n=50)
    batch = check(problem, ADAM, step_sizes(20), checkpoints=checkpoints, runs=[0, 19])
    assert batch.t == checkpoints


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", ["amsgrad", "sgd"])
def test_long_horizons(name, dtype):
    check(
        linear_model("squared", 2),
        RULES[name],
        step_sizes(3),
        dtype=dtype,
        checkpoints=[1, 100, 10_000],
        runs=[0, 2],
    )


def test_checkpoints_of_all_rounds_and_of_one():
    problem = linear_model()
    every = check(problem, ADAM, step_sizes(3), checkpoints=list(range(1, 301)))
    last = check(problem, ADAM, step_sizes(3), checkpoints=[300])
    for x, y in ((every.scalars, last.scalars), (every.vectors, last.vectors)):
        for name in x:
            np.testing.assert_array_equal(x[name][:, -1:], y[name])


def test_what_is_recorded():
    problem = linear_model()
    batch = play(problem, ADAM, step_sizes(3), record=("v",))
    assert set(batch.vectors) == {"v", *STATISTICS}
    whole = play(problem, ADAM, step_sizes(3))
    np.testing.assert_array_equal(batch.vectors["v"], whole.vectors["v"])
    assert (whole.vectors["theta"][:, 0] == problem.theta0).all()  # before the update
    assert (whole.vectors["m"][:, 0] != 0).all()  # after it


# --------------------------------------------------------------------------------------------------
# What must not matter


@pytest.mark.parametrize("case", ["runs", "coordinates", "seeds"])
def test_threads_do_not_matter(case):
    runs, d, seeds = {"runs": (50, 3, 1), "coordinates": (5, 17, 1), "seeds": (50, 3, 50)}[case]
    problem = linear_model("logistic", d)
    one, *others = (
        play(problem, ADAM, step_sizes(runs), seeds=range(seeds), threads=threads)
        for threads in (1, 2, 3, None)
    )
    for other in others:
        assert_same_bits(one, other)


@pytest.mark.parametrize("order", ["cyclic", "shuffled", "sampled"])
@pytest.mark.parametrize("case", ["runs", "coordinates", "seeds"])
def test_how_long_calls_last_does_not_matter(case, order, monkeypatch):
    runs, d, seeds = {"runs": (20, 3, 2), "coordinates": (2, 17, 1), "seeds": (20, 3, 20)}[case]
    problem = linear_model("logistic", d, order=order, n=30)
    checkpoints = [1, 2, 63, 64, 127, 128, 129, 130, 200, 256, 257, 300]
    lasted = []
    batches = []
    for work in (1e9, 0.0, 2e-5, None):
        calls = []
        with monkeypatch.context() as patch:
            if work is not None:
                patch.setattr(cpu, "_WORK", work)
            batches.append(
                play(
                    problem,
                    ADAM,
                    step_sizes(runs),
                    seeds=range(seeds),
                    checkpoints=checkpoints,
                    advance=calls.append,
                )
            )
        assert calls[-1] == 300
        lasted.append(len(calls))
    assert lasted[0] == 1
    assert lasted[1] == 300
    assert 1 < lasted[2] < 300
    for other in batches[1:]:
        assert_same_bits(batches[0], other)


def test_other_runs_of_the_batch_do_not_matter():
    problem = linear_model()
    hyper = step_sizes(130)
    whole = play(problem, ADAM, hyper)
    mixed = {"alpha": hyper["alpha"], "beta1": np.append(np.linspace(0, 0.99, 129), 0.9)}
    others = [
        (play(problem, ADAM, {"alpha": hyper["alpha"][-1:]}), 0),
        (play(problem, ADAM, {"alpha": hyper["alpha"][-20:]}), 19),
        (play(problem, ADAM, {"alpha": hyper["alpha"][::-1]}), 0),
        (play(problem, ADAM, {k: v[-20:] for k, v in mixed.items()}), 19),
        (play(problem, ADAM, hyper, seeds=(0, 4), played=[1] * 129 + [0]), 129),
    ]
    for other, run in others:
        for x, y in ((whole.scalars, other.scalars), (whole.vectors, other.vectors)):
            for name in x:
                found, expected = y[name][run], x[name][-1]
                assert abs(found - expected).max() <= 1e-12 * abs(expected).max(), name


def test_rules_of_the_same_name_do_not_matter():
    def descent(factor):
        def formula(xp, t, theta, g, *, alpha=0.5):
            return theta - factor * alpha * g, 1.0

        return al.rule(formula)

    found = [
        play(linear_model(), descent(factor), step_sizes(3)).vectors["theta"]
        for factor in (1.0, -1.0, 1.0)
    ]
    assert (found[0] == found[2]).all()
    assert (found[0] != found[1]).any()


# --------------------------------------------------------------------------------------------------
# What is not finite


def fails(problem, rule, hyper, **options):
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError) as caught:
        of_reference(problem, rule, hyper, **options)
    return caught.value


LINE = {"domain": al.WholeSpace(), "comparison": BOX, "l2": 0.0}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("layout", ["16 runs", "16 coordinates"])
def test_divergence(layout, dtype):
    # Steps that are too long double the point, or more, until a number overflows.
    runs, d = LAYOUTS[layout]
    problem = linear_model("squared", d, theta0=np.ones(d), **LINE)
    hyper = {"alpha": np.where(np.arange(runs) % 2, np.linspace(30, 300, runs), 0.01)}
    checkpoints = [1, 5, 10, 400]
    batch = play(problem, SGD, hyper, dtype=dtype, checkpoints=checkpoints)
    tame = play(problem, SGD, {"alpha": np.full(runs, 0.01)}, dtype=dtype, checkpoints=checkpoints)
    assert batch.t == checkpoints
    seen = set()
    for run, alpha in enumerate(hyper["alpha"]):
        if alpha == 0.01:
            assert batch.stopped[run] == 0
            for name, values in tame.scalars.items():
                np.testing.assert_array_equal(batch.scalars[name][run], values[run])
        else:
            one = {"alpha": alpha}
            error = fails(problem, SGD, one, dtype=dtype, checkpoints=checkpoints)
            assert batch.stopped[run] == error.t
            seen.add(error.t)
            assert 0 < len(error.partial.t) < 4
            assert_run(batch, run, error.partial, TOLERANCE[dtype])
    assert len(seen) > (2 if runs > 2 else 0)


def test_it_ends_when_all_runs_have_failed():
    problem = linear_model("squared", theta0=np.ones(3), **LINE)
    last = []
    batch = play(
        problem,
        SGD,
        {"alpha": np.full(20, 100.0)},
        checkpoints=[1, 10**12],
        advance=last.append,
    )
    assert (batch.stopped > 0).all()
    assert last[-1] < 10**8


def root(xp, z, y):
    return xp.sqrt(xp.abs(z))  # finite at 0, where the slope is not


def logarithm(xp, z, y):
    return xp.log1p(z - y)  # of less than -1 is not finite


@al.rule
def exploding_metric(xp, t, theta, g, *, alpha=0.1):
    return theta - alpha * g, xp.exp(20 * t + 0 * g)


@al.rule
def exploding_point(xp, t, theta, g, *, alpha=0.1):
    return theta * xp.exp(t**2 + 0 * g), 1.0


@al.rule
def lost_point(xp, t, theta, g, *, alpha=0.1):
    """Infinite in every round, on a box only for a moment; not a number from the tenth on."""
    return xp.where(theta * t < 10, 1e300 * theta * 1e300, xp.sqrt(-theta)), 1.0


@pytest.mark.parametrize(
    ("problem", "rule", "what", "t"),
    [
        (
            replace(linear_model("absolute", **LINE), loss=Loss("root", root)),
            SGD,
            "gradient",
            1,
        ),
        (
            replace(linear_model("absolute", **LINE), loss=Loss("logarithm", logarithm)),
            SGD,
            "loss",
            None,
        ),
        (linear_model("squared"), exploding_metric, "metric", 36),
        (
            linear_model("linear", theta0=np.ones(3), **LINE),
            exploding_point,
            "point after the step",
            13,
        ),
        (linear_model("linear", theta0=np.ones(3)), lost_point, "point after the step", 10),
    ],
    ids=["gradient", "loss", "metric", "point", "point on a box"],
)
def test_the_first_round_that_is_not_finite(problem, rule, what, t):
    hyper = step_sizes(3, 0.5)
    batch = play(problem, rule, hyper)
    for run, alpha in enumerate(hyper["alpha"]):
        error = fails(problem, rule, {"alpha": alpha})
        assert error.what == what
        assert t in (None, error.t)
        assert batch.stopped[run] == error.t
        assert_run(batch, run, error.partial, 1e-10)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_gradient_that_float32_does_not_hold(layout):
    runs, d = LAYOUTS[layout]
    problem = al.problems.linear(np.full((9, d), 1e200), domain=BOX)  # the point stays in the box
    batch = play(problem, SGD, step_sizes(runs), dtype="float32", statistics=False)
    assert (batch.stopped == 1).all()


# --------------------------------------------------------------------------------------------------
# Memory and interrupts


@pytest.mark.parametrize("order", ["cyclic", "shuffled", "sampled"])
def test_memory_does_not_grow_with_the_horizon(order):
    problem = linear_model(order=order)

    def peak(horizon):
        tracemalloc.start()
        try:
            play(problem, ADAM, step_sizes(20), checkpoints=[1, horizon])
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    play(problem, ADAM, step_sizes(20), checkpoints=[1, 10**5])  # compiles
    short, long = peak(3 * 10**5), peak(3 * 10**6)
    assert long < 1.2 * short
    assert long < 2**25  # with an order of all rows it would be 96 MB


def test_nothing_is_left_of_a_call(monkeypatch):
    resource = pytest.importorskip("resource", reason="this system does not tell")
    unit = 1 if sys.platform == "darwin" else 1024

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

    problem = linear_model(d=2)
    monkeypatch.setattr(cpu, "_WORK", 0.0)
    play(problem, ADAM, step_sizes(130), checkpoints=[100])
    before = peak()
    calls = []
    play(problem, ADAM, step_sizes(130), checkpoints=[20_000], advance=calls.append)
    assert len(calls) == 20_000
    assert peak() - before < 2**24  # with what one call takes kept it would be over 100 MB


def test_an_interrupt_keeps_the_checkpoints(monkeypatch):
    monkeypatch.setattr(cpu, "_WORK", 0.0)  # a round at a time
    problem = linear_model()
    checkpoints = [1, 10, 40, 41, 100]
    whole = play(problem, ADAM, step_sizes(3), checkpoints=checkpoints)

    def advance(t):
        if t == 40:
            signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
    try:
        with pytest.raises(Interrupted, match="for the checkpoints") as caught:
            play(problem, ADAM, step_sizes(3), checkpoints=checkpoints, advance=advance)
    finally:
        signal.signal(signal.SIGINT, before)
    partial = caught.value.partial
    assert isinstance(caught.value, KeyboardInterrupt)
    assert partial.t == [1, 10, 40]
    for x, y in ((partial.scalars, whole.scalars), (partial.vectors, whole.vectors)):
        for name in x:
            np.testing.assert_array_equal(x[name], y[name][:, :3])


def test_an_interrupt_before_the_first_round(monkeypatch):
    def interrupted(self, threads):
        raise KeyboardInterrupt

    monkeypatch.setattr(cpu._Blocks, "rounds", interrupted)
    with pytest.raises(Interrupted) as caught:
        play(linear_model(), ADAM, step_sizes(3))
    assert caught.value.partial.t == []
    assert caught.value.partial.vectors["theta"].shape == (3, 0, 3)


LONG = """
import signal
import sys
import numpy as np
import test_cpu as t
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
problem = t.linear_model()
try:
    t.play(
        problem,
        t.ADAM,
        t.step_sizes(50),
        checkpoints=[1, 100, 10**10],
        threads=int(sys.argv[1]),
        advance=lambda round: print(round, flush=True),
    )
except t.Interrupted as error:
    print("kept", error.partial.t, error.partial.scalars["G_2"].shape)
"""


@pytest.mark.skipif(os.name == "nt", reason="its signals are others")
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_stops_a_long_run(threads):
    play(linear_model(), ADAM, step_sizes(50))  # so that the kernel is there
    process = subprocess.Popen(
        [sys.executable, "-c", LONG, str(threads)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=os.path.dirname(__file__),
    )
    for line in process.stdout:
        if int(line) > 1000:
            break
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.splitlines()[-1] == "kept [1, 100] (50, 2)"
