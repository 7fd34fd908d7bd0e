"""Rows of metrics in a comparison: their titles, and cells of metrics measured differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from exo_nbregistry.records.measurement import (
    describe_difference,
    is_comparable,
    label_of,
    metric_title,
)
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.numbers import aligned_numbers
from exo_nbregistry.values.metric import is_of_class, ordered
from exo_nbregistry.views.column_groups import ColumnGroup
from exo_nbregistry.views.delta import Change, Directions, format_change, metric_cells
from exo_nbregistry.views.facts import ABSENT, format_value


def row_title(section: str, name: Any, items: Sequence[ModelMetadata]) -> Any:
    """Return the title of a row; that of a metric names the class or average of all versions."""
    return metric_title(name, items) if section == "metrics" else name


def row_cells(
    section: str,
    name: Any,
    items: Sequence[ModelMetadata],
    values: Sequence[Any],
    directions: Directions,
) -> list[str | Change]:
    """Return the cells of a row, each compared with the first version.

    A metric that was measured differently has neither a difference nor a verdict.

    Parameters
    ----------
    section, name : str
        Section and name of the fact.
    items : sequence of ModelMetadata
        The versions.
    values : sequence
        Value in each version, or `ABSENT`.
    directions : callable
        Takes the name of a metric and returns whether higher is better; None if unknown.
    """
    if section != "metrics":
        first, *others = values
        changed = [format_change(section, name, first, value) for value in others]
        return [format_value(section, name, first), *changed]
    comparable = [is_comparable(items[0], item, name) for item in items]
    cells = metric_cells(values, directions(name), comparable)
    if is_alike(name, items):
        return cells
    return [
        _labelled(cell, label_of(item, name)) if name in item.metrics else cell
        for item, cell in zip(items, cells, strict=True)
    ]


def row_texts(
    section: str, name: Any, items: Sequence[ModelMetadata], values: Sequence[Any]
) -> list[str]:
    """Return the values of a row without changes, those of a metric with equal decimals.

    A metric that was not measured alike in all versions has how it was measured.

    Parameters
    ----------
    section, name : str
        Section and name of the fact.
    items : sequence of ModelMetadata
        The versions.
    values : sequence
        Value in each version, or `ABSENT`.
    """
    if section != "metrics":
        texts = [format_value(section, name, value) for value in values]
        is_group = isinstance(name, ColumnGroup)
        return [f"{count(name.size, 'column')}: {t}" for t in texts] if is_group else texts
    texts = aligned_numbers([None if value is ABSENT else value for value in values])
    if is_alike(name, items):
        return texts
    labels = [label_of(item, name) if name in item.metrics else "" for item in items]
    return [
        f"{text} ({label})" if label else text for text, label in zip(texts, labels, strict=True)
    ]


def is_alike(name: str, items: Iterable[ModelMetadata]) -> bool:
    """Return whether a metric was measured alike in all versions that have it."""
    return len({label_of(item, name) for item in items if name in item.metrics}) < 2


def is_repeated(name: str, items: Sequence[ModelMetadata]) -> bool:
    """Return whether a metric of a single class only repeats a comparable metric of all versions.

    If the versions have different positive classes or averages, their classes are what can be
    compared.
    """
    if not is_of_class(name):
        return False
    metric = name.partition(".")[0]
    return is_alike(metric, items) and all(metric in item.metrics for item in items)


def difference_sentences(metrics: Iterable[str], items: Sequence[ModelMetadata]) -> list[str]:
    """Return at most one sentence on metrics that were measured differently."""
    for name in ordered(metrics):
        having = [
            item.scoring
            for item in items
            if name in item.metrics and item.scoring and _is_label(item.scoring.pos_label)
        ]
        if sentence := describe_difference(name, Counter(having)):
            return [sentence]
    return []


def _is_label(value: Any) -> bool:
    """Return whether a value can be a class; a record of another user can have any value."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _labelled(cell: str | Change, label: str) -> str | Change:
    if not label:
        return cell
    if isinstance(cell, Change):
        return replace(cell, value=f"{cell.value} ({label})")
    return f"{cell} ({label})"
