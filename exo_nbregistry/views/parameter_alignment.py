"""Hyperparameters of versions in common rows, although one version wraps the estimator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.nested_parameters import flatten_params, inner_prefix

_BEST = "best_params_"


class Parameters(NamedTuple):
    """Hyperparameters of one version.

    Attributes
    ----------
    values : dict of str to object
        The values by the names of their rows.
    defaults : frozenset of str
        Names of the rows whose value is the default of the estimator.
    """

    values: dict[str, Any]
    defaults: frozenset[str]


def align_parameters(items: Sequence[ModelMetadata]) -> list[Parameters]:
    """Return the hyperparameters of versions under common names.

    If only some versions contain their estimator in a pipeline, a search or another estimator, its
    parameters have the names of the estimator itself, such as ``C`` instead of ``svc__C``. Those
    of a search have the values that it chose.

    Parameters
    ----------
    items : sequence of ModelMetadata
        The versions.
    """
    prefixes = [inner_prefix(item.hyperparameters) for item in items]
    flat = [flatten_params(item.hyperparameters) for item in items]
    if len({*prefixes}) == 1:
        return [
            Parameters(values, frozenset(item.default_hyperparameters))
            for item, values in zip(items, flat, strict=True)
        ]
    chosen = [
        _without_copies(item, values) | _best(item.hyperparameters)
        for item, values in zip(items, flat, strict=True)
    ]
    inner = {
        name.removeprefix(prefix)
        for values, prefix in zip(chosen, prefixes, strict=True)
        for name in values
        if name.startswith(prefix)
    }
    return [
        _renamed(item, values, prefix, inner)
        for item, values, prefix in zip(items, chosen, prefixes, strict=True)
    ]


def _best(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that a search chose, under the names of its estimator."""
    found: dict[str, Any] = {}
    for name, best in parameters.items():
        # Of a search in a pipeline, the name begins with that of the step.
        if str(name).endswith(_BEST) and isinstance(best, dict):
            prefix = f"{name.removesuffix(_BEST)}estimator__"
            found |= {f"{prefix}{k}": v for k, v in best.items() if not isinstance(v, dict)}
    return found


def _without_copies(item: ModelMetadata, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters without the copies of those that a search chose."""
    copies = {
        key
        for name, best in item.hyperparameters.items()
        if str(name).endswith(_BEST) and isinstance(best, dict)
        for key in flatten_params(best)
    }
    return {name: value for name, value in values.items() if name not in copies}


def _renamed(
    item: ModelMetadata, values: Mapping[str, Any], prefix: str, inner: set[str]
) -> Parameters:
    known, best = item.default_hyperparameters, _best(item.hyperparameters)
    found: dict[str, Any] = {}
    defaults = set()
    for name, value in values.items():
        # The class of the inner estimator is in the name of the algorithm.
        if prefix and name == prefix.removesuffix("__"):
            continue
        row = name.removeprefix(prefix)
        if not name.startswith(prefix) and name in inner:
            row = f"{name} (wrapper)"
        found[row] = value
        if name in known and name not in best:
            defaults.add(row)
    return Parameters(found, frozenset(defaults))
