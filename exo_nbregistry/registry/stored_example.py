"""The input example that is stored with a version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from exo_nbregistry.inference.input_columns import is_missing
from exo_nbregistry.persistence.export_example import form_of_signature, with_container
from exo_nbregistry.records.metadata import ModelMetadata, Signature


@dataclass(frozen=True, slots=True)
class StoredExample:
    """The parts of an input example that predictions need.

    Attributes
    ----------
    row : dict or None
        One row.
    content : dict
        The attachment, or what the signature has of it.
    """

    row: dict[str, Any] | None = None
    content: dict[str, Any] = field(default_factory=dict)


def read_example(
    load_attachment: Callable[[str, str], Any], metadata: ModelMetadata
) -> StoredExample:
    """Return the first stored row, preferably one without missing values.

    Parameters
    ----------
    load_attachment : callable
        Method of that name of `ModelRegistry`.
    metadata : ModelMetadata
        Metadata of the version.

    Returns
    -------
    StoredExample
        The row, and the form of the training data.
    """
    if "input_example" not in metadata.attachments:
        return StoredExample(content=_from_signature(metadata.signature))
    stored = load_attachment(metadata.model_id, "input_example")
    names = stored["columns"]
    values = list(zip(*(stored["rows"][name] for name in names), strict=True))
    complete = (row for row in values if not any(map(is_missing, row)))
    row = dict(zip(names, next(complete, values[0]), strict=True))
    container = metadata.signature.container if metadata.signature else None
    return StoredExample(row, dict(with_container(stored, container)))


def _from_signature(signature: Signature | None) -> dict[str, Any]:
    """Return the container and the dtypes of the training data without an example."""
    if signature is None:
        return {}
    columns = [{"name": column.name, "dtype": column.dtype} for column in signature.columns]
    return form_of_signature(signature.container, columns)
