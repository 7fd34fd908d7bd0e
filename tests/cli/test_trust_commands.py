"""The commands on trusted signers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.signing.user_files import config_folder

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
    listed = json.loads(run("trust", "list", "--json").stdout)
    assert listed["trusted"] == {friend.fingerprint: "ada@home"}
    assert listed["sources"] == {friend.fingerprint: [str(config_folder() / "allowed_signers")]}
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


def test_the_confirmation_has_the_fingerprint(run: Run, friend: Keyring, tmp_path: Path) -> None:
    """The fingerprint is shown before the confirmation, for a reference, a key and itself."""
    theirs = ModelRegistry(tmp_path / "registry", durable=False, keyring=friend)
    ref = theirs.register_model(model={"planet": True}, model_name="theirs")
    for signer in (ref, str(friend.public_key), str(friend.fingerprint)):
        done = run("trust", "add", signer, typed="n\n")
        assert f"Trust {friend.fingerprint}" in done.stdout
        assert done.exit_code == 1
    assert Keyring().trusted() == {}


@pytest.fixture
def team(tmp_path: Path, friend: Keyring, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of the team with the friend and a rule, which the variable names."""
    path = tmp_path / "team_signers"
    path.touch(0o600)
    path.write_text(f"# policy champion: ada@home\nada@home {friend.public_key}\n")
    monkeypatch.setenv("EXO_NBREGISTRY_TRUSTED_SIGNERS", str(path))
    return path


def test_a_signer_of_the_team_is_listed_with_the_file(
    run: Run, friend: Keyring, team: Path
) -> None:
    """The list names the file of each signer, and remove points to the file of the team."""
    shown = run("trust", "list", "--json").stdout
    assert json.loads(shown)["sources"] == {friend.fingerprint: [str(team)]}
    removed = run("trust", "remove", friend.fingerprint)
    assert removed.exit_code == 1
    assert f"remove its line in {team}" in removed.output


def test_a_signer_of_both_files_remains_trusted(run: Run, friend: Keyring, team: Path) -> None:
    """After a signer is removed from the user's list, the command names the other file."""
    Keyring().trust(str(friend.public_key), "ada")
    removed = run("trust", "remove", friend.fingerprint)
    assert f"still trusted by {team}" in removed.output
    assert team.exists()


@pytest.mark.usefixtures("team")
def test_the_rules_are_listed(run: Run, friend: Keyring) -> None:
    """The rules are listed as written, and as fingerprints in JSON."""
    assert "ada@home" in run("trust", "policy").stdout
    shown = json.loads(run("trust", "policy", "--json").stdout)
    assert shown["allowed"] == {"champion": [friend.fingerprint]}


def test_without_rules_a_hint_is_shown(run: Run) -> None:
    """Without a rule, the command states that each signer can move any alias."""
    assert "each trusted signer can move any alias" in run("trust", "policy").stdout


@pytest.mark.parametrize("kind", ["signers", "public key"])
def test_the_signers_of_a_file_are_added(run: Run, friend: Keyring, tmp_path: Path, kind) -> None:
    """A file of signers, or of one public key, is added after one confirmation that lists it."""
    path = tmp_path / "signers"
    other = 'bob namespaces="git" ' + str(friend.public_key)
    lines = {
        "signers": f"# a comment\n{other}\nada@home {friend.public_key}\n",
        "public key": f"{friend.public_key} ada@home\n",
    }
    path.write_text(lines[kind])
    refused = run("trust", "add", path, typed="n\n")
    assert refused.exit_code == 1
    assert str(friend.fingerprint) in refused.output
    assert Keyring().trusted() == {}
    assert run("trust", "add", path, typed="y\n").exit_code == 0
    assert Keyring().trusted() == {friend.fingerprint: "ada@home"}
    assert "No new signers" in run("trust", "add", path).output


@pytest.mark.parametrize("content", [b"", b"ssh-rsa AAAA", b"\xff" * 9])
def test_a_file_without_signers_is_an_error(run: Run, tmp_path: Path, content: bytes) -> None:
    """A file without a key is an error that names it."""
    (tmp_path / "notes").write_bytes(content)
    shown = run("trust", "add", "./notes", "--yes")
    assert shown.exit_code == 1
    assert "notes has no ssh-ed25519 key" in shown.output


@pytest.mark.parametrize(
    "arguments", [[], ["x", "--all-of", "y"], ["--all-of", "y", "--name", "z"]]
)
def test_one_source_of_signers_is_required(run: Run, arguments: list[str]) -> None:
    """A signer and --all-of exclude each other."""
    assert run("trust", "add", *arguments).exit_code == 2


def test_all_signers_of_a_registry_are_added(run: Run, friend: Keyring, tmp_path: Path) -> None:
    """One confirmation lists fingerprints and claimed names; the own key is not listed."""
    theirs = ModelRegistry(tmp_path / "registry", durable=False, keyring=friend)
    theirs.register_model(model={"planet": True}, model_name="theirs")
    refused = run("trust", "add", "--all-of", tmp_path / "registry", typed="n\n")
    assert refused.exit_code == 1
    assert "claims to be" in refused.output
    assert "Anyone can choose a user name" in refused.output
    assert str(friend.fingerprint) in refused.output
    assert str(Keyring().fingerprint) not in refused.output
    added = run("trust", "add", "--all-of", tmp_path / "registry", "--yes")
    assert "1 signer added" in added.output
    assert list(Keyring().trusted()) == [friend.fingerprint]


def test_a_claimed_name_is_not_that_of_a_trusted_signer(
    run: Run, friend: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signer who claims the name in a rule gets another name, and cannot move the alias."""
    ada = Keyring(tmp_path / "ada")
    ada.sign("")
    Keyring().trust(str(ada.public_key), "ada")
    policy = config_folder() / "policy"
    policy.touch(0o600)
    policy.write_text("champion: ada grace\n")
    for name in ("ada", "grace"):
        monkeypatch.setattr(
            "exo_nbregistry.introspection.provenance.current_user", lambda name=name: name
        )
        theirs = ModelRegistry(tmp_path / "registry", durable=False, keyring=friend)
        theirs.register_model(model={"claim": name}, model_name="theirs")
    assert run("trust", "add", "--all-of", tmp_path / "registry", "--yes").exit_code == 0
    assert Keyring().trusted()[str(friend.fingerprint)].startswith("signer-")
    assert Keyring().alias_signers("champion") == {ada.fingerprint}
