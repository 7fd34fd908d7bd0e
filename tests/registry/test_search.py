"""Listing, searching and ranking through the registry's face."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from exo_nbregistry.errors import ModelNotFoundError, NotFoundError, QueryError, RegistryError
from exo_nbregistry.registry.facade import ModelRegistry


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with three versions of toy and two of other."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for name, scores in {"toy": (0.5, 0.9, 0.7), "other": (0.9, math.nan)}.items():
        for number, score in enumerate(scores, 1):
            results = {"f1_score": score, "log_loss": score, "rows": number}
            registry.register_model({}, name, evaluation_results=results)
    return registry


def test_a_page_has_the_total(registry: ModelRegistry) -> None:
    """The total counts all matching versions, for any page."""
    page = registry.list_models("toy", order_by="version", limit=1, offset=1)
    assert (page.ids, page.total) == (("toy:2",), 3)
    assert registry.list_models("toy", offset=9).total == 3
    assert registry.list_models("toy", limit=0).ids == ()


def test_a_model_must_exist(registry: ModelRegistry) -> None:
    """Names ignore case, and the error about an unknown model suggests close names."""
    assert registry.list_models("TOY").total == 3
    for call in (registry.list_models, registry.history, _best_of(registry)):
        with pytest.raises(ModelNotFoundError, match="toy"):
            call("toi")
    empty = ModelRegistry(registry.location + "2", create=True)
    assert empty.list_models().total == 0


def _best_of(registry: ModelRegistry) -> Any:
    return lambda name: registry.get_best_model("f1_score", name)


def test_deleted_versions_are_listed_on_request(registry: ModelRegistry) -> None:
    """Deleted versions are listed with include_deleted=True only, and are never the best."""
    registry.delete_model("toy:2")
    registry.purge_model("toy:3")
    assert registry.list_models("toy").ids == ("toy:1",)
    assert registry.best_version("f1_score", "toy").version == 1
    every = registry.list_models("toy", include_deleted=True, order_by="version")
    assert [item.status for item in every] == ["active", "deleted", "purged"]
    assert every.total == 3


def test_changes_by_another_kernel_are_listed(registry: ModelRegistry) -> None:
    """Each list includes all previous changes by another kernel."""
    assert registry.list_models("toy").total == 3
    other = ModelRegistry(registry.location, durable=False)
    for value in range(3):
        other.register_model({"value": value}, "toy")
        assert registry.list_models("toy").total == 4 + value
        other.tag_model(f"toy:{4 + value}", "new")
        assert registry.list_models(where="'new' in tags").total == 1 + value
        other.set_alias("toy", "champion", 4 + value)
        assert registry.list_models(where="'champion' in aliases").ids == (f"toy:{4 + value}",)


def test_the_index_can_be_removed(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A new index in another cache folder gives the same results."""
    before = registry.list_models(order_by=["-metrics.f1_score", "version"])
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(tmp_path / "cache"))
    again = ModelRegistry(registry.location).list_models(order_by=["-metrics.f1_score", "version"])
    assert list(again) == list(before)
    assert len(again) == 5


def test_a_listed_version_equals_its_metadata(registry: ModelRegistry) -> None:
    """list_models, best_version and get_metadata return equal metadata."""
    registry.tag_model("toy:2", team="vetting")
    registry.annotate("toy:2", "good")
    registry.set_alias("toy", "champion", 2)
    metadata = registry.get_metadata("toy:2")
    assert registry.list_models(where="'champion' in aliases")[0] == metadata
    assert registry.best_version("f1_score", "toy") == metadata


