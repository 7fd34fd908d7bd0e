"""Events are followed by their signers: a co-writer of the folder cannot forge them."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import ConflictError, VersionNotFoundError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.signing.user_files import config_folder
from exo_nbregistry.views.version_card import render_metadata_html, render_metadata_text
from tests.security.tampered_events import Sign, put_tampered, read

ARTIFACT = {"format": "txt", "sha256": "a" * 64, "size_bytes": 1, "kind": "text"}
ACTIONS: dict[str, dict[str, Any]] = {
    "alias": {"alias": "champion", "version": 2, "protected": False},
    "unprotect": {"action": "alias", "alias": "champion", "version": 1, "protected": False},
    "unalias": {"alias": "champion"},
    "rollback": {"alias": "champion", "version": 2, "protected": False},
    "delete": {"version": 1},
    "purge": {"version": 1},
    "restore": {"version": 3},
    "tag": {"version": 1, "tags": {"reviewed": True}},
    "untag": {"version": 1, "names": ["mine"]},
    "note": {"version": 1, "text": "approved"},
    "attach": {"version": 1, "name": "report", "artifact": ARTIFACT},
    "metrics": {"version": 1, "metrics": {"f1_score": 1.0}},
}
ON_PROTECTED = ("alias", "unprotect", "unalias", "rollback", "delete", "purge")


@pytest.fixture(params=["protected", "unprotected"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return a registry with an alias that was moved once, a tag and a deleted version."""
    return make(tmp_path / "registry", protected=request.param == "protected")


def make(folder: Path, *, protected: bool) -> Path:
    """Create the registry: champion moved from 2 to 1; 1 is tagged and 3 deleted."""
    registry = ModelRegistry(folder, durable=False)
    for value in (1, 2, 3):
        registry.register_model({"value": value}, "toy")
    registry.set_alias("toy", "champion", 2)
    registry.set_alias("toy", "champion", 1, protected=protected)
    registry.tag_model("toy:1", "mine")
    registry.delete_model("toy:3")
    return folder


def signer(how: str, folder: Path) -> Sign:
    """Return a function that signs as a forger does."""
    if how == "unsigned":
        return lambda _: None
    if how == "of another event":
        old = read(folder, 1).signature
        return lambda _: old
    if how == "nonsense":
        return lambda check: {"algorithm": [], "public_key": {"a": 1}, "value": check}
    return Keyring(folder.parent / "mallory").sign


def seen(registry: ModelRegistry) -> Any:
    """Return all results that depend on events, from the records and from the index."""
    versions = [registry.get_metadata(f"toy:{number}").to_dict() for number in (1, 2, 3)]
    listed = [item.to_dict() for item in registry.list_models("toy", include_deleted=True)]
    moves = {name: move.version for name, move in registry.aliases("toy").items()}
    protected = {name: move.protected for name, move in registry.aliases("toy").items()}
    return versions, listed, moves, protected, registry.load_model("toy@champion")[0]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("how", ["unsigned", "of another event", "nonsense"])
