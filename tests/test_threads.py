"""Sixteen threads use one registry object: all work is kept, and no false fault is reported."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.user_files import cache_folder

THREADS = 16
Call = Callable[[ModelRegistry, int], Any]


def _register(registry: ModelRegistry, n: int) -> str:
    return registry.register_model({"n": n}, "busy", metrics={"score": n}, hyperparameters={"n": n})


def _delete_and_restore(registry: ModelRegistry, n: int) -> None:
    # Another thread may have deleted or restored the version in between.
    for call in (registry.delete_model, registry.restore_model):
        with contextlib.suppress(NotFoundError):
            call(f"m{n % 4}:2")


def _load(registry: ModelRegistry, n: int) -> None:
    assert registry.load_model(f"m{n % 4}:1")[0] == {"first": n % 4}


def _verify(registry: ModelRegistry, n: int) -> None:
    if n % 20 == 0:
        assert registry.verify().faults == ()


# One call of each kind; a thread makes them in turn, each thread from another one on.
CALLS: list[Call] = [
    _register,
    lambda registry, n: registry.list_models(),
    lambda registry, n: registry.tag_model(f"m{n % 4}:1", **{f"t{n}": n}),
    lambda registry, n: registry.set_alias(f"m{n % 4}", f"a{n}", 1),
    _delete_and_restore,
    _load,
    lambda registry, n: registry.get_registry_stats(),
    _verify,
    lambda registry, n: registry.history(f"m{n % 4}"),
    lambda registry, n: registry.list_models(where="'missing' in tags or metrics.score > 3"),
    lambda registry, n: registry.compare_models([f"m{n % 4}:1", f"m{(n + 1) % 4}:1"]),
    lambda registry, n: registry.revision(),
]


def _marks() -> list[tuple[str, str, int, int, int]]:
    """Return model, kind, number, found and replaced of each mark of the index."""
    (path,) = cache_folder().glob("index*.sqlite")
    index = sqlite3.connect(path)
    try:
        query = "SELECT model, kind, number, found, replaced FROM marks"
        return index.execute(query).fetchall()
    finally:
        index.close()


@pytest.mark.parametrize("calls", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_threads_share_a_registry(tmp_path: Path, monkeypatch: Any, calls: int) -> None:
    """Calls of every kind raise no error, keep all work, and mark no model in the index."""
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(tmp_path / "cache"))
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for model in range(4):
        for which in ("first", "second"):
            registry.register_model({which: model}, f"m{model}")

    def work(thread: int) -> list[tuple[int, int, Any]]:
        done = []
        for turn in range(calls):
            kind, n = (thread + turn) % len(CALLS), thread * calls + turn
            done.append((kind, n, CALLS[kind](registry, n)))
        return done

    with ThreadPoolExecutor(THREADS) as pool:
        done = [item for result in pool.map(work, range(THREADS)) for item in result]

    registered = {result: n for kind, n, result in done if kind == 0}
    assert len(registered) == sum(kind == 0 for kind, _, _ in done)
    for name, n in registered.items():
        assert registry.get_metadata(name).hyperparameters == {"n": n}
    for kind, n, _ in done:
        metadata = registry.get_metadata(f"m{n % 4}:1")
        assert kind != 2 or metadata.tags[f"t{n}"] == n
        assert kind != 3 or f"a{n}" in metadata.aliases
    assert registry.verify().faults == ()
    assert all(number == found and not replaced for *_, number, found, replaced in _marks())
