"""Single steps on NumPy arrays: the compiled pass is the plain formula, whatever is in them."""

from __future__ import annotations

import multiprocessing
import os
import tempfile

import numba
import numpy as np
import pytest

import adamlab as al
from adamlab.engines import cpu
from adamlab.namespaces import namespace_of
from adamlab.optimizers import State
from adamlab.rules import RULES

DTYPES = ["float64", "float32"]
ALL = {**RULES, "averaged_adam": al.averaged(RULES["adam"])}
SIZE = 2500  # no multiple of the numbers that are worked on at a time
ANY_SIGN = ("m", "b", "theta_bar")  # of the states; the others cannot be negative


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):  # the plain formula warns of what is to be tested here
        yield


@pytest.fixture
def compiled(monkeypatch):
    """The steps that were taken, each by whether it was compiled."""
    taken = []
    step = cpu.step

    def recorded(*args):
        taken.append(step(*args))
        return taken[-1]

    monkeypatch.setattr(cpu, "step", recorded)
    return taken


def hard_numbers(dtype, rng, size=SIZE):
    """Numbers of all sizes, and a third of them zeros, denormals, extremes, inf and NaN."""
    kind = np.finfo(dtype)
    tiny = float(kind.smallest_subnormal)
    special = [0.0, -0.0, tiny, -tiny, 17 * tiny, kind.tiny, kind.max, -kind.max]
    special += [np.inf, -np.inf, np.nan, 1.0, -1.0, 1e-8, 1e8]
    spread = rng.normal(size=size) * 10.0 ** rng.uniform(-12, 12, size)
    values = np.where(rng.random(size) < 0.5, spread, rng.normal(size=size))
    return np.where(rng.random(size) < 0.33, rng.choice(special, size), values).astype(dtype)


def situation(rule, dtype, size=SIZE, seed=0):
    """Parameters, a gradient, and a state with arrays that the rule could have."""
    rng = np.random.default_rng(seed)
    theta, g = (hard_numbers(dtype, rng, size) for _ in range(2))
    state = []
    for name in rule.state:
        values = hard_numbers(dtype, rng, size)
        state.append(values if name in ANY_SIGN else abs(values))
    return theta, g, tuple(state)


def plain(optimizer, t, theta, g, arrays):
    """The new parameters and states by the formula itself."""
    new, _, arrays = optimizer.update(namespace_of(theta), t, theta, g, arrays)
    return new, *arrays


def assert_formula(found, optimizer, t, theta, g, arrays, ulps=4):
    """Results within some eps of the formula's, where NaN equals NaN, and inf only inf.

    Relative to the result, or to what it would be if its terms were all of one sign.
    """
    expected = plain(optimizer, t, theta, g, arrays)
    signs = [-1 if name == "theta_bar" else 1 for name in optimizer.rule.state]
    aligned = tuple(s * abs(x) for s, x in zip(signs, arrays, strict=True))
    added = plain(optimizer, t, -abs(theta), abs(g), aligned)
    # What one last digit of a denormal moment makes of the result is not counted.
    digit = np.finfo(theta.dtype).smallest_subnormal
    names = optimizer.rule.state
    nudged = tuple(x + digit * (k in ANY_SIGN) for k, x in zip(names, arrays, strict=True))
    nearly = plain(optimizer, t, theta, g, nudged)
    for a, b, scale, near in zip(found, expected, added, nearly, strict=True):
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        kind = np.finfo(b.dtype)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        a, b, scale, near = (x[~same].astype(np.float64) for x in (a, b, scale, near))
        # The last digits of a denormal number are not counted.
        least = float(kind.smallest_subnormal)
        digit_of = np.where(np.isfinite(near - b), abs(near - b), 0.0)
        off = (abs(a - b) - digit_of) / (float(kind.eps) * np.fmax(abs(b), abs(scale)) + least)
        assert (off <= ulps).all(), off.max()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ALL)
def test_a_compiled_step_is_the_formula(name, dtype, compiled):
    rule = ALL[name]
    optimizer = rule()
    for t in (1, 2, 1000):
        theta, g, arrays = situation(rule, dtype, seed=t)
        before = [a.copy() for a in (theta, g, *arrays)]

        new, state = optimizer.step(theta, g, State(rule, t - 1, arrays))
        found = (new, *state.arrays)
        assert state.t == t
        assert_formula(found, optimizer, t, theta, g, arrays)
        for a, b in zip((theta, g, *arrays), before, strict=True):
            np.testing.assert_array_equal(a, b)
        assert not any(np.shares_memory(a, b) for a in found for b in (theta, g, *arrays))

        same = optimizer.step_(theta, g, State(rule, t - 1, arrays))
        assert all(a is b for a, b in zip(same.arrays, arrays, strict=True))
        for a, b in zip((theta, *arrays), found, strict=True):
            np.testing.assert_array_equal(a, b)  # to the bit
        np.testing.assert_array_equal(g, before[1])
    assert compiled == [True] * 6


