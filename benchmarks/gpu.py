"""All GPU measurements: ``python -m benchmarks.gpu`` runs the GPU tests, then times.

It takes CuPy's current device and writes ``benchmarks/results/gpu-<device>.json``. JAX and torch
are timed beside adamlab where they are installed for CUDA. Every call is timed to its end on the
device, and all are timed in turns; units are those of `benchmarks.run`.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from rich.console import Console
from rich.table import Table

import adamlab as al
from adamlab.engines import gpu
from benchmarks import peers
from benchmarks.timing import Timing, machine, measure

#: Runs, coordinates, rounds: those of `benchmarks.run`, and enough runs to fill a device.
SHAPES = (
    (1, 10, 10_000),
    (64, 10, 20_000),
    (1024, 10, 5_000),
    (4096, 1, 20_000),
    (64, 784, 1_000),
    (4096, 784, 1_000),
    (100_000, 2, 1_000),
    (1_000_000, 10, 1_000),
)
VARIANTS = ("final", "checkpoints", "statistics")
STEP_SIZES = (10**5, 10**7, 10**8)
STEPS = 20  # in one timed call, so that the wait for the device is a small part of it
ROOT = Path(__file__).resolve().parents[1]
TESTS = ("-m", "pytest", "-q", "-m", "gpu", "tests/test_gpu.py")

console = Console()


def trajectories(
    rule: str, loss: str, shape: tuple[int, int, int], dtype: str, variant: str = "final"
) -> Callable[[], Any]:
    """Return what `benchmarks.peers.optax_trajectories` plays, played by adamlab on the GPU."""
    R, d, T = shape
    features, labels = peers.game(d)
    problem = al.problems.linear_model(
        features, labels, loss=loss, domain=al.Box(-1, 1), order="cyclic"
    )
    made = al.rules.get_rule(peers.RULES["optax"][rule])
    defaults = {**made.defaults, "beta1": peers.BETA1, "beta2": peers.BETA2, "eps": peers.EPS}
    hyper = {name: np.full(R, value) for name, value in defaults.items()}
    hyper["alpha"] = peers.step_sizes(R)

    def run() -> Any:
        return gpu.play(
            [problem],
            made,
            {},
            hyper,
            np.zeros(R, np.int64),
            problem.theta0,
            domain=problem.domain,
            dtype=dtype,
            checkpoints=[T] if variant == "final" else rounds(T),
            statistics=variant == "statistics",
        )

    return run


def rounds(horizon: int) -> list[int]:
    """Ten checkpoints on a logarithmic scale: what they hold of a million runs must fit."""
    return np.unique(np.rint(np.geomspace(1, horizon, 10)).astype(int)).tolist()


def jax_plays_on_a_gpu() -> bool:
    try:
        import jax
        import optax  # noqa: F401
    except ImportError:
        return False
    return jax.default_backend() == "gpu"


def torch_has_a_gpu() -> bool:
    try:
        import torch
    except ImportError:
        return False
    return torch.cuda.is_available()


def play(shapes: Sequence[tuple[int, int, int]], repeats: int) -> list[dict[str, Any]]:
    """Time every cell: adamlab in all variants, and optax by scan and vmap."""
    rows = []
    cells = itertools.product(("float64", "float32"), ("squared", "logistic"), ("adam", "amsgrad"))
    for (dtype, loss, rule), (R, d, T) in itertools.product(cells, shapes):
        runs = {v: trajectories(rule, loss, (R, d, T), dtype, v) for v in VARIANTS}
        if jax_plays_on_a_gpu():
            for unroll in (1, 8):
                runs[f"optax, unroll {unroll}"] = peers.optax_trajectories(
                    rule, loss, R, d, [T], dtype, unroll=unroll
                )
        found = measure(runs, repeats, min_seconds=0.05)
        row = {"rule": rule, "loss": loss, "dtype": dtype, "R": R, "d": d, "T": T}
        rows.append(row | {name: _scaled(t, 1e9 / (R * d * T)) for name, t in found.items()})
        console.print(rows[-1])
    return rows


def layouts(repeats: int) -> list[dict[str, Any]]:
    """Time small problems by a thread and by a warp per run, of which `gpu.shape` chooses one."""
    rows = []
    cells = itertools.product(("float64", "float32"), (4, 10), (64, 1024, 16_384, 262_144))
    for dtype, d, R in cells:
        T = 1_000
        runs = {}
        for name, shape in (
            ("32 runs per block", gpu.Shape(1, 32, d)),
            ("128 runs per block", gpu.Shape(1, 128, d)),
            ("a warp per run", gpu.Shape(32, 32, 1)),
        ):
            runs[name] = _shaped(shape, trajectories("adam", "squared", (R, d, T), dtype))
        found = measure(runs, repeats, min_seconds=0.05)
        row = {"dtype": dtype, "R": R, "d": d, "T": T}
        rows.append(row | {name: _scaled(t, 1e9 / (R * d * T)) for name, t in found.items()})
    return rows


def _shaped(shape: gpu.Shape, run: Callable[[], Any]) -> Callable[[], Any]:
    def shaped() -> Any:
        with mock.patch.object(gpu, "shape", return_value=shape):
            return run()

    return shaped


def steps(sizes: Sequence[int], repeats: int) -> list[dict[str, Any]]:
    """Time one step in float32 on n parameters, beside a copy of as many bytes."""
    import cupy

    rows = []
    for rule, n in itertools.product(("adam", "adamax", "amsgrad"), sizes):
        optimizer = al.rules.get_rule(peers.RULES["torch"][rule])(alpha=1e-3)
        theta, g = cupy.zeros(n, "float32"), cupy.asarray(peers.gradient(n))
        state = optimizer.init(theta)
        moved = 4 * n * (1 + 2 * (1 + len(state.arrays)))  # g is read, the rest read and written
        source = cupy.zeros(moved // 8, "float32")  # a copy reads and writes
        target = cupy.empty_like(source)
        wait = cupy.cuda.Device().synchronize
        runs = {
            "adamlab": _repeated(functools.partial(optimizer.step_, theta, g, state), wait),
            "copy": _repeated(functools.partial(cupy.copyto, target, source), wait),
        }
        if torch_has_a_gpu():
            import torch

            wait = torch.cuda.synchronize
            for kind in ("fused", "foreach") if rule != "adamax" else ("foreach",):
                runs[f"torch {kind}"] = _repeated(_torch_step(rule, n, kind), wait)
        if jax_plays_on_a_gpu():
            runs["optax"] = _repeated(peers.optax_step(rule, n), lambda: None)
        found = measure(runs, repeats, min_seconds=0.05)
        row = {"rule": rule, "n": n, **{k: _scaled(t, 1e6 / STEPS) for k, t in found.items()}}
        row["bytes per second"] = moved * STEPS / found["adamlab"].median
        row["share of copy"] = found["copy"].median / found["adamlab"].median
        rows.append(row)
        console.print(row)
    return rows


def _torch_step(rule: str, n: int, kind: str) -> Callable[[], Any]:
    import torch

    theta = torch.nn.Parameter(torch.zeros(n, device="cuda"))
    theta.grad = torch.from_numpy(peers.gradient(n)).to("cuda")
    made = torch.optim.Adamax if rule == "adamax" else torch.optim.Adam
    options = {"amsgrad": True} if rule == "amsgrad" else {}
    return made([theta], lr=1e-3, **options, **{kind: True}).step


def _repeated(step: Callable[[], Any], wait: Callable[[], Any]) -> Callable[[], None]:
    def run() -> None:
        for _ in range(STEPS):
            step()
        wait()

    return run


def _scaled(timing: Timing, unit: float) -> dict[str, float]:
    return {
        "median": timing.median * unit,
        "lower_quartile": timing.lower_quartile * unit,
        "upper_quartile": timing.upper_quartile * unit,
    }


def device() -> dict[str, Any]:
    """Describe the GPU and what drives it."""
    import cupy

    number = cupy.cuda.Device().id
    properties = cupy.cuda.runtime.getDeviceProperties(number)
    return {
        "name": properties["name"].decode(),
        "memory_gib": round(properties["totalGlobalMem"] / 2**30, 1),
        "multiprocessors": properties["multiProcessorCount"],
        "capability": cupy.cuda.Device().compute_capability,
        "driver": cupy.cuda.runtime.driverGetVersion(),
        "nvrtc": cupy.cuda.nvrtc.getVersion(),
        "cupy": cupy.__version__,
    }


def tests() -> str:
    """Run the GPU tests; return pytest's closing line.

    Raises
    ------
    SystemExit
        If one fails: what computes something else is not worth timing.
    """
    done = subprocess.run([sys.executable, *TESTS], cwd=ROOT, capture_output=True, text=True)
    closing = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr
    if done.returncode:
        console.print(done.stdout, done.stderr, markup=False, highlight=False)
        raise SystemExit(f"the GPU tests fail: {closing}")
    return closing.strip("= ")


def show(result: dict[str, Any]) -> None:
    """Print the tables."""
    for title, rows in (
        ("Trajectories: ns per run, coordinate and round", result["trajectories"]),
        ("Layouts: ns per run, coordinate and round", result["layouts"]),
        ("One step in float32: microseconds", result["steps"]),
    ):
        heads = list(dict.fromkeys(name for row in rows for name in row))
        table = Table(title=title)
        for head in heads:
            table.add_column(head)
        for row in rows:
            table.add_row(*(_cell(row.get(head, "none")) for head in heads))
        console.print(table)
    console.print(result["device"], result["tests"])


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        spread = (value["upper_quartile"] - value["lower_quartile"]) / value["median"]
        return f"{value['median']:.3g} ±{50 * spread:.0f}%"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few small cells, few repeats")
    parser.add_argument("--output", type=Path, help="the JSON file to write")
    arguments = parser.parse_args()
    why_not = gpu.status()
    if why_not:
        raise SystemExit(f"no GPU can be timed here: {why_not}")
    repeats = 3 if arguments.quick else 7
    found = device()
    result: dict[str, Any] = {"device": found, "machine": machine(), "tests": tests()}
    result["steps"] = steps(STEP_SIZES[:2] if arguments.quick else STEP_SIZES, repeats)
    result["trajectories"] = play(SHAPES[1:3] if arguments.quick else SHAPES, repeats)
    result["layouts"] = [] if arguments.quick else layouts(repeats)
    show(result)
    name = re.sub(r"\W+", "-", found["name"].lower()).strip("-")
    path = arguments.output or ROOT / "benchmarks" / "results" / f"gpu-{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")
    console.print(f"written: {path}")


if __name__ == "__main__":
    main()
