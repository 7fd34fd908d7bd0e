"""Comparisons of model versions."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.records.fields import Column, Environment, Provenance, Signature
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.text.terminal import display_width, visible
from exo_nbregistry.views.comparison import Comparison, compare
from tests.html_page import PAYLOADS, Page, laden

DIRECTIONS = {"f1_score": True, "log_loss": False}


def version(number: int, **facts: Any) -> ModelMetadata:
    """Return a version of ``m``."""
    made = datetime(2026, 1, number, tzinfo=UTC)
    own = {"model_id": f"m:{number}", "model_name": "m", "version": number, "created_at": made}
    return ModelMetadata(**{**own, **facts})


def against(first: dict[str, Any], second: dict[str, Any], **options: Any) -> Comparison:
    """Return a comparison of two versions with these facts."""
    items = [version(1, **first), version(2, **second)]
    return compare(items, directions=DIRECTIONS.get, **options)


def line(comparison: Comparison, field: str) -> list[str]:
    """Return the words after a field's name in the text table."""
    (found,) = [row for row in repr(comparison).split("\n") if f" {field} " in f"{row} "]
    return found.split(field, 1)[1].split()


@pytest.mark.parametrize(
    ("metric", "values", "words"),
    [
        ("f1_score", (0.8, 0.9), ["0.8000", "0.9000", "+0.1000", "better"]),
        ("f1_score", (0.9, 0.8), ["0.9000", "0.8000", "-0.1000", "worse"]),
        ("log_loss", (0.3, 0.2), ["0.3000", "0.2000", "-0.1000", "better"]),
        ("log_loss", (0.2, 0.3), ["0.2000", "0.3000", "+0.1000", "worse"]),
        ("sharpness", (0.2, 0.3), ["0.2000", "0.3000", "+0.1000"]),
        ("f1_score", (math.nan, 0.3), ["NaN", "0.3000"]),
    ],
)
def test_a_metric_is_judged_by_its_direction(
    metric: str, values: tuple[float, float], words: list[str]
) -> None:
    """A change is signed, and better or worse if the direction is known."""
    comparison = against({"metrics": {metric: values[0]}}, {"metrics": {metric: values[1]}})
    assert line(comparison, metric) == words


def test_the_verdict_is_also_a_word_in_html() -> None:
    """The verdict is shown as text, not only as color."""
    page = against({"metrics": {"f1_score": 0.8}}, {"metrics": {"f1_score": 0.9}})._repr_html_()
    assert "+0.1000 better" in page


def test_a_missing_metric_is_missing() -> None:
    """A metric that one version lacks is a dash without a change, and missing in the dict."""
    comparison = against({"metrics": {"f1_score": 0.8}}, {})
    assert line(comparison, "f1_score") == ["0.8000", "-"]
    assert comparison.differences == {"metrics": {"f1_score": {"m:1": 0.8}}}


def test_only_differences_are_shown_by_default() -> None:
    """Identical facts are counted, and shown by all() or show_all."""
    facts = (
        {"hyperparameters": {"C": 1, "kernel": "rbf"}},
        {"hyperparameters": {"C": 2, "kernel": "rbf"}},
    )
    assert "kernel" not in repr(against(*facts))
    assert "1 fact is identical" in repr(against(*facts))
    assert line(against(*facts).all(), "kernel") == ["rbf", "rbf"]
    assert against(*facts, show_all=True) == against(*facts).all()


def test_what_another_algorithm_does_not_know_is_counted() -> None:
    """Hyperparameters of one algorithm only are in the differences, and shown by all()."""
    comparison = against(
        {"algorithm": "SVM", "hyperparameters": {"C": 1, "tol": 0.1, "seed": 1}},
        {"algorithm": "Forest", "hyperparameters": {"depth": 5, "seed": 2}},
    )
    assert set(comparison.differences["hyperparameters"]) == {"C", "tol", "depth", "seed"}
    assert set(comparison.shown["hyperparameters"]) == {"seed"}
    assert "3 hyperparameters are used by some of the algorithms only" in repr(comparison)
    assert line(comparison, "seed") == ["1", "2"]
    assert line(comparison.all(), "depth") == ["-", "5"]
    assert "tol" not in comparison._repr_html_()
    assert set(comparison.all().shown["hyperparameters"]) == {"C", "tol", "depth", "seed"}


