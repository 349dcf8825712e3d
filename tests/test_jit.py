"""What compiled code is made of: elementary functions, the scalars of t, and the cache on disk."""

from __future__ import annotations

import hashlib
import itertools
import os
import platform
import subprocess
import sys
from pathlib import Path

import mpmath
import numba
import numpy as np
import pytest
from llvmlite import binding
from mpmath import mpf
from test_emit import ALL, OF_MPMATH, TIMES, stages

import adamlab as al
from adamlab.data import cache_directory
from adamlab.emit import program
from adamlab.engines import jit

# --------------------------------------------------------------------------------------------------
# Elementary functions

UNARY = ("exp", "expm1", "log1p", "log", "sqrt", "absolute")
BINARY = ("power", "maximum", "minimum")
PEERS = {name: getattr(np, name) for name in (*UNARY, *BINARY)}


@pytest.fixture(scope="module", params=[np.float64, np.float32], ids=["float64", "float32"])
def real(request):
    return request.param


@pytest.fixture(scope="module")
def unary(real):
    """All functions of one number, evaluated by a compiled loop over an array."""
    results = ", ".join(f"{name}(x)" for name in UNARY)
    (functions,) = jit.printed(f"def update(x): return ({results})", ["update"], real)

    @numba.njit(error_model="numpy")
    def loop(x, out):
        for i in range(x.size):
            values = functions(x[i])
            for k in range(len(values)):
                out[k, i] = values[k]

    def evaluate(x):
        out = np.empty((len(UNARY), len(x)), real)
        loop(np.asarray(x, real), out)
        return dict(zip(UNARY, out, strict=True))

    evaluate.loop = loop
    return evaluate


@pytest.fixture(scope="module")
def binary(real):
    results = ", ".join(f"{name}(x, y)" for name in BINARY)
    (functions,) = jit.printed(f"def update(x, y): return ({results})", ["update"], real)

    @numba.njit(error_model="numpy")
    def loop(x, y, out):
        for i in range(x.size):
            values = functions(x[i], y[i])
            for k in range(len(values)):
                out[k, i] = values[k]

    def evaluate(x, y):
        out = np.empty((len(BINARY), len(x)), real)
        loop(np.asarray(x, real), np.asarray(y, real), out)
        return dict(zip(BINARY, out, strict=True))

    return evaluate


def worst_error(found, exactly, *args):
    """The largest error in eps, of the smallest normal number for what is smaller."""
    kind = np.finfo(found.dtype)
    with mpmath.workdps(40):
        errors = []
        for value, *x in zip(found, *args, strict=True):
            exact = exactly(*(mpf(float(v)) for v in x))
            unit = max(abs(exact), mpf(float(kind.tiny))) * mpf(float(kind.eps))
            errors.append(float(abs(mpf(float(value)) - exact) / unit))
    return max(errors)


def arguments(name, real):
    """Random numbers, and numbers of all sizes, where the function is finite."""
    rng = np.random.default_rng(0)
    kind = np.finfo(real)
    spaced = np.append(np.geomspace(kind.tiny, 0.9 * kind.max, 800), 0.99 * kind.max)
    largest, smallest = float(np.log(kind.max)), float(np.log(kind.smallest_subnormal))
    x = {
        "exp": (rng.uniform(smallest, largest, 2000), rng.uniform(-2, 2, 1000), spaced, -spaced),
        "expm1": (
            rng.uniform(-50, largest, 2000),
            rng.uniform(largest - 1, largest, 100),
            rng.uniform(-2, 2, 2000),
            spaced,
            -spaced,
        ),
        "log1p": (rng.uniform(-1, 3, 2000), spaced, -spaced, -1 + spaced),
        "log": (rng.uniform(0, 3, 1000), spaced, 1 + spaced),
        "sqrt": (rng.uniform(0, 3, 1000), spaced),
        "absolute": (rng.uniform(-3, 3, 1000), spaced, -spaced),
    }[name]
    x = np.concatenate(x).astype(real)
    if name.startswith("exp"):
        x = x[x < largest]
    return x[x > -1] if name == "log1p" else x[x > 0] if name == "log" else x


