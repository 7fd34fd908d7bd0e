"""Score a large table: list its pieces, skip the finished ones, and run an engine."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import Any

from exo_nbregistry.config import runs_unattended
from exo_nbregistry.errors import InvalidInputError, RegistryError
from exo_nbregistry.inference.row_problems import STATUSES
from exo_nbregistry.inference.scored_rows import PREDICTED
from exo_nbregistry.scoring.bucket_folder import OpenBucket
from exo_nbregistry.scoring.csv_source import csv_pieces
from exo_nbregistry.scoring.engines import DASK, check_engine, run
from exo_nbregistry.scoring.parquet_source import parquet_pieces
from exo_nbregistry.scoring.piece import Layout, Piece, TableScorer
from exo_nbregistry.scoring.place import FoundFiles
from exo_nbregistry.scoring.results import RESULTS
from exo_nbregistry.scoring.source_files import CSV, source_files
from exo_nbregistry.scoring.target_folder import (
    finished_pieces,
    open_target,
    require_files,
)
from exo_nbregistry.text.names import name_list, short_error

_ORDER = tuple(reversed(STATUSES))
_BAR_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class ScoringSummary:
    """Numbers of the rows and files of a scored table.

    Attributes
    ----------
    model_id : str
        The version.
    target : str
        The folder of results.
    rows : int
        Number of rows.
    predicted : int
        Number of rows with a prediction.
    statuses : dict of str to int
        Number of rows with each status.
    files : int
        Number of files of results.
    resumed : int
        Of these, the number of files that an earlier run had finished.

    Examples
    --------
    >>> print(ScoringSummary("kepler:1", "scores", 10, 9, {"ok": 9, "missing": 1}, 1, 0))
    10 rows scored by kepler:1: 9 ok, 1 missing; 9 have a prediction. 1 file in scores.
    """

    model_id: str
    target: str
    rows: int
    predicted: int
    statuses: dict[str, int] = field(default_factory=dict)
    files: int = 0
    resumed: int = 0

    def __str__(self) -> str:
        """Return the numbers as two sentences."""
        counts = ", ".join(
            f"{count:,} {status}" for status, count in self.statuses.items() if count
        )
        found = f": {counts}; {self.predicted:,} have a prediction" if counts else ""
        files = "1 file" if self.files == 1 else f"{self.files:,} files"
        before = f", {self.resumed:,} of them from an earlier run" if self.resumed else ""
        rows = "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        return f"{rows} scored by {self.model_id}{found}. {files} in {self.target}{before}."


def score_table(
    scorer: TableScorer,
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    layout: Layout,
    *,
    open_bucket: OpenBucket,
    engine: str | None,
    n_jobs: int | None,
    cluster: Any,
    overwrite: bool,
    progress: bool,
) -> ScoringSummary:
    """Score a table, as `ModelRegistry.score`.

    Parameters
    ----------
    scorer : TableScorer
        The scorer.
    source, target, engine, n_jobs, cluster, overwrite, progress
        As for `ModelRegistry.score`.
    layout : Layout
        Which columns are used.
    open_bucket : callable
        Opens the store of a URL, in any process.

    Returns
    -------
    ScoringSummary
        The numbers of rows and files.

    Raises
    ------
    RegistryError
        As for `ModelRegistry.score`.
    """
    engine = check_engine(engine, n_jobs, cluster)
    _require_libraries(engine)
    _check_layout(layout, scorer)
    files, form = source_files(source, open_bucket)
    folder = open_target(target, files, open_bucket)
    pieces = _pieces(scorer, files, form, layout)
    counts = finished_pieces(scorer, pieces, folder, layout, overwrite=overwrite)
    resumed = len(counts)
    left = [piece for piece in pieces if piece.name not in counts]
    found = run(engine, scorer, left, folder, layout, n_jobs=n_jobs, cluster=cluster)
    counts.update(_shown(found, pieces, counts, shown=progress))
    require_files(folder, pieces)
    folder.clean_up()
    total: Counter[str] = Counter()
    for each in counts.values():
        total.update(each)
    statuses = {status: total[status] for status in _ORDER}
    return ScoringSummary(
        scorer.model_id,
        os.fspath(target),
        sum(statuses.values()),
        total[PREDICTED],
        statuses,
        len(pieces),
        resumed,
    )


def _require_libraries(engine: str) -> None:
    for library in ("pyarrow", "distributed") if engine == DASK else ("pyarrow",):
        if find_spec(library) is None:
            raise RegistryError(
                f"Scoring large tables requires {library}: pip install 'exo-nbregistry[dask]'."
            )


def _check_layout(layout: Layout, scorer: TableScorer) -> None:
    unknown = [name for name in layout.renamed if name not in scorer.columns]
    if unknown:
        raise InvalidInputError(
            f"columns has {name_list(unknown, quoted=True)}, which {scorer.model_id} does not "
            "take; pass {column of the model: column of the table}."
        )
    rows = layout.batch_rows
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
        raise InvalidInputError(f"batch_rows must be a positive integer, got {rows!r}.")
    taken = [name for name in layout.id_columns if name in RESULTS]
    if taken or len(set(layout.id_columns)) < len(layout.id_columns):
        raise InvalidInputError(
            f"id_columns cannot have {taken[0]!r}, which is the name of a result; rename it in the "
            "table."
            if taken
            else "id_columns has a name twice; pass each once."
        )


def _pieces(scorer: TableScorer, files: FoundFiles, form: str, layout: Layout) -> list[Piece]:
    """Return the pieces of all files, after a check of their columns."""
    import pyarrow as pa

    read = csv_pieces if form == CSV else parquet_pieces
    pieces: list[Piece] = []
    for source in files.names:
        try:
            pieces += read(files.place, source, partial(_check_names, scorer, layout, source))
        except RegistryError:
            raise
        except (OSError, pa.ArrowException) as error:
            raise RegistryError(f"Cannot read {source}: {short_error(error)}.") from None
    return pieces


def _check_names(scorer: TableScorer, layout: Layout, source: str, names: list[str]) -> None:
    scorer.require_columns(layout.model_names(names))
    absent = [name for name in (*layout.renamed.values(), *layout.id_columns) if name not in names]
    if absent:
        raise InvalidInputError(
            f"{source} does not have the column {absent[0]!r} of columns= or id_columns=; its "
            f"columns are {name_list(names)}."
        )


def _shown(
    found: Generator[tuple[str, dict[str, int]]],
    pieces: Sequence[Piece],
    finished: Mapping[str, Mapping[str, int]],
    *,
    shown: bool,
) -> dict[str, Mapping[str, int]]:
    """Return the row counts of new files, and show the progress."""
    from tqdm.auto import tqdm

    sizes = {piece.name: piece.rows for piece in pieces}
    # The rows of CSV are unknown until they are read.
    known = None not in sizes.values()
    steps = {name: (size or 0) if known else 1 for name, size in sizes.items()}
    bar = tqdm(
        total=sum(steps.values()),
        initial=sum(steps[name] for name in finished),
        desc="Scoring",
        unit=" rows" if known else " pieces",
        delay=_BAR_AFTER_S,
        disable=not shown or runs_unattended(),
    )
    counts: dict[str, Mapping[str, int]] = {}
    with bar, closing(found):
        for name, each in found:
            counts[name] = each
            bar.update(steps[name])
    return counts
