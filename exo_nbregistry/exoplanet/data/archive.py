"""The archive's current table of Kepler Objects of Interest, for those who have a network."""

from __future__ import annotations

import hashlib
import os
import re
import time
import urllib.parse
import warnings
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError, StoreError
from exo_nbregistry.exoplanet.data.download import DownloadError, download
from exo_nbregistry.exoplanet.data.features import DIAGNOSTIC16, HONEST22
from exo_nbregistry.exoplanet.data.koi import embedded_manifest, load_koi, make_bunch
from exo_nbregistry.exoplanet.data.koi_csv import MAX_BYTES, KoiTable, TableError, parse_koi
from exo_nbregistry.exoplanet.data.table_cache import CachedTable, TableCache

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.utils import Bunch

_Kept = tuple[CachedTable, KoiTable]

# Source: https://exoplanetarchive.ipac.caltech.edu/docs/TAP/usingTAP.html
TAP = "https://exoplanetarchive.ipac.caltech.edu/TAP/sync"
MIN_ROWS = 9000
_NUMERIC = frozenset(HONEST22 + DIAGNOSTIC16)
_DATED = re.compile(r"\b\w{3} (\w{3}) +(\d{1,2}) [\d:]{8} (\d{4})\b")
_DOI = "NASA Exoplanet Archive, KOI table (cumulative), doi:10.26133/NEA4."


class SnapshotWarning(UserWarning):
    """The table is not the archive's current one, but an older snapshot of it."""


class FetchError(RegistryError):
    """The table could not be fetched, and no other was wanted in its place."""


def query_url() -> str:
    """Return the address that gives the columns of the embedded table as they are now.

    Examples
    --------
    >>> query_url()[:75]
    'https://exoplanetarchive.ipac.caltech.edu/TAP/sync?query=select+kepid%2Ckep'
    """
    query = {"query": f"select {','.join(_columns())} from cumulative", "format": "csv"}
    return f"{TAP}?{urllib.parse.urlencode(query)}"


