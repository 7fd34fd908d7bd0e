"""Problems that verify() finds, with their keys and advice."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from benchmarks.roundtrips import CountingStore
from exo_nbregistry.integrity.audit import Audit, Fault
from exo_nbregistry.integrity.audit import audit as check
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.local import LocalStore
from tests.damage import journal_on, replace
from tests.flat_store import FlatStore
from tests.tamper import reseal

VERSION = "models/toy/versions/v00000{}.json"
EVENT = "models/toy/events/e00000{}.json"
ADVICE = (
    "Restore it",
    "restore that event",
    "Move it",
    "Set the alias",
    "trust_signer",
    "until you trust this signer",
    "register the model again",
    "restore the newer copy",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a registry of three versions, with two alias events and a tag."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value in (1, 2, 3):
        registry.register_model({"value": value}, "toy")
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2)
    registry.tag_model("toy:3", "reviewed")
    return tmp_path / "registry"


def audit(folder: Path) -> Audit:
    """Verify a registry with a new ModelRegistry object."""
    return ModelRegistry(folder).verify()


def found(folder: Path) -> set[tuple[str, str]]:
    """Return the key and kind of each fault, and check that it has advice."""
    faults = audit(folder).faults
    for fault in faults:
        assert any(fix in fault.message for fix in ADVICE), fault
    return {(fault.key, fault.kind) for fault in faults}


def payload(folder: Path, version: int) -> str:
    """Return the key of a version's payload."""
    content = json.loads((folder / VERSION.format(version)).read_text())["content"]
    return f"models/toy/blobs/{content['artifact']['sha256']}.joblib"


def test_an_intact_registry_has_no_fault(folder: Path) -> None:
    """The result is true and has the number of checked files."""
    result = audit(folder)
    assert result
    assert result.ok
    assert (result.versions, result.events, result.payloads) == (3, 3, 3)
    assert str(result) == "3 versions, 3 events and 3 payloads checked: no faults"
    assert repr(result) == str(result)


def test_an_empty_registry_has_no_fault(tmp_path: Path) -> None:
    """An empty registry is intact."""
    ModelRegistry(tmp_path / "new", create=True)
    assert str(audit(tmp_path / "new")).startswith("0 versions")
    assert audit(tmp_path / "new")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [_cut, _empty, _flip], ids=["cut", "emptied", "flipped"])
@pytest.mark.parametrize("key", [VERSION.format(2), EVENT.format(2), "payload"])
def test_a_damaged_file_is_named(folder: Path, damage: Callable[[Path], None], key: str) -> None:
    """The damaged file is the only fault, and restoring it repairs the registry."""
    key = payload(folder, 2) if key == "payload" else key
    whole = (folder / key).read_bytes()
    damage(folder / key)
    assert (key, "damaged") in found(folder)
    assert {name for name, kind in found(folder) if kind == "damaged"} == {key}
    (folder / key).write_bytes(whole)
    assert audit(folder)


def test_a_huge_payload_is_not_hashed(folder: Path) -> None:
    """A payload of another size than its record is damaged; reading 1 TiB would take hours."""
    key = payload(folder, 2)
    os.truncate(folder / key, 1 << 40)
    assert found(folder) == {(key, "damaged")}
    assert "it has 1,099,511,627,776 bytes instead of " in str(audit(folder))


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_missing_payload_is_named_with_its_version(folder: Path, version: int) -> None:
    """The fault names the version that requires the payload."""
    key = payload(folder, version)
    (folder / key).unlink()
    assert found(folder) == {(key, "missing")}
    assert f"it is missing, and version {version} requires it" in str(audit(folder))


def test_a_purged_payload_is_not_missing(folder: Path) -> None:
    """The payload of a purged version is not missing."""
    ModelRegistry(folder).purge_model("toy:3")
    assert audit(folder)


