"""A rule as mathematics: SymPy expressions, and LaTeX that reads like the paper.

Both come from the rule's one formula. It is called with SymPy symbols for the composed expressions,
and read line by line for the equations: each assignment is evaluated with fresh symbols for the
names assigned before it. The LaTeX is printed by numbers of a third kind, which write down what is
done to them, because SymPy would sort the terms.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

from adamlab.optimizers import Rule, Schedule

__all__ = ["Step", "SymPyNamespace", "Symbolic", "symbolic", "unroll"]


# --------------------------------------------------------------------------------------------------
# Two kinds of numbers


class SymPyNamespace:
    """The namespace for SymPy expressions.

    ``ratio(a, b)`` is ``a / b``, and 0 where both are the number 0; in an expression the convention
    0/0 := 0 does not show.
    """

    def __init__(self) -> None:
        import sympy

        self.sqrt, self.exp, self.abs = sympy.sqrt, sympy.exp, sympy.Abs
        self.maximum, self.minimum = sympy.Max, sympy.Min

    def log1p(self, x: Any) -> Any:
        import sympy

        return sympy.log(1 + x)

    def ratio(self, a: Any, b: Any) -> Any:
        return 0 if a == 0 and b == 0 else a / b

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        import sympy

        if isinstance(condition, bool):  # SymPy's == asks whether expressions look the same
            raise TypeError("symbols cannot be compared with == or !=; write t <= 1 for t == 1")
        return sympy.Piecewise((a, condition), (b, True))


class _Tex:
    """A number that is its own LaTeX. `level` says how tightly its outermost operation binds."""

    __slots__ = ("level", "text")
    __hash__ = None  # type: ignore[assignment]

    RELATION, SUM, NEGATION, PRODUCT, POWER, ATOM = range(6)

    def __init__(self, text: str, level: int = ATOM):
        self.text = text
        self.level = level

    @classmethod
    def of(cls, x: Any) -> _Tex:
        if isinstance(x, _Tex):
            return x
        mantissa, _, exponent = f"{x:.12g}".partition("e")
        level = cls.NEGATION if x < 0 else cls.PRODUCT if exponent else cls.ATOM
        return cls(mantissa + (rf" \cdot 10^{{{int(exponent)}}}" if exponent else ""), level)

    def at(self, level: int) -> str:
        """The text, in parentheses if it binds less tightly than `level`."""
        if self.level >= level:
            return self.text
        return _parentheses(self.text)

    def __add__(self, other: Any) -> _Tex:
        right = _Tex.of(other).at(_Tex.SUM)
        sign, right = (" - ", right[1:]) if right.startswith("-") else (" + ", right)
        return _Tex(self.at(_Tex.SUM) + sign + right, _Tex.SUM)

    def __sub__(self, other: Any) -> _Tex:
        return _Tex(f"{self.at(_Tex.SUM)} - {_Tex.of(other).at(_Tex.PRODUCT)}", _Tex.SUM)

    def __mul__(self, other: Any) -> _Tex:
        right = _Tex.of(other).at(_Tex.PRODUCT)
        dot = r" \cdot " if right[0].isdigit() else r" \, " if r"\mathrm" in right else " "
        level = _Tex.NEGATION if self.level == _Tex.NEGATION else _Tex.PRODUCT
        return _Tex(self.at(_Tex.NEGATION) + dot + right, level)

    def __truediv__(self, other: Any) -> _Tex:
        return _Tex(rf"\frac{{{self.text}}}{{{_Tex.of(other).text}}}", _Tex.PRODUCT)

    def __pow__(self, other: Any) -> _Tex:
        return _Tex(f"{self.at(_Tex.ATOM)}^{{{_Tex.of(other).text}}}", _Tex.POWER)

    def __neg__(self) -> _Tex:
        return _Tex(f"-{self.at(_Tex.PRODUCT)}", _Tex.NEGATION)

    def __pos__(self) -> _Tex:
        return self

    def __abs__(self) -> _Tex:
        return _Tex(rf"\left|{self.text}\right|")

    def __radd__(self, other: Any) -> _Tex:
        return _Tex.of(other) + self

    def __rsub__(self, other: Any) -> _Tex:
        return _Tex.of(other) - self

    def __rmul__(self, other: Any) -> _Tex:
        return _Tex.of(other) * self

    def __rtruediv__(self, other: Any) -> _Tex:
        return _Tex.of(other) / self

    def __rpow__(self, other: Any) -> _Tex:
        return _Tex.of(other) ** self

    def _relation(self, sign: str, other: Any) -> _Tex:
        return _Tex(f"{self.at(_Tex.SUM)} {sign} {_Tex.of(other).at(_Tex.SUM)}", _Tex.RELATION)

    def __lt__(self, other: Any) -> _Tex:
        return self._relation("<", other)

    def __le__(self, other: Any) -> _Tex:
        return self._relation(r"\le", other)

    def __gt__(self, other: Any) -> _Tex:
        return self._relation(">", other)

    def __ge__(self, other: Any) -> _Tex:
        return self._relation(r"\ge", other)

    def __eq__(self, other: Any) -> _Tex:  # type: ignore[override]
        return self._relation("=", other)

    def __ne__(self, other: Any) -> _Tex:  # type: ignore[override]
        return self._relation(r"\ne", other)

    def __and__(self, other: Any) -> _Tex:
        return _Tex(rf"{self.text} \wedge {other.text}", _Tex.RELATION)

    def __or__(self, other: Any) -> _Tex:
        return _Tex(rf"{self.text} \vee {other.text}", _Tex.RELATION)

    def __invert__(self) -> _Tex:
        return _Tex(rf"\neg ({self.text})", _Tex.RELATION)


def _parentheses(text: str) -> str:
    tall = any(word in text for word in (r"\frac", r"\sqrt", r"\begin"))
    return rf"\left({text}\right)" if tall else f"({text})"


class _TexNamespace:
    """The namespace for `_Tex`."""

    @staticmethod
    def _call(name: str, *args: Any) -> _Tex:
        return _Tex(name + _parentheses(", ".join(_Tex.of(a).text for a in args)))

    def abs(self, x: Any) -> _Tex:
        return abs(_Tex.of(x))

    def exp(self, x: Any) -> _Tex:
        return self._call(r"\exp", x)

    def log1p(self, x: Any) -> _Tex:
        return self._call(r"\log", 1 + _Tex.of(x))

    def sqrt(self, x: Any) -> _Tex:
        return _Tex(rf"\sqrt{{{_Tex.of(x).text}}}")

    def maximum(self, a: Any, b: Any) -> _Tex:
        return self._call(r"\max", a, b)

    def minimum(self, a: Any, b: Any) -> _Tex:
        return self._call(r"\min", a, b)

    def ratio(self, a: Any, b: Any) -> _Tex:
        return _Tex.of(a) / b

    def where(self, condition: Any, a: Any, b: Any) -> _Tex:
        return _Tex(
            rf"\begin{{cases}} {_Tex.of(a).text} & \text{{if }} {condition.text} \\ "
            rf"{_Tex.of(b).text} & \text{{otherwise}} \end{{cases}}"
        )


# --------------------------------------------------------------------------------------------------
# Names

_ACCENTS = ("hat", "bar", "tilde", "dot")
_TIMES = {"t": "t", "next": "t+1", "prev": "t-1"}
_LETTERS = {
    "eps": r"\epsilon",
    "lam": r"\lambda",
    "weight_decay": r"\lambda",
    "lr_decay": r"\eta",
    "dampening": r"\tau",
}
_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi|"
    "psi|omega|Gamma|Delta|Theta|Lambda|Phi|Psi|Omega"
)


def _latex_name(name: str, time: str = "") -> str:
    r"""LaTeX of a Python name in round `time`: ``v_hat`` in ``t-1`` is ``\hat{v}_{t-1}``."""
    base, *words = [name] if name in _LETTERS else [w for w in name.split("_") if w]
    letters, digits = cast("re.Match[str]", re.fullmatch(r"(.*?)(\d*)", base)).groups()
    tex = _LETTERS.get(letters) or (
        rf"\{letters}" if _GREEK.fullmatch(letters) else letters if len(letters) == 1 else ""
    )
    tex = tex or rf"\mathrm{{{letters}}}"
    below = [digits] if digits else []
    for word in words:
        if word in _ACCENTS:
            tex = rf"\{word}{{{tex}}}"
        elif word in _TIMES and time:
            time = _TIMES[word]
        else:
            below.append(word if len(word) == 1 else rf"\mathrm{{{word}}}")
    below += [time] if time else []
    return tex + (f"_{{{','.join(below)}}}" if below else "")


def _symbol(name: str, time: str = "", **assumptions: bool) -> Any:
    """The symbol of a Python name. SymPy's own spelling (``beta1``) where it prints the same."""
    import sympy

    tex = _latex_name(name, time)
    plain = re.fullmatch(r"\\?([a-z]+)(?:_\{(\d)\})?", tex)
    return sympy.Symbol("".join(p or "" for p in plain.groups()) if plain else tex, **assumptions)


