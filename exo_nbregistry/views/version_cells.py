"""Cells of a list of versions: a text, the number behind it, and a tooltip."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from exo_nbregistry.records.later_metrics import newest
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.nested_parameters import flatten_params
from exo_nbregistry.records.passed_facts import passed_results
from exo_nbregistry.text.numbers import aligned_numbers, number
from exo_nbregistry.text.terminal import cut
from exo_nbregistry.text.timestamps import exact_time, short_time
from exo_nbregistry.values.metric import higher_is_better
from exo_nbregistry.views.columns import COLUMNS, format_tags
from exo_nbregistry.views.facts import ABSENT, format_passed
from exo_nbregistry.views.field_names import CHILDREN, TREND, field_title
from exo_nbregistry.views.metric_columns import own_metric, own_value
from exo_nbregistry.views.parameter_columns import format_parameter

_ALGORITHM_WIDTH, _TEXT_WIDTH, _TITLE_WIDTH = 22, 60, 400
_ENDINGS = ("Classifier", "Regressor")
_RIGHT = ("metrics", "hyperparameters", "later_metrics")
_PASSED: Mapping[str, Callable[[ModelMetadata], Mapping[str, Any]]] = {
    "results": lambda item: passed_results(item.additional_metrics, item.attachments),
    "training_info": lambda item: item.training_info,
    "later_metrics": lambda item: newest(item.later_metrics),
    "tags": lambda item: item.tags,
    "hyperparameters": lambda item: flatten_params(item.hyperparameters) | item.hyperparameters,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell.

    Attributes
    ----------
    text : str
        The text.
    value : float or None
        The number, if it is one and finite.
    title : str
        Tooltip: the exact or the whole value; empty if the text is exact.
    """

    text: str
    value: float | None = None
    title: str = ""


def column_title(name: str, versions: Sequence[ModelMetadata]) -> str:
    """Return the heading of a column; that of a metric names the class or average of all rows."""
    group, _, metric = name.partition(".")
    return metric_title(metric, versions) if group == "metrics" else field_title(name)


def column_kind(name: str) -> str:
    """Return the kind of a column: number, text, time, tag, alias or list.

    Examples
    --------
    >>> column_kind("metrics.f1_score"), column_kind("created_at"), column_kind("aliases")
    ('number', 'time', 'alias')
    """
    group = name.partition(".")[0]
    kinds = {"created_at": "time", "aliases": "alias", "tags": "tag", TREND: "list"}
    if name in kinds:
        return kinds[name]
    is_number = group in ("metrics", "later_metrics") or name in (
        *("value", "version", "n_versions", "training_samples", "test_samples", CHILDREN),
    )
    return "number" if is_number else "text"


def column_side(name: str) -> str:
    """Return the side that a column is aligned to.

    Examples
    --------
    >>> column_side("hyperparameters.C"), column_side("algorithm")
    ('right', 'left')
    """
    is_right = column_kind(name) == "number" or name.partition(".")[0] in _RIGHT
    return "right" if is_right else "left"


def column_direction(name: str) -> bool | None:
    """Return whether higher values of a column are better; None if unknown or not a metric."""
    group, _, metric = name.partition(".")
    return higher_is_better(metric) if group in ("metrics", "later_metrics") and metric else None


def column_cells(
    name: str,
    versions: Sequence[ModelMetadata],
    now: datetime,
    children: Mapping[str, int] | None = None,
) -> list[Cell | None]:
    """Return the cells of a column, from the first to the last version.

    Parameters
    ----------
    name : str
        Name of a column.
    versions : sequence of ModelMetadata
        The versions.
    now : datetime
        Current time, for the times of new versions.
    children : mapping of str to int, optional
        Number of children by model ID.

    Returns
    -------
    list of Cell or None
        None for a missing value. Numbers have the same number of decimals.
    """
    group, dot, field = name.partition(".")
    if name == CHILDREN:
        return [_count((children or {}).get(item.model_id)) for item in versions]
    if group == "metrics" and dot:
        return number_cells([item.metrics.get(field) for item in versions])
    if name == "value":
        return [number_cell(own_value(item), own_metric(item) or "") for item in versions]
    if group in _PASSED and dot:
        found = [_value_in(_PASSED[group](item), field) for item in versions]
        if group == "later_metrics":
            return number_cells([_number(value) for value in found])
        return [_passed(group, value) for value in found]
    return [_own(name, item, now) for item in versions]


