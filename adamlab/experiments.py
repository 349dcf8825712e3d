"""Regret experiments: `regret` plays one game, `sweep` a grid; both return labelled Datasets."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import math
import os
import platform
import sys
import time
import warnings
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adamlab import bounds, comparators
from adamlab.domains import Box, WholeSpace
from adamlab.engines import gpu
from adamlab.engines.reference import Interrupted, NonFiniteError, Trajectory, play
from adamlab.namespaces import Arrays, namespace_of
from adamlab.optimizers import Optimizer, Rule, Schedule, inverse_sqrt
from adamlab.problems import FiniteSum, Problem, as_integer, point_in
from adamlab.rules import RULES

if TYPE_CHECKING:
    import xarray

    from adamlab.engines.cpu import Batch

__all__ = ["BACKENDS", "backend_status", "regret", "sweep"]

#: Backend name -> what is imported for it. ``numba`` and ``cupy`` play whole runs as compiled code,
#: see `_ENGINES`; the others, and ``cupy`` what it cannot, step by step: on the reference engine.
BACKENDS = {
    "numpy": "numpy",
    "numba": "numba",
    "cupy": "cupy",
    "torch": "torch",
    "jax": "jax.numpy",
    "array_api_strict": "array_api_strict",
}

Floats = NDArray[np.float64]


def regret(
    problem: Any,
    optimizer: Optimizer,
    horizon: int | None = None,
    *,
    theta0: ArrayLike | None = None,
    seed: int = 0,
    dtype: str = "float64",
    checkpoints: str | int | Sequence[int] = "log",
    record: Sequence[str] = (),
    comparator: ArrayLike | None = None,
    backend: str = "auto",
    statistics: bool = True,
    progress: bool | None = None,
) -> xarray.Dataset:
    r"""Play a game and return its regret against the best fixed point in hindsight.

    .. math:: R(t)=\sum_{s\le t}f_s(\theta_s)-\min_{\theta}\sum_{s\le t}f_s(\theta)

    The loss and the gradient of round ``t`` are taken at the played point :math:`\theta_t`, before
    the update (sections 4 and 10 of the paper). All sums are float64, whatever `dtype`.

    Parameters
    ----------
    problem : object
        One of `adamlab.problems`, or any object with ``loss_and_gradient(t, theta)``. Such an
        object may have ``theta0``, ``domain``, ``horizon``, ``name`` and ``convex`` (False where
        the losses are not, so that no bound applies), and needs a comparator: a
        point ``comparator``, or ``cumulative(t, theta) -> (loss, gradient)`` of the convex sum of
        the first ``t`` losses (asked with float64 NumPy arrays on every backend) together with a
        box ``comparison`` (or ``domain``) to search.
    optimizer : Optimizer
        For instance ``al.Adam(alpha=al.inverse_sqrt(0.5))``.
    horizon : int, optional
        The number of rounds; by default 10,000, or all that the data suffice for.
    theta0 : array of shape (d,), optional
        The first point played, by default the problem's.
    seed : int
        Fixes the problem's randomness: the same stream on every backend.
    dtype : {"float64", "float32"}
        Of the parameters, the gradients and the arithmetic of the steps. What a round costs is
        evaluated in double precision all the same, but for a user's own problem.
    checkpoints : {"log", "all"}, int or sequence of int
        The rounds to report: eight per decade, all, so many per decade, or these.
    record : sequence of str
        Also keep ``"theta"`` (as played), ``"comparator"``, or arrays of the optimizer's state.
    comparator : array of shape (d,), optional
        Compare with this fixed point and search for no better one.
    backend : {"auto", "numpy", "numba", "cupy", "torch", "jax", "array_api_strict"}
        ``"numba"`` plays whole runs as compiled code, if the losses are scalar losses of a linear
        prediction; it takes seconds to compile when a rule and a loss first meet, and is kept on
        disk. So does ``"cupy"`` on a GPU. All else is played step by step. ``"auto"`` is
        ``"numba"`` for that kind of losses and no less than 20,000 rounds, in all runs together;
        else ``"numpy"``. The result says which, and is the same up to rounding.
    statistics : bool
        Keep what the bounds need, and evaluate the bounds. Without, the Dataset has only the
        losses, the comparator, the regret, and what `record` asks for.
    progress : bool, optional
        Show a progress bar; by default on a terminal.

    Returns
    -------
    xarray.Dataset
        By round ``t`` (and ``coordinate``): ``cumulative_loss``, ``comparator_loss``,
        ``comparator_gap``, ``certified``; ``regret``, ``average_regret``, and the interval from
        ``regret_lower`` to ``regret_upper`` that holds the true regret, given each round's loss as
        evaluated in double precision: it covers the comparator's gap and the rounding of all
        sums; ``bound_*`` for each
        theorem that applies (the attribute ``not_applicable`` says why the others do not); the
        statistics that the bounds need: ``gradient_norm`` :math:`\lVert g_{1:t,i}\rVert_2`,
        ``metric`` (the diagonal last divided by, :math:`\sqrt{\hat v_{t,i}}`), ``momentum_term``
        :math:`\sum\beta_{1,s}\mathrm{metric}_{s,i}/\alpha_s`, ``G_inf``, ``G_2``, ``D``,
        ``D_inf`` (of the box; on the whole space, of the points played and the comparator),
        ``D_played`` and ``D_inf_played`` (of the points played); ``D`` and ``D_played`` are
        diagonals of the smallest box around the points. The attributes hold
        every parameter, the versions, the backend, its ``engine`` (``"compiled"``, or step by step
        ``"reference"``) and the time that playing took.

    Raises
    ------
    TypeError, ValueError
        If an argument is not allowed; the message names it.
    NonFiniteError
        If a loss, a gradient or a point is NaN or infinite: it has ``t``, ``coordinate``, and as
        ``partial`` the Dataset of the checkpoints before.
    ComparatorError
        If no comparator could be found.
    Interrupted
        At Ctrl-C: a KeyboardInterrupt that has as ``partial`` the Dataset of the checkpoints that
        were reached. It is made when it is asked for, because comparators may take a while.
    """
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"optimizer must be a rule with hyper-parameters such as al.Adam(alpha=0.1), "
            f"got {optimizer!r}"
        )
    plan = _plan(
        problem,
        optimizer,
        None,
        horizon=horizon,
        theta0=theta0,
        seed=seed,
        dtype=dtype,
        checkpoints=checkpoints,
        record=record,
        comparator=comparator,
        backend=backend,
        statistics=statistics,
    )
    run, failure = _experiment(plan, "regret", progress)
    if failure is not None:
        what, t, coordinate, value = failure.what, failure.t, failure.coordinate, failure.value
        raise NonFiniteError(what, t, coordinate, value, run) from None
    return run


def sweep(
    problem: Any,
    rule: Rule,
    *,
    horizon: int | None = None,
    theta0: ArrayLike | None = None,
    seed: int | Sequence[int] = 0,
    dtype: str = "float64",
    checkpoints: str | int | Sequence[int] = "log",
    record: Sequence[str] = (),
    comparator: ArrayLike | None = None,
    backend: str = "auto",
    statistics: bool = True,
    progress: bool | None = None,
    **hyper: Any,
) -> xarray.Dataset:
    """Play a grid of games: a Dataset as of `regret`, with one more dimension per swept parameter.

    Parameters
    ----------
    problem, horizon, theta0, dtype, checkpoints, record, comparator, backend, statistics, progress
        As in `regret`. On ``numba`` all runs are played at once.
    rule : Rule
        For instance ``al.Adam``.
    seed : int or sequence of int
        A sequence is a dimension. Runs of one seed share their stream and their comparator.
    **hyper
        Hyper-parameters of the rule; sequences, and schedules of a sequence such as
        ``alpha=al.inverse_sqrt([0.1, 1])``, are dimensions.

    Returns
    -------
    xarray.Dataset
        A run that stops at a NaN or inf keeps the checkpoints before; the rest is NaN,
        ``stopped_at`` holds its round (0 for runs that end), and a warning says how many there are.

    Raises
    ------
    TypeError, ValueError
        As `regret`.
    MemoryError
        If the result would not fit in half of the memory, saying how large it is.
    Interrupted
        As `regret`; runs that had not been played are NaN.

    Examples
    --------
    >>> grid = al.sweep(al.problems.reddi(3), al.Adam, alpha=[0.1, 1.0], horizon=99)
    >>> dict(grid.average_regret.sizes)
    {'alpha': 2, 't': 16}
    """
    if not isinstance(rule, Rule):
        raise TypeError(f"rule must be a rule such as al.Adam, got {rule!r}")
    axes, first = _axes(rule, {**hyper, "seed": seed})
    plan = _plan(
        problem,
        first,
        axes,
        horizon=horizon,
        theta0=theta0,
        seed=seed,
        dtype=dtype,
        checkpoints=checkpoints,
        record=record,
        comparator=comparator,
        backend=backend,
        statistics=statistics,
    )
    grid, _ = _experiment(plan, "sweep", progress)
    stopped = int((grid["stopped_at"] > 0).sum())
    if stopped:
        warnings.warn(
            f"{stopped} of {len(plan.which)} runs stopped at a NaN or inf; stopped_at says where",
            RuntimeWarning,
            stacklevel=2,
        )
    return grid


# -------------------------------------------------------------------------------------------------
# What is to be played


@dataclass(frozen=True)
class _Game:
    """One realisation of the problem."""

    game: Any
    found: _Hindsight
    start: Floats
    domain: Any


@dataclass(frozen=True)
class _Plan:
    """Runs of one rule on one problem. What is by run goes through the axes, the last fastest."""

    games: list[_Game]  # by seed
    which: NDArray[np.int64]  # by run: its game
    optimizer: Optimizer  # the first run's
    scales: dict[str, Floats]  # by run: the hyper-parameters; of one that is scheduled, the scale
    axes: dict[str, list[Any]]  # what is swept
    sweep: bool
    seed: Any
    rounds: list[int]
    dtype: str
    record: list[str]
    statistics: bool
    backend: str
    compiled: bool
    device: str

    @property
    def recorded(self) -> list[str]:
        """What the engine is to record."""
        return [name for name in self.record if name != "comparator"]

    @property
    def dimension(self) -> int:
        return len(self.games[0].start)

    def optimizer_of(self, run: int) -> Optimizer:
        hyper: dict[str, Any] = {}
        for name, value in self.optimizer.hyper.items():
            scale = float(self.scales[name][run])
            hyper[name] = replace(value, scale=scale) if isinstance(value, Schedule) else scale
        return self.optimizer.rule(**hyper)


def _plan(
    problem: Any,
    optimizer: Optimizer,
    axes: dict[str, list[Any]] | None,
    *,
    horizon: int | None,
    theta0: ArrayLike | None,
    seed: Any,
    dtype: str,
    checkpoints: str | int | Sequence[int],
    record: Sequence[str],
    comparator: ArrayLike | None,
    backend: str,
    statistics: bool,
) -> _Plan:
    """Check the arguments of `regret` (without axes) and `sweep`."""
    sweep, axes = axes is not None, axes or {}
    realised = {s: _realise(problem, s) for s in axes.get("seed", [seed])}
    rounds = _rounds(horizon, checkpoints, next(iter(realised.values())))
    known = ("theta", "comparator", *optimizer.rule.state)
    for name in record:
        if name not in known:
            raise ValueError(f"record knows {', '.join(known)}; got {name!r}")
        if name in (*_LOSSES, *_STATISTICS, *_RANGE) or list(record).count(name) > 1:
            raise ValueError(f"record cannot keep {name!r}: the Dataset has one of that name")
    games = []
    for s, game in realised.items():
        domain = getattr(game, "domain", None) or WholeSpace()
        start = _start(game, theta0, domain)
        found = _hindsight(problem, game, s, comparator)
        if found.point is not None:
            point_in(domain, found.point, len(start), "comparator")
        games.append(_Game(game, found, start, domain))
    d = len(games[0].start)
    if any(len(game.start) != d for game in games):
        raise ValueError(f"the problem must have the same dimension for every seed, got {problem}")
    if dtype not in ("float32", "float64"):
        raise ValueError(f"dtype must be 'float64' or 'float32', got {dtype!r}")

    shape = tuple(map(len, axes.values()))
    runs = math.prod(shape)
    _check_memory(runs, len(rounds), d, len(optimizer.rule.state), len(record), statistics)
    index = dict(zip(axes, np.indices(shape).reshape(len(shape), runs), strict=True))
    scales = {}
    for name, value in optimizer.hyper.items():
        if name in axes:
            scales[name] = np.array(axes[name], dtype=np.float64)[index[name]]
        else:
            scales[name] = np.full(runs, value.scale if isinstance(value, Schedule) else value)
    backend, compiled = _chosen(backend, games, optimizer, runs * rounds[-1])
    return _Plan(
        games=games,
        which=index.get("seed", np.zeros(runs, dtype=np.int64)),
        optimizer=optimizer,
        scales=scales,
        axes=axes,
        sweep=sweep,
        seed=seed,
        rounds=rounds,
        dtype=dtype,
        record=list(record),
        statistics=statistics,
        backend=backend,
        compiled=compiled,
        device=str(getattr(_array(backend, np.zeros(1), dtype), "device", "cpu")),
    )


#: The engines that play whole runs, with the same arguments and results.
_ENGINES = {"numba": "adamlab.engines.cpu", "cupy": "adamlab.engines.gpu"}

#: So many rounds, in all runs together, are worth a kernel: the reference engine takes 0.1 ms a
#: round or more, a kernel with the import of numba 0.9 s from the disk, and some 6 s if it is new.
_WORTH_COMPILING = 20_000


def _chosen(
    backend: str, games: list[_Game], optimizer: Optimizer, rounds: int
) -> tuple[str, bool]:
    """Return the backend that is to play so many rounds, and whether as compiled code."""
    if backend not in ("auto", *BACKENDS):
        raise ValueError(f"backend must be auto, {', '.join(BACKENDS)}; got {backend!r}")
    if backend == "auto":
        if rounds < _WORTH_COMPILING or backend_status("numba") or _refusal(games, optimizer):
            return "numpy", False
        return "numba", True
    problem = backend_status(backend)
    if problem:
        raise RuntimeError(f"backend {backend!r} cannot be used here: {problem}")
    if backend not in _ENGINES:
        return backend, False
    reason = _refusal(games, optimizer)
    if reason and backend == "numba":
        name = getattr(games[0].game, "name", type(games[0].game).__name__)
        raise ValueError(f"backend 'numba' cannot play {name}: {reason}; 'numpy' can")
    return backend, not reason


def _refusal(games: list[_Game], optimizer: Optimizer) -> str:
    """Return why the games cannot be played as compiled code; an empty string if they can."""
    try:
        from adamlab.engines import cpu
    except ImportError as error:
        return f"numba cannot be imported ({error})"
    first = games[0]
    if type(first.domain) not in (Box, WholeSpace):
        return f"its domain is neither a Box nor the WholeSpace but {first.domain!r}"
    for game in games:
        reason = cpu.refusal(game.game, optimizer.rule, _factors(optimizer))
        if reason:
            return reason
        if not _plays_its_loss(game.game):
            return "it has a loss_and_gradient of its own"
        if game.domain != first.domain or (game.start != first.start).any():
            return "its theta0 or its domain depends on the seed"
    return ""


def _plays_its_loss(game: Any) -> bool:
    """Whether its ``played_loss`` is what a problem plays: no subclass plays something else."""
    for kind in type(game).__mro__:
        if "played_loss" in vars(kind) or "loss_and_gradient" in vars(kind):
            return "played_loss" in vars(kind)
    return False


def _factors(optimizer: Optimizer) -> dict[str, Callable[[Any, Any], Any]]:
    return {k: v.factor for k, v in optimizer.hyper.items() if isinstance(v, Schedule)}


# -------------------------------------------------------------------------------------------------
# Playing


@dataclass(frozen=True)
class _Played:
    """What the runs have at the checkpoints; NaN where they have not come."""

    reached: NDArray[np.int64]  # by run: how many of the checkpoints it has
    stopped: NDArray[np.int64]  # by run: the round of a NaN or inf; 0 if there was none
    scalars: dict[str, Floats]  # by run and checkpoint
    vectors: dict[str, Floats]  # by run, checkpoint and coordinate


def _experiment(
    plan: _Plan, label: str, progress: bool | None
) -> tuple[xarray.Dataset, NonFiniteError | None]:
    """Play; return the Dataset and, if there is but one run, what it stopped at."""
    total = plan.rounds[-1] * (1 if plan.compiled else len(plan.which))
    began = time.perf_counter()
    with _bar(total, label, progress) as advance:
        try:
            played, failure = (_play_compiled if plan.compiled else _play_steps)(plan, advance)
        except Interrupted as stop:
            some, seconds = stop.partial, time.perf_counter() - began
            raise Interrupted(lambda: _dataset(plan, some, seconds, whole=False)) from None
        seconds = time.perf_counter() - began
        try:
            if plan.compiled and not plan.sweep and played.stopped[0]:
                failure = _failure(plan, int(played.stopped[0]))
            return _dataset(plan, played, seconds, whole=plan.sweep), failure
        except KeyboardInterrupt:  # the search for comparators goes on from where it was
            raise Interrupted(lambda: _dataset(plan, played, seconds, whole=plan.sweep)) from None


def _play_steps(
    plan: _Plan, advance: Callable[[int], None]
) -> tuple[_Played, NonFiniteError | None]:
    """Play run after run on the reference engine."""
    runs: list[Trajectory] = []
    stopped = np.zeros(len(plan.which), dtype=np.int64)
    failure = None
    stepper = functools.cache(functools.partial(_stepper, plan))
    try:
        for k, g in enumerate(plan.which.tolist()):
            try:
                before = k * plan.rounds[-1]
                runs.append(stepper(g)(k, advance=lambda t, s=before: advance(s + t)))
            except NonFiniteError as error:
                runs.append(error.partial)
                stopped[k], failure = error.t, error
    except Interrupted as stop:
        raise Interrupted(_gathered(plan, [*runs, stop.partial], stopped)) from None
    except KeyboardInterrupt:  # between two rounds
        raise Interrupted(_gathered(plan, runs, stopped)) from None
    return _gathered(plan, runs, stopped), failure


def _stepper(plan: _Plan, g: int) -> Callable[..., Trajectory]:
    """Return ``play(run, **changes)`` for the runs of one game."""
    game, found = plan.games[g].game, plan.games[g].found
    theta = _array(plan.backend, plan.games[g].start, plan.dtype)
    xp = namespace_of(theta)
    played, precise, payer = game, None, theta
    if isinstance(game, FiniteSum):
        played = game.to(lambda array: _converted(xp, theta, array))
        if plan.dtype != "float64":
            payer = xp.lib.astype(theta, xp.lib.float64)
            precise = game.to(lambda array: _converted(xp, payer, array))
    arguments = {
        "theta": theta,
        "domain": plan.games[g].domain,
        "checkpoints": plan.rounds,
        "record": plan.recorded,
        "statistics": plan.statistics,
        "comparator": _converted(xp, payer, found.point) if found.by_engine else None,
        "precise": precise,
    }

    def run(k: int, **changes: Any) -> Trajectory:
        with np.errstate(all="ignore"):  # what NumPy would warn of, the engine finds and names
            return play(played, plan.optimizer_of(k), **{**arguments, **changes})

    return run


def _gathered(plan: _Plan, runs: Sequence[Trajectory], stopped: NDArray[np.int64]) -> _Played:
    """Put the trajectories of the first runs into arrays for all."""
    shape = (len(plan.which), len(plan.rounds))
    names = ["cumulative_loss", "absolute_loss"]
    if any(game.found.by_engine for game in plan.games):
        names += ["supplied_loss", "supplied_absolute"]
    if plan.statistics:
        names += ["G_inf", "G_2", "momentum_term"]
    scalars = {name: np.full(shape, np.nan) for name in names}
    names = [*plan.recorded, *(("gradient_norm", "metric", *_RANGE) if plan.statistics else ())]
    vectors = {name: np.full((*shape, plan.dimension), np.nan) for name in names}
    reached = np.zeros(shape[0], dtype=np.int64)
    for k, run in enumerate(runs):
        n = reached[k] = len(run.t)
        for name, into in (*scalars.items(), *vectors.items()):
            values = run.recorded[name] if name in run.recorded else getattr(run, name)
            if n:
                into[k, :n] = values[:n]
    return _Played(reached, stopped, scalars, vectors)


def _play_compiled(
    plan: _Plan, advance: Callable[[int], None]
) -> tuple[_Played, NonFiniteError | None]:
    """Play all runs at once."""
    try:
        return _cut(_compiled(plan, plan.rounds, plan.recorded, advance)), None
    except Interrupted as stop:
        raise Interrupted(_cut(stop.partial)) from None


def _compiled(
    plan: _Plan,
    checkpoints: list[int],
    record: list[str],
    advance: Callable[[int], None] = lambda t: None,
) -> Batch:
    engine = importlib.import_module(_ENGINES[plan.backend])
    batch: Batch = engine.play(
        [game.game for game in plan.games],
        plan.optimizer.rule,
        _factors(plan.optimizer),
        plan.scales,
        plan.which,
        plan.games[0].start,
        domain=plan.games[0].domain,
        dtype=plan.dtype,
        checkpoints=checkpoints,
        record=record,
        statistics=plan.statistics,
        advance=advance,
    )
    return batch


def _cut(batch: Batch) -> _Played:
    """Forget what a batch has of its runs from the round on in which they stopped."""
    n = len(batch.t)
    reached = np.where(batch.stopped > 0, np.searchsorted(batch.t, batch.stopped), n)
    beyond = np.arange(n) >= reached[:, None]
    for values in (*batch.scalars.values(), *batch.vectors.values()):
        values[beyond] = np.nan
    return _Played(reached, batch.stopped, batch.scalars, batch.vectors)


def _failure(plan: _Plan, t: int) -> NonFiniteError:
    """Return what a compiled run stopped at: the reference engine plays its last two rounds."""
    start: dict[str, Any] = {}
    if t > 2:
        names = plan.optimizer.rule.state
        # Without statistics, whose names a user's rule may have for its state.
        plain = replace(plan, statistics=False)
        before = _compiled(plain, [t - 2, t - 1], ["theta", *names]).vectors
        start = {
            "first": t - 1,
            "theta": _array(plan.backend, before["theta"][0, 1], plan.dtype),
            "arrays": [_array(plan.backend, before[name][0, 0], plan.dtype) for name in names],
        }
    try:
        _stepper(plan, 0)(0, checkpoints=[t], record=[], **start)
    except NonFiniteError as error:
        if error.t == t:
            return error
    # The engines add in different orders: at the edge of the floats, rounding decides the round.
    return NonFiniteError("loss, gradient, point or metric", t, None, math.nan, None)


# -------------------------------------------------------------------------------------------------
# The Dataset

#: What a Dataset has of every run, besides what is recorded.
_LOSSES = (
    "cumulative_loss",
    "comparator_loss",
    "comparator_gap",
    "certified",
    "regret",
    "regret_lower",
    "regret_upper",
    "average_regret",
)
_STATISTICS = (
    "G_inf",
    "G_2",
    "momentum_term",
    "D",
    "D_inf",
    "D_played",
    "D_inf_played",
    "gradient_norm",
    "metric",
)
#: What an engine keeps for ``D_played``.
_RANGE = ("lowest", "highest")


def _dataset(plan: _Plan, played: _Played, seconds: float, *, whole: bool) -> xarray.Dataset:
    """Return the runs with all checkpoints, or with those that any of them has reached."""
    import xarray as xr

    first, rule = plan.games[0], plan.optimizer.rule
    n = len(plan.rounds) if whole else int(played.reached.max())
    t = np.array(plan.rounds[:n], dtype=np.int64)
    with np.errstate(all="ignore"):
        variables = _variables(plan, played, t)
    attributes = {
        "problem": getattr(first.game, "name", type(first.game).__name__),
        "rule": _own_name(rule.name, rule is RULES.get(rule.name)),
        **_plain(plan.optimizer.hyper),
        "losses": "convex" if getattr(first.game, "convex", True) else "not convex",
        "domain": "box" if isinstance(first.domain, Box) else "space",
        "horizon": plan.rounds[-1],
        "seed": plan.seed,
        "dtype": plan.dtype,
        "backend": plan.backend,
        "engine": "compiled" if plan.compiled else "reference",
        "device": plan.device,
        "comparator": first.found.kind,
        "wall_time": seconds,
        **_versions(),
    }
    attributes = {name: value for name, value in attributes.items() if name not in plan.axes}
    described: dict[str, dict[str, str]] = {}
    if plan.statistics:
        swept = {name: plan.scales[name] for name in plan.axes if name != "seed"}
        found, failed = bounds.over_runs(attributes, swept, {"t": t, **variables})
        for name, (values, description) in found.items():
            variables[f"bound_{name}"], described[f"bound_{name}"] = values, description
        attributes["not_applicable"] = failed
    if plan.sweep:
        variables["stopped_at"] = played.stopped

    shape, inner = tuple(map(len, plan.axes.values())), ("t", "coordinate")
    return xr.Dataset(
        {
            name: (
                (*plan.axes, *inner[: values.ndim - 1]),
                values.reshape((*shape, *values.shape[1:])),
                described.get(name),
            )
            for name, values in variables.items()
        },
        coords={"t": t, "coordinate": np.arange(plan.dimension), **plan.axes},
        attrs=attributes,
    )


def _variables(plan: _Plan, played: _Played, t: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Return the variables at the rounds `t`, with the runs as first axis and `t` as second."""
    n = len(t)
    have = np.arange(n) < played.reached[:, None]
    known = {k: v[:, :n] for k, v in {**played.scalars, **played.vectors}.items()}
    best, points = _best(plan, played, known, t)
    for name, values in best.items():
        best[name] = values & have if values.dtype == bool else np.where(have, values, np.nan)
    # Neumaier's sum is off by 2u|S| + O(n u^2) sum|f|; the comparator states its own rounding.
    rounding = 2**-51 * known["absolute_loss"] + best["rounding"]
    value = known["cumulative_loss"] - best["loss"]
    found = {
        "cumulative_loss": known["cumulative_loss"],
        "comparator_loss": best["loss"],
        "comparator_gap": best["gap"],
        "certified": best["certified"],
        "regret": value,
        "regret_lower": value - rounding,
        "regret_upper": value + best["gap"] + rounding,
        "average_regret": value / t,
    }
    if plan.statistics:
        found.update((name, known[name]) for name in ("G_inf", "G_2", "momentum_term"))
        low, high = (known[name].copy() for name in _RANGE)
        played_sides = high - low
        for g, game in enumerate(plan.games):
            mine = plan.which == g
            if isinstance(game.domain, Box):
                low[mine], high[mine] = game.domain.bounds(plan.dimension)
            else:
                low[mine] = np.minimum(low[mine], points[g])
                high[mine] = np.maximum(high[mine], points[g])
        sides = np.where(have[..., None], high - low, np.nan)
        for name, box in (("", sides), ("_played", played_sides)):
            found[f"D{name}"] = np.linalg.norm(box, axis=-1)
            found[f"D_inf{name}"] = box.max(axis=-1)
        found.update((name, known[name]) for name in ("gradient_norm", "metric"))
    found.update((name, known[name]) for name in plan.recorded)
    if "comparator" in plan.record:
        found["comparator"] = np.where(have[..., None], points[plan.which], np.nan)
    return found


