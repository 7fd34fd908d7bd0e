"""Workspace: the store, journal, index, keyring and clock of an open registry."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from exo_nbregistry.index.checkpoint import Checkpoints
from exo_nbregistry.index.database import index_path
from exo_nbregistry.index.index import Index
from exo_nbregistry.introspection.provenance import event_author
from exo_nbregistry.journal.checkpoint_record import CheckpointRecords
from exo_nbregistry.journal.head import HeadStore
from exo_nbregistry.journal.head_watch import HeadWatch
from exo_nbregistry.journal.revision import Revision
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.validation import require_valid
from exo_nbregistry.registry.descriptor import Descriptor
from exo_nbregistry.registry.location import default_path
from exo_nbregistry.registry.storage import open_store
from exo_nbregistry.registry.storage_options import shared_options
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.reference import Reference, parse_reference

log = logging.getLogger("exo_nbregistry")


@dataclass(frozen=True)
class Workspace:
    """Components of an open registry, shared by its collaborators.

    Attributes
    ----------
    store : Store
        Files of the registry.
    journal : Journal
        Reads and writes records.
    keyring : Keyring
        Signs records and checks their signers.
    now : callable
        Returns the current time as an aware datetime.
    descriptor : Descriptor
        Whether the registry exists, its id, and which releases can use it.
    durable : bool or None
        Argument to open the registry again in another process. None if the registry cannot be
        opened by its path, because a store, keyring, clock or `new_id` was passed.
    public_options : dict
        The passed options of a bucket without its secrets, to open it in another process.
    omitted_options : tuple of str
        Names of the passed options that are not in `public_options`.
    """

    store: Store
    journal: Journal
    keyring: Keyring
    now: Callable[[], datetime]
    descriptor: Descriptor
    durable: bool | None
    public_options: dict[str, Any] = field(default_factory=dict)
    omitted_options: tuple[str, ...] = ()

    @property
    def location(self) -> str:
        """Path or address of the registry."""
        return self.store.location

    @property
    def registry_id(self) -> str:
        """Id of the registry, which does not change when the folder is moved."""
        return self.descriptor.registry_id

    @cached_property
    def index(self) -> Index:
        """Index of the registry, opened on first use."""
        records = CheckpointRecords(self.store, self.keyring, self.registry_id, _random_id)
        return Index(
            self.journal,
            index_path(self.registry_id, self.location),
            checkpoints=Checkpoints(records, self.descriptor.require_writable),
        )

    @cached_property
    def revision(self) -> Revision:
        """Detector of changes of the registry."""
        head = HeadWatch(self.store) if isinstance(self.store, HeadStore) else None
        return Revision(self.journal, self.registry_id, head=head)

    @property
    def actor(self) -> str:
        """Author of new events: the name of the current user."""
        return event_author()

    def prepare_first_write(self) -> None:
        """Create the registry if it does not exist, and check that this release can write to it.

        Raises
        ------
        RegistryNotFoundError
            If the folder has other files.
        FormatVersionError
            If only a newer release can write to the registry.
        """
        self.descriptor.create()
        self.descriptor.require_writable()

    def snapshot_of(self, ref: str) -> tuple[Reference, Snapshot]:
        """Parse a reference and return it with a snapshot of its model.

        Parameters
        ----------
        ref : str
            Any reference.

        Returns
        -------
        reference : Reference
            The parsed reference.
        snapshot : Snapshot
            Snapshot of the model.

        Raises
        ------
        InvalidReferenceError
            If `ref` is not a valid reference.
        """
        reference = parse_reference(ref)
        return reference, self.journal.snapshot(reference.key)

    def metadata(self, ref: str) -> ModelMetadata:
        """Return the metadata of a version.

        Parameters
        ----------
        ref : str
            Any reference. A deleted version requires its number or an alias.

        Returns
        -------
        ModelMetadata
            Metadata of the version.

        Raises
        ------
        NotFoundError
            If the version does not exist.
        """
        reference, snapshot = self.snapshot_of(ref)
        return snapshot.metadata(snapshot.resolve(reference))


def open_workspace(
    path: str | os.PathLike[str] | Store | None,
    *,
    create: bool | None = None,
    durable: bool = True,
    storage_options: Mapping[str, Any] | None = None,
    keyring: Keyring | None = None,
    now: Callable[[], datetime] | None = None,
    new_id: Callable[[], str] | None = None,
) -> Workspace:
    """Open a registry.

    Parameters
    ----------
    path, create, durable, storage_options, keyring, now, new_id
        As in `ModelRegistry`.

    Returns
    -------
    Workspace
        The open registry.

    Raises
    ------
    RegistryError, FormatVersionError
        As in `ModelRegistry`.
    """
    path = default_path() if path is None else path
    by_path = keyring is None and now is None and new_id is None
    by_path = by_path and isinstance(path, str | os.PathLike)
    keyring, now, new_id = keyring or Keyring(), now or _utc_now, new_id or _random_id
    store = open_store(path, durable=durable, storage_options=storage_options)
    public, omitted = shared_options(storage_options)
    descriptor = Descriptor(store, path, new_id)
    descriptor.open(create)
    writable = descriptor.require_writable
    return Workspace(
        store=store,
        journal=Journal(
            store,
            keyring,
            now=now,
            new_id=new_id,
            require_writable=writable,
            registry_id=lambda: descriptor.known_id,
            validate=require_valid,
        ),
        keyring=keyring,
        now=now,
        descriptor=descriptor,
        durable=durable if by_path else None,
        public_options=public,
        omitted_options=omitted,
    )


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _random_id() -> str:
    return uuid.uuid4().hex