def number_cells(values: Sequence[float | None]) -> list[Cell | None]:
    """Return the cells of the numbers of one column.

    Examples
    --------
    >>> [cell and cell.text for cell in number_cells([0.5, None, 0.25])]
    ['0.5000', None, '0.2500']
    """
    return [
        None if value is None else _numeric(value, text)
        for value, text in zip(values, aligned_numbers(values), strict=True)
    ]


def number_cell(value: Any, title: str = "") -> Cell | None:
    """Return the cell of a single number; None if it is missing."""
    known = _number(value)
    return None if known is None else _numeric(known, number(known), title)


def time_cell(instant: datetime, now: datetime) -> Cell:
    """Return the cell of a time."""
    return Cell(short_time(instant, now), title=exact_time(instant))


def algorithm_cell(algorithm: str | None) -> Cell | None:
    """Return the cell of an algorithm, without the ending of its class if it is long.

    Examples
    --------
    >>> algorithm_cell("HistGradientBoostingClassifier")
    Cell(text='HistGradientBoosting', value=None, title='HistGradientBoostingClassifier')
    """
    if not algorithm:
        return None
    short = algorithm
    if len(short) > _ALGORITHM_WIDTH:
        for ending in _ENDINGS:
            short = short.removesuffix(ending)
    return text_cell(short, _ALGORITHM_WIDTH, algorithm)


def text_cell(text: str, width: int = _TEXT_WIDTH, full: str = "") -> Cell | None:
    """Return the cell of a text, cut to a width; None if it is empty."""
    full, short = full or text, cut(" ".join(text.split()), width)
    return Cell(short, title=cut(full, _TITLE_WIDTH) if short != full else "") if short else None


def _own(name: str, item: ModelMetadata, now: datetime) -> Cell | None:
    if name == "created_at":
        return time_cell(item.created_at, now)
    if name == "algorithm":
        return algorithm_cell(item.algorithm)
    if name == "tags":
        return text_cell(format_tags(item.tags))
    column = COLUMNS.get(name)
    value = column.to_text(item) if column else getattr(item, name, None)
    if value is None or value == "":
        return None
    return number_cell(value) if _number(value) is not None else text_cell(str(value))


def _passed(group: str, value: Any) -> Cell | None:
    if value is ABSENT:
        return None
    known = _number(value)
    if group == "hyperparameters":
        text = format_parameter(value) or ""
        cell = text_cell(text, _TEXT_WIDTH, str(value) if text != repr(value) else text)
        return cell and Cell(cell.text, known, cell.title)
    if known is not None:
        return _numeric(known, number(known))
    if value is True and group == "tags":
        return Cell("yes")
    text = value.isoformat() if isinstance(value, date) else format_passed(value)
    return text_cell(text, _TEXT_WIDTH, str(value))


def _numeric(value: float, text: str, title: str = "") -> Cell:
    exact = repr(value) if repr(value) != text else ""
    return Cell(
        text,
        float(value) if math.isfinite(value) else None,
        ": ".join(filter(None, (title, exact or (text if title else "")))),
    )


def _count(n: int | None) -> Cell | None:
    return Cell(f"{n:,}", float(n)) if n else None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else None


def _value_in(values: Mapping[str, Any], field: str) -> Any:
    """Return a value by its name in the index, where nested names are joined by dots."""
    if field in values:
        return values[field]
    value: Any = values
    for part in field.split("."):
        value = value.get(part, ABSENT) if isinstance(value, Mapping) else ABSENT
    return value
