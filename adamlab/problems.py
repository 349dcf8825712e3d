r"""Online convex problems: in round :math:`t` the player pays :math:`f_t(\theta_t)`.

A problem knows where it is played (``domain``), on which compact set the best fixed point in
hindsight is sought (``comparison``), from which point it starts (``theta0``) and which rows of its
data every round uses (``rows``). ``realise(seed)`` fixes all its randomness;
``loss_and_gradient(t, theta)`` is the game. Any object with the latter is a problem too, see
`adamlab.regret`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adamlab.domains import Box, WholeSpace
from adamlab.losses import Loss, get_loss
from adamlab.namespaces import namespace_of

__all__ = [
    "PROBLEMS",
    "DriftingQuadratic",
    "FiniteSum",
    "Generated",
    "LinearModel",
    "Problem",
    "Reddi",
    "Rows",
    "SoftmaxRegression",
    "Zhang",
    "drifting_quadratic",
    "get_problem",
    "linear",
    "linear_model",
    "mnist",
    "movie_reviews",
    "phishing",
    "reddi",
    "reddi_long",
    "reddi_stochastic",
    "reddi_unprojected",
    "softmax_regression",
    "sparse_features",
    "trump_approval",
    "zhang",
]

Floats = NDArray[np.float64]


@runtime_checkable
class Problem(Protocol):
    """What `adamlab.regret` needs of a problem; everything else is optional."""

    def loss_and_gradient(self, t: int, theta: Any) -> tuple[Any, Any]:
        """Return :math:`f_t(\\theta)` and a (sub)gradient there; `t` starts at 1."""


# -------------------------------------------------------------------------------------------------
# The order of play


@dataclass(frozen=True)
class Rows:
    """Which `batch` of `n` rows of data each round uses.

    Parameters
    ----------
    n, batch : int
    order : {"cyclic", "stream", "shuffled", "sampled"}
        In order and round again; in order and once; in a new random order on every pass (passes
        follow each other without a gap, so a batch may straddle two); or drawn independently with
        `probabilities`.
    probabilities : tuple of n floats, optional
    seed : int
    """

    n: int
    batch: int = 1
    order: str = "cyclic"
    probabilities: tuple[float, ...] | None = field(default=None, repr=False)
    seed: int = 0

    _BLOCK = 8192  # random draws are made in blocks, so that any round can be asked for alone

    def __post_init__(self) -> None:
        orders = ("cyclic", "stream", "shuffled", "sampled")
        if self.order not in orders:
            raise ValueError(f"order must be one of {', '.join(orders)}, got {self.order!r}")
        if as_integer("batch", self.batch, 1) > self.n:
            raise ValueError(f"batch must be from 1 to {self.n} (the rows), got {self.batch!r}")

    @property
    def horizon(self) -> int | None:
        """The number of rounds that the data suffice for; None if there is no end."""
        return self.n // self.batch if self.order == "stream" else None

    def at(self, t: int) -> NDArray[np.int64]:
        """Return the rows of round `t`, shape (batch,)."""
        return self.between(t - 1, t)

    def between(self, first: int, last: int) -> NDArray[np.int64]:
        """Return the rows of the rounds ``first < t <= last`` in order, one flat array."""
        return self._positions(first * self.batch, last * self.batch)

    def counts(self, first: int, last: int) -> NDArray[np.int64]:
        """Return how often each row is used in the rounds ``first < t <= last``."""
        start, stop = first * self.batch, last * self.batch
        if self.order == "sampled":
            total = np.zeros(self.n, dtype=np.int64)
            for block in range(start, stop, self._BLOCK):
                rows = self._positions(block, min(block + self._BLOCK, stop))
                total += np.bincount(rows, minlength=self.n)
            return total
        return self._used(stop) - self._used(start)

    def _used(self, positions: int) -> NDArray[np.int64]:
        passes, rest = divmod(positions, self.n)
        used = np.full(self.n, passes, dtype=np.int64)
        used[self._positions(positions - rest, positions)] += 1
        return used

    def _positions(self, start: int, stop: int) -> NDArray[np.int64]:
        """Return a stretch of the endless sequence of rows, of which every round takes a batch."""
        if self.order not in ("shuffled", "sampled"):
            return np.arange(start, stop) % self.n
        passes = max(1, self._BLOCK // self.n)
        size = passes * self.n if self.order == "shuffled" else self._BLOCK
        first, last = start // size, max(start, stop - 1) // size
        blocks = [
            _permutations(self.n, self.seed, number, passes)
            if self.order == "shuffled"
            else _draws(self.n, self.seed, number, size, self.probabilities)
            for number in range(first, last + 1)
        ]
        rows = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
        return rows[start - first * size : stop - first * size]


@functools.lru_cache(maxsize=8)
def _permutations(n: int, seed: int, number: int, passes: int) -> NDArray[np.int64]:
    rows = np.tile(np.arange(n), (passes, 1))
    return np.random.default_rng([seed, number]).permuted(rows, axis=1).ravel()


@functools.lru_cache(maxsize=8)
def _draws(
    n: int, seed: int, number: int, size: int, p: tuple[float, ...] | None
) -> NDArray[np.int64]:
    return np.random.default_rng([seed, number]).choice(n, size=size, p=p)


# -------------------------------------------------------------------------------------------------
# Families


@dataclass(frozen=True, kw_only=True, eq=False)
class FiniteSum:
    """What the families share: a finite set of rows of data, played in some order.

    Parameters
    ----------
    name : str
    rows : Rows
        Which rows each round uses.
    domain : Box or WholeSpace
        Where it is played.
    comparison : Box
        Where the best fixed point in hindsight is sought.
    theta0 : array of shape (d,)
        The first point played.
    """

    name: str
    rows: Rows
    domain: Box | WholeSpace
    comparison: Box
    theta0: Floats = field(repr=False)

    convex: ClassVar[bool] = True

    @property
    def dimension(self) -> int:
        return len(self.theta0)

    @property
    def horizon(self) -> int | None:
        return self.rows.horizon

    def realise(self, seed: int) -> Any:
        """Return the problem with its randomness fixed by `seed`."""
        return replace(self, rows=replace(self.rows, seed=seed))

    def weights(self, first: int, last: int) -> Floats:
        """Return each row's total weight in the rounds ``first < t <= last``."""
        return self.rows.counts(first, last) / self.rows.batch

    def to(self, convert: Callable[[Any], Any]) -> Any:
        """Return the problem with its data converted to another library, dtype or device."""
        return replace(self, **{k: convert(getattr(self, k)) for k in self._data})

    _data: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearModel(FiniteSum):
    r"""A linear model under a scalar loss.

    .. math:: f_t(\theta) = \frac1{|B_t|}\sum_{r\in B_t}\ell(\langle a_r,\theta\rangle, b_r)
              + \frac{\lambda}{2}\lVert\theta\rVert_2^2

    Made by `linear_model` and `linear`. The compiled engines play any problem that has a
    ``played_loss`` with ``features``, ``targets``, ``l2`` and ``rows``.
    """

    features: Any = field(repr=False)
    targets: Any = field(repr=False)
    loss: Loss
    l2: float = 0.0

    _data: ClassVar = ("features", "targets")

    @property
    def played_loss(self) -> Loss:
        r""":math:`\ell`; `loss` is what it equals on the comparison set."""
        return self.loss

    def loss_and_gradient(self, t: int, theta: Any) -> tuple[float, Any]:
        xp = namespace_of(theta)
        a, b = _take(xp, self.rows.at(t), self.features, self.targets)
        z = a @ theta
        n = self.rows.batch
        value = xp.lib.sum(self.played_loss.value(xp, z, b)) / n
        gradient = a.T @ (self.played_loss.slope(xp, z, b) / n)
        if self.l2:
            value = value + self.l2 / 2 * xp.lib.sum(theta * theta)
            gradient = gradient + self.l2 * theta
        return float(value), gradient


