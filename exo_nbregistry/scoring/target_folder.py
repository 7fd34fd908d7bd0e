"""The folder of results: which pieces are finished, and which files are not of this run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import ConflictError, InvalidInputError, RegistryError
from exo_nbregistry.fs.atomic import TEMPORARY_PREFIX, make_folder
from exo_nbregistry.fs.file import discard_file
from exo_nbregistry.scoring.piece import Layout, Piece, TableScorer
from exo_nbregistry.scoring.results import facts_of, read_footer
from exo_nbregistry.text.markup import count

_HIDDEN = (".", "_")
_INSTEAD = "choose another folder, or pass overwrite=True to score everything again"


def open_target(
    target: str | os.PathLike[str], source: str | os.PathLike[str], files: Sequence[Path]
) -> Path:
    """Create the folder of results, and check that it is not a part of the table.

    Parameters
    ----------
    target : str or Path
        The folder.
    source : str or Path
        The table, as it was passed.
    files : sequence of Path
        Files of the table.

    Returns
    -------
    Path
        Its absolute path.

    Raises
    ------
    InvalidInputError
        If it is a file, an address, has files of the table, or is below the folder of the table.
    """
    text = os.fspath(target)
    if "://" in text:
        raise InvalidInputError(
            f"The results must be in a folder on disk, got {text.partition('://')[0]}://...; use "
            "scorer() with Dask to write to a bucket."
        )
    folder = Path(text).expanduser().absolute()
    parents = {parent for file in files for parent in file.resolve().parents}
    if folder.resolve() in parents:
        raise InvalidInputError(
            f"{text} has files of the table; choose another folder for results."
        )
    table = Path(source).expanduser()
    if table.is_dir() and folder.resolve().is_relative_to(table.resolve()):
        raise InvalidInputError(
            f"{text} is inside the table {os.fspath(source)}, so the next run would score its "
            "results; choose a folder outside of it."
        )
    try:
        make_folder(folder)
    except OSError as error:
        raise InvalidInputError(
            f"Cannot create the folder {text}: {error.strerror}; choose another folder."
        ) from None
    return folder


def finished_pieces(
    scorer: TableScorer, pieces: Sequence[Piece], folder: Path, layout: Layout, *, overwrite: bool
) -> dict[str, Mapping[str, int]]:
    """Return the row counts of the pieces whose files exist.

    Parameters
    ----------
    scorer : TableScorer
        The scorer.
    pieces : sequence of Piece
        All pieces.
    folder : Path
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
    replaced: list[Path] = []
    for name in sorted(os.listdir(folder)):
        if name.startswith(_HIDDEN):
            continue
        footer = read_footer(folder / name) if name.endswith(".parquet") else None
        if footer is None:
            raise ConflictError(
                f"{folder} has {name}, which is not a file of results; choose another folder."
            )
        if overwrite:
            replaced.append(folder / name)
            continue
        facts, counts = footer
        piece = expected.get(name)
        wanted = None if piece is None else facts_of(scorer, piece, layout)
        if facts != wanted:
            raise ConflictError(f"{_difference(folder / name, facts, wanted, scorer)}; {_INSTEAD}.")
        finished[name] = counts
    for path in replaced:
        os.unlink(path)
    return finished


def _difference(
    path: Path, facts: Mapping[str, Any], wanted: Mapping[str, Any] | None, scorer: TableScorer
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


def require_files(folder: Path, pieces: Sequence[Piece]) -> None:
    """Check that the files of all pieces are in the folder of results.

    Parameters
    ----------
    folder : Path
        The folder of results.
    pieces : sequence of Piece
        All pieces.

    Raises
    ------
    RegistryError
        If a worker has written a file to a folder of its own machine.
    """
    missing = sum(not os.path.exists(folder / piece.name) for piece in pieces)
    if missing:
        raise RegistryError(
            f"Workers have reported {count(missing, 'file')} of results that cannot be found in "
            f"{folder}; use a folder that all workers see under the same path, and run the same "
            "call again."
        )


def remove_temporary(folder: Path) -> None:
    """Remove what killed workers left, after all pieces are finished."""
    for name in os.listdir(folder):
        if name.startswith(TEMPORARY_PREFIX):
            discard_file(folder / name)
