"""What is said of a version after it was registered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.errors import ConflictError, RecordError, VersionNotFoundError
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
    """Return what happened after registration."""
    return [event["action"] for event in registry.history("toy")][2:]


def test_a_tag_has_any_value_that_a_record_keeps(registry: ModelRegistry) -> None:
    """Numbers, NaN and non-ASCII text come back as they were, in another kernel too."""
    registry.tag_model("toy:1", "reviewed", score=np.float64("nan"), größe=(1, "три"))
    tags = ModelRegistry(registry.location).get_metadata("toy:1").tags
    assert tags.keys() == {"team", "reviewed", "score", "größe"}
    assert tags["score"] != tags["score"]
    assert (tags["reviewed"], tags["größe"]) == (True, (1, "три"))
    assert registry.get_metadata("toy:2").tags == {}


def test_a_tag_may_have_any_name(registry: ModelRegistry) -> None:
    """Also that of an argument, for whoever tags has not read the signature."""
    tags = {"ref": "main", "self": True, "names": 1}
    assert registry.tag_model("toy:2", **tags).tags == tags


def test_a_tag_of_the_record_can_be_removed_and_set_again(registry: ModelRegistry) -> None:
    """The version's own record never changes, and yet its tags do."""
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
def test_what_cannot_be_kept_leaves_no_event(registry: ModelRegistry, call: Any, key: str) -> None:
    """The error names the tag or the note, and the journal is as it was."""
    with pytest.raises(RecordError, match=key):
        call(registry)
    assert actions(registry) == []


def test_a_reference_by_alias_or_name_is_the_version_of_now(registry: ModelRegistry) -> None:
    """What is said of an alias stays with the version that it meant."""
    registry.set_alias("toy", "champion", 1)
    registry.annotate("toy@champion", "good")
    registry.set_alias("toy", "champion", 2)
    assert registry.get_metadata("toy@champion").notes == ()
    assert [note.text for note in registry.get_metadata("toy:1").notes] == ["good"]
    assert registry.annotate("toy", "latest").version == 2


@pytest.mark.parametrize("retire", ["delete_model", "purge_model"])
@pytest.mark.parametrize("say", ["tag_model", "untag_model", "annotate"])
def test_nothing_more_is_said_of_a_deleted_version(
    registry: ModelRegistry, retire: str, say: str
) -> None:
    """Only an active version takes tags and notes."""
    getattr(registry, retire)("toy:1")
    with pytest.raises(VersionNotFoundError):
        getattr(registry, say)("toy:1", "x")


@pytest.mark.parametrize("say", ["tag_model", "untag_model", "annotate"])
def test_nothing_is_said_of_a_version_that_is_deleted_meanwhile(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, say: str
) -> None:
    """Another kernel that deletes between looking and writing is seen."""
    registry.tag_model("toy:1", "y")
    other, journal = ModelRegistry(registry.location, durable=False), registry._workspace.journal

    def delete_between(record: Record) -> None:
        other.delete_model("toy:1")
        Journal.confirm(journal, record)

    # It is called between the decision and the new event.
    monkeypatch.setattr(journal, "confirm", delete_between)
    with pytest.raises(VersionNotFoundError, match="restore_model"):
        getattr(registry, say)("toy:1", "y" if say == "untag_model" else "x")
    assert actions(other) == ["tag", "delete"]


def test_tags_and_notes_come_back_with_their_version(registry: ModelRegistry) -> None:
    """Delete and restore change nothing else."""
    registry.annotate("toy:1", "good")
    before = registry.get_metadata("toy:1")
    registry.delete_model("toy:1")
    assert registry.get_metadata("toy:1").status == "deleted"
    assert registry.restore_model("toy:1") == before


def test_what_was_done_already_says_nothing_new(registry: ModelRegistry) -> None:
    """A cell that deletes, restores or purges may be run again."""
    for call in ("restore", "delete", "delete", "restore", "restore", "purge", "purge", "delete"):
        getattr(registry, f"{call}_model")("toy:1")
    assert actions(registry) == ["delete", "restore", "purge"]


def test_when_all_is_deleted_the_message_has_the_way_back(registry: ModelRegistry) -> None:
    """A name without an active version says which call brings one back."""
    registry.delete_model("toy:1")
    registry.delete_model("toy:2")
    with pytest.raises(VersionNotFoundError, match=r"restore_model\('toy:2'\)"):
        registry.load_model("toy")


def test_a_purged_number_never_comes_back(registry: ModelRegistry) -> None:
    """Not by registering the same again, not by asking for it, not in another kernel."""
    registry.purge_model("toy:2")
    other = ModelRegistry(registry.location, durable=False)
    with pytest.raises(ConflictError, match="next is 3"):
        other.register_model({"value": 2}, "toy", version=2)
    assert other.register_model({"value": 2}, "toy") == "toy:3"
    assert registry.load_model("toy:3")[0] == {"value": 2}
    with pytest.raises(VersionNotFoundError, match="purged"):
        other.load_model("toy:2")


def test_a_purge_removes_all_that_the_version_had(tmp_path: Path) -> None:
    """Model and attachments go, the record stays."""
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
def test_one_version_must_be_named(registry: ModelRegistry, call: str) -> None:
    """A bare name is refused, since it would mean whichever is the latest by then."""
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
def test_what_says_nothing_is_refused(registry: ModelRegistry, call: Any, message: str) -> None:
    """A slip of the hand makes no event, and takes no tag away."""
    with pytest.raises(RecordError, match=message):
        call(registry)
    assert (actions(registry), registry.get_metadata("toy:1").tags) == ([], {"team": "vetting"})


def test_a_tag_that_is_there_says_nothing_new(registry: ModelRegistry) -> None:
    """A cell that tags or untags may be run again; 1 and True are two values."""
    for value in (1, 1, True, True):
        registry.tag_model("toy:1", team="vetting", good=value)
    for _ in range(2):
        registry.untag_model("toy:1", "good", "nothing")
    assert actions(registry) == ["tag", "tag", "untag"]
