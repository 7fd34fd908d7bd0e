"""Replies to the requests of the candidates panel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.exoplanet.followup.candidates_export import export_list
from exo_nbregistry.exoplanet.followup.candidates_view import (
    SIGNAL,
    Places,
    Sheet,
    source,
    summary,
)
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT
from exo_nbregistry.exoplanet.followup.period_radius import TITLE, has_diagram, period_radius
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.panels.routed_panel import Drawing
from exo_nbregistry.text.markup import count

PAGE_ROWS = 25
LIST = "/candidates"
_PRECISION, _PERIOD = "precision", "period_radius"
_STEP = 0.005
_HEIGHT = 0.74  # of the diagram, as a share of its width
_PIXELS_PER_INCH, _WIDTH = 96, 440
_NARROWEST, _WIDEST = 320, 1_600
_FLAGS = {"true": True, "false": False}


class CandidatesRoutes:
    """Replies on one list of scored candidates.

    Parameters
    ----------
    scored : ScoredCandidates
        All scored candidates.
    start : float
        The threshold of the list, to which a page can return.
    """

    def __init__(self, scored: ScoredCandidates, start: float) -> None:
        self.sheet = Sheet(scored)
        self._scored, self._start = scored, start

    def respond(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any]
    ) -> Mapping[str, Any] | Drawing:
        """Return the reply to a request.

        Parameters
        ----------
        method, path : str
            HTTP method, and path without the query.
        query, body : mapping
            Parameters, and JSON body.

        Raises
        ------
        InvalidInputError
            If a parameter is not valid.
        NotFoundError
            If the path or the signal does not exist.
        """
        match method, path:
            case "GET", "/candidates":
                return self._list(query)
            case "GET", "/candidates/signal":
                return self._signal(query)
            case "GET", "/candidates/figure":
                return self._figure(query)
            case "POST", "/candidates/export":
                threshold = checked_threshold(body.get("threshold"))
                replace = body.get("replace") is True
                return export_list(self._scored, threshold, body.get("path"), replace=replace)
        raise NotFoundError(f"Not found: {method} {path}."[:200])

    def page_of(self, name: str, threshold: float, by: str, *, descending: bool) -> int | None:
        """Return the number of the page that has a signal, or None if it is not flagged."""
        places = self._places(threshold, by, descending=descending)
        rank = (places == self.sheet.place(name)).nonzero()[0]
        return int(rank[0]) // PAGE_ROWS if len(rank) else None

    def _places(self, threshold: float, by: str, *, descending: bool) -> Places:
        return self.sheet.sort(self.sheet.flagged(threshold), by, descending=descending)

    def _list(self, query: Mapping[str, str]) -> dict[str, Any]:
        threshold = _threshold_in(query)
        by, descending = query.get("sort_by", ""), _FLAGS.get(query.get("descending", ""))
        if by not in (SIGNAL, *self.sheet.columns):
            raise InvalidInputError(f"Cannot sort by the unknown column {by!r:.60}.")
        if descending is None:
            raise InvalidInputError("descending must be true or false.")
        places = self._places(threshold, by, descending=descending)
        pages = max(1, -(-len(places) // PAGE_ROWS))
        page = min(_page_in(query), pages - 1)
        shown = places[page * PAGE_ROWS : (page + 1) * PAGE_ROWS]
        headline, *lines = summary(self._scored, threshold)
        return {
            "caveat": CAVEAT,
            "headline": headline,
            "lines": lines,
            "source": source(self._scored),
            "range": {
                "min": min(0.0, threshold),
                "max": max(1.0, threshold),
                "step": _STEP,
            },
            "start": {"value": self._start, "text": f"{self._start:g}"},
            "columns": self._columns(by, descending=descending),
            "rows": [
                {"name": cells[0], "cells": cells[1:]}
                for cells in (self.sheet.rows(shown) if len(shown) else [])
            ],
            "total": len(places),
            "page": page,
            "page_size": PAGE_ROWS,
            "figures": self._figures(),
        }

    def _columns(self, by: str, *, descending: bool) -> list[dict[str, Any]]:
        direction = "descending" if descending else "ascending"
        names = {SIGNAL: SIGNAL, **self.sheet.columns}
        return [
            {
                "name": name,
                "title": title,
                "align": "right" if side == "r" else "left",
                "sorted": direction if name == by else None,
            }
            for (name, title), side in zip(names.items(), self.sheet.sides, strict=True)
        ]

    def _figures(self) -> list[dict[str, str]]:
        figures = []
        if not isinstance(self._scored.known, str):
            figures.append({"kind": _PRECISION, "title": "Precision and recall"})
        if has_diagram(self._scored):
            figures.append({"kind": _PERIOD, "title": TITLE})
        return figures

    def _signal(self, query: Mapping[str, str]) -> dict[str, Any]:
        threshold, name = _threshold_in(query), query.get("name", "").strip()
        if name not in self.sheet.names:
            raise NotFoundError(self.unknown(name))
        place = self.sheet.place(name)
        is_flagged = place in self.sheet.flagged(threshold)
        found = self.sheet.detail(place)
        return {
            "name": name,
            "state": "flagged" if is_flagged else f"not flagged (below {threshold:g})",
            "lines": found.lines,
            "signals": found.signals,
            "values": [asdict(value) for value in found.values],
            "archive": found.archive,
        }

    def unknown(self, name: str) -> str:
        """Return the message for a name that was not scored."""
        if not name:
            return "Enter the KOI name of a candidate."
        return f"{name!r:.60} is not one of the {count(len(self.sheet.names), 'candidate')}."

    def _figure(self, query: Mapping[str, str]) -> Drawing:
        threshold, kind = _threshold_in(query), query.get("kind", "")
        if kind not in [figure["kind"] for figure in self._figures()]:
            raise InvalidInputError(f"Unknown figure {kind!r:.60}.")
        theme, known = query.get("theme") or None, self._scored.known
        inches = _inches_in(query)
        if kind == _PERIOD or isinstance(known, str):
            size = (inches, inches * _HEIGHT)
            plot = period_radius(self._scored, threshold, figsize=size)
            image, caption = plot.to_page_image(theme), plot.caption
        else:
            image = known.draw(threshold, theme=theme, width=inches)
            lines = " ".join(known.describe(threshold))
            caption = f"Precision and recall by threshold. {lines}"
        return Drawing(image.data, caption, image.width)


def list_path(threshold: float, by: str, *, descending: bool, page: int) -> str:
    """Return the path of a list, as the view requests it.

    Examples
    --------
    >>> list_path(0.9, "signal", descending=True, page=0)
    '/candidates?threshold=0.9&sort_by=signal&descending=true&page=0'
    """
    text = f"{threshold:.6f}".rstrip("0").rstrip(".")
    flag = "true" if descending else "false"
    query = {"threshold": text, "sort_by": by, "descending": flag, "page": page}
    return f"{LIST}?{urlencode(query)}"


def checked_threshold(value: object) -> float:
    """Return a threshold; raise InvalidInputError if it is not a finite number.

    Examples
    --------
    >>> checked_threshold("0.9")
    0.9
    """
    try:
        found = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if isinstance(value, bool) or not math.isfinite(found):
        raise InvalidInputError(f"The threshold must be a number, got {value!r:.60}.")
    return found


def _threshold_in(query: Mapping[str, str]) -> float:
    return checked_threshold(query.get("threshold"))


def _page_in(query: Mapping[str, str]) -> int:
    text = query.get("page", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInputError(f"page must be an integer from 0, got {text!r:.60}.")
    return int(text)


def _inches_in(query: Mapping[str, str]) -> float:
    text = query.get("width", str(_WIDTH))
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InvalidInputError(f"width must be a number of pixels, got {text!r:.60}.")
    # The texts of a narrower figure would not fit, so the page shrinks it.
    return min(max(int(text), _NARROWEST), _WIDEST) / _PIXELS_PER_INCH
