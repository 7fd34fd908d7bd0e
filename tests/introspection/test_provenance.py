"""Provenance: notebook, cell, git commit, user and host."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exo_nbregistry.introspection import provenance
from exo_nbregistry.introspection.provenance import current_user, read_provenance
from tests.git_repository import git, write_fake_git

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
posix = pytest.mark.skipif(os.name != "posix", reason="the fake git is a shell script")


def test_user_and_host_are_read() -> None:
    """User and host are the values of the system."""
    read = read_provenance()
    assert (read.user, read.host) == (current_user(), platform.node())


@pytest.mark.parametrize("error", [OSError, KeyError, ImportError])
def test_an_unknown_user(monkeypatch, error: type[Exception]) -> None:
    """If the system has no name for the user, as in some containers, the user is None."""

    def fail() -> str:
        raise error("no such user")

    monkeypatch.setattr("getpass.getuser", fail)
    current_user.cache_clear()
    assert read_provenance().user is None
    monkeypatch.undo()
    current_user.cache_clear()


def notebook(folder: Path, cells: list[str], after: str = "", **environ: str) -> list[dict]:
    """Run cells in a real IPython shell; return what each ``show()`` showed."""
    prelude = (
        "import dataclasses, json, sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "from traitlets.config import Config\n"
        "from exo_nbregistry.introspection.provenance import read_provenance\n"
        "config = Config({'HistoryManager': {'hist_file': ':memory:'}})\n"
        "shell = InteractiveShell.instance(config=config)\n"
        "def show():\n"
        "    print('@', json.dumps(dataclasses.asdict(read_provenance())))\n"
        "shell.user_ns['show'] = show\n"
        "for cell in json.loads(sys.argv[1]):\n"
        "    shell.run_cell(cell, store_history=True).raise_error()\n"
    )
    command = [sys.executable, "-c", prelude + after, json.dumps(cells)]
    environ = (
        os.environ | {"IPYTHONDIR": str(folder / ".ipython"), "PYTHONPATH": str(ROOT)} | environ
    )
    done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
    return [json.loads(line[2:]) for line in done.stdout.splitlines() if line.startswith("@ ")]


def test_the_running_cell_is_read(tmp_path: Path) -> None:
    """In IPython each call sees the number and the source, as typed, of its own cell."""
    cells = ["x = 1", "%time show()\n# très bien", "show()"]
    first, second = notebook(tmp_path, cells)
    assert (first["cell_number"], first["cell_source"]) == (2, cells[1])
    assert (second["cell_number"], second["cell_source"]) == (3, cells[2])


def test_a_callback_is_not_a_cell(tmp_path: Path) -> None:
    """A callback that runs after its cell has neither cell number nor source."""
    (read,) = notebook(tmp_path, ["x = 1"], after="show()\n")
    assert (read["cell_number"], read["cell_source"]) == (None, None)


def test_a_huge_cell_is_cut(tmp_path: Path) -> None:
    """The source of a cell is cut to a length that a record can store."""
    (read,) = notebook(tmp_path, ["show() #" + "x" * 70_000])
    assert len(read["cell_source"]) == provenance.MAX_SOURCE_CHARACTERS


def test_a_kernel_distinguishes_cells_and_callbacks(tmp_path: Path) -> None:
    """In a real kernel, a cell has its number, and a later callback has none."""
    nbformat, nbclient = pytest.importorskip("nbformat.v4"), pytest.importorskip("nbclient")
    cells = [
        f"import asyncio, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from exo_nbregistry.introspection.provenance import read_provenance\n"
        "later, done = [], asyncio.Event()\n"
        "def call():\n    later.append(read_provenance())\n    done.set()",
        "asyncio.get_running_loop().call_later(0.01, call); print(read_provenance().cell_number)",
        "print(read_provenance().cell_number)",
    ]
    book = nbformat.new_notebook(cells=[nbformat.new_code_cell(cell) for cell in cells])
    book.cells.append(nbformat.new_code_cell("print(later[0].cell_number)"))
    client = nbclient.NotebookClient(book, resources={"metadata": {"path": str(tmp_path)}})
    client.on_cell_executed = lambda cell_index, **_: time.sleep(0.2 * (cell_index == 1))
    client.execute()
    shown = [cell.outputs[0].text.strip() for cell in book.cells[1:]]
    assert shown == ["2", "3", "None"]


@pytest.mark.parametrize(
    ("session", "name"),
    [
        ("work/deep/train.ipynb", "train.ipynb"),
        ("C:\\work\\train.ipynb", "train.ipynb"),
        ("RTC:train.ipynb", "train.ipynb"),
        ("work/console-1-abc", None),
        ("", None),
    ],
)
def test_the_notebook_is_named_without_its_folder(tmp_path: Path, session, name) -> None:
    """The name of the notebook comes from the session of Jupyter; a console has none."""
    (read,) = notebook(tmp_path, ["show()"], JPY_SESSION_NAME=session)
    assert read["notebook"] == name


def test_the_notebook_of_vs_code_is_named(tmp_path: Path) -> None:
    """VS Code sets the notebook in its own variable."""
    cells = ["__vsc_ipynb_file__ = '/home/ada/work/train.ipynb'", "show()"]
    assert notebook(tmp_path, cells)[0]["notebook"] == "train.ipynb"


def test_a_program_started_from_a_notebook(monkeypatch) -> None:
    """A script that inherits the environment of a notebook has no notebook name."""
    monkeypatch.setenv("JPY_SESSION_NAME", "work/train.ipynb")
    assert read_provenance().notebook is None


@posix
def test_git_status_is_read_once_per_cell(tmp_path: Path, monkeypatch) -> None:
    """The git status is read once for each cell."""
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "First")
    monkeypatch.chdir(tmp_path)
    script = f'case "$*" in *status*) echo asked >> {tmp_path}/log;; esac'
    write_fake_git(tmp_path / "bin", script, monkeypatch)
    notebook(tmp_path, ["show(); show(); show()", "show()", "show()"])
    assert (tmp_path / "log").read_text() == "asked\n" * 3
