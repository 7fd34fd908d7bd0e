"""Names of notebooks that run without a front end."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from exo_nbregistry.introspection import notebook_file
from exo_nbregistry.introspection.notebook_file import notebook_name
from tests.panels.executed import execute

CELLS = ["x = 'é'\n", "y = 2", "register(x, y)"]


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    notebook_file._search.cache_clear()


def write(name: str, cells: list[str], **metadata: Any) -> None:
    """Write a notebook."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=metadata)
    Path(name).write_text(writes(notebook), encoding="utf-8")


def shell(*executed: str, allow_stdin: bool = False, **variables: Any) -> Any:
    """Return the shell of a kernel that has run these cells."""
    kernel = SimpleNamespace(get_parent=lambda: {"content": {"allow_stdin": allow_stdin}})
    history = SimpleNamespace(input_hist_raw=["", *(cell.rstrip("\n") for cell in executed)])
    return SimpleNamespace(kernel=kernel, history_manager=history, user_ns=variables)


def named(running: Any) -> str | None:
    """Return the name of the notebook in a shell."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: running))
        return notebook_name(running)


def test_the_only_notebook_with_the_cells_is_named() -> None:
    """The notebook that contains all executed cells is named."""
    write("train.ipynb", [*CELLS, "later"])
    write("other.ipynb", CELLS[1:])
    assert named(shell(*CELLS)) == "train.ipynb"


def test_two_equal_notebooks_have_no_name() -> None:
    """If two notebooks contain the cells, none is named."""
    write("a.ipynb", CELLS)
    write("b.ipynb", CELLS)
    assert named(shell(*CELLS)) is None


def test_the_executed_copy_of_nbconvert_has_the_name_of_the_original() -> None:
    """The default output of nbconvert is not another notebook."""
    write("train.ipynb", CELLS)
    write("train.nbconvert.ipynb", CELLS)
    assert named(shell(*CELLS)) == "train.ipynb"


@pytest.mark.parametrize("with_input", [True, False], ids=["beside its input", "elsewhere"])
def test_papermill_is_known_by_its_output(with_input: bool) -> None:
    """The output of papermill names its input; the cell with the parameters is ignored."""
    if with_input:
        write("train.ipynb", CELLS)
    parameters = "# Parameters\ndepth = 3\n"
    written = {"papermill": {"input_path": "work/train.ipynb", "output_path": "run.ipynb"}}
    write("run.ipynb", [parameters, *CELLS], **written)
    assert named(shell(parameters, *CELLS)) == "train.ipynb"


def test_papermill_can_insert_the_path() -> None:
    """The path that papermill inserts on request is used."""
    assert named(shell("x", PAPERMILL_INPUT_PATH="work/train.ipynb")) == "train.ipynb"


def test_a_notebook_started_from_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook that a cell of another one executes does not get the name of the other."""
    monkeypatch.setenv("JPY_SESSION_NAME", "work/outer.ipynb")
    assert named(shell(*CELLS)) is None
    assert named(shell(*CELLS, allow_stdin=True)) == "outer.ipynb"


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"cells": 1}', '{"cells": [1]}', '{"cells": [{"source": 1}]}', "[" * 9999],
    ids=range(7),
)
def test_a_damaged_notebook_is_ignored(content: str) -> None:
    """Files that are not notebooks are ignored."""
    write("train.ipynb", CELLS)
    Path("bad.ipynb").write_text(content + json.dumps(CELLS[-1]), encoding="utf-8")
    Path("latin.ipynb").write_bytes(b"\xff")
    Path("folder.ipynb").mkdir()
    assert named(shell(*CELLS)) == "train.ipynb"


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_FILES", 0), ("MAX_FILE_BYTES", 10), ("SEARCH_TIMEOUT_S", -1.0)]
)
def test_the_search_is_limited(monkeypatch: pytest.MonkeyPatch, limit: str, value: float) -> None:
    """Beyond the limits of number, size and time, no notebook is named."""
    write("train.ipynb", CELLS)
    monkeypatch.setattr(notebook_file, limit, value)
    assert named(shell(*CELLS)) is None


def test_a_real_run_names_the_notebook_and_keeps_definitions(tmp_path: Path) -> None:
    """A version that a notebook without front end registers names it, with its definitions."""
    cells = [
        "from sklearn.dummy import DummyClassifier\nfrom exo_nbregistry import ModelRegistry\n"
        "def fitted():\n    return DummyClassifier().fit([[0], [1]], [0, 1])",
        "registry = ModelRegistry('models')\nregistry.register_model(fitted(), 'dummy')\n"
        "made = registry['dummy'].provenance\nprint(made.notebook)\nprint(made.definitions)",
    ]
    write("train.ipynb", cells)
    last = execute(cells, tmp_path).cells[-1].outputs[-1].text
    assert last.startswith("train.ipynb\ndef fitted():\n    return")
