"""A program that was written from docs/format-1.md reads what the package reads."""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.json_codec import canonical_json
from scripts import make_golden_registry as golden
from tests.checkpoints import small_checkpoints
from tests.format_json import FormatError, canonical, check_of, fingerprint, load, signer_of
from tests.format_reader import FormatReader

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/format-1.md").read_text(encoding="utf-8")
GOLDEN = ROOT / "tests" / "golden"
NAMES = sorted(path.parent.name for path in GOLDEN.glob("*/expected.json"))
NEWEST = GOLDEN / NAMES[-1]
EVENT = "models/line/events/e000002.json"


def reader_of(folder: Path) -> FormatReader:
    """Return the independent reader, which trusts the signers of a golden registry."""
    lines = (folder / "signers").read_text().splitlines()
    return FormatReader(folder / "registry", {line.partition(" ")[2] for line in lines})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the newest golden registry."""
    return Path(shutil.copytree(NEWEST, tmp_path / "golden"))


@pytest.mark.parametrize("name", NAMES)
def test_versions_and_aliases_equal_those_of_the_package(name: str, tmp_path: Path) -> None:
    """Models, versions, aliases, statuses, tags, notes and attachments are equal."""
    folder = GOLDEN / name
    registry = ModelRegistry(folder / "registry", keyring=golden.trusting_keyring(folder, tmp_path))
    models = reader_of(folder).models()
    assert sorted(models) == sorted(s.model_name.lower() for s in registry.list_model_names())
    for key, model in models.items():
        versions = registry.list_models(key, include_deleted=True, order_by="version")
        assert list(model.versions) == [found.version for found in versions]
        moves = registry.aliases(key).items()
        assert model.aliases() == {alias: move.version for alias, move in moves}
        for found in versions:
            number = found.version
            assert model.tags[number] == found.tags
            assert model.status.get(number, "active") == found.status
            assert model.notes.get(number, []) == [note.text for note in found.notes]
            digests = {n: item["sha256"] for n, item in model.attachments[number].items()}
            assert digests == {n: item.sha256 for n, item in found.attachments.items()}
            assert fingerprint(str(signer_of(model.versions[number]))) == found.signer


@pytest.mark.parametrize("name", NAMES)
def test_every_payload_is_verified(name: str) -> None:
    """Each payload has the recorded size and digest, except for those of purged versions."""
    reader = reader_of(GOLDEN / name)
    read = 0
    for key, model in reader.models().items():
        for number, record in model.versions.items():
            if model.status.get(number) != "purged":
                for artifact in (
                    record["content"]["artifact"],
                    *model.attachments[number].values(),
                ):
                    read += len(reader.payload(key, artifact)) > 0
    assert read > 8


@pytest.mark.parametrize("name", NAMES)
def test_only_events_of_the_unknown_signer_have_no_effect(name: str) -> None:
    """The events that the reader does not follow are the two on the protected alias."""
    problems = reader_of(GOLDEN / name).models()["line"].problems
    assert [problem.partition(": ")[2] for problem in problems] == ["unknown signer"] * 2


def test_versions_form_a_chain() -> None:
    """Each version names the number and the check of the one before it."""
    for model in reader_of(NEWEST).models().values():
        earlier = None
        for number, record in model.versions.items():
            assert record["prev"] == earlier
            earlier = {"number": number, "check": record["check"]}


def change(path: Path, edit: Callable[[dict[str, Any]], Any], *, seal: bool) -> None:
    """Change a record, with or without a new check."""
    fields = json.loads(path.read_text())
    edit(fields)
    if seal:
        fields["check"] = check_of(fields, "check", "signature")
    path.write_text(json.dumps(fields, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def test_a_changed_event_has_no_effect(folder: Path) -> None:
    """The reader rejects the changed event, and the package follows the same events."""
    change(
        folder / "registry" / EVENT, lambda event: event["content"].update(version=1), seal=False
    )
    assert "e000002.json: changed" in reader_of(folder).models()["line"].problems


def test_a_changed_event_with_a_new_check_has_no_signature(folder: Path) -> None:
    """A new check does not repair the signature."""
    change(folder / "registry" / EVENT, lambda event: event["content"].update(version=1), seal=True)
    assert "e000002.json: signature" in reader_of(folder).models()["line"].problems


def test_an_event_that_was_copied_to_another_number_has_no_effect(folder: Path) -> None:
    """An event is bound to its number."""
    events = (folder / "registry" / EVENT).parent
    shutil.copy(events / "e000002.json", events / "e000099.json")
    problems = reader_of(folder).models()["line"].problems
    assert problems[-1] == "e000099.json: it is not the record of its path"


def test_a_version_of_another_registry_is_rejected(folder: Path) -> None:
    """A record is bound to the id of its registry."""
    path = folder / "registry" / "models/line/versions/v000008.json"
    change(path, lambda record: record.update(registry="other"), seal=True)
    assert 8 not in reader_of(folder).models()["line"].versions


@pytest.mark.parametrize("seal", [True, False])
def test_a_replaced_version_has_no_alias(folder: Path, seal: bool) -> None:
    """An alias does not lead to a version whose record is not the one that it was set on."""
    path = folder / "registry" / "models/line/versions/v000007.json"
    change(path, lambda record: record["content"].update(description="other"), seal=seal)
    assert "champion" not in reader_of(folder).models()["line"].aliases()


@pytest.mark.parametrize("update", [{"format_version": 2}, {"reader_features": ["x"]}])
def test_a_newer_format_is_rejected(folder: Path, update: dict[str, Any]) -> None:
    """The reader stops, also if the check does not match, and names the release."""
    path = folder / "registry" / "nbregistry.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | update))
    with pytest.raises(FormatError, match=r"install 0\.1\.0"):
        reader_of(folder)


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', '{"a":NaN}', "[]", '{"a":' + "[" * 64 + "]" * 64 + "}", "{"],
)
def test_invalid_json_is_rejected(tmp_path: Path, text: str) -> None:
    """Duplicate names, numbers that are not JSON, and too many levels are rejected."""
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(FormatError):
        load(path)


@pytest.mark.parametrize(
    "value",
    [
        {"b": [], "a": {}, "\U0001f31f": 1, "\uff00": 2, "é": '\u2028\x7f\x00\x1f\t"\\/'},
        [0.1, 1.0, -0.0, 1e16, 123456789012345.0, 1e-5, 0.0001, 5e-324, 1.7976931348623157e308],
        [0, -1, 2**64, True, False, None],
    ],
)
def test_canonical_json_equals_that_of_the_package(value: Any) -> None:
    """Both programs hash the same bytes."""
    assert canonical(value) == canonical_json(value)


NUMBERS = range(1, 27)
FORGED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "replaced": lambda event: None,
    "replaced without a link": lambda event: event.update(prev=None),
    "replaced by one of the first releases": lambda event: (
        event.pop("registry"),
        event.update(prev=None),
    ),
}


def state_of(folder: Path, home: Path) -> dict[str, Any]:
    """Return aliases, statuses, tags and notes of the model `line`, as the package reads them."""
    keyring = golden.trusting_keyring(folder, home)
    registry = ModelRegistry(folder / "registry", keyring=keyring)
    versions = registry.list_models("line", include_deleted=True, order_by="version")
    return {
        "aliases": {alias: found.version for found in versions for alias in found.aliases},
        "versions": {
            found.version: (found.status, found.tags, [note.text for note in found.notes])
            for found in versions
        },
    }


def state_by_specification(folder: Path) -> dict[str, Any]:
    """Return the same by the independent reader."""
    model = reader_of(folder).models()["line"]
    return {
        "aliases": model.aliases(),
        "versions": {
            number: (
                model.status.get(number, "active"),
                model.tags[number],
                model.notes.get(number, []),
            )
            for number in model.versions
        },
    }


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("damage", [*FORGED, "missing", "changed", "copied"])
def test_the_state_with_a_damaged_event_is_equal(
    folder: Path, tmp_path: Path, number: int, damage: str
) -> None:
    """Both programs follow the same events if one is missing, changed or replaced."""
    path = folder / "registry" / "models/line/events" / f"e{number:06d}.json"
    if damage == "missing":
        path.unlink()
    elif damage == "changed":
        change(path, lambda event: event["content"].update(version=8), seal=True)
    elif damage == "copied":
        path.write_bytes((path.parent / f"e{number % 26 + 1:06d}.json").read_bytes())
    else:
        tamper(tmp_path, path, FORGED[damage])
    assert state_by_specification(folder) == state_of(folder, tmp_path)


def tamper(home: Path, path: Path, edit: Callable[[dict[str, Any]], Any]) -> None:
    """Replace an event by another one of an unknown signer."""
    fields = json.loads(path.read_text())
    edit(fields)
    fields["content"]["actor"] = "mallory"
    fields["check"] = check_of(fields, "check", "signature")
    fields["signature"] = golden.new_keyring(home / "forger").sign(fields["check"])
    path.write_text(json.dumps(fields))


def blocks(language: str) -> list[str]:
    """Return the code blocks of the page in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_are_those_of_the_golden_registry() -> None:
    """Descriptor, signature, payload and event on the page are taken from the registry."""
    root = NEWEST / "registry"
    descriptor, signature, payload, event = blocks("json")
    assert descriptor == (root / "nbregistry.json").read_text()
    assert event == (root / EVENT).read_text()
    assert json.loads(signature) == json.loads(event)["signature"]
    record = json.loads((root / "models/line/versions/v000002.json").read_text())
    artifact, shown = record["content"]["artifact"], json.loads(payload)
    assert set(shown) == set(artifact)
    assert all(shown[name] == artifact[name] for name in shown if name != "globals")


