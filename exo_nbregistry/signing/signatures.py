"""Signatures of the checksums of records, and their verification.

Source: RFC 8032 (ed25519).
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exo_nbregistry.signing.public_keys import PublicKey, parse_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

ALGORITHM = "ed25519"
# Names the purpose, so that other programs do not accept the signature.
_MESSAGE_HEAD = b"exo-nbregistry record 1\n"
_MAX_OWN = 1 << 10
# Signatures that this process has made; it reads its own events again after writing them.
_own: dict[tuple[str, str, str], PublicKey] = {}


def sign(check: str, private: Ed25519PrivateKey, public: PublicKey) -> dict[str, str]:
    """Return the signature of a checksum.

    Parameters
    ----------
    check : str
        The checksum.
    private : Ed25519PrivateKey
        The signing key.
    public : PublicKey
        Its public key.

    Returns
    -------
    dict of str to str
        ``algorithm``, ``public_key`` (one line in OpenSSH format) and ``value`` (base64).
    """
    value = base64.b64encode(private.sign(_message(check))).decode()
    if len(_own) >= _MAX_OWN:
        _own.clear()
    _own[check, public.line, value] = public
    return {"algorithm": ALGORITHM, "public_key": public.line, "value": value}


def verified_key(check: str, signature: Mapping[str, Any]) -> PublicKey | None:
    """Return the key that made a signature, or None if the signature is invalid.

    Parameters
    ----------
    check : str
        The checksum of the record.
    signature : mapping
        Result of `sign`, possibly damaged or forged.
    """
    if not isinstance(signature, Mapping):
        return None
    algorithm, line, value = map(signature.get, ("algorithm", "public_key", "value"))
    if not (isinstance(line, str) and isinstance(value, str)) or algorithm != ALGORITHM:
        return None
    return _own.get((check, line, value)) or _verified(check, line, value)


# Handles share it, so that each event of a journal is verified once in a process.
@functools.lru_cache(maxsize=4096)
def _verified(check: str, line: str, text: str) -> PublicKey | None:
    from cryptography.exceptions import InvalidSignature

    try:
        key = parse_key(line)
        value = base64.b64decode(text, validate=True)
        # A signature has only one valid text: without a comment, and with zero padding bits.
        if line != key.line or base64.b64encode(value).decode() != text:
            return None
        _verifier(key.raw).verify(value, _message(check))
    except (InvalidSignature, ValueError):
        return None
    return key


# Reading a key and verifying a signature take about the same time.
@functools.lru_cache(maxsize=256)
def _verifier(raw: bytes) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(raw)


def _message(check: str) -> bytes:
    return _MESSAGE_HEAD + check.encode()
