"""Checks of the content of a version's record."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records import version_fields
from exo_nbregistry.records.describe import metadata_of
from exo_nbregistry.records.quick_fields import QUICK
from exo_nbregistry.records.version_fields import version_issues

AT = {"$datetime": "2026-01-01T00:00:00+00:00"}
ARTIFACT = {"format": "joblib", "sha256": "0" * 64, "size_bytes": 3, "globals": ["a.B"]}
CONTENT: dict[str, Any] = {
    "model_id": "m:1",
    "model_name": "M",
    "version": 1,
    "created_at": AT,
    "training_date": AT,
    "algorithm": "Ridge",
    "description": "",
    "metrics": {"f1_score": 0.5, "support": 3, "loss": {"$float": "nan"}},
    "hyperparameters": {"C": 1.0, "layers": {"$tuple": [3, 4]}, "seed": None},
    "default_hyperparameters": ["C"],
    "feature_columns": ["a"],
    "signature": {
        "columns": [{"name": "a", "dtype": "int64", "minimum": 1, "maximum": 2.5, "missing": 0}],
        "classes": ["x", 1],
        "container": "frame",
    },
    "training_dataset": None,
    "training_samples": 10,
    "test_samples": None,
    "class_distribution": {"$map": [[0, 5], [1, 5]]},
    "dataset": {"name": None, "rows": 10, "sha256": "0" * 64},
    "environment": {"python": "3.11.2", "platform": "Linux", "packages": {"numpy": "2"}},
    "provenance": {"cell_number": 3, "git_dirty": True, "user": "ada", "host": None},
    "artifact": ARTIFACT,
    "attachments": {"roc": ARTIFACT | {"kind": "figure"}},
    "additional_metrics": {"confusion_matrix": [[1, 2], [3, 4]]},
    "scoring": {"task": "binary", "average": "binary", "pos_label": 1, "threshold": 0.5},
    "code": {"by_value": ["a.B"], "python": "3.11", "cloudpickle": "3"},
    "parent": "m:0",
    "imported": {"tool": "MLflow", "source_id": "mlflow:kepler_rf:7", "trusted": False},
    "tags": {"team": "vetting"},
    "facts_sha256": "0" * 64,
    "of_a_newer_release": {"deep": [{"$spdx": "CC0"}]},
}
BAD: list[Any] = [
    *([], {}, "x", 3, -1, 0.5, True, None, [None], [[]], {"a": []}, {"": 1}),
    *({"$float": "one"}, {"$datetime": "never"}, {"$map": [[[], 1]]}, {"$tuple": 3}, {"$new": 1}),
    *(2**63, 10**400, float("inf"), "\0", "x" * 10_000, {"$datetime": "0001-01-01T00:00:00+23:59"}),
    *({"$float": "nan"}, {"$datetime": "2026-01-01T00:00:00"}, {"$tuple": []}),
]


def test_a_usual_record_has_no_issue() -> None:
    """The content that this release writes is valid."""
    assert version_issues(CONTENT, "m", 1) == []


@pytest.mark.parametrize("name", ["model_id", "model_name", "version", "created_at"])
def test_a_missing_field_is_named(name: str) -> None:
    """A field that each version has cannot be missing."""
    content = {key: value for key, value in CONTENT.items() if key != name}
    assert version_issues(content, "m", 1) == [f"{name} is missing"]


@pytest.mark.parametrize("change", [{"version": 2}, {"model_id": "other:1"}], ids=str)
def test_a_record_describes_its_own_version(change: dict[str, Any]) -> None:
    """A record cannot present itself as another version."""
    (issue,) = version_issues(CONTENT | change, "m", 1)
    assert "expected m:1" in issue


@pytest.mark.parametrize("name", ["aliases", "notes", "later_metrics", "status", "signer"])
def test_a_field_of_the_journal_is_not_a_field_of_a_record(name: str) -> None:
    """A record cannot give itself an alias, a note, a status or a signer."""
    assert version_issues(CONTENT | {name: []}, "m", 1) == [
        f"{name} is not a field of a version record"
    ]


def test_every_issue_is_listed() -> None:
    """Each invalid field has its own issue."""
    content = CONTENT | {"algorithm": [], "metrics": {"f1": "x"}, "dataset": {"rows": "x"}}
    issues = version_issues(content, "m", 1)
    assert [issue.split()[0] for issue in issues] == ["algorithm", "metrics.f1", "dataset"]


@pytest.mark.parametrize("bad", BAD, ids=lambda value: repr(value)[:40])
@pytest.mark.parametrize("name", CONTENT)
def test_a_valid_record_can_be_decoded(name: str, bad: Any) -> None:
    """Metadata without an issue can be decoded, and metadata that cannot be has an issue."""
    content = CONTENT | {name: bad}
    issues = version_issues(content, "m", 1)
    try:
        metadata_of(content, {}, None)
    except RecordError:
        assert issues
        assert all(len(issue) < 300 for issue in issues)


@given(st.data())
def test_the_quick_tests_accept_only_valid_fields(data: st.DataObject) -> None:
    """A field that a quick test accepts has no issue in the slow check."""
    name = data.draw(st.sampled_from(sorted(QUICK)))
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    usual = st.sampled_from([CONTENT[name], *BAD])
    values = st.recursive(
        scalars | usual,
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(KEYS), inner),
        max_leaves=5,
    )
    changed = data.draw(values)
    if isinstance(CONTENT[name], dict) and isinstance(changed, dict) and data.draw(st.booleans()):
        changed = CONTENT[name] | changed
    if QUICK[name](changed):
        assert version_fields._issues_of(name, changed) == []


KEYS = ["columns", "rows", "name", "globals", "packages", "$float", "$map", "sha256", "task"]
