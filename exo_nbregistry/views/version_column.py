"""A column of a list of versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import Markup
from exo_nbregistry.values.json_codec import encode

# Where a column is shown.
LISTING, TERMINAL, PANEL, JSON = "listing", "terminal", "panel", "json"
EVERYWHERE = (LISTING, TERMINAL, PANEL, JSON)


@dataclass(frozen=True, slots=True)
class VersionColumn:
    """A column of a list of versions.

    Attributes
    ----------
    name : str
        Name in filters, in the panel's ``columns`` and in JSON.
    title : str
        Heading.
    value : callable or None
        Takes a version and returns its value; by default its field `name`.
    text : callable
        Takes a value and returns text, a number, or None for a missing value.
    html : callable or None
        Takes a value and returns HTML; by default the text is shown.
    shown_in : tuple of str
        Any of `LISTING`, `TERMINAL`, `PANEL` and `JSON`.
    align : {'l', 'r'}
        Side.
    width : int or None
        Maximum width in a listing.
    panel_title : str
        Heading in the panel, if it differs.
    always : bool
        Whether a listing shows the column although it is empty.
    usual : object
        Value that does not need a column, beside None and empty values.
    """

    name: str
    title: str
    value: Callable[[ModelMetadata], Any] | None = None
    text: Callable[[Any], Any] = lambda value: value
    html: Callable[[Any], Markup | None] | None = None
    shown_in: tuple[str, ...] = EVERYWHERE
    align: str = "l"
    width: int | None = None
    panel_title: str = ""
    always: bool = False
    usual: Any = None

    def read(self, version: ModelMetadata) -> Any:
        """Return the value of a version."""
        return self.value(version) if self.value else getattr(version, self.name)

    def to_text(self, version: ModelMetadata) -> Any:
        """Return the cell of a version in a text table: text, a number or None."""
        return self.text(self.read(version))

    def to_html(self, version: ModelMetadata) -> Any:
        """Return the cell of a version in an HTML table: markup, text, a number or None."""
        value = self.read(version)
        return self.html(value) if self.html else self.text(value)

    def to_json(self, version: ModelMetadata) -> Any:
        """Return the JSON value of a version."""
        value = self.read(version)
        if isinstance(value, datetime):
            return value.isoformat()
        return encode(list(value) if isinstance(value, tuple) else value)

    def is_needed(self, versions: Iterable[ModelMetadata]) -> bool:
        """Return whether a version has a value that is not the usual one."""
        values = [value for value in map(self.read, versions) if value != self.usual]
        return any(self.text(value) not in (None, "") for value in values)


def children_column(children: Mapping[str, int]) -> VersionColumn:
    """Return the column with the number of children of each version.

    Parameters
    ----------
    children : mapping of str to int
        Number of children by model ID.
    """
    return VersionColumn(
        "children", "children", value=lambda item: children.get(item.model_id), align="r"
    )
