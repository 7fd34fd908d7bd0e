"""The scores of long work as a curve."""

from __future__ import annotations

from collections.abc import Sequence

from exo_nbregistry.panels.progress import Item
from exo_nbregistry.text.markup import Markup, count, escape, number, paragraph

_MAX_POINTS = 200
_WIDTH, _HEIGHT, _EDGE = 460, 130, 8


def score_curve(scored: Sequence[Item], larger_is_better: bool, metric: str) -> Markup:
    """Return each score as a point and the best so far as a line, in the text color of the page.

    The curve is SVG and not a Matplotlib figure, because it is redrawn up to five times a second.

    Parameters
    ----------
    scored : sequence of Item
        Scores, in the order of their first report.
    larger_is_better : bool
        Whether the best score is the largest.
    metric : str
        Name of the score.
    """
    scores = [item.score for item in scored if item.score is not None]
    if not scores:
        return Markup("")
    best, reached = scores[0], []
    for score in scores:
        best = max(best, score) if larger_is_better else min(best, score)
        reached.append(best)
    low, high = min(scores), max(scores)
    across = (_WIDTH - 2 * _EDGE) / max(len(scores) - 1, 1)
    up = (_HEIGHT - 2 * _EDGE) / ((high - low) or 1)

    def at(place: int, score: float) -> tuple[str, str]:
        return f"{_EDGE + place * across:.1f}", f"{_HEIGHT - _EDGE - (score - low) * up:.1f}"

    every = -(-len(scores) // _MAX_POINTS)
    kept = range(0, len(scores), every)
    dots = "".join(
        '<circle cx="{}" cy="{}" r="2.5" fill="none" stroke="currentColor"/>'.format(
            *at(place, scores[place])
        )
        for place in kept
    )
    corners = [
        at(place, height)
        for place in sorted({*kept, len(scores) - 1})
        for height in (reached[max(place - every, 0)], reached[place])
    ]
    line = " ".join(map(",".join, corners))
    caption = escape(
        f"{metric}: {count(len(scores), 'score')} in order, from {number(low)} (bottom) to "
        f"{number(high)} (top). The line is the best score so far."
    )
    return Markup(
        f'<svg role="img" aria-label="{caption}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'style="max-width:100%"><polyline points="{line}" fill="none" stroke="currentColor" '
        f'stroke-width="1.5"/>{dots}</svg>{paragraph(caption)}'
    )
