"""Rules, step-size schedules and optimizers: from a formula to steps on arrays.

A *rule* is a formula, written once as a pure function that reads like the paper's algorithm box::

    @rule
    def adamax(xp, t, theta, g, m, u, *, alpha=2e-3, beta1=0.9, beta2=0.999):
        m = beta1 * m + (1 - beta1) * g
        u = xp.maximum(beta2 * u, xp.abs(g))
        return theta - alpha / (1 - beta1**t) * xp.ratio(m, u), u, m, u

It gets a namespace ``xp`` (see `adamlab.namespaces`), the round ``t`` (from 1), the parameters, the
gradient and its state, and returns ``(theta, metric, *state)``; ``metric`` is the positive diagonal
that it divided by (1 if none). Every state starts at zero. Keyword-only arguments are the
hyper-parameters, with their defaults. Called with hyper-parameters a rule becomes an `Optimizer`.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import itertools
import math
import pickle
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NoReturn, overload

import numpy as np

from adamlab.namespaces import FUNCTIONS, Arrays, Time, namespace_of

__all__ = [
    "Optimizer",
    "Rule",
    "Schedule",
    "State",
    "averaged",
    "inverse_sqrt",
    "rule",
    "schedule",
]


# -------------------------------------------------------------------------------------------------
# Copies and pickles of what is made of a function


class _ByName:
    """Its copies are itself; pickled is the name under which a module has it."""

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self


def _found(module: str, name: str) -> Any:
    return functools.reduce(getattr, name.split("."), importlib.import_module(module))


def _name_of(function: Callable[..., Any]) -> tuple[str, str]:
    """The module and the name under which a decorator's product is found, for `_found`."""
    names = function.__module__, function.__qualname__
    try:
        if _found(*names) is not function:
            return names
    except AttributeError:
        pass
    raise pickle.PicklingError(
        f"what is made of {names[1]} cannot be pickled: {names[0]} does not have it under that "
        "name; define it there with a decorator"
    )


# -------------------------------------------------------------------------------------------------
# Schedules


@dataclass(frozen=True)
class Schedule(_ByName):
    r"""A step size that depends on the round: :math:`\alpha_t = \text{scale}\cdot\text{factor}(t)`.

    Parameters
    ----------
    scale : float, or in a sweep an array of them
    factor : callable ``(xp, t) -> number``
        A formula in ``t`` (from 1), like a rule's: the functions of ``xp``, no branches.
    name : str
    """

    scale: Any
    factor: Callable[[Any, Any], Any] = field(repr=False)
    name: str = "schedule"

    def __call__(self, xp: Any, t: Any) -> Any:
        return self.scale * self.factor(xp, t)

    def __reduce__(self) -> tuple[Any, ...]:
        return _found(*_name_of(self.factor)), (self.scale,)


def schedule(factor: Callable[[Any, Any], Any]) -> Callable[[Any], Schedule]:
    """Make a schedule of its factor: ``decay = schedule(lambda xp, t: 1 / t)``, ``decay(0.1)``."""

    def make(scale: Any) -> Schedule:
        return Schedule(scale, factor, make.__name__)

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(make, name, getattr(factor, name))
    return make


def check_formula(factor: Callable[[Any, Any], Any]) -> None:
    """Raise a RuleError if a schedule's factor is no formula in ``t``: none that can be compiled.

    It may still be evaluated round by round.
    """
    factor(_ProbeNamespace(), _Probe())


@schedule
def inverse_sqrt(xp: Any, t: Any) -> Any:
    r""":math:`\alpha_t = \alpha/\sqrt t`, the step size of the regret theorems."""
    return 1 / xp.sqrt(t)


# -------------------------------------------------------------------------------------------------
# Rules


class RuleError(TypeError):
    """A function that is no rule: it branches on values, mutates its inputs or has another form."""


