"""Many writers, one folder: nothing is lost and nothing is counted twice."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from exo_nbregistry.registry import ModelRegistry
from exo_nbregistry.store.commit import claim, link
from exo_nbregistry.store.local import LocalStore

WRITERS, VERSIONS, MOVES = 8, 100, 50
COMMITS = {"link": link, "claim": claim}


def open_registry(folder: Path, commit: str) -> ModelRegistry:
    """Open a registry whose records are committed in one way."""
    return ModelRegistry(LocalStore(folder, durable=False, commit=COMMITS[commit]))


def _register(folder: Path, commit: str, writer: int) -> list[str]:
    registry = open_registry(folder, commit)
    return [
        registry.register_model(
            model={"writer": writer, "n": n}, model_name="busy", hyperparameters={"n": n}
        )
        for n in range(VERSIONS)
    ]


def _move(folder: Path, commit: str, writer: int) -> int:
    registry = open_registry(folder, commit)
    for n in range(MOVES):
        registry.set_alias("busy", "champion", 1 + (writer + n) % WRITERS, protected=bool(n % 2))
    return MOVES


def _in_processes(work: object, folder: Path, commit: str) -> list[object]:
    context = multiprocessing.get_context("fork")
    with context.Pool(WRITERS) as pool:
        return pool.starmap(work, [(folder, commit, n) for n in range(WRITERS)])  # type: ignore[arg-type]


@pytest.mark.parametrize("commit", ["link", "claim"])
def test_no_registration_and_no_alias_move_is_lost(tmp_path: Path, commit: str) -> None:
    """8 x 100 registrations give 1..800; every acknowledged alias move is in the history."""
    folder = tmp_path / "registry"
    registry = open_registry(folder, commit)
    ids = [name for names in _in_processes(_register, folder, commit) for name in names]
    assert sorted(int(name.split(":")[1]) for name in ids) == list(range(1, 801))
    writers = {registry.load_model(name)[0]["writer"] for name in ids[::50]}
    assert writers == set(range(WRITERS))
    _in_processes(_move, folder, commit)
    moves = registry.alias_history("busy", "champion")
    assert [move.number for move in moves] == list(range(1, len(moves) + 1))
    assert registry.verify().faults == ()
