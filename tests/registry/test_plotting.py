"""registry.plot: plots of versions by reference, by name and by filter."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Annotation
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier

from exo_nbregistry.errors import (
    InvalidReferenceError,
    ModelNotFoundError,
    NotFoundError,
    QueryError,
    RegistryError,
)
from exo_nbregistry.plot.kinds import KINDS, plot_kinds
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.retrieval import Retrieval
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.text.markup import number
from tests.plot.builders import legend, line

CHANCE = np.random.default_rng(0)
X = CHANCE.normal(size=(120, 3))
Y = (X[:, 0] + CHANCE.normal(size=120) > 0).astype(int)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a registry that the tests of this module share."""
    return tmp_path_factory.mktemp("plots") / "registry"


@pytest.fixture
def registry(folder: Path) -> ModelRegistry:
    """Return a registry with kepler_rf:1 to 3, bare:1 without test data, neighbours:1, radius:1."""
    found = ModelRegistry(
        folder,
        durable=False,
        keyring=Keyring(folder.parent / "keys"),
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )
    if "kepler_rf" not in found:
        for C in (0.001, 0.1, 10.0):
            _register(found, LogisticRegression(C=C), "kepler_rf")
        found.register_model(LogisticRegression().fit(X, Y), "bare")
        _register(found, KNeighborsClassifier(), "neighbours")
        found.set_alias("kepler_rf", "champion", 2)
        found.add_metrics("kepler_rf:2", {"f1_score": 0.75}, at="2026-11-30", on="production")
        found.register_model(Ridge().fit(X, X[:, 0]), "radius", X_test=X, y_test=X[:, 0])
    return found


def _register(registry: ModelRegistry, model: Any, name: str) -> str:
    trials = {"metric": "roc_auc", "trials": [{"params": {"C": 1}, "mean": 0.9, "rows": 60}]}
    return registry.register_model(
        model.fit(X[:60], Y[:60]),
        name,
        X=X[:60],
        y=Y[:60],
        X_test=X[60:],
        y_test=Y[60:],
        trials=trials,
        curves={"valid auc": [0.7, 0.9], "train auc": [0.8, 0.99]},
    )


def subject(kind: str) -> str:
    """Return a model that has the data for a kind of plot."""
    return "radius" if "regressor" in KINDS[kind].hint else "kepler_rf"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_figure_and_text(registry: ModelRegistry, kind: str) -> None:
    """Each kind of plot has a figure and text."""
    plot = registry.plot(kind, model_name=subject(kind))
    assert plot.kind == kind
    assert plot.to_png().startswith(b"\x89PNG")
    assert subject(kind) in repr(plot) or kind in ("importances", "trials")
    assert not plot.to_frame().empty


def test_the_area_is_the_registered_metric(registry: ModelRegistry) -> None:
    """The area in the legend of a curve equals the registered metric."""
    for kind, metric in (("roc", "roc_auc"), ("precision_recall", "average_precision")):
        plot = registry.plot(kind, ["kepler_rf:1", "kepler_rf@champion"])
        expected = [registry[f"kepler_rf:{i}"].metrics[metric] for i in (1, 2)]
        assert [row[1] for row in plot.rows] == pytest.approx(expected)
        assert legend(plot.figure)[:2] == [
            f"kepler_rf:1, area {number(expected[0])}",
            f"kepler_rf:2 (champion), area {number(expected[1])}",
        ]


def test_the_confusion_matrix_is_the_registered_one(registry: ModelRegistry) -> None:
    """The plotted confusion matrix equals the registered matrix."""
    plot = registry.plot("confusion_matrix", "kepler_rf:1")
    cells = np.array([row[2:] for row in plot.rows])
    assert cells.tolist() == registry["kepler_rf:1"].additional_metrics["confusion_matrix"]


@pytest.mark.parametrize(
    "arguments", [{"refs": "kepler_rf"}, {"refs": ["kepler_rf"]}, {"model_name": "Kepler_RF"}]
)
def test_a_name_means_all_versions_of_a_metric_plot(
    registry: ModelRegistry, arguments: dict[str, Any]
) -> None:
    """In a metric plot, a name means all versions, and aliases are marked."""
    plot = registry.plot("metric", **arguments)
    assert list(line(plot.figure, "kepler_rf").get_xdata()) == [1, 2, 3]
    marks = [one for one in plot.figure.axes[0].texts if isinstance(one, Annotation)]
    value = registry["kepler_rf:2"].f1_score
    assert [(one.get_text(), one.xy) for one in marks] == [("champion", (2, value))]


def test_a_name_means_the_latest_version_in_other_plots(registry: ModelRegistry) -> None:
    """In other plots, a name means the latest version."""
    assert [row[0] for row in registry.plot("roc", "kepler_rf").rows] == ["kepler_rf:3"]
    assert len(registry.plot("roc", model_name="kepler_rf").rows) == 3


