"""The provenance that a version stores, by level, and masked secrets."""

from __future__ import annotations

import json
import linecache
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry import set_config
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.introspection.provenance import current_user
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.records.fields import Provenance
from exo_nbregistry.registry.facade import ModelRegistry

ROOT = Path(__file__).resolve().parents[2]
SECRET = "hunter22hunter"
CELLS = [
    f"""
API_TOKEN = "{SECRET}"
class Scaler:
    password = "{SECRET}1"
    def fit(self, X, y=None):
        return self
    def predict(self, X):
        return [0 for _ in X]
""",
    f"""
from exo_nbregistry import ModelRegistry
fetch = dict(password="{SECRET}2")
ref = ModelRegistry("registry", durable=False).register_model(Scaler(), "own"{{}})
""",
]


def run_notebook(folder: Path, argument: str = "", **environ: str) -> tuple[dict[str, Any], str]:
    """Register the model of the cells in a shell; return the record and the messages."""
    code = (
        "import json, logging, sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "from traitlets.config import Config\n"
        "logging.basicConfig(format='%(message)s')\n"
        "config = Config({'HistoryManager': {'hist_file': ':memory:'}})\n"
        "shell = InteractiveShell.instance(config=config)\n"
        "for cell in json.loads(sys.argv[1]):\n"
        "    shell.run_cell(cell, store_history=True).raise_error()\n"
    )
    cells = [CELLS[0], CELLS[1].format(argument)]
    environ = {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython"), **environ}
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(cells)],
        cwd=folder,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    path = folder / "registry" / "models" / "own" / "versions" / "v000001.json"
    return json.loads(path.read_text()), done.stderr


def stored_text(folder: Path) -> str:
    """Return the text of all stored files but the model, which contains its code."""
    files = (folder / "registry").rglob("*.json")
    return "".join(path.read_text() for path in files)


def test_secrets_in_stored_sources_are_masked(tmp_path: Path) -> None:
    """A password is in no stored source, and one message names the number of masked values."""
    record, messages = run_notebook(tmp_path)
    stored = record["content"]["provenance"]
    assert 'password="***"' in stored["cell_source"]
    assert 'password = "***"' in stored["definitions"]
    assert SECRET not in stored_text(tmp_path)
    assert "sources" in record["content"]["attachments"]
    assert messages.count("Masked ") == 1
    assert "Masked 2 values in the stored sources that look like a password" in messages


@pytest.mark.parametrize("how", ["argument", "environment"])
def test_sources_are_not_stored(tmp_path: Path, how: str) -> None:
    """With no-source, no cell, definition or source of the model's code is stored."""
    if how == "argument":
        record, messages = run_notebook(tmp_path, ", provenance='no-source'")
    else:
        record, messages = run_notebook(tmp_path, EXO_NBREGISTRY_PROVENANCE="no-source")
    stored = record["content"]["provenance"]
    assert "cell_source" not in stored or stored["cell_source"] is None
    assert stored["cell_number"] == 2
    assert stored["user"] == current_user()
    assert "sources" not in record["content"]["attachments"]
    assert "password" not in stored_text(tmp_path)
    assert "Masked" not in messages


def test_no_provenance_is_stored(tmp_path: Path) -> None:
    """With none, the version has no user, host, notebook, cell and commit."""
    record, _ = run_notebook(tmp_path, EXO_NBREGISTRY_PROVENANCE="none")
    assert not any(record["content"]["provenance"].values())
    assert "sources" not in record["content"]["attachments"]


def test_the_option_covers_events(tmp_path: Path) -> None:
    """With none, an alias, a tag and a note name no user."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    set_config(provenance="none")
    registry.register_model({"value": 1}, "toy")
    registry.set_alias("toy", "champion", 1)
    registry.annotate("toy:1", "a note")
    assert registry.get_metadata("toy").provenance == Provenance()
    assert current_user() is not None
    assert f'"{current_user()}"' not in stored_text(tmp_path)


def test_the_argument_takes_precedence(tmp_path: Path) -> None:
    """The argument of register_model is used in place of the option."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    set_config(provenance="none")
    registry.register_model({"value": 1}, "toy", provenance="full")
    assert registry.get_metadata("toy").provenance.user == current_user()


def test_an_unknown_level_registers_nothing(tmp_path: Path) -> None:
    """An unknown level is an error, and no version is added."""
    registry = ModelRegistry(tmp_path / "registry", durable=False, create=True)
    with pytest.raises(RegistryError, match="Unknown provenance 'some'; choose 'full'"):
        registry.register_model({"value": 1}, "toy", provenance="some")
    assert len(registry.list_models()) == 0


def test_the_same_model_is_one_version_at_any_level(tmp_path: Path) -> None:
    """A model that is registered again with less provenance is the same version."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    refs = {registry.register_model({"value": 1}, "toy", provenance=p) for p in ("full", "none")}
    assert refs == {"toy:1"}


def test_a_model_file_masks_secrets_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The card of a saved file has masked sources, and none with another level."""
    names: dict[str, Any] = {"__name__": "__main__"}
    source = CELLS[0]
    linecache.cache["<ipython-input-1-own>"] = (
        len(source),
        None,
        source.splitlines(keepends=True),
        "<ipython-input-1-own>",
    )
    exec(compile(source, "<ipython-input-1-own>", "exec"), names)
    card = tmp_path / "model.joblib.json"
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        ModelPersistence.save_model(names["Scaler"](), tmp_path / "model.joblib")
    assert 'password = \\"***\\"' in card.read_text()
    assert sum("Masked 1 value" in record.message for record in caplog.records) == 1
    set_config(provenance="no-source")
    ModelPersistence.save_model(names["Scaler"](), tmp_path / "model.joblib")
    assert "password" not in card.read_text()
