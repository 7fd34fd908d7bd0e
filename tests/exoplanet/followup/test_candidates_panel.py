"""The state of the candidates panel, and its stored view."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from traitlets import TraitError

from exo_nbregistry.exoplanet.followup.candidates import CandidateList
from exo_nbregistry.exoplanet.followup.candidates_panel import CandidatesPanel
from tests.exoplanet.signals import scored_signals


@pytest.fixture
def panel() -> CandidatesPanel:
    """Return the panel of the ten most probable signals."""
    return CandidatesPanel(scored_signals(), 0.9)


def test_the_frame_follows_the_threshold(panel: CandidatesPanel) -> None:
    """The frame has the rows that reach the threshold, the highest probability first."""
    panel.threshold = 0.8
    assert list(panel.frame.index) == list(scored_signals().rows.index[:20])


def test_the_order_does_not_change_the_frame(panel: CandidatesPanel) -> None:
    """The frame has the highest probability first, however the table is sorted."""
    panel.sort_by, panel.descending = "koi_period", False
    assert list(panel.frame.index) == [f"K{i:05}.01" for i in range(10)]


@pytest.mark.parametrize(
    ("name", "value"), [("threshold", 0.5), ("sort_by", "signal"), ("descending", False)]
)
def test_another_list_starts_with_its_first_page(
    panel: CandidatesPanel, name: str, value: Any
) -> None:
    """Another threshold or order shows the first page."""
    panel.threshold = 0.0
    panel.page = 2
    setattr(panel, name, value)
    assert panel.page == 0


def test_selecting_shows_the_page_of_the_signal(panel: CandidatesPanel) -> None:
    """A selected signal turns to its page, and stays selected on other pages."""
    panel.threshold = 0.0
    seen: list[str] = []
    panel.observe(lambda change: seen.append(change["new"]), "selected")
    panel.selected = "K00055.01"
    assert panel.page == 2
    panel.page = 0
    assert seen == ["K00055.01"]


def test_selecting_a_signal_that_is_not_flagged_keeps_the_page(panel: CandidatesPanel) -> None:
    """A signal below the threshold is on no page."""
    panel.threshold = 0.6
    panel.page = 1
    panel.selected = "K00058.01"
    assert panel.page == 1


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("selected", "<b>", "'<b>' is not one of the 60 candidates"),
        ("sort_by", "koi_score", "unknown column 'koi_score'"),
        ("threshold", float("nan"), "must be a number"),
    ],
)
def test_an_invalid_value_is_an_error(
    panel: CandidatesPanel, name: str, value: Any, message: str
) -> None:
    """A value that is not valid raises an error and changes nothing."""
    before = getattr(panel, name)
    with pytest.raises(TraitError, match=message):
        setattr(panel, name, value)
    assert getattr(panel, name) == before


def test_the_page_sets_the_state(panel: CandidatesPanel) -> None:
    """The state that a page sends is in the traits, and observers run."""
    seen: list[float] = []
    panel.observe(lambda change: seen.append(change["new"]), "threshold")
    panel.set_state({"threshold": 0, "page": 0})
    panel.set_state({"page": 2})
    assert (seen, panel.page) == ([0.0], 2)


@pytest.mark.parametrize(
    "state",
    [
        {"selected": "<b>"},
        {"selected": ["K00001.01"]},
        {"sort_by": "x" * 3_000},
        {"threshold": "0.5"},
        {"_kind": "registry"},
        {"unknown": 1},
        ["threshold"],
    ],
)
def test_a_page_cannot_set_an_invalid_state(panel: CandidatesPanel, state: Any) -> None:
    """Values that are not valid, and other traits, are ignored."""
    before = {name: getattr(panel, name) for name in panel.keys}
    panel.set_state(state)
    assert {name: getattr(panel, name) for name in panel.keys} == before


def test_a_message_is_answered(panel: CandidatesPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reply to a message repeats its mark, and its body is compressed."""
    sent: list[Any] = []
    assert panel.model_id  # in a page
    monkeypatch.setattr(panel, "send", lambda *parts: sent.append(parts))
    path = panel.first_paths()[0]
    message = {"v": 1, "type": "request", "mark": "a-1", "method": "GET", "path": path}
    panel._receive(panel, message, [])
    panel._receive(panel, {"type": "request"}, [])
    ((head, (body,)),) = sent
    assert (head["mark"], head["status"]) == ("a-1", 200)
    assert json.loads(gzip.decompress(body))["total"] == 10


def test_the_first_replies_come_with_the_panel(panel: CandidatesPanel) -> None:
    """The list, and the details of a selected signal, are sent with the panel."""
    panel.selected = "K00003.01"
    panel._prime()
    assert list(panel._primed) == [
        "/candidates?threshold=0.9&sort_by=calibrated_probability&descending=true&page=0",
        "/candidates/signal?name=K00003.01&threshold=0.9",
    ]
    assert all(status == 200 for status, _, _ in panel._primed.values())


def test_the_size_of_a_page_does_not_depend_on_the_list() -> None:
    """A long list sends as much data as a short one."""
    names = [f"K{i:05}.01" for i in range(90)]
    small = CandidatesPanel(scored_signals(names[:60]), 0.0)
    large = CandidatesPanel(
        scored_signals([f"{name}{i}" for name in names for i in range(30)]), -99
    )
    sizes = [len(one.answer("GET", one.first_paths()[0]).body) for one in (small, large)]
    assert sizes[1] < sizes[0] * 1.1


def test_the_panel_is_two_widget_models(panel: CandidatesPanel) -> None:
    """The panel has no widgets but its layout, and closing removes both."""
    layout = panel.layout
    assert [value for value in panel.get_state().values() if str(value).startswith("IPY_")] == [
        f"IPY_MODEL_{layout.model_id}"
    ]
    panel.close()
    assert panel.comm is None
    assert layout.comm is None


def test_the_static_view_is_the_list(panel: CandidatesPanel) -> None:
    """The static view of the panel equals the display of the list at its threshold."""
    flagged = CandidateList.of(scored_signals(), 0.9)
    assert panel.static_text() == repr(panel) == repr(flagged)
    assert panel.static_html() == flagged._repr_html_()
    panel.threshold = 0.8
    assert panel.static_text() == repr(flagged.above(0.8))