@pytest.mark.parametrize(
    ("gone", "fault"),
    [
        (VERSION.format(1), (VERSION.format(2), "missing")),
        (VERSION.format(2), (VERSION.format(3), "chain")),
        (EVENT.format(1), (EVENT.format(1), "missing")),
        (EVENT.format(2), (EVENT.format(2), "missing")),
    ],
)
def test_a_removed_record_is_missing_from_the_chain(
    folder: Path, gone: str, fault: tuple[str, str]
) -> None:
    """The next record names the missing record."""
    (folder / gone).unlink()
    assert fault in found(folder)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_version_beside_a_damaged_one_is_intact_after_the_repair(
    folder: Path, number: int
) -> None:
    """A version and an event that were added while a record was damaged are intact later."""
    paths = [folder / key.format(number) for key in (VERSION, EVENT)]
    kept = [path.read_bytes() for path in paths]
    for path in paths:
        path.write_bytes(b"{}")
    registry = ModelRegistry(folder)
    registry.register_model({"value": 4}, "toy")
    registry.tag_model("toy:4", "added")
    for path, data in zip(paths, kept, strict=True):
        path.write_bytes(data)
    assert found(folder) == set()
    assert ModelRegistry(folder).get_metadata("toy:4").tags == {"added": True}


def test_a_replaced_record_breaks_the_chain(folder: Path) -> None:
    """A valid, signed record is a fault if the next record follows a different one."""
    reseal(folder / VERSION.format(2), Keyring().sign, description="better")
    assert (VERSION.format(3), "chain") in found(folder)


def test_an_alias_of_a_replaced_record_is_named(folder: Path) -> None:
    """An alias event has the check of its target."""
    reseal(folder / VERSION.format(2), Keyring().sign, description="better")
    assert (EVENT.format(2), "chain") in found(folder)


@pytest.mark.parametrize("kind", ["unsigned", "wrong", "unknown"])
@pytest.mark.parametrize("key", [VERSION.format(3), EVENT.format(3)])
def test_a_missing_or_invalid_signature_is_named(
    folder: Path, tmp_path: Path, kind: str, key: str
) -> None:
    """A missing, an invalid and an unknown signature have different faults."""
    old = json.loads((folder / key).read_text())["signature"]
    unknown = Keyring(tmp_path / "unknown")
    signers = {"unsigned": lambda _: None, "wrong": lambda _: old, "unknown": unknown.sign}
    reseal(folder / key, signers[kind], actor="eve")
    # An unsigned event has no effect; an unsigned version can be loaded by a user who knows it.
    is_damage = kind == "wrong" or (kind == "unsigned" and key.startswith("models/toy/events"))
    expected = "signature" if is_damage else "unknown signer"
    assert found(folder) == {(key, expected)}
    who = {"unsigned": "not signed", "wrong": "invalid", "unknown": str(unknown.fingerprint)}
    assert who[kind] in str(audit(folder))


def test_a_reformatted_record_is_named(folder: Path) -> None:
    """A record that a program has reformatted is damaged."""
    path = folder / VERSION.format(1)
    path.write_text(json.dumps(json.loads(path.read_text()), indent=4))
    assert found(folder) == {(VERSION.format(1), "damaged")}


@pytest.mark.parametrize(
    ("key", "content"),
    [
        (VERSION.format(3), {"artifact": 3}),
        (VERSION.format(3), {"attachments": [1]}),
        (VERSION.format(3), {"created_at": None}),
        (EVENT.format(3), {"action": "alias", "alias": None, "version": []}),
        (EVENT.format(3), {"action": "purge", "version": {}}),
        (EVENT.format(3), {"action": "attach", "version": 1, "name": "a", "artifact": None}),
        (EVENT.format(3), {"action": "attach", "version": 1, "name": "a", "artifact": {"x": 1}}),
    ],
    ids=str,
)
def test_a_signed_but_invalid_record_is_named(
    folder: Path, key: str, content: dict[str, Any]
) -> None:
    """A signed record with invalid content is a fault and does not stop verify()."""
    reseal(folder / key, Keyring().sign, **content)
    assert (key, "damaged") in found(folder)


