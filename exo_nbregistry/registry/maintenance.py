"""Verification, statistics, garbage collection and trusted signers."""

from __future__ import annotations

import contextlib
from typing import Any

from exo_nbregistry.errors import (
    IntegrityError,
    InvalidReferenceError,
    NotFoundError,
    RecordError,
    RegistryError,
)
from exo_nbregistry.integrity.audit import Audit, Fault, audit
from exo_nbregistry.integrity.garbage import DAY_NS, Garbage, plan, remove, restore_interrupted
from exo_nbregistry.records.model_state import ACTIVE, PURGED
from exo_nbregistry.records.record import EVENT, VERSION, Record
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.text.markup import count
from exo_nbregistry.values.keys import MODELS


class Maintenance:
    """Registry methods for maintenance and trust.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._store = workspace.store
        self._journal = workspace.journal

    def verify(self) -> Audit:
        """Verify all records, chains, signatures and payloads, without unpickling models.

        Returns
        -------
        Audit
            Result, which is true if the registry is intact and all signers are trusted. `damage`,
            `unknown_signers` and `notes` list what was found and what to do.

        Examples
        --------
        >>> print(registry.verify())
        1 version, 0 events and 1 payload checked: no faults
        """
        return audit(self._store, self._journal, self._work.keyring, self._lost_records())

    def _lost_records(self) -> list[Fault]:
        """Return a fault for each model that lost records that the index has read before."""
        return [
            Fault(
                f"{MODELS}/{mark.model}",
                "backwards",
                f"{mark.kind} {mark.number} was seen here and {mark.found or 'none'} is the "
                "highest now: a newer copy was replaced by an older one. Restore the newer copy.",
            )
            for mark in self._work.index.went_backwards()
        ]

    def collect_garbage(
        self, dry_run: bool = True, *, grace_s: float = DAY_NS / 1e9
    ) -> list[Garbage]:
        """List unused files, and remove them with ``dry_run=False``.

        Parameters
        ----------
        dry_run : bool
            If True, only list the files.
        grace_s : float, seconds
            Minimum age of a file to remove. Other writers may still need newer files.

        Returns
        -------
        list of Garbage
            Files that can be removed, or that were removed.
        """
        if not dry_run:
            self._work.descriptor.require_writable()
            restore_interrupted(self._store, self._journal)
        try:
            grace_ns = int(grace_s * 1e9)
        except (TypeError, ValueError, OverflowError):
            raise RegistryError(
                f"grace_s must be a number of seconds, got {grace_s!r:.60}."
            ) from None
        items = plan(self._store, self._journal, grace_ns=grace_ns)
        if not dry_run:
            remove(self._store, self._journal, items)
        return items

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

    def signer_status(self, ref: str) -> SignerStatus:
        """Return the signer of a version, and whether they are trusted.

        Parameters
        ----------
        ref : str
            Any reference. A deleted version requires its number or an alias.

        Returns
        -------
        SignerStatus
            ``status`` is "own", "trusted", "unknown", "unsigned" or "invalid".

        Examples
        --------
        >>> registry.signer_status("kepler_rf:1").status
        'own'
        """
        record = self._record(ref)
        return self._work.keyring.signer_status(record.check, record.signature)

    def _record(self, ref: str) -> Record:
        reference, snapshot = self._work.snapshot_of(ref)
        return snapshot.version(snapshot.resolve(reference))

    def _public_key(self, signer: str) -> str:
        self._work.descriptor.require()
        if not signer.startswith("SHA256:"):
            record = self._record(signer)
            if record.signature:
                return str(record.signature["public_key"])
            raise NotFoundError(f"{signer} is not signed.", name=signer)
        known = []
        for model in self._journal.models():
            for kind in (VERSION, EVENT):
                for number in self._journal.numbers(model, kind):
                    # Skip damaged records.
                    with contextlib.suppress(RecordError, IntegrityError):
                        record = self._journal.read(model, number, kind)
                        if record.signer == signer and record.signature:
                            return str(record.signature["public_key"])
                        known.append(record.signer or "")
        raise NotFoundError(
            f"No version or event in this registry is signed by {signer}; pass the public key "
            "itself.",
            name=signer,
            known=set(known) - {""},
        )

    def get_registry_stats(self) -> dict[str, Any]:
        """Return the number of models, versions and bytes.

        Returns
        -------
        dict
            Keys ``location``, ``models``, ``versions`` and ``by_algorithm`` without deleted
            versions, ``deleted`` (with purged ones), and ``size_bytes`` of all stored payloads, of
            which each counts once.
        """
        stats: dict[str, Any] = {"location": self._work.location, "models": 0, "versions": 0}
        stats |= {"deleted": 0, "size_bytes": 0, "by_algorithm": {}}
        for model in self._journal.models():
            snapshot = self._journal.snapshot(model)
            payloads: dict[str, int] = {}
            before = stats["versions"]
            for number in snapshot.versions:
                content = snapshot.read(number).content
                status = snapshot.state.of(number).status
                stats["versions" if status == ACTIVE else "deleted"] += 1
                if status != PURGED:
                    items = [content["artifact"], *content["attachments"].values()]
                    payloads |= {item["sha256"]: item["size_bytes"] for item in items}
                    added = (
                        item.artifact for item in snapshot.state.of(number).attachments.values()
                    )
                    payloads |= {item.sha256: item.size_bytes for item in added}
                if status == ACTIVE:
                    kinds = stats["by_algorithm"]
                    kinds[content["algorithm"]] = kinds.get(content["algorithm"], 0) + 1
            stats["models"] += stats["versions"] > before
            stats["size_bytes"] += sum(payloads.values())
        return stats

    def print_registry_summary(self) -> None:
        """Print the statistics of the registry, in total and by algorithm."""
        stats = self.get_registry_stats()
        counts = f"{count(stats['models'], 'model')}, {count(stats['versions'], 'version')}"
        lines = [
            f"Registry {stats['location']}",
            f"  {counts}, {stats['deleted']} deleted, {stats['size_bytes'] / 1e6:.1f} MB",
            *(f"  {name}: {number}" for name, number in sorted(stats["by_algorithm"].items())),
        ]
        print("\n".join(lines))  # noqa: T201 - its purpose
