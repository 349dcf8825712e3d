"""What compiled CPU code needs of numba: elementary functions, memory, and a cache on disk.

numba is imported here and in `adamlab.engines.cpu` alone, both of which are imported when something
is first compiled.
"""

from __future__ import annotations

import functools
import hashlib
import math
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import caching, cgutils, serialize
from numba.core.compiler import CompileResult
from numba.core.registry import cpu_target
from numba.core.typing.templates import Signature
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from adamlab.data import cache_directory

__all__ = [
    "copies",
    "data_of",
    "entry",
    "inner",
    "multiply_add",
    "prefetch",
    "printed",
    "stack",
    "tuples",
    "wide_vectors",
]

# Without NumPy's error model a division would be a branch, and a loop with it no vector loop.
_OPTIONS = {"error_model": "numpy", "no_cfunc_wrapper": True}
_INNER = {**_OPTIONS, "no_cpython_wrapper": True, "_nrt": False, "forceinline": True}


def inner(function: Callable[..., Any], **options: Any) -> Any:
    """Compile a function that only compiled code calls; LLVM inlines the small ones."""
    return numba.njit(**_INNER, **options)(function)


def entry(function: Callable[..., Any], key: str) -> Any:
    """Compile a function that Python calls, without the GIL; keep it on disk under a key."""
    dispatcher = numba.njit(nogil=True, **_OPTIONS)(function)
    dispatcher._cache = _DiskCache(key)
    return dispatcher


# -------------------------------------------------------------------------------------------------
# Vectors and memory


@intrinsic
def wide_vectors(context):
    """Let LLVM use the widest vectors in the function that calls this.

    By default it avoids 512 bits, for the sake of code that uses them now and then.
    """

    def generate(context, builder, signature, args):
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), generate


def stack(dtype: Any, size: int) -> Any:
    """Return a compiled function that gives memory for `size` numbers on the stack, as a pointer.

    LLVM knows that nothing else points there; of an array's memory it would have to find out in
    every loop.
    """
    number = numba.from_dtype(np.dtype(dtype))

    @intrinsic
    def allocate(context):
        def generate(context, builder, signature, args):
            kind = context.get_value_type(number)
            memory = cgutils.alloca_once(builder, ir.ArrayType(kind, max(size, 1)))
            memory.align = 64
            return builder.bitcast(memory, kind.as_pointer())

        return types.CPointer(number)(), generate

    return allocate


@intrinsic
def data_of(context, array):
    """The pointer to an array's data, to be given a shape of constants by ``numba.carray``."""

    def generate(context, builder, signature, args):
        return make_array(signature.args[0])(context, builder, args[0]).data

    return types.CPointer(array.dtype)(array), generate


def copies(dtype: Any) -> tuple[Any, Any]:
    """Return compiled functions that copy n numbers from, and to, an address of a number's index.

    ``load(pointer, offset, address, start, n)`` and ``save`` with the same arguments.
    """
    number = numba.from_dtype(np.dtype(dtype))
    size = np.dtype(dtype).itemsize
    pointer = types.CPointer(number)

    def copy(load: bool) -> Any:
        @intrinsic
        def function(context, memory, offset, address, start, n):
            def generate(context, builder, signature, args):
                memory, offset, address, start, n = args
                kind = context.get_value_type(number).as_pointer()
                near = builder.gep(memory, [offset])
                far = builder.gep(builder.inttoptr(address, kind), [start])
                to, source = (near, far) if load else (far, near)
                cgutils.raw_memcpy(builder, to, source, n, size)
                return context.get_dummy_value()

            return types.void(pointer, *[types.int64] * 4), generate

        return function

    return copy(True), copy(False)


@intrinsic
def prefetch(context, address):
    """Fetch the line of an address into the cache; any address will do."""

    def generate(context, builder, signature, args):
        pointer, number = cgutils.voidptr_t, ir.IntType(32)
        function = builder.module.declare_intrinsic(
            "llvm.prefetch", [pointer], ir.FunctionType(ir.VoidType(), [pointer, *[number] * 3])
        )
        to_read_soon = (number(0), number(3), number(1))
        builder.call(function, [builder.inttoptr(args[0], pointer), *to_read_soon])
        return context.get_dummy_value()

    return types.void(types.int64), generate