def _best(
    plan: _Plan, played: _Played, known: Mapping[str, Floats], t: NDArray[np.int64]
) -> tuple[dict[str, NDArray[Any]], Floats]:
    """Return the comparators' losses by run and round, and their points by game and round."""
    shape = (len(plan.games), len(t))
    best: dict[str, NDArray[Any]] = {
        **{name: np.full(shape, np.nan) for name in ("loss", "gap", "rounding")},
        "certified": np.zeros(shape, dtype=bool),
    }
    wanted = plan.statistics or "comparator" in plan.record
    points = np.full((*shape, plan.dimension if wanted else 0), np.nan)
    for g, game in enumerate(plan.games):
        if game.found.by_engine:
            points[g] = game.found.point[: points.shape[-1]]
            continue
        for k in range(min(len(t), played.reached[plan.which == g].max())):
            comparator = game.found.at(int(t[k]), plan.dimension)
            for name, values in best.items():
                values[g, k] = getattr(comparator, name)
            points[g, k] = comparator.point[: points.shape[-1]]
    best = {name: values[plan.which] for name, values in best.items()}
    if plan.games[0].found.by_engine:
        best["loss"] = known["supplied_loss"]
        best["rounding"] = 2**-51 * known["supplied_absolute"]
        best["gap"] = np.zeros_like(best["loss"])
        best["certified"] = np.ones_like(best["loss"], dtype=bool)
    return best, points


