"""Rules on the reals of Z3: statements about all gradients, decided instead of sampled.

With the namespace of this module a rule becomes polynomial equations in real variables. Z3 then
says that a set of conditions has no solution, which proves its negation, or gives one, which is a
counterexample.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

__all__ = ["SMTNamespace", "UndecidedError", "impossible", "solution"]


class UndecidedError(RuntimeError):
    """Z3 gave up on a question."""


class SMTNamespace:
    """The namespace for Z3's reals; 0/0 := 0 in ``ratio``.

    A root is a new nonnegative variable whose square is given, so that what uses it must also use
    the list `conditions`. A division by zero is left open by Z3: require denominators to differ
    from 0. There is no ``exp`` and no ``log1p``: the reals without them are decidable.

    Attributes
    ----------
    conditions : list
        What defines the roots that were taken.
    """

    def __init__(self) -> None:
        self.conditions: list[Any] = []

    def abs(self, x: Any) -> Any:
        return self.maximum(x, -x)

    def maximum(self, a: Any, b: Any) -> Any:
        return self.where(a >= b, a, b)

    def minimum(self, a: Any, b: Any) -> Any:
        return self.where(a <= b, a, b)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        import z3

        return z3.If(condition, a, b)

    def ratio(self, a: Any, b: Any) -> Any:
        import z3

        return self.where(z3.And(a == 0, b == 0), z3.RealVal(0), a / b)

    def sqrt(self, x: Any) -> Any:
        import z3

        root = z3.FreshReal("root")
        self.conditions += [root >= 0, root * root == x]
        return root


def impossible(*conditions: Any, effort: int = 50_000_000) -> bool:
    """Return whether Z3 proves that no real numbers satisfy all conditions.

    Parameters
    ----------
    *conditions
        Z3's Boolean expressions.
    effort : int
        Where to give up, in Z3's own unit (a second is about a million): neither what was asked
        before nor how busy the machine is changes an answer.

    Raises
    ------
    UndecidedError
        If Z3 finds neither a proof nor a solution with this effort.
    """
    return _answer(conditions, effort) is None


def solution(*conditions: Any, effort: int = 50_000_000) -> dict[str, Fraction] | None:
    """Return rational numbers, by name, that satisfy all conditions; None if there is no solution.

    Irrational values, such as roots, are left out: evaluate the rule with the others to check.

    Raises
    ------
    UndecidedError
        As for `impossible`.
    """
    import z3

    model = _answer(conditions, effort)
    if model is None:
        return None
    values = {str(variable): model[variable] for variable in model}
    return {
        name: Fraction(value.numerator_as_long(), value.denominator_as_long())
        for name, value in values.items()
        if z3.is_rational_value(value)
    }


def _answer(conditions: tuple[Any, ...], effort: int) -> Any:
    import z3

    context = z3.Context()  # a fresh one: the order of older variables would steer the search
    solver = z3.Solver(ctx=context)
    solver.set("rlimit", effort)
    solver.add(*(condition.translate(context) for condition in conditions))
    answer = solver.check()
    if answer == z3.unknown:
        raise UndecidedError(f"Z3 did not decide with effort {effort}: {solver.reason_unknown()}")
    return solver.model() if answer == z3.sat else None
