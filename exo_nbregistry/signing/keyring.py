"""Signatures of records: the user's ed25519 key and the trusted signers.

Both are in the user's config folder, never in a registry, because a registry must not be able to
make itself trusted. ``ssh-keygen`` can read both.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from exo_nbregistry.signing.own_key import OwnKey
from exo_nbregistry.signing.private_key import KEY_VARIABLE
from exo_nbregistry.signing.public_keys import PublicKey
from exo_nbregistry.signing.signatures import sign, verified_key
from exo_nbregistry.signing.trusted_signers import TEAM_VARIABLE, TrustedSigners
from exo_nbregistry.signing.user_files import config_folder


@dataclass(frozen=True, slots=True)
class SignerStatus:
    """Status of a signature for this user.

    Attributes
    ----------
    status : {"own", "trusted", "unknown", "unsigned", "invalid", "imported"}
        Signed by this user, a trusted signer or an unknown signer; not signed; with an invalid
        signature; or moved in by a trusted signer, as `records.imported.record_status` decides.
    signer : str or None
        Fingerprint of the signing key, ``SHA256:...``; None without a valid signature.
    name : str or None
        Name of the trusted signer; user and host for the own key.
    """

    status: Literal["own", "trusted", "unknown", "unsigned", "invalid", "imported"]
    signer: str | None = None
    name: str | None = None

    @property
    def trusted(self) -> bool:
        """Whether the signature is from this user or a trusted signer."""
        return self.status in ("own", "trusted")


# Keys, names and rules, and the text that was made from them.
_Stamp = tuple[list[PublicKey], dict[str, str], dict[str, frozenset[str]], str]
_UNSIGNED, _INVALID = SignerStatus("unsigned"), SignerStatus("invalid")


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
        key = os.environ.get(KEY_VARIABLE, "") if folder is None else None
        team = os.environ.get(TEAM_VARIABLE, "") if folder is None else ""
        paths = [Path(os.path.abspath(os.path.expanduser(p))) for p in team.split(os.pathsep) if p]
        self._own = OwnKey(chosen, key)
        self._signers = TrustedSigners(chosen, paths)
        self._stamp: _Stamp | None = None

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
        return sign(check, *self._own.for_signing())

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
        return KnownSigners(self).signer_status(check, signature)

    def status_of(self, key: PublicKey) -> SignerStatus:
        """Return the status of a valid signature by a key."""
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
        own, names, rules = (
            [*self._own.names()],
            self._signers.names(),
            self._signers.alias_signers(),
        )
        seen = self._stamp
        if seen is None or not (seen[0] == own and seen[1] is names and seen[2] is rules):
            fingerprints = sorted(key.fingerprint for key in own)
            allowed = sorted((alias, sorted(keys)) for alias, keys in rules.items())
            text = repr((fingerprints, sorted(names.items()), allowed))
            # Another thread may replace the attribute before it is read again.
            self._stamp = seen = own, names, rules, text
        return seen[3]

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


class KnownSigners:
    """The answers of a keyring at one time, for many events: its files are read once.

    Parameters
    ----------
    keyring : Keyring
        The keyring.

    Examples
    --------
    >>> keyring = Keyring(Path("keys"))
    >>> KnownSigners(keyring).signer_status("9f86d081", keyring.sign("9f86d081")).status
    'own'
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._statuses: dict[PublicKey, SignerStatus] = {}
        self._rules: dict[str, frozenset[str] | None] = {}

    def signer_status(self, check: str, signature: Mapping[str, Any] | None) -> SignerStatus:
        """Return the status of a signature, as `Keyring.signer_status` does."""
        if signature is None:
            return _UNSIGNED
        key = verified_key(check, signature)
        if key is None:
            return _INVALID
        found = self._statuses.get(key)
        if found is None:
            found = self._statuses[key] = self._keyring.status_of(key)
        return found

    def alias_signers(self, alias: str) -> frozenset[str] | None:
        """Return the signers that may move an alias, as `Keyring.alias_signers` does."""
        if alias not in self._rules:
            self._rules[alias] = self._keyring.alias_signers(alias)
        return self._rules[alias]
