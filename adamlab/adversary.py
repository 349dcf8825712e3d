r"""Search for problems that break a bound.

The proofs of the regret theorems use a convex loss only through
:math:`f_t(x_t)-f_t(x)\le\langle g_t,x_t-x\rangle`, with equality for linear losses, and add up
coordinates: linear losses of one variable are the worst case. `attack` searches them, together with
the first point and the hyper-parameters. A ratio of regret to bound above 1 refutes the theorem; of
a true one the largest ratio found says how tight it is at least.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adamlab import rules
from adamlab.bounds import Bound, _parameters_of, get_bound
from adamlab.domains import Box
from adamlab.intervals import Interval, IntervalNamespace, enclose
from adamlab.namespaces import namespace_of
from adamlab.optimizers import Rule, Schedule, inverse_sqrt

__all__ = ["Attack", "attack", "linear_games"]

Floats = NDArray[np.float64]
Costs = Callable[[int, Floats], Floats]

_BOX = Box(-1, 1)


# --------------------------------------------------------------------------------------------------
# Many games at once


def linear_games(
    bound: Bound,
    rule: Rule,
    costs: Floats | Costs,
    horizon: int,
    theta1: ArrayLike,
    *,
    box: Box = _BOX,
    factors: Floats | None = None,
    **hyper: ArrayLike,
) -> tuple[Floats, Floats]:
    r"""Play games with losses :math:`\langle c_t,x\rangle` and evaluate a bound.

    Parameters
    ----------
    bound : Bound
    rule : Rule
    costs : array of shape (horizon, runs, d), or callable ``(t, x) -> array of shape (runs, d)``
        The gradients; those of a convex loss at ``x`` make the regret below an upper bound of the
        regret on that loss.
    horizon : int
    theta1 : array of shape (runs, d)
        The first points; if `costs` are an array, what broadcasts to that.
    box : Box
    factors : array of shape (horizon, runs), optional
        :math:`\beta_{1,t}/\beta_1`; by default 1, or what the rule decays by.
    **hyper : array of shape (runs,)
        Hyper-parameters of the rule.

    Returns
    -------
    regret, bound : array of shape (runs,)
    """
    numbers = {name: np.asarray(value, dtype=np.float64) for name, value in hyper.items()}
    now: dict[str, Any] = {name: value[..., None] for name, value in numbers.items()}
    beta1 = now.get("beta1", 0.0)
    alpha = inverse_sqrt(now["alpha"]) if bound.schedule == "inverse_sqrt" else now["alpha"]
    theta = np.asarray(theta1, dtype=np.float64)
    if not callable(costs):
        theta = np.broadcast_to(theta, costs.shape[1:])
    state: list[Any] = [np.zeros_like(theta)] * len(rule.state)
    xp = namespace_of(theta)
    paid = squares = total = G_inf = G_2 = momentum_term = np.zeros(1)
    metric: Any = 1.0
    for t in range(1, horizon + 1):
        g = costs(t, theta) if callable(costs) else costs[t - 1]
        paid, total, squares = paid + (g * theta).sum(axis=-1), total + g, squares + g**2
        G_inf = np.maximum(G_inf, abs(g).max(axis=-1))
        G_2 = np.maximum(G_2, np.sqrt((g**2).sum(axis=-1)))
        now["alpha"] = alpha(xp, float(t)) if isinstance(alpha, Schedule) else alpha
        factor = now["lam"] ** (t - 1) if "lam" in now else 1.0
        if factors is not None:
            factor = factors[t - 1][:, None]
            now["beta1"] = beta1 * factor
        theta, metric, *state = rule.update(xp, float(t), theta, g, *state, domain=box, **now)
        momentum_term = momentum_term + (beta1 * factor / now["alpha"] * metric).sum(axis=-1)
    d = theta.shape[-1]
    low, high = box.bounds(d)
    best = np.minimum(total * low, total * high).sum(axis=-1)
    known = {
        **numbers,
        "T": np.full(len(theta), float(horizon)),
        "d": d,
        "D": box.diameter(d),
        "D_inf": box.diameter_inf(d),
        "G_inf": G_inf,
        "G_2": G_2,
        "metric_sum": np.broadcast_to(metric, theta.shape).sum(axis=-1),
        "momentum_term": momentum_term,
        "gradient_norm_sum": np.sqrt(squares).sum(axis=-1),
    }
    if "lam" in numbers:  # with beta1 = 0 it is free, as in a run of adamlab.regret
        known["lam"] = np.where(numbers["beta1"] > 0, numbers["lam"], 0.0)
    return paid - best, bound._evaluate(known)


# --------------------------------------------------------------------------------------------------
# What is found


@dataclass(frozen=True, repr=False)
class Attack:
    r"""A game of linear losses :math:`c_tx` in one variable, played against a bound.

    Attributes
    ----------
    bound : Bound
    rule : Rule
    costs : tuple of Fraction
        :math:`c_1,\dots,c_T`.
    theta1 : Fraction
        The first point.
    hyper : mapping of str to Fraction
    factors : tuple of Fraction
        :math:`\beta_{1,t}/\beta_1`, if they are free; else empty.
    box : Box
    searched : mapping
        How it was found.
    """

    bound: Bound
    rule: Rule
    costs: tuple[Fraction, ...]
    theta1: Fraction
    hyper: Mapping[str, Fraction]
    factors: tuple[Fraction, ...] = ()
    box: Box = _BOX
    searched: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        parts = [repr(self.bound.name), f"ratio={self.ratio:.6g}", f"T={self.T}"]
        for name, values in {"costs": self.costs, "factors": self.factors}.items():
            if not values:
                continue
            shown = [f"{float(x):.4g}" for x in values[:8]] + ["..."] * (len(values) > 8)
            parts.append(f"{name}=[{', '.join(shown)}]")
        single = {"theta1": self.theta1, **self.hyper}
        parts += [f"{name}={float(x):.4g}" for name, x in single.items()]
        return f"Attack({', '.join(parts)})"

    @property
    def T(self) -> int:
        return len(self.costs)

    @property
    def comparator(self) -> float:
        """The best fixed point: an end of the box."""
        return float(self.box.lower if sum(self.costs) > 0 else self.box.upper)

    @property
    def ratio(self) -> float:
        """Regret over bound, in floating point; NaN where the theorem does not apply."""
        b, rule = self.bound, self.rule
        numbers = {name: float(x) for name, x in self.hyper.items()}
        try:
            rule(**numbers)
        except ValueError:  # not allowed, such as beta2 = 1
            return float("nan")
        known = {"rule": rule.name, "schedule": b.schedule, "domain": "box", **numbers}
        inside = self.box.contains(float(self.theta1)) and all(0 <= x <= 1 for x in self.factors)
        if b._reason(known, {}) or not inside:
            return float("nan")
        hyper = {name: np.array([x]) for name, x in numbers.items()}
        regret, value = linear_games(
            b,
            rule,
            np.array(self.costs, dtype=np.float64)[:, None, None],
            self.T,
            np.array([[float(self.theta1)]]),
            box=self.box,
            factors=np.array(self.factors, dtype=np.float64)[:, None] if self.factors else None,
            **hyper,
        )
        return float(regret[0] / value[0]) if value[0] else float("nan")

    def enclosed(self, prec: int = 128) -> tuple[Interval, Interval]:
        """Return the regret and the bound, in interval arithmetic: what is proved about this game.

        Parameters
        ----------
        prec : int
            The bits that results keep.
        """
        xp, b = IntervalNamespace(prec), self.bound
        exact = {name: xp.interval(x) for name, x in self.hyper.items()}
        played: dict[str, Any] = dict(self.hyper)

        def factor(t: Any) -> Any:
            """Return beta1_t/beta1; t is an integer, or the interval of one."""
            if self.factors:
                return self.factors[int(xp.interval(t).lower) - 1]
            return exact["lam"] ** (t - 1) if "lam" in exact else 1

        if self.factors:
            played["beta1"] = Schedule(self.hyper["beta1"], lambda xp, t: factor(t))
        if b.schedule == "inverse_sqrt":
            played["alpha"] = inverse_sqrt(self.hyper["alpha"])
        rounds = enclose(
            self.rule,
            lambda xp, t, x: (self.costs[t - 1] * x, self.costs[t - 1]),
            self.theta1,
            self.T,
            comparator=Fraction(self.comparator),
            domain=self.box,
            prec=prec,
            **played,
        )
        last, side = rounds[-1], xp.interval(Fraction(self.box.upper) - Fraction(self.box.lower))
        beta1 = exact.get("beta1", xp.interval(0))
        schedule = inverse_sqrt(exact["alpha"])
        momentum_term = xp.interval(0)
        for r in rounds if self.hyper.get("beta1") else []:
            alpha = schedule(xp, r.t) if b.schedule == "inverse_sqrt" else exact["alpha"]
            momentum_term += beta1 * factor(r.t) * r.metric / alpha
        known = {
            **exact,
            "T": xp.interval(self.T),
            "d": 1,
            "D": side,
            "D_inf": side,
            "G_inf": last.G_inf,
            "G_2": last.G_inf,
            "metric_sum": last.metric,
            "momentum_term": momentum_term,
            "gradient_norm_sum": last.gradient_norm,
        }
        if "lam" in exact and not self.hyper["beta1"]:
            known["lam"] = xp.interval(0)
        names = _parameters_of(b.formula)
        return last.regret, b.formula(xp, **{k: x for k, x in known.items() if k in names})

    def reduced(self, keep: float | None = None) -> Attack:
        """Return the same attack in short, round numbers.

        Rounds are left out and numbers are rounded, one after the other, while the ratio stays
        above `keep`.

        Parameters
        ----------
        keep : float, optional
            By default 1 for a counterexample, else 99 per cent of the ratio.
        """
        ratio = self.ratio
        # A margin, so that the counterexample is none of rounding.
        keep = keep if keep is not None else 1 + 1e-6 if ratio > 1 + 1e-6 else 0.99 * ratio
        if not ratio >= keep:
            raise ValueError(f"the ratio is {ratio:.12g}, which is not {keep:.12g} or more")
        best = self
        for k in reversed(range(self.T)):
            fewer = replace(
                best,
                costs=best.costs[:k] + best.costs[k + 1 :],
                factors=best.factors[:k] + best.factors[k + 1 :],
            )
            if fewer.T and fewer.ratio >= keep:
                best = fewer
        places: list[tuple[str, Any]] = [("hyper", name) for name in sorted(best.hyper)]
        places += [("theta1", None), *(("costs", k) for k in range(best.T))]
        places += [("factors", k) for k in range(len(best.factors))]
        before = None
        while best != before:  # what became round later may allow earlier numbers to be rounder
            before = best
            for what, k in places:
                now = getattr(best, what)
                for x in _simpler(now if k is None else now[k]):
                    changed: dict[str, Any] = {what: x if k is None else _replaced(now, k, x)}
                    rounded = replace(best, **changed)
                    if rounded.ratio >= keep and (k != "lam" or x < 1):
                        best = rounded
                        break
        return best

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, for JSON; `from_dict` reads it."""
        return {
            "bound": self.bound.name,
            "rule": self.rule.name,
            "costs": [str(c) for c in self.costs],
            "theta1": str(self.theta1),
            "hyper": {name: str(x) for name, x in self.hyper.items()},
            "factors": [str(x) for x in self.factors],
            "box": [self.box.lower, self.box.upper],
            "searched": dict(self.searched),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], bound: Bound | None = None) -> Attack:
        """Return the attack that `as_dict` has written, on a bound of that name or a given one."""
        return cls(
            bound=bound or get_bound(data["bound"]),
            rule=rules.get_rule(data["rule"]),
            costs=tuple(map(Fraction, data["costs"])),
            theta1=Fraction(data["theta1"]),
            hyper={name: Fraction(x) for name, x in data["hyper"].items()},
            factors=tuple(map(Fraction, data["factors"])),
            box=Box(*data["box"]),
            searched=data["searched"],
        )


