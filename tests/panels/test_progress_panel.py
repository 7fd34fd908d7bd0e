"""The progress panel: live while the work runs, a summary at the end."""

from __future__ import annotations

import logging
import math
import threading
from typing import Any

import pytest
from ipywidgets import HTML, IntProgress
from ipywidgets.widgets import widget

from exo_nbregistry.panels import progress_panel as module
from exo_nbregistry.panels.progress import Item, Progress
from exo_nbregistry.panels.progress_panel import ProgressPanel, format_duration
from exo_nbregistry.panels.score_curve import score_curve
from tests.html_page import PAYLOADS, Page


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the displayed objects; make the panel update often."""
    seen: list[Any] = []
    monkeypatch.setattr(module, "display", seen.append)
    monkeypatch.setattr(module, "PERIOD_S", 0.001)
    return seen


def models(progress: Progress, **about: Any) -> ProgressPanel:
    """Return a panel of two models."""
    names = ["forest", "svm"]
    return ProgressPanel(progress, "Training 2 models", "model", names=names, metric="auc", **about)


def text(panel: ProgressPanel) -> str:
    """Return the text of all blocks of a panel."""

    def blocks(one: Any) -> list[str]:
        if isinstance(one, HTML):
            return Page(one.value).text
        return [block for child in getattr(one, "children", ()) for block in blocks(child)]

    return " ".join(blocks(panel))


def wait_for(panel: ProgressPanel, words: str) -> None:
    """Wait until the panel shows a text; the time limit of the suite ends an endless wait."""
    tick = threading.Event()
    while words not in text(panel):
        tick.wait(0.002)


def test_the_panel_is_updated_while_work_runs(shown: list[Any]) -> None:
    """The panel is displayed once, and then shows steps, states, times and failures."""
    progress = Progress(2, ["forest", "svm"])
    panel = models(progress)
    panel.start()
    assert shown == [panel]
    assert "0 of 2 models" in text(panel)
    progress.begin("forest")
    wait_for(panel, "Running: forest")
    progress.result("forest", time_s=1.5, score=0.9)
    progress.step()
    wait_for(panel, "1 of 2 models")
    assert "1.5 s" in text(panel)
    assert "Best so far: forest (auc 0.9000)" in text(panel)
    progress.fail("svm", "no <b>data</b>")
    progress.step()
    wait_for(panel, "Failed: svm: no <b>data</b>")
    assert panel._bar.value == panel._bar.max == 2
    panel.finish()
    assert shown == [panel]


def test_the_panel_ends_as_a_summary() -> None:
    """At the end, one block remains, the thread has ended and the controls are closed."""
    before = set(widget._instances)
    progress = Progress(2, ["forest", "svm"])
    panel = models(progress)
    panel.start()
    progress.result("forest", time_s=1.5, score=0.9)
    progress.result("svm", time_s=0.5, score=0.8)
    progress.step(2)
    panel.finish()
    assert not panel._thread.is_alive()
    (block,) = panel.children
    assert isinstance(block, HTML)
    assert "2 of 2 models in " in text(panel)
    assert "Best: forest (auc 0.9000)" in text(panel)
    left = [widget._instances[one] for one in set(widget._instances) - before]
    assert not [one for one in left if isinstance(one, IntProgress)]
    panel.close()
    assert set(widget._instances) == before


def test_the_reason_of_an_early_stop_is_shown() -> None:
    """The reason of an early stop is in the panel and in both static views."""
    panel = models(Progress(2, ["forest", "svm"]))
    panel.finish("KeyboardInterrupt")
    for form in (text(panel), panel.static_text(), panel.static_html()):
        assert "Stopped: KeyboardInterrupt" in form
        assert "0 of 2 models" in form


def test_the_static_form_does_not_change_while_work_runs() -> None:
    """The static view has the title and names until the end, and then the summary."""
    progress = Progress(2, ["forest", "svm"])
    panel = models(progress)
    at_first = panel.static_html(), panel.static_text()
    assert at_first[1] == "Training 2 models… forest, svm"
    progress.result("forest", score=0.9, time_s=2.0)
    progress.fail("svm", "no data")
    progress.step(2)
    assert (panel.static_html(), panel.static_text()) == at_first
    assert Page(at_first[0]).faults == []
    panel.finish()
    page = Page(panel.static_html())
    assert page.faults == []
    for words in ("1 failed", "Best: forest", "2.0 s", "Failed: svm: no data"):
        assert words in panel.static_text()
        assert words in "".join(page.text)


def test_a_smaller_score_may_be_better() -> None:
    """The smallest loss is the best; without a known direction, no best model is named."""
    for larger, best in ((False, "Best: svm"), (True, "Best: forest"), (None, "")):
        progress = Progress(2, ["forest", "svm"])
        progress.result("forest", score=0.9)
        progress.result("svm", score=0.1)
        panel = models(progress, larger_is_better=larger)
        panel.finish()
        assert best in panel.static_text()
        assert ("Best:" in panel.static_text()) == bool(best)


def test_an_infinite_score_is_not_the_best() -> None:
    """An infinite score is shown in the table, and the best finite score is named."""
    progress = Progress(2, ["forest", "svm"])
    progress.result("forest", score=0.9)
    progress.result("svm", score=math.inf)
    panel = models(progress, larger_is_better=True)
    panel.finish()
    assert "Best: forest" in panel.static_text()
    assert "inf" in panel.static_text()


def test_without_a_metric_the_table_has_no_score() -> None:
    """Without a metric, the table has states and times."""
    progress = Progress(1, ["forest"])
    panel = ProgressPanel(progress, "Training 1 model", "model", names=["forest"])
    progress.result("forest", time_s=1.0)
    panel.finish()
    assert panel.static_text().splitlines()[-3].split() == ["model", "state", "time"]


def test_without_a_total_the_bar_stays_empty() -> None:
    """Without a total, the bar stays empty and only the number of completed steps is shown."""
    progress = Progress(None)
    progress.step(7)
    panel = ProgressPanel(progress, "Tuning", "fit")
    panel.start()
    assert "7 fits," in text(panel)
    assert "left" not in text(panel)
    assert panel._bar.value == 0
    panel.finish()


def test_a_display_error_is_logged_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A panel that cannot be drawn stops with one warning."""
    progress = Progress(2, ["forest", "svm"])
    panel = models(progress)
    panel.start()

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no browser")

    monkeypatch.setattr(panel, "_draw", fail)
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        progress.step()
        panel._thread.join()
        progress.step()
    assert [record.message for record in caplog.records] == [
        "The progress panel stopped: no browser"
    ]
    panel.finish()
    assert "2 of 2 models" in panel.static_text()


