"""A payload of 500 MB to and from a bucket of SeaweedFS, against obstore alone."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.memory import peak_bytes
from benchmarks.row import Row, Settings

_CHUNK_BYTES = 1 << 20
_MAX_ADDED_BYTES = 64 * 2**20
_KEY = "models/large/blobs/{0}.joblib"


def measure(settings: Settings) -> Iterator[Row]:
    """Measure time and memory of processes that upload and download a payload.

    The download is kept as a copy in the cache folder, and verified as loading does it; the floor
    writes it to a file.
    """
    from tests.cloud.servers import seaweedfs

    size_mb, runs = (20, 1) if settings.quick else (500, 3)
    source = settings.folder / "payload"
    digest = _write_payload(source, size_mb)
    found: dict[str, list[tuple[float, int]]] = {}
    with seaweedfs() as server:
        for run in range(-1, runs):  # The first run makes the server allocate its files.
            for way in ("floor put", "ours put", "floor get", "ours get"):
                prefix = f"{way.split()[0]}-{run}"
                plan = [way, server.url(prefix), server.options, str(source), digest]
                plan.append(str(settings.folder / f"cache-{run}"))
                command = [sys.executable, "-m", "benchmarks.bucket", json.dumps(plan)]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                seconds, added = done.stdout.split()
                if run >= 0:
                    found.setdefault(way, []).append((float(seconds), int(added)))
            shutil.rmtree(settings.folder / f"cache-{run}", ignore_errors=True)
    seconds = {way: statistics.median(s for s, _ in runs_of) for way, runs_of in found.items()}
    both = [sum(seconds[f"{who} {verb}"] for verb in ("put", "get")) for who in ("ours", "floor")]
    yield Row(f"upload and download {size_mb} MB", *both, 1.3)
    for verb, what in (("put", "upload"), ("get", "download")):
        yield Row(f"  {what}", seconds[f"ours {verb}"], seconds[f"floor {verb}"])
        added = max(added for _, added in found[f"ours {verb}"])
        holds = added <= _MAX_ADDED_BYTES
        yield Row(f"  {what}, memory (at most 64 MiB)", added, unit="B", holds=holds)


def _write_payload(path: Path, size_mb: int) -> str:
    """Write random bytes, which the server cannot compress, and return their digest."""
    digest = sha256()
    with path.open("wb") as target:
        for number in range(size_mb):
            chunk = Random(number).randbytes(1_000_000)
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _work(way: str, url: str, options: dict[str, Any], source: str, digest: str) -> None:
    from exo_nbregistry.store.bucket import BucketStore

    store = BucketStore(url, options)
    key = _KEY.format(digest)
    # Libraries, connections and the probe are not part of the work.
    with store.stage("tmp") as staged:
        staged.write(b"first")
        staged.publish("models/large/tmp/first")
    work: Callable[[], object] = {
        "ours put": lambda: _put(store, key, source),
        "ours get": lambda: _get(store, key, digest),
        "floor put": lambda: _bare_put(store, key, source),
        "floor get": lambda: _bare_get(store, key, f"{source}-copy"),
    }[way]
    before, start = peak_bytes(), time.perf_counter()
    work()
    print(time.perf_counter() - start, peak_bytes() - before)


def _put(store: Any, key: str, source: str) -> None:
    with open(source, "rb") as file, store.stage("tmp") as staged:
        shutil.copyfileobj(file, staged, _CHUNK_BYTES)
        staged.publish(key)


def _get(store: Any, key: str, expected: str) -> None:
    digest = sha256()
    with store.open(key, cached=True) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    assert digest.hexdigest() == expected


def _bare_put(store: Any, key: str, source: str) -> None:
    import obstore

    with open(source, "rb") as file:
        obstore.put(store._client.store, store._client.path(key), file)


def _bare_get(store: Any, key: str, target: str) -> None:
    import obstore

    with open(target, "wb") as file:
        for chunk in obstore.get(store._client.store, store._client.path(key)).stream():
            file.write(chunk)


if __name__ == "__main__":
    *plan, cache = json.loads(sys.argv[1])
    os.environ["EXO_NBREGISTRY_CACHE_DIR"] = cache
    _work(*plan)
