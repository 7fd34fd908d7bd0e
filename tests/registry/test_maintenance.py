"""Verification, statistics, garbage collection and trusted signers."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.errors import (
    FormatVersionError,
    InvalidReferenceError,
    NotFoundError,
    RegistryError,
    UntrustedModelError,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.persistence.bomb import Bomb
from tests.tamper import reseal


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with one version, opened by its author."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"value": Fraction(1, 3)}, "toy", algorithm="dict")
    return registry


@pytest.fixture
def reader(registry: ModelRegistry, tmp_path: Path) -> ModelRegistry:
    """Return the registry as opened by another user."""
    return ModelRegistry(registry.location, keyring=Keyring(tmp_path / "reader"))


@pytest.mark.parametrize("by", ["key", "fingerprint", "reference", "alias"])
def test_a_signer_is_trusted_by_key_or_reference(
    registry: ModelRegistry, reader: ModelRegistry, by: str
) -> None:
    """A signer is trusted by public key, fingerprint, version or alias."""
    registry.set_alias("toy", "champion", 1)
    key = Keyring()
    signer = {
        "key": str(key.public_key),
        "fingerprint": str(key.fingerprint),
        "reference": "toy:1",
        "alias": "toy@champion",
    }
    with pytest.raises(UntrustedModelError):
        reader.load_model("toy")
    assert reader.trust_signer(signer[by], "ada") == key.fingerprint
    assert reader.trusted_signers() == {key.fingerprint: "ada"}
    assert reader.load_model("toy")[0] == {"value": Fraction(1, 3)}
    assert reader.verify()


def test_a_distrusted_signer_is_rejected(reader: ModelRegistry) -> None:
    """A model of a distrusted signer is not loaded."""
    reader.distrust_signer(reader.trust_signer("toy:1"))
    assert reader.trusted_signers() == {}
    with pytest.raises(UntrustedModelError):
        reader.load_model("toy")


def test_an_unknown_signer_is_not_found(registry: ModelRegistry, reader: ModelRegistry) -> None:
    """An unknown fingerprint or an unsigned version cannot be trusted."""
    with pytest.raises(NotFoundError, match="pass the public key itself"):
        reader.trust_signer("SHA256:missing")
    path = Path(registry.location, "models/toy/versions/v000001.json")
    reseal(path, lambda _: None)
    with pytest.raises(NotFoundError, match="is not signed"):
        ModelRegistry(registry.location).trust_signer("toy:1")


def test_a_damaged_version_does_not_hide_a_signer(
    registry: ModelRegistry, reader: ModelRegistry
) -> None:
    """A fingerprint is found although another version is damaged."""
    registry.register_model({"value": 2}, "toy")
    Path(registry.location, "models/toy/versions/v000001.json").write_bytes(b"")
    assert reader.trust_signer(str(Keyring().fingerprint)) == Keyring().fingerprint


def test_maintenance_does_not_unpickle(registry: ModelRegistry, tmp_path: Path) -> None:
    """Verification, statistics, listing and garbage collection do not unpickle models."""
    registry.register_model(Bomb(tmp_path / "marker"), "bomb")
    assert registry.verify()
    registry.get_registry_stats()
    registry.collect_garbage(grace_s=-1)
    assert len(registry.list_models()) == 2
    registry.history("bomb")
    assert not (tmp_path / "marker").exists()


def test_a_dry_run_changes_nothing(registry: ModelRegistry) -> None:
    """Garbage is listed by default, and removed with dry_run=False only."""
    stray = Path(registry.location, "models/toy/tmp/stray")
    stray.write_bytes(b"123")
    (item,) = registry.collect_garbage(grace_s=-1)
    assert (item.key, item.size_bytes) == ("models/toy/tmp/stray", 3)
    assert stray.exists()
    assert registry.collect_garbage(dry_run=False, grace_s=-1) == [item]
    assert not stray.exists()
    assert registry.collect_garbage(dry_run=False, grace_s=-1) == []


def test_a_dry_run_works_without_writing(registry: ModelRegistry) -> None:
    """If writing requires a newer release, garbage is listed but cannot be removed."""
    stray = Path(registry.location, "models/toy/tmp/stray")
    stray.write_bytes(b"123")
    descriptor = Path(registry.location, "nbregistry.json")
    fields = json.loads(descriptor.read_text())
    del fields["check"]
    descriptor.write_text(json.dumps(fields | {"writer_features": ["quotas"]}))
    reserved = ModelRegistry(registry.location)
    assert len(reserved.collect_garbage(grace_s=-1)) == 1
    with pytest.raises(FormatVersionError, match="quotas"):
        reserved.collect_garbage(dry_run=False, grace_s=-1)
    assert stray.exists()


def test_statistics_count_each_payload_once(registry: ModelRegistry) -> None:
    """A shared payload counts once, and purged versions have no size."""
    one = registry.get_registry_stats()
    registry.register_model({"value": Fraction(1, 3)}, "toy", algorithm="dict", description="again")
    two = registry.get_registry_stats()
    assert (two["versions"], two["size_bytes"]) == (2, one["size_bytes"])
    assert two["by_algorithm"] == {"dict": 2}
    registry.purge_model("toy:1")
    registry.purge_model("toy:2")
    none = registry.get_registry_stats()
    assert (none["models"], none["versions"], none["deleted"]) == (0, 0, 2)
    assert none["by_algorithm"] == {}
    assert none["size_bytes"] == 0


def test_statistics_count_living_versions(
    registry: ModelRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    """Deleted versions are counted as deleted only, in the statistics and the summary."""
    registry.register_model({"value": 2}, "toy", algorithm="other")
    registry.delete_model("toy:2")
    stats = registry.get_registry_stats()
    assert (stats["models"], stats["versions"], stats["deleted"]) == (1, 1, 1)
    assert stats["by_algorithm"] == {"dict": 1}
    registry.print_registry_summary()
    assert "1 model, 1 version, 1 deleted" in capsys.readouterr().out
    registry.delete_model("toy:1")
    assert registry.get_registry_stats()["models"] == 0


def test_an_empty_registry_has_statistics(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty registry has no versions, and the summary has its location."""
    registry = ModelRegistry(tmp_path / "empty", create=True)
    assert registry.get_registry_stats()["versions"] == 0
    registry.print_registry_summary()
    assert str(tmp_path / "empty") in capsys.readouterr().out


