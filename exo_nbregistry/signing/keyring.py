"""Signatures of records: the user's ed25519 key and the trusted signers.

Both are in the user's config folder, never in a registry, because a registry must not be able to
make itself trusted. ``ssh-keygen`` can read both.

Source: RFC 8032 (ed25519).
"""

from __future__ import annotations

import base64
import contextlib
import getpass
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from exo_nbregistry.errors import StoreError
from exo_nbregistry.signing.public_keys import PublicKey, TrustedSigners, parse_key, parse_key_file
from exo_nbregistry.signing.user_files import (
    WatchedFile,
    config_folder,
    create_private,
    read_private,
    replace_private,
    unwritable,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_FILE = "id_ed25519"
PUBLIC_FILE = "id_ed25519.pub"

# Names the purpose, so that other programs do not accept the signature.
_MESSAGE_HEAD = b"exo-nbregistry record 1\n"


@dataclass(frozen=True, slots=True)
class SignerStatus:
    """Status of a signature for this user.

    Attributes
    ----------
    status : {"own", "trusted", "unknown", "unsigned", "invalid"}
        Signed by this user, by a trusted signer or by an unknown signer; not signed; or signed
        with an invalid signature.
    signer : str or None
        Fingerprint of the signing key, ``SHA256:...``; None without a valid signature.
    name : str or None
        Name of the trusted signer; user and host for the own key.
    """

    status: Literal["own", "trusted", "unknown", "unsigned", "invalid"]
    signer: str | None = None
    name: str | None = None

    @property
    def trusted(self) -> bool:
        """Whether the signature is from this user or a trusted signer."""
        return self.status in ("own", "trusted")


class Keyring:
    """The user's signing key and the trusted signers.

    The files are created by the first signature and the first trusted signer.

    Parameters
    ----------
    folder : Path or None, default=None
        Folder of the files. The default is the user's config folder.

    Examples
    --------
    >>> keyring = Keyring(Path("keys"))
    >>> signature = keyring.sign("9f86d081")
    >>> keyring.signer_status("9f86d081", signature).status
    'own'
    >>> keyring.signer_status("something else", signature).status
    'invalid'
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = config_folder() if folder is None else Path(folder)
        self._pair: tuple[Ed25519PrivateKey, PublicKey] | None = None
        self._public = WatchedFile(self._folder / PUBLIC_FILE, parse_key_file)
        self._signers = TrustedSigners(self._folder)

    def sign(self, check: str) -> dict[str, str]:
        """Sign the checksum of a record with the user's key, which is created at the first use.

        Parameters
        ----------
        check : str
            Checksum of the record.

        Returns
        -------
        dict of str to str
            ``algorithm``, ``public_key`` (one line in OpenSSH format) and ``value`` (base64).

        Raises
        ------
        StoreError
            If the key cannot be created, or other users can read it.
        """
        private, public = self._pair or self._make()
        value = base64.b64encode(private.sign(_message(check))).decode()
        return {"algorithm": "ed25519", "public_key": public.line, "value": value}

    def signer_status(self, check: str, signature: Mapping[str, Any] | None) -> SignerStatus:
        """Return the status of a signature, without creating a key.

        Parameters
        ----------
        check : str
            Checksum of the record.
        signature : mapping or None
            Result of `sign`, possibly damaged: a malformed signature is ``invalid``.

        Returns
        -------
        SignerStatus
            The status, with the signer of a valid signature.

        Raises
        ------
        StoreError
            If other users can change the file of trusted signers.
        """
        if signature is None:
            return SignerStatus("unsigned")
        key = _verify(check, signature)
        if key is None:
            return SignerStatus("invalid")
        own, name = self._own()
        if key == own:
            return SignerStatus("own", key.fingerprint, name)
        name = self._signers.names().get(key.fingerprint)
        return SignerStatus("trusted" if name else "unknown", key.fingerprint, name)

    @property
    def public_key(self) -> str | None:
        """The user's public key as one line; None before the first signature."""
        key = self._own()[0]
        return key.line if key else None

    @property
    def fingerprint(self) -> str | None:
        """Fingerprint of the user's key, ``SHA256:...``; None before the first signature."""
        key = self._own()[0]
        return key.fingerprint if key else None

    def trusted(self) -> dict[str, str]:
        """Return the trusted signers.

        Returns
        -------
        dict of str to str
            Names by fingerprint, without the user's own key.
        """
        return dict(self._signers.names())

    def trust(self, public_key: str, name: str) -> str:
        """Trust a signer. Loading a model that they signed can run their code.

        Parameters
        ----------
        public_key : str
            ``ssh-ed25519 AAAA...``, as in the owner's ``id_ed25519.pub``.
        name : str
            Name of the key's owner without spaces, such as ``ada@observatory.org``. For a
            trusted key, it replaces the name.

        Returns
        -------
        str
            Fingerprint of the key, to compare with the fingerprint that its owner sees.

        Raises
        ------
        InvalidReferenceError
            If the key or the name is invalid.
        StoreError
            If the trusted signers cannot be written.
        """
        return self._signers.add(public_key, name)

    def distrust(self, fingerprint: str) -> None:
        """Stop trusting a signer.

        Parameters
        ----------
        fingerprint : str
            ``SHA256:...``, as in `trusted`.

        Raises
        ------
        NotFoundError
            If no trusted signer has this fingerprint.
        StoreError
            If the trusted signers cannot be written.
        """
        self._signers.remove(fingerprint)

    def alias_signers(self, alias: str) -> frozenset[str] | None:
        """Return the fingerprints of the signers that may move an alias; None without a rule."""
        return None

    def trust_stamp(self) -> str:
        """Return a text that changes with the own key, the trusted signers and the policy."""
        return repr((self.fingerprint, sorted(self.trusted().items())))

    def _own(self) -> tuple[PublicKey | None, str | None]:
        public = self._public.value()
        if public is not None and (self._pair is None or self._pair[1] == public[0]):
            return public
        pair = self._pair or self._load()
        return (pair[1], _whoami()) if pair else (None, None)

    def _make(self) -> tuple[Ed25519PrivateKey, PublicKey]:
        pair = self._load()
        if pair is None:
            try:
                create_private(self._folder / KEY_FILE, _new_key())
            except OSError as error:
                raise unwritable(self._folder, "create a signing key", error) from error
            # Another process may have created the key first; the key in the file is used.
            pair = self._load()
        if pair is None:
            raise StoreError(f"{self._folder / KEY_FILE} was removed; try again.", key=KEY_FILE)
        self._pair = pair
        if (self._public.value() or (None,))[0] != pair[1]:
            # Only for display, so a folder that cannot be written is enough for signing.
            with contextlib.suppress(OSError):
                line = f"{pair[1].line} {_whoami()}\n"
                replace_private(self._folder / PUBLIC_FILE, line.encode())
        return pair

    def _load(self) -> tuple[Ed25519PrivateKey, PublicKey] | None:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_ssh_private_key

        path = self._folder / KEY_FILE
        data = read_private(path, secret=True)
        deadline = time.monotonic() + 1
        while data == b"" and time.monotonic() < deadline:
            # Without hard links, another process may have created the file but not written it.
            time.sleep(0.01)
            data = read_private(path, secret=True)
        if data is None:
            return None
        try:
            private = load_ssh_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise StoreError(
                f"{path} must be an unencrypted OpenSSH ed25519 key; move it to another place and "
                "sign again to create a new key.",
                key=KEY_FILE,
            )
        return private, PublicKey(private.public_key().public_bytes_raw())


def _message(check: str) -> bytes:
    return _MESSAGE_HEAD + check.encode()


def _verify(check: str, signature: Mapping[str, Any]) -> PublicKey | None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        line, text = signature["public_key"], signature["value"]
        key = parse_key(line)
        value = base64.b64decode(text, validate=True)
        # A signature has only one valid text: without a comment, and with zero padding bits.
        if (signature["algorithm"], line) != ("ed25519", key.line):
            return None
        if base64.b64encode(value).decode() != text:
            return None
        Ed25519PublicKey.from_public_bytes(key.raw).verify(value, _message(check))
    except (InvalidSignature, LookupError, ValueError, TypeError, AttributeError):
        return None
    return key


def _new_key() -> bytes:
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.OpenSSH, forms.NoEncryption()
    )


def _whoami() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "unknown"
    return "".join(f"{user}@{platform.node()}".split())