@dataclass(frozen=True, kw_only=True, eq=False)
class SoftmaxRegression(FiniteSum):
    r"""Multi-class logistic regression, the model of section 6.1.

    With a matrix :math:`W` of shape (p, k), played as the flat vector of its rows,

    .. math:: f_t(W) = \frac1{|B_t|}\sum_{r\in B_t}\Big(\log\sum_c e^{(W^\top a_r)_c}
              - (W^\top a_r)_{y_r}\Big) + \frac{\lambda}{2}\lVert W\rVert_F^2

    Made by `softmax_regression`.
    """

    features: Any = field(repr=False)
    labels: Any = field(repr=False)
    classes: int
    l2: float = 0.0

    _data: ClassVar = ("features", "labels")

    def loss_and_gradient(self, t: int, theta: Any) -> tuple[float, Any]:
        xp = namespace_of(theta)
        lib = xp.lib
        a, y = _take(xp, self.rows.at(t), self.features, self.labels)
        z = a @ lib.reshape(theta, (-1, self.classes))
        z = z - lib.max(z, axis=1, keepdims=True)
        e = lib.exp(z)
        total = lib.sum(e, axis=1, keepdims=True)
        classes = lib.arange(self.classes, dtype=z.dtype, device=_device(z))
        one_hot = lib.astype(y[:, None] == classes[None, :], z.dtype)
        n = self.rows.batch
        value = (lib.sum(lib.log(total)) - lib.sum(z * one_hot)) / n
        gradient = lib.reshape(a.T @ ((e / total - one_hot) / n), (-1,))
        if self.l2:
            value = value + self.l2 / 2 * lib.sum(theta * theta)
            gradient = gradient + self.l2 * theta
        return float(value), gradient


