"""A formula as a graph: what is computed, what it depends on, and its derivative.

A rule, a schedule or a loss is called with `Node` objects in place of numbers; they record what is
done to them. Equal expressions become one node (hash-consing), so that shared subexpressions are
found for free. `adamlab.emit` prints the graph as small functions, which engines compile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from adamlab.namespaces import FUNCTIONS
from adamlab.optimizers import Rule

__all__ = ["Graph", "Node", "TraceNamespace", "derivative", "evaluate", "topological", "trace_rule"]

#: What a node may be, beside an ``input`` and a ``number``. ``log`` and ``expm1`` come from
#: ``1 - beta**t``, ``sign`` from derivatives; everything else is written in formulas.
OPERATIONS = (
    *("add", "sub", "mul", "div", "pow", "neg"),
    *("abs", "exp", "expm1", "log", "log1p", "sqrt", "sign", "maximum", "minimum", "where"),
    *("lt", "le", "eq", "and", "or", "not"),
)


class Node:
    """A number that records. Made by `Graph.input` and by operations on other nodes.

    Attributes
    ----------
    graph : Graph
    op : str
        ``"input"``, ``"number"``, or one of `OPERATIONS`.
    args : tuple
        The nodes that it is computed from; of an input its name, of a number its value.
    needs : frozenset of str
        The names of the inputs that it depends on.
    """

    __slots__ = ("args", "graph", "needs", "op")
    __array_ufunc__ = None
    __hash__ = object.__hash__

    def __init__(self, graph: Graph, op: str, args: tuple[Any, ...], needs: frozenset[str]):
        self.graph, self.op, self.args, self.needs = graph, op, args, needs

    def __repr__(self) -> str:
        return f"{self.op}({', '.join(map(repr, self.args))})"

    def __bool__(self) -> bool:
        raise TypeError("a formula has no branches: use xp.where")

    def __add__(self, other: Any) -> Node:
        return self.graph.make("add", self, other)

    def __radd__(self, other: Any) -> Node:
        return self.graph.make("add", other, self)

    def __sub__(self, other: Any) -> Node:
        return self.graph.make("sub", self, other)

    def __rsub__(self, other: Any) -> Node:
        return self.graph.make("sub", other, self)

    def __mul__(self, other: Any) -> Node:
        return self.graph.make("mul", self, other)

    def __rmul__(self, other: Any) -> Node:
        return self.graph.make("mul", other, self)

    def __truediv__(self, other: Any) -> Node:
        return self.graph.make("div", self, other)

    def __rtruediv__(self, other: Any) -> Node:
        return self.graph.make("div", other, self)

    def __pow__(self, other: Any) -> Node:
        return self.graph.make("pow", self, other)

    def __rpow__(self, other: Any) -> Node:
        return self.graph.make("pow", other, self)

    def __neg__(self) -> Node:
        return self.graph.make("neg", self)

    def __pos__(self) -> Node:
        return self

    def __abs__(self) -> Node:
        return self.graph.make("abs", self)

    def __lt__(self, other: Any) -> Node:
        return self.graph.make("lt", self, other)

    def __le__(self, other: Any) -> Node:
        return self.graph.make("le", self, other)

    def __gt__(self, other: Any) -> Node:
        return self.graph.make("lt", other, self)

    def __ge__(self, other: Any) -> Node:
        return self.graph.make("le", other, self)

    def __eq__(self, other: Any) -> Node:  # type: ignore[override]
        return self.graph.make("eq", self, other)

    def __ne__(self, other: Any) -> Node:  # type: ignore[override]
        return self.graph.make("not", self.graph.make("eq", self, other))

    def __and__(self, other: Any) -> Node:
        return self.graph.make("and", self, other)

    def __or__(self, other: Any) -> Node:
        return self.graph.make("or", self, other)

    def __invert__(self) -> Node:
        return self.graph.make("not", self)


class Graph:
    """The nodes of one formula: of each operation on the same arguments there is one."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Node] = {}

    def input(self, name: str) -> Node:
        return self._node("input", (name,), (name,), frozenset((name,)))

    def number(self, value: Any) -> Node:
        """A constant; a Boolean is one too."""
        value = bool(value) if isinstance(value, (bool, np.bool_)) else float(value)
        return self._node("number", (repr(value),), (value,), frozenset())

    def _node(
        self, op: str, key: tuple[Any, ...], args: tuple[Any, ...], needs: frozenset[str]
    ) -> Node:
        if (op, *key) not in self._known:
            self._known[op, *key] = Node(self, op, args, needs)
        return self._known[op, *key]

    def make(self, op: str, *operands: Any) -> Node:
        """Return the node of an operation; on numbers alone it is carried out, in float64."""
        args = tuple(x if isinstance(x, Node) else self.number(x) for x in operands)
        if all(a.op == "number" for a in args):
            with np.errstate(all="ignore"):
                return self.number(_CARRY_OUT[op](*(a.args[0] for a in args)))
        if op == "pow" and args[1].op == "number" and args[1].args[0] in (1, 2, 3):
            return self._product(args[0], int(args[1].args[0]))
        if op == "sub" and args[0] is self.number(1) and args[1].op == "pow":
            base, exponent = args[1].args
            if "t" in exponent.needs and base.needs.isdisjoint(("t", "theta", "g")):
                # The project's prescription, see `adamlab.namespaces.Time`.
                return -self.make("expm1", exponent * self.make("log", base))
        return self._node(op, args, args, frozenset().union(*(a.needs for a in args)))

    @staticmethod
    def _product(x: Node, n: int) -> Node:
        # NumPy too squares by a product; its cube is correctly rounded, ours is within an ulp.
        return x if n == 1 else x * x if n == 2 else x * x * x


