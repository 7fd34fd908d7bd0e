"""Replies on a registry as a whole: its head, its fields, and lists of versions and models."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from exo_nbregistry.api.list_replies import (
    columns_json,
    field_hints,
    model_columns_json,
    model_item,
    query_problem,
    sort_fields,
    version_items,
)
from exo_nbregistry.api.problem import bad_request
from exo_nbregistry.api.request import MAX_ITEMS, Reply, Request
from exo_nbregistry.errors import (
    IntegrityError,
    InvalidReferenceError,
    MissingKeyError,
    QueryError,
    RecordError,
)
from exo_nbregistry.index.filter_language import narrowed_filter
from exo_nbregistry.index.search_text import word_hints
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.values.metric import usual_metric
from exo_nbregistry.values.reference import model_key
from exo_nbregistry.views.default_columns import default_columns, sorted_first
from exo_nbregistry.views.field_names import TREND, checked_columns
from exo_nbregistry.views.listing import Listing

MAX_COLUMNS = 40
_DEFAULT_LIMIT = 50
_MAX_OFFSET = 10**9
_MAX_ORDERS = 5
_ATTEMPTS = 5
Hint = dict[str, Any]
_DAMAGED = (RecordError, IntegrityError, MissingKeyError)
_N_VERSIONS = "n_versions"
# Sort fields of models, besides the fields of their latest version.
_ORDERS = {"name": "model_name", "registered_at": "created_at", "versions": _N_VERSIONS}
_SHOW_DELETED = "Show deleted versions to list them."
_NO_MODELS = (
    "No models yet. Register one with "
    "registry.register_model(model=model, model_name='my_model'), then refresh."
)


def models(request: Request) -> Reply:
    """List the models of a registry."""
    query, metric = request.text("q"), request.text("metric") or None
    orders = [_order(text, metric) for text in request.texts("order_by", _MAX_ORDERS)]
    name = request.text("name")
    registry = request.registry
    try:
        listed = registry.list_model_names(
            narrowed_filter(query, f"model_name == {model_key(name)!r}") if name else query or None,
            metric=metric,
            order_by=orders,
            limit=request.count("limit", _DEFAULT_LIMIT, MAX_ITEMS),
            offset=request.count("offset", 0, _MAX_OFFSET),
            include_deleted=request.flag("include_deleted"),
        )
    except QueryError as error:
        raise query_problem(error, query, registry.list_fields()) from error
    sorted_by = _sorted_models(orders, metric)
    now = registry.status().now
    return Reply(
        {
            "total": listed.total,
            "hints": _hints(request, [] if listed.total else [query], orders),
            "message": _message("models", request, query, listed.total),
            "columns": model_columns_json(sorted_by),
            "items": [model_item(model, now) for model in listed],
        }
    )


def versions(request: Request) -> Reply:
    """List versions."""
    query, orders = request.text("where"), request.texts("order_by", _MAX_ORDERS)
    chosen = request.texts("column", MAX_COLUMNS)
    registry = request.registry
    try:
        chosen = list(checked_columns(chosen))
        listing = matching_versions(request)
    except QueryError as error:
        raise query_problem(error, query, registry.list_fields()) from error
    sorted_by = sort_fields(orders)
    first = next(iter(sorted_by), "")
    items = tuple(listing)
    columns = sorted_first(chosen, first) if chosen else default_columns(items, first)
    trends = _trends(request, items) if TREND in columns else {}
    shown = {"model_name", "name", "version", "model_id"}
    return Reply(
        {
            "total": listing.total,
            "hints": _hints(request, [] if listing.total else [query], orders),
            "message": _message("versions", request, query, listing.total),
            "name_sorted": next(
                ("descending" if d else "ascending" for f, d in sorted_by.items() if f in shown),
                None,
            ),
            "columns": columns_json(columns, sorted_by, items),
            "items": version_items(items, columns, registry.status().now, listing.children, trends),
        }
    )


def matching_versions(request: Request) -> Listing:
    """Return the versions that match the parameters of a request."""
    arguments: dict[str, Any] = {
        "model_name": request.text("name") or None,
        "where": request.text("where") or None,
        "order_by": request.texts("order_by", _MAX_ORDERS),
        "limit": request.count("limit", _DEFAULT_LIMIT, MAX_ITEMS),
        "offset": request.count("offset", 0, _MAX_OFFSET),
        "include_deleted": request.flag("include_deleted"),
        "fold_children": request.flag("fold_children"),
    }
    for _ in range(_ATTEMPTS):
        # A record that was damaged after it was listed is skipped in the next attempt.
        with contextlib.suppress(*_DAMAGED):
            return _read(request.registry.list_models(**arguments))
    return _read(request.registry.list_models(**arguments))


def _read(listing: Listing) -> Listing:
    return Listing(tuple(listing), total=listing.total, children=listing.children)


def _trends(
    request: Request, versions: Sequence[ModelMetadata]
) -> dict[str, tuple[tuple[int, float], ...]]:
    """Return the usual metric of the listed versions of each model, over all its versions."""
    counts: dict[str, Counter[str]] = {}
    for version in versions:
        counts.setdefault(version.model_name, Counter()).update(list(version.metrics))
    metrics = {name: usual for name in counts if (usual := usual_metric(counts[name]))}
    try:
        return request.registry.metric_series(metrics)
    except InvalidReferenceError:
        # A record may contain an invalid name; its row is shown without a trend.
        return {}


def _hints(request: Request, filters: Sequence[str], orders: Sequence[str]) -> list[Hint]:
    """Return hints on a query: misspelled fields, and words that are fields or operators."""
    words: list[Hint] = [
        {"text": hint, "field": "", "suggestions": []}
        for text in filters
        for hint in word_hints(text)
    ]
    texts = [text for text in [*filters, *orders] if text and text.lstrip("-") != _N_VERSIONS]
    if not any("." in text or "[" in text for text in texts):
        return words
    return [*field_hints(texts, request.registry.list_fields()), *words]


def _sorted_models(orders: Sequence[str], metric: str | None) -> dict[str, bool]:
    """Return whether each sort field of models is descending; that of the metric is ``metric``."""
    found = sort_fields([text for text in orders if text.lstrip("-") != _N_VERSIONS])
    if counted := [text for text in orders if text.lstrip("-") == _N_VERSIONS]:
        found[_N_VERSIONS] = counted[0].startswith("-")
    if metric and f"metrics.{metric}" in found:
        found["metric"] = found[f"metrics.{metric}"]
    return found


def _message(what: str, request: Request, query: str, total: int) -> str | None:
    """Return why a list is empty; None if it is not."""
    if total:
        return None
    name = request.text("name")
    if query.strip() or (name and what == "models"):
        return f"No matching {what}. Clear the search to list all {what}."
    if name:
        return f"All versions of {name} are deleted. {_SHOW_DELETED}"
    deleted = request.registry.list_models(limit=0, include_deleted=True).total
    return f"All versions are deleted. {_SHOW_DELETED}" if deleted else _NO_MODELS


def _order(text: str, metric: str | None) -> str:
    descending, field = "-" * text.startswith("-"), text.removeprefix("-").strip()
    if field != "metric":
        return descending + _ORDERS.get(field, field)
    if metric is None:
        raise bad_request("order_by=metric requires metric=, such as metric=f1_score.")
    return f"{descending}metrics[{metric!r}]"
