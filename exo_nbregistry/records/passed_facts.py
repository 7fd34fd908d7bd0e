"""Facts that the user passed and that have no field of their own."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

TRAINING_INFO = "training_info"
# Measured with the arrays of this attachment. The metrics of single classes and the plots show
# the same numbers.
_MEASURED = ("classes", "confusion_matrix", "classification_report")
_ARRAYS = "evaluation"


def passed_results(additional: Mapping[str, Any], attachments: Container[str]) -> Mapping[str, Any]:
    """Return the results other than metrics, without training info and measured reports.

    Parameters
    ----------
    additional : mapping
        ``additional_metrics`` of a version, encoded or not.
    attachments : container of str
        Names of its attachments.

    Examples
    --------
    >>> passed_results({"verdict": "good", "training_info": {"mission": "Kepler"}}, ())
    {'verdict': 'good'}
    """
    others = (TRAINING_INFO, *(_MEASURED if _ARRAYS in attachments else ()))
    return {name: value for name, value in additional.items() if name not in others}


def passed_training_info(additional: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parts of ``training_info`` without a field of their own.

    Examples
    --------
    >>> passed_training_info({"verdict": "good", "training_info": {"mission": "Kepler"}})
    {'mission': 'Kepler'}
    """
    found = additional.get(TRAINING_INFO)
    return found if isinstance(found, Mapping) else {}


def flatten(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Return values by name; the names of nested values have dots, as in filters.

    Examples
    --------
    >>> flatten({"orbit": {"period": 3.5, "fit": {"chi2": 1.1}}, "tags": ["a"]})
    {'orbit.period': 3.5, 'orbit.fit.chi2': 1.1, 'tags': ['a']}
    """
    found: dict[str, Any] = {}
    for path, value in _leaves(values, ()):
        name = ".".join(path)
        # A name with a dot can equal the path of a nested value.
        found[f"{'.'.join(path[:-1])}[{path[-1]!r}]" if name in found else name] = value
    return found


def _leaves(
    values: Mapping[Any, Any], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in values.items():
        inner = (*path, str(key))
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, inner)
        else:
            yield inner, value