# -------------------------------------------------------------------------------------------------
# The comparator


class _Hindsight:
    """The best fixed points of one game at the checkpoints, found once for all its runs.

    What it remembers is replaced as a whole, so that an interrupt leaves it right.
    """

    def __init__(self, game: Any, supplied: ArrayLike | None):
        self._game = game
        point = supplied if supplied is not None else getattr(game, "comparator", None)
        self.point: Any = None if point is None else np.asarray(point, dtype=np.float64)
        #: Whether the losses of a supplied point can only be summed round by round.
        self.by_engine = self.point is not None and not _plays_its_loss(game)
        self._known: dict[int, comparators.Comparator] = {}
        self._counted: tuple[int, Any] = 0, 0.0  # up to a round: the weight of each row
        self._summed = 0, 0.0, 0.0, 0.0  # up to a round: the loss, what it lacks, of absolute terms
        self._cumulative = getattr(game, "cumulative", None)
        if self.point is not None:
            self.kind = "supplied"
        elif isinstance(game, FiniteSum):
            self.kind = "best fixed point"
        elif self._cumulative is not None:
            self.kind = "best fixed point (generic solver)"
            self._box = getattr(game, "comparison", None) or getattr(game, "domain", None)
            if not isinstance(self._box, Box):
                raise ValueError(
                    "the problem's comparison (or domain) must be a Box: the best fixed point is "
                    f"sought on a compact set, got {self._box!r}"
                )
            domain = getattr(game, "domain", None)
            if isinstance(domain, Box) and not (
                domain.contains(self._box.lower) and domain.contains(self._box.upper)
            ):
                raise ValueError(
                    f"the problem's comparison must lie in its domain {domain}, got {self._box}"
                )
        else:
            raise ValueError(
                f"the problem {game!r} has no comparator: give comparator=..., or let it have "
                "cumulative(t, theta) -> (loss, gradient) and a Box to search, comparison"
            )

    def at(self, t: int, d: int) -> comparators.Comparator:
        if t not in self._known:
            self._known[t] = self._sought(t, d) if self.point is None else self._supplied(t)
        return self._known[t]

    def _sought(self, t: int, d: int) -> comparators.Comparator:
        nearest = min(self._known, key=lambda s: abs(s - t), default=None)
        start = np.zeros(d) if nearest is None else self._known[nearest].point
        cumulative = self._cumulative
        if cumulative is not None:
            return comparators.generic_fixed_point(lambda x: cumulative(t, x), self._box, start)
        counted, weights = self._counted if self._counted[0] <= t else (0, 0.0)
        weights = weights + self._game.weights(counted, t)
        self._counted = t, weights
        return comparators.best_fixed_point(self._game, weights, t, start)

    @functools.cached_property
    def _row_losses(self) -> Floats:
        """What the supplied point pays for each row of the data."""
        game, xp = self._game, namespace_of(self.point)
        with np.errstate(all="ignore"):
            losses: Floats = game.played_loss.value(xp, game.features @ self.point, game.targets)
        return losses

    def _supplied(self, t: int) -> comparators.Comparator:
        game, point = self._game, self.point
        counted, loss, lost, absolute = self._summed if self._summed[0] <= t else (0, 0.0, 0.0, 0.0)
        counts = game.rows.counts(counted, t)
        rows = np.flatnonzero(counts)
        terms = (counts[rows] / game.rows.batch * self._row_losses[rows]).tolist()
        terms.append((t - counted) * game.l2 / 2 * math.fsum(point * point))
        try:
            absolute += math.fsum(map(abs, terms))
            terms += loss, lost
            loss = math.fsum(terms)
            lost = math.fsum((*terms, -loss))
        except (OverflowError, ValueError):  # of infinite terms
            loss = math.nan
        if not math.isfinite(loss):
            raise comparators.ComparatorError(
                f"the supplied comparator's cumulative loss is not finite in round t={t}"
            )
        self._summed = t, loss, lost, absolute
        # Each term here is rounded, and in a round the mean over a batch and the squared norm.
        operations = 4 if game.rows.batch == 1 and not game.l2 else game.rows.batch + 24
        return comparators.Comparator(
            loss=loss,
            gap=0.0,
            point=point,
            method="supplied",
            rounding=operations * 2**-53 * absolute,
        )


