"""Regret experiments: `regret` plays one game, `sweep` a grid; both return labelled Datasets."""

from __future__ import annotations

import contextlib
import functools
import importlib
import itertools
import math
import os
import platform
import sys
import time
import warnings
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adamlab import bounds, comparators
from adamlab.domains import Box, WholeSpace
from adamlab.engines.reference import NonFiniteError, Trajectory, play
from adamlab.namespaces import Arrays, namespace_of
from adamlab.optimizers import Optimizer, Rule, Schedule, inverse_sqrt
from adamlab.problems import FiniteSum, Problem, as_integer, point_in
from adamlab.rules import RULES

if TYPE_CHECKING:
    import xarray

__all__ = ["BACKENDS", "backend_status", "regret", "sweep"]

#: Backend name -> module of the array library. ``auto`` takes the fastest that can do the problem.
BACKENDS = {
    "numpy": "numpy",
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
    backend : {"auto", "numpy", "cupy", "torch", "jax", "array_api_strict"}
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
        every parameter, the versions, the backend and the time taken.

    Raises
    ------
    TypeError, ValueError
        If an argument is not allowed; the message names it.
    NonFiniteError
        If a loss, a gradient or a point is NaN or infinite: it has ``t``, ``coordinate``, and as
        ``partial`` the Dataset of the checkpoints before.
    ComparatorError
        If no comparator could be found.
    """
    game = _realise(problem, seed)
    rounds = _rounds(horizon, checkpoints, game)
    return _run(
        game,
        optimizer,
        _hindsight(problem, game, seed, comparator),
        rounds,
        theta0=theta0,
        seed=seed,
        dtype=dtype,
        record=record,
        backend=backend,
        progress=progress,
    )


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
    progress: bool | None = None,
    **hyper: Any,
) -> xarray.Dataset:
    """Play a grid of games: a Dataset as of `regret`, with one more dimension per swept parameter.

    Parameters
    ----------
    problem, horizon, theta0, dtype, checkpoints, record, comparator, backend, progress
        As in `regret`.
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

    Examples
    --------
    >>> grid = al.sweep(al.problems.reddi(3), al.Adam, alpha=[0.1, 1.0], horizon=99)
    >>> dict(grid.average_regret.sizes)
    {'alpha': 2, 't': 16}
    """
    import xarray as xr

    if not isinstance(rule, Rule):
        raise TypeError(f"rule must be a rule such as al.Adam, got {rule!r}")
    axes, fixed = _axes(rule, {**hyper, "seed": seed})
    seeds = axes.get("seed", [seed])
    cells = list(itertools.product(*axes.values()))
    games = {s: _realise(problem, s) for s in seeds}
    first = games[seeds[0]]
    rounds = _rounds(horizon, checkpoints, first)
    _check_memory(len(cells), len(rounds), _dimension(first, theta0), record)
    found = {s: _hindsight(problem, game, s, comparator) for s, game in games.items()}

    runs, stopped = [], []
    with _bar(len(cells), "sweep", progress) as advance:
        for k, cell in enumerate(cells):
            point = dict(zip(axes, cell, strict=True))
            s = point.pop("seed", seed)
            for name, schedule in fixed.items():
                if isinstance(schedule, Schedule) and name in point:
                    point[name] = replace(schedule, scale=point[name])
            optimizer = rule(**{**fixed, **point})
            try:
                run = _run(
                    games[s],
                    optimizer,
                    found[s],
                    rounds,
                    theta0=theta0,
                    seed=s,
                    dtype=dtype,
                    record=record,
                    backend=backend,
                    progress=False,
                )
                stopped.append(0)
            except NonFiniteError as error:
                run = error.partial.reindex(t=rounds)
                run["certified"] = error.partial["certified"].reindex(t=rounds, fill_value=False)
                stopped.append(error.t)
            runs.append(run)
            advance(k + 1)

    shape = tuple(len(v) for v in axes.values())
    index = {name: list(values) for name, values in axes.items()}
    grid = xr.concat(runs, dim="cell", combine_attrs="drop_conflicts", join="outer")
    grid["stopped_at"] = ("cell", np.array(stopped))
    grid = _unstack(grid, index, shape) if axes else grid.isel(cell=0)
    if any(stopped):
        n = sum(map(bool, stopped))
        warnings.warn(
            f"{n} of {len(cells)} runs stopped at a NaN or inf; stopped_at says where",
            RuntimeWarning,
            stacklevel=2,
        )
    return grid


# -------------------------------------------------------------------------------------------------
# One run


def _run(
    game: Any,
    optimizer: Optimizer,
    found: _Hindsight,
    rounds: list[int],
    *,
    theta0: ArrayLike | None,
    seed: int,
    dtype: str,
    record: Sequence[str],
    backend: str,
    progress: bool | None,
) -> xarray.Dataset:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"optimizer must be a rule with hyper-parameters such as al.Adam(alpha=0.1), "
            f"got {optimizer!r}"
        )
    known = ("theta", "comparator", *optimizer.rule.state)
    for name in record:
        if name not in known:
            raise ValueError(f"record knows {', '.join(known)}; got {name!r}")
        if name in _STATISTICS or list(record).count(name) > 1:
            raise ValueError(f"record cannot keep {name!r}: the Dataset has one of that name")
    domain = getattr(game, "domain", None) or WholeSpace()
    start = _start(game, theta0, domain)
    if found.point is not None:
        point_in(domain, found.point, len(start), "comparator")
    name, xp, theta = _on_backend(backend, start, dtype)

    played, precise, payer = game, None, theta
    if isinstance(game, FiniteSum):
        played = game.to(lambda array: _converted(xp, theta, array))
        if dtype != "float64":
            payer = xp.lib.astype(theta, xp.lib.float64)
            precise = game.to(lambda array: _converted(xp, payer, array))
    began = time.perf_counter()
    stop = None
    with _bar(rounds[-1], "regret", progress) as advance:
        try:
            with np.errstate(all="ignore"):  # what NumPy would warn of, the engine finds and names
                trajectory = play(
                    played,
                    optimizer,
                    theta,
                    domain=domain,
                    checkpoints=rounds,
                    record=[r for r in record if r != "comparator"],
                    comparator=None if found.point is None else _converted(xp, payer, found.point),
                    precise=precise,
                    advance=advance,
                )
        except NonFiniteError as error:
            trajectory, stop = error.partial, error
        wall_time = time.perf_counter() - began
        dataset = _dataset(trajectory, found, domain, record)
    dataset.attrs = {
        "problem": getattr(game, "name", type(game).__name__),
        "rule": _own_name(optimizer.rule.name, optimizer.rule is RULES.get(optimizer.rule.name)),
        **_plain(optimizer.hyper),
        "losses": "convex" if getattr(game, "convex", True) else "not convex",
        "domain": "box" if isinstance(domain, Box) else "space",
        "horizon": rounds[-1],
        "seed": seed,
        "dtype": dtype,
        "backend": name,
        "device": str(getattr(theta, "device", "cpu")),
        "comparator": found.kind,
        "wall_time": wall_time,
        **_versions(),
    }
    if stop is not None:
        raise NonFiniteError(stop.what, stop.t, stop.coordinate, stop.value, dataset) from None
    for key, values in bounds.applicable(dataset).items():
        dataset[f"bound_{key}"] = values
    dataset.attrs["not_applicable"] = [f"{k}: {v}" for k, v in bounds.reasons(dataset).items()]
    return dataset


#: What a Dataset holds of every run, besides what is recorded.
_STATISTICS = (
    "cumulative_loss",
    "comparator_loss",
    "comparator_gap",
    "certified",
    "regret",
    "regret_lower",
    "regret_upper",
    "average_regret",
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


def _dataset(
    trajectory: Trajectory, found: _Hindsight, domain: Any, record: Sequence[str]
) -> xarray.Dataset:
    import xarray as xr

    t = np.array(trajectory.t, dtype=np.int64)
    d = len(trajectory.metric[0]) if len(t) else 0
    best = [
        found.at(int(s), d, trajectory.supplied_loss[k], trajectory.supplied_absolute[k])
        for k, s in enumerate(t)
    ]
    loss = np.array(trajectory.cumulative_loss)
    best_loss = np.array([b.loss for b in best])
    gap = np.array([b.gap for b in best])
    # Neumaier's sum is off by 2u|S| + O(n u^2) sum|f|; the comparator states its own rounding.
    rounding = 2**-51 * np.array(trajectory.absolute_loss) + [b.rounding for b in best]
    value = loss - best_loss

    def matrix(rows: list[Floats]) -> Floats:
        return np.array(rows, dtype=np.float64).reshape(len(t), d)

    low, high = matrix(trajectory.lowest), matrix(trajectory.highest)
    played = high - low
    if isinstance(domain, Box):
        low, high = domain.bounds(d)
    else:
        points = matrix([b.point for b in best])
        low, high = np.minimum(low, points), np.maximum(high, points)
    sides = np.broadcast_to(high - low, (len(t), d))
    scalars = {
        "cumulative_loss": loss,
        "comparator_loss": best_loss,
        "comparator_gap": gap,
        "certified": np.array([b.certified for b in best], dtype=bool),
        "regret": value,
        "regret_lower": value - rounding,
        "regret_upper": value + gap + rounding,
        "average_regret": value / t,
        "G_inf": np.array(trajectory.G_inf),
        "G_2": np.array(trajectory.G_2),
        "momentum_term": np.array(trajectory.momentum_term),
        "D": np.linalg.norm(sides, axis=1),
        "D_inf": sides.max(axis=1, initial=0),
        "D_played": np.linalg.norm(played, axis=1),
        "D_inf_played": played.max(axis=1, initial=0),
    }
    vectors = {
        "gradient_norm": matrix(trajectory.gradient_norm),
        "metric": matrix(trajectory.metric),
        **{name: matrix(rows) for name, rows in trajectory.recorded.items()},
    }
    if "comparator" in record:
        vectors["comparator"] = matrix([b.point for b in best])
    return xr.Dataset(
        {
            **{k: ("t", v) for k, v in scalars.items()},
            **{k: (("t", "coordinate"), v) for k, v in vectors.items()},
        },
        coords={"t": t, "coordinate": np.arange(d)},
    )


# -------------------------------------------------------------------------------------------------
# The comparator


class _Hindsight:
    """The best fixed points of one game at the checkpoints, found once for all its runs."""

    def __init__(self, game: Any, supplied: ArrayLike | None):
        self._game = game
        point = supplied if supplied is not None else getattr(game, "comparator", None)
        self.point = None if point is None else np.asarray(point, dtype=np.float64)
        self._known: dict[int, comparators.Comparator] = {}
        self._weights: Any = None
        self._counted = 0
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

    def at(
        self, t: int, d: int, supplied_loss: float, supplied_absolute: float
    ) -> comparators.Comparator:
        if self.point is not None:
            return comparators.Comparator(
                loss=supplied_loss,
                gap=0.0,
                point=self.point,
                method="supplied",
                rounding=2**-51 * supplied_absolute,
            )
        if t not in self._known:
            nearest = min(self._known, key=lambda s: abs(s - t), default=None)
            start = np.zeros(d) if nearest is None else self._known[nearest].point
            cumulative = self._cumulative
            if cumulative is not None:
                self._known[t] = comparators.generic_fixed_point(
                    lambda x: cumulative(t, x), self._box, start
                )
            else:
                if t < self._counted or self._weights is None:
                    self._weights, self._counted = 0.0, 0
                self._weights = self._weights + self._game.weights(self._counted, t)
                self._counted = t
                self._known[t] = comparators.best_fixed_point(self._game, self._weights, t, start)
        return self._known[t]


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


def _dimension(game: Any, theta0: ArrayLike | None) -> int:
    return np.size(theta0 if theta0 is not None else getattr(game, "theta0", 0.0))


def _start(game: Any, theta0: ArrayLike | None, domain: Any) -> Floats:
    start = getattr(game, "theta0", None) if theta0 is None else theta0
    if start is None:
        raise ValueError("theta0 must be given: the problem has no theta0 of its own")
    if np.ndim(start) != 1:
        raise ValueError(f"theta0 must be a vector, got shape {np.shape(start)}")
    dimension = getattr(game, "dimension", np.size(start))
    return point_in(domain, start, dimension, "theta0")


def _on_backend(backend: str, start: Floats, dtype: str) -> tuple[str, Arrays, Any]:
    if dtype not in ("float32", "float64"):
        raise ValueError(f"dtype must be 'float64' or 'float32', got {dtype!r}")
    if backend == "auto":
        backend = "numpy"
    if backend not in BACKENDS:
        raise ValueError(f"backend must be auto, {', '.join(BACKENDS)}; got {backend!r}")
    problem = backend_status(backend)
    if problem:
        raise RuntimeError(f"backend {backend!r} cannot be used here: {problem}")
    lib = importlib.import_module(BACKENDS[backend])
    theta = lib.asarray(np.array(start), dtype=getattr(lib, dtype))
    if backend == "jax" and str(theta.dtype) != dtype:
        raise RuntimeError("JAX is in 32-bit mode: set jax.config.update('jax_enable_x64', True)")
    return backend, namespace_of(theta), theta


def backend_status(backend: str) -> str:
    """Return why a backend cannot be used here; an empty string if it can."""
    root = BACKENDS[backend].split(".")[0]
    try:
        module = importlib.import_module(root)
    except ImportError:
        extra = {"cupy": "cuda13", "numpy": ""}.get(backend, "peers")
        return f"{root} is not installed: pip install 'adamlab[{extra}]'"
    if backend == "cupy":
        try:
            if not module.is_available():
                return "CuPy finds no CUDA device"
        except Exception as error:  # a driver can fail in ways of its own
            return f"CuPy cannot reach a CUDA device: {error}"
    return ""


def _converted(xp: Arrays, like: Any, array: Any) -> Any:
    import array_api_compat

    if hasattr(array, "tocsr"):
        if isinstance(like, np.ndarray):
            return array.astype(like.dtype)
        array = array.toarray()
    return xp.lib.asarray(np.array(array), dtype=like.dtype, device=array_api_compat.device(like))


def _axes(rule: Rule, given: Mapping[str, Any]) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Split parameters into the swept ones, with their values, and the fixed ones."""
    axes: dict[str, list[Any]] = {}
    fixed: dict[str, Any] = {}
    for name, value in given.items():
        values = value.scale if isinstance(value, Schedule) else value
        if np.ndim(values) > 1:
            raise ValueError(f"{name} must be a number or a sequence of numbers, got {values!r}")
        if np.ndim(values) == 1:
            axes[name] = np.asarray(values).tolist()
            if not axes[name] or len(set(axes[name])) < len(axes[name]):
                raise ValueError(f"{name} must have values that differ, got {values!r}")
            if isinstance(value, Schedule):
                fixed[name] = replace(value, scale=axes[name][0])
        elif name != "seed":
            fixed[name] = value
    rule(**{**fixed, **{k: v[0] for k, v in axes.items() if k not in ("seed", *fixed)}})
    return axes, fixed


def _check_memory(cells: int, checkpoints: int, d: int, record: Sequence[str]) -> None:
    size = 8 * cells * checkpoints * (40 + d * (2 + len(record)))
    if not hasattr(os, "sysconf"):  # Windows does not say
        return
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if 2 * size > memory:
        raise MemoryError(
            f"the sweep's result would take {size / 1e9:.1f} GB ({cells} runs x {checkpoints} "
            f"checkpoints x {d} coordinates), more than half of this machine's "
            f"{memory / 1e9:.1f} GB: use fewer checkpoints or smaller axes"
        )


def _unstack(grid: Any, index: dict[str, list[Any]], shape: tuple[int, ...]) -> Any:
    """Turn the dimension ``cell`` into one dimension per swept parameter."""
    import xarray as xr

    def reshaped(variable: Any) -> Any:
        if "cell" not in variable.dims:
            return variable
        variable = variable.transpose("cell", ...)
        return xr.Variable(
            (*index, *variable.dims[1:]), variable.values.reshape(*shape, *variable.shape[1:])
        )

    return xr.Dataset(
        {name: reshaped(v.variable) for name, v in grid.data_vars.items()},
        coords={**{k: grid[k] for k in grid.coords if "cell" not in grid[k].dims}, **index},
        attrs={k: v for k, v in grid.attrs.items() if k not in index},
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
