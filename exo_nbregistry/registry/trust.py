"""The signers of a registry, and trust in them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from exo_nbregistry.errors import (
    IntegrityError,
    InvalidReferenceError,
    NotFoundError,
    RecordError,
)
from exo_nbregistry.records.imported import record_status
from exo_nbregistry.records.record import EVENT, VERSION, Record
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.signing.keyring import SignerStatus


@dataclass(frozen=True, slots=True)
class RegistrySigner:
    """A key that signed versions or events of a registry.

    Attributes
    ----------
    fingerprint : str
        Fingerprint of the key, ``SHA256:...``.
    public_key : str
        The key as one line.
    status : str
        "own", "trusted" or "unknown".
    name : str or None
        Name in the lists of trusted signers.
    claims : tuple of str
        User names in the signed records. The signer chose them, so they do not prove who it is.
    versions, events : int
        Number of signed versions and events.
    """

    fingerprint: str
    public_key: str
    status: str
    name: str | None
    claims: tuple[str, ...]
    versions: int
    events: int


class Trust:
    """Registry methods for trust.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._journal = workspace.journal

    def trust_signer(self, signer: str, name: str = "") -> str:
        """Trust a signer. Loading a model that they signed can run their code.

        Parameters
        ----------
        signer : str
            Public key (``ssh-ed25519 AAAA...``), fingerprint (``SHA256:...``) of a signer in this
            registry, or reference to a version that they signed.
        name : str
            Name of the signer in your list of trusted signers.

        Returns
        -------
        str
            Fingerprint of the signer.

        Raises
        ------
        NotFoundError
            If no version has this fingerprint, or the version is not signed.
        IntegrityError
            If the signature of the version is invalid: anyone could have added the public key.
        """
        is_key = isinstance(signer, str) and signer.startswith("ssh-ed25519 ")
        if not isinstance(signer, str) or (" " in signer and not is_key):
            raise InvalidReferenceError(
                "A signer must be a public key ('ssh-ed25519 ...'), a fingerprint ('SHA256:...') "
                f"or a reference to a signed version, got {signer!r:.60}.",
                text=str(signer),
            )
        key = signer if is_key else self._public_key(signer)
        return self._work.keyring.trust(key, name or "colleague")

    def distrust_signer(self, fingerprint: str) -> None:
        """Stop trusting a signer.

        Parameters
        ----------
        fingerprint : str
            Fingerprint of the signer (``SHA256:...``).
        """
        self._work.keyring.distrust(fingerprint)

    def trusted_signers(self) -> dict[str, str]:
        """Return the trusted signers.

        Returns
        -------
        dict of str to str
            Name of each signer by fingerprint.
        """
        return self._work.keyring.trusted()

    def list_signers(self) -> list[RegistrySigner]:
        """Return the signers of the versions and events, by fingerprint.

        Returns
        -------
        list of RegistrySigner
            Only valid signatures count.

        Examples
        --------
        >>> [(signer.status, signer.versions) for signer in registry.list_signers()]
        [('own', 1)]
        """
        found: dict[str, list[tuple[Record, SignerStatus]]] = {}
        for record, status in self._signed():
            found.setdefault(str(status.signer), []).append((record, status))
        return [_summary(fingerprint, found[fingerprint]) for fingerprint in sorted(found)]

    def signer_status(self, ref: str) -> SignerStatus:
        """Return the signer of a version, and whether they are trusted.

        Parameters
        ----------
        ref : str
            Any reference. A deleted version requires its number or an alias.

        Returns
        -------
        SignerStatus
            ``status`` is "own", "trusted", "unknown", "unsigned", "invalid", or "imported" for a
            version that its signer moved in from another tool without trust in its files.

        Examples
        --------
        >>> registry.signer_status("kepler_rf:1").status
        'own'
        """
        return record_status(self._work.keyring, self._record(ref))

    def _record(self, ref: str) -> Record:
        reference, snapshot = self._work.snapshot_of(ref)
        return snapshot.version(snapshot.resolve(reference))

    def _public_key(self, signer: str) -> str:
        self._work.descriptor.require()
        if not signer.startswith("SHA256:"):
            return self._valid_key(self._record(signer), signer)
        known = {found.signer: record for record, found in self._signed()}
        if signer in known:
            return _key_line(known[signer])
        raise NotFoundError(
            f"No version or event in this registry is signed by {signer}; pass the public key "
            "itself.",
            name=signer,
            known={fingerprint for fingerprint in known if fingerprint},
        )

    def _valid_key(self, record: Record, ref: str) -> str:
        status = self._work.keyring.signer_status(record.check, record.signature).status
        if record.signature is None or status == "unsigned":
            raise NotFoundError(
                f"{ref} is not signed; ask its author for a public key and pass it.", name=ref
            )
        if status == "invalid":
            raise IntegrityError(
                f"The signature of {ref} is invalid, so its public key can be from anyone; ask the "
                "author for the key and pass it.",
                key=record.key,
            )
        return _key_line(record)

    def _signed(self) -> Iterator[tuple[Record, SignerStatus]]:
        """Yield each version and event with a valid signature; damaged ones are skipped."""
        for model in self._journal.models():
            for kind in (VERSION, EVENT):
                numbers = self._journal.numbers(model, kind)
                for number in self._journal.ahead(model, numbers, kind):
                    with contextlib.suppress(RecordError, IntegrityError):
                        record = self._journal.read(model, number, kind)
                        found = self._work.keyring.signer_status(record.check, record.signature)
                        if found.signer:
                            yield record, found


def _summary(fingerprint: str, signed: list[tuple[Record, SignerStatus]]) -> RegistrySigner:
    record, status = signed[0]
    kinds = [record.fields["kind"] for record, _ in signed]
    return RegistrySigner(
        fingerprint=fingerprint,
        public_key=_key_line(record),
        status=status.status,
        name=status.name,
        claims=tuple(dict.fromkeys(claim for record, _ in signed if (claim := _claim(record)))),
        versions=kinds.count(VERSION),
        events=kinds.count(EVENT),
    )


def _claim(record: Record) -> str | None:
    if record.fields["kind"] == EVENT:
        name = record.content.get("actor")
    else:
        provenance = record.content.get("provenance")
        name = provenance.get("user") if isinstance(provenance, dict) else None
    return name if isinstance(name, str) and name else None


def _key_line(record: Record) -> str:
    return str((record.signature or {})["public_key"])
