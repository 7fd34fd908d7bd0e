"""The files of a table: one file, a folder or a pattern."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.text.names import name_list

PARQUET, CSV = "parquet", "csv"
_FORMATS = {".parquet": PARQUET, ".pq": PARQUET, ".csv": CSV}
_HIDDEN = (".", "_")


def source_files(source: str | os.PathLike[str]) -> tuple[Path, list[Path], str]:
    """Return the files of a table in order, and their format.

    Parameters
    ----------
    source : str or Path
        A file, a folder or a pattern such as ``data/2026-*.parquet``.

    Returns
    -------
    root : Path
        The folder that the files are named below.
    files : list of Path
        Absolute paths.
    format : {'parquet', 'csv'}
        Their format, by the suffix.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InvalidInputError
        If the files are not all Parquet or all CSV.
    """
    text = os.fspath(source)
    if "://" in text:
        raise InvalidInputError(
            f"score() reads files and folders on disk, got {text.partition('://')[0]}://...; "
            "use scorer() with Dask to read a bucket."
        )
    path = Path(text).expanduser()
    if path.is_dir():
        root, found = path.absolute(), sorted(_visible(path.absolute()))
    elif path.exists():
        root, found = path.absolute().parent, [path.absolute()]
    else:
        found = sorted(
            Path(name).absolute()
            for name in glob.glob(str(path), recursive=True)
            if not os.path.isdir(name) and _format(Path(name))
        )
        root = Path(os.path.commonpath([file.parent for file in found])) if found else path
    if not found:
        what = "has no .parquet, .pq or .csv files" if path.is_dir() else "does not exist"
        raise NotFoundError(f"{text} {what}.", name=text)
    return root, found, _one_format(found)


def _visible(folder: Path) -> Iterator[Path]:
    """Yield the tables below a folder; names that begin with a dot or ``_`` are not tables."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
        for name in names:
            if not name.startswith(_HIDDEN) and _format(Path(name)):
                yield Path(parent, name)


def _format(path: Path) -> str | None:
    return _FORMATS.get(path.suffix.lower())


def _one_format(files: list[Path]) -> str:
    formats = {_format(path) for path in files}
    if None in formats:
        raise InvalidInputError(
            f"{files[0].name} must be a Parquet or CSV file: .parquet, .pq or .csv."
        )
    if len(formats) > 1:
        first = {_format(path): path.name for path in reversed(files)}
        raise InvalidInputError(
            f"The table has Parquet and CSV files ({name_list(sorted(first.values()))}); pass a "
            "pattern such as 'data/*.parquet'."
        )
    return str(formats.pop())
