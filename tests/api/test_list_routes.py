"""Lists of versions and models: columns, cells, hints, and problems of queries."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from exo_nbregistry.api.list_routes import models, versions
from exo_nbregistry.api.problem import Problem
from exo_nbregistry.registry.facade import ModelRegistry
from tests.api.route_caller import RouteCaller


def column(reply: Any, name: str) -> list[Any]:
    """Return the cells of a column of a reply."""
    place = [found["name"] for found in reply["columns"]].index(name)
    return [item["cells"][place] for item in reply["items"]]


def names(reply: Any) -> list[str]:
    """Return the names of the columns of a reply."""
    return [found["name"] for found in reply["columns"]]


def problem(caller: RouteCaller, call: Any, **query: Any) -> dict[str, Any]:
    """Return the reply to an invalid query."""
    with pytest.raises(Problem) as caught:
        caller.get(call, **query)
    return caught.value.reply()


def test_a_cell_has_text_value_and_exact_title(
    caller: RouteCaller, registry: ModelRegistry
) -> None:
    """A metric is a formatted text with the value behind it; a missing one is null."""
    registry.register_model({}, "kepler", evaluation_results={"f1_score": 2 / 3})
    reply = caller.get(
        versions, order_by="-version", column=["metrics.f1_score", "metrics.accuracy"]
    )
    assert column(reply, "metrics.f1_score")[0] == {
        "value": 2 / 3,
        "text": "0.6667",
        "title": repr(2 / 3),
    }
    assert column(reply, "metrics.accuracy")[0] is None


def test_decimals_of_a_column_are_aligned(caller: RouteCaller, registry: ModelRegistry) -> None:
    """All numbers of a column have the same number of decimals."""
    for value in (61353.9097, 3.33):
        registry.register_model({}, "prices", evaluation_results={"mae": value})
    reply = caller.get(versions, name="prices", column="metrics.mae", order_by="version")
    assert [cell["text"] for cell in column(reply, "metrics.mae")] == ["61353.9", "3.3"]


def test_the_sorted_column_is_beside_the_name(caller: RouteCaller) -> None:
    """A sorted field is the first column and is marked as sorted, also if it was not chosen."""
    for query in ({}, {"column": ["aliases"]}):
        reply = caller.get(versions, order_by="-metrics.accuracy", **query)
        assert names(reply)[0] == "metrics.accuracy"
        assert reply["columns"][0]["sorted"] == "descending"
        assert [found["sorted"] for found in reply["columns"][1:]] == [None] * (
            len(names(reply)) - 1
        )


def test_few_columns_are_chosen(caller: RouteCaller, registry: ModelRegistry) -> None:
    """By default there are at most three metrics and one hyperparameter."""
    measured = {f"m{n}": 0.5 for n in range(6)} | {"f1_score": 0.5}
    for n in range(3):
        registry.register_model(
            {}, "grid", hyperparameters={"C": n, "gamma": n / 2}, evaluation_results=measured
        )
    found = names(caller.get(versions, name="grid"))
    assert [name for name in found if name.startswith("hyperparameters.")] == ["hyperparameters.C"]
    assert sum(name.startswith("metrics.") for name in found) == 3
    assert "metrics.f1_score" in found


def test_an_unknown_column_is_a_400(caller: RouteCaller) -> None:
    """A column that does not exist is named, with the columns that do."""
    reply = problem(caller, versions, column="nonsense")
    assert reply["reason"] == "invalid_query"
    assert "Unknown column 'nonsense'" in reply["message"]


def test_a_long_algorithm_is_shortened(caller: RouteCaller, registry: ModelRegistry) -> None:
    """A long algorithm loses its ending; the whole name is the tooltip."""
    registry.register_model({}, "boosted", algorithm="HistGradientBoostingClassifier")
    reply = caller.get(versions, name="boosted", column="algorithm")
    (cell,) = column(reply, "algorithm")
    assert cell == {
        "value": None,
        "text": "HistGradientBoosting",
        "title": "HistGradientBoostingClassifier",
    }


def test_a_new_version_has_a_relative_time(
    caller: RouteCaller, root: Path, registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within a day the time is relative to the clock of the registry, and the title is exact."""
    made = registry["kepler:3"].created_at
    status = ModelRegistry.status

    def later(self: ModelRegistry) -> Any:
        found = status(self)
        object.__setattr__(found, "now", made + timedelta(minutes=3, seconds=5))
        return found

    monkeypatch.setattr(ModelRegistry, "status", later)
    reply = caller.get(versions, order_by="-version", column="created_at")
    created = {"text": "3 min ago", "title": f"{made.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"}
    assert reply["items"][0]["created"] == created
    assert column(reply, "created_at")[0] == {"value": None, **created}
    (model,) = caller.get(models)["items"]
    assert model["registered"] == created