def _float64(function: Any) -> Callable[..., Any]:
    return lambda *args: function(*map(np.float64, args))


_CARRY_OUT: dict[str, Callable[..., Any]] = {
    "add": _float64(np.add),
    "sub": _float64(np.subtract),
    "mul": _float64(np.multiply),
    "div": _float64(np.divide),
    "pow": _float64(np.power),
    "neg": _float64(np.negative),
    "abs": _float64(np.abs),
    "exp": _float64(np.exp),
    "expm1": _float64(np.expm1),
    "log": _float64(np.log),
    "log1p": _float64(np.log1p),
    "sqrt": _float64(np.sqrt),
    "sign": _float64(np.sign),
    "maximum": _float64(np.maximum),
    "minimum": _float64(np.minimum),
    "where": lambda c, a, b: a if c else b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
}


class TraceNamespace:
    """The namespace ``xp`` whose functions make nodes."""

    def __init__(self, graph: Graph):
        self._graph = graph

    def __getattr__(self, name: str) -> Any:
        if name not in FUNCTIONS:
            raise AttributeError(name)
        return lambda *args: self._graph.make(name, *args)

    def ratio(self, a: Any, b: Any) -> Node:
        """``a / b`` with ``0/0 := 0``."""
        make = self._graph.make
        both_zero = make("and", make("eq", a, 0.0), make("eq", b, 0.0))
        return make("div", a, make("where", both_zero, 1.0, b))


class _Interval:
    """A domain of one coordinate, from ``lower`` to ``upper``."""

    def __init__(self, lower: Node, upper: Node):
        self.lower, self.upper = lower, upper

    def project(self, xp: Any, theta: Any) -> Any:
        return xp.minimum(xp.maximum(theta, self.lower), self.upper)


def trace_rule(rule: Rule, schedules: Mapping[str, Callable[[Any, Any], Any]]) -> dict[str, Node]:
    r"""Trace one update of a rule, with its projection.

    Its inputs are ``t``, ``theta``, ``g``, ``lower``, ``upper``, the names of the state, and the
    hyper-parameters; of one that is scheduled the scale.

    Parameters
    ----------
    rule : Rule
    schedules : mapping
        Of each scheduled hyper-parameter the factor, a formula ``(xp, t)``.

    Returns
    -------
    dict of Node
        ``theta``, ``metric``, the state under its names, and ``momentum_weight``, which is
        :math:`\beta_{1,t}/\alpha_t` (0 for a rule without one of them).
    """
    graph = Graph()
    xp = TraceNamespace(graph)
    t = graph.input("t")
    scales = {name: graph.input(name) for name in rule.defaults}
    factors = {name: factor(xp, t) for name, factor in schedules.items()}
    hyper = {name: scale * factors.get(name, 1.0) for name, scale in scales.items()}
    hyper.update({name: scale for name, scale in scales.items() if name not in factors})
    outputs = rule.update(
        xp,
        t,
        graph.input("theta"),
        graph.input("g"),
        *(graph.input(name) for name in rule.state),
        domain=_Interval(graph.input("lower"), graph.input("upper")),
        **hyper,
    )
    names = ("theta", "metric", *rule.state)
    traced = {
        name: value if isinstance(value, Node) else graph.number(value)
        for name, value in zip(names, outputs, strict=True)
    }
    if {"alpha", "beta1"} <= set(hyper):
        weight = hyper["beta1"]
        if "lam" in hyper:
            weight = weight * hyper["lam"] ** (t - 1)
        if "alpha" in factors:  # by its two factors, so that no run divides in every round
            weight = weight / factors["alpha"]
        weight = weight * (1 / scales["alpha"])
    else:
        weight = graph.number(0.0)
    return {**traced, "momentum_weight": weight}


