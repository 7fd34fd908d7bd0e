"""Checking, counting, clearing up, and deciding who is trusted."""

from __future__ import annotations

import json
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
    """Return a registry with one version, as the user who made it sees it."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model({"value": 1}, "toy", algorithm="dict")
    return registry


@pytest.fixture
def reader(registry: ModelRegistry, tmp_path: Path) -> ModelRegistry:
    """Return it as somebody else sees it."""
    return ModelRegistry(registry.location, keyring=Keyring(tmp_path / "reader"))


@pytest.mark.parametrize("by", ["key", "fingerprint", "reference", "alias"])
def test_a_signer_is_trusted_by_what_is_at_hand(
    registry: ModelRegistry, reader: ModelRegistry, by: str
) -> None:
    """Public key, fingerprint, version and alias all mean the key that signed."""
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
    assert reader.load_model("toy")[0] == {"value": 1}
    assert reader.verify()


def test_trust_can_be_taken_back(reader: ModelRegistry) -> None:
    """What was signed before is not loaded any more."""
    reader.distrust_signer(reader.trust_signer("toy:1"))
    assert reader.trusted_signers() == {}
    with pytest.raises(UntrustedModelError):
        reader.load_model("toy")


def test_an_unknown_signer_is_not_found(registry: ModelRegistry, reader: ModelRegistry) -> None:
    """A fingerprint that signed nothing here needs the key itself."""
    with pytest.raises(NotFoundError, match="pass the public key itself"):
        reader.trust_signer("SHA256:nobody")
    path = Path(registry.location, "models/toy/versions/v000001.json")
    reseal(path, lambda _: None)
    with pytest.raises(NotFoundError, match="is not signed"):
        ModelRegistry(registry.location).trust_signer("toy:1")


def test_a_damaged_version_does_not_hide_a_signer(
    registry: ModelRegistry, reader: ModelRegistry
) -> None:
    """A fingerprint is looked for in all that can be read."""
    registry.register_model({"value": 2}, "toy")
    Path(registry.location, "models/toy/versions/v000001.json").write_bytes(b"")
    assert reader.trust_signer(str(Keyring().fingerprint)) == Keyring().fingerprint


def test_looking_after_a_registry_unpickles_nothing(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """Verifying, counting, listing and clearing up leave no trace of what a pickle would do."""
    registry.register_model(Bomb(tmp_path / "marker"), "bomb")
    assert registry.verify()
    registry.get_registry_stats()
    registry.collect_garbage(grace_s=-1)
    assert len(registry.list_models()) == 2
    registry.history("bomb")
    assert not (tmp_path / "marker").exists()


def test_a_dry_run_changes_nothing(registry: ModelRegistry) -> None:
    """Garbage is listed by default and removed on request only."""
    stray = Path(registry.location, "models/toy/tmp/stray")
    stray.write_bytes(b"123")
    (item,) = registry.collect_garbage(grace_s=-1)
    assert (item.key, item.size_bytes) == ("models/toy/tmp/stray", 3)
    assert stray.exists()
    assert registry.collect_garbage(dry_run=False, grace_s=-1) == [item]
    assert not stray.exists()
    assert registry.collect_garbage(dry_run=False, grace_s=-1) == []


def test_a_dry_run_is_for_everybody(registry: ModelRegistry) -> None:
    """Where a newer release has reserved writing, garbage is listed and nothing is removed."""
    stray = Path(registry.location, "models/toy/tmp/stray")
    stray.write_bytes(b"123")
    descriptor = Path(registry.location, "nbregistry.json")
    fields = json.loads(descriptor.read_text())
    descriptor.write_text(json.dumps(fields | {"writer_features": ["quotas"]}))
    reserved = ModelRegistry(registry.location)
    assert len(reserved.collect_garbage(grace_s=-1)) == 1
    with pytest.raises(FormatVersionError, match="quotas"):
        reserved.collect_garbage(dry_run=False, grace_s=-1)
    assert stray.exists()


def test_stats_count_each_payload_once(registry: ModelRegistry) -> None:
    """Two versions of the same bytes need them once; purged ones need none."""
    one = registry.get_registry_stats()
    registry.register_model({"value": 1}, "toy", algorithm="dict", description="again")
    two = registry.get_registry_stats()
    assert (two["versions"], two["size_bytes"]) == (2, one["size_bytes"])
    assert two["by_algorithm"] == {"dict": 2}
    registry.purge_model("toy:1")
    registry.purge_model("toy:2")
    none = registry.get_registry_stats()
    assert (none["models"], none["versions"], none["deleted"]) == (1, 0, 2)
    assert none["size_bytes"] == 0


def test_an_empty_registry_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is zero, and the summary says where it is."""
    registry = ModelRegistry(tmp_path / "empty")
    assert registry.get_registry_stats()["versions"] == 0
    registry.print_registry_summary()
    assert str(tmp_path / "empty") in capsys.readouterr().out


@pytest.mark.parametrize("signer", [None, 3, "", "ssh-rsa AAAA", "ada lovelace", "ssh-ed25519 A"])
def test_what_is_no_signer_is_refused(registry: ModelRegistry, signer: Any) -> None:
    """Nobody is trusted by a slip of the hand."""
    with pytest.raises(InvalidReferenceError):
        registry.trust_signer(signer)
    assert registry.trusted_signers() == {}


@pytest.mark.parametrize("grace", ["1d", None, float("nan"), float("inf")])
def test_a_grace_is_a_number_of_seconds(registry: ModelRegistry, grace: Any) -> None:
    """Anything else is refused before a file is looked at."""
    with pytest.raises(RegistryError, match="number of seconds"):
        registry.collect_garbage(grace_s=grace)


def test_a_version_tells_who_signed_it_and_whether_that_is_trusted(
    registry: ModelRegistry, reader: ModelRegistry
) -> None:
    """Its writer reads "own", a stranger "unknown", and "trusted" once the signer is."""
    assert registry.signer_status("toy").status == "own"
    assert reader.signer_status("toy:1").status == "unknown"
    reader.trust_signer("toy:1", "ada")
    verdict = reader.signer_status("toy:1")
    assert (verdict.status, verdict.name) == ("trusted", "ada")
    assert verdict.signer == Keyring().fingerprint


def test_a_forged_signature_names_nobody(registry: ModelRegistry) -> None:
    """What was signed for another record is told as no proof, also of a deleted version."""
    registry.register_model({"value": 2}, "toy")
    there = Path(registry.location) / "models/toy/versions"
    signature = json.loads((there / "v000001.json").read_text())["signature"]
    reseal(there / "v000002.json", lambda check: signature)
    verdict = ModelRegistry(registry.location).signer_status("toy:2")
    assert (verdict.status, verdict.signer) == ("invalid", None)
