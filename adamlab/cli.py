"""The command ``adamlab``: regret experiments, the claims, the rules, the problems, this machine.

Exit codes: 0 all is well; 1 a verdict is not the expected one; 2 wrong usage or input; 3 the run
stopped at a NaN or inf, or no comparator was found; 4 something that the command needs is not here:
an extra, a backend, data; 130 interrupted.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from adamlab.experiments import BACKENDS

if TYPE_CHECKING:
    import xarray
    from rich.console import Console

    from adamlab.claims import Claim, Evidence

__all__ = ["main"]

DIFFERS, BAD_INPUT, NOT_FINITE, NOT_HERE, INTERRUPTED = 1, 2, 3, 4, 130

main = typer.Typer(
    name="adamlab",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]


def _version(wanted: bool) -> None:
    if wanted:
        import adamlab

        typer.echo(f"adamlab {adamlab.__version__}")
        raise typer.Exit


@main.callback()
def _about(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Adam and its relatives, with the regret they really have.

    \b
    adamlab rules                          which update rules there are, and how they differ
    adamlab problems                       which problems there are
    adamlab regret reddi adam --alpha 0.1  play one and see its regret, certified
    adamlab verify C01                     what the paper claims, and whether it is true
    adamlab info                           what is installed here
    """


@main.command()
def regret(
    problem: Annotated[
        str, typer.Argument(metavar="PROBLEM", help="NAME or NAME:key=value,... as in reddi:C=4")
    ],
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="NAME or NAME:key=value,... as in rmsprop:rho=0.9")
    ],
    alpha: Annotated[float | None, typer.Option(help="Step size, or its scale.")] = None,
    schedule: Annotated[
        str, typer.Option(help="constant or inverse_sqrt: alpha/sqrt(t).")
    ] = "constant",
    beta1: Annotated[float | None, typer.Option(help="Decay of the first moment.")] = None,
    beta2: Annotated[float | None, typer.Option(help="Decay of the second moment.")] = None,
    eps: Annotated[float | None, typer.Option(help="What is added to the metric.")] = None,
    horizon: Annotated[
        int | None,
        typer.Option(
            "--horizon", "-T", help="Rounds; by default 10000, or all that the data have."
        ),
    ] = None,
    checkpoints: Annotated[
        str, typer.Option(help="Rounds to report: log, all, or a number per decade.")
    ] = "log",
    seed: Annotated[int, typer.Option(help="Of the problem's randomness.")] = 0,
    dtype: Annotated[str, typer.Option(help="float64 or float32.")] = "float64",
    backend: Annotated[str, typer.Option(help=f"auto, {', '.join(BACKENDS)}.")] = "auto",
    plot: Annotated[
        Path | None, typer.Option(help="Also draw it, into a .png, .svg or .pdf file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Play a game and print its regret, certified.

    The regret is against the best fixed point in hindsight. The digits shown are certain: where
    they are not, an interval is shown. A bound that the regret certainly exceeds has an asterisk.
    Every hyper-parameter can follow the rule's name; the usual ones have options too.

    \b
    Examples:
      adamlab regret reddi adam --alpha 0.5 --schedule inverse_sqrt --horizon 1000
      adamlab regret reddi_unprojected:C=4 adam:beta1=0,beta2=0.05,eps=0 --alpha 0.5 \\
        --schedule inverse_sqrt --horizon 300
      adamlab regret phishing adagrad --alpha 0.5 --plot phishing.png
      adamlab regret reddi amsgrad --horizon 100 --json

    \b
    Exit codes:
      2  wrong usage or input
      3  the run stopped at a NaN or inf (the checkpoints before are printed), or no comparator
      4  an extra, a backend or a data set is missing
      130  interrupted (the checkpoints that were reached are printed)

    In JSON, NaN and inf are null.
    """
    import adamlab as al
    from adamlab.engines.reference import Interrupted, NonFiniteError

    with _errors(KeyError, TypeError, ValueError):
        game = _problem(problem)
        method, given = _split(rule, "RULE")
        hyper: dict[str, Any] = {name: _number(name, value) for name, value in given.items()}
        found = al.rules.get_rule(method)
        for name, value in {"alpha": alpha, "beta1": beta1, "beta2": beta2, "eps": eps}.items():
            if value is not None and hyper.setdefault(name, value) is not value:
                raise ValueError(f"{name} is given twice: as --{name} and in {rule}")
        schedules: dict[str, Any] = {"constant": float, "inverse_sqrt": al.inverse_sqrt}
        if schedule not in schedules:
            raise ValueError(f"schedule must be one of {', '.join(schedules)}, got {schedule!r}")
        if schedule != "constant" or "alpha" in hyper:
            hyper["alpha"] = schedules[schedule](hyper.get("alpha", found.defaults["alpha"]))
        optimizer = found(**hyper)
        if plot is not None:
            _check_plot(plot)

    failed: NonFiniteError | Interrupted | None = None
    with _errors(ValueError, OSError):
        try:
            run = al.regret(
                game,
                optimizer,
                game.realise(seed).horizon or 10_000 if horizon is None else horizon,
                seed=seed,
                dtype=dtype,
                backend=backend,
                checkpoints=int(checkpoints) if checkpoints.isdigit() else checkpoints,
            )
        except (NonFiniteError, Interrupted) as error:
            failed, run = error, error.partial
        if as_json:
            typer.echo(json.dumps(_plain(run.to_dict()), allow_nan=False))
        else:
            _print_run(run, repr(optimizer))
        if plot is not None and run.sizes["t"]:
            al.plots.regret(run).savefig(plot)
    if isinstance(failed, Interrupted):
        _fail("interrupted; the checkpoints that were reached are printed", INTERRUPTED)
    if failed is not None:
        _fail(f"the {failed.what} is {failed.value} {_where(failed)}", NOT_FINITE)


@main.command()
def verify(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[IDS]...", help="Such as C01 C20; all if none.")
    ] = None,
    section: Annotated[
        str | None, typer.Option(help="Only the claims of this section of the paper, such as 2.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the claims that take long: experiments.")
    ] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", help="Processes; 0: as processors.")] = 0,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the statements and all that was checked.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check the claims of the paper, and print the ledger of verdicts.

    A claim holds, holds if a condition is added, is refuted, or stays open. Each verdict is
    compared with the expected one, which was written down by hand.

    \b
    Examples:
      adamlab verify C01 C20
      adamlab verify c33 --verbose
      adamlab verify --section 3 --jobs 1
      adamlab verify C01 --json

    \b
    Exit codes:
      1  a verdict is not the expected one, or a check failed
      2  wrong usage or input
      4  a library is missing (extras verify and networks)
      130  interrupted (what was checked is printed)
    """
    import os

    from adamlab import claims

    found: list[claims.Evidence] = []
    interrupted = False
    with _errors(ValueError):
        if jobs < 0:
            raise ValueError(f"--jobs must be 0 or more, got {jobs}")
        chosen = claims.select(ids or (), section=section, experiments=not quick)
        try:
            with _claims_bar(len(chosen)) as advance:
                for evidence in claims.verify(chosen, jobs=jobs or os.cpu_count() or 1):
                    found.append(evidence)
                    advance(evidence.claim.id)
        except KeyboardInterrupt:
            interrupted = True
    found.sort(key=lambda evidence: evidence.claim.id)
    expected = claims.ledger()
    if as_json:
        typer.echo(json.dumps([_plain(evidence.as_dict()) for evidence in found], allow_nan=False))
    else:
        _print_ledger(found, expected, verbose)
    if interrupted:
        _fail(f"interrupted; {len(found)} of {len(chosen)} claims were checked", INTERRUPTED)
    differing = [e for e in found if e.failed or e.verdict != expected.get(e.claim.id)]
    if differing:
        message = "; ".join(
            f"{e.claim.id}: {e.verdict}, expected {expected.get(e.claim.id, 'nothing yet')}"
            + "".join(f"; failed: {finding.what}" for finding in e.failed)
            for e in differing
        )
        _fail(message, DIFFERS)


@main.command()
def rules(
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown table.")] = False,
) -> None:
    """List the update rules and how they differ.

    \b
    Examples:
      adamlab rules
      adamlab rules --json
      adamlab rules --markdown
    """
    from adamlab.rules import RULES

    table: list[dict[str, Any]] = [
        {
            "rule": rule.name,
            "title": _title(rule.__doc__, markdown),
            "hyper-parameters": dict(rule.defaults),
            "source": rule.source,
            "differs": rule.differs,
            "same as": list(rule.same_as),
        }
        for rule in RULES.values()
    ]
    if as_json:
        typer.echo(json.dumps(table))
        return
    for row in table:
        row["hyper-parameters"] = _pairs(row["hyper-parameters"])
        row["same as"] = ", ".join(row["same as"])
    if markdown:
        typer.echo(_markdown(table))
    else:
        _print_entries(table)


@main.command()
def problems(as_json: Json = False) -> None:
    """List the problems and their parameters.

    \b
    Examples:
      adamlab problems
      adamlab problems --json
    """
    from adamlab.problems import PROBLEMS

    table: list[dict[str, Any]] = [
        {
            "problem": name,
            "title": _title(inspect.getdoc(make)).removeprefix("Return "),
            "parameters": _parameters(make),
        }
        for name, make in PROBLEMS.items()
    ]
    if as_json:
        typer.echo(json.dumps(table))
        return
    for row in table:
        row["parameters"] = _pairs(row["parameters"])
    _print_entries(table)


@main.command()
def info(as_json: Json = False) -> None:
    """Print versions, backends and the device.

    \b
    Examples:
      adamlab info
      adamlab info --json
    """
    import os
    import platform

    from adamlab.data import cache_directory
    from adamlab.experiments import backend_status

    found = {
        "versions": {"python": platform.python_version(), **_versions()},
        "backends": {name: backend_status(name) or "usable" for name in BACKENDS},
        "device": {
            "machine": f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()}",
            "gpu": _gpu(),
        },
        "cache": {"data and kernels": str(cache_directory())},
    }
    if as_json:
        typer.echo(json.dumps(found))
        return
    console = _console()
    for heading, entries in found.items():
        grid = _table(heading, "")
        for name, value in entries.items():
            grid.add_row(name, value)
        console.print(grid)


# --------------------------------------------------------------------------------------------------
# What the user wrote


def _split(text: str, what: str) -> tuple[str, dict[str, Any]]:
    """Take ``name:key=value,key=value`` apart; the values stay text."""
    name, colon, rest = text.partition(":")
    given: dict[str, Any] = {}
    for item in rest.split(",") if colon else []:
        key, equals, value = (part.strip() for part in item.partition("="))
        if not (key and equals and value):
            raise ValueError(f"{what} must be NAME or NAME:key=value,key=value, got {text!r}")
        if key in given:
            raise ValueError(f"{key} is given twice in {text!r}")
        given[key] = value
    return name, given


def _problem(text: str) -> Any:
    from adamlab.problems import PROBLEMS, get_problem

    name, given = _split(text, "PROBLEM")
    known = _parameters(PROBLEMS[name]) if name in PROBLEMS else {}
    for key, value in given.items():
        if name in PROBLEMS and key not in known:
            raise ValueError(
                f"{name} has no parameter {key!r}; it has " + (_pairs(known) or "none")
            )
        kind = type(known.get(key, ""))
        try:
            given[key] = kind(value)
        except ValueError:
            what = "a whole number" if kind is int else "a number"
            raise ValueError(f"{key} of {name} must be {what}, got {value!r}") from None
    return get_problem(name, **given)


def _parameters(make: Any) -> dict[str, int | float | str]:
    """Return the parameters that can be written on a command line, with their defaults."""
    parameters = inspect.signature(make).parameters.values()
    return {p.name: p.default for p in parameters if isinstance(p.default, int | float | str)}


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ValueError(f"{name} must be a number, got {value!r}") from None


def _check_plot(path: Path) -> None:
    kinds = (".png", ".svg", ".pdf")
    if path.suffix.lower() not in kinds:
        raise ValueError(f"--plot must name a file that ends in {', '.join(kinds)}, got {path}")
    if not path.absolute().parent.is_dir():
        raise ValueError(f"--plot must name a file in a folder that exists, got {path}")


@contextlib.contextmanager
def _errors(*bad_input: type[Exception]) -> Iterator[None]:
    """Turn what a user can mend into one message and an exit code; the rest are bugs."""
    from adamlab.comparators import ComparatorError

    try:
        yield
    except bad_input as error:
        _fail(str(error.args[0] if isinstance(error, KeyError) else error), BAD_INPUT)
    except ComparatorError as error:
        _fail(str(error), NOT_FINITE)
    except (ImportError, RuntimeError) as error:  # DataUnavailable, and backends, are RuntimeErrors
        _fail(str(error), NOT_HERE)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"adamlab: {message}", err=True)
    raise typer.Exit(code)


