"""The lists of what can be sorted by and shown."""

from __future__ import annotations

from exo_nbregistry.panels.browser.sort_control import (
    MAX_FIELDS,
    ColumnChooser,
    SortControl,
    options,
)

FIELDS = {"metrics": ("auc", "f1"), "hyperparameters": ("auc", "C"), "tags": ("team",)}


def test_fields_of_one_name_are_told_apart() -> None:
    """A metric and a parameter of the same name have a line each."""
    found = options(["created_at"], FIELDS)
    assert found["metric: auc"] == "metrics.auc"
    assert found["parameter: auc"] == "hyperparameters.auc"


def test_a_list_is_bounded() -> None:
    """Thousands of names would be no list for people."""
    many = {"metrics": [f"m{number}" for number in range(5000)]}
    assert len(options([], many)) == MAX_FIELDS
    long = options([], {"tags": ["x" * 500]})
    assert all(len(text) <= 60 for text in long)


def test_an_order_that_is_not_listed_is_shown() -> None:
    """What Python sorts by is in the list as long as it is sorted by."""
    ordering = SortControl()
    ordering.order_by = "-hyperparameters.rare"
    ordering.offer(FIELDS, models=False)
    assert ordering._field.value == "hyperparameters.rare"
    assert ordering._down.value
    ordering.order_by = "metrics.auc"
    assert "hyperparameters.rare" not in dict(ordering._field.options).values()
    assert ordering._down.description == "Ascending ▲"


def test_models_are_sorted_by_what_models_have() -> None:
    """The number of versions is no field of a version."""
    ordering = SortControl()
    ordering.offer(FIELDS, models=True)
    assert "number of versions" in dict(ordering._field.options)
    ordering.offer(FIELDS, models=False)
    assert "number of versions" not in dict(ordering._field.options)


def test_the_order_of_choosing_columns_is_kept() -> None:
    """A column that is added comes last, whatever its place in the list."""
    chooser = ColumnChooser()
    chooser.offer(FIELDS)
    chooser.columns = ("metrics.f1", "metrics.auc")
    chooser._list.value = ("aliases", "metrics.auc", "metrics.f1")
    assert chooser.columns == ("metrics.f1", "metrics.auc", "aliases")
    chooser._list.value = ()
    assert chooser.columns == ()


def test_what_suits_is_marked_and_can_be_changed() -> None:
    """Without a choice the shown columns are marked; one more is added to them."""
    chooser = ColumnChooser()
    chooser.offer(FIELDS)
    chooser.set_default_columns(("aliases", "metrics.auc"))
    assert chooser._list.value == ("aliases", "metrics.auc")
    assert chooser.columns == ()
    chooser._list.value = ("aliases", "tags", "metrics.auc")
    assert chooser.columns == ("aliases", "metrics.auc", "tags")


def test_the_list_is_closed_until_it_is_opened() -> None:
    """A switch opens and closes it."""
    chooser = ColumnChooser()
    assert chooser.layout.display == "none"
    chooser.switch.value = True
    assert chooser.layout.display is None
