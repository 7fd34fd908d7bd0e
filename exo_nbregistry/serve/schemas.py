"""Pydantic models of rows and answers, made from the model's signature."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    RootModel,
    StrictBool,
    StrictStr,
    WithJsonSchema,
    create_model,
)

from exo_nbregistry.introspection.column_values import is_missing
from exo_nbregistry.serve.csv_format import check_length, parse_csv
from exo_nbregistry.serve.responses import Answer
from exo_nbregistry.serve.table_check import BOOLEAN, NUMBER, TEXT, WHOLE, kind_of

if TYPE_CHECKING:
    from exo_nbregistry.records.metadata import Column
    from exo_nbregistry.serve.inference import Prediction

_Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
# A whole number may be written as 20.0, in JSON and in CSV.
_TYPES: dict[str, Any] = {NUMBER: _Number, WHOLE: _Number, BOOLEAN: StrictBool, TEXT: StrictStr}
_MAX_UNKNOWN = 1000
_JSON_TYPES = {NUMBER: "number", WHOLE: "integer"}


class Schemas:
    """The pydantic models for one version.

    Parameters
    ----------
    columns : sequence of Column
        Columns of the signature.
    classes : sequence
        Class labels; empty for a regressor.
    example : dict or None
        A row to show in the documentation, if it has no missing values.
    max_rows : int
        Longest batch.
    extrapolate : bool
        Whether values outside the range of the training data are accepted.

    Attributes
    ----------
    row, rows : type of BaseModel
        Request bodies: one row, and a list of rows or its CSV.
    answer, answers : type of BaseModel
        Response bodies.
    max_names : int
        Largest number of names in a row, so that a few unknown ones are all reported.

    Examples
    --------
    >>> from exo_nbregistry.records.metadata import Column
    >>> columns = [Column("koi_depth", "float64", 10.0, 950.0)]
    >>> schemas = Schemas(columns, [0, 1], example=None, max_rows=9, extrapolate=False)
    >>> schemas.table([schemas.row.model_validate({"koi_depth": 100.5})])
    {'koi_depth': array([100.5])}
    """

    def __init__(
        self,
        columns: Sequence[Column],
        classes: Sequence[Any],
        *,
        example: Mapping[str, Any] | None,
        max_rows: int,
        extrapolate: bool,
    ) -> None:
        self._max_rows = max_rows
        self.max_names = len(columns) + _MAX_UNKNOWN
        self._kinds = {column.name: kind_of(column) for column in columns}
        self._fields = {f"column_{n}": column.name for n, column in enumerate(columns)}
        fields: dict[str, Any] = {
            field: (_row_type(column, extrapolate=extrapolate), Field(alias=column.name))
            for field, column in zip(self._fields, columns, strict=True)
        }
        # FastAPI leaves null out of the document.
        complete = example and not any(map(is_missing, example.values()))
        examples: dict[str, Any] = {"examples": [dict(example or {})]} if complete else {}
        config = ConfigDict(extra="forbid", json_schema_extra=examples)
        self.row: type[BaseModel] = create_model("Row", __config__=config, **fields)
        # Only the first faulty row is collected: a small body can have a million faults.
        size = Field(min_length=1, max_length=max_rows)
        parse = BeforeValidator(self.parse)
        items = Annotated[list[self.row], FailFast(), size, parse]  # type: ignore[name-defined]
        root: Any = (items, ...)
        self.rows = create_model("Rows", __base__=RootModel[list[Any]], root=root)
        label = WithJsonSchema({"enum": list(classes)} if classes else {})
        prediction: Any = (Annotated[Any, label], ...)
        self.answer = create_model("Answer", __base__=Answer, prediction=prediction)
        self.answers: type[BaseModel] = create_model(
            "Answers",
            version=(str, ...),
            answers=(list[self.answer], ...),  # type: ignore[name-defined]
        )

    def parse(self, body: Any) -> Any:
        """Return the rows of a body: FastAPI passes JSON as objects, and CSV as bytes."""
        if isinstance(body, bytes):
            return parse_csv(body, self._kinds, max_rows=self._max_rows, max_names=self.max_names)
        if isinstance(body, list):
            check_length(body, self._max_rows)
        return body

    def to_answer(self, prediction: Prediction) -> Answer:
        """Return the response for one prediction; NaN and infinity are None, as in /model."""
        label = prediction.label
        return self.answer(
            prediction=None if isinstance(label, float) and not math.isfinite(label) else label,
            probability=prediction.probability,
            probabilities={str(k): v for k, v in prediction.probabilities.items()},
            outside=list(prediction.outside),
            version=prediction.version,
        )

    def table(self, rows: Sequence[BaseModel]) -> dict[str, Any]:
        """Return the values of rows by column: numbers as an array, others as a list."""
        table: dict[str, Any] = {}
        for field, name in self._fields.items():
            values = list(map(attrgetter(field), rows))
            numeric = self._kinds[name] in _JSON_TYPES
            table[name] = np.array(values, dtype=np.float64) if numeric else values
        return table


def _row_type(column: Column, *, extrapolate: bool) -> Any:
    """Return the type of a column's values.

    The ranges are for the documentation only: `check_table` enforces them, for DataFrames too.
    """
    kind = kind_of(column) or TEXT
    value = _TYPES[kind]
    if kind in _JSON_TYPES:
        schema: dict[str, Any] = {"type": _JSON_TYPES[kind]}
        if not extrapolate:
            limits = {"minimum": column.minimum, "maximum": column.maximum}
            schema |= {k: v for k, v in limits.items() if v is not None and math.isfinite(v)}
        value = Annotated[value, WithJsonSchema(schema)]
    return value | None if column.missing else value
