r"""The best fixed point in hindsight, with a certificate of how good it is.

After some rounds the cumulative loss is a convex function :math:`F`, and regret is measured against
:math:`\min F` over the comparison box. A solver only comes near that minimum; so with each point
comes a computed *gap*, an upper bound on :math:`F(x)-\min F` that does not trust the solver. Every
gap here is one formula (`certificate`): with :math:`g=\nabla F(x)` and :math:`F-\frac\mu2|x|^2`
convex,

.. math:: F(x)-\min F \le \max_{l\le y\le u}\ \langle g, x-y\rangle - \tfrac\mu2|x-y|^2 .

For the absolute and the hinge loss, which have kinks, :math:`F(x)=\max_s L(x,s)` over a second box,
and the same formula with the operator :math:`(\nabla_xL, -\nabla_sL)` is the duality gap.

Solvers
-------
- linear loss, drifting quadratics: closed form;
- squared, logistic, softmax: Newton's method, the quadratic models minimised over the box by an
  interior-point method, or in many dimensions by preconditioned conjugate gradients on the
  coordinates that are not held by a bound (Bertsekas 1982);
- absolute, hinge: Mehrotra's predictor-corrector method on the saddle point;
- anything else that is convex: L-BFGS-B, then Newton with differences of gradients.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adamlab.losses import Loss
from adamlab.namespaces import namespace_of
from adamlab.problems import DriftingQuadratic, LinearModel, SoftmaxRegression

__all__ = [
    "Comparator",
    "ComparatorError",
    "best_fixed_point",
    "certificate",
    "generic_fixed_point",
]

Vector = NDArray[np.float64]

#: A gap is certified up to this, relative to max(1, |F|); solvers aim at a hundredth of it.
TOLERANCE = 1e-9
AIM = 1e-11
#: Up to so many coordinates a Hessian is stored and factored.
DENSE = 1500
#: Half a unit in the last place of 1.
U = 2.0**-53


class ComparatorError(RuntimeError):
    """No best fixed point was found; the message says for what, by which method, and why."""


@dataclass(frozen=True, eq=False)
class Comparator:
    r"""A fixed point to measure regret against.

    Attributes
    ----------
    loss : float
        :math:`F(x)` in float64.
    gap : float
        Upper bound on :math:`F(x)-\min F` over the comparison box.
    point : array of shape (d,)
        :math:`x`.
    method : str
        How it was found.
    rounding : float
        Bound, to first order in the unit roundoff, on the rounding errors of `loss` and of `gap`:
        :math:`\min F` lies in ``[loss - gap - rounding, loss + rounding]``.
    """

    loss: float
    gap: float
    point: Vector
    method: str
    rounding: float

    @property
    def certified(self) -> bool:
        r"""Whether ``gap <= 1e-9 max(1, |loss|)``."""
        return self.gap <= TOLERANCE * max(1.0, abs(self.loss))


def certificate(
    x: Vector, g: Vector, lower: Vector, upper: Vector, mu: ArrayLike = 0.0, error: ArrayLike = 0.0
) -> float:
    r"""Return :math:`\max_{l\le y\le u}\sum_i g_i(x_i-y_i)-\frac{\mu_i}2(x_i-y_i)^2`.

    The maximum is taken in each coordinate by itself, and is at least 0.

    Parameters
    ----------
    x, g, lower, upper : arrays of shape (d,)
        A point of the box and the gradient (or a subgradient) there.
    mu : float or array of shape (d,)
        Strong convexity.
    error : float or array of shape (d,)
        How wrong the gradient may be: the largest value for any gradient within ``g ± error``.
    """
    mu, error = np.asarray(mu), np.asarray(error)

    def summands(g: Vector) -> Vector:
        with np.errstate(over="ignore"):  # a tiny mu: the maximum is at a bound
            far = np.where(mu > 0, g / np.where(mu > 0, mu, 1.0), np.copysign(np.inf, g))
        step = np.clip(far, x - upper, x - lower)  # x - y
        return step * (g - mu / 2 * step)

    # Each summand is a maximum of linear functions of g_i, so it is largest at an end.
    return float(np.maximum(summands(g - error), summands(g + error)).sum())


def best_fixed_point(
    problem: LinearModel | SoftmaxRegression | DriftingQuadratic,
    weights: ArrayLike,
    rounds: int,
    start: ArrayLike | None = None,
) -> Comparator:
    r"""Minimise the cumulative loss of a built-in problem over its comparison box.

    The loss is :math:`F(x)=\sum_r w_r\,\ell_r(x)+\frac{\mu}{2}|x|^2`, with :math:`\mu` the rounds
    times l2.

    Parameters
    ----------
    problem : LinearModel, SoftmaxRegression or DriftingQuadratic
        Its ``comparison`` is the box.
    weights : array of shape (n,)
        :math:`w_r\ge0`: how often row r was played, divided by the batch size.
    rounds : int
        Rounds played, at least 1.
    start : array of shape (d,), optional
        A point near the solution, for instance the last checkpoint's; it is projected on the box.

    Raises
    ------
    TypeError
        If the problem is of no built-in family, or its losses are not convex.
    ValueError
        If weights or start are not finite, of the wrong shape or negative, or if the comparison
        domain is unbounded.
    ComparatorError
        If the solver fails.
    """
    if isinstance(problem, DriftingQuadratic):
        rows = problem.centres
    elif isinstance(problem, LinearModel | SoftmaxRegression) and problem.convex:
        rows = problem.features
    else:
        raise TypeError(
            "problem must be a convex LinearModel, SoftmaxRegression or DriftingQuadratic, got a "
            f"{type(problem).__name__}: supply its comparator, or see generic_fixed_point"
        )
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (rows.shape[0],):
        raise ValueError(f"weights must have shape ({rows.shape[0]},), got {w.shape}")
    if not (np.isfinite(w).all() and (w >= 0).all() and (w > 0).any()):
        raise ValueError("weights must be finite, at least 0, and not all 0")
    if rounds < 1:
        raise ValueError(f"rounds must be at least 1, got {rounds!r}")
    played = w > 0
    rows, w = _float64(rows[played]), w[played]
    k = problem.classes if isinstance(problem, SoftmaxRegression) else 1
    lower, upper = _bounds("comparison", problem.comparison, rows.shape[1] * k)
    x = _start(start, lower, upper)

    if isinstance(problem, DriftingQuadratic):
        return _quadratic(np.asarray(problem.curvature, np.float64), rows, w, lower, upper)
    mu = rounds * problem.l2
    if isinstance(problem, SoftmaxRegression):
        return _smooth(_Softmax(rows, problem.labels[played], k, w, mu), lower, upper, x)
    losses = _Losses(rows, problem.targets[played], problem.loss, w, mu)
    if problem.loss.name == "linear":
        return _linear(losses, lower, upper, x)
    if problem.loss.name in _SLOPES:
        return _kinked(losses, lower, upper, x)
    return _smooth(losses, lower, upper, x)


def generic_fixed_point(
    cumulative: Callable[[Vector], tuple[float, ArrayLike]],
    box: Any,
    start: ArrayLike | None = None,
) -> Comparator:
    """Minimise a user's convex cumulative loss over a box.

    Parameters
    ----------
    cumulative : callable
        ``cumulative(theta) -> (loss, gradient)`` for theta of shape (d,). It must be convex: the
        gap is right for any convex function and any subgradient, and for no others.
    box : Box
        Where to search; with scalar bounds, `start` says how many coordinates there are.
    start : array of shape (d,), optional
        Where to begin, by default the middle of the box.

    Raises
    ------
    ValueError
        If the box is unbounded, or start is missing or bad.
    ComparatorError
        If the loss or its gradient is not finite, or of the wrong shape.
    """
    from scipy.optimize import minimize

    if start is not None:
        d = np.size(start)
    else:
        d = max(np.size(getattr(box, "lower", 0.0)), np.size(getattr(box, "upper", 0.0)))
    lower, upper = _bounds("box", box, d)
    x = _start(start, lower, upper)

    def evaluate(x: Vector) -> tuple[float, Vector]:
        loss, gradient = cumulative(x.copy())
        g = np.asarray(gradient, dtype=np.float64)
        if g.shape != x.shape:
            raise ComparatorError(
                f"cumulative must return a gradient of shape {x.shape}, got {g.shape}"
            )
        return float(loss), g

    def finite(x: Vector) -> tuple[float, Vector]:
        loss, g = evaluate(x)
        if not (math.isfinite(loss) and np.isfinite(g).all()):
            raise ComparatorError(f"cumulative is not finite at theta = {x}: loss {loss}")
        return loss, g

    finite(x)
    found = minimize(
        finite,
        x,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(lower.tolist(), upper.tolist(), strict=True)),
        options={"maxcor": 30, "maxiter": 2000, "ftol": 0.0, "gtol": 0.0},
    )
    x = np.clip(found.x, lower, upper)

    def hessian(x: Vector) -> NDArray[np.float64]:
        # Differences of the gradient over a step that stays in the box.
        h = np.minimum(1e-5 * np.maximum(1.0, np.abs(x)), (upper - lower) / 2)
        h = np.where(x + h > upper, -h, h)
        g = finite(x)[1]
        columns = np.stack(
            [(finite(x + h * e)[1] - g) / (h @ e) if h @ e else np.zeros(d) for e in np.eye(d)]
        )
        values, vectors = np.linalg.eigh((columns + columns.T) / 2)
        return (vectors * np.maximum(values, 0.0)) @ vectors.T

    if d <= 200:
        x = _newton(finite, _factored_step(hessian, lower, upper), lower, upper, x, 0.0)
    loss, g = finite(x)
    gap = certificate(x, g, lower, upper)
    # Of a function that is only called, no more is known than the last digit of its value.
    return _comparator(loss, gap, x, "L-BFGS-B, Newton", U * abs(loss))


# --- input ----------------------------------------------------------------------------------------


def _float64(a: Any) -> Any:
    """A dense array or a sparse matrix, in float64."""
    return a.astype(np.float64) if hasattr(a, "tocsr") else np.asarray(a, dtype=np.float64)


def _bounds(name: str, box: Any, d: int) -> tuple[Vector, Vector]:
    lower, upper = box.bounds(d) if hasattr(box, "bounds") else (-np.inf, np.inf)
    if not (np.isfinite(lower).all() and np.isfinite(upper).all()):
        raise ValueError(
            f"{name} must be a bounded box for a best fixed point to be sought in it, got {box!r}"
        )
    return np.array(lower, dtype=np.float64), np.array(upper, dtype=np.float64)


def _start(start: ArrayLike | None, lower: Vector, upper: Vector) -> Vector:
    x = (lower + upper) / 2 if start is None else np.asarray(start, dtype=np.float64)
    if x.shape != lower.shape:
        raise ValueError(f"start must have shape {lower.shape}, got {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError("start must be finite")
    return np.clip(x, lower, upper)


def _comparator(loss: float, gap: float, x: Vector, method: str, rounding: float) -> Comparator:
    if not (math.isfinite(loss) and np.isfinite(x).all()) or math.isnan(gap):
        raise ComparatorError(f"{method}: not finite, loss {loss} with gap {gap}")
    x = x.copy()
    x.flags.writeable = False
    return Comparator(loss, gap, x, method, rounding)


# --- cumulative losses ----------------------------------------------------------------------------


class _Cumulative(Protocol):
    """A cumulative loss as the solvers see it."""

    mu: float
    d: int

    def evaluate(self, x: Vector) -> tuple[float, Vector]: ...
    def hessian(self, x: Vector) -> NDArray[np.float64]: ...
    def operator(self, x: Vector) -> tuple[Callable[[Vector], Vector], Callable[[Vector], Vector]]:
        """The Hessian and an approximate inverse of it, as functions of a vector."""
        ...

    def audit(self, x: Vector) -> tuple[float, float, Vector, Vector]:
        """Loss, bound on its rounding, gradient, bounds on its rounding.

        Counted to first order in u. A dot product of d terms errs by at most d u times the sum of
        its absolute terms; NumPy's pairwise sum of n terms by (log2 n + 12) u (it adds blocks of
        128 in 8 lanes); a sum over n rows in blocks of √n rows by (2√n + 2) u.
        """
        ...


def _gram(rows: Any, q: Vector) -> NDArray[np.float64]:
    """``rows.T @ diag(q) @ rows`` as a dense matrix, for q of no negative numbers."""
    root = np.sqrt(q)[:, None]
    if hasattr(rows, "tocsr"):
        scaled = rows.multiply(root).tocsr()
        return (scaled.T @ scaled).toarray()
    scaled = rows * root
    return scaled.T @ scaled  # of itself: BLAS computes one half


def _blocked(rows: Any, s: NDArray[np.float64]) -> NDArray[np.float64]:
    """``rows.T @ s`` summed in blocks of √n rows."""
    n = rows.shape[0]
    size = math.isqrt(n) + 1
    return np.sum([rows[i : i + size].T @ s[i : i + size] for i in range(0, n, size)], axis=0)


def _square(mu: float, x: Vector) -> float:
    return mu / 2 * float(np.sum(x**2))


class _Losses:
    r""":math:`F(x)=\sum_r w_r\ell(\langle a_r,x\rangle,b_r)+\frac\mu2|x|^2`."""

    #: Where a loss has less curvature than this, `operator` takes this for it.
    least = 0.0

    def __init__(self, rows: Any, targets: Vector, loss: Loss, w: Vector, mu: float):
        self.rows, self.targets, self.loss, self.w, self.mu = rows, targets, loss, w, mu
        self.xp = namespace_of(w)
        self.d = rows.shape[1]

    def of(self, function: Callable[[Any, Any, Any], Any], z: Vector) -> Vector:
        """The weighted loss, its slope or its curvature, in each row."""
        return self.w * function(self.xp, z, self.targets)

    def evaluate(self, x: Vector) -> tuple[float, Vector]:
        z = self.rows @ x
        value = float(self.of(self.loss.value, z).sum()) + _square(self.mu, x)
        return value, self.rows.T @ self.of(self.loss.slope, z) + self.mu * x

    def hessian(self, x: Vector) -> NDArray[np.float64]:
        h = _gram(self.rows, self.of(self.loss.curvature, self.rows @ x))
        h[np.diag_indices(self.d)] += self.mu
        return h

    def operator(self, x: Vector) -> tuple[Callable[[Vector], Vector], Callable[[Vector], Vector]]:
        q = np.maximum(self.of(self.loss.curvature, self.rows @ x), self.least * self.w)
        squares = self.rows.multiply(self.rows) if hasattr(self.rows, "tocsr") else self.rows**2
        diagonal = squares.T @ q + self.mu
        diagonal = np.where(diagonal > 0, diagonal, 1.0)
        return (
            lambda v: self.rows.T @ (q * (self.rows @ v)) + self.mu * v,
            lambda r: r / diagonal,
        )

    def audit(self, x: Vector) -> tuple[float, float, Vector, Vector]:
        n, z, rows = self.rows.shape[0], self.rows @ x, abs(self.rows)
        value, slope = self.of(self.loss.value, z), self.of(self.loss.slope, z)
        curvature = self.of(self.loss.curvature, z)
        dz = (self.d + 2) * U * (rows @ np.abs(x) + np.abs(self.targets))
        terms = float(np.abs(value).sum()) + _square(self.mu, x)
        loss_error = (math.log2(n) + 18) * U * terms + float((np.abs(slope) * dz).sum())
        g = _blocked(self.rows, slope) + self.mu * x
        # 8 u covers the few operations of a slope.
        error = rows.T @ (((2 * math.sqrt(n) + 10) * U) * np.abs(slope) + curvature * dz)
        return (
            float(value.sum()) + _square(self.mu, x),
            loss_error,
            g,
            error + 2 * U * np.abs(self.mu * x),
        )


class _Softmax:
    r""":math:`F(\Theta)=\sum_rw_r\big(\log\sum_je^{z_{rj}}-z_{r,y_r}\big)+\frac\mu2|\Theta|^2`,
    :math:`z_r=\Theta^\top a_r`."""

    def __init__(self, rows: Any, labels: NDArray[Any], classes: int, w: Vector, mu: float):
        import scipy.sparse

        self.rows, self.w, self.mu, self.k = rows, w, mu, classes
        # Images are mostly black: products with a narrow matrix are then faster in sparse form.
        sparse = not hasattr(rows, "tocsr") and np.count_nonzero(rows) < 0.25 * rows.size
        self.factor = scipy.sparse.csr_array(rows) if sparse else rows
        self.truth = np.arange(len(w)), labels
        self.p = rows.shape[1]
        self.d = self.p * classes

    def parts(self, x: Vector) -> tuple[Vector, Vector, Vector]:
        """Each row's weighted loss, the probabilities, and the weighted slopes."""
        z = self.factor @ x.reshape(self.p, self.k)
        z -= z.max(axis=1, keepdims=True)
        probability = np.exp(z)
        total = probability.sum(axis=1)
        value = self.w * (np.log(total) - z[self.truth])
        probability /= total[:, None]
        slope = self.w[:, None] * probability
        slope[self.truth] -= self.w
        return value, probability, slope

    def evaluate(self, x: Vector) -> tuple[float, Vector]:
        value, _, slope = self.parts(x)
        return (
            float(value.sum()) + _square(self.mu, x),
            (self.factor.T @ slope).ravel() + self.mu * x,
        )

    def hessian(self, x: Vector) -> NDArray[np.float64]:
        _, probability, _ = self.parts(x)
        h = np.empty((self.p, self.k, self.p, self.k))
        for i in range(self.k):
            for j in range(i + 1):
                other = 1 - probability[:, i] if i == j else probability[:, j]
                both = self.w * probability[:, i] * other
                h[:, i, :, j] = h[:, j, :, i] = (1 if i == j else -1) * _gram(self.rows, both)
        h = h.reshape(self.d, self.d)
        h[np.diag_indices(self.d)] += self.mu
        return h

    def operator(self, x: Vector) -> tuple[Callable[[Vector], Vector], Callable[[Vector], Vector]]:
        _, probability, _ = self.parts(x)

        def apply(v: Vector) -> Vector:
            s = probability * (self.factor @ v.reshape(self.p, self.k))
            s -= probability * s.sum(axis=1, keepdims=True)
            return (self.factor.T @ (self.w[:, None] * s)).ravel() + self.mu * v

        # Row r's block diag(p) - p p' has trace 1 - |p|^2 and kills the all-ones vector; put the
        # multiple of I - 1 1'/k of the same trace in its place, and the inverse is one of size p.
        q = self.w * (1 - (probability**2).sum(axis=1)) / max(self.k - 1, 1)
        if self.p > DENSE:
            squares = self.rows.multiply(self.rows) if hasattr(self.rows, "tocsr") else self.rows**2
            diagonal = (squares.T @ q + self.mu)[:, None]
            diagonal = np.where(diagonal > 0, diagonal, 1.0)
            return apply, lambda r: (r.reshape(self.p, self.k) / diagonal).ravel()
        h = _gram(self.rows, q)
        h[np.diag_indices(self.p)] += self.mu
        solve = _factor(h)
        mu = self.mu or 1.0  # without l2 the mean over classes does not matter

        def precondition(r: Vector) -> Vector:
            r = r.reshape(self.p, self.k)
            mean = r.mean(axis=1, keepdims=True)
            return (solve(r - mean) + mean / mu).ravel()

        return apply, precondition

    def audit(self, x: Vector) -> tuple[float, float, Vector, Vector]:
        n, rows = self.rows.shape[0], abs(self.factor)
        value, probability, slope = self.parts(x)
        dz = (self.p + 2) * U * (rows @ np.abs(x).reshape(self.p, self.k))
        # exp and log err by a few u; the largest z is subtracted exactly enough.
        worst = dz.max(axis=1, keepdims=True)
        terms = float((np.abs(value) + self.w * (self.k + 8)).sum()) + _square(self.mu, x)
        loss_error = (math.log2(n) + 18) * U * terms + float((np.abs(slope) * dz).sum())
        g = _blocked(self.factor, slope).ravel() + self.mu * x
        wp = self.w[:, None] * probability
        ds = (2 * math.sqrt(n) + 10) * U * np.abs(slope) + wp * (2 * worst + (self.k + 10) * U)
        return (
            float(value.sum()) + _square(self.mu, x),
            loss_error,
            g,
            (rows.T @ ds).ravel() + 2 * U * np.abs(self.mu * x),
        )


