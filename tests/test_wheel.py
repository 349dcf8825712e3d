"""The wheel: it holds the package and nothing else, and works far from the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

USE = """
import pathlib, sys
import adamlab as al
assert pathlib.Path(al.__file__).is_relative_to(sys.prefix), al.__file__
run = al.regret(al.problems.reddi(C=3), al.Adam(alpha=al.inverse_sqrt(0.1)), horizon=300)
assert run.average_regret.notnull().all()
run.to_netcdf("run.nc")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = target.glob("*.whl")
    return path


def test_holds_the_whole_package_and_nothing_else(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = (path for path in (ROOT / "adamlab").rglob("*") if path.is_file())
    assert names == {str(f.relative_to(ROOT)) for f in files if "__pycache__" not in f.parts}


def test_carries_licence_and_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (licence,) = (n for n in archive.namelist() if n.endswith("/licenses/LICENSE"))
        assert "Redistribution and use" in archive.read(licence).decode()
        (entries,) = (n for n in archive.namelist() if n.endswith("/entry_points.txt"))
        assert "adamlab = adamlab.cli:main" in archive.read(entries).decode()


@pytest.mark.slow
def test_works_in_a_bare_environment(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    programs = tmp_path / "venv" / "bin"
    pip = [programs / "python", "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--constraint", ROOT / "constraints.txt", wheel], check=True)
    subprocess.run([programs / "python", "-I", "-c", USE], cwd=tmp_path, check=True)
    told = subprocess.run([programs / "adamlab", "rules"], cwd=tmp_path, capture_output=True)
    assert told.returncode == 0
    assert b"adamax" in told.stdout