def test_an_item_has_its_main_metric(caller: RouteCaller) -> None:
    """The metric by which a version is shown has a name, a title, a text and a value."""
    item = caller.get(versions, order_by="version")["items"][0]
    assert item["main_metric"] == {
        "name": "f1_score",
        "title": "f1_score",
        "text": "0.2500",
        "value": 0.25,
    }


def test_a_trend_is_sent_on_request(caller: RouteCaller) -> None:
    """Only the column trend asks for the metric over all versions."""
    assert caller.get(versions)["items"][0]["trend"] == []
    reply = caller.get(versions, column="trend", limit="1")
    assert reply["items"][0]["trend"] == [[1, 0.25], [2, 0.5], [3, 0.75]]


def test_children_are_folded_on_request(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Folded children are a number in the row of their parent."""
    for n in range(4):
        registry.register_model({"n": n}, "trial", parent="kepler:1")
    registry.register_model({"n": 5}, "trial")
    whole = caller.get(versions)["total"]
    folded = caller.get(versions, fold_children="true", order_by="version", name="kepler")
    assert caller.get(versions, fold_children="true")["total"] == whole - 4
    assert [item["n_children"] for item in folded["items"]] == [4, 0, 0]


def test_a_deleted_version_is_marked(caller: RouteCaller, registry: ModelRegistry) -> None:
    """A deleted version is marked, and its model counts it if it is included."""
    registry.delete_model("kepler:1")
    reply = caller.get(versions, include_deleted="true", order_by="version")
    assert [item["is_deleted"] for item in reply["items"]] == [True, False, False]
    (model,) = caller.get(models, include_deleted="true")["items"]
    assert (model["versions"], model["n_deleted"]) == (2, 1)


def test_a_misspelled_metric_is_a_hint(caller: RouteCaller) -> None:
    """A filter on a metric that no version has matches nothing, and a hint names the metric."""
    for call, name in ((versions, "where"), (models, "q")):
        reply = caller.get(call, **{name: "metrics.f1_scor > 0.1"})
        assert reply["total"] == 0
        (hint,) = reply["hints"]
        assert hint == {
            "text": "No version has metrics.f1_scor. Did you mean metrics.f1_score?",
            "field": "metrics.f1_scor",
            "suggestions": ["metrics.f1_score"],
        }
        assert reply["message"].startswith("No matching")
    assert caller.get(versions, where="metrics.f1_score > 0.1")["hints"] == []


def test_a_misspelled_sort_field_is_a_hint(caller: RouteCaller) -> None:
    """A sort field that no version has is named although versions are listed."""
    reply = caller.get(versions, order_by="-metrics.acuracy")
    assert reply["total"] == 3
    assert [hint["suggestions"] for hint in reply["hints"]] == [["metrics.accuracy"]]


def test_suggestions_are_written_as_in_a_filter(
    caller: RouteCaller, registry: ModelRegistry
) -> None:
    """A suggested name that is not an identifier is quoted, so that it can replace the field."""
    registry.register_model({}, "kepler", evaluation_results={"recall at 5": 0.5})
    (hint,) = caller.get(versions, where="metrics['recal at 5'] > 0.1")["hints"]
    assert (hint["field"], hint["suggestions"]) == (
        "metrics['recal at 5']",
        ["metrics['recall at 5']"],
    )


def test_an_unknown_field_has_suggestions(caller: RouteCaller, registry: ModelRegistry) -> None:
    """A bare name of a metric of the registry suggests the field of that metric."""
    registry.register_model({}, "kepler", evaluation_results={"sharpness": 0.5})
    for call, name in ((versions, "where"), (models, "q")):
        reply = problem(caller, call, **{name: "sharpness > 0.1"})
        assert reply["suggestions"] == ["metrics.sharpness"]
        assert (reply["hint"], reply["position"]) == ("Did you mean metrics.sharpness?", 0)
    assert problem(caller, versions, where="versoin > 1")["suggestions"] == ["version"]


def test_words_and_a_filter_are_combined(caller: RouteCaller, registry: ModelRegistry) -> None:
    """Words before a filter are searched too, and an error keeps its position."""
    registry.register_model({}, "other", evaluation_results={"f1_score": 0.9})
    for text in ("kepler metrics.f1_score > 0.4", "kepler and metrics.f1_score > 0.4"):
        reply = caller.get(versions, where=text, order_by="version")
        assert [item["model_id"] for item in reply["items"]] == ["kepler:2", "kepler:3"]
    text = "kepler metrics.f1_score > 0.4 and rank < 3"
    reply = problem(caller, versions, where=text)
    assert (reply["text"], reply["position"]) == (text, text.index("rank"))


def test_models_of_one_name(caller: RouteCaller, registry: ModelRegistry) -> None:
    """The models can be restricted to one name, together with a search."""
    registry.register_model({}, "other")
    assert [m["name"] for m in caller.get(models, name="other")["items"]] == ["other"]
    assert caller.get(models, name="other", q="kepler")["total"] == 0


@pytest.fixture
def empty(root: Path) -> RouteCaller:
    """Return a caller with an empty registry."""
    ModelRegistry(root / "models" / "registry", durable=False, create=True)
    return RouteCaller(root)


def test_an_empty_registry_says_how_to_begin(empty: RouteCaller) -> None:
    """Without versions, the message has the call that registers the first model."""
    for call in (versions, models):
        reply = empty.get(call)
        assert (reply["total"], reply["items"]) == (0, [])
        assert "registry.register_model(" in reply["message"]


def test_deleted_versions_are_not_called_missing(
    caller: RouteCaller, registry: ModelRegistry
) -> None:
    """If all versions are deleted, the message states it instead of how to register the first."""
    for number in (1, 2, 3):
        registry.delete_model(f"kepler:{number}")
    expected = "All versions are deleted. Show deleted versions to list them."
    assert [caller.get(call)["message"] for call in (versions, models)] == [expected] * 2
    of_model = caller.get(versions, name="kepler")["message"]
    assert of_model == "All versions of kepler are deleted. Show deleted versions to list them."


def test_the_sorted_column_of_models_is_marked(caller: RouteCaller) -> None:
    """The sorted column of models is marked."""
    reply = caller.get(models, order_by="-versions")
    found = {found["name"]: found["sorted"] for found in reply["columns"]}
    assert found["n_versions"] == "descending"
    reply = caller.get(models, order_by="metric", metric="accuracy")
    found = {found["name"]: found["sorted"] for found in reply["columns"]}
    assert found["metric"] == "ascending"


def test_a_column_says_whether_versions_can_be_sorted_by_it(caller: RouteCaller) -> None:
    """Aliases and the main metric cannot be sorted by; a metric and the time can."""
    chosen = ["aliases", "metric", "metrics.f1_score", "created_at"]
    reply = caller.get(versions, column=chosen)
    assert {found["name"]: found["sortable"] for found in reply["columns"]} == {
        "aliases": False,
        "metric": False,
        "metrics.f1_score": True,
        "created_at": True,
    }
