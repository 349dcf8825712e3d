"""From a graph to small functions in Python, for numba, and in CUDA C.

Only small functions are printed, straight lines without loops; the loops around them are written by
hand (`adamlab.engines`). A rule's update is printed in *stages*, so that nothing is computed more
often than it must be:

==================  ===============================================================================
``fixed_stage``     what depends on no more than hyper-parameters that all runs share
``round_stage``     on the round ``t`` too
``run_stage``       on hyper-parameters that vary between runs, but not on ``t``
``run_round_stage`` on both
``update``          on the coordinate: :math:`\\theta`, the gradient, the state
==================  ===============================================================================

All stages but the last compute in float64, whatever the run's dtype; what they hand to ``update``
is rounded to it. A division by what an earlier stage knows becomes a product with its reciprocal
(which is infinite in float32 for a divisor below 3e-39; no rule of ours has one).

The functions call others, for which engines provide: ``sqrt``, ``exp``, ``expm1``, ``log``,
``log1p``, ``power``, ``absolute``, ``sign``, ``maximum`` and ``minimum`` (NaN if one is), and in
Python ``where``, ``real`` (the dtype of ``update``), ``inf`` and ``nan``.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adamlab.optimizers import Rule
from adamlab.trace import CONDITIONS, Node, topological, trace_rule

__all__ = ["STAGES", "Program", "array_function", "loss_functions", "program"]

#: The stages before ``update``, in order.
STAGES = ("fixed", "round", "run", "run_round")


@dataclass(frozen=True)
class Program:
    """A rule's update as functions.

    Attributes
    ----------
    fixed_hyper, run_hyper : tuple of str
        The hyper-parameters that the fixed stage and the run stage take, in this order.
    state : tuple of str
    sizes : mapping
        How many numbers each stage hands on; of ``run_round`` the last is the momentum weight.
    python, cuda : str
        The source of the functions.
    """

    fixed_hyper: tuple[str, ...]
    run_hyper: tuple[str, ...]
    state: tuple[str, ...]
    sizes: Mapping[str, int]
    python: str
    cuda: str


def program(
    rule: Rule,
    schedules: Mapping[str, Callable[[Any, Any], Any]],
    varied: Sequence[str],
) -> Program:
    """Return a rule's update as functions.

    Parameters
    ----------
    rule : Rule
    schedules : mapping
        Factors of the scheduled hyper-parameters, as of `adamlab.trace.trace_rule`.
    varied : sequence of str
        The hyper-parameters that may differ between the runs of a batch.
    """
    return _program(rule, tuple(schedules.items()), tuple(varied))


@functools.lru_cache(maxsize=256)
def _program(
    rule: Rule, schedules: tuple[tuple[str, Callable[..., Any]], ...], varied: tuple[str, ...]
) -> Program:
    traced, weight = trace_rule(rule, dict(schedules))
    run_hyper = tuple(name for name in rule.defaults if name in varied)
    fixed_hyper = tuple(name for name in rule.defaults if name not in varied)

    def own(names: Sequence[str]) -> list[str]:
        return [f"{name}_" for name in names]  # the inputs, see `trace_rule`

    available = {"fixed": {*own(fixed_hyper)}}
    available["round"] = available["fixed"] | {"t"}
    available["run"] = available["fixed"] | {*own(run_hyper)}
    available["run_round"] = available["round"] | available["run"]

    def stage_of(node: Node) -> str:
        return next((s for s in STAGES if node.needs <= available[s]), "update")

    order = (*STAGES, "update")
    outputs = _with_reciprocals([*traced, weight], lambda n: order.index(stage_of(n)))
    *updated, weight = outputs

    # What each stage hands on: the nodes of it that a later one uses, or that are results.
    handed: dict[str, dict[Node, None]] = {stage: {} for stage in (*STAGES, "update")}
    for node in topological(outputs):
        for arg in node.args if node.op not in ("input", "number") else ():
            if arg.op != "number" and stage_of(arg) != stage_of(node):
                handed[stage_of(arg)][arg] = None
    for node in outputs:
        if node.op != "number":
            handed[stage_of(node)][node] = None
    handed["run_round"].pop(weight, None)
    exports = {stage: [*handed[stage]] for stage in STAGES}
    exports["run_round"].append(weight)

    stages = [
        _Function("fixed_stage", {}, {"hyper": own(fixed_hyper)}, exports["fixed"]),
        _Function("round_stage", {"fixed": exports["fixed"]}, {"t": None}, exports["round"]),
        _Function(
            "run_stage", {"fixed": exports["fixed"]}, {"hyper": own(run_hyper)}, exports["run"]
        ),
        _Function(
            "run_round_stage",
            {s: exports[s] for s in ("fixed", "round", "run")},
            {},
            exports["run_round"],
        ),
    ]
    last = _Function(
        "update",
        exports,
        {"theta": None, "g": None, "lower": None, "upper": None, "state": own(rule.state)},
        updated,
        real=True,
    )
    sizes = {stage: len(exports[stage]) for stage in STAGES}
    return Program(
        fixed_hyper=fixed_hyper,
        run_hyper=run_hyper,
        state=rule.state,
        sizes=sizes,
        python="\n\n".join([*(f.python() for f in stages), last.python()]),
        cuda="\n\n".join(
            [
                *(
                    f"constexpr int N_{name.upper()} = {n};"
                    for name, n in (
                        *sizes.items(),
                        ("state", len(rule.state)),
                        ("fixed_hyper", len(fixed_hyper)),
                        ("run_hyper", len(run_hyper)),
                    )
                ),
                *(f.cuda() for f in stages),
                last.cuda(),
            ]
        ),
    )


@functools.lru_cache(maxsize=64)
def loss_functions(loss: Any) -> tuple[str, str]:
    """Return ``loss(z, y) -> (value, slope)`` of a `Loss`, in Python and in CUDA C."""
    value, slope, _ = loss.graph
    function = _Function("loss", {}, {"z": None, "y": None}, [value, slope])
    return function.python(), function.cuda()


def array_function(result: Node, inputs: Sequence[str]) -> Callable[..., Any]:
    """Return a function ``(xp, *inputs)`` that computes a node on arrays, or on what `xp` is for.

    No namespace has ``expm1`` and ``log``, which only rules consist of.
    """
    function = _Function("function", {}, dict.fromkeys(["xp", *inputs]), [result])
    scope: dict[str, Any] = {"inf": math.inf, "nan": math.nan}
    exec(function.python(_ARRAYS), scope)
    return lambda *args: scope["function"](*args)[0]


# -------------------------------------------------------------------------------------------------
# The graph, made cheaper


def _with_reciprocals(outputs: Sequence[Node], stage: Callable[[Node], int]) -> list[Node]:
    """Replace ``x / s`` by ``x * (1 / s)`` where an earlier stage knows `s`."""
    new: dict[Node, Node] = {}
    for node in topological(outputs):
        if node.op in ("input", "number"):
            new[node] = node
            continue
        args = [new[a] for a in node.args]
        if node.op == "div" and stage(node.args[1]) < stage(node):
            new[node] = args[0] * node.graph.make("div", 1.0, args[1])
        else:
            new[node] = node.graph.make(node.op, *args)
    return [new[node] for node in outputs]


# -------------------------------------------------------------------------------------------------
# Printing


@dataclass
class _Function:
    """One function to be printed.

    `earlier` are the results of earlier stages, by the argument that holds them; `own` are the
    inputs, single (None) or several in one argument.
    """

    name: str
    earlier: Mapping[str, Sequence[Node]]
    own: Mapping[str, Sequence[str] | None]
    results: Sequence[Node]
    real: bool = False

    def _lines(self, literal: Callable[[Any], str], syntax: Mapping[str, str]) -> _Lines:
        held = {
            node: f"{s}_{k}" for s, nodes in self.earlier.items() for k, node in enumerate(nodes)
        }
        names: dict[Node, str] = {}
        used: set[str] = set()
        lines: list[tuple[str, str, bool]] = []
        for node in topological(self.results, held):
            condition = node.op in CONDITIONS
            if node in held:
                used.add(held[node])
                # Between stages a condition is a number.
                names[node] = f"({held[node]} != 0)" if condition else held[node]
            elif node.op == "input":
                names[node] = _identifier(node.args[0])
                used.add(names[node])
            elif node.op == "number":
                names[node] = literal(node.args[0])
            else:
                names[node] = f"x{len(lines)}"
                text = syntax[node.op].format(*(names[a] for a in node.args))
                lines.append((names[node], text, condition))
        results = [
            syntax["where"].format(names[node], literal(1.0), literal(0.0))
            if node.op in CONDITIONS
            else names[node]
            for node in self.results
        ]
        return _Lines(lines, results, used)

    def python(self, syntax: Mapping[str, str] | None = None) -> str:
        def literal(value: Any) -> str:
            if isinstance(value, bool):
                return str(value)
            text = "nan" if value != value else repr(value)
            return f"real({text})" if self.real else text

        printed = self._lines(literal, syntax or _PYTHON)
        body = []
        for argument, inputs in self.own.items():
            if inputs:
                body.append(f"({', '.join(map(_identifier, inputs))},) = {argument}")
        for stage, nodes in self.earlier.items():
            names = [f"{stage}_{k}" for k in range(len(nodes))]
            if not printed.used.isdisjoint(names):
                targets = (name if name in printed.used else "_" for name in names)
                body.append(f"({', '.join(targets)},) = {stage}")
        body += [f"{name} = {text}" for name, text, _ in printed.lines]
        body.append(f"return ({''.join(f'{result}, ' for result in printed.results).rstrip()})")
        arguments = ", ".join([*self.own, *self.earlier])
        return f"def {self.name}({arguments}):\n    " + "\n    ".join(body)

    def cuda(self) -> str:
        kind = "real" if self.real else "double"

        def literal(value: Any) -> str:
            if isinstance(value, bool):
                return str(value).lower()
            text = repr(value) if math.isfinite(value) else None
            text = text or ("NAN" if value != value else "INFINITY" if value > 0 else "-INFINITY")
            return f"{kind}({text})"

        printed = self._lines(literal, _CUDA)
        body = []
        for argument, inputs in self.own.items():
            for k, name in enumerate(map(_identifier, inputs or ())):
                if name in printed.used:
                    body.append(f"const {kind} {name} = {argument}[{k}];")
        for stage, nodes in self.earlier.items():
            for k in range(len(nodes)):
                if f"{stage}_{k}" in printed.used:
                    body.append(f"const {kind} {stage}_{k} = {stage}[{k}];")
        for name, text, condition in printed.lines:
            body.append(f"const {'bool' if condition else kind} {name} = {text};")
        pointers = [f"const {kind}* {stage}" for stage in self.earlier]
        own = [f"{kind} {k}" if v is None else f"const {kind}* {k}" for k, v in self.own.items()]
        results = printed.results
        if self.name == "update":
            body += [f"*metric = {results[1]};"]
            body += [f"state_out[{k}] = {r};" for k, r in enumerate(results[2:])]
            body += [f"return {results[0]};"]
            out, extra = "real", ["real* metric", "real* state_out"]
        elif self.name == "loss":
            body += [f"*slope = {results[1]};", f"return {results[0]};"]
            out, extra = "double", ["double* slope"]
        else:
            body += [f"out[{k}] = {r};" for k, r in enumerate(results)]
            out, extra = "void", ["double* out"]
        arguments = ", ".join([*own, *pointers, *extra])
        head = f"__device__ __forceinline__ {out} {self.name}({arguments})"
        return head + " {\n    " + "\n    ".join(body) + "\n}"


@dataclass
class _Lines:
    """A function's body: assignments ``(name, expression, is a condition)``, and its results."""

    lines: list[tuple[str, str, bool]]
    results: list[str]
    used: set[str]


