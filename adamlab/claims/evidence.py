"""What a claim is, what is found out about it, and how findings make a verdict.

A claim is a generator function that yields findings. Each finding says by which method something
was checked, whether it came out true, and for which side it speaks; the verdict follows from these
alone, by the rule in `verdict_of`, so that it changes when a check fails.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

__all__ = [
    "CLAIMS",
    "METHODS",
    "VERDICTS",
    "Claim",
    "Evidence",
    "Finding",
    "Proof",
    "beside",
    "claim",
    "contradicts",
    "supports",
    "undecided",
    "verdict_of",
]

Verdict = Literal["holds", "holds if", "refuted", "open"]
VERDICTS: tuple[Verdict, ...] = ("holds", "holds if", "refuted", "open")

#: The kinds of evidence, strongest first.
METHODS = (
    "SymPy",  # an identity or inequality for all values of its symbols
    "Z3",  # no solution of the negation, or a solution that is the counterexample
    "exact",  # rational arithmetic
    "intervals",  # enclosures: rounding is accounted for
    "property test",  # many cases of a stated space, in floating point
    "statistical test",  # random draws, with a stated probability of error
    "experiment",  # runs on given data
)

Role = Literal["for", "against", "beside", "undecided"]


@dataclass(frozen=True)
class Finding:
    """One thing that was checked.

    Attributes
    ----------
    what : str
        What was checked, in a sentence of Markdown.
    method : str
        One of `METHODS`.
    passed : bool
        Whether it came out as `what` says.
    role : str
        "for" or "against" the claim, "beside" it, or "undecided" by what was found.
    given : str
        The condition under which a finding speaks for the claim.
    claimed, measured : str
        The number that the claim gives, and the one that was found.
    prose : str
        The part of the argument that this check leaves to prose.
    """

    what: str
    method: str
    passed: bool
    role: Role
    given: str = ""
    claimed: str = ""
    measured: str = ""
    prose: str = ""

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, got {self.method!r}")
        if not isinstance(self.passed, bool):
            raise TypeError(f"passed must be True or False, got {self.passed!r}")


def _finding(role: Role, what: str, passed: Any, **description: Any) -> Finding:
    import numpy as np

    if isinstance(passed, np.bool_):
        passed = bool(passed)
    texts = {key: str(value) for key, value in description.items()}
    return Finding(what=what, passed=passed, role=role, **texts)


def supports(what: str, passed: Any, *, method: str, **description: Any) -> Finding:
    """Return a finding for the claim; under a condition if ``given`` names one."""
    return _finding("for", what, passed, method=method, **description)


def contradicts(what: str, passed: Any, *, method: str, **description: Any) -> Finding:
    """Return a finding against the claim: a counterexample that meets its hypotheses."""
    return _finding("against", what, passed, method=method, **description)


def beside(what: str, passed: Any, *, method: str, **description: Any) -> Finding:
    """Return a finding that is worth knowing, and must come out true, but does not decide."""
    return _finding("beside", what, passed, method=method, **description)


def undecided(what: str, passed: Any, *, method: str, **description: Any) -> Finding:
    """Return a finding that leaves the claim open; ``passed``: what was measured is as told."""
    return _finding("undecided", what, passed, method=method, **description)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Return what the findings amount to.

    "open" if a finding did not come out as it says, if one leaves the claim undecided, or if none
    speaks for or against it. "holds if" if one speaks for it under a condition. Else "refuted" if
    one speaks against it, and "holds" if not.

    Raises
    ------
    ValueError
        If one finding speaks for the claim without a condition and another against it: one of
        them is wrong.
    """
    findings = list(findings)
    roles = {f.role for f in findings}
    conditional = any(f.role == "for" and f.given for f in findings)
    if not all(f.passed for f in findings) or "undecided" in roles:
        return "open"
    if "against" in roles and any(f.role == "for" and not f.given for f in findings):
        raise ValueError("findings for the claim, without a condition, and against it")
    if conditional:
        return "holds if"
    if "against" in roles:
        return "refuted"
    return "holds" if "for" in roles else "open"


@dataclass(frozen=True)
class Proof:
    """A theorem that Coq has checked, about the steps printed from the rules.

    Attributes
    ----------
    theorem : str
        Its name.
    file : str
        Where it is proved, from the project's root.
    says : str
        What it says, in words.
    statement : str
        The statement in Coq.
    """

    theorem: str
    file: str
    says: str
    statement: str

    @property
    def markdown(self) -> str:
        """What it says, as Markdown that shows it letter by letter."""
        return _letter_by_letter(self.says)