def test_an_event_without_a_valid_signature_is_not_followed(
    folder: Path, how: str, action: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It changes nothing for an old and a new handle, is warned about once, and verify names it."""
    old = ModelRegistry(folder)
    before = seen(old)
    caplog.clear()
    path = put_tampered(folder, signer(how, folder), **{"action": action, **ACTIONS[action]})
    key = str(path.relative_to(folder))
    assert seen(old) == before
    assert seen(ModelRegistry(folder)) == before
    messages = [r.getMessage() for r in caplog.records if "not followed" in r.getMessage()]
    assert len(messages) == 1
    assert messages[0].startswith(f"toy: 1 event is not followed: {key} ")
    assert key in {fault.key for fault in ModelRegistry(folder).verify().faults}


@pytest.mark.parametrize("action", ACTIONS)
def test_an_unknown_signer_cannot_change_a_protected_alias(tmp_path: Path, action: str) -> None:
    """Moves, removals and rollbacks of it and deletions of its version are not followed."""
    folder = make(tmp_path / "registry", protected=True)
    registry = ModelRegistry(folder)
    before = seen(registry)
    fields = {"action": action, **ACTIONS[action]}
    put_tampered(folder, Keyring(tmp_path / "mallory").sign, **fields)
    assert (seen(registry) == before) == (action in ON_PROTECTED)
    assert seen(ModelRegistry(folder)) == seen(registry)
    assert registry.load_model("toy@champion")[0] == {"value": 1}


@pytest.mark.parametrize("action", ACTIONS)
def test_an_unknown_signer_is_followed_where_nothing_is_protected(
    tmp_path: Path, action: str
) -> None:
    """The event is followed, and undone when the reader has a policy against it."""
    folder = make(tmp_path / "registry", protected=False)
    registry = ModelRegistry(folder)
    before = registry.aliases("toy"), [registry.get_metadata(f"toy:{n}") for n in (1, 2, 3)]
    fields = {"action": action, **ACTIONS[action]}
    put_tampered(folder, Keyring(tmp_path / "mallory").sign, **fields)
    after = registry.aliases("toy"), [registry.get_metadata(f"toy:{n}") for n in (1, 2, 3)]
    assert after != before or action == "unprotect"
    assert registry.history("toy")[-1]["actor"].startswith("ada (unknown signer SHA256:")


def test_an_unknown_alias_move_is_named_when_it_decides(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Loading by the alias logs once who moved it, how to trust the signer and how to undo it."""
    folder = make(tmp_path / "registry", protected=False)
    mallory = Keyring(tmp_path / "mallory")
    put_tampered(folder, mallory.sign, "alias", alias="champion", version=2)
    registry = ModelRegistry(folder)
    for _ in range(2):
        assert registry.load_model("toy@champion")[0] == {"value": 2}
    (message,) = [r.getMessage() for r in caplog.records if "because of" in r.getMessage()]
    assert "toy@champion is toy:2 because of event 5 (alias) by ada (unknown signer" in message
    assert f"registry.trust_signer({mallory.fingerprint!r})" in message
    assert "registry.rollback_alias('toy', 'champion')" in message
    registry.rollback_alias("toy", "champion")
    assert registry.load_model("toy@champion")[0] == {"value": 1}


def test_an_unknown_deletion_is_named_when_it_decides(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Loading the latest version logs that an unknown signer deleted the one after it."""
    folder = make(tmp_path / "registry", protected=False)
    put_tampered(folder, Keyring(tmp_path / "mallory").sign, "delete", version=2)
    registry = ModelRegistry(folder)
    assert registry.load_model("toy")[0] == {"value": 1}
    (message,) = [r.getMessage() for r in caplog.records if "because of" in r.getMessage()]
    assert "event 5 (delete) by ada (unknown signer" in message
    assert "registry.restore_model('toy:2')" in message
    with pytest.raises(VersionNotFoundError, match=r"deleted by ada \(unknown signer SHA256:"):
        registry.load_model("toy:2")
    registry.restore_model("toy:2")
    assert registry.load_model("toy")[0] == {"value": 2}


@pytest.mark.parametrize(
    ("fields", "where", "best", "named"),
    [
        ({"action": "delete", "version": 2}, None, 1, "event 4 (delete) by ada (unknown signer"),
        ({"action": "restore", "version": 3}, None, 3, "event 4 (restore) by ada (unknown signer"),
        (
            {"action": "tag", "version": 1, "tags": {"reviewed": True}},
            "'reviewed' in tags",
            1,
            "tag reviewed by ada (unknown signer",
        ),
        ({"action": "delete", "version": 1}, None, 2, None),
        ({"action": "tag", "version": 2, "tags": {"reviewed": True}}, None, 2, None),
    ],
    ids=["better deleted", "restored", "tagged", "worse deleted", "tagged, no filter"],
)
def test_an_unknown_change_is_named_when_it_decides_the_best(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    fields: dict[str, Any],
    where: str | None,
    best: int,
    named: str | None,
) -> None:
    """get_best_model logs once which changes by unknown signers made a version the best."""
    folder = tmp_path / "registry"
    own = ModelRegistry(folder, durable=False)
    for value in (1, 2, 3):
        own.register_model({"value": value}, "toy", evaluation_results={"f1_score": value / 10})
    for at in (1, 2):
        own.tag_model(f"toy:{at}", "mine")
    own.delete_model("toy:3")
    put_tampered(folder, Keyring(tmp_path / "mallory").sign, **fields)
    registry = ModelRegistry(folder)
    for _ in range(2):
        found = registry.get_best_model("toy", metric="f1_score", where=where)
        assert found[0] == {"value": best}
    messages = [r.getMessage() for r in caplog.records if "only because of" in r.getMessage()]
    assert len(messages) == (named is not None)
    assert named is None or named in messages[0]


def test_own_and_trusted_events_are_not_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Loading logs nothing about events of this user and of trusted signers."""
    folder = make(tmp_path / "registry", protected=True)
    colleague = Keyring(tmp_path / "colleague")
    put_tampered(folder, colleague.sign, "alias", alias="champion", version=2, protected=True)
    registry = ModelRegistry(folder)
    registry.trust_signer(str(colleague.public_key), "bob@observatory")
    caplog.clear()
    assert registry.load_model("toy@champion")[0] == {"value": 2}
    assert registry.load_model("toy")[0] == {"value": 2}
    assert caplog.records == []
    assert registry.aliases("toy")["champion"].actor == "ada (bob@observatory)"


def test_a_purge_by_an_unknown_signer_removes_nothing(tmp_path: Path) -> None:
    """The version counts as deleted, no clean-up removes its model, and a restore is enough."""
    folder = make(tmp_path / "registry", protected=False)
    put_tampered(folder, Keyring(tmp_path / "mallory").sign, "purge", version=1)
    registry = ModelRegistry(folder)
    assert registry.get_metadata("toy:1").status == "deleted"
    registry.purge_model("toy:2", force=True)
    registry.collect_garbage(dry_run=False, grace_s=0)
    registry.restore_model("toy:1")
    assert registry.load_model("toy:1")[0] == {"value": 1}


@pytest.mark.parametrize("who", ["old handle", "new handle"])
def test_trust_and_distrust_change_what_is_followed(tmp_path: Path, who: str) -> None:
    """Records and index follow a signer from trust_signer to distrust_signer."""
    folder = make(tmp_path / "registry", protected=True)
    colleague = Keyring(tmp_path / "colleague")
    put_tampered(folder, colleague.sign, "alias", alias="champion", version=2, protected=True)
    registry = ModelRegistry(folder)
    steps = [
        (lambda: None, "toy:1"),
        (lambda: registry.trust_signer(str(colleague.public_key)), "toy:2"),
        (lambda: registry.distrust_signer(str(colleague.fingerprint)), "toy:1"),
    ]
    for change, champion in steps:
        change()
        reader = registry if who == "old handle" else ModelRegistry(folder)
        assert reader.get_metadata("toy@champion").model_id == champion
        assert reader.list_models(where="'champion' in aliases").ids == (champion,)
        assert reader.load_model("toy@champion")[1].model_id == champion


def test_two_users_of_one_cache_do_not_mix_their_trust(tmp_path: Path) -> None:
    """Handles with different keys that share the index each see what they follow."""
    folder = make(tmp_path / "registry", protected=True)
    colleague = Keyring(tmp_path / "colleague")
    put_tampered(folder, colleague.sign, "alias", alias="champion", version=2, protected=True)
    mine, theirs = ModelRegistry(folder), ModelRegistry(folder, keyring=colleague)
    for _ in range(2):
        assert mine.list_models(where="'champion' in aliases").ids == ("toy:1",)
        assert theirs.list_models(where="'champion' in aliases").ids == ("toy:2",)


@pytest.mark.parametrize(
    "damage",
    [lambda path: path.write_bytes(b""), lambda path: path.unlink(), lambda path: _replace(path)],
    ids=["emptied", "removed", "a folder"],
)
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_damaged_event_does_not_block_its_model(folder: Path, number: int, damage: Any) -> None:
    """The other events are followed, verify names it, and new events are added after it."""
    path = folder / f"models/toy/events/e{number:06d}.json"
    damage(path)
    registry = ModelRegistry(folder)
    problems = registry._workspace.journal.state("toy").problems
    assert set(problems) <= {number}
    assert ("mine" in registry.get_metadata("toy:1").tags) == (number != 3)
    assert registry.list_models("toy", include_deleted=True)
    # Only the index knows a last event that was removed.
    is_lost = number == 4 and not path.exists()
    assert registry.verify().ok == is_lost
    registry.tag_model("toy:1", "after")
    assert "after" in ModelRegistry(folder).get_metadata("toy:1").tags
    newest = registry.history("toy")[-1]
    assert (newest["action"], newest["number"]) == ("tag", 4 if is_lost else 5)


def _replace(path: Path) -> None:
    path.unlink()
    path.mkdir()


def test_the_writer_does_not_link_to_a_forged_event(folder: Path) -> None:
    """After the forged file is removed, the chain of the whole events is complete."""
    path = put_tampered(folder, lambda _: None, "delete", version=1)
    registry = ModelRegistry(folder)
    registry.tag_model("toy:1", "after")
    assert read(folder, 6).prev == read(folder, 4).link()
    path.unlink()
    assert "after" in ModelRegistry(folder).get_metadata("toy:1").tags
    assert ModelRegistry(folder)._workspace.journal.state("toy").problems == {}


def test_a_replayed_event_is_not_followed(tmp_path: Path) -> None:
    """A signed event of an older history of this model is not followed, and is named."""
    folder = make(tmp_path / "registry", protected=True)
    fork = tmp_path / "fork"
    shutil.copytree(folder, fork)
    theirs = ModelRegistry(fork)
    theirs.annotate("toy:1", "elsewhere")
    theirs.set_alias("toy", "champion", 2, force=True)
    registry = ModelRegistry(folder)
    registry.annotate("toy:1", "here")
    shutil.copy(fork / "models/toy/events/e000006.json", folder / "models/toy/events")
    for reader in (registry, ModelRegistry(folder)):
        assert reader.load_model("toy@champion")[0] == {"value": 1}
        problem = reader._workspace.journal.state("toy").problems[6]
        assert (problem.kind, problem.key) == ("chain", "models/toy/events/e000006.json")
    assert "models/toy/events/e000006.json" in {f.key for f in registry.verify().faults}
    assert registry.set_alias("toy", "champion", 2, force=True).version == 2
    assert ModelRegistry(folder).load_model("toy@champion")[0] == {"value": 2}


def test_an_unknown_signer_cannot_discredit_the_next_event(tmp_path: Path) -> None:
    """A trusted event is followed although the event before it was replaced by an unknown one."""
    folder = make(tmp_path / "registry", protected=True)
    ModelRegistry(folder).set_alias("toy", "champion", 2, force=True)
    put_tampered(folder, Keyring(tmp_path / "mallory").sign, "note", version=1, text="hi", number=4)
    assert ModelRegistry(folder).load_model("toy@champion")[0] == {"value": 2}


def test_an_event_of_another_number_or_model_is_damage(folder: Path) -> None:
    """A copy of a signed event under another number is not followed."""
    events = folder / "models/toy/events"
    shutil.copy(events / "e000001.json", events / "e000005.json")
    registry = ModelRegistry(folder)
    assert registry.load_model("toy@champion")[0] == {"value": 1}
    assert registry._workspace.journal.state("toy").problems[5].kind == "damaged"


def test_the_largest_number_ends_the_journal_with_an_error(folder: Path) -> None:
    """A file with the largest number blocks further events with a sentence, and no hang."""
    (folder / "models/toy/events/e999999999999.json").write_bytes(b"")
    registry = ModelRegistry(folder)
    assert registry.load_model("toy@champion")[0] == {"value": 1}
    with pytest.raises(Exception, match=r"no event number after 999999999999"):
        registry.tag_model("toy:1", "x")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_damaged_version_leaves_the_others(folder: Path, number: int) -> None:
    """The other versions load, and the error about the damaged one names it."""
    (folder / f"models/toy/versions/v{number:06d}.json").write_bytes(b"{}")
    registry = ModelRegistry(folder)
    for other in {1, 2} - {number}:
        assert registry.load_model(f"toy:{other}")[0] == {"value": other}
    with pytest.raises(Exception, match=rf"v{number:06d}\.json"):
        registry.get_metadata(f"toy:{number}")
    assert {entry["version"] for entry in registry.history("toy")} >= {1, 2, 3} - {number}


def test_a_damaged_latest_version_is_not_replaced_by_an_older_one(tmp_path: Path) -> None:
    """The error about the latest version names the version before it."""
    folder = make(tmp_path / "registry", protected=False)
    (folder / "models/toy/versions/v000002.json").write_bytes(b"{}")
    with pytest.raises(Exception, match=r"v000002\.json .*latest version of toy; 'toy:1' is"):
        ModelRegistry(folder).load_model("toy")


def test_names_and_fingerprints_of_forgers_are_escaped(tmp_path: Path) -> None:
    """Markup and control characters in an actor reach neither the HTML nor a message as such."""
    folder = make(tmp_path / "registry", protected=False)
    sign = Keyring(tmp_path / "mallory").sign
    actor = "<img src=x>\x1b[31m" + "a" * 1000
    put_tampered(folder, sign, "alias", alias="champion", version=2, actor=actor)
    registry = ModelRegistry(folder)
    history = registry.history("toy")
    assert "<img" not in history.to_html()
    assert "\x1b" not in repr(history)
    assert "unknown signer" in repr(history[-1:])


def test_the_history_shows_what_is_not_followed(tmp_path: Path) -> None:
    """The event has its reason, in the dict, the table and the frame."""
    folder = make(tmp_path / "registry", protected=True)
    put_tampered(folder, Keyring(tmp_path / "mallory").sign, "alias", alias="champion", version=2)
    (folder / "models/toy/events/e000006.json").write_bytes(b"")
    history = ModelRegistry(folder).history("toy")
    assert "protected alias champion" in history[-2]["not_followed"]
    assert history[-1]["action"] == "damaged"
    assert repr(history).count("Not followed: ") == 2
    assert list(history.to_frame()["not_followed"].notna())[-2:] == [True, True]


def test_the_log_names_at_most_five_events(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Many forged events are one message with five names and a count."""
    folder = make(tmp_path / "registry", protected=True)
    for _ in range(9):
        put_tampered(folder, lambda _: None, "delete", version=1)
    caplog.set_level(logging.WARNING)
    assert ModelRegistry(folder).get_metadata("toy:1").status == "active"
    (message,) = [r.getMessage() for r in caplog.records]
    assert message.count("is not signed") == 5
    assert "and 4 more" in message


def test_changes_of_unknown_signers_are_shown_as_theirs(tmp_path: Path) -> None:
    """Metadata, card, listing and index name the signer of each change; trust removes it."""
    folder = make(tmp_path / "registry", protected=False)
    mallory = Keyring(tmp_path / "mallory")
    put_tampered(folder, mallory.sign, "alias", alias="champion", version=2)
    put_tampered(folder, mallory.sign, "tag", version=2, tags={"approved": True})
    put_tampered(folder, mallory.sign, "note", version=2, text="Fine.")
    registry = ModelRegistry(folder)
    who = f"ada (unknown signer {str(mallory.fingerprint)[:15]}…)"
    found = registry.get_metadata("toy:2")
    assert found.unknown_signers == (f"alias champion: {who}", f"tag approved: {who}")
    assert found.notes[0].author == who
    listed = registry.list_models("toy")
    assert {item.model_id: item.unknown_signers for item in listed}["toy:2"] == (
        found.unknown_signers
    )
    card = render_metadata_text(found), str(render_metadata_html(found))
    for shown in (repr(listed), listed.to_html(), *card):
        assert "unknown signer" in shown
    registry.tag_model("toy:2", approved=False)
    assert registry.get_metadata("toy:2").unknown_signers == (f"alias champion: {who}",)
    registry.trust_signer(str(mallory.public_key), "ada@observatory")
    assert registry.get_metadata("toy:2").unknown_signers == ()
    assert registry.list_models("toy")[0].to_dict().get("unknown_signers") is None


@pytest.fixture
def policy(tmp_path: Path) -> Keyring:
    """Return the keyring of a colleague who alone may move champion, by the user's policy."""
    colleague = Keyring(tmp_path / "colleague")
    colleague.sign("")
    config = config_folder()
    config.mkdir(parents=True, exist_ok=True)
    Keyring().trust(str(colleague.public_key), "bob@observatory")
    (config / "policy").write_text("champion: bob@observatory\n")
    (config / "policy").chmod(0o600)
    return colleague


def test_the_policy_is_checked_before_writing(tmp_path: Path, policy: Keyring) -> None:
    """A user who may not move an alias gets a sentence, and nothing is written."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"value": 1}, "toy")
    registry.register_model({"value": 2}, "toy")
    theirs = ModelRegistry(tmp_path / "registry", keyring=policy)
    theirs.set_alias("toy", "champion", 1)
    theirs.set_alias("toy", "champion", 2)
    for call in (
        lambda: registry.set_alias("toy", "champion", 1),
        lambda: registry.set_alias("toy", "champion", 1, force=True),
        lambda: registry.rollback_alias("toy", "champion"),
        lambda: registry.remove_alias("toy", "champion"),
    ):
        with pytest.raises(ConflictError, match=r"cannot move toy@champion: .*bob@observatory"):
            call()
    assert len(list((tmp_path / "registry/models/toy/events").iterdir())) == 2
    registry.set_alias("toy", "challenger", 1)
    assert registry.load_model("toy@champion")[0] == {"value": 2}


def test_readers_enforce_the_policy(tmp_path: Path, policy: Keyring) -> None:
    """A move by another signer, also a trusted one or oneself, is not followed and is named."""
    folder, mine = tmp_path / "registry", Keyring()
    writer = ModelRegistry(folder, durable=False, keyring=policy)
    for value in (1, 2):
        writer.register_model({"value": value}, "toy")
    writer.set_alias("toy", "champion", 1)
    carol = Keyring(tmp_path / "carol")
    mine.trust(_public(carol), "carol@observatory")
    for sign in (mine.sign, carol.sign, Keyring(tmp_path / "mallory").sign):
        put_tampered(folder, sign, "alias", alias="champion", version=2)
    registry = ModelRegistry(folder)
    assert registry.load_model("toy@champion")[0] == {"value": 1}
    assert registry.list_models(where="'champion' in aliases").ids == ("toy:1",)
    kinds = [fault.kind for fault in registry.verify().faults]
    assert kinds.count("policy") == 3
    (config_folder() / "policy").write_text("champion: bob@observatory carol@observatory\n")
    assert registry.load_model("toy@champion")[0] == {"value": 2}
    assert registry.list_models(where="'champion' in aliases").ids == ("toy:2",)


def _public(keyring: Keyring) -> str:
    keyring.sign("")
    return str(keyring.public_key)


ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**30, 1.5, "", "../../x", "x" * 5000, "\x1b[31m", "<b>", "\u202e"),
    *([], {}, [[]], [1], ["a", 1], {"a": None}, {"$float": "nan"}, {"$float": []}),
    *({"$datetime": "9999-12-31T23:59:59-23:59"}, {"$datetime": 1}, {"$x": 1}, {"sha256": []}),
)


@pytest.mark.parametrize("action", [*ACTIONS, "weigh"])
def test_any_content_of_an_event_leaves_its_model_usable(tmp_path: Path, action: str) -> None:
    """With odd values in each field, also signed by this user, all views of the model work."""
    folder = make(tmp_path / "registry", protected=False)
    check = ModelRegistry(folder)._workspace.journal.read("toy", 2).check
    fields = {"action": action, "target": check, **ACTIONS.get(action, {"version": 1})}
    signs = Keyring().sign, Keyring(tmp_path / "mallory").sign
    names = {*fields, "at", "actor", "target", "measured_at", "on", "protected", "packages"}
    for sign in signs:
        for name in sorted(names):
            for value in ODD:
                try:
                    put_tampered(folder, sign, **(fields | {name: value}))
                except (TypeError, ValueError):
                    continue  # It cannot be the content of a sealed record.
    registry = ModelRegistry(folder)
    history = registry.history("toy")
    assert len(history) > 2 * len(ODD)
    for shown in (repr(history), history.to_html(), repr(registry.history("toy:1"))):
        assert "\x1b" not in shown
    assert "<b>" not in history.to_html()
    assert len(history.to_frame()) == len(history)
    listed = registry.list_models("toy", include_deleted=True)
    assert len(listed) == 3
    assert "\x1b" not in repr(listed)
    for number in (1, 2, 3):
        found = registry.get_metadata(f"toy:{number}")
        assert found.to_dict() == next(i for i in listed if i.version == number).to_dict()
        assert "\x1b" not in render_metadata_text(found)
    assert registry.verify().events == len(history) - 3
    for name in registry.aliases("toy"):
        assert registry.alias_history("toy", name).to_frame().shape[0] > 0


def test_an_event_that_is_damaged_later_is_shown_as_damaged(tmp_path: Path) -> None:
    """The history of a handle that has read the event before shows the others."""
    folder = make(tmp_path / "registry", protected=False)
    registry = ModelRegistry(folder)
    assert "not_followed" not in registry.history("toy")[3]
    (folder / "models/toy/events/e000002.json").write_bytes(b"")
    events = registry.history("toy")[3:]
    assert [event["action"] for event in events] == ["alias", "damaged", "tag", "delete"]


def test_verify_names_an_event_that_trust_would_follow(tmp_path: Path) -> None:
    """The report of an unknown signer who moved a protected alias names the effect of trust."""
    folder = make(tmp_path / "registry", protected=True)
    other = Keyring(tmp_path / "other")
    put_tampered(folder, other.sign, "alias", alias="champion", version=2, protected=False)
    (fault,) = ModelRegistry(folder).verify().unknown_signers
    assert fault.message == (
        f"it moves the protected alias champion, and its signer {other.fingerprint} is not "
        "trusted, so it is not followed until you trust this signer."
    )


def test_an_unsigned_event_may_have_no_backup(tmp_path: Path) -> None:
    """An event without a signature may replace a signed one or none; its author is not signed."""
    folder = make(tmp_path / "registry", protected=False)
    put_tampered(folder, lambda _: None, "tag", version=1, tags={"fake": True})
    registry = ModelRegistry(folder)
    (fault,) = registry.verify().damage
    assert "If it replaced a signed event, restore that event from a backup." in fault.message
    assert "ada (not signed)" in str(registry.history("toy"))
