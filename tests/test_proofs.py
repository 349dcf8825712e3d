"""The Coq proofs: what they are about is what runs, and what they rest on is Coq's real numbers.

The tests marked ``coq`` need Coq, and the proofs compiled: ``make proofs-audit``.
"""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from mutations import mutants

from adamlab import claims, coq, rules
from adamlab.namespaces import Time, namespace_of

PROOFS = Path(__file__).resolve().parents[1] / "proofs"
sys.path.insert(0, str(PROOFS))
import generate  # noqa: E402
from theorems import PROVED, sentences, theorems, without_comments  # noqa: E402

SPECIFICATION = PROOFS / "specification.v"
SPECIFIED = [theorem.name.removesuffix("_specification") for theorem in theorems(SPECIFICATION)]

#: What may be assumed: the axioms of Coq's real numbers, and of the analysis in its library.
AXIOMS = {
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
}

#: Words with which a proof could be evaded, an axiom be added, or Coq's checks be turned off.
FORBIDDEN = (
    *("Admitted", "admit", "give_up", "Axiom", "Axioms", "Conjecture", "Parameter", "Parameters"),
    *("Primitive", "Register", "Declare", "Load", "Extract", "Extraction", "bypass_check"),
    *("Guard", "Positivity", "Universe", "Unset", "native_compute", "Redirect", "Abort"),
)


@pytest.fixture(scope="session")
def coqc():
    if shutil.which("coqc") is None:
        if os.environ.get("ADAMLAB_REQUIRE_COQ") == "1":
            pytest.fail("coqc is not installed")
        pytest.skip("coqc is not installed: see `make proofs`")
    assert all(file.with_suffix(".vo").exists() for file in generate.files()), "run make proofs"

    def run(folder, text, *options):
        file = folder / "scratch.v"
        file.write_text(text)
        command = ["coqc", *options, "-Q", str(PROOFS), "Adamlab", str(file)]
        return subprocess.run(command, capture_output=True, text=True, timeout=300)

    return run


# -------------------------------------------------------------------------------------------------
# Without Coq


def test_the_generated_files_are_current():
    assert generate.RULES_FILE.read_text() == generate.rules_file()
    assert generate.LIST_FILE.read_text() == generate.list_of_theorems()


def test_all_files_are_checked():
    assert {file.name for file in generate.files()} == {file.name for file in PROOFS.glob("*.v")}


@pytest.mark.parametrize("file", generate.files(), ids=lambda file: file.name)
def test_no_proof_is_evaded(file):
    code = without_comments(file.read_text())
    assert re.findall(rf"\b(?:{'|'.join(FORBIDDEN)})\b", code) == []
    # Outside a section these would be axioms.
    depth = 0
    for sentence in map(without_comments, (s.text for s in sentences(file.read_text()))):
        depth += sentence.startswith("Section ") - sentence.startswith("End ")
        if re.match(r"(Variables?|Hypothes[ie]s|Context|Let)\b", sentence):
            assert depth > 0, sentence
    # Only Coq's own library, and files of ours.
    for library in re.findall(r"(?:From (\S+) )?Require", code):
        assert library in ("Coq", "Adamlab")


@pytest.mark.parametrize("file", generate.files(), ids=lambda file: file.name)
def test_every_statement_of_a_claim_is_one_and_is_proved(file):
    found = theorems(file)
    names = [theorem.name for theorem in found]
    assert len(names) == len(set(names))
    for theorem in found:
        assert set(theorem.claims) <= set(claims.CLAIMS), theorem.name
        assert not theorem.claims or theorem.kind in PROVED, theorem.name


def test_every_rule_that_proofs_use_has_a_specification():
    printed = {theorem.name for theorem in theorems(generate.RULES_FILE)} - {"ratio"}
    used = set()
    for file in generate.files():
        if file not in (generate.RULES_FILE, SPECIFICATION):
            used |= printed & set(re.findall(r"[\w']+", without_comments(file.read_text())))
    assert used <= set(SPECIFIED) <= printed


# -------------------------------------------------------------------------------------------------
# With Coq


@pytest.mark.coq
def test_proofs_rest_on_nothing_but_the_real_numbers(coqc, tmp_path):
    files = [file for file in generate.files() if file != generate.RULES_FILE]
    names = [f"@{f.stem}.{t.name}" for f in files for t in theorems(f) if t.kind in PROVED]
    text = "From Adamlab Require " + " ".join(f.stem for f in files) + ".\n"
    # All of them in one term, so that what they share is looked through once.
    text += "Definition everything : True :=\n"
    text += "".join(f"  let _ := {name} in\n" for name in names) + "  I.\n"
    text += "Print Assumptions everything.\n"
    done = coqc(tmp_path, text)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Axioms:\n")
    # Each name is followed by its type, maybe on a line of its own.
    listed = done.stdout.removeprefix("Axioms:\n")
    assert set(re.findall(r"^([\w.']+)\s*:", listed, re.MULTILINE)) == AXIOMS


@pytest.mark.coq
def test_the_small_checker_accepts_the_compiled_proofs(coqc):
    # Ours, and not once more the library that Coq comes with: that would take minutes.
    modules = [word for file in generate.files() for word in ("-norec", f"Adamlab.{file.stem}")]
    command = ["coqchk", "-silent", "-o", "-Q", str(PROOFS), "Adamlab", *modules]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    parts = (part.partition(":") for part in done.stderr.split("\n* ")[1:])
    summary = {heading: rest.split() for heading, _, rest in parts}
    assert not [axiom for axiom in summary["Axioms"] if axiom.startswith("Adamlab")]
    for relied_on in (
        "Constants/Inductives relying on type-in-type",
        "Constants/Inductives relying on unsafe (co)fixpoints",
        "Inductives whose positivity is assumed",
    ):
        assert summary[relied_on] == ["<none>"]


