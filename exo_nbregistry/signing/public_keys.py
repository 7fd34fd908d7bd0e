"""Public keys and the file of trusted signers, in the formats of OpenSSH.

Source: RFC 8709 (ed25519 keys), ssh-keygen(1) "ALLOWED SIGNERS".
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import logging
import re
from dataclasses import dataclass
from pathlib import Path

from exo_nbregistry.errors import InvalidReferenceError, NotFoundError
from exo_nbregistry.signing.user_files import WatchedFile, read_private, replace_private, unwritable

NAMESPACE = "exo-nbregistry"
KEY_TYPE = "ssh-ed25519"
SIGNERS_FILE = "allowed_signers"

_BLOB_HEAD = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"
_TOKEN = re.compile(r'(?:[^\s"]|"[^"]*")+')
_NAMESPACES = re.compile(r'namespaces="([^"]*)"', re.IGNORECASE)
_NAME = re.compile(r"[^\W_][\w.@+-]{0,127}")
_log = logging.getLogger("exo_nbregistry")


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
        digest = hashlib.sha256(_BLOB_HEAD + self.raw).digest()
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


def parse_key_file(text: str) -> tuple[PublicKey, str | None] | None:
    """Return key and comment of an ``id_ed25519.pub``, or None if it is invalid."""
    try:
        return parse_key(text), " ".join(text.split()[2:]) or None
    except ValueError:
        return None


class TrustedSigners:
    """The file of trusted signers, with one line each.

    Parameters
    ----------
    folder : Path
        The user's config folder; it is created for the first signer.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = WatchedFile(folder / SIGNERS_FILE, parse_signers)

    def names(self) -> dict[str, str]:
        """Return the names of the signers by fingerprint."""
        return self._file.value() or {}

    def add(self, public_key: str, name: str) -> str:
        """Trust a key, or rename a trusted key.

        Returns
        -------
        str
            Fingerprint of the key.

        Raises
        ------
        InvalidReferenceError
            If the key or the name is invalid.
        StoreError
            If the file cannot be written.
        """
        try:
            key = parse_key(public_key)
        except (ValueError, AttributeError, TypeError):
            raise InvalidReferenceError(
                f"Invalid public key {public_key!r}; pass the line in the signer's "
                f"id_ed25519.pub, which begins with '{KEY_TYPE}'.",
                text=str(public_key),
                rule=f"{KEY_TYPE} <base64>",
            ) from None
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise InvalidReferenceError(
                f"Invalid signer name {name!r}; use letters, digits and '._@+-' without spaces, "
                "such as ada@observatory.org.",
                text=str(name),
                rule="letters, digits and '._@+-'",
            )
        self._rewrite(key.fingerprint, f'{name} namespaces="{NAMESPACE}" {key.line}')
        return key.fingerprint

    def remove(self, fingerprint: str) -> None:
        """Stop trusting a key.

        Raises
        ------
        NotFoundError
            If the key is not trusted.
        StoreError
            If the file cannot be written.
        """
        known = self.names()
        if fingerprint not in known:
            raise NotFoundError(
                f"No trusted signer has the fingerprint {fingerprint!r}.",
                name=str(fingerprint),
                known=known,
            )
        self._rewrite(fingerprint)

    def _rewrite(self, without: str, *new: str) -> None:
        text = (read_private(self._file.path) or b"").decode("utf-8", "surrogateescape")
        kept = text.removesuffix("\n").split("\n") if text else []
        lines = [line for line in kept if _fingerprint(line) != without] + list(new)
        content = "".join(f"{line}\n" for line in lines)
        try:
            replace_private(self._file.path, content.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise unwritable(self._folder, "write the trusted signers", error) from error


def parse_signers(text: str) -> dict[str, str]:
    """Parse lines such as ``name namespaces="exo-nbregistry" ssh-ed25519 AAAA...``.

    A line may have no options. A line with other options, such as ``valid-before``, is ignored:
    they restrict the trust, and this package does not support them.

    Returns
    -------
    dict of str to str
        Names of the signers by fingerprint.
    """
    signers: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, options, key = _split_signer(line)
        if key is None or not _covers(options):
            _log.warning(
                "Ignored line %d of the trusted signers: it is invalid or has unsupported options.",
                number,
            )
        else:
            signers.setdefault(key.fingerprint, name)
    return signers


def _fingerprint(line: str) -> str | None:
    key = _split_signer(line)[2]
    return key.fingerprint if key else None


def _split_signer(line: str) -> tuple[str, str, PublicKey | None]:
    tokens = _TOKEN.findall(line)
    for place in (1, 2):
        if len(tokens) > place + 1 and tokens[place] == KEY_TYPE:
            with contextlib.suppress(ValueError):
                key = parse_key(f"{KEY_TYPE} {tokens[place + 1]}")
                return tokens[0].strip('"'), " ".join(tokens[1:place]), key
    return "", "", None


def _covers(options: str) -> bool:
    found = _NAMESPACES.fullmatch(options)
    return not options or (found is not None and NAMESPACE in found[1].split(","))
