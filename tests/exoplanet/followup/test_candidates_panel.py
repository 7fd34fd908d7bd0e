"""The controls of the candidates panel."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ipywidgets import HTML, Widget
from traitlets import TraitError

from exo_nbregistry.exoplanet.followup.candidates import CandidateList
from exo_nbregistry.exoplanet.followup.candidates_panel import PAGE_ROWS, CandidatesPanel
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT, export_followup
from tests.exoplanet.signals import N_SIGNALS, scored_signals
from tests.html_page import PAYLOADS, Page


@pytest.fixture
def panel() -> CandidatesPanel:
    """Return the panel of the ten most probable signals."""
    return CandidatesPanel(scored_signals(), 0.9)


def rows(panel: CandidatesPanel) -> list[str]:
    """Return the names of the displayed rows."""
    return re.findall(r'<th scope="row"[^>]*>([^<]*)</th>', panel._rows.value)


def text_of(*blocks: HTML) -> str:
    """Return the text of blocks of HTML."""
    return " ".join(text for block in blocks for text in Page(block.value).text)


def widgets(widget: Widget) -> list[Widget]:
    """Return a widget with all its children."""
    return [widget, *(part for child in getattr(widget, "children", ()) for part in widgets(child))]


def test_the_threshold_decides(panel: CandidatesPanel) -> None:
    """Slider and trait are linked, and update the counts, rows, frame and figure."""
    assert "10 of 60 candidates flagged" in text_of(panel._counts)
    before = panel._picture.value
    panel._slider.value = 0.8
    assert panel.threshold == 0.8
    assert "20 of 60 candidates flagged" in text_of(panel._counts)
    assert rows(panel) == list(panel.frame.index) == list(scored_signals().rows.index[:20])
    assert panel._picture.value != before
    panel.threshold = 0.95
    assert panel._slider.value == panel._field.value == 0.95
    assert len(panel.frame) == 5
    panel._field.value = 0.9
    assert panel.threshold == panel._slider.value == 0.9


def test_each_threshold_has_precision_and_recall(panel: CandidatesPanel) -> None:
    """Precision and recall are computed on the stored rows at the threshold."""
    known = scored_signals().known
    assert not isinstance(known, str)
    for threshold in (0.2, 0.5, 0.9):
        panel.threshold = threshold
        found = known.at(threshold)
        text = text_of(panel._counts)
        assert f"Precision {found.precision:.3f} (" in text
        assert f"Recall {found.recall:.3f} (" in text
        assert "Measured on 300 rows, the test set stored with toy:1" in text


def test_without_known_labels_the_reason_is_shown() -> None:
    """Without known labels, the panel shows the reason instead of a figure."""
    panel = CandidatesPanel(scored_signals(known="Unknown: no test set."), 0.9)
    assert "Unknown: no test set." in text_of(panel._counts)
    assert panel._picture not in widgets(panel)


def test_the_buttons_change_the_page(panel: CandidatesPanel) -> None:
    """A page has 25 rows, and the buttons are disabled at both ends."""
    panel.threshold = 0.0
    assert len(rows(panel)) == PAGE_ROWS
    assert panel._back.disabled
    assert text_of(panel._where) == "Page 1 of 3"
    panel._next.click()
    panel._next.click()
    assert rows(panel) == [f"K{i:05}.01" for i in range(50, N_SIGNALS)]
    assert panel._next.disabled
    panel._next.click()
    assert panel.page == 2
    panel._back.click()
    assert panel.page == 1
    panel.threshold = 0.9
    assert panel.page == 0


def test_any_column_sorts(panel: CandidatesPanel) -> None:
    """Rows are sorted by any column in either order, with missing values last."""
    panel._sorting.value = "koi_period"
    panel._order.value = False
    assert panel.sort_by == "koi_period"
    assert rows(panel) == [f"K{i:05}.01" for i in reversed(range(10))]
    panel.descending = True
    assert rows(panel)[0] == "K00000.01"
    panel.sort_by = "koi_depth"
    assert rows(panel)[-1] == "K00000.01"
    panel.descending = False
    assert rows(panel)[-1] == "K00000.01"
    panel.sort_by = "signal"
    assert rows(panel) == [f"K{i:05}.01" for i in range(10)]
    with pytest.raises(TraitError, match="unknown column 'koi_score'"):
        panel.sort_by = "koi_score"
    assert list(panel.frame.index) == [f"K{i:05}.01" for i in range(10)]


def test_a_selected_signal_shows_its_details(panel: CandidatesPanel) -> None:
    """The details have quantities with units, beside the most similar confirmed planet."""
    panel._pick.value = "K00003.01"
    assert panel.selected == "K00003.01"
    text = text_of(panel._detail)
    assert "K00003.01, flagged" in text
    assert "Orbital Period" in text
    assert "365.2" in text
    assert "days" in text
    assert "Earth radii" in text
    assert "Depth expected from both radii" in text
    assert "K90000.01 (confirmed, most similar)" in text
    assert "Agreement of the ensemble: 0.236." in text
    assert "Top feature: koi_depth." in text
    assert "lowers the probability by 0.125." in text
    panel._pick.value = ""
    assert panel._detail.value == ""


def test_selecting_in_python_shows_the_page(panel: CandidatesPanel) -> None:
    """The page of a selected signal is shown; a signal below the threshold is marked."""
    panel.threshold = 0.0
    seen: list[str] = []
    panel.observe(lambda change: seen.append(change["new"]), "selected")
    panel.selected = "K00055.01"
    assert panel.page == 2
    assert panel._pick.value == "K00055.01"
    panel.page = 0
    assert panel.selected == "K00055.01"
    panel.threshold = 0.9
    assert "K00055.01, not flagged (below 0.9)" in text_of(panel._detail)
    assert panel._pick.value == ""
    assert seen == ["K00055.01"]


def test_a_name_can_be_typed(panel: CandidatesPanel) -> None:
    """Any scored name is found; an unknown name is an error in the panel and in Python."""
    panel._find.value = " K00040.01 "
    assert panel.selected == "K00040.01"
    panel._find.value = "K99999.01"
    assert "'K99999.01' is not one of the 60 candidates." in text_of(panel._not_found)
    assert panel.selected == "K00040.01"
    panel._find.value = "K00041.01"
    assert text_of(panel._not_found) == ""
    with pytest.raises(TraitError, match="not one of the 60 candidates"):
        panel.selected = "<b>"


def test_the_flagged_candidates_are_exported(
    panel: CandidatesPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has the flagged candidates, and the panel shows its path and the code."""
    monkeypatch.chdir(tmp_path)
    panel.threshold = 0.8
    panel._file.button.click()
    assert f"Exported 20 candidates to {tmp_path / 'followup.csv'}" in text_of(panel._file.message)
    (code,) = re.findall(r"export_followup\(.*\)", text_of(panel._file.message))
    flagged = CandidateList.of(scored_signals(), 0.9)
    written = Path("followup.csv").read_bytes()
    Path("followup.csv").unlink()
    eval(code, {"export_followup": export_followup, "flagged": flagged})
    assert Path("followup.csv").read_bytes() == written
    assert len(pd.read_csv("followup.csv")) == 20


