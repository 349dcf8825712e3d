"""Build the book: ``make book``, or this file in an environment that has the extra ``book``.

``_config.yml`` says all that is the same everywhere. Added here is what only the place of the
build knows: the repository's address, with the buttons that need it, and MathJax's own files.
"""

import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import proof_states
import yaml

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "_build"
GITHUB = re.compile(
    r"(?:https?://(?:[^@/]+@)?|(?:ssh://)?git@)github\.com[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?/?"
)


def repository_url():
    """Return the public address of this repository, or None where there is none.

    It is read from ``ADAMLAB_REPOSITORY_URL`` or else from git's remote ``origin``; a remote that
    is not on GitHub counts as none, since neither Binder nor the edit buttons could open it.
    """
    given = os.environ.get("ADAMLAB_REPOSITORY_URL")
    if given:
        if not GITHUB.fullmatch(given):
            raise ValueError(f"ADAMLAB_REPOSITORY_URL must be a GitHub address, not {given!r}")
        address = given
    else:
        asked = subprocess.run(
            ["git", "-C", str(ROOT), "remote", "get-url", "origin"], capture_output=True, text=True
        )
        address = asked.stdout.strip()
    found = GITHUB.fullmatch(address)
    return "https://github.com/{}/{}".format(*found.groups()) if found else None


def configuration(url):
    """Return ``_config.yml`` as a dict, with the buttons that need the repository's address."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text())
    own = config["sphinx"]["local_extensions"]
    own.update({name: str(ROOT / path) for name, path in own.items()})
    if url:
        config["repository"] = {"url": url, "branch": "main"}
        # No Colab: it would open a notebook without the package that it is about.
        config["launch_buttons"] = {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
        }
        config["html"] = {"use_repository_button": True, "use_issues_button": True}
    return config


def copy_mathjax(target):
    """Copy from the package ``sphinx-mathjax-offline`` the three parts that the book uses."""
    package = importlib.metadata.distribution("sphinx-mathjax-offline")
    source = Path(package.locate_file("sphinx-mathjax-offline/static/mathjax"))
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copy(source / "tex-mml-chtml.js", target)
    for part in ("output/chtml/fonts/woff-v2", "input/tex/extensions"):
        shutil.copytree(source / part, target / part)


def check_claims(build):
    """Write what ``adamlab verify`` finds; return its exit code. What is still right is kept."""
    found = build / "evidence.json"
    if found.exists():
        return 0
    adamlab = Path(sys.executable).with_name("adamlab")
    print("checking the claims (a few minutes)", flush=True)
    done = subprocess.run([str(adamlab), "verify", "--json"], stdout=subprocess.PIPE)
    if not done.returncode:
        found.write_bytes(done.stdout)
    return done.returncode


def discard_stale(build):
    """Delete what an earlier build left, but not outputs and verdicts that are still right.

    The cache of outputs knows the notebooks' own cells only, so it is kept just as long as the
    package, its dependencies, and what was stored or timed stay as they are. The pages are always
    made anew: a page that is not read again repeats none of its warnings.
    """
    state = hashlib.sha256(sys.version.encode())
    package = [p for p in (ROOT / "adamlab").rglob("*") if p.is_file() and p.suffix != ".pyc"]
    stored = [p for p in (ROOT / "notebooks" / "stored").glob("*") if p.is_file()]
    timings = (ROOT / "benchmarks" / "results").glob("*.json")
    for path in [ROOT / "constraints.txt", *sorted(package), *sorted(stored), *sorted(timings)]:
        state.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    stamp = build / "executed_with"
    if not stamp.exists() or stamp.read_text() != state.hexdigest():
        shutil.rmtree(build / ".jupyter_cache", ignore_errors=True)
        (build / "evidence.json").unlink(missing_ok=True)
    for pages in ("html", ".doctrees", "jupyter_execute"):
        shutil.rmtree(build / pages, ignore_errors=True)
    build.mkdir(exist_ok=True)
    stamp.write_text(state.hexdigest())


def check_proofs():
    """Start to ask Coq for the states of the proofs, to compare; None where it cannot be asked."""
    try:
        asked = proof_states.unchecked()
    except proof_states.ProofError as error:
        sys.exit(str(error))
    # It has minutes until the pages are made: it need not slow them.
    command = ["nice", sys.executable, proof_states.__file__, "--check"]
    return subprocess.Popen(command) if asked else None


def main():
    discard_stale(BUILD)
    failed = check_claims(BUILD)
    if failed:
        sys.exit(failed)
    copy_mathjax(ROOT / "book" / "_static" / "mathjax")
    config = BUILD / "config.yml"
    config.write_text(yaml.safe_dump(configuration(repository_url())))
    asked = check_proofs()
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    options = ["--config", str(config), "-W", "--keep-going"]
    done = subprocess.run([str(jupyter_book), "build", str(ROOT), *options])
    failed = asked and asked.wait()
    if done.returncode or failed:
        sys.exit(done.returncode or failed)
    print(f"\nThe book is built. Open this page:\n{BUILD / 'html' / 'index.html'}")


if __name__ == "__main__":
    main()
