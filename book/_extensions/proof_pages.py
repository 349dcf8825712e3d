"""Shows the files of machine-checked proofs, and links the claims and chapters to them.

``{coq-proof} sums`` is a file as a page: what its comments say as prose, its statements in front,
and each proof folded, with what is left to prove after every step behind that step. The states
come from ``proofs/states``; a build fails where these are not of the file as it is.
``{proof}`step_size.adam_step_bound` `` links a statement, and the box of a claim, such as that
named ``claim-c04``, gets links to all statements whose comments begin with that claim.
"""

import html
import json
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from claim_reference import chapter
from docutils import nodes
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, Comment, Keyword, Literal
from sphinx.addnodes import pending_xref
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective, SphinxRole

from adamlab.claims import CLAIMS

BOOK = Path(__file__).resolve().parents[1]
sys.path += [str(BOOK), str(BOOK.parent / "proofs")]
import proof_states  # noqa: E402
from theorems import comments, prose, read, sentences, theorems  # noqa: E402

LEXER = get_lexer_by_name("coq", stripnl=False, ensurenl=False)
CLAIM = re.compile(r"\b[A-Z]\d+\b")
HEADING = re.compile(r"\(\*\*\s+\*+\s")
OPENS = re.compile(r"[-+*]+|.*\{")


def anchor(theorem):
    return f"proof-{theorem.file}-{theorem.name}"


def page(file):
    return f"book/proofs/{file}"


@cache
def known(proofs):
    """All statements, by ``file.name``."""
    every = [t for name in proof_states.names(proofs) for t in theorems(proofs / f"{name}.v")]
    return {f"{theorem.file}.{theorem.name}": theorem for theorem in every}


def link(label, text):
    """A link that is an error where the book has no such label."""
    target = pending_xref(
        "", refdomain="std", reftype="ref", reftarget=label, refexplicit=True, refwarn=True
    )
    target += nodes.inline(text, text)
    return target


def highlight(code):
    """Coq as HTML; only some words are marked, as pages would grow tenfold with all."""
    marked = []
    for kind, value in LEXER.get_tokens(code):
        told = html.escape(value, quote=False)
        if any(kind in group for group in (Comment, Keyword, Literal)):
            told = f'<span class="{STANDARD_TYPES[kind]}">{told}</span>'
        marked.append(told)
    return "".join(marked)


def block(code):
    inside = f'<div class="highlight"><pre>{highlight(code)}\n</pre></div>'
    return f'<div class="highlight-coq notranslate">{inside}</div>'


def inline(code):
    # No <pre>, which would get a button for copying.
    return f'<code class="highlight">{highlight(code)}</code>'


def plural(count, thing):
    return f"{count} {thing}" + ("" if count == 1 else "s")


def state_html(state, texts, before=None):
    """What is left to prove. Of the hypotheses those that were there before are only numbers,
    for which proofs.js puts the text."""
    hypotheses, conclusions, others = state
    if not conclusions:
        left = f"This part is proved; {plural(others, 'goal')} left." if others else "Proved."
        return f"<p>{left}</p>"
    old = set(before[0]) if before else set()
    new = [n for n in hypotheses if n not in old]
    lines = "\n".join(f"<b>{html.escape(texts[n], quote=False)}</b>" for n in new)
    every = " ".join(f"{n}!" if n in new else f"{n}" for n in hypotheses)
    shown = []
    if hypotheses:
        opening = "<pre>" if len(new) == len(hypotheses) else f'<pre data-all="{every}">'
        shown.append(f"{opening}{lines}</pre>")
    goals = [html.escape(texts[number], quote=False) for number in conclusions]
    shown.append(f'<pre class="goal">{goals[0]}</pre>')
    shown += [f'<p>then</p><pre class="goal">{goal}</pre>' for goal in goals[1:]]
    if others:
        shown.append(f"<p>and {plural(others, 'more goal')}</p>")
    return "".join(shown)


