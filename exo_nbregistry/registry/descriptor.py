"""Registry descriptor: the file that makes a folder a registry, created once."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable
from typing import Any

from exo_nbregistry.errors import (
    FormatVersionError,
    MissingKeyError,
    RegistryNotFoundError,
    StoreError,
)
from exo_nbregistry.registry.descriptor_fields import descriptor_bytes, parse_descriptor
from exo_nbregistry.registry.free_place import Site
from exo_nbregistry.registry.known_registries import remember_registry
from exo_nbregistry.registry.lost_descriptor import recorded_id
from exo_nbregistry.registry.presence import same_registry
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.founding import create_first_key
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES
from exo_nbregistry.values.keys import DESCRIPTOR, DESCRIPTOR_TMP, MODELS
from exo_nbregistry.values.unrelated_files import is_unrelated

FORMAT_VERSION = 1
_UPGRADE = "pip install --upgrade exo-nbregistry"


class Descriptor:
    """The descriptor of a registry, which is created by the first change.

    Parameters
    ----------
    store : Store
        Store of the registry.
    path : object
        Path passed by the user. A registry is not created in a place with other files.
    new_id : callable
        Returns a new random id.
    """

    def __init__(self, store: Store, path: object, new_id: Callable[[], str]) -> None:
        self._store = store
        self._site = Site(store, path)
        self._new_id = new_id
        self._fields: dict[str, Any] | None = None
        self._rejects_writes = False

    @property
    def exists(self) -> bool:
        """Whether the registry exists; another process may create it at any time."""
        return self._find() is not None

    @property
    def registry_id(self) -> str:
        """Id of the registry."""
        return str(self.require().get("registry_id"))

    @property
    def known_id(self) -> str | None:
        """Id of the registry if it was read before; None otherwise. It reads no file."""
        return str(self._fields["registry_id"]) if self._fields else None

    def open(self, create: bool | None) -> None:
        """Check the folder when a registry is opened.

        Parameters
        ----------
        create : bool or None
            Whether to create a missing registry; if None, a change creates it later.

        Raises
        ------
        RegistryNotFoundError
            If the folder is not a registry, and has other files or `create` is False.
        FormatVersionError
            If the registry requires a newer release.
        """
        if self._find() is not None:
            return
        if create is False:
            raise self._missing(f"pass the {self._site.kind} that holds {DESCRIPTOR}")
        self._site.require_free()
        if create:
            self._create()

    def require(self) -> dict[str, Any]:
        """Return the fields of the descriptor.

        Returns
        -------
        dict
            The fields, in a format that this release supports.

        Raises
        ------
        RegistryNotFoundError
            If the registry does not exist.
        FormatVersionError
            If the registry requires a newer release.
        """
        if self._find() is None:
            self._check_not_lost()
        if self._fields is None:
            raise self._missing("the first register_model or import_model creates it")
        return self._fields

    def create(self) -> None:
        """Create the registry if it does not exist.

        Raises
        ------
        RegistryNotFoundError
            If the folder has other files, or it has models and its descriptor is lost.
        """
        if self._find() is None:
            self._site.require_free()
            self._check_not_lost()
        if self._fields is None:
            self._create()

    def create_copy(self, data: bytes) -> None:
        """Create the registry with the descriptor of another place, if it does not exist.

        Parameters
        ----------
        data : bytes
            The content of the descriptor.

        Raises
        ------
        RegistryNotFoundError
            If the folder has other files, or it has models and its descriptor is lost.
        """
        if self._find() is None:
            self._site.require_free()
            self._check_not_lost()
        if self._fields is None:
            self._store_new(data)

    def _create(self) -> None:
        # The records of a registry whose descriptor is lost belong to its id.
        registry_id = recorded_id(self._store) or self._new_id()
        self._store_new(descriptor_bytes(registry_id, FORMAT_VERSION))

    def _store_new(self, data: bytes) -> None:
        stored = _create(self._store, data)
        self._keep(stored, created=stored == data)

    def reject_writes(self) -> None:
        """Reject all writes to the registry through this object."""
        self._rejects_writes = True

    def require_writable(self) -> None:
        """Raise FormatVersionError if only a newer release can write to the registry.

        Raise StoreError after `reject_writes`.
        """
        if self._rejects_writes:
            failure = StoreError(
                f"{self._store.location} is open for reading only; open it with ModelRegistry() to "
                "change it."
            )
            failure.errno = errno.EROFS
            raise failure
        fields = self.require()
        features = _names(fields, "writer_features")
        if features:
            raise FormatVersionError(
                f"{self._store.location} can be read by this release, but to write it needs "
                f"{name_list(features)}: {_how_to_install(fields)}.",
                found=features,
                supported=[],
            )

    def _find(self) -> dict[str, Any] | None:
        if self._fields is None:
            try:
                data = self._store.read(DESCRIPTOR, max_bytes=MAX_RECORD_BYTES)
            except MissingKeyError:
                return None
            self._keep(data, created=False)
        return self._fields

    def _keep(self, data: bytes, *, created: bool) -> None:
        """Keep the fields, and check before each write that the folder still has this registry."""
        self._fields = fields = self._parse(data)
        registry_id, location = str(fields.get("registry_id")), self._store.location
        self._store.guard(DESCRIPTOR, same_registry(location, registry_id))
        if self._site.is_remembered:
            remember_registry(location, registry_id, created=created)

    def _parse(self, data: bytes) -> dict[str, Any]:
        return parse_descriptor(data, self._store.location, self._require_format)

    def _require_format(self, fields: dict[str, Any]) -> None:
        features = _names(fields, "reader_features")
        if fields.get("format_version") != FORMAT_VERSION or features:
            needed = f"{fields.get('format_version')!r:.60}"
            if features:
                needed += f" {name_list(features)}"
            raise FormatVersionError(
                f"{self._store.location} requires format {needed} according to its {DESCRIPTOR}, "
                f"and this release reads format {FORMAT_VERSION}: {_how_to_install(fields)}.",
                found=fields.get("format_version"),
                supported=FORMAT_VERSION,
            )

    def _missing(self, action: str) -> RegistryNotFoundError:
        location = self._store.location
        return RegistryNotFoundError(
            f"No registry was found in {location}; {action}.",
            name=location,
            known=self._site.near(),
        )

    def _check_not_lost(self) -> None:
        """Raise RegistryNotFoundError if the folder has models, so that it was a registry."""
        location = self._store.location
        has_models = any(not is_unrelated(name) for name in self._store.names(MODELS))
        # Another process may have created the registry and added a model in the meantime.
        if has_models and self._find() is None:
            raise RegistryNotFoundError(
                f"{location} holds {MODELS} but no {DESCRIPTOR}. Restore the file from a backup, "
                f"or create it again with ModelRegistry({location!r}, create=True): its records "
                "name the id of the registry.",
                name=location,
                known=self._site.near(),
            )


def _create(store: Store, data: bytes) -> bytes:
    # If another process creates the registry at the same time, its id is used.
    return create_first_key(
        store, DESCRIPTOR, data, staging=DESCRIPTOR_TMP, max_bytes=MAX_RECORD_BYTES
    )


def _names(fields: dict[str, Any], name: str) -> list[str]:
    value = fields.get(name)
    return [str(item) for item in value] if isinstance(value, list) else []


def _how_to_install(fields: dict[str, Any]) -> str:
    release = fields.get("min_release")
    known = isinstance(release, str) and re.fullmatch(r"\d{1,6}(\.\d{1,6}){0,3}", release)
    return f"pip install --upgrade 'exo-nbregistry>={release}'" if known else _UPGRADE
