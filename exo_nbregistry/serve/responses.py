"""Pydantic models of responses that are the same for every version."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from exo_nbregistry.inference.table_check import kind_of
from exo_nbregistry.serve.inference import InferenceService

Share = Annotated[float, WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]


class Problem(BaseModel):
    """One problem of a request."""

    field: str
    message: str


class Problems(BaseModel):
    """Why a request was rejected."""

    detail: list[Problem]


class RowProblem(BaseModel):
    """Why a row is not as the training data."""

    column: str = Field(description="Empty for the row as a whole.")
    kind: str = Field(description="invalid, missing or outside.")
    message: str
    value: Any = None
    minimum: float | None = Field(None, description="Of the training data.")
    maximum: float | None = None
    distance: float | None = Field(
        None, description="Distance to this range, as a share of its width."
    )


class Answer(BaseModel):
    """The prediction for one row."""

    prediction: Any = Field(description="Null if the row is not predicted.")
    probability: Share | None = Field(
        description="Of the prediction; calibrated if the version carries a calibration."
    )
    probabilities: dict[str, Share]
    model_probability: Share | None = Field(
        description="Of the prediction, by the model itself, if probability is calibrated."
    )
    status: Literal["ok", "outside", "missing", "invalid"]
    problems: list[RowProblem] = Field(description="At most five.")
    n_problems: int = Field(description="Number of all problems.")
    outside: list[str] = Field(
        description="Columns whose values are outside the range of the training data, the farthest "
        "first; at most 20."
    )
    passed_through: dict[str, Any] = Field(
        description="Fields of the row that the model does not use, at most 100."
    )
    version: str
    threshold: float | None = Field(None, description="By /predict only; see /model.")
    pos_label: Any = None
    calibration: str | None = None


class ColumnInfo(BaseModel):
    """A column that the model needs."""

    name: str
    kind: str | None
    minimum: float | None
    maximum: float | None
    may_be_missing: bool


class ModelInfo(BaseModel):
    """The served version."""

    version: str
    name: str
    algorithm: str | None
    description: str | None
    registered: str
    dataset: str | None
    training_samples: int | None
    metrics: dict[str, float | None]
    classes: list[Any]
    pos_label: Any = Field(description="The class that precision, recall and F1 refer to.")
    threshold: float | None = Field(
        description="Minimum score of a row that is predicted as pos_label; null for the "
        "predictions of the model."
    )
    calibration: str | None = Field(
        description="What calibrates the probabilities; null if the model's own are used."
    )
    columns: list[ColumnInfo]


class Health(BaseModel):
    """The state of the server."""

    status: str = Field(description="ok, or degraded if the reference moved and cannot be loaded.")
    reference: str
    version: str
    trouble: str | None


def model_info(service: InferenceService) -> ModelInfo:
    """Return the description of a served version."""
    metadata, scoring = service.metadata, service.metadata.scoring
    return ModelInfo(
        version=service.version,
        name=metadata.model_name,
        algorithm=metadata.algorithm,
        description=metadata.description,
        registered=metadata.created_at.isoformat(),
        dataset=metadata.training_dataset,
        training_samples=metadata.training_samples,
        # JSON has neither NaN nor infinity.
        metrics={
            name: value if math.isfinite(value) else None
            for name, value in metadata.metrics.items()
        },
        classes=list(service.classes),
        pos_label=scoring.pos_label if scoring else None,
        threshold=scoring.threshold if scoring else None,
        calibration=service.calibration,
        columns=[
            ColumnInfo(
                name=column.name,
                kind=kind_of(column),
                minimum=column.minimum,
                maximum=column.maximum,
                may_be_missing=bool(column.missing),
            )
            for column in service.columns
        ],
    )
