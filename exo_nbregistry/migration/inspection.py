"""The model files of a store that were inspected, so that each is read once."""

from __future__ import annotations

import os
import sys

from exo_nbregistry.persistence.foreign_file import ForeignFile, inspect_file, stamp_of
from exo_nbregistry.sources.found import FoundFile


class Inspections:
    """The model files that were inspected. Threads can share it.

    Files with the same names share them, so that a store with many versions takes little memory.
    """

    def __init__(self) -> None:
        self._found: dict[str, ForeignFile] = {}
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}

    def of(self, source_id: str, file: FoundFile, *, digest: bool = False) -> ForeignFile:
        """Return the facts of a model file; an unchanged file is not read again.

        Parameters
        ----------
        source_id : str
            The version in its store.
        file : FoundFile
            Its model file.
        digest : bool, default=False
            Whether the digest is needed.

        Returns
        -------
        ForeignFile
            Format, size and names.

        Raises
        ------
        OSError
            If the file cannot be read.
        """
        known = self._found.get(source_id)
        is_enough = known is not None and bool(known.sha256 or not digest)
        if known is not None and is_enough and known.stamp == stamp_of(os.stat(file.path)):
            return known
        found = inspect_file(file.path, digest=digest)
        names = self._names.setdefault(found.names, found.names)
        found = ForeignFile(
            sys.intern(found.format),
            found.size_bytes,
            names,
            found.problem,
            found.sha256,
            found.stamp,
        )
        self._found[source_id] = found
        return found