_FOUND: weakref.WeakKeyDictionary[Any, dict[int, _Hindsight]] = weakref.WeakKeyDictionary()


def _hindsight(problem: Any, game: Any, seed: int, supplied: ArrayLike | None) -> _Hindsight:
    """Return a game's comparator; a built-in problem keeps it for the next optimizer."""
    if supplied is not None or not isinstance(game, FiniteSum):
        return _Hindsight(game, supplied)
    known = _FOUND.setdefault(problem, {})
    if seed not in known:
        known[seed] = _Hindsight(game, None)
    return known[seed]


# -------------------------------------------------------------------------------------------------
# Arguments


def _realise(problem: Any, seed: int) -> Any:
    seed = as_integer("seed", seed, 0)
    game = problem.realise(seed) if hasattr(problem, "realise") else problem
    if not isinstance(game, Problem):
        raise TypeError(
            f"problem must have loss_and_gradient(t, theta), got {problem!r}; "
            "adamlab.problems has ready-made ones"
        )
    return game


def _rounds(horizon: int | None, checkpoints: str | int | Sequence[int], game: Any) -> list[int]:
    longest = getattr(game, "horizon", None)
    if horizon is None:
        horizon = 10_000 if longest is None else min(10_000, longest)
    horizon = as_integer("horizon", horizon, 1)
    if longest is not None and horizon > longest:
        raise ValueError(f"horizon must be at most {longest}, where the data end, got {horizon}")
    if isinstance(checkpoints, str) and checkpoints not in ("log", "all"):
        raise ValueError(
            f"checkpoints must be 'log', 'all', a number per decade or rounds, got {checkpoints!r}"
        )
    if isinstance(checkpoints, str):
        if checkpoints == "all":
            return list(range(1, horizon + 1))
        checkpoints = 8
    if isinstance(checkpoints, (int, np.integer)):
        if checkpoints < 1:
            raise ValueError(f"checkpoints must be at least 1 per decade, got {checkpoints}")
        n = math.ceil(checkpoints * math.log10(horizon)) + 1
        grid = np.unique(np.rint(np.geomspace(1, horizon, n)).astype(int)).tolist()
        return [*grid[:-1], horizon]
    rounds = sorted({as_integer("checkpoints", t, 1) for t in checkpoints})
    if not rounds or rounds[0] < 1 or rounds[-1] > horizon:
        raise ValueError(f"checkpoints must be rounds from 1 to {horizon}, got {checkpoints!r}")
    return rounds