def _replaced(numbers: Any, k: Any, x: Fraction) -> Any:
    """A tuple, or a mapping, with another number at `k`."""
    if isinstance(numbers, tuple):
        return (*numbers[:k], x, *numbers[k + 1 :])
    return {**numbers, k: x}


#: Numbers that a reader has seen before.
_ROUND = tuple(
    sign * Fraction(x)
    for x in ("0", "1", "2", "10", "100", "1/2", "1/4", "3/4", "1/10", "9/10", "1/100", "99/100")
    for sign in ((1, -1) if x != "0" else (1,))
)


def _simpler(x: Fraction) -> list[Fraction]:
    """Round numbers, then those near `x`, the shortest first; `x` itself is the last."""
    if x in _ROUND[:3]:
        return [x]
    near = [x.limit_denominator(q) for q in (1, 2, 3, 4, 5, 6, 8, 10)]
    near += [Fraction(f"{float(x):.{k}g}") for k in range(1, 7)]
    if 0 < x < 1:  # such as 0.9997
        near += [1 - Fraction(f"{float(1 - x):.{k}g}") for k in range(1, 7)]
    known = [y for y in _ROUND if len(str(y)) <= len(str(x))]
    near = [y for y in near if len(str(y)) < len(str(x))]
    return [*known, *sorted(near, key=lambda y: (len(str(y)), abs(y - x))), x]


