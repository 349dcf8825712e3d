"""Where a game is played: a box, or the whole space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Box", "WholeSpace"]


@dataclass(frozen=True, eq=False)
class Box:
    r"""The box :math:`\{\theta : l_i \le \theta_i \le u_i\}`.

    Its projection in the norm of any diagonal metric is the same clip, coordinate by coordinate, so
    the weighted projections of AMSGrad and AdaGrad need nothing else.

    Parameters
    ----------
    lower, upper : float or array of shape (d,)
        Finite, ``lower <= upper``.

    Raises
    ------
    ValueError
        If a bound is not finite, or ``lower > upper`` somewhere.
    """

    lower: Any
    upper: Any

    def __init__(self, lower: ArrayLike, upper: ArrayLike):
        low, high = (
            np.asarray(lower, dtype=np.float64),
            np.asarray(upper, dtype=np.float64),
        )
        for name, bound in (("lower", low), ("upper", high)):
            if bound.ndim > 1 or not np.isfinite(bound).all():
                raise ValueError(f"{name} must be a finite number or vector, got {bound.tolist()}")
        if low.ndim == high.ndim == 1 and low.shape != high.shape:
            raise ValueError(f"lower and upper differ in shape: {low.shape} and {high.shape}")
        if (low > high).any():
            raise ValueError(f"lower must not exceed upper, got {low.tolist()} > {high.tolist()}")
        for name, bound in (("lower", low), ("upper", high)):
            value = float(bound) if bound.ndim == 0 else bound.copy()
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Box) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        return tuple(tuple(np.atleast_1d(b).tolist()) for b in (self.lower, self.upper))

    def bounds(self, d: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the lower and the upper bounds as arrays of shape (d,)."""
        for name in ("lower", "upper"):
            n = np.size(getattr(self, name))
            if n not in (1, d):
                raise ValueError(f"the box has {n} coordinates in {name}, the problem has {d}")
        return (
            np.broadcast_to(np.asarray(self.lower, dtype=np.float64), (d,)),
            np.broadcast_to(np.asarray(self.upper, dtype=np.float64), (d,)),
        )

    def project(self, xp: Any, theta: Any) -> Any:
        """Return the nearest point of the box (the same in every diagonal metric); NaN stays."""
        return xp.minimum(
            xp.maximum(theta, self._like(xp, self.lower, theta)),
            self._like(xp, self.upper, theta),
        )

    @staticmethod
    def _like(xp: Any, bound: Any, theta: Any) -> Any:
        if isinstance(bound, float):
            return bound
        import array_api_compat

        return xp.lib.asarray(bound, dtype=theta.dtype, device=array_api_compat.device(theta))

    def contains(self, theta: ArrayLike) -> bool:
        """Whether a point lies in the box."""
        theta = np.asarray(theta)
        return bool(((theta >= self.lower) & (theta <= self.upper)).all())

    def diameter_inf(self, d: int) -> float:
        r"""The longest side, :math:`D_\infty`."""
        low, high = self.bounds(d)
        return float((high - low).max())

    def diameter(self, d: int) -> float:
        r"""The diagonal, :math:`D = \max\lVert x-y\rVert_2`."""
        low, high = self.bounds(d)
        return float(np.linalg.norm(high - low))


@dataclass(frozen=True)
class WholeSpace:
    """The whole space: nothing is projected, and no comparator can be searched on it."""

    def project(self, xp: Any, theta: Any) -> Any:
        """Return the point itself."""
        return theta

    def contains(self, theta: ArrayLike) -> bool:
        """Whether a point lies in the space: always."""
        return True
