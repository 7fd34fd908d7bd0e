"""Cache of downloaded tables, each with its source and digest."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.exoplanet.data.koi_csv import MAX_BYTES
from exo_nbregistry.fs.atomic import publish_file, staged_file
from exo_nbregistry.fs.file import sync_file
from exo_nbregistry.fs.regular_file import read_regular
from exo_nbregistry.signing.user_files import (
    CACHE_VARIABLE,
    cache_folder,
    make_private_folder,
    replace_private,
    unwritable,
)
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES

_STALE_STAGED_S = 86_400
_Table = TypeVar("_Table")


@dataclass(frozen=True)
class CachedTable:
    """A table in the cache.

    Attributes
    ----------
    url : str
        The URL, with the query.
    fetched_at : datetime
        Time of the download, in UTC.
    sha256 : str
        Digest of the downloaded bytes.
    size_bytes : int
        Number of bytes.
    """

    url: str
    fetched_at: datetime
    sha256: str
    size_bytes: int

    def is_fresh(self, now: datetime, max_age: timedelta) -> bool:
        """Return whether the table was fetched within `max_age` before `now`."""
        return timedelta(0) <= now - self.fetched_at < max_age


class TableCache:
    """The last table that was downloaded from a URL.

    A manifest names the table by its digest and is written after the table. A reader therefore
    finds either the old table or the new one, and a damaged table is ignored.

    Parameters
    ----------
    url : str
        The URL, with the query.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.folder = cache_folder() / "koi"
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        self.manifest = self.folder / f"{name}.json"

    def read(self) -> tuple[CachedTable, bytes] | None:
        """Return the table with its metadata, or None if it is missing or damaged."""
        try:
            fields = json.loads(read_regular(self.manifest, MAX_RECORD_BYTES))
            fetched_at = datetime.fromisoformat(fields.pop("fetched_at"))
            entry = CachedTable(fetched_at=fetched_at, **fields)
            content = read_regular(self._table(entry.sha256), MAX_BYTES)
        except (OSError, ValueError, TypeError, LookupError, AttributeError):
            return None
        intact = hashlib.sha256(content).hexdigest() == entry.sha256
        valid = intact and entry.url == self.url and fetched_at.tzinfo is not None
        return (entry, content) if valid else None

    def replace(
        self, fill: Callable[[Path], None], parse: Callable[[bytes], _Table], fetched_at: datetime
    ) -> tuple[CachedTable, _Table]:
        """Replace the cached table if the new table is valid.

        Parameters
        ----------
        fill : callable
            Writes the table to a given file.
        parse : callable
            Parses the bytes. If it raises, the cache does not change.
        fetched_at : datetime
            Current time, in UTC.

        Returns
        -------
        tuple of CachedTable and object
            The metadata of the table and the parsed table.

        Raises
        ------
        StoreError
            If the cache folder cannot be written.
        """
        try:
            make_private_folder(self.folder)
            self._sweep()
            with staged_file(self.manifest) as staged:
                fill(staged)
                content = staged.read_bytes()
                table = parse(content)
                digest = hashlib.sha256(content).hexdigest()
                with staged.open("rb+") as file:
                    sync_file(file.fileno())
                publish_file(staged, self._table(digest))
            entry = CachedTable(self.url, fetched_at, digest, len(content))
            self._publish(entry)
        except OSError as error:
            raise unwritable(
                self.folder, "store the table", error, variable=CACHE_VARIABLE
            ) from error
        return entry, table

    def _publish(self, entry: CachedTable) -> None:
        before = self.read()
        fields = asdict(entry) | {"fetched_at": entry.fetched_at.isoformat()}
        replace_private(self.manifest, json.dumps(fields, indent=1).encode() + b"\n")
        if before and before[0].sha256 != entry.sha256:
            self._table(before[0].sha256).unlink(missing_ok=True)

    def _table(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise InvalidInputError(f"{sha256!r} is not a SHA-256 digest.")
        return self.folder / f"{self.manifest.stem}-{sha256}.csv"

    def _sweep(self) -> None:
        """Remove the temporary files of downloads that were killed."""
        for path in self.folder.glob(".*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _STALE_STAGED_S:
                    path.unlink()
