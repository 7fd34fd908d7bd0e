"""The trusted signers of the user and of the team, and the rules on aliases."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exo_nbregistry.errors import InvalidReferenceError, NotFoundError, StoreError
from exo_nbregistry.signing.public_keys import PublicKey
from exo_nbregistry.signing.trusted_signers import TrustedSigners

ADA, BOB, EVE = (PublicKey(letter * 32) for letter in (b"a", b"b", b"e"))
KEYS = st.binary(min_size=32, max_size=32).map(PublicKey)


def write(path: Path, *lines: str) -> Path:
    """Write a file of lines, which only its user can change."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(0o600)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


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


def test_a_file_of_the_team_adds_signers(tmp_path: Path) -> None:
    """The signers of the team's files are trusted too, under the user's names if both have one."""
    team = write(tmp_path / "team", f"ada {ADA.line}", f"bob {BOB.line}")
    signers = TrustedSigners(tmp_path / "config", [team])
    signers.add(ADA.line, "ada@mars")
    assert signers.names() == {ADA.fingerprint: "ada@mars", BOB.fingerprint: "bob"}
    own = tmp_path / "config" / "allowed_signers"
    assert signers.sources() == {ADA.fingerprint: (own, team), BOB.fingerprint: (team,)}


def test_a_file_of_the_team_is_never_written(tmp_path: Path) -> None:
    """Removing a signer of the team is an error that names the file."""
    team = write(tmp_path / "team", f"ada {ADA.line}")
    before = team.read_bytes()
    signers = TrustedSigners(tmp_path / "config", [team])
    with pytest.raises(NotFoundError, match=re.escape(f"remove its line in {team}")):
        signers.remove(ADA.fingerprint)
    signers.add(ADA.line, "ada")
    signers.remove(ADA.fingerprint)
    assert signers.names() == {ADA.fingerprint: "ada"}
    assert team.read_bytes() == before


def test_a_missing_file_of_the_team_is_an_error(tmp_path: Path) -> None:
    """A file that the variable names must exist, because its rules protect aliases."""
    signers = TrustedSigners(tmp_path / "config", [tmp_path / "no_file"])
    message = "no_file in EXO_NBREGISTRY_TRUSTED_SIGNERS does not exist; correct the variable"
    with pytest.raises(StoreError, match=message):
        signers.names()


def test_only_the_named_signers_can_move_an_alias(tmp_path: Path) -> None:
    """A rule gives the fingerprints of its names; other aliases have no rule."""
    team = write(
        tmp_path / "team",
        "# policy champion: ada SHA256:x",
        f"ada {ADA.line}",
        f"ada,ada@laptop {BOB.line}",
    )
    rules = TrustedSigners(tmp_path / "config", [team]).alias_signers()
    assert rules == {"champion": {ADA.fingerprint, BOB.fingerprint, "SHA256:x"}}


def test_a_rule_of_the_user_names_signers_of_any_file(tmp_path: Path) -> None:
    """The policy file in the config folder names signers of the user and of the team."""
    team = write(tmp_path / "team", f"bob {BOB.line}")
    signers = TrustedSigners(tmp_path / "config", [team])
    signers.add(ADA.line, "ada")
    write(tmp_path / "config" / "policy", "# who decides", "champion: ada bob")
    assert signers.alias_signers() == {"champion": {ADA.fingerprint, BOB.fingerprint}}


def test_another_rule_can_only_narrow(tmp_path: Path) -> None:
    """If several rules name an alias, a signer must be in each of them."""
    team = write(
        tmp_path / "team", "# policy champion: ada bob", f"ada {ADA.line}", f"bob {BOB.line}"
    )
    signers = TrustedSigners(tmp_path / "config", [team])
    write(tmp_path / "config" / "policy", "champion: bob", f"champion: {EVE.fingerprint} bob")
    assert signers.alias_signers() == {"champion": {BOB.fingerprint}}


def test_a_name_of_another_file_does_not_widen_the_rule_of_a_team(tmp_path: Path) -> None:
    """A rule in a file means the signers of this file, for any names that the user chose."""
    team = write(tmp_path / "team", "# policy champion: ada", f"ada {ADA.line}")
    signers = TrustedSigners(tmp_path / "config", [team])
    signers.add(EVE.line, "ada")
    assert signers.alias_signers() == {"champion": {ADA.fingerprint}}


def test_an_unknown_name_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A rule with an unknown name allows only the others, and one message names it."""
    write(tmp_path / "allowed_signers", "# policy champion: ada adda", f"ada {ADA.line}")
    signers = TrustedSigners(tmp_path)
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        for _ in range(3):
            assert signers.alias_signers() == {"champion": {ADA.fingerprint}}
    (record,) = caplog.records
    assert "unknown signers, who cannot move it: adda" in record.message


def test_a_changed_rule_is_read_again(tmp_path: Path) -> None:
    """An open keyring uses the rules as they are now."""
    signers = TrustedSigners(tmp_path)
    assert signers.alias_signers() == {}
    write(tmp_path / "policy", f"champion: {ADA.fingerprint}")
    assert signers.alias_signers() == {"champion": {ADA.fingerprint}}
    assert signers.rules() == [("champion", (ADA.fingerprint,), tmp_path / "policy")]
    write(tmp_path / "policy")
    assert signers.alias_signers() == {}
