"""Where a version comes from: its parent, children, data and notebook."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.api.registries import Registry
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.text.markup import number
from exo_nbregistry.views.listing import Listing
from exo_nbregistry.views.metric_columns import own_metric

MAX_LISTED = 20


def lineage_of(
    registry: Registry, item: ModelMetadata, notebook_path: str | None
) -> dict[str, Any]:
    """Return the lineage of a version, by queries of the index.

    Parameters
    ----------
    registry : Registry
        The registry.
    item : ModelMetadata
        The version.
    notebook_path : str or None
        Path of the notebook that registered it, if it was found.
    """
    children = _listed(registry, f"parent == {item.model_id!r}")
    made = item.provenance
    notebook = made.notebook and {"path": notebook_path, "name": made.notebook}
    return {
        "parent": _parent(registry, item),
        "children": {"total": children.total, "items": [_ref(child) for child in children]},
        "data": _data(registry, item),
        "notebook": notebook and notebook | {"cell": made.cell_number},
    }


def _listed(registry: Registry, where: str) -> Listing:
    return registry.list_models(
        where=where, order_by="-created_at", limit=MAX_LISTED, include_deleted=True
    )


def _parent(registry: Registry, item: ModelMetadata) -> dict[str, Any] | None:
    if not item.parent:
        return None
    try:
        return _ref(registry.get_metadata(item.parent))
    except RegistryError:
        # The parent may be in another registry, or damaged.
        return {"model_id": item.parent, "text": "not in this registry", "is_deleted": True}


def _data(registry: Registry, item: ModelMetadata) -> dict[str, Any] | None:
    data = item.dataset
    if data is None:
        return None
    found = _listed(registry, f"dataset.sha256 == {data.sha256!r}")
    others = [other for other in found if other.model_id != item.model_id]
    # The version itself matches too, and may be on another page.
    return {
        "name": item.training_dataset or data.name,
        "rows": data.rows,
        "text": f"{data.rows:,} rows",
        "sha256": data.sha256,
        "same_data": {
            "total": max(found.total - 1, len(others)),
            "items": [_ref(other) for other in others],
        },
    }


def _ref(item: ModelMetadata) -> dict[str, Any]:
    """Return a version as a link: its aliases and its main metric."""
    metric = own_metric(item)
    parts = [f"@{alias}" for alias in item.aliases]
    if metric:
        parts.append(f"{metric_title(metric, [item])} {number(item.metrics[metric])}")
    return {
        "model_id": item.model_id,
        "text": " ".join(parts),
        "is_deleted": item.status != ACTIVE,
    }
