"""The chapters that compute: committed without outputs, and right from top to bottom."""

from datetime import datetime
from pathlib import Path

import nbformat
import pytest
import yaml
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
NAMES = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
SECONDS = 90  # compiling kernels included


def test_all_chapters_are_there():
    chapters = yaml.safe_load((NOTEBOOKS.parent / "_toc.yml").read_text())["parts"]
    files = [chapter["file"] for part in chapters for chapter in part["chapters"]]
    assert {f"{file}.ipynb" for file in files if file.startswith("notebooks/")} == {
        f"notebooks/{name}" for name in NAMES
    }


@pytest.mark.parametrize("name", NAMES)
def test_is_committed_without_outputs(name):
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count is None
            assert cell.outputs == []


@pytest.mark.parametrize("name", NAMES)
def test_runs_from_top_to_bottom_in_time_and_without_warnings(name):
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    client.execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    printed = [
        output.text
        for cell in cells
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]
    assert printed == []
    assert run_time(cells) < SECONDS


def run_time(cells):
    """Return the seconds from the start of the first cell to the end of the last."""
    times = [cell.metadata.execution for cell in cells if "execution" in cell.metadata]
    if not times:
        return 0.0
    start = datetime.fromisoformat(times[0]["iopub.execute_input"])
    return (datetime.fromisoformat(times[-1]["shell.execute_reply"]) - start).total_seconds()