# --- solvers --------------------------------------------------------------------------------------


def _audited(f: _Cumulative, lower: Vector, upper: Vector, x: Vector, method: str) -> Comparator:
    """The comparator at a point where the cumulative loss is smooth."""
    loss, loss_error, g, error = f.audit(x)
    gap = certificate(x, g, lower, upper, f.mu)
    widened = certificate(x, g, lower, upper, f.mu, error)
    return _comparator(loss, gap, x, method, loss_error + widened - gap)


def _linear(f: _Losses, lower: Vector, upper: Vector, x: Vector) -> Comparator:
    _, g = f.evaluate(x)
    c = g - f.mu * x
    if f.mu > 0:
        x = np.clip(-c / f.mu, lower, upper)
    else:
        x = np.where(c > 0, lower, np.where(c < 0, upper, x))
    return _audited(f, lower, upper, x, "closed form")


def _quadratic(
    h: Vector, centres: NDArray[np.float64], w: Vector, lower: Vector, upper: Vector
) -> Comparator:
    r""":math:`F(x)=\frac12\sum_rw_r\sum_ih_i(x_i-c_{ri})^2`: clip the mean of the centres."""
    n, d = centres.shape
    x = np.clip(w @ centres / w.sum(), lower, upper)
    terms = 0.5 * w[:, None] * h * (x - centres) ** 2
    slopes = w[:, None] * h * (x - centres)
    g = _blocked(slopes, np.ones(n))
    error = (2 * math.sqrt(n) + 6) * U * np.abs(slopes).sum(axis=0)
    mu = h * w.sum()
    gap = certificate(x, g, lower, upper, mu)
    rounding = (math.log2(n * d) + 18) * U * float(terms.sum())
    rounding += certificate(x, g, lower, upper, mu, error) - gap
    return _comparator(float(terms.sum()), gap, x, "closed form", rounding)


