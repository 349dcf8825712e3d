r"""The scalar losses :math:`\ell(z, y)` of a prediction :math:`z` and a target :math:`y`.

Like a rule, each formula is written once, as a plain function of ``(xp, z, y)`` that works
elementwise on whatever numbers the namespace ``xp`` is made for. With it stand its first derivative
in :math:`z` (at a kink, one fixed subgradient) and its second.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from adamlab.trace import Graph, Node, TraceNamespace, derivative

__all__ = ["LOSSES", "Loss", "get_loss"]

Formula = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class Loss:
    r"""A convex scalar loss :math:`\ell(z, y)`.

    Attributes
    ----------
    name : str
        Its name in `LOSSES`.
    value, slope, curvature : callable
        Functions ``(xp, z, y)``, elementwise: :math:`\ell`,
        :math:`\partial\ell/\partial z` and :math:`\partial^2\ell/\partial z^2`.
    labels : {"real", "signs"}
        What a target may be: any number, or only -1 and +1.
    """

    name: str
    value: Formula = field(repr=False)
    slope: Formula = field(repr=False)
    curvature: Formula = field(repr=False)
    labels: Literal["real", "signs"] = "real"

    @functools.cached_property
    def graph(self) -> tuple[Node, Node]:
        """The value and its slope in ``z``, as graphs of the inputs ``z`` and ``y``."""
        graph = Graph()
        value = self.value(TraceNamespace(graph), graph.input("z"), graph.input("y"))
        return value, derivative(value, "z")


def squared(xp, z, y):
    r""":math:`\tfrac12 (z-y)^2`."""
    return (z - y) ** 2 / 2


def squared_slope(xp, z, y):
    r""":math:`z-y`."""
    return z - y


def squared_curvature(xp, z, y):
    r""":math:`1`."""
    return 0 * z + 1


def logistic(xp, z, y):
    r""":math:`\log(1+e^{-yz}) = \max(-yz, 0) + \log(1+e^{-|yz|})`, which cannot overflow."""
    return xp.maximum(-y * z, 0.0) + xp.log1p(xp.exp(-xp.abs(y * z)))


def logistic_slope(xp, z, y):
    r""":math:`-\frac{y}{1+e^{yz}} = -y\,\frac{e^{\min(-yz, 0)}}{1+e^{-|yz|}}`."""
    return -y * xp.exp(xp.minimum(-y * z, 0.0)) / (1 + xp.exp(-xp.abs(y * z)))


def logistic_curvature(xp, z, y):
    r""":math:`\frac{y^2 e^{-|yz|}}{(1+e^{-|yz|})^2}`."""
    e = xp.exp(-xp.abs(y * z))
    return y**2 * e / (1 + e) ** 2


def hinge(xp, z, y):
    r""":math:`\max(0, 1-yz)`."""
    return xp.where(y * z < 1, 1 - y * z, 0 * z)


def hinge_slope(xp, z, y):
    r""":math:`-y` where :math:`yz<1`, else :math:`0` (also at the kink)."""
    return xp.where(y * z < 1, -y, 0 * z)


def absolute(xp, z, y):
    r""":math:`|z-y|`."""
    return xp.abs(z - y)


def absolute_slope(xp, z, y):
    r""":math:`\operatorname{sign}(z-y)`, :math:`0` at the kink."""
    return xp.ratio(z - y, xp.abs(z - y))


def linear(xp, z, y):
    r""":math:`yz`."""
    return y * z


def linear_slope(xp, z, y):
    r""":math:`y`."""
    return 0 * z + y


def no_curvature(xp, z, y):
    r""":math:`0`: the loss is piecewise linear."""
    return 0 * z


#: All losses by name.
LOSSES = {
    loss.name: loss
    for loss in (
        Loss("squared", squared, squared_slope, squared_curvature),
        Loss("logistic", logistic, logistic_slope, logistic_curvature, labels="signs"),
        Loss("hinge", hinge, hinge_slope, no_curvature, labels="signs"),
        Loss("absolute", absolute, absolute_slope, no_curvature),
        Loss("linear", linear, linear_slope, no_curvature),
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