@intrinsic
def multiply_add(context, x, y, z):
    """``x * y + z``, rounded once or twice, as is quicker."""

    def generate(context, builder, signature, args):
        kind = args[0].type
        kinds = ir.FunctionType(kind, [kind] * 3)
        function = builder.module.declare_intrinsic("llvm.fmuladd", [kind], kinds)
        return builder.call(function, args)

    return x(x, x, x), generate


@intrinsic
def _bits_of(context, x):
    def generate(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.int64))

    return types.int64(types.float64), generate


@intrinsic
def _float_of(context, x):
    def generate(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.float64))

    return types.float64(types.int64), generate


# -------------------------------------------------------------------------------------------------
# Elementary functions, in float64, without branches, so that LLVM can vectorise loops over them

_LOG2_E = 1 / math.log(2)
_LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")  # 32 bits: its product with an exponent is exact
_LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
_ROUND = 1.5 * 2.0**52  # x + _ROUND - _ROUND rounds x; the sum's low bits are the integer
_HALF_ROOT = 0x3FE6A09E667F3BCD  # the bits of sqrt(1/2)
_ONE = 0x3FF0000000000000


def _polynomial(*coefficients: float) -> Any:
    """Return Horner's scheme as straight code; the first coefficient is the highest."""
    first, *others = map(repr, coefficients)
    text = functools.reduce(lambda p, c: f"multiply_add({p}, x, {c})", others, first)
    return inner(eval(f"lambda x: {text}", {"multiply_add": multiply_add}))


#: (e^x - 1 - x) / x^2 for |x| <= log(2)/2, and (log((1 + s)/(1 - s)) - 2 s) / s^3 in s^2 for
#: |s| <= 3 - 2 sqrt(2): Taylor's series, cut where a term is below 1e-17.
_exponential = _polynomial(*(1 / math.factorial(n) for n in range(14, 1, -1)))
_artanh = _polynomial(*(2 / (2 * n + 3) for n in range(11, -1, -1)))


@inner
def _two_to(n):
    """2^n for a whole number -1022 <= n <= 1023."""
    return _float_of((_bits_of(n + _ROUND) + 1023) << 52)


@inner
def _parts_of_exp(x, least):
    """Return p and two scales: exp(x) = (1 + p) * scale * scale, p = e^r - 1, r = x - n log 2.

    For x <= `least`, and x >= 710, those of the limit.
    """
    y = x if not (x < least) else least
    y = y if not (y > 710.0) else 710.0
    n = multiply_add(y, _LOG2_E, _ROUND) - _ROUND
    r = multiply_add(n, -_LN2_LOW, multiply_add(n, -_LN2_HIGH, y))
    half = multiply_add(n, 0.5, _ROUND) - _ROUND  # in two steps, for what is not a normal number
    return multiply_add(r * r, _exponential(r), r), _two_to(half), _two_to(n - half)


@inner
def exp(x):
    p, a, b = _parts_of_exp(x, -746.0)
    return (1.0 + p) * a * b


@inner
def expm1(x):
    p, a, b = _parts_of_exp(x, -64.0)  # less is -1; subnormal numbers would take long
    scale = a * b  # may be infinite from 700 on
    value = multiply_add(scale, p, scale - 1.0) if x < 700.0 else (1.0 + p) * a * b
    return x if x == 0.0 else value  # keeps the sign of 0


@inner
def log1p(x):
    r"""``log(1 + x)``: 1 + x = 2^k (1 + f), and log(1 + f) = 2 artanh(s) with s = f / (2 + f)."""
    u = 1.0 + x
    lost = x - (u - 1.0) if x < 1.0 else 1.0 - (u - x)  # what rounding took from u
    bits = _bits_of(u) + (_ONE - _HALF_ROOT)
    k = _float_of((bits >> 52) | 0x4330000000000000) - (2.0**52 + 1023)
    f = _float_of((bits & 0xFFFFFFFFFFFFF) + _HALF_ROOT) - 1.0
    s = f / (2.0 + f)
    z = s * s
    square = 0.5 * f * f
    # 1/u to leading order: exact where u is 1, and where it is not, `lost` is too small to matter.
    lost = lost * (1.0 - f + f * f) * _two_to(-k if k < 1000.0 else -1000.0)
    small = multiply_add(s, multiply_add(z, _artanh(z), square), multiply_add(k, _LN2_LOW, lost))
    value = multiply_add(k, _LN2_HIGH, small - square + f)
    value = value if u > 0.0 else (-math.inf if u == 0.0 else math.nan)
    return value if x < math.inf else x


