"""The follow-up list: a DataFrame with its own display."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from exo_nbregistry import config as option
from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.exoplanet.followup.candidates import CandidateList
from exo_nbregistry.exoplanet.followup.csv_and_notes import CAVEAT, export_followup
from exo_nbregistry.exoplanet.followup.flag import flag_candidates
from exo_nbregistry.panels.base import PANEL_MIME
from tests.exoplanet.signals import N_SIGNALS, scored_signals
from tests.html_page import PAYLOADS, Page


@pytest.fixture(autouse=True)
def _default_option(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(option, "_chosen", {})
    monkeypatch.delenv(option.VARIABLE, raising=False)
    return


@pytest.fixture
def flagged() -> CandidateList:
    """Return the ten most probable signals."""
    return CandidateList.of(scored_signals(), 0.9)


def shown(value: Any, monkeypatch: pytest.MonkeyPatch, *, kernel: bool = True) -> dict[str, Any]:
    """Return the MIME bundle for IPython, without its metadata."""
    monkeypatch.setattr(option, "in_kernel", lambda: kernel)
    bundle: Any = value._repr_mimebundle_()
    found: dict[str, Any] = bundle[0] if isinstance(bundle, tuple) else bundle
    return found


def test_it_is_a_frame(flagged: CandidateList) -> None:
    """The list is a DataFrame of the rows that reach the threshold."""
    assert isinstance(flagged, pd.DataFrame)
    assert flagged.equals(scored_signals().rows.iloc[:10])
    assert flagged["calibrated_probability"].mean() == pytest.approx(0.945)


def test_another_threshold_is_another_list(flagged: CandidateList) -> None:
    """A list for another threshold has the same signals, and can be changed back."""
    more = flagged.above(0.5)
    assert len(more) == 50
    assert len(flagged.above(0.95)) == 5
    assert more.above(0.9).equals(flagged)
    assert more["driver"].notna().sum() == 10


@pytest.mark.parametrize(
    "take",
    [
        lambda listed: listed[:3],
        lambda listed: listed[listed["probability"] > 0.47],
        lambda listed: listed[["probability"]],
        lambda listed: listed.copy(),
        copy.copy,
        copy.deepcopy,
        lambda listed: listed.sort_values("agreement"),
        lambda listed: listed.assign(probability=0.0),
        lambda listed: pd.concat([listed, listed]),
        lambda listed: listed.reset_index(),
        lambda listed: listed.head(),
        lambda listed: listed.T,
    ],
    ids=range(12),
)
def test_a_derived_frame_is_plain(flagged: CandidateList, take: Any) -> None:
    """A slice, a copy or a modified list is a plain DataFrame."""
    assert type(take(flagged)) is pd.DataFrame


@pytest.mark.parametrize(
    "change",
    [
        lambda listed: listed.pop("caveat"),
        lambda listed: listed.iloc.__setitem__((0, 0), 5.0),
        lambda listed: listed.__setitem__("probability", 1.0),
        lambda listed: listed.__setitem__("mine", 1.0),
        lambda listed: setattr(listed, "index", range(len(listed))),
    ],
    ids=range(5),
)
def test_a_list_that_was_changed_shows_its_rows(
    flagged: CandidateList, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that was changed in place is displayed as a DataFrame, without a panel."""
    change(flagged)
    plain = pd.DataFrame(flagged)
    assert shown(flagged, monkeypatch) == {}
    assert flagged._repr_html_() == plain._repr_html_()
    assert repr(flagged) == repr(plain)
    for ask in (flagged.browse, lambda: flagged.above(0.5)):
        with pytest.raises(InvalidInputError, match="columns of this list were changed"):
            ask()


def test_changing_a_part_leaves_the_list(flagged: CandidateList) -> None:
    """Changing a copy does not change the list."""
    part = flagged.copy()
    part.loc[:, "probability"] = 0.0
    assert flagged.above(0.9).equals(scored_signals().rows.iloc[:10])


