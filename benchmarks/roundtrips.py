"""Number of store operations of each call, which is its cost on a network share or in a bucket.

Each call of a store method is one operation, and so is the publication of a staged blob.
Operations are counted for a handle that was used before (warm), to which the limits apply, and for
a new handle (cold), which needs 1 operation to open. A cold handle also reads each event once, and
makes the records that it builds on durable once, because their writers may have been killed. The
panel shows 5 rows; each further row costs 1 operation.

``register_model`` with data needs at most 11 operations, for these guarantees:

===  ==============================================================================================
 3   stage model, arrays and input example, so that no partial file has a final name
 1   list the versions to compare their facts, so that running a cell again adds no version, and
     for the next number and the chain
 1   create the record if the number is free, which is the commit
 3   publish model, arrays and input example, which must be durable before the record
 3   look for them after the commit, because a purge of another version may have removed them
===  ==============================================================================================

Each number that another writer takes first costs 2 more operations, to list and create again.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.row import Row, Settings
from exo_nbregistry.errors import StoreError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.base import Check, Entry, Staged, Store
from exo_nbregistry.store.local import LocalStore

Work = Callable[[], object]
_SERIAL, _VERSIONS = count(), count()
# Maximum number of store operations of a call on a handle that was used before.
LIMITS = {
    "load_model by alias": 4,
    "load_model by number": 4,
    "load_model, latest": 5,
    "get_metadata by alias": 3,
    "set_alias": 6,
    "tag_model": 6,
    "list_models": 5,
    "register_model with data": 11,
    "Confirm in the panel": 12,
}


class CountingStore:
    """A store that counts its operations.

    Parameters
    ----------
    store : Store
        The store that does the work.

    Attributes
    ----------
    calls : Counter
        Number of calls of each operation.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.calls: Counter[str] = Counter()
        self._lock = threading.Lock()

    def count(self, name: str) -> None:
        """Count one operation; several threads publish blobs."""
        with self._lock:
            self.calls[name] += 1

    @property
    def location(self) -> str:
        """Location of the store."""
        return self._store.location

    @property
    def settles(self) -> bool:
        """Whether a young stamp may hide a change."""
        return self._store.settles

    @property
    def durable_reads(self) -> bool:
        """Whether a file that can be read is durable."""
        return self._store.durable_reads

    def guard(self, key: str, check: Check) -> None:
        """Pass on the check; each operation makes it itself."""
        self._store.guard(key, check)

    def read_many(self, keys: Iterable[str], *, max_bytes: int) -> Iterator[bytes | StoreError]:
        """Count each key as one operation, and read them."""
        return self._store.read_many(self._counted("read", keys), max_bytes=max_bytes)

    def infos(self, keys: Iterable[str]) -> list[Entry | None]:
        """Count each key as one operation, and return their entries."""
        return self._store.infos(self._counted("info", keys))

    def _counted(self, name: str, keys: Iterable[str]) -> Iterator[str]:
        for key in keys:
            self.count(name)
            yield key

    def __getattr__(self, name: str) -> Any:
        """Return an operation of the store that counts itself."""
        operation = getattr(self._store, name)

        def counted(*args: Any, **options: Any) -> Any:
            self.count(name)
            result = operation(*args, **options)
            return CountingStaged(result, self.count) if name == "stage" else result

        return counted


class CountingStaged:
    """A staged blob that counts its publication.

    Parameters
    ----------
    staged : Staged
        The staged blob.
    count : callable
        Takes the name of an operation.
    """

    def __init__(self, staged: Staged, count: Callable[[str], None]) -> None:
        self._staged = staged
        self._count = count

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the staged blob."""
        return getattr(self._staged, name)

    def publish(self, key: str) -> None:
        """Count and publish the blob."""
        self._count("publish")
        self._staged.publish(key)

    def __enter__(self) -> Self:
        """Enter the staged blob."""
        self._staged.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Discard the blob unless it was published."""
        self._staged.__exit__(kind, error, trace)


def measure(settings: Settings) -> Iterator[Row]:
    """Count the operations of each call on a warm and a cold handle."""
    cold = counts(settings.folder / "cold", warm=False)
    for what, calls in counts(settings.folder / "warm", warm=True).items():
        limit = LIMITS[what]
        n_warm, n_cold = calls.total(), cold[what].total()
        detail = ", ".join(f"{count} {name}" for name, count in sorted(calls.items()))
        settings.echo(f"{what}: {n_warm} warm ({detail}), {n_cold} cold")
        yield Row(f"{what}, warm (at most {limit})", n_warm, unit="ops", holds=n_warm <= limit)
        yield Row(f"{what}, cold", n_cold, unit="ops")


def counts(folder: Path, *, warm: bool) -> dict[str, Counter[str]]:
    """Return the operations of each call of `LIMITS`.

    Parameters
    ----------
    folder : Path
        A new folder for the registries.
    warm : bool
        Whether the handle made the same call before.

    Returns
    -------
    dict of str to Counter
        Number of calls of each operation, by call of the registry.
    """
    found = {}
    for what, call in CALLS.items():
        store = LocalStore(folder / what, durable=False)
        writer = ModelRegistry(store)
        for value in range(5):
            writer.register_model({"value": value}, "toy", evaluation_results={"f1_score": 0.5})
        writer.set_alias("toy", "champion", _next_version())
        counting = CountingStore(store)
        registry = ModelRegistry(cast(Store, counting))
        call(registry if warm else writer)()
        work = call(registry)
        counting.calls.clear()
        work()
        found[what] = counting.calls
    return found


def _set_alias(registry: ModelRegistry) -> Work:
    version = _next_version()
    return lambda: registry.set_alias("toy", "champion", version)


def _tag_model(registry: ModelRegistry) -> Work:
    tag = f"t{next(_SERIAL)}"
    return lambda: registry.tag_model("toy:1", tag)


def _register_model(registry: ModelRegistry) -> Work:
    X = np.arange(40.0).reshape(20, 2) + next(_SERIAL)
    y = np.arange(20) % 2
    model = LogisticRegression().fit(X, y)
    return lambda: registry.register_model(model, "data", X=X, y=y, X_test=X, y_test=y)


def _confirm(registry: ModelRegistry) -> Work:
    """Prepare to set an alias; the work is the confirmed request and the update of the list."""
    panel = registry.browse(model_name="toy")
    version = _next_version()
    paths = ["/registries/this", panel.list_path]
    for path in paths:
        panel.answer("GET", path)
    alias = "/registries/this/models/toy/aliases/champion"

    def work() -> object:
        done = panel.answer("PUT", alias, json.dumps({"version": version}))
        assert done.status == 200, done.body
        return [panel.answer("GET", path) for path in paths]

    return work


def _next_version() -> int:
    # Each call sets a different version than the previous call.
    return next(_VERSIONS) % 5 + 1


# Each function takes a registry and returns the work to count.
CALLS: dict[str, Callable[[ModelRegistry], Work]] = {
    "load_model by alias": lambda registry: lambda: registry.load_model("toy@champion"),
    "load_model by number": lambda registry: lambda: registry.load_model("toy:1"),
    "load_model, latest": lambda registry: lambda: registry.load_model("toy"),
    "get_metadata by alias": lambda registry: lambda: registry.get_metadata("toy@champion"),
    "list_models": lambda registry: registry.list_models,
    "set_alias": _set_alias,
    "tag_model": _tag_model,
    "register_model with data": _register_model,
    "Confirm in the panel": _confirm,
}