@dataclass(frozen=True, kw_only=True, eq=False)
class DriftingQuadratic(FiniteSum):
    r"""Quadratics whose minimiser moves.

    .. math:: f_t(\theta) = \tfrac12\sum_i h_i(\theta_i - c_{t,i})^2

    Made by `drifting_quadratic`.
    """

    centres: Any = field(repr=False)
    curvature: Any = field(repr=False)

    _data: ClassVar = ("centres", "curvature")

    def loss_and_gradient(self, t: int, theta: Any) -> tuple[float, Any]:
        xp = namespace_of(theta)
        offset = theta - self.centres[int(self.rows.at(t)[0]), ...]
        gradient = self.curvature * offset
        return float(xp.lib.sum(gradient * offset)) / 2, gradient


@dataclass(frozen=True, kw_only=True, eq=False)
class Reddi(LinearModel):
    r"""The periodic example on the whole line, as Theorem 4.1 literally asks for: no projection.

    The losses equal :math:`Cx` and :math:`-x` on the comparison set [-1, 1] and are convex with
    bounded gradients on the line. With ``delta = 0`` they are :math:`C\max(x,-1)` and
    :math:`\max(-x,-1)`; with ``delta > 0`` the slope falls to 0 linearly over a width `delta`
    beyond the kink, and they are continuously differentiable.
    """

    delta: float = 0.0

    @property
    def played_loss(self) -> Loss:
        return _flattened(self.delta)


@functools.lru_cache
def _flattened(delta: float) -> Loss:
    r"""The loss of `Reddi`: :math:`|y|\,h(z\operatorname{sign}y)`, where h is flat below -1."""

    def sharp(xp: Any, z: Any, y: Any) -> Any:
        return xp.where(y * z <= -abs(y), -abs(y), y * z)

    def smooth(xp: Any, z: Any, y: Any) -> Any:
        inside = xp.where(y > 0, z, -z)
        beyond = xp.minimum(xp.maximum(-1 - inside, 0.0), delta)
        return abs(y) * (xp.maximum(inside, -1.0) - beyond + beyond**2 / (2 * delta))

    return Loss(f"flattened({delta:g})", smooth if delta else sharp)