def _where(error: Any) -> str:
    coordinate = "" if error.coordinate is None else f", coordinate {error.coordinate}"
    return f"in round t={error.t}{coordinate}; the checkpoints before it are printed"


# --------------------------------------------------------------------------------------------------
# What is printed


def _console() -> Console:
    from rich.console import Console

    # Not on a terminal nothing knows the width: lines may be long then, and nothing is cut off.
    width = None if sys.stdout.isatty() else 160
    return Console(file=sys.stdout, width=width, markup=False, highlight=False)


def _table(*headings: str, **options: Any) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, **options)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _print_run(run: xarray.Dataset, optimizer: str) -> None:
    from adamlab.bounds import BOUNDS

    console, about = _console(), run.attrs
    shown = [name for name in BOUNDS if f"bound_{name}" in run]
    console.print(f"{optimizer} on {about['problem']}", style="bold")
    console.print(
        f"seed {about['seed']}, {about['dtype']}, {about['backend']} on {about['device']}, "
        f"{about['wall_time']:.2f} s"
    )
    low, high, t = (run[name].values for name in ("regret_lower", "regret_upper", "t"))
    columns = {
        "t": [str(s) for s in t],
        "regret": list(map(_interval, low, high)),
        "regret/t": list(map(_interval, low / t, high / t)),
        "comparator's\ngap": [
            f"{gap:.2g}" + ("" if certified else " (not certified)")
            for gap, certified in zip(
                run["comparator_gap"].values, run["certified"].values, strict=True
            )
        ],
    }
    exceeded = False
    for name in shown:
        heading = f"bound_{name}".replace("_", "\n") + ("" if BOUNDS[name].valid else "\n(refuted)")
        bound = run[f"bound_{name}"].values
        columns[heading] = [
            f"{b:.6g}" + " *" * bool(r > b) for b, r in zip(bound, low, strict=True)
        ]
        exceeded |= bool((low > bound).any())
    for headings in _pages(columns, console.width):
        table = _table(*headings)
        for column in table.columns:
            column.justify = "right"
        for row in zip(*(columns[heading] for heading in headings), strict=True):
            table.add_row(*row)
        console.print(table)
    if exceeded:
        console.print("* certainly exceeded by the regret")
    for name in shown:
        departures = run[f"bound_{name}"].attrs.get("departures")
        console.print(
            f"{name}: {BOUNDS[name].title}; {BOUNDS[name].source}"
            + (f"; here {departures}" if departures else "")
        )
    for line in about.get("not_applicable", []):
        name = line.partition(":")[0]
        if about["rule"] in BOUNDS[name].rules:
            console.print(f"no bound {line}")
    console.print(f"comparator: {about['comparator']}")