def _start(game: Any, theta0: ArrayLike | None, domain: Any) -> Floats:
    start = getattr(game, "theta0", None) if theta0 is None else theta0
    if start is None:
        raise ValueError("theta0 must be given: the problem has no theta0 of its own")
    if np.ndim(start) != 1:
        raise ValueError(f"theta0 must be a vector, got shape {np.shape(start)}")
    dimension = getattr(game, "dimension", np.size(start))
    return point_in(domain, start, dimension, "theta0")


def _array(backend: str, values: Floats, dtype: str) -> Any:
    """Return an array of the library on which a backend plays."""
    lib = importlib.import_module("numpy" if backend == "numba" else BACKENDS[backend])
    array = lib.asarray(np.array(values), dtype=getattr(lib, dtype))
    if backend == "jax" and str(array.dtype) != dtype:
        raise RuntimeError("JAX is in 32-bit mode: set jax.config.update('jax_enable_x64', True)")
    return array


def backend_status(backend: str) -> str:
    """Return why a backend cannot be used here; an empty string if it can."""
    root = BACKENDS[backend].split(".")[0]
    if backend == "numba":  # whose import takes long
        found = importlib.util.find_spec(root)
        return "" if found else "numba is not installed: pip install numba"
    if backend == "cupy":
        return gpu.status()
    try:
        importlib.import_module(root)
    except ImportError:
        return f"{root} is not installed: pip install 'adamlab[peers]'"
    return ""


