"""A version that is ready to predict rows, for the server and for scores of large tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from exo_nbregistry.inference.model_input import read_form
from exo_nbregistry.inference.row_answers import RowAnswers
from exo_nbregistry.inference.table_check import describe_columns
from exo_nbregistry.records.fields import Column
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.decision import read_calibration, registered_threshold
from exo_nbregistry.registry.stored_example import read_example


@dataclass(frozen=True, slots=True)
class VersionAnswers:
    """A version that is ready to predict rows.

    Attributes
    ----------
    answers : RowAnswers
        Predicts the rows.
    described : list of dict
        The columns with their categories, as for `RowCheck`.
    classes : tuple
        The classes, in the order of their probabilities; empty for a regressor.
    example : dict or None
        A row of the training table, if one was stored.
    calibration : str or None
        What calibrates the probabilities, or None.
    """

    answers: RowAnswers
    described: list[dict[str, Any]]
    classes: tuple[Any, ...]
    example: dict[str, Any] | None
    calibration: str | None


def version_answers(
    metadata: ModelMetadata,
    model: Any,
    columns: Sequence[Column],
    load_attachment: Callable[[str, str], Any],
) -> VersionAnswers:
    """Return a version that is ready to predict rows.

    Parameters
    ----------
    metadata : ModelMetadata
        Metadata of the version.
    model : object
        The loaded model.
    columns : sequence of Column
        Columns that the model takes.
    load_attachment : callable
        Method of that name of `ModelRegistry`.

    Returns
    -------
    VersionAnswers
        The version, with its threshold and its calibration.

    Raises
    ------
    RegistryError
        If the version has a threshold and the model has no scores.
    """
    stored = read_example(load_attachment, metadata)
    form = read_form(stored.content, model)
    classes = class_labels(metadata, model)
    calibration = read_calibration(load_attachment, metadata, model)
    described = describe_columns(columns, form)
    threshold = registered_threshold(metadata, model, classes)
    answers = RowAnswers(model, described, form, classes, threshold, calibration.coefficients)
    return VersionAnswers(answers, described, classes, stored.row, calibration.description)


def class_labels(metadata: ModelMetadata, model: Any = None) -> tuple[Any, ...]:
    """Return the classes of a version; those of several outputs are not used.

    Parameters
    ----------
    metadata : ModelMetadata
        Metadata of the version.
    model : object, optional
        The model, whose classes a threshold uses if the record has none.

    Returns
    -------
    tuple
        The classes, in the order of their probabilities; empty for a regressor.
    """
    signature = metadata.signature
    found = (signature.classes if signature else None) or ()
    if any(isinstance(label, tuple) for label in found):
        return ()
    if not found and metadata.scoring and metadata.scoring.threshold is not None:
        return tuple(getattr(model, "classes_", ()))
    return tuple(found)