def test_equal_versions_are_reported() -> None:
    """Equal versions give a sentence, also where both have a NaN."""
    facts = {"metrics": {"f1_score": math.nan}, "hyperparameters": {"C": 1}}
    comparison = against(facts, facts)
    assert comparison.differences == {}
    assert repr(comparison).startswith("m:1 and m:2 do not differ in metrics")
    assert "m:1 and m:2 do not differ" in comparison._repr_html_()


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (None, "None"), ([1], (1,))])
def test_types_of_hyperparameters_count(one: Any, other: Any) -> None:
    """Values of different types differ, although Python compares them as equal."""
    found = against({"hyperparameters": {"p": one}}, {"hyperparameters": {"p": other}})
    assert "hyperparameters" in found.differences


def test_none_is_a_value_and_not_a_missing_one() -> None:
    """max_depth=None is shown as None; a missing hyperparameter is a dash."""
    comparison = against({"hyperparameters": {"depth": None}}, {"hyperparameters": {}})
    assert line(comparison, "depth") == ["None", "-"]
    assert comparison.differences["hyperparameters"]["depth"] == {"m:1": None}


def test_a_whole_metric_equals_its_float() -> None:
    """A score of 1 and a score of 1.0 are the same score."""
    assert against({"metrics": {"f1_score": 1}}, {"metrics": {"f1_score": 1.0}}).differences == {}


def columns(*pairs: tuple[str, str]) -> dict[str, Any]:
    """Return the facts of a model with these columns."""
    names = tuple(name for name, _ in pairs)
    signature = Signature(tuple(Column(name, dtype) for name, dtype in pairs))
    return {"signature": signature, "feature_columns": names}


def test_columns_are_added_removed_and_retyped() -> None:
    """The change of each column is shown in one word."""
    before = columns(("period", "float64"), ("depth", "float64"))
    after = columns(("depth", "float32"), ("radius", "float64"))
    comparison = against(before, after)
    assert line(comparison, "period") == ["float64", "removed"]
    assert line(comparison, "depth") == ["float64", "float32", "retyped"]
    assert line(comparison, "radius") == ["-", "float64", "added"]
    assert "column_order" not in repr(comparison)


@pytest.mark.parametrize(
    ("before", "after", "cells"),
    [
        (1600, 2, ["several types", "1,598 columns removed"]),
        (2, 1600, ["-", "1,598 columns added"]),
    ],
)
def test_many_columns_are_one_row(before: int, after: int, cells: list[str]) -> None:
    """More than five columns that changed alike are counted in one row."""
    kinds = ("int64", "float64")
    pairs = [(f"x{n}", kinds[n % 2]) for n in range(1600)]
    comparison = against(columns(*pairs[:before]), columns(*pairs[:after]))
    (title,) = comparison.shown["schema"]
    assert title == "x2, x3, x4, x5, x6 and 1,593 more"
    table = next(row for row in comparison._table() if row[0] == "schema")
    assert [str(cell) for cell in table[2:]] == cells
    assert len(comparison.differences["schema"]) == 1598
    assert len(repr(comparison)) < 1000
    assert "1,598 columns" in comparison.to_html()


def test_many_retyped_columns_are_one_row() -> None:
    """Columns with the same new type are counted in one row, and a few have one each."""
    names = [f"c{n}" for n in range(9)]
    before, after = (columns(*((name, kind) for name in names)) for kind in ("int64", "float64"))
    (row,) = [row for row in against(before, after)._table() if row[0] == "schema"]
    assert row[1:] == ["c0, c1, c2, c3, c4 and 4 more", "int64", "float64, 9 columns retyped"]
    few = against(columns(*((name, "int64") for name in names[:5])), columns())
    assert len(few.shown["schema"]) == 5


def test_a_cell_lists_at_most_five_values() -> None:
    """A list of names, a dict or the classes of a version are five values and a count."""
    names = [f"feature_{n}" for n in range(2000)]
    comparison = against(
        {"hyperparameters": {"columns": [], "weights": {}}, "class_distribution": {"a": 1}},
        {
            "hyperparameters": {"columns": names, "weights": dict.fromkeys(names, 1)},
            "class_distribution": dict.fromkeys(names, 1),
        },
    )
    text = repr(comparison)
    assert text.count("feature_4'") == 2
    assert "and 1,995 more" in text
    assert "feature_5" not in text
    assert "feature_5" not in comparison.to_html()


