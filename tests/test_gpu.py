"""On a GPU: the kernels give what the reference engine gives, and take no more than they need."""

import numpy as np
import pytest
from gpu_cases import BLOCKS, Sweep, awkward, by_printed_python

import adamlab as al
from adamlab.engines import gpu
from adamlab.losses import LOSSES
from adamlab.rules import RULES

pytestmark = pytest.mark.gpu
if WHY_NOT := gpu.status():
    pytest.skip(WHY_NOT, allow_module_level=True)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_by_a_thread_per_run(name):
    rule, number = RULES[name], list(RULES).index(name)
    loss = list(LOSSES)[number % len(LOSSES)]
    sweep = Sweep(rule, loss, swept=("alpha",) if number // 5 % 2 else tuple(rule.defaults))
    sweep.check(sweep.play())


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_in_float32(loss):
    sweep = Sweep(RULES["adam"], loss, dtype="float32")
    sweep.check(sweep.play())


@pytest.mark.parametrize(("name", "dtype", "d", "shape", "options"), BLOCKS)
def test_a_block_per_run(monkeypatch, name, dtype, d, shape, options):
    if shape:
        monkeypatch.setattr(gpu, "shape", lambda *args: gpu.Shape(*shape))
    sweep = Sweep(RULES[name], "logistic", d=d, runs=300, dtype=dtype, **options)
    batch = sweep.play()
    sweep.check(batch)
    again = sweep.play()
    for key, values in batch.vectors.items():
        np.testing.assert_array_equal(again.vectors[key], values)


@pytest.mark.parametrize("seeds", [1, 3])
def test_orders(seeds):
    sweep = Sweep(RULES["adam"], runs=6, order="shuffled", batch=3, seeds=seeds, l2=0.1)
    sweep.check(sweep.play(), runs=range(6))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", RULES)
def test_every_rules_step_equals_the_plain_formula(name, dtype):
    import cupy

    optimizer = RULES[name](alpha=al.inverse_sqrt(0.05))
    theta, g = awkward(dtype)
    state = tuple(abs(np.roll(g, 3 * k + 1)) for k in range(len(optimizer.rule.state)))
    given = [cupy.asarray(array) for array in (theta, g, *state)]
    out = [cupy.empty_like(given[0]) for _ in range(1 + len(state))]
    assert gpu.step(optimizer, 7, *given[:2], tuple(given[2:]), out)
    expected = by_printed_python(optimizer, 7, theta, g, *state)
    for array, wanted in zip(out, expected, strict=True):
        np.testing.assert_array_equal(array.get(), wanted)


def test_a_step_in_place_and_on_another_shape():
    import cupy

    optimizer = al.Adam(alpha=0.1)
    theta = cupy.linspace(-1, 1, 10**6).reshape(1000, 1000)
    plain, g = theta.get(), cupy.sin(9 * theta)
    state, plain_state = optimizer.init(theta), optimizer.init(plain)
    for _ in range(3):
        state = optimizer.step_(theta, g, state)
        plain_state = optimizer.step_(plain, g.get(), plain_state)
    np.testing.assert_allclose(theta.get(), plain, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_experiments_on_the_gpu_equal_those_on_numpy(dtype):
    grid = {"alpha": al.inverse_sqrt([0.01, 0.1]), "seed": [0, 1], "horizon": 500, "dtype": dtype}
    problem = al.problems.phishing()
    ours = al.sweep(problem, al.AMSGrad, backend="cupy", **grid)
    assert (ours.attrs["backend"], ours.attrs["engine"]) == ("cupy", "compiled")
    expected = al.sweep(problem, al.AMSGrad, backend="numpy", **grid)
    tolerance = {"float32": 1e-4, "float64": 1e-10}[dtype]
    for name in ("cumulative_loss", "gradient_norm", "metric", "momentum_term", "D_played"):
        scale = tolerance * float(abs(expected[name]).max())
        np.testing.assert_allclose(ours[name], expected[name], rtol=tolerance, atol=scale)


def test_nothing_waits_for_the_device_before_the_last_launch(monkeypatch):
    events = []

    class Watched(gpu._CuPy):
        def kernel(self, *args):
            launch = super().kernel(*args)
            return lambda *given: events.append("launch") or launch(*given)

        def host(self, array):
            events.append("host")
            return super().host(array)

    library = Watched()
    monkeypatch.setattr(gpu, "_library", lambda: library)
    monkeypatch.setattr(gpu, "_FIRST", 8)
    monkeypatch.setattr(gpu, "_LAUNCH", 1e-5)
    Sweep(RULES["adam"]).play()
    assert events.count("launch") > 5
    assert "host" not in events[: len(events) - events[::-1].index("launch")]


def test_a_hundred_runs_leave_no_memory_behind():
    import cupy

    sweep = Sweep(RULES["adam"], d=300, runs=100)
    pool = cupy.get_default_memory_pool()

    def taken():
        cupy.cuda.Device().synchronize()
        pool.free_all_blocks()
        return pool.used_bytes(), cupy.cuda.runtime.memGetInfo()[0]

    sweep.play()
    used, free = taken()
    for _ in range(100):
        sweep.play()
    assert taken()[0] == used
    assert free - taken()[1] < 2**24


def test_the_users_device_is_used():
    import cupy

    last = cupy.cuda.runtime.getDeviceCount() - 1
    if last == 0:
        pytest.skip("there is one device only")
    sweep = Sweep(RULES["adam"])
    before = cupy.get_default_memory_pool().total_bytes()
    with cupy.cuda.Device(last):
        sweep.check(sweep.play())
        assert cupy.get_default_memory_pool().total_bytes() > 0
    assert cupy.get_default_memory_pool().total_bytes() == before


def test_too_little_memory_is_said_with_the_sizes(monkeypatch):
    monkeypatch.setattr(gpu._CuPy, "free", lambda self: 10**5)
    with pytest.raises(MemoryError, match=r"runs x 3 coordinates.*device \d+ \(.*GB left"):
        Sweep(RULES["adam"], runs=1000).play()


def test_a_long_run_equals_the_cpu_engine():
    from adamlab.engines import cpu

    sweep = Sweep(RULES["amsgrad"], "logistic", runs=50, order="shuffled")
    marks = (10, 1000, 20_000)
    batch = sweep.play(checkpoints=marks)
    expected = cpu.play(
        sweep.games,
        sweep.rule,
        {"alpha": al.inverse_sqrt(1.0).factor},
        sweep.hyper,
        sweep.played,
        sweep.theta,
        domain=sweep.problem.domain,
        dtype="float64",
        checkpoints=marks,
        record=sweep.record,
    )
    for name, values in {**expected.scalars, **expected.vectors}.items():
        found = {**batch.scalars, **batch.vectors}[name]
        np.testing.assert_allclose(found, values, rtol=1e-9, atol=1e-9, err_msg=name)