@contextlib.contextmanager
def _claims_bar(total: int) -> Iterator[Callable[[str], None]]:
    """Show on stderr, if that is a terminal, how many claims are checked and which came last."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task("claims", total=total)
        yield lambda id: bar.update(task, advance=1, description=f"{id} is done;")


def _print_ledger(found: Sequence[Evidence], expected: Mapping[str, str], verbose: bool) -> None:
    from rich.text import Text

    style = {"holds": "green", "holds if": "yellow", "refuted": "red", "open": "cyan"}
    console = _console()
    table = _table("", "claim", "verdict", "checked by", "in Coq", "claimed", "found", "s")
    for evidence in found:
        row = evidence.as_dict()
        verdict = Text(evidence.verdict, style=style[evidence.verdict])
        if evidence.verdict != expected.get(evidence.claim.id):
            verdict.append(f" (expected: {expected.get(evidence.claim.id, 'nothing yet')})")
        if row["given"]:
            verdict.append(f" {_spoken(row['given'])}" if verdict.plain == "holds if" else "")
        cells = [row["id"], f"{row['title']} ({row['where']})", verdict]
        cells += [row["method"], _theorems(evidence.claim)]
        cells += [_spoken(row["claimed"]), _spoken(row["measured"])]
        cells.append(f"{evidence.seconds:.1f}")
        table.add_row(*cells)
        if verbose:
            console.print(f"{row['id']}  {row['title']}", style="bold")
            console.print(f"{row['where']}. {row['statement']}")
            for finding in evidence.findings:
                mark = "passed" if finding.passed else "FAILED"
                about = {"if": finding.given, "claimed": finding.claimed}
                about |= {"found": finding.measured, "prose": finding.prose}
                console.print(f"  {mark}, {finding.role} ({finding.method}): {finding.what}")
                for name, text in about.items():
                    if text:
                        console.print(f"      {name}: {text}")
            for proof in evidence.claim.proofs:
                console.print(f"  in Coq, {proof.file}: {proof.says}")
                console.print(f"      {proof.theorem} {proof.statement}")
            console.print(Text("  => ") + verdict + Text("\n"))
    console.print(table)
    count = {v: sum(e.verdict == v for e in found) for v in style}
    console.print(", ".join(f"{n} {verdict}" for verdict, n in count.items() if n))


def _theorems(claim: Claim) -> str:
    """The first theorem's name in Coq, how many others there are, and the files."""
    if not claim.proofs:
        return ""
    others = f" and {len(claim.proofs) - 1} more" if len(claim.proofs) > 1 else ""
    files = ", ".join(dict.fromkeys(proof.file for proof in claim.proofs))
    return f"{claim.proofs[0].theorem}{others} ({files})"


