"""The first list of a machine in a bucket whose requests take 30 ms."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.checkpoint import forget_index
from benchmarks.populate import populate
from benchmarks.row import Row, Settings
from benchmarks.timing import seconds
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.bucket import BucketStore

DELAY_S = 0.03
MAX_REQUESTS = 15
_MAX_RATIO = 2.0


def measure(settings: Settings) -> Iterator[Row]:
    """Measure a list through a proxy that delays each request.

    The floor is the index built from the files of a local folder, plus the delay of the requests.
    """
    from tests.checkpoints import cold_machine
    from tests.cloud.bucket_registry import upload
    from tests.cloud.proxy import proxy
    from tests.cloud.servers import seaweedfs

    size, runs = (250, 1) if settings.quick else (2000, 5)
    folder = settings.folder / "registry"
    populate(folder, versions=size)
    times: list[tuple[float, float]] = []
    with seaweedfs() as server, proxy(server) as front:
        prefix = upload(folder, server)
        # The first machine reads each record, and writes the checkpoint.
        len(ModelRegistry(BucketStore(server.url(prefix), server.options)).list_models())
        front.delay_s = DELAY_S
        for run in range(runs):
            forget_index(folder)
            local = seconds(lambda: _list(ModelRegistry(folder)))
            with cold_machine(settings.folder / f"cache-{run}"):
                front.clear()
                store = BucketStore(front.url(prefix), front.options)
                ours = seconds(lambda store=store: _list(ModelRegistry(store)))  # type: ignore[misc]
            requests = sum(front.requests.values())
            times.append((ours, local + DELAY_S * requests))
    what = f"first list of {size:,} in a bucket, 30 ms a request"
    cold, floor = (statistics.median(column) for column in zip(*times, strict=True))
    yield Row(what, cold, floor, _MAX_RATIO)
    holds = requests <= MAX_REQUESTS
    yield Row(f"  requests (at most {MAX_REQUESTS})", requests, unit="ops", holds=holds)


def _list(registry: ModelRegistry) -> int:
    return len(registry.list_models())