def test_an_attachment_of_an_unknown_format_is_missing(folder: Path) -> None:
    """An event that names any digest and format is a fault and does not stop verify()."""
    artifact = {"format": "../x", "sha256": "a/b", "size_bytes": 1, "globals": [], "kind": "file"}
    content = {"action": "attach", "version": 1, "name": "a", "artifact": artifact}
    reseal(folder / EVENT.format(3), Keyring().sign, **content)
    assert ("models/toy/attachments/a/b.../x", "missing") in found(folder)


def test_an_event_of_a_newer_release_is_valid(folder: Path) -> None:
    """An event with an unknown action is ignored."""
    reseal(folder / EVENT.format(3), Keyring().sign, action="weigh")
    assert audit(folder)


def test_a_record_in_another_place_is_named(folder: Path) -> None:
    """A copied record is not valid as the next version."""
    shutil.copy(folder / VERSION.format(3), folder / VERSION.format(4))
    assert (VERSION.format(4), "damaged") in found(folder)


@pytest.mark.parametrize(
    "stray",
    [
        *["models/toy/versions/v4.json", "models/toy/events/v000001.json"],
        *["models/toy/versions/notes.txt", "models/toy/blobs/model.joblib"],
    ],
)
def test_a_foreign_file_among_records_is_named_and_left_alone(folder: Path, stray: str) -> None:
    """A file with another name where records or payloads are read is a fault, and it is kept."""
    (folder / stray).write_text("{}")
    assert found(folder) == {(stray, "foreign")}
    assert "is not that of a" in str(audit(folder))
    assert (folder / stray).read_text() == "{}"


JUNK = (".DS_Store", "._x", "Thumbs.db", "desktop.ini", ".nfs0001", ".gitkeep", "README.md")


@pytest.mark.parametrize(
    "stray",
    [
        *["thesis.tex", "models/UPPER", "models/notes.txt", "models/toy/cache"],
        *["models/toy/versions/v000004.json~", "models/toy/versions/.v000004.json.swp"],
        *(f"{place}{name}" for place in ("", "models/", "models/toy/versions/") for name in JUNK),
    ],
)
def test_an_unrelated_file_is_a_note(folder: Path, stray: str) -> None:
    """A file of another program is a note, and not a fault."""
    (folder / stray).write_text("{}")
    result = audit(folder)
    assert result.ok
    assert result
    assert [(note.key, note.severity) for note in result.notes] == [(stray, "note")]
    assert "checked: no faults, 1 note\n" in str(result)


@pytest.mark.parametrize(
    "name", [".ipynb_checkpoints", "lost+found", ".git", "@eaDir", ".snapshot", ".Trash-1000"]
)
@pytest.mark.parametrize("place", ["", "models/", "models/toy/", "models/toy/blobs/"])
def test_an_unrelated_folder_is_a_note(folder: Path, place: str, name: str) -> None:
    """A folder of another program is a note, regardless of its content."""
    (folder / place / name / "versions").mkdir(parents=True)
    result = audit(folder)
    assert result.ok
    assert [note.key for note in result.notes] == [f"{place}{name}"]


def test_many_notes_are_one_line(folder: Path) -> None:
    """At most five files are named."""
    for number in range(30):
        (folder / f"._{number}").touch()
    (_, line) = str(audit(folder)).splitlines()
    assert line.startswith("  ._0, ._1")
    assert "and 25 more: it does not belong to a registry" in line


def test_a_renamed_model_is_named(folder: Path) -> None:
    """A folder with versions whose name is not a model key is a fault, because it is not read."""
    (folder / "models/toy").rename(folder / "models/Toy Model")
    faults = {(fault.key, fault.kind) for fault in audit(folder).faults}
    assert ("models/Toy Model", "foreign") in faults


