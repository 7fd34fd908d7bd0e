"""Registries in a bucket for tests: new, copied from a folder, or reached through a proxy."""

from __future__ import annotations

from pathlib import Path

import obstore

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store import bucket_probe
from exo_nbregistry.store.bucket import BucketStore
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server


def open_store(server: Server, prefix: str) -> BucketStore:
    """Return the store of a prefix; its first write does not test the server again.

    That test is a race for one key, in which SeaweedFS waits for its lock for a second.
    """
    store = BucketStore(server.url(prefix), server.options)
    bucket_probe._proven.add((store.location, store._identity))
    return store


def open_registry(server: Server, prefix: str) -> ModelRegistry:
    """Open the registry of a prefix, or create it."""
    return ModelRegistry(open_store(server, prefix), create=True)


def upload(folder: Path, server: Server) -> str:
    """Copy the files of a folder to an unused prefix, and return it."""
    prefix = unused_prefix()
    bucket = server.objects(prefix)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            obstore.put(bucket, path.relative_to(folder).as_posix(), path.read_bytes())
    return prefix
