"""Copies of a whole registry: between folders, and between a folder and a bucket."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.config import runs_unattended
from exo_nbregistry.errors import ConflictError, IntegrityError, InvalidInputError
from exo_nbregistry.registry.copy_plan import Planner
from exo_nbregistry.registry.copy_transfer import Transfer, copy_models, plan_models
from exo_nbregistry.registry.outside import require_outside
from exo_nbregistry.registry.workspace import Workspace, open_workspace
from exo_nbregistry.store.base import Store
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list
from exo_nbregistry.text.numbers import size
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES
from exo_nbregistry.values.keys import DESCRIPTOR, MODELS
from exo_nbregistry.values.reference import is_model_key


@immutable
@dataclass(frozen=True, slots=True, repr=False)
class RegistryCopy:
    """Result of `ModelRegistry.copy_to`.

    Attributes
    ----------
    source, target : str
        Locations of both registries.
    versions, events, payloads : int
        Number of copied files.
    size_bytes : int
        Size of the copied files.
    present : int
        Number of files that the target had before.
    extra : int
        Number of versions and events that only the target has.
    dry_run : bool
        Whether nothing was copied: the numbers state what would be.
    """

    source: str
    target: str
    versions: int
    events: int
    payloads: int
    size_bytes: int
    present: int
    extra: int
    dry_run: bool

    def __repr__(self) -> str:
        """Return the result as sentences."""
        counts = (
            f"{count(self.versions, 'version')}, {count(self.events, 'event')} and "
            f"{count(self.payloads, 'payload')} ({size(self.size_bytes)})"
        )
        done = "To copy" if self.dry_run else "Copied"
        text = f"{done}: {counts}, from {self.source} to {self.target}"
        text += f"; {count(self.present, 'file')} already there." if self.present else "."
        if self.extra:
            text += f" The target also has {count(self.extra, 'record')} that the source lacks."
        return text


class Copying:
    """Registry method that copies the registry.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._store = workspace.store

    def copy_to(
        self,
        target: str | os.PathLike[str] | Store,
        *,
        storage_options: Mapping[str, Any] | None = None,
        dry_run: bool = False,
        progress: bool = True,
    ) -> RegistryCopy:
        """Copy all models, versions, events and payloads to another folder or bucket.

        The copy has the same id, and the same bytes under each key, so signatures remain valid.
        Each payload is compared with its digest and each record with its check while it is
        copied. Files that the target already has are not copied again: after an interruption, the
        same call continues, and later it adds new files.

        Parameters
        ----------
        target : str, Path or Store
            A new or empty place, or an earlier copy of this registry.
        storage_options : mapping, optional
            Options of the target if it is a bucket, as in `ModelRegistry`.
        dry_run : bool
            If True, only compare both registries and return what would be copied.
        progress : bool
            Whether to show a progress bar.

        Returns
        -------
        RegistryCopy
            The numbers of copied files.

        Raises
        ------
        RegistryNotFoundError
            If the target has other files.
        ConflictError
            If the target is another registry, or has a different record of the same number.
            Nothing is copied.
        IntegrityError
            If files of this registry are damaged. All other files are copied.
        StoreError
            If a file cannot be read or written. The same call continues the copy.

        Examples
        --------
        >>> copy = registry.copy_to("backup", progress=False)
        >>> copy.versions, copy.payloads, registry.copy_to("backup", progress=False).present
        (1, 1, 2)
        >>> type(registry)("backup").registry_id == registry.registry_id
        True
        """
        other = self._open_target(target, storage_options)
        registry_id, data = self._work.registry_id, self._descriptor()
        planner = Planner(self._store, other.store, registry_id, rehash=not dry_run)
        plans = plan_models(planner, self._models())
        transfer = Transfer(self._store, other.store, registry_id)
        if not dry_run:
            other.descriptor.create_copy(data)
            self._require_same(other)
            copy_models(transfer, plans, disable=not progress or runs_unattended())
        damaged = [text for plan in plans for text in plan.damaged] + transfer.damaged
        if damaged:
            raise IntegrityError(
                f"{count(len(damaged), 'file')} of {self._work.location} cannot be copied: "
                f"{name_list(damaged, separator='; ', width=160)}. Restore them from a backup "
                f"and repeat the copy{'' if dry_run else ', which continues'}.",
            )
        items = transfer.copied
        if dry_run:
            items = [i for plan in plans for i in (*plan.payloads, *plan.versions, *plan.events)]
        kinds = [item.kind for item in items]
        return RegistryCopy(
            source=self._work.location,
            target=other.location,
            versions=kinds.count("version"),
            events=kinds.count("event"),
            payloads=kinds.count("payload"),
            size_bytes=sum(item.size_bytes for item in items),
            present=sum(plan.present for plan in plans),
            extra=sum(len(plan.extra) for plan in plans),
            dry_run=dry_run,
        )

    def _open_target(self, target: Any, storage_options: Mapping[str, Any] | None) -> Workspace:
        if target is None:
            raise InvalidInputError("copy_to() requires a folder or the URL of a bucket, got None.")
        # A release that does not know all files of the registry would leave some out.
        self._work.descriptor.require_writable()
        other = open_workspace(target, storage_options=storage_options)
        if other.location == self._work.location and other.store.local_path(DESCRIPTOR):
            raise InvalidInputError(
                f"{other.location} is this registry; pass another folder or bucket."
            )
        if isinstance(target, str | os.PathLike) and other.store.local_path(DESCRIPTOR):
            require_outside(self._store, other.location, "copy")
        if other.descriptor.exists:
            self._require_same(other)
        return other

    def _require_same(self, other: Workspace) -> None:
        if other.registry_id != self._work.registry_id:
            raise ConflictError(
                f"{other.location} is another registry, with the id {other.registry_id!r:.60}; "
                "choose an empty or a new place for the copy.",
                expected=self._work.registry_id,
                actual=other.registry_id,
            )

    def _descriptor(self) -> bytes:
        return self._store.read(DESCRIPTOR, max_bytes=MAX_RECORD_BYTES)

    def _models(self) -> list[str]:
        entries = self._store.entries(MODELS)
        return [e.name for e in entries if e.kind == "folder" and is_model_key(e.name)]