def test_replacing_a_file_requires_confirmation(panel: CandidatesPanel, tmp_path: Path) -> None:
    """An existing file is replaced only by a second export of the same list."""
    panel._file.path.value = str(tmp_path / "mine.csv")
    (tmp_path / "mine.csv").write_text("mine")
    panel._file.button.click()
    assert "Press Export CSV again" in text_of(panel._file.message)
    panel.threshold = 0.8
    panel._file.button.click()
    assert (tmp_path / "mine.csv").read_text() == "mine"
    panel._file.button.click()
    assert len(pd.read_csv(tmp_path / "mine.csv")) == 20


@pytest.mark.parametrize(
    ("name", "reason"), [(" ", "Enter a file name"), ("folder", "Cannot export")]
)
def test_an_invalid_file_name_shows_an_error(
    panel: CandidatesPanel, tmp_path: Path, name: str, reason: str
) -> None:
    """An empty name or the name of a folder shows an error in the panel."""
    (tmp_path / "folder").mkdir()
    panel._file.path.value = str(tmp_path / name) if name.strip() else name
    panel._file.button.click()
    panel._file.button.click()
    assert reason in text_of(panel._file.message)


def test_the_caveat_is_always_there(panel: CandidatesPanel) -> None:
    """The caveat is the first block of the panel at any threshold."""
    for threshold in (0.0, 0.9, 1.0):
        panel.threshold = threshold
        assert CAVEAT in text_of(panel.children[0])


