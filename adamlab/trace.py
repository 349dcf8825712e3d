"""A formula as a graph: what is computed, what it depends on, and its derivative.

A rule, a schedule or a loss is called with `Node` objects in place of numbers; they record what is
done to them. Equal expressions become one node (hash-consing), so that shared subexpressions are
found for free. `adamlab.emit` prints the graph as small functions, which engines compile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from adamlab.namespaces import FUNCTIONS
from adamlab.optimizers import Rule, check_formula

__all__ = ["Graph", "Node", "TraceNamespace", "derivative", "topological", "trace_rule"]

#: The operations whose result is true or false.
CONDITIONS = ("lt", "le", "eq", "and", "or", "not")
#: What a node may be, beside an ``input`` and a ``number``. ``log`` and ``expm1`` come from
#: ``1 - beta**t``, ``sign`` from derivatives; everything else is written in formulas.
OPERATIONS = (
    *("add", "sub", "mul", "div", "pow", "neg"),
    *("abs", "exp", "expm1", "log", "log1p", "sqrt", "sign", "maximum", "minimum", "where"),
    *CONDITIONS,
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
    """The nodes of one formula: of each operation on the same arguments there is one.

    Parameters
    ----------
    hyper : collection of str
        Which inputs are hyper-parameters.
    nonnegative : collection of str
        Which of them cannot be negative.
    """

    def __init__(self, hyper: Collection[str] = (), nonnegative: Collection[str] = ()) -> None:
        self._hyper, self._nonnegative = frozenset(hyper), frozenset(nonnegative)
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
        if op == "where":
            if args[0].op == "number":
                return args[1] if args[0].args[0] else args[2]
            if args[1] is args[2]:
                return args[1]
        if op == "sub" and args[0] is self.number(1) and args[1].op == "pow":
            base, exponent = args[1].args
            scalars = self._hyper | {"t"}
            if base.needs <= self._hyper and "t" in exponent.needs and exponent.needs <= scalars:
                return self._one_minus(base, exponent)
        return self._operation(op, args)

    def _operation(self, op: str, args: tuple[Node, ...]) -> Node:
        return self._node(op, args, args, frozenset().union(*(a.needs for a in args)))

    def _one_minus(self, base: Node, exponent: Node) -> Node:
        """``1 - base**exponent`` by the project's prescription, see `adamlab.namespaces.Time`."""
        t = self.input("t")
        shift = exponent.args[1] if exponent.op == "add" and exponent.args[0] is t else None
        late = exponent is t or (shift is not None and shift.op == "number" and shift.args[0] >= 0)
        if late and base.op == "input" and base.args[0] in self._nonnegative:
            # Right for a base of 0 too, whose logarithm is -inf.
            return -self.make("expm1", exponent * self.make("log", base))
        # Of other bases it is not known that they have a logarithm.
        positive = base > 0
        logarithm = self.make("log", self.make("where", positive, base, 1.0))
        return self.make(
            "where",
            positive,
            -self.make("expm1", exponent * logarithm),
            self._operation("sub", (self.number(1), base**exponent)),
        )

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
        # The choice comes last: it is known before the division ends.
        return make("where", both_zero, a, make("div", a, b))


class _Interval:
    """A domain of one coordinate, from ``lower`` to ``upper``."""

    def __init__(self, lower: Node, upper: Node):
        self.lower, self.upper = lower, upper

    def project(self, xp: Any, theta: Any) -> Any:
        # Unlike a maximum, a choice need not ask for NaN in the bounds: it is one instruction.
        theta = xp.where(theta < self.lower, self.lower, theta)
        return xp.where(self.upper < theta, self.upper, theta)


