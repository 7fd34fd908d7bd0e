"""The curves are scikit-learn's, and the areas are the registered metrics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)
from sklearn.svm import LinearSVC

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.curve import precision_recall, roc
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.text.markup import number
from tests.plot.builders import legend, line, results, texts, version


def test_a_roc_curve_equals_scikit_learns() -> None:
    """Two classes give the curve of the second one, with its area in the legend."""
    arrays = results()
    plot = roc([version()], [arrays])
    x, y, _ = roc_curve(arrays["y_true"] == "class 1", arrays["probabilities"][:, 1])
    area = roc_auc_score(arrays["y_true"] == "class 1", arrays["probabilities"][:, 1])
    drawn = line(plot.figure, "kepler_rf:1")
    np.testing.assert_array_equal(drawn.get_xdata(), x)
    np.testing.assert_array_equal(drawn.get_ydata(), y)
    assert legend(plot.figure) == [f"kepler_rf:1, area {number(area)}", "chance, area 0.5"]
    assert plot.rows[0][:3] == ["kepler_rf:1", pytest.approx(area), 200]
    assert plot.notes == ()


def test_a_precision_recall_curve_equals_scikit_learns() -> None:
    """The steps are scikit-learn's, and chance is the share of positives."""
    arrays = results()
    truth, score = arrays["y_true"] == "class 1", arrays["probabilities"][:, 1]
    plot = precision_recall([version()], [arrays])
    precision, recall, _ = precision_recall_curve(truth, score, drop_intermediate=True)
    drawn = line(plot.figure, "kepler_rf:1")
    np.testing.assert_array_equal(drawn.get_xdata(), recall[::-1])
    np.testing.assert_array_equal(drawn.get_ydata(), precision[::-1])
    assert drawn.get_drawstyle() == "steps-pre"
    assert plot.rows[0][1] == pytest.approx(average_precision_score(truth, score))
    assert line(plot.figure, "chance").get_ydata() == pytest.approx([truth.mean()] * 2)


@pytest.mark.parametrize("draw", [roc, precision_recall])
def test_a_decision_function_is_plotted(draw) -> None:
    """A decision function gives the same curve as a probability with the same ranking."""
    arrays = results()
    score = np.log(arrays["probabilities"][:, 1])
    plain = {**{name: arrays[name] for name in ("y_true", "classes")}, "y_score": score}
    assert draw([version()], [plain]).rows == draw([version()], [arrays]).rows


@settings(max_examples=settings.default.max_examples * 4 // 10)
@given(
    st.integers(3, 5),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=12, max_size=60),
)
def test_areas_of_many_classes_are_the_weighted_metrics(
    classes: int, drawn: list[tuple[int, int]]
) -> None:
    """With any ties, the area of the mean curve equals the weighted metric of scikit-learn."""
    truth = np.array([*range(classes), *(one % classes for one, _ in drawn)])
    score = np.tile([i % 3 for i in range(classes)], (len(truth), 1)).astype(float)
    for row, (_, high) in enumerate(drawn, classes):
        score[row, high % classes] += high
    arrays = {"y_true": truth, "classes": np.arange(classes), "y_score": score}
    target = truth[:, np.newaxis] == np.arange(classes)
    (area,) = (row[1] for row in roc([version()], [arrays]).rows)
    assert area == pytest.approx(roc_auc_score(target, score, average="weighted"))
    (area,) = (row[1] for row in precision_recall([version()], [arrays]).rows)
    assert area == pytest.approx(average_precision_score(target, score, average="weighted"))


def test_many_classes_are_explained() -> None:
    """A note explains that a curve of more than two classes is a mean."""
    plot = roc([version()], [results(classes=3)])
    assert "mean over the classes" in plot.notes[0]
    assert any("mean over the classes" in text for text in texts(plot.figure))


