"""With many writers in one folder, no version or event is lost or duplicated."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.commit import claim, link
from exo_nbregistry.store.local import LocalStore

WRITERS, VERSIONS, MOVES = 8, 100, 50
COMMITS = {"link": link, "claim": claim}


def open_registry(folder: Path, commit: str) -> ModelRegistry:
    """Open a registry that commits in one way."""
    return ModelRegistry(LocalStore(folder, durable=False, commit=COMMITS[commit]))


def _register(folder: Path, commit: str, writer: int) -> list[str]:
    registry = open_registry(folder, commit)
    return [
        registry.register_model(
            model={"writer": writer, "n": n}, model_name="busy", hyperparameters={"n": n}
        )
        for n in range(VERSIONS)
    ]


def _move(folder: Path, commit: str, writer: int) -> list[int]:
    registry = open_registry(folder, commit)
    # Each move has its own target, because an alias does not move to its current version.
    targets = range(1 + writer * MOVES, 1 + (writer + 1) * MOVES)
    for target in targets:
        registry.set_alias("busy", "champion", target)
    return list(targets)


def _in_processes(work: Callable[..., list[Any]], folder: Path, commit: str) -> list[Any]:
    # fork is not used, because it can copy a lock that another thread of pytest holds.
    context = multiprocessing.get_context("spawn")
    with context.Pool(WRITERS) as pool:
        results = pool.starmap(work, [(folder, commit, n) for n in range(WRITERS)])
    return [item for result in results for item in result]


@pytest.mark.parametrize("commit", ["link", "claim"])
def test_no_registration_and_no_alias_move_is_lost(tmp_path: Path, commit: str) -> None:
    """800 registrations get the numbers 1 to 800, and each alias move is in the history."""
    folder = tmp_path / "registry"
    registry = open_registry(folder, commit)
    ids = _in_processes(_register, folder, commit)
    assert sorted(int(name.split(":")[1]) for name in ids) == list(range(1, 801))
    writers = {registry.load_model(name)[0]["writer"] for name in ids[::50]}
    assert writers == set(range(WRITERS))
    acknowledged = _in_processes(_move, folder, commit)
    moves = registry.alias_history("busy", "champion")
    assert [move.number for move in moves] == list(range(1, WRITERS * MOVES + 1))
    assert sorted(move.version for move in moves) == sorted(acknowledged)
    assert registry.verify().faults == ()


class Interrupted(LocalStore):
    """A store in which another writer acts during a call."""

    def __init__(self, folder: Path, meanwhile: Callable[[], object]) -> None:
        super().__init__(folder, durable=False)
        self._meanwhile = meanwhile

    def rename(self, key: str, new_key: str) -> None:
        """Run the other writer before a blob is moved away."""
        self._meanwhile()
        super().rename(key, new_key)

    def create(self, key: str, data: bytes, *, staging: str, first: Any = None) -> None:
        """Run the other writer between a blob and its record."""

        def then() -> None:
            if first:
                first()
            self._meanwhile()

        super().create(key, data, staging=staging, first=then if "/versions/" in key else first)


def test_a_purge_spares_a_payload_that_a_new_version_needs(tmp_path: Path) -> None:
    """A version with the same bytes as a purged version keeps its model."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(model={"a": 1}, model_name="toy")

    def register() -> None:
        registry.register_model(model={"a": 1}, model_name="toy", description="again")

    store = Interrupted(tmp_path / "registry", register)
    ModelRegistry(store).purge_model("toy:1")
    assert registry.load_model("toy:2")[0] == {"a": 1}
    assert registry.verify()


def test_a_new_version_restores_a_payload_that_a_purge_removed(tmp_path: Path) -> None:
    """If a purge removes a blob before its record is written, the blob is written again."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(model={"a": 1}, model_name="toy")
    store = Interrupted(tmp_path / "registry", lambda: registry.purge_model("toy:1"))
    ModelRegistry(store).register_model(model={"a": 1}, model_name="toy", description="again")
    assert registry.load_model("toy:2")[0] == {"a": 1}
    assert registry.verify()
