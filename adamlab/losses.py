r"""The scalar losses :math:`\ell(z, y)` of a prediction :math:`z` and a target :math:`y`.

Like a rule, each formula is written once, as a plain function of ``(xp, z, y)`` that works
elementwise on whatever numbers the namespace ``xp`` is made for. Its derivatives in :math:`z` come
from its graph (`adamlab.trace.derivative`): at a kink, one fixed subgradient.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from adamlab.emit import array_function
from adamlab.trace import Graph, Node, TraceNamespace, derivative, topological

__all__ = ["LOSSES", "Loss", "get_loss"]

Formula = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class Loss:
    r"""A scalar loss :math:`\ell(z, y)`.

    Attributes
    ----------
    name : str
    value : callable
        :math:`\ell`, a function ``(xp, z, y)``, elementwise.
    labels : {"real", "signs"}
        What a target may be: any number, or only -1 and +1.
    """

    name: str
    value: Formula = field(repr=False)
    labels: Literal["real", "signs"] = "real"

    def __reduce__(self) -> tuple[Any, ...]:
        return Loss, (self.name, self.value, self.labels)  # functions that are made are not pickled

    @functools.cached_property
    def graph(self) -> tuple[Node, Node, Node]:
        """The value, its slope and its curvature, as graphs of the inputs ``z`` and ``y``."""
        graph = Graph()
        value = self.value(TraceNamespace(graph), graph.input("z"), graph.input("y"))
        slope = derivative(value, "z")
        return value, slope, derivative(slope, "z")

    @functools.cached_property
    def slope(self) -> Formula:
        r""":math:`\partial\ell/\partial z`, a function as `value`."""
        return array_function(_like_z(self.graph[1]), ("z", "y"))

    @functools.cached_property
    def curvature(self) -> Formula:
        r""":math:`\partial^2\ell/\partial z^2`, a function as `value`."""
        return array_function(_like_z(self.graph[2]), ("z", "y"))


def _like_z(result: Node) -> Node:
    """What does not depend on z, or chooses between such, gets its shape, dtype and NaNs."""
    make, z = result.graph.make, result.graph.input("z")
    new: dict[Node, Node] = {}
    depends = {z}  # with NaN where z is NaN
    for node in topological([result]):
        if node.op in ("input", "number"):
            new[node] = node
            continue
        args = [new[a] for a in node.args]
        values = args[1:] if node.op == "where" else args
        if node.op == "where" and not any("z" in a.needs for a in values):
            args[2] = make("where", args[0], z, args[2])  # arrays choose between arrays
        new[node] = make(node.op, *args)
        if (all if node.op == "where" else any)(a in depends for a in values):
            depends.add(new[node])
    found = new[result]
    return found if found in depends else make("where", make("eq", z, z), found, z)


def squared(xp, z, y):
    r""":math:`\tfrac12 (z-y)^2`."""
    return (z - y) ** 2 / 2


def logistic(xp, z, y):
    r""":math:`\log(1+e^{-yz}) = \max(-yz, 0) + \log(1+e^{-|yz|})`, which cannot overflow."""
    # Maximum and modulus by `where`: they have kinks, and with them the loss would have one.
    margin = y * z
    wrong = margin < 0
    return xp.where(wrong, -margin, 0.0) + xp.log1p(xp.exp(xp.where(wrong, margin, -margin)))


def hinge(xp, z, y):
    r""":math:`\max(0, 1-yz)`, with the slope 0 at the kink."""
    margin = y * z
    return xp.where(margin >= 1, 0.0, 1 - margin)


def absolute(xp, z, y):
    r""":math:`|z-y|`."""
    return xp.abs(z - y)


def linear(xp, z, y):
    r""":math:`yz`."""
    return y * z


#: All losses by name.
LOSSES = {
    loss.name: loss
    for loss in (
        Loss("squared", squared),
        Loss("logistic", logistic, labels="signs"),
        Loss("hinge", hinge, labels="signs"),
        Loss("absolute", absolute),
        Loss("linear", linear),
    )
}


def get_loss(name: str) -> Loss:
    """Return the loss of that name.

    Raises
    ------
    ValueError
        If there is none; the message lists the names there are.
    """
    try:
        return LOSSES[name]
    except (KeyError, TypeError):
        raise ValueError(f"unknown loss {name!r}; known are {', '.join(LOSSES)}") from None
