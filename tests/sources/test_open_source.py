"""Choice of the reader of a store."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest
from sklearn.linear_model import Ridge

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.sources.open_source import open_source


@pytest.mark.parametrize(
    "address",
    [
        *("https://ada:secret@host/mlflow", "s3://secret/models", "databricks://secret"),
        *("postgresql+psycopg2://ada:secret@host/db", "sqlite://secret"),
    ],
)
def test_an_address_is_not_a_path(address: str) -> None:
    """The error names the kind of address, not its password, and what to do."""
    with pytest.raises(InvalidInputError, match="is not on this machine; copy it") as caught:
        open_source(address)
    assert "secret" not in str(caught.value)


def test_the_addresses_of_files_are_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses that MLflow has for a file or a folder are read."""
    (tmp_path / "old models").mkdir()
    (tmp_path / "old models/rf_v1.pkl").write_bytes(pickle.dumps(Ridge()))
    assert open_source((tmp_path / "old models").as_uri()).kind == "files"
    monkeypatch.chdir(tmp_path)
    assert open_source("file:old%20models").kind == "files"
    with pytest.raises(InvalidInputError, match=r"^missing\.db does not exist"):
        open_source("sqlite:///missing.db")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes in folders")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    """A folder with pipes instead of a database and a model is not a store."""
    for name in ("mlflow.db", "index.json", "_pins.yaml", "rf_v1.pkl", "meta.yaml"):
        os.mkfifo(tmp_path / name)
    with pytest.raises(InvalidInputError, match="is not a store of a known kind"):
        open_source(tmp_path)


def test_a_store_without_permission_is_explained(tmp_path: Path) -> None:
    """A store that cannot be read is not reported as an unknown kind of store."""
    database = tmp_path / "project/mlflow.db"
    database.parent.mkdir()
    database.write_bytes(b"SQLite format 3\0")
    for denied, mode in ((database, 0o600), (database.parent, 0o700)):
        denied.chmod(0)
        try:
            if os.access(denied, os.R_OK):
                pytest.skip("this user can read all files")
            with pytest.raises(InvalidInputError, match="Permission denied to read"):
                open_source(database.parent)
        finally:
            denied.chmod(mode)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("gone", "gone does not exist"),
        ("", "'' does not exist"),
        ("empty", "empty is an empty folder"),
        ("notes.txt", "is not a store of a known kind"),
        ("registry", "is a registry of this package; copy it"),
    ],
)
def test_a_path_without_a_store_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str
) -> None:
    """The error names what the path is and what to pass."""
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("notes.txt").write_text("notes")
    ModelRegistry("registry").register_model(Ridge(), "ridge")
    with pytest.raises(InvalidInputError) as caught:
        open_source(path)
    assert text in str(caught.value)
