"""Pydantic models of rows and answers for the documentation, made from the model's signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StrictBool,
    StrictStr,
    WithJsonSchema,
    WrapValidator,
    create_model,
)

from exo_nbregistry.inference.input_columns import (
    BOOLEAN,
    CATEGORY,
    NUMBER,
    VALUE,
    WHOLE,
    is_missing,
)
from exo_nbregistry.inference.table_check import kind_of
from exo_nbregistry.serve.responses import Answer

if TYPE_CHECKING:
    from exo_nbregistry.records.metadata import Column

_TYPES: dict[str | None, Any] = {
    NUMBER: float,
    # A whole number may be written as 20.0, in JSON and in CSV.
    WHOLE: Annotated[float, WithJsonSchema({"type": "integer"})],
    BOOLEAN: StrictBool,
    CATEGORY: str | float | bool,
    VALUE: str | float | bool,
}


def _unchanged(value: Any, _validate: Any) -> Any:
    """Return the body as it came: each row is checked by itself, and in columns."""
    return value


class Schemas:
    """The pydantic models for one version, which describe its bodies in ``/openapi.json``.

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

    Attributes
    ----------
    row, rows : type
        Request bodies: one row, and a list of rows. Any value is passed unchanged.
    answer, answers : type of BaseModel
        Response bodies.

    Examples
    --------
    >>> from exo_nbregistry.records.metadata import Column
    >>> schemas = Schemas([Column("koi_depth", "float64", 10.0, 950.0)], [0, 1], None, max_rows=9)
    >>> schemas.row_model.model_json_schema()["properties"]["koi_depth"]["description"]
    '10 to 950 in the training data.'
    """

    def __init__(
        self,
        columns: Sequence[Column],
        classes: Sequence[Any],
        example: Mapping[str, Any] | None,
        *,
        max_rows: int,
    ) -> None:
        fields: dict[str, Any] = {
            f"column_{n}": (
                _value_type(column),
                Field(alias=column.name, description=_range(column)),
            )
            for n, column in enumerate(columns)
        }
        # FastAPI leaves null out of the document.
        complete = example and not any(map(is_missing, example.values()))
        examples: dict[str, Any] = {"examples": [dict(example or {})]} if complete else {}
        config = ConfigDict(extra="allow", json_schema_extra=examples)
        self.row_model: type[BaseModel] = create_model("Row", __config__=config, **fields)
        size = Field(min_length=1, max_length=max_rows)
        items = Annotated[list[self.row_model], size]  # type: ignore[name-defined]
        root: Any = (items, ...)
        self.rows_model = create_model("Rows", __base__=RootModel[list[Any]], root=root)
        self.row: Any = Annotated[self.row_model, WrapValidator(_unchanged)]
        self.rows: Any = Annotated[self.rows_model, WrapValidator(_unchanged)]
        label = WithJsonSchema({"enum": [*classes, None]} if classes else {})
        prediction: Any = (Annotated[Any, label], ...)
        self.answer = create_model("Answer", __base__=Answer, prediction=prediction)
        self.answers: type[BaseModel] = create_model(
            "Answers",
            version=(str, ...),
            threshold=(float | None, ...),
            pos_label=(Any, ...),
            calibration=(str | None, ...),
            answers=(list[self.answer], ...),  # type: ignore[name-defined]
        )


def _value_type(column: Column) -> Any:
    value = _TYPES.get(kind_of(column), StrictStr)
    return value | None if column.missing else value


def _range(column: Column) -> str | None:
    # Not minimum and maximum, because values outside this range are answered too.
    if column.minimum is None or column.maximum is None:
        return None
    return f"{column.minimum:g} to {column.maximum:g} in the training data."
