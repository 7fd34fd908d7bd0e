"""Facts of a model version."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.records.fields import Artifact
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.views.facts import ABSENT, SECTIONS, facts_of, format_value, inapplicable, same

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(VALUES)
def test_a_value_is_the_same_as_its_copy(value: object) -> None:
    """Each value equals its copy, with NaN at any depth."""
    assert same(value, copy.deepcopy(value))


@given(VALUES, VALUES)
def test_sameness_has_no_sides(one: object, other: object) -> None:
    """The comparison of two values is symmetric."""
    assert same(one, other) == same(other, one)


def test_a_bare_version_has_every_section_and_no_fact() -> None:
    """Unknown facts are missing, not zero or empty."""
    made = datetime(2026, 1, 1, tzinfo=UTC)
    bare = ModelMetadata(model_id="m:1", model_name="m", version=1, created_at=made)
    assert facts_of(bare) == {section: {} for section in SECTIONS}


def test_a_zero_is_known() -> None:
    """A count of zero is a fact."""
    made = datetime(2026, 1, 1, tzinfo=UTC)
    known = ModelMetadata(
        model_id="m:1",
        model_name="m",
        version=1,
        created_at=made,
        test_samples=0,
        artifact=Artifact("joblib", "a" * 64, 0),
    )
    assert facts_of(known)["data"] == {"test_samples": 0}
    assert facts_of(known)["model"] == {"format": "joblib", "size_bytes": 0}


@pytest.mark.parametrize(
    ("section", "name", "value", "formatted"),
    [
        ("data", "sha256", "ab" * 32, "abababababab"),
        ("data", "class_distribution", {"PLANET": 2, 0: 1}, "PLANET: 2, 0: 1"),
        ("data", "classes", ("PLANET", "OTHER"), "PLANET, OTHER"),
        ("hyperparameters", "sha256", "ab" * 32, "ab" * 32),
        ("hyperparameters", "layers", (8, 4), "(8, 4)"),
        ("model", "size_bytes", 1500, "1.5 kB"),
        ("code", "cell_source", "a\nb", "2 lines"),
        ("code", "cell_source", ABSENT, "-"),
    ],
)
def test_values_are_formatted_by_type(
    section: str, name: str, value: object, formatted: str
) -> None:
    """Digests are short, sizes have units, and values of the user are unchanged."""
    assert format_value(section, name, value) == formatted


@pytest.mark.parametrize(
    ("algorithms", "values", "expected"),
    [
        (["SVM", "Forest"], [1.0, ABSENT], True),
        (["SVM", "SVM", "Forest"], [1.0, 1.0, ABSENT], True),
        (["SVM", "SVM", "Forest"], [1.0, 2.0, ABSENT], False),
        (["SVM", "SVM"], [1.0, ABSENT], False),
        (["SVM", "Forest"], [1.0, 2.0], False),
    ],
)
def test_inapplicable_hyperparameters(
    algorithms: list[str], values: list[object], expected: bool
) -> None:
    """A hyperparameter is inapplicable if only the algorithm explains where it is missing."""
    assert inapplicable(algorithms, values) is expected


def test_a_nested_estimator_is_flattened() -> None:
    """A nested estimator is its class, followed by its parameters."""
    inner = {"class": "SVC", "params": {"C": 1.0, "base": {"class": "Tree", "params": {"n": 2}}}}
    made = datetime(2026, 1, 1, tzinfo=UTC)
    nested = {"svc": inner, "grid": {"C": [1, 2]}, "odd": {"class": "a", "params": 3}}
    known = ModelMetadata(
        model_id="m:1", model_name="m", version=1, created_at=made, hyperparameters=nested
    )
    assert facts_of(known)["hyperparameters"] == {
        "svc": "SVC",
        "svc__C": 1.0,
        "svc__base": "Tree",
        "svc__base__n": 2,
        "grid": {"C": [1, 2]},
        "odd": {"class": "a", "params": 3},
    }


def test_everything_that_was_passed_is_a_fact() -> None:
    """Results other than metrics and extra training info are facts; nested names have dots."""
    known = ModelMetadata(
        model_id="m:1",
        model_name="m",
        version=1,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        additional_metrics={
            "verdict": "good",
            "reviewed": None,
            "report": {"planet": {"precision": 0.5}},
            "training_info": {"mission": "Kepler", "orbit": {"period": 3.5}},
        },
    )
    assert facts_of(known)["results"] == {
        "verdict": "good",
        "reviewed": None,
        "report.planet.precision": 0.5,
    }
    assert facts_of(known)["training info"] == {"mission": "Kepler", "orbit.period": 3.5}


@pytest.mark.parametrize(
    ("value", "formatted"),
    [
        (0.123456, "0.1235"),
        ("a\n b", "a b"),
        ("x" * 3000, f"{'x' * 159}… (3,000 characters)"),
        (list(range(100)), "[0, 1, 2, 3, 4 and 95 more]"),
        (None, "None"),
        (True, "True"),
    ],
)
def test_passed_facts_are_short(value: object, formatted: str) -> None:
    """Long texts and lists are cut with a count."""
    assert format_value("results", "x", value) == formatted