def test_many_failures_are_counted() -> None:
    """The first ten failures are named, the others counted."""
    progress = Progress(12)
    for i in range(12):
        progress.fail(f"trial {i}", "no data")
    panel = ProgressPanel(progress, "Tuning", "fit")
    panel.finish()
    assert panel.static_text().count("Failed: trial") == 10
    assert "and 2 more failures" in panel.static_text()


def points(svg: str) -> tuple[list[float], list[float]]:
    """Return the heights of the dots and of the line of a curve."""
    page = Page(svg)
    dots = [-float(value or 0) for name, value in page.attributes if name == "cy"]
    (line,) = (value for name, value in page.attributes if name == "points")
    return dots, [-float(corner.split(",")[1]) for corner in (line or "").split()]


def test_the_curve_shows_each_score_and_the_best() -> None:
    """Dots are as high as their scores; the line never falls, or never rises for a loss."""
    scores = [0.5, 0.9, 0.1, 0.7]
    items = [Item(str(i), "done", score=score) for i, score in enumerate(scores)]
    dots, line = points(score_curve(items, True, "auc"))
    assert sorted(range(4), key=dots.__getitem__) == [2, 0, 3, 1]
    assert line == sorted(line)
    assert (line[0], line[-1]) == (dots[0], dots[1])
    _, down = points(score_curve(items, False, "loss"))
    assert down == sorted(down, reverse=True)
    assert down[-1] == dots[2]


def test_a_curve_of_many_scores_stays_small() -> None:
    """Ten thousand scores are drawn with a few hundred points, and one score is drawn too."""
    items = [Item(str(i), "done", score=i % 97 / 97) for i in range(10_000)]
    assert len(score_curve(items, True, "auc")) < 40_000
    assert score_curve(items[:1], True, "auc").count("<circle") == 1
    assert score_curve([], True, "auc") == ""


@pytest.mark.parametrize(
    ("seconds", "shown_as"),
    [(0.0, "0.0 s"), (9.96, "10 s"), (59.4, "59 s"), (61, "1 min 1 s"), (7260, "2 h 1 min")],
)
def test_durations_are_formatted(seconds: float, shown_as: str) -> None:
    """Durations are formatted from tenths of seconds to hours."""
    assert format_duration(seconds) == shown_as


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_are_text(payload: str) -> None:
    """Names, metrics and reasons are escaped in live and static blocks."""

    def shapes(word: str) -> list[Any]:
        made: list[Any] = []
        for names in ([word, "other"], []):
            progress = Progress(2, names)
            progress.result(word, score=0.5, time_s=1.0)
            progress.fail(f"{word}2", word)
            progress.begin(f"{word}3")
            panel = ProgressPanel(progress, word, "model", names=names, metric=word, note=word)
            made.append(Page(panel.static_html()).elements)
            panel._draw(progress.snapshot())
            made += [Page(panel._body.value).elements, Page(panel._status.value).elements]
            panel.finish(word)
            made += [Page(panel.static_html()).elements, Page(panel.children[0].value).elements]
            assert "\x1b" not in panel.static_text()
        return made

    assert shapes(payload) == shapes("a")
