"""Tags, notes, deletion and restoring of registered versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.errors import (
    ConflictError,
    ProtectedAliasError,
    RecordError,
    VersionNotFoundError,
)
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with two versions of toy."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"value": 1}, "toy", tags={"team": "vetting"})
    registry.register_model({"value": 2}, "toy")
    return registry


def actions(registry: ModelRegistry) -> list[str]:
    """Return the actions after registration."""
    return [event["action"] for event in registry.history("toy")][2:]


def test_tag_values_are_restored(registry: ModelRegistry) -> None:
    """Another kernel reads the same tags, including NaN, tuples and non-ASCII text."""
    registry.tag_model("toy:1", "reviewed", score=np.float64("nan"), größe=(1, "три"))
    tags = ModelRegistry(registry.location).get_metadata("toy:1").tags
    assert tags.keys() == {"team", "reviewed", "score", "größe"}
    assert tags["score"] != tags["score"]
    assert (tags["reviewed"], tags["größe"]) == (True, (1, "три"))
    assert registry.get_metadata("toy:2").tags == {}


def test_a_tag_may_have_any_name(registry: ModelRegistry) -> None:
    """A tag can have the name of a parameter."""
    tags = {"ref": "main", "self": True, "names": 1}
    assert registry.tag_model("toy:2", **tags).tags == tags


def test_a_registered_tag_can_be_removed_and_set(registry: ModelRegistry) -> None:
    """A tag from registration can be removed and set again."""
    assert registry.untag_model("toy:1", "team", "nothing").tags == {}
    assert registry.tag_model("toy:1", team="followup").tags == {"team": "followup"}


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda registry: registry.tag_model("toy:1", x=object()), r"tags\.x"),
        (lambda registry: registry.tag_model("toy:1", x="y" * MAX_RECORD_BYTES), r"tags\.x"),
        (lambda registry: registry.annotate("toy:1", "\ud800"), "note"),
        (lambda registry: registry.annotate("toy:1", "y" * MAX_RECORD_BYTES), "text"),
    ],
    ids=["strange tag", "large tag", "strange note", "large note"],
)
def test_an_invalid_tag_or_note_adds_no_event(registry: ModelRegistry, call: Any, key: str) -> None:
    """An invalid tag or note raises an error with its name and adds no event."""
    with pytest.raises(RecordError, match=key):
        call(registry)
    assert actions(registry) == []


def test_a_note_stays_with_its_version(registry: ModelRegistry) -> None:
    """A note by alias or name belongs to the version that the reference resolves to."""
    registry.set_alias("toy", "champion", 1)
    registry.annotate("toy@champion", "good")
    registry.set_alias("toy", "champion", 2)
    assert registry.get_metadata("toy@champion").notes == ()
    assert [note.text for note in registry.get_metadata("toy:1").notes] == ["good"]
    assert registry.annotate("toy", "latest").version == 2


@pytest.mark.parametrize("retire", ["delete_model", "purge_model"])
@pytest.mark.parametrize("method", ["tag_model", "untag_model", "annotate"])
def test_a_deleted_version_cannot_be_changed(
    registry: ModelRegistry, retire: str, method: str
) -> None:
    """A deleted or purged version does not accept tags and notes."""
    getattr(registry, retire)("toy:1")
    with pytest.raises(VersionNotFoundError):
        getattr(registry, method)("toy:1", "x")


@pytest.mark.parametrize("method", ["tag_model", "untag_model", "annotate"])
def test_a_concurrently_deleted_version_cannot_be_changed(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """A version that another kernel deletes before the write does not accept tags and notes."""
    registry.tag_model("toy:1", "y")
    other, journal = ModelRegistry(registry.location, durable=False), registry._workspace.journal

    def delete_between(record: Record) -> None:
        other.delete_model("toy:1")
        Journal.flush_record(journal, record)

    # This method is called between the decision and the write.
    monkeypatch.setattr(journal, "flush_record", delete_between)
    with pytest.raises(VersionNotFoundError, match="restore_model"):
        getattr(registry, method)("toy:1", "y" if method == "untag_model" else "x")
    assert actions(other) == ["tag", "delete"]


def test_a_restored_version_keeps_its_tags_and_notes(registry: ModelRegistry) -> None:
    """A restored version has the same tags and notes as before."""
    registry.annotate("toy:1", "good")
    before = registry.get_metadata("toy:1")
    registry.delete_model("toy:1")
    assert registry.get_metadata("toy:1").status == "deleted"
    assert registry.restore_model("toy:1") == before


def test_repeated_deletion_adds_no_event(registry: ModelRegistry) -> None:
    """Repeating a deletion, restoring or purge adds no event."""
    for call in ("restore", "delete", "delete", "restore", "restore", "purge", "purge", "delete"):
        getattr(registry, f"{call}_model")("toy:1")
    assert actions(registry) == ["delete", "restore", "purge"]


def test_a_deleted_model_cannot_be_loaded(registry: ModelRegistry) -> None:
    """The error about a model without active versions has the call to restore one, if any."""
    registry.delete_model("toy:1")
    registry.delete_model("toy:2")
    with pytest.raises(VersionNotFoundError, match=r"restore_model\('toy:2'\)"):
        registry.load_model("toy")
    registry.purge_model("toy:2")
    with pytest.raises(VersionNotFoundError, match=r"restore_model\('toy:1'\)"):
        registry.load_model("toy")
    registry.purge_model("toy:1")
    with pytest.raises(VersionNotFoundError, match="is deleted; register a new version"):
        registry.load_model("toy")


def test_a_purged_number_is_never_used_again(registry: ModelRegistry) -> None:
    """The number of a purged version is never reused, also in another kernel."""
    registry.purge_model("toy:2")
    other = ModelRegistry(registry.location, durable=False)
    with pytest.raises(ConflictError, match="next number, 3"):
        other.register_model({"value": 2}, "toy", version=2)
    assert other.register_model({"value": 2}, "toy") == "toy:3"
    assert registry.load_model("toy:3")[0] == {"value": 2}
    with pytest.raises(VersionNotFoundError, match="purged"):
        other.load_model("toy:2")


def test_a_purge_removes_the_payloads(tmp_path: Path) -> None:
    """A purge removes the model and the attachments and keeps the record."""
    from sklearn.linear_model import LogisticRegression

    X, y = [[0.0], [1.0]], [0, 1]
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(LogisticRegression().fit(X, y), "toy", X=X, y=y, X_test=X, y_test=y)
    blobs = tmp_path / "registry/models/toy/blobs"
    assert len(list(blobs.iterdir())) == 3
    registry.purge_model("toy:1")
    assert list(blobs.iterdir()) == []
    assert registry.get_metadata("toy:1").status == "purged"
    assert registry.verify()


@pytest.mark.parametrize("call", ["delete_model", "purge_model", "restore_model"])
def test_a_name_alone_cannot_be_deleted(registry: ModelRegistry, call: str) -> None:
    """Deletion, purge and restoring require an existing version and do not accept a name alone."""
    with pytest.raises(VersionNotFoundError, match="such as 'toy:2'"):
        getattr(registry, call)("toy")
    with pytest.raises(VersionNotFoundError, match="latest is 2"):
        getattr(registry, call)("toy:9")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda registry: registry.tag_model("toy:1"), "Pass a tag"),
        (lambda registry: registry.tag_model("toy:1", " "), "tag name must be"),
        (lambda registry: registry.tag_model("toy:1", ["a", "b"]), r"with \* before a list"),
        (lambda registry: registry.tag_model("toy:1", {"a": 1}), r"with \* before a list"),
        (lambda registry: registry.untag_model("toy:1", ["a"]), r"with \* before a list"),
        (lambda registry: registry.tag_model("toy:1", team=None), "call untag_model"),
        (lambda registry: registry.annotate("toy:1", None), "got None"),
        (lambda registry: registry.annotate("toy:1", "  "), "must be non-empty text"),
    ],
    ids=["none", "blank", "list", "dict", "untag list", "None", "no note", "blank note"],
)
def test_an_empty_change_is_rejected(registry: ModelRegistry, call: Any, message: str) -> None:
    """An empty or invalid tag or note raises an error and changes nothing."""
    with pytest.raises(RecordError, match=message):
        call(registry)
    assert (actions(registry), registry.get_metadata("toy:1").tags) == ([], {"team": "vetting"})


def test_an_unchanged_tag_adds_no_event(registry: ModelRegistry) -> None:
    """Setting an equal tag or removing a missing tag adds no event; 1 and True are different."""
    for value in (1, 1, True, True):
        registry.tag_model("toy:1", team="vetting", good=value)
    for _ in range(2):
        registry.untag_model("toy:1", "good", "nothing")
    assert actions(registry) == ["tag", "tag", "untag"]


def test_deleting_the_version_of_an_alias_is_logged(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A deleted version that an alias points to is logged with both ways back, once."""
    registry.set_alias("toy", "champion", 2)
    registry.delete_model("toy:1")
    assert caplog.messages == []
    registry.delete_model("toy:2")
    registry.delete_model("toy:2")
    assert caplog.messages == [
        "toy@champion points to the deleted version 2 and cannot be loaded: "
        "restore_model('toy:2') restores the version, set_alias('toy', 'champion', version) moves "
        "the alias."
    ]
    registry.restore_model("toy:2")
    assert registry["toy@champion"].version == 2


@pytest.mark.parametrize("action", ["delete", "purge"])
def test_a_protected_alias_keeps_its_version(registry: ModelRegistry, action: str) -> None:
    """The version of a protected alias is deleted or purged only with force."""
    registry.set_alias("toy", "champion", 2, protected=True)
    call = getattr(registry, f"{action}_model")
    with pytest.raises(ProtectedAliasError, match=r"force=True, or .*'champion', 2, protected=F"):
        call("toy:2")
    assert registry["toy:2"].status == "active"
    assert call("toy:2", force=True) == "toy:2"
    assert registry["toy:2"].status == f"{action}d"


def test_the_version_of_an_alias_is_not_purged(registry: ModelRegistry) -> None:
    """Purging is permanent, so that any alias prevents it; the error has the ways out."""
    registry.set_alias("toy", "champion", 2)
    registry.delete_model("toy:2")
    with pytest.raises(ConflictError, match=r"force=True, or move .*remove_alias\('toy', 'champ"):
        registry.purge_model("toy:2")
    registry.remove_alias("toy", "champion")
    assert registry.purge_model("toy:2") == "toy:2"
    registry.set_alias("toy", "champion", 1)
    assert registry.purge_model("toy:1", force=True) == "toy:1"
