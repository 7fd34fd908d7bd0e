"""The events of a model or of a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from exo_nbregistry.api.json_views import event_of
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.text.markdown_tree import markdown_tree, preformatted_tree
from exo_nbregistry.text.timestamps import time_text
from exo_nbregistry.values.reference import MAX_VERSION
from exo_nbregistry.views.event_sentences import event_sentence

MAX_EVENTS = 1_000
# Long Markdown takes up to a second; earlier notes are shown as they were written.
MAX_MARKDOWN = 200_000


def history(request: Request) -> Reply:
    """Return the events of a model, or of the version that ``version`` names."""
    given = request.text("version")
    version = request.count("version", 0, MAX_VERSION) if given else None
    events = request.registry.history(request.model, version)
    now = request.registry.status().now
    shown = [_event(event, now) for event in events[-MAX_EVENTS:]]
    n_read = 0
    for event in reversed(shown):
        if "note" in event and not event.get("not_followed"):
            n_read += len(event["note"])
            is_read = n_read <= MAX_MARKDOWN
            event["text"] = f"Note on version {event['version']}"
            event["body"] = (markdown_tree if is_read else preformatted_tree)(event["note"])
    return Reply({"total": len(events), "events": shown})


def _event(event: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return an event with its sentence, time and author as text."""
    at, fields = event.get("at"), event_of(event)
    if event.get("action") == "note" and "text" in fields:
        fields["note"] = str(fields["text"])
    return {
        **fields,
        "text": event_sentence(event),
        "when": time_text(at, now) if isinstance(at, datetime) else None,
        "who": event.get("actor"),
    }
