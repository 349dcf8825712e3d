"""All CPU benchmarks: ``python -m benchmarks.run`` prints the tables and writes their numbers.

Everything is a ratio of times taken side by side, in turns, in this one run. The unit of a
trajectory is nanoseconds per run, coordinate and round; of a step, microseconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numba
import numpy as np
from rich.console import Console
from rich.table import Table

import adamlab as al
from adamlab.engines import cpu
from benchmarks import floor, peers
from benchmarks.timing import Timing, machine, measure

#: Runs, coordinates, rounds.
SHAPES = (
    (1, 1, 200_000),
    (1, 10, 100_000),
    (64, 10, 20_000),
    (1024, 10, 5_000),
    (4096, 1, 20_000),
    (64, 784, 1_000),
    (100_000, 2, 1_000),
)
VARIANTS = ("final", "checkpoints", "statistics")
STEP_SIZES = (10**3, 10**5, 10**7, 10**8)
RESULTS = Path(__file__).parent / "results"

console = Console(width=160)


def logarithmic(horizon: int) -> list[int]:
    """Eight checkpoints per decade, as of `adamlab.regret`."""
    grid = np.geomspace(1, horizon, math.ceil(8 * math.log10(horizon)) + 1)
    return np.unique(np.rint(grid).astype(int)).tolist()


def trajectories(
    rule: str, loss: str, shape: tuple[int, int, int], dtype: str, variant: str = "final"
) -> Callable[[], cpu.Batch]:
    """Return what `benchmarks.peers.optax_trajectories` plays, played by adamlab."""
    R, d, T = shape
    features, labels = peers.game(d)
    problem = al.problems.linear_model(
        features, labels, loss=loss, domain=al.Box(-1, 1), order="cyclic"
    )
    made = al.rules.get_rule(peers.RULES["optax"][rule])
    defaults = {**made.defaults, "beta1": peers.BETA1, "beta2": peers.BETA2, "eps": peers.EPS}
    hyper = {name: np.full(R, value) for name, value in defaults.items()}
    hyper["alpha"] = peers.step_sizes(R)

    def run() -> cpu.Batch:
        return cpu.play(
            [problem],
            made,
            {},
            hyper,
            np.zeros(R, np.int64),
            problem.theta0,
            domain=problem.domain,
            dtype=dtype,
            checkpoints=[T] if variant == "final" else logarithmic(T),
            statistics=variant == "statistics",
        )

    return run


def quickest_unroll(
    rule: str, loss: str, shape: tuple[int, int, int], dtype: str, unrolls: Sequence[int]
) -> tuple[int, Callable[[], Any]]:
    """Return by how many steps optax's loop is best unrolled, and its runs of this kind."""
    R, d, T = shape
    found = {
        unroll: peers.optax_trajectories(rule, loss, R, d, [T], dtype, unroll=unroll)
        for unroll in unrolls
    }
    if len(found) > 1:
        times = measure({str(k): run for k, run in found.items()}, repeats=3, min_seconds=0)
        return min(found.items(), key=lambda item: times[str(item[0])].median)
    return next(iter(found.items()))


def play(
    shapes: Sequence[tuple[int, int, int]],
    kinds: Sequence[tuple[str, str, str]],
    unrolls: Sequence[int],
    repeats: int,
) -> list[dict[str, Any]]:
    """Time every cell: adamlab and optax, with the final loss alone and with all statistics.

    optax is timed as it is used, with the whole batch in one compiled function, and divided by
    hand among as many Python threads as there are cores.
    """
    rows = []
    cores = numba.config.NUMBA_NUM_THREADS
    for (dtype, loss, rule), shape in itertools.product(kinds, shapes):
        R, d, T = shape
        unroll, optax = quickest_unroll(rule, loss, shape, dtype, unrolls)
        runs = {v: trajectories(rule, loss, shape, dtype, v) for v in VARIANTS}
        runs["optax"] = optax
        if min(cores, R) > 1:
            runs["optax divided"] = peers.optax_trajectories(
                rule, loss, R, d, [T], dtype, unroll=unroll, threads=cores
            )
        runs["optax statistics"] = peers.optax_trajectories(
            rule, loss, R, d, logarithmic(T), dtype, statistics=True, unroll=unroll
        )
        least = floor.divide_and_root(dtype, 2_000)
        runs["floor"] = least.run
        found = measure(runs, repeats, min_seconds=0.05)
        timed = found.pop("floor")
        unit = 1e9 / (R * d * T)
        row = {
            "rule": rule,
            "loss": loss,
            "dtype": dtype,
            "R": R,
            "d": d,
            "T": T,
            **{name: _scaled(timing, unit) for name, timing in found.items()},
            "floor": _scaled(timed, 1e9 / least.amount),
            "unroll": unroll,
            "unrolls": list(unrolls),
        }
        row["ratio"] = row["optax"]["median"] / row["final"]["median"]
        row["ratio statistics"] = row["optax statistics"]["median"] / row["statistics"]["median"]
        rows.append(row)
        console.print(
            f"{dtype} {loss:8} {rule:7} ({R}, {d}, {T}): adamlab {row['final']['median']:.3f}, "
            f"optax {row['optax']['median']:.3f} ns: {row['ratio']:.2f} times",
            highlight=False,
        )
    return rows