@dataclass(frozen=True, kw_only=True, eq=False)
class Zhang(LinearModel):
    r"""The finite sum of Zhang et al. 2022: a fixed problem, for which betas are chosen after.

    With :math:`q(x)=x` for :math:`x\ge-1` and :math:`\tfrac12((x+2)^2-3)` below, one function is
    :math:`(1+(n-1)a)\,q` and :math:`n-1` are :math:`-a\,q`; their sum :math:`q` is smallest at
    :math:`x^*=-2`, the comparator that is supplied. The functions are not convex one by one.
    """

    convex: ClassVar[bool] = False
    comparator: Floats = field(repr=False)


def _bent(xp: Any, z: Any, y: Any) -> Any:
    r"""The loss of `Zhang`: :math:`y\,q(z)`."""
    return y * xp.where(z >= -1, z, ((z + 2) ** 2 - 3) / 2)


@dataclass(frozen=True, eq=False)
class Generated:
    """A problem whose data are drawn by ``realise(seed)``, with a Generator of that seed."""

    name: str
    make: Callable[[np.random.Generator], Any] = field(repr=False)

    def realise(self, seed: int) -> Any:
        return self.make(np.random.default_rng(seed))


def _device(array: Any) -> Any:
    import array_api_compat

    return array_api_compat.device(array)


def _take(xp: Any, rows: NDArray[np.int64], *arrays: Any) -> list[Any]:
    """Return these rows of the arrays: by slices where they are consecutive."""
    if len(rows) == 1:
        i = int(rows[0])
        return [a[i : i + 1, ...] for a in arrays]
    if isinstance(arrays[-1], np.ndarray):
        return [a[rows] for a in arrays]
    index = xp.lib.asarray(rows, device=_device(arrays[-1]))
    return [xp.lib.take(a, index, axis=0) for a in arrays]


# -------------------------------------------------------------------------------------------------
# Constructors


def linear_model(
    features: Any,
    targets: ArrayLike,
    *,
    loss: str,
    domain: Box | WholeSpace,
    l2: float = 0.0,
    batch: int = 1,
    order: str = "shuffled",
    comparison: Box | None = None,
    theta0: ArrayLike | None = None,
    labels: str | None = None,
    name: str = "linear_model",
) -> LinearModel:
    """Return an online linear model (see `LinearModel` for the formula).

    Parameters
    ----------
    features : array of shape (n, d), or a SciPy sparse matrix (NumPy backend)
    targets : array of shape (n,)
        For ``logistic`` and ``hinge`` labels, -1/+1 or 0/1. Which of the two is told from the
        values; where it cannot be (all are 1), `labels` must say ``"-1/+1"`` or ``"0/1"``.
    loss : {"squared", "logistic", "hinge", "absolute", "linear"}
    domain : Box or WholeSpace
    l2 : float
        The coefficient of the squared norm, at least 0.
    batch, order
        See `Rows`. ``"stream"`` plays every row once, in order.
    comparison : Box, optional
        Where the comparator is sought; the domain, if that is a box.
    theta0 : array of shape (d,), optional
        The first point played; by default the point of the domain nearest to 0.

    Raises
    ------
    ValueError
        If shapes do not fit, data are not finite, labels are not what the loss needs, or `l2`,
        `batch`, `order` or `comparison` are not allowed.
    """
    a = _matrix("features", features)
    b = _vector("targets", targets, a.shape[0])
    the_loss = get_loss(loss)
    if the_loss.labels == "signs":
        b = _signs(b, loss, labels)
    return LinearModel(
        name=name,
        features=a,
        targets=b,
        loss=the_loss,
        l2=_nonnegative("l2", l2),
        rows=Rows(a.shape[0], batch, order),
        **_places(a.shape[1], domain, comparison, theta0),
    )


