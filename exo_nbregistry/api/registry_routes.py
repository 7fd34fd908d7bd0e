"""Replies on a registry as a whole: its head, the progress of its index, and its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.api.problem import HOW_TO_WRITE
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.api.trust_text import trusted_text
from exo_nbregistry.values.metric import DEFAULT_METRICS, higher_is_better
from exo_nbregistry.views.field_names import GROUPS, SORTABLE, TREND, field_title
from exo_nbregistry.views.version_cells import column_kind

_READ_ONLY = (
    "You cannot write to the registry, or the server is configured as read-only. " + HOW_TO_WRITE
)
_OF_VERSIONS = (
    *("aliases", "algorithm", "created_at", "tags", "description", "status", "training_dataset"),
    *("training_samples", "test_samples", "parent", "signer", "metric", "value", "scoring", TREND),
    *("model_name", "version"),
)
_DEFAULT = {"aliases", "algorithm", "created_at"}


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


def head(request: Request) -> Reply:
    """Return name, place, counts, signer and format of a registry."""
    registry, place = request.registry, request.place
    status = registry.status()
    writable = request.registries.is_writable(place)
    listed = registry.list_models(limit=0).total
    known = registry.list_models(limit=0, include_deleted=True).total
    n_models = registry.list_model_names(limit=0).total
    counts = {"models": n_models, "versions": listed, "deleted": known - listed}
    signer = {"name": status.signer_name or "", "fingerprint": status.fingerprint}
    return Reply(
        {
            "id": place.id,
            "name": place.name,
            "location": place.location,
            "writable": writable,
            "why_read_only": None if writable else _READ_ONLY,
            "counts": counts,
            "signer": signer if status.fingerprint else None,
            "trust": trusted_text(status.trusted),
            "format_version": status.format_version,
        }
    )


def indexing(request: Request) -> Reply:
    """Return how many records the index has read, while another request builds it."""
    read, total = request.registry.status().indexing or (None, None)
    return Reply({"read": read, "total": total})


def fields(request: Request) -> Reply:
    """Return the fields that columns, filters and sort orders can name."""
    names = request.registry.list_fields()
    values = request.registry.list_field_values()
    found = [_field(name, "version", values.get(name)) for name in _OF_VERSIONS]
    for group in GROUPS:
        found += [_field(f"{group}.{name}", group, None) for name in names.get(group, ())]
    return Reply({"fields": found})


def _field(name: str, group: str, values: Sequence[str] | None) -> dict[str, Any]:
    metric = name.partition(".")[2] if group in ("metrics", "later_metrics") else ""
    field: Mapping[str, Any] = {
        "name": name,
        "label": field_title(name),
        "kind": column_kind(name),
        "group": group,
        "sortable": group != "version" or name in SORTABLE,
        "higher_is_better": higher_is_better(metric) if metric else None,
        "default_column": name in _DEFAULT or (group == "metrics" and metric in DEFAULT_METRICS),
    }
    return {**field, "values": list(values)} if values else dict(field)
