"""Sparklines: word-sized plots of a metric over versions."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence

from exo_nbregistry.text.markup import Markup, escape, number
from exo_nbregistry.text.terminal import cut

WIDTH, HEIGHT = 80, 18
_EDGE = 3
# A blue that is visible on white and on black, because a stored image has no theme.
_BLUE = "#3b82c4"
Series = Sequence[tuple[int, float]]


def describe(metric: str, series: Series, marked: int | None = None) -> str:
    """Return a description of a sparkline.

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
    """Return an inline SVG in the color of the surrounding text.

    Parameters
    ----------
    metric : str
        Name of the metric.
    series : sequence of (int, float)
        Version numbers and values, oldest first. Infinite values are skipped.
    marked : int, optional
        Version to mark with a dot.
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
    """Return an image, which JupyterLab also shows in untrusted notebooks.

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


def _drawing(series: Series, marked: int | None, color: str) -> str:
    points = _points([value for _, value in series])
    line = " ".join(f"{x},{y}" for x, y in points)
    dots = [
        f'<circle cx="{x}" cy="{y}" r="2.5" fill="{color}"/>'
        for (x, y), (version, _) in zip(points, series, strict=True)
        if version == marked or len(series) == 1
    ]
    return (
        f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="1.2"/>'
        f"{''.join(dots)}"
    )


def _points(values: Sequence[float]) -> list[tuple[int, int]]:
    low, high = min(values), max(values)
    # Halves, because the difference of two finite numbers can be infinite.
    span = high / 2 - low / 2
    step = (WIDTH - 2 * _EDGE) / max(1, len(values) - 1)
    tall = HEIGHT - 2 * _EDGE
    shares = [(value / 2 - low / 2) / span if span else 0.5 for value in values]
    return [
        (round(_EDGE + place * step), round(_EDGE + tall * (1 - share)))
        for place, share in enumerate(shares)
    ]
