"""A timer for callables side by side, and the description of the machine they ran on."""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import math
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np

__all__ = ["Timing", "machine", "measure"]

LIBRARIES = ("adamlab", "numpy", "numba", "llvmlite", "jax", "jaxlib", "optax", "torch")


@dataclass(frozen=True)
class Timing:
    """Seconds per call, over several samples.

    Attributes
    ----------
    median, lowest, lower_quartile, upper_quartile, highest : float
    samples : int
    calls : int
        How many calls each sample is the mean of.
    """

    median: float
    lowest: float
    lower_quartile: float
    upper_quartile: float
    highest: float
    samples: int
    calls: int


def measure(
    callables: Mapping[str, Callable[[], Any]], repeats: int = 7, min_seconds: float = 0.2
) -> dict[str, Timing]:
    """Time callables in turns, so that what disturbs the machine disturbs all of them.

    Parameters
    ----------
    callables : mapping of str to callable
        Each is called once before its first sample.
    repeats : int
        How many samples each gives, at least 1.
    min_seconds : float
        How long a sample lasts at least: a short call is repeated.
    """
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, got {repeats!r}")
    with _no_garbage_collection():
        calls = {name: _calls(run, min_seconds) for name, run in callables.items()}
        seconds: dict[str, list[float]] = {name: [] for name in callables}
        for _ in range(repeats):
            for name, run in callables.items():
                seconds[name].append(_seconds(run, calls[name]) / calls[name])
    out = {}
    for name, values in seconds.items():
        lowest, lower, median, upper, highest = map(float, np.quantile(values, np.arange(5) / 4))
        out[name] = Timing(median, lowest, lower, upper, highest, repeats, calls[name])
    return out


def _calls(run: Callable[[], Any], min_seconds: float) -> int:
    run()
    calls = 1
    while (seconds := _seconds(run, calls)) < min_seconds:
        # One call's time is uncertain where it is short, hence in steps.
        wanted = math.ceil(1.1 * calls * min_seconds / max(seconds, 1e-9))
        calls = min(max(wanted, calls + 1), 10 * calls)
    return calls


def _seconds(run: Callable[[], Any], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        run()
    return time.perf_counter() - began


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def machine() -> dict[str, Any]:
    """Describe where timings are taken: processor, cores, memory, versions, and the load before."""
    installed = {name: _version(name) for name in LIBRARIES}
    return {
        "processor": _processor(),
        "cores": numba.config.NUMBA_NUM_THREADS,
        "memory_gib": round(_memory() / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": round(os.getloadavg()[0], 2),
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "versions": {name: version for name, version in installed.items() if version},
    }


def _processor() -> str:
    """Return the processor's name, which Python itself tells on few systems."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
