"""The folder of results: which pieces are finished, and which files are not of this run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from exo_nbregistry.errors import ConflictError, InvalidInputError, RegistryError
from exo_nbregistry.fs.atomic import make_folder
from exo_nbregistry.scoring.bucket_folder import BucketFolder, OpenBucket
from exo_nbregistry.scoring.disk_folder import DiskFolder
from exo_nbregistry.scoring.piece import Layout, Piece, TableScorer
from exo_nbregistry.scoring.place import FoundFiles, Place
from exo_nbregistry.scoring.results import facts_of, read_footer
from exo_nbregistry.store.bucket_threads import in_order
from exo_nbregistry.store.url import is_url, parse_url, require_slashes
from exo_nbregistry.text.markup import count

_INSTEAD = "choose another folder, or pass overwrite=True to score everything again"


def open_target(
    target: str | os.PathLike[str], files: FoundFiles, open_bucket: OpenBucket
) -> Place:
    """Return the folder of results, after a check that it is not a part of the table.

    Parameters
    ----------
    target : str or Path
        The folder, which is created, or its URL.
    files : FoundFiles
        The files of the table.
    open_bucket : callable
        Opens the store of a URL.

    Raises
    ------
    InvalidInputError
        If it is a file, has files of the table, is below the folder of the table, or is an
        invalid URL.
    """
    text, table = os.fspath(target), files.place
    paths: list[PurePath]
    require_slashes(text)
    if is_url(text):
        url = str(parse_url(text))
        if isinstance(table, BucketFolder):
            paths = [PurePosixPath(table.url, name) for name in files.names]
            _require_outside(text, PurePosixPath(url), PurePosixPath(table.url), paths, files)
        return BucketFolder(url, open_bucket)
    folder = Path(text).expanduser().absolute()
    if isinstance(table, DiskFolder):
        root = Path(table.path)
        paths = [Path(root, name).resolve() for name in files.names]
        _require_outside(text, folder.resolve(), root.resolve(), paths, files)
    try:
        make_folder(folder)
    except OSError as error:
        raise InvalidInputError(
            f"Cannot create the folder {text}: {error.strerror}; choose another folder."
        ) from None
    return DiskFolder(str(folder))


def _require_outside(
    text: str, target: PurePath, table: PurePath, paths: Sequence[PurePath], files: FoundFiles
) -> None:
    if any(target in path.parents for path in paths):
        raise InvalidInputError(
            f"{text} has files of the table; choose another folder for results."
        )
    if files.is_folder and target.is_relative_to(table):
        raise InvalidInputError(
            f"{text} is inside the table {files.place.label}, so the next run would score its "
            "results; choose a folder outside of it."
        )


def finished_pieces(
    scorer: TableScorer, pieces: Sequence[Piece], target: Place, layout: Layout, *, overwrite: bool
) -> dict[str, Mapping[str, int]]:
    """Return the row counts of the pieces whose files exist.

    Parameters
    ----------
    scorer : TableScorer
        The scorer.
    pieces : sequence of Piece
        All pieces.
    target : Place
        The folder of results.
    layout : Layout
        Which columns are used.
    overwrite : bool
        Whether to remove all files of results first. Other files are never removed.

    Returns
    -------
    dict of str to mapping
        For each finished file its number of rows by status.

    Raises
    ------
    ConflictError
        If the folder has other files, or results of another version, table or selection of columns.
    """
    expected = {piece.name: piece for piece in pieces}
    finished: dict[str, Mapping[str, int]] = {}
    replaced: list[str] = []
    names = target.names()
    for name, footer in zip(names, in_order(partial(_footer, target), names), strict=True):
        if footer is None:
            raise ConflictError(
                f"{target.label} has {name}, which is not a file of results; choose another folder."
            )
        if overwrite:
            replaced.append(name)
            continue
        facts, counts = footer
        piece = expected.get(name)
        wanted = None if piece is None else facts_of(scorer, piece, layout)
        if facts != wanted:
            raise ConflictError(
                f"{_difference(f'{target.label}/{name}', facts, wanted, scorer)}; {_INSTEAD}."
            )
        finished[name] = counts
    for name in replaced:
        target.remove(name)
    return finished


def _footer(target: Place, name: str) -> tuple[dict[str, Any], dict[str, int]] | None:
    return read_footer(target, name) if name.endswith(".parquet") else None


def _difference(
    path: str, facts: Mapping[str, Any], wanted: Mapping[str, Any] | None, scorer: TableScorer
) -> str:
    """Return how a file of results differs from those of this run."""
    version = facts.get("version", {})
    if version != scorer.facts():
        found = version.get("model_id")
        if found != scorer.model_id:
            return f"{path} has scores of {found}, not of {scorer.model_id}"
        return f"{path} has scores of {found} with another digest, calibration or on_mismatch"
    source = facts.get("source", {})
    if wanted is None or source != wanted["source"]:
        return f"{path} is from another {source.get('file')}, which is not a part of this table"
    return f"{path} has other columns or id_columns"


def require_files(target: Place, pieces: Sequence[Piece]) -> None:
    """Check that the files of all pieces are in the folder of results.

    Parameters
    ----------
    target : Place
        The folder of results.
    pieces : sequence of Piece
        All pieces.

    Raises
    ------
    RegistryError
        If a worker has written a file to a folder of its own machine.
    """
    missing = len({piece.name for piece in pieces}.difference(target.names()))
    if missing:
        raise RegistryError(
            f"Workers have reported {count(missing, 'file')} of results that cannot be found in "
            f"{target.label}; use a folder that all workers see under the same path, and run the "
            "same call again."
        )