@dataclass(frozen=True)
class Rule(_ByName):
    """An update rule: one formula, every execution. Made with the decorator `rule`.

    Attributes
    ----------
    name : str
    formula : callable
        ``formula(xp, t, theta, g, *state, **hyper) -> (theta, metric, *state)``.
    state : tuple of str
        Names of the state arrays; all start at zero.
    defaults : mapping
        Hyper-parameters and their default values.
    source : str
        Where the formula comes from.
    differs : str
        How it differs from its relatives and from the libraries.
    same_as : tuple of str
        The library optimizers that compute the same thing; tests run them side by side.
    """

    name: str
    formula: Callable[..., tuple[Any, ...]] = field(repr=False)
    state: tuple[str, ...]
    defaults: Mapping[str, float]
    source: str = ""
    differs: str = ""
    same_as: tuple[str, ...] = ()

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return inspect.getdoc(self.formula) or ""

    def __hash__(self) -> int:
        return hash((self.name, self.formula))

    def __reduce__(self) -> tuple[Any, ...]:
        return _found, _name_of(self.formula)

    def __call__(self, **hyper: Any) -> Optimizer:
        """Return the optimizer with these hyper-parameters; the others keep their defaults."""
        unknown = sorted(set(hyper) - set(self.defaults))
        if unknown:
            raise TypeError(
                f"{self.name} has no hyper-parameter {unknown[0]!r}; it has "
                + ", ".join(f"{k}={v:.12g}" for k, v in self.defaults.items())
            )
        values = {**self.defaults, **hyper}
        return Optimizer(
            self, {k: _validated(self.name, k, v, self.defaults[k]) for k, v in values.items()}
        )

    def update(
        self,
        xp: Any,
        t: Any,
        theta: Any,
        g: Any,
        *state: Any,
        domain: Any = None,
        **hyper: Any,
    ) -> tuple[Any, ...]:
        """Evaluate the formula once and project the new point on a domain: what engines call."""
        new, metric, *rest = self.formula(xp, t, theta, g, *state, **hyper)
        return (new if domain is None else domain.project(xp, new)), metric, *rest


@dataclass(frozen=True, eq=False)  # compared and hashed as a Rule
class _AveragedRule(Rule):
    # It also averages the points that it has moved to, after their projection.

    __doc__ = Rule.__doc__
    inner: Rule = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return averaged, (self.inner,)

    def update(
        self,
        xp: Any,
        t: Any,
        theta: Any,
        g: Any,
        *state: Any,
        domain: Any = None,
        **hyper: Any,
    ) -> tuple[Any, ...]:
        *inner, theta_bar = state
        beta = hyper.pop("beta_bar")
        theta, metric, *inner = self.inner.update(xp, t, theta, g, *inner, domain=domain, **hyper)
        return theta, metric, *inner, beta * theta_bar + (1 - beta) * theta


@functools.cache  # so that two calls make one rule, which knows its states
def averaged(inner: Rule) -> Rule:
    r"""Return a rule with exponential averaging of its iterates (section 7.2).

    .. math:: \bar\theta_t = \bar\beta\,\bar\theta_{t-1} + (1-\bar\beta)\,\theta_t,\qquad
              \hat\theta_t = \bar\theta_t/(1-\bar\beta^t)

    The steps themselves are unchanged. The state gains :math:`\bar\theta_t` (``theta_bar``), the
    hyper-parameters :math:`\bar\beta` (``beta_bar``, the paper's :math:`\beta_2`);
    `Optimizer.average` returns :math:`\hat\theta_t`. On a domain the projected points are averaged.
    The paper's other average, Polyak's :math:`\frac1t\sum_{k\le t}\theta_k`, is its limit
    :math:`\bar\beta\to1`.
    """
    if "theta_bar" in inner.state:
        raise ValueError(f"{inner.name} is averaged already")

    def formula(xp: Any, t: Any, theta: Any, g: Any, *state: Any, **hyper: Any) -> tuple[Any, ...]:
        return wrapped.update(xp, t, theta, g, *state, **hyper)

    formula.__doc__ = f"{inner.name} with temporal averaging (section 7.2)."
    wrapped = _AveragedRule(
        name=f"averaged_{inner.name}",
        formula=formula,
        state=(*inner.state, "theta_bar"),
        defaults={**inner.defaults, "beta_bar": 0.999},
        source="Kingma & Ba 2015, section 7.2",
        differs=f"steps as {inner.name}",
        inner=inner,
    )
    return wrapped