def test_names_and_references_give_the_same_plot(registry: ModelRegistry) -> None:
    """A metric plot is the same from the index and from the records."""
    by_name = registry.plot("metric", "kepler_rf", metric="log_loss")
    by_refs = registry.plot("metric", [f"kepler_rf:{i}" for i in (3, 1, 2)], metric="log_loss")
    assert by_name.to_png() == by_refs.to_png()
    assert repr(by_name) == repr(by_refs)


def test_versions_without_test_data_are_named(registry: ModelRegistry) -> None:
    """Versions without test data are omitted with a note; if none is left, an error is raised."""
    plot = registry.plot("roc", ["kepler_rf:1", "bare:1"])
    assert plot.notes == ("Omitted, without scores of test rows: bare:1.",)
    with pytest.raises(RegistryError, match=r"bare:1. Register a classifier with X_test"):
        registry.plot("roc", "bare")


def test_a_filter_selects_versions(registry: ModelRegistry) -> None:
    """A filter selects versions of all models, oldest first."""
    plot = registry.plot("roc", where="version < 3 and name == 'kepler_rf'")
    assert [row[0] for row in plot.rows] == ["kepler_rf:1", "kepler_rf:2 (champion)"]
    assert registry.plot("metric", where="version == 3").rows[0][0] == "kepler_rf:3"
    with pytest.raises(QueryError):
        registry.plot("metric", where="version > os")


def test_the_same_version_is_drawn_once(registry: ModelRegistry) -> None:
    """A version with several references is drawn once."""
    plot = registry.plot("roc", ["kepler_rf:2", "kepler_rf@champion", "kepler_rf:2"])
    assert len(plot.rows) == 1


@pytest.mark.parametrize(
    ("kind", "arguments", "error", "message"),
    [
        ("rok", {}, NotFoundError, "Unknown plot 'rok'.*roc"),
        ("roc", {"metric": "f1_score"}, RegistryError, "metric is an option of the kind metric"),
        ("metric", {"hyperparameter": "C"}, RegistryError, "hyperparameter is an option"),
        ("roc", {"refs": "a", "where": "version > 1"}, RegistryError, "either references"),
        ("roc", {"refs": []}, RegistryError, "at least one reference"),
        ("roc", {"refs": 5}, RegistryError, "references such as .'kepler_rf:1'.*, got 5"),
        ("roc", {"refs": "a/b"}, InvalidReferenceError, "a/b"),
        ("metric", {"refs": "missing"}, ModelNotFoundError, "missing"),
        ("metric", {"model_name": "missing"}, ModelNotFoundError, "missing"),
        ("metric", {"metric": "auc"}, RegistryError, "metric 'auc': no version has it"),
        ("metric", {"where": "version > 99"}, RegistryError, "no matching versions"),
        ("roc", {"where": "version > 99"}, RegistryError, "no matching versions"),
        ("metric", {"figsize": (0, 1)}, RegistryError, "figsize must be a width and a height"),
        ("metric", {"figsize": "wide"}, RegistryError, "figsize must be a width and a height"),
        ("metric", {"figsize": (1e9, 1e9)}, RegistryError, "figsize must be a width and a height"),
    ],
)
def test_invalid_arguments_are_rejected(
    registry: ModelRegistry,
    kind: str,
    arguments: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    """Each invalid argument raises its own error."""
    with pytest.raises(error, match=message):
        registry.plot(kind, **arguments)


def test_the_size_of_a_figure_is_set(registry: ModelRegistry) -> None:
    """The figure has the given size in inches."""
    for kind in KINDS:
        figure = registry.plot(kind, model_name=subject(kind), figsize=(7, 3)).figure
        assert tuple(figure.get_size_inches()) == (7, 3)


def test_only_importances_load_the_model(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the plot of importances loads the model."""
    loaded: list[str] = []
    load = Retrieval.load_model

    def spy(self: Retrieval, ref: str) -> Any:
        loaded.append(ref)
        return load(self, ref)

    monkeypatch.setattr(Retrieval, "load_model", spy)
    for kind in plot_kinds([registry["kepler_rf:1"], registry["kepler_rf:2"]]):
        registry.plot(kind, model_name="kepler_rf")
    assert loaded == ["kepler_rf:3"]


def test_importances_of_an_unknown_signer_run_no_code(
    registry: ModelRegistry, folder: Path
) -> None:
    """The importances of a model with an unknown signer are plotted if it has no code."""
    (coefficients,) = registry.load_model("kepler_rf:3")[0].coef_
    drawn = [row[1] for row in registry.plot("importances", "kepler_rf").rows]
    assert sorted(drawn) == sorted(coefficients)
    foreign = ModelRegistry(folder, durable=False)
    assert foreign.plot("importances", "kepler_rf").rows
    assert foreign.plot("roc", "kepler_rf").rows


def test_a_model_without_importances_is_an_error(registry: ModelRegistry) -> None:
    """The error about a model without importances suggests permutation_importance."""
    with pytest.raises(RegistryError, match="permutation_importance"):
        registry.plot("importances", "neighbours")
