"""Signatures of records: the user's ed25519 key and the trusted signers.

Both are in the user's config folder, never in a registry, because a registry must not be able to
make itself trusted. ``ssh-keygen`` can read both.

Source: RFC 8032 (ed25519).
"""

from __future__ import annotations

import base64
import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from exo_nbregistry.signing.own_key import OwnKey
from exo_nbregistry.signing.private_key import KEY_VARIABLE
from exo_nbregistry.signing.public_keys import PublicKey, parse_key
from exo_nbregistry.signing.trusted_signers import TEAM_VARIABLE, TrustedSigners
from exo_nbregistry.signing.user_files import config_folder

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

    The files are created by the first signature and the first trusted signer. By default,
    ``EXO_NBREGISTRY_SIGNING_KEY`` can hold or name another key, and
    ``EXO_NBREGISTRY_TRUSTED_SIGNERS`` names files of signers in addition to the user's own.

    Parameters
    ----------
    folder : Path or None, default=None
        Folder of the files; the environment variables are ignored. The default is the user's config
        folder.

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
        chosen = config_folder() if folder is None else Path(folder)
        key = os.environ.get(KEY_VARIABLE, "") if folder is None else ""
        team = os.environ.get(TEAM_VARIABLE, "") if folder is None else ""
        paths = [Path(os.path.abspath(os.path.expanduser(p))) for p in team.split(os.pathsep) if p]
        self._own = OwnKey(chosen, key)
        self._signers = TrustedSigners(chosen, paths)

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
        private, public = self._own.for_signing()
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
        own = self._own.names()
        if key in own:
            # The name in the team's file is the same on all machines.
            name = own[key] or self._signers.names().get(key.fingerprint)
            return SignerStatus("own", key.fingerprint, name or self._own.default_name)
        name = self._signers.names().get(key.fingerprint)
        return SignerStatus("trusted" if name else "unknown", key.fingerprint, name)

    @property
    def public_key(self) -> str | None:
        """The user's public key as one line; None before the first signature."""
        key = self._own.public()
        return key.line if key else None

    @property
    def fingerprint(self) -> str | None:
        """Fingerprint of the user's key, ``SHA256:...``; None before the first signature."""
        key = self._own.public()
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
        """Return the signers that may move an alias.

        Rules are in the user's file ``policy`` and in comments of the files of trusted signers. If
        several rules name an alias, each of them must allow a signer.

        Parameters
        ----------
        alias : str
            The alias, such as ``champion``.

        Returns
        -------
        frozenset of str or None
            Fingerprints; None if no rule names the alias.

        Raises
        ------
        StoreError
            If a rule is invalid, or other users can change its file.

        Examples
        --------
        >>> Keyring(Path("keys")).alias_signers("champion") is None
        True
        """
        return self._signers.alias_signers().get(alias)

    def trust_stamp(self) -> str:
        """Return a text that changes with the user's keys, the trusted signers and the policy."""
        own = sorted(key.fingerprint for key in self._own.names())
        rules = {alias: sorted(keys) for alias, keys in self._signers.alias_signers().items()}
        return repr((own, sorted(self._signers.names().items()), sorted(rules.items())))

    def rules(self) -> list[tuple[str, tuple[str, ...], Path]]:
        """Return alias, signers as written and file of each rule on aliases."""
        return self._signers.rules()

    def sources(self) -> dict[str, tuple[Path, ...]]:
        """Return the files that trust each signer, by fingerprint."""
        return self._signers.sources()

    def known_names(self) -> set[str]:
        """Return the names of trusted signers, and the names in rules."""
        return self._signers.known_names()

    @property
    def own_key(self) -> OwnKey:
        """The user's own key, to export or replace it."""
        return self._own


def _message(check: str) -> bytes:
    return _MESSAGE_HEAD + check.encode()


def _verify(check: str, signature: Mapping[str, Any]) -> PublicKey | None:
    if not isinstance(signature, Mapping):
        return None
    parts = [signature.get(name) for name in ("algorithm", "public_key", "value")]
    if not all(isinstance(part, str) for part in parts):
        return None
    return _verified_key(check, *parts)


# Handles share it, so that each event of a journal is verified once in a process.
@functools.lru_cache(maxsize=4096)
def _verified_key(check: str, algorithm: str, line: str, text: str) -> PublicKey | None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = parse_key(line)
        value = base64.b64decode(text, validate=True)
        # A signature has only one valid text: without a comment, and with zero padding bits.
        if (algorithm, line) != ("ed25519", key.line):
            return None
        if base64.b64encode(value).decode() != text:
            return None
        Ed25519PublicKey.from_public_bytes(key.raw).verify(value, _message(check))
    except (InvalidSignature, ValueError):
        return None
    return key
