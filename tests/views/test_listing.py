"""Listings of model versions."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.text.terminal import display_width, visible
from exo_nbregistry.values.lazy_sequence import LazySequence
from exo_nbregistry.views.listing import Listing
from tests.completion import offered_keys
from tests.html_page import PAYLOADS, Page, laden


def version(number: int, **facts: Any) -> ModelMetadata:
    """Return a version of ``kepler_rf``."""
    defaults = {
        "model_id": f"kepler_rf:{number}",
        "model_name": "kepler_rf",
        "version": number,
        "algorithm": "RandomForest",
        "created_at": datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=number),
        "metrics": {"f1_score": 0.9},
    }
    return ModelMetadata(**{**defaults, **facts})


def test_a_listing_is_a_sequence() -> None:
    """A listing has a length, items, membership and an order."""
    first, second = version(1), version(2)
    listing = Listing([first, second])
    assert len(listing) == 2
    assert listing[-1] == second
    assert list(reversed(listing)) == [second, first]
    assert first in listing
    assert listing.ids == ("kepler_rf:1", "kepler_rf:2")


def test_a_slice_is_a_listing() -> None:
    """A slice is a listing, whose total counts only its versions."""
    part = Listing([version(1), version(2), version(3)], total=90)[1:]
    assert part == Listing([version(2), version(3)])
    assert part.total == 2


@pytest.mark.parametrize(
    "part",
    [slice(None), slice(0, 2), slice(-1, None), slice(None, None, -1), slice(0, 0), slice(9, 99)],
)
def test_a_slice_holds_what_a_tuple_would(part: slice) -> None:
    """Slices work as for any Python sequence."""
    items = [version(n) for n in range(1, 6)]
    assert list(Listing(items)[part]) == items[part]
    assert isinstance(Listing(items)[part], Listing)


def test_an_index_beyond_the_end_is_an_error() -> None:
    """An index beyond the end raises IndexError."""
    with pytest.raises(IndexError):
        Listing([version(1)])[1]


@pytest.mark.parametrize("make", [tuple, lambda items: LazySequence(lambda item: item, items)])
def test_a_version_is_found_by_its_place_or_its_id(make: Callable[..., Any]) -> None:
    """Numpy integers are valid positions, and model IDs ignore case."""
    first, second = version(1), version(2)
    listing = Listing(make([first, second]))
    assert listing[np.int64(1)] == listing["kepler_rf:2"] == listing["Kepler_RF:2"] == second
    assert "kepler_rf:1" in listing
    assert second in listing
    for missing in ("kepler_rf:3", "kepler_rf", "", version(3), None):
        assert missing not in listing
    with pytest.raises(TypeError, match="float"):
        listing[1.0]  # type: ignore[call-overload]


def test_an_id_that_is_not_here_is_answered_with_close_ones() -> None:
    """The error has the number of versions and close matches."""
    listing = Listing([version(1), version(2)])
    with pytest.raises(NotFoundError, match=r"among the 2 .* Did you mean kepler_rf:1"):
        listing["kepler_fr:1"]


def test_a_notebook_completes_ids() -> None:
    """Tab completion after listing[" offers the model IDs."""
    assert offered_keys(Listing([version(1), version(2)])) == ["kepler_rf:1", "kepler_rf:2"]


def test_a_listing_can_be_copied_and_sent() -> None:
    """A copy, also a pickled one, is equal and has the same total."""
    listing = Listing([version(1), version(2)], total=9)
    for again in (copy.copy(listing), copy.deepcopy(listing), pickle.loads(pickle.dumps(listing))):
        assert (again, again.total) == (listing, 9)


def test_a_listing_cannot_be_changed() -> None:
    """Items cannot be replaced, and changes of the original list have no effect."""
    items = [version(1)]
    listing = Listing(items)
    items.clear()
    assert len(listing) == 1
    with pytest.raises(TypeError):
        listing[0] = version(2)  # type: ignore[index]


def test_listings_are_equal_by_content() -> None:
    """Equal versions in equal order make equal listings, also where a metric is NaN."""
    nan = {"metrics": {"f1_score": math.nan}}
    assert Listing([version(1, **nan)]) == Listing([version(1, **nan)])
    assert Listing([version(1)]) != Listing([version(2)])
    assert Listing([version(1), version(2)]) != Listing([version(2), version(1)])
    assert Listing([version(1)], total=9) == Listing([version(1)])
    assert Listing() != []
    with pytest.raises(TypeError, match="unhashable"):
        hash(Listing())


def test_text_and_page_show_at_most_twenty_rows() -> None:
    """A long listing shows its first twenty rows and the number of further ones."""
    listing = Listing([version(n) for n in range(1, 26)], total=100)
    for shown in (repr(listing), listing._repr_html_()):
        assert "kepler_rf:20" in shown
        assert "kepler_rf:21" not in shown
        assert "… and 80 more" in shown
    assert Page(listing._repr_html_()).elements.count("tr") == 1 + 20


@pytest.mark.parametrize(("count", "more"), [(20, None), (21, "… and 1 more")])
def test_the_note_begins_with_the_first_row_left_out(count: int, more: str | None) -> None:
    """Twenty rows are all shown; of twenty-one, one is omitted."""
    last = repr(Listing([version(n) for n in range(1, count + 1)])).split("\n")[-1]
    assert last.startswith(more or "kepler_rf:20")


def test_nothing_more_is_promised_when_all_is_shown() -> None:
    """A listing with all rows has no note."""
    assert "more" not in repr(Listing([version(1)]))


def test_an_empty_listing_names_the_next_call() -> None:
    """An empty listing names the call that registers a model, as text and as HTML."""
    assert "register_model" in repr(Listing())
    assert "register_model" in Listing()._repr_html_()


def test_a_missing_metric_is_a_dash() -> None:
    """A missing metric is a dash, never zero."""
    lines = repr(Listing([version(1), version(2, metrics={})])).split("\n")
    assert lines[3].split()[3] == "-"


def test_status_is_shown_only_if_needed() -> None:
    """The status column is shown if a version is not active."""
    assert "status" not in repr(Listing([version(1)]))
    assert "deleted" in repr(Listing([version(1), version(2, status="deleted")]))


def test_instants_are_shown_in_utc() -> None:
    """A timestamp of another time zone is shown in UTC."""
    made = datetime(2026, 3, 1, 1, 30, 59, tzinfo=timezone(timedelta(hours=2)))
    assert "2026-02-28 23:30" in repr(Listing([version(1, created_at=made)]))


def test_aliases_are_badges_on_a_page_and_words_in_text() -> None:
    """Aliases are badges in HTML, and words in text."""
    listing = Listing([version(1, aliases=("best", "champion"))])
    assert "best, champion" in repr(listing)
    assert listing._repr_html_().count("border-radius") == 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_record_drives_neither_page_nor_terminal(payload: str) -> None:
    """Untrusted text adds no elements to the HTML and no control characters to the text."""
    listing = Listing([laden(payload), laden(payload, 2)])
    page = Page(listing._repr_html_())
    assert page.faults == []
    assert page.shape == Page(Listing([laden("x"), laden("x", 2)])._repr_html_()).shape
    assert visible(repr(listing)) == repr(listing).replace("\n", r"\n")


@given(st.text(st.characters(codec="utf-8")))
def test_no_text_breaks_the_page(text: str) -> None:
    """Any text gives valid HTML without further elements."""
    page = Page(Listing([laden(text)])._repr_html_())
    assert page.faults == []
    assert page.shape == Page(Listing([laden("x")])._repr_html_()).shape


def test_a_page_shows_what_was_written() -> None:
    """Escaped text is readable."""
    page = Page(Listing([laden("<script>alert(1)</script>")])._repr_html_())
    assert "<script>alert(1)</script>1" in page.text


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_text_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Lines with wide characters fit the terminal and have equal widths."""
    monkeypatch.setattr(
        "exo_nbregistry.views.listing.line_width", lambda width: min(width, columns)
    )
    wide = {"algorithm": "随机森林" * 9, "aliases": ("チャンピオン" * 4,)}
    long = {"metrics": {f"指標_{i}_" + "x" * 20: i / 7 for i in range(4)}}
    lines = repr(Listing([version(1, **wide, **long), version(2)])).split("\n")
    widths = {display_width(line) for line in lines}
    assert len(widths) == 1
    assert max(widths) <= min(columns, 140)


def test_a_notebook_is_the_same_wherever_it_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal, the width of the window has no effect."""
    listing = Listing([version(1, algorithm="RandomForest" * 3, aliases=("a" * 60,))])
    monkeypatch.setenv("COLUMNS", "40")
    narrow = repr(listing)
    monkeypatch.setenv("COLUMNS", "400")
    assert repr(listing) == narrow


def test_the_same_listing_gives_the_same_bytes() -> None:
    """Equal listings give equal text and equal HTML, so that notebooks can be compared."""
    one, other = (Listing([version(1), version(2)]) for _ in range(2))
    assert (repr(one), one._repr_html_()) == (repr(other), other._repr_html_())


def test_a_frame_has_one_row_per_version() -> None:
    """Metrics and hyperparameters are columns of their own, missing ones NaN."""
    frame = Listing(
        [
            version(1, hyperparameters={"max_depth": None, "C": 1.5}),
            version(2, hyperparameters={"max_depth": 3}, metrics={"log_loss": 1}),
        ]
    ).to_frame()
    assert list(frame["model_id"]) == ["kepler_rf:1", "kepler_rf:2"]
    assert frame["metrics.f1_score"].isna().tolist() == [False, True]
    assert frame["metrics.log_loss"].dtype == "float64"
    assert frame["hyperparameters.max_depth"].tolist() == [None, 3]
    assert frame["hyperparameters.C"].isna().tolist() == [False, True]
    assert str(frame["created_at"].dt.tz) == "UTC"


def test_columns_of_a_frame_have_the_types_of_their_values() -> None:
    """Numbers are numbers, instants are instants in UTC, and None among choices stays None."""
    versions = [
        version(2, hyperparameters={"n": 5, "C": 1.5, "k": "rbf", "depth": None, "on": True}),
        version(10, hyperparameters={"n": 6, "C": 2, "k": "poly", "depth": 3, "on": False}),
    ]
    frame = Listing(versions).to_frame()
    kinds = {name: dtype.kind for name, dtype in frame.dtypes.items()}
    assert kinds["version"] == "i"
    assert kinds["metrics.f1_score"] == "f"
    assert [kinds[f"hyperparameters.{name}"] for name in ("n", "C", "on")] == ["i", "f", "b"]
    assert frame["hyperparameters.depth"].tolist() == [None, 3]
    assert frame["hyperparameters.k"].tolist() == ["rbf", "poly"]
    assert str(frame["created_at"].dt.tz) == "UTC"
    assert frame.sort_values("version")["model_id"].tolist() == ["kepler_rf:2", "kepler_rf:10"]


@pytest.mark.parametrize("value", [(8, 4), [8, 4], {"a": {"b": 1}}, "", math.inf, 10**30])
def test_a_frame_keeps_any_choice(value: Any) -> None:
    """A cell has the value of any type: a tuple, a dict or a large number."""
    frame = Listing([version(1, hyperparameters={"p": value}), version(2)]).to_frame()
    assert frame["hyperparameters.p"].iloc[0] == value
    assert math.isnan(frame["hyperparameters.p"].iloc[1])


def test_an_empty_frame_has_its_columns() -> None:
    """A frame without versions has the same columns and types."""
    frame = Listing().to_frame()
    assert len(frame) == 0
    columns = ["model_id", "model_name", "version", "algorithm", "aliases", "tags", "status"]
    assert list(frame.columns) == [*columns, "scoring", "created_at"]
    assert list(frame.columns) == list(Listing([version(1, metrics={})]).to_frame().columns)
    assert frame["created_at"].dtype == Listing([version(1)]).to_frame()["created_at"].dtype


def test_frame_names_the_class_of_the_metrics() -> None:
    """A column has the class and the threshold of each version."""
    planet = version(1, scoring=Scoring("binary", "binary", "planet", threshold=0.3))
    frame = Listing([planet, version(2)]).to_frame()
    assert frame["scoring"].tolist() == ["of planet at 0.3", None]


def test_a_frame_has_nested_hyperparameters() -> None:
    """Parameters of a nested estimator are columns, as in lists and filters."""
    ridge = {"class": "Ridge", "params": {"alpha": 2.0}}
    frame = Listing([version(1, hyperparameters={"regressor": ridge}), version(2)]).to_frame()
    assert frame["hyperparameters.regressor"].tolist()[0] == "Ridge"
    assert frame["hyperparameters.regressor__alpha"].tolist()[0] == 2.0
