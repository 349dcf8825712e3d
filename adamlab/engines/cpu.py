r"""The CPU engine: whole trajectories, for many runs at once, as compiled code.

It plays what `adamlab.engines.reference` defines, where the problem is a scalar loss of
:math:`\langle a,\theta\rangle`, with any rule. The rule and the loss are printed by `adamlab.emit`;
the loops around them are below.

The innermost loop runs over *lanes*, which LLVM makes vectors of. They are either as many runs
(``across = "runs"``: a block plays `width` games, coordinate after coordinate) or, where there are
few runs or many coordinates, as many coordinates of one run (``across = "coordinates"``).
The game is paid in float64 whatever the dtype of the run: the prediction, the loss and all sums;
the slope is rounded to the run's dtype, in which the rule computes.
"""

from __future__ import annotations

import functools
import itertools
import math
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any

import numba
import numpy as np
from numba import carray
from numpy.typing import NDArray

from adamlab.domains import Box
from adamlab.emit import STAGES, Program, loss_functions, program
from adamlab.engines.jit import (
    copies,
    data_of,
    entry,
    inner,
    multiply_add,
    prefetch,
    printed,
    stack,
    tuples,
    wide_vectors,
)
from adamlab.engines.reference import Interrupted
from adamlab.optimizers import Optimizer, Rule, Schedule
from adamlab.trace import trace_rule

__all__ = ["Batch", "differ_in_order", "play", "refusal", "step"]

Floats = NDArray[np.float64]

_SCALARS = ("cumulative_loss", "absolute_loss", "G_inf", "G_2", "momentum_term")
_SQUARES = -1  # among the arrays to keep: the roots of the sums of squared gradients
#: Sums that every run keeps, in float64.
_TOTAL, _LOST, _ABSOLUTE, _G_INF, _G_2, _MOMENTUM, _STOPPED, _SUMS = range(8)
_ROUNDS = 128  # scalars of t are computed for so many rounds at a time, once for all blocks


