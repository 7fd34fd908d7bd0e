"""Figures in the current Matplotlib style, without pyplot.

No global state is changed, and threads can draw at the same time. All text is untrusted, so it is
never parsed as a formula.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, Literal, cast

from matplotlib import font_manager, rcParams, rcParamsDefault
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.ticker import NullFormatter

from exo_nbregistry.text.terminal import cut, visible

if TYPE_CHECKING:
    from matplotlib.axis import Axis

LONGEST = 40
# Source: Okabe & Ito 2008, Color Universal Design, jfly.uni-koeln.de/color
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_DASHES = ("-", "--", "-.", ":")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_GRID = 0.35
_NARROWEST = 20
_LOWEST = 0.6  # height of a narrow figure, as a share of the default
_PANEL_INCHES = 2.2


# Width and height in inches. If the height is None, it follows from the number of panels.
FigureSize = tuple[float, float | None]


def new_figure(
    figsize: FigureSize | None = None,
    *,
    widths: float = 1,
    heights: float = 1,
    layout: Literal["constrained", "compressed"] = "constrained",
) -> Figure:
    """Return an empty figure in the user's style.

    Parameters
    ----------
    figsize : tuple of float, optional
        Width and height in inches; by default ``rcParams["figure.figsize"]``. If the height is
        None, the figure has at most the default width, and a height for this width.
    widths, heights : float
        Factors of the default.
    layout : {'constrained', 'compressed'}
        Layout engine; ``compressed`` suits square axes.

    Returns
    -------
    Figure
        Not registered with pyplot.
    """
    width, height = rcParams["figure.figsize"]
    width, height = width * widths, height * heights
    if figsize is not None:
        given, chosen = figsize
        # A narrow figure becomes lower too, but keeps room for its legend and notes.
        height = chosen or height * min(1, max(_LOWEST, given / width))
        width = given if chosen else min(given, width)
    return Figure(figsize=(width, height), layout=layout)


def label(text: object, longest: int = LONGEST) -> str:
    r"""Return untrusted text for a figure: one line, without control characters, cut.

    A character that the fonts do not have is escaped.

    Examples
    --------
    >>> label("red\x1b[31m"), label("n" * 50, 10)
    ('red\\x1b[31m', 'nnnnnnnnn…')
    """
    shown = cut(visible(str(text)), longest)
    # Matplotlib omits labels that begin with an underscore from legends.
    shown = f" {shown}" if shown.startswith("_") else shown
    return shown if shown.isascii() else "".join(map(_drawable, shown, cycle([_fonts()])))


def _fonts() -> list[Any]:
    found = []
    for family in FontProperties().get_family():
        try:
            path = font_manager.findfont(FontProperties(family=family), fallback_to_default=False)
        except ValueError:
            continue
        found.append(font_manager.get_font(path))
    return found or [font_manager.get_font(font_manager.findfont(FontProperties()))]


def _drawable(char: str, fonts: Sequence[Any]) -> str:
    if any(font.get_char_index(ord(char)) for font in fonts):
        return char
    return char.encode("unicode_escape").decode("ascii")


def grid_of(
    count: int, figsize: FigureSize | None = None, min_inches: float = _PANEL_INCHES
) -> tuple[int, int]:
    """Return the number of columns and rows of a grid of panels.

    Parameters
    ----------
    count : int
        Number of panels.
    figsize : tuple of float, optional
        Size of the figure. If only its width is given, a narrow one has fewer columns.
    min_inches : float
        Minimum width of a panel in such a figure.

    Examples
    --------
    >>> grid_of(1), grid_of(3), grid_of(5), grid_of(8), grid_of(3, (5.0, None))
    ((1, 1), (3, 1), (3, 2), (4, 2), (2, 2))
    """
    across = count if count <= 3 else math.ceil(count / 2)
    if figsize is not None and figsize[1] is None:
        across = min(across, max(1, int(figsize[0] / min_inches)))
    return across, math.ceil(count / across)


def styles(count: int) -> list[dict[str, Any]]:
    """Return the styles of lines, which also differ without color.

    The user's ``axes.prop_cycle`` is used. Matplotlib's default cycle is replaced with a
    color-blind safe one.
    """
    chosen = rcParams["axes.prop_cycle"]
    given = [dict(properties) for properties in chosen]
    if chosen == rcParamsDefault["axes.prop_cycle"]:
        given = [{"color": colour} for colour in _COLOURS]
    return [
        {"linestyle": _DASHES[i % 4], "marker": _MARKERS[i % 8], **properties}
        for i, properties in enumerate(islice(cycle(given), count))
    ]


def first_colour() -> Any:
    """Return the color of the first line."""
    return styles(1)[0].get("color", rcParams["text.color"])


def guide_colour() -> Any:
    """Return the color of grids and guide lines."""
    return mix(rcParams["axes.facecolor"], rcParams["text.color"], 0.55)


def mix(low: Any, high: Any, share: float) -> tuple[float, ...]:
    """Return a mix of two colors."""
    return tuple(a + (b - a) * share for a, b in zip(to_rgb(low), to_rgb(high), strict=True))


def shades() -> Colormap:
    """Return a color map from the background to the first color."""
    ends = [to_rgb(rcParams["axes.facecolor"]), to_rgb(first_colour())]
    return LinearSegmentedColormap.from_list("share", ends)


def contrasting_colour(colour: Sequence[float]) -> str:
    """Return black or white, with the higher contrast to a color.

    Examples
    --------
    >>> contrasting_colour((1, 1, 0.8)), contrasting_colour((0, 0.2, 0.4))
    ('#000000', '#ffffff')
    """
    # Source: relative luminance and contrast of WCAG 2.2.
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#ffffff"


def style_axes(axes: Axes, *, grid: bool = True) -> None:
    """Set plain tick labels, and a light grid."""
    plain_numbers(axes.xaxis)
    plain_numbers(axes.yaxis)
    if grid:
        axes.grid(True, color=guide_colour(), alpha=_GRID, linewidth=0.6)
        axes.set_axisbelow(True)


def plain_numbers(axis: Axis) -> None:
    """Set tick labels without offsets, powers or formulas."""
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def legend(axes: Axes, **where: Any) -> None:
    """Draw a legend of all labeled artists."""
    handles, texts = [], []
    for artist in (*axes.lines, *axes.collections, *axes.patches):
        text = str(artist.get_label())
        if text and not text.startswith("_"):
            handles.append(artist)
            texts.append(text)
    if handles:
        axes.legend(handles, texts, fontsize="small", **where)


def finish(figure: Figure, title: str, notes: Iterable[str] = ()) -> None:
    """Set title and notes, disable formulas, and compute the layout once."""
    _wrap(
        figure, figure.suptitle(label(title, 200), fontsize=cast(Any, rcParams)["figure.titlesize"])
    )
    lines = [label(note, 400) for note in notes]
    if lines:
        _wrap(figure, figure.supxlabel("\n".join(lines), fontsize="small", x=0.01, ha="left"))
    for text in figure.findobj(Text):
        text.set_parse_math(False)
        text.set_usetex(False)
    # Ticks are created when they are drawn: now, in the current style. Each drawing would move the
    # layout a little, so the first one is kept unless a label is too long.
    figure.draw_without_rendering()
    halved = [_halve(axes.yaxis.label) for axes in figure.axes]
    if any(halved):
        figure.draw_without_rendering()
    figure.set_layout_engine("none")


def _wrap(figure: Figure, text: Text) -> None:
    """Wrap lines that are wider than the figure."""
    text.set_parse_math(False)
    text.set_usetex(False)
    lines = text.get_text().split("\n")
    room = figure.bbox.width * 0.97
    columns = max(map(len, lines))
    while columns > _NARROWEST and text.get_window_extent().width > room:
        columns = int(columns * 0.95)
        wrapped = (textwrap.wrap(line, columns) for line in lines)
        text.set_text("\n".join(part for parts in wrapped for part in parts))


def _halve(label: Text) -> bool:
    """Break a label of a vertical axis that is longer than the figure; return whether it was."""
    words, figure = label.get_text().split(" "), label.get_figure(root=True)
    extent = label.get_window_extent()
    if figure is None or len(words) < 2 or (extent.y0 >= 0 and extent.y1 <= figure.bbox.height):
        return False
    # A line ends before a parenthesis, or in the middle.
    breaks = [i for i, word in enumerate(words) if i and word.startswith("(")]
    middle = breaks[-1] if breaks else len(words) // 2
    label.set_text(f"{' '.join(words[:middle])}\n{' '.join(words[middle:])}")
    return True