@pytest.mark.parametrize("signer", [None, 3, "", "ssh-rsa AAAA", "ada lovelace", "ssh-ed25519 A"])
def test_an_invalid_signer_is_rejected(registry: ModelRegistry, signer: Any) -> None:
    """An invalid signer raises an error and is not trusted."""
    with pytest.raises(InvalidReferenceError):
        registry.trust_signer(signer)
    assert registry.trusted_signers() == {}


@pytest.mark.parametrize("grace", ["1d", None, float("nan"), float("inf")])
def test_the_grace_period_must_be_a_number(registry: ModelRegistry, grace: Any) -> None:
    """An invalid grace period raises an error."""
    with pytest.raises(RegistryError, match="number of seconds"):
        registry.collect_garbage(grace_s=grace)


def test_the_status_of_a_signer(registry: ModelRegistry, reader: ModelRegistry) -> None:
    """The status of a signer is own for the author, and unknown or trusted for other users."""
    assert registry.signer_status("toy").status == "own"
    assert reader.signer_status("toy:1").status == "unknown"
    reader.trust_signer("toy:1", "ada")
    verdict = reader.signer_status("toy:1")
    assert (verdict.status, verdict.name) == ("trusted", "ada")
    assert verdict.signer == Keyring().fingerprint


def test_a_copied_signature_is_invalid(registry: ModelRegistry) -> None:
    """A signature that was copied from another record is invalid and has no signer."""
    registry.register_model({"value": 2}, "toy")
    there = Path(registry.location) / "models/toy/versions"
    signature = json.loads((there / "v000001.json").read_text())["signature"]
    reseal(there / "v000002.json", lambda check: signature)
    verdict = ModelRegistry(registry.location).signer_status("toy:2")
    assert (verdict.status, verdict.signer) == ("invalid", None)