@al.rule
def epsilon_inside(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    metric = xp.sqrt(v / (1 - beta2**t) + eps)
    return theta - alpha * xp.ratio(m / (1 - beta1**t), metric), metric, m, v


def test_another_formula_is_told_apart():
    optimizer, other = RULES["adam"](), epsilon_inside()
    theta, g, arrays = situation(optimizer.rule, "float64")
    new, state = other.step(theta, g, State(other.rule, 4, arrays))
    with pytest.raises(AssertionError):
        assert_formula((new, *state.arrays), optimizer, 5, theta, g, arrays, ulps=1e6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_many_steps_are_those_of_the_formula(dtype, compiled):
    rng = np.random.default_rng(0)
    optimizer = al.AMSGrad(alpha=al.inverse_sqrt(0.1))
    first = rng.normal(size=700).astype(dtype)
    theta, mine, expected = first.copy(), first.copy(), first.copy()
    state, own = optimizer.init(theta), optimizer.init(mine)
    arrays = state.arrays
    for t in range(1, 51):
        g = (theta - rng.normal(size=700)).astype(dtype)
        theta, state = optimizer.step(theta, g, state)
        own = optimizer.step_(mine, g, own)
        np.testing.assert_array_equal(mine, theta)
        expected, *arrays = plain(optimizer, t, expected, g, tuple(arrays))
    assert compiled == [True] * 100
    assert abs(theta - first).min() > 0
    assert abs(theta - expected).max() < 100 * np.finfo(dtype).eps
    assert state.t == own.t == 50


# --------------------------------------------------------------------------------------------------
# Rules, schedules and hyper-parameters of the user's


@al.rule
def odd_states(xp, t, theta, g, previous, constant, m, *, alpha=0.1, beta1=0.9):
    """A state that is an argument, one that is a number, and every function."""
    m = beta1 * m + xp.where(abs(g) < 1, xp.exp(-xp.abs(g)), xp.log1p(xp.minimum(g**2, 4.0)))
    metric = xp.maximum(xp.sqrt(xp.abs(m)), 1e-3)
    return theta - alpha * xp.ratio(m, metric), metric, theta, 3.0, m


@al.schedule
def warm_up(xp, t):
    return xp.minimum(1.0, t / 10)


@al.schedule
def by_hand(xp, t):
    return 1.0 if t < 3 else 0.5


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("optimizer", "formula"),
    [
        (odd_states(), True),
        (al.Adam(alpha=warm_up(0.1)), True),
        (al.AdamW(eta=al.inverse_sqrt(0.5), weight_decay=0.1), True),
        (al.Adam(eps=0.0, beta1=0.0, beta2=0.0), True),
        (al.SGD(alpha=by_hand(0.1)), False),
    ],
    ids=repr,
)
def test_of_the_users_own(optimizer, formula, dtype, compiled):
    for t in (1, 4, 200):
        rng = np.random.default_rng(t)
        theta, g, *arrays = rng.normal(size=(2 + len(optimizer.rule.state), 600)).astype(dtype)
        arrays = tuple(map(abs, arrays))
        new, state = optimizer.step(theta, g, State(optimizer.rule, t - 1, arrays))
        assert_formula((new, *state.arrays), optimizer, t, theta, g, arrays)
    assert compiled == [formula] * 3


def test_a_rule_of_the_same_name_is_another_rule(compiled):
    def descent(factor):
        def formula(xp, t, theta, g, *, alpha=0.5):
            return theta - factor * alpha * g, 1.0

        return al.rule(formula)()

    g = np.ones(600)
    for factor in (1.0, 2.0, 1.0):
        optimizer = descent(factor)
        theta, _ = optimizer.step(np.zeros(600), g, optimizer.init(g))
        np.testing.assert_array_equal(theta, np.full(600, -0.5 * factor))
    assert compiled == [True] * 3


# --------------------------------------------------------------------------------------------------
# Arrays of every kind


def strided(x):
    return np.repeat(x, 2)[::2]


def unaligned(x):
    memory = np.empty(x.nbytes + 1, np.uint8)
    view = memory[1:].view(x.dtype)
    view[:] = x
    return view


def on_disk(x):
    with tempfile.TemporaryFile() as file:
        array = np.memmap(file, x.dtype, "w+", shape=x.shape)
    array[:] = x
    return array


KINDS = {  # and whether the step is compiled
    "as it is": (lambda x: x, True),
    "two axes": (lambda x: x.reshape(4, -1), True),
    "on disk": (on_disk, True),
    "masked": (lambda x: np.ma.array(x, mask=x < 0.5), False),
    "strided": (strided, False),
    "reversed": (lambda x: x[::-1], False),
    "columns first": (lambda x: x.reshape(4, -1).copy(order="F"), False),
    "unaligned": (unaligned, False),
    "big-endian": (lambda x: x.astype(">f8"), False),
    "float16": (lambda x: x.astype(np.float16), False),
    "longdouble": (lambda x: x.astype(np.longdouble), False),
    "few": (lambda x: x[:511], None),
    "none": (lambda x: x[:0], None),
    "no axis": (lambda x: np.array(x[0]), None),
}


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_of_every_kind(kind, compiled):
    convert, is_compiled = KINDS[kind]
    optimizer = al.Adam(alpha=0.1)
    rng = np.random.default_rng(0)
    theta, g, m, v = (convert(x) for x in abs(rng.normal(size=(4, 1000))))
    new, state = optimizer.step(theta, g, State(optimizer.rule, 2, (m, v)))
    assert_formula((new, *state.arrays), optimizer, 3, theta, g, (m, v))
    same = optimizer.step_(theta, g, State(optimizer.rule, 2, (m, v)))
    assert same.arrays[0] is m
    assert same.arrays[1] is v
    for a, b in zip((theta, m, v), (new, *state.arrays), strict=True):
        np.testing.assert_array_equal(a, b)
    assert compiled == ([] if is_compiled is None else [is_compiled] * 2)


@pytest.mark.parametrize("which", range(4))
def test_one_strided_array_is_enough(which, compiled):
    optimizer = al.Adam(alpha=0.1)
    given = [*abs(np.random.default_rng(0).normal(size=(4, 1000)))]
    theta, g, m, v = (strided(x) if k == which else x.copy() for k, x in enumerate(given))
    optimizer.step_(theta, g, State(optimizer.rule, 2, (m, v)))
    assert compiled == [False]
    assert_formula((theta, m, v), optimizer, 3, *given[:2], tuple(given[2:]))


def test_inputs_may_be_read_only_and_the_same(compiled):
    optimizer = al.Adam(alpha=0.1)
    x = np.random.default_rng(0).normal(size=1000)
    x.flags.writeable = False
    new, state = optimizer.step(x, x, State(optimizer.rule, 0, (x, x**2)))
    assert_formula((new, *state.arrays), optimizer, 1, x, x, (x, x**2))
    assert compiled == [True]


def test_a_number_is_computed_alike_wherever_it_stands():
    optimizer = RULES["nadam"]()
    theta, g, arrays = situation(optimizer.rule, "float64", 1031)
    whole, _ = optimizer.step(theta, g, State(optimizer.rule, 4, arrays))
    for start in (1, 500, 519):
        part = slice(start, start + 512)
        cut = (x[part].copy() for x in (theta, g, *arrays))
        theta_, g_, *arrays_ = cut
        found, _ = optimizer.step(theta_, g_, State(optimizer.rule, 4, tuple(arrays_)))
        np.testing.assert_array_equal(found, whole[part])


# --------------------------------------------------------------------------------------------------
# Threads and processes

MANY = 2**17 + 4321


def with_threads(threads, monkeypatch, optimizer, theta, g, arrays):
    """A step in so many parts."""
    submitted = []
    pool = cpu._pool()

    def submit(*args, submit=pool.submit):
        submitted.append(args)
        return submit(*args)

    with monkeypatch.context() as patch:
        patch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
        patch.setattr(pool, "submit", submit)
        new, state = optimizer.step(theta, g, State(optimizer.rule, 4, arrays))
    assert len(submitted) == (threads if threads > 1 else 0)
    return new, *state.arrays


@pytest.mark.parametrize("dtype", DTYPES)
def test_threads_change_nothing(dtype, monkeypatch):
    optimizer = al.Adam(alpha=0.1)
    given = situation(optimizer.rule, dtype, MANY)
    one, *others = (with_threads(n, monkeypatch, optimizer, *given) for n in (1, 2, 3))
    for other in others:
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
    assert_formula(one, optimizer, 5, *given)


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_from_memory_are_stepped_like_their_pieces(dtype, monkeypatch):
    optimizer, size = al.Adam(alpha=0.1), cpu._FAR + 12345
    theta, g, arrays = situation(optimizer.rule, dtype, size)
    whole = with_threads(1, monkeypatch, optimizer, theta, g, arrays)
    for part in (slice(0, 100_000), slice(100_000, size)):
        piece = (theta[part], g[part], tuple(a[part] for a in arrays))
        assert piece[0].size < cpu._FAR
        for a, b in zip(whole, with_threads(1, monkeypatch, optimizer, *piece), strict=True):
            np.testing.assert_array_equal(a[part], b)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_steps_too(monkeypatch):
    optimizer = al.Adam(alpha=0.1)
    given = situation(optimizer.rule, "float64", MANY)
    expected = with_threads(2, monkeypatch, optimizer, *given)  # whose threads no child has

    def child(pipe):
        with np.errstate(all="ignore"):
            pipe.send(with_threads(2, monkeypatch, optimizer, *given))

    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=child, args=(there,))
    process.start()
    there.close()
    answered = here.poll(60)
    if not answered:
        process.kill()
    assert answered
    for a, b in zip(here.recv(), expected, strict=True):
        np.testing.assert_array_equal(a, b)
    here.close()
    process.join()
    assert process.exitcode == 0
