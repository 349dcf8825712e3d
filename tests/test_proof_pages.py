"""The pages of the machine-checked proofs: what is read from the files, and how it is shown."""

import hashlib
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from adamlab.claims import CLAIMS

ROOT = Path(__file__).resolve().parents[1]
PROOFS = ROOT / "proofs"
FILES = re.findall(r"^(\w+)\.v$", (PROOFS / "_CoqProject").read_text(), re.MULTILINE)
sys.path += [str(ROOT / folder) for folder in ("proofs", "book", "book/_extensions")]
import proof_states  # noqa: E402
from theorems import read, sentences, theorems, without_comments  # noqa: E402

SMALL = """\
(** A file. (* Comments nest. *) *)
From Coq Require Import Reals.
Notation "a .. z." := (f a .. (f z 0.5) ..).

(** ** A heading *)
Local Definition half : R := 0.5. (* a "remark" *)

(** C04, N06. What it
    says: 1.5 <= 2. *)
Theorem main_one (x : R) (* any *) :
  x = x -> { y | y = x }.
Proof.
  intros H. exists x...
  - { lra. }
    (* why *)
    + ring.
  2: { nra.
       auto. }
Qed.

(** Not its comment. *)

Lemma main_one' : True.
Proof. exact I. Qed.
"""


@pytest.fixture(scope="module")
def pages():
    pytest.importorskip("sphinx")
    return importlib.import_module("proof_pages")


def test_sentences_end_at_full_stops():
    found = [sentence.text for sentence in sentences(SMALL)]
    assert found[0] == "From Coq Require Import Reals."
    assert found[1].endswith("(f z 0.5) ..).")
    assert "exists x..." in found
    steps = found[found.index("exists x...") + 1 : -4]
    assert steps == ["-", "{", "lra.", "}", "+", "ring.", "2: {", "nra.", "auto.", "}", "Qed."]


def test_statements_have_their_comments_and_claims():
    half, main, prime = read(SMALL, "small").values()
    assert (half.name, half.kind, half.doc, half.line) == ("half", "Definition", "", 6)
    assert main.statement == "(x : R) : x = x -> { y | y = x }"
    assert main.claims == ["C04", "N06"]
    assert main.doc == "C04, N06. What it says: 1.5 <= 2."
    assert main.says == "What it says: 1.5 <= 2."
    assert (main.file, main.kind, main.line) == ("small", "Theorem", 10)
    assert (prime.name, prime.doc) == ("main_one'", "")


@pytest.mark.parametrize("text", ["(* never", 'Print "never.', "Lemma never : True"])
def test_what_does_not_end_is_an_error_with_its_line(text):
    with pytest.raises(ValueError, match=r"line 2: .* does not end"):
        sentences("\n" + text)


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_read_wholly(file):
    """Between sentences there are comments only, and every word of a statement is found."""
    text = (PROOFS / f"{file}.v").read_text()
    place, blanks = 0, []
    for sentence in sentences(text):
        blanks.append(text[place : sentence.start])
        assert text[sentence.start : sentence.end] == sentence.text
        place = sentence.end
    assert not "".join(without_comments(blank) for blank in [*blanks, text[place:]]).strip()
    named = re.findall(r"^(?:Theorem|Lemma|Corollary|Definition|Fixpoint) ([\w']+)", text, re.M)
    assert set(named) <= {theorem.name for theorem in theorems(PROOFS / f"{file}.v")}


@pytest.mark.parametrize("file", FILES)
def test_a_file_names_claims_that_exist(file):
    for theorem in theorems(PROOFS / f"{file}.v"):
        assert set(theorem.claims) <= set(CLAIMS), f"{theorem.name}, line {theorem.line}"


def test_every_file_has_its_page_in_the_book():
    toc = (ROOT / "_toc.yml").read_text()
    yaml.safe_load(toc)
    assert sorted(re.findall(r"file: book/proofs/(\w+)", toc)) == sorted(FILES)
    for file in FILES:
        assert f"```{{coq-proof}} {file}\n" in (ROOT / f"book/proofs/{file}.md").read_text()


