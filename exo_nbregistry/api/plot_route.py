"""Plots as PNG. Kinds that require to load the model are rejected."""

from __future__ import annotations

from urllib.parse import quote

from exo_nbregistry.api.problem import bad_request
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.plot.kinds import KINDS

MAX_PLOTTED = 20
# The texts of a narrower figure would not fit, so the page shrinks it.
MIN_WIDTH, MAX_WIDTH = 320, 4000
_PIXELS_PER_INCH = 100
_MAX_CAPTION = 2_000
# Kinds of plots that do not load a model.
PLOT_KINDS = tuple(kind.name for kind in KINDS.values() if kind.reads != "model")


def plot(request: Request) -> Reply:
    """Return a plot of versions as PNG."""
    kind = request.text("kind")
    if kind not in PLOT_KINDS:
        text = f"Unknown plot {kind!r:.60}."
        if kind in KINDS:
            text = f"The plot {kind!r} is not available here, because it loads the model."
        raise bad_request(text, f"Choose one of {', '.join(PLOT_KINDS)}.")
    refs = request.texts("ref", MAX_PLOTTED)
    if not refs:
        raise bad_request("ref is required; it may be given several times.")
    theme = request.text("theme") or None
    if theme not in (None, "light", "dark"):
        raise bad_request(f"Unknown theme {theme!r:.40}.", "Choose light or dark.")
    width = request.count("width", 0, MAX_WIDTH)
    size = (max(width, MIN_WIDTH) / _PIXELS_PER_INCH, None) if width else None
    found = request.registry.plot(kind, refs, metric=request.text("metric") or None, figsize=size)
    image = found.to_page_image(theme)
    return Reply(image.data, "image/png", plot_headers(found.caption, image.width))


def plot_headers(caption: str, width: int) -> dict[str, str]:
    """Return the headers that describe a plot.

    Parameters
    ----------
    caption : str
        Description for the alternative text; sent percent-encoded.
    width : int
        Width on the page, pixels. The PNG has more of them, for high-density screens.

    Examples
    --------
    >>> plot_headers("ROC curve", 640)
    {'X-Caption': 'ROC%20curve', 'X-Width': '640'}
    """
    text = quote(caption[:_MAX_CAPTION], errors="replace")
    return {"X-Caption": text, "X-Width": str(width)}
