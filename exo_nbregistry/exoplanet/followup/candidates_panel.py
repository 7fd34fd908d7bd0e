"""The candidates panel: set the threshold, sort the rows, inspect a signal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ipywidgets import (
    BoundedFloatText,
    Button,
    Dropdown,
    FloatSlider,
    HBox,
    Image,
    Text,
    ToggleButton,
    VBox,
)
from traitlets import Bool, Float, Int, TraitError, Unicode, validate

from exo_nbregistry.exoplanet.followup.candidates_export import ExportBox
from exo_nbregistry.exoplanet.followup.candidates_figure import FigureBox
from exo_nbregistry.exoplanet.followup.candidates_view import (
    SIGNAL,
    Sheet,
    source,
    static_html,
    static_text,
    summary,
)
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT
from exo_nbregistry.exoplanet.followup.scored_candidates import ScoredCandidates
from exo_nbregistry.panels.base import Panel, html
from exo_nbregistry.text.markup import Markup, count, escape, paragraph, stack

if TYPE_CHECKING:
    import pandas as pd

PAGE_ROWS = 25
_NO_SIGNAL = ("Select a signal", "")


class CandidatesPanel(Panel):
    """A follow-up list with an adjustable threshold.

    Parameters
    ----------
    scored : ScoredCandidates
        All scored candidates.
    threshold : float
        Initial threshold.

    Attributes
    ----------
    threshold : float
        Minimum probability of a flagged candidate.
    selected : str
        KOI name of the selected signal; empty if none is selected.
    sort_by : str
        Column to sort by: ``"signal"`` or a column of the table.
    descending : bool
        Whether the largest value comes first.
    page : int
        Number of the page, from 0.
    """

    threshold = Float(help="Minimum probability of a flagged candidate.")
    selected = Unicode(help="KOI name of the selected signal.")
    sort_by = Unicode(help="Column to sort by.")
    descending = Bool(True, help="Whether the largest value comes first.")
    page = Int(help="Number of the page, from 0.")

    def __init__(self, scored: ScoredCandidates, threshold: float) -> None:
        self._scored = scored
        self._sheet = Sheet(scored)
        self._drawing = False
        self._make_controls(threshold)
        super().__init__(self._layout(), threshold=round(threshold, 6), sort_by=scored.decisive)
        self._listen()
        self._draw_threshold()

    @property
    def frame(self) -> pd.DataFrame:
        """The list at the current threshold, with the highest probability first."""
        return self._scored.above(self.threshold)

    def static_html(self) -> Markup:
        """Return the counts, the first rows and the caveat as HTML."""
        return static_html(self._scored, self.threshold)

    def static_text(self) -> str:
        """Return the counts, the first rows and the caveat as text."""
        return static_text(self._scored, self.threshold)

    @validate("selected")
    def _is_scored(self, proposal: Any) -> str:
        name: str = proposal["value"]
        if name and name not in self._sheet.names:
            raise TraitError(f"{name!r:.60} is not one of the {count(self._total, 'candidate')}.")
        return name

    @validate("sort_by")
    def _is_column(self, proposal: Any) -> str:
        name: str = proposal["value"]
        if name not in (SIGNAL, *self._sheet.columns):
            raise TraitError(f"Cannot sort by the unknown column {name!r:.60}.")
        return name

    @property
    def _total(self) -> int:
        return len(self._sheet.names)

    @property
    def _pages(self) -> int:
        return max(1, -(-len(self._places) // PAGE_ROWS))

    def _make_controls(self, threshold: float) -> None:
        span = {"min": min(0.0, threshold), "max": max(1.0, threshold), "step": 0.005}
        # A slider has no accessible name, so a field beside it sets the same value.
        self._field = BoundedFloatText(
            value=threshold,
            **span,
            description="Threshold",
            tooltip="Minimum probability of a flagged candidate",
            layout={"width": "180px"},
        )
        self._slider = FloatSlider(
            value=threshold,
            **span,
            description="Adjust",
            readout=False,
            continuous_update=False,
            tooltip="Minimum probability of a flagged candidate; use the arrow keys",
            layout={"width": "340px"},
        )
        columns = [(head, name) for name, head in self._sheet.columns.items()]
        self._sorting = Dropdown(
            options=[(SIGNAL, SIGNAL), *columns],
            description="Sort by",
            tooltip="Column to sort by",
            layout={"width": "260px"},
        )
        self._order = ToggleButton(tooltip="Sort order", layout={"width": "130px"})
        self._back = _button("Previous", "Previous page")
        self._next = _button("Next", "Next page")
        self._where = html()
        self._pick = Dropdown(
            description="Details",
            tooltip="Select a signal of this page to see its details",
            layout={"width": "320px"},
        )
        self._find = Text(
            placeholder="KOI name",
            continuous_update=False,
            tooltip="KOI name of a candidate; press Enter to see its details",
            layout={"width": "180px"},
        )
        self._file = ExportBox(lambda: (self.frame, self.threshold))
        self._figure = FigureBox(self._scored)
        self._counts, self._rows, self._detail = html(), html(overflow="auto"), html()
        self._not_found = html()
        self._picture = Image(format="png", layout={"width": "420px", "object_fit": "contain"})

    def _layout(self) -> list[Any]:
        line = {"flex_flow": "row wrap", "align_items": "center"}
        counts = VBox(
            [HBox([self._field, self._slider]), self._counts], layout={"flex": "1 1 460px"}
        )
        known = [] if isinstance(self._scored.known, str) else [self._picture]
        return [
            html(paragraph(CAVEAT)),
            HBox([counts, *known], layout={"flex_flow": "row wrap"}),
            HBox([self._sorting, self._order, self._back, self._where, self._next], layout=line),
            self._rows,
            HBox([self._pick, self._find, self._not_found], layout=line),
            self._detail,
            self._figure,
            self._file,
            html(paragraph(source(self._scored))),
        ]

    def _listen(self) -> None:
        for control, trait in (
            (self._field, "threshold"),
            (self._slider, "threshold"),
            (self._sorting, "sort_by"),
            (self._order, "descending"),
            (self._pick, "selected"),
        ):
            control.observe(lambda change, trait=trait: self._user_sets(trait, change), "value")
        self._find.observe(self._look_for, "value")
        self._back.on_click(lambda _: self.set_trait("page", max(self.page - 1, 0)))
        self._next.on_click(lambda _: self.set_trait("page", min(self.page + 1, self._pages - 1)))
        self.observe(self._draw_threshold, "threshold")
        self.observe(self._draw_order, ["sort_by", "descending"])
        self.observe(self._draw_page, "page")
        self.observe(self._draw_selected, "selected")

    def _user_sets(self, trait: str, change: Any) -> None:
        if not self._drawing:
            value = change["new"]
            self.set_trait(trait, round(value, 6) if trait == "threshold" else value)

    @contextmanager
    def _draws(self) -> Iterator[None]:
        """Update the controls from the traits without feedback."""
        before, self._drawing = self._drawing, True
        try:
            yield
        finally:
            self._drawing = before

    def _draw_threshold(self, _change: Any = None) -> None:
        self._file.reset_confirmation()
        with self._draws():
            for control in (self._field, self._slider):
                control.min = min(control.min, self.threshold)
                control.max = max(control.max, self.threshold)
                control.value = self.threshold
        self._figure.show(self.threshold)
        count_line, *rest = summary(self._scored, self.threshold)
        self._counts.value = stack([_strong(count_line), *map(paragraph, rest)])
        if not isinstance(self._scored.known, str):
            self._picture.value = self._scored.known.draw(self.threshold)
        self._draw_order()

    def _draw_order(self, _change: Any = None) -> None:
        with self._draws():
            self._sorting.value, self._order.value = self.sort_by, self.descending
            self._order.description = "Descending" if self.descending else "Ascending"
        self._places = self._sheet.sort(
            self._sheet.flagged(self.threshold), self.sort_by, descending=self.descending
        )
        if self.page:
            self.page = 0  # This also draws the page.
        else:
            self._draw_page()
        self._draw_selected(turn=False)

    def _draw_page(self, _change: Any = None) -> None:
        first = self.page * PAGE_ROWS
        shown = self._places[first : first + PAGE_ROWS]
        none_flagged = paragraph("No candidates flagged.")
        self._rows.value = self._sheet.html(shown) if len(shown) else none_flagged
        self._where.value = paragraph(f"Page {self.page + 1} of {self._pages}")
        self._back.disabled = self.page == 0
        self._next.disabled = self.page >= self._pages - 1
        names = list(dict.fromkeys(self._sheet.names[place] for place in shown))
        with self._draws():
            self._pick.options = [_NO_SIGNAL, *((name, name) for name in names)]
            self._pick.value = self.selected if self.selected in names else ""

    def _draw_selected(self, _change: Any = None, *, turn: bool = True) -> None:
        self._not_found.value = Markup("")
        if not self.selected:
            self._detail.value = Markup("")
            return
        place = self._sheet.place(self.selected)
        rank = [int(i) for i, other in enumerate(self._places) if other == place]
        if turn and rank and rank[0] // PAGE_ROWS != self.page:
            self.page = rank[0] // PAGE_ROWS
        with self._draws():
            self._pick.value = self.selected if self.selected in dict(self._pick.options) else ""
        state = "flagged" if rank else f"not flagged (below {self.threshold:g})"
        head = _strong(f"{self.selected}, {state}")
        self._detail.value = stack([head, self._sheet.detail(place)])

    def _look_for(self, change: Any) -> None:
        if name := change["new"].strip():
            try:
                self.selected = name
            except TraitError as error:
                self._not_found.value = paragraph(str(error))


def _strong(text: str) -> Markup:
    return paragraph(Markup(f"<strong>{escape(text)}</strong>"))


def _button(label: str, tooltip: str) -> Button:
    return Button(description=label, tooltip=tooltip, layout={"width": "110px"})
