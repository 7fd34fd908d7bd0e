"""Replies to read requests. None of them loads a model."""

from __future__ import annotations

import contextlib
from typing import Any

from exo_nbregistry.api.json_views import (
    event_of,
    item_of,
    reference_of,
    rows_of,
    sections_of,
    summary_of,
)
from exo_nbregistry.api.plot_route import PLOT_KINDS
from exo_nbregistry.api.problem import bad_request
from exo_nbregistry.api.request import MAX_ITEMS, Reply, Request, relative_to
from exo_nbregistry.errors import IntegrityError, MissingKeyError, RecordError
from exo_nbregistry.index.search_text import parse_search
from exo_nbregistry.plot.kinds import plot_kinds
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.values.metric import ordered
from exo_nbregistry.values.reference import MAX_VERSION
from exo_nbregistry.views.listing import Listing
from exo_nbregistry.views.version_card import render_metadata_html

MAX_COMPARED = 20
MAX_EVENTS = 1_000
_DEFAULT_LIMIT = 50
_MAX_OFFSET = 10**9
_MAX_ORDERS = 5
_ATTEMPTS = 5
_DAMAGED = (RecordError, IntegrityError, MissingKeyError)
# Trust values of the REST API by signer status; an invalid signature counts as unsigned.
_TRUST = {
    "own": "yours",
    "trusted": "trusted",
    "unknown": "stranger",  # prose: ok, value on the wire
    "unsigned": "unsigned",
    "invalid": "unsigned",
}
# Sort fields of models, besides the fields of their latest version.
_ORDERS = {"name": "model_name", "registered_at": "created_at", "versions": "n_versions"}


def registries(request: Request) -> Reply:
    """List the registries."""
    items = [
        {
            "id": place.id,
            "name": place.name,
            "location": place.location,
            "source": place.source,
            "writable": request.registries.is_writable(place),
        }
        for place in request.registries.places()
    ]
    return Reply({"registries": items})


def models(request: Request) -> Reply:
    """List the models of a registry."""
    metric = request.text("metric") or None
    listed = request.registry.list_model_names(
        parse_search(request.text("q")).where or None,
        metric=metric,
        order_by=[_order(text, metric) for text in request.texts("order_by", _MAX_ORDERS)],
        limit=request.count("limit", _DEFAULT_LIMIT, MAX_ITEMS),
        offset=request.count("offset", 0, _MAX_OFFSET),
    )
    return Reply({"total": listed.total, "items": [summary_of(model) for model in listed]})


def versions(request: Request) -> Reply:
    """List versions."""
    listing = matching_versions(request)
    return Reply({"total": listing.total, "items": [item_of(version) for version in listing]})


def matching_versions(request: Request) -> Listing:
    """Return the versions that match the parameters of a request."""
    arguments: dict[str, Any] = {
        "model_name": request.text("name") or None,
        "where": parse_search(request.text("where")).where or None,
        "order_by": request.texts("order_by", _MAX_ORDERS),
        "limit": request.count("limit", _DEFAULT_LIMIT, MAX_ITEMS),
        "offset": request.count("offset", 0, _MAX_OFFSET),
        "include_deleted": request.flag("include_deleted"),
    }
    for _ in range(_ATTEMPTS):
        # A record that was damaged after it was listed is skipped in the next attempt.
        with contextlib.suppress(*_DAMAGED):
            listing = request.registry.list_models(**arguments)
            return Listing(tuple(listing), total=listing.total)
    listing = request.registry.list_models(**arguments)
    return Listing(tuple(listing), total=listing.total)


def version(request: Request) -> Reply:
    """Return the details of a version, and the code that loads it."""
    folder = request.folder_of_notebook()
    metadata = request.registry.get_metadata(request.ref)
    reference = reference_of(metadata)
    place = request.place
    path = relative_to(folder, place.location) if place.source == "root" else place.location
    load = f"model, metadata = registry.load_model({reference!r})"
    notebook = metadata.provenance.notebook
    return Reply(
        {
            "metadata": metadata.to_dict(),
            "reference": reference,
            "code": "from exo_nbregistry import ModelRegistry\n\n"
            f"registry = ModelRegistry({path!r})\n{load}\n",
            "load": load,
            "metric_titles": {
                name: metric_title(name, [metadata]) for name in ordered(metadata.metrics)
            },
            "sections": sections_of(metadata),
            "card_html": render_metadata_html(metadata),
            "trust": _TRUST[request.registry.signer_status(request.ref).status],
            "plots": [kind for kind in plot_kinds(metadata) if kind in PLOT_KINDS],
            "notebook_path": notebook and request.registries.notebook(notebook, place),
        }
    )


def compare(request: Request) -> Reply:
    """Compare versions."""
    refs = request.texts("ref", MAX_COMPARED)
    comparison = request.registry.compare_models(refs)
    if request.flag("all"):
        comparison = comparison.all()
    return Reply(
        {
            "ids": list(comparison.ids),
            "rows": rows_of(comparison),
            "html": comparison.to_html(),
        }
    )


def history(request: Request) -> Reply:
    """Return the events of a model, or of the version that ``version`` names."""
    given = request.text("version")
    version = request.count("version", 0, MAX_VERSION) if given else None
    events = request.registry.history(request.model, version)
    return Reply(
        {"total": len(events), "events": [event_of(event) for event in events[-MAX_EVENTS:]]}
    )


def _order(text: str, metric: str | None) -> str:
    descending, field = "-" * text.startswith("-"), text.removeprefix("-").strip()
    if field != "metric":
        return descending + _ORDERS.get(field, field)
    if metric is None:
        raise bad_request("order_by=metric requires metric=, such as metric=f1_score.")
    return f"{descending}metrics[{metric!r}]"
