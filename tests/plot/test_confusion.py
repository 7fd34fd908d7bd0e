"""Confusion matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.confusion import Matrix, confusion_matrix
from exo_nbregistry.records.fields import Column, Signature
from exo_nbregistry.records.metadata import ModelMetadata
from tests.plot.builders import texts, version


def measured(rows: Any, classes: Any = None, number: int = 1, **fields: Any) -> ModelMetadata:
    """Return a version with a confusion matrix."""
    found = {"confusion_matrix": rows} | ({} if classes is None else {"classes": classes})
    return version(number, additional_metrics=found, **fields)


def test_cells_have_counts_and_shares() -> None:
    """Each cell has the number of rows and the share of the true class."""
    plot = confusion_matrix([measured([[30, 10], [0, 60]], ["no", "yes"])])
    axes = plot.figure.axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    assert cells == {
        (0, 0): "30\n75.0%",
        (1, 0): "10\n25.0%",
        (0, 1): "0\n0.0%",
        (1, 1): "60\n100.0%",
    }
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["no", "yes"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "true")
    assert plot.headers == ("model, true class", "found", "as no", "as yes")
    assert plot.rows == [["kepler_rf:1, no", 0.75, 30, 10], ["kepler_rf:1, yes", 1.0, 0, 60]]


def test_versions_are_side_by_side() -> None:
    """Each version has its panel under its name; unused places are empty."""
    items = [measured([[1, 2], [3, 4]], number=i) for i in range(1, 6)]
    figure = confusion_matrix(items).figure
    assert [axes.get_title() for axes in figure.axes] == [f"kepler_rf:{i}" for i in range(1, 6)]


def test_many_classes_have_a_scale_instead_of_numbers() -> None:
    """Cells that are too small for numbers have a color scale; the table names the main error."""
    rows = (np.eye(20, dtype=int) * 50 + 1).tolist()
    rows[3][7] = 40
    plot = confusion_matrix([measured(rows)])
    assert plot.figure.axes[0].texts[:] == []
    assert plot.figure.axes[-1].get_ylabel() == "share of the true class"
    assert plot.rows[3][2:] == ["7", sum(rows[3])]
    assert "to_frame() returns the numbers." in plot.notes
    frame = plot.to_frame()
    assert frame.query("true == '3' and predicted == '7'")["count"].tolist() == [40]


def test_a_class_without_rows_has_shares_of_zero() -> None:
    """The shares of a class without rows are 0."""
    assert Matrix.of(measured([[0, 0], [1, 3]])).shares.tolist() == [[0, 0], [0.25, 0.75]]


def test_labels_come_from_the_signature_where_the_results_have_none() -> None:
    """A passed matrix is labeled by the classes of the model, else by numbers."""
    signature = Signature((Column("a", "float64"),), ("cold", "hot"))
    assert Matrix.of(measured([[1, 0], [0, 1]], signature=signature)).classes == ("cold", "hot")
    assert Matrix.of(measured([[1, 0], [0, 1]], ["only one"])).classes == ("0", "1")


@pytest.mark.parametrize(
    "rows",
    [
        "a matrix",
        [],
        [[1]],
        [[1, 2], [3]],
        [[1, -1], [0, 2]],
        [[1.5, 0], [0, 2]],
        [[True, False], [False, True]],
        [[10**40, 0], [0, 1]],
        [["<b>", 0], [0, 1]],
        {"a": 1},
    ],
)
def test_other_values_than_matrices_are_rejected(rows: Any) -> None:
    """A value that is not a square matrix of counts is rejected."""
    with pytest.raises(RegistryError, match="kepler_rf:1 has no confusion matrix; register it"):
        confusion_matrix([measured(rows)])


def test_one_bad_matrix_is_left_out() -> None:
    """The other versions are plotted, and a note names the omitted one."""
    plot = confusion_matrix([measured([[1, 0], [0, 1]]), measured("x", number=2)])
    assert plot.notes == (
        "Omitted: kepler_rf:2 has no confusion matrix; register it with X_test and y_test.",
    )
    assert any("kepler_rf:2" in text for text in texts(plot.figure))