def linear(
    costs: Any,
    *,
    domain: Box | WholeSpace,
    order: str = "cyclic",
    probabilities: ArrayLike | None = None,
    comparison: Box | None = None,
    theta0: ArrayLike | None = None,
    name: str = "linear",
) -> LinearModel:
    r"""Return the linear game :math:`f_t(\theta)=\langle c_t,\theta\rangle`.

    Parameters
    ----------
    costs : array of shape (n, d), or a SciPy sparse matrix
    order, probabilities
        See `Rows`.
    domain, comparison, theta0
        See `linear_model`.
    """
    c = _matrix("costs", costs)
    n = c.shape[0]
    p = None
    if probabilities is not None and order != "sampled":
        raise ValueError(f"probabilities need order='sampled', got {order!r}")
    if probabilities is not None:
        p = _vector("probabilities", probabilities, n)
        if (p < 0).any() or abs(p.sum() - 1) > 1e-12:
            raise ValueError(f"probabilities must be at least 0 and sum to 1, got {p.tolist()}")
    return LinearModel(
        name=name,
        features=c,
        targets=np.ones(n),
        loss=get_loss("linear"),
        rows=Rows(n, 1, order, None if p is None else tuple(p.tolist())),
        **_places(c.shape[1], domain, comparison, theta0),
    )


def softmax_regression(
    features: Any,
    labels: ArrayLike,
    *,
    domain: Box | WholeSpace,
    classes: int | None = None,
    l2: float = 0.0,
    batch: int = 128,
    order: str = "shuffled",
    comparison: Box | None = None,
    theta0: ArrayLike | None = None,
    name: str = "softmax_regression",
) -> SoftmaxRegression:
    """Return online multi-class logistic regression (see `SoftmaxRegression`).

    Parameters
    ----------
    labels : array of int of shape (n,)
        Class indices from 0 to ``classes - 1``.
    features, domain, l2, batch, order, comparison, theta0
        See `linear_model`; `theta0` is flat, of length ``p * classes``.
    """
    a = _matrix("features", features)
    y = np.asarray(labels)
    if y.shape != (a.shape[0],) or not np.issubdtype(y.dtype, np.integer):
        raise ValueError(
            f"labels must be {a.shape[0]} integers, got shape {y.shape} of dtype {y.dtype}"
        )
    k = int(y.max()) + 1 if classes is None else as_integer("classes", classes, 1)
    if y.min() < 0 or y.max() >= k:
        raise ValueError(f"labels must be from 0 to {k - 1}, got {y.min()} to {y.max()}")
    return SoftmaxRegression(
        name=name,
        features=a,
        labels=y.astype(np.int64),
        classes=k,
        l2=_nonnegative("l2", l2),
        rows=Rows(a.shape[0], batch, order),
        **_places(a.shape[1] * k, domain, comparison, theta0),
    )


def drifting_quadratic(
    d: int = 10,
    *,
    horizon: int = 10_000,
    period: float = 1000.0,
    amplitude: float = 0.5,
    noise: float = 0.1,
    curvature: tuple[float, float] = (0.1, 10.0),
    domain: Box | WholeSpace | None = None,
) -> Generated:
    r"""Return quadratics with a moving minimiser, drawn anew for each seed.

    .. math:: c_{t,i} = A\sin(2\pi t/P + \varphi_i) + \sigma\xi_{t,i},\qquad
              \varphi_i\sim U[0,2\pi],\ \xi\sim N(0,1)

    Parameters
    ----------
    d, horizon : int
    period, amplitude, noise : float
        :math:`P`, :math:`A` and :math:`\sigma`.
    curvature : pair of float
        The :math:`h_i` are spaced geometrically between these.
    domain : Box, optional
        By default [-1, 1].
    """
    box = Box(-1, 1) if domain is None else domain
    d, horizon = as_integer("d", d, 1), as_integer("horizon", horizon, 1)
    period = _positive("period", period)
    amplitude, noise = _nonnegative("amplitude", amplitude), _nonnegative("noise", noise)
    flattest, steepest = (_positive("curvature", h) for h in curvature)

    def make(rng: np.random.Generator) -> DriftingQuadratic:
        phase = rng.uniform(0, 2 * np.pi, d)
        t = np.arange(1, horizon + 1)[:, None]
        wave = amplitude * np.sin(2 * np.pi * t / period + phase)
        return DriftingQuadratic(
            name="drifting_quadratic",
            centres=wave + noise * rng.standard_normal((horizon, d)),
            curvature=np.geomspace(flattest, steepest, d),
            rows=Rows(horizon, 1, "stream"),
            **_places(d, box, None, None),
        )

    return Generated("drifting_quadratic", make)