def test_a_frame_without_scores_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that was created by hand is displayed as pandas does."""
    bare = CandidateList({"probability": [0.5]})
    assert shown(bare, monkeypatch) == {}
    assert repr(bare) == repr(pd.DataFrame({"probability": [0.5]}))


def test_it_survives_pickle(flagged: CandidateList) -> None:
    """A list keeps its rows and scores when it is pickled."""
    again = pickle.loads(pickle.dumps(flagged))
    assert type(again) is CandidateList
    assert again.equals(flagged)
    assert repr(again.above(0.5)) == repr(flagged.above(0.5))


def test_it_is_written_like_a_frame(flagged: CandidateList, tmp_path: Any) -> None:
    """Its CSV has only its rows and columns."""
    assert flagged.to_csv() == pd.DataFrame(flagged).to_csv()
    path = export_followup(flagged, tmp_path / "list.csv")
    assert list(pd.read_csv(path, index_col="koi").index) == list(flagged.index)


def test_a_kernel_shows_the_panel(flagged: CandidateList, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a kernel the display has the panel and the static view; elsewhere only the view."""
    bundle = shown(flagged, monkeypatch)
    assert bundle.keys() == {PANEL_MIME, "text/html", "text/plain"}
    assert bundle["text/html"] == flagged._repr_html_()
    assert bundle["text/plain"] == repr(flagged)
    assert shown(flagged, monkeypatch, kernel=False) == {}
    option.set_config(display="text")
    assert shown(flagged, monkeypatch) == {}
    assert flagged._repr_html_() is None


def test_the_static_view_has_counts_rows_and_caveat(flagged: CandidateList) -> None:
    """Text and HTML have the caveat, the counts, ten rows, the version and the table."""
    text = repr(flagged.above(0.8))
    lines = text.splitlines()
    assert lines[0] == CAVEAT
    assert lines[1] == "20 of 60 candidates flagged: calibrated probability at least 0.8."
    assert "Measured on 300 rows, the test set stored with toy:1" in text
    assert "Top features are missing below 0.9" in text
    assert "and 10 more" in text
    assert text.endswith("Scored by toy:1; table: table of toy:1.")
    html = Page(flagged.above(0.8)._repr_html_() or "")
    assert html.faults == []
    words = "".join(html.text)
    for line in lines:
        for cell in line.split("  "):
            assert cell.strip(" -") in words
    assert "Top features are missing" not in repr(flagged)


def test_without_known_labels_the_reason_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without known labels, the list has a reason instead of precision and recall."""
    blind = CandidateList.of(scored_signals(known="Unknown: no test set."), 0.9)
    assert "Unknown: no test set." in repr(blind)
    assert "Precision" not in repr(blind)
    assert "Unknown: no test set." in blind._repr_html_()


def test_an_empty_list_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty list has counts, the caveat and a panel."""
    empty = CandidateList.of(scored_signals(), 1.0)
    assert "0 of 60 candidates flagged" in repr(empty)
    assert shown(empty, monkeypatch)["text/plain"] == repr(empty)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_are_text(payload: str) -> None:
    """Any name of a signal, version or table is shown as text."""
    names = [f"{payload}{i}" for i in range(N_SIGNALS)]
    hostile = CandidateList.of(scored_signals(names, alike=payload, version=payload), 0.9)
    tame = CandidateList.of(scored_signals(["a"] * N_SIGNALS, alike="b", version="c"), 0.9)
    page, plain = Page(hostile._repr_html_() or ""), Page(tame._repr_html_() or "")
    assert page.faults == []
    assert page.elements == plain.elements
    assert "\x1b" not in repr(hostile)
    assert "\u202e" not in repr(hostile)


def test_a_list_has_the_calibration_rows() -> None:
    """Precision and recall at a threshold are computed on the calibration rows."""
    from sklearn.linear_model import LogisticRegression

    rows = pd.DataFrame({"koi_period": [float(i % 50) for i in range(400)]})
    truth = (rows["koi_period"] + [i % 7 for i in range(400)] > 25).astype(int)
    model = LogisticRegression().fit(rows, truth)
    listed = flag_candidates(model, rows[:50], 0.5, calibration=(rows, truth), training=[])
    known = listed._scored.known
    assert known.truth.tolist() == (truth == 1).tolist()
    assert known.at(0.5).flagged == (known.probability >= 0.5).sum() > 100
    same = known.probability[:50][known.probability[:50] >= 0.5]
    assert sorted(listed["calibrated_probability"]) == pytest.approx(sorted(same))
    blind = flag_candidates(model, rows[:50], 0.5, calibrated=False, training=[])
    assert "calibrated=False" in blind._scored.known
    assert "calibrated=False, and no test set" in repr(blind)
