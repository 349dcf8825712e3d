"""Rules on intervals: rigorous enclosures, so that a counterexample is a proof.

An `Interval` holds a real number that is known only to lie between two binary fractions. Every
operation rounds outwards (mpmath's interval functions do the work), and nothing is ever guessed: a
comparison of intervals that overlap, a root of what may be negative and a division by what may be
zero raise `IntervalError`. Python's own ``max``, ``min`` and ``if`` are safe for the same reason.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from numbers import Rational
from typing import Any

from adamlab.optimizers import Optimizer, Rule, Schedule

__all__ = ["Interval", "IntervalError", "IntervalNamespace", "Round", "enclose", "first_violation"]

_GUARD = 20  # extra bits for exp and log, whose last bits mpmath does not guarantee


@functools.cache
def _libmp() -> Any:
    from mpmath import libmp

    return libmp


class IntervalError(ArithmeticError):
    """A question about intervals that their widths leave open; more bits may answer it."""


# --------------------------------------------------------------------------------------------------
# Numbers


def _operator(function: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A binary operation of mpmath's intervals, and the same with its operands swapped."""

    def forward(self: Interval, other: Any) -> Any:
        y = self._other(other)
        if y is None:
            return NotImplemented
        prec = max(self.prec, y.prec)
        return Interval(getattr(_libmp(), function)(self.mpi, y.mpi, prec), prec)

    def backward(self: Interval, other: Any) -> Any:
        x = self._other(other)
        return NotImplemented if x is None else forward(x, self)

    return forward, backward


def _comparison(function: str) -> Callable[[Any, Any], Any]:
    """A comparison that holds for all pairs of numbers of two intervals, or for none, or raises."""

    def compare(self: Interval, other: Any) -> Any:
        y = self._other(other)
        if y is None:
            return NotImplemented
        answer = getattr(_libmp(), function)(self.mpi, y.mpi)
        if answer is None:
            raise IntervalError(f"{self} and {y} overlap: they cannot be compared")
        return answer

    return compare


