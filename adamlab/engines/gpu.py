r"""The GPU engine: whole trajectories, for many runs at once, and single steps, on CuPy.

It plays what `adamlab.engines.cpu` plays, with the same arguments and results. The kernels are
``trajectory.cu`` and ``step.cu``, around the functions that `adamlab.emit` prints of the rule and
the loss; NVRTC compiles them where a process first needs them, in a fraction of a second. All of it
happens on CuPy's current device: ``with cupy.cuda.Device(1): ...`` chooses another.
"""

from __future__ import annotations

import functools
import math
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from adamlab.domains import Box
from adamlab.emit import STAGES, Program, loss_functions, program
from adamlab.engines.reference import Interrupted
from adamlab.optimizers import Optimizer, Rule, Schedule

if TYPE_CHECKING:
    from adamlab.engines.cpu import Batch

__all__ = ["Shape", "compiled", "play", "shape", "source", "status", "step"]

Floats = NDArray[np.float64]

#: How NVRTC is to compile: every rounding as the formulas have it, and subnormal numbers are not
#: flushed to zero (`cupy.RawKernel` insists on that), so that a GPU gives what a CPU gives. The
#: kernels wait for memory and for divisions; contracted products would save little.
OPTIONS = ("--std=c++17", "--fmad=false", "--device-as-default-execution-space")

_HERE = Path(__file__).parent
_LAUNCH = 0.05  # seconds that one launch should last: how soon an interrupt is heeded
_FIRST = 256  # rounds of the first launch
_QUEUE = 2  # launches that wait on the device, so that it never does
_POSITIONS = 2**22  # of random orders, that are sent at a time


def source(kernel: str, code: Program, loss: Any = None) -> str:
    """Return the CUDA source of a kernel, ``"trajectory"`` or ``"step"``, around a program."""
    functions = [code.cuda] if loss is None else [code.cuda, loss_functions(loss)[1]]
    before, after = (_HERE / name for name in ("elementary.cuh", f"{kernel}.cu"))
    return "\n\n".join([before.read_text(), *functions, after.read_text()])


def compiled(nvrtc: Any, code: str, macros: Mapping[str, Any], capability: int) -> bytes:
    """Compile with CuPy's binding of NVRTC: a cubin, or PTX for a device that is newer than it."""
    known = [number for number in nvrtc.getSupportedArchs() if number <= capability]
    if not known:
        version = ".".join(map(str, nvrtc.getVersion()))
        raise RuntimeError(f"NVRTC {version} is too new for a device of capability {capability}")
    native = capability in known
    target = f"sm_{capability}" if native else f"compute_{max(known)}"
    defined = (f"-D{name}={value}" for name, value in macros.items())
    handle = nvrtc.createProgram(code, "adamlab.cu", (), ())
    try:
        nvrtc.compileProgram(handle, (*OPTIONS, f"--gpu-architecture={target}", *defined))
        image = nvrtc.getCUBIN(handle) if native else nvrtc.getPTX(handle)
    except nvrtc.NVRTCError as error:
        raise RuntimeError(f"a kernel does not compile: {nvrtc.getProgramLog(handle)}") from error
    finally:
        nvrtc.destroyProgram(handle)
    return image.encode() if isinstance(image, str) else bytes(image)


# -------------------------------------------------------------------------------------------------
# The library that holds arrays and launches kernels


def status() -> str:
    """Return why no GPU can be used here; an empty string if one can."""
    try:
        import cupy
    except ImportError:
        return "cupy is not installed: pip install 'adamlab[cuda13]' (or cuda12)"
    try:
        if not cupy.is_available():
            return "CuPy finds no CUDA device"
        cupy.cuda.nvrtc.getVersion()
    except Exception as error:  # a driver can fail in ways of its own
        return f"CuPy cannot use a CUDA device: {error}"
    return ""


