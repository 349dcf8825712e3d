"""The script that builds the book: whose repository, whose MathJax, whose cached outputs."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from adamlab.rules import RULES

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = "https://github.com/someone/something"


@pytest.fixture
def build(monkeypatch):
    monkeypatch.delenv("ADAMLAB_REPOSITORY_URL", raising=False)
    monkeypatch.syspath_prepend(ROOT / "book")
    spec = importlib.util.spec_from_file_location("build_book", ROOT / "book" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, None),
        ("/somewhere/on/this/disk", None),
        ("https://example.org/someone/something.git", None),
        ("https://github.com/someone", None),
        ("https://github.com/someone/something", ADDRESS),
        ("https://github.com/someone/something.git", ADDRESS),
        ("https://token@github.com/someone/something.git", ADDRESS),
        ("git@github.com:someone/something.git", ADDRESS),
        ("ssh://git@github.com/someone/something.git", ADDRESS),
    ],
)
def test_address_comes_from_the_remote(build, tmp_path, monkeypatch, origin, expected):
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    if origin:
        git = ["git", "-C", str(tmp_path), "remote", "add", "origin", origin]
        subprocess.run(git, check=True)
    monkeypatch.setattr(build, "ROOT", tmp_path)
    assert build.repository_url() == expected


def test_address_from_the_environment_goes_first(build, monkeypatch):
    monkeypatch.setenv("ADAMLAB_REPOSITORY_URL", ADDRESS + ".git")
    assert build.repository_url() == ADDRESS
    monkeypatch.setenv("ADAMLAB_REPOSITORY_URL", "https://example.org/someone/something")
    with pytest.raises(ValueError, match=r"ADAMLAB_REPOSITORY_URL .* 'https://example\.org"):
        build.repository_url()


@pytest.mark.parametrize("url", [None, ADDRESS])
def test_book_is_built_with_and_without_an_address(build, tmp_path, url):
    """Build a book of one notebook with the real configuration, and look at its buttons."""
    notebook = {
        "cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Title"}],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "chapter.ipynb").write_text(json.dumps(notebook))
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: notebooks/chapter\n")
    for name in (
        "book/_static/adamlab.css",
        "book/_static/favicon.svg",
        "book/_extra/index.html",
        "book/references.bib",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "config.yml").write_text(yaml.safe_dump(build.configuration(url)))
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [jupyter_book, "build", tmp_path, "--config", tmp_path / "config.yml", "-W"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    page = (tmp_path / "_build" / "html" / "notebooks" / "chapter.html").read_text()
    binder = (
        "https://mybinder.org/v2/gh/someone/something/main?urlpath=lab/tree/notebooks/chapter.ipynb"
    )
    if url:
        assert binder in page
        assert f'href="{ADDRESS}"' in page
    else:
        assert "mybinder" not in page
        assert "github.com" not in page
    assert "colab" not in page


def test_only_the_needed_parts_of_mathjax_are_copied(build, tmp_path):
    target = tmp_path / "mathjax"
    build.copy_mathjax(target)
    names = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert "tex-mml-chtml.js" in names
    assert any(name.endswith(".woff") for name in names)
    assert sum((target / name).stat().st_size for name in names) < 3e6


def test_cached_outputs_live_as_long_as_the_package_stays_the_same(build, tmp_path, monkeypatch):
    root, built = tmp_path / "root", tmp_path / "_build"
    module = root / "adamlab" / "rules.py"
    module.parent.mkdir(parents=True)
    module.write_text("half = 1 / 2\n")
    (root / "constraints.txt").write_text("numpy==2.0\n")
    monkeypatch.setattr(build, "ROOT", root)
    cached = built / ".jupyter_cache" / "outputs"

    def survives():
        cached.mkdir(parents=True, exist_ok=True)
        (built / "html").mkdir()
        build.discard_stale(built)
        assert not (built / "html").exists()
        return cached.exists()

    assert not survives()  # nothing says what made these outputs
    assert survives()
    module.write_text("half = 1 / 4\n")
    assert not survives()
    assert survives()
    (root / "constraints.txt").write_text("numpy==2.1\n")
    assert not survives()


def test_every_rule_stands_in_one_table_of_the_book():
    page = (ROOT / "book" / "algorithm.md").read_text()
    families = " ".join(re.findall(r"```\{rule-table\} (.*)", page)).split()
    for name in RULES:
        assert sum(f"{name}_".startswith(f"{family}_") for family in families) == 1, name
