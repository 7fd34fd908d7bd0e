"""Purging the versions of a plan, while other users change the registry."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.integrity import purging
from exo_nbregistry.integrity.purging import purge_versions
from exo_nbregistry.integrity.retention import RetentionRules, plan_versions
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.memory import MemoryStore


@pytest.fixture
def registry() -> ModelRegistry:
    """Return a registry with five versions of one model."""
    registry = ModelRegistry(MemoryStore())
    for value in range(5):
        registry.register_model({"value": value}, "toy")
    return registry


def planned(registry: ModelRegistry) -> list[Any]:
    """Return the plan that keeps the last version."""
    journal = registry._workspace.journal
    return plan_versions(journal, "toy", RetentionRules(keep_last=1)) or []


def purge(registry: ModelRegistry, items: list[Any]) -> list[int]:
    """Execute a plan and return the purged numbers."""
    work = registry._workspace
    purged, damaged = purge_versions(work.store, work.journal, items, "ada")
    assert damaged == []
    return [item.version for item in purged]


def test_files_go_and_records_stay(registry: ModelRegistry) -> None:
    """The files of purged versions are removed, and their records can be read."""
    assert purge(registry, planned(registry)) == [1, 2, 3, 4]
    assert len(registry._workspace.store.names("models/toy/blobs")) == 1
    assert registry["toy:1"].status == "purged"
    assert registry.history("toy")[-1]["actor"] == "ada"
    assert registry.verify()
    assert planned(registry) == []


def test_a_change_after_the_plan_protects(registry: ModelRegistry) -> None:
    """A version stays that has a new alias, was restored, or is the newest now."""
    registry.delete_model("toy:2")
    items = planned(registry)
    registry.set_alias("toy", "champion", 1)
    registry.restore_model("toy:2")
    registry.delete_model("toy:5")
    assert purge(registry, items) == [3]
    assert registry.list_models("toy").ids == ("toy:1", "toy:2", "toy:4")
    assert registry.load_model("toy@champion")[0] == {"value": 0}


def test_references_are_read_once_for_each_model(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of all purged versions of a model are removed together."""
    calls = []
    remove = purging.remove_unreferenced
    monkeypatch.setattr(
        purging, "remove_unreferenced", lambda *args: calls.append(args[2]) or remove(*args)
    )
    assert len(purge(registry, planned(registry))) == 4
    assert calls == ["toy"]


def test_an_interrupted_purge_is_completed(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the files of purged versions were not removed, the next garbage collection does it."""

    def killed(*_: Any) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(purging, "remove_unreferenced", killed)
        with pytest.raises(KeyboardInterrupt):
            registry.collect_garbage(False, keep_last=1)
    assert len(registry._workspace.store.names("models/toy/blobs")) == 5
    done = registry.collect_garbage(False, keep_last=1, grace_s=-1)
    assert (len(done), done.versions) == (4, ())
    assert len(registry._workspace.store.names("models/toy/blobs")) == 1
    assert registry.verify()


def _collect(folder: str, numbers: Any) -> None:
    registry = ModelRegistry(folder, durable=False)
    done = registry.collect_garbage(False, keep_last=3)
    numbers.put([item.version for item in done.versions])


@pytest.mark.slow
def test_two_processes_purge_each_version_once(tmp_path: Path) -> None:
    """Two processes with the same rules purge together what one of them would."""
    folder = tmp_path / "registry"
    registry = ModelRegistry(folder, durable=False)
    for value in range(40):
        registry.register_model({"value": value}, "toy")
    registry.set_alias("toy", "champion", 7)
    context = multiprocessing.get_context("spawn")
    numbers = context.Queue()
    workers = [context.Process(target=_collect, args=(str(folder), numbers)) for _ in range(2)]
    for worker in workers:
        worker.start()
    found = [numbers.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    expected = [n for n in range(1, 38) if n != 7]
    assert sorted(found[0] + found[1]) == expected
    after = ModelRegistry(folder)
    assert after.verify()
    purges = [event["version"] for event in after.history("toy") if event["action"] == "purge"]
    assert sorted(purges) == expected
    assert after.load_model("toy@champion")[0] == {"value": 6}
