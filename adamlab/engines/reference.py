"""The reference engine: a game played step by step, on the arrays of any library.

It is the readable definition of what a regret experiment computes. Round ``t`` takes the loss and
the gradient at the point that is played, and only then updates (sections 4 and 10 of the paper).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adamlab.namespaces import namespace_of
from adamlab.optimizers import Optimizer

__all__ = ["Interrupted", "NonFiniteError", "Trajectory", "play"]

Floats = NDArray[np.float64]


class NonFiniteError(FloatingPointError):
    """A loss, a gradient or a point became NaN or infinite.

    Attributes
    ----------
    t : int
        The round.
    coordinate : int or None
        The first coordinate that is not finite; None for the loss.
    partial : object
        What was computed before: from `play` a `Trajectory`, from `adamlab.regret` a Dataset.
    """

    def __init__(self, what: str, t: int, coordinate: int | None, value: float, partial: Any):
        where = "" if coordinate is None else f", coordinate {coordinate}"
        super().__init__(f"the {what} is {value} in round t={t}{where}; see .partial for the rest")
        self.what, self.t, self.coordinate = what, t, coordinate
        self.value, self.partial = value, partial


class Interrupted(KeyboardInterrupt):
    """A keyboard interrupt.

    Attributes
    ----------
    partial : object
        What was computed before, as of `NonFiniteError`; of a sweep NaN where a run had not come.
        Given as a function without arguments it is computed when it is first asked for.
    """

    def __init__(self, partial: Any):
        super().__init__("interrupted; see .partial for the checkpoints that were reached")
        self._partial = partial

    @property
    def partial(self) -> Any:
        if callable(self._partial):
            self._partial = self._partial()
        return self._partial


@dataclass
class Trajectory:
    r"""What is known at the checkpoints of a run: the sums over rounds :math:`s\le t`.

    Attributes
    ----------
    t : list of int
        Appended last: after an interrupt the other lists may have one more.
    cumulative_loss : list of float
        :math:`\sum f_s(\theta_s)`, with compensated summation.
    absolute_loss : list of float
        :math:`\sum|f_s(\theta_s)|`, for the rounding of that sum.
    supplied_loss : list of float
        The same sum at a supplied comparator, and with ``supplied_absolute`` its rounding; empty
        if there is none, as what follows is without statistics.
    gradient_norm : list of array of shape (d,)
        :math:`\lVert g_{1:t,i}\rVert_2`.
    G_inf, G_2 : list of float
        :math:`\max_{s}\lVert g_s\rVert_\infty` and :math:`\max_s\lVert g_s\rVert_2`.
    metric : list of array of shape (d,)
        The diagonal that the last step divided by.
    momentum_term : list of float
        :math:`\sum_{s,i}\beta_{1,s}\,\mathrm{metric}_{s,i}/\alpha_s`.
    lowest, highest : list of array of shape (d,)
        The range of the points played.
    recorded : dict of list
        What was asked for: ``theta`` (the point played), or a name of the state after the update.
    """

    t: list[int] = field(default_factory=list)
    cumulative_loss: list[float] = field(default_factory=list)
    absolute_loss: list[float] = field(default_factory=list)
    supplied_loss: list[float] = field(default_factory=list)
    supplied_absolute: list[float] = field(default_factory=list)
    gradient_norm: list[Floats] = field(default_factory=list)
    G_inf: list[float] = field(default_factory=list)
    G_2: list[float] = field(default_factory=list)
    metric: list[Floats] = field(default_factory=list)
    momentum_term: list[float] = field(default_factory=list)
    lowest: list[Floats] = field(default_factory=list)
    highest: list[Floats] = field(default_factory=list)
    recorded: dict[str, list[Floats]] = field(default_factory=dict)


class _Sum:
    """A float64 sum with Neumaier's compensation: its error is a few eps, whatever its length."""

    def __init__(self) -> None:
        self.total = self.compensation = self.absolute = 0.0

    def add(self, x: float) -> None:
        total = self.total + x
        if abs(self.total) >= abs(x):
            self.compensation += (self.total - total) + x
        else:
            self.compensation += (x - total) + self.total
        self.total = total
        self.absolute += abs(x)

    @property
    def value(self) -> float:
        return self.total + self.compensation