def steps(sizes: Sequence[int], repeats: int) -> list[dict[str, Any]]:
    """Time one step in float32 on n parameters."""
    rows = []
    traffic = floor.triad()
    for rule, n in itertools.product(("adam", "adamax", "amsgrad"), sizes):
        optimizer = al.rules.get_rule(peers.RULES["torch"][rule])(alpha=1e-3)
        g, theta = peers.gradient(n), np.zeros(n, np.float32)
        state = optimizer.init(theta)

        def step(
            optimizer: Any = optimizer, theta: Any = theta, g: Any = g, state: Any = state
        ) -> None:
            optimizer.step_(theta, g, state)

        runs = {"adamlab": step, "torch foreach": peers.torch_step(rule, n, "foreach")}
        if rule != "adamax":  # torch has none
            runs["torch fused"] = peers.torch_step(rule, n, "fused")
        runs["optax"] = peers.optax_step(rule, n)
        runs["numpy"] = peers.numpy_step(peers.RULES["torch"][rule], n)
        runs["triad"] = traffic.run
        found = measure(runs, repeats, min_seconds=0.02)
        moved = 4 * n * (1 + 2 * (1 + len(state.arrays)))  # g is read, the rest read and written
        bandwidth = traffic.amount / found.pop("triad").median
        row = {"rule": rule, "n": n, **{k: _scaled(t, 1e6) for k, t in found.items()}}
        row["share of triad"] = moved / found["adamlab"].median / bandwidth
        rows.append(row)
    return rows


def growth(repeats: int) -> list[dict[str, Any]]:
    """Time against the number of runs, of coordinates and of rounds, over three decades each."""
    rows = []
    for name, base, values in (
        ("R", (None, 10, 1_000), (64, 640, 6_400, 64_000)),
        ("d", (64, None, 1_000), (8, 80, 800, 8_000)),
        ("T", (64, 10, None), (1_000, 10_000, 100_000, 1_000_000)),
    ):
        shapes = [tuple(v if x is None else x for x in base) for v in values]
        runs = {str(s): trajectories("adam", "squared", s, "float64") for s in shapes}
        found = measure(runs, repeats, min_seconds=0.05)
        seconds = [found[str(s)].median for s in shapes]
        exponent = math.log10(seconds[-1] / seconds[-2])
        rows.append({"axis": name, "values": values, "seconds": seconds, "exponent": exponent})
    return rows


def _scaled(timing: Timing, unit: float) -> dict[str, float]:
    return {
        "median": timing.median * unit,
        "lower_quartile": timing.lower_quartile * unit,
        "upper_quartile": timing.upper_quartile * unit,
    }


def targets(result: dict[str, Any]) -> list[tuple[str, float, str, bool]]:
    """What is to be reached: a text, the number measured, the limit, and whether it is met."""
    rows, limits = result["trajectories"], []

    def check(text: str, value: float, least: float | None = None, most: float | None = None):
        met = value >= least if least is not None else value <= most
        limits.append((text, value, f">= {least}" if least is not None else f"<= {most}", met))

    batched = [r for r in rows if r["R"] >= 64 and r["dtype"] == "float64"]
    if batched:
        ratios = [r["ratio"] for r in batched]
        check("optax / adamlab, smallest of batched float64 cells", min(ratios), least=3)
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        check("optax / adamlab, geometric mean of batched float64 cells", mean, least=5)
    if rows:
        check("optax / adamlab, smallest of all cells", min(r["ratio"] for r in rows), least=1)
        worst = max(r["statistics"]["median"] / r["final"]["median"] for r in rows)
        check("checkpoints and statistics / final loss only, largest", worst, most=1.5)
    for shape, most in (((1024, 10), 1.3), ((64, 10), 1.6), ((4096, 1), 1.6)):
        for r in rows:
            kind = (r["rule"], r["loss"], r["dtype"])
            if (r["R"], r["d"]) == shape and kind == ("adam", "squared", "float64"):
                ratio = r["final"]["median"] / r["floor"]["median"]
                check(f"adamlab / floor at {shape}", ratio, most=most)
    for r in result["steps"]:
        if r["n"] == 10**7 and "torch fused" in r:
            ratio = r["torch fused"]["median"] / r["adamlab"]["median"]
            check(f"torch fused / adamlab, {r['rule']}, 10^7 parameters", ratio, least=1.1)
    for r in result["growth"]:
        check(f"exponent of the time in {r['axis']}", r["exponent"], most=1.05)
    return limits


