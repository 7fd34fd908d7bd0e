"""Public keys and the file of trusted signers, in OpenSSH formats."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.errors import InvalidReferenceError, NotFoundError, StoreError
from exo_nbregistry.signing.public_keys import (
    PublicKey,
    TrustedSigners,
    parse_key,
    parse_key_file,
    parse_signers,
)

ADA, BOB = PublicKey(b"a" * 32), PublicKey(b"b" * 32)
KEYS = st.binary(min_size=32, max_size=32).map(PublicKey)


@given(KEYS, st.text())
def test_a_key_line_is_read_back(key: PublicKey, comment: str) -> None:
    """Each key is parsed from its line, with or without a comment."""
    assert parse_key(key.line) == key
    assert parse_key(f"{key.line} {comment}") == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        ADA.line.replace("ssh-ed25519", "ssh-rsa"),
        ADA.line[:-4],
        ADA.line + "AAAA",
        ADA.line.replace("AAAA", "AA*AA"),
        ADA.line.replace("AAAAC3", "AAAABB"),
        "ssh-ed25519 é",
    ],
)
def test_an_invalid_key_is_rejected(text: str) -> None:
    """Any text other than one complete ed25519 key is a ValueError and not a key file."""
    with pytest.raises(ValueError, match=r"."):
        parse_key(text)
    assert parse_key_file(text) is None


def test_a_key_file_has_a_comment() -> None:
    """The comment of a key file is returned; without one it is None."""
    assert parse_key_file(f"{ADA.line} ada@mars\n") == (ADA, "ada@mars")
    assert parse_key_file(f"{ADA.line} the key  of Ada\n") == (ADA, "the key of Ada")
    assert parse_key_file(ADA.line) == (ADA, None)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f'ada namespaces="exo-nbregistry" {ADA.line}', "ada"),
        (f'ada namespaces="git,exo-nbregistry" {ADA.line} a comment', "ada"),
        (f'ada NameSpaces="exo-nbregistry" {ADA.line}\r', "ada"),
        (f"ada,ada@mars\t{ADA.line}", "ada,ada@mars"),
        (f'"Ada L" {ADA.line}', "Ada L"),
        (f'"X" {ADA.line}', "X"),
    ],
)
def test_a_line_that_trusts_is_read(line: str, name: str) -> None:
    """Each line that allows a key to sign for this package, or for any, makes it trusted."""
    assert parse_signers(f"# signers\n\n{line}\n") == {ADA.fingerprint: name}


@pytest.mark.parametrize(
    "line",
    [
        ADA.line,
        f"# ada {ADA.line}",
        f'ada namespaces="git" {ADA.line}',
        f'ada namespaces="!exo-nbregistry" {ADA.line}',
        f'ada namespaces="exo-nbregistry",valid-before="20200101" {ADA.line}',
        f"ada cert-authority {ADA.line}",
        "ada ssh-ed25519",
        "ada cert-authority ssh-ed25519",
        f'ada namespaces="exo-nbregistry" {ADA.line[:-4]}',
        f"# a comment\u2028ada {ADA.line}",
    ],
)
def test_a_restricted_line_is_ignored(line: str) -> None:
    """A line for another purpose or a limited time, or an invalid line, is ignored."""
    assert parse_signers(line) == {}


def test_an_ignored_line_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An ignored line is named in the log; a comment is not."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        parse_signers("# fine\n\nnot a line\n  # fine\n")
    assert [record.args for record in caplog.records] == [(3,)]


@settings(deadline=None)  # it waits for the disk
@given(st.binary() | st.text().map(str.encode), KEYS)
def test_other_lines_are_kept(tmp_path_factory, before: bytes, key: PublicKey) -> None:
    """Adding and removing a signer restores the file, except for the end of its last line."""
    path: Path = tmp_path_factory.mktemp("config") / "allowed_signers"
    path.write_bytes(before)
    signers = TrustedSigners(path.parent)
    fingerprint = signers.add(key.line, "ada")
    assert signers.names()[fingerprint] == "ada"
    signers.remove(fingerprint)
    assert fingerprint not in signers.names()
    assert path.read_bytes() == (before if before.endswith(b"\n") or not before else before + b"\n")


def test_a_signer_can_be_renamed(tmp_path) -> None:
    """Adding a key again renames its signer and keeps one line."""
    signers = TrustedSigners(tmp_path)
    signers.add(ADA.line, "ada")
    signers.add(BOB.line, "bob")
    signers.add(ADA.line, "ada@mars")
    assert signers.names() == {BOB.fingerprint: "bob", ADA.fingerprint: "ada@mars"}
    assert len((tmp_path / "allowed_signers").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    "name", ["", "Ada Lovelace", "a\nb", "a,b", "#a", '"a"', "*", "!a", "a\x00", "x" * 200, None]
)
def test_a_name_cannot_break_its_line(tmp_path, name) -> None:
    """A name that would change the meaning of its line is an error, and nothing is written."""
    with pytest.raises(InvalidReferenceError, match="Invalid signer name") as caught:
        TrustedSigners(tmp_path).add(ADA.line, name)
    assert (caught.value.text, caught.value.rule) == (str(name), "letters, digits and '._@+-'")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["SHA256:abc", "", None, 7, b"ssh-ed25519 AAAA"])
def test_only_a_key_can_be_trusted(tmp_path, key) -> None:
    """An invalid public key is an error that names the file to use."""
    with pytest.raises(InvalidReferenceError, match=r"id_ed25519\.pub") as caught:
        TrustedSigners(tmp_path).add(key, "ada")
    assert (caught.value.text, caught.value.rule) == (str(key), "ssh-ed25519 <base64>")


def test_an_unknown_signer_cannot_be_removed(tmp_path) -> None:
    """Removing an unknown key is an error that names the trusted fingerprints."""
    signers = TrustedSigners(tmp_path)
    signers.add(ADA.line, "ada")
    with pytest.raises(NotFoundError) as caught:
        signers.remove(BOB.fingerprint)
    assert (caught.value.name, caught.value.known) == (BOB.fingerprint, (ADA.fingerprint,))


def test_a_file_that_cannot_be_written_is_named(tmp_path) -> None:
    """The error has the folder and the reason."""
    folder = tmp_path / "file" / "config"
    (tmp_path / "file").touch()
    reason = rf"^Cannot write the trusted signers in {re.escape(str(folder))} \(\w+"
    with pytest.raises(StoreError, match=reason) as caught:
        TrustedSigners(folder).add(ADA.line, "ada")
    assert caught.value.key == str(folder)
