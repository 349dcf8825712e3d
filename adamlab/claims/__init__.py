"""The referee's report: every claim of the paper as code that ends in a verdict.

One module per section of the paper holds its claims; ``adamlab verify`` and `verify` run them, and
`ledger` has the verdicts that are expected, written by hand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files

from adamlab.claims import (  # noqa: F401  (importing a module registers its claims)
    appendix,
    bias_correction,
    convergence,
    empirical,
    extensions,
    often_said,
    related_work,
    repaired,
    update_rule,
)
from adamlab.claims.evidence import CLAIMS, METHODS, VERDICTS, Claim, Evidence, Finding, Proof

__all__ = [
    "CLAIMS",
    "METHODS",
    "VERDICTS",
    "Claim",
    "Evidence",
    "Finding",
    "Proof",
    "Report",
    "check",
    "ledger",
    "report",
    "select",
    "verify",
]


def ledger() -> dict[str, str]:
    """Return the expected verdict of each claim, from the file that was written by hand."""
    return tomllib.loads(files(__name__).joinpath("ledger.toml").read_text(encoding="utf-8"))


def select(
    ids: Iterable[str] = (), *, section: str | None = None, experiments: bool = True
) -> list[Claim]:
    """Return the claims with these IDs, or all of a section, or all, sorted by ID.

    Parameters
    ----------
    ids : iterable of str
        Such as "C01"; upper or lower case.
    section : str, optional
        "2" stands for all of section 2, "10" for the appendix.
    experiments : bool
        Whether claims that only long runs can decide are among them.

    Raises
    ------
    ValueError
        If there is no such claim or section.
    """
    wanted = {i.upper() for i in ids}
    unknown = sorted(wanted - set(CLAIMS))
    if unknown:
        raise ValueError(f"there is no claim {unknown[0]!r}; there are {', '.join(sorted(CLAIMS))}")
    sections = sorted({c.section for c in CLAIMS.values()}, key=lambda s: (len(s), s))
    if section is not None and section not in sections:
        raise ValueError(f"section must be one of {', '.join(sections)}, got {section!r}")
    return [
        claim
        for id, claim in sorted(CLAIMS.items())
        if (not wanted or id in wanted)
        and section in (None, claim.section)
        and (experiments or not claim.is_experiment)
    ]


def check(id: str) -> Evidence:
    """Run one claim: ``check("C01").verdict``."""
    (claim,) = select([id])
    return claim.check()


def verify(claims: Iterable[Claim] | None = None, *, jobs: int = 1) -> Iterator[Evidence]:
    """Run claims, by default all, and yield their evidence as it comes in.

    Parameters
    ----------
    claims : iterable of Claim, optional
        From `select`.
    jobs : int
        The number of processes; with 1 all runs in this one.

    Raises
    ------
    ImportError
        If a library that a claim needs is not installed.
    ValueError
        If `jobs` is not positive.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, got {jobs}")
    claims = list(CLAIMS.values()) if claims is None else list(claims)
    if jobs == 1 or len(claims) <= 1:
        yield from (claim.check() for claim in claims)
        return
    # The order is the longest first, as far as known: experiments keep a process busy for long.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed

    context = multiprocessing.get_context("spawn")  # a fork would copy other libraries' threads
    with ProcessPoolExecutor(min(jobs, len(claims)), mp_context=context) as pool:
        try:
            waiting = [
                pool.submit(_checked, claim.id)
                for claim in sorted(claims, key=lambda claim: not claim.is_experiment)
            ]
            for done in as_completed(waiting):
                id, findings, seconds = done.result()
                yield Evidence(CLAIMS[id], findings, seconds)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _checked(id: str) -> tuple[str, tuple[Finding, ...], float]:
    evidence = CLAIMS[id].check()
    return id, evidence.findings, evidence.seconds


class Report(list[Evidence]):
    """Evidence that a notebook shows as a table."""

    def _repr_markdown_(self) -> str:
        rows = ["| claim | verdict | checked by | claimed | found |", "|---|---|---|---|---|"]
        for evidence in self:
            shown = evidence.as_dict()
            verdict = f"**{shown['verdict']}**"
            if evidence.verdict == "holds if":
                verdict = f"**holds** if {shown['given']}"
            cells = [verdict, shown["method"], shown["claimed"], shown["measured"]]
            cells = [cell.replace("|", r"\|") for cell in cells]
            title = f"{shown['id']}: {evidence.claim.markdown}"
            rows.append("| " + " | ".join([title, *cells]) + " |")
        return "\n".join(rows)


def report(*ids: str) -> Report:
    """Run claims and return their evidence, for display.

    Raises
    ------
    AssertionError
        If a verdict is not that of the ledger, or a check failed.
    """
    expected, found = ledger(), Report(map(check, ids))
    for evidence in found:
        id, verdict = evidence.claim.id, evidence.verdict
        if evidence.failed or verdict != expected[id]:
            failed = "; ".join(f.what for f in evidence.failed)
            raise AssertionError(f"{id}: {verdict}, and {expected[id]} in the ledger. {failed}")
    return found
