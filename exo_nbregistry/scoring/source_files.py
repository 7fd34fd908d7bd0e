"""The files of a table: one file, a folder or a pattern, on disk or in a bucket."""

from __future__ import annotations

import os
from pathlib import PurePosixPath

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.scoring.bucket_folder import OpenBucket, find_in_bucket
from exo_nbregistry.scoring.disk_folder import find_on_disk
from exo_nbregistry.scoring.place import FoundFiles
from exo_nbregistry.store.url import is_url, require_slashes
from exo_nbregistry.text.names import name_list

PARQUET, CSV = "parquet", "csv"
_FORMATS = {".parquet": PARQUET, ".pq": PARQUET, ".csv": CSV}


def source_files(source: str | os.PathLike[str], open_bucket: OpenBucket) -> tuple[FoundFiles, str]:
    """Return the files of a table, and their format.

    Parameters
    ----------
    source : str or Path
        A file, a folder or a pattern such as ``data/2026-*.parquet``, or the URL of one.
    open_bucket : callable
        Opens the store of a URL.

    Returns
    -------
    files : FoundFiles
        The files.
    format : {'parquet', 'csv'}
        Their format, by the suffix.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InvalidInputError
        If the files are not all Parquet or all CSV, or a URL is invalid.
    """
    text = os.fspath(source)
    require_slashes(text)
    if is_url(text):
        files = find_in_bucket(text, _is_table, open_bucket)
    else:
        files = find_on_disk(text, _is_table)
    return files, _one_format(files.names)


def _is_table(name: str) -> bool:
    return _format(name) is not None


def _format(name: str) -> str | None:
    return _FORMATS.get(PurePosixPath(name).suffix.lower())


def _one_format(names: list[str]) -> str:
    formats = {_format(name) for name in names}
    if None in formats:
        raise InvalidInputError(
            f"{PurePosixPath(names[0]).name} must be a Parquet or CSV file: .parquet, .pq or .csv."
        )
    if len(formats) > 1:
        first = {_format(name): PurePosixPath(name).name for name in reversed(names)}
        raise InvalidInputError(
            f"The table has Parquet and CSV files ({name_list(sorted(first.values()))}); pass a "
            "pattern such as 'data/*.parquet'."
        )
    return str(formats.pop())