def play(
    game: Any,
    optimizer: Optimizer,
    theta: Any,
    *,
    domain: Any,
    checkpoints: Sequence[int],
    record: Sequence[str] = (),
    statistics: bool = True,
    comparator: Any = None,
    precise: Any = None,
    first: int = 1,
    arrays: Sequence[Any] | None = None,
    advance: Callable[[int], None] = lambda t: None,
) -> Trajectory:
    """Play a game up to the last checkpoint.

    Parameters
    ----------
    game : object with ``loss_and_gradient(t, theta)``
    optimizer : Optimizer
    theta : array
        The first point played; its library, dtype and device are the run's.
    domain : Box, WholeSpace or None
    checkpoints : increasing sequence of int
    record : sequence of str
        ``"theta"``, or names of the optimizer's state.
    statistics : bool
        Whether to keep what the bounds need.
    comparator : array, optional
        A fixed point in double precision, whose losses are summed too.
    precise : object, optional
        The same game in double precision, which says what the rounds cost; `game` only gives the
        gradients then.
    first : int
        The first round to play; all sums begin there.
    arrays : sequence of array, optional
        The optimizer's state before that round.
    advance : callable
        Called with `t` after each round, for a progress bar.

    Raises
    ------
    NonFiniteError
        If a loss, a gradient, a point or a metric is NaN or infinite, or with statistics the square
        of a gradient.
    Interrupted
        At a keyboard interrupt.
    """
    xp = namespace_of(theta)
    lib = xp.lib
    state = optimizer.init(theta).arrays if arrays is None else tuple(arrays)
    own, supplied = _Sum(), _Sum()
    squares = lib.zeros_like(theta, dtype=lib.float64)
    largest, largest_norm = lib.zeros_like(theta), 0.0
    lowest = highest = theta
    momentum_term = 0.0
    out = Trajectory(recorded={name: [] for name in record})
    wanted = set(checkpoints)

    try:
        for t in range(first, checkpoints[-1] + 1):
            loss, g = game.loss_and_gradient(t, theta)
            _check_gradient(g, theta)
            if precise is not None:
                loss = precise.loss_and_gradient(t, lib.astype(theta, lib.float64))[0]
            loss = _finite_number("loss", t, loss, out)
            _check_finite(lib, "gradient", t, g, out)
            own.add(loss)
            if comparator is not None:
                loss = (precise or game).loss_and_gradient(t, comparator)[0]
                supplied.add(_finite_number("comparator's loss", t, loss, out))
            if statistics:
                size = abs(g)
                largest = lib.maximum(largest, size)
                square = lib.astype(size, lib.float64) ** 2
                squares = squares + square
                norm = _finite_number("squared gradient", t, lib.sum(square), out)
                largest_norm = max(largest_norm, norm)
                lowest, highest = lib.minimum(lowest, theta), lib.maximum(highest, theta)

            played = theta
            theta, metric, state = optimizer.update(xp, t, theta, g, state, domain)
            _check_finite(lib, "point after the step", t, theta, out)
            if isinstance(metric, float):
                metric = lib.full_like(theta, metric)
            _check_finite(lib, "metric", t, metric, out)
            weight = _beta1_over_alpha(optimizer, t) if statistics else 0.0
            if weight:
                momentum_term += weight * float(lib.sum(lib.astype(metric, lib.float64)))

            if t in wanted:
                out.cumulative_loss.append(own.value)
                out.absolute_loss.append(own.absolute)
                if comparator is not None:
                    out.supplied_loss.append(supplied.value)
                    out.supplied_absolute.append(supplied.absolute)
                if statistics:
                    out.gradient_norm.append(np.sqrt(_host(squares)))
                    out.G_inf.append(float(lib.max(largest)))
                    out.G_2.append(largest_norm**0.5)
                    out.metric.append(_host(metric))
                    out.momentum_term.append(momentum_term)
                    out.lowest.append(_host(lowest))
                    out.highest.append(_host(highest))
                for name in record:
                    value = played if name == "theta" else state[optimizer.rule.state.index(name)]
                    out.recorded[name].append(_host(value))
                out.t.append(t)
            advance(t)
    except KeyboardInterrupt:
        raise Interrupted(out) from None
    return out


def _beta1_over_alpha(optimizer: Optimizer, t: int) -> float:
    r"""Return :math:`\beta_{1,t}/\alpha_t`; where a rule has it, :math:`\lambda` decays beta1."""
    hyper = optimizer.at(namespace_of(np.zeros(0)), float(t))
    beta1 = hyper.get("beta1", 0.0) * hyper.get("lam", 1.0) ** (t - 1)
    if not beta1 or "alpha" not in hyper:
        return 0.0
    return float(beta1 / hyper["alpha"]) if hyper["alpha"] else math.inf


def _finite_number(what: str, t: int, value: Any, out: Trajectory) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise NonFiniteError(what, t, None, number, out)
    return number


def _check_gradient(g: Any, theta: Any) -> None:
    if getattr(g, "shape", None) != theta.shape:
        raise ValueError(
            f"the problem's gradient must have theta's shape {tuple(theta.shape)}, "
            f"got {getattr(g, 'shape', type(g).__name__)}"
        )
    if g.dtype != theta.dtype:
        raise TypeError(f"the problem's gradient must have dtype {theta.dtype}, got {g.dtype}")


def _check_finite(lib: Any, what: str, t: int, array: Any, out: Trajectory) -> None:
    if not bool(lib.all(lib.isfinite(array))):
        values = _host(array)
        coordinate = int(np.flatnonzero(~np.isfinite(values))[0])
        raise NonFiniteError(what, t, coordinate, float(values[coordinate]), out)


def _host(array: Any) -> Floats:
    """Return an array of any library and device as NumPy's, in float64."""
    if hasattr(array, "get"):  # CuPy
        array = array.get()
    elif hasattr(array, "cpu"):  # torch
        array = array.cpu().numpy()
    return np.array(array, dtype=np.float64)
