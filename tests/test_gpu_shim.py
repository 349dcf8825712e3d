"""The CUDA kernels, compiled for the CPU behind a shim, give what the reference engine gives."""

import os

import numpy as np
import pytest
from gpu_cases import BLOCKS, MARKS, TOLERANCE, Sweep, awkward, by_printed_python
from gpu_shim import COMPILER, Shim

import adamlab as al
from adamlab.domains import Box, WholeSpace
from adamlab.engines import gpu
from adamlab.engines.reference import Interrupted, NonFiniteError
from adamlab.losses import LOSSES
from adamlab.namespaces import namespace_of
from adamlab.optimizers import averaged
from adamlab.problems import linear_model
from adamlab.rules import RULES
from benchmarks import gpu as bench

pytestmark = pytest.mark.skipif(
    COMPILER is None and os.environ.get("ADAMLAB_REQUIRE_PEERS") != "1",
    reason="g++ is not installed",
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kernels")


@pytest.fixture
def use(folder, monkeypatch):
    """Return a function that puts a shim in CuPy's place."""

    def put(**options):
        shim = Shim(folder, **options)
        monkeypatch.setattr(gpu, "_library", lambda: shim)
        return shim

    put()
    return put


@pytest.fixture
def shaped(monkeypatch):
    """Return a function that fixes the layout on threads."""
    return lambda *shape: monkeypatch.setattr(gpu, "shape", lambda *args: gpu.Shape(*shape))


def equal(first, second):
    np.testing.assert_array_equal(first.stopped, second.stopped)
    for name in first.scalars:
        np.testing.assert_array_equal(first.scalars[name], second.scalars[name], name)
    for name in first.vectors:
        np.testing.assert_array_equal(first.vectors[name], second.vectors[name], name)


# -------------------------------------------------------------------------------------------------
# Trajectories


@pytest.mark.parametrize("name", RULES)
def test_every_rule_by_a_thread_per_run(use, name):
    # In turn with every loss, with alpha or with everything swept. 37 runs leave threads idle.
    rule, number = RULES[name], list(RULES).index(name)
    loss = list(LOSSES)[number % len(LOSSES)]
    swept = ("alpha",) if number // 5 % 2 else tuple(rule.defaults)
    sweep = Sweep(rule, loss, swept=swept)
    sweep.check(sweep.play())


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_in_float32(use, loss):
    sweep = Sweep(RULES["adam"], loss, runs=3, dtype="float32")
    sweep.check(sweep.play())


def test_an_averaged_rule_and_one_run(use):
    sweep = Sweep(averaged(RULES["amsgrad"]), d=1, runs=1)
    sweep.check(sweep.play())


@pytest.mark.parametrize(("name", "dtype", "d", "shape", "options"), BLOCKS)
def test_a_block_per_run(use, shaped, name, dtype, d, shape, options):
    if shape:
        shaped(*shape)
    sweep = Sweep(RULES[name], "logistic", d=d, runs=2, dtype=dtype, **options)
    forwards = sweep.play()
    sweep.check(forwards)
    # Which thread comes first between two barriers must not matter.
    use(backwards=True)
    equal(sweep.play(), forwards)


def test_threads_of_a_block_share_only_what_barriers_guard(use):
    sweep = Sweep(RULES["nadam"], "squared", runs=70, swept=tuple(RULES["nadam"].defaults))
    forwards = sweep.play()
    use(backwards=True)
    equal(sweep.play(), forwards)


@pytest.mark.parametrize("shape", [None, (32, 32, 1)])
def test_minibatches_and_the_order_of_rows(use, shaped, shape):
    if shape:
        shaped(*shape)
    for order in ("cyclic", "shuffled"):  # 130 rounds of 7 rows wrap around 40 rows often
        sweep = Sweep(RULES["adam"], runs=4, order=order, batch=7, l2=0.05)
        sweep.check(sweep.play())


@pytest.mark.parametrize("shape", [None, (32, 32, 1)])
def test_runs_with_orders_of_their_own(use, shaped, shape):
    if shape:
        shaped(*shape)
    sweep = Sweep(RULES["adam"], runs=7, order="shuffled", seeds=3)
    shim = use()
    sweep.check(sweep.play(), runs=range(7))
    assert shim.launches < 3 * len(MARKS)  # all seeds in one launch


def test_games_with_data_of_their_own(use):
    sweep = Sweep(RULES["adam"], runs=5)
    other = Sweep(RULES["adam"], runs=5, d=3, loss="squared")
    rng = np.random.default_rng(1)
    other.problem = linear_model(
        rng.standard_normal((9, 3)), rng.standard_normal(9), loss="squared", domain=Box(-1, 1)
    )
    sweep.games = [*sweep.games, other.problem.realise(0), other.problem.realise(1)]
    sweep.played = np.array([0, 1, 0, 1, 1])
    sweep.check(sweep.play(), runs=range(5))


def test_losses_are_summed_with_compensation(use, monkeypatch):
    monkeypatch.setattr(gpu, "_FIRST", 4)  # the compensation is kept from launch to launch
    monkeypatch.setattr(gpu, "_LAUNCH", 0.0)
    sweep = Sweep(RULES["sgd"], "linear", d=1, runs=1)
    sweep.games = [
        linear_model(
            np.ones((3, 1)), [1e16, 1.0, -1e16], loss="linear", domain=Box(-1, 1), order="cyclic"
        )
    ]
    sweep.hyper["alpha"], sweep.theta = np.array([1e-40]), np.ones(1)
    batch = sweep.play(checkpoints=(3, 30, 31))
    # Every third loss is a 1, which vanishes beside 1e16.
    assert batch.scalars["cumulative_loss"].tolist() == [[1.0, 10.0, 1e16 + 10]]
    assert batch.scalars["absolute_loss"][0, 0] == 2e16


def test_launches_do_not_show(use, monkeypatch):
    sweeps = [Sweep(RULES["adam"], runs=2), Sweep(RULES["adam"], d=100, runs=2, order="shuffled")]
    for sweep in sweeps:
        shim = use()
        whole = sweep.play()
        few = shim.launches
        with monkeypatch.context() as context:
            context.setattr(gpu, "_FIRST", 1)
            context.setattr(gpu, "_LAUNCH", 0.0)  # every launch is too long
            shim = use()
            equal(sweep.play(), whole)
        assert few < 3
        assert shim.launches > 100


def test_statistics_are_left_out(use):
    sweep = Sweep(RULES["adam"], runs=2)
    plain = sweep.play(statistics=False, record=("v",))
    assert set(plain.scalars) == {"cumulative_loss", "absolute_loss"}
    assert set(plain.vectors) == {"v"}
    whole = sweep.play()
    np.testing.assert_array_equal(
        plain.scalars["cumulative_loss"], whole.scalars["cumulative_loss"]
    )
    np.testing.assert_array_equal(plain.vectors["v"], whole.vectors["v"])


@pytest.mark.parametrize("statistics", [True, False])
@pytest.mark.parametrize("shape", [None, (64, 64, 1)])
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_a_run_that_diverges_is_stopped_where_the_reference_stops(
    use, shaped, shape, dtype, statistics
):
    if shape:
        shaped(*shape)
    sweep = Sweep(RULES["sgd"], runs=3, dtype=dtype, domain=WholeSpace())
    sweep.hyper["alpha"] = np.array([0.1, 1e20, 1e5])
    batch = sweep.play(statistics=statistics)
    expected = [0]
    for run in (1, 2):
        with pytest.raises(NonFiniteError) as error:
            sweep.reference(run)
        expected.append(error.value.t)
    assert batch.stopped.tolist() == expected
    assert 1 < expected[1] < expected[2] < MARKS[-1]
    loss = sweep.reference(0).cumulative_loss
    sweep.close(batch.scalars["cumulative_loss"][0], loss, "cumulative_loss")


def test_an_interrupt_keeps_the_checkpoints(use, monkeypatch):
    monkeypatch.setattr(gpu, "_FIRST", 1)
    monkeypatch.setattr(gpu, "_LAUNCH", 0.0)
    sweep = Sweep(RULES["adam"], runs=2)
    told = []

    def advance(t):
        told.append(t)
        if t >= 64:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        sweep.play(advance=advance)
    assert told == sorted(told)
    reached = [1, 2, 63, 64]
    partial, whole = stopped.value.partial, sweep.play()
    assert partial.t == reached
    loss = whole.scalars["cumulative_loss"][:, : len(reached)]
    np.testing.assert_array_equal(partial.scalars["cumulative_loss"], loss)
    metric = whole.vectors["metric"][:, : len(reached)]
    np.testing.assert_array_equal(partial.vectors["metric"], metric)


def test_progress_ends_with_the_last_round(use):
    told = []
    Sweep(RULES["adam"], runs=2).play(advance=told.append)
    assert told[-1] == MARKS[-1]


# -------------------------------------------------------------------------------------------------
# What cannot be done


def test_too_little_memory_is_said_with_the_sizes(use):
    sweep = Sweep(RULES["adam"], runs=1000)
    use(memory=10**6)
    # 1000 runs x 3 coordinates x 6 checkpoints of float64: 7 vectors and the squares: 1.3 MB.
    with pytest.raises(MemoryError, match=r"1000 runs x 3 coordinates, with 6 checkpoints"):
        sweep.play()
    use(memory=3 * 10**6)
    sweep.play()


@pytest.mark.parametrize("held", [0, 2])
def test_what_is_allocated_was_announced(use, shaped, monkeypatch, held):
    shaped(64, 64, held)
    announced, groups = [], []
    monkeypatch.setattr(gpu, "_check_memory", lambda setting, size, n: announced.append(size))
    monkeypatch.setattr(gpu._Group, "play", lambda self, first, last: groups.append(self))
    Sweep(RULES["adam"], runs=100, d=70, batch=3).play()
    taken = sum(array.nbytes for array in groups[0]._arrays.values())
    result = 8 * len(MARKS) * 100 * 70  # one vector
    assert taken + 2 * result == pytest.approx(announced[0], rel=0.01)


def test_without_a_gpu_the_error_says_why():
    why = gpu.status()
    if not why:
        pytest.skip("there is a GPU")
    sweep = Sweep(RULES["adam"], runs=1)
    with pytest.raises(RuntimeError, match=r"no GPU to use: .*[Cc]u[Pp]y"):
        sweep.play()


# -------------------------------------------------------------------------------------------------
# Steps


@pytest.mark.parametrize("name", RULES)
def test_every_rules_step_equals_the_plain_formula(use, name):
    # Each is a kernel to compile: both dtypes for some, for the others one.
    optimizer = RULES[name](alpha=al.inverse_sqrt(0.05))
    dtypes = ["float32", "float64"]
    if name not in ("adam", "amsgrad"):
        dtypes = [dtypes[list(RULES).index(name) % 2]]
    for dtype in dtypes:
        theta, g = awkward(dtype)
        state = tuple(abs(np.roll(g, 3 * k + 1)) for k in range(len(optimizer.rule.state)))
        check_step(optimizer, 7, theta, g, *state)


def check_step(optimizer, t, theta, g, *state):
    given = (theta, g, *state)
    before = [a.copy() for a in given]
    out = [np.empty_like(theta) for _ in range(1 + len(state))]
    assert gpu.step(optimizer, t, theta, g, state, out)
    for array, old in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, old)
    for array, wanted in zip(out, by_printed_python(optimizer, t, *given), strict=True):
        np.testing.assert_array_equal(array, wanted)
    own = [a.copy() for a in (theta, *state)]
    assert gpu.step(optimizer, t, own[0], g, tuple(own[1:]), own)
    for array, new in zip(own, out, strict=True):
        np.testing.assert_array_equal(array, new)


