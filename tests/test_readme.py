"""The README does what it says."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


def test_names_the_prerequisites_and_the_two_commands():
    assert "Python 3.11" in TEXT
    shown = "\n".join(blocks("(?:sh|bash|console)"))
    targets = set(re.findall(r"^(?:\$ )?make ([\w-]+)", shown, flags=re.MULTILINE))
    assert {"book", "test"} <= targets
    makefile = (ROOT / "Makefile").read_text()
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in targets)


def test_python_runs_as_written(tmp_path, monkeypatch):
    # All blocks one after the other, as a reader would type them.
    code = "\n".join(blocks("python"))
    assert "import adamlab as al" in code
    monkeypatch.setenv("MPLBACKEND", "agg")
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-W", "error::RuntimeWarning", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_files_that_it_points_to_exist():
    links = re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", TEXT)
    paths = {"".join(link).split("#")[0] for link in links}
    local = {path for path in paths if path and "://" not in path}
    assert [path for path in sorted(local) if not (ROOT / path).exists()] == []