class Interval:
    """A real number between two ends, with arithmetic that rounds outwards.

    Made by `IntervalNamespace.interval`. Operands may be other intervals, integers, fractions, and
    floats, which stand for their exact binary value.

    Attributes
    ----------
    mpi : tuple
        The ends, as mpmath's raw numbers.
    prec : int
        The bits that results keep.
    """

    __slots__ = ("mpi", "prec")
    __array_ufunc__ = None  # NumPy's scalars leave the operation to this class

    def __init__(self, mpi: tuple[Any, Any], prec: int):
        self.mpi = mpi
        self.prec = prec

    @classmethod
    def of(cls, x: Any, prec: int) -> Interval:
        """The interval of a number; a fraction that is no binary one is rounded outwards."""
        libmp = _libmp()
        if isinstance(x, Interval):
            return x
        if isinstance(x, str):
            x = Fraction(x)
        if isinstance(x, Rational):
            ends = (libmp.from_int(int(i)) for i in (x.numerator, x.denominator))
            p, q = ((i, i) for i in ends)
            return cls(libmp.mpi_div(p, q, prec) if x.denominator != 1 else p, prec)
        if isinstance(x, float):
            if not math.isfinite(x):
                raise ValueError(f"an interval needs finite numbers, got {x!r}")
            end = libmp.from_float(float(x))
            return cls((end, end), prec)
        raise TypeError(
            f"expected an interval, an integer, a float, a fraction or a string such as '1/10', "
            f"got {x!r} of type {type(x).__name__}"
        )

    def _other(self, x: Any) -> Interval | None:
        return Interval.of(x, self.prec) if isinstance(x, (Interval, Rational, float)) else None

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """Both ends, exactly."""
        low, high = (Fraction(*map(int, _libmp().to_rational(e))) for e in self.mpi)
        return low, high

    @property
    def lower(self) -> float:
        """The largest float that is not above the interval."""
        end = self.ends[0]
        try:
            x = float(end)
        except OverflowError:  # beyond the largest float
            return math.nextafter(math.inf, 0) if end > 0 else -math.inf
        return x if Fraction(x) <= end else math.nextafter(x, -math.inf)

    @property
    def upper(self) -> float:
        """The smallest float that is not below the interval."""
        return -(-self).lower

    @property
    def width(self) -> float:
        """The distance of the ends, rounded up."""
        low, high = self.ends
        return Interval.of(high - low, self.prec).upper

    def __contains__(self, x: Any) -> bool:
        """Whether the exact value of a number lies in the interval."""
        low, high = self.ends
        return low <= Fraction(x) <= high

    def __repr__(self) -> str:
        return f"[{self.lower!r}, {self.upper!r}]"

    def __neg__(self) -> Interval:
        return Interval(_libmp().mpi_neg(self.mpi), self.prec)

    def __pos__(self) -> Interval:
        return self

    def __abs__(self) -> Interval:
        return Interval(_libmp().mpi_abs(self.mpi, self.prec), self.prec)

    __add__, __radd__ = _operator("mpi_add")
    __sub__, __rsub__ = _operator("mpi_sub")
    __mul__, __rmul__ = _operator("mpi_mul")
    _divide, _ = _operator("mpi_div")

    def __truediv__(self, other: Any) -> Any:
        y = self._other(other)
        if y is None:
            return NotImplemented
        if y._touches_zero():
            raise IntervalError(f"division by {y}, which may be zero")
        return self._divide(y)

    def __rtruediv__(self, other: Any) -> Any:
        x = self._other(other)
        return NotImplemented if x is None else x / self

    def __pow__(self, other: Any) -> Any:
        libmp = _libmp()
        y = self._other(other)
        if y is None:
            return NotImplemented
        low, high = y.mpi
        if low == high and libmp.mpf_floor(low) == low:
            n = int(libmp.to_int(low))
            if n < 0:
                return 1 / self**-n
            return Interval(libmp.mpi_pow_int(self.mpi, n, self.prec), self.prec)
        return (y * self._log())._exp()

    def __rpow__(self, other: Any) -> Any:
        x = self._other(other)
        return NotImplemented if x is None else x**self

    __lt__ = _comparison("mpi_lt")
    __le__ = _comparison("mpi_le")
    __gt__ = _comparison("mpi_gt")
    __ge__ = _comparison("mpi_ge")

    def __eq__(self, other: Any) -> Any:
        y = self._other(other)
        if y is None:
            return NotImplemented
        same_point = self.mpi == y.mpi and self.mpi[0] == self.mpi[1]
        return same_point or not (self < y or self > y)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return bool(self != 0)

    def _touches_zero(self) -> bool:
        low, high = map(_libmp().mpf_sign, self.mpi)
        return bool(low <= 0 <= high)

    def _is_zero(self) -> bool:
        return bool(self.mpi == (_libmp().fzero,) * 2)

    def _sqrt(self) -> Interval:
        if _libmp().mpf_sign(self.mpi[0]) < 0:
            raise IntervalError(f"root of {self}, which may be negative")
        return Interval(_libmp().mpi_sqrt(self.mpi, self.prec), self.prec)

    def _exp(self) -> Interval:
        return self._widened(_libmp().mpi_exp(self.mpi, self.prec + _GUARD))

    def _log(self) -> Interval:
        if _libmp().mpf_sign(self.mpi[0]) <= 0:
            raise IntervalError(f"logarithm of {self}, which may be zero or negative")
        return self._widened(_libmp().mpi_log(self.mpi, self.prec + _GUARD))

    def _widened(self, mpi: tuple[Any, Any]) -> Interval:
        """An interval whose ends may be off by a relative 2**-prec, made safe."""
        libmp, one = _libmp(), 1 << self.prec
        spread = tuple(libmp.from_man_exp(one + error, -self.prec) for error in (-1, 1))
        return Interval(_libmp().mpi_mul(mpi, spread, self.prec), self.prec)


