"""Writes what is made from other files: ``rules.v`` from the package's rules, and the ledger's list
of theorems from the proofs. With ``--check`` it writes nothing, and fails if a file is not current.

Usage: python proofs/generate.py [--check]
"""

import difflib
import json
import sys
from pathlib import Path

from theorems import theorems

from adamlab import coq
from adamlab.optimizers import averaged
from adamlab.rules import RULES, sgd

PROOFS = Path(__file__).resolve().parent
RULES_FILE = PROOFS / "rules.v"
LIST_FILE = PROOFS.parent / "adamlab" / "claims" / "proofs.json"


def files() -> list[Path]:
    """The Coq files, in the order in which they are checked."""
    lines = (PROOFS / "_CoqProject").read_text(encoding="utf-8").split()
    return [PROOFS / line for line in lines if line.endswith(".v")]


def rules_file() -> str:
    """Every rule's step, or why it has none."""
    parts = [
        "(** The steps of adamlab's rules, printed from the Python functions that run. Made by\n"
        "    proofs/generate.py, never edited by hand. *)\n" + coq.REALS
    ]
    for rule in [*RULES.values(), averaged(sgd)]:
        try:
            parts.append(f"(** {rule.source}. *)\n{coq.step(rule)}\n")
        except ValueError as error:
            parts.append(f"(* {error}. *)\n")
    return "\n".join(parts)


def list_of_theorems() -> str:
    """The theorems of each claim, as JSON."""
    found: dict[str, list[dict[str, object]]] = {}
    for file in files():
        for theorem in theorems(file):
            for claim in theorem.claims:
                found.setdefault(claim, []).append(
                    {
                        "theorem": theorem.name,
                        "file": f"proofs/{file.name}",
                        "says": theorem.says,
                        "statement": theorem.statement,
                    }
                )
    return json.dumps(dict(sorted(found.items())), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        print(__doc__, file=sys.stderr)
        return 2
    stale = 0
    for file, made in ((RULES_FILE, rules_file()), (LIST_FILE, list_of_theorems())):
        kept = file.read_text(encoding="utf-8") if file.exists() else ""
        if not check:
            file.write_text(made, encoding="utf-8")
        elif made != kept:
            stale = 1
            name = str(file.relative_to(PROOFS.parent))
            changed = difflib.unified_diff(kept.split("\n"), made.split("\n"), name, "made now")
            print("\n".join(changed), file=sys.stderr)
            print(f"{name} is not current: run python proofs/generate.py", file=sys.stderr)
    return stale


if __name__ == "__main__":
    sys.exit(main())