@functools.lru_cache(maxsize=256)
def _kernel(
    update_source: str,
    sizes: tuple[int, int, int, int],
    hypers: tuple[int, int],
    n_state: int,
    loss_source: str,
    dtype: str,
    width: int,
    single: bool,
    across_runs: bool,
    own_rows: bool,
    one_row: bool,
    penalised: bool,
    cube: bool,
    statistics: bool,
) -> Any:
    """Return the compiled trajectory of one rule under one loss."""
    real = np.float32 if dtype == "float32" else np.float64
    stages = ("fixed_stage", "round_stage", "run_stage", "run_round_stage", "update")
    fixed_stage, round_stage, run_stage, run_round_stage, update = printed(
        update_source, stages, real
    )
    (loss,) = printed(loss_source, ["loss"])
    n_fixed, n_round, n_run, n_run_round = sizes
    load_fixed, store_fixed = tuples(n_fixed)
    load_round, store_round = tuples(n_round)
    load_run, store_run = tuples(n_run)
    load_run_round, store_run_round = tuples(n_run_round)
    load_state, store_state = tuples(n_state)
    load_fixed_hyper, load_run_hyper = (tuples(n)[0] for n in hypers)
    theta_, metric_, low_, high_, n_slots = _slots(n_state)
    lanes = width if across_runs else 1  # of what there is one of per run
    weight_ = n_run_round - 1
    at_once = one_row and not penalised

    def scratch(n: int, dtype: Any) -> Any:
        return stack(dtype, n)

    fixed_64, fixed_real = scratch(n_fixed, np.float64), scratch(n_fixed, real)
    table_64, table_real = (scratch(n_round * _ROUNDS, k) for k in (np.float64, real))
    run_64, run_real = (scratch(n_run * lanes, k) for k in (np.float64, real))
    both_64, both_real = (scratch(n_run_round * lanes, k) for k in (np.float64, real))
    wide_64, wide_real = scratch(width, np.float64), scratch(width, real)
    wide_64b, wide_64c, wide_realb, wide_realc, wide_reald = (
        scratch(width, k) for k in (np.float64, np.float64, real, real, real)
    )
    slope_memory, row_memory = stack(real, lanes), stack(np.int64, lanes)
    lanes_64, lanes_64b = scratch(lanes, np.float64), scratch(lanes, np.float64)

    @functools.partial(_reassociated)
    def total(x):
        s = 0.0
        for v in range(width):
            s += x[v]
        return s

    @inner
    def lane(v):
        return v if across_runs else 0

    @inner
    def pay(sum_, penalty, v, value):
        """Add a loss to the sums, compensated as in reference.py; penalty: NaN if not finite."""
        old = sum_[_TOTAL, v]
        new = old + value
        part = new - old
        sum_[_TOTAL, v] = new
        sum_[_LOST, v] += (old - (new - part)) + (value - part)
        sum_[_ABSOLUTE, v] += abs(value)
        penalty[v] = value * 0.0

    @inner
    def place(block, o):
        return (o, block) if across_runs else (block, o)

    @inner
    def feature(data, rows, r, o, v):
        return data[rows[r, v if own_rows else 0], o, 0 if across_runs else v]

    def trajectory(
        first,  # the rounds first <= t <= last
        last,
        data,  # features for predictions: row, coordinate, lane (one, if lanes are runs)
        gradient_data,  # the same in the run's dtype, for gradients
        targets,
        order,  # rows in the order of play, from `start` and round again; by run, if own_rows
        start,
        batch,
        l2,
        d,
        lower,
        upper,
        fixed_hyper,
        run_hyper,
        states,  # block, coordinate, slot, lane
        squares,  # block, coordinate, lane
        sums,  # block, sum, lane
        marks,  # the checkpoints, of which marks[mark] is the next
        mark,
        kept_sums,  # checkpoint, what is reported, block, lane
        keep,  # the slots to keep
        kept,  # checkpoint, slot, block, coordinate, lane; coordinate, block if lanes are runs
        first_block,
        last_block,
    ):
        wide_vectors()
        n_outer = 1 if single else states.shape[1]  # a constant unrolls loops
        fixed_a, fixed_b = (
            carray(fixed_64(), (1, n_fixed, 1)),
            carray(fixed_real(), (1, n_fixed, 1)),
        )
        table_a = carray(table_64(), (1, n_round, _ROUNDS))
        table_b = carray(table_real(), (1, n_round, _ROUNDS))
        run_a, run_b = carray(run_64(), (1, n_run, lanes)), carray(run_real(), (1, n_run, lanes))
        both_a = carray(both_64(), (1, n_run_round, lanes))
        both_b = carray(both_real(), (1, n_run_round, lanes))
        z, norm, metrics = (
            carray(wide_64(), (width,)),
            carray(wide_64b(), (width,)),
            carray(wide_64c(), (width,)),
        )
        g, largest, bad, scale = (
            carray(wide_real(), (width,)),
            carray(wide_realb(), (width,)),
            carray(wide_realc(), (width,)),
            carray(wide_reald(), (width,)),
        )
        paid, penalty = carray(lanes_64(), (lanes,)), carray(lanes_64b(), (lanes,))
        if one_row:  # all in registers, since the number of rows is a constant
            n_rows = 1
            slopes = carray(slope_memory(), (1, lanes))
            rows = carray(row_memory(), (1, lanes if own_rows else 1))
        else:
            n_rows = batch
            slopes = np.empty((batch, lanes), real)
            rows = np.empty((batch, lanes if own_rows else 1), np.int64)

        fixed = fixed_stage(load_fixed_hyper(fixed_hyper, 0, 0))
        store_fixed(fixed_a, 0, 0, fixed)
        store_fixed(fixed_b, 0, 0, fixed)
        fixed_r = load_fixed(fixed_b, 0, 0)
        share, decay = 1.0 / n_rows, real(l2)

        for t0 in range(first, last + 1, _ROUNDS):
            count = min(_ROUNDS, last + 1 - t0)
            for k in range(count):
                values = round_stage(float(t0 + k), fixed)
                store_round(table_a, 0, k, values)
                store_round(table_b, 0, k, values)
            for block in range(first_block, last_block):
                state = carray(data_of(states[block]), (n_outer, n_slots, width))
                square = carray(data_of(squares[block]), (n_outer, width))
                sum_ = carray(data_of(sums[block]), (_SUMS, lanes))
                for v in range(lanes):
                    values = run_stage(load_run_hyper(run_hyper, block, v), fixed)
                    store_run(run_a, 0, v, values)
                    store_run(run_b, 0, v, values)
                for v in range(width):
                    largest[v] = sum_[_G_INF, lane(v)]
                    bad[v] = 0
                at = (start + (t0 - first) * batch) % order.shape[0]
                next_mark = mark

                for k in range(count):
                    t = t0 + k
                    marked = next_mark < marks.size and marks[next_mark] == t
                    if marked:
                        for j in range(keep.size):
                            if keep[j] == theta_:
                                for o in range(n_outer):
                                    into = kept[next_mark, j][place(block, o)]
                                    for v in range(width):
                                        into[v] = state[o, theta_, v]

                    # What t and the run fix.
                    per_round = load_round(table_a, 0, k)
                    per_round_r = load_round(table_b, 0, k)
                    for v in range(lanes):
                        values = run_round_stage(fixed, per_round, load_run(run_a, 0, v))
                        store_run_round(both_a, 0, v, values)
                        store_run_round(both_b, 0, v, values)

                    # The loss of the point that is played.
                    for v in range(lanes):
                        paid[v] = 0.0
                    for r in range(n_rows):
                        if own_rows:
                            for v in range(lanes):
                                rows[r, v] = order[at, block * lanes + v]
                        else:
                            rows[r, 0] = order[at, 0]
                        at += 1
                        if at == order.shape[0]:
                            at = 0
                        for v in range(width):
                            z[v] = feature(data, rows, r, 0, v) * state[0, theta_, v]
                        for o in range(1, n_outer):
                            for v in range(width):
                                z[v] += feature(data, rows, r, o, v) * state[o, theta_, v]
                        if not across_runs:
                            z[0] = total(z)
                        y = targets[rows[r, 0]]
                        for v in range(lanes):
                            if own_rows:
                                y = targets[rows[r, v]]
                            value, slope = loss(z[v], y)
                            if at_once:
                                pay(sum_, penalty, v, value)
                            else:
                                paid[v] += value
                            slopes[r, v] = real(slope * share)
                    if penalised:
                        for v in range(width):
                            z[v] = 0.0
                        for o in range(n_outer):
                            for v in range(width):
                                x = np.float64(state[o, theta_, v])
                                if across_runs or o * width + v < d:  # else it is padding
                                    z[v] += x * x
                        if not across_runs:
                            z[0] = total(z)
                        for v in range(lanes):
                            pay(sum_, penalty, v, paid[v] * share + l2 / 2 * z[v])
                    elif not at_once:
                        for v in range(lanes):
                            pay(sum_, penalty, v, paid[v] * share)

                    # The gradient and the update.
                    for v in range(width):
                        norm[v] = 0.0
                        metrics[v] = 0.0
                    for o in range(n_outer):
                        for v in range(width):
                            g[v] = slopes[0, lane(v)] * feature(gradient_data, rows, 0, o, v)
                        for r in range(1, n_rows):
                            for v in range(width):
                                a = feature(gradient_data, rows, r, o, v)
                                g[v] += slopes[r, lane(v)] * a
                        if penalised:
                            for v in range(width):
                                g[v] += decay * state[o, theta_, v]
                        corner = 0 if cube else o
                        low, high = lower[corner, 0], upper[corner, 0]
                        for v in range(width):
                            if not (cube or across_runs):
                                low, high = lower[o, v], upper[o, v]
                            x_r = state[o, theta_, v]
                            values_r = update(
                                x_r,
                                g[v],
                                low,
                                high,
                                load_state(state, o, v),
                                fixed_r,
                                per_round_r,
                                load_run(run_b, 0, lane(v)),
                                load_run_round(both_b, 0, lane(v)),
                            )
                            state[o, theta_, v] = values_r[0]
                            store_state(state, o, v, values_r[2:])
                            # 0 where all are finite, else NaN for ever
                            bad[v] = multiply_add(g[v], real(0), bad[v])
                            bad[v] = multiply_add(values_r[0], real(0), bad[v])
                            bad[v] = multiply_add(values_r[1], real(0), bad[v])
                            if statistics:
                                scale[v] = values_r[1]
                                state[o, low_, v] = min(state[o, low_, v], x_r)
                                state[o, high_, v] = max(state[o, high_, v], x_r)
                                largest[v] = max(largest[v], abs(g[v]))
                        if statistics:
                            for v in range(width):
                                x = np.float64(g[v])  # numba's float() keeps float32
                                x *= x
                                square[o, v] += x
                                if across_runs or o * width + v < d:  # else it is padding
                                    norm[v] += x
                                    metrics[v] += np.float64(scale[v])
                            if marked:
                                for v in range(width):
                                    state[o, metric_, v] = scale[v]
                    if not across_runs:
                        norm[0], metrics[0] = total(norm), total(metrics)
                        penalty[0] += total(bad)
                    for v in range(lanes):
                        if statistics:
                            sum_[_G_2, v] = max(sum_[_G_2, v], norm[v])
                            sum_[_MOMENTUM, v] += both_a[0, weight_, v] * metrics[v]
                            penalty[v] += norm[v] * 0.0
                        if across_runs:
                            penalty[v] += bad[v]
                        stops = (penalty[v] != penalty[v]) & (sum_[_STOPPED, v] == 0.0)
                        sum_[_STOPPED, v] = float(t) if stops else sum_[_STOPPED, v]

                    if marked:
                        for v in range(width):
                            old = sum_[_G_INF, lane(v)]
                            sum_[_G_INF, lane(v)] = max(old, float(largest[v]))
                        for v in range(lanes):
                            kept_sums[next_mark, 0, block, v] = sum_[_TOTAL, v] + sum_[_LOST, v]
                            kept_sums[next_mark, 1, block, v] = sum_[_ABSOLUTE, v]
                            if statistics:
                                kept_sums[next_mark, 2, block, v] = sum_[_G_INF, v]
                                kept_sums[next_mark, 3, block, v] = math.sqrt(sum_[_G_2, v])
                                kept_sums[next_mark, 4, block, v] = sum_[_MOMENTUM, v]
                        for j in range(keep.size):
                            slot = keep[j]
                            for o in range(n_outer):
                                into = kept[next_mark, j][place(block, o)]
                                if slot == _SQUARES:
                                    for v in range(width):
                                        into[v] = math.sqrt(square[o, v])
                                elif slot != theta_:
                                    for v in range(width):
                                        into[v] = state[o, slot, v]
                        next_mark += 1

                for v in range(width):
                    old = sum_[_G_INF, lane(v)]
                    sum_[_G_INF, lane(v)] = max(old, float(largest[v]))
            while mark < marks.size and marks[mark] < t0 + count:
                mark += 1

    key = (update_source, sizes, hypers, n_state, loss_source, dtype, width, single, across_runs)
    return entry(trajectory, repr((*key, own_rows, one_row, penalised, cube, statistics)))