class _CuPy:
    """What is asked of CuPy; the tests put a compiler for the CPU in its place."""

    def __init__(self) -> None:
        why = status()
        if why:
            raise RuntimeError(f"there is no GPU to use: {why}")
        import cupy

        self.xp = cupy

    def kernel(self, code: str, name: str, macros: Mapping[str, Any]) -> Callable[..., None]:
        """Return ``launch(blocks, threads, argument)``; the argument is one C structure."""
        cuda, loaded = self.xp.cuda, {}

        def launch(blocks: int, threads: int, argument: NDArray[Any]) -> None:
            device = cuda.Device()
            if device.id not in loaded:
                module = cuda.function.Module()
                module.load(compiled(cuda.nvrtc, code, macros, int(device.compute_capability)))
                loaded[device.id] = module.get_function(name)
            loaded[device.id]((blocks,), (threads,), (argument,))

        return launch

    @staticmethod
    def on(array: Any) -> Any:
        """Return a context in which launches are on the device of an array."""
        return array.device

    @staticmethod
    def address(array: Any) -> int:
        return int(array.data.ptr)

    def host(self, array: Any) -> NDArray[Any]:
        return np.asarray(self.xp.asnumpy(array))

    def mark(self) -> Callable[[], bool]:
        """Mark this place in the device's queue; return a function that tells if it was reached."""
        event = self.xp.cuda.Event(disable_timing=True)
        event.record()
        return lambda: bool(event.done)

    def free(self) -> int:
        """How many bytes the current device has left."""
        free: int = self.xp.cuda.runtime.memGetInfo()[0]
        return free + int(self.xp.get_default_memory_pool().free_bytes())

    def device(self) -> str:
        number = self.xp.cuda.Device().id
        name = self.xp.cuda.runtime.getDeviceProperties(number)["name"].decode()
        return f"device {number} ({name})"


@functools.cache
def _library() -> Any:
    return _CuPy()


@functools.lru_cache(maxsize=256)
def _kernel(library: Any, code: str, name: str, macros: tuple[tuple[str, Any], ...]) -> Any:
    return library.kernel(code, name, dict(macros))


_REAL = {"float32": "float", "float64": "double"}


def _structure(*fields: tuple[Any, ...]) -> np.dtype[Any]:
    """Return the dtype of a C structure."""
    return np.dtype([*fields], align=True)


def _pointers(*names: str) -> list[tuple[str, str]]:
    return [(name, "u8") for name in names]


# -------------------------------------------------------------------------------------------------
# Trajectories

_GAME = _structure(
    *_pointers("features", "targets", "order"),
    *((name, "i4") for name in ("order_length", "orders", "position")),
    *_pointers("played"),
    ("l2", "f8"),
    *_pointers("lower", "upper"),
    ("runs", "i8"),
    *_pointers("fixed_hyper", "run_hyper", "kept", "squares", "sums", "gradient"),
    ("first", "i8"),
    ("last", "i8"),
    *_pointers("checkpoints"),
    ("checkpoint_count", "i4"),
    *_pointers("reported_sums", "reported_squares", "reported"),
)

_SUMS, _REPORTED_SUMS = 7, 5
_STOPPED = 6


@dataclass(frozen=True)
class Shape:
    """How the runs of a game are laid out on threads.

    Attributes
    ----------
    threads : int
        That play one run: 1, or all of a block.
    block : int
        Threads of a block.
    held : int
        Coordinates that each holds in registers; 0 if they stay in global memory.
    """

    threads: int
    block: int
    held: int


def shape(d: int, n_state: int, dtype: str, statistics: bool, batch: int, runs: int) -> Shape:
    """Return a layout for which registers suffice; `tests/test_gpu_compile.py` sees to that."""
    words = 2 if dtype == "float64" else 1
    # Of 255 registers: theta and the state; lowest, highest and the sum of squares; the gradient.
    each = words * (1 + n_state) + (2 * words + 2) * statistics + words * (batch > 1)
    if d <= 16 and d * each <= (140 if batch == 1 else 120):
        return Shape(1, 128 if runs >= 2**14 else 32, d)  # small blocks where there are few runs
    threads = 32 * min(8, math.ceil(d / 128))
    held = math.ceil(d / threads)
    return Shape(threads, threads, held if held <= 12 and held * each <= 80 else 0)


