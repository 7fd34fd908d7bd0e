"""Versions that were moved in without trust."""

from __future__ import annotations

from functools import partial
from pathlib import Path

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
