"""Functions of agents that list, filter and rank the models of a registry."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.agents.answers import answer
from exo_nbregistry.agents.version_data import model_row, version_row
from exo_nbregistry.registry.argument import check_count
from exo_nbregistry.registry.facade import ModelRegistry

MAX_ROWS = 50


def list_registered_models(
    where: str = "", limit: int = 20, offset: int = 0, registry: str = ""
) -> dict[str, Any]:
    """List the machine learning models of a registry: names, versions, aliases and scores.

    Parameters
    ----------
    where : str
        Optional filter, such as ``kepler`` or ``metrics.f1_score > 0.9 and 'reviewed' in tags``.
    limit : int
        Maximum number of models, at most 50.
    offset : int
        Number of models to skip.
    registry : str
        Folder of the registry. By default the one of the environment variable EXO_NBREGISTRY, or
        models/registry.

    Returns
    -------
    dict
        ``models``, and ``total``, the number of all matching models.

    Examples
    --------
    >>> found = list_registered_models(registry=registry.location)
    >>> found["models"][0]["model_name"], found["total"]
    ('kepler_rf', 1)
    """

    def read(opened: ModelRegistry) -> dict[str, Any]:
        found = opened.list_model_names(where or None, limit=_limit(limit), offset=offset)
        return {"models": [model_row(model) for model in found], "total": found.total}

    return answer(registry, read)


def list_model_versions(
    model_name: str = "",
    where: str = "",
    order_by: str = "",
    limit: int = 20,
    offset: int = 0,
    registry: str = "",
) -> dict[str, Any]:
    """List the versions of a model, or of all models, with metrics, aliases and tags.

    Parameters
    ----------
    model_name : str
        Optional name of a model.
    where : str
        Optional filter, such as ``metrics.f1_score > 0.9 and 'reviewed' in tags``.
    order_by : str
        Optional field to sort by, such as ``-metrics.f1_score`` or ``-created_at``; a leading ``-``
        sorts in descending order.
    limit : int
        Maximum number of versions, at most 50.
    offset : int
        Number of versions to skip.
    registry : str
        Folder of the registry. By default the one of the environment variable EXO_NBREGISTRY, or
        models/registry.

    Returns
    -------
    dict
        ``versions``, and ``total``, the number of all matching versions.

    Examples
    --------
    >>> found = list_model_versions("kepler_rf", registry=registry.location)
    >>> found["versions"][0]["model_id"]
    'kepler_rf:1'
    """

    def read(opened: ModelRegistry) -> dict[str, Any]:
        found = opened.list_models(
            model_name or None,
            where=where or None,
            order_by=order_by or None,
            limit=_limit(limit),
            offset=offset,
        )
        return {"versions": [version_row(item) for item in found], "total": found.total}

    return answer(registry, read)


def list_registry_fields(registry: str = "") -> dict[str, Any]:
    """List the names of metrics, hyperparameters and tags that filters can use.

    Parameters
    ----------
    registry : str
        Folder of the registry. By default the one of the environment variable EXO_NBREGISTRY, or
        models/registry.

    Returns
    -------
    dict
        ``fields``, the names by group, and ``values``, the values of fields with few of them.

    Examples
    --------
    >>> list_registry_fields(registry.location)["fields"]["metrics"]
    ['f1_score', 'accuracy']
    """
    return answer(
        registry,
        lambda opened: {"fields": opened.list_fields(), "values": opened.list_field_values()},
    )


def best_model_version(
    model_name: str = "",
    metric: str = "",
    where: str = "",
    higher_is_better: bool | None = None,
    registry: str = "",
) -> dict[str, Any]:
    """Find the version with the best value of a metric.

    Parameters
    ----------
    model_name : str
        Optional name of a model; by default all models are ranked.
    metric : str
        Optional metric, such as ``f1_score`` or ``log_loss``; by default the usual one of the
        versions.
    where : str
        Optional filter, such as ``algorithm == 'RandomForest'``.
    higher_is_better : bool or None
        Direction of the metric; only required for a metric that is not from scikit-learn.
    registry : str
        Folder of the registry. By default the one of the environment variable EXO_NBREGISTRY, or
        models/registry.

    Returns
    -------
    dict
        ``metric``, ``value``, and ``version``.

    Examples
    --------
    >>> found = best_model_version(registry=registry.location)
    >>> found["metric"], found["value"], found["version"]["model_id"]
    ('f1_score', 0.8, 'kepler_rf:1')
    """

    def read(opened: ModelRegistry) -> dict[str, Any]:
        name, chosen = model_name or None, where or None
        ranked = metric or opened.default_metric(name, where=chosen)
        best = opened.best_version(
            metric=ranked, model_name=name, where=chosen, higher_is_better=higher_is_better
        )
        return {"metric": ranked, "value": best.metrics[ranked], "version": version_row(best)}

    return answer(registry, read)


def _limit(limit: int) -> int:
    return min(check_count("limit", limit), MAX_ROWS)
