"""Description of a model before it is registered, and after a round trip."""

from __future__ import annotations

import contextlib
import dataclasses
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.linear_model import LinearRegression, LogisticRegression

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.description import Description, describe_model
from exo_nbregistry.introspection.registration_input import RegistrationInput
from exo_nbregistry.records.metadata import Artifact
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.values.plain_values import to_plain
from exo_nbregistry.views.facts import same
from tests.sample_values import FIELDS

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ARTIFACT = Artifact("joblib", "0" * 64, 1, ("numpy.ndarray",))
# Unusual values from real metadata.
ODD = {
    "float64": np.float64(0.1),
    "nan": np.float64("nan"),
    "-inf": -np.inf,
    "float32": np.float32(1 / 3),
    "int64": np.int64(-(2**63)),
    "bool": np.bool_(True),
    "huge": 2**4000,
    "zoned": datetime(2026, 7, 1, 12, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    "naive": datetime(2026, 7, 1, 12, 30, 1, 999_999),  # noqa: DTZ001  # people do
    "größe": {"три": [np.float64(1.5), ("a", None, {"深さ": math.nan})]},
    "keys": {1: "one", 2.5: "float", None: "nothing", False: 0},
    "array": np.array([[1, 2], [3, 4]]),
    "": "empty",
    "$float": "nan",
}


def describe(model: Any = None, **arguments: Any) -> Description:
    """Return the description of a model with these arguments."""
    return describe_model(model or {"a": 1}, RegistrationInput("toy", **arguments), NOW)


def nested(levels: int) -> list[Any]:
    """Return nested lists."""
    return [nested(levels - 1)] if levels > 1 else []


def facts(described: Description, **other: Any) -> str:
    """Return the digest of the facts that identify a version."""
    changed = dataclasses.replace(described.metadata, **other)
    content = Description(changed, described.attachments).finish("toy", 1, ARTIFACT)
    return str(content["facts_sha256"])


@contextlib.contextmanager
def written(**arguments: Any) -> Iterator[ModelRegistry]:
    """Register a model, and return its metadata from a second registry object."""
    with TemporaryDirectory() as folder:
        registry = ModelRegistry(Path(folder, "r"), durable=False)
        registry.register_model({"a": 1}, "toy", **arguments)
        yield ModelRegistry(Path(folder, "r"))


@settings(max_examples=25)
@given(FIELDS, FIELDS)
def test_facts_round_trip(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Hyperparameters and training facts have equal values and types in another kernel."""
    with written(hyperparameters=one, training_info={"extra": other}) as registry:
        metadata = registry.get_metadata("toy:1")
        assert same(metadata.hyperparameters, to_plain(one, "it"))
        stored = metadata.additional_metrics["training_info"]["extra"]
        assert same(stored, to_plain(other, "it"))


def test_odd_values_come_back_from_disk() -> None:
    """Numpy scalars, NaN, infinities, time zones, nesting and non-ASCII names are stored."""
    with written(hyperparameters=ODD, tags={"größe": ODD}, evaluation_results={"f1": 1.0}) as there:
        metadata = there.get_metadata("toy")
        listed = there.list_models()[0]
    for found in (metadata, listed):
        assert same(found.hyperparameters, to_plain(ODD, "it"))
        assert same(found.tags["größe"], to_plain(ODD, "it"))
    assert metadata.hyperparameters["zoned"].utcoffset() == timedelta(hours=5, minutes=45)
    assert metadata.hyperparameters["huge"] == 2**4000


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"hyperparameters": {"net": [{"act": object()}]}}, r"hyperparameters\.net\[0\]\.act"),
        ({"evaluation_results": {"curve": {1, 2}}}, r"evaluation_results\.curve"),
        ({"training_info": {"class_distribution": {b"PC": 1}}}, "class_distribution"),
        ({"tags": {"x": 1j}}, r"tags\.x"),
        ({"description": "\ud800"}, "description"),
        ({"hyperparameters": {"weights": list(range(200_000))}}, r"hyperparameters\.weights"),
        ({"tags": {"text": "x" * 2_000_000}}, r"tags\.text"),
        ({"hyperparameters": {"deep": nested(62)}}, r"hyperparameters\.deep"),
        ({"hyperparameters": [1]}, "hyperparameters must be a dict"),
        ({"evaluation_results": 0.9}, "evaluation_results must be a dict"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_kept_is_refused_before_anything_is_written(
    tmp_path: Path, arguments: dict[str, Any], key: str
) -> None:
    """Values that cannot be stored raise an error with their key, and the folder is unchanged."""
    registry = ModelRegistry(tmp_path / "r", durable=False, create=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RecordError, match=key):
        registry.register_model({"a": 1}, "toy", **arguments)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_large_description_still_fits() -> None:
    """A description that passes the size check is registered."""
    with written(description="x" * 900_000, hyperparameters={"deep": nested(61)}):
        pass


def test_time_and_place_do_not_change_the_digest() -> None:
    """Time and cell do not change the digest of the facts; a metric does."""
    description = describe(evaluation_results={"f1_score": 0.5})
    later = NOW + timedelta(days=1)
    provenance = dataclasses.replace(description.metadata.provenance, cell_number=7)
    assert facts(description) == facts(
        description, created_at=later, training_date=later, provenance=provenance
    )
    assert facts(description) != facts(description, metrics={"f1_score": 0.6})
    assert facts(description) != facts(description, description="x")


def test_a_finished_description_has_its_number_and_its_payloads() -> None:
    """Number, artifact and attachments are added after the model is written."""
    X = np.array([[0.0], [1.0]])
    model = LogisticRegression().fit(X, [0, 1])
    description = describe(model, X=X, y=[0, 1], X_test=X, y_test=[0, 1])
    assert description.metadata.version == 0
    content = description.finish("toy", 7, ARTIFACT)
    assert (content["model_id"], content["version"]) == ("toy:7", 7)
    assert content["artifact"]["sha256"] == ARTIFACT.sha256
    assert content["environment"]["packages"].keys() == {"numpy"}
    assert content["attachments"].keys() == {"evaluation", "input_example"}


def test_other_results_than_numbers_are_additional() -> None:
    """Numbers are metrics; booleans, text, None and tables are additional."""
    results = {"f1": 1, "auc": np.float32(0.5), "ok": True, "note": "x", "r2": None, "cm": [[1]]}
    metadata = describe(evaluation_results=results).metadata
    assert metadata.metrics == {"f1": 1, "auc": 0.5}
    assert metadata.additional_metrics == {"ok": True, "note": "x", "r2": None, "cm": [[1]]}


def test_data_that_is_wide_is_registered_without_an_example(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An example that is too large is omitted, and the log reports it."""
    X = np.random.default_rng(0).random((6, 20_000))
    model = LinearRegression().fit(X, range(6))
    assert describe(model, X=X).attachments == {}
    assert "No input example" in caplog.text


def test_a_model_that_cannot_predict_yet_is_registered_without_an_example(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A model that is not fitted is described with its data."""
    description = describe(LogisticRegression(), X=[[0.0], [1.0]], y=[0, 1])
    assert description.metadata.training_samples == 2
    assert description.attachments == {}
    assert "No input example" in caplog.text


@pytest.mark.parametrize("when", [datetime(2025, 5, 5, tzinfo=UTC), "spring 2025"])
def test_the_training_date_is_stored(when: Any) -> None:
    """Without one it is the time of registration."""
    assert describe(training_info={"training_date": when}).metadata.training_date == when
    assert describe().metadata.training_date == NOW


@pytest.mark.parametrize(
    ("model", "X_test"),
    [
        (LogisticRegression(), [[0.0], [1.0]]),
        (LogisticRegression().fit([[0], [1]], [0, 1]), [[1, 2]] * 2),
    ],
    ids=["unfitted", "too wide"],
)
def test_test_data_that_a_model_refuses_is_an_error_of_one_line(model: Any, X_test: Any) -> None:
    """The error has the message of the model, and its error as the cause."""
    with pytest.raises(RecordError, match="Cannot evaluate LogisticRegression") as refused:
        describe(model, X_test=X_test, y_test=[0, 1])
    assert "\n" not in str(refused.value)
    assert isinstance(refused.value.__cause__, ValueError)


def test_an_example_that_a_model_refuses_is_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Only the first line of a long error is logged."""
    describe(LogisticRegression().fit([[0], [1]], [0, 1]), X=np.array([1.0, 2.0]))
    (message,) = [r.getMessage() for r in caplog.records if "No input example" in r.getMessage()]
    assert "\n" not in message


def test_a_tag_of_none_is_refused() -> None:
    """It would be a tag that is not there."""
    with pytest.raises(RecordError, match=r"tags\.team must not be None"):
        describe(tags={"team": None})
