"""Public keys in OpenSSH format."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.signing.public_keys import PublicKey, parse_key, parse_key_file

ADA = PublicKey(b"a" * 32)
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
