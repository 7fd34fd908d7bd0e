"""Check that a store and a registry are not inside each other."""

from __future__ import annotations

from pathlib import Path

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.sources.found import Source
from exo_nbregistry.values.keys import DESCRIPTOR

# Folders of these kinds are projects of a user, which can have a registry too.
_PROJECTS = ("files", "gto")


def check_places(source: Source, target: str) -> None:
    r"""Check that a store is not in a registry, and that the registry is not in the store.

    Parameters
    ----------
    source : Source
        The store.
    target : str
        Location of the registry.

    Raises
    ------
    InvalidInputError
        If the store is in a registry, or if the registry is in a store that is only read.

    Examples
    --------
    >>> from exo_nbregistry.sources.open_source import open_source
    >>> Path("board").mkdir()
    >>> _ = Path("board/rf.pkl").write_bytes(b"\x80\x04N.")
    >>> check_places(open_source("board", "files"), "s3://bucket/registry")
    """
    store = Path(source.location).absolute()
    outer = [folder for folder in store.parents if (folder / DESCRIPTOR).is_file()]
    if outer:
        raise InvalidInputError(
            f"{source.location} is in the registry {outer[0]}; copy a registry with exo-nbregistry "
            "copy or copy_to."
        )
    if source.kind in _PROJECTS or "://" in target:
        return
    if Path(target).resolve().is_relative_to(store.resolve()):
        raise InvalidInputError(
            f"The registry {target} is in {source.location}, which is only read; choose a folder "
            "outside of it."
        )
