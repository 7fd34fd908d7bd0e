"""Number of requests of each call of a registry in a bucket, which is its cost there.

Requests are counted where obstore makes them: one for each read, write, look-up and removal of an
object, and one for each thousand names of a listing. The objects are in memory, so that only the
number counts. A handle that was used before is warm; a new one (cold) has read no record, and has
the index of the warm one. The first write of a process also proves that the bucket creates a key
only once; this takes a dozen requests and is not counted here.

The descriptor is read again if the last check is half a minute old, which is one more request.
After each record, a thread moves the head of the bucket with one request, for which no call waits;
it is not counted either.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import obstore
from obstore.store import MemoryStore

from benchmarks.roundtrips import CALLS as STORE_CALLS
from benchmarks.roundtrips import Work, restart_versions
from benchmarks.row import Row, Settings
from exo_nbregistry.journal.head_writer import HEAD_THREAD
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store import bucket_client
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.bucket import BucketStore

_PAGE = 1000
N_VERSIONS = 25
# Maximum number of requests of a call on a warm handle.
LIMITS = {
    "load_model by alias": 2,
    "load_model by number": 2,
    "load_model, latest": 3,
    "get_metadata by alias": 1,
    "set_alias": 2,
    "tag_model": 2,
    "list_models": 1,
    "list_models, 25 rows": 1,
    "list_models of one model": 2,
    "list_model_names": 1,
    "get_best_model": 2,
    "register_model with data": 6,
    "register_model again": 3,
    "revision": 1,
    "Confirm in the panel": 6,
}
# Requests that read the rows of a page at the same time, on a new handle.
PARALLEL = {"list_models, 25 rows": N_VERSIONS}


class CountingObstore:
    """The functions of obstore, which count their requests.

    Parameters
    ----------
    requests : Counter
        Number of requests of each kind.
    """

    def __init__(self, requests: Counter[str]) -> None:
        self._requests = requests

    def __getattr__(self, name: str) -> Any:
        """Return a function of obstore that makes one request."""
        function = getattr(obstore, name)
        kind = {"head": "HEAD", "delete": "DELETE", "copy": "COPY"}.get(name, name.upper())

        def counted(*args: Any, **options: Any) -> Any:
            self._count(kind)
            return function(*args, **options)

        return counted

    def list_with_delimiter(self, *args: Any, **options: Any) -> Any:
        """Count one request for each thousand names."""
        found: Any = obstore.list_with_delimiter(*args, **options)
        n_names = len(found["objects"]) + len(found["common_prefixes"])
        self._count("LIST", max(1, -(-n_names // _PAGE)))
        return found

    def list(self, *args: Any, **options: Any) -> Iterator[Any]:
        """Count one request for each part of a listing that is read."""
        self._count("LIST")
        for number, part in enumerate(obstore.list(*args, **options)):
            self._count("LIST", int(number > 0))
            yield part

    def _count(self, kind: str, n_requests: int = 1) -> None:
        if threading.current_thread().name != HEAD_THREAD:
            self._requests[kind] += n_requests


@contextmanager
def counted_requests() -> Iterator[Counter[str]]:
    """Count the requests to buckets within the block, by their kind."""
    requests: Counter[str] = Counter()
    counting: Any = CountingObstore(requests)
    bucket_client.obstore = counting
    try:
        yield requests
    finally:
        bucket_client.obstore = obstore


def measure(settings: Settings) -> Iterator[Row]:
    """Count the requests of each call on a warm and a cold handle."""
    for what in CALLS:
        warm, cold = (requests_of(what, warm=warm) for warm in (True, False))
        limit, n_warm, n_cold = LIMITS[what], warm.total(), cold.total()
        detail = ", ".join(f"{count} {name}" for name, count in sorted(warm.items()))
        settings.echo(f"{what}: {n_warm} warm ({detail}), {n_cold} cold")
        yield Row(f"{what}, warm (at most {limit})", n_warm, unit="ops", holds=n_warm <= limit)
        yield Row(f"{what}, cold", n_cold, unit="ops")


def requests_of(what: str, *, warm: bool) -> Counter[str]:
    """Return the requests of a call of `LIMITS`.

    Parameters
    ----------
    what : str
        Name of the call.
    warm : bool
        Whether the handle made the same call before.

    Returns
    -------
    Counter
        Number of requests by kind.
    """
    memory = MemoryStore()

    def open_store() -> BucketStore:
        store = BucketStore.over(memory, cache_bytes=0)
        # Stores of one location use the same index.
        store._client.location = f"memory://{what}"
        return store

    work = prepared(what, open_store, warm=warm)
    with counted_requests() as requests:
        work()
    return requests


def prepared(
    what: str, open_store: Callable[[], BucketStore], *, warm: bool, n_versions: int = N_VERSIONS
) -> Work:
    """Return the work of a call of `LIMITS` on a registry with versions of one model.

    Parameters
    ----------
    what : str
        Name of the call.
    open_store : callable
        Opens the empty bucket of the registry.
    warm : bool
        Whether the handle made the same call before.
    n_versions : int
        Number of versions.

    Returns
    -------
    callable
        The work whose requests are counted.
    """
    restart_versions()
    writer, call = ModelRegistry(cast(Store, open_store())), CALLS[what]
    for value in range(n_versions):
        writer.register_model({"value": value}, "toy", evaluation_results={"f1_score": 0.5})
    writer.set_alias("toy", "champion", 1)
    list(writer.list_models())
    call(writer)()
    work = call(writer if warm else ModelRegistry(cast(Store, open_store())))
    head = writer._workspace.journal.head
    assert head is not None
    head.wait()
    return work


def _same_again(registry: ModelRegistry) -> Work:
    def work() -> object:
        return registry.register_model({"value": 7}, "toy", evaluation_results={"f1_score": 0.5})

    return work


# Each function takes a registry and returns the work to count.
CALLS: dict[str, Callable[[ModelRegistry], Work]] = {
    **STORE_CALLS,
    "list_models, 25 rows": lambda registry: lambda: list(registry.list_models(limit=25)),
    "list_models of one model": lambda registry: lambda: registry.list_models("toy"),
    "list_model_names": lambda registry: registry.list_model_names,
    "get_best_model": lambda registry: lambda: registry.get_best_model("toy"),
    "register_model again": _same_again,
    "revision": lambda registry: registry.revision,
}
