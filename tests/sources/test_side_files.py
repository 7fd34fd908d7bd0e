"""Facts in the files beside a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.sources.metric_names import metric_name
from exo_nbregistry.sources.side_files import Facts, facts_of, read_facts


def facts(folder: Path, name: str, content: Any) -> Facts:
    """Write a side file and read its facts."""
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_facts([path])


def test_only_clear_metrics_are_metrics(tmp_path: Path) -> None:
    """In a general file, numbers with names of metrics count, and other numbers do not."""
    found = facts(tmp_path, "rf.json", {"acc": 0.9, "F1": 0.8, "auc": 1, "n_rows": 7, "ok": True})
    assert found.metrics == {"accuracy": 0.9, "f1_score": 0.8, "auc": 1.0}
    assert found.hyperparameters == {}


def test_all_numbers_of_a_file_of_metrics_are_metrics(tmp_path: Path) -> None:
    """The name of the file states that its numbers are metrics."""
    assert facts(tmp_path, "rf_metrics.json", {"purity": 0.5, "by": "Ada"}).metrics == {
        "purity": 0.5
    }


@pytest.mark.parametrize("name", ["params.json", "rf_hyperparameters.json"])
def test_a_file_of_parameters_has_hyperparameters(name: str, tmp_path: Path) -> None:
    """The name of the file states that its plain values are parameters, also of metric names."""
    found = facts(
        tmp_path, name, {"max_depth": None, "loss": "hinge", "alpha": 1, "deep": {"a": [{}]}}
    )
    assert found.hyperparameters == {"max_depth": None, "loss": "hinge", "alpha": 1}
    assert found.metrics == {}


def test_nested_parts_are_read(tmp_path: Path) -> None:
    """Parts with usual names have metrics and parameters, as the export of this package has."""
    found = facts(
        tmp_path,
        "rf_metadata.json",
        {
            "metadata": {
                "metrics": {"purity": 0.5},
                "hyperparameters": {"C": 2},
                "feature_columns": ["a", "b"],
                "description": "A note",
                "dataset": "kepler",
                "confusion": {"accuracy": [[1, 2]]},
            }
        },
    )
    assert (found.metrics, found.hyperparameters) == ({"purity": 0.5}, {"C": 2})
    assert (found.feature_columns, found.description) == (("a", "b"), "A note")
    assert found.training_dataset == "kepler"


def test_a_list_of_names_is_the_columns(tmp_path: Path) -> None:
    """A file that is a list of texts has the columns."""
    assert facts(tmp_path, "features.json", ["a", "b"]).feature_columns == ("a", "b")
    assert facts(tmp_path, "features.json", [1, 2]).feature_columns == ()


def test_pinned_requirements_are_packages(tmp_path: Path) -> None:
    """Only exact versions are packages."""
    text = "# pip\nscikit-learn==1.7.0\nnumpy >= 2\nxgboost[gpu] == 3.0.1 ; python_version > '3'\n"
    found = facts(tmp_path, "requirements.txt", text)
    assert found.packages == {"scikit-learn": "1.7.0", "xgboost": "3.0.1"}


@pytest.mark.parametrize(
    "text", ["{", "[" * 100_000, '"text"', "\udcff", "NaN", "{" + " " * (5 << 20) + "}"]
)
def test_files_that_are_not_json_have_no_facts(text: str, tmp_path: Path) -> None:
    """Damaged, deep, binary and large files have no facts, and are not an error."""
    path = tmp_path / "rf.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert read_facts([path, tmp_path / "missing.json"]) == Facts()


def test_a_number_that_is_too_large_is_not_a_metric() -> None:
    """An integer beyond the range of floats is left out."""
    assert facts_of({"accuracy": 10**400, "f1": 0.5}).metrics == {"f1_score": 0.5}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(content=VALUES)
def test_any_content_has_facts(content: Any) -> None:
    """Metrics are always floats and columns always texts."""
    found = facts_of(content)
    assert all(type(value) is float for value in found.metrics.values())
    assert all(type(value) is str for value in found.feature_columns)


def test_names_of_metrics_are_those_of_records() -> None:
    """Short names are replaced, and names with several meanings are not metrics."""
    names = ["acc", "val_acc", "F1", "log_loss", "time", "score", "depth", ""]
    assert [metric_name(name) for name in names] == [
        *("accuracy", "val_accuracy", "f1_score", "log_loss", None, None, None, None)
    ]