def play(
    games: Sequence[Any],
    rule: Rule,
    schedules: Mapping[str, Callable[[Any, Any], Any]],
    hyper: Mapping[str, Floats],
    played: NDArray[np.int64],
    theta: Floats,
    *,
    domain: Any,
    dtype: str,
    checkpoints: Sequence[int],
    record: Sequence[str] = (),
    statistics: bool = True,
    advance: Callable[[int], None] = lambda t: None,
) -> Batch:
    """Play many runs of one rule up to the last checkpoint, on CuPy's current device.

    Parameters and result are those of `adamlab.engines.cpu.play`, as is what cannot be played
    (`adamlab.engines.cpu.refusal`).

    Raises
    ------
    RuntimeError
        If there is no GPU, saying why.
    MemoryError
        If the device's memory does not suffice, with the sizes.
    Interrupted
        At a keyboard interrupt; ``partial`` is the batch with the checkpoints that were reached.
    """
    library = _library()
    varied = tuple(k for k, values in hyper.items() if k == "alpha" or (values != values[0]).any())
    if not set(varied) <= {"alpha"}:
        varied = tuple(rule.defaults)  # one kernel for whatever else is swept
    setting = _Setting(
        library,
        program(rule, schedules, varied),
        hyper,
        theta.astype(dtype),
        domain,
        np.array(checkpoints),
        tuple(record),
        statistics,
    )
    groups = [_Group(setting, *group) for group in _groups(games, played)]
    _check_memory(setting, sum(group.size for group in groups), len(played))
    for group in groups:
        group.allocate()

    launched, finished, last = 0, 0, checkpoints[-1]
    queue: deque[tuple[Callable[[], bool], int, int]] = deque()
    rounds, before = _FIRST, time.perf_counter()
    try:
        while launched < last or queue:
            if launched < last and len(queue) < _QUEUE:
                step = min(rounds, *(group.most_rounds for group in groups), last - launched)
                for group in groups:
                    group.play(launched + 1, launched + step)
                launched += step
                queue.append((library.mark(), launched, step))
                continue
            reached, finished, step = queue.popleft()
            _wait(reached)
            now = time.perf_counter()
            # The next launches as long as wished, but not on the strength of one that was short.
            wished = step * _LAUNCH / max(now - before, 1e-9)
            rounds, before = max(1, min(int(wished), 4 * step)), now
            advance(finished)
    except KeyboardInterrupt:
        raise Interrupted(_assembled(groups, len(played), checkpoints, finished)) from None
    return _assembled(groups, len(played), checkpoints, last)


def _wait(reached: Callable[[], bool]) -> None:
    """Wait so that an interrupt is heeded: not in CUDA."""
    began = time.perf_counter()
    while not reached():
        time.sleep(0 if time.perf_counter() - began < 0.002 else 0.001)


@dataclass(frozen=True)
class _Setting:
    """What all runs of a batch share."""

    library: Any
    code: Program
    hyper: Mapping[str, Floats]
    theta: NDArray[Any]
    domain: Any
    checkpoints: NDArray[np.int64]
    record: tuple[str, ...]
    statistics: bool


def _groups(
    games: Sequence[Any], played: NDArray[np.int64]
) -> list[tuple[list[Any], NDArray[np.int64], NDArray[np.int64]]]:
    """Divide the runs by their data: the games and the runs of each group, and who plays which."""
    from adamlab.engines.cpu import differ_in_order

    first, everyone = games[0], np.arange(len(played))
    if all(differ_in_order(first, game) for game in games):
        if first.rows.order in ("cyclic", "stream"):
            return [([first], everyone, np.zeros_like(played))]
        return [([*games], everyone, played)]
    members = [(game, np.flatnonzero(played == g)) for g, game in enumerate(games)]
    return [([game], runs, np.zeros_like(runs)) for game, runs in members if len(runs)]