def sparse_features(d: int = 1000, *, horizon: int = 10_000) -> Generated:
    r"""Return the sparse linear game of section 4's remark, drawn anew for each seed.

    Coordinate :math:`i` of the cost is :math:`\pm1` with probability :math:`i^{-2}` and 0
    otherwise, independently; the box is [-1, 1] (Duchi, Hazan & Singer 2011).
    """
    d, horizon = as_integer("d", d, 1), as_integer("horizon", horizon, 1)

    def make(rng: np.random.Generator) -> LinearModel:
        import scipy.sparse

        index, sign = [], []
        for i in range(1, d + 1):
            hit = np.flatnonzero(rng.random(horizon) < float(i) ** -2)
            index.append(np.stack([hit, np.full(len(hit), i - 1)]))
            sign.append(rng.choice([-1.0, 1.0], len(hit)))
        rows, columns = np.concatenate(index, axis=1)
        costs = scipy.sparse.csr_array((np.concatenate(sign), (rows, columns)), (horizon, d))
        return linear(costs, domain=Box(-1, 1), order="stream", name="sparse_features")

    return Generated("sparse_features", make)


def reddi(C: float = 3.0, *, period: int = 3) -> LinearModel:
    r"""Return the periodic counterexample of Reddi, Kale & Kumar 2018.

    On [-1, 1], from :math:`x_1=1`: :math:`f_t(x)=Cx` if :math:`t\equiv1` modulo `period`, else
    :math:`-x`. The best fixed point is -1 as soon as :math:`C>` ``period - 1``.
    """
    period = as_integer("period", period, 2)
    costs = np.full((period, 1), -1.0)
    costs[0] = C
    return linear(costs, domain=Box(-1, 1), theta0=[1.0], name=f"reddi({C:g})")


def reddi_long() -> LinearModel:
    """Return the long-period form: 1010 in one round of 101, -10 in the others; on [-1, 1]."""
    costs = np.full((101, 1), -10.0)
    costs[0] = 1010.0
    return linear(costs, domain=Box(-1, 1), theta0=[1.0], name="reddi_long")


def reddi_stochastic(C: float = 3.0, delta: float = 0.1) -> LinearModel:
    r"""Return the stochastic form: :math:`Cx` with probability :math:`\frac{1+\delta}{C+1}`, else
    :math:`-x`, independently, so that :math:`E f_t(x)=\delta x`; on [-1, 1], from 1.
    """
    p = (1 + delta) / (C + 1)
    if not 0 < p < 1:
        raise ValueError(
            f"(1 + delta)/(C + 1) must be a probability, got {p:g} for C={C!r}, delta={delta!r}"
        )
    return linear(
        [[C], [-1.0]],
        domain=Box(-1, 1),
        order="sampled",
        probabilities=[p, 1 - p],
        theta0=[1.0],
        name=f"reddi_stochastic({C:g})",
    )