def steps(text, run):
    """The steps of a proof as ``(code, state)``, a line for each: source lines often have several.

    A bullet or an opening brace stands with the sentence after it, a closing brace with the one
    before, and what followed on a line stands under its first sentence.
    """
    found, opened, line, margin = [], "", None, 0
    before = run[0][0].start
    for sentence, state in run:
        found += [(" " * margin + comment, None) for _, comment in between(text, before, sentence)]
        before = sentence.end
        begin = text.rfind("\n", 0, sentence.start) + 1
        column = sentence.start - begin
        if opened or begin != line:
            margin = column
        line = begin
        if sentence.text == "}" and not opened and found and found[-1][1]:
            found[-1] = (found[-1][0] + " }", state)
            continue
        code = sentence.text.replace("\n" + " " * (column - margin), "\n")
        opened = f"{opened} {code}" if opened else " " * margin + code
        if not OPENS.fullmatch(sentence.text):
            found.append((opened, state))
            opened = ""
    return found


def between(text, before, sentence):
    return comments(text[before : sentence.start])


def proof_html(text, run, texts):
    lines, before = [], None
    for code, state in steps(text, run):
        line = inline(code)
        if state:
            inside = state_html(state, texts, before)
            line = f"<details><summary>{line}</summary>{inside}</details>"
            before = state if state[1] else before
        else:
            line = f"<div>{line}</div>"
        lines.append(line)
    return f'<div class="coq-steps">{"".join(lines)}</div>'


@dataclass
class Part:
    """A piece of a file: prose, a heading, commands as they stand, or a statement with a proof."""

    kind: str
    text: str
    theorems: list = field(default_factory=list)
    proof: list = field(default_factory=list)


def parts(text, file, states):
    """The pieces of a file, in its order."""
    found = []
    named = read(text, file)
    every = list(zip(sentences(text), states, strict=True))
    commands, before, place = None, 0, 0

    def finish(end):
        """Put commands that end here into a piece."""
        nonlocal commands
        if commands is not None:
            inside = [named[start] for start in named if commands <= start < end]
            found.append(Part("commands", text[commands:end].strip(), inside))
            commands = None

    while place < len(every):
        sentence, state = every[place]
        after = place + 1
        while every[after - 1][1] is not None:
            after += 1
        theorem = named.get(sentence.start)
        alone = theorem and (theorem.doc or state is not None)
        above = between(text, before, sentence)
        for start, comment in above:
            if HEADING.match(comment):
                finish(before + start)
                found.append(Part("heading", prose(comment).lstrip("* ")))
            elif alone and theorem.doc and start == above[-1][0]:
                finish(before + start)
            elif not before and start == above[0][0]:
                found.append(Part("prose", prose(comment)))
            elif commands is None:
                commands = before + start
        if alone and state is not None:
            finish(sentence.start)
            found.append(Part("statement", sentence.text, [theorem], every[place + 1 : after]))
        elif alone:
            found.append(Part("prose", theorem.doc))
            commands = sentence.start
        elif commands is None:
            commands = sentence.start
        before, place = every[after - 1][0].end, after
    finish(before)
    return found


