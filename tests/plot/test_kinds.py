"""Available plots of versions."""

from __future__ import annotations

from typing import Any

import pytest

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.plot.kinds import KINDS, choose, find_kind, plot_kinds
from exo_nbregistry.plot.renderers import RENDERERS
from exo_nbregistry.records.fields import Artifact
from exo_nbregistry.records.metadata import ModelMetadata
from tests.plot.builders import version

STORED = Artifact("npz", "0" * 64, 10)


def measured(number: int = 1, **fields: Any) -> ModelMetadata:
    """Return a classifier that was registered with test data."""
    return version(
        number,
        **{
            "metrics": {"f1_score": 0.9, "roc_auc": 0.9, "brier": 0.1},
            "attachments": {"evaluation": STORED},
            "additional_metrics": {"confusion_matrix": [[1, 0], [0, 1]]},
            "hyperparameters": {"C": 1.0},
            "artifact": Artifact("joblib", "0" * 64, 10),
            **fields,
        },
    )


def test_every_kind_is_drawn_by_a_function() -> None:
    """The tables of kinds and of renderers have the same names."""
    assert list(KINDS) == list(RENDERERS)


def test_a_measured_classifier_can_show_its_curves() -> None:
    """A classifier with test data has all plots of one version; only one loads the model."""
    assert plot_kinds(measured()) == (
        "metric",
        "roc",
        "precision_recall",
        "confusion_matrix",
        "calibration",
        "probabilities",
        "importances",
    )
    assert [kind.name for kind in KINDS.values() if kind.reads == "model"] == ["importances"]


@pytest.mark.parametrize(
    ("items", "kinds"),
    [
        ([], ()),
        ([version()], ()),
        ([version(metrics={"f1_score": 0.9})], ("metric",)),
        ([version(metrics={"roc_auc": 0.9})], ("metric",)),
        (
            [version(metrics={"r2": 0.9}, attachments={"evaluation": STORED})],
            ("metric", "residuals", "predicted_vs_true", "error_distribution"),
        ),
        (
            [version(i, metrics={"r2": 0.9}, hyperparameters={"C": i}) for i in (1, 2)],
            ("metric", "hyperparameter"),
        ),
        ([version(), version(2, attachments={"trials": STORED})], ("trials",)),
        ([measured(artifact=None, status="purged", metrics={})], ("confusion_matrix",)),
    ],
)
def test_others_can_show_less(items: list[ModelMetadata], kinds: tuple[str, ...]) -> None:
    """Passed metrics do not give curves; several versions have the plots of any of them."""
    assert plot_kinds(items) == kinds


def test_an_unknown_plot_has_close_matches() -> None:
    """The error for an unknown plot has close matches."""
    with pytest.raises(NotFoundError, match="precision_recall") as error:
        find_kind("precision-recal")
    assert error.value.known == ("precision_recall",)
    with pytest.raises(NotFoundError, match=r"Unknown plot 'reliability'.*calibration"):
        find_kind("reliability")


def test_named_versions_are_drawn_or_named() -> None:
    """Each named version that is not shown is in a note."""
    items = [measured(i) for i in range(1, 11)] + [version(11)]
    shown, notes = choose(KINDS["roc"], items, everything=True)
    assert [item.version for item in shown] == [*range(1, 9)]
    assert notes == [
        "Omitted, without scores of test rows: kepler_rf:11.",
        "Omitted, limit of 8 versions: kepler_rf:9, kepler_rf:10.",
    ]


def test_no_more_are_read_than_are_drawn() -> None:
    """Of many versions the newest are shown; the others are counted and not read."""
    looked: list[int] = []

    class Items(list[ModelMetadata]):
        def __iter__(self):
            for item in super().__iter__():
                looked.append(item.version)
                yield item

    items = Items([version(50), *(measured(i) for i in range(49, 0, -1))])
    shown, notes = choose(KINDS["roc"], items, everything=False)
    assert [item.version for item in shown] == [*range(49, 41, -1)]
    assert len(looked) == 9
    assert notes == [
        "Omitted, without scores of test rows: kepler_rf:50.",
        "Only the newest are shown; 41 older versions omitted.",
    ]


@pytest.mark.parametrize(
    ("kind", "items", "message"),
    [
        (
            "roc",
            [version(1), version(2)],
            "Cannot plot 'roc': no scores of test rows in kepler_rf:1, kepler_rf:2. Register "
            "a classifier with X_test and y_test",
        ),
        (
            "residuals",
            [measured()],
            "no numbers predicted for test rows in kepler_rf:1. Register a regressor with X_test",
        ),
        (
            "monitoring",
            [version(1)],
            "no metrics measured later in kepler_rf:1. Add them with registry.add_metrics.",
        ),
        (
            "trials",
            [measured()],
            "no trials of a search in kepler_rf:1. Register a fitted search, or with trials=",
        ),
        (
            "hyperparameter",
            [measured()],
            "'hyperparameter' requires at least 2 versions, got 1",
        ),
        ("roc", [], "no matching versions. Relax the filter, or register a model"),
        ("roc", [version(i) for i in range(1, 9)], "kepler_rf:5 and 3 more. Register"),
    ],
)
def test_nothing_to_draw_is_explained(kind: str, items: list[ModelMetadata], message: str) -> None:
    """The error names the versions, the missing data and what to do."""
    with pytest.raises(RegistryError, match=message):
        choose(KINDS[kind], items, everything=True)