def topological(roots: Sequence[Node]) -> Iterator[Node]:
    """Yield every node that the roots are computed from, arguments first."""
    seen: set[Node] = set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            if node.op not in ("input", "number"):
                stack.extend((arg, False) for arg in reversed(node.args))


def derivative(value: Node, by: str) -> Node:
    """Return the derivative by an input.

    At a kink it is a fixed subgradient: of ``abs``, ``maximum`` and ``minimum`` the mean of the two
    slopes, of ``where`` that of the branch that is taken.
    """
    graph = value.graph
    xp = TraceNamespace(graph)
    zero = graph.number(0.0)

    def chosen(a: Node, b: Node, da: Node, db: Node) -> Node:
        """The slope of the larger: da where b < a, db where a < b, else their mean."""
        return xp.where(b < a, da, xp.where(a < b, db, _sum(da, db) / 2))

    slopes: dict[Node, Node] = {}
    for node in topological([value]):
        if by not in node.needs:
            slopes[node] = zero
            continue
        if node.op == "input":
            slopes[node] = graph.number(1.0)
            continue
        x, y = (*node.args, zero)[:2]
        dx, dy = slopes[x], slopes.get(y, zero)
        match node.op:
            case "add" | "sub":
                slope = _sum(dx, dy if node.op == "add" else _product(graph.number(-1.0), dy))
            case "mul":
                slope = _sum(_product(dx, y), _product(x, dy))
            case "div":
                slope = _sum(dx, _product(graph.number(-1.0), _product(node, dy))) / y
            case "pow" if by not in y.needs:
                slope = _product(y * x ** (y - 1), dx)
            case "neg":
                slope = -dx
            case "abs":
                slope = _product(graph.make("sign", x), dx)
            case "exp":
                slope = _product(node, dx)
            case "log1p":
                slope = dx / (1 + x)
            case "sqrt":
                slope = dx / (2 * node)
            case "maximum":
                slope = chosen(x, y, dx, dy)
            case "minimum":
                slope = chosen(y, x, dx, dy)
            case "where":
                slope = xp.where(x, slopes[node.args[1]], slopes[node.args[2]])
            case "lt" | "le" | "eq" | "and" | "or" | "not":
                slope = zero  # of a condition; no derivative asks for it
            case _:
                raise NotImplementedError(f"the derivative of {node.op} by {by} is not known")
        slopes[node] = slope
    return slopes[value]


def _is(node: Node, value: float) -> bool:
    return node.op == "number" and node.args[0] == value


def _product(a: Node, b: Node) -> Node:
    """The product, without factors 0 and 1 that only the chain rule put there."""
    if _is(a, 0) or _is(b, 1):
        return a
    return b if _is(b, 0) or _is(a, 1) else -b if _is(a, -1) else -a if _is(b, -1) else a * b


def _sum(a: Node, b: Node) -> Node:
    if _is(a, 0) or _is(b, 0):
        return b if _is(a, 0) else a
    return a + b


def evaluate(outputs: Sequence[Node], xp: Any, values: Mapping[str, Any]) -> list[Any]:
    """Evaluate nodes with the functions of a namespace, on any numbers that it is made for.

    ``expm1`` and ``log``, which no namespace has, belong to rules; only what losses and their
    derivatives consist of can be evaluated.
    """
    known: dict[Node, Any] = {}
    for node in topological(outputs):
        if node.op == "input":
            known[node] = values[node.args[0]]
        elif node.op == "number":
            known[node] = node.args[0]
        else:
            known[node] = _EVALUATE[node.op](xp, *(known[a] for a in node.args))
    return [known[node] for node in outputs]


_EVALUATE: dict[str, Callable[..., Any]] = {
    "add": lambda xp, a, b: a + b,
    "sub": lambda xp, a, b: a - b,
    "mul": lambda xp, a, b: a * b,
    "div": lambda xp, a, b: a / b,
    "pow": lambda xp, a, b: a**b,
    "neg": lambda xp, a: -a,
    "sign": lambda xp, a: xp.ratio(a, xp.abs(a)),
    "lt": lambda xp, a, b: a < b,
    "le": lambda xp, a, b: a <= b,
    "eq": lambda xp, a, b: a == b,
    "and": lambda xp, a, b: a & b,
    "or": lambda xp, a, b: a | b,
    "not": lambda xp, a: ~a,
    **{
        name: lambda xp, *args, _name=name: getattr(xp, _name)(*args)
        for name in ("abs", "exp", "log1p", "sqrt", "maximum", "minimum", "where")
    },
}
