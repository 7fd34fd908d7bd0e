"""The check that a registry can be created in a place, and the registries near it."""

from __future__ import annotations

import os
from pathlib import Path

from exo_nbregistry.errors import RegistryNotFoundError, StoreError
from exo_nbregistry.registry.nearby import near_registries
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.url import SCHEMES, is_url
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.keys import DESCRIPTOR, MODELS
from exo_nbregistry.values.unrelated_files import is_unrelated

# Each costs a request in a bucket, which is only made for the message of an error.
_MAX_LOOKUPS = 20
_MAX_NAMED = 3


class Site:
    """A place that may hold a registry: a folder, a prefix of a bucket or another store.

    Parameters
    ----------
    store : Store
        The store of the place.
    path : object
        The path that the user passed.
    """

    def __init__(self, store: Store, path: object) -> None:
        self._store = store
        self._location = store.location
        self._in_bucket = is_url(store.location)
        self._is_folder = not self._in_bucket and isinstance(path, str | os.PathLike)

    @property
    def kind(self) -> str:
        """The word for the place: ``folder`` or ``prefix of the bucket``."""
        return "prefix of the bucket" if self._in_bucket else "folder"

    @property
    def is_remembered(self) -> bool:
        """Whether the location is the same registry in other processes."""
        if self._in_bucket:
            return self._location.partition("://")[0] in SCHEMES
        return self._store.local_path(DESCRIPTOR) is not None

    def require_free(self) -> None:
        """Check that a registry can be created here.

        Raises
        ------
        StoreError
            If the place is a file, or the bucket does not exist.
        RegistryNotFoundError
            If the place has other files.
        """
        if not (self._is_folder or self._in_bucket):
            return
        others = sorted(name for name in self._names() if not _is_harmless(name))
        if others:
            held = name_list(others, quoted=True, limit=1)
            raise RegistryNotFoundError(
                f"{self._location} is not a registry and holds {held}; choose an empty or a new "
                f"{self.kind}.",
                name=self._location,
                known=self.near(),
            )

    def _names(self) -> list[str]:
        if self._in_bucket:
            return self._store.names("")
        folder = Path(self._location)
        if folder.exists() and not folder.is_dir():
            raise StoreError(
                f"{self._location} is a file; choose a folder for the registry.", key=""
            )
        return os.listdir(folder) if folder.is_dir() else []

    def near(self) -> tuple[str, ...]:
        """Return registries near the place, for the message of an error.

        Returns
        -------
        tuple of str
            Paths or URLs, at most three.
        """
        if self._is_folder:
            return near_registries(self._location)
        return self._below() if self._in_bucket else ()

    def _below(self) -> tuple[str, ...]:
        """Return the registries directly below a prefix of a bucket."""
        try:
            folders = [e.name for e in self._store.entries("") if e.kind == "folder" and e.name]
            found = [
                f"{self._location}/{name}"
                for name in folders[:_MAX_LOOKUPS]
                if self._store.info(f"{name}/{DESCRIPTOR}") is not None
            ]
        except StoreError:
            # Not readable, or a name that is not a valid key.
            return ()
        return tuple(found[:_MAX_NAMED])


def _is_harmless(name: str) -> bool:
    """Return whether a registry can be created beside a file: a hidden or an unrelated one."""
    return name == MODELS or name.startswith((".", DESCRIPTOR)) or is_unrelated(name)
