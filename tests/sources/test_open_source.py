"""Paths that are not a store."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sklearn.linear_model import Ridge

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.sources.open_source import open_source


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
        ("s3://bucket/mlruns", "Stores at s3:// cannot be read; copy the store"),
        ("postgresql+psycopg2://ada:secret@db/mlflow", "Stores at postgresql"),
        ("sqlite:///mlflow.db", "Pass the path of a store, such as mlflow.db, instead of a URL"),
    ],
)
def test_a_path_without_a_store_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, text: str
) -> None:
    """The error names what the path is and what to pass, and never a password in a URL."""
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("notes.txt").write_text("notes")
    ModelRegistry("registry").register_model(Ridge(), "ridge")
    with pytest.raises(InvalidInputError) as caught:
        open_source(path)
    assert text in str(caught.value)
    assert "secret" not in str(caught.value)