@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_number_within_two_eps(name, unary, real):
    exactly = abs if name == "absolute" else getattr(mpmath, name)
    x = arguments(name, real)
    found = unary(x)[name]
    assert np.isfinite(found).all()
    assert worst_error(found, exactly, x) < {np.float64: 2, np.float32: 0.51}[real]


@pytest.mark.parametrize("name", UNARY)
def test_special_values_of_functions_of_one_number(name, unary, real):
    kind = np.finfo(real)
    tiny, last = kind.smallest_subnormal, np.log(kind.max)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, -1.0, -2.0, kind.max, -kind.max, tiny, -tiny]
    special += [np.nextafter(last, np.inf) + 1e-6, 800.0, -800.0, 100.0, -110.0]
    with np.errstate(all="ignore"):
        expected = PEERS[name](np.array(special, real))
    np.testing.assert_allclose(unary(special)[name], expected, rtol=2 * kind.eps, atol=0)


def test_small_numbers_keep_their_sign(unary, real):
    zero = np.signbit(unary([0.0, -0.0])["expm1"])
    assert zero.tolist() == [False, True]


def test_loops_over_them_are_vector_loops(unary):
    if platform.machine().lower() not in ("x86_64", "amd64"):
        pytest.skip("knows the instructions of x86 only")
    code = jit.inner(lambda x: jit.exp(x) + jit.expm1(x) + jit.log1p(x))

    @numba.njit(error_model="numpy")
    def loop(x, out):
        for i in range(x.size):
            out[i] = code(x[i])

    loop(np.ones(4), np.empty(4))
    (assembly,) = loop.inspect_asm().values()
    assert "mulpd" in assembly  # of packed numbers


def test_power_within_two_eps(binary, real):
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(0, 1, 1000), 1 - 10 ** rng.uniform(-6, -1, 1000)]).astype(real)
    y = np.concatenate([rng.uniform(-5, 20, 1000), 10 ** rng.uniform(0, 6, 1000)]).astype(real)
    x, y = x[x > 0], y[x > 0]
    found = binary(x, y)["power"]
    finite = np.isfinite(found)
    assert finite.mean() > 0.9
    assert worst_error(found[finite], mpmath.power, x[finite], y[finite]) < 2


@pytest.mark.parametrize("name", BINARY)
def test_special_values_of_functions_of_two_numbers(name, binary, real):
    special = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -3.0, np.inf, -np.inf, np.nan]
    x, y = map(list, zip(*itertools.product(special, repeat=2), strict=True))
    with np.errstate(all="ignore"):
        expected = PEERS[name](np.array(x, real), np.array(y, real))
    np.testing.assert_array_equal(binary(x, y)[name], expected)


# --------------------------------------------------------------------------------------------------
# The scalars of t


@pytest.mark.parametrize("real", [np.float64, np.float32])  # they are in float64 for both
@pytest.mark.parametrize("name", ALL)
def test_compiled_scalars_of_t_are_accurate(name, real):
    # tests/test_emit.py shows the same of the printed functions on NumPy's numbers.
    rule = ALL[name]
    varied = [k for k in rule.defaults if k != "beta2"]  # so that there is something in each stage
    code = program(rule, {"alpha": al.inverse_sqrt(1.0).factor}, varied)
    names = ("fixed_stage", "round_stage", "run_stage", "run_round_stage")
    fixed_stage, round_stage, run_stage, run_round_stage = jit.printed(code.python, names, real)

    @numba.njit(error_model="numpy")
    def scalars(t, fixed_hyper, run_hyper):
        fixed = fixed_stage(fixed_hyper)
        of_round = round_stage(t, fixed)
        run = run_stage(run_hyper, fixed)
        return fixed, of_round, run, run_round_stage(fixed, of_round, run)

    compared = 0
    for beta2, t in itertools.product((0.9, 0.999, 0.9999), TIMES):
        hyper = {**rule.defaults, **({"beta2": beta2} if "beta2" in rule.defaults else {})}
        found = scalars(
            float(t),
            tuple(hyper[k] for k in code.fixed_hyper),
            tuple(hyper[k] for k in code.run_hyper),
        )
        with mpmath.workdps(50):
            exact = stages(code, {k: mpf(v) for k, v in hyper.items()}, mpf(t), OF_MPMATH)
            for x, y in zip(itertools.chain(*found), itertools.chain(*exact), strict=True):
                # 0.999**(10**6) is no normal number
                assert abs(mpf(x) - y) <= 1e-13 * (abs(y) + 1e15 * mpf(sys.float_info.min))
                compared += 1
    assert compared >= 3 * len(TIMES)


