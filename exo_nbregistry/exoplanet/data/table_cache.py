"""Downloaded tables in the user's cache folder: whole, checked, and said where they are from."""

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

from exo_nbregistry.fs.atomic import publish_file, staged_file
from exo_nbregistry.fs.file import sync_file
from exo_nbregistry.signing.user_files import (
    CACHE_VARIABLE,
    cache_folder,
    make_private_folder,
    replace_private,
    unwritable,
)

_STALE_STAGED_S = 86_400
_Table = TypeVar("_Table")


@dataclass(frozen=True)
class CachedTable:
    """A table in the cache.

    Attributes
    ----------
    url : str
        What was asked, with the query.
    fetched_at : datetime
        When, in UTC.
    sha256 : str
        Digest of the bytes as they came.
    size_bytes : int
        Their number.
    """

    url: str
    fetched_at: datetime
    sha256: str
    size_bytes: int

    def is_fresh(self, now: datetime, max_age: timedelta) -> bool:
        """Say whether it was fetched at most `max_age` before `now`, and not after it."""
        return timedelta(0) <= now - self.fetched_at < max_age


class TableCache:
    """What was last downloaded from one address.

    A small manifest names the table by its digest, and is put in place after it: whoever reads
    finds the old table or the new one, and bytes that are not those that came are not used.

    Parameters
    ----------
    url : str
        The address, with the query.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.folder = cache_folder() / "koi"
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        self.manifest = self.folder / f"{name}.json"

    def read(self) -> tuple[CachedTable, bytes] | None:
        """Return the table with its facts, or None if there is none or it was damaged."""
        try:
            fields = json.loads(self.manifest.read_bytes())
            fetched_at = datetime.fromisoformat(fields.pop("fetched_at"))
            entry = CachedTable(fetched_at=fetched_at, **fields)
            content = self._table(entry.sha256).read_bytes()
        except (OSError, ValueError, TypeError, LookupError, AttributeError):
            return None
        same = hashlib.sha256(content).hexdigest() == entry.sha256
        whole = same and entry.url == self.url and fetched_at.tzinfo is not None
        return (entry, content) if whole else None

    def replace(
        self, fill: Callable[[Path], None], parse: Callable[[bytes], _Table], fetched_at: datetime
    ) -> tuple[CachedTable, _Table]:
        """Put a new table in place of the old one, if it is one.

        Parameters
        ----------
        fill : callable
            Writes the file that it is given.
        parse : callable
            Makes a table of the bytes, or raises if they are none: then all stays as it was.
        fetched_at : datetime
            Now, in UTC.

        Returns
        -------
        tuple of CachedTable and object
            Its facts, and what `parse` made of it.

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
            raise ValueError(f"{sha256!r} is no digest.")
        return self.folder / f"{self.manifest.stem}-{sha256}.csv"

    def _sweep(self) -> None:
        """Remove what a killed download left behind."""
        for path in self.folder.glob(".*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _STALE_STAGED_S:
                    path.unlink()
