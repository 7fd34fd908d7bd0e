"""Plots as PNG; kinds that would load a model are refused."""

from __future__ import annotations

from urllib.parse import quote

from exo_nbregistry.api.problem import bad_request
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.plot.kinds import KINDS

MAX_PLOTTED = 20
# What the picture shows, percent-encoded, for who cannot see it.
CAPTION = "X-Caption"
_MAX_CAPTION = 2_000
# What a page can ask for, of all that a registry can draw.
PLOT_KINDS = tuple(kind.name for kind in KINDS.values() if kind.reads != "model")


def plot(request: Request) -> Reply:
    """Draw versions."""
    kind = request.text("kind")
    if kind not in PLOT_KINDS:
        loads = "would load the model" if kind in KINDS else "is no kind of plot"
        raise bad_request(f"{kind!r:.60} {loads}.", f"Ask for one of {', '.join(PLOT_KINDS)}.")
    refs = request.texts("ref", MAX_PLOTTED)
    if not refs:
        raise bad_request("Give ref, once or several times.")
    picture = request.registry.plot(kind, refs, metric=request.text("metric") or None)
    caption = quote(picture.caption[:_MAX_CAPTION])
    return Reply(picture.to_png(), "image/png", {CAPTION: caption})