# -------------------------------------------------------------------------------------------------
# A batch of runs


@dataclass(frozen=True)
class Batch:
    r"""What is known of many runs at the checkpoints, of a `Trajectory` each.

    Attributes
    ----------
    t : list of int
        The checkpoints that were reached.
    stopped : array of shape (runs,)
        The round in which a loss, a gradient, a point or a metric of the run was not finite; 0 if
        none was. What the arrays hold from then on has no meaning.
    scalars : dict of array of shape (runs, checkpoints)
        ``cumulative_loss``, ``absolute_loss``, and with statistics ``G_inf``, ``G_2``,
        ``momentum_term``.
    vectors : dict of array of shape (runs, checkpoints, d)
        What was recorded, and with statistics ``gradient_norm``, ``metric``, ``lowest``,
        ``highest``.
    """

    t: list[int]
    stopped: NDArray[np.int64]
    scalars: dict[str, Floats]
    vectors: dict[str, Floats]


def refusal(game: Any, rule: Rule, schedules: Mapping[str, Callable[[Any, Any], Any]]) -> str:
    """Return why this engine cannot play a game with a rule; an empty string if it can.

    Parameters are those of `play`.
    """
    try:
        trace_rule(rule, schedules)
    except Exception as error:  # a schedule may be any function
        return f"the rule or its schedule is no formula ({error})"
    if getattr(game, "played_loss", None) is None:
        return "it is not a scalar loss of a linear prediction"
    if hasattr(game.features, "tocsr"):
        size = 8 * math.prod(game.features.shape)
        if size > _DENSE:
            return f"its sparse features would take {size / 1e6:.0f} MB as a dense matrix"
    return ""


