"""Who wrote a record: the user's ed25519 key, signatures, and the signers this user trusts.

Key and trusted signers live in the user's config folder, never in a registry: a registry must
not be able to vouch for itself. ``ssh-keygen`` reads both.

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

# Says what is signed, so that a signature made here means nothing to another program.
_MESSAGE_HEAD = b"exo-nbregistry record 1\n"


@dataclass(frozen=True, slots=True)
class SignerStatus:
    """What a signature proves to this user.

    Attributes
    ----------
    status : {"own", "trusted", "unknown", "unsigned", "invalid"}
        Signed by this user's key, by a trusted signer, by somebody else; not signed at all; or
        a signature that does not hold.
    signer : str or None
        Fingerprint of the key that signed, ``SHA256:...``; None where nobody provably did.
    name : str or None
        The signer's name among the trusted signers, or user and host of the own key.
    """

    status: Literal["own", "trusted", "unknown", "unsigned", "invalid"]
    signer: str | None = None
    name: str | None = None

    @property
    def trusted(self) -> bool:
        """Whether this user or a trusted signer signed."""
        return self.status in ("own", "trusted")


class Keyring:
    """The user's own key, and the keys of others that the user trusts.

    Nothing is created before the first signature or the first trusted signer.

    Parameters
    ----------
    folder : Path or None
        Where the files are; by default the user's config folder.

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
        """Sign a record's check with the user's key, which is made at first use.

        Parameters
        ----------
        check : str
            Digest of the record.

        Returns
        -------
        dict of str to str
            ``algorithm``, ``public_key`` (one line in OpenSSH's format), ``value`` (base64).

        Raises
        ------
        StoreError
            If the key cannot be made, or may not be used because others can read it.
        """
        private, public = self._pair or self._make()
        value = base64.b64encode(private.sign(_message(check))).decode()
        return {"algorithm": "ed25519", "public_key": public.line, "value": value}

    def signer_status(self, check: str, signature: Mapping[str, Any] | None) -> SignerStatus:
        """Say who signed a check, without making a key.

        Parameters
        ----------
        check : str
            Digest of the record.
        signature : mapping or None
            As `sign` returned it, from wherever it was read: any garbage is ``invalid``.

        Returns
        -------
        SignerStatus
            The status, and the signer where one is proven.

        Raises
        ------
        StoreError
            If others can change this user's trusted signers.
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
        """The own public key, one line to give to others; None before the first signature."""
        key = self._own()[0]
        return key.line if key else None

    @property
    def fingerprint(self) -> str | None:
        """Fingerprint of the own key, ``SHA256:...``; None before the first signature."""
        key = self._own()[0]
        return key.fingerprint if key else None

    def trusted(self) -> dict[str, str]:
        """Return the trusted signers.

        Returns
        -------
        dict of str to str
            Name of each by fingerprint; the own key needs no line here.
        """
        return dict(self._signers.names())

    def trust(self, public_key: str, name: str) -> str:
        """Trust whatever the owner of a key signs; loading it may run their code.

        Parameters
        ----------
        public_key : str
            ``ssh-ed25519 AAAA...``, as in the owner's ``id_ed25519.pub``.
        name : str
            Whom the key belongs to, such as ``ada@observatory.org``; no spaces. A key that is
            trusted already takes the new name.

        Returns
        -------
        str
            The key's fingerprint, to compare with what the owner sees.

        Raises
        ------
        InvalidReferenceError
            If the key or the name is malformed.
        StoreError
            If the trusted signers cannot be written.
        """
        return self._signers.add(public_key, name)

    def distrust(self, fingerprint: str) -> None:
        """Stop trusting a signer.

        Parameters
        ----------
        fingerprint : str
            ``SHA256:...``, as `trusted` lists it.

        Raises
        ------
        NotFoundError
            If no trusted signer has this fingerprint.
        StoreError
            If the trusted signers cannot be written.
        """
        self._signers.remove(fingerprint)

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
            # Another process may have been first: what the file holds is the key.
            pair = self._load()
        if pair is None:
            raise StoreError(f"{self._folder / KEY_FILE} was removed: try again.", key=KEY_FILE)
        self._pair = pair
        if (self._public.value() or (None,))[0] != pair[1]:
            # A folder that cannot be written signs as well; the line is for the eye.
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
            # Without hard links, another process may just be between creating and writing.
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
                f"{path} is no ed25519 key without a passphrase in OpenSSH's format: move it "
                "away and sign again, and a new key is made.",
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
        # One signature has one spelling: base64 lets the last bits vary, a comment anything.
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
