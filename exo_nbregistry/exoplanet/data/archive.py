"""Download of the archive's current table of Kepler Objects of Interest."""

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
from exo_nbregistry.fs.regular_file import read_regular

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.utils import Bunch

_Cached = tuple[CachedTable, KoiTable]

# Source: https://exoplanetarchive.ipac.caltech.edu/docs/TAP/usingTAP.html
TAP = "https://exoplanetarchive.ipac.caltech.edu/TAP/sync"
MIN_ROWS = 9000
_NUMERIC = frozenset(HONEST22 + DIAGNOSTIC16)
_DATE = re.compile(r"\b\w{3} (\w{3}) +(\d{1,2}) [\d:]{8} (\d{4})\b")
_DOI = "NASA Exoplanet Archive, KOI table (cumulative), doi:10.26133/NEA4."


class SnapshotWarning(UserWarning):
    """The table is an older snapshot, not the archive's current table."""


class FetchError(RegistryError):
    """The table could not be fetched."""


def query_url() -> str:
    """Return the URL of the current table, with the columns of the embedded one.

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

    The table is validated and stored in the user's cache folder for a week. If it cannot be
    fetched, the table from the cache is used, or else the embedded one. A warning names the
    table that was used, because labels change.

    Parameters
    ----------
    features, as_frame, allow_leakage
        As for `load_koi`.
    source : str or Path, optional
        An HTTP or HTTPS URL to use instead of the archive's, or a CSV file, plain or
        gzip-compressed. A file is not cached.
    max_age_days : float, default=7
        Maximum age of a table from the cache; 0 always fetches the table.
    fallback : bool, default=True
        Whether to use an older table if the current one cannot be fetched.
    min_rows : int, default=9000
        Minimum number of rows; a smaller table is incomplete and rejected.
    timeout : float, default=60
        Seconds to wait for the next bytes. The whole download may take ten times as long.
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
        ``sha256`` is the digest of the downloaded bytes.

    Raises
    ------
    FetchError
        If a file is not a valid table, or if the table cannot be fetched and `fallback` is False.
    LeakageError
        If a column leaks the label and `allow_leakage` does not name it.

    Warns
    -----
    SnapshotWarning
        If an older table is used instead of the current one.
    """
    options: dict[str, Any] = {
        "features": features,
        "as_frame": as_frame,
        "allow_leakage": allow_leakage,
    }
    if source is not None and not _is_url(source):
        return make_bunch(*_read_file(Path(source), min_rows), **options)
    url = query_url() if source is None else str(source)
    required = _columns() if source is None else list(HONEST22)
    parse = partial(parse_koi, required=required, numeric=_NUMERIC, min_rows=min_rows)
    limits: dict[str, Any] = {"timeout": timeout, "max_bytes": MAX_BYTES}
    fill = partial(download, url, **limits, progress=progress, sleep=sleep)
    cache, time_now = TableCache(url), now()
    cached = _read_cache(cache, parse)
    if cached is None or not cached[0].is_fresh(time_now, timedelta(days=max_age_days)):
        try:
            cached = cache.replace(fill, parse, time_now)
        except (DownloadError, TableError, StoreError) as error:
            reason = str(error).removesuffix(".")
            failure = f"Cannot fetch the table from {_without_query(url)}: {reason}."
            if not fallback:
                raise FetchError(f"{failure} Try again later, or use load_koi().") from error
            warnings.warn(f"{failure} {_fallback_note(cached)}", SnapshotWarning, stacklevel=2)
    if cached is None:
        return load_koi(**options)
    entry, table = cached
    return make_bunch(table.frame, _manifest(entry, table), **options)


def _columns() -> list[str]:
    return [column["name"] for column in embedded_manifest()["columns"]]


def _is_url(source: str | os.PathLike[str]) -> bool:
    return isinstance(source, str) and source.lower().startswith(("http://", "https://"))


def _without_query(url: str) -> str:
    """Return a URL without its query and credentials."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _read_cache(cache: TableCache, parse: Callable[[bytes], KoiTable]) -> _Cached | None:
    found = cache.read()
    if found is None:
        return None
    entry, content = found
    try:
        return entry, parse(content)
    except TableError:
        # An earlier release, or a smaller min_rows, accepted this table.
        return None


def _fallback_note(cached: _Cached | None) -> str:
    if cached is None:
        snapshot = embedded_manifest()["snapshot"]
        return f"Using the embedded DR25 table of {snapshot}, with the labels of that day."
    return f"Using the table from the cache, fetched on {cached[0].fetched_at:%Y-%m-%d}."


def _read_file(path: Path, min_rows: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    try:
        content = read_regular(path, MAX_BYTES)
        table = parse_koi(content, required=HONEST22, numeric=_NUMERIC, min_rows=min_rows)
    except (OSError, TableError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise FetchError(f"Cannot read {path}: {reason}. Pass another source.") from error
    digest = hashlib.sha256(content).hexdigest()
    return table.frame, _facts(table, digest, _date(table.comments), f"From the file {path.name}.")


def _date(comments: Iterable[str]) -> str:
    """Return the date in the comments of a table that was downloaded in a browser."""
    found = _DATE.search("\n".join(comments))
    if not found:
        return "an unknown date"
    return datetime.strptime(" ".join(found.groups()), "%b %d %Y").date().isoformat()  # noqa: DTZ007


def _manifest(entry: CachedTable, table: KoiTable) -> dict[str, Any]:
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(entry.url).query)).get("query")
    origin = f"From {_without_query(entry.url)}" + (f", query: {query}" if query else "")
    snapshot = entry.fetched_at.astimezone(UTC).date().isoformat()
    return _facts(table, entry.sha256, snapshot, f"{origin}.")


def _facts(table: KoiTable, sha256: str, snapshot: str, origin: str) -> dict[str, Any]:
    embedded = embedded_manifest()
    invalid = "".join(f"\nSet to missing: {cell}." for cell in table.invalid_cells)
    acknowledgment, _, *others = embedded["citation"]
    archive = next(line for line in others if line.startswith("Christiansen"))
    return {
        "name": "kepler_koi_cumulative",
        "title": "Kepler Objects of Interest, cumulative (NASA Exoplanet Archive)",
        "snapshot": snapshot,
        "sha256": sha256,
        "origin": origin + invalid,
        "columns": embedded["columns"],
        "citation": [acknowledgment, _DOI, archive],
    }
