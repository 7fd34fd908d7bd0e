"""Interfaces of a registry and of the registries of a server."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from exo_nbregistry.journal.read_cache import Reads
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import AliasMove
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.store.url import is_url
from exo_nbregistry.views.comparison import Comparison
from exo_nbregistry.views.history import History
from exo_nbregistry.views.listing import Listing
from exo_nbregistry.views.model_table import Summaries


@dataclass(frozen=True, slots=True)
class Place:
    """The location of a registry.

    Attributes
    ----------
    id : str
        ID in URLs.
    name : str
        Name of the folder, or of the last part of a URL.
    location : str
        Path relative to the server's root, or the configured path or URL.
    source : {'root', 'configured'}
        Whether the registry was found below the root or is configured.
    path : str
        Absolute path of the folder, with links resolved, or the URL of a bucket.
    """

    id: str
    name: str
    location: str
    source: Literal["root", "configured"]
    path: str

    @property
    def in_bucket(self) -> bool:
        """Whether `path` is a URL, which is never joined to a path or looked up on the disk."""
        return is_url(self.path)


def place_name(location: str) -> str:
    """Return the last part of a path or a URL, as the name of a registry.

    Examples
    --------
    >>> place_name("shared/team/"), place_name("s3://bucket/team"), place_name("s3://bucket")
    ('team', 'team', 'bucket')
    """
    if is_url(location):
        return location.rstrip("/").rpartition("/")[2]
    return os.path.basename(os.path.normpath(location)) or location


@dataclass(frozen=True, slots=True)
class RegistryStatus:
    """State of a registry that does not require its index.

    Attributes
    ----------
    now : datetime
        Current time of its clock.
    indexing : tuple of (int, int) or None
        Number of records that its index has read, and reads now; None if it reads none.
    signer_name, fingerprint : str or None
        Name and key that sign changes; None before the first signature.
    format_version : int
        Version of the format on disk.
    trusted : mapping of str to str
        Names of the other trusted signers by fingerprint.
    """

    now: datetime
    indexing: tuple[int, int] | None
    signer_name: str | None
    fingerprint: str | None
    format_version: int
    trusted: Mapping[str, str]


class Registry(Protocol):
    """Interface of the registry calls of routes and panels. None of them loads a model."""

    def revision(self) -> str:
        """Return a text that differs after each change."""

    def consistent_reads(self, reads: Reads | None = None) -> AbstractContextManager[Reads]:
        """Read each model once within a ``with`` block."""

    def status(self) -> RegistryStatus:
        """Return the time, the progress of the index, the signer and the format."""

    def list_models(
        self,
        model_name: str | None = None,
        *,
        where: str | None = None,
        order_by: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        include_deleted: bool = False,
        fold_children: bool = False,
    ) -> Listing:
        """List versions."""

    def list_model_names(
        self,
        where: str | None = None,
        *,
        metric: str | None = None,
        order_by: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        include_deleted: bool = False,
    ) -> Summaries:
        """List models."""

    def list_fields(self) -> dict[str, tuple[str, ...]]:
        """Return the names of metrics, hyperparameters and tags."""

    def list_field_values(self) -> dict[str, tuple[str, ...]]:
        """Return some values of the fields with few values."""

    def metric_series(
        self, metrics: Mapping[str, str], *, include_deleted: bool = False
    ) -> dict[str, tuple[tuple[int, float], ...]]:
        """Return a metric of each model over its versions."""

    def get_metadata(self, ref: str) -> ModelMetadata:
        """Return the metadata of a version."""

    def compare_models(self, refs: Sequence[str] | None = None) -> Comparison:
        """Compare versions."""

    def history(self, name: str, version: int | None = None) -> History[dict[str, Any]]:
        """Return the events of a model or of one version."""

    def aliases(self, model_name: str) -> dict[str, AliasMove]:
        """Return the aliases of a model."""

    def signer_status(self, ref: str) -> SignerStatus:
        """Return who signed a version, and whether that signer is trusted."""

    def attachment_bytes(self, ref: str, name: str, format: str | None = None) -> bytes:
        """Return an attachment as the bytes of a file, after checking its integrity."""

    def alias_history(self, model_name: str, alias: str) -> History[AliasMove]:
        """Return all moves of an alias, oldest first."""

    def export_model(self, ref: str, directory: str) -> Path:
        """Export a version to a folder."""

    def plot(
        self,
        kind: str,
        refs: str | Sequence[str] | None = None,
        *,
        metric: str | None = None,
        figsize: tuple[float, float | None] | None = None,
    ) -> Plot:
        """Return a plot of versions."""

    def set_alias(
        self,
        model_name: str,
        alias: str,
        version: int,
        *,
        expected: int | None = ...,
        protected: bool | None = None,
        force: bool = False,
    ) -> ModelMetadata:
        """Point an alias to a version."""

    def remove_alias(
        self, model_name: str, alias: str, *, expected: int = ..., force: bool = False
    ) -> None:
        """Remove an alias."""

    def rollback_alias(
        self, model_name: str, alias: str, *, expected: int | None = ..., force: bool = False
    ) -> ModelMetadata:
        """Move an alias back to its previous version."""

    def tag_model(self, ref: str, /, *names: str, **tags: Any) -> ModelMetadata:
        """Add tags to a version."""

    def untag_model(self, ref: str, *names: str) -> ModelMetadata:
        """Remove tags from a version."""

    def annotate(self, ref: str, text: str) -> ModelMetadata:
        """Add a note to a version."""

    def delete_model(self, ref: str, *, force: bool = False) -> str:
        """Delete a version; `restore_model` restores it."""

    def restore_model(self, ref: str) -> ModelMetadata:
        """Restore a deleted version."""


class Registries(Protocol):
    """Interface of the registries of a server, by ID."""

    def places(self) -> list[Place]:
        """Return all places."""

    def place(self, registry_id: str) -> Place:
        """Return the place with an ID, or raise Problem."""

    def registry(self, place: Place) -> Registry:
        """Return the registry of a place."""

    def is_writable(self, place: Place) -> bool:
        """Return whether changes are accepted."""

    def notebook(self, name: str, place: Place) -> str | None:
        """Return the path of the notebook with this file name that is nearest to a registry."""

    def names_of_paths(self) -> Mapping[str, str]:
        """Return the display names of this machine's paths."""
