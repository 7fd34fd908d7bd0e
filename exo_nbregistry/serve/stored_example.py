"""The input example that is stored with a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from exo_nbregistry.introspection.column_values import is_missing

if TYPE_CHECKING:
    from exo_nbregistry.records.metadata import ModelMetadata
    from exo_nbregistry.registry.facade import ModelRegistry

# Forms of an example of one dimension, such as a list of texts.
_FLAT = ("list", "vector", "series")


class StoredExample(NamedTuple):
    """What serving needs of an input example.

    Attributes
    ----------
    row : dict or None
        One row.
    is_flat : bool
        Whether the model takes a list of values instead of a table.
    """

    row: dict[str, Any] | None = None
    is_flat: bool = False


def read_example(registry: ModelRegistry, metadata: ModelMetadata) -> StoredExample:
    """Return the first stored row, preferably one without missing values."""
    if "input_example" not in metadata.attachments:
        return StoredExample()
    stored = registry.load_attachment(metadata.model_id, "input_example")
    names = stored["columns"]
    values = list(zip(*(stored["rows"][name] for name in names), strict=True))
    complete = (row for row in values if not any(map(is_missing, row)))
    row = dict(zip(names, next(complete, values[0]), strict=True))
    return StoredExample(row, stored.get("form") in _FLAT)
