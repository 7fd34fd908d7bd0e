"""Plots as PNG; kinds that would load a model are refused."""

from __future__ import annotations

from urllib.parse import quote

from exo_nbregistry.plot.kinds import KINDS
from exo_nbregistry.server.ask import Ask, Reply
from exo_nbregistry.server.fault import bad_request

MOST_DRAWN = 20
# What the picture shows, percent-encoded, for who cannot see it.
CAPTION = "X-Caption"
_MOST_CAPTION = 2_000
# What a page can ask for, of all that a registry can draw.
DRAWN = tuple(kind.name for kind in KINDS.values() if kind.reads != "model")


def plot(ask: Ask) -> Reply:
    """Draw versions."""
    kind = ask.text("kind")
    if kind not in DRAWN:
        loads = "would load the model" if kind in KINDS else "is no kind of plot"
        raise bad_request(f"{kind!r:.60} {loads}.", f"Ask for one of {', '.join(DRAWN)}.")
    refs = ask.texts("ref", MOST_DRAWN)
    if not refs:
        raise bad_request("Give ref, once or several times.")
    picture = ask.registry.plot(kind, refs, metric=ask.text("metric") or None)
    caption = quote(picture.caption[:_MOST_CAPTION])
    return Reply(picture.to_png(), "image/png", {CAPTION: caption})