def _specification(name):
    """What comes before the specifications, that of one rule, and its proof in sentences."""
    text = SPECIFICATION.read_text()
    found = sentences(text)
    first = next(s.start for s in found if s.text.startswith("Theorem "))
    (at,) = (k for k, s in enumerate(found) if s.text.startswith(f"Theorem {name}_specification "))
    end = next(k for k in range(at, len(found)) if found[k].text == "Qed.")
    head = text[:first].replace("From Adamlab Require Import rules.", "")
    return head, found[at].text, [s.text for s in found[at + 1 : end] if s.text != "Proof."]


@pytest.mark.coq
@pytest.mark.parametrize("name", sorted(set(SPECIFIED) & set(rules.RULES)))
def test_a_proof_breaks_with_every_mistake(coqc, tmp_path, name):
    head, statement, proof = _specification(name)
    *before, last = proof
    text, made = coq.REALS + head, [made for made, _ in mutants(name)]
    for k, (_, formula) in enumerate(mutants(name)):
        wrong = coq.step(dataclasses.replace(rules.RULES[name], formula=formula))
        # An error if the proof's last step succeeds, which without a mistake it does.
        script = "\n".join([*before, f"Fail {last}", "Abort."])
        text += f"\nModule mistake_{k}.\n{wrong}\n{statement}\n{script}\nEnd mistake_{k}.\n"
    done = coqc(tmp_path, text)
    line = re.search(r"line (\d+)", done.stderr)
    upto = "\n".join(text.split("\n")[: int(line[1])]) if line else ""
    survivor = made[upto.count("Module ") - 1] if line else ""
    assert done.returncode == 0, f"survives: {survivor}\n{done.stderr}"
    assert made


@pytest.mark.coq
def test_a_proof_survives_what_is_no_mistake(coqc, tmp_path):
    def reordered(xp, t, theta, g, m, v, *, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        m = (1 - beta1) * g + m * beta1
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        metric = xp.sqrt(v / (1 - beta2**t)) + eps
        return theta - xp.ratio(m_hat, metric) * alpha, metric, m, v

    head, statement, proof = _specification("adam")
    for formula in (rules.adam.formula, reordered):
        step = coq.step(dataclasses.replace(rules.adam, formula=formula))
        done = coqc(tmp_path, "\n".join([coq.REALS + head, step, statement, *proof, "Qed."]))
        assert done.returncode == 0, done.stderr


# The same step on Coq's machine floats, against NumPy. `powers` are the step's `coq.scalars`.
AGREEMENT = {
    "adam": ({"alpha": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}, ("beta2", "beta1")),
    "adamax": ({"alpha": 2e-3, "beta1": 0.9, "beta2": 0.999}, ("beta1",)),
    "amsgrad": ({"alpha": 0.1, "beta1": 0.9, "beta2": 0.99}, ()),
}


@pytest.mark.coq
@pytest.mark.parametrize("name", AGREEMENT)
def test_the_float_step_is_the_rule_bit_for_bit(coqc, tmp_path, name):
    rule, (hyper, powers) = rules.RULES[name], AGREEMENT[name]
    shown = [f"sub(number(1.0), pow(input('{power}'), input('t')))" for power in powers]
    assert [repr(node) for node in coq.scalars(rule)] == shown
    head = coq.FLOATS + "\n" + coq.float_step(rule)
    assert coqc(tmp_path, head + _game(rule, hyper, powers, rounds=3000)).returncode == 0
    # The comparison can fail: by the last digit of the last number.
    game = _game(rule, hyper, powers, rounds=3)
    last = re.search(r"0x1\.[0-9a-f]+([0-9a-f])p[-+]\d+\)\)\]\.\nTheorem", game)
    digit = "1" if last[1] == "0" else "0"
    wrong = game[: last.start(1)] + digit + game[last.end(1) :]
    assert coqc(tmp_path, head + game).returncode == 0
    assert "Unable to unify" in coqc(tmp_path, head + wrong).stderr


def _game(rule, hyper, powers, rounds):
    """Coq: the rounds' arguments, what NumPy makes of them, and that Coq makes the same of them."""
    xp = namespace_of(np.zeros(1))
    rng = np.random.default_rng(20)
    theta, state = np.float64(1.0), [np.float64(0.0)] * len(rule.state)
    given, made = [], []
    for n in range(1, rounds + 1):
        t = Time(n)
        now = hyper | {"alpha": hyper["alpha"] / np.sqrt(n)}
        g = rng.standard_normal() * 10.0 ** rng.integers(-3, 3)
        theta, metric, *state = rule.update(xp, t, theta, g, *state, **now)
        given.append(_row([*now.values(), *(1 - hyper[power] ** t for power in powers), g]))
        made.append(_row([theta, metric, *state]))
    arguments = " ".join([*hyper, *(f"c{k}" for k, _ in enumerate(powers, 1))])
    names = ", ".join(rule.state)
    return f"""
From Coq Require Import List.
Import ListNotations.
Fixpoint play rounds theta state :=
  match rounds with
  | [] => []
  | ({arguments.replace(" ", ", ")}, g) :: rounds =>
      let '(theta, metric, state) := {rule.name} {arguments} theta g state in
      let '({names}) := state in
      (theta, metric, {names}) :: play rounds theta state
  end.
Definition given := [{"; ".join(given)}].
Definition made := [{"; ".join(made)}].
Theorem agreement : play given 1 ({", ".join("0" for _ in state)}) = made.
Proof. vm_compute. reflexivity. Qed.
"""


def _row(numbers):
    return "(" + ", ".join(f"({float(x).hex()})" for x in numbers) + ")"
