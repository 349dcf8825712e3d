"""The benchmarks' peers do the same work as adamlab, and their timer times."""

import time

import numpy as np
import pytest
from test_peers import need

import adamlab as al
from adamlab.rules import get_rule
from benchmarks import floor, peers, timing

STATISTICS = ("gradient_norm", "G_inf", "G_2", "metric", "momentum_term")


@pytest.mark.peers
@pytest.mark.parametrize(
    ("rule", "loss", "dtype", "unroll", "threads"),
    [
        ("adam", "squared", "float64", 1, 1),
        ("adam", "logistic", "float64", 3, 2),
        ("amsgrad", "squared", "float64", 3, 2),
        ("amsgrad", "logistic", "float64", 1, 1),
        ("adam", "logistic", "float32", 1, 1),
        ("amsgrad", "squared", "float32", 1, 1),
    ],
)
def test_optax_plays_the_game_that_adamlab_plays(rule, loss, dtype, unroll, threads):
    need("jax", "optax")
    R, d, T = 5, 3, 130  # more rounds than rows, and runs that two threads cannot share equally
    features, labels = peers.game(d)
    problem = al.problems.linear_model(
        features, labels, loss=loss, domain=al.Box(-1, 1), order="cyclic"
    )
    ours = [
        al.regret(problem, get_rule(peers.RULES["optax"][rule])(alpha=a), T, dtype=dtype)
        for a in peers.step_sizes(R)
    ]
    rounds = ours[0].t.values.tolist()
    assert len(rounds) > 10

    run = peers.optax_trajectories(
        rule, loss, R, d, rounds, dtype, statistics=True, unroll=unroll, threads=threads
    )
    theirs = peers.joined(run())
    assert {x.dtype for x in theirs.values()} == {np.dtype(dtype)}
    theirs["D_inf_played"] = (theirs["highest"] - theirs["lowest"]).max(axis=-1)
    tolerance = 1e-11 if dtype == "float64" else 1e-4
    for name in ("cumulative_loss", "D_inf_played", *STATISTICS):
        expected = np.array([run[name].values for run in ours])
        # Relative to the largest: a sum has the rounding of its terms, however small it is itself.
        error = np.abs(theirs[name] - expected).max() / np.abs(expected).max()
        assert error <= tolerance, name

    final = peers.optax_trajectories(rule, loss, R, d, [T], dtype, unroll=unroll, threads=threads)
    np.testing.assert_allclose(
        peers.joined(final())["cumulative_loss"],
        np.array([run.cumulative_loss.values[-1:] for run in ours]),
        rtol=tolerance,
    )


@pytest.mark.peers
@pytest.mark.parametrize("rule", ["adam", "adamax", "amsgrad"])
def test_steps_of_peers_are_steps_of_adamlab(rule):
    need("torch", "jax", "optax")
    n = 100
    steps = {
        "foreach": ("torch", peers.torch_step(rule, n, "foreach")),
        "optax": ("optax", peers.optax_step(rule, n)),
        "numpy": ("numpy", peers.numpy_step(rule, n)),
    }
    if rule != "adamax":
        steps["fused"] = ("torch", peers.torch_step(rule, n, "fused"))
    for name, (library, step) in steps.items():
        step()
        moved = np.asarray(step())  # the third: the first is made before the callable is handed out
        optimizer = get_rule(peers.RULES.get(library, {}).get(rule, rule))(alpha=1e-3)
        theta = np.zeros(n, np.float32)
        state = optimizer.init(theta)
        for _ in range(3):
            theta, state = optimizer.step(theta, peers.gradient(n), state)
        assert moved.dtype == np.float32
        np.testing.assert_allclose(moved, theta, rtol=1e-5, err_msg=name)


@pytest.mark.peers
def test_torch_has_no_fused_adamax():
    # If it gets one, the benchmark must use it.
    need("torch")
    with pytest.raises(TypeError, match="fused"):
        peers.torch_step("adamax", 3, "fused")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_floor_is_the_time_of_the_work_it_states(dtype):
    # Eight times the work takes about eight times the time: no compiler skips it.
    small, large = (floor.divide_and_root(dtype, n) for n in (2_000, 16_000))
    times = timing.measure({"small": small.run, "large": large.run}, repeats=5, min_seconds=0.01)
    per_element = {
        "small": times["small"].lowest / small.amount,
        "large": times["large"].lowest / large.amount,
    }
    assert 0.3 < per_element["large"] / per_element["small"] < 3
    assert per_element["large"] > 1e-12


def test_triad_counts_three_arrays():
    work = floor.triad(elements=1001)
    assert work.amount == 3 * 8 * 1001
    work.run()


def test_measure_takes_turns_and_repeats_short_calls():
    called = []

    def short():
        called.append("short")
        time.sleep(1e-3)

    def long():
        called.append("long")
        time.sleep(2e-2)

    times = timing.measure({"short": short, "long": long}, repeats=3, min_seconds=1e-2)
    assert times["long"].calls == 1
    assert times["short"].calls >= 2
    turns = ["short"] * times["short"].calls + ["long"]
    assert called[-3 * len(turns) :] == 3 * turns
    for name, seconds in (("short", 1e-3), ("long", 2e-2)):
        t = times[name]
        assert t.samples == 3
        assert seconds <= t.lowest <= t.lower_quartile <= t.median <= t.upper_quartile <= t.highest


def test_measure_refuses_no_samples():
    with pytest.raises(ValueError, match="repeats must be at least 1, got 0"):
        timing.measure({}, repeats=0)


def test_machine_is_described():
    found = timing.machine()
    assert found["processor"]
    assert found["cores"] >= 1
    assert found["versions"]["numpy"] == np.__version__
