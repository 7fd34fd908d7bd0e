"""The check of the data for leaks."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
import polars
import pytest
from scipy.sparse import csr_matrix

from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.exoplanet.data.koi import load_koi
from exo_nbregistry.exoplanet.data.split import split_by_star
from exo_nbregistry.exoplanet.data.stars import STARS
from exo_nbregistry.training.leakage_check import check_leakage, suspicious_columns

FLAGS = ["koi_fpflag_nt", "koi_fpflag_ss", "koi_fpflag_co", "koi_fpflag_ec"]


def noise(rows: int = 200, columns: int = 3) -> pd.DataFrame:
    """Return columns without information about any label."""
    values = np.random.default_rng(0).normal(size=(rows, columns))
    return pd.DataFrame(values).add_prefix("x")


LABELS = np.arange(200) % 2


def test_derived_leaks_of_the_kepler_table_are_found(caplog: pytest.LogCaptureFixture) -> None:
    """A noisy score, the sum of the flags and a mark of names are reported, and nothing else."""
    koi = load_koi("honest22")
    table = koi.frame.loc[koi.data.index]
    noisy = table["koi_score"] * 2 + np.random.default_rng(0).normal(0, 0.1, len(table))
    derived = {
        "noisy": noisy,
        "flags": table[FLAGS].sum(axis="columns"),
        "has_name": table["kepler_name"].notna(),
        "verdict": table["koi_pdisposition"],
    }
    split = split_by_star(koi.data.assign(**derived), koi.target, koi.groups)
    report = check_leakage(split.X_train, split.y_train, split.X_test, grouping=STARS)
    assert report.columns.keys() == derived.keys()
    assert min(report.columns.values()) > 0.98
    assert next(iter(report.columns)) == "has_name"
    assert "nearly give the label: has_name (AUC 1.000), " in caplog.text


@pytest.mark.parametrize("features", ["five", "core12", "honest22", "diagnostic38"])
def test_honest_features_raise_no_warning(features: str, caplog: pytest.LogCaptureFixture) -> None:
    """The feature sets of the Kepler table, split by star, have no sign of a leak."""
    koi = load_koi(features)
    split = split_by_star(koi.data, koi.target, koi.groups)
    check_leakage(split.X_train, split.y_train, split.X_test, grouping=STARS)
    assert caplog.text == ""


def test_a_warning_names_at_most_five_columns() -> None:
    """Of many columns, five are named and the others are counted."""
    X = pd.DataFrame(dict.fromkeys((f"copy {i}" for i in range(9)), LABELS))
    (warning,) = check_leakage(X, LABELS).warnings()
    assert warning.count("copy") == 5
    assert "and 4 more" in warning


def test_an_allowed_column_is_not_reported() -> None:
    """A column that was allowed is not reported."""
    X = noise().assign(outcome=LABELS)
    assert check_leakage(X, LABELS, allow_leakage="outcome").columns == {}


@pytest.mark.parametrize(
    "values",
    [
        np.where(LABELS == 1, "yes", None),
        pd.Categorical(np.where(LABELS == 1, "yes", "no")),
        np.where(LABELS == 1, np.nan, 3.0),
        np.where(LABELS == 1, np.inf, -np.inf),
        pd.array(np.where(LABELS == 1, 5, 6), dtype="Int64"),
        np.where(LABELS == 1, np.arange(200) % 4 - 2.0, 0.0),
    ],
    ids=["text", "category", "missing", "infinite", "nullable", "both signs"],
)
def test_a_column_of_any_kind_is_checked(values: Any) -> None:
    """Texts, categories, missing and infinite values can give the label too."""
    assert suspicious_columns(noise().assign(leak=values), LABELS) == {"leak": 1.0}


@pytest.mark.parametrize(
    "convert", [lambda frame: frame.to_numpy(), polars.from_pandas], ids=["array", "polars"]
)
def test_a_table_of_any_kind_is_checked(convert: Any) -> None:
    """Arrays and polars frames are checked like pandas frames."""
    found = suspicious_columns(convert(noise().assign(leak=LABELS * 1.0)), LABELS)
    assert list(found.values()) == [1.0]


def test_several_classes_are_checked() -> None:
    """With more than two classes, a column that separates all of them is reported."""
    labels = np.arange(200) % 4
    assert suspicious_columns(noise().assign(leak=labels * 2), labels) == {"leak": 1.0}


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (csr_matrix(np.eye(200)), LABELS),
        (["a text"] * 200, LABELS),
        ([[0.0]] * 100 + [[0.0, 1.0]] * 100, LABELS),
        (noise(), np.zeros(200)),
        (noise(), np.arange(200)),
        (noise(), np.zeros((200, 2))),
        (noise(40), LABELS[:40]),
    ],
    ids=["sparse", "texts", "ragged", "one class", "many classes", "two outputs", "few rows"],
)
def test_what_cannot_be_checked_is_skipped(X: Any, y: Any) -> None:
    """The check never prevents a fit."""
    assert check_leakage(X, y, X[:0]).warnings() == []


def test_equal_rows_are_reported() -> None:
    """A test row with the values of a training row is reported by its position."""
    X = noise()
    report = check_leakage(X[:150], LABELS[:150], pd.concat([X[150:], X[:2]]).to_numpy())
    assert report.shared_rows == ("50", "51")
    (warning,) = report.warnings()
    assert warning.startswith("2 test rows also in the training set: 50, 51. ")


def test_rows_with_equal_names_are_reported() -> None:
    """A test row with the name of a training row is reported, also with other values."""
    X = noise().set_axis([f"row {i}" for i in range(200)])
    other = X[140:].where(X.index[140:].to_series().ne("row 145"), 7.0)
    report = check_leakage(X[:146], LABELS[:146], other[5:])
    assert report.shared_rows == ("row 145",)


def test_groups_in_both_parts_are_reported() -> None:
    """A star with signals in both parts is reported."""
    X = noise(4).set_axis(["K00001.01", "K00002.01", "K00001.02", "K00003.01"])
    report = check_leakage(X[:2], None, X[2:], grouping=STARS)
    assert report.shared_groups == ("K00001",)
    (warning,) = report.warnings()
    assert warning.startswith("1 star in both the training set and the test set: K00001. ")
    assert check_leakage(X[:2], None, X[2:], grouping=Grouping()).warnings() == []


def test_the_check_is_fast() -> None:
    """A table of 5,000 rows and 30 columns takes less than two seconds on a busy machine."""
    X = noise(5000, 30)
    started = time.process_time()
    check_leakage(X[:4000], X["x0"][:4000] > 0, X[4000:])
    assert time.process_time() - started < 2