class _Group:
    """Runs that are played by one launch."""

    def __init__(
        self,
        setting: _Setting,
        games: list[Any],
        runs: NDArray[np.int64],
        played: NDArray[np.int64],
    ):
        game, code, real = games[0], setting.code, setting.theta.dtype
        self.runs, self._setting, self._games, self._played = runs, setting, games, played
        n, d, marks = len(runs), len(setting.theta), len(setting.checkpoints)
        self._random = game.rows.order not in ("cyclic", "stream")
        self._shape = shape(d, len(code.state), real.name, setting.statistics, game.rows.batch, n)
        self._ends = (d, n) if self._shape.threads == 1 else (n, d)
        # What a checkpoint keeps of every coordinate, in the order of trajectory.cu.
        recorded = [name for name in ("theta", *code.state) if name in setting.record]
        self._names = [*("metric", "lowest", "highest") * setting.statistics, *recorded]
        self._macros = {
            "REAL": _REAL[real.name],
            "DIMENSION": d,
            "THREADS": self._shape.threads,
            "BLOCK": self._shape.block,
            "HELD": self._shape.held,
            "BATCH": game.rows.batch,
            "OWN_ROWS": int(len(games) > 1),
            "L2": int(game.l2 != 0),
            "STATISTICS": int(setting.statistics),
            "RECORD": sum(1 << ("theta", *code.state).index(name) for name in recorded),
        }
        squares = self._ends if setting.statistics else (0, 0)
        gradient = self._ends if game.rows.batch > 1 and not self._shape.held else (0, 0)
        self._shapes: dict[str, tuple[tuple[int, ...], Any]] = {
            "kept": ((1 + len(code.state) + 2 * setting.statistics, *self._ends), real),
            "squares": (squares, np.float64),
            "sums": ((_SUMS, n), np.float64),
            "gradient": (gradient, real),
            "reported_sums": ((marks, _REPORTED_SUMS, n), np.float64),
            "reported_squares": ((marks, *squares), np.float64),
            "reported": ((marks, len(self._names), *self._ends), real),
        }

    @property
    def size(self) -> int:
        """The bytes that it takes on the device."""
        game = self._games[0]
        order = _POSITIONS if self._random else game.rows.n
        inputs = 8 * (math.prod(game.features.shape) + game.rows.n) + 4 * order
        hyper = (8 * len(self._setting.code.run_hyper) + 4) * len(self.runs)
        arrays = (math.prod(s) * np.dtype(k).itemsize for s, k in self._shapes.values())
        # Results leave one by one, in float64 and in another order.
        result = 16 * len(self._setting.checkpoints) * math.prod(self._ends) * bool(self._names)
        return inputs + hyper + sum(arrays) + result

    @property
    def most_rounds(self) -> int:
        """How many rounds one launch may play at most."""
        if not self._random:
            return 2**30
        return max(1, _POSITIONS // (len(self._games) * self._games[0].rows.batch))

    def allocate(self) -> None:
        setting, game, code = self._setting, self._games[0], self._setting.code
        xp, d, real = setting.library.xp, len(setting.theta), setting.theta.dtype
        low, high = np.array(-np.inf), np.array(np.inf)
        if isinstance(setting.domain, Box):
            low, high = setting.domain.bounds(d)
        features = game.features
        features = features.toarray() if hasattr(features, "tocsr") else features
        hyper = [setting.hyper[name][self.runs] for name in code.run_hyper]
        given = {
            "features": np.asarray(features, np.float64),
            "targets": np.asarray(game.targets, np.float64),
            "order": np.zeros(1, np.int32) if self._random else np.arange(game.rows.n, dtype="i4"),
            "played": self._played.astype(np.int32),
            "lower": np.broadcast_to(low, (d,)).astype(real),
            "upper": np.broadcast_to(high, (d,)).astype(real),
            "fixed_hyper": np.array([setting.hyper[name][0] for name in code.fixed_hyper]),
            "run_hyper": np.array(hyper, np.float64),
            "checkpoints": setting.checkpoints.astype(np.int64),
        }
        self._arrays = {name: xp.asarray(np.ascontiguousarray(a)) for name, a in given.items()}
        self._arrays.update({name: xp.zeros(s, k) for name, (s, k) in self._shapes.items()})
        theta = xp.asarray(setting.theta)
        theta = theta[:, None] if self._shape.threads == 1 else theta
        self._arrays["kept"][0] = theta
        if setting.statistics:
            self._arrays["kept"][-2:] = theta
        self._kernel = _kernel(
            setting.library,
            source("trajectory", code, game.played_loss),
            "play",
            tuple(self._macros.items()),
        )

    def play(self, first: int, last: int) -> None:
        """Put the rounds from `first` to `last` in the device's queue."""
        library, game, n = self._setting.library, self._games[0], len(self.runs)
        marks = self._setting.checkpoints
        mark = int(np.searchsorted(marks, first))
        count = int(np.searchsorted(marks, last, "right")) - mark
        arrays, position = dict(self._arrays), 0
        if self._random:
            orders = [g.rows.between(first - 1, last) for g in self._games]
            arrays["order"] = library.xp.asarray(np.stack(orders, axis=1).astype(np.int32))
        else:
            position = (first - 1) * game.rows.batch % game.rows.n
        for name in ("checkpoints", "reported_sums", "reported_squares", "reported"):
            arrays[name] = arrays[name][mark : mark + count]
        argument = np.zeros(1, _GAME)
        for name, array in arrays.items():
            argument[name] = library.address(array)
        for name, value in {
            "order_length": len(arrays["order"]),
            "orders": len(self._games),
            "position": position,
            "l2": game.l2,
            "runs": n,
            "first": first,
            "last": last,
            "checkpoint_count": count,
        }.items():
            argument[name] = value
        blocks = n if self._shape.threads > 1 else math.ceil(n / self._shape.block)
        self._kernel(blocks, self._shape.block, argument)

    def results(self, reached: int) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """Return the scalars and the vectors at the first checkpoints, by run and checkpoint."""
        library, statistics = self._setting.library, self._setting.statistics
        xp, arrays = library.xp, self._arrays

        def by_run(kept: Any) -> Any:  # of (checkpoint, D, R) or (checkpoint, R, D)
            axes = (2, 0, 1) if self._shape.threads == 1 else (1, 0, 2)
            return xp.ascontiguousarray(kept[:reached].transpose(axes).astype(np.float64))

        sums = library.host(arrays["reported_sums"])[:reached].transpose(1, 2, 0)
        scalars = {"cumulative_loss": sums[0], "absolute_loss": sums[1]}
        vectors = {
            name: library.host(by_run(arrays["reported"][:, k]))
            for k, name in enumerate(self._names)
        }
        if statistics:
            scalars.update(momentum_term=sums[2], G_inf=sums[3], G_2=np.sqrt(sums[4]))
            squares = by_run(arrays["reported_squares"])
            vectors["gradient_norm"] = library.host(xp.sqrt(squares))
        return scalars, vectors

    @property
    def stopped_at(self) -> NDArray[np.int64]:
        stopped: NDArray[Any] = self._setting.library.host(self._arrays["sums"])[_STOPPED]
        return stopped.astype(np.int64)


def _check_memory(setting: _Setting, size: int, runs: int) -> None:
    free = setting.library.free()
    if size > free:
        raise MemoryError(
            f"{runs} runs x {len(setting.theta)} coordinates, with {len(setting.checkpoints)} "
            f"checkpoints, take {size / 1e9:.2f} GB; {setting.library.device()} has "
            f"{free / 1e9:.2f} GB left: use fewer checkpoints or smaller axes, or statistics=False"
        )


def _assembled(groups: list[_Group], runs: int, checkpoints: Sequence[int], last: int) -> Batch:
    """Put the groups together, in the order of the runs."""
    from adamlab.engines.cpu import Batch

    t = [mark for mark in checkpoints if mark <= last]
    stopped = np.zeros(runs, np.int64)
    scalars: dict[str, Floats] = {}
    vectors: dict[str, Floats] = {}
    for group in groups:
        stopped[group.runs] = group.stopped_at
        for into, found in zip((scalars, vectors), group.results(len(t)), strict=True):
            for name, values in found.items():
                into.setdefault(name, np.empty((runs, *values.shape[1:])))[group.runs] = values
    return Batch(t, stopped, scalars, vectors)


# -------------------------------------------------------------------------------------------------
# One step on arrays


def step(
    optimizer: Optimizer, t: int, theta: Any, grad: Any, arrays: tuple[Any, ...], out: Sequence[Any]
) -> bool:
    """Write the parameters and the state after round `t` to `out`, in one pass over CuPy arrays.

    Parameters
    ----------
    optimizer : Optimizer
    t : int
    theta, grad : array
    arrays : tuple of array
        The state.
    out : sequence of array
        For theta and the state; may be the same arrays.

    Returns
    -------
    bool
        Whether it was done: False for arrays that are not contiguous float32 or float64, and for a
        schedule that is no formula in `t`.
    """
    if theta.dtype.char not in "fd" or not all(
        a.flags.c_contiguous for a in (theta, grad, *arrays, *out)
    ):
        return False
    prepared = _prepared(_library(), optimizer, theta.dtype.char)
    if prepared is None:
        return False
    library, kernel, structure, stages = prepared
    address = library.address
    old, new = [*map(address, arrays)] or [0], [*map(address, out[1:])] or [0]
    pointers = (address(theta), address(grad), old, address(out[0]), new)
    argument = np.array([(theta.size, *pointers, *stages(t))], structure)
    blocks = min(max(1, math.ceil(theta.size / _STEP_BLOCK)), 2**20)
    with library.on(theta):
        kernel(blocks, _STEP_BLOCK, argument)
    return True


_STEP_BLOCK = 256


@functools.lru_cache(maxsize=256)
def _prepared(library: Any, optimizer: Optimizer, kind: str) -> tuple[Any, ...] | None:
    """Return the library, the kernel, its argument's dtype, and what the stages give at t."""
    schedules = {k: v.factor for k, v in optimizer.hyper.items() if isinstance(v, Schedule)}
    try:
        code = program(optimizer.rule, schedules, ())
    except (TypeError, AttributeError, ValueError):
        return None
    n_state = max(len(code.state), 1)
    structure = _structure(
        ("size", "i8"),
        *_pointers("theta", "g"),
        ("state", "u8", (n_state,)),
        *_pointers("new_theta"),
        ("new_state", "u8", (n_state,)),
        *((name, kind, (max(code.sizes[name], 1),)) for name in STAGES),
    )
    real = _REAL[np.dtype(kind).name]
    kernel = _kernel(library, source("step", code), "step", (("REAL", real),))
    scope = dict(_ON_HOST)
    exec(code.python, scope)
    given = (optimizer.hyper[name] for name in code.fixed_hyper)
    numbers = [np.float64(v.scale if isinstance(v, Schedule) else v) for v in given]
    with np.errstate(all="ignore"):
        fixed = scope["fixed_stage"](numbers)
        run = scope["run_stage"]((), fixed)

    def stages(t: int) -> list[tuple[float, ...]]:
        with np.errstate(all="ignore"):
            per_round = scope["round_stage"](np.float64(t), fixed)
            both = scope["run_round_stage"](fixed, per_round, run)
        return [values or (0.0,) for values in (fixed, per_round, run, both)]

    return library, kernel, structure, stages


#: What the printed stages call, in float64, where CUDA's mathematics would give the same.
_ON_HOST = {
    **{name: getattr(np, name) for name in ("exp", "expm1", "log", "log1p", "sqrt", "power")},
    **{name: getattr(np, name) for name in ("absolute", "sign", "where", "inf", "nan")},
    **{name: getattr(np, name) for name in ("maximum", "minimum")},
    "real": np.float64,
}