class CoqProof(SphinxDirective):
    required_arguments = 1

    def run(self):
        file = self.arguments[0]
        path = proof_states.PROOFS / f"{file}.v"
        self.env.note_dependency(str(path))
        self.env.note_dependency(str(path.parent / "states" / f"{file}.json.gz"))
        text = path.read_text(encoding="utf-8")
        try:
            rendering = proof_states.committed(file, proof_states.PROOFS)
        except proof_states.ProofError as error:
            raise ExtensionError(str(error)) from error
        self.text, self.texts = text, rendering["texts"]
        root = place = nodes.Element()
        for part in parts(text, file, rendering["states"]):
            if part.kind == "heading":
                place = nodes.section("", nodes.title(part.text, part.text))
                place["names"].append(nodes.fully_normalize_name(part.text))
                self.state.document.note_implicit_target(place, place)
                root += place
            else:
                place += getattr(self, part.kind)(part)
        root += nodes.raw("", self.hypotheses(rendering), format="html")
        return root.children

    def hypotheses(self, rendering):
        """The texts of hypotheses, by number, and the script that puts them in."""
        used = {number for state in rendering["states"] if state for number in state[0]}
        texts = [text if n in used else 0 for n, text in enumerate(self.texts)]
        packed = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        up = "../" * self.env.docname.count("/")
        return (
            f'<script type="application/json" id="coq-hypotheses">{packed}</script>'
            f'<script defer src="{up}_static/proofs.js"></script>'
        )

    def prose(self, part):
        return [self.paragraph(words) for words in part.text.split("\n\n")]

    def commands(self, part):
        targets = "".join(f'<span id="{anchor(theorem)}"></span>' for theorem in part.theorems)
        for theorem in part.theorems:
            self.label(theorem)
        return [nodes.raw("", targets + block(part.text), format="html")]

    def statement(self, part):
        theorem = part.theorems[0]
        self.label(theorem)
        proof = proof_html(self.text, part.proof, self.texts)
        if not theorem.doc:
            folded = f'id="{anchor(theorem)}" class="coq-lemma"'
            text = f"<details {folded}><summary>{inline(part.text)}</summary>{proof}</details>"
            return [nodes.raw("", text, format="html")]
        box = nodes.container(classes=["coq-statement"], ids=[anchor(theorem)])
        name = nodes.paragraph(classes=["coq-name"])
        name += [nodes.Text(f"{theorem.kind} "), nodes.strong(theorem.name, theorem.name)]
        here = nodes.reference("", "#", refid=anchor(theorem), classes=["headerlink"])
        here["reftitle"] = "Link to this statement"
        name += here
        box += [name, *map(self.paragraph, theorem.doc.split("\n\n"))]
        count = sum(state is not None for _, state in steps(self.text, part.proof))
        summary = f"<summary>Proof <small>({plural(count, 'step')})</small></summary>"
        folded = f'<details class="coq-proof">{summary}{proof}</details>'
        box += nodes.raw("", block(part.text) + folded, format="html")
        return [box]

    def paragraph(self, words):
        """A paragraph of plain words, in which claims are links."""
        found, place = nodes.paragraph(), 0
        for claim in CLAIM.finditer(words):
            if claim[0] in CLAIMS:
                found += nodes.Text(words[place : claim.start()])
                found += link(chapter(claim[0]), claim[0])
                place = claim.end()
        found += nodes.Text(words[place:])
        return found

    def label(self, theorem):
        labels = self.env.get_domain("std")
        target = self.env.docname, anchor(theorem)
        labels.anonlabels[anchor(theorem)] = target
        labels.labels[anchor(theorem)] = (*target, theorem.name)


class ProofRole(SphinxRole):
    def run(self):
        given = re.fullmatch(r"(?:(.*)<)?([^<>]*)>?", self.text, re.DOTALL)
        theorem = known(proof_states.PROOFS).get(given[2].strip())
        if theorem is None:
            problem = f"there is no statement {given[2].strip()} in the proofs"
            message = self.inliner.reporter.error(problem, line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        text = given[1].strip() if given[1] else f"Coq: {theorem.name}"
        return [link(anchor(theorem), text)], []


class ClaimLinks(SphinxTransform):
    """Adds to the box of a claim the links to what is proved of it."""

    default_priority = 300

    def apply(self, **options):
        for box in self.document.findall(nodes.admonition):
            named = {name.removeprefix("claim-").upper() for name in box["names"]}
            proved = [
                theorem
                for theorem in known(proof_states.PROOFS).values()
                if named.intersection(theorem.claims) and page(theorem.file) in self.env.found_docs
            ]
            if proved:
                line = nodes.paragraph(classes=["coq-links"])
                line += nodes.Text("Machine-checked: ")
                for place, theorem in enumerate(proved):
                    line += [nodes.Text(", ")] * bool(place)
                    line += link(anchor(theorem), theorem.name)
                line += nodes.Text(" (Coq).")
                box += line


def setup(app):
    app.add_directive("coq-proof", CoqProof)
    app.add_role("proof", ProofRole())
    app.add_transform(ClaimLinks)
    return {"parallel_read_safe": True}
