"""The store in a folder: the contract, in each way of committing, and what only folders have."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from exo_nbregistry.store.commit import claim, link, rename
from exo_nbregistry.store.local import LocalStore
from tests.store.conformance import StoreContract


def move_as_windows(source: str, target: str) -> None:
    """Rename, but refuse a target that exists."""
    os.link(source, target)
    os.unlink(source)


class TestLink(StoreContract):
    """Hard links, as on POSIX file systems; durable, which takes other paths."""

    def make(self, folder: Path) -> LocalStore:
        """Return a store that commits by hard links."""
        return LocalStore(folder, commit=link)


class TestClaim(StoreContract):
    """Folders that are claimed, where there are no hard links."""

    def make(self, folder: Path) -> LocalStore:
        """Return a store that commits by claims."""
        return LocalStore(folder, durable=False, commit=claim)


class TestRename(StoreContract):
    """Renames that refuse an existing target, as on Windows."""

    def make(self, folder: Path) -> LocalStore:
        """Return a store that commits by renames."""
        return LocalStore(folder, durable=False, commit=partial(rename, move=move_as_windows))
