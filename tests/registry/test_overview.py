"""The listing of models: filters, order, pages and metric series."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.dummy import DummyClassifier

from exo_nbregistry.errors import QueryError
from exo_nbregistry.index.model_queries import SERIES_LENGTH
from exo_nbregistry.registry.facade import ModelRegistry


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with four models, one of them without active versions."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for name, scores in {"rf": (0.5, 0.9, 0.7), "svm": (0.8,), "deleted": (1.0,)}.items():
        for score in scores:
            registry.register_model({}, name, evaluation_results={"f1_score": score, "auc": 0.5})
    registry.register_model({}, "bare", algorithm="Rule")
    registry.delete_model("deleted:1")
    registry.set_alias("rf", "champion", 2)
    registry.set_alias("rf", "baseline", 1)
    return registry


def names(registry: ModelRegistry, **arguments: object) -> list[str]:
    """Return the names of the listed models, in order."""
    return [model.model_name for model in registry.list_model_names(**arguments)]  # type: ignore[arg-type]


def test_a_line_summarizes_all_versions(registry: ModelRegistry) -> None:
    """A line has the latest version, the number of versions, the aliases and the series."""
    model = registry.list_model_names("name == 'rf'")[0]
    assert (model.latest_id, model.n_versions) == ("rf:3", 3)
    assert dict(model.aliases) == {"baseline": 1, "champion": 2}
    assert (model.metric, model.value) == ("f1_score", 0.7)
    assert model.series == ((1, 0.5), (2, 0.9), (3, 0.7))
    assert model.registered_at == registry["rf:3"].created_at


def test_a_model_without_metrics_is_listed(registry: ModelRegistry) -> None:
    """A model without metrics is listed without a metric and a value."""
    bare = registry.list_model_names("name == 'bare'")[0]
    assert (bare.metric, bare.value, bare.series, bare.algorithm) == (None, None, (), "Rule")
    registry.register_model({"new": 1}, "svm")
    svm = registry.list_model_names("name == 'svm'", metric="f1_score")[0]
    assert (svm.series, svm.value) == (((1, 0.8),), None)


def test_lines_are_sorted_by_the_latest_version(registry: ModelRegistry) -> None:
    """Models are sorted by a field of the latest version; missing values come last."""
    assert names(registry) == ["bare", "rf", "svm"]
    assert names(registry, order_by="-metrics.f1_score") == ["svm", "rf", "bare"]
    assert names(registry, order_by=["-n_versions", "-name"]) == ["rf", "svm", "bare"]
    assert names(registry, order_by="-created_at") == ["bare", "svm", "rf"]


def test_a_filter_finds_models_by_any_version(registry: ModelRegistry) -> None:
    """A model is listed if any of its versions matches the filter."""
    found = registry.list_model_names("metrics.f1_score == 0.9")
    assert [(model.model_name, model.n_versions) for model in found] == [("rf", 3)]
    assert names(registry, where="metrics.f1_score > 2") == []


def test_a_page_has_the_total(registry: ModelRegistry) -> None:
    """The total counts all matching models, for any page."""
    page = registry.list_model_names(limit=1, offset=1)
    assert ([model.model_name for model in page], page.total) == (["rf"], 3)
    assert registry.list_model_names(offset=9).total == 3
    assert registry.list_model_names(limit=0).total == 3


def test_deleted_versions_count_on_request(registry: ModelRegistry) -> None:
    """Deleted versions are included with include_deleted=True only."""
    registry.delete_model("rf:3")
    assert registry.list_model_names("name == 'rf'")[0].latest_version == 2
    assert names(registry, include_deleted=True) == ["bare", "deleted", "rf", "svm"]
    every = registry.list_model_names("name == 'rf'", include_deleted=True)[0]
    assert (every.latest_version, len(every.series)) == (3, 3)
    assert (every.n_versions, every.n_deleted) == (2, 1)
    assert "2, 1 deleted" in repr(registry.list_model_names(include_deleted=True))
    assert names(registry, include_deleted=True, order_by="-n_versions")[0] == "rf"


def test_a_series_has_a_maximum_length(registry: ModelRegistry) -> None:
    """A series has the last versions only, and accepts any spelling of the name."""
    for value in range(SERIES_LENGTH):
        registry.register_model({"n": value}, "rf", evaluation_results={"f1_score": value / 100})
    series = registry.metric_series({"RF": "f1_score", "svm": "auc", "none": "auc"})
    assert [number for number, _ in series["RF"]] == list(range(4, SERIES_LENGTH + 4))
    assert series["svm"] == ((1, 0.5),)
    assert series["none"] == ()
    assert registry.metric_series({}) == {}


def test_a_model_with_a_damaged_record_is_listed(registry: ModelRegistry) -> None:
    """A model with a damaged latest record is listed without a metric."""
    assert registry.list_model_names().total == 3
    path = next(Path(registry.location).rglob("svm/versions/v000001.json"))
    stamp = path.parent.stat()
    path.write_bytes(b"{}")
    import os

    os.utime(path.parent, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    found = {model.model_name: model.metric for model in registry.list_model_names()}
    assert found == {"bare": None, "rf": "f1_score", "svm": None}


@pytest.mark.parametrize(
    "arguments",
    [
        {"where": "metrics.f1 >"},
        {"where": 1},
        {"order_by": "nothing"},
        {"order_by": 3},
        {"metric": 3},
        {"limit": -1},
        {"offset": "2"},
    ],
)
def test_an_invalid_argument_is_rejected(
    registry: ModelRegistry, arguments: dict[str, object]
) -> None:
    """An invalid filter, order, metric, limit or offset raises a QueryError."""
    with pytest.raises(QueryError):
        registry.list_model_names(**arguments)  # type: ignore[arg-type]


def test_a_misspelled_metric_is_logged(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A metric that no version has is logged with a close name."""
    registry.list_model_names("metrics.f1_scor > 2")
    assert "did you mean metrics.f1_score" in caplog.text
    caplog.clear()
    registry.list_model_names(order_by="metrics.f1_scor")
    assert "did you mean metrics.f1_score" in caplog.text


def test_the_metric_of_a_model_names_its_class(tmp_path: Path) -> None:
    """The metric of the latest version is shown with the class or average."""
    registry = ModelRegistry(tmp_path / "classes", durable=False)
    model = DummyClassifier().fit([[0], [1]], ["dust", "planet"])
    registry.register_model(
        model, "m", X_test=[[0], [1]], y_test=["dust", "planet"], pos_label="dust"
    )
    (summary,) = registry.list_model_names()
    assert (summary.metric, summary.scoring) == ("f1_score", "of dust")
    assert "f1_score (of dust)" in repr(registry.list_model_names())
    assert registry.list_model_names(metric="log_loss")[0].metric_title == "log_loss"