def _smooth(f: _Cumulative, lower: Vector, upper: Vector, x: Vector) -> Comparator:
    if f.d <= DENSE:
        method, step = "Newton, interior point", _factored_step(f.hessian, lower, upper)
    else:
        method, step = "Newton, conjugate gradients", _cg_step(f.operator, lower, upper, f.mu)
    x = _newton(f.evaluate, step, lower, upper, x, f.mu)
    return _audited(f, lower, upper, x, method)


Step = Callable[[Vector, Vector, float, float], Vector]


def _newton(
    evaluate: Callable[[Vector], tuple[float, Vector]],
    step: Step,
    lower: Vector,
    upper: Vector,
    x: Vector,
    mu: float,
) -> Vector:
    """Newton's method with Armijo's rule along the projected step; return the best point."""
    loss, g = evaluate(x)
    best, best_gap, idle = x, math.inf, 0
    for _ in range(100):
        if not (math.isfinite(loss) and np.isfinite(g).all()):
            raise ComparatorError(f"Newton's method met a cumulative loss of {loss}")
        gap, aim = certificate(x, g, lower, upper, mu), AIM * max(1.0, abs(loss))
        idle = 0 if gap < 0.5 * best_gap else idle + 1
        if gap < best_gap:
            best, best_gap = x, gap
        # Far away the loss falls while the gap does not; once certified, idling is rounding.
        if gap <= aim or idle > (3 if best_gap <= 100 * aim else 30):
            break
        p = step(x, g, gap, aim)
        slack = 100 * U * abs(loss)  # near the end differences of losses are rounding
        for halvings in range(50):
            trial = np.clip(x + 0.5**halvings * p, lower, upper)
            trial_loss, trial_g = evaluate(trial)
            if trial_loss <= loss + 1e-4 * min(float(g @ (trial - x)), 0.0) + slack:
                break
        else:
            break
        x, loss, g = trial, trial_loss, trial_g
    return best