def _exact(expression: Any) -> Any:
    """A SymPy expression with its floats replaced by the decimal fractions that they print as."""
    import sympy

    expression = sympy.sympify(expression)
    decimals = {x: sympy.Rational(repr(float(x))) for x in expression.atoms(sympy.Float)}
    return expression.xreplace(decimals)


# --------------------------------------------------------------------------------------------------
# A rule's expressions


@dataclass(frozen=True)
class Symbolic:
    r"""A rule as SymPy expressions. Made by `symbolic`; a notebook shows its equations.

    Attributes
    ----------
    rule : Rule
    symbols : SimpleNamespace
        ``t`` (positive integer), ``theta`` (:math:`\theta_{t-1}`) and ``g`` (:math:`g_t`, both
        real), the rule's states (:math:`m_{t-1}, \dots`; real, or nonnegative where that follows
        by induction from zero at the default hyper-parameters), and its hyper-parameters
        (positive). All are also free symbols of the expressions below.
    theta, metric : sympy.Expr
        The new point and the metric, as functions of `symbols`.
    state : dict
        The new state, likewise, by name.
    equations : tuple of (sympy.Symbol, sympy.Expr)
        The formula's lines in its order. The metric and names that are assigned again are inserted
        where they are used. Of a rule whose source is not to be had, or is more than assignments
        and a return, these are the composed expressions.
    """

    rule: Rule
    symbols: SimpleNamespace
    theta: Any
    metric: Any
    state: Mapping[str, Any]
    equations: tuple[tuple[Any, Any], ...]
    _lines: tuple[tuple[str, str], ...] = field(repr=False)

    def latex(self) -> str:
        r"""The equations as an ``aligned`` block, terms in the formula's order."""
        lines = (f"{left} &= {right}" for left, right in self._lines)
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"


