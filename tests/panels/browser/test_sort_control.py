"""Controls for the sort order and the columns."""

from __future__ import annotations

from exo_nbregistry.panels.browser.sort_control import (
    MAX_FIELDS,
    ColumnChooser,
    SortControl,
    options,
)

FIELDS = {"metrics": ("auc", "f1"), "hyperparameters": ("auc", "C"), "tags": ("team",)}


def test_fields_of_the_same_name_are_distinguished() -> None:
    """A metric and a parameter of the same name have different labels."""
    found = options(["created_at"], FIELDS)
    assert found["metric: auc"] == "metrics.auc"
    assert found["parameter: auc"] == "hyperparameters.auc"


def test_a_list_is_bounded() -> None:
    """The number of fields and the length of labels are limited."""
    many = {"metrics": [f"m{number}" for number in range(5000)]}
    assert len(options([], many)) == MAX_FIELDS
    long = options([], {"tags": ["x" * 500]})
    assert all(len(text) <= 60 for text in long)


def test_an_order_that_is_not_listed_is_shown() -> None:
    """A sort order from Python is added to the list while it is used."""
    control = SortControl()
    control.order_by = "-hyperparameters.rare"
    control.offer(FIELDS, models=False)
    assert control._field.value == "hyperparameters.rare"
    assert control._down.value
    control.order_by = "metrics.auc"
    assert "hyperparameters.rare" not in dict(control._field.options).values()
    assert control._down.description == "Ascending ▲"


def test_models_can_be_sorted_by_number_of_versions() -> None:
    """The number of versions is a sort field of models only."""
    control = SortControl()
    control.offer(FIELDS, models=True)
    assert "number of versions" in dict(control._field.options)
    control.offer(FIELDS, models=False)
    assert "number of versions" not in dict(control._field.options)


def test_the_order_of_choosing_columns_is_kept() -> None:
    """An added column is the last one."""
    chooser = ColumnChooser()
    chooser.offer(FIELDS)
    chooser.columns = ("metrics.f1", "metrics.auc")
    chooser._list.value = ("aliases", "metrics.auc", "metrics.f1")
    assert chooser.columns == ("metrics.f1", "metrics.auc", "aliases")
    chooser._list.value = ()
    assert chooser.columns == ()


def test_default_columns_can_be_changed() -> None:
    """Default columns are selected in the list, and another column is added to them."""
    chooser = ColumnChooser()
    chooser.offer(FIELDS)
    chooser.set_default_columns(("aliases", "metrics.auc"))
    assert chooser._list.value == ("aliases", "metrics.auc")
    assert chooser.columns == ()
    chooser._list.value = ("aliases", "tags", "metrics.auc")
    assert chooser.columns == ("aliases", "metrics.auc", "tags")


def test_the_list_is_opened_by_a_button() -> None:
    """A button opens the list."""
    chooser = ColumnChooser()
    assert chooser.layout.display == "none"
    chooser.switch.value = True
    assert chooser.layout.display is None


def test_everything_that_was_passed_can_be_chosen() -> None:
    """Results, training info and later metrics are offered with their kind."""
    fields = {
        "results": ["verdict"],
        "training_info": ["orbit.period"],
        "later_metrics": ["f1_score"],
    }
    assert options([], fields) == {
        "later metric: f1_score": "later_metrics.f1_score",
        "result: verdict": "results.verdict",
        "training info: orbit.period": "training_info.orbit.period",
    }
