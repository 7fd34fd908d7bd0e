"""The trust in versions that were moved in."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.records.imported import Imported, record_status
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.record import EVENT, VERSION, Record, seal
from exo_nbregistry.records.version_fields import version_issues
from exo_nbregistry.signing.keyring import Keyring

METADATA = ModelMetadata(
    model_id="rf:1", model_name="rf", version=1, created_at=datetime(2026, 1, 1, tzinfo=UTC)
)


def sealed(keyring: Keyring, content: dict[str, Any], kind: str = VERSION) -> Record:
    """Return a signed record."""
    place: dict[str, Any] = {"key": "k", "model": "rf", "number": 1, "prev": None, "txn": "t"}
    return seal(kind=kind, content=content, sign=keyring.sign, **place)


def content(trusted: bool | None) -> dict[str, Any]:
    """Return the content of a version that was moved in, or registered if `trusted` is None."""
    imported = None if trusted is None else Imported("MLflow", "mlflow:rf:7", trusted)
    return dataclasses.replace(METADATA, imported=imported).to_record()


def test_a_signature_is_not_trust_in_the_files(tmp_path: Path) -> None:
    """The own signature of a version that was moved in counts only if its files are trusted."""
    keyring = Keyring(tmp_path)
    found = [record_status(keyring, sealed(keyring, content(t))) for t in (None, True, False)]
    assert [status.status for status in found] == ["own", "own", "imported"]
    assert [status.trusted for status in found] == [True, True, False]
    assert found[2].signer == keyring.fingerprint


@pytest.mark.parametrize("value", [True, "yes", {}, {"trusted": 1}, {"trusted": "true"}, [], 0])
def test_any_other_value_is_not_trust(tmp_path: Path, value: Any) -> None:
    """Only the boolean true in the field is trust."""
    keyring = Keyring(tmp_path)
    record = sealed(keyring, content(None) | {"imported": value})
    assert record_status(keyring, record).status == "imported"


def test_other_signers_stay_unknown(tmp_path: Path) -> None:
    """An unknown signer cannot become trusted by the field, nor does an event have it."""
    other, keyring = Keyring(tmp_path / "other"), Keyring(tmp_path / "own")
    assert record_status(keyring, sealed(other, content(True))).status == "unknown"
    keyring.trust(str(other.public_key), "ada")
    assert record_status(keyring, sealed(other, content(False))).status == "imported"
    event = sealed(keyring, {"action": "note", "imported": {}}, EVENT)
    assert record_status(keyring, event).status == "own"


def test_the_field_is_validated_and_restored() -> None:
    """The metadata have the origin again; a record with another form is rejected."""
    fields = content(False)
    assert ModelMetadata.from_dict(fields).imported == Imported("MLflow", "mlflow:rf:7")
    assert version_issues(fields, "rf", 1) == []
    for wrong in ({"tool": "MLflow"}, {"tool": 1, "source_id": "a"}, "MLflow"):
        assert version_issues(fields | {"imported": wrong}, "rf", 1)
    assert "imported" not in content(None)
