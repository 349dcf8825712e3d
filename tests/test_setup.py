"""What a newcomer, Binder and CI install: one list of dependencies; and the make targets."""

import importlib.metadata
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
PIP_LINES = ["-c constraints.txt", "-e .[verify,networks,data,book]"]
LOCAL_EXTRAS = ("verify", "networks", "data", "book", "test")


def pins():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text())


def pip_lines():
    return next(entry["pip"] for entry in environment()["dependencies"] if isinstance(entry, dict))


# -------------------------------------------------------------------------------------------------
# Versions


def test_constraints_are_plain_pins():
    # No host, no path, no local version such as 2.13.0+cpu: they must serve any index.
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    assert [line for line in pinned if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    names = [canonicalize_name(line.split("==")[0]) for line in pinned]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("extra", ["", *EXTRAS])
def test_everything_asked_for_is_pinned(extra):
    versions = {canonicalize_name(name): version for name, version in pins().items()}
    for line in EXTRAS[extra] if extra else PROJECT["dependencies"]:
        wanted = Requirement(line)
        assert Version(versions[canonicalize_name(wanted.name)]) in wanted.specifier


def test_everything_that_is_brought_along_is_pinned_and_installed_so():
    versions = {canonicalize_name(name): version for name, version in pins().items()}
    waiting = [*PROJECT["dependencies"], *(line for name in LOCAL_EXTRAS for line in EXTRAS[name])]
    seen = set()
    while waiting:
        wanted = Requirement(waiting.pop())
        extras = ["", *wanted.extras]
        key = (canonicalize_name(wanted.name), *sorted(extras))
        if key in seen:
            continue
        seen.add(key)
        assert Version(versions[key[0]]).public == Version(version_of(wanted.name)).public
        for line in importlib.metadata.requires(wanted.name) or []:
            marker = Requirement(line).marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(line)
    assert len(seen) > len(PROJECT["dependencies"])


def version_of(name):
    return importlib.metadata.version(name)


def test_environment_yml_has_no_list_of_its_own():
    assert environment()["dependencies"] == ["python=3.11", "pip", {"pip": PIP_LINES}]
    minimum = PROJECT["requires-python"].removeprefix(">=")
    assert environment()["dependencies"][0] == f"python={minimum}"
    asked = Requirement("adamlab" + pip_lines()[1].removeprefix("-e .")).extras
    assert asked <= set(EXTRAS)


@pytest.mark.slow
def test_pip_lines_of_environment_yml_install(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path)], check=True)
    python = str(tmp_path / "bin" / "python")
    arguments = [word for line in pip_lines() for word in shlex.split(line)]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *arguments], cwd=ROOT, check=True)
    subprocess.run([python, "-m", "pip", "check"], check=True)
    code = "import adamlab, ipykernel, jupyter_book, mlxtend, river, z3"
    subprocess.run([python, "-c", code], check=True)


# -------------------------------------------------------------------------------------------------
# The Makefile


@pytest.fixture
def checkout(tmp_path):
    """Return a folder with just the files that decide about the environment."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def make(*arguments, where):
    # Not as a part of the `make test` that may be running this.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=where, env=env, capture_output=True, text=True)


def test_help_is_the_default_and_lists_the_targets(checkout):
    done = make(where=checkout)
    assert done.returncode == 0
    listed = {line.split()[1] for line in done.stdout.splitlines()}
    targets = {"help", "book", "test", "test-site", "verify", "proofs", "proofs-audit", "bench"}
    assert listed == targets | {"lint", "serve", "clean"}


@pytest.mark.parametrize("target", ["book", "test"])
def test_environment_is_made_once(checkout, target):
    def installs():
        return [
            line
            for line in make("-n", target, where=checkout).stdout.splitlines()
            if "pip install" in line
        ]

    (first,) = installs()
    assert "--constraint constraints.txt" in first
    assert "[verify,networks,data,book,test]" in first  # and so never torch
    stamp = checkout / ".venv" / "installed"
    stamp.parent.mkdir()
    stamp.touch()
    assert installs() == []


def test_old_or_missing_python_is_refused_clearly(checkout):
    missing = make("test", "PYTHON=no-such-python", where=checkout)
    assert missing.returncode != 0
    assert "Python 3.11 or newer: there is no no-such-python" in missing.stderr

    old = checkout / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.1 || exit 1\n')
    old.chmod(0o755)
    refused = make("test", f"PYTHON={old}", where=checkout)
    assert refused.returncode != 0
    assert "is Python 3.9.1" in refused.stderr
    assert not (checkout / ".venv").exists()
