"""The list of the registries."""

from __future__ import annotations

from exo_nbregistry.api.request import Reply, Request


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