def reddi_unprojected(C: float = 3.0, *, delta: float = 0.0) -> Reddi:
    """Return the counterexample played on the whole line and compared on [-1, 1] (see `Reddi`)."""
    base = reddi(C)
    return Reddi(
        name=f"reddi_unprojected({C:g})",
        features=np.ones_like(base.features),
        targets=base.features[:, 0],
        loss=base.loss,
        rows=base.rows,
        domain=WholeSpace(),
        comparison=Box(-1, 1),
        theta0=base.theta0,
        delta=_nonnegative("delta", delta),
    )


def zhang(n: int = 10, *, a: float = 1.0, order: str = "cyclic") -> Zhang:
    """Return the problem of Zhang et al. 2022 (see `Zhang`), played on the line from 1.

    Parameters
    ----------
    n : int
        The number of functions, at least 3.
    a : float
        Positive.
    order : {"cyclic", "shuffled"}
    """
    n, a = as_integer("n", n, 3), _positive("a", a)
    return Zhang(
        name=f"zhang({n})",
        features=np.ones((n, 1)),
        targets=np.array([1 + (n - 1) * a, *[-a] * (n - 1)]),
        loss=Loss("bent", _bent),
        comparator=np.array([-2.0]),
        rows=Rows(n, 1, order),
        domain=WholeSpace(),
        comparison=Box(-4, 4),
        theta0=np.array([1.0]),
    )


def mnist(*, l2: float = 1e-3, batch: int = 128, domain: Box | None = None) -> SoftmaxRegression:
    """Return section 6.1 on MNIST: softmax regression on 5000 digits, on the box [-1, 1]."""
    from adamlab import data

    digits = data.mnist()
    return softmax_regression(
        digits.features,
        digits.targets,
        domain=Box(-1, 1) if domain is None else domain,
        l2=l2,
        batch=batch,
        name="mnist",
    )


def movie_reviews(
    *, words: int = 1000, l2: float = 1e-3, batch: int = 128, domain: Box | None = None
) -> LinearModel:
    """Return logistic regression on bags of words of movie reviews, on the box [-1, 1]."""
    from adamlab import data

    reviews = data.movie_reviews(words=words)
    return linear_model(
        reviews.features,
        reviews.targets,
        loss="logistic",
        domain=Box(-1, 1) if domain is None else domain,
        l2=l2,
        batch=batch,
        name="movie_reviews",
    )


def phishing(*, l2: float = 0.0, domain: Box | None = None) -> LinearModel:
    """Return online logistic regression on the Phishing stream, one site a round, on [-1, 1]."""
    from adamlab import data

    sites = data.phishing()
    return linear_model(
        sites.features,
        sites.targets,
        loss="logistic",
        domain=Box(-1, 1) if domain is None else domain,
        l2=l2,
        order="stream",
        name="phishing",
    )


def trump_approval(*, domain: Box | None = None) -> LinearModel:
    """Return online least squares on the approval-rating stream, one poll a round, on [-1, 1]."""
    from adamlab import data

    polls = data.trump_approval()
    return linear_model(
        polls.features,
        polls.targets,
        loss="squared",
        domain=Box(-1, 1) if domain is None else domain,
        order="stream",
        name="trump_approval",
    )


#: The ready-made problems by their names, as on the command line.
PROBLEMS: dict[str, Callable[..., Any]] = {
    f.__name__: f
    for f in (
        drifting_quadratic,
        mnist,
        movie_reviews,
        phishing,
        reddi,
        reddi_long,
        reddi_stochastic,
        reddi_unprojected,
        sparse_features,
        trump_approval,
        zhang,
    )
}


def get_problem(name: str, **parameters: Any) -> Any:
    """Return a ready-made problem by its name, as on the command line.

    Raises
    ------
    KeyError
        If there is none of that name, listing those that are known.
    """
    if name not in PROBLEMS:
        raise KeyError(f"unknown problem {name!r}; known are {', '.join(sorted(PROBLEMS))}")
    return PROBLEMS[name](**parameters)


# -------------------------------------------------------------------------------------------------
# Checks