# --------------------------------------------------------------------------------------------------
# The cache on disk


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ADAMLAB_CACHE", str(tmp_path / "kernels"))
    return tmp_path / "kernels"


def compiled(formula, key=None):
    scope = {}
    exec(f"def function(x): return {formula}", scope)
    return jit.entry(scope["function"], key or formula)


def hits_and_misses(function):
    stats = function.stats
    return sum(stats.cache_hits.values()), sum(stats.cache_misses.values())


def test_what_was_compiled_is_loaded(folder):
    first = compiled("2.0 * x")
    assert (first(1.5), first(2)) == (3.0, 4.0)
    assert hits_and_misses(first) == (0, 2)
    assert len(list(folder.iterdir())) == 2  # of a float and of an integer
    second = compiled("2.0 * x")
    assert (second(1.5), second(2)) == (3.0, 4.0)
    assert hits_and_misses(second) == (2, 0)
    assert len(list(folder.iterdir())) == 2


def test_another_source_has_another_file(folder):
    assert compiled("2.0 * x")(1.5) == 3.0
    other = compiled("3.0 * x")
    assert other(1.5) == 4.5
    assert hits_and_misses(other) == (0, 1)
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (numba, "__version__"),
        (np, "__version__"),
        (sys, "version"),
        (binding, "get_host_cpu_name"),
    ],
)
def test_another_version_or_processor_has_another_file(folder, monkeypatch, module, name):
    assert compiled("2.0 * x")(1.5) == 3.0
    other = "0.0.1" if isinstance(getattr(module, name), str) else lambda: "a processor of 2040"
    monkeypatch.setattr(module, name, other)
    monkeypatch.setattr(jit, "_ENVIRONMENT", jit._environment())
    again = compiled("2.0 * x")
    assert again(1.5) == 3.0
    assert hits_and_misses(again) == (0, 1)


def test_a_change_of_the_engine_is_another_source(monkeypatch):
    before = jit._environment()
    assert before == jit._ENVIRONMENT
    read = Path.read_bytes
    for changed in ("cpu.py", "jit.py"):
        with monkeypatch.context() as patch:
            patch.setattr(Path, "read_bytes", lambda p, n=changed: read(p) + b"#" * (p.name == n))
            assert jit._environment() != before


def whole(data):
    """With the checksum that it should have."""
    return hashlib.sha256(data[32:]).digest() + data[32:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data[:20],
        lambda data: b"",
        lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:],
        lambda data: bytes([data[0] ^ 128]) + data[1:],
        lambda data: whole(data[: len(data) // 2]),
        lambda data: whole(data[:32] + b"no pickle"),
        lambda data: whole(data[:32] + b"N."),  # None, pickled
    ],
    ids=[
        "1 less",
        "half",
        "no checksum",
        "empty",
        "a bit",
        "the checksum",
        "half, checked",
        "x",
        "y",
    ],
)
def test_a_damaged_file_is_replaced(folder, damage):
    assert compiled("2.0 * x")(1.5) == 3.0
    (file,) = folder.iterdir()
    good = file.read_bytes()
    assert len(good) > 6000
    file.write_bytes(damage(good))
    again = compiled("2.0 * x")
    assert again(1.5) == 3.0
    assert hits_and_misses(again) == (0, 1)
    assert [*folder.iterdir()] == [file]
    last = compiled("2.0 * x")
    assert last(1.5) == 3.0
    assert hits_and_misses(last) == (1, 0)