def _identifier(name: str) -> str:
    """The name of an input in ASCII."""
    return "".join(c if c.isascii() else f"u{ord(c):x}" for c in name)


_PYTHON = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "div": "{} / {}",
    "neg": "-{}",
    "lt": "{} < {}",
    "le": "{} <= {}",
    "eq": "{} == {}",
    "and": "{} & {}",
    "or": "{} | {}",
    "not": "{} ^ True",
    "pow": "power({}, {})",
    "abs": "absolute({})",
    "sign": "sign({})",
    "where": "where({}, {}, {})",
    "maximum": "maximum({}, {})",
    "minimum": "minimum({}, {})",
    **{name: name + "({})" for name in ("exp", "expm1", "log", "log1p", "sqrt")},
}

_CUDA = {**_PYTHON, "and": "{} && {}", "or": "{} || {}", "not": "!{}", "where": "({} ? {} : {})"}

_ARRAYS = {
    **_PYTHON,
    "pow": "{} ** {}",
    "abs": "abs({})",
    "sign": "xp.ratio({0}, abs({0}))",
    **{name: f"xp.{_PYTHON[name]}" for name in ("exp", "log1p", "sqrt", "where")},
    **{name: f"xp.{_PYTHON[name]}" for name in ("maximum", "minimum")},
}