@overload
def rule(function: Callable[..., tuple[Any, ...]]) -> Rule: ...
@overload
def rule(
    *, source: str = "", differs: str = "", same_as: tuple[str, ...] = ()
) -> Callable[[Callable[..., tuple[Any, ...]]], Rule]: ...
def rule(function: Any = None, *, source: str = "", differs: str = "", same_as: Any = ()) -> Any:
    """Make a rule of a formula (see the module's docstring for its form).

    The formula is tried once with numbers that record nothing but forbid what has no meaning for a
    formula: branching on their values, changing them in place, and functions outside ``xp``. It is
    compiled once: let it read nothing that changes but its arguments.

    Raises
    ------
    RuleError
        With an explanation, if `function` is not a rule.
    """

    def make(function: Callable[..., tuple[Any, ...]]) -> Rule:
        state, defaults = _signature(function)
        made = Rule(
            name=function.__name__,
            formula=function,
            state=state,
            defaults=MappingProxyType(defaults),
            source=source,
            differs=differs,
            same_as=tuple(same_as),
        )
        _try_out(made)
        return made

    return make if function is None else make(function)


def _signature(
    function: Callable[..., Any],
) -> tuple[tuple[str, ...], dict[str, float]]:
    name = getattr(function, "__name__", repr(function))
    positional, defaults = [], {}
    for p in inspect.signature(function).parameters.values():
        if p.kind is p.KEYWORD_ONLY:
            if not isinstance(p.default, (int, float)) or isinstance(p.default, bool):
                raise RuleError(
                    f"rule {name}: hyper-parameter {p.name!r} needs a number as its default"
                )
            defaults[p.name] = float(p.default)
        elif p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty:
            positional.append(p.name)
        else:
            raise RuleError(
                f"rule {name}: parameter {p.name!r} must be positional without a default (state) "
                "or keyword-only (hyper-parameter)"
            )
    if positional[:4] != ["xp", "t", "theta", "g"]:
        raise RuleError(
            f"rule {name}: the first parameters must be (xp, t, theta, g), got "
            f"({', '.join(positional[:4])})"
        )
    return tuple(positional[4:]), defaults


class _Probe:
    """A number that only knows that it is one; anything a formula may not do with it raises."""

    __array_ufunc__ = None  # so that np.sqrt(probe) raises instead of making an object array
    __hash__ = None  # type: ignore[assignment]

    def _number(self, *others: Any) -> _Probe:
        return _Probe()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _number
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __neg__ = __pos__ = __abs__ = _number
    __lt__ = __le__ = __gt__ = __ge__ = __and__ = __or__ = __invert__ = _number
    __eq__ = __ne__ = _number  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise RuleError(
            "it branches on a value; a formula has no branches (use xp.where, or write a rule of "
            "its own for each variant)"
        )

    def _mutate(self, *others: Any) -> NoReturn:
        raise RuleError(
            "it changes an input in place; a formula is pure (write m = m + g, not m += g)"
        )

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __ipow__ = __setitem__ = _mutate

    def _concrete(self, *others: Any) -> NoReturn:
        raise RuleError(
            "it asks for a concrete number or element; a formula is element-wise and uses only "
            "arithmetic and xp." + ", xp.".join(FUNCTIONS)
        )

    __float__ = __int__ = __index__ = __getitem__ = __iter__ = __len__ = _concrete

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._concrete()


class _ProbeNamespace:
    def __getattr__(self, name: str) -> Any:
        if name not in FUNCTIONS:
            raise RuleError(
                f"it uses xp.{name}, which is not known; known are " + ", ".join(FUNCTIONS)
            )
        return lambda *args: _Probe()