_DENSE = 2**28  # bytes that sparse features may take when they are made dense
_WORK = 0.02  # seconds that one call of a kernel lasts, about: how soon an interrupt is heeded


def play(
    games: Sequence[Any],
    rule: Rule,
    schedules: Mapping[str, Callable[[Any, Any], Any]],
    hyper: Mapping[str, Floats],
    played: NDArray[np.int64],
    theta: Floats,
    *,
    domain: Any,
    dtype: str,
    checkpoints: Sequence[int],
    record: Sequence[str] = (),
    statistics: bool = True,
    threads: int | None = None,
    advance: Callable[[int], None] = lambda t: None,
) -> Batch:
    """Play many runs of one rule up to the last checkpoint.

    Parameters
    ----------
    games : sequence
        The realisations of one problem.
    rule : Rule
    schedules : mapping
        The factor of each hyper-parameter that is scheduled, ``(xp, t)``.
    hyper : mapping of array of shape (runs,)
        The hyper-parameters of every run; of a scheduled one the scale.
    played : array of int of shape (runs,)
        Which of the games each run plays.
    theta : array of shape (d,)
        The first point played.
    domain : Box, WholeSpace or None
    dtype : {"float64", "float32"}
    checkpoints : increasing sequence of int
    record : sequence of str
        ``"theta"``, or names of the rule's state.
    statistics : bool
        Whether to keep what the bounds need.
    threads : int, optional
        By default as many as the process may use, at most numba's ``NUMBA_NUM_THREADS``. The
        result does not depend on it.
    advance : callable
        Called with the last round that all runs have played.

    Raises
    ------
    Interrupted
        At a keyboard interrupt, within a fraction of a second; ``partial`` is the batch with the
        checkpoints that were reached.
    """
    n = len(played)
    varied = tuple(k for k, values in hyper.items() if k == "alpha" or (values != values[0]).any())
    if not set(varied) <= {"alpha"}:
        varied = tuple(rule.defaults)  # one kernel for whatever else is swept
    code = program(rule, schedules, varied)
    setting = _Setting(
        code,
        hyper,
        theta.astype(dtype),
        domain,
        np.array(checkpoints),
        tuple(record),
        statistics,
        {},
    )
    blocks = [_Blocks(setting, *group) for group in _groups(games, played, len(theta))]
    threads = threads or numba.config.NUMBA_NUM_THREADS
    done, reached, last = 0, 0, checkpoints[-1]
    try:
        for b in blocks:
            b.compile()
        while done < last and not all(b.stopped for b in blocks):
            step = min(b.rounds(threads) for b in blocks)
            done = min(done + step, last)
            for b in blocks:
                b.play(reached + 1, done, threads)
            reached = done
            advance(done)
    except KeyboardInterrupt:
        raise Interrupted(_assembled(blocks, n, checkpoints, reached)) from None
    return _assembled(blocks, n, checkpoints, last)


