"""A sequence of model versions that can be read."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from exo_nbregistry.listing import Listing, main_metrics
from exo_nbregistry.metadata import ModelMetadata


def version(number: int, **facts: Any) -> ModelMetadata:
    """Make one version of ``kepler_rf``."""
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
    """A part of a listing is shown as a listing, and counts only itself."""
    part = Listing([version(1), version(2), version(3)], total=90)[1:]
    assert part == Listing([version(2), version(3)])
    assert part.total == 2


def test_a_listing_cannot_be_changed() -> None:
    """No item can be replaced, and the list it was made of can change without it."""
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
    assert Listing() != []


def test_text_and_page_show_at_most_twenty_rows() -> None:
    """A long listing shows its first twenty rows and says how many more there are."""
    listing = Listing([version(n) for n in range(1, 26)], total=100)
    for shown in (repr(listing), listing._repr_html_()):
        assert "kepler_rf:20" in shown
        assert "kepler_rf:21" not in shown
        assert "… and 80 more" in shown


def test_nothing_more_is_promised_when_all_is_shown() -> None:
    """A listing that is shown whole says nothing of more."""
    assert "more" not in repr(Listing([version(1)]))


def test_an_empty_listing_says_what_to_do() -> None:
    """An empty listing names the call that fills a registry, as text and on a page."""
    assert "register_model" in repr(Listing())
    assert "register_model" in Listing()._repr_html_()


def test_a_missing_metric_is_a_dash() -> None:
    """A metric that was not measured is a dash, never zero."""
    lines = repr(Listing([version(1), version(2, metrics={})])).split("\n")
    assert lines[3].split()[3] == "-"


def test_the_most_frequent_metrics_are_shown_in_reading_order() -> None:
    """Of many metrics the four that most versions have are shown, the best known first."""
    common = {"loss": 1.0, "accuracy": 0.9, "f1_score": 0.9, "recall": 0.9}
    rare = {"a_rare_one": 1.0, "precision": 0.1}
    items = [version(1, metrics=common), version(2, metrics={**rare, **common})]
    assert main_metrics(items) == ["f1_score", "recall", "accuracy", "loss"]


def test_status_is_shown_only_where_it_tells_something() -> None:
    """The status column appears as soon as one version is not active."""
    assert "status" not in repr(Listing([version(1)]))
    assert "deleted" in repr(Listing([version(1), version(2, status="deleted")]))


def test_instants_are_shown_in_utc() -> None:
    """A version made in another time zone is shown at its UTC minute."""
    made = datetime(2026, 3, 1, 1, 30, 59, tzinfo=timezone(timedelta(hours=2)))
    assert "2026-02-28 23:30" in repr(Listing([version(1, created_at=made)]))


def test_aliases_are_badges_on_a_page_and_words_in_text() -> None:
    """Aliases stand beside their version."""
    listing = Listing([version(1, aliases=("best", "champion"))])
    assert "best, champion" in repr(listing)
    assert listing._repr_html_().count("border-radius") == 2


def test_a_hostile_record_drives_neither_page_nor_terminal() -> None:
    """What others wrote into a record is shown and not obeyed."""
    listing = Listing([version(1, algorithm="<script>\x1b[2J", aliases=("<img src=x>",))])
    assert "\x1b" not in repr(listing) + listing._repr_html_()
    assert "<script" not in listing._repr_html_()
    assert "<img" not in listing._repr_html_()


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


def test_an_empty_frame_has_its_columns() -> None:
    """A frame of no versions can be filtered like any other."""
    frame = Listing().to_frame()
    assert len(frame) == 0
    assert {"model_id", "algorithm", "aliases", "tags", "created_at"} <= set(frame.columns)