def _try_out(made: Rule) -> None:
    args = [_Probe() for _ in range(3 + len(made.state))]
    hyper = {k: _Probe() for k in made.defaults}
    try:
        out = made.formula(_ProbeNamespace(), *args, **hyper)
    except RuleError as error:
        raise RuleError(f"{made.name} is not a rule: {error}") from None
    except TypeError as error:
        raise RuleError(
            f"{made.name} is not a rule: it uses a function that is not in xp ({error}); use "
            "arithmetic and xp." + ", xp.".join(FUNCTIONS)
        ) from error
    want = ("theta", "metric", *made.state)
    if not isinstance(out, tuple) or len(out) != len(want):
        raise RuleError(f"{made.name} is not a rule: it must return ({', '.join(want)})")
    for what, value in zip(want, out, strict=True):
        if not isinstance(value, (_Probe, int, float)):
            raise RuleError(f"{made.name} is not a rule: its {what} is no number but {value!r}")


# Ranges by the names that the literature uses. A name whose default lies outside of its range means
# something else in that rule, and like any other hyper-parameter must only be finite.
_RANGES = (
    (
        r"alpha|eta",  # the two that may be schedules
        lambda x: x > 0,
        "a positive number or a schedule such as al.inverse_sqrt(0.1)",
    ),
    (r"(beta|rho|mu)(\d|_.*)?|dampening", lambda x: 0 <= x < 1, "in [0, 1)"),
    (r"lam", lambda x: 0 < x <= 1, "in (0, 1]"),
    (r"eps(_.*)?|psi|.*_decay|s0", lambda x: x >= 0, "at least 0"),
)


def _validated(rule_name: str, name: str, value: Any, default: float) -> float | Schedule:
    if name in ("alpha", "eta") and isinstance(value, Schedule):
        return replace(value, scale=_validated(rule_name, name, value.scale, default))
    try:
        # A np.float64 must not promote float32 arrays.
        number = math.nan if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    for pattern, allowed, text in _RANGES:
        if re.fullmatch(pattern, name) and allowed(default):
            if math.isfinite(number) and allowed(number):
                return number
            raise ValueError(f"{rule_name}: {name} must be {text}, got {value!r}")
    if not math.isfinite(number):
        raise ValueError(f"{rule_name}: {name} must be a finite number, got {value!r}")
    return number


# -------------------------------------------------------------------------------------------------
# Optimizers


@dataclass(frozen=True)
class State:
    """The state of an optimizer after ``t`` steps; its arrays are attributes: ``state.m``."""

    rule: Rule
    t: int
    arrays: tuple[Any, ...] = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        if name in ("rule", "arrays") or name.startswith("__"):
            raise AttributeError(name)
        try:
            return self.arrays[self.rule.state.index(name)]
        except ValueError:
            raise AttributeError(
                f"the state of {self.rule.name} has no {name!r}; it has t"
                + "".join(f", {s}" for s in self.rule.state)
            ) from None


