"""The referee's report: how findings make a verdict, and that each verdict is the expected one."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

import adamlab as al
from adamlab import claims
from adamlab.claims import evidence
from adamlab.claims.evidence import (
    CLAIMS,
    Claim,
    beside,
    contradicts,
    supports,
    undecided,
    verdict_of,
)
from adamlab.claims.tools import feed
from adamlab.intervals import IntervalNamespace

ROOT = Path(__file__).resolve().parents[1]


def of(side, passed=True, **description):
    return side("something", passed, method="exact", **description)


FOR, GIVEN = of(supports), of(supports, given="a condition")
AGAINST, BESIDE, OPEN = of(contradicts), of(beside), of(undecided)


# --- how findings make a verdict ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([FOR], "holds"),
        ([FOR, BESIDE], "holds"),
        ([FOR, GIVEN], "holds if"),
        ([GIVEN], "holds if"),
        ([AGAINST, GIVEN], "holds if"),
        ([AGAINST], "refuted"),
        ([AGAINST, BESIDE], "refuted"),
        ([], "open"),
        ([BESIDE], "open"),
        ([FOR, OPEN], "open"),
    ],
)
def test_findings_make_a_verdict(findings, verdict):
    assert verdict_of(findings) == verdict
    assert verdict_of(reversed(findings)) == verdict


@pytest.mark.parametrize("side", [supports, contradicts, beside, undecided])
def test_any_finding_that_fails_leaves_the_claim_open(side):
    assert verdict_of([FOR, of(side, passed=False)]) == "open"
    assert verdict_of([AGAINST, of(side, passed=False)]) == "open"


def test_findings_for_and_against_without_a_condition_are_an_error():
    with pytest.raises(ValueError, match="for the claim, without a condition, and against it"):
        verdict_of([FOR, AGAINST])


@pytest.mark.parametrize("passed", [1, "yes", None, np.float64(1.0), np.array([True])])
def test_only_true_and_false_are_results(passed):
    with pytest.raises(TypeError, match="passed must be True or False"):
        of(supports, passed=passed)


def test_a_comparison_of_numpy_is_a_result():
    assert of(supports, passed=np.float64(1) < 2).passed is True


def test_methods_are_the_known_ones():
    with pytest.raises(ValueError, match="method must be one of SymPy"):
        supports("something", True, method="intuition")


def claim_of(*findings, error=None):
    def function():
        """A statement."""
        yield from findings
        if error:
            raise error

    return Claim("X01", "a claim", "nowhere", "0", function)


def test_an_exception_fails_the_claim_and_keeps_what_was_found_before():
    found = claim_of(FOR, error=ZeroDivisionError("by zero")).check()
    assert found.verdict == "open"
    assert found.findings[0] == FOR
    assert found.decisive.what == "the check stopped: ZeroDivisionError: by zero"


@pytest.mark.parametrize("error", [ImportError("no z3"), KeyboardInterrupt()])
def test_a_missing_library_and_an_interrupt_are_raised(error):
    with pytest.raises(type(error)):
        claim_of(FOR, error=error).check()


@pytest.mark.parametrize(
    ("findings", "which"),
    [
        ([BESIDE, AGAINST], 1),
        ([BESIDE, FOR], 1),
        ([AGAINST, GIVEN], 1),
        ([FOR, OPEN], 1),
        ([FOR, of(beside, passed=False)], 1),
    ],
)
def test_what_decides_is_shown(findings, which):
    assert claim_of(*findings).check().decisive is findings[which]


def test_a_condition_is_told_once():
    other = of(supports, given="another")
    assert claim_of(GIVEN, other, GIVEN).check().as_dict()["given"] == "a condition; another"


def test_ids_are_unique_and_statements_are_required():
    def silent():
        yield FOR

    taken = next(iter(CLAIMS))
    with pytest.raises(ValueError, match=f"there is a claim {taken} already"):
        evidence.claim(taken, "t", where="w", section="0")(silent)
    with pytest.raises(ValueError, match="needs a docstring"):
        evidence.claim("X99", "t", where="w", section="0")(silent)
    assert "X99" not in CLAIMS


# --- the claims -----------------------------------------------------------------------------------


def test_every_claim_has_an_expected_verdict():
    assert claims.ledger().keys() == CLAIMS.keys()
    assert set(claims.ledger().values()) <= set(claims.VERDICTS)
    assert {f"C{i:02d}" for i in range(1, 50)} <= CLAIMS.keys()


def test_the_ledger_says_each_verdict_once():
    text = (Path(claims.__file__).parent / "ledger.toml").read_text()
    assert len(re.findall(r"^\w+ = ", text, re.MULTILINE)) == len(tomllib.loads(text))


def test_the_paper_is_covered_by_claims():
    text = (Path(claims.__file__).parent / "coverage.toml").read_text()
    sentences = tomllib.loads(text)["sentence"]
    covering = {id for sentence in sentences for id in sentence.get("claims", [])}
    assert covering <= CLAIMS.keys()
    assert {c.id for c in CLAIMS.values() if c.id[0] == "C" and not c.is_new} <= covering
    for sentence in sentences:
        assert sentence.keys() <= {"where", "says", "claims", "why"}
        assert sentence.get("claims") or sentence["why"], sentence


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_claims_are_described(claim):
    assert re.fullmatch(r"[CNS]\d\d", claim.id)
    assert claim.is_new or claim.id[0] != "N"
    # one line of plain text, which can stand in a table
    assert not re.search(r"[\n$\\]", claim.title + claim.where), claim.title
    assert len(claim.title) <= 110
    assert not claim.title.endswith(".")
    assert claim.statement.count("$") % 2 == 0


QUICK = {id: c for id, c in CLAIMS.items() if not c.is_experiment}


@pytest.mark.parametrize("claim", QUICK.values(), ids=QUICK)  # the book's build checks all
def test_verdicts_are_the_expected_ones(claim):
    found = claim.check()
    failed = [f.what for f in found.findings if not f.passed]
    assert failed == []
    assert found.verdict == claims.ledger()[claim.id]
    for finding in found.findings:
        assert "|" not in re.sub(r"[^$]*(\$[^$]*\$)?", r"\1", finding.given), "breaks tables"


# --- choosing and running them --------------------------------------------------------------------


def test_select():
    assert [c.id for c in claims.select()] == sorted(CLAIMS)
    assert [c.id for c in claims.select(["c02", "C01"])] == ["C01", "C02"]
    of_section_2 = claims.select(section="2")
    assert of_section_2
    assert all(c.section == "2" for c in of_section_2)
    assert not any(c.is_experiment for c in claims.select(experiments=False))
    with pytest.raises(ValueError, match="no claim 'C00'; there are C01"):
        claims.select(["C00"])
    with pytest.raises(ValueError, match="section must be one of 1, 2, "):
        claims.select(section="99")


def test_processes_find_the_same():
    chosen = claims.select(["C01", "C12", "C35"])
    alone = {e.claim.id: e for e in claims.verify(chosen)}
    together = {e.claim.id: e for e in claims.verify(chosen, jobs=2)}
    assert together.keys() == alone.keys()
    assert all(together[id].findings == alone[id].findings for id in alone)
    with pytest.raises(ValueError, match="jobs must be at least 1, got 0"):
        list(claims.verify(chosen, jobs=0))
    assert list(claims.verify([], jobs=2)) == []


def test_report_is_a_table_of_expected_verdicts(monkeypatch):
    table = claims.report("C01", "C35")._repr_markdown_().splitlines()
    assert table[2].startswith("| C01: ")
    assert "| **refuted** | intervals |" in table[2]
    assert "| **holds** |" in table[3]
    monkeypatch.setattr(claims, "ledger", lambda: {"C01": "holds"})
    with pytest.raises(AssertionError, match="C01: refuted, and holds in the ledger"):
        claims.report("C01")


# --- what claims are made with --------------------------------------------------------------------


def test_feed_is_the_optimizer_without_a_game():
    gradients = np.random.default_rng(0).standard_normal((20, 3))
    optimizer = al.Adam(alpha=al.inverse_sqrt(0.5), beta1=0.5)
    theta = np.full(3, 2.0)
    state = optimizer.init(theta)
    fed = feed(al.Adam, gradients, theta0=2.0, alpha=al.inverse_sqrt(0.5), beta1=0.5)
    for after, g in zip(fed, gradients, strict=True):
        before = theta
        theta, state = optimizer.step(theta, g, state)
        np.testing.assert_allclose(after.theta, theta, rtol=1e-14)
        np.testing.assert_allclose(after.delta, theta - before, rtol=1e-12)
        np.testing.assert_allclose(after.state["v"], state.v, rtol=1e-14)
    assert [after.t for after in fed] == list(range(1, 21))


def test_feed_takes_intervals():
    xp = IntervalNamespace()
    fed = feed(al.AdaMax, map(xp.interval, (2, -1)), xp, theta0=xp.interval(0), alpha=1, beta1=0)
    assert [-1 in fed[0].delta, fed[0].state["u"].lower] == [True, 2.0]


def test_a_claim_knows_its_theorems_without_coq():
    proofs = claims.CLAIMS["C16"].proofs
    assert {proof.file for proof in proofs} == {"proofs/bias_correction.v"}
    assert all(proof.says and proof.statement for proof in proofs)
    assert claims.CLAIMS["C47"].proofs == ()  # for experiments
    (row,) = [claims.check("C35").as_dict()]
    assert row["proofs"] == [vars(proof) for proof in claims.CLAIMS["C35"].proofs]
