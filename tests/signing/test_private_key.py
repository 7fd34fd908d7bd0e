"""The signing key in an environment variable, and its formats."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from exo_nbregistry.errors import StoreError
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.signing.private_key import (
    EncryptedKey,
    key_of_variable,
    parse_private_key,
    public_of,
    write_key,
)
from exo_nbregistry.signing.user_files import config_folder

VARIABLE = "EXO_NBREGISTRY_SIGNING_KEY"
openssh = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH is not installed")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """Return the key file of another keyring."""
    Keyring(tmp_path / "ci").sign("")
    return tmp_path / "ci" / "id_ed25519"


def forms(path: Path) -> dict[str, str]:
    """Return the values of the variable that mean the key in a file."""
    text = path.read_text()
    return {
        "path": str(path),
        "key": text,
        "key without the last line break": text.rstrip("\n"),
        "escaped line breaks": text.replace("\n", "\\n"),
        "windows line breaks": text.replace("\n", "\r\n"),
        "spaces": text.replace("\n", " "),
        "base64": base64.b64encode(text.encode()).decode(),
        "wrapped base64": base64.encodebytes(text.encode()).decode(),
        "quoted": f'"{text}"',
    }


@pytest.mark.parametrize("form", list(forms(Path(os.devnull))))
def test_the_key_of_the_variable_signs(key_file: Path, monkeypatch, form: str) -> None:
    """A key in any form in which secrets are given to CI signs, and no file is written."""
    monkeypatch.setenv(VARIABLE, forms(key_file)[form])
    theirs = Keyring(key_file.parent)
    keyring = Keyring()
    assert keyring.sign("abc") == theirs.sign("abc")
    assert (keyring.public_key, keyring.fingerprint) == (theirs.public_key, theirs.fingerprint)
    assert keyring.signer_status("abc", theirs.sign("abc")).status == "own"
    assert not config_folder().exists()


def test_a_path_can_begin_with_the_home_folder(key_file: Path, monkeypatch) -> None:
    """The path may begin with a tilde, such as ~/.ssh/id_ed25519."""
    monkeypatch.setenv("HOME", str(key_file.parent))
    assert public_of(key_of_variable("~/id_ed25519")).line == Keyring(key_file.parent).public_key


@pytest.mark.parametrize("damage", ["missing", "cut", "changed", "base64 of a text", "public"])
def test_a_wrong_value_is_not_printed(key_file: Path, damage: str) -> None:
    """A value that is not a key is an error with the variable, which does not print any of it."""
    text = key_file.read_text()
    secret = text.splitlines()[2]
    value = {
        "missing": f"/no/such/{secret}",
        "cut": text[:200],
        "changed": text.replace(secret, secret[::-1]),
        "base64 of a text": base64.b64encode(secret.encode()).decode(),
        "public": str(Keyring(key_file.parent).public_key),
    }[damage]
    with pytest.raises(StoreError, match=VARIABLE) as caught:
        key_of_variable(value)
    assert caught.value.__cause__ is None
    assert all(part not in str(caught.value) for part in (secret, secret[::-1], value))


def test_a_named_file_that_is_not_a_key_is_named(tmp_path: Path) -> None:
    """A file that is not a key is an error with its path and the command that creates one."""
    path = tmp_path / "notes"
    path.touch(0o600)
    with pytest.raises(StoreError, match=r"notes must be an unencrypted OpenSSH ed25519 key.*-t"):
        key_of_variable(str(path))


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps no permission bits")
def test_a_named_key_that_others_can_read_is_rejected(key_file: Path) -> None:
    """A key file that the user owns must not be readable by others, as for ssh."""
    key_file.chmod(0o644)
    with pytest.raises(StoreError, match=r"other users can read it; run chmod 600.*content"):
        key_of_variable(str(key_file))


@openssh
@pytest.mark.parametrize("kind", ["rsa", "passphrase"])
def test_another_kind_of_ssh_key_is_an_error(tmp_path: Path, kind: str) -> None:
    """An RSA key and a key with a passphrase are errors that state what to do."""
    path = tmp_path / "key"
    options = ["-t", "rsa", "-N", ""] if kind == "rsa" else ["-t", "ed25519", "-N", "secret"]
    subprocess.run(["ssh-keygen", "-q", "-f", path, *options], check=True)
    expected = "ssh-keygen -t ed25519" if kind == "rsa" else "has a passphrase; remove it"
    with pytest.raises(StoreError, match=expected):
        key_of_variable(str(path))


@openssh
def test_the_users_ssh_key_can_sign(tmp_path: Path, monkeypatch) -> None:
    """A key that ssh-keygen wrote signs, and its fingerprint is the one that ssh-keygen shows."""
    path = tmp_path / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    monkeypatch.setenv(VARIABLE, str(path))
    shown = subprocess.run(["ssh-keygen", "-lf", path], capture_output=True, text=True, check=True)
    assert Keyring().fingerprint in shown.stdout.split()


def test_a_key_with_a_passphrase_is_read_back(key_file: Path) -> None:
    """A written key is read with its passphrase only."""
    key = parse_private_key(key_file.read_bytes())
    assert key is not None
    data = write_key(key, "a passphrase é")
    found = parse_private_key(data, "a passphrase é")
    assert found is not None
    assert public_of(found) == public_of(key)
    for wrong in ("", "another"):
        with pytest.raises(EncryptedKey):
            parse_private_key(data, wrong)


def test_own_older_versions_remain_own(key_file: Path, monkeypatch) -> None:
    """Signatures of the key in the config folder stay own if the variable has another key."""
    before = Keyring().sign("abc")
    monkeypatch.setenv(VARIABLE, str(key_file))
    assert Keyring().signer_status("abc", before).status == "own"
    assert Keyring().sign("abc") != before


def test_the_name_of_the_variables_key_is_that_of_the_team(key_file: Path, monkeypatch) -> None:
    """On each machine the own key has the name in the team's file; without one, user and host."""
    monkeypatch.setenv(VARIABLE, str(key_file))
    signature = Keyring().sign("abc")
    assert "@" in str(Keyring().signer_status("abc", signature).name)
    team = key_file.parent / "team"
    team.touch(0o600)
    team.write_text(f"ci-of-vetting {signature['public_key']}\n")
    monkeypatch.setenv("EXO_NBREGISTRY_TRUSTED_SIGNERS", str(team))
    status = Keyring().signer_status("abc", signature)
    assert (status.status, status.name) == ("own", "ci-of-vetting")


