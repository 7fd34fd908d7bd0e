"""Columns of the hyperparameters that differ between listed versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.nested_parameters import flatten_params
from exo_nbregistry.views.facts import ABSENT
from exo_nbregistry.views.version_column import VersionColumn

MAX_PARAMETERS = 3
# Hyperparameters that do not change the model.
_TECHNICAL = {"n_jobs", "verbose", "memory", "copy_X"}

_MAX_DIGITS = 10


def parameter_columns(names: Sequence[str]) -> list[VersionColumn]:
    """Return the columns of hyperparameters; ``estimator__C`` is titled C if only one ends so."""
    short = Counter(name.rpartition("__")[2] for name in names)
    return [
        _parameter_column(name, end if short[end] == 1 else name)
        for name, end in ((name, name.rpartition("__")[2]) for name in names)
    ]


def _parameter_column(name: str, title: str) -> VersionColumn:
    return VersionColumn(
        f"hyperparameters.{name}",
        title,
        value=lambda version: flatten_params(version.hyperparameters).get(name, ABSENT),
        text=format_parameter,
        align="r",
        width=24,
    )


def format_parameter(value: Any) -> str | None:
    """Return a hyperparameter; None is a value, and `ABSENT` is not.

    Long fractions, such as those of a random search, have six significant digits.

    Examples
    --------
    >>> format_parameter(1e-05), format_parameter("rbf"), format_parameter(None)
    ('1e-05', 'rbf', 'None')
    >>> format_parameter(573.6152510448682), format_parameter(1000000.0)
    ('573.615', '1000000.0')
    """
    if value is ABSENT:
        return None
    if isinstance(value, float) and len(repr(value)) > _MAX_DIGITS:
        return f"{value:.6g}"
    return value if isinstance(value, str) else repr(value)


def varied_parameters(versions: Iterable[ModelMetadata]) -> list[str]:
    """Return hyperparameters that differ between listed versions of the same model.

    Parameters
    ----------
    versions : iterable of ModelMetadata
        The versions.

    Returns
    -------
    list of str
        At most three names that at least three of four versions have, those with most values
        first. Versions of different algorithms are not compared.

    Examples
    --------
    >>> varied_parameters([registry["kepler_rf"]])
    []
    """
    listed = [(v.model_name, v.algorithm, flatten_params(v.hyperparameters)) for v in versions]
    having = Counter(name for _, _, parameters in listed for name in parameters)
    values: dict[str, int] = {}
    for name in sorted(having):
        seen: dict[Any, set[str]] = {}
        for model, algorithm, parameters in listed:
            if name in parameters:
                seen.setdefault((model, algorithm), set()).add(repr(parameters[name]))
        values[name] = max(map(len, seen.values()))
    varied = [
        name
        for name, n in values.items()
        if n > 1
        and 4 * having[name] >= 3 * len(listed)
        and name.rpartition("__")[2] not in _TECHNICAL
    ]
    return sorted(varied, key=lambda name: -values[name])[:MAX_PARAMETERS]
