"""Signatures, their status, and the protection of the user's key."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.errors import StoreError
from exo_nbregistry.signing import own_key
from exo_nbregistry.signing.keyring import Keyring, SignerStatus
from exo_nbregistry.signing.user_files import config_folder

ROOT = Path(__file__).resolve().parents[2]
CHECK = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
posix = pytest.mark.skipif(os.name != "posix", reason="Windows keeps no permission bits")
openssh = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="OpenSSH is not installed")


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """Return a keyring with a key."""
    made = Keyring(tmp_path_factory.mktemp("config"))
    made.sign(CHECK)
    return made


@settings(deadline=None)  # the first example loads libraries
@given(TEXTS)
def test_a_signature_of_the_user_is_own(keyring: Keyring, check: str) -> None:
    """Any checksum that the user signed has the status own."""
    verdict = keyring.signer_status(check, keyring.sign(check))
    assert verdict.status == "own"
    assert verdict.trusted
    assert verdict.signer == keyring.fingerprint
    assert "@" in (verdict.name or "")


@settings(deadline=None)  # the first example loads libraries
@given(TEXTS, TEXTS)
def test_a_signature_is_for_one_check(keyring: Keyring, check: str, other: str) -> None:
    """A signature of another checksum is invalid."""
    expected = "own" if check == other else "invalid"
    assert keyring.signer_status(other, keyring.sign(check)).status == expected
    assert keyring.signer_status(CHECK + other, keyring.sign(CHECK + check)).status == expected


def test_the_signed_message_has_the_documented_form(keyring: Keyring) -> None:
    """The signed message is the line that names the format, followed by the checksum."""
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    signature = keyring.sign(CHECK)
    key = load_ssh_public_key(signature["public_key"].encode())
    message = b"exo-nbregistry record 1\n" + CHECK.encode()
    key.verify(base64.b64decode(signature["value"]), message)


@settings(deadline=None)  # the first example loads libraries
@given(st.integers(0, 511))
def test_a_changed_bit_invalidates_a_signature(keyring: Keyring, bit: int) -> None:
    """A signature with any changed bit is invalid and does not name a signer."""
    signature = keyring.sign(CHECK)
    value = bytearray(base64.b64decode(signature["value"]))
    value[bit // 8] ^= 1 << bit % 8
    changed = signature | {"value": base64.b64encode(value).decode()}
    assert keyring.signer_status(CHECK, changed) == SignerStatus("invalid")


@settings(deadline=None)  # the first example loads libraries
@given(JSON, st.sampled_from(["algorithm", "public_key", "value", None]))
def test_garbage_is_invalid(keyring: Keyring, garbage: object, field: str | None) -> None:
    """Any JSON value in place of a signature or one of its fields is invalid, not an error."""
    signature = garbage if field is None else keyring.sign(CHECK) | {field: garbage}
    expected = "unsigned" if signature is None else "invalid"
    assert keyring.signer_status(CHECK, signature).status == expected


@pytest.mark.parametrize(
    "change",
    [
        {"algorithm": "ed448"},
        {"algorithm": "ED25519"},
        {"public_key": "ssh-ed25519 " + "A" * 68},
        {"value": ""},
    ],
)
def test_another_form_is_invalid(keyring: Keyring, change: dict[str, str]) -> None:
    """A signature with another algorithm, a damaged key or without a value is invalid."""
    assert keyring.signer_status(CHECK, keyring.sign(CHECK) | change).status == "invalid"


def test_a_signature_has_one_spelling(keyring: Keyring) -> None:
    """The same signature in another base64 text, or a key with a comment, is invalid."""
    signature = keyring.sign(CHECK)
    last = signature["value"][-3]
    spelt = signature["value"][:-3] + chr(ord(last) + 1) + "=="
    assert base64.b64decode(spelt) == base64.b64decode(signature["value"])
    assert keyring.signer_status(CHECK, signature | {"value": spelt}).status == "invalid"
    commented = signature | {"public_key": signature["public_key"] + " ada"}
    assert keyring.signer_status(CHECK, commented).status == "invalid"


def test_check_text_that_cannot_be_signed_is_invalid(keyring: Keyring) -> None:
    """A checksum with a lone surrogate, which cannot be signed, is invalid."""
    assert keyring.signer_status("\ud800", keyring.sign(CHECK)).status == "invalid"


def test_no_signature_is_unsigned(keyring: Keyring) -> None:
    """A record without a signature is unsigned and not trusted."""
    verdict = keyring.signer_status(CHECK, None)
    assert verdict == SignerStatus("unsigned")
    assert not verdict.trusted


def test_a_signer_is_trusted_and_distrusted(tmp_path: Path) -> None:
    """A signer is unknown, then trusted after trust, and unknown again after distrust."""
    mine, theirs = Keyring(tmp_path / "mine"), Keyring(tmp_path / "theirs")
    signature = theirs.sign(CHECK)
    assert mine.sign(CHECK) != signature
    assert mine.signer_status(CHECK, signature) == SignerStatus("unknown", theirs.fingerprint)
    fingerprint = mine.trust(theirs.public_key or "", "ada@mars")
    assert fingerprint == theirs.fingerprint
    verdict = mine.signer_status(CHECK, signature)
    assert verdict == SignerStatus("trusted", fingerprint, "ada@mars")
    assert verdict.trusted
    assert mine.trusted() == {fingerprint: "ada@mars"}
    assert mine.signer_status("another", signature).status == "invalid"
    mine.distrust(fingerprint)
    assert mine.signer_status(CHECK, signature).status == "unknown"


def test_trust_reaches_an_open_keyring(tmp_path: Path) -> None:
    """An open keyring sees the signers that another keyring, as in another kernel, trusts."""
    open_one, theirs = Keyring(tmp_path / "mine"), Keyring(tmp_path / "theirs")
    signature = theirs.sign(CHECK)
    assert open_one.signer_status(CHECK, signature).status == "unknown"
    Keyring(tmp_path / "mine").trust(signature["public_key"], "ada")
    assert open_one.signer_status(CHECK, signature).status == "trusted"


def test_checking_a_signature_creates_no_file(tmp_path: Path, keyring: Keyring) -> None:
    """Checking a signature, listing signers and reading the own key do not create files."""
    new = Keyring(tmp_path / "config")
    assert new.signer_status(CHECK, keyring.sign(CHECK)).status == "unknown"
    assert (new.public_key, new.fingerprint, new.trusted()) == (None, None, {})
    assert list(tmp_path.iterdir()) == []


def test_the_default_folder_is_the_config_folder() -> None:
    """Without a folder, the key is created in the user's config folder."""
    Keyring().sign(CHECK)
    assert sorted(os.listdir(config_folder())) == ["id_ed25519", "id_ed25519.pub"]


