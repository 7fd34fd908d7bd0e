"""The commands on trusted signers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring

Run = Callable[..., Result]


@pytest.fixture
def friend(tmp_path: Path) -> Keyring:
    """Return the keyring of another user."""
    keyring = Keyring(tmp_path / "friend")
    keyring.sign("0" * 64)
    return keyring


def test_a_signer_is_added_and_removed(run: Run, friend: Keyring) -> None:
    """A public key is trusted after confirmation, listed under its name, and removed."""
    key = str(friend.public_key)
    assert run("trust", "add", key, "--name", "ada@home", typed="n\n").exit_code == 1
    assert Keyring().trusted() == {}
    assert run("trust", "add", key, "--name", "ada@home", "--yes").exit_code == 0
    assert json.loads(run("trust", "list", "--json").stdout)["trusted"] == {
        friend.fingerprint: "ada@home"
    }
    assert "ada@home" in run("trust", "list").stdout
    assert run("trust", "remove", friend.fingerprint).exit_code == 0
    assert run("trust", "remove", friend.fingerprint).exit_code == 1


def test_the_own_key_is_shown(run: Run) -> None:
    """The list includes the public key of the user."""
    text = run("trust", "list").stdout
    assert str(Keyring().fingerprint) in text
    assert str(Keyring().public_key) in text


def test_the_list_creates_no_key(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key, the list shows a hint and creates no key."""
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "new_user"))
    assert "created when you first register" in run("trust", "list").stdout
    assert not (tmp_path / "new_user").exists()


def test_the_signer_of_a_version_is_trusted(
    run: Run, friend: Keyring, registry: ModelRegistry, tmp_path: Path
) -> None:
    """A reference to a version adds the signer of the version."""
    theirs = ModelRegistry(tmp_path / "registry", durable=False, keyring=friend)
    ref = theirs.register_model(model={"planet": True}, model_name="theirs")
    assert run("export", ref, "out").exit_code == 1
    assert run("trust", "add", ref, "--name", "ada@home", "--yes").exit_code == 0
    assert Keyring().trusted() == {friend.fingerprint: "ada@home"}
    assert registry.load_model(ref)[0] == {"planet": True}
