"""Files of results: each is written once, and names the version and the piece that it is from."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, BinaryIO

from exo_nbregistry.errors import (
    ConflictError,
    InvalidInputError,
    MissingKeyError,
    RegistryError,
)
from exo_nbregistry.inference.row_problems import STATUSES
from exo_nbregistry.inference.scored_rows import BOOLEAN, NUMBER, OBJECT, WHOLE, ScoredRows
from exo_nbregistry.scoring.csv_source import CsvReader
from exo_nbregistry.scoring.parquet_source import ParquetReader
from exo_nbregistry.scoring.piece import Layout, Piece, TableScorer
from exo_nbregistry.scoring.place import Place
from exo_nbregistry.text.names import short_error

RESULTS = ("prediction", "probability", "status", "model_id")
_FACTS, _COUNTS = b"exo_nbregistry", b"exo_nbregistry.rows"


def facts_of(scorer: TableScorer, piece: Piece, layout: Layout) -> dict[str, Any]:
    """Return the facts of a piece that the footer of its file stores."""
    return {
        "version": scorer.facts(),
        "source": {
            "file": piece.source,
            "piece": piece.number,
            "digest": piece.digest,
            # The bytes of a block of CSV do not include the names of its columns.
            "header": list(piece.header),
        },
        "columns": dict(sorted(layout.renamed.items())),
        "id_columns": list(layout.id_columns),
    }


def read_footer(place: Place, name: str) -> tuple[dict[str, Any], dict[str, int]] | None:
    """Return the facts and the row counts of a file of results; None for another file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        stored = pq.read_metadata(place.for_arrow(name)).metadata or {}
        facts, counts = json.loads(stored[_FACTS]), json.loads(stored[_COUNTS])
    except (MissingKeyError, OSError, ValueError, KeyError, pa.ArrowException):
        return None
    # The file may be from anyone.
    are_counts = isinstance(counts, dict) and all(type(count) is int for count in counts.values())
    return (facts, counts) if isinstance(facts, dict) and are_counts else None


def score_piece(
    scorer: TableScorer, piece: Piece, target: Place, layout: Layout
) -> tuple[str, dict[str, int]]:
    """Score a piece and write its file, in any process.

    Parameters
    ----------
    scorer : TableScorer
        The scorer.
    piece : Piece
        The piece.
    target : Place
        The folder of results.
    layout : Layout
        Which columns are used.

    Returns
    -------
    name : str
        Name of the file.
    counts : dict of str to int
        Number of rows with each status, and of those with a prediction.

    Raises
    ------
    RegistryError
        If the piece cannot be read, scored or written.
    """
    import pyarrow as pa

    try:
        kind: type[CsvReader | ParquetReader] = CsvReader if piece.header else ParquetReader
        reader = kind(piece, scorer, layout)
        try:
            return piece.name, _write(scorer, piece, target, layout, reader)
        finally:
            reader.close()
    except RegistryError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise RegistryError(f"Cannot score {piece.label}: {short_error(error)}.") from error


def _write(
    scorer: TableScorer, piece: Piece, target: Place, layout: Layout, reader: Any
) -> dict[str, int]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(scorer, reader.id_fields)
    facts = facts_of(scorer, piece, layout)
    counts: Counter[str] = Counter()

    def write(file: BinaryIO) -> None:
        with pq.ParquetWriter(file, schema) as writer:
            for batch in reader.batches():
                scored = scorer.rows(
                    batch.table,
                    batch.rows,
                    names=reader.names,
                    reasons=batch.reasons,
                    is_text=reader.is_text,
                )
                counts.update(scored.counts())
                arrays = [*batch.ids, *_arrays(scorer, scored)]
                writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            stored = {_FACTS: facts, _COUNTS: counts}
            writer.add_key_value_metadata(
                {name: json.dumps(value, sort_keys=True) for name, value in stored.items()}
            )

    if not target.create(piece.name, write):
        _require_same(target, piece.name, facts)
    return dict(counts)


def _require_same(target: Place, name: str, facts: dict[str, Any]) -> None:
    """Check that a file that another worker wrote meanwhile has the same piece and version."""
    footer = read_footer(target, name)
    if footer is None or footer[0] != facts:
        raise ConflictError(
            f"{target.label}/{name} was written meanwhile by a run with another version, table or "
            "columns; choose another folder for each run."
        )


def _schema(scorer: TableScorer, id_fields: list[tuple[str, Any]]) -> Any:
    import pyarrow as pa

    kinds = {WHOLE: pa.int64(), NUMBER: pa.float64(), BOOLEAN: pa.bool_()}
    names = pa.dictionary(pa.int8(), pa.string())
    types = (kinds.get(scorer.kind, pa.string()), pa.float64(), names, names)
    return pa.schema([*id_fields, *zip(RESULTS, types, strict=True)])


def _arrays(scorer: TableScorer, scored: ScoredRows) -> list[Any]:
    """Return the results as arrays of Arrow."""
    import numpy as np
    import pyarrow as pa

    labels = scored.labels
    if scorer.kind == OBJECT:
        labels = [None if label is None else str(label) for label in labels]
    kinds = {WHOLE: pa.int64(), NUMBER: pa.float64(), BOOLEAN: pa.bool_()}
    try:
        prediction = pa.array(labels, kinds.get(scorer.kind, pa.string()))
    except (pa.ArrowException, TypeError):
        raise InvalidInputError(
            f"{scorer.model_id} has predictions that are not numbers, and its record has no "
            "classes; register it with y=."
        ) from None
    dictionary = pa.DictionaryArray.from_arrays
    same = np.zeros(len(labels), dtype=np.int8)
    return [
        prediction,
        pa.array(scored.probability, from_pandas=True),
        dictionary(scored.codes.astype(np.int8), pa.array(STATUSES)),
        dictionary(same, pa.array([scorer.model_id])),
    ]
