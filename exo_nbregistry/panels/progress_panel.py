"""The progress panel: progress, best score and failures of long work.

Workers only write into a `Progress`. A thread of the panel reads it at most five times a second,
so that the work does not wait for a browser and cannot fail because of one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from IPython.display import display
from ipywidgets import HBox, IntProgress

from exo_nbregistry.panels.base import Panel, html
from exo_nbregistry.panels.progress import Item, Progress, Snapshot
from exo_nbregistry.panels.score_curve import score_curve
from exo_nbregistry.text.markup import (
    Markup,
    count,
    escape,
    html_table,
    number,
    paragraph,
    stack,
    text_table,
)
from exo_nbregistry.text.terminal import visible

logger = logging.getLogger("exo_nbregistry")

PERIOD_S = 0.2
_PATIENCE_S = 2.0
_IDLE_PERIODS = 5  # without news, only the time is redrawn, once a second
_MAX_FAILURES = 10


class ProgressPanel(Panel):
    """A panel that shows progress, and a summary when the work is done.

    Parameters
    ----------
    progress : Progress
        Progress of the work.
    title : str
        Description, such as ``"Training 3 models"``.
    unit : str
        Name of a step, such as ``"model"``.
    names : sequence of str
        Names of the items, which are shown in a table. Without names, a curve of scores is drawn.
    metric : str
        Name of the score; empty if there are no scores.
    larger_is_better : bool or None
        Whether a larger score is better; None if unknown.
    note : str
        Additional text.
    """

    def __init__(
        self,
        progress: Progress,
        title: str,
        unit: str,
        *,
        names: Sequence[str] = (),
        metric: str = "",
        larger_is_better: bool | None = True,
        note: str = "",
    ) -> None:
        self.progress, self._title, self._unit = progress, title, unit
        self._names, self._metric, self._larger = tuple(names), metric, larger_is_better
        self._note = note
        self._end: Snapshot | None = None
        self._stopped = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="exo-work", daemon=True)
        self._bar = IntProgress(
            tooltip=f"Progress: {title}", layout={"width": "260px", "margin": "0 12px 0 0"}
        )
        self._status, self._body = html(), html(overflow="auto")
        line = HBox([self._bar, self._status], layout={"flex_flow": "row wrap"})
        # A separate panel, so that closing it closes all its widgets.
        self._live = Panel([html(_strong(title)), line, self._body])
        super().__init__([self._live])

    def start(self) -> None:
        """Show the panel below the running cell, and start to update it.

        Without a front end, only the summary is shown, at the end.
        """
        if self._is_detached:
            return
        self._draw(self.progress.snapshot())
        display(self)  # type: ignore[no-untyped-call]
        self._thread.start()

    def finish(self, stopped: str = "") -> None:
        """Replace the live panel by the summary.

        Parameters
        ----------
        stopped : str
            Reason why the work stopped early; empty if it completed.
        """
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE_S)
        self._end, self._stopped = self.progress.snapshot(), stopped
        summary = [*map(paragraph, self._describe_end(self._end)), *self._describe_items(self._end)]
        with self._making_widgets():
            self.children = (html(stack([_strong(self._title), *summary]), overflow="auto"),)
        self._live.close()
        if self._is_detached:
            display(self)  # type: ignore[no-untyped-call]

    def static_html(self) -> Markup:
        """Return the title and the names while the work runs, and the summary after it."""
        if self._end is None:
            return stack([_strong(f"{self._title}…"), paragraph(self._listed())])
        lines = [*self._describe_end(self._end), *self._describe_failures(self._end)]
        head = _strong(self._title)
        return stack([head, *map(paragraph, lines), *self._describe_table(self._end)])

    def static_text(self) -> str:
        """Return the same as text."""
        if self._end is None:
            return visible(f"{self._title}… {self._listed()}".strip())
        summary = [*self._describe_end(self._end), *self._describe_failures(self._end)]
        lines = [visible(line) for line in (self._title, *summary)]
        if self._names:
            heads, rows, align = self._table(self._end)
            lines.append(text_table(heads, rows, align=align))
        return "\n".join(lines)

    def _listed(self) -> str:
        return ", ".join(self._names)

    def _follow(self) -> None:
        idle, before = 0, None
        while not self._over.wait(PERIOD_S):
            seen = self.progress.snapshot()
            state = (seen.done, seen.items)
            idle = idle + 1 if state == before else 0
            if idle % _IDLE_PERIODS:
                continue
            try:
                self._draw(seen, clock_only=bool(idle))
            except Exception as error:  # noqa: BLE001 - a display error must not stop the work
                logger.warning("The progress panel stopped: %s", error)
                return
            before = state

    def _draw(self, seen: Snapshot, *, clock_only: bool = False) -> None:
        self._status.value = paragraph(self._describe_time(seen))
        if clock_only:
            return
        # Without a known total, a full bar would be wrong.
        self._bar.max, self._bar.value = seen.total or 1, seen.done if seen.total else 0
        self._body.value = stack(self._describe_work(seen))

    def _describe_time(self, seen: Snapshot) -> str:
        left = (
            f", about {format_duration(seen.remaining_s)} left"
            if seen.remaining_s is not None
            else ""
        )
        return f"{self._describe_done(seen)}, {format_duration(seen.elapsed_s)} elapsed{left}"

    def _describe_done(self, seen: Snapshot) -> str:
        if seen.total is None:
            return count(seen.done, self._unit)
        return f"{seen.done:,} of {count(seen.total, self._unit)}"

    def _describe_work(self, seen: Snapshot) -> list[Markup]:
        running = ", ".join(item.name for item in seen.of_state("running"))
        lines = [f"Running: {running}" if running else "", self._describe_best(seen), self._note]
        return [*(paragraph(line) for line in lines if line), *self._describe_items(seen)]

    def _describe_best(self, seen: Snapshot) -> str:
        best = self._best(seen.scored)
        return f"Best so far: {best.name} ({self._metric} {number(best.score)})" if best else ""

    def _best(self, scored: Sequence[Item]) -> Item | None:
        if not scored or self._larger is None:
            return None
        return (max if self._larger else min)(scored, key=lambda item: item.score or 0.0)

    def _describe_items(self, seen: Snapshot) -> list[Markup]:
        failed = map(paragraph, self._describe_failures(seen))
        if self._names:
            return [*self._describe_table(seen), *failed]
        return [score_curve(seen.scored, self._larger is not False, self._metric), *failed]

    def _describe_failures(self, seen: Snapshot) -> list[str]:
        failed = seen.of_state("failed")
        lines = [f"Failed: {item.name}: {item.error}" for item in failed[:_MAX_FAILURES]]
        more = len(failed) - _MAX_FAILURES
        return [*lines, f"and {count(more, 'more failure')}"] if more > 0 else lines

    def _describe_table(self, seen: Snapshot) -> list[Markup]:
        if not self._names:
            return []
        heads, rows, align = self._table(seen)
        return [html_table(heads, rows, align=align)]

    def _table(self, seen: Snapshot) -> tuple[list[str], list[list[Any]], str]:
        """Return the heads, the rows and the alignment of the table of items."""
        best = self._best(seen.scored)

        def state(item: Item) -> str:
            return "best" if best is not None and item.name == best.name else item.state

        columns: list[tuple[str, str, Callable[[Item], Any]]] = [
            (self._unit, "l", lambda item: item.name),
            ("state", "l", state),
        ]
        if not self._is_detached:
            columns.append(("time", "r", _time))
        if self._metric:
            columns.append((self._metric, "r", lambda item: item.score))
        heads = [head for head, _, _ in columns]
        rows = [[value(item) for _, _, value in columns] for item in seen.items]
        return heads, rows, "".join(side for _, side, _ in columns)

    def _describe_end(self, seen: Snapshot) -> list[str]:
        failed = len(seen.of_state("failed"))
        # Run twice, a notebook must store the same output.
        elapsed = "" if self._is_detached else f" in {format_duration(seen.elapsed_s)}"
        lines = [
            f"Stopped: {self._stopped}" if self._stopped else "",
            f"{self._describe_done(seen)}{elapsed}" + (f", {failed} failed." if failed else "."),
            self._describe_best(seen).replace(" so far", "", 1),
        ]
        return [line for line in lines if line]


def _time(item: Item) -> str | None:
    return None if item.time_s is None else format_duration(item.time_s)


def format_duration(seconds: float) -> str:
    """Return a duration as text.

    Examples
    --------
    >>> format_duration(0.2), format_duration(14.6), format_duration(200), format_duration(3900)
    ('0.2 s', '15 s', '3 min 20 s', '1 h 5 min')
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _strong(text: str) -> Markup:
    return paragraph(Markup(f"<strong>{escape(text)}</strong>"))
