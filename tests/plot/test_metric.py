"""A metric over versions: every point, the best one, and the aliases."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.text import Annotation, Text

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.metric import metric_over_versions
from exo_nbregistry.plot.view import Plot
from exo_nbregistry.records.metric_series import Measurements, measurements_of
from exo_nbregistry.records.scoring import Scoring
from tests.plot.builders import legend, line, texts, version


def draw(*values: float, metric: str = "f1_score", **aliases: tuple[str, ...]) -> Plot:
    """Return a plot of versions with these values; ``v2=("champion",)`` sets aliases."""
    items = [
        version(i, metrics={metric: value}, aliases=aliases.get(f"v{i}", ()))
        for i, value in enumerate(values, 1)
    ]
    return metric_over_versions(measurements_of(items))


def annotations(plot: Plot) -> dict[str, tuple[float, float]]:
    """Return the displayed aliases with their points."""
    found = [text for text in plot.figure.axes[0].texts if isinstance(text, Annotation)]
    return {text.get_text(): tuple(text.xy) for text in found}


def test_points_are_the_versions() -> None:
    """Each version is at its number and value, and the axis shows the direction."""
    plot = draw(0.5, 0.7, 0.6)
    drawn = line(plot.figure, "kepler_rf")
    assert (list(drawn.get_xdata()), list(drawn.get_ydata())) == ([1, 2, 3], [0.5, 0.7, 0.6])
    axes = plot.figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("version", "f1_score (higher is better)")
    assert plot.title == "f1_score of kepler_rf"


def test_a_part_of_the_versions_is_named() -> None:
    """A plot that does not begin with the first version names its range; others do not."""
    items = [version(i, metrics={"f1_score": i / 100}) for i in range(8, 61)]
    part = metric_over_versions(measurements_of(items))
    assert part.notes == ("Covers versions 8 to 60.",)
    assert "Covers versions 8 to 60." in part.caption
    assert draw(0.5, 0.7).notes == ()


@pytest.mark.parametrize(("metric", "best"), [("f1_score", 2), ("log_loss", 3)])
def test_the_best_version_follows_the_direction(metric: str, best: int) -> None:
    """The star marks the highest f1_score, and the lowest log_loss."""
    plot = draw(0.5, 0.7, 0.4, metric=metric)
    assert line(plot.figure, f"best: kepler_rf:{best}").get_xdata() == [best]


def test_an_infinite_value_is_listed_but_never_the_best() -> None:
    """An infinite value is in the table and in a note, and has no point and no star."""
    plot = draw(0.5, float("inf"), 0.4)
    assert line(plot.figure, "best: kepler_rf:1").get_xdata() == [1]
    assert [row[:2] for row in plot.rows] == [
        ["kepler_rf:3", 0.4],
        ["kepler_rf:2", float("inf")],
        ["kepler_rf:1", 0.5],
    ]
    assert plot.notes == ("Not drawn, because the value is infinite: kepler_rf:2.",)


def test_a_metric_of_unknown_direction_has_no_best() -> None:
    """Without a direction, no version is starred and the axis label has no hint."""
    plot = draw(0.5, 0.7, metric="sharpness")
    assert legend(plot.figure) == ["kepler_rf"]
    assert plot.figure.axes[0].get_ylabel() == "sharpness"


def test_aliases_are_written_at_their_points() -> None:
    """Each alias is written once, with a line to its version."""
    plot = draw(0.5, 0.7, 0.6, v2=("champion", "stable"), v3=("challenger",))
    assert annotations(plot) == {"champion, stable": (2, 0.7), "challenger": (3, 0.6)}
    assert [row[0] for row in plot.rows] == [
        "kepler_rf:3 (challenger)",
        "kepler_rf:2 (champion, stable)",
        "kepler_rf:1",
    ]


def test_aliases_do_not_overlap() -> None:
    """Texts of adjacent versions are in separate rows."""
    plot = draw(*np.linspace(0.5, 0.9, 40), **{f"v{i}": (f"alias_{i}",) for i in (20, 21, 22)})
    plot.figure.draw_without_rendering()
    # The extent of an annotation includes its line.
    boxes = [Text.get_window_extent(text) for text in plot.figure.axes[0].texts]
    assert len(boxes) == 3
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])


def test_aliases_without_room_are_counted() -> None:
    """Of a hundred aliases a few are written, and a note counts the others."""
    aliases = {f"v{i}": (f"alias_{i}",) for i in range(1, 101)}
    plot = draw(*np.linspace(0.5, 0.9, 100), **aliases)
    written = len(annotations(plot))
    assert 4 <= written <= 12
    assert plot.notes == (f"{100 - written} more versions with aliases in the table.",)


def test_each_model_has_its_line() -> None:
    """Lines of several models differ without color; further models are counted."""
    items = [
        version(number, model=f"m{model}", metrics={"f1_score": 0.5 + number / 10})
        for model in range(10)
        for number in (1, 2)
    ]
    plot = metric_over_versions(measurements_of(items))
    lines = plot.figure.axes[0].lines[:8]
    assert [one.get_label() for one in lines] == [f"m{i}" for i in range(8)]
    assert len({(one.get_linestyle(), one.get_marker()) for one in lines}) == 8
    assert plot.notes == ("Omitted: 2 more models; select models with refs= or where=.",)


def test_ten_thousand_versions_are_dots_and_the_best_so_far() -> None:
    """Many versions are dots, with a line of the best value so far."""
    values = np.random.default_rng(0).normal(0.7, 0.05, 10_000)
    plot = draw(*values.tolist())
    dots, best = plot.figure.axes[0].lines[:2]
    assert (len(dots.get_xdata()), dots.get_linestyle()) == (10_000, "None")
    np.testing.assert_array_equal(best.get_ydata(), np.maximum.accumulate(values))
    plot.figure.draw_without_rendering()
    assert len(plot.figure.axes[0].get_xticklabels()) <= 12
    assert repr(plot).count("\n") < 30
    assert "… and 9,980 more" in repr(plot)
    assert len(plot.to_frame()) == 10_000


def test_missing_and_odd_values_are_left_out() -> None:
    """Versions without a value are counted in a note."""
    values = [{"f1_score": 0.5}, {}, {"f1_score": float("nan")}, {"f1_score": 1e301}]
    items = [version(i, metrics=metrics) for i, metrics in enumerate(values, 1)]
    plot = metric_over_versions(measurements_of(items))
    assert plot.notes == ("Omitted: 3 versions without f1_score.",)
    assert any("3 versions without f1_score" in text for text in texts(plot.figure))


@pytest.mark.parametrize(
    ("measured", "message"),
    [
        (Measurements(None, (), 0), "no matching versions. Relax the filter"),
        (Measurements(None, (), 3), "no version has a metric. Register with X_test and y_test"),
        (
            Measurements("auc", (), 3, ("accuracy", "f1_score")),
            "metric 'auc': no version has it. Available: f1_score, accuracy",
        ),
    ],
)
def test_nothing_to_draw_is_explained(measured: Measurements, message: str) -> None:
    """The error names the missing versions or metrics."""
    with pytest.raises(RegistryError, match=message):
        metric_over_versions(measured)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e301])
def test_a_metric_without_a_value_to_draw_is_named(value: float) -> None:
    """The error of a metric that is never finite names it, because versions have it."""
    with pytest.raises(RegistryError, match="'f1_score': all its values are NaN, infinite or too"):
        draw(value)


def test_the_axis_names_the_class_or_average() -> None:
    """Axis and title name the class of versions that were measured alike."""
    scoring = Scoring("binary", "binary", "planet")
    items = [version(i, metrics={"f1_score": i / 10}, scoring=scoring) for i in (1, 2)]
    plot = metric_over_versions(measurements_of(items))
    label = plot.figure.axes[0].get_ylabel()
    assert label == "f1_score (of planet) (higher is better)"
    assert plot.title == "f1_score (of planet) of kepler_rf"


def test_versions_measured_differently_have_a_note_and_no_best() -> None:
    """The note names the difference; no version is starred."""
    scorings = (Scoring("binary", "binary", "planet"), Scoring("binary", "macro"))
    items = [
        version(i, metrics={"f1_score": i / 10}, scoring=scoring)
        for i, scoring in enumerate(scorings, 1)
    ]
    plot = metric_over_versions(measurements_of(items))
    assert "f1_score was measured differently: of planet (1), macro average (1)" in plot.notes[0]
    assert legend(plot.figure) == ["kepler_rf"]
    assert plot.figure.axes[0].get_ylabel() == "f1_score (higher is better)"