def test_the_key_is_kept(tmp_path: Path) -> None:
    """A later keyring has the same key, also if the public key file is missing or wrong."""
    first = Keyring(tmp_path).sign(CHECK)
    public = tmp_path / "id_ed25519.pub"
    line = public.read_text()
    public.unlink()
    later = Keyring(tmp_path)
    assert later.signer_status(CHECK, first).status == "own"
    public.write_text("ssh-ed25519 nonsense")
    assert later.signer_status(CHECK, first).status == "own"
    assert later.sign(CHECK) == first
    assert public.read_text() == line


@posix
def test_only_the_user_can_read_the_key(tmp_path: Path) -> None:
    """Only the user can read the key and open its folder."""
    Keyring(tmp_path / "config").sign(CHECK)
    assert (tmp_path / "config").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "config" / "id_ed25519").stat().st_mode & 0o777 == 0o600


@posix
def test_a_key_that_others_can_read_is_rejected(tmp_path: Path) -> None:
    """A key that others can read is not used, and the error has the chmod command to run."""
    Keyring(tmp_path).sign(CHECK)
    (tmp_path / "id_ed25519").chmod(0o644)
    with pytest.raises(StoreError, match=r"other users can read it; run chmod 600 .*id_ed25519"):
        Keyring(tmp_path).sign(CHECK)


