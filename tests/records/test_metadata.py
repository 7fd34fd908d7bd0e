"""Metadata of a version, to JSON and back."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.metadata import JOURNAL_FIELDS, Artifact, ModelMetadata, Note, Scoring
from exo_nbregistry.values.json_codec import dump_json, load_json
from exo_nbregistry.views.facts import same
from tests.sample_values import (
    ARTIFACTS,
    DATASETS,
    FIELDS,
    MAYBE,
    NOTES,
    SIGNATURES,
    TEXTS,
    UTC_INSTANTS,
    ZONES,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SCORINGS = st.builds(
    Scoring,
    task=st.sampled_from(["binary", "multiclass", "regression"]),
    average=st.sampled_from(["binary", "macro", None]),
    pos_label=TEXTS | st.integers() | st.booleans() | st.none(),
    threshold=st.none() | st.floats(0, 1),
    sample_weight=st.booleans(),
)
METADATA = st.builds(
    ModelMetadata,
    model_id=st.just("m:1"),
    model_name=TEXTS,
    version=st.integers(1),
    created_at=UTC_INSTANTS,
    algorithm=MAYBE,
    training_date=st.datetimes(timezones=ZONES) | MAYBE,
    description=TEXTS,
    metrics=st.dictionaries(TEXTS, st.floats(), max_size=3),
    hyperparameters=FIELDS,
    feature_columns=st.lists(TEXTS, max_size=3).map(tuple),
    signature=st.none() | SIGNATURES,
    dataset=st.none() | DATASETS,
    artifact=st.none() | ARTIFACTS,
    attachments=st.dictionaries(st.sampled_from(["evaluation", "$x"]), ARTIFACTS),
    class_distribution=st.dictionaries(st.integers() | TEXTS, st.integers(), max_size=3),
    additional_metrics=FIELDS,
    scoring=st.none() | SCORINGS,
    tags=FIELDS,
    aliases=st.lists(TEXTS, max_size=2).map(tuple),
    notes=st.lists(NOTES, max_size=2).map(tuple),
)


def minimal(**fields: Any) -> ModelMetadata:
    """Return metadata with the required fields and `fields`."""
    required = {"model_id": "m:1", "model_name": "m", "version": 1, "created_at": NOW}
    return ModelMetadata(**(required | fields))


@given(METADATA)
def test_metadata_comes_back_equal(metadata: ModelMetadata) -> None:
    """A round trip through a file of JSON changes no value and no type."""
    fields = load_json(dump_json(metadata.to_dict(), "it"), "it")
    again = ModelMetadata.from_dict(fields)
    assert again == metadata
    assert same(again.hyperparameters, metadata.hyperparameters)
    assert same(again.tags, metadata.tags)


@pytest.mark.parametrize("name", ["training_date", "training_samples", "parent", "algorithm"])
def test_a_value_of_another_kind_is_refused_by_its_key(name: str) -> None:
    """A tuple instead of a single value is rejected, because it would not be restored."""
    with pytest.raises(RecordError, match=f"{name} must be"):
        minimal(**{name: (1, 2)})


def test_a_record_holds_no_journal_fact_but_the_first_tags() -> None:
    """Aliases, notes, status and signer are not part of what is sealed."""
    record = minimal(tags={"a": 1}, aliases=("champion",), status="deleted").to_record()
    assert not record.keys() & ({*JOURNAL_FIELDS, "signer"} - {"tags"})
    assert record["tags"] == {"a": 1}


def test_a_field_of_a_newer_release_is_kept_and_written_again() -> None:
    """Unknown fields are kept when metadata is read and written."""
    passed = {"licence": {"$spdx": "CC0"}, "future": [1, {"$new": 2}]}
    metadata = ModelMetadata.from_dict(minimal().to_dict() | passed)
    assert metadata.extra == passed
    assert passed.items() <= metadata.to_dict().items()
    assert passed.items() <= dataclasses.replace(metadata, description="x").to_record().items()


@pytest.mark.parametrize("metric", ["accuracy", "precision", "recall", "f1_score"])
def test_an_unmeasured_metric_has_no_value(metric: str) -> None:
    """Nothing is not zero, and a zero that was measured is one."""
    assert getattr(minimal(), metric) is None
    assert getattr(minimal(metrics={metric: 0.0}), metric) == 0.0


def test_metadata_is_independent_of_the_passed_values() -> None:
    """Changing a dict after the call changes nothing that is known."""
    passed = {"layers": [1, 2]}
    metadata = minimal(hyperparameters=passed)
    passed["layers"].append(3)
    assert metadata.hyperparameters == {"layers": [1, 2]}


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"hyperparameters": {"net": {"act": object()}}}, r"hyperparameters\.net\.act"),
        ({"metrics": {"f1": 1j}}, r"metrics\.f1"),
        ({"tags": {"x": {1}}}, r"tags\.x"),
        ({"feature_columns": ("a", object())}, r"feature_columns\[1\]"),
        ({"attachments": {"plot": Artifact("npz", b"", 1)}}, r"attachments\.plot\.sha256"),
        ({"notes": (Note("a", b"", NOW),)}, r"notes\.author"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_key(fields: dict[str, Any], key: str) -> None:
    """The error names the field and the way down to the value."""
    with pytest.raises(RecordError, match=key):
        minimal(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"version": None, "signature": 3},
        {"signature": {"columns": 3}},
        {"signature": {}},
        {"artifact": {"format": "joblib"}},
        {"attachments": []},
        {"attachments": {"a": None, "b": 4}},
        {"notes": 5},
        {"feature_columns": 5},
        {"created_at": {"$datetime": "never"}},
    ],
)
def test_a_malformed_record_is_refused_as_one(fields: dict[str, Any]) -> None:
    """Invalid metadata of any kind raises RecordError."""
    with pytest.raises(RecordError):
        ModelMetadata.from_dict(minimal().to_dict() | fields)


def test_missing_fields_are_named() -> None:
    """The error names the missing required field."""
    with pytest.raises(RecordError, match="created_at"):
        ModelMetadata.from_dict({"model_id": "m:1", "model_name": "m", "version": 1})


def test_repr_is_one_line() -> None:
    """The plain representation has name, algorithm, scores, aliases and a status that matters."""
    shown = repr(
        minimal(
            algorithm="SVC", metrics={"f1_score": 0.91234}, aliases=("champion",), status="deleted"
        )
    )
    assert shown == "<ModelMetadata 'm:1' | SVC | f1_score=0.9123 | champion | deleted>"
    recall = minimal(metrics={"recall": 0.5}, scoring=Scoring("binary", "binary", "planet"))
    assert repr(recall) == "<ModelMetadata 'm:1' | recall=0.5 (of planet)>"
    assert repr(minimal(metrics={"f1": np.float64(1)})) == "<ModelMetadata 'm:1' | f1=1>"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ("a_rare_one accuracy brier f1_score precision", "f1_score precision accuracy"),
        ("explained_variance mae r2 rmse", "r2 rmse mae"),
        ("b a", "a b"),
    ],
)
def test_one_line_has_the_metrics_that_are_read_first(names: str, shown: str) -> None:
    """At most three metrics are shown, in the order of a listing."""
    line = repr(minimal(metrics=dict.fromkeys(names.split(), 0.5)))
    assert line.split(" | ")[1].rstrip(">") == ", ".join(f"{name}=0.5" for name in shown.split())


def test_a_version_that_was_not_measured_has_no_scoring_in_its_record() -> None:
    """Without a scoring, the record equals that of an older release."""
    assert "scoring" not in minimal().to_record()
    assert "scoring" not in minimal().to_dict()
    assert ModelMetadata.from_dict(minimal().to_dict()).scoring is None


def test_a_numpy_label_is_stored_as_a_plain_value() -> None:
    """The positive class is stored with a plain type."""
    scoring = Scoring("binary", "binary", np.int64(1), np.float32(0.5))
    assert minimal(scoring=scoring).scoring == Scoring("binary", "binary", 1, 0.5)
    assert type(minimal(scoring=scoring).scoring.pos_label) is int  # type: ignore[union-attr]


def test_an_invalid_scoring_is_rejected_by_its_key() -> None:
    """The error names the field of the scoring."""
    with pytest.raises(RecordError, match=r"scoring\.threshold must be"):
        minimal(scoring=Scoring("binary", threshold="low"))  # type: ignore[arg-type]


def test_the_training_info_is_the_mapping_that_was_passed() -> None:
    """The training info holds the known facts and the additional ones, and is a copy."""
    metadata = minimal(
        training_dataset="kepler",
        training_samples=3,
        class_distribution={"a": 1},
        training_date="2025",
        additional_metrics={"training_info": {"epochs": 5}},
    )
    expected = {
        "dataset": "kepler",
        "training_samples": 3,
        "class_distribution": {"a": 1},
        "training_date": "2025",
        "epochs": 5,
    }
    assert metadata.training_info == expected
    metadata.training_info["class_distribution"]["a"] = 2
    assert metadata.class_distribution == {"a": 1}
    assert minimal(training_date=NOW).training_info == {}