def test_the_static_view_is_the_list(panel: CandidatesPanel) -> None:
    """The static view of the panel equals the display of the list at its threshold."""
    flagged = CandidateList.of(scored_signals(), 0.9)
    assert panel.static_text() == repr(flagged)
    assert panel.static_html() == flagged._repr_html_()
    panel.threshold = 0.8
    assert panel.static_text() == repr(flagged.above(0.8))


def test_the_size_of_a_page_does_not_depend_on_the_list() -> None:
    """A long list sends as much data as a short one."""
    names = [f"K{i:05}.01" for i in range(90)]
    small = CandidatesPanel(scored_signals(names[:60]), 0.0)
    large = CandidatesPanel(
        scored_signals([f"{name}{i}" for name in names for i in range(30)]), -99
    )
    sizes = [
        sum(len(str(part.get_state())) for part in widgets(one) if part is not one._picture)
        for one in (small, large)
    ]
    assert sizes[1] < sizes[0] * 1.1


def test_every_control_has_a_label_and_a_tooltip(panel: CandidatesPanel) -> None:
    """Every control has a tooltip, and a description or a placeholder."""
    controls = [one for one in widgets(panel) if hasattr(one, "disabled") or hasattr(one, "icon")]
    assert len(controls) >= 8
    for control in controls:
        assert control.tooltip
        assert control.description or control.placeholder


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_are_text(payload: str) -> None:
    """Any name of a signal or version is shown as text in every block."""

    def shapes(names: list[str], other: str) -> list[Any]:
        made = CandidatesPanel(scored_signals(names, alike=other, version=other), 0.9)
        made.selected = made._sheet.names[0]
        made._find.value = f"no {payload}"
        blocks = [Page(one.value) for one in widgets(made) if isinstance(one, HTML)]
        assert not [fault for block in blocks for fault in block.faults]
        return [block.elements for block in blocks]

    hostile = shapes([f"{payload}{i}" for i in range(N_SIGNALS)], payload)
    assert hostile == shapes([f"a{i}" for i in range(N_SIGNALS)], "b")


def test_closing_closes_all_parts(panel: CandidatesPanel) -> None:
    """A closed panel removes all its widgets from the kernel."""
    parts = widgets(panel)
    panel.close()
    assert all(part.comm is None for part in parts)


def test_the_button_shows_the_diagram(panel: CandidatesPanel) -> None:
    """The diagram is drawn when its button is pressed, and again for another threshold."""
    figure = panel._figure
    assert figure.children == (figure.button,)
    figure.button.value = True
    assert figure.image in figure.children
    assert bytes(figure.image.value).startswith(b"\x89PNG")
    assert "and 2 more" in text_of(figure.caption)
    before = bytes(figure.image.value)
    panel.threshold = 0.8
    assert figure.image.value != before
    assert "and 12 more" in text_of(figure.caption)
    figure.button.value = False
    assert figure.children == (figure.button,)


def test_unusual_values_are_shown(panel: CandidatesPanel) -> None:
    """The table and the details have the words of the look column, if there are any."""
    assert text_of(panel._rows).count("impact > 1") == 2
    panel.selected = "K00000.01"
    assert "Look: impact > 1." in text_of(panel._detail)
    panel.selected = "K00005.01"
    assert "Look" not in text_of(panel._detail)
