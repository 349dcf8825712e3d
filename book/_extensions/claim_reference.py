"""Shows the claims in the book: the ledger, its evidence, and what the paper's sentences became.

All is made from ``_build/evidence.json``, which the build writes with ``adamlab verify --json``,
and from the claims' own code. ``{claim-table}`` is the ledger (``{claim-table} C01 C33``: of
these), ``{claim-evidence}`` has all that was checked, ``{coverage-table}`` maps the paper to the
claims, ``{claim-count}`` says how many there are.
"""

import inspect
import json
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

from rule_reference import MystDirective

from adamlab.claims import CLAIMS

EVIDENCE = Path(__file__).resolve().parents[2] / "_build" / "evidence.json"
BADGES = {"holds": "success", "holds if": "warning", "refuted": "danger", "open": "info"}
#: Statements that are often made share one place in their chapter.
SHARED_TARGETS = {"S": "claim-said"}
WIDTHS = "36 20 10 16 18"
#: What the filter calls the sections that are no number of a section.
SECTIONS = {"10": "appendix", "said": "often said"}


def evidence():
    return {row["id"]: row for row in json.loads(EVIDENCE.read_text(encoding="utf-8"))}


def badge(verdict):
    return f"{{bdg-{BADGES[verdict]}}}`{verdict}`"


def chapter(id):
    return SHARED_TARGETS.get(id[0], f"claim-{id.lower()}")


def link_to(proof):
    return f"{{proof}}`{proof.theorem} <{Path(proof.file).stem}.{proof.theorem}>`"


def in_coq(id, shown=3):
    """Links to the theorems that speak of a claim; of many the first, and how many more."""
    proofs = CLAIMS[id].proofs
    links = [link_to(proof) for proof in proofs[:shown]]
    if len(proofs) > shown:
        links.append(f"{{ref}}`{len(proofs) - shown} more <evidence-{id.lower()}>`")
    return "\n\n".join(links)


def list_table(headings, widths, rows, *options):
    lines = ["````{list-table}", ":header-rows: 1", f":widths: {widths}", *options]
    for row in (headings, *rows):
        for mark, cell in zip(["* -", *["  -"] * len(row)], row, strict=False):
            first, *others = cell.splitlines() or [""]
            lines += [f"{mark} {first}", *(f"    {line}" for line in others)]
    return [*lines, "````"]


class ClaimTable(MystDirective):
    optional_arguments = 1
    final_argument_whitespace = True

    def myst(self):
        known = evidence()
        shown = self.arguments[0].split() if self.arguments else sorted(known)
        rows = []
        for row in map(known.get, shown):
            id = row["id"]
            title = f"{{ref}}`{id} <evidence-{id.lower()}>` {CLAIMS[id].markdown}"
            source = f"{row['where']}, {{ref}}`chapter <{chapter(id)}>`"
            verdict = badge(row["verdict"])
            if row["verdict"] == "holds if":
                verdict += f" {row['given']}"
            found = "\n\n".join(
                f"{name}: {row[key]}"
                for name, key in (("claimed", "claimed"), ("found", "measured"))
                if row[key]
            )
            method = row["method"]
            rows.append([f"{title}\n\n{source}", verdict, method, in_coq(id), found])
        headings = ["claim", "verdict", "checked by", "in Coq", "numbers"]
        if self.arguments:
            return list_table(headings, WIDTHS, rows, ":class: claims")
        sections = {id: CLAIMS[id].section for id in shown}
        sections = {id: SECTIONS.get(s, f"section {s}") for id, s in sections.items()}
        data = (
            f'<script type="application/json" id="ledger-sections">{json.dumps(sections)}</script>'
        )
        table = list_table(headings, WIDTHS, rows, ":class: claims ledger")
        return [*table, "", "```{raw} html", data, "```"]


class ClaimCount(MystDirective):
    def myst(self):
        count = Counter(row["verdict"] for row in evidence().values())
        parts = [f"{count[verdict]} {badge(verdict)}" for verdict in BADGES]
        return [f"{sum(count.values())} claims: {', '.join(parts)}."]


class ClaimEvidence(MystDirective):
    def myst(self):
        lines = []
        for id, row in sorted(evidence().items()):
            claim = CLAIMS[id]
            module = inspect.getmodule(claim.function).__name__
            lines += [
                f"`````{{dropdown}} {id} {claim.markdown}",
                f":name: evidence-{id.lower()}",
                "",
                f"{badge(row['verdict'])} {row['where']}. {row['statement']}",
                "",
            ]
            for finding in row["findings"]:
                numbers = {"if": "given", "claimed": "claimed", "found": "measured"}
                facts = "; ".join(f"{k}: {finding[v]}" for k, v in numbers.items() if finding[v])
                lines.append(
                    f"* *{finding['method']}, {finding['role']}:* {finding['what']}"
                    + (f" ({facts})" if facts else "")
                )
                if finding["prose"]:
                    prose = finding["prose"].splitlines()
                    lines += ["", f"  *Prose:* {prose[0]}", *(f"  {line}" for line in prose[1:])]
                lines.append("")
            for proof in claim.proofs:
                lines += [f"* *Coq:* {link_to(proof)}: {proof.markdown}", ""]
            source = inspect.getsource(claim.function).splitlines()
            lines += [
                f"Run it again with `adamlab verify {id} -v` ({row['seconds']:.1f} s here). "
                f"Its code, in `{module}`:",
                "",
                "````python",
                *source,
                "````",
                "`````",
                "",
            ]
        return lines


class CoverageTable(MystDirective):
    def myst(self):
        text = files("adamlab.claims").joinpath("coverage.toml").read_text(encoding="utf-8")
        rows = []
        for sentence in tomllib.loads(text)["sentence"]:
            ids = sentence.get("claims", [])
            links = [f"{{ref}}`{id} <evidence-{id.lower()}>`" for id in ids]
            answer = ", ".join(links) + (": " if ids and "why" in sentence else "")
            rows.append([sentence["where"], sentence["says"], answer + sentence.get("why", "")])
        headings = ["where", "what it says", "claims, or why there is none"]
        return list_table(headings, "14 46 40", rows)


def setup(app):
    app.add_directive("claim-table", ClaimTable)
    app.add_directive("claim-count", ClaimCount)
    app.add_directive("claim-evidence", ClaimEvidence)
    app.add_directive("coverage-table", CoverageTable)
    return {"parallel_read_safe": True}
