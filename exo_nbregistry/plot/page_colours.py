"""Colors of a figure on a page whose background is not known: white, or that of a dark theme."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.artist import Artist
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text

from exo_nbregistry.errors import RegistryError

# Source: contrast of WCAG 2.2. The contrast is about 4 to white and to the #212121 of JupyterLab's
# dark theme; no gray has more to both.
INK = "#7f7f7f"
# The text colors of JupyterLab's themes, without their opacity.
INKS = {"light": "#212121", "dark": "#e0e0e0"}
_BLACK, _WHITE = "#000000", "#ffffff"
_NOTHING = "none"
_Change = tuple[Callable[[Any], Any], Any, Any]  # a setter, the color before and the new one


def ink_of(theme: str | None) -> str:
    """Return the color of text on pages of a theme, or of any page.

    Parameters
    ----------
    theme : {'light', 'dark'}, optional
        Theme of the page.

    Raises
    ------
    RegistryError
        If the theme is unknown.

    Examples
    --------
    >>> ink_of("dark"), ink_of(None)
    ('#e0e0e0', '#7f7f7f')
    """
    if theme is None:
        return INK
    if theme not in INKS:
        raise RegistryError(f"Unknown theme {theme!r:.40}; choose 'light' or 'dark'.")
    return INKS[theme]


@contextmanager
def for_any_background(figure: Figure, ink: str = INK) -> Iterator[None]:
    """Set a transparent background, and colors of text and axes that are readable on any page.

    Only black on white is changed. A figure in another style, such as ``dark_background``, keeps
    its colors, because the user chose them.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure. It gets its colors back at the end.
    ink : str
        Color of text and axes; the default is readable on light and dark pages.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> with for_any_background(figure):
    ...     figure.get_facecolor()
    (0.0, 0.0, 0.0, 0.0)
    >>> figure.get_facecolor()
    (1.0, 1.0, 1.0, 1.0)
    """
    changes = list(_changes(figure, ink)) if _hex(figure.get_facecolor()) == _WHITE else []
    try:
        for setter, _, new in changes:
            setter(new)
        yield
    finally:
        for setter, old, _ in changes:
            setter(old)


def _changes(figure: Figure, ink: str) -> Iterator[_Change]:
    # The texts in the cells of a matrix are on the colors of the cells.
    on_cells = {text for axes in figure.axes if axes.images for text in axes.texts}
    for artist in (*figure.findobj(), *_parts_of_texts(figure)):
        match artist:
            case Text() if artist not in on_cells:
                yield from _inked(artist.set_color, artist.get_color(), ink)
            case Line2D():
                yield from _inked(artist.set_color, artist.get_color(), ink)
                yield from _inked(artist.set_markeredgecolor, artist.get_markeredgecolor(), ink)
            case Patch():
                yield from _shape(artist, artist.get_edgecolor(), artist.get_facecolor(), ink)
            case Collection() if len(artist.get_facecolor()) < 2:
                edges, faces = artist.get_edgecolor(), artist.get_facecolor()
                yield from _shape(artist, _first(edges), _first(faces), ink)


def _parts_of_texts(figure: Figure) -> Iterator[Artist]:
    """Yield the boxes and arrows of texts, which ``findobj`` omits."""
    for text in figure.findobj(Text):
        if box := text.get_bbox_patch():
            yield box
        if isinstance(text, Annotation) and text.arrow_patch:
            yield text.arrow_patch


def _shape(artist: Any, edge: Any, face: Any, ink: str) -> Iterator[_Change]:
    yield from _inked(artist.set_edgecolor, edge, ink)
    if _hex(face) == _WHITE:
        yield artist.set_facecolor, face, _NOTHING


def _first(colours: Any) -> Any:
    return colours[0] if len(colours) else None


def _inked(setter: Callable[[Any], Any], colour: Any, ink: str) -> Iterator[_Change]:
    if _hex(colour) == _BLACK:
        yield setter, colour, ink


def _hex(colour: Any) -> str | None:
    """Return a color without its opacity; None if it is invisible or not a single color."""
    try:
        shown = to_hex(colour, keep_alpha=True)
    except (TypeError, ValueError):
        return None
    return None if shown.endswith("00") and len(shown) == 9 else shown[:7]