def test_a_folder_that_cannot_be_written_to(monkeypatch):
    monkeypatch.setenv("ADAMLAB_CACHE", os.path.join(os.devnull, "kernels"))  # for root neither
    function = compiled("2.0 * x")
    assert function(1.5) == 3.0
    assert hits_and_misses(function) == (0, 1)


@pytest.mark.parametrize("error", [OSError("no space left on device"), KeyboardInterrupt()])
def test_nothing_is_left_of_a_write_that_fails(folder, monkeypatch, error):
    def fail(*args):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        function = compiled("2.0 * x")
        if isinstance(error, OSError):
            assert function(1.5) == 3.0
        else:
            with pytest.raises(KeyboardInterrupt):
                function(1.5)
    assert [*folder.iterdir()] == []
    assert compiled("2.0 * x")(1.5) == 3.0
    assert len([*folder.iterdir()]) == 1


def test_the_folder_is_the_users_unless_told(monkeypatch, tmp_path):
    monkeypatch.setenv("ADAMLAB_CACHE", str(tmp_path))
    assert cache_directory() == tmp_path
    for unset in ("", None):
        with monkeypatch.context() as patch:
            if unset is None:
                patch.delenv("ADAMLAB_CACHE")
            else:
                patch.setenv("ADAMLAB_CACHE", unset)
            assert cache_directory().is_relative_to(Path.home())
            assert "adamlab" in cache_directory().parts


def test_no_cache_of_numba_is_written(folder, tmp_path):
    assert compiled("2.0 * x")(1.5) == 3.0
    assert not [p for p in tmp_path.rglob("*") if p.suffix in (".nbi", ".nbc")]


# --------------------------------------------------------------------------------------------------
# The cache and several processes

STEP = """
x = np.linspace(0, 1, 600)
optimizer = al.SGD(alpha=0.1)
print(optimizer.step(x, x, optimizer.init(x))[0].tolist())
"""
TRAJECTORY = """
problem = al.problems.linear_model([[1.0, 2.0]], [3.0], loss="squared", domain=al.Box(-1, 1))
batch = cpu.play(
    [problem.realise(0)],
    al.SGD().rule,
    {},
    {"alpha": np.array([0.1, 0.2])},
    np.zeros(2, np.int64),
    problem.theta0,
    domain=problem.domain,
    dtype="float64",
    checkpoints=[1, 10],
)
print(batch.scalars["cumulative_loss"].tolist())
"""


def start(folder, work):
    """Start a process that prints what comes out, and how many functions it compiled."""
    program = f"""
import numpy as np
from numba.core import event

import adamlab as al
from adamlab.engines import cpu

with event.install_recorder("numba:compile") as compiled:
    {work.replace(chr(10), chr(10) + "    ")}
print(len(compiled.buffer))
"""
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "ADAMLAB_CACHE": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(process):
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    *results, count = output.splitlines()
    assert results
    return results, int(count)


def test_a_second_process_compiles_nothing(folder):
    first, count = finish(start(folder, STEP + TRAJECTORY))
    assert count > 0
    files = {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}
    assert len(files) == 2
    assert finish(start(folder, STEP + TRAJECTORY)) == (first, 0)
    assert {p.name: p.stat().st_mtime_ns for p in folder.iterdir()} == files


def test_processes_that_start_at_once(folder):
    processes = [start(folder, STEP) for _ in range(3)]
    results = [finish(process)[0] for process in processes]
    assert results[0] == results[1] == results[2]
    assert len(list(folder.iterdir())) == 1
    assert finish(start(folder, STEP)) == (results[0], 0)


def test_without_a_folder_processes_compile_for_themselves(folder):
    results, count = finish(start(os.path.join(os.devnull, "kernels"), STEP))
    assert count > 0
    assert results == finish(start(folder, STEP))[0]