@dataclass(frozen=True)
class _Setting:
    """What all runs of a batch share."""

    code: Program
    hyper: Mapping[str, Floats]
    theta: Any
    domain: Any
    checkpoints: NDArray[np.int64]
    record: tuple[str, ...]
    statistics: bool
    data: dict[Any, tuple[Any, ...]]


def _groups(
    games: Sequence[Any], played: NDArray[np.int64], d: int
) -> list[tuple[list[Any], NDArray[np.int64]]]:
    """Divide the runs by the order of their rows: the games and the runs of each group.

    Several games in a group have a run each and differ in nothing but that order.
    """
    first = games[0]
    if all(map(functools.partial(differ_in_order, first), games)):
        if first.rows.order in ("cyclic", "stream"):
            return [([first], np.arange(len(played)))]
        if len(played) >= _FEW_RUNS > len(played) / len(games) and d < _MANY_COORDINATES:
            return [([games[g] for g in played], np.arange(len(played)))]
    groups = [([game], np.flatnonzero(played == g)) for g, game in enumerate(games)]
    return [(game, runs) for game, runs in groups if len(runs)]


def differ_in_order(a: Any, b: Any) -> bool:
    """Whether two games differ in nothing but the seed of their rows."""
    data = ("features", "targets", "played_loss", "l2")
    same = all(getattr(a, name) is getattr(b, name) for name in data)
    return same and replace(a.rows, seed=b.rows.seed) == b.rows


_FEW_RUNS, _MANY_COORDINATES, _SCALAR = 16, 256, 16


def _laid_out(
    game: Any, coordinates: NDArray[np.int64], inside: NDArray[np.bool_], real: Any
) -> tuple[Any, Any, Any]:
    """Return the features for predictions and for gradients, and the targets."""
    features = game.features
    features = features.toarray() if hasattr(features, "tocsr") else features
    features = np.asarray(features, np.float64)
    rows = _aligned((len(features), *coordinates.shape), np.float64)
    np.take(features, coordinates, axis=1, out=rows, mode="clip")  # without a copy in between
    gradients, predictions = rows, rows
    if real != np.float64:
        gradients = _aligned(rows.shape, real)
        with np.errstate(over="ignore"):  # an infinite gradient stops its run
            gradients[...] = rows
    if not inside.all():
        predictions = _aligned(rows.shape, np.float64)
        np.copyto(predictions, rows, where=inside)
    return predictions, gradients, np.ascontiguousarray(game.targets, np.float64)


def _aligned(shape: tuple[int, ...], dtype: Any) -> Any:
    """Return zeros whose memory begins where a line of the cache does, as vectors like it."""
    size, line = math.prod(shape) * np.dtype(dtype).itemsize, 64
    memory = np.zeros(size + line, np.uint8)
    first = -memory.ctypes.data % line
    return memory[first : first + size].view(dtype).reshape(shape)


