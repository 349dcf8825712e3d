"""Attack every regret theorem and keep the worst game of each length: attacks.json.

    python notebooks/stored/attacks.py [NAME ...]

Some twenty minutes on one core. What is there already is kept, unless its bound is named; the
chapter on repaired theorems evaluates every game anew.
"""

import json
import platform
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy
import scipy

import adamlab
from adamlab.adversary import Attack, attack
from adamlab.bounds import BOUNDS
from adamlab.claims.repaired import NEW
from adamlab.rules import get_rule

FILE = Path(__file__).with_name("attacks.json")
HORIZONS = (1, 2, 3, 5, 10, 20, 40, 80)
ALL = {**BOUNDS, **NEW}
FREE = ("amsgrad", "amsgrad_sharp", "amsgrad_free", "adamnc", "adamnc_sharp", "adamnc_free")
NAMES = [name for name, bound in ALL.items() if bound.valid]


def short(game: Attack) -> Attack:
    """The game with six digits of each number."""

    def digits(x: Fraction) -> Fraction:
        return Fraction(f"{float(x):.6g}")

    return replace(
        game,
        costs=tuple(map(digits, game.costs)),
        theta1=digits(game.theta1),
        hyper={name: digits(x) for name, x in game.hyper.items()},
        factors=tuple(map(digits, game.factors)),
    )


def push(name: str, horizon: int) -> Attack:
    """The best of the games of one large cost and then small ones of the same sign."""
    bound = ALL[name]
    rule = get_rule(next(iter(bound.rules)))
    hyper = {"beta1": Fraction(0), "lam": Fraction(1, 2)}
    hyper = {key: x for key, x in hyper.items() if key in rule.defaults}
    factors = (Fraction(0),) * horizon if name in FREE else ()
    sizes = [Fraction(f"{x:.3g}") for x in numpy.geomspace(0.01, 1, 25)]
    steps = [Fraction(f"{x:.3g}") for x in numpy.geomspace(0.1, 3, 20)]
    games = (
        Attack(
            bound,
            rule,
            (Fraction(-1), *[-size] * (horizon - 1)),
            Fraction(-1),
            {**hyper, "alpha": step},
            factors,
        )
        for size in sizes
        for step in steps
    )
    return max(games, key=lambda game: game.ratio)


def main(again: list[str]) -> None:
    games = {}
    if FILE.exists():
        games = json.loads(FILE.read_text(encoding="utf-8"))["games"]
    for name in again or NAMES:
        if name in games and name not in again:
            continue
        before: Attack | None = None
        found = []
        for horizon in HORIZONS:
            begin = time.perf_counter()
            free = name in FREE
            if before is not None and name.startswith("ada"):
                pushed = push(name, horizon)
                before = max(before, pushed, key=lambda game: game.ratio)
            before = attack(
                ALL[name],
                horizon=horizon,
                start=before,
                free_beta1=free,
                seed=horizon,
                generations=400,
                restarts=3 if horizon <= 10 else 1,
            )
            game = short(before)
            seconds = round(time.perf_counter() - begin, 1)
            print(f"{name} T={horizon}: {game.ratio:.6f} in {seconds} s", flush=True)
            found.append({**game.as_dict(), "ratio": round(game.ratio, 6), "seconds": seconds})
        games[name] = found
        versions = {
            "adamlab": adamlab.__version__,
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
            "python": platform.python_version(),
        }
        data = {
            "made_by": "notebooks/stored/attacks.py",
            "date": time.strftime("%Y-%m-%d"),
            "versions": versions,
            "games": dict(sorted(games.items())),
        }
        FILE.write_text(json.dumps(data, indent=None, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