def test_curves_differ_without_their_colours() -> None:
    """Each of eight curves has its own dashes or markers."""
    items = [version(i) for i in range(1, 9)]
    plot = roc(items, [results(seed=i) for i in range(8)])
    lines = plot.figure.axes[0].lines[:8]
    assert len({(one.get_linestyle(), one.get_marker()) for one in lines}) == 8


def test_different_test_rows_have_a_warning() -> None:
    """Curves of different test rows have a warning; curves of the same rows do not."""
    items = [version(1), version(2)]
    apart = roc(items, [results(seed=0), results(seed=1)])
    assert apart.notes == (
        "The versions were evaluated on different test rows; their curves are not comparable.",
    )
    assert roc(items, [results(), results()]).notes == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"classes": None}, "has no scores of classes"),
        ({"probabilities": np.zeros((3, 2))}, "has scores that do not match its test rows"),
        ({"probabilities": np.full((200, 2), np.nan)}, "has scores that are not finite numbers"),
        ({"y_true": np.array(["class 0"] * 200)}, "has test rows of only one class"),
        ({"y_true": np.zeros((200, 2))}, "has scores that do not match its test rows"),
    ],
)
def test_omitted_versions_are_named(change: dict[str, object], reason: str) -> None:
    """A version that cannot be plotted is omitted with a note; alone it raises an error."""
    arrays = {k: v for k, v in {**results(), **change}.items() if v is not None}
    plot = roc([version(1), version(2)], [results(), arrays])
    assert f"Omitted: kepler_rf:2 {reason}." in plot.notes
    assert any(reason in text for text in texts(plot.figure))
    with pytest.raises(RegistryError, match=f"Cannot plot these versions. kepler_rf:2 {reason}"):
        roc([version(2)], [arrays])


def test_the_frame_has_every_point() -> None:
    """to_frame() returns all points of the curves."""
    plot = roc([version(1), version(2)], [results(), results()])
    frame = plot.to_frame()
    first = frame[frame["model"] == "kepler_rf:1"]
    drawn = line(plot.figure, "kepler_rf:1")
    np.testing.assert_array_equal(first["false_positive_rate"], drawn.get_xdata())
    np.testing.assert_array_equal(first["true_positive_rate"], drawn.get_ydata())


@pytest.mark.parametrize("draw", [roc, precision_recall])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("model", [LogisticRegression(C=0.01), LinearSVC(C=0.001)])
@pytest.mark.parametrize("pos_label", ["dust", "planet", None])
def test_the_area_is_the_registered_metric(
    tmp_path: Path, draw: Callable[..., Plot], weighted: bool, model: Any, pos_label: str | None
) -> None:
    """The curve is of the positive class or the mean over the classes, as the metric."""
    chance = np.random.default_rng(0)
    X = chance.normal(size=(80, 2))
    y = np.where(X[:, 0] + chance.normal(size=80) > 0.5, "planet", "dust")
    weight = chance.uniform(1, 5, 80) if weighted else None
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    model.fit(X, y)
    registry.register_model(
        model, "m", X_test=X, y_test=y, pos_label=pos_label, sample_weight=weight
    )
    plot = registry.plot("roc" if draw is roc else "precision_recall", "m")
    metric = "roc_auc" if draw is roc else "average_precision"
    assert plot.rows[0][1] == pytest.approx(registry["m"].metrics[metric])
    label = plot.figure.axes[0].get_ylabel()
    assert label.endswith(f"of {pos_label}" if pos_label else ("precision", "(recall)"))


def test_curves_of_different_classes_are_named_in_the_legend() -> None:
    """The class is in the legend if the curves have different positive classes."""
    items = [version(i, scoring=Scoring("binary", "binary", f"class {i}")) for i in (0, 1)]
    names = legend(roc(items, [results(), results()]).figure)
    assert [name.partition(", area")[0] for name in names[:2]] == [
        "kepler_rf:0, of class 0",
        "kepler_rf:1, of class 1",
    ]
