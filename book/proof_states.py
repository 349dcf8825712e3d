"""What a proof has yet to show after each of its steps, as Coq prints it.

``python book/proof_states.py --write`` asks Coq and writes ``proofs/states/*.json.gz``, one file
for each file of proofs that changed, so that the book can be built without Coq; ``--check`` asks
Coq about all and names the files that differ. Names after it say which files instead.

A rendering has the version of Coq, a hash of the file of proofs, and for each sentence the state
after it: None outside proofs, else ``[hypotheses, conclusions, others]`` with the hypotheses of the
goal in focus, the conclusions of all goals in focus, and how many goals are left beside these.
Hypotheses and conclusions are numbers in the list ``texts``.
"""

import argparse
import gzip
import hashlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROOFS = ROOT / "proofs"
sys.path.insert(0, str(PROOFS))
from theorems import line_of, sentences  # noqa: E402

#: What the last check found right, so that the book's build need not repeat it.
CHECKED = ROOT / "_build" / "proofs_checked"
COQ = "coqidetop.opt"
#: Seconds that one sentence may take.
PATIENCE = 120


class ProofError(Exception):
    pass


def names(proofs=PROOFS):
    """The files of proofs, in an order in which each needs only earlier ones."""
    lines = (proofs / "_CoqProject").read_text(encoding="utf-8").split()
    return [line.removesuffix(".v") for line in lines if line.endswith(".v")]


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def escape(text):
    # Coq's parser of XML knows no other entities.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Coq:
    """A running ``coqidetop``, spoken to in its XML protocol."""

    def __init__(self, folder):
        command = [COQ, "-q", "-main-channel", "stdfds", "-Q", str(folder), "Adamlab"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=folder
        )
        self.answers = ET.XMLPullParser(["start", "end"])
        self.answers.feed('<!DOCTYPE answers [<!ENTITY nbsp " ">]><answers>')
        self.depth = 0
        self.state = self.call("Init", '<option val="none"/>').find("state_id").get("val")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def call(self, name, argument):
        """Send a call; return its answer, skipping what else Coq tells."""
        self.process.stdin.write(f'<call val="{name}">{argument}</call>'.encode())
        self.process.stdin.flush()
        until = time.monotonic() + PATIENCE
        while True:
            for event, element in self.answers.read_events():
                self.depth += 1 if event == "start" else -1
                if event == "end" and self.depth == 1 and element.tag == "value":
                    if element.get("val") != "good":
                        raise ProofError(" ".join("".join(element.itertext()).split()))
                    return element
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise ProofError(f"no answer in {PATIENCE} s")
            told = os.read(self.process.stdout.fileno(), 1 << 16)
            if not told:
                raise ProofError("Coq ended")
            self.answers.feed(told)

    def add(self, sentence):
        """Run a sentence; return the goals after it, or None outside a proof."""
        edit = f"<pair><string>{escape(sentence)}</string><int>-1</int></pair>"
        after = f'<pair><state_id val="{self.state}"/><bool val="true"/></pair>'
        place = "<pair><int>0</int><int>0</int></pair>"
        added = self.call(
            "Add", f"<pair><pair><pair>{edit}{after}</pair><int>0</int></pair>{place}</pair>"
        )
        self.state = added.find("pair/state_id").get("val")
        goals = self.call("Goal", "<unit/>").find("option/goals")
        return None if goals is None else read_goals(goals)


def read_goals(goals):
    focused, unfocused, *_ = goals
    texts = []
    for goal in focused:
        _, hypotheses, conclusion, _ = goal
        texts.append(([flat(h) for h in hypotheses], flat(conclusion)))
    others = len(unfocused.findall(".//goal"))
    hypotheses = texts[0][0] if texts else []
    return hypotheses, [conclusion for _, conclusion in texts], others


def flat(printed):
    return "".join(printed.itertext())


def render(folder, name):
    """The rendering of a file of proofs, in a folder where those before it are compiled."""
    text = (folder / f"{name}.v").read_text(encoding="utf-8")
    numbers, states = {}, []

    def number(printed):
        return numbers.setdefault(printed, len(numbers))

    with Coq(folder) as coq:
        for sentence in sentences(text):
            try:
                goals = coq.add(sentence.text)
            except ProofError as error:
                line = line_of(text, sentence.start)
                raise ProofError(f"proofs/{name}.v, line {line}: {error}") from error
            if goals is not None:
                hypotheses, conclusions, others = goals
                goals = [[*map(number, hypotheses)], [*map(number, conclusions)], others]
            states.append(goals)
    found = {"coq": version(), "sha256": digest(text), "states": states}
    return {**found, "texts": list(numbers)}


