"""A piece of a large table: what one worker reads, and one file of results."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, NamedTuple, Protocol

from exo_nbregistry.scoring.place import Place

_STEM_CHARS, _DIGEST_CHARS = 60, 10
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


class TableScorer(Protocol):
    """Scores rows that are given as columns, as `Scorer` does."""

    @property
    def model_id(self) -> str:
        """The version."""

    @property
    def sha256(self) -> str:
        """Digest of the model."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the model."""

    @property
    def kind(self) -> str:
        """Kind of the predictions."""

    def facts(self) -> dict[str, Any]:
        """Return the facts of the version that files of results store."""

    def require_columns(self, names: Any) -> None:
        """Check that a table has the columns of the model."""

    def rows(
        self,
        table: Mapping[str, Any],
        rows: int,
        *,
        names: Sequence[str] = (),
        reasons: Mapping[int, str] | None = None,
        is_text: bool = False,
    ) -> Any:
        """Score rows."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of a table are used.

    Attributes
    ----------
    renamed : mapping of str to str
        For columns of the model that have another name in the table, that name.
    id_columns : tuple of str
        Columns of the table that are copied to the results.
    batch_rows : int
        Rows that are read and scored together.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    id_columns: tuple[str, ...] = ()
    batch_rows: int = 65_536

    def source(self, column: str) -> str:
        """Return the name of a column of the model in the table."""
        return self.renamed.get(column, column)

    def model_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the columns of a table by the names that the model has for them."""
        known = {source: column for column, source in self.renamed.items()}
        return tuple(
            known.get(name, name) for name in names if name in known or name not in self.renamed
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file: a row group of Parquet, or a block of lines of CSV.

    Attributes
    ----------
    place : Place
        The folder of the table.
    source : str
        Path of the file below that folder.
    number : int
        Place of the piece in its file.
    digest : str
        Digest of the content; of a Parquet file, that of `Place.digest`.
    rows : int or None
        Number of rows, if it is known without reading the piece.
    start, stop : int
        First and last byte of a block of lines.
    header : tuple of str
        Column names of a CSV file; empty for Parquet.
    """

    place: Place
    source: str
    number: int
    digest: str
    rows: int | None = None
    start: int = 0
    stop: int = 0
    header: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the file of results."""
        stem = (
            _UNSAFE.sub("-", PurePosixPath(self.source).stem).strip(".-")[:_STEM_CHARS] or "table"
        )
        place = hashlib.sha256(self.source.encode("utf-8", "surrogateescape")).hexdigest()
        return f"{stem}-{place[:_DIGEST_CHARS]}-{self.number:05d}.parquet"

    @property
    def label(self) -> str:
        """Name of the piece in messages."""
        part = "block" if self.header else "row group"
        return f"{self.source}, {part} {self.number}"


class Batch(NamedTuple):
    """Rows that are scored together.

    Attributes
    ----------
    table : dict of str to sequence
        Values of the columns of the model.
    rows : int
        Number of rows.
    ids : list
        Copied columns, as arrays of Arrow.
    reasons : dict of int to str
        Rows that cannot be read, and why.
    """

    table: dict[str, Any]
    rows: int
    ids: list[Any]
    reasons: dict[int, str]