@pytest.mark.parametrize("content", [b"", b"garbage", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA"])
def test_a_damaged_key_is_not_replaced(tmp_path: Path, monkeypatch, content: bytes) -> None:
    """A file that is not a key is an error that names it, and the file is unchanged."""
    path = tmp_path / "id_ed25519"
    path.write_bytes(content)
    path.chmod(0o600)
    ticks = iter(range(100))
    monkeypatch.setattr("time.monotonic", lambda: next(ticks))
    with pytest.raises(StoreError, match="must be an unencrypted OpenSSH ed25519 key") as caught:
        Keyring(tmp_path).sign(CHECK)
    assert caught.value.key == "id_ed25519"
    assert path.read_bytes() == content


def test_a_key_that_is_being_written_is_awaited(tmp_path: Path, monkeypatch) -> None:
    """If a key file is still empty, which is possible without hard links, signing waits for it."""
    made = Keyring(tmp_path).sign(CHECK)
    path = tmp_path / "id_ed25519"
    content = path.read_bytes()
    path.write_bytes(b"")
    monkeypatch.setattr("time.sleep", lambda seconds: path.write_bytes(content))
    assert Keyring(tmp_path).sign(CHECK) == made


@posix
def test_an_awaited_key_must_be_closed_too(tmp_path: Path, monkeypatch) -> None:
    """A key that others can read is not used, also if it was empty at first."""
    path = tmp_path / "id_ed25519"
    path.touch(0o600)
    monkeypatch.setattr("time.sleep", lambda seconds: path.chmod(0o644))
    with pytest.raises(StoreError, match="other users can read it"):
        Keyring(tmp_path).sign(CHECK)


def test_an_empty_key_is_awaited_for_a_second(tmp_path: Path, monkeypatch) -> None:
    """Signing looks again every 10 ms, and gives up after one second."""
    (tmp_path / "id_ed25519").touch(0o600)
    now, waits = [100.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += 0.25
        assert len(waits) < 10

    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", sleep)
    with pytest.raises(StoreError, match="must be an unencrypted"):
        Keyring(tmp_path).sign(CHECK)
    assert waits == [0.01] * 4


def test_a_key_that_is_removed_at_once_is_an_error(tmp_path: Path, monkeypatch) -> None:
    """If the new key disappears before it is read, the error asks to try again."""
    monkeypatch.setattr(own_key, "create_private", lambda *_: None)
    with pytest.raises(StoreError, match=r"id_ed25519 was removed; try again") as caught:
        Keyring(tmp_path).sign(CHECK)
    assert caught.value.key == "id_ed25519"
    assert not (tmp_path / "id_ed25519.pub").exists()


def test_the_own_name_is_in_the_public_key_file(tmp_path: Path, monkeypatch) -> None:
    """The name is the comment of the public key file; without the file it is user@host."""
    monkeypatch.setattr("getpass.getuser", lambda: "Ada L")
    monkeypatch.setattr("platform.node", lambda: "mars base")
    keyring = Keyring(tmp_path)
    signature = keyring.sign(CHECK)
    public = tmp_path / "id_ed25519.pub"
    assert public.read_text() == f"{signature['public_key']} AdaL@marsbase\n"
    public.write_text(f"{signature['public_key']} another name\n")
    for each in (keyring, Keyring(tmp_path)):
        assert each.signer_status(CHECK, signature).name == "another name"
    public.unlink()
    assert keyring.signer_status(CHECK, signature).name == "AdaL@marsbase"
    assert (keyring.public_key, keyring.fingerprint) == (
        signature["public_key"],
        keyring.signer_status(CHECK, signature).signer,
    )


def test_a_user_without_a_name_can_sign(tmp_path: Path, monkeypatch) -> None:
    """In a container the user may have no name."""

    def fail() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", fail)
    keyring = Keyring(tmp_path)
    name = keyring.signer_status(CHECK, keyring.sign(CHECK)).name
    assert name is not None
    assert name.startswith("unknown@")


def test_the_public_key_file_need_not_be_written(tmp_path: Path, monkeypatch) -> None:
    """Signing succeeds if only the public key file cannot be written."""

    def fail(*_: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(own_key, "replace_private", fail)
    keyring = Keyring(tmp_path)
    assert keyring.signer_status(CHECK, keyring.sign(CHECK)).status == "own"
    assert os.listdir(tmp_path) == ["id_ed25519"]


def test_the_public_key_file_is_written_once(tmp_path: Path) -> None:
    """A file that has the right key is kept, with its comment."""
    line = Keyring(tmp_path).sign(CHECK)["public_key"]
    (tmp_path / "id_ed25519.pub").write_text(f"{line} my laptop\n")
    Keyring(tmp_path).sign(CHECK)
    assert (tmp_path / "id_ed25519.pub").read_text() == f"{line} my laptop\n"


@openssh
@pytest.mark.parametrize("options", [["-t", "ecdsa", "-N", ""], ["-t", "ed25519", "-N", "secret"]])
def test_another_kind_of_key_is_rejected(tmp_path: Path, options: list[str]) -> None:
    """A key with another algorithm or a passphrase is an error."""
    path = tmp_path / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", *options, "-f", path], check=True)
    with pytest.raises(StoreError, match="must be an unencrypted OpenSSH ed25519 key"):
        Keyring(tmp_path).sign(CHECK)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, keyring: Keyring) -> None:
    """If a key or signer cannot be written, the error names the variable to set."""
    (tmp_path / "file").touch()
    stuck = Keyring(tmp_path / "file" / "config")
    reason = (
        r"^Cannot create a signing key in .*EXO_NBREGISTRY_SIGNING_KEY.*EXO_NBREGISTRY_CONFIG_DIR"
    )
    with pytest.raises(StoreError, match=reason) as caught:
        stuck.sign(CHECK)
    assert caught.value.key == str(tmp_path / "file" / "config")
    with pytest.raises(StoreError, match=r"trusted signers in .*EXO_NBREGISTRY_CONFIG_DIR"):
        stuck.trust(keyring.public_key or "", "ada")


@openssh
def test_openssh_reads_the_key_files(tmp_path: Path) -> None:
    """ssh-keygen signs with the key, reads the signers with rules, and has the same fingerprint."""
    keyring = Keyring(tmp_path)
    keyring.sign(CHECK)
    keyring.trust(keyring.public_key or "", "ada@mars")
    with (tmp_path / "allowed_signers").open("a") as signers:
        signers.write("# policy champion: ada@mars\n")
    assert keyring.alias_signers("champion") == {keyring.fingerprint}
    key, space = str(tmp_path / "id_ed25519"), ["-n", "exo-nbregistry"]
    listed = subprocess.run(["ssh-keygen", "-lf", key], check=True, capture_output=True, text=True)
    assert keyring.fingerprint in listed.stdout.split()
    message = tmp_path / "message"
    message.write_bytes(b"hello")
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, *space, message], check=True)
    signed = ["-f", str(tmp_path / "allowed_signers"), "-I", "ada@mars", "-s", f"{message}.sig"]
    verify = ["ssh-keygen", "-Y", "verify", *space, *signed]
    subprocess.run(verify, input=b"hello", check=True, capture_output=True)


def test_processes_agree_on_one_key(tmp_path: Path) -> None:
    """If several processes sign for the first time at once, all use the key that is stored."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from exo_nbregistry.signing.keyring import Keyring\n"
        f"Keyring(Path({str(tmp_path / 'warm')!r})).sign('')\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "for number in range(30):\n"
        f"    folder = Path({str(tmp_path)!r}, str(number))\n"
        "    print(Keyring(folder).sign('')['public_key'])\n"
    )
    command = [sys.executable, "-c", code]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": ROOT, "text": True}
    racers = [subprocess.Popen(command, **pipes) for _ in range(4)]
    assert [racer.stdout.readline() for racer in racers] == ["ready\n"] * 4
    for racer in racers:
        racer.stdin.write("\n")
        racer.stdin.flush()
    signed = [racer.communicate()[0].splitlines() for racer in racers]
    kept = [Keyring(tmp_path / str(number)).sign("")["public_key"] for number in range(30)]
    assert signed == [kept] * 4
    assert sorted(os.listdir(tmp_path / "0")) == ["id_ed25519", "id_ed25519.pub"]