def symbolic(rule: Rule) -> Symbolic:
    r"""Return a rule's SymPy expressions and LaTeX.

    Parameters
    ----------
    rule : Rule

    Returns
    -------
    Symbolic

    Raises
    ------
    TypeError
        If `rule` is not a rule, or compares with ``==`` in a way that symbols cannot answer.
    ValueError
        If two of its names would be printed alike.

    Examples
    --------
    >>> import adamlab as al
    >>> al.symbolic(al.SGD).theta
    \theta_{t-1} - alpha*g_{t}
    """
    if not isinstance(rule, Rule):
        raise TypeError(f"rule must be a rule such as al.Adam, got {rule!r}")
    symbols = _symbols(rule)
    names = vars(symbols)
    if len(set(names.values())) < len(names):
        raise ValueError(f"two names of {rule.name} would be printed alike: {names}")
    theta, metric, *state = map(_exact, _update(rule, SymPyNamespace(), names))
    equations, lines = _equations(rule, names)
    return Symbolic(
        rule, symbols, theta, metric, dict(zip(rule.state, state, strict=True)), equations, lines
    )


def _update(rule: Rule, xp: Any, numbers: Mapping[str, Any]) -> tuple[Any, ...]:
    """Call a rule with numbers given by name."""
    positional = (numbers[k] for k in ("t", "theta", "g", *rule.state))
    return rule.update(xp, *positional, **{k: numbers[k] for k in rule.defaults})


