"""The signers of a registry, and trust in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exo_nbregistry.errors import IntegrityError, NotFoundError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.tamper import reseal


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with two versions and an alias, opened by another user."""
    author = ModelRegistry(tmp_path / "registry", durable=False)
    for value in (1, 2):
        author.register_model({"value": value}, "toy", algorithm="dict")
    author.set_alias("toy", "champion", 2)
    return ModelRegistry(tmp_path / "registry", keyring=Keyring(tmp_path / "reader"))


def tamper(registry: ModelRegistry) -> str:
    """Replace the signature of version 1 by one of another version, and return its signer."""
    folder = Path(registry.location) / "models/toy/versions"
    signature = json.loads((folder / "v000002.json").read_text())["signature"]
    reseal(folder / "v000001.json", lambda _: signature)
    return signature["public_key"]


def test_the_signer_of_an_invalid_signature_cannot_be_trusted(registry: ModelRegistry) -> None:
    """A record names its key itself, so an invalid signature does not name its author."""
    tamper(registry)
    with pytest.raises(IntegrityError, match=r"The signature of toy:1 is invalid.* ask the author"):
        registry.trust_signer("toy:1", "ada")
    assert registry.trusted_signers() == {}


def test_a_fingerprint_needs_a_valid_signature(registry: ModelRegistry, tmp_path: Path) -> None:
    """A fingerprint that is only in an invalid signature is not found."""
    eve = Keyring(tmp_path / "eve")
    signature = eve.sign("another text")
    path = Path(registry.location) / "models/toy/versions/v000001.json"
    reseal(path, lambda _: signature)
    with pytest.raises(NotFoundError, match="No version or event in this registry is signed by"):
        registry.trust_signer(str(eve.fingerprint))


def test_the_signer_of_an_unsigned_version_cannot_be_trusted(registry: ModelRegistry) -> None:
    """An unsigned version has no key, and the error asks for one."""
    path = Path(registry.location) / "models/toy/versions/v000001.json"
    reseal(path, lambda _: None)
    with pytest.raises(NotFoundError, match="toy:1 is not signed; ask its author"):
        registry.trust_signer("toy:1")


def test_the_signers_of_a_registry_are_listed(registry: ModelRegistry) -> None:
    """Each key is listed with its valid signatures and the user names that its owner chose."""
    tamper(registry)
    (signer,) = registry.list_signers()
    own = Keyring()
    assert (signer.fingerprint, signer.public_key) == (own.fingerprint, own.public_key)
    assert (signer.status, signer.name, signer.versions, signer.events) == ("unknown", None, 1, 1)
    assert len(signer.claims) == 1
    registry.trust_signer(signer.fingerprint, "ada")
    assert [(s.status, s.name) for s in registry.list_signers()] == [("trusted", "ada")]