def test_reordered_columns_differ() -> None:
    """The same columns in another order are another schema."""
    before = columns(("period", "float64"), ("depth", "float64"))
    after = columns(("depth", "float64"), ("period", "float64"))
    assert list(against(before, after).differences["data"]) == ["column_order"]


def test_data_environment_and_code_are_compared() -> None:
    """Samples, package versions and commits that differ are found."""
    found = against(
        {
            "training_samples": 10,
            "environment": Environment(packages={"numpy": "1.26"}),
            "provenance": Provenance(git_commit="a" * 40),
        },
        {
            "training_samples": 12,
            "environment": Environment(packages={"numpy": "2.1"}),
            "provenance": Provenance(git_commit="b" * 40),
        },
    ).differences
    assert found["data"]["training_samples"] == {"m:1": 10, "m:2": 12}
    assert found["environment"]["numpy"] == {"m:1": "1.26", "m:2": "2.1"}
    assert set(found["code"]) == {"git_commit"}


def test_the_cell_is_compared_line_by_line() -> None:
    """The cell sources are shown as a unified diff, as text and as escaped HTML."""
    cells = [{"provenance": Provenance(cell_source=f"x = 1\ny = '<{n}>'\n")} for n in (1, 2)]
    comparison = against(*cells)
    assert "-y = '<1>'\n+y = '<2>'" in repr(comparison)
    assert "+y = &#x27;&lt;2&gt;&#x27;" in comparison._repr_html_()


def test_the_definitions_of_a_cell_are_compared_with_it() -> None:
    """If the cells are equal and call different functions, the functions are in the diff."""
    cells = [
        {"provenance": Provenance(cell_source="fit()", definitions=f"def fit():\n    return {n}")}
        for n in (1, 2)
    ]
    assert "-    return 1\n+    return 2" in repr(against(*cells))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_record_drives_neither_page_nor_terminal(payload: str) -> None:
    """Untrusted text adds no elements to the HTML and no control characters to the text."""
    comparison = compare([laden(payload), laden(payload, 2)], directions=DIRECTIONS.get)
    harmless = compare([laden("x"), laden("x", 2)], directions=DIRECTIONS.get)
    page = Page(comparison._repr_html_())
    assert page.faults == []
    assert page.shape == Page(harmless._repr_html_()).shape
    assert visible(repr(comparison)) == repr(comparison).replace("\n", r"\n")


def test_a_hostile_name_drives_no_terminal_where_nothing_differs() -> None:
    """Control characters in the names of equal versions are escaped."""
    items = [version(n, model_id=f"\x1b[2J{n}") for n in (1, 2)]
    text = repr(compare(items, directions=DIRECTIONS.get))
    assert text.startswith(r"\x1b[2J1 and \x1b[2J2 do not differ")


@given(st.text(st.characters(codec="utf-8")))
def test_no_text_breaks_the_page(text: str) -> None:
    """Any text, also a cell source, gives valid HTML."""
    items = [laden(text), laden(text, 2)]
    assert Page(compare(items, directions=DIRECTIONS.get)._repr_html_()).faults == []


def test_a_hostile_cell_drives_no_terminal() -> None:
    """Control characters in a cell source are escaped."""
    cells = [{"provenance": Provenance(cell_source=text)} for text in ("a", "\x1b[2Jb\rc")]
    assert "\x1b" not in repr(against(*cells))
    assert "\r" not in repr(against(*cells))


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_versions_are_refused(count: int) -> None:
    """A comparison of fewer than two versions raises an error."""
    with pytest.raises(RegistryError, match="at least two different versions"):
        compare([version(1)] * count, directions=DIRECTIONS.get)


def test_a_version_given_twice_counts_once() -> None:
    """Duplicate versions are ignored."""
    with pytest.raises(RegistryError, match="got 'm:1'"):
        compare([version(1), version(1)], directions=DIRECTIONS.get)
    items = [version(1), version(2), version(1)]
    assert compare(items, directions=DIRECTIONS.get).ids == ("m:1", "m:2")


def test_several_versions_are_measured_against_the_first() -> None:
    """Each of three versions is compared with the first one."""
    items = [version(n, metrics={"f1_score": f1}) for n, f1 in enumerate((0.9, 1.0, 0.95), 1)]
    formatted = line(compare(items, directions=DIRECTIONS.get), "f1_score")
    assert formatted == ["0.9000", "1.0000", "+0.1000", "better", "0.9500", "+0.0500", "better"]