@pytest.mark.parametrize("file", FILES)
def test_the_committed_states_are_of_the_file(file):
    rendering = proof_states.committed(file)
    text = (PROOFS / f"{file}.v").read_text()
    assert len(rendering["states"]) == len(sentences(text))
    used = {n for state in rendering["states"] if state for n in (*state[0], *state[1])}
    assert used == set(range(len(rendering["texts"])))


def some_states(text):
    """A state after each sentence of a proof, as if none changed anything."""
    states = []
    for sentence in sentences(text):
        inside = sentence.text.startswith(("Theorem", "Lemma")) or any(states[-1:])
        states.append([[0], [1], 0] if inside and sentence.text != "Qed." else None)
    return states


def small_folder(path, text, **found):
    (path / "small.v").write_text(text)
    states = [None] * len(sentences(text))
    digest = hashlib.sha256(text.encode()).hexdigest()
    rendering = {"coq": "8.16.1", "sha256": digest, "states": states, "texts": [], **found}
    proof_states.write("small", rendering, path)
    return rendering


def test_states_of_another_text_are_refused(tmp_path):
    rendering = small_folder(tmp_path, SMALL)
    assert proof_states.committed("small", tmp_path) == rendering
    first = (tmp_path / "states" / "small.json.gz").read_bytes()
    proof_states.write("small", rendering, tmp_path)
    assert (tmp_path / "states" / "small.json.gz").read_bytes() == first
    (tmp_path / "small.v").write_text(SMALL.replace("0.5", "0.25"))
    with pytest.raises(proof_states.ProofError, match=r"not of this small\.v: run .* --write"):
        proof_states.committed("small", tmp_path)
    (tmp_path / "states" / "small.json.gz").unlink()
    with pytest.raises(proof_states.ProofError, match="missing"):
        proof_states.committed("small", tmp_path)


needs_coq = pytest.mark.skipif(
    proof_states.version() is None and os.environ.get("ADAMLAB_REQUIRE_COQ") != "1",
    reason="coqidetop is not installed: see `make proofs`",
)


@needs_coq
def test_coq_says_what_is_left_to_prove(tmp_path):
    (tmp_path / "_CoqProject").write_text("-Q . Adamlab\nsmall.v\n")
    text = (
        "Lemma two (a : nat) : a < 2 -> a < 2 /\\ True.\nProof. intros H. split. auto. auto. Qed."
    )
    (tmp_path / "small.v").write_text(text)
    rendering = proof_states.render_all(["small"], tmp_path)["small"]
    number = rendering["texts"].index
    *_, intros, split, first, second, qed = rendering["states"]
    a, h, goal = number("a : nat"), number("H : a < 2"), number("a < 2")
    assert intros == [[a, h], [number("a < 2 /\\ True")], 0]
    assert split == [[a, h], [goal, number("True")], 0]
    assert (first, second, qed) == ([[a, h], [number("True")], 0], [[], [], 0], None)
    proof_states.write("small", rendering, tmp_path)
    assert proof_states.differing(["small"], tmp_path) == []
    rendering["texts"][h] = "H : a < 3"
    proof_states.write("small", rendering, tmp_path)
    assert "small.json.gz is not what Coq says" in proof_states.differing(["small"], tmp_path)[0]
    (tmp_path / "small.v").write_text(text.replace("intros H", "intros H x"))
    with pytest.raises(proof_states.ProofError, match=r"small\.v, line 2: .*[Nn]o product"):
        proof_states.render_all(["small"], tmp_path)