def trace_rule(
    rule: Rule, schedules: Mapping[str, Callable[[Any, Any], Any]]
) -> tuple[list[Node], Node]:
    r"""Trace one update of a rule, with its projection.

    Its inputs are ``t``, ``theta``, ``g``, ``lower``, ``upper``, and the state and the
    hyper-parameters with an underscore behind their names (``beta1_``); of a hyper-parameter that
    is scheduled the scale.

    Parameters
    ----------
    rule : Rule
    schedules : mapping
        Of each scheduled hyper-parameter the factor, a formula ``(xp, t)``.

    Returns
    -------
    list of Node
        :math:`\theta`, the metric, and the state.
    Node
        The momentum weight :math:`\beta_{1,t}/\alpha_t` (0 for a rule without one of them).
    """
    for factor in schedules.values():
        check_formula(factor)  # a dictionary would take a node, and not find it
    graph = Graph(
        hyper={f"{name}_" for name in rule.defaults},
        nonnegative={f"{name}_" for name in rule.defaults if _refuses_negative(rule, name)},
    )
    xp = TraceNamespace(graph)
    t = graph.input("t")
    scales = {name: graph.input(f"{name}_") for name in rule.defaults}
    factors = {name: factor(xp, t) for name, factor in schedules.items()}
    hyper = {
        name: scale * factors[name] if name in factors else scale for name, scale in scales.items()
    }
    outputs = rule.update(
        xp,
        t,
        graph.input("theta"),
        graph.input("g"),
        *(graph.input(f"{name}_") for name in rule.state),
        domain=_Interval(graph.input("lower"), graph.input("upper")),
        **hyper,
    )
    traced = [value if isinstance(value, Node) else graph.number(value) for value in outputs]
    if not {"alpha", "beta1"} <= set(hyper):
        return traced, graph.number(0.0)
    weight = hyper["beta1"]
    if "lam" in hyper:
        weight = weight * hyper["lam"] ** (t - 1)
    if "alpha" in factors:  # by its two factors, so that no run divides in every round
        weight = xp.where(weight == 0, 0.0, weight / factors["alpha"])  # which may reach 0
    return traced, weight * (1 / scales["alpha"])


def _refuses_negative(rule: Rule, name: str) -> bool:
    """Whether a hyper-parameter's range, an interval, begins at 0 or above."""
    try:
        rule(**{name: -np.finfo(np.float64).smallest_subnormal})
    except ValueError:
        return True
    return False


def topological(roots: Sequence[Node], known: Collection[Node] = ()) -> Iterator[Node]:
    """Yield every node that the roots are computed from, arguments first.

    Those that are known are yielded, but nothing that only they are computed from.
    """
    seen: set[Node] = set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            if node.op not in ("input", "number") and node not in known:
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
        mean = _product(graph.number(0.5), _sum(da, db))
        return xp.where(b < a, da, xp.where(a < b, db, mean))

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
            case "add":
                slope = _sum(dx, dy)
            case "sub":
                slope = _sum(dx, _negative(dy))
            case "mul":
                slope = _sum(_product(dx, y), _product(dy, x))
            case "div":
                slope = _quotient(_sum(dx, _negative(_product(node, dy))), y)
            case "pow" if by not in y.needs:
                slope = _product(y * x ** (y - 1), dx)
            case "neg":
                slope = _negative(dx)
            case "abs":
                slope = _product(graph.make("sign", x), dx)
            case "exp":
                slope = _product(node, dx)
            case "log1p":
                slope = _quotient(dx, 1 + x)
            case "sqrt":
                slope = _quotient(dx, 2 * node)
            case "maximum":
                slope = chosen(x, y, dx, dy)
            case "minimum":
                slope = chosen(y, x, dx, dy)
            case "where":
                slope = xp.where(x, slopes[node.args[1]], slopes[node.args[2]])
            case "sign":
                slope = zero
            case _ if node.op in CONDITIONS:
                slope = zero  # no derivative asks for it
            case _:
                raise NotImplementedError(f"the derivative of {node.op} by {by} is not known")
        slopes[node] = slope
    return slopes[value]


# The chain rule's sums and products, without the numbers that only it puts there.


def _is(node: Node, value: float) -> bool:
    return node.op == "number" and node.args[0] == value


def _sum(a: Node, b: Node) -> Node:
    if _is(a, 0) or _is(b, 0):
        return b if _is(a, 0) else a
    return _product(a.graph.number(2.0), a) if a is b else a + b


def _negative(a: Node) -> Node:
    return a if _is(a, 0) else -a


def _product(a: Node, b: Node) -> Node:
    if b.op == "number":
        a, b = b, a
    if _is(a, 0) or _is(a, 1):
        return a if _is(a, 0) else b
    if _is(a, -1):
        return -b
    if a.op == "number" and b.op == "mul" and b.args[0].op == "number":
        return _product(a * b.args[0], b.args[1])
    return a * b


def _quotient(a: Node, b: Node) -> Node:
    if _is(a, 0):
        return a
    return _product(1 / b, a) if b.op == "number" else a / b
