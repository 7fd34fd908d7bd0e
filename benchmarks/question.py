"""The queries that a registry answers from its index, and the minimum cost of each.

The minimum is one stat call for each model, to check for changes, and the same query with sqlite3
alone on the same index file; for the best model also joblib.load of its file.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from benchmarks.memory import peak_bytes
from exo_nbregistry.index.database import index_path
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.keys import blob_key

_RANKED = """
    SELECT v.model, v.number, f.value FROM facts f JOIN versions v ON v.id = f.owner
    WHERE f.field = (SELECT id FROM fields WHERE name = 'metrics.f1_score')
        AND v.status = 'active'
    ORDER BY f.value DESC LIMIT {}
"""
_PAGE = """
    SELECT model, number, digest, journal FROM versions WHERE status = 'active'
    ORDER BY model, number LIMIT 50
"""
QUERIES = {"top 10": _RANKED.format(10), "best": _RANKED.format(1), "page of 50": _PAGE}
# Imported by the first query or when the first model is loaded.
_LIBRARIES = ("sklearn.ensemble", "joblib", "cryptography.hazmat.primitives.serialization")


def ask(registry: ModelRegistry, question: str) -> object:
    """Run a query of a registry."""
    if question == "best":
        return registry.get_best_model("f1_score")
    if question == "top 10":
        return registry.list_models(order_by="-metrics.f1_score", limit=10)
    return registry.list_models(limit=50)


class Floor:
    """The minimum cost of the queries.

    Parameters
    ----------
    folder : Path
        A registry with an index.
    """

    def __init__(self, folder: Path) -> None:
        registry = ModelRegistry(folder, create=False)
        self._models = folder / "models"
        self._index = index_path(registry.registry_id, registry.location)
        self._connection: sqlite3.Connection | None = None
        artifact = registry.get_metadata("model-00000:1").artifact
        assert artifact is not None
        # All versions share one model file.
        self._payload = folder / blob_key("model-00000", artifact.sha256, artifact.format)

    def ask(self, question: str) -> object:
        """Run a query with the minimum cost."""
        with os.scandir(self._models) as entries:
            for entry in entries:
                entry.stat()
        if self._connection is None:
            self._connection = sqlite3.connect(self._index)
            weakref.finalize(self, self._connection.close)
        found = self._connection.execute(QUERIES[question]).fetchall()
        if question == "best":
            import joblib

            joblib.load(self._payload)
        return found


def _fresh(question: str, way: str, folder: str, other: str) -> None:
    """Print the seconds of the first query in this process, and its peak memory."""
    for library in _LIBRARIES:
        importlib.import_module(library)
    # A query of another registry loads the modules that the package imports on first use.
    list(ask(ModelRegistry(other, create=False), question))  # type: ignore[call-overload]
    floor = Floor(Path(folder))
    answer: Callable[[], object] = {
        "ours": lambda: ask(ModelRegistry(folder, create=False), question),
        "floor": lambda: floor.ask(question),
    }[way]
    start = time.perf_counter()
    answer()
    print(time.perf_counter() - start, peak_bytes())


if __name__ == "__main__":
    _fresh(*sys.argv[1:])