def show(result: dict[str, Any]) -> None:
    """Print the tables."""

    def cell(timing: dict[str, float]) -> str:
        spread = (timing["upper_quartile"] - timing["lower_quartile"]) / timing["median"]
        return f"{timing['median']:.3g} ±{50 * spread:.0f}%"

    table = Table(title="Trajectories: ns per run, coordinate and round (median, half IQR)")
    for head in ("cell", *VARIANTS, "optax", "ratio", "divided", "optax statistics", "ratio"):
        table.add_column(head, no_wrap=True)
    for r in result["trajectories"]:
        name = f"{r['dtype'][5:]} {r['loss']} {r['rule']} {r['R']}, {r['d']}, {r['T']}"
        divided = cell(r["optax divided"]) if "optax divided" in r else ""
        table.add_row(
            *(name, *(cell(r[v]) for v in VARIANTS), cell(r["optax"]), f"{r['ratio']:.2f}"),
            *(divided, cell(r["optax statistics"]), f"{r['ratio statistics']:.2f}"),
        )
    console.print(table)

    table = Table(title="One step in float32: microseconds (median, half IQR)")
    names = ("adamlab", "torch fused", "torch foreach", "optax", "numpy")
    for head in ("rule", "n", *names, "share of triad"):
        table.add_column(head)
    for r in result["steps"]:
        table.add_row(
            *(r["rule"], f"{r['n']:.0e}"),
            *(cell(r[n]) if n in r else "none" for n in names),
            f"{r['share of triad']:.2f}",
        )
    console.print(table)

    for r in result["growth"]:
        times = ", ".join(f"{s:.3g} s" for s in r["seconds"])
        console.print(f"{r['axis']} = {r['values']}: {times}; exponent {r['exponent']:.3f}")
    for dtype, timing in result["floor"].items():
        console.print(f"floor, {dtype}: {timing['median']:.3f} ns per division and square root")
    console.print(result["machine"])
    for text, value, limit, met in targets(result):
        console.print(f"{'met   ' if met else 'MISSED'} {text}: {value:.3g} ({limit})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the small cells alone, few repeats")
    parser.add_argument("--dtypes", nargs="+", default=["float64", "float32"])
    parser.add_argument("--losses", nargs="+", default=["squared", "logistic"])
    parser.add_argument("--rules", nargs="+", default=["adam", "amsgrad"])
    parser.add_argument("--only-trajectories", action="store_true")
    parser.add_argument(
        "--unrolls", nargs="+", type=int, default=[1, 8], help="that optax may have"
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--output", type=Path, help="the JSON file to write")
    arguments = parser.parse_args()
    repeats = arguments.repeats
    result: dict[str, Any] = {"machine": machine(), "unit": "ns per run, coordinate and round"}
    result["floor"] = {}
    for dtype in ("float64", "float32"):
        work = floor.divide_and_root(dtype)
        timing = measure({"floor": work.run}, repeats)["floor"]
        result["floor"][dtype] = _scaled(timing, 1e9 / work.amount)
    result["steps"], result["growth"] = [], []
    if not arguments.only_trajectories:
        result["steps"] = steps(STEP_SIZES[:2] if arguments.quick else STEP_SIZES, repeats)
        result["growth"] = [] if arguments.quick else growth(repeats)
    shapes = SHAPES[1:3] if arguments.quick else SHAPES
    kinds = [*itertools.product(arguments.dtypes, arguments.losses, arguments.rules)]
    result["trajectories"] = play(shapes, kinds, arguments.unrolls, repeats)
    show(result)
    name = re.sub(r"\W+", "-", result["machine"]["processor"].lower()).strip("-")
    path = arguments.output or RESULTS / f"cpu-{name}-{result['machine']['cores']}-cores.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")
    console.print(f"written: {path}")


if __name__ == "__main__":
    main()