def fetch_koi(
    features: str | Iterable[str] = "honest22",
    *,
    as_frame: bool = True,
    allow_leakage: str | Iterable[str] = (),
    source: str | os.PathLike[str] | None = None,
    max_age_days: float = 7,
    fallback: bool = True,
    min_rows: int = MIN_ROWS,
    timeout: float = 60,
    progress: bool = True,
    sleep: Callable[[float], object] = time.sleep,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Bunch:
    """Fetch the archive's current cumulative table of Kepler Objects of Interest.

    One polite request; what came is checked and kept in the user's cache folder, and used for a
    week. Where that fails, the table from the cache takes its place, and where there is none,
    the embedded one: a warning says which, for labels change.

    Parameters
    ----------
    features, as_frame, allow_leakage
        As `load_koi` takes them.
    source : str or Path, optional
        Another address by http or https, kept and replaced like the archive's; or a CSV file,
        plain or gzip-compressed, which is read as it is.
    max_age_days : float, default=7
        How old a table from the cache may be; 0 asks again.
    fallback : bool, default=True
        Whether an older table may take the place of one that cannot be fetched.
    min_rows : int, default=9000
        A table with fewer rows is refused: it was cut.
    timeout : float, default=60
        Seconds to wait for the next bytes; the whole may take ten times as long.
    progress : bool, default=True
        Whether to show a progress bar.
    sleep : callable
        Waits a number of seconds between two attempts.
    now : callable
        Returns the time as an aware datetime.

    Returns
    -------
    Bunch
        As `load_koi` returns it. ``snapshot`` is the day on which the table was fetched;
        ``sha256`` is that of the bytes that came.

    Raises
    ------
    FetchError
        If a file is no such table, or `fallback` is False and nothing could be fetched.
    LeakageError
        If a column leaks the label and `allow_leakage` does not name it.

    Warns
    -----
    SnapshotWarning
        If an older table takes the place of the current one.
    """
    asked: dict[str, Any] = {
        "features": features,
        "as_frame": as_frame,
        "allow_leakage": allow_leakage,
    }
    if source is not None and not _is_url(source):
        return make_bunch(*_read_file(Path(source), min_rows), **asked)
    url = query_url() if source is None else str(source)
    required = _columns() if source is None else list(HONEST22)
    parse = partial(parse_koi, required=required, numeric=_NUMERIC, min_rows=min_rows)
    limits: dict[str, Any] = {"timeout": timeout, "max_bytes": MAX_BYTES}
    fill = partial(download, url, **limits, progress=progress, sleep=sleep)
    cache, moment = TableCache(url), now()
    kept = _usable(cache, parse)
    if kept is None or not kept[0].is_fresh(moment, timedelta(days=max_age_days)):
        try:
            kept = cache.replace(fill, parse, moment)
        except (DownloadError, TableError, StoreError) as error:
            reason = str(error).removesuffix(".")
            failure = f"The table could not be fetched from {_shown(url)}: {reason}."
            if not fallback:
                raise FetchError(f"{failure} Try again later, or take load_koi().") from error
            warnings.warn(f"{failure} {_fallback_note(kept)}", SnapshotWarning, stacklevel=2)
    if kept is None:
        return load_koi(**asked)
    entry, table = kept
    return make_bunch(table.frame, _manifest(entry, table), **asked)


def _columns() -> list[str]:
    return [column["name"] for column in embedded_manifest()["columns"]]


def _is_url(source: str | os.PathLike[str]) -> bool:
    return isinstance(source, str) and source.lower().startswith(("http://", "https://"))


def _shown(url: str) -> str:
    """Return an address without its query, which is long, or holds what others need not see."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _usable(cache: TableCache, parse: Callable[[bytes], KoiTable]) -> _Kept | None:
    found = cache.read()
    if found is None:
        return None
    entry, content = found
    try:
        return entry, parse(content)
    except TableError:
        # An earlier release, or another min_rows, asked less of it.
        return None


def _fallback_note(kept: _Kept | None) -> str:
    if kept is None:
        snapshot = embedded_manifest()["snapshot"]
        return f"This is the embedded DR25 table of {snapshot}, whose labels are of that day."
    return f"This is the table from the cache, as it was on {kept[0].fetched_at:%Y-%m-%d}."


def _read_file(path: Path, min_rows: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    try:
        content = path.read_bytes()
        table = parse_koi(content, required=HONEST22, numeric=_NUMERIC, min_rows=min_rows)
    except (OSError, TableError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise FetchError(f"{path} was not read: {reason}. Give another source.") from error
    digest = hashlib.sha256(content).hexdigest()
    return table.frame, _facts(table, digest, _date(table.comments), f"From the file {path.name}.")


def _date(comments: Iterable[str]) -> str:
    """Return the day that the archive writes above a table that a person has downloaded."""
    found = _DATED.search("\n".join(comments))
    if not found:
        return "an unknown day"
    return datetime.strptime(" ".join(found.groups()), "%b %d %Y").date().isoformat()  # noqa: DTZ007


def _manifest(entry: CachedTable, table: KoiTable) -> dict[str, Any]:
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(entry.url).query)).get("query")
    origin = f"From {_shown(entry.url)}" + (f", asked: {query}" if query else "")
    snapshot = entry.fetched_at.astimezone(UTC).date().isoformat()
    return _facts(table, entry.sha256, snapshot, f"{origin}.")


def _facts(table: KoiTable, sha256: str, snapshot: str, origin: str) -> dict[str, Any]:
    embedded = embedded_manifest()
    odd = "".join(f"\nMissing here, for it is odd: {oddity}." for oddity in table.oddities)
    thanks, _, *others = embedded["citation"]
    archive = next(line for line in others if line.startswith("Christiansen"))
    return {
        "name": "kepler_koi_cumulative",
        "title": "Kepler Objects of Interest, cumulative (NASA Exoplanet Archive)",
        "snapshot": snapshot,
        "sha256": sha256,
        "origin": origin + odd,
        "columns": embedded["columns"],
        "citation": [thanks, _DOI, archive],
    }
