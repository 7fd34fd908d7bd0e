"""Records that were written for another registry."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.values.json_codec import digest_json

RECORD = "models/toy/versions/v00000{}.json"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[ModelRegistry, ModelRegistry]:
    """Return two registries of the same user: one with two versions, the other with one."""
    first, second = (ModelRegistry(tmp_path / name, durable=False) for name in ("first", "second"))
    for value in (1, 2):
        first.register_model({"value": value}, "toy")
    second.register_model({"value": 3}, "toy")
    return first, second


def test_a_record_names_its_registry(pair: tuple[ModelRegistry, ModelRegistry]) -> None:
    """Each new version and event has the id of its registry in its sealed fields."""
    first, _ = pair
    first.set_alias("toy", "champion", 1)
    for path in Path(first.location).glob("models/toy/*/[ve]0*.json"):
        fields = json.loads(path.read_text())
        assert fields["registry"] == first.registry_id
        sealed = {k: v for k, v in fields.items() if k not in ("check", "signature")}
        assert fields["check"] == digest_json(sealed)


def test_a_version_of_another_registry_is_rejected(
    pair: tuple[ModelRegistry, ModelRegistry], caplog: pytest.LogCaptureFixture
) -> None:
    """A record with a trusted signature that was copied from another registry is not read."""
    first, second = pair
    source, target = Path(first.location), Path(second.location)
    shutil.copytree(source / "models/toy/blobs", target / "models/toy/blobs", dirs_exist_ok=True)
    shutil.copy(source / RECORD.format(2), target / RECORD.format(2))
    registry = ModelRegistry(target)
    for call in (registry.load_model, registry.get_metadata):
        with pytest.raises(RecordError, match=r"belongs to another registry .*import_model"):
            call("toy:2")
    assert registry.list_models().ids == ("toy:1",)
    assert "toy:2 is omitted" in caplog.text
    (fault,) = registry.verify().faults
    assert (fault.key, fault.kind) == (RECORD.format(2), "damaged")
    assert "belongs to another registry" in fault.message


def test_an_import_signs_again(pair: tuple[ModelRegistry, ModelRegistry], tmp_path: Path) -> None:
    """import_model writes the record for its own registry."""
    first, second = pair
    folder = first.export_model("toy:2", tmp_path / "out")
    assert second.import_model(folder) == "toy:2"
    assert second.load_model("toy:2")[0] == {"value": 2}
    assert second.verify()


def test_a_copy_keeps_its_id(pair: tuple[ModelRegistry, ModelRegistry], tmp_path: Path) -> None:
    """A copy of the folder is the same registry."""
    first, _ = pair
    shutil.copytree(first.location, tmp_path / "copy")
    copy = ModelRegistry(tmp_path / "copy")
    assert copy.registry_id == first.registry_id
    assert copy.load_model("toy:2")[0] == {"value": 2}
    assert copy.verify()


def test_a_record_of_an_earlier_release_is_read(
    pair: tuple[ModelRegistry, ModelRegistry],
) -> None:
    """A record without an id belongs to any registry."""
    first, _ = pair
    path = Path(first.location) / RECORD.format(2)
    fields = json.loads(path.read_text())
    old = {k: v for k, v in fields.items() if k not in ("check", "signature", "registry")}
    check = digest_json(old)
    path.write_bytes(
        Record(path.name, old | {"check": check, "signature": Keyring().sign(check)}).to_bytes()
    )
    registry = ModelRegistry(first.location)
    assert registry.load_model("toy:2")[0] == {"value": 2}
    assert registry.verify()