def _converted(xp: Arrays, like: Any, array: Any) -> Any:
    import array_api_compat

    if hasattr(array, "tocsr"):
        if isinstance(like, np.ndarray):
            return array.astype(like.dtype)
        array = array.toarray()
    return xp.lib.asarray(np.array(array), dtype=like.dtype, device=array_api_compat.device(like))


def _axes(rule: Rule, given: Mapping[str, Any]) -> tuple[dict[str, list[Any]], Optimizer]:
    """Return the swept parameters with their values, and the optimizer of the first run."""
    axes: dict[str, list[Any]] = {}
    hyper: dict[str, Any] = {}
    for name, value in given.items():
        values = value.scale if isinstance(value, Schedule) else value
        if np.ndim(values) > 1:
            raise ValueError(f"{name} must be a number or a sequence of numbers, got {values!r}")
        if np.ndim(values) == 1:
            axes[name] = np.asarray(values).tolist()
            if not axes[name] or len(set(axes[name])) < len(axes[name]):
                raise ValueError(f"{name} must have values that differ, got {values!r}")
            value = replace(value, scale=axes[name][0]) if values is not value else axes[name][0]
        if name != "seed":
            hyper[name] = value
    first = rule(**hyper)
    for name in axes.keys() & hyper.keys():
        for value in _extremes(axes[name]):
            scheduled = isinstance(hyper[name], Schedule)
            rule(**{name: replace(hyper[name], scale=value) if scheduled else value})
    return axes, first