def many(count: int) -> Comparison:
    """Return a comparison of versions without equal facts."""
    facts = [
        {
            "algorithm": f"Algorithm{n}",
            "metrics": {"f1_score": n / count},
            "hyperparameters": {"layers": (64,) * n},
            "provenance": Provenance(cell_source=f"n = {n}\n"),
        }
        for n in range(1, count + 1)
    ]
    items = [version(n, **fact) for n, fact in enumerate(facts, 1)]
    return compare(items, directions=DIRECTIONS.get)


@pytest.mark.parametrize(("count", "tables"), [(2, 1), (3, 1), (4, 1), (5, 2), (10, 3)])
def test_many_versions_are_shown_in_tables_that_fit(count: int, tables: int) -> None:
    """Each table has the first version and some of the others; no version is omitted."""
    text = repr(many(count))
    heads = [row.split() for row in text.split("\n") if row.startswith("section")]
    assert len(heads) == tables
    assert {tuple(head[:3]) for head in heads} == {("section", "field", "m:1")}
    assert [name for head in heads for name in head[3:]] == [f"m:{n}" for n in range(2, count + 1)]
    assert text.count("better") == count - 1


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_text_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """No line is wider than the terminal, also with wide characters."""
    monkeypatch.setattr(
        "exo_nbregistry.views.comparison.line_width", lambda width: min(width, columns)
    )
    items = [version(n, hyperparameters={"説明": f"系外惑星の分類{n}" * 5}) for n in range(1, 6)]
    lines = repr(compare(items, directions=DIRECTIONS.get)).split("\n")
    assert max(map(display_width, lines)) <= columns


def test_all_versions_are_in_one_table_on_a_page() -> None:
    """In HTML, ten versions are in one table, and several diffs are closed."""
    page = Page(many(10)._repr_html_())
    assert page.elements.count("table") == 1
    assert [f"m:{n}" for n in range(1, 11)] == [t for t in page.text if t.startswith("m:")][:10]
    assert page.elements.count("details") == 9
    assert "open" not in dict(page.attributes)
    assert "open" in dict(Page(many(2)._repr_html_()).attributes)


def test_other_algorithms_share_metrics_and_not_parameters() -> None:
    """Hyperparameters of only one algorithm are counted, and shown by all()."""
    comparison = against(
        {"algorithm": "SVM", "hyperparameters": {"C": 1.0, "seed": 1}},
        {"algorithm": "Forest", "hyperparameters": {"trees": 9, "seed": 2}},
    )
    assert list(comparison.shown["hyperparameters"]) == ["seed"]
    assert "2 hyperparameters are used by some of the algorithms only" in repr(comparison)
    assert line(comparison.all(), "C") == ["1.0", "-"]
    assert line(comparison, "algorithm") == ["SVM", "Forest"]
    assert comparison.differences["hyperparameters"]["trees"] == {"m:2": 9}


def test_an_estimator_inside_is_compared_by_its_parameters() -> None:
    """Two searches over one classifier differ in one parameter, not in a long dict."""
    inner = [{"class": "sklearn.svm.SVC", "params": {"C": C, "kernel": "rbf"}} for C in (1.0, 2.0)]
    comparison = against(*({"hyperparameters": {"estimator": value}} for value in inner))
    assert line(comparison, "estimator__C") == ["1.0", "2.0"]
    assert list(comparison.differences["hyperparameters"]) == ["estimator__C"]


def test_a_metric_that_only_some_versions_have_is_compared_where_it_is() -> None:
    """A version without the metric has a dash, without a change."""
    scores = [{}, {"f1_score": 0.8}, {"f1_score": 0.9}]
    items = [version(n, metrics=metrics) for n, metrics in enumerate(scores, 1)]
    found = compare(items, directions=DIRECTIONS.get)
    assert line(found, "f1_score") == ["-", "0.8000", "0.9000"]
    turned = compare(reversed(items), directions=DIRECTIONS.get)
    assert line(turned, "f1_score") == ["0.9000", "0.8000", "-0.1000", "worse", "-"]