def test_a_colleague_is_not_damage(folder: Path, tmp_path: Path) -> None:
    """Records of an unknown signer are counted apart, one line a signer, and never to purge."""
    ada = Keyring(tmp_path / "ada")
    for number in (1, 2, 3):
        reseal(folder / EVENT.format(number), ada.sign)
    registry = ModelRegistry(folder, keyring=ada)
    for value in range(4, 14):
        registry.register_model({"value": value}, "hers")
    result = audit(folder)
    assert not result.ok
    assert result.damage == ()
    (line,) = [line for line in result.lines if str(ada.fingerprint) in line]
    assert "models/hers/versions" in line
    assert "more: its signer" in line
    assert f"trust_signer('{ada.fingerprint}')" in line
    assert "records of unknown signers" in result.verdict
    assert "purge" not in str(result)


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
@pytest.mark.parametrize("key", [VERSION.format(3), EVENT.format(3), "payload"])
def test_a_link_folder_or_pipe_is_named_and_not_followed(folder: Path, kind: str, key: str) -> None:
    """A link, a folder and a pipe with the name of a record are foreign files."""
    path = folder / (payload(folder, 3) if key == "payload" else key)
    if kind == "link":
        shutil.move(path, folder.parent / "elsewhere")
        path.symlink_to(folder.parent / "elsewhere")
    else:
        path.unlink()
        path.mkdir() if kind == "folder" else os.mkfifo(path)
    assert (str(path.relative_to(folder)), "foreign") in found(folder)


def test_a_registry_that_went_backwards_is_named(folder: Path) -> None:
    """An older copy is valid, but the index remembers the newer versions."""
    older = folder.with_name("older")
    shutil.copytree(folder, older)
    registry = ModelRegistry(folder)
    registry.register_model({"value": 4}, "toy")
    registry.tag_model("toy:4", "new")
    assert len(registry.list_models()) == 4
    shutil.rmtree(folder)
    older.rename(folder)
    faults = audit(folder).faults
    assert {(fault.key, fault.kind) for fault in faults} == {("models/toy", "backwards")}
    assert {fault.message.split(" was")[0] for fault in faults} == {"version 4", "event 4"}


def test_a_temporary_file_is_not_a_fault(folder: Path) -> None:
    """A writer may be active during the verification."""
    (folder / "models/toy/tmp/half").write_bytes(b"half")
    assert audit(folder)


def test_every_fault_is_reported(folder: Path) -> None:
    """One fault does not hide another, and each has a line."""
    for key in (VERSION.format(1), EVENT.format(3), payload(folder, 2)):
        _cut(folder / key)
    (folder / "models/toy/versions/x").touch()
    result = audit(folder)
    assert len(result.faults) >= 4
    assert not result
    assert len(str(result).splitlines()) == 1 + len(result.faults)


def test_a_fault_is_one_line() -> None:
    """The key comes first, then the message."""
    assert str(Fault("models/toy", "foreign", "it is strange.")) == "models/toy: it is strange."


def test_each_record_is_read_once(folder: Path) -> None:
    """A check reads each record from the store once, and lists the numbers of a kind once."""
    store = CountingStore(LocalStore(folder))
    assert check(cast(Store, store), journal_on(store), Keyring()).ok
    assert store.calls["read"] == 3 + 3
    assert store.calls["names"] == 2


def test_records_in_memory_do_not_hide_damage() -> None:
    """In a bucket, a check reads the files although their records are in memory."""
    store = FlatStore()
    registry = ModelRegistry(cast(Store, store))
    registry.register_model({"value": 1}, "toy")
    data = store.read(VERSION.format(1), max_bytes=10**6)
    replace(store, VERSION.format(1), data.replace(b'"toy:1"', b'"toy:9"'))
    assert registry.get_metadata("toy:1").model_id == "toy:1"
    (fault,) = registry.verify().faults
    assert (fault.key, fault.kind) == (VERSION.format(1), "damaged")
