"""Compute the phase diagrams of the chapter on counterexamples: minutes on one core.

    python notebooks/stored/phase_diagrams.py [NAME ...]

writes a compressed netCDF file per diagram beside this script, with its provenance in the
attributes. The chapter imports this file too, to compute every 16th row and column again.
"""

import datetime
import platform
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xarray as xr

import adamlab as al
from adamlab.claims.convergence import drift, one_loud

HERE = Path(__file__).resolve().parent
CELLS = 400
LINEAR = (np.arange(CELLS) + 0.5) / CELLS  # the middles of equal cells


def logarithmic(least, most):
    """Numbers below 1, those next to it the most finely: 1 - b is spaced geometrically."""
    edges = np.linspace(np.log10(most), np.log10(least), CELLS + 1)
    return 1 - 10 ** ((edges[1:] + edges[:-1]) / 2)


@dataclass(frozen=True)
class Diagram:
    """Games over a grid of betas, and what is kept of each.

    The measure "regret" is R(T)/T, "end" the last point, "distance" log10 of how far it is from
    the minimiser, at least -4.
    """

    problem: object
    measure: str
    horizon: int
    rule: object = al.Adam
    alpha: float = 0.5
    theta0: float = 1.0
    beta1: np.ndarray = field(default_factory=LINEAR.copy)
    beta2: np.ndarray = field(default_factory=LINEAR.copy)

    @property
    def cycle(self):
        """The gradients of a cycle, where the losses are linear."""
        return (self.problem.features * self.problem.targets[:, None])[:, 0]

    def drift(self, beta1, beta2):
        """S of every cell, beta1 down and beta2 across."""
        return drift(self.rule, self.cycle, beta1=beta1[:, None], beta2=beta2[None], eps=0)

    def play(self, every=1, horizon=None, rows=100):
        """Return the measure over every so many rows and columns, from the middle of the first."""
        T = horizon or self.horizon
        beta1, beta2 = (b[every // 2 :: every] for b in (self.beta1, self.beta2))
        strips = []
        for first in range(0, len(beta1), rows):
            run = al.sweep(
                self.problem,
                self.rule,
                alpha=al.inverse_sqrt(self.alpha),
                beta1=beta1[first : first + rows],
                beta2=beta2,
                eps=0,
                theta0=[self.theta0],
                horizon=T,
                checkpoints=[T],
                record=["theta"],
                statistics=False,
                backend="numba",
            )
            end = run.theta.values[:, :, 0, 0]
            if self.measure == "regret":
                strips.append(run.average_regret.values[:, :, 0])
            elif self.measure == "end":
                strips.append(end)
            else:
                gap = np.abs(end - self.problem.comparator[0])
                strips.append(np.log10(np.maximum(gap, 1e-4)))
        return xr.DataArray(
            np.concatenate(strips), {"beta1": beta1, "beta2": beta2}, ["beta1", "beta2"]
        )


DIAGRAMS = {
    "reddi3": Diagram(al.problems.reddi(3), "regret", 30_000),
    "reddi10": Diagram(al.problems.reddi(10), "regret", 30_000),
    # With the correction: without it the first steps, up to alpha/sqrt(1 - beta2), hide the rest.
    "zhang10": Diagram(al.problems.zhang(10), "distance", 60_000, alpha=1.0),
    "zhang20": Diagram(al.problems.zhang(20), "distance", 60_000, alpha=1.0),
    "defaults": Diagram(
        al.problems.reddi_long(),
        "end",
        2000 * 101,
        alpha=5.0,
        theta0=0.0,
        beta1=logarithmic(1e-3, 1),
        beta2=logarithmic(1e-5, 1e-1),
    ),
}

#: How loud one gradient of n is, against n - 1 of size 1: just as they all together and 1 more,
#: or these many times all of them.
LOUDNESS = {"n": None, "1.1 (n-1)": 1.1, "2 (n-1)": 2.0}
EPSILONS = np.geomspace(1e-1, 1e-5, 161)  # 1 - beta2


def periods(beta1=0.9, epsilons=EPSILONS, longest=3000):
    """Return the shortest period with S < 0 by loudness and 1 - beta2; 0 where there is none."""
    found = xr.DataArray(
        np.zeros((len(LOUDNESS), len(epsilons)), dtype=np.int64),
        {"loudness": list(LOUDNESS), "epsilon": epsilons},
        ["loudness", "epsilon"],
    )
    for loudness, times in LOUDNESS.items():
        n, row = 3, np.zeros(len(epsilons), dtype=np.int64)
        while n <= longest and not row.all():
            cycle = one_loud(n if times is None else times * (n - 1), n)
            silent = row == 0
            moved = drift(al.Adam, cycle, beta1=beta1, beta2=1 - epsilons[silent], eps=0)
            row[silent] = np.where(moved < 0, n, 0)
            n += 1 if n < 100 else n // 100
        found.loc[loudness] = row
    return found


def unsettled(diagram, every=16):
    """Return the share of cells that end on another side after twice the rounds."""
    S = diagram.drift(*(b[every // 2 :: every] for b in (diagram.beta1, diagram.beta2)))
    total = diagram.cycle.sum()
    middle = {"regret": total / len(diagram.cycle), "end": 0.0, "distance": np.log10(3)}[
        diagram.measure
    ]
    sides = [diagram.play(every, T).values > middle for T in (diagram.horizon, 2 * diagram.horizon)]
    return {
        "cells_that_change_side_at_twice_the_horizon": float(np.mean(sides[0] != sides[1])),
        "cells_on_the_side_of_the_drift": float(np.mean(sides[0] == (S < 0))),
    }


def provenance(seconds):
    git = ["git", "-C", str(HERE), "rev-parse", "HEAD"]
    return {
        "command": "python notebooks/stored/phase_diagrams.py",
        "git_commit": subprocess.run(git, capture_output=True, text=True).stdout.strip(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": __import__("numba").__version__,
        "adamlab": al.__version__,
        "device": f"CPU, {platform.machine()}",
        "seconds": round(seconds, 1),
    }


def main(names):
    import time

    for name in names or [*DIAGRAMS, "periods"]:
        start = time.perf_counter()
        if name == "periods":
            values, about = periods(), {"beta1": 0.9, "rule": "adam"}
        else:
            diagram = DIAGRAMS[name]
            values = diagram.play()
            about = {
                "problem": diagram.problem.name,
                "rule": diagram.rule.name,
                "measure": diagram.measure,
                "alpha": diagram.alpha,
                "theta0": diagram.theta0,
                "horizon": diagram.horizon,
                **unsettled(diagram),
            }
        data = values.to_dataset(name="value")
        data.attrs = {**about, **provenance(time.perf_counter() - start)}
        encoding = {"zlib": True, "complevel": 9, "shuffle": True}
        if values.dtype == np.float64:
            encoding |= {"dtype": "int16", "scale_factor": 2e-4, "_FillValue": -32768}
        path = HERE / f"{name}.nc"
        data.to_netcdf(path, engine="h5netcdf", encoding={"value": encoding})
        print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB", dict(data.attrs), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
