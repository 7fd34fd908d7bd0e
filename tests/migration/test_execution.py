"""Versions that were moved in without trust."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import UntrustedModelError
from exo_nbregistry.migration import plan_move_in
from exo_nbregistry.payloads.npz import Limit
from exo_nbregistry.registry import unknown_signers
from exo_nbregistry.registry.facade import ModelRegistry
from tests.migration.folder_store import FolderStore, write_store
from tests.migration.test_plan import versions


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """Return a store of a version with curves and other files."""
    history = {"loss": [[0, 0.5], [1, 0.25]]}
    fields = versions(1, metric_history=history, files={"notes.txt": b"checked"})
    return write_store(tmp_path / "store", {"rf": fields})


def test_attachments_are_trusted_as_the_version_is(store: FolderStore, tmp_path: Path) -> None:
    """The attachments of a version without trust are not trusted, and the table states why."""
    for trust in (False, True):
        registry = ModelRegistry(tmp_path / str(trust))
        plan_move_in(store, registry).execute(trust=trust, progress=False)
        found = registry.attachments("rf")
        assert {(item.trusted, item.imported) for item in found} == {(trust, not trust)}
        assert ("moved in without trust" in repr(found)) is not trust
        registry.attach("rf", "limits", {"depth": 0.5})
        assert registry.attachments("rf")[2].trusted


def test_large_attachments_without_trust_are_limited(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit of an unknown signer counts, and the error names what loads the attachment."""
    monkeypatch.setattr(unknown_signers, "Limit", partial(Limit, max_bytes=10))
    registry = ModelRegistry(tmp_path / "registry")
    plan_move_in(store, registry).execute(progress=False)
    with pytest.raises(UntrustedModelError, match=r"moved in without trust.*save_attachments"):
        registry.attachment_bytes("rf", "files")
    saved = registry.save_attachments("rf", tmp_path / "out")
    assert (tmp_path / "out" / "files" / "notes.txt").read_bytes() == b"checked", saved


def _move_in(store: Path, folder: Path, both: Any, results: Any) -> None:
    plan = plan_move_in(FolderStore(store), ModelRegistry(folder))
    both.wait(60)
    done = plan.execute(progress=False)
    results.put((done.versions, done.present, done.aliases, done.deleted, done.problems))


@pytest.mark.slow
def test_processes_that_move_in_together_add_everything_once(tmp_path: Path) -> None:
    """Two processes with the same plan share the work: each version and each event is made once."""
    fields = versions(*range(1, 31))
    fields["versions"][29]["deleted"] = True
    moves = [{"alias": "prod", "source_id": f"shelf:rf:{n}", "day": n} for n in range(1, 21)]
    store = write_store(tmp_path / "store", {"rf": fields | {"moves": moves}})
    folder = tmp_path / "registry"
    context = multiprocessing.get_context("spawn")
    both, results = context.Barrier(2), context.Queue()
    work = (store.path, folder, both, results)
    processes = [context.Process(target=_move_in, args=work) for _ in range(2)]
    for process in processes:
        process.start()
    found = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    totals = [sum(part) for part in zip(*(numbers[:4] for numbers in found), strict=True)]
    assert (totals[0], totals[2], totals[3]) == (30, 20, 1), found
    assert [problems for *_, problems in found] == [(), ()]
    registry = ModelRegistry(folder)
    listed = registry.list_models(include_deleted=True)
    assert set(Counter(item.tags["moved_in_from"] for item in listed).values()) == {1}
    assert [move.version for move in registry.alias_history("rf", "prod")] == [*range(1, 21)]
    assert registry.get_metadata("rf").version == 29
    assert registry.verify().ok