# --------------------------------------------------------------------------------------------------
# The search


def attack(
    bound: Bound | str,
    rule: Rule | str | None = None,
    horizon: int = 1,
    *,
    generations: int = 300,
    restarts: int = 4,
    population: int = 64,
    seed: int = 0,
    box: Box = _BOX,
    start: Attack | None = None,
    free_beta1: bool = False,
    **hyper: Any,
) -> Attack:
    r"""Search for the game of linear losses whose regret is largest over a bound.

    Costs :math:`c_t\in[-1,1]`, the first point and the hyper-parameters are free: differential
    evolution, from random populations that are played at once, and then steps in one variable at a
    time. The result is a lower bound of the largest ratio.

    Parameters
    ----------
    bound : Bound or str
        One of `adamlab.bounds`, by its name, or your own.
    rule : Rule or str, optional
        By default the first that the bound is about.
    horizon : int
        The number of rounds :math:`T`.
    generations, restarts, population : int
        What the search may cost: at most their product times `horizon` steps, and a little for the
        steps in one variable. The population is at least the number of variables, and 5.
    seed : int
    box : Box
        With numbers as bounds.
    start : Attack, optional
        Begin one more search at a game of fewer rounds (or as many), played after rounds without
        gradient; its ratio is a lower bound of the result's if those do not change it.
    free_beta1 : bool
        Whether :math:`\beta_{1,t}` may be any sequence in :math:`[0,\beta_1]`, for theorems that
        allow it.
    **hyper : float or pair of float
        Fixed values, or ranges; by default alpha in [0.01, 100] times the box's side, beta1 in
        [0, 0.99], beta2 in [0.0001, 0.9999], lam in [0.001, 0.999].

    Returns
    -------
    Attack
        With ``ratio``; ``reduced()`` makes its numbers short, ``enclosed()`` proves its value.

    Raises
    ------
    TypeError, ValueError
        If an argument is not allowed; the message names it.

    Examples
    --------
    >>> import adamlab as al
    >>> found = attack("amsgrad_printed", horizon=1, generations=30, restarts=1)
    >>> found.ratio > 1
    True
    """
    from scipy.optimize import differential_evolution

    search: Any = differential_evolution  # whose types do not know vectorized=True
    b = get_bound(bound) if isinstance(bound, str) else bound
    r = rule if isinstance(rule, Rule) else rules.get_rule(rule or next(iter(b.rules)))
    if r.name not in b.rules:
        raise ValueError(f"{b.name} is about {' or '.join(b.rules)}, not about {r.name}")
    for name, value in (("horizon", horizon), ("restarts", restarts), ("generations", generations)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be a positive integer, got {value!r}")
    if free_beta1 and ("beta1" not in r.defaults or "lam" in r.defaults):
        raise ValueError(f"free_beta1 needs a rule with a constant beta1, {r.name} has none")
    if not isinstance(box.lower, float) or not isinstance(box.upper, float):
        raise ValueError(f"box must have numbers as bounds, got {box}")
    space = _Space(b, r, horizon, box, free_beta1, hyper)

    best, highest = np.full(space.dimension, 0.5), float("-inf")
    rng = np.random.default_rng(seed)
    first = [] if start is None else [space.encoded(start)]
    for x0 in [*first, *[None] * restarts]:
        found = search(
            lambda z: -space.ratios(z),
            [(0, 1)] * space.dimension,
            strategy="currenttobest1bin",
            maxiter=generations,
            popsize=max(1, population // space.dimension),
            init="latinhypercube",
            x0=x0,
            tol=0,
            polish=False,
            vectorized=True,
            updating="deferred",
            rng=rng,
        )
        z, ratio = _climb(space.ratios, found.x)
        if ratio > highest:
            best, highest = z, ratio
    return space.decoded(best, {"seed": seed, "generations": generations, "restarts": restarts})


_RANGES = {"beta1": (0.0, 0.99), "beta2": (1e-4, 0.9999), "lam": (0.001, 0.999)}


class _Space:
    """Games as points of the unit cube: costs, the first point, factors, hyper-parameters."""

    def __init__(
        self,
        bound: Bound,
        rule: Rule,
        horizon: int,
        box: Box,
        free_beta1: bool,
        given: Mapping[str, Any],
    ):
        unknown = sorted(set(given) - set(rule.defaults))
        if unknown:
            raise TypeError(
                f"{rule.name} has no hyper-parameter {unknown[0]!r}; it has "
                + ", ".join(rule.defaults)
            )
        self.bound, self.rule, self.T, self.box = bound, rule, horizon, box
        side = box.diameter_inf(1)
        ranges = {**_RANGES, "alpha": (0.01 * side, 100 * side), "eps": 0.0, **given}
        self.fixed: dict[str, float] = {}
        self.ranges: dict[str, tuple[float, float]] = {}
        for name in rule.defaults:
            value = ranges[name]
            ends = np.asarray(value, dtype=np.float64)
            if ends.shape not in ((), (2,)) or not np.isfinite(ends).all():
                raise ValueError(f"{name} must be a number or a pair of numbers, got {value!r}")
            for end in ends.flat:
                rule(**{name: float(end)})  # says what is not allowed
            if ends.ndim == 0:
                self.fixed[name] = float(ends)
            elif ends[0] < ends[1]:
                self.ranges[name] = float(ends[0]), float(ends[1])
            else:
                raise ValueError(f"the range of {name} must ascend, got {value!r}")
        self.n_factors = horizon if free_beta1 else 0
        self.dimension = horizon + 1 + self.n_factors + len(self.ranges)

    def _split(self, z: Floats) -> tuple[Floats, Floats, Floats | None, dict[str, Any]]:
        T, n = self.T, self.n_factors
        costs, theta1, factors, rest = np.split(z, [T, T + 1, T + 1 + n])
        low, high = self.box.bounds(1)
        hyper: dict[str, Any] = {k: np.full(z.shape[1], x) for k, x in self.fixed.items()}
        for u, (name, ends) in zip(rest, self.ranges.items(), strict=True):
            to, back = _SCALES.get(name, _SCALES["lam"])
            a, c = map(to, ends)
            # Within the range whatever rounding does.
            hyper[name] = np.clip(back(a + (c - a) * u), *ends)
        theta1 = low + (high - low) * theta1[0]
        return 2 * costs - 1, theta1, factors if n else None, hyper

    def ratios(self, z: Floats) -> Floats:
        """The ratios of games; minus infinity where the theorem does not apply."""
        z = z.reshape(self.dimension, -1)
        costs, theta1, factors, hyper = self._split(z)
        with np.errstate(all="ignore"):
            regret, value = linear_games(
                self.bound,
                self.rule,
                costs[:, :, None],
                self.T,
                theta1[:, None],
                box=self.box,
                factors=factors,
                **hyper,
            )
            ratio = regret / value
        found = _in_range(self.bound, hyper) & np.isfinite(ratio) & (value > 0)
        return np.where(found, ratio, -np.inf)

    def decoded(self, z: Floats, searched: Mapping[str, Any]) -> Attack:
        costs, theta1, factors, hyper = self._split(z[:, None])
        return Attack(
            bound=self.bound,
            rule=self.rule,
            costs=tuple(map(Fraction, costs[:, 0].tolist())),
            theta1=Fraction(float(theta1[0])),
            hyper={name: Fraction(float(x[0])) for name, x in hyper.items()},
            factors=() if factors is None else tuple(map(Fraction, factors[:, 0].tolist())),
            box=self.box,
            searched=searched,
        )

    def encoded(self, game: Attack) -> Floats:
        """The point of a game, after rounds of cost 0 if it is shorter."""
        same = game.bound, game.rule, game.box, bool(game.factors)
        if same != (self.bound, self.rule, self.box, bool(self.n_factors)):
            raise ValueError("start must be an attack on the same bound, rule and box")
        if game.T > self.T:
            raise ValueError(f"start must have no more than {self.T} rounds, it has {game.T}")
        low, high = self.box.bounds(1)
        idle = [0.0] * (self.T - game.T)
        hyper = []
        for name, ends in self.ranges.items():
            to, _ = _SCALES.get(name, _SCALES["lam"])
            a, c = map(to, ends)
            hyper.append((to(np.clip(float(game.hyper[name]), *ends)) - a) / (c - a))
        costs = np.array([*idle, *map(float, game.costs)])
        theta1 = (float(game.theta1) - low) / (high - low)
        factors = [*idle, *map(float, game.factors)] if self.n_factors else []
        return np.clip(np.concatenate([(costs + 1) / 2, theta1, factors, hyper]), 0, 1)


#: The scales on which hyper-parameters are searched: there, and back.
_SCALES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "alpha": (np.log, np.exp),
    "beta2": (lambda x: np.log(x / (1 - x)), lambda y: 1 / (1 + np.exp(-y))),
    "lam": (lambda x: x, lambda y: y),
}


def _in_range(bound: Bound, hyper: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Whether the theorem is about these hyper-parameters."""
    if bound.gamma is None:
        return np.full(len(hyper["alpha"]), True)
    gamma: Any = bound.gamma(hyper["beta1"], hyper["beta2"])
    return np.asarray(gamma < 1)


def _climb(
    ratios: Callable[[Floats], Floats], z: Floats, step: float = 0.25, least: float = 1e-7
) -> tuple[Floats, float]:
    """Go up in one variable at a time; a step that helps nowhere is halved."""
    value = float(ratios(z)[0])
    moves = np.concatenate([np.eye(len(z)), -np.eye(len(z))])
    for _ in range(1000):
        candidates = np.clip(z + step * moves, 0, 1).T
        found = ratios(candidates)
        k = int(found.argmax())
        if found[k] > value * (1 + 1e-12):
            z, value = candidates[:, k], float(found[k])
        elif step > least:
            step /= 2
        else:
            break
    return z, value
