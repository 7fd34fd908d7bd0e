"""The check of the descriptor, damaged descriptors, and how each is repaired."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import (
    FormatVersionError,
    IntegrityError,
    RecordError,
    RegistryNotFoundError,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.json_codec import digest_json


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a registry with one version."""
    ModelRegistry(tmp_path / "registry", durable=False).register_model({"a": 1}, "toy")
    return tmp_path / "registry"


def change(folder: Path, seal: bool = False, **fields: Any) -> None:
    """Change fields of the descriptor; a field of None is removed."""
    path = folder / "nbregistry.json"
    new = json.loads(path.read_text()) | fields
    new = {name: value for name, value in new.items() if value is not None}
    if seal:
        new["check"] = digest_json({k: v for k, v in new.items() if k != "check"})
    path.write_text(json.dumps(new))


def test_a_descriptor_has_the_digest_of_its_fields(folder: Path) -> None:
    """The check is the SHA-256 of the canonical JSON of the other fields."""
    fields = json.loads((folder / "nbregistry.json").read_text())
    check = fields.pop("check")
    assert check == digest_json(fields)


def test_a_changed_id_is_noticed(folder: Path) -> None:
    """A descriptor whose check does not match is an error with the repair."""
    change(folder, registry_id="0" * 32)
    with pytest.raises(IntegrityError, match=r"nbregistry\.json was changed .* backup .*create="):
        ModelRegistry(folder)


def test_a_descriptor_of_an_earlier_release_has_no_check(folder: Path) -> None:
    """A descriptor without a check is read, because earlier releases wrote none."""
    change(folder, check=None)
    assert ModelRegistry(folder).load_model("toy:1")[0] == {"a": 1}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("registry_id", None),
        ("registry_id", 7),
        ("registry_id", ""),
        ("registry_id", "x" * 100_000),
        ("writer_features", "abc"),
        ("writer_features", [1]),
        ("reader_features", {}),
    ],
    ids=repr,
)
def test_an_invalid_field_is_named(folder: Path, name: str, value: Any) -> None:
    """A field with a wrong type or length is an error that names it and the repair."""
    change(folder, seal=True, **{name: value})
    with pytest.raises(RecordError, match=rf"{name} must .*create it again with") as raised:
        ModelRegistry(folder)
    assert len(str(raised.value)) < 700
    assert raised.value.issues


def test_a_newer_format_is_named_before_its_fields_are_checked(folder: Path) -> None:
    """A newer format can have other fields and another check."""
    change(folder, format_version=2, registry_id=7)
    with pytest.raises(FormatVersionError, match="requires format 2"):
        ModelRegistry(folder)


@pytest.mark.parametrize("data", [b"\xff\xfe", b'{"a": 1, "a": 2}', b"[" * 5000, b'"\\ud800"'])
def test_a_descriptor_that_is_not_json_tells_how_to_repair_it(folder: Path, data: bytes) -> None:
    """Any other bytes are an error with the repair."""
    (folder / "nbregistry.json").write_bytes(data)
    with pytest.raises(RecordError, match=r"nbregistry\.json .* backup .*create=True"):
        ModelRegistry(folder)


def test_a_lost_descriptor_is_restored_with_its_id(folder: Path) -> None:
    """create=True restores the id from the records, and nothing else does."""
    registry_id = ModelRegistry(folder).registry_id
    (folder / "nbregistry.json").unlink()
    registry = ModelRegistry(folder)
    calls: list[Callable[[], Any]] = [
        lambda: registry.load_model("toy"),
        lambda: registry.register_model({"a": 2}, "toy"),
    ]
    for call in calls:
        with pytest.raises(RegistryNotFoundError, match=r"no nbregistry\.json\..*create=True"):
            call()
    assert not (folder / "nbregistry.json").exists()
    again = ModelRegistry(folder, create=True)
    assert again.registry_id == registry_id
    assert again.load_model("toy:1")[0] == {"a": 1}
    assert again.verify()


def test_a_lost_id_is_the_one_of_most_models(folder: Path) -> None:
    """A record from elsewhere and a damaged record do not decide about the id."""
    registry = ModelRegistry(folder, durable=False)
    for name in ("b", "c"):
        registry.register_model({name: 1}, name)
    other = ModelRegistry(folder.with_name("other"), durable=False)
    other.register_model({"z": 1}, "a")
    (folder.with_name("other") / "models" / "a").rename(folder / "models" / "a")
    (folder / "models/b/versions/v000001.json").write_text("{")
    (folder / "nbregistry.json").unlink()
    assert ModelRegistry(folder, create=True).registry_id == registry.registry_id
