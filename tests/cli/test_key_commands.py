"""The commands on the user's own key."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.signing.user_files import config_folder

Run = Callable[..., Result]
openssh = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH is not installed")


@pytest.fixture
def other(tmp_path: Path) -> Keyring:
    """Return the keyring of the user's other machine."""
    keyring = Keyring(tmp_path / "other")
    keyring.sign("")
    return keyring


def new_user(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Run the next commands as a user without files."""
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(folder))


def test_the_own_line_is_printed(run: Run, tmp_path: Path, monkeypatch) -> None:
    """The printed line trusts the key, which is created if necessary."""
    new_user(monkeypatch, tmp_path / "new_user")
    line = run("trust", "export", "--name", "ada@mars").stdout
    assert line == f'ada@mars namespaces="exo-nbregistry" {Keyring().public_key}\n'


def test_the_default_name_is_that_of_the_key(run: Run) -> None:
    """Without --name, the line has user and host of the key."""
    public = (config_folder() / "id_ed25519.pub").read_text().split()
    assert run("trust", "export").stdout.split()[0] == public[2]


def test_the_own_line_is_added_to_a_file_once(run: Run, other: Keyring, tmp_path: Path) -> None:
    """The line is added to the end of a file, whose other lines stay; a second time it is not."""
    path = tmp_path / "team_signers"
    path.write_text(f"# team\nbob {other.public_key}")
    path.chmod(0o640)
    assert run("trust", "export", path, "--name", "ada").exit_code == 0
    text = path.read_text()
    assert text.startswith(f"# team\nbob {other.public_key}\nada namespaces=")
    assert text.count("ssh-ed25519") == 2
    assert "already has your key" in run("trust", "export", path).stdout
    assert path.read_text() == text
    assert path.stat().st_mode & 0o777 == 0o640 or os.name != "posix"


@pytest.mark.parametrize("name", ["Ada Lovelace", "#a", "a,b"])
def test_an_invalid_own_name_is_an_error(run: Run, tmp_path: Path, name: str) -> None:
    """A name that would change the meaning of the line is an error, and no file is written."""
    shown = run("trust", "export", tmp_path / "signers", "--name", name)
    assert shown.exit_code == 1
    assert "Invalid signer name" in shown.output
    assert not (tmp_path / "signers").exists()


def test_a_key_moves_to_another_machine(run: Run, tmp_path: Path, monkeypatch) -> None:
    """An exported key, which only its user can read, signs on the other machine."""
    path = tmp_path / "copy"
    own = Keyring()
    refused = run("trust", "export-key", path, typed="n\n")
    assert refused.exit_code == 1
    assert "can sign as you" in refused.output
    assert not path.exists()
    assert run("trust", "export-key", path, "--yes").exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600 or os.name != "posix"
    assert run("trust", "export-key", path, "--yes").exit_code == 1
    new_user(monkeypatch, tmp_path / "laptop")
    assert str(own.fingerprint) in run("trust", "import-key", path).stdout
    assert Keyring().sign("abc") == own.sign("abc")
    assert "is already your key" in run("trust", "import-key", path).stdout


def test_a_key_is_printed_for_a_secret_of_ci(run: Run, monkeypatch) -> None:
    """The printed key is a value of the variable."""
    own = Keyring().fingerprint
    monkeypatch.setenv("EXO_NBREGISTRY_SIGNING_KEY", run("trust", "export-key", "-y").stdout)
    assert Keyring().fingerprint == own


def test_a_copy_can_have_a_passphrase(run: Run, tmp_path: Path, monkeypatch) -> None:
    """A protected copy is imported with its passphrase only."""
    path, own = tmp_path / "copy", Keyring().fingerprint
    typed = "a phrase\na phrase\n"
    assert run("trust", "export-key", path, "-y", "--passphrase", typed=typed).exit_code == 0
    assert b"ENCRYPTED" in path.read_bytes()
    new_user(monkeypatch, tmp_path / "laptop")
    wrong = run("trust", "import-key", path, typed="another\n")
    assert (wrong.exit_code, "The passphrase is wrong" in wrong.output) == (1, True)
    assert Keyring().fingerprint is None
    assert run("trust", "import-key", path, typed="a phrase\n").exit_code == 0
    assert Keyring().fingerprint == own


def test_without_a_key_there_is_no_copy(run: Run, tmp_path: Path, monkeypatch) -> None:
    """A user without a key cannot export one, and none is created."""
    new_user(monkeypatch, tmp_path / "new_user")
    shown = run("trust", "export-key", tmp_path / "copy", "-y")
    assert (shown.exit_code, "You do not have a key" in shown.output) == (1, True)
    assert not (tmp_path / "new_user").exists()


def test_another_key_is_replaced_only_on_request(run: Run, other: Keyring, tmp_path: Path) -> None:
    """A key is replaced with --replace; the old one is kept, and its signatures are trusted."""
    old = Keyring().sign("abc")
    file = tmp_path / "other" / "id_ed25519"
    refused = run("trust", "import-key", file)
    assert (refused.exit_code, "pass --replace" in refused.output) == (1, True)
    assert Keyring().sign("abc") == old
    assert run("trust", "import-key", file, "--replace").exit_code == 0
    assert Keyring().fingerprint == other.fingerprint
    assert Keyring().signer_status("abc", old).status == "trusted"
    backup = config_folder() / "id_ed25519.old1"
    assert backup.stat().st_mode & 0o777 == 0o600 or os.name != "posix"
    assert run("trust", "import-key", backup, "--replace").exit_code == 0
    assert Keyring().sign("abc") == old


@pytest.mark.parametrize("content", [b"", b"garbage", b"-----BEGIN OPENSSH PRIVATE KEY-----\nA"])
def test_only_a_key_is_imported(run: Run, tmp_path: Path, content: bytes) -> None:
    """Another file is an error that names it, and the present key stays."""
    before = Keyring().fingerprint
    (tmp_path / "notes").write_bytes(content)
    shown = run("trust", "import-key", tmp_path / "notes", "--replace")
    assert (shown.exit_code, "is not an ed25519 private key" in shown.output) == (1, True)
    assert Keyring().fingerprint == before


def test_a_missing_key_file_is_named(run: Run, tmp_path: Path) -> None:
    """A file that does not exist is an error that names it."""
    shown = run("trust", "import-key", tmp_path / "none")
    assert (shown.exit_code, "Cannot read" in shown.output) == (1, True)


@openssh
def test_an_ssh_key_with_a_passphrase_is_an_error(run: Run, tmp_path: Path) -> None:
    """The error has the command that makes a copy without a passphrase."""
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "phrase", "-f", path], check=True)
    shown = run("trust", "import-key", path, "--replace")
    assert (shown.exit_code, "ssh-keygen -p -N ''" in shown.output) == (1, True)


def test_a_key_in_the_environment_takes_precedence(
    run: Run, other: Keyring, tmp_path: Path, monkeypatch
) -> None:
    """An import while the variable is set states that the variable is used."""
    monkeypatch.setenv("EXO_NBREGISTRY_SIGNING_KEY", str(tmp_path / "other" / "id_ed25519"))
    file = tmp_path / "other" / "id_ed25519"
    shown = run("trust", "import-key", file, "--replace")
    assert "still takes precedence" in shown.output
    assert other.fingerprint in run("trust", "list").stdout