def _pages(columns: Mapping[str, Sequence[str]], width: int) -> list[list[str]]:
    """Share columns out among tables that fit; each has the first column."""
    first, *others = columns
    space = {h: max(map(len, [*h.split("\n"), *cells])) + 3 for h, cells in columns.items()}
    pages = [[first]]
    for heading in others:
        if sum(space[h] for h in [*pages[-1], heading]) > width and len(pages[-1]) > 1:
            pages.append([first])
        pages[-1].append(heading)
    return pages


def _interval(low: float, high: float) -> str:
    """Return the digits that all numbers of an interval share after rounding, or the interval."""
    if f"{low:.6g}" == f"{high:.6g}":
        return f"{low:.6g}"
    down = Context(prec=6, rounding=ROUND_FLOOR).create_decimal(low)
    up = Context(prec=6, rounding=ROUND_CEILING).create_decimal(high)
    return f"[{float(down):.6g}, {float(up):.6g}]"


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{k}={v:.12g}" if isinstance(v, float) else f"{k}={v}" for k, v in values.items()
    )


def _print_entries(rows: Sequence[Mapping[str, str]]) -> None:
    """Print a table with the first entry of each row at the left and the others beside it."""
    from rich.text import Text

    name, title, *others = rows[0]
    table = _table(name, title, show_lines=True)
    for row in rows:
        lines = [row[title], *(f"{key}: {row[key]}" for key in others if row[key])]
        table.add_row(Text(row[name], style="bold"), "\n".join(lines))
    _console().print(table)