def _letter_by_letter(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|$~])", r"\\\1", text)


@functools.cache
def _proofs() -> dict[str, tuple[Proof, ...]]:
    text = files("adamlab.claims").joinpath("proofs.json").read_text(encoding="utf-8")
    return {id: tuple(Proof(**p) for p in proofs) for id, proofs in json.loads(text).items()}


@dataclass(frozen=True)
class Claim:
    """A statement and the code that checks it.

    Attributes
    ----------
    id : str
        "C..": in the paper; "N..": not in the paper, mostly a corrected statement of it; "S..":
        often said of Adam.
    title : str
        The statement in one line of plain text.
    statement : str
        The exact statement, in Markdown with LaTeX.
    where : str
        Its place, "section 2.1" or "appendix, lemma 10.3".
    section : str
        The section of the paper that it belongs to, "2" for all of 2; the appendix is "10".
    function : callable
        Yields the findings.
    is_new : bool
        Whether the statement is not the paper's.
    is_experiment : bool
        Whether it takes long, because only runs on data can speak.
    """

    id: str
    title: str
    where: str
    section: str
    function: Callable[[], Iterator[Finding]]
    is_new: bool = False
    is_experiment: bool = False

    @property
    def statement(self) -> str:
        return inspect.getdoc(self.function) or ""

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """The theorems in Coq that speak of this claim: they prove it, refute it, or a part."""
        return _proofs().get(self.id, ())

    @property
    def markdown(self) -> str:
        """The title as Markdown that shows it letter by letter, also in a table."""
        return _letter_by_letter(self.title)

    def check(self) -> Evidence:
        """Run the claim's code.

        An exception in it ends as a finding that failed, except a missing library and an
        interrupt, which are raised.
        """
        start = time.perf_counter()
        findings: list[Finding] = []
        try:
            findings.extend(self.function())
        except ImportError:
            raise
        except Exception as error:
            what = f"the check stopped: {type(error).__name__}: {error}"
            findings.append(beside(what, False, method="experiment"))
        return Evidence(self, tuple(findings), time.perf_counter() - start)


@dataclass(frozen=True)
class Evidence:
    """What a claim's code found.

    Attributes
    ----------
    claim : Claim
    findings : tuple of Finding
    seconds : float
    """

    claim: Claim
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.findings)

    @property
    def failed(self) -> list[Finding]:
        """The findings that did not come out as they say: none, if all is well."""
        return [f for f in self.findings if not f.passed]

    @property
    def decisive(self) -> Finding | None:
        """The finding that is shown first: one that failed, or the first that decides."""
        sides = {"refuted": ["against"], "open": ["undecided"]}.get(self.verdict, ["for"])
        deciding = [f for f in self.findings if f.role in sides]
        return next(iter(self.failed or deciding or self.findings), None)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, for JSON."""
        decisive = self.decisive
        return {
            "id": self.claim.id,
            "title": self.claim.title,
            "statement": self.claim.statement,
            "where": self.claim.where,
            "section": self.claim.section,
            "new": self.claim.is_new,
            "verdict": self.verdict,
            "given": "; ".join(dict.fromkeys(f.given for f in self.findings if f.given)),
            "method": decisive.method if decisive else "",
            "claimed": decisive.claimed if decisive else "",
            "measured": decisive.measured if decisive else "",
            "seconds": self.seconds,
            "findings": [vars(f) for f in self.findings],
            "proofs": [vars(proof) for proof in self.claim.proofs],
        }


#: All claims by their ID, filled by the decorator `claim` when ``adamlab.claims`` is imported.
CLAIMS: dict[str, Claim] = {}


def claim(
    id: str, title: str, *, where: str, section: str, new: bool = False, experiment: bool = False
) -> Callable[[Callable[[], Iterator[Finding]]], Claim]:
    """Make the decorated generator function a claim; its docstring is the exact statement.

    Parameters
    ----------
    id, title, where, section
        As in `Claim`.
    new : bool
        Whether the statement is not the paper's, though its ID begins with C.
    experiment : bool
        Whether it takes long, because only runs on data can speak.

    Raises
    ------
    ValueError
        If the ID is taken, or the function has no docstring.
    """

    def make(function: Callable[[], Iterator[Finding]]) -> Claim:
        if id in CLAIMS:
            raise ValueError(f"there is a claim {id} already: {CLAIMS[id].title}")
        if not function.__doc__:
            raise ValueError(f"claim {id} needs a docstring: its exact statement")
        made = Claim(id, title, where, section, function, new or id[0] == "N", experiment)
        CLAIMS[id] = made
        return made

    return make
