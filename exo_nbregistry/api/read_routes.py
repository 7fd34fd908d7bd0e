"""Replies to read requests. None of them loads a model."""

from __future__ import annotations

from exo_nbregistry.api.json_views import (
    event_of,
    reference_of,
    rows_of,
    sections_of,
)
from exo_nbregistry.api.plot_route import PLOT_KINDS
from exo_nbregistry.api.request import Reply, Request, relative_to
from exo_nbregistry.plot.kinds import plot_kinds
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.values.metric import ordered
from exo_nbregistry.values.reference import MAX_VERSION
from exo_nbregistry.views.version_card import render_metadata_html

MAX_COMPARED = 20
MAX_EVENTS = 1_000
# Trust values of the REST API by signer status; an invalid signature counts as unsigned.
_TRUST = {
    "own": "yours",
    "trusted": "trusted",
    "unknown": "stranger",  # prose: ok, value on the wire
    "unsigned": "unsigned",
    "invalid": "unsigned",
}


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
