r"""From a rule to Coq: its step as a function on the reals, and on Coq's machine floats.

The proofs in ``proofs/`` are about what is printed here, and the float version computes what NumPy
does, bit for bit. A printed step takes hyper-parameters, the round ``t`` (a natural number, from
1), theta, g and the state, and returns ``(theta, metric, state)``; what is used twice is named by a
``let``. ``xp.ratio`` becomes ``ratio``, which the head of the file defines.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adamlab.optimizers import Rule
from adamlab.trace import Graph, Node, TraceNamespace, topological

__all__ = ["FLOATS", "REALS", "float_step", "scalars", "step"]

#: The head of a file with steps on the reals.
REALS = """\
From Coq Require Import Reals.
Open Scope R_scope.

(** a / b with 0/0 := 0, as 0 times anything is 0. *)
Definition ratio (a b : R) : R := a / b.
"""

#: The head of a file with steps on floats.
FLOATS = """\
From Coq Require Import Bool PrimFloat.
Open Scope float_scope.

(** a / b with 0/0 := 0. *)
Definition ratio (a b : float) : float :=
  if (a =? 0) && (b =? 0) then a else a / b.
(** The maximum and the minimum of two numbers, where none is NaN. *)
Definition maximum (a b : float) : float := if a <? b then b else a.
Definition minimum (a b : float) : float := if b <? a then b else a.
"""

# How an operation is written, its level, and up to which level an operand needs no parentheses.
# The levels are Coq's: 50 sums, 40 products, 35 signs, 30 powers, 10 applications, 0 atoms.
_Syntax = Mapping[str, tuple[str, int, tuple[int, ...]]]
_SYNTAX: _Syntax = {
    "add": ("{} + {}", 50, (50, 49)),
    "sub": ("{} - {}", 50, (50, 49)),
    "mul": ("{} * {}", 40, (40, 39)),
    "div": ("{} / {}", 40, (40, 39)),
    "neg": ("- {}", 35, (30,)),
    "pow": ("{} ^ {}", 30, (29, 0)),
    "ratio": ("ratio {} {}", 10, (0, 0)),
    "sqrt": ("sqrt {}", 10, (0,)),
    "abs": ("Rabs {}", 10, (0,)),
    "maximum": ("Rmax {} {}", 10, (0, 0)),
    "minimum": ("Rmin {} {}", 10, (0, 0)),
}
_FLOAT_SYNTAX: _Syntax = {
    **_SYNTAX,
    "abs": ("abs {}", 10, (0,)),
    "maximum": ("maximum {} {}", 10, (0, 0)),
    "minimum": ("minimum {} {}", 10, (0, 0)),
}


def step(rule: Rule) -> str:
    """Return a rule's step as a Coq definition on the reals, under the rule's name.

    Raises
    ------
    ValueError
        If the rule is not real arithmetic with roots, absolute values, maxima, minima and natural
        powers; it says which of its operations is not.
    """
    return _print(rule, "R", _SYNTAX)


def float_step(rule: Rule) -> str:
    """Return a rule's step as a Coq definition on floats: the same operations in the same order.

    What NumPy takes from the C library are arguments ``c1``, ``c2``, ... here: the powers of
    hyper-parameters (or one minus them), and the round. `scalars` says which.
    """
    return _print(rule, "float", _FLOAT_SYNTAX)


def scalars(rule: Rule) -> list[Node]:
    """Return what stands for ``c1``, ``c2``, ... in `float_step`."""
    return _scalars(_trace(rule))


def _scalars(traced: _Step) -> list[Node]:
    found: dict[Node, None] = {}

    def search(node: Node) -> None:
        if _is_power(node) or _is_complement(node) or _is_round(node):
            found[node] = None
        else:
            for operand in _operands(node):
                search(operand)

    for root in traced.roots:
        search(root)
    return [*found]


def _is_round(node: Node) -> bool:
    return node.op == "input" and node.args[0] == "t"


def _is_power(node: Node) -> bool:
    return node.op == "pow"


def _is_complement(node: Node) -> bool:
    one = node.op == "sub" and node.args[0].op == "number" and node.args[0].args[0] == 1
    return one and _is_power(node.args[1])


# -------------------------------------------------------------------------------------------------
# Tracing


class _Namespace(TraceNamespace):
    def ratio(self, a: object, b: object) -> Node:
        # A choice would hide that this is a quotient of reals.
        return self._graph.make("ratio", a, b)


@dataclass(frozen=True)
class _Step:
    theta: Node
    metric: Node
    state: Mapping[str, Node]

    @property
    def roots(self) -> list[Node]:
        return [*self.state.values(), self.metric, self.theta]


def _trace(rule: Rule) -> _Step:
    graph = Graph()  # without hyper-parameters, so that 1 - beta**t stays what it is
    state = {name: graph.input(name) for name in rule.state}
    hyper = {name: graph.input(name) for name in rule.defaults}
    inputs = (graph.input(name) for name in ("t", "theta", "g"))
    outputs = rule.formula(_Namespace(graph), *inputs, *state.values(), **hyper)
    theta, metric, *new = (x if isinstance(x, Node) else graph.number(x) for x in outputs)
    return _Step(theta, metric, dict(zip(rule.state, new, strict=True)))


# -------------------------------------------------------------------------------------------------
# Printing


def _print(rule: Rule, real: str, syntax: _Syntax) -> str:
    traced = _trace(rule)
    held = {} if real == "R" else {n: f"c{k}" for k, n in enumerate(_scalars(traced), 1)}
    results = {f"{name}'": node for name, node in traced.state.items()}
    results |= {"metric": traced.metric, "theta'": traced.theta}
    printer = _Printer(rule.name, syntax, dict(held))

    order = [n for n in topological(traced.roots, held) if _operands(n) and n not in held]
    uses = Counter(operand for node in order for operand in _operands(node))
    wanted = {node: name for name, node in reversed(results.items())}
    numbered = (f"x{k}" for k in itertools.count(1))
    lets = []
    for node in order:
        if node in wanted or uses[node] > 1:
            name = wanted.get(node) or next(numbered)
            lets.append(f"  let {name} := {printer.text(node)} in")
            printer.names[node] = name

    state = _tuple([printer.text(node) for node in traced.state.values()])
    kind = " * ".join([real] * len(rule.state)) or "unit"
    arguments = [
        _argument([*rule.defaults], real),
        "(t : nat)" if real == "R" else _argument([*held.values()], real),
        _argument(["theta", "g"], real),
    ]
    if len(rule.state) == 1:
        arguments.append(_argument([*rule.state], real))
    else:
        arguments.append(f"(state : {kind})")
        kind = f"({kind})" if rule.state else kind
        lets[:0] = [f"  let '{_tuple(rule.state)} := state in"] if rule.state else []
    return "\n".join(
        [
            f"Definition {rule.name} {' '.join(filter(None, arguments))}",
            f"    : {real} * {real} * {kind} :=",
            *lets,
            f"  ({printer.text(traced.theta)}, {printer.text(traced.metric)}, {state}).",
        ]
    )


def _argument(names: Sequence[str], kind: str) -> str:
    return f"({' '.join(names)} : {kind})" if names else ""


def _tuple(parts: Sequence[str]) -> str:
    return f"({', '.join(parts)})" if len(parts) > 1 else (*parts, "tt")[0]


def _operands(node: Node) -> tuple[Node, ...]:
    return () if node.op in ("input", "number") else node.args


@dataclass
class _Printer:
    rule: str
    syntax: _Syntax
    names: dict[Node, str]

    def text(self, node: Node, level: int = 100) -> str:
        """The expression of a node, in parentheses if it binds more weakly than `level`."""
        text, own = self._expression(node)
        return text if own <= level else f"({text})"

    def _expression(self, node: Node) -> tuple[str, int]:
        if node in self.names:
            return self.names[node], 0
        if node.op == "input":
            return ("INR t", 10) if node.args[0] == "t" else (node.args[0], 0)
        if node.op == "number":
            return self._number(node.args[0])
        if node.op not in self.syntax:
            raise ValueError(
                f"{self.rule} cannot be printed for Coq: there is no {node.op!r} in it"
            )
        pattern, own, levels = self.syntax[node.op]
        if node.op == "pow":
            base, exponent = node.args
            return pattern.format(self.text(base, levels[0]), self._natural(exponent)), own
        return pattern.format(*map(self.text, node.args, levels)), own

    def _number(self, value: float) -> tuple[str, int]:
        top, bottom = value.as_integer_ratio()
        if bottom != 1:
            return f"{top} / {bottom}", 40
        return str(top), 0 if top >= 0 else 35

    def _natural(self, exponent: Node) -> str:
        """An exponent: the round, plus or minus a natural number, or one alone."""

        def whole(node: Node) -> bool:
            return node.op == "number" and node.args[0] >= 0 and node.args[0].is_integer()

        if _is_round(exponent):
            return "t"
        if whole(exponent):
            return f"{exponent.args[0]:.0f}"
        if exponent.op in ("add", "sub"):
            left, right = exponent.args
            if _is_round(left) and whole(right):
                return f"(t {'+' if exponent.op == 'add' else '-'} {right.args[0]:.0f})"
        raise ValueError(
            f"{self.rule} cannot be printed for Coq: the exponent {exponent!r} is no natural number"
        )
