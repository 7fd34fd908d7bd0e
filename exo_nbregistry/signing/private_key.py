"""Private keys: create, read and write them, and find the key in an environment variable.

Source: OpenSSH PROTOCOL.key, RFC 5958 (PKCS #8).
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from exo_nbregistry.errors import RegistryError, StoreError
from exo_nbregistry.signing.public_keys import PublicKey
from exo_nbregistry.signing.user_files import read_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_VARIABLE = "EXO_NBREGISTRY_SIGNING_KEY"

_PEM = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----(.*?)-----END \1-----", re.DOTALL)
_SPACE = re.compile(r"\\[nr]|\s+")
_LINE_CHARACTERS = 70
_HINT = "ssh-keygen -t ed25519 -N '' -f FILE creates one"


class EncryptedKey(Exception):  # noqa: N818 - callers turn it into their own error
    """The key requires a passphrase; the argument is its format."""


def new_key() -> bytes:
    """Return a new private key in OpenSSH format."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return write_key(Ed25519PrivateKey.generate())


def write_key(key: Ed25519PrivateKey, passphrase: str = "") -> bytes:
    """Return a private key in OpenSSH format; with a passphrase, in PKCS #8."""
    from cryptography.hazmat.primitives import serialization as forms

    if not passphrase:
        return key.private_bytes(
            forms.Encoding.PEM, forms.PrivateFormat.OpenSSH, forms.NoEncryption()
        )
    # Encryption in OpenSSH format requires another package, bcrypt.
    encryption = forms.BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, encryption)


def parse_private_key(data: bytes, passphrase: str = "") -> Ed25519PrivateKey | None:
    """Return an ed25519 key in OpenSSH or PKCS #8 format, or None if it is not one.

    Raises
    ------
    EncryptedKey
        If the key is encrypted, and the passphrase is missing or wrong.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        load_pem_private_key,
        load_ssh_private_key,
    )

    password = passphrase.encode() or None
    encrypted = b"ENCRYPTED PRIVATE KEY" in data
    try:
        key = load_pem_private_key(data, password) if encrypted or _is_pem(data) else None
        key = key or load_ssh_private_key(data, None)
    except UnsupportedAlgorithm:
        return None
    except (ValueError, TypeError) as error:
        if encrypted or (isinstance(error, TypeError) and "password" in str(error)):
            kind = "" if encrypted else "OpenSSH"
            raise EncryptedKey(kind) from None
        return None
    return key if isinstance(key, Ed25519PrivateKey) else None


def public_of(key: Ed25519PrivateKey) -> PublicKey:
    """Return the public part of a key."""
    return PublicKey(key.public_key().public_bytes_raw())


def parse_exported_key(data: bytes, where: str, ask: Callable[[], str]) -> Ed25519PrivateKey:
    """Return the key in a file of ``trust export-key`` or ``ssh-keygen``.

    Parameters
    ----------
    data : bytes
        Content of the file.
    where : str
        Its path, for errors.
    ask : callable
        Returns the passphrase; called if the key is encrypted.

    Returns
    -------
    Ed25519PrivateKey
        The key.

    Raises
    ------
    RegistryError
        If it is another kind of file, or the passphrase is wrong.
    """
    try:
        key = parse_private_key(data)
    except EncryptedKey as error:
        if str(error):
            raise RegistryError(
                f"{where} is an OpenSSH key with a passphrase; remove it from a copy "
                "(ssh-keygen -p -N '' -f COPY), then import the copy."
            ) from None
        try:
            key = parse_private_key(data, ask())
        except EncryptedKey:
            raise RegistryError("The passphrase is wrong; try again.") from None
    if key is None:
        raise RegistryError(
            f"{where} is not an ed25519 private key; pass a file of trust export-key or ssh-keygen."
        )
    return key


def require_private_key(data: bytes, where: str, hint: str) -> Ed25519PrivateKey:
    """Return an unencrypted key.

    Parameters
    ----------
    data : bytes
        Content of the key file.
    where : str
        Its place, for the error.
    hint : str
        What to do if it is not such a key.

    Returns
    -------
    Ed25519PrivateKey
        The key.

    Raises
    ------
    StoreError
        If it is another kind of key; the message does not contain any part of it.
    """
    try:
        key = parse_private_key(data)
    except EncryptedKey:
        raise StoreError(
            f"{where} must be an unencrypted OpenSSH ed25519 key, and this one has a passphrase; "
            "remove it from a copy (ssh-keygen -p -N '' -f COPY) or use another key.",
            key=Path(where).name,
        ) from None
    if key is None:
        raise StoreError(
            f"{where} must be an unencrypted OpenSSH ed25519 key; {hint}.",
            key=Path(where).name,
        )
    return key


def key_of_variable(value: str) -> Ed25519PrivateKey:
    r"""Return the key that an environment variable has or names.

    Parameters
    ----------
    value : str
        Path of a key file; or the key, with line breaks, with ``\n`` or spaces in place of them, or
        in base64.

    Returns
    -------
    Ed25519PrivateKey
        The key.

    Raises
    ------
    StoreError
        If it is not a key; the message does not contain the value, which can be a damaged key.
    """
    text = _key_text(value)
    if text is not None:
        return require_private_key(text, KEY_VARIABLE, _HINT)
    try:
        path = Path(os.path.abspath(os.path.expanduser(value.strip())))
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    try:
        data = read_private(path, "secret") if exists else None
    except StoreError as error:
        raise StoreError(
            f"{error} If it is a mounted secret, {KEY_VARIABLE} can have its content instead.",
            key=KEY_VARIABLE,
        ) from error
    if data is None:
        raise StoreError(
            f"{KEY_VARIABLE} is neither a private key nor the path of an existing file; set it to "
            "a path, or to the complete content of the key file.",
            key=KEY_VARIABLE,
        )
    return require_private_key(data, str(path), _HINT)


def _key_text(value: str) -> bytes | None:
    """Return the key in a value with regular line breaks, or None if it is not a key."""
    found = _PEM.search(value)
    if found is None:
        try:
            decoded = base64.b64decode("".join(value.split()), validate=True)
            found = _PEM.search(decoded.decode("ascii"))
        except (binascii.Error, ValueError):
            found = None
    if found is None:
        return value.encode("utf-8", "replace") if "-----BEGIN" in value else None
    body = _SPACE.sub("", found[2])
    lines = [body[at : at + _LINE_CHARACTERS] for at in range(0, len(body), _LINE_CHARACTERS)]
    return "\n".join(
        [f"-----BEGIN {found[1]}-----", *lines, f"-----END {found[1]}-----\n"]
    ).encode()


def _is_pem(data: bytes) -> bool:
    return b"OPENSSH" not in data
