"""Section 4: the regret theorem, its corollary, and the games that refute them.

Most games here have periodic linear losses on [-1, 1]. Their gradients do not depend on the point
played, so that the states of a rule run into a cycle, and what happens in the long run is decided
by one number, the `drift`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adamlab.optimizers import Rule

__all__ = ["drift", "one_loud"]

_LATE = 1e300  # a round so late that bias corrections are 1 and decaying betas 0


def drift(rule: Rule, cycle: Sequence[Any], xp: Any = None, **hyper: Any) -> Any:
    r"""Return how far a rule goes down in a cycle of gradients, once its states have settled.

    With steps :math:`\alpha_t=\alpha/\sqrt t` the point moves by :math:`-\alpha_t S`, to first
    order, in a late cycle; this is :math:`S`. The settled states are found by feeding the rule one
    cycle from zero states, and one of zero gradients from unit states: each state must be an affine
    function of its predecessor, as moving averages are.

    Parameters
    ----------
    rule : Rule
        Its ``eps`` and other hyper-parameters are its defaults but for `hyper`; ``alpha`` is 1.
    cycle : sequence
        The gradients of a cycle.
    xp : namespace, optional
        Of the numbers; by default NumPy's, and `hyper` may be arrays that broadcast.
    **hyper
        Hyper-parameters.

    Raises
    ------
    ValueError
        If the states do not settle in this way (a maximum is no average; nor is a sum).

    Examples
    --------
    >>> import adamlab as al
    >>> round(float(drift(al.Adam, [3, -1, -1], beta1=0, beta2=0.1, eps=0)), 3)
    -0.682
    """
    values = {**rule.defaults, "alpha": 1, **hyper}
    floats = xp is None
    if floats:
        import numpy as np

        from adamlab.namespaces import namespace_of

        zero = sum(np.zeros_like(np.asarray(v, dtype=np.float64)) for v in values.values())
        xp, late = namespace_of(zero), _LATE
    else:
        zero, late = 0 * sum(values.values()), None

    def around(state: Sequence[Any], gradients: Sequence[Any]) -> tuple[Any, list[Any]]:
        moved = zero
        for g in gradients:
            theta, _, *state = rule.update(xp, late, zero, g + zero, *state, **values)
            moved = moved + theta
        return moved, list(state)

    empty = [zero for _ in rule.state]
    _, gained = around(empty, cycle)
    _, kept = around([zero + 1 for _ in rule.state], [0 * cycle[0]] * len(cycle))
    if floats and not all((a < 1).all() for a in kept):
        raise ValueError(f"{rule.name} has a state that does not forget")
    settled = [b / (1 - a) for a, b in zip(kept, gained, strict=True)]
    moved, again = around(settled, cycle)
    if floats and not all(map(np.allclose, again, settled)):
        raise ValueError(f"{rule.name} has a state that does not settle in a cycle")
    return -moved


def one_loud(loud: float, period: int, soft: float = -1.0) -> list[float]:
    """Return the gradients of a cycle: one loud, the others soft."""
    return [float(loud)] + [float(soft)] * (period - 1)