@pytest.mark.parametrize(
    ("arguments", "best"),
    [
        ({"metric": "f1_score"}, "other:1"),
        ({"metric": "f1_score", "model_name": "toy"}, "toy:2"),
        ({"metric": "f1_score", "where": "metrics.rows > 2"}, "toy:3"),
        ({"metric": "log_loss"}, "toy:1"),
        ({"metric": "f1_score", "higher_is_better": False}, "toy:1"),
        ({"metric": "rows", "higher_is_better": True, "model_name": "other"}, "other:2"),
    ],
    ids=str,
)
def test_the_best_version_matches_all_criteria(
    registry: ModelRegistry, arguments: dict[str, Any], best: str
) -> None:
    """The best version matches name, filter and direction; NaN is ignored."""
    assert registry.best_version(**arguments).model_id == best
    assert registry.get_best_model(**arguments)[1].model_id == best


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"metric": "rows"}, RegistryError, "higher_is_better"),
        ({"higher_is_better": "lower"}, RegistryError, "must be True or False, got 'lower'"),
        ({"higher_is_better": np.ones(2)}, RegistryError, "must be True or False"),
        ({"metric": "f1_scor", "higher_is_better": None}, NotFoundError, "f1_score"),
        ({"metric": "to"}, NotFoundError, r"Did you mean .*toy"),
        ({"metric": "accuracy"}, NotFoundError, "No matching version has the metric 'accuracy'"),
        ({"metric": "accuracy", "model_name": "toy"}, NotFoundError, "of toy"),
        (
            {"metric": "f1_score", "where": "metrics.f1_score > 1"},
            NotFoundError,
            "No matching version",
        ),
        ({"metric": "f1_score", "where": "metrics.f1_score >"}, QueryError, r"\^"),
    ],
    ids=str,
)
def test_each_reason_for_no_best_version_has_its_error(
    registry: ModelRegistry, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    """An unknown direction, an unknown metric and an invalid filter have different errors."""
    with pytest.raises(error, match=message):
        registry.best_version(**arguments)


def test_an_invalid_filter_has_a_position(registry: ModelRegistry) -> None:
    """The error about an invalid filter has its text and the position."""
    with pytest.raises(QueryError) as caught:
        registry.list_models(where="version > 1 and frobnicate(2)")
    assert caught.value.text[caught.value.position :].startswith("frobnicate")


def test_a_damaged_version_is_omitted_and_logged(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A damaged version is omitted from the list and logged."""
    Path(registry.location, "models/toy/versions/v000002.json").write_bytes(b"{")
    listed = ModelRegistry(registry.location).list_models("toy")
    assert set(listed.ids) == {"toy:1", "toy:3"}
    assert "toy:2 is omitted" in caplog.text


def test_the_history_is_in_order(registry: ModelRegistry) -> None:
    """The history has registrations, then events, each with author, time and signer."""
    registry.set_alias("toy", "champion", 2)
    registry.tag_model("toy:2", score=(1, math.inf))
    registry.annotate("toy:2", "good")
    events = registry.history("Toy")
    assert [event["action"] for event in events] == ["register"] * 3 + ["alias", "tag", "note"]
    assert [event["version"] for event in events] == [1, 2, 3, 2, 2, 2]
    assert events[4]["tags"] == {"score": (1, math.inf)}
    assert len({event["signer"] for event in events}) == 1
    assert all(event["at"].tzinfo and event["actor"] for event in events)


def test_the_history_of_a_version(registry: ModelRegistry) -> None:
    """The history of a version has its events and the moves of aliases to it and from it."""
    registry.set_alias("toy", "champion", 1)
    registry.set_alias("toy", "champion", 2)
    registry.set_alias("toy", "other", 2)
    registry.tag_model("toy:1", "reviewed")
    registry.set_alias("toy", "champion", 3)
    registry.remove_alias("toy", "other")
    histories = [
        [
            (event["action"], event.get("version"))
            for event in registry.history("toy", version=number)
        ]
        for number in (1, 2)
    ]
    assert histories[0] == [("register", 1), ("alias", 1), ("alias", 2), ("tag", 1)]
    assert [action for action, _ in histories[1]] == [
        "register",
        "alias",
        "alias",
        "alias",
        "unalias",
    ]
    with pytest.raises(NotFoundError, match="no version 9"):
        registry.history("toy", version=9)


def test_the_index_is_opened_on_first_use(registry: ModelRegistry) -> None:
    """Loading does not open the index; listing opens it."""
    fresh = ModelRegistry(registry.location)
    fresh.load_model("toy:1")
    assert "index" not in vars(fresh._workspace)
    fresh.list_models()
    assert "index" in vars(fresh._workspace)


@pytest.mark.parametrize(
    "arguments",
    [
        {"limit": -1},
        {"limit": "3"},
        {"limit": 2.0},
        {"limit": True},
        {"offset": -1},
        {"offset": None},
        {"where": 3},
        {"where": ["version > 1"]},
        {"order_by": 3},
        {"order_by": [3]},
    ],
    ids=str,
)
def test_an_invalid_argument_is_rejected(
    registry: ModelRegistry, arguments: dict[str, Any]
) -> None:
    """The error about an invalid argument has its name and value."""
    (name,) = arguments
    with pytest.raises(QueryError, match=f"^{name} must be .*, got "):
        registry.list_models(**arguments)


def test_any_integer_is_a_limit_or_offset(registry: ModelRegistry) -> None:
    """NumPy integers and integers above the limit of SQLite are accepted."""
    assert len(registry.list_models("toy", limit=np.int64(2))) == 2
    assert len(registry.list_models("toy", limit=10**30)) == 3
    assert len(registry.list_models("toy", offset=10**30)) == 0


def test_a_metric_must_be_text(registry: ModelRegistry) -> None:
    """A metric that is not text raises an error."""
    with pytest.raises(QueryError, match="metric must be text"):
        registry.best_version(7)  # type: ignore[arg-type]


def test_a_short_metric_name_has_a_suggestion(registry: ModelRegistry) -> None:
    """The error about f1 suggests f1_score."""
    with pytest.raises(NotFoundError, match="Did you mean f1_score"):
        registry.best_version("f1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"where": "metrics.f1 > 0.5"}, "metrics.f1: did you mean metrics.f1_score?"),
        ({"order_by": "-metrics.f1"}, "metrics.f1: did you mean metrics.f1_score?"),
        ({"where": "metrics.f1_score > 2"}, ""),
        ({"where": "metrics.f1 > 0.5 or metrics.f1_score > 0"}, ""),
        ({"order_by": "-metrics.f1_score"}, ""),
    ],
    ids=str,
)
def test_a_misspelled_metric_is_logged(
    registry: ModelRegistry,
    caplog: pytest.LogCaptureFixture,
    arguments: dict[str, str],
    message: str,
) -> None:
    """A metric that no version has is logged, unless the filter finds versions."""
    registry.list_models(**arguments)
    assert message in caplog.text
    assert bool(message) == bool(caplog.text)


@pytest.fixture
def mixed(tmp_path: Path) -> ModelRegistry:
    """Return a registry with classifiers, regressors, and an infinite and a custom metric."""
    registry = ModelRegistry(tmp_path / "mixed", durable=False)
    for f1 in (0.7, 0.9):
        registry.register_model({"f1": f1}, "finder", evaluation_results={"f1_score": f1})
    for r2 in (0.5, 0.3, math.inf):
        metrics = {"r2": r2, "rmse": 1 - r2, "mae": 0.1}
        registry.register_model({"r2": r2}, "radius", evaluation_results=metrics)
    registry.register_model({}, "sharp", evaluation_results={"sharpness": 1.0})
    return registry


@pytest.mark.parametrize(
    ("arguments", "best"),
    [
        ({"model_name": "radius"}, "radius:1"),
        ({"model_name": "finder"}, "finder:2"),
        ({"metric": "radius"}, "radius:1"),
        ({"metric": "Finder"}, "finder:2"),
        ({"where": "metrics.mae > 0"}, "radius:1"),
        ({"metric": "sharp", "higher_is_better": True}, "sharp:1"),
    ],
    ids=str,
)
def test_the_default_metric_follows_the_model(
    mixed: ModelRegistry, arguments: dict[str, Any], best: str
) -> None:
    """Without a metric, classifiers are ranked by f1_score and regressors by r2."""
    assert mixed.best_version(**arguments).model_id == best
    assert mixed.get_best_model(**arguments)[1].model_id == best


@pytest.mark.parametrize(
    ("names", "options"),
    [
        (("radius",), {"metric": "rmse"}),
        (("rmse", "radius"), {}),
        (("radius", "rmse"), {}),
        (("rmse",), {"model_name": "radius"}),
        ((), {"metric": "rmse", "model_name": "radius"}),
    ],
    ids=str,
)
def test_metric_and_model_are_passed_in_any_form(
    mixed: ModelRegistry, names: tuple[str, ...], options: dict[str, str]
) -> None:
    """The name of the model can be the first argument."""
    assert mixed.best_version(*names, **options).model_id == "radius:1"
    assert mixed.get_best_model(*names, **options)[1].model_id == "radius:1"


def test_three_names_are_one_too_many(mixed: ModelRegistry) -> None:
    """A second metric is rejected with the call that is meant."""
    with pytest.raises(RegistryError, match="'r2' is one name too many; pass model_name='radius'"):
        mixed.best_version("r2", "radius", metric="rmse")


def test_different_default_metrics_are_not_ranked(mixed: ModelRegistry) -> None:
    """Without a metric, classifiers and regressors together raise an error with the choices."""
    with pytest.raises(RegistryError, match=r"f1_score \(2 versions\) and r2 \(3") as caught:
        mixed.get_best_model()
    assert "metric='f1_score' or metric='r2', or model_name=" in str(caught.value)
    assert mixed.get_best_model("r2")[1].model_id == "radius:1"


def test_an_infinite_metric_is_never_the_best(mixed: ModelRegistry) -> None:
    """An infinite value does not win, in either direction."""
    assert mixed.best_version("r2").model_id == "radius:1"
    assert mixed.best_version("rmse", "radius").model_id == "radius:1"
    with pytest.raises(NotFoundError, match="finite value"):
        mixed.best_version("r2", where="metrics.r2 > 1")


def test_a_metric_takes_precedence_over_a_model_name(mixed: ModelRegistry) -> None:
    """Text that names both a metric and a model is the metric."""
    mixed.register_model({"m": 1}, "sharpness", evaluation_results={"accuracy": 0.5})
    best = mixed.best_version("sharpness", higher_is_better=True)
    assert best.model_id == "sharp:1"


def test_versions_without_a_metric_have_no_best(mixed: ModelRegistry) -> None:
    """A model without any metric raises an error with the arguments that add one."""
    mixed.register_model({"bare": 1}, "bare")
    with pytest.raises(NotFoundError, match="of bare has a metric; register with"):
        mixed.get_best_model("bare")


def test_different_scorings_are_ranked_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The warning has one sentence with the difference and the filter that separates them."""
    registry = ModelRegistry(tmp_path / "unlike", durable=False)
    truth = np.array(["dust", "dust", "dust", "planet"])
    model = DummyClassifier(strategy="constant", constant="dust").fit(truth[:, None], truth)
    data: dict[str, Any] = {"X_test": truth[:, None], "y_test": truth}
    registry.register_model(model, "m", **data, pos_label="planet")
    registry.register_model(model, "m", **data, pos_label="dust")
    assert registry.best_version("m").version == 2
    (record,) = caplog.records
    assert "f1_score was measured differently: of " in record.getMessage()
    caplog.clear()
    for where in ("scoring.pos_label == 'planet'", "scoring.pos_label == 'dust'"):
        registry.best_version("m", where=where)
    registry.best_version("recall.dust")
    assert caplog.records == []


def test_metrics_of_a_class_are_metrics(tmp_path: Path) -> None:
    """They can be filtered, sorted, ranked and plotted by name, as well as averages."""
    registry = ModelRegistry(tmp_path / "classes", durable=False)
    truth = np.array(["dust", "dust", "planet"])
    for label in ("dust", "planet"):
        model = DummyClassifier(strategy="constant", constant=label).fit(truth[:, None], truth)
        registry.register_model(model, "m", X_test=truth[:, None], y_test=truth)
    found = registry.list_models(where="metrics['recall.planet'] > 0.9")
    assert found.ids == ("m:2",)
    by_recall = registry.list_models(order_by="-metrics['recall.planet']")
    assert by_recall.ids == ("m:2", "m:1")
    assert registry.list_models(where="metrics.f1_macro < 0.3").ids == ("m:2",)
    assert registry.best_version("recall.planet").version == 2
    assert registry.best_version("f1_macro").version == 1
    drawn = registry.plot("metric", "m", metric="recall.planet")
    assert [row[1] for row in drawn.rows] == [1.0, 0.0]
    assert registry.compare_models(model_name="m").differences["metrics"]["recall.planet"]
    assert {"recall.planet", "f1_macro"} <= set(registry.list_fields()["metrics"])
    panel = registry.browse(columns=["metrics.recall.planet"])
    assert "recall.planet" in panel.static_text()


def test_every_call_with_a_filter_accepts_words(registry: ModelRegistry) -> None:
    """Lists, the best version, its metric and plots read the same words before an expression."""
    where = "toy metrics.f1_score > 0"
    ids = registry.list_models(where=where).ids
    assert ids
    assert {version.partition(":")[0] for version in ids} == {"toy"}
    assert [model.model_name for model in registry.list_model_names(where)] == ["toy"]
    assert registry.best_version(where=where).model_id in ids
    assert registry.default_metric(where=where) == "f1_score"
    assert {row[0].split()[0] for row in registry.plot("metric", where=where).rows} == {*ids}
