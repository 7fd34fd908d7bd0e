"""Parquet: a piece is a row group, which is read in batches of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exo_nbregistry.errors import ConflictError, InvalidInputError
from exo_nbregistry.scoring.piece import Batch, Layout, Piece, TableScorer
from exo_nbregistry.scoring.place import Place


def parquet_pieces(
    place: Place, source: str, check: Callable[[list[str]], object]
) -> Iterator[Piece]:
    """Yield the row groups of a file.

    Parameters
    ----------
    place : Place
        The folder of the table.
    source : str
        Path of the file below that folder.
    check : callable
        Checks the column names of the file.

    Raises
    ------
    InvalidInputError
        If the file is not Parquet, or two of its columns have the same name.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(place.for_arrow(source)) as file:
        names = file.schema_arrow.names
        if len(set(names)) < len(names):
            repeated = next(name for name in names if names.count(name) > 1)
            raise InvalidInputError(f"{source} has two columns named {repeated!r}; rename one.")
        check(names)
        counts = [
            file.metadata.row_group(number).num_rows
            for number in range(file.metadata.num_row_groups)
        ]
    digest = place.digest(source)
    for number, rows in enumerate(counts):
        yield Piece(place, source, number, digest, rows)


class ParquetReader:
    """Reads a row group.

    Parameters
    ----------
    piece : Piece
        The row group.
    scorer : TableScorer
        Its columns are read.
    layout : Layout
        Names of the columns in the table, and copied columns.

    Raises
    ------
    ConflictError
        If the file was changed since the pieces were listed.
    """

    is_text = False

    def __init__(self, piece: Piece, scorer: TableScorer, layout: Layout) -> None:
        import pyarrow.parquet as pq

        self._piece, self._layout = piece, layout
        self._file = pq.ParquetFile(piece.place.for_arrow(piece.source))
        if piece.place.digest(piece.source) != piece.digest:
            raise ConflictError(f"{piece.source} was changed while it was scored; score it again.")
        self.names = layout.model_names(self._file.schema_arrow.names)
        present = set(self._file.schema_arrow.names)
        wanted = {column: layout.source(column) for column in scorer.columns}
        self._columns = {column: name for column, name in wanted.items() if name in present}
        schema = self._file.schema_arrow
        self.id_fields = [(name, schema.field(name).type) for name in layout.id_columns]

    def batches(self) -> Iterator[Batch]:
        """Yield the rows of the row group."""
        read = self._file.iter_batches(
            self._layout.batch_rows,
            row_groups=[self._piece.number],
            columns=list(dict.fromkeys([*self._columns.values(), *self._layout.id_columns])),
            use_threads=False,
        )
        for batch in read:
            table = {column: _values(batch.column(name)) for column, name in self._columns.items()}
            ids = [batch.column(name) for name in self._layout.id_columns]
            yield Batch(table, batch.num_rows, ids, {})

    def close(self) -> None:
        """Close the file."""
        self._file.close(force=True)


def _values(column: Any) -> Any:
    """Return a column of Arrow as NumPy floats and integers, or as a series of pandas."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif pa.types.is_integer(kind) and column.null_count:
        column = column.cast(pa.float64(), safe=False)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return column.to_numpy(zero_copy_only=False)
    return column.to_pandas()
