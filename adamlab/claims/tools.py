"""What several claims need: a rule fed with gradients, and identities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from adamlab.optimizers import Rule, Schedule

__all__ = ["Fed", "feed", "identical"]


@dataclass(frozen=True)
class Fed:
    r"""A rule after a gradient: :math:`g_t`, :math:`\Delta_t=\theta_t-\theta_{t-1}`, the rest."""

    t: int
    g: Any
    theta: Any
    delta: Any
    metric: Any
    state: dict[str, Any]


def feed(
    rule: Rule, gradients: Iterable[Any], xp: Any = None, *, theta0: Any = 0, **hyper: Any
) -> list[Fed]:
    """Feed given gradients to a rule, in any numbers.

    Parameters
    ----------
    rule : Rule
    gradients : iterable
        Numbers of one kind: arrays or floats (then `xp` may be left out), intervals, Z3's reals,
        SymPy's expressions.
    xp : namespace, optional
        Theirs; by default NumPy's, and gradients become float64 arrays.
    theta0 : number
        The start.
    **hyper
        Hyper-parameters, or schedules, in numbers of the same kind.
    """
    if xp is None:
        import numpy as np

        from adamlab.namespaces import namespace_of

        gradients = [np.asarray(g, dtype=np.float64) for g in gradients]
        xp = namespace_of(gradients[0])
        theta0 = np.full_like(gradients[0], theta0)
    values = {**rule.defaults, **hyper}
    theta, fed = theta0, []
    state: list[Any] = [0 * theta0] * len(rule.state)
    for t, g in enumerate(gradients, start=1):
        now = {k: v(xp, t) if isinstance(v, Schedule) else v for k, v in values.items()}
        new, metric, *state = rule.update(xp, t, theta, g, *state, **now)
        after = dict(zip(rule.state, state, strict=True))
        fed.append(Fed(t, g, new, new - theta, metric, after))
        theta = new
    return fed


def identical(left: Any, right: Any = 0) -> bool:
    """Return whether SymPy simplifies the difference of two expressions to zero."""
    import sympy

    return bool(sympy.simplify(left - right) == 0)