def _factor(a: NDArray[np.float64]) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Solve with a positive semidefinite matrix, by Cholesky with as little ridge as it takes."""
    from scipy.linalg import cho_factor, cho_solve

    diagonal = np.diag(a)
    scale = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    scaled = a * scale * scale[:, None]
    for ridge in (0.0, 1e-15, 1e-13, 1e-11, 1e-9, 1e-6):
        scaled[np.diag_indices(len(a))] = np.where(diagonal > 0, 1.0, 0.0) + max(ridge, 1e-16)
        try:
            factor = cho_factor(scaled, check_finite=False)
        except np.linalg.LinAlgError:
            continue
        return lambda r: (cho_solve(factor, (r.T * scale).T, check_finite=False).T * scale).T
    raise ComparatorError("a Hessian is not positive semidefinite: is the loss convex?")


def _held(x: Vector, g: Vector, lower: Vector, upper: Vector) -> NDArray[np.bool_]:
    """Which coordinates stand at a bound that the gradient presses them against."""
    return ((x <= lower) & (g > 0)) | ((x >= upper) & (g < 0))


def _factored_step(
    hessian: Callable[[Vector], NDArray[np.float64]], lower: Vector, upper: Vector
) -> Step:
    """The minimiser over the box of the quadratic model, with a stored Hessian."""

    def step(x: Vector, g: Vector, gap: float, aim: float) -> Vector:
        h, enough = hessian(x), max(0.1 * aim, 1e-6 * gap)

        def solved(p: Vector) -> Vector:
            """From x + p, with what is held there staying held, and the rest free."""
            model_g = g + h @ p
            free = ~_held(x + p, model_g, lower, upper)
            p = p.copy()
            p[free] -= _factor(h[np.ix_(free, free)])(model_g[free])
            return p

        def good(p: Vector) -> bool:
            y = x + p
            inside = bool((y >= lower).all() and (y <= upper).all())
            return inside and certificate(y, g + h @ p, lower, upper) <= enough

        p = solved(np.zeros_like(x))  # most often what was held stays held
        if good(p):
            return p
        none = np.zeros((0, len(x)))
        p = _saddle_point(h, g, none, np.zeros(0), lower - x, upper - x, lambda _: enough)
        # An interior point is only near its bounds: put it there, and solve for the others.
        model_g, y, near = g + h @ p, x + p, 1e-6 * (upper - lower)
        y = np.where((y - lower < near) & (model_g > 0), lower, y)
        y = np.where((upper - y < near) & (model_g < 0), upper, y)
        exact = solved(y - x)
        return exact if good(exact) else p

    return step


def _cg_step(
    operator: Callable[[Vector], tuple[Callable[[Vector], Vector], Callable[[Vector], Vector]]],
    lower: Vector,
    upper: Vector,
    mu: float,
) -> Step:
    """An approximate Newton step in the coordinates that are not held; the others stay."""

    def step(x: Vector, g: Vector, gap: float, aim: float) -> Vector:
        apply, precondition = operator(x)
        free = (~_held(x, g, lower, upper)).astype(np.float64)
        p, r = np.zeros_like(x), -g * free
        direction = z = free * precondition(r)
        rz = float(r @ z)
        enough = min(0.01, 10 * rz * AIM / aim) * rz  # tighter and tighter: superlinear
        for _ in range(500):
            if rz <= enough or certificate(x, r, lower, upper, mu) <= 0.1 * aim:
                break
            hd = free * apply(direction)
            curvature = float(direction @ hd)
            if curvature <= 0:  # flat and downhill: as far as the box is wide
                return p + direction * float((upper - lower).max() / np.abs(direction).max())
            p = p + rz / curvature * direction
            r = r - rz / curvature * hd
            z = free * precondition(r)
            rz, old = float(r @ z), rz
            direction = z + rz / old * direction
        return p

    return step


#: Losses with kinks: the ends of s in l(z, y) = max over s of s (z - y); for hinge, y^2 = 1.
_SLOPES: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "absolute": lambda xp, y: (-1.0, 1.0),
    "hinge": lambda xp, y: (xp.minimum(-y, 0.0), xp.maximum(-y, 0.0)),
}


def _kinked(f: _Losses, lower: Vector, upper: Vector, x: Vector) -> Comparator:
    r"""Minimise :math:`\max_s\ \langle s,Ax-b\rangle+\frac\mu2|x|^2`, s in a box, over x.

    Any s of that box gives a lower bound on the minimum, whatever the solver did.
    """
    rows, b, mu, d = f.rows, f.targets, f.mu, f.d
    low, high = (f.w * end for end in _SLOPES[f.loss.name](f.xp, b))
    lo, hi = np.concatenate([lower, low]), np.concatenate([upper, high])
    if d <= DENSE:
        method = "saddle point, interior point"

        def aim(v: Vector) -> float:
            return AIM * max(1.0, abs(f.evaluate(v[:d])[0]))

        v = _saddle_point(mu * np.eye(d), np.zeros(d), rows, b, lo, hi, aim)
    else:
        method = "smoothed, Newton, conjugate gradients"
        v = _smoothed(f, lower, upper, x)
    v = np.clip(v, lo, hi)
    x, s = v[:d], v[d:]
    n, absolute = rows.shape[0], abs(rows)
    z = rows @ x
    g = np.concatenate([_blocked(rows, s) + mu * x, b - z])
    dz = (d + 2) * U * (absolute @ np.abs(x) + np.abs(b))
    ds = (2 * math.sqrt(n) + 4) * U * (absolute.T @ np.abs(s)) + 2 * U * np.abs(mu * x)
    strong = np.concatenate([np.full(d, mu), np.zeros(n)])
    gap = certificate(v, g, lo, hi, strong)
    widened = certificate(v, g, lo, hi, strong, np.concatenate([ds, dz]))
    loss, loss_error, *_ = f.audit(x)
    return _comparator(loss, gap, x, method, loss_error + widened - gap)


def _smoothed(f: _Losses, lower: Vector, upper: Vector, x: Vector) -> Vector:
    r"""The same for many dimensions, nearly: Nesterov's smoothing
    :math:`\max_s s(z-y)-\frac\delta2s^2` with smaller and smaller :math:`\delta`."""

    def smoothed(delta: float) -> Loss:
        def value(xp: Any, z: Any, y: Any) -> Any:
            low, high = _SLOPES[f.loss.name](xp, y)
            s = xp.minimum(xp.maximum((z - y) / delta, low), high)
            return s * (z - y) - delta / 2 * s**2

        return Loss("smoothed", value)

    for delta in (1.0, 0.1, 0.01):
        smooth = _Losses(f.rows, f.targets, smoothed(delta), f.w, f.mu)
        smooth.least = 1e-3 / delta  # where it is flat, Newton's method cannot tell how far to go
        step = _cg_step(smooth.operator, lower, upper, f.mu)
        x = _newton(smooth.evaluate, step, lower, upper, x, f.mu)
    return np.concatenate([x, smooth.of(smooth.loss.slope, f.rows @ x)])


def _saddle_point(
    h: NDArray[np.float64],
    c: Vector,
    a: Any,
    b: Vector,
    lower: Vector,
    upper: Vector,
    aim: Callable[[Vector], float],
) -> Vector:
    r"""Return (x, s) near :math:`\min_x\max_s\ \frac12x'Hx+c'x+s'(Ax-b)` over the box of (x, s).

    Mehrotra's predictor-corrector method for the monotone operator
    :math:`G(x,s)=(Hx+c+A's,\ b-Ax)` in unit-box coordinates u: :math:`G=z-\zeta`,
    :math:`uz=0`, :math:`(1-u)\zeta=0`. With no rows in A it is a quadratic programme.
    """
    d = len(c)
    side = upper - lower
    x, s = lower[:d], lower[d:]
    corner = side * np.concatenate([h @ x + c + a.T @ s, b - a @ x])
    sx, ss = side[:d], side[d:]
    h = h * sx * sx[:, None]
    if hasattr(a, "tocsr"):
        a = a.multiply(ss[:, None]).multiply(sx[None, :]).tocsr()
    else:
        a = a * ss[:, None] * sx

    def operator(u: Vector) -> Vector:
        return corner + np.concatenate([h @ u[:d] + a.T @ u[d:], -(a @ u[:d])])

    def newton(solve: Callable[[Vector], Vector], diagonal: Vector, right_side: Vector) -> Vector:
        """Solve with the operator's matrix plus a diagonal; `solve` is for x alone."""
        du = np.zeros_like(right_side)
        for _ in range(2):  # once more for what rounding has left
            r = right_side - (operator(du) - corner) - diagonal * du
            dx = solve(r[:d] - a.T @ (r[d:] / diagonal[d:]))
            du += np.concatenate([dx, (r[d:] + a @ dx) / diagonal[d:]])
        return du

    def longest(*pairs: tuple[Vector, Vector]) -> float:
        """The step that takes the first of these positive numbers to 0."""
        return 1 / max(1e-300, *(float((-change / value).max()) for value, change in pairs))

    u = np.full(len(lower), 0.5)
    w = 1 - u  # carried along, so that it keeps its digits near 0
    g = operator(u)
    z = zeta = np.full(len(u), max(float(np.abs(g).mean()), 1e-300))
    best, best_gap, idle = (u, w), math.inf, 0
    for _ in range(100):
        gap = float(np.maximum(g * u, -g * w).sum())
        idle = 0 if gap < 0.9 * best_gap else idle + 1
        if gap < best_gap:
            best, best_gap = (u, w), gap
        if not gap > aim(np.where(u < w, lower + side * u, upper - side * w)) or idle > 10:
            break
        diagonal = z / u + zeta / w
        solve = _factor(h + _gram(a, 1 / diagonal[d:]) + np.diag(diagonal[:d]))
        residual = g - z + zeta
        # Predict: aim at complementarity 0.
        du = newton(solve, diagonal, zeta - z - residual)
        dz, dzeta = -z - z / u * du, -zeta + zeta / w * du
        step = min(1.0, longest((u, du), (w, -du), (z, dz), (zeta, dzeta)))
        mean = float(u @ z + w @ zeta) / (2 * len(u))
        left = float((u + step * du) @ (z + step * dz) + (w - step * du) @ (zeta + step * dzeta))
        # Correct: aim at what the prediction says can be had, with its products put in.
        target = mean * (left / (2 * len(u)) / mean) ** 3
        rz, rzeta = (target - du * dz) / u - z, (target + du * dzeta) / w - zeta
        du = newton(solve, diagonal, rz - rzeta - residual)
        dz, dzeta = rz - z / u * du, rzeta + zeta / w * du
        step = min(1.0, 0.995 * longest((u, du), (w, -du), (z, dz), (zeta, dzeta)))
        u, w, z, zeta = u + step * du, w - step * du, z + step * dz, zeta + step * dzeta
        g = operator(u)
    u, w = best
    return np.where(u < w, lower + side * u, upper - side * w)