def test_the_digests_of_the_examples_are_correct() -> None:
    """The bytes on the page have the check, the signature and the fingerprint that it states."""
    event = json.loads(blocks("json")[-1])
    small, sealed, signed = blocks("text")[-3:]
    assert hashlib.sha256(small.strip().encode()).hexdigest() in PAGE
    assert hashlib.sha256(sealed.strip("\n").encode()).hexdigest() == event["check"]
    assert f"these {len(sealed.strip(chr(10)).encode())} bytes" in PAGE
    message, key = signed.splitlines()
    assert ast.literal_eval(message) == b"exo-nbregistry record 1\n" + event["check"].encode()
    assert len(ast.literal_eval(message)) == 88
    assert key == fingerprint(str(signer_of(event)))


@pytest.mark.parametrize("module", ["format_json", "format_reader"])
def test_the_reader_does_not_use_the_package(module: str) -> None:
    """The reader imports only the standard library and cryptography."""
    source = (ROOT / f"tests/{module}.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"^(?:from|import) ([\w.]+)", source, re.MULTILINE))
    own = {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names}
    assert {name.partition(".")[0] for name in own - {"tests.format_json"}} <= {"cryptography"}


@pytest.fixture
def with_checkpoints(tmp_path: Path) -> Path:
    """Return a registry with a checkpoint of the index and one of events."""
    with small_checkpoints(block=256):
        registry = ModelRegistry(tmp_path / "registry", durable=False)
        registry.register_model({"value": 1}, "toy")
        for number in range(8):
            registry.tag_model("toy:1", f"t{number}")
        registry.list_models()
        # Another process has to read all events.
        ModelRegistry(tmp_path / "registry", durable=False).load_model("toy")
    return tmp_path / "registry"


def test_a_checkpoint_is_as_on_the_page(with_checkpoints: Path) -> None:
    """Its record is sealed and signed like others, and names a compressed database."""
    folder = with_checkpoints / "nbregistry.json.checkpoint"
    record = load(folder / "000001.json")
    assert (record["kind"], record["model"], record["number"]) == ("checkpoint", "", 1)
    assert record["registry"] == load(with_checkpoints / "nbregistry.json")["registry_id"]
    assert record["check"] == check_of(record, "check", "signature")
    assert signer_of(record)
    content = record["content"]
    assert sorted(content) == ["schema", "sha256", "size_bytes", "unpacked_bytes", "versions"]
    data = (folder / f"{content['sha256']}.sqlite.gz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == content["sha256"]
    assert len(data) == content["size_bytes"]
    unpacked = gzip.decompress(data)
    assert len(unpacked) == content["unpacked_bytes"]
    assert unpacked.startswith(b"SQLite format 3")


def test_a_checkpoint_of_events_is_as_on_the_page(with_checkpoints: Path) -> None:
    """It has the fields of the events up to its number."""
    folder = with_checkpoints / "models/toy/events"
    record = load(folder / "checkpoint-e000008.json")
    assert (record["kind"], record["model"], record["number"]) == ("events", "toy", 8)
    assert record["check"] == check_of(record, "check", "signature")
    assert signer_of(record)
    events = [load(folder / f"e{number:06d}.json") for number in range(1, 9)]
    assert record["content"] == {"events": events}
