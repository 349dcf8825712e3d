"""What the machine can do at best: division and square root, and the traffic with memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, NamedTuple

import numba
import numpy as np

from adamlab.engines.jit import wide_vectors

__all__ = ["Work", "divide_and_root", "triad"]


class Work(NamedTuple):
    """Something to time: a callable, and how much (elements or bytes) one call does."""

    run: Callable[[], Any]
    amount: int


@numba.njit(nogil=True, error_model="numpy")
def _divide_and_root(a, b, c, passes):
    wide_vectors()
    for _ in range(passes):
        for i in range(a.size):
            c[i] += a[i] / math.sqrt(b[i])


@numba.njit(nogil=True, error_model="numpy")
def _triad(a, b, c, s):
    wide_vectors()
    for i in range(a.size):
        a[i] = b[i] + s * c[i]


def divide_and_root(dtype: str, passes: int = 20_000) -> Work:
    """Return divisions by square roots, on all cores and out of the first-level caches.

    One of each is what a step of Adam cannot do without. With `amount` in elements, a call's time
    over `amount` is the floor of the time per coordinate and step.
    """
    cores, size = numba.config.NUMBA_NUM_THREADS, 1024
    data = np.random.default_rng(0).uniform(1, 2, (cores, 3, size)).astype(dtype)
    parts = [(*arrays, passes) for arrays in data]
    return Work(_on_all_cores(_divide_and_root, parts), cores * size * passes)


def triad(elements: int = 1 << 26) -> Work:
    """Return ``a = b + s * c`` on all cores, with float64 arrays far larger than any cache.

    `amount` is in bytes, two reads and a write per element, as is usual for this measure.
    """
    a, b, c = np.zeros(elements), np.ones(elements), np.ones(elements)
    cores = numba.config.NUMBA_NUM_THREADS
    cuts = [slice(elements * k // cores, elements * (k + 1) // cores) for k in range(cores)]
    parts = [(a[cut], b[cut], c[cut], 0.5) for cut in cuts]
    return Work(_on_all_cores(_triad, parts), 3 * a.nbytes)


def _on_all_cores(kernel: Any, parts: list[tuple[Any, ...]]) -> Callable[[], None]:
    pool = ThreadPoolExecutor(len(parts))
    kernel(*parts[0])

    def run() -> None:
        wait([pool.submit(kernel, *part) for part in parts])

    return run