def _markdown(rows: Sequence[Mapping[str, str]]) -> str:
    def line(cells: Iterable[str]) -> str:
        return (
            "| " + " | ".join(cell.replace("|", r"\|").replace("*", r"\*") for cell in cells) + " |"
        )

    return "\n".join(
        [line(rows[0]), "|" + " --- |" * len(rows[0]), *(line(r.values()) for r in rows)]
    )


def _title(docstring: str | None, markdown: bool = False) -> str:
    """Return a docstring's first sentence, without the markup of Sphinx."""
    sentence = re.split(r"\.?\n\n|\.\n|\.$", (docstring or "").strip(), maxsplit=1)[0]
    sentence = " ".join(sentence.split())
    if markdown:
        return re.sub(r":math:`([^`]*)`", r"$\1$", sentence).replace("``", "`")

    return _spoken(re.sub(r":math:`([^`]*)`", r"$\1$", sentence)).replace("`", "")


def _spoken(text: str) -> str:
    """Return Markdown with its LaTeX in plain characters."""

    def plain(match: re.Match[str]) -> str:
        formula = re.sub(r"\\[td]?frac(?:\{(.*?)\}\{(.*?)\}|(\d)(\d))", _quotient, match[1])
        formula = re.sub(r"\\([lr]vert|,|;|!)", lambda m: "|" if "vert" in m[1] else " ", formula)
        for name, sign in {"le": "≤", "ge": "≥", "ne": "≠", "to": "→", "cdot": "·"}.items():
            formula = re.sub(rf"\\{name}(?![a-z])", sign, formula)
        return re.sub(r"[\\{}]", "", formula)

    return re.sub(r"\$([^$]*)\$", plain, text)


def _quotient(match: re.Match[str]) -> str:
    return f"{match[3]}/{match[4]}" if match[3] else f"({match[1]})/({match[2]})"


def _plain(value: Any) -> Any:
    """Return what JSON can hold: NaN and inf become null."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _versions() -> dict[str, str]:
    """Return the version of adamlab and of each library that it can use."""
    from importlib.metadata import PackageNotFoundError, requires, version

    found = {"adamlab": version("adamlab")}
    for requirement in requires("adamlab") or []:
        name = re.match(r"[\w.-]+", requirement)[0]  # type: ignore[index]
        extra = re.search(r"extra == ['\"]([\w-]+)", requirement)
        if extra and extra[1] not in ("verify", "networks", "data", "peers", "cuda12", "cuda13"):
            continue
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed" + (f" (extra {extra[1]})" if extra else "")
    return found


def _gpu() -> str:
    from adamlab.experiments import backend_status

    if backend_status("cupy"):
        return "none that CuPy can use"
    import cupy

    return cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