def _symbols(rule: Rule) -> SimpleNamespace:
    """The symbols of a rule. A state is nonnegative if zero is and the formula keeps it so."""
    import sympy

    arguments = {
        "t": sympy.Symbol("t", integer=True, positive=True),
        "theta": _symbol("theta", "t-1", real=True),
        "g": _symbol("g", "t", real=True),
    }
    defaults = {k: sympy.Rational(str(v)) for k, v in rule.defaults.items()}
    nonnegative = set(rule.state)
    while True:
        states = {
            s: _symbol(s, "t-1", **{"nonnegative" if s in nonnegative else "real": True})
            for s in rule.state
        }
        _, _, *new = _update(rule, SymPyNamespace(), {**arguments, **states, **defaults})
        signs = {
            s: sympy.together(_exact(x)).is_nonnegative
            for s, x in zip(rule.state, new, strict=True)
        }
        if all(signs[s] for s in nonnegative):
            break
        nonnegative = {s for s in nonnegative if signs[s]}
    hyper = {k: _symbol(k, positive=True) for k in rule.defaults}
    return SimpleNamespace(**arguments, **states, **hyper)


# --------------------------------------------------------------------------------------------------
# A rule's lines

_Right = Callable[[Any, dict[str, Any]], Any]

#: The name that a line binds, what it is shown as (None: inserted where it is used), and its
#: right-hand side as a function of the namespace and of the numbers bound so far.
_Line = tuple[str, str | None, _Right]


def _equations(
    rule: Rule, symbols: Mapping[str, Any]
) -> tuple[tuple[tuple[Any, Any], ...], tuple[tuple[str, str], ...]]:
    """The lines of a rule, once in SymPy's numbers and once in LaTeX."""
    import sympy

    exact = dict(symbols)
    tex = {k: _Tex(sympy.latex(v)) for k, v in symbols.items()}
    hyper = {symbols[k] for k in rule.defaults}
    equations, texts = [], []
    for name, shown, right in _lines(rule):
        value, text = _exact(right(SymPyNamespace(), exact)), _Tex.of(right(_TexNamespace(), tex))
        if shown is not None:
            old = symbols.get(shown)
            sign = "nonnegative" if old is not None and old.is_nonnegative else "real"
            time = "" if value.free_symbols <= hyper else "t"
            symbol = _symbol(shown, time, **{sign: True})
            equations.append((symbol, value))
            texts.append((sympy.latex(symbol), text.text))
            value, text = symbol, _Tex(texts[-1][0])
        exact[name], tex[name] = value, text
    return tuple(equations), tuple(texts)


def _lines(rule: Rule) -> list[_Line]:
    """The lines of a rule; its outputs are bound to their names with a prime."""
    inner = getattr(rule, "inner", None)
    if inner is not None:  # averaged: the inner rule's lines, then the average of its new point

        def average(xp: Any, numbers: dict[str, Any]) -> Any:
            moved = replace(inner, formula=lambda *args, **_: (numbers["theta'"], 1, *args[4:]))
            return _update(replace(cast(Any, rule), inner=moved), xp, numbers)[-1]

        return [*_lines(inner), ("theta_bar'", "theta_bar", average)]

    lines: list[_Line] = []
    shown_slots: set[str] = set()
    slots = ("theta", "metric", *rule.state)
    parsed = _parse(rule.formula)
    if parsed is None:
        outputs = {s: _output(rule, i) for i, s in enumerate(slots)}
    else:
        environment, assignments, returned = parsed
        outputs = {s: _evaluation(n, environment) for s, n in zip(slots, returned, strict=True)}
        slot_of: dict[str, str] = {}  # of the local names that are returned
        for slot, node in zip(slots, returned, strict=True):
            if isinstance(node, ast.Name) and slot_of.get(node.id, "metric") == "metric":
                slot_of[node.id] = slot
        last = {name: i for i, (name, _) in enumerate(assignments)}
        inputs = {"t", "theta", "g", *rule.state, *rule.defaults}
        for i, (name, node) in enumerate(assignments):
            slot = slot_of.get(name, "metric" if name in inputs else name)
            shown = None if slot == "metric" or i < last[name] else slot
            lines.append((name, shown, _evaluation(node, environment)))
            shown_slots.add(shown or "")
    for slot in (*rule.state, "theta"):
        lines.append((f"{slot}'", None if slot in shown_slots else slot, outputs[slot]))
    return lines