def test_steps_stand_with_their_bullets(pages):
    text = SMALL[SMALL.index("Proof.") : SMALL.index("Qed.") + 4]
    run = [(sentence, [[], [], 0]) for sentence in sentences(text)]
    assert [code for code, _ in pages.steps(text, run)] == [
        "Proof.",
        "  intros H.",
        "  exists x...",
        "  - { lra. }",
        "      (* why *)",
        "    + ring.",
        "  2: { nra.",
        "       auto. }",
        "Qed.",
    ]


def test_a_state_is_shown_with_what_is_new(pages):
    texts = ["x : R", "H : x < 1", "x <= 1", "True"]
    shown = pages.state_html([[0, 1], [2, 3], 1], texts, before=[[0], [3], 0])
    assert '<pre data-all="0 1!"><b>H : x &lt; 1</b></pre>' in shown
    assert '<pre class="goal">x &lt;= 1</pre>' in shown
    assert shown.endswith("<p>and 1 more goal</p>")
    assert pages.state_html([[], [], 2], texts) == "<p>This part is proved; 2 goals left.</p>"
    assert pages.state_html([[], [], 0], texts) == "<p>Proved.</p>"


def test_a_file_is_cut_into_parts(pages):
    states = some_states(SMALL)
    found = pages.parts(SMALL, "small", states)
    kinds = ["prose", "commands", "heading", "commands", "statement", "commands", "statement"]
    assert [part.kind for part in found] == kinds
    assert found[0].text == "A file. (* Comments nest. *)"
    assert found[2].text == "A heading"
    assert found[4].theorems[0].name == "main_one"
    assert found[4].proof[-1][0].text == "Qed."


CONF = f"""
import sys
sys.path.insert(0, {str(ROOT / "book" / "_extensions")!r})
import pathlib, proof_pages
proof_pages.proof_states.PROOFS = pathlib.Path(__file__).parent / "proofs"
extensions = ["myst_parser", "proof_pages"]
"""
CHAPTER = """\
# Chapter
{proof}`small.main_one`, {proof}`this <small.main_one'>`
```{admonition} Verdict
:name: claim-c04
Its text.
```
```{admonition} Verdict
:name: claim-n06
Its text.
```
```{toctree}
book/proofs/small
```
"""


def build(path, chapter):
    """Build a chapter and the page of a small file; return what Sphinx says, and the pages."""
    (path / "proofs").mkdir()
    small_folder(path / "proofs", SMALL, states=some_states(SMALL), texts=["x : R", "True"])
    (path / "proofs" / "_CoqProject").write_text("small.v\n")
    (path / "book" / "proofs").mkdir(parents=True)
    (path / "book" / "proofs" / "small.md").write_text("# Small\n```{coq-proof} small\n```\n")
    (path / "conf.py").write_text(CONF)
    (path / "index.md").write_text(chapter)
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", path, path / "html"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=path)
    pages = [path / "html" / name for name in ("index.html", "book/proofs/small.html")]
    return done.stderr, *(page.read_text() if page.exists() else "" for page in pages)


def test_a_page_has_its_statements_and_links_to_it(pages, tmp_path):
    said, chapter, proofs = build(tmp_path, CHAPTER)
    assert said == ""
    assert 'id="proof-small-main_one"' in proofs
    assert "<pre>x : R</pre>" in proofs.replace("<b>", "").replace("</b>", "")
    assert 'href="../../index.html#claim-c04"' in proofs
    link = 'href="book/proofs/small.html#proof-small-main_one"'
    assert chapter.count(link) == 3
    assert "Coq: main_one" in chapter
    assert chapter.count("Machine-checked") == 2
    assert "proof-small-half" in proofs


@pytest.mark.parametrize(
    ("chapter", "problem"),
    [
        (CHAPTER.replace("small.main_one`", "small.main_two`"), "no statement small.main_two"),
        (CHAPTER.replace("claim-n06", "claim-n07"), "undefined label: 'claim-n06'"),
    ],
)
def test_a_link_to_nothing_fails_the_build(pages, tmp_path, chapter, problem):
    said, *_ = build(tmp_path, chapter)
    assert problem in said
