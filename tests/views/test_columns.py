"""The columns of version lists."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from exo_nbregistry.api.json_views import item_of
from exo_nbregistry.cli.render import view_listing
from exo_nbregistry.records.code import Code
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.text.markup import Markup
from exo_nbregistry.views.columns import (
    COLUMNS,
    columns_of,
)
from exo_nbregistry.views.field_names import is_column
from exo_nbregistry.views.listing import Listing
from exo_nbregistry.views.metric_columns import main_metrics, metric_column
from exo_nbregistry.views.parameter_columns import parameter_columns, varied_parameters
from exo_nbregistry.views.version_column import JSON, LISTING, PANEL, TERMINAL
from tests.html_page import PAYLOADS, Page, laden

OF_PLANET = Scoring("binary", "binary", "planet")
MADE = datetime(2026, 3, 1, 1, 30, 59, tzinfo=timezone(timedelta(hours=2)))
# A version with a value in each column, and its cell of text in each.
FULL: dict[str, Any] = {
    "algorithm": "RandomForest",
    "aliases": ("best", "champion"),
    "code": Code(("__main__.Scaler",), "3.11", "3.1.3"),
    "status": "deleted",
    "unknown_signers": ("alias best: ada",),
    "tags": {"reviewed": True, "team": "vetting"},
    "description": "First try",
    "training_dataset": "kepler",
    "training_samples": 80,
    "test_samples": 20,
    "parent": "m:1",
    "signer": "SHA256:abc",
}
MEASURED: dict[str, Any] = {
    "metrics": {"recall": 0.5},
    "scoring": OF_PLANET,
}
CELLS = {
    **FULL,
    "model_id": "m:2",
    "display_id": "m:2",
    "aliases": "best, champion",
    "code": Code(("__main__.Scaler",), "3.11", "3.1.3").short_label,
    "created_at": "2026-02-28 23:30",
    "tags": "reviewed, team=vetting",
    "unknown_signers": "alias best: ada",
    "metric": "recall (of planet)",
    "value": 0.5,
    "scoring": "of planet",
}


def version(**facts: Any) -> ModelMetadata:
    """Return a version of ``m``."""
    names = {"model_id": "m:2", "model_name": "m", "version": 2, "created_at": MADE}
    return ModelMetadata(**{**names, **facts})


def names_of(shown_in: str, *versions: ModelMetadata) -> list[str]:
    """Return the names of the columns of a list."""
    return [column.name for column in columns_of(versions, shown_in)]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_has_a_cell_of_text(name: str) -> None:
    """Each column reads its value from a version and writes it as text."""
    column = COLUMNS[name]
    assert column.to_text(version(**FULL, **MEASURED)) == CELLS[name]
    assert column.title


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_shown_wherever_the_table_lists_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listing, the terminal, the panel and REST show the columns of the table."""
    monkeypatch.setenv("COLUMNS", "400")
    column, full = COLUMNS[name], version(**FULL)
    assert (column.title in repr(Listing([full])).split("\n")[0]) is (LISTING in column.shown_in)
    assert (column.title in view_listing([full]).split("\n")[0]) is (TERMINAL in column.shown_in)
    assert is_column(name) is (PANEL in column.shown_in)
    assert (name in item_of(full)) is (JSON in column.shown_in)


def test_empty_columns_are_omitted() -> None:
    """A terminal has no empty column; a listing keeps those that are always shown."""
    bare = version()
    assert names_of(TERMINAL, bare) == ["display_id", "created_at"]
    assert names_of(LISTING, bare) == ["display_id", "aliases", "algorithm", "created_at"]
    assert "status" in names_of(TERMINAL, bare, version(status="deleted"))


def test_metrics_follow_the_algorithm() -> None:
    """The main metrics of the versions are columns between the algorithm and the timestamp."""
    scored = version(algorithm="SVC", metrics={"accuracy": 0.5, "f1_score": 0.25})
    assert names_of(TERMINAL, scored)[1:4] == ["algorithm", "metrics.f1_score", "metrics.accuracy"]
    column = metric_column("f1_score")
    assert [column.to_text(item) for item in (scored, version())] == [0.25, None]


def test_the_most_frequent_metrics_are_shown_in_reading_order() -> None:
    """Of many metrics, the four most frequent are shown in reading order."""
    common = {"loss": 1.0, "accuracy": 0.9, "f1_score": 0.9, "recall": 0.9}
    rare = {"a_rare_one": 1.0, "precision": 0.1}
    items = [version(metrics=common), version(metrics={**rare, **common})]
    assert main_metrics(items) == ["f1_score", "recall", "accuracy", "loss"]


def tuned(number: int, **facts: Any) -> ModelMetadata:
    """Return a version of a forest with hyperparameters."""
    names = {"model_id": f"m:{number}", "version": number, "algorithm": "Forest"}
    return version(**{**names, **facts})