def _extremes(values: list[Any]) -> list[Any]:
    """Return those of an axis that are within an interval only if all are."""
    numbers = np.asarray(values)
    if numbers.dtype.kind not in "iuf" or not np.isfinite(numbers).all():
        return values
    return [min(values), max(values)]


def _check_memory(
    runs: int, checkpoints: int, d: int, state: int, record: int, statistics: bool
) -> None:
    """Refuse what would take more than half of the memory."""
    if not hasattr(os, "sysconf"):  # Windows does not say
        return
    kept = record + 4 * statistics  # by coordinate, by engines and in the Dataset
    size = 8 * runs * (checkpoints * (40 + d * (2 * kept + 3 * statistics)) + d * (state + 5))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if 2 * size > memory:
        raise MemoryError(
            f"the result would take {size / 1e9:.1f} GB ({runs} runs x {checkpoints} "
            f"checkpoints x {d} coordinates), more than half of this machine's "
            f"{memory / 1e9:.1f} GB: use fewer checkpoints, smaller axes or statistics=False"
        )


def _plain(hyper: Mapping[str, Any]) -> dict[str, Any]:
    """Return hyper-parameters as attributes that netCDF can hold."""
    out: dict[str, Any] = {}
    for name, value in hyper.items():
        scheduled = isinstance(value, Schedule)
        if name == "alpha" or scheduled:
            key = "schedule" if name == "alpha" else f"{name}_schedule"
            ours = scheduled and value.factor is inverse_sqrt(1.0).factor
            out[key] = _own_name(value.name, ours) if scheduled else "constant"
        out[name] = value.scale if scheduled else value
    return out


def _own_name(name: str, ours: bool) -> str:
    """Return the name of a rule or schedule so that no other passes for one of ours."""
    clash = name in RULES or name in ("inverse_sqrt", "constant")
    return f"{name} (not adamlab's)" if clash and not ours else name


@functools.cache
def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {
        "python": platform.python_version(),
        **{f"{name}_version": version(name) for name in ("adamlab", "numpy", "scipy")},
    }


@contextlib.contextmanager
def _bar(
    total: int, label: str, show: bool | None, delay: float = 0.5, refresh: float = 0.1
) -> Iterator[Callable[[int], None]]:
    """Show a progress bar for what lasts longer than `delay` seconds."""
    if not (sys.stderr.isatty() if show is None else show):
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True, force_terminal=show)
    with contextlib.ExitStack() as stack:
        bars = Progress(console=console, transient=True)
        task = bars.add_task(label, total=total)
        began = time.monotonic()

        shown = began

        def advance(done: int) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - began < delay or (now - shown < refresh and done < total):
                return
            shown = now
            if not bars.live.is_started:
                stack.enter_context(bars)
            bars.update(task, completed=done)

        yield advance
