"""Facts that the user passed and that have no field of their own."""

from __future__ import annotations

from exo_nbregistry.records.passed_facts import flatten, passed_results, passed_training_info


def test_measured_reports_are_not_passed() -> None:
    """The reports that are measured with the test data are omitted, those of the user are not."""
    additional = {"confusion_matrix": [[1]], "classes": [0], "verdict": "good"}
    assert passed_results(additional, ("evaluation",)) == {"verdict": "good"}
    assert passed_results(additional, ()) == additional


def test_equal_names_do_not_hide_a_value() -> None:
    """A name with a dot and a nested name that equals it are both kept."""
    assert flatten({"a.b": 1, "a": {"b": 2, 3: 4}, "empty": {}}) == {
        "a.b": 1,
        "a['b']": 2,
        "a.3": 4,
        "empty": {},
    }


def test_training_info_of_another_type_is_not_shown() -> None:
    """A result of the name training_info that is not a dict has no parts."""
    assert passed_training_info({"training_info": "none"}) == {}