def _output(rule: Rule, i: int) -> _Right:
    return lambda xp, numbers: _update(rule, xp, numbers)[i]


def _evaluation(node: ast.expr, environment: dict[str, Any]) -> _Right:
    code = compile(ast.Expression(node), "<formula>", "eval")
    return lambda xp, numbers: eval(code, environment, {**numbers, "xp": xp})


def _parse(
    formula: Callable[..., Any],
) -> tuple[dict[str, Any], list[tuple[str, ast.expr]], list[ast.expr]] | None:
    """A formula's environment, assignments and returned values; None if it has another form."""
    try:
        (function,) = ast.parse(textwrap.dedent(inspect.getsource(formula))).body
    except (OSError, SyntaxError, TypeError):  # no source, or a lambda in the middle of a line
        return None
    if not isinstance(function, ast.FunctionDef):
        return None
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    assignments = []
    for statement in body[:-1]:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                assignments.append((name, value))
            case _:
                return None
    match body[-1]:
        case ast.Return(value=ast.Tuple(elts=returned)) if not any(
            isinstance(e, ast.Starred) for e in returned
        ):
            variables = inspect.getclosurevars(formula)
            environment = {**inspect.unwrap(formula).__globals__, **variables.nonlocals}
            return environment, assignments, returned
    return None


# --------------------------------------------------------------------------------------------------
# Steps


@dataclass(frozen=True)
class Step:
    r"""One step of an unrolled rule, as SymPy expressions.

    Attributes
    ----------
    t : int
    g : sympy.Symbol
        :math:`g_t`.
    theta, delta : sympy.Expr
        :math:`\theta_t`, and :math:`\Delta_t=\theta_t-\theta_{t-1}`.
    metric : sympy.Expr
    state : dict
        The state after the step, by name.
    """

    t: int
    g: Any
    theta: Any
    delta: Any
    metric: Any
    state: Mapping[str, Any]


def unroll(rule: Rule, n: int, **hyper: Any) -> list[Step]:
    r"""Play a rule for `n` rounds with symbolic gradients :math:`g_1,\dots,g_n`, from zero state.

    Parameters
    ----------
    rule : Rule
    n : int
        At least 1. Expressions double in size about every round.
    **hyper
        Hyper-parameters: numbers, SymPy expressions, fractions, strings such as ``"9/10"``, or
        schedules of these; floats are read as the decimal fractions that they print as. Those not
        given are the symbols of ``symbolic(rule)``.

    Returns
    -------
    list of Step

    Raises
    ------
    TypeError
        If the rule has no such hyper-parameter.
    ValueError
        If `n` is not a positive integer.

    Examples
    --------
    >>> import adamlab as al
    >>> al.unroll(al.Adam, 1, eps=0)[0].delta
    -alpha*g1/Abs(g1)
    """
    import sympy

    if not isinstance(n, int) or n < 1:
        raise ValueError(f"n must be a positive integer, got {n!r}")
    unknown = sorted(set(hyper) - set(rule.defaults))
    if unknown:
        raise TypeError(
            f"{rule.name} has no hyper-parameter {unknown[0]!r}; it has {', '.join(rule.defaults)}"
        )
    xp = SymPyNamespace()
    values = {**{k: _symbol(k, positive=True) for k in rule.defaults}, **hyper}
    theta = _symbol("theta", "0", real=True)
    state = {s: sympy.Integer(0) for s in rule.state}
    steps = []
    for t in map(sympy.Integer, range(1, n + 1)):
        g = _symbol("g", str(t), real=True)
        now = {
            k: _exact(v.scale) * v.factor(xp, t) if isinstance(v, Schedule) else _exact(v)
            for k, v in values.items()
        }
        numbers = {"t": t, "theta": theta, "g": g, **state, **now}
        new, metric, *rest = map(_exact, _update(rule, xp, numbers))
        state = dict(zip(rule.state, rest, strict=True))
        steps.append(Step(int(t), g, new, new - theta, metric, state))
        theta = new
    return steps