class IntervalNamespace:
    """The namespace for intervals.

    Parameters
    ----------
    prec : int
        The bits that results keep; at least 53.
    """

    def __init__(self, prec: int = 128):
        if not isinstance(prec, int) or prec < 53:
            raise ValueError(f"prec must be an integer of at least 53 bits, got {prec!r}")
        self.prec = prec

    def interval(self, lower: Any, upper: Any = None) -> Interval:
        """Return the interval of a number, or the smallest that holds two numbers.

        Parameters
        ----------
        lower, upper : Interval, int, Fraction, float or str
            Floats stand for their exact binary value; ``"0.1"`` and ``"1/10"`` for one tenth.

        Raises
        ------
        TypeError, ValueError
            If an argument is no such number, is not finite, or ``lower > upper``.
        """
        low = Interval.of(lower, self.prec)
        if upper is None:
            return low
        high = Interval.of(upper, self.prec)
        if _libmp().mpf_gt(low.mpi[0], high.mpi[1]):
            raise ValueError(f"lower must not exceed upper, got {lower!r} and {upper!r}")
        return Interval((low.mpi[0], high.mpi[1]), self.prec)

    def abs(self, x: Any) -> Interval:
        return abs(self.interval(x))

    def exp(self, x: Any) -> Interval:
        return self.interval(x)._exp()

    def log1p(self, x: Any) -> Interval:
        one_plus_x = _libmp().mpi_add((_libmp().fone,) * 2, self.interval(x).mpi)  # exactly
        return Interval(one_plus_x, self.prec)._log()

    def sqrt(self, x: Any) -> Interval:
        return self.interval(x)._sqrt()

    def maximum(self, a: Any, b: Any) -> Interval:
        libmp, x, y = _libmp(), self.interval(a).mpi, self.interval(b).mpi
        ends = (p if libmp.mpf_ge(p, q) else q for p, q in zip(x, y, strict=True))
        return Interval(tuple(ends), self.prec)

    def minimum(self, a: Any, b: Any) -> Interval:
        return -self.maximum(-self.interval(a), -self.interval(b))

    def where(self, condition: bool, a: Any, b: Any) -> Interval:
        return self.interval(a if condition else b)

    def ratio(self, a: Any, b: Any) -> Interval:
        """``a / b`` with ``0/0 := 0``: 0 whenever `a` is, whatever `b` may be."""
        x = self.interval(a)
        return x if x._is_zero() else x / self.interval(b)


# --------------------------------------------------------------------------------------------------
# Games


@dataclass(frozen=True)
class Round:
    r"""Round `t` of a one-dimensional game, and the sums up to it. All but `t` are intervals.

    Attributes
    ----------
    t : int
    theta, loss, gradient
        The point played, :math:`f_t(\theta_t)` and :math:`g_t`.
    metric, state
        What the rule then divided by, and its new state (a tuple).
    cumulative_loss
        :math:`\sum_{s\le t}f_s(\theta_s)`.
    regret
        :math:`\sum_{s\le t}f_s(\theta_s)-f_s(\theta^*)`.
    gradient_norm
        :math:`\lVert g_{1:t}\rVert_2`.
    G_inf
        :math:`\max_{s\le t}|g_s|`.
    D
        The largest distance among :math:`\theta_1,\dots,\theta_t` and :math:`\theta^*`.
    """

    t: int
    theta: Interval
    loss: Interval
    gradient: Interval
    metric: Interval
    state: tuple[Interval, ...]
    cumulative_loss: Interval
    regret: Interval
    gradient_norm: Interval
    G_inf: Interval
    D: Interval


