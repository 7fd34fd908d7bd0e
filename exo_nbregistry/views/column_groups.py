"""Rows of a comparison for many columns that changed alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.text.names import MAX_NAMES, name_list
from exo_nbregistry.views.facts import ABSENT

Row = tuple[str, Any, tuple[Any, ...]]
_NAME_WIDTH = 20


class ColumnGroup(str):
    """Title of a row for several columns: five names and a count.

    Attributes
    ----------
    size : int
        Number of columns.
    """

    __slots__ = ("size",)
    size: int


def column_group(names: Sequence[Any]) -> ColumnGroup:
    """Return the title of a row for several columns.

    Examples
    --------
    >>> group = column_group([f"x{i}" for i in range(1598)])
    >>> group, group.size
    ('x0, x1, x2, x3, x4 and 1,593 more', 1598)
    """
    group = ColumnGroup(name_list(names, width=_NAME_WIDTH))
    group.size = len(names)
    return group


def group_columns(rows: Iterable[Row]) -> list[Row]:
    """Return rows in which more than five columns that changed alike are one row.

    Parameters
    ----------
    rows : iterable of (section, name, values)
        Rows of a comparison.
    """
    rows = list(rows)
    alike: dict[Any, list[Row]] = {}
    for row in rows:
        if row[0] == "schema":
            alike.setdefault(_change(row[2]), []).append(row)
    large = {change: group for change, group in alike.items() if len(group) > MAX_NAMES}
    first = {group[0][:2]: group for group in large.values()}
    found = []
    for section, name, values in rows:
        if section != "schema" or _change(values) not in large:
            found.append((section, name, values))
        elif group := first.get((section, name)):
            found.append((section, column_group([row[1] for row in group]), _merged(group)))
    return found


def _change(values: Sequence[Any]) -> Any:
    """Return a key that is equal for columns that changed alike."""
    absent = tuple(value is ABSENT for value in values)
    # The types of added and removed columns do not matter.
    return absent if any(absent) else values


def _merged(group: Sequence[Row]) -> tuple[Any, ...]:
    merged = []
    for values in zip(*(row[2] for row in group), strict=True):
        merged.append(values[0] if len({*map(str, values)}) == 1 else "several types")
    return tuple(merged)
