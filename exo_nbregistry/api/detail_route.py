"""The details of a version. The model is not loaded."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.api.actions import actions_of, may_export
from exo_nbregistry.api.attachment_routes import can_preview
from exo_nbregistry.api.detail_facts import (
    attachments_of,
    hyperparameters_of,
    loads_of,
    metrics_of,
    notes_of,
    plots_of,
    provenance_of,
    sections_of,
    signature_of,
    tags_of,
)
from exo_nbregistry.api.lineage import lineage_of
from exo_nbregistry.api.model_card import card_of
from exo_nbregistry.api.request import Reply, Request, relative_to
from exo_nbregistry.api.trust_text import trust_text
from exo_nbregistry.text.markdown_tree import markdown_tree
from exo_nbregistry.text.timestamps import time_text
from exo_nbregistry.views.usage import load_line, loading_code, preferred_reference, usage
from exo_nbregistry.views.version_card import render_metadata_html


def version(request: Request) -> Reply:
    """Return the details of a version, and the code that uses it."""
    folder, place = request.folder_of_notebook(), request.place
    registry = request.registry
    now = registry.status().now
    item = registry.get_metadata(request.ref)
    path = relative_to(folder, place.location) if place.source == "root" else place.location
    reference = preferred_reference(item)
    made = item.provenance.notebook
    notebook_path = request.registries.notebook(made, place) if made else None
    moves = registry.aliases(item.model_name) if item.aliases else {}
    found: dict[str, Any] = {
        "model_id": item.model_id,
        "name": item.model_name,
        "display_id": item.display_id,
        "version": item.version,
        "algorithm": item.algorithm,
        "status": item.status,
        "aliases": [
            {"alias": name, "protected": name in moves and moves[name].protected}
            for name in item.aliases
        ],
        "created": time_text(item.created_at, now),
        "trust": trust_text(registry.signer_status(request.ref)),
        # The packages of a server are not those of the kernel that loads the model.
        "loads": loads_of(item) if may_export(request) else None,
        "description": markdown_tree(item.description) if item.description.strip() else None,
        "card": card_of(registry, item),
        "metrics": metrics_of(item),
        "hyperparameters": hyperparameters_of(item),
        "tags": tags_of(item),
        "notes": notes_of(item, now),
        "sections": sections_of(item),
        "provenance": provenance_of(item, notebook_path),
        "signature": signature_of(item),
        "lineage": lineage_of(registry, item, notebook_path),
        "use": usage(item, path),
        "reference": reference,
        "code": loading_code(path, reference),
        "load": load_line(reference),
        "attachments": attachments_of(item, can_preview),
        "plots": plots_of(item),
        "notebook_path": notebook_path,
        "actions": actions_of(request, item, notebook_path),
    }
    if request.flag("metadata"):
        found["metadata"] = item.to_dict()
    if request.flag("card"):
        found["card_html"] = render_metadata_html(item)
    return Reply(found)
