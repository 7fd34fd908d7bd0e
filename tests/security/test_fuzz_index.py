"""The index and the descriptor with any content: no answer is lost."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.index.database import index_path
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.json_codec import digest_json
from tests.security.mutations import BAD, paths, replaced, sealed_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a registry with three versions, an alias and a tag, whose index exists."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value in (1, 2, 3):
        metrics = {"f1_score": value / 4}
        registry.register_model({"value": value}, "toy", evaluation_results=metrics)
    registry.set_alias("toy", "champion", 2)
    registry.tag_model("toy:3", "reviewed")
    answers(registry)
    return tmp_path / "registry"


def answers(registry: ModelRegistry) -> list[Any]:
    """Return the answers of all calls that use the index."""
    return [
        [(item.model_id, item.aliases, item.metrics) for item in registry.list_models()],
        registry.list_models(where="metrics.f1_score > 0.3", order_by="-metrics.f1_score").ids,
        registry.list_models(where="'reviewed' in tags").ids,
        [model.n_versions for model in registry.list_model_names()],
        registry.get_best_model("f1_score")[1].model_id,
        registry.list_fields(),
        registry.verify().ok,
    ]


def file_of(folder: Path) -> Path:
    """Return the path of the index."""
    registry = ModelRegistry(folder)
    return index_path(registry.registry_id, registry.location)


def remove(path: Path) -> None:
    """Remove the index with the files beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{path}{suffix}")


def _run(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "missing": remove,
    "empty": lambda path: (remove(path), path.touch()),
    "text": lambda path: (remove(path), path.write_bytes(b"not a database " * 1000)),
    "truncated": lambda path: os.truncate(path, path.stat().st_size // 2 + 17),
    "truncated to a page": lambda path: os.truncate(path, 4096),
    "folder": lambda path: (remove(path), path.mkdir()),
    "full folder": lambda path: (remove(path), (path / "a").mkdir(parents=True)),
    "link to nothing": lambda path: (remove(path), path.symlink_to(path.parent / "nothing")),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "no tables": lambda path: _run(path, "DROP TABLE versions", "DROP TABLE facts"),
    "other columns": lambda path: _run(
        path, "DROP TABLE versions", "CREATE TABLE versions(id INTEGER, x)"
    ),
    "another schema": lambda path: _run(path, "PRAGMA user_version = 3"),
    "newer schema": lambda path: _run(path, f"PRAGMA user_version = {2**31 - 1}"),
    "invalid UTF-8": lambda path: _run(
        path, "UPDATE versions SET algorithm = CAST(x'ff00fe' AS TEXT), model = 'toy'"
    ),
    "invalid JSON": lambda path: _run(path, "UPDATE versions SET tags = '{', journal = '[1]'"),
    "wrong types": lambda path: _run(
        path, "UPDATE versions SET created_at = 'x', digest = 'x', status = 3"
    ),
    "wrong numbers": lambda path: _run(path, "UPDATE versions SET number = number + 7"),
    "wrong marks": lambda path: _run(path, "UPDATE marks SET number = 'x', found = 'y'"),
    "wrong folders": lambda path: _run(path, "UPDATE folders SET versions_ns = 'x'"),
    "facts of other owners": lambda path: _run(path, "DELETE FROM facts", "DELETE FROM fields"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_index_is_replaced(folder: Path, damage: Callable[[Path], object]) -> None:
    """Any content of the index file raises no error of SQLite."""
    path = file_of(folder)
    damage(path)
    with contextlib.suppress(RegistryError):
        answers(ModelRegistry(folder))
    remove_all(path)
    assert answers(ModelRegistry(folder))[0][1][1] == ("champion",)


def remove_all(path: Path) -> None:
    """Remove the index, which can be a folder."""
    import shutil

    remove(path) if not path.is_dir() or path.is_symlink() else shutil.rmtree(path)


LOSSLESS = [name for name in DAMAGE if not name.startswith(("wrong", "facts", "invalid"))]


@pytest.mark.parametrize("name", LOSSLESS)
def test_an_unusable_index_changes_no_answer(folder: Path, name: str) -> None:
    """An index that is not a database of this release is rebuilt, or replaced by memory."""
    expected = answers(ModelRegistry(folder))
    DAMAGE[name](file_of(folder))
    assert answers(ModelRegistry(folder)) == expected


def descriptor(folder: Path) -> dict[str, Any]:
    """Return the fields of the descriptor."""
    fields: dict[str, Any] = json.loads((folder / "nbregistry.json").read_text())
    return fields


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("name", BAD)
def test_a_descriptor_with_any_field_is_read_or_named(
    folder: Path, name: str, sealed: bool
) -> None:
    """A field of the descriptor with any value is accepted, or is an error of the package."""
    whole = descriptor(folder)
    for at in paths(whole):
        fields = replaced(whole, at, BAD[name])
        if sealed and at != ("check",):
            with contextlib.suppress(ValueError, KeyError):
                fields["check"] = digest_json({k: v for k, v in fields.items() if k != "check"})
        data = sealed_bytes(fields, lambda _: None, check=fields["check"])
        (folder / "nbregistry.json").write_bytes(data)
        with contextlib.suppress(RegistryError):
            ModelRegistry(folder).load_model("toy:1")
