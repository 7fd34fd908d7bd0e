"""Registries with checkpoints, and machines that start with them."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.index import checkpoint
from exo_nbregistry.journal import events_checkpoint
from exo_nbregistry.records.record import seal
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.keys import checkpoint_index_key, checkpoint_key

CACHE = "EXO_NBREGISTRY_CACHE_DIR"
WHERE = "metrics.f1_score > 0.3"


@contextmanager
def small_checkpoints(
    records: int = 0, events: int = 3, block: int = 4, share: float = 0
) -> Iterator[None]:
    """Write checkpoints of few records and few events within the block."""
    names = ("_MIN_IN_FOLDER", "_MIN_IN_BUCKET")
    changes = [(checkpoint, name, records) for name in names]
    changes += [(events_checkpoint, name, events) for name in names]
    changes += [(events_checkpoint, "BLOCK", block), (checkpoint, "_SHARE", share)]
    before = [(module, name, getattr(module, name)) for module, name, _ in changes]
    for module, name, value in changes:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


@contextmanager
def cold_machine(folder: Path) -> Iterator[None]:
    """Use a new cache folder within the block, as a machine that has seen no registry."""
    before = os.environ.get(CACHE)
    os.environ[CACHE] = str(folder)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if before is None:
            del os.environ[CACHE]
        else:
            os.environ[CACHE] = before


def answers(folder: Path, cache: Path) -> list[Any]:
    """Return the answers that a cold machine gives."""
    with cold_machine(cache):
        registry = ModelRegistry(folder, durable=False)
        listed = [
            (item.model_id, item.status, item.aliases, item.metrics, item.tags, len(item.notes))
            for item in registry.list_models(include_deleted=True)
        ]
        found: list[Any] = [
            listed,
            registry.list_models(where=WHERE, order_by="-metrics.f1_score").ids,
            [(model.model_name, model.n_versions) for model in registry.list_model_names()],
            registry.list_fields(),
        ]
        for name in sorted({item[0].partition(":")[0] for item in listed}):
            found.append([str(event) for event in registry.history(name)])
            found += [_answer(registry, f"{name}@champion"), _answer(registry, name)]
        audit = registry.verify()
        found.append((audit.versions, audit.events, audit.faults, audit.notes))
        return found


def _answer(registry: ModelRegistry, ref: str) -> Any:
    try:
        return registry.load_model(ref)[0], registry.get_metadata(ref).model_id
    except RegistryError as error:
        return str(error)


def without_checkpoints(folder: Path, target: Path) -> Path:
    """Return a copy of a registry without any checkpoint."""
    shutil.copytree(folder, target, copy_function=shutil.copy2)
    for path in [*target.glob("*.checkpoint"), *target.glob("models/*/events/checkpoint-*")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return target


def sealed_checkpoint(folder: Path, number: int, data: bytes, sign: Any, **content: Any) -> None:
    """Write a checkpoint with any index, signed by anybody.

    Parameters
    ----------
    folder : Path
        The folder of the registry.
    number : int
        Number of the checkpoint.
    data : bytes
        The compressed index.
    sign : callable
        Takes the check, returns the signature.
    **content
        Other fields of the record than the right ones.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    right = {
        "schema": checkpoint.SCHEMA_VERSION,
        "sha256": sha256,
        "size_bytes": len(data),
        "unpacked_bytes": _unpacked_bytes(data),
        "versions": 1,
    }
    registry_id = json.loads((folder / "nbregistry.json").read_text())["registry_id"]
    record = seal(
        key=checkpoint_key(number),
        kind="checkpoint",
        model="",
        number=number,
        content=right | content,
        prev=None,
        txn="t",
        sign=sign,
        registry_id=registry_id,
    )
    path = folder / checkpoint_index_key(sha256)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    (folder / record.key).write_bytes(record.to_bytes())


def _unpacked_bytes(data: bytes) -> int:
    try:
        return len(gzip.decompress(data))
    except (OSError, EOFError):
        return len(data)