def enclose(
    optimizer: Optimizer | Rule,
    game: Callable[[IntervalNamespace, int, Interval], tuple[Any, Any]],
    theta1: Any,
    horizon: int,
    *,
    comparator: Any,
    domain: Any = None,
    prec: int = 128,
    **hyper: Any,
) -> list[Round]:
    r"""Play a one-dimensional game in interval arithmetic, with the package's own rule.

    Parameters
    ----------
    optimizer : Rule or Optimizer
        A rule, whose hyper-parameters are given as exact numbers below, or an optimizer, whose
        floats are taken at their exact binary value (0.1 is then not one tenth).
    game : callable
        ``game(xp, t, theta) -> (loss, gradient)``: :math:`f_t(\theta)` and a number or interval
        that holds one of its subgradients, the one that is played. ``t`` is a Python integer; other
        numbers of the game should be exact (integers, fractions, ``xp.interval("0.1")``).
    theta1 : number
        The first point.
    horizon : int
        The number of rounds.
    comparator : number
        :math:`\theta^*`. The regret against any point of the comparison set bounds the regret from
        below, so a violation that is found with it is one.
    domain : Box, optional
        Where the points are projected to.
    prec : int
        The bits that results keep.
    **hyper
        Hyper-parameters: fractions, strings such as ``"1/10"``, integers, floats (their exact
        value) or schedules of these: ``alpha=al.inverse_sqrt(Fraction(1, 2))``.

    Returns
    -------
    list of Round

    Raises
    ------
    IntervalError
        If a width leaves open how the game goes on; the round is noted.
    TypeError
        If the rule has no such hyper-parameter.
    ValueError
        If `horizon` is not positive, or `theta1` or `comparator` is outside the domain.

    Examples
    --------
    >>> import adamlab as al
    >>> run = enclose(al.SGD, lambda xp, t, x: (x**2, 2 * x), 1, 3, comparator=0, alpha="1/10")
    >>> run[-1].theta
    [0.6399999999999999, 0.64]
    """
    xp = IntervalNamespace(prec)
    if isinstance(optimizer, Optimizer):
        rule, given = optimizer.rule, optimizer.hyper
    else:
        rule, given = optimizer, optimizer.defaults
    unknown = sorted(set(hyper) - set(rule.defaults))
    if unknown:
        raise TypeError(
            f"{rule.name} has no hyper-parameter {unknown[0]!r}; it has {', '.join(rule.defaults)}"
        )
    if not isinstance(horizon, int) or horizon < 1:
        raise ValueError(f"horizon must be a positive integer, got {horizon!r}")
    for name in ("lower", "upper"):
        if not isinstance(getattr(domain, name, 0.0), float):
            raise ValueError(f"domain must be a box with numbers as bounds, got {domain}")
    values = {
        k: replace(v, scale=xp.interval(v.scale)) if isinstance(v, Schedule) else xp.interval(v)
        for k, v in {**given, **hyper}.items()
    }
    theta, star, zero = xp.interval(theta1), xp.interval(comparator), xp.interval(0)
    for name, point in (("theta1", theta), ("comparator", star)):
        if domain is not None and domain.project(xp, point).mpi != point.mpi:
            raise ValueError(f"{name} must lie in {domain}, got {point}")

    state: Sequence[Any] = [zero] * len(rule.state)
    total = best = squares = G_inf = zero
    low = high = star
    rounds = []
    for t in range(1, horizon + 1):
        try:
            loss, g = map(xp.interval, game(xp, t, theta))
            total, best = total + loss, best + xp.interval(game(xp, t, star)[0])
            squares, G_inf = squares + g**2, xp.maximum(G_inf, abs(g))
            low, high = xp.minimum(low, theta), xp.maximum(high, theta)
            time = xp.interval(t)
            now = {k: v(xp, time) if isinstance(v, Schedule) else v for k, v in values.items()}
            new, metric, *state = rule.update(xp, time, theta, g, *state, domain=domain, **now)
        except IntervalError as error:
            error.add_note(f"in round {t} of {rule.name} at theta = {theta}; prec is {prec}")
            raise
        rounds.append(
            Round(
                t=t,
                theta=theta,
                loss=loss,
                gradient=g,
                metric=xp.interval(metric),
                state=tuple(state),
                cumulative_loss=total,
                regret=total - best,
                gradient_norm=xp.sqrt(squares),
                G_inf=G_inf,
                D=high - low,
            )
        )
        theta = new
    return rounds


def first_violation(rounds: Sequence[Round], bound: Callable[[Round], Interval]) -> Round | None:
    r"""Return the first round whose regret is proved to exceed a bound, or None if there is none.

    In the rounds before it the regret is proved not to exceed the bound.

    Parameters
    ----------
    rounds : sequence of Round
        From `enclose`.
    bound : callable ``Round -> Interval``
        A right-hand side, in exact numbers and in the functions of an `IntervalNamespace`.

    Raises
    ------
    IntervalError
        If a round before the first violation cannot be decided.
    """
    return next((r for r in rounds if r.regret > bound(r)), None)