def test_a_heading_names_the_class_or_average() -> None:
    """If all versions were measured alike, headings of metrics name the class or average."""
    metrics = {"f1_score": 0.9, "log_loss": 0.1}
    items = [tuned(n, metrics=metrics, scoring=OF_PLANET) for n in (1, 2)]
    titles = [column.title for column in columns_of(items, LISTING)]
    assert titles[3:5] == ["f1_score (of planet)", "log_loss"]


def test_versions_measured_differently_have_a_column_for_it() -> None:
    """The headings have only the name, and a column has the class or average of each version."""
    metrics = {"f1_score": 0.9}
    items = [
        tuned(1, metrics=metrics, scoring=OF_PLANET),
        tuned(2, metrics=metrics, scoring=Scoring("binary", "macro")),
        tuned(3, metrics=metrics),
    ]
    columns = columns_of(items, LISTING)[3:5]
    assert [column.title for column in columns] == ["f1_score", "measured"]
    cells = [columns[1].to_text(item) for item in items]
    assert cells == ["of planet", "macro average", None]


def test_a_mixed_list_shows_the_metric_of_each_version() -> None:
    """Classifiers and regressors are listed with their own metric and its name, without dashes."""
    items = [
        version(metrics={"f1_score": 0.9, "accuracy": 0.8}),
        version(model_id="r:2", model_name="r", metrics={"r2": 0.4, "rmse": 53.0}),
        version(model_id="r:3", model_name="r", metrics={"r2": 0.5, "rmse": 51.0}),
    ]
    for where in (LISTING, TERMINAL):
        columns = columns_of(items, where)
        shown = [c for c in columns if c.name not in ("display_id", "aliases", "algorithm")]
        assert [c.name for c in shown] == ["metric", "value", "created_at"]
        rows = [[c.to_text(item) for c in shown[:2]] for item in items]
        assert rows == [["f1_score", 0.9], ["r2", 0.4], ["r2", 0.5]]
    assert names_of(TERMINAL, *items[1:])[1:3] == ["metrics.r2", "metrics.rmse"]


def test_hyperparameters_that_vary_are_columns() -> None:
    """At most three hyperparameters that differ between versions are shown, as they were set."""
    items = [
        tuned(n, hyperparameters={"lr": 10.0**-n, "depth": n % 2 or None, "seed": 0, "n_jobs": n})
        for n in (3, 4, 5)
    ]
    columns = columns_of(items, LISTING)[3:-1]
    assert [column.name for column in columns] == ["hyperparameters.lr", "hyperparameters.depth"]
    assert [c.to_text(items[1]) for c in columns] == ["0.0001", "None"]
    many = [tuned(n, hyperparameters={f"p{i}": n for i in range(9)}) for n in (1, 2)]
    assert len(varied_parameters(many)) == 3


def test_hyperparameters_of_different_models_do_not_vary() -> None:
    """Only versions of one model and algorithm are compared, and most rows must have a value."""
    one, other = tuned(1, hyperparameters={"C": 1}), tuned(2, hyperparameters={"C": 2})
    assert varied_parameters([one, other]) == ["C"]
    assert varied_parameters([one, tuned(2, model_name="n", hyperparameters={"C": 2})]) == []
    assert varied_parameters([one, tuned(2, algorithm="SVC", hyperparameters={"C": 2})]) == []
    assert varied_parameters([one, other, tuned(3), tuned(4)]) == []


def test_a_nested_hyperparameter_has_a_short_title() -> None:
    """The title is the last part of the name, unless two columns end alike."""
    titles = [column.title for column in parameter_columns(["a__C", "b__C", "svc__gamma"])]
    assert titles == ["a__C", "b__C", "gamma"]


def test_aliases_are_badges_in_html() -> None:
    """Each alias is one badge; a version without aliases has no markup."""
    cell = COLUMNS["aliases"].to_html(version(aliases=("a", "b")))
    assert isinstance(cell, Markup)
    assert cell.count("<span") == 2
    assert COLUMNS["aliases"].to_html(version()) is None


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_of_a_column_is_escaped(payload: str) -> None:
    """Text of users is escaped in each cell that is markup."""
    cells = [column.to_html(laden(payload)) for column in COLUMNS.values()]
    markup = [cell for cell in cells if isinstance(cell, Markup)]
    assert markup
    assert [fault for cell in markup for fault in Page(cell).faults] == []


def test_json_has_the_types_of_the_values() -> None:
    """In JSON a timestamp is RFC 3339, aliases are an array and tags an object."""
    full = version(**FULL)
    assert COLUMNS["created_at"].to_json(full) == MADE.isoformat()
    assert COLUMNS["aliases"].to_json(full) == ["best", "champion"]
    assert COLUMNS["tags"].to_json(full) == FULL["tags"]
