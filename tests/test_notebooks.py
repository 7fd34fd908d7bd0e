"""The committed notebooks, and the script that runs and writes them.

That their outputs are what their code gives is nbval's to say: ``pytest --nbval notebooks``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from scripts.refresh_notebooks import NOTEBOOKS, WIDGET, main, normalise, refresh

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
EACH = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
# A folder of a user or of this machine, on any system.
MACHINE = re.compile(
    r"""(?<![\w.:/])/(?:home|root|Users|tmp|var|work|mnt|opt|private)/ | \b[A-Za-z]:\\\\?\w""",
    re.VERBOSE,
)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that have code in them."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def write(path: Path, sources: Sequence[str]) -> Path:
    """Write a notebook of code cells that were not run."""
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    return path


def test_there_are_notebooks() -> None:
    """The folder is where the script looks for it, and not empty."""
    assert "01_first_model" in [path.stem for path in PATHS]


@EACH
def test_a_notebook_was_run_from_top_to_bottom(path: Path) -> None:
    """Every code cell was run, in order, in one fresh kernel."""
    cells = code_cells(nbformat.read(path, as_version=4))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@EACH
def test_a_notebook_shows_results_and_no_error(path: Path) -> None:
    """Results are there to read, and none is an error or a warning."""
    outputs = [out for cell in code_cells(nbformat.read(path, 4)) for out in cell.outputs]
    assert any("text/html" in output.get("data", {}) for output in outputs)
    assert [out for out in outputs if out.output_type == "error"] == []
    assert [out.text for out in outputs if "Warning" in out.get("text", "")] == []


@EACH
def test_a_notebook_names_no_machine(path: Path) -> None:
    """No path of the machine it was run on is in it, and not where this copy is."""
    text = path.read_text(encoding="utf-8")
    assert MACHINE.findall(text) == []
    assert str(NOTEBOOKS.parent) not in text
    assert "SHA256:" not in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("saved to /home/ada/x.joblib", True),
        (r"C:\\Users\\ada", True),
        ("'/tmp/tmpabc'", True),
        ("https://example.org/home/page", False),
        ("models/registry", False),
    ],
)
def test_a_machine_path_is_recognised(text: str, found: bool) -> None:
    """Paths of Linux, macOS and Windows are told from addresses and relative paths."""
    assert bool(MACHINE.search(text)) is found


@EACH
def test_a_notebook_is_normal(path: Path) -> None:
    """It is written as the script writes it, so that a refresh changes only what differs."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    normalise(notebook)
    assert nbformat.writes(notebook).rstrip("\n") + "\n" == path.read_text(encoding="utf-8")


def test_what_differs_from_run_to_run_is_removed() -> None:
    """Two runs that differ in times, ids and the release of Python are the same notebook."""

    def run(number: int) -> NotebookNode:
        view = new_output("display_data", {WIDGET: {"model_id": f"{number:032}"}})
        cell = new_code_cell("show()", outputs=[view], metadata={"execution": {"at": f"{number}"}})
        metadata = {"language_info": {"name": "python", "version": f"3.1{number}"}}
        return new_notebook(cells=[cell], metadata=metadata | {"widgets": {"state": {"n": number}}})

    one, two = run(1), run(2)
    assert nbformat.writes(one) != nbformat.writes(two)
    normalise(one)
    normalise(two)
    assert nbformat.writes(one) == nbformat.writes(two)


def test_a_tag_on_a_cell_is_kept() -> None:
    """What an author says of a cell is no difference between runs."""
    notebook = new_notebook(cells=[new_code_cell("1", metadata={"tags": ["raises-exception"]})])
    normalise(notebook)
    assert notebook.cells[0].metadata.tags == ["raises-exception"]


def test_a_second_refresh_changes_nothing(tmp_path: Path) -> None:
    """The first refresh writes the outputs, the second finds the same bytes."""
    path = write(tmp_path / "n.ipynb", ["x = {'b', 'a'}\nprint(sorted(x))", "len(x)"])
    assert refresh(path)
    written = path.read_bytes()
    assert b"['a', 'b']" in written
    assert not refresh(path)
    assert path.read_bytes() == written


def test_a_notebook_that_fails_is_left_as_it_was(tmp_path: Path) -> None:
    """An error in a cell stops the refresh before the file is touched."""
    path = write(tmp_path / "n.ipynb", ["1 / 0"])
    before = path.read_bytes()
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        refresh(path)
    assert path.read_bytes() == before


def test_kernels_get_a_key_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A notebook that registers signs with a key that is thrown away, not with the author's."""
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(tmp_path / "mine"))
    source = (
        "from pathlib import Path\nfrom exo_nbregistry.location import config_folder\n"
        "Path('seen.txt').write_text(str(config_folder()));"
    )
    main([str(write(tmp_path / "n.ipynb", [source]))])
    seen = Path((tmp_path / "seen.txt").read_text())
    assert tmp_path / "mine" not in [seen, *seen.parents]
    assert not seen.exists()
    assert capsys.readouterr().out == "n.ipynb: written\n"
