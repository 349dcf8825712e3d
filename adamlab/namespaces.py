"""What ``xp`` means in a formula: the functions a rule, a loss or a schedule may use.

A formula is written once, as ``def adam(xp, t, theta, g, m, v, *, alpha, ...)``, and is evaluated
on many kinds of numbers. Each kind brings a namespace with the functions named in `FUNCTIONS`. This
module has the one for arrays of any library of the array-API standard; `adamlab.symbols` has the
one for SymPy and `adamlab.intervals` the one for intervals.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

__all__ = ["FUNCTIONS", "Arrays", "Time", "namespace_of"]

#: The functions of every namespace. ``ratio(a, b)`` is ``a / b`` with ``0/0 := 0``.
FUNCTIONS = ("abs", "exp", "log1p", "maximum", "minimum", "ratio", "sqrt", "where")


def _number(x: Any) -> bool:
    """Whether `x` is a Python number; a np.float64, which inherits from float, is an array."""
    return isinstance(x, (int, float)) and not hasattr(x, "dtype")


class Arrays:
    """The namespace of one array library.

    Python numbers are allowed wherever arrays are: they take the dtype of the arrays they meet, and
    a function of Python numbers alone is evaluated in double precision.

    Attributes
    ----------
    lib : module
        The library's array-API namespace, for everything that is not part of a formula.
    """

    def __init__(self, lib: Any):
        self.lib = lib

    def _both(self, a: Any, b: Any) -> tuple[Any, Any]:
        """Turn the Python number of a pair into an array of the other's dtype and device."""
        if _number(a):
            a = self.lib.asarray(a, dtype=b.dtype, device=_device(b))
        if _number(b):
            b = self.lib.asarray(b, dtype=a.dtype, device=_device(a))
        return a, b

    def abs(self, x: Any) -> Any:
        return abs(x)

    def exp(self, x: Any) -> Any:
        return math.exp(x) if _number(x) else self.lib.exp(x)

    def log1p(self, x: Any) -> Any:
        return math.log1p(x) if _number(x) else self.lib.log1p(x)

    def sqrt(self, x: Any) -> Any:
        return math.sqrt(x) if _number(x) else self.lib.sqrt(x)

    def maximum(self, a: Any, b: Any) -> Any:
        if _number(a) and _number(b):
            return max(a, b)
        return self.lib.maximum(*self._both(a, b))

    def minimum(self, a: Any, b: Any) -> Any:
        if _number(a) and _number(b):
            return min(a, b)
        return self.lib.minimum(*self._both(a, b))

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        if isinstance(condition, (bool, np.bool_)):  # a condition on t or on hyper-parameters alone
            return a if condition else b
        if _number(a) and _number(b):
            raise TypeError("where(condition, a, b) needs an array among a and b")
        return self.lib.where(condition, *self._both(a, b))

    def ratio(self, a: Any, b: Any) -> Any:
        """``a / b`` with ``0/0 := 0``; any other division by zero stays infinite."""
        if not (_number(a) and _number(b)):
            a, b = self._both(a, b)
        both_zero = (a == 0) & (b == 0)
        return a / self.where(both_zero, 1.0, b)


def _device(array: Any) -> Any:
    import array_api_compat

    return array_api_compat.device(array)


@functools.cache
def _arrays(lib: Any) -> Arrays:
    return Arrays(lib)


def namespace_of(array: Any) -> Arrays:
    """Return the namespace of an array's library (NumPy, CuPy, torch, JAX, array_api_strict, ...).

    Raises
    ------
    TypeError
        If `array` is not an array of a library that follows the array-API standard.
    """
    import array_api_compat

    try:
        lib = array_api_compat.array_namespace(array)
    except TypeError:
        raise TypeError(
            f"expected an array (NumPy, CuPy or another array-API library), got {array!r} "
            f"of type {type(array).__name__}"
        ) from None
    return _arrays(lib)


class _Scalar(float):
    """A float that arrays take for a Python number; NumPy takes a mere subclass for a float64."""

    __slots__ = ()
    __array_ufunc__ = None  # makes NumPy leave ``array * self`` to the methods below

    def __add__(self, other: Any) -> Any:
        return float(self) + other

    def __radd__(self, other: Any) -> Any:
        return other + float(self)

    def __sub__(self, other: Any) -> Any:
        return float(self) - other

    def __rsub__(self, other: Any) -> Any:
        return other - float(self)

    def __mul__(self, other: Any) -> Any:
        return float(self) * other

    def __rmul__(self, other: Any) -> Any:
        return other * float(self)

    def __truediv__(self, other: Any) -> Any:
        return float(self) / other

    def __rtruediv__(self, other: Any) -> Any:
        return other / float(self)

    def __pow__(self, other: Any, mod: None = None) -> Any:
        return float(self) ** other

    def __rpow__(self, other: Any, mod: None = None) -> Any:
        return other ** float(self)

    # Of two numbers NumPy's Boolean, whose ~ negates (that of Python's is an integer).
    def __lt__(self, other: Any) -> Any:
        return np.float64(self) < other if _number(other) else float(self) < other

    def __le__(self, other: Any) -> Any:
        return np.float64(self) <= other if _number(other) else float(self) <= other

    def __gt__(self, other: Any) -> Any:
        return np.float64(self) > other if _number(other) else float(self) > other

    def __ge__(self, other: Any) -> Any:
        return np.float64(self) >= other if _number(other) else float(self) >= other

    def __eq__(self, other: Any) -> Any:
        return np.float64(self) == other if _number(other) else float(self) == other

    def __ne__(self, other: Any) -> Any:
        return np.float64(self) != other if _number(other) else float(self) != other

    __hash__ = float.__hash__


class Time(_Scalar):
    r"""The round ``t`` (from 1), a float for which ``1 - beta**t`` keeps its digits.

    Evaluated naively, :math:`1-\beta^t` loses up to :math:`\frac{1}{2(1-\beta^t)}` units in the
    last place: about 250 at :math:`t=2,\ \beta=0.999`. ``beta**t`` with a `Time` remembers
    :math:`t\log\beta`, and ``1 - beta**t`` is then :math:`-\mathrm{expm1}(t\log\beta)`, within a
    few units of the last place for every :math:`\beta` and :math:`t`. This is the project's one
    prescription; formulas keep the paper's form.
    """

    __slots__ = ()

    def __rpow__(self, other: Any, mod: None = None) -> Any:
        if _number(other) and 0 < other < 1:
            return _Power(other, self)
        return super().__rpow__(other)

    def __add__(self, other: Any) -> Any:
        total = super().__add__(other)
        return Time(total) if isinstance(total, float) else total

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self + -other


class _Power(_Scalar):
    """``base**t`` together with its logarithm."""

    __slots__ = ("_log",)
    _log: float

    def __new__(cls, base: float, t: float) -> _Power:
        self = super().__new__(cls, float(base) ** float(t))
        self._log = float(t) * math.log(base)
        return self

    def __rsub__(self, other: Any) -> Any:
        if _number(other) and other == 1:
            return -math.expm1(self._log)
        return super().__rsub__(other)