def test_a_keyring_with_a_folder_ignores_the_environment(key_file: Path, monkeypatch) -> None:
    """A keyring of another folder has the key and the signers of this folder only."""
    monkeypatch.setenv(VARIABLE, "not a key")
    monkeypatch.setenv("EXO_NBREGISTRY_TRUSTED_SIGNERS", "no_such_file")
    keyring = Keyring(key_file.parent)
    assert keyring.signer_status("abc", keyring.sign("abc")).status == "own"
    assert keyring.trusted() == {}


@pytest.mark.parametrize(("value", "logged"), [("true", 1), ("1", 1), ("false", 0), ("", 0)])
def test_a_new_key_in_ci_is_logged(monkeypatch, caplog, value: str, logged: int) -> None:
    """A key that is created in CI is lost with the run, and one message names the variable."""
    monkeypatch.setenv("CI", value)
    for _ in range(2):
        Keyring().sign("abc")
    assert [VARIABLE in record.message for record in caplog.records] == [True] * logged


def test_a_new_key_of_another_folder_is_not_logged_in_ci(monkeypatch, caplog, tmp_path) -> None:
    """The variable does not apply to a keyring of another folder, so no message names it."""
    monkeypatch.setenv("CI", "true")
    Keyring(tmp_path / "keys").sign("abc")
    assert not caplog.records
