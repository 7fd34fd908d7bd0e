"""A metric over versions in the room of a word."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence

from exo_nbregistry.text.markup import Markup, escape, number
from exo_nbregistry.text.terminal import cut

WIDTH, HEIGHT = 80, 18
_EDGE = 3
# Without a theme to follow: a blue that is told from a white and from a black page.
_BLUE = "#3b82c4"
Series = Sequence[tuple[int, float]]


def describe(metric: str, series: Series, marked: int | None = None) -> str:
    """Return in words what a sparkline shows.

    Examples
    --------
    >>> describe("f1_score", [(1, 0.5), (2, 0.75)], 2)
    'f1_score of versions 1 to 2: 0.5000 to 0.7500; of version 2: 0.7500'
    """
    values = dict(series)
    first, last = (number(series[i][1]) for i in (0, -1))
    text = f"{cut(metric, 40)} of versions {series[0][0]} to {series[-1][0]}: {first} to {last}"
    if len(series) == 1:
        text = f"{cut(metric, 40)} of version {series[0][0]}: {first}"
    elif marked in values:
        text += f"; of version {marked}: {number(values[marked])}"
    return text


def live(metric: str, series: Series, marked: int | None = None) -> Markup:
    """Return a drawing in the colour of the text around it.

    Parameters
    ----------
    metric : str
        Its name.
    series : sequence of (int, float)
        Version and value, oldest first; what is infinite is left out.
    marked : int, optional
        The version that gets a dot.
    """
    series = _finite(series)
    if not series:
        return Markup("")
    text = escape(describe(metric, series, marked))
    return Markup(
        f'<svg class="nbr-spark" width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{text}">'
        f"<title>{text}</title>{_drawing(series, marked, 'currentColor')}</svg>"
    )


def static(metric: str, series: Series, marked: int | None = None) -> Markup:
    """Return a drawing as an image that JupyterLab keeps in a notebook that is not trusted.

    Parameters
    ----------
    metric, series, marked
        As for `live`.
    """
    series = _finite(series)
    if not series:
        return Markup("")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f"{_drawing(series, marked, _BLUE)}</svg>"
    )
    source = base64.b64encode(svg.encode()).decode()
    text = escape(describe(metric, series, marked))
    return Markup(
        f'<img src="data:image/svg+xml;base64,{source}" alt="{text}" width="{WIDTH}" '
        f'height="{HEIGHT}">'
    )


def _finite(series: Series) -> Series:
    return [(version, value) for version, value in series if math.isfinite(value)]


def _drawing(series: Series, marked: int | None, colour: str) -> str:
    points = _points([value for _, value in series])
    line = " ".join(f"{x},{y}" for x, y in points)
    dots = [
        f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>'
        for (x, y), (version, _) in zip(points, series, strict=True)
        if version == marked or len(series) == 1
    ]
    return (
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.2"/>'
        f"{''.join(dots)}"
    )


def _points(values: Sequence[float]) -> list[tuple[int, int]]:
    low, high = min(values), max(values)
    # Halves, for the difference of two finite numbers may be infinite.
    span = high / 2 - low / 2
    step = (WIDTH - 2 * _EDGE) / max(1, len(values) - 1)
    tall = HEIGHT - 2 * _EDGE
    shares = [(value / 2 - low / 2) / span if span else 0.5 for value in values]
    return [
        (round(_EDGE + place * step), round(_EDGE + tall * (1 - share)))
        for place, share in enumerate(shares)
    ]
