"""Public keys in the format of OpenSSH.

Source: RFC 8709 (ed25519 keys).
"""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass

from exo_nbregistry.errors import InvalidReferenceError

KEY_TYPE = "ssh-ed25519"

_BLOB_HEAD = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An ed25519 public key.

    Attributes
    ----------
    raw : bytes of length 32
        The key.

    Examples
    --------
    >>> key = PublicKey(bytes(32))
    >>> key.line[:27]
    'ssh-ed25519 AAAAC3NzaC1lZDI'
    >>> parse_key(key.line) == key
    True
    """

    raw: bytes

    @property
    def line(self) -> str:
        """The key in OpenSSH format, without a comment."""
        return f"{KEY_TYPE} {base64.b64encode(_BLOB_HEAD + self.raw).decode()}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key in OpenSSH format, ``SHA256:...``."""
        return _fingerprint(self.raw)


@functools.lru_cache(maxsize=256)
def _fingerprint(raw: bytes) -> str:
    digest = hashlib.sha256(_BLOB_HEAD + raw).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


@functools.lru_cache(maxsize=256)
def parse_key(text: str) -> PublicKey:
    """Parse a public key line, such as the content of ``id_ed25519.pub``.

    Raises
    ------
    ValueError
        If the text is not an ed25519 key.
    """
    kind, body, *_ = text.split(maxsplit=2)
    blob = base64.b64decode(body, validate=True)
    if kind != KEY_TYPE or not blob.startswith(_BLOB_HEAD) or len(blob) != len(_BLOB_HEAD) + 32:
        raise ValueError(f"not one {KEY_TYPE} key")
    return PublicKey(blob[len(_BLOB_HEAD) :])


def require_key(text: str) -> PublicKey:
    """Parse a public key that a user passed.

    Raises
    ------
    InvalidReferenceError
        If the text is not an ed25519 key.
    """
    try:
        return parse_key(text)
    except (ValueError, AttributeError, TypeError):
        raise InvalidReferenceError(
            f"Invalid public key {text!r}; pass the line in the signer's "
            f"id_ed25519.pub, which begins with '{KEY_TYPE}'.",
            text=str(text),
            rule=f"{KEY_TYPE} <base64>",
        ) from None


def parse_key_file(text: str) -> tuple[PublicKey, str | None] | None:
    """Return key and comment of an ``id_ed25519.pub``, or None if it is invalid."""
    try:
        return parse_key(text), " ".join(text.split()[2:]) or None
    except ValueError:
        return None