def version():
    """The version of Coq that is here, or None."""
    if shutil.which(COQ) is None:
        return None
    said = subprocess.run([COQ, "-v"], capture_output=True, text=True, check=True).stdout
    return said.split("version ")[1].split()[0]


def render_all(shown, proofs=PROOFS):
    """The renderings of these files, by name, from copies of them with statements compiled."""
    if not shown:
        return {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in names(proofs):
            shutil.copy(proofs / f"{name}.v", folder)
        for name in names(proofs):
            # Statements only: the proofs themselves are run below, and checked by `make proofs`.
            command = ["coqc", "-q", "-vos", "-Q", ".", "Adamlab", f"{name}.v"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            if done.returncode:
                raise ProofError(f"proofs/{name}.v: {done.stderr.strip()}")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(shown, pool.map(lambda name: render(folder, name), shown), strict=True))


def committed(name, proofs=PROOFS):
    """The committed rendering; it must be one of the file as it is."""
    path = proofs / "states" / f"{name}.json.gz"
    if not path.exists():
        raise ProofError(f"proofs/states/{name}.json.gz is missing: {remedy(name)}")
    rendering = json.loads(gzip.decompress(path.read_bytes()))
    text = (proofs / f"{name}.v").read_text(encoding="utf-8")
    if rendering["sha256"] != digest(text):
        raise ProofError(f"proofs/states/{name}.json.gz is not of this {name}.v: {remedy(name)}")
    return rendering


def stale(name):
    """Whether a rendering is missing, of another text, or by another Coq."""
    try:
        return committed(name)["coq"] != version()
    except ProofError:
        return True


def remedy(name):
    return f"run `python book/proof_states.py --write {name}` where Coq is installed"


def write(name, rendering, proofs=PROOFS):
    packed = json.dumps(rendering, ensure_ascii=False, separators=(",", ":")).encode()
    (proofs / "states").mkdir(exist_ok=True)
    path = proofs / "states" / f"{name}.json.gz"
    path.write_bytes(gzip.compress(packed, mtime=0))


def differing(shown, proofs=PROOFS):
    """What is wrong with the committed renderings of these files; asks Coq."""
    wrong = []
    for name, rendering in render_all(shown, proofs).items():
        try:
            if committed(name, proofs) != rendering:
                wrong.append(f"proofs/states/{name}.json.gz is not what Coq says: {remedy(name)}")
        except ProofError as error:
            wrong.append(str(error))
    return wrong


def fingerprint():
    """A hash of the proofs, their renderings and the version of Coq."""
    state = hashlib.sha256(version().encode())
    for name in names():
        for path in (PROOFS / f"{name}.v", PROOFS / "states" / f"{name}.json.gz"):
            state.update(path.read_bytes())
    return state.hexdigest()


def unchecked():
    """Whether the Coq that made the renderings is here and has not yet been asked again."""
    if version() is None or {committed(name)["coq"] for name in names()} != {version()}:
        return False
    return not CHECKED.exists() or CHECKED.read_text() != fingerprint()


def main():
    parser = argparse.ArgumentParser(description="States of the proofs, for the book.")
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("--write", action="store_true", help="ask Coq, and write proofs/states")
    task.add_argument("--check", action="store_true", help="ask Coq, and compare")
    parser.add_argument("names", nargs="*", help="files of proofs, all by default")
    given = parser.parse_args()
    if version() is None:
        sys.exit(f"there is no {COQ} here; Debian has it in the package coq")
    named = [Path(name).stem for name in given.names]
    if given.write:
        for name, rendering in render_all(named or [n for n in names() if stale(n)]).items():
            write(name, rendering)
        for path in (PROOFS / "states").glob("*.json.gz"):
            if path.name.removesuffix(".json.gz") not in names():
                path.unlink()
    else:
        wrong = differing(named or names())
        if wrong:
            sys.exit("\n".join(wrong))
        if not given.names:
            CHECKED.parent.mkdir(exist_ok=True)
            CHECKED.write_text(fingerprint())


if __name__ == "__main__":
    try:
        main()
    except ProofError as error:
        sys.exit(str(error))