class _Blocks:
    """The runs of one group, laid out for the kernel."""

    def __init__(self, setting: _Setting, games: list[Any], runs: NDArray[np.int64]):
        game, code, theta, marks = games[0], setting.code, setting.theta, setting.checkpoints
        self._games, self.runs, self._game = games, runs, game
        self._marks, self._d = marks, len(theta)
        n, d, real = len(runs), len(theta), theta.dtype
        own_rows = len(games) > 1
        if d < _MANY_COORDINATES and (n >= _FEW_RUNS or d < _SCALAR):
            width = 64 if n >= 128 else 32 if n >= 64 else 16 if n >= _FEW_RUNS else 1
            self._across_runs, outer, lanes = True, d, width
            blocks = -(-n // width)
            coordinates = np.arange(d)[:, None]
        else:
            width = 64 if d >= _MANY_COORDINATES else 16
            self._across_runs, outer, lanes = False, -(-d // width), 1
            blocks = n
            coordinates = np.arange(outer * width).reshape(outer, width)
        # What fills the last vector: the last run again, or the last coordinate, without its part
        # in the prediction.
        real_run = np.minimum(np.arange(blocks * lanes), n - 1).reshape(blocks, lanes)
        inside, coordinates = coordinates < d, np.minimum(coordinates, d - 1)
        # Groups of the same data and layout share its copies.
        key = (id(game.features), id(game.targets), coordinates.shape)
        if key not in setting.data:
            setting.data[key] = _laid_out(game, coordinates, inside, real)
        self._arrays = setting.data[key]
        theta_, metric_, low_, high_, slots = _slots(len(code.state))
        names = {**{name: k for k, name in enumerate(code.state)}, "theta": theta_}
        self._keep = {name: names[name] for name in setting.record}
        if setting.statistics:
            kept = (("gradient_norm", _SQUARES), ("metric", metric_), ("lowest", low_))
            self._keep.update((*kept, ("highest", high_)))
        low, high = np.array(-np.inf), np.array(np.inf)
        if isinstance(setting.domain, Box):
            low, high = setting.domain.bounds(d)
        bounds = [np.broadcast_to(bound, (d,))[coordinates].astype(real) for bound in (low, high)]
        states = _aligned((blocks, outer, slots, width), real)
        states[:, :, (theta_, low_, high_), :] = theta[coordinates][:, None, :]
        self._sums = _aligned((blocks, _SUMS, lanes), np.float64)
        shape = (outer, blocks) if self._across_runs else (blocks, outer)
        self._scalars = _SCALARS[: 5 if setting.statistics else 2]
        self._kept_sums = np.empty((len(marks), len(self._scalars), blocks, lanes))
        self._kept = np.empty((len(marks), len(self._keep), *shape, width))
        self._fixed = (
            *bounds,
            np.array([setting.hyper[k][0] for k in code.fixed_hyper]).reshape(1, -1, 1),
            np.stack([setting.hyper[k][runs][real_run] for k in code.run_hyper], 1)
            if code.run_hyper
            else np.zeros((blocks, 0, lanes)),
            states,
            _aligned((blocks, outer if setting.statistics else 0, width), np.float64),
            self._sums,
            marks,
        )
        self._lane_games = real_run.ravel() if own_rows else None
        self._cost = 3e-9 * states.size / slots * (1 + game.rows.batch / 4) + 5e-8 * blocks
        self._kernel = _kernel(
            code.python,
            tuple(code.sizes[stage] for stage in STAGES),
            (len(code.fixed_hyper), len(code.run_hyper)),
            len(code.state),
            loss_functions(game.played_loss)[0],
            real.name,
            width,
            outer == 1,
            self._across_runs,
            own_rows,
            game.rows.batch == 1,
            bool(game.l2 != 0),
            all((bound == bound.flat[0]).all() for bound in bounds),
            setting.statistics,
        )

    @property
    def stopped(self) -> bool:
        """Whether no run goes on."""
        return bool((self._sums[:, _STOPPED] > 0).all())

    def rounds(self, threads: int) -> int:
        """How many rounds one call of the kernel should play."""
        n = _WORK * min(threads, len(self._sums)) / self._cost
        if self._game.rows.order in ("shuffled", "sampled"):
            n = min(n, 2**22 / self._game.rows.batch / len(self._games))
        return max(1, min(int(n), 2**16))

    def compile(self) -> None:
        """Compile the kernel, or load it; here and not in a thread, which no interrupt reaches."""
        shape = (1, len(self._lane_games) if self._lane_games is not None else 1)
        self._call(1, 0, np.zeros(shape, np.int64), 0, 0, 0)

    def _call(
        self, first: int, last: int, order: Any, start: int, first_block: int, last_block: int
    ) -> None:
        """Play the rounds ``first <= t <= last`` in the blocks from the first up to the last."""
        self._kernel(
            first,
            last,
            *self._arrays,
            order,
            start,
            self._game.rows.batch,
            float(self._game.l2),
            self._d,
            *self._fixed,
            int(np.searchsorted(self._marks, first)),
            self._kept_sums,
            np.array([*self._keep.values()], np.int64),
            self._kept,
            first_block,
            last_block,
        )

    def play(self, first: int, last: int, threads: int) -> None:
        rows, start = self._game.rows, 0
        if self._lane_games is not None:
            orders = [game.rows.between(first - 1, last) for game in self._games]
            order = np.ascontiguousarray(np.stack(orders, axis=1)[:, self._lane_games])
        elif rows.order in ("cyclic", "stream"):
            order, start = np.arange(rows.n)[:, None], (first - 1) * rows.batch % rows.n
        else:
            order = rows.between(first - 1, last)[:, None]

        arguments = (first, last, order, start)
        cuts = np.linspace(0, len(self._sums), min(threads, len(self._sums)) + 1).astype(int)
        parts = list(itertools.pairwise(cuts.tolist()))
        if len(parts) == 1:
            self._call(*arguments, *parts[0])
        else:
            _all_done([_pool().submit(self._call, *arguments, *part) for part in parts])

    def results(self, reached: int) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Return the scalars and the vectors at the first checkpoints, by run and checkpoint."""
        runs, d = len(self.runs), self._d
        blocks, _, lanes = self._sums.shape
        marks, names, *_, width = self._kept.shape
        sums = self._kept_sums.reshape(marks, len(self._scalars), blocks * lanes)
        scalars = {name: sums[:reached, k, :runs].T for k, name in enumerate(self._scalars)}
        if self._across_runs:
            kept = self._kept.reshape(marks, names, d, blocks * width).transpose(1, 3, 0, 2)
        else:
            outer = self._kept.shape[3]
            kept = self._kept.reshape(marks, names, blocks, outer * width).transpose(1, 2, 0, 3)
        vectors = {name: kept[j, :runs, :reached, :d] for j, name in enumerate(self._keep)}
        return scalars, vectors

    @property
    def stopped_at(self) -> NDArray[np.int64]:
        stopped = self._sums[:, _STOPPED].ravel()[: len(self.runs)]
        return stopped.astype(np.int64)


def _assembled(blocks: list[_Blocks], runs: int, checkpoints: Sequence[int], last: int) -> Batch:
    """Put the groups together, in the order of the runs."""
    t = [mark for mark in checkpoints if mark <= last]
    if len(blocks) == 1:  # without a copy
        return Batch(t, blocks[0].stopped_at, *blocks[0].results(len(t)))
    stopped = np.zeros(runs, np.int64)
    scalars: dict[str, Floats] = {}
    vectors: dict[str, Floats] = {}
    for group in blocks:
        stopped[group.runs] = group.stopped_at
        for into, found in zip((scalars, vectors), group.results(len(t)), strict=True):
            for name, values in found.items():
                if name not in into:
                    into[name] = np.empty((runs, *values.shape[1:]))
                into[name][group.runs] = values
    return Batch(t, stopped, scalars, vectors)


# -------------------------------------------------------------------------------------------------
# One step on arrays

_PLAIN = (np.ndarray, np.memmap)  # of whose memory arithmetic makes no other use, as of a mask
_CHUNK = 128  # numbers worked on at a time: few, so that their memory is fetched meanwhile
_FAR = 2**18  # more numbers of one thread come from memory, and are to be asked for in time
_PARALLEL = 2**17  # of fewer numbers one thread is quicker


def step(
    optimizer: Optimizer, t: int, theta: Any, grad: Any, arrays: tuple[Any, ...], out: Sequence[Any]
) -> bool:
    """Write the parameters and the state after round `t` to `out`, in one pass over the arrays.

    Parameters
    ----------
    optimizer : Optimizer
    t : int
    theta, grad : array
    arrays : tuple of array
        The state.
    out : sequence of array
        For theta and the state; may be the same arrays.

    Returns
    -------
    bool
        Whether it was done: False for arrays that are masked, or not contiguous float32 or float64,
        and for a schedule that is no formula in `t`.
    """
    given = (theta, grad, *arrays)
    if not (theta.dtype.char in "fd" and theta.dtype.isnative) or not all(
        type(a) in _PLAIN and a.flags.c_contiguous and a.flags.aligned for a in (*given, *out)
    ):
        return False
    prepared = _prepared(optimizer, theta.dtype.char)
    if prepared is None:
        return False
    kernel, hyper = prepared
    # By address: unpacking arrays would take longer than a step on a thousand numbers.
    flat, new = (
        np.array([a.ctypes.data for a in x]) for x in ((*arrays, theta, grad), (*out[1:], out[0]))
    )
    n = theta.size
    if n < _PARALLEL or numba.config.NUMBA_NUM_THREADS == 1:
        kernel(float(t), hyper, flat, new, 0, n)
        return True
    cuts = np.linspace(0, n // _CHUNK, numba.config.NUMBA_NUM_THREADS + 1).astype(int) * _CHUNK
    cuts[-1] = n
    parts = itertools.pairwise(cuts.tolist())
    _all_done([_pool().submit(kernel, float(t), hyper, flat, new, *part) for part in parts])
    return True


@functools.lru_cache(maxsize=256)
def _prepared(optimizer: Optimizer, kind: str) -> tuple[Any, Any] | None:
    schedules = {k: v.factor for k, v in optimizer.hyper.items() if isinstance(v, Schedule)}
    try:
        code = program(optimizer.rule, schedules, ())
    except Exception:  # a schedule may be any function
        return None
    values = (optimizer.hyper[name] for name in code.fixed_hyper)
    numbers = [v.scale if isinstance(v, Schedule) else v for v in values]
    kernel = _step_kernel(
        code.python,
        tuple(code.sizes[s] for s in STAGES),
        len(numbers),
        len(code.state),
        np.dtype(kind).name,
    )
    return kernel, np.array(numbers).reshape(1, -1, 1)


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(numba.config.NUMBA_NUM_THREADS, "adamlab")


def _all_done(futures: Sequence[Future[None]]) -> None:
    """Wait until all have ended, after an interrupt too: they write to arrays of their caller."""
    try:
        for future in futures:
            future.result()
    finally:
        wait(futures)


if hasattr(os, "register_at_fork"):  # a child has the pool without its threads
    os.register_at_fork(after_in_child=_pool.cache_clear)


@functools.lru_cache(maxsize=256)
def _step_kernel(
    update_source: str, sizes: tuple[int, ...], n_hyper: int, n_state: int, dtype: str
) -> Any:
    real = np.float32 if dtype == "float32" else np.float64
    stages = ("fixed_stage", "round_stage", "run_stage", "run_round_stage", "update")
    fixed_stage, round_stage, run_stage, run_round_stage, update = printed(
        update_source, stages, real
    )
    (load_fixed, store_fixed), (load_round, store_round), _, (load_both, store_both) = map(
        tuples, sizes
    )
    load_hyper = tuples(n_hyper)[0]
    load_state, store_state = tuples(n_state)
    fixed_memory, round_memory, both_memory = (
        stack(real, n) for n in (sizes[0], sizes[1], sizes[3])
    )
    chunk_memory = stack(real, (n_state + 2) * _CHUNK)
    n_arrays = n_state + 2  # the state, theta and the gradient
    low, high = real(-np.inf), real(np.inf)
    n_fixed, n_round, _, n_both = sizes
    size = np.dtype(dtype).itemsize
    load, save = copies(real)

    def one_step(t, hyper, given, out, first, last):
        wide_vectors()
        fixed = fixed_stage(load_hyper(hyper, 0, 0))
        per_round = round_stage(t, fixed)
        run = run_stage((), fixed)
        both = run_round_stage(fixed, per_round, run)
        fixed_b = carray(fixed_memory(), (1, n_fixed, 1))
        store_fixed(fixed_b, 0, 0, fixed)
        fixed_r = load_fixed(fixed_b, 0, 0)
        round_b = carray(round_memory(), (1, n_round, 1))
        store_round(round_b, 0, 0, per_round)
        per_round_r = load_round(round_b, 0, 0)
        both_b = carray(both_memory(), (1, n_both, 1))
        store_both(both_b, 0, 0, both)
        both_r = load_both(both_b, 0, 0)
        memory = chunk_memory()
        chunk = carray(memory, (1, n_arrays, _CHUNK))
        # In a chunk of memory that nothing else points to, whatever the arrays have in common.
        for start in range(first, last, _CHUNK):
            n = min(_CHUNK, last - start)
            if last - first > _FAR:
                for k in range(n_arrays):
                    ahead = given[k] + (start + 2 * _CHUNK) * size
                    for line in range(0, _CHUNK * size, 64):
                        prefetch(ahead + line)
            for k in range(n_arrays):
                load(memory, k * _CHUNK, given[k], start, n)
            for i in range(_CHUNK):
                values = update(
                    chunk[0, n_state, i],
                    chunk[0, n_state + 1, i],
                    low,
                    high,
                    load_state(chunk, 0, i),
                    fixed_r,
                    per_round_r,
                    (),
                    both_r,
                )
                chunk[0, n_state, i] = values[0]
                store_state(chunk, 0, i, values[2:])
            for k in range(n_arrays - 1):
                save(memory, k * _CHUNK, out[k], start, n)

    return entry(one_step, repr((update_source, sizes, n_hyper, n_state, dtype)))


def _reassociated(function: Callable[..., Any]) -> Any:
    """Compile a sum whose terms LLVM may add in lanes."""
    return inner(function, fastmath={"reassoc"})


def _slots(n_state: int) -> tuple[int, int, int, int, int]:
    """Where a block keeps the point, the metric and the range of points, after the rule's state."""
    return n_state, n_state + 1, n_state + 2, n_state + 3, n_state + 4