@dataclass(frozen=True)
class Optimizer:
    """A rule with its hyper-parameters: ``al.Adam(alpha=1e-3)``. Frozen; parameters are attributes.

    Examples
    --------
    >>> import numpy as np, adamlab as al
    >>> opt = al.Adam(alpha=0.1)
    >>> theta = np.array([1.0, -2.0])
    >>> state = opt.init(theta)
    >>> theta, state = opt.step(theta, 2 * theta, state)
    >>> theta
    array([ 0.9, -1.9])
    """

    rule: Rule
    hyper: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "hyper", MappingProxyType(dict(self.hyper)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Optimizer, (self.rule, dict(self.hyper))

    def __repr__(self) -> str:
        return f"{self.rule.name}({', '.join(f'{k}={_shown(v)}' for k, v in self.hyper.items())})"

    def __hash__(self) -> int:
        return hash((self.rule, tuple(self.hyper.items())))

    def __getattr__(self, name: str) -> Any:
        if name == "hyper" or name not in self.hyper:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return self.hyper[name]

    def at(self, xp: Any, t: Any) -> dict[str, Any]:
        """The hyper-parameters of round `t`: a schedule is replaced by its value."""
        return {k: v(xp, t) if isinstance(v, Schedule) else v for k, v in self.hyper.items()}

    def update(
        self,
        xp: Any,
        t: int,
        theta: Any,
        g: Any,
        arrays: tuple[Any, ...],
        domain: Any = None,
    ) -> tuple[Any, Any, tuple[Any, ...]]:
        """One unchecked evaluation on arrays: ``(theta, metric, arrays)``. Engines call this."""
        time = Time(t)
        given = (theta, g, *arrays)
        new, metric, *rest = self.rule.update(
            xp, time, theta, g, *arrays, domain=domain, **self.at(xp, time)
        )

        def own(value: Any) -> Any:
            # A rule may return a number, or an array that it was given (prev = theta).
            if isinstance(value, (int, float)):
                return xp.lib.full_like(theta, float(value))
            if any(value is array for array in given):
                return xp.lib.asarray(value, copy=True)
            return value

        metric = float(metric) if isinstance(metric, (int, float)) else metric
        return own(new), metric, tuple(map(own, rest))

    def init(self, theta: Any) -> State:
        """Return the state before the first step: zeros like `theta` (library, dtype, device).

        Raises
        ------
        TypeError
            If `theta` is not an array of a real floating dtype.
        """
        xp = namespace_of(theta)
        _check_floating(xp, "theta", theta)
        return State(self.rule, 0, tuple(xp.lib.zeros_like(theta) for _ in self.rule.state))

    def step(self, theta: Any, grad: Any, state: State) -> tuple[Any, State]:
        """Return the parameters and the state after one step. Nothing is changed in place.

        Parameters
        ----------
        theta, grad : array
            Same library, shape and floating dtype; may be read-only.
        state : State
            From `init` or the last `step` of the same rule.

        Raises
        ------
        TypeError, ValueError
            If an argument is of another kind, naming it. NaN and inf in `grad` are not looked for:
            they show up in the result.
        """
        xp = self._check(theta, grad, state)
        t = state.t + 1
        engine = _engine(theta)
        if engine is not None:
            new = tuple(xp.lib.empty_like(array) for array in (theta, *state.arrays))
            if engine.step(self, t, theta, grad, state.arrays, new):
                return new[0], State(self.rule, t, new[1:])
        theta, _, arrays = self.update(xp, t, theta, grad, state.arrays)
        return theta, State(self.rule, t, arrays)

    def step_(self, theta: Any, grad: Any, state: State) -> State:
        """Like `step`, but overwrite `theta` and the arrays of `state`; return the new state.

        Raises
        ------
        TypeError, ValueError
            As `step`; also if arrays are immutable or read-only, or share memory.
        """
        xp = self._check(theta, grad, state)
        names = ("theta", *self.rule.state, "grad")
        arrays = (theta, *state.arrays, grad)
        for name, array in zip(names[:-1], arrays[:-1], strict=True):
            _check_writable(name, array)
        _check_apart(names, arrays)
        t = state.t + 1
        engine = _engine(theta)
        old = (theta, *state.arrays)
        if engine is not None and engine.step(self, t, theta, grad, state.arrays, old):
            return State(self.rule, t, state.arrays)
        new_theta, _, new = self.update(xp, t, theta, grad, state.arrays)
        for array, value in zip(old, (new_theta, *new), strict=True):
            array[...] = value
        return State(self.rule, t, state.arrays)

    def average(self, state: State) -> Any:
        r"""Return :math:`\hat\theta_t=\bar\theta_t/(1-\bar\beta^t)` of an averaged rule."""
        if "theta_bar" not in self.rule.state:
            raise TypeError(f"{self.rule.name} does not average; use al.averaged(rule)")
        if state.t < 1:
            raise ValueError("the average of no steps is not defined: state.t is 0")
        return state.theta_bar / (1 - self.hyper["beta_bar"] ** Time(state.t))

    def _check(self, theta: Any, grad: Any, state: State) -> Arrays:
        xp = namespace_of(theta)
        _check_floating(xp, "theta", theta)
        if not isinstance(state, State) or state.rule != self.rule:
            got = f"a state of {state.rule.name}" if isinstance(state, State) else repr(state)
            raise TypeError(f"state must come from {self.rule.name}'s init or step, got {got}")
        for name, array in (
            ("grad", grad),
            *zip(self.rule.state, state.arrays, strict=True),
        ):
            if type(array) is np.ndarray is type(theta) and (
                array.dtype == theta.dtype and array.shape == theta.shape
            ):
                continue  # quickly, since a small step takes no longer than these checks
            if namespace_of(array) is not xp:
                raise TypeError(
                    f"{name} must be an array of theta's library "
                    f"({type(theta).__name__}), got {type(array).__name__}"
                )
            if array.shape != theta.shape:
                raise ValueError(
                    f"{name} must have theta's shape {tuple(theta.shape)}, got {tuple(array.shape)}"
                )
            if array.dtype != theta.dtype:
                raise TypeError(f"{name} must have theta's dtype {theta.dtype}, got {array.dtype}")
        return xp


#: Of fewer numbers the plain formula is evaluated: compiling it would not pay.
_FEW = 512


def _engine(theta: Any) -> Any:
    """Return the engine that has compiled steps for an array, if there is one.

    It stands above this module, and is imported when it is first needed.
    """
    if isinstance(theta, np.ndarray):
        if theta.size < _FEW:
            return None
        from adamlab.engines import cpu

        return cpu
    if type(theta).__module__.partition(".")[0] == "cupy":
        from adamlab.engines import gpu

        return gpu
    return None


def _shown(value: Any) -> str:
    return f"{value.name}({value.scale:.12g})" if isinstance(value, Schedule) else f"{value:.12g}"


def _check_floating(xp: Arrays, name: str, array: Any) -> None:
    if not xp.lib.isdtype(array.dtype, "real floating"):
        raise TypeError(f"{name} must have a real floating dtype, got {array.dtype}")


def _check_writable(name: str, array: Any) -> None:
    import array_api_compat

    if not array_api_compat.is_writeable_array(array):
        raise TypeError(f"{name} cannot be changed in place: it is read-only; use step")


def _check_apart(names: tuple[str, ...], arrays: tuple[Any, ...]) -> None:
    """Refuse arrays that share memory, for the libraries that can tell where it lies."""
    spans = []
    for name, array in zip(names, arrays, strict=True):
        span = _memory_span(array)
        if span is not None:
            spans.append((*span, name))
    spans.sort()
    for (_, end, first), (start, _, second) in itertools.pairwise(spans):
        if start < end:
            raise ValueError(f"{first} and {second} share memory; step_ needs arrays of their own")


def _memory_span(array: Any) -> tuple[int, int] | None:
    """The addresses between which an array lies, where its library tells them."""
    if type(array) is np.ndarray and array.flags.c_contiguous:
        start = array.ctypes.data
        return (start, start + array.nbytes) if array.nbytes else None
    if hasattr(array, "data_ptr"):  # torch
        start, size = array.data_ptr(), array.element_size()
        strides = [size * stride for stride in array.stride()]
    elif hasattr(array, "__array_interface__") or hasattr(array, "__cuda_array_interface__"):
        interface = getattr(array, "__array_interface__", None) or array.__cuda_array_interface__
        start, size, strides = interface["data"][0], array.dtype.itemsize, array.strides
    else:
        return None
    if 0 in array.shape:
        return None
    reach = [(n - 1) * stride for n, stride in zip(array.shape, strides, strict=True)]
    return start + sum(min(r, 0) for r in reach), start + size + sum(max(r, 0) for r in reach)
