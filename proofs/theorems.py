"""Reads the statements of a Coq file, without Coq: ``theorems("proofs/sums.v")``.

The book's pages, their links and the ledger are made from what is read here. A documented
statement has a comment ``(** C04, N06. What it says. *)`` on the line above; the identifiers at
its start are the claims that it proves, or that its proof refutes.
"""

import re
from dataclasses import dataclass
from pathlib import Path

#: What is a statement of its own; these have a proof.
PROVED = ["Theorem", "Lemma", "Corollary", "Proposition", "Fact", "Remark", "Example"]
#: Other sentences are steps of proofs, notations and commands.
KINDS = [*PROVED, "Definition", "Fixpoint", "Inductive", "Record"]

COMMENT = re.compile(r"\(\*|\*\)")
STRING = re.compile(r'"(?:[^"]|"")*"')
DOTS = re.compile(r"\.+(?=\s|$)")
BULLET = re.compile(r"(?:-+|\++|\*+|(?:(?:\d+|\[[\w']+\])\s*:\s*)?\{|\})")
#: In code, all that a full stop must be told from.
TOKEN = re.compile(r'\(\*|"|\.')
NAMED = re.compile(rf"(?:(?:Local|Global|Program|#\[[^]]*\])\s+)*({'|'.join(KINDS)})\s+([\w']+)")
CLAIMS = re.compile(r"([A-Z]\d+(?:\s*,\s*[A-Z]\d+)*)\.(?:\s+|$)")


@dataclass(frozen=True)
class Sentence:
    """A command of Coq, up to its full stop, or a bullet or brace; comments stand between them."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Theorem:
    """A statement: ``kind name statement.``"""

    file: str
    name: str
    kind: str
    #: All between the name and the full stop: binders, a colon, the type; on one line.
    statement: str
    #: The comment above, its paragraphs each on one line; empty where there is none.
    doc: str
    #: The claims that the comment begins with, such as C04.
    claims: list[str]
    line: int

    @property
    def says(self) -> str:
        """The comment without the claims that it begins with."""
        return CLAIMS.sub("", self.doc, count=1) if self.claims else self.doc


def skip_comment(text: str, start: int) -> int:
    """Where the comment that opens at ``start`` ends; comments nest."""
    depth = 0
    for mark in COMMENT.finditer(text, start):
        depth += 1 if mark[0] == "(*" else -1
        if depth == 0:
            return mark.end()
    raise ValueError(f"line {line_of(text, start)}: this comment does not end")


def skip_string(text: str, start: int) -> int:
    found = STRING.match(text, start)
    if not found:
        raise ValueError(f"line {line_of(text, start)}: this string does not end")
    return found.end()


def line_of(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def skip_blank(text: str, place: int) -> int:
    """The start of the next sentence: over blanks and comments."""
    while place < len(text):
        if text[place].isspace():
            place += 1
        elif text.startswith("(*", place):
            place = skip_comment(text, place)
        else:
            break
    return place


def sentence_end(text: str, start: int) -> int:
    """Where the sentence that starts here ends: at one full stop or three, before a blank."""
    bullet = BULLET.match(text, start)
    if bullet:
        return bullet.end()
    place = start
    while found := TOKEN.search(text, place):
        place = found.start()
        if found[0] == "(*":
            place = skip_comment(text, place)
        elif found[0] == '"':
            place = skip_string(text, place)
        else:
            dots = DOTS.match(text, place)
            if dots and len(dots[0]) != 2:
                return dots.end()
            place += len(dots[0]) if dots else 1
    raise ValueError(f"line {line_of(text, start)}: this sentence does not end")


def sentences(text: str) -> list[Sentence]:
    """All sentences, in order. What lies between two of them is blanks and comments."""
    found = []
    place = skip_blank(text, 0)
    while place < len(text):
        end = sentence_end(text, place)
        found.append(Sentence(place, end, text[place:end]))
        place = skip_blank(text, end)
    return found


def comments(blank: str) -> list[tuple[int, str]]:
    """The comments in what lies between two sentences, with their places."""
    found = []
    place = blank.find("(*")
    while place >= 0:
        end = skip_comment(blank, place)
        found.append((place, blank[place:end]))
        place = blank.find("(*", end)
    return found


def without_comments(text: str) -> str:
    """A sentence with its comments left out and its blanks made single."""
    parts, place, copied = [], 0, 0
    while found := TOKEN.search(text, place):
        place = found.start()
        if found[0] == "(*":
            parts.append(text[copied:place])
            place = copied = skip_comment(text, place)
        else:
            place = skip_string(text, place) if found[0] == '"' else place + 1
    return " ".join(" ".join([*parts, text[copied:]]).split())


def prose(comment: str) -> str:
    """The words of a comment: its paragraphs, each on one line."""
    words = re.sub(r"^\(\*+\s*|\s*\*+\)$", "", comment)
    paragraphs = re.split(r"\n\s*\n", words)
    return "\n\n".join(" ".join(p.split()) for p in paragraphs)


def doc_above(blank: str) -> str:
    """The comment of the sentence below: the last one, on the line above, if it is for readers."""
    found = comments(blank)
    if not found:
        return ""
    place, comment = found[-1]
    apart = "\n\n" in re.sub(r"[ \t]", "", blank[place + len(comment) :])
    heading = comment.startswith("(** *")
    return "" if apart or heading or not comment.startswith("(**") else prose(comment)


def claims_of(doc: str) -> list[str]:
    found = CLAIMS.match(doc)
    return re.split(r"\s*,\s*", found[1]) if found else []


def read(text: str, file: str) -> dict[int, Theorem]:
    """The statements of a text, by the places where their sentences start."""
    found, before = {}, 0
    for sentence in sentences(text):
        code = without_comments(sentence.text)
        named = NAMED.match(code)
        if named:
            doc = doc_above(text[before : sentence.start])
            statement = re.sub(r"\s*\.+$", "", code[named.end() :]).strip()
            kind, name = named.groups()
            line = line_of(text, sentence.start)
            found[sentence.start] = Theorem(file, name, kind, statement, doc, claims_of(doc), line)
        before = sentence.end
    return found


def theorems(path: str | Path) -> list[Theorem]:
    """The statements of a file, in its order."""
    path = Path(path)
    return list(read(path.read_text(encoding="utf-8"), path.stem).values())
