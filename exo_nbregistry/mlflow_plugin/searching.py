"""Searches in MLflow's language, with its order and its pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.prompt.registry_utils import add_prompt_filter_string
from mlflow.store.entities.paged_list import PagedList
from mlflow.store.model_registry import (
    SEARCH_MODEL_VERSION_MAX_RESULTS_DEFAULT,
    SEARCH_MODEL_VERSION_MAX_RESULTS_THRESHOLD,
    SEARCH_REGISTERED_MODEL_MAX_RESULTS_DEFAULT,
    SEARCH_REGISTERED_MODEL_MAX_RESULTS_THRESHOLD,
)
from mlflow.utils.search_utils import SearchModelUtils, SearchModelVersionUtils, SearchUtils

_TIMESTAMP = re.compile(r"^\s*timestamp\b")
_VERSION_ORDER = ("last_updated_timestamp DESC", "name ASC", "version_number DESC")


def names_in(filter_string: str | None) -> list[str] | None:
    """Return the only names of models that a filter of versions can match; None for all.

    Parameters
    ----------
    filter_string : str or None
        Filter in MLflow's language.

    Returns
    -------
    list of str or None
        The names.

    Raises
    ------
    MlflowException
        If the filter is invalid.

    Examples
    --------
    >>> names_in("name = 'kepler_rf' AND tags.team = 'vetting'")
    ['kepler_rf']
    >>> names_in("name LIKE 'kepler%'") is None
    True
    """
    if not filter_string:
        return None
    for part in SearchModelVersionUtils.parse_search_filter(filter_string):
        if part["type"] == "attribute" and part["key"] == "name":
            if part["comparator"] == "=":
                return [part["value"]]
            if part["comparator"] == "IN":
                return list(part["value"])
    return None


def search_models(
    models: Iterable[Any],
    filter_string: str | None,
    max_results: Any,
    order_by: Sequence[str] | None,
    page_token: str | None,
) -> PagedList[Any]:
    """Return a page of the registered models that a filter matches.

    Parameters
    ----------
    models : iterable of RegisteredModel
        All models.
    filter_string : str or None
        Filter in MLflow's language.
    max_results : int or None
        Size of the page; None for MLflow's default.
    order_by : sequence of str or None
        Fields with ``ASC`` or ``DESC``; by default the name.
    page_token : str or None
        Token of the page before this one.

    Returns
    -------
    PagedList of RegisteredModel
        The page; ``token`` requests the next one.

    Raises
    ------
    MlflowException
        If an argument is invalid.

    Examples
    --------
    >>> from mlflow.entities.model_registry import RegisteredModel
    >>> models = [RegisteredModel("kepler_rf"), RegisteredModel("tess_rf")]
    >>> [model.name for model in search_models(models, "name LIKE 'k%'", 10, None, None)]
    ['kepler_rf']
    """
    if max_results is None:
        max_results = SEARCH_REGISTERED_MODEL_MAX_RESULTS_DEFAULT
    _check_max_results(max_results, SEARCH_REGISTERED_MODEL_MAX_RESULTS_THRESHOLD)
    found = SearchModelUtils.filter(models, add_prompt_filter_string(filter_string))
    # MLflow's database store has this short name too.
    order = [_TIMESTAMP.sub("last_updated_timestamp", field) for field in order_by or ()]
    return _page(SearchModelUtils.sort(found, order), max_results, page_token)


def search_versions(
    versions: Iterable[Any],
    filter_string: str | None,
    max_results: Any,
    order_by: Sequence[str] | None,
    page_token: str | None,
) -> PagedList[Any]:
    """Return a page of the versions that a filter matches.

    Parameters
    ----------
    versions : iterable of ModelVersion
        The versions of the models that `names_in` returns.
    filter_string, max_results, order_by, page_token
        As for `search_models`; the default order is by the last change, newest first.

    Returns
    -------
    PagedList of ModelVersion
        The page; ``token`` requests the next one.

    Raises
    ------
    MlflowException
        If an argument is invalid.

    Examples
    --------
    >>> from mlflow.entities.model_registry import ModelVersion
    >>> versions = [ModelVersion("kepler_rf", number, number, number) for number in (1, 2, 3)]
    >>> page = search_versions(versions, None, 2, ["version_number ASC"], None)
    >>> [version.version for version in page]
    [1, 2]
    >>> rest = search_versions(versions, None, 2, ["version_number ASC"], page.token)
    >>> [version.version for version in rest], rest.token
    ([3], None)
    """
    if max_results is None:
        max_results = SEARCH_MODEL_VERSION_MAX_RESULTS_DEFAULT
    _check_max_results(max_results, SEARCH_MODEL_VERSION_MAX_RESULTS_THRESHOLD)
    found = SearchModelVersionUtils.filter(list(versions), add_prompt_filter_string(filter_string))
    ordered = SearchModelVersionUtils.sort(found, order_by or list(_VERSION_ORDER))
    return _page(ordered, max_results, page_token)


def _check_max_results(max_results: Any, limit: int) -> None:
    if not isinstance(max_results, int) or not 1 <= max_results <= limit:
        raise MlflowException.invalid_parameter_value(
            "Invalid value for max_results. It must be a positive integer and at most "
            f"{limit}, but got {max_results!r:.60}."
        )


def _page(items: list[Any], max_results: int, page_token: str | None) -> PagedList[Any]:
    start = SearchUtils.parse_start_offset_from_page_token(page_token)
    end = start + max_results
    token = SearchUtils.create_page_token(end) if end < len(items) else None
    return PagedList(items[start:end], token)