@pytest.mark.parametrize("n", [0, 1, 257, 1000])
def test_steps_of_all_sizes(use, n):
    optimizer = RULES["adam"](alpha=al.inverse_sqrt(0.1))
    theta, g, m = np.random.default_rng(n).standard_normal((3, n))
    check_step(optimizer, 1, theta, g, m, m**2)
    new = [np.empty(n), np.empty(n), np.empty(n)]
    assert gpu.step(optimizer, 3, theta, g, (m, m**2), new)
    expected, _, rest = optimizer.update(namespace_of(theta), 3, theta, g, (m, m**2))
    for array, wanted in zip(new, (expected, *rest), strict=True):
        np.testing.assert_allclose(array, wanted, rtol=1e-13, atol=1e-15)


def test_a_step_takes_only_what_it_can(use):
    optimizer = RULES["sgd"]()
    whole = np.ones((4, 4))
    assert gpu.step(optimizer, 1, whole, whole, (), [np.empty((4, 4))])
    assert not gpu.step(optimizer, 1, whole[:, ::2], whole[:, ::2], (), [np.empty((4, 2))])
    half = whole.astype(np.float16)
    assert not gpu.step(optimizer, 1, half, half, (), [half])


# -------------------------------------------------------------------------------------------------
# The benchmark


@pytest.mark.parametrize("variant", ["final", "statistics"])
def test_the_benchmark_plays_the_peers_game(use, variant):
    batch = bench.trajectories("adam", "logistic", (3, 2, 50), "float64", variant)()
    features, labels = bench.peers.game(2)
    problem = linear_model(features, labels, loss="logistic", domain=Box(-1, 1), order="cyclic")
    for run, alpha in enumerate(bench.peers.step_sizes(3)):
        expected = al.regret(
            problem, al.Adam(alpha=alpha), 50, checkpoints=batch.t, backend="numpy"
        )
        loss = batch.scalars["cumulative_loss"][run]
        np.testing.assert_allclose(loss, expected.cumulative_loss, rtol=1e-12)
    assert ("metric" in batch.vectors) == (variant == "statistics")
    assert batch.t[-1] == 50


def test_the_benchmark_says_why_it_cannot_run(monkeypatch):
    monkeypatch.setattr(gpu, "status", lambda: "the GPU is on holiday")
    monkeypatch.setattr("sys.argv", ["benchmarks.gpu"])
    with pytest.raises(SystemExit, match="no GPU can be timed here: the GPU is on holiday"):
        bench.main()