@inner
def _log(x):
    return math.log(x) if x >= 0.0 else math.nan


@inner
def _sqrt(x):
    return math.sqrt(x)


@inner
def _power(x, y):
    return x**y


@inner
def _absolute(x):
    return abs(x)


@inner
def _sign(x):
    return 1.0 if x > 0 else (-1.0 if x < 0 else x)


@inner
def _where(condition, a, b):
    return a if condition else b


@inner
def _maximum(a, b):
    return a if (a >= b) | (a != a) else b  # NaN stays, from either side


@inner
def _minimum(a, b):
    return a if (a <= b) | (a != a) else b


_FUNCTIONS = {
    **{"exp": exp, "expm1": expm1, "log1p": log1p, "log": _log, "sqrt": _sqrt, "power": _power},
    **{"absolute": _absolute, "sign": _sign, "where": _where, "inf": math.inf, "nan": math.nan},
    **{"maximum": _maximum, "minimum": _minimum},
}


def printed(source: str, names: Sequence[str], real: Any = np.float64) -> list[Any]:
    """Return functions that `adamlab.emit` printed, compiled; `real` is a dtype's constructor.

    ``update`` computes in that dtype, all others in float64.
    """
    known: dict[str, Any] = {**_FUNCTIONS, "real": real}
    in_dtype = dict(known)
    if real is np.float32:
        for name in ("exp", "expm1", "log", "log1p"):
            in_dtype[name] = inner(_through_float64(known[name]))
    for scope in (known, in_dtype):
        exec(source, scope)
    return [inner((in_dtype if name == "update" else known)[name]) for name in names]


@functools.cache
def tuples(n: int) -> tuple[Any, Any]:
    """Return compiled functions that load and store n numbers ``a[i, :, j]`` as a tuple."""
    names: dict[str, Any] = {}
    items = "".join(f"a[i, {k}, j], " for k in range(n))
    stores = "; ".join(f"a[i, {k}, j] = x[{k}]" for k in range(n)) or "pass"
    exec(f"def load(a, i, j): return ({items})\ndef store(a, i, j, x): {stores}", names)
    return inner(names["load"]), inner(names["store"])


def _through_float64(function: Any) -> Callable[..., Any]:
    return lambda x: np.float32(function(np.float64(x)))


# -------------------------------------------------------------------------------------------------
# The cache on disk


def _environment() -> tuple[str, ...]:
    """What a compiled kernel depends on beside its source."""
    own = (Path(__file__).with_name(name) for name in ("cpu.py", "jit.py"))
    return (
        *(hashlib.sha256(path.read_bytes()).hexdigest() for path in own),
        *(numba.__version__, llvmlite.__version__, np.__version__, sys.version),
        *map(str, cpu_target.target_context.codegen().magic_tuple()),
    )


# Of the files that this process runs: they may be changed while it does.
_ENVIRONMENT = _environment()


class _DiskCache(caching._Cache):
    """Keeps the machine code of one function, by a key of everything that it was made from.

    A file is written under another name and then moved, so that no process sees half of one, and
    begins with its checksum. What cannot be read or written is compiled as if there were no cache.
    """

    def __init__(self, key: str):
        self._key = key

    @property
    def cache_path(self) -> str:
        return str(cache_directory())

    def _path(self, signature: Signature) -> Path:
        digest = hashlib.sha256(repr((self._key, signature, _ENVIRONMENT)).encode()).hexdigest()
        return cache_directory() / f"{digest[:40]}.kernel"

    def load_overload(self, signature: Signature, target: Any) -> Any:
        try:
            data = self._path(signature).read_bytes()
            if hashlib.sha256(data[32:]).digest() != data[:32]:
                return None
            target.refresh()
            return CompileResult._rebuild(target, *pickle.loads(data[32:]))
        except Exception:
            return None

    def save_overload(self, signature: Signature, data: Any) -> None:
        try:
            path = self._path(signature)
            payload = serialize.dumps(data._reduce())
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(payload).digest() + payload)
                os.replace(temporary, path)
            except BaseException:  # an interrupt too
                os.unlink(temporary)
                raise
        except (OSError, RuntimeError):
            pass  # a folder that cannot be written to, a full disk, or a user without a home

    def enable(self) -> None: ...

    def disable(self) -> None: ...

    def flush(self) -> None: ...
