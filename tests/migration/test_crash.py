"""Move-ins that are killed: the next one continues, and adds each version once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.migration import plan_move_in
from exo_nbregistry.registry.facade import ModelRegistry
from tests.crash import killed
from tests.migration.folder_store import FolderStore, write_store

# Prime, so that the kills are at different steps of the versions.
STEP = 7


def move_in(store: FolderStore, folder: Path) -> Any:
    """Move a store into a registry."""
    registry = ModelRegistry(folder, durable=False)
    return plan_move_in(store, registry).execute(progress=False)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """Write a store with a number that is taken, files, a history, aliases and a deletion."""
    versions: list[dict[str, Any]] = [
        {
            "source_id": f"s:{number}",
            "number": number,
            "model": f"\x80\x04K{chr(number)}.".encode("latin-1"),
            "files": {"MLmodel": b"flavors: {}\n"},
            "metric_history": {"loss": [[0, 1.0], [1, 0.5]]},
        }
        for number in (1, 2, 4)
    ]
    moves = [{"alias": "prod", "source_id": f"s:{number}"} for number in (1, 2, 4)]
    models: dict[str, Any] = {"rf": {"versions": versions, "moves": moves}}
    other = {"source_id": "t:1", "model": b"\x80\x04K\x07.", "aliases": ["best"]}
    deleted = {"source_id": "t:2", "model": b"\x80\x04K\x08.", "deleted": True}
    return write_store(tmp_path / "store", models | {"svm": {"versions": [other, deleted]}})


def origins(registry: ModelRegistry) -> dict[str, Any]:
    """Return where each version is from."""
    listed = registry.list_models(include_deleted=True)
    return {item.model_id: item.tags.get("moved_in_from") for item in listed}


def test_a_killed_move_in_continues(store: FolderStore, tmp_path: Path) -> None:
    """After each kill the registry is sound, and the next call adds the other versions."""
    base = tmp_path / "base"
    ModelRegistry(base, durable=False).register_model({"cut": 0}, "rf")
    whole = {"rf:1": None, "rf:2": "s:2", "rf:4": "s:4", "rf:5": "s:1"}
    whole |= {"svm:1": "t:1", "svm:2": "t:2"}
    partial = 0
    for point in range(1, 2000, STEP):
        place = tmp_path / str(point)
        shutil.copytree(base, place)
        died = killed(str(place), point, lambda place=place: move_in(store, place))
        registry = ModelRegistry(place, durable=False)
        assert registry.verify().ok, point
        found = origins(registry)
        assert found.items() <= whole.items(), point
        partial += 1 < len(found) < len(whole)
        done = move_in(store, place)
        assert done.versions == len(whole) - len(found), point
        found = origins(registry)
        assert found == whole, point
        assert [m.version for m in registry.alias_history("rf", "prod")] == [5, 2, 4], point
        assert registry["svm@best"].version == 1
        assert registry.get_metadata("svm").version == 1, point
        assert registry.load_model("rf:4")[0] == 4
        assert registry.verify().ok
        shutil.rmtree(place)
        if not died:
            break
    assert not died
    assert partial > 3