def _matrix(name: str, value: Any) -> Any:
    if hasattr(value, "tocsr"):
        matrix = value.tocsr().astype(np.float64)
        entries = matrix.data
    else:
        matrix = entries = np.array(value, dtype=np.float64)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise ValueError(f"{name} must be a matrix of shape (n, d), got shape {matrix.shape}")
    if not np.isfinite(entries).all():
        where = "its entries"
        if isinstance(matrix, np.ndarray):
            row, column = np.argwhere(~np.isfinite(matrix))[0]
            where = f"row {row}, column {column}"
        raise ValueError(f"{name} must be finite, got NaN or inf in {where}")
    if isinstance(matrix, np.ndarray):
        matrix.flags.writeable = False
    return matrix


def _vector(name: str, value: ArrayLike, n: int) -> Floats:
    vector = np.array(value, dtype=np.float64)
    if vector.shape != (n,):
        raise ValueError(f"{name} must have shape ({n},), got {vector.shape}")
    if not np.isfinite(vector).all():
        row = int(np.flatnonzero(~np.isfinite(vector))[0])
        raise ValueError(f"{name} must be finite, got {vector[row]} in row {row}")
    vector.flags.writeable = False
    return vector


def _signs(b: Floats, loss: str, labels: str | None) -> Floats:
    """Return labels as -1/+1. Which coding they have must be known, not guessed."""
    codings = {"-1/+1": {-1.0, 1.0}, "0/1": {0.0, 1.0}}
    if labels is not None and labels not in codings:
        raise ValueError(f"labels must be '-1/+1' or '0/1', got {labels!r}")
    values = set(np.unique(b).tolist())
    fitting = [c for c in ([labels] if labels else codings) if values <= codings[c]]
    if not fitting:
        raise ValueError(
            f"targets of the {loss} loss must be labels {labels or '-1/+1 or 0/1'}, "
            f"got the values {sorted(values)[:5]}"
        )
    if len(fitting) > 1:
        raise ValueError(
            "targets are all 1, so that -1/+1 and 0/1 cannot be told apart: say labels='-1/+1' "
            "or labels='0/1'"
        )
    return b if fitting == ["-1/+1"] else 2 * b - 1


def as_integer(name: str, value: int, least: int) -> int:
    if isinstance(value, bool) or not float(value).is_integer() or value < least:
        raise ValueError(f"{name} must be an integer, at least {least}, got {value!r}")
    return int(value)


def _positive(name: str, value: float) -> float:
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a finite positive number, got {value!r}")
    return float(value)


def _nonnegative(name: str, value: float) -> float:
    if not (np.isfinite(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number, at least 0, got {value!r}")
    return float(value)


def _places(
    d: int, domain: Box | WholeSpace, comparison: Box | None, theta0: ArrayLike | None
) -> dict[str, Any]:
    if comparison is None:
        if not isinstance(domain, Box):
            raise ValueError(
                "comparison must be a Box when the domain is the whole space: the best fixed point "
                "is sought on a compact set"
            )
        comparison = domain
    corners = comparison.bounds(d)
    if isinstance(domain, Box):
        domain.bounds(d)
        if not all(map(domain.contains, corners)):
            raise ValueError(
                f"comparison must lie in the domain {domain}, got {comparison}: regret is measured "
                "against points that can be played"
            )
    if theta0 is None:
        theta0 = np.zeros(d)
        if isinstance(domain, Box):
            theta0 = np.clip(theta0, *domain.bounds(d))
    return {
        "domain": domain,
        "comparison": comparison,
        "theta0": point_in(domain, theta0, d, "theta0"),
    }


def point_in(domain: Box | WholeSpace, value: ArrayLike, d: int, name: str) -> Floats:
    """Return a point as an array, checked to lie in the domain."""
    point = _vector(name, value, d)
    if not domain.contains(point):
        raise ValueError(f"{name} must lie in the domain {domain}, got {point.tolist()[:5]}")
    return point