@pytest.mark.parametrize("show_all", [False, True])
def test_a_huge_comparison_counts_omitted_rows(show_all: bool) -> None:
    """Of a thousand metrics that differ two hundred are shown, and the frame has all of them."""
    before, after = ({"metrics": {f"m{n}": i for n in range(1000)}} for i in (1.0, 2.0))
    comparison = against(before, after, show_all=show_all)
    facts = len(comparison.to_frame())
    assert facts >= 1000
    assert f"… and {facts - 200} more; to_frame() returns all." in repr(comparison)
    assert Page(comparison._repr_html_()).elements.count("tr") == 1 + 200


def test_a_long_cell_is_cut_after_two_hundred_lines() -> None:
    """A long diff is cut and ends with the number of omitted lines."""
    cells = [{"provenance": Provenance(cell_source=f"{n}\n" * 1000)} for n in (1, 2)]
    assert repr(against(*cells)).endswith("… and 1803 more lines")


def test_a_cell_that_one_version_lacks_has_no_diff() -> None:
    """A diff requires the cell source of both versions."""
    comparison = against({"provenance": Provenance(cell_source="a\nb")}, {})
    assert line(comparison, "cell_source") == ["2", "lines", "-"]
    assert "details" not in Page(comparison._repr_html_()).elements


def test_a_frame_has_facts_as_rows_and_versions_as_columns() -> None:
    """The frame has the values, with NaN for missing ones."""
    frame = against({"metrics": {"f1_score": 0.8}, "hyperparameters": {"C": [1]}}, {}).to_frame()
    assert list(frame.columns) == ["m:1", "m:2"]
    assert list(frame.index.names) == ["section", "field"]
    assert frame.loc[("metrics", "f1_score"), "m:1"] == 0.8
    assert math.isnan(frame.loc[("metrics", "f1_score"), "m:2"])
    assert frame.loc[("hyperparameters", "C"), "m:1"] == [1]


def test_a_frame_of_no_differences_is_empty() -> None:
    """Versions that do not differ give a frame without rows."""
    assert against({}, {}).to_frame().shape == (0, 2)


OF_PLANET = Scoring("binary", "binary", "planet")


def test_metrics_measured_differently_are_not_judged() -> None:
    """F1 of a class and a macro average have neither a difference nor better; both are named."""
    metrics = {"f1_score": 0.8, "log_loss": 0.3, "recall.planet": 0.5}
    other = {"f1_score": 0.9, "log_loss": 0.2, "recall.planet": 0.6}
    comparison = against(
        {"metrics": metrics, "scoring": OF_PLANET},
        {"metrics": other, "scoring": Scoring("binary", "macro")},
    )
    assert "0.8000 (of planet)  0.9000 (macro average)\n" in repr(comparison)
    assert line(comparison, "log_loss")[-1] == "better"
    assert line(comparison, "pos_label") == ["planet", "-"]
    assert "f1_score was measured differently: of planet (1), macro average (1)." in repr(
        comparison
    )
    assert "scoring.pos_label == 'planet'" in repr(comparison)
    assert "0.9000 (macro average)" in comparison.to_html()


def test_metrics_measured_alike_name_the_class_once() -> None:
    """The field of a metric names the class, and the change is judged."""
    first, second = ({"metrics": {"f1_score": n}, "scoring": OF_PLANET} for n in (0.8, 0.9))
    comparison = against(first, second)
    assert line(comparison, "f1_score (of planet)")[-1] == "better"
    assert "measured differently" not in repr(comparison)


def test_metrics_of_single_classes_are_hidden_beside_their_mean() -> None:
    """They are counted and shown by all(), or if the versions differ in the positive class."""
    metrics = [{"recall": n, "recall.planet": n, "recall.dust": 1 - n} for n in (0.8, 0.9)]
    first, second = ({"metrics": found, "scoring": OF_PLANET} for found in metrics)
    comparison = against(first, second)
    assert "recall.planet" not in repr(comparison)
    assert "2 metrics are of a single class; all() shows them." in repr(comparison)
    assert "recall.planet" in repr(comparison.all())
    assert "recall.dust" in comparison.differences["metrics"]
    unlike = against(first, {**second, "scoring": Scoring("binary", "binary", "dust")})
    assert line(unlike, "recall.planet")[-1] != "0.9000"


def test_a_metric_that_counts_has_no_decimals() -> None:
    """Metrics of whole numbers, such as a number of errors, are shown as whole numbers."""
    text = str(against({"metrics": {"n_errors": 17}}, {"metrics": {"n_errors": 19}}))
    assert "17  19 +2" in text
    assert "17.0" not in text
