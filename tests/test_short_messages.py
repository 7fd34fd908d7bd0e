"""No message lists more than five names, for any number of columns."""

from __future__ import annotations

import hashlib
import io
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier

from exo_nbregistry.errors import RecordError, SignatureMismatchError, UntrustedModelError
from exo_nbregistry.inference.answer_table import answer_columns
from exo_nbregistry.inference.row_answers import RowAnswers
from exo_nbregistry.inference.table_errors import TableProblems
from exo_nbregistry.persistence import predict_script
from exo_nbregistry.persistence.loading import load_verified
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.training.columns import select_columns

MAX_CHARACTERS = 1000
WIDE = [f"feature_{i:05}" for i in range(2000)]
TABLE = pd.DataFrame(np.zeros((2, len(WIDE))), columns=WIDE)


def test_missing_columns_are_counted() -> None:
    """A table without the columns of a model names five of them; the error has all."""
    with pytest.raises(SignatureMismatchError, match="'feature_00004' and 1,995 more") as caught:
        select_columns(pd.DataFrame({"a": [1.0]}), WIDE)
    assert len(str(caught.value)) < MAX_CHARACTERS
    assert len(caught.value.missing) == len(WIDE)


def test_problems_of_a_request_are_counted() -> None:
    """A served table with thousands of problems names five of them; the error has all."""
    problems = TableProblems(1)
    for name in WIDE:
        problems.add(name, "missing", "is required")
    error = problems.error("wide:1")
    assert "feature_00004 is required and 1,995 more" in str(error)
    assert len(error.missing) == len(WIDE)


def test_the_names_in_an_error_of_a_library_are_cut(tmp_path: Path) -> None:
    """XGBoost lists each column in its errors, which are cut."""
    model = XGBClassifier(n_estimators=1).fit(TABLE, [0, 1])
    other = TABLE.rename(columns=str.upper)
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    with pytest.raises(RecordError, match="feature_names mismatch") as caught:
        registry.register_model(model, "wide", X_test=other, y_test=[0, 1])
    assert len(str(caught.value)) < MAX_CHARACTERS


def test_the_names_in_a_log_message_are_cut(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A log message has only the beginning of an error that lists each column."""
    model = XGBClassifier(n_estimators=1).fit(TABLE, [0, 1])
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        registry.register_model(model, "wide", X=TABLE.rename(columns=str.upper), y=[0, 1])
    assert "feature_names mismatch" in caplog.text
    assert all(len(record.getMessage()) < MAX_CHARACTERS for record in caplog.records)


def test_the_imports_of_an_untrusted_model_are_counted() -> None:
    """The error for an unknown signer names five of the imported names; it has all."""
    data = b"\x80\x04(" + b"".join(b"cwide\n%s\n" % name.encode() for name in WIDE) + b"t."
    with pytest.raises(UntrustedModelError, match="and 1,995 more") as caught:
        load_verified(
            io.BytesIO(data),
            key="k",
            sha256=hashlib.sha256(data).hexdigest(),
            size_bytes=len(data),
            format="joblib",
            verdict=SignerStatus("unknown", "SHA256:a"),
        )
    assert len(str(caught.value)) < MAX_CHARACTERS
    assert caught.value.types == tuple(f"wide.{name}" for name in WIDE)


def test_predict_script_counts_columns() -> None:
    """predict.py names five missing columns."""
    info = {"columns": [{"name": name, "dtype": "float64"} for name in WIDE], "n_features": None}
    with pytest.raises(predict_script.InputError, match="feature_00004 and 1,995 more"):
        predict_script.predict(None, info | {"classes": None}, pd.DataFrame({"a": [1.0]}))


def test_the_problems_of_a_row_are_counted() -> None:
    """A wide row with a problem in each column has five problems and a number."""
    columns = [{"name": name, "minimum": 0.0, "maximum": 1.0} for name in WIDE]
    answers = RowAnswers(LogisticRegression().fit(TABLE, [0, 1]), columns, {"container": "frame"})
    found = answers({name: [9.0] for name in WIDE}, rows=1)
    cells = answer_columns(found, {}, "wide:1")
    assert found.labels[0] is not None
    assert cells["problems"][0].endswith("; and 1,995 more")
    assert cells["outside"][0].endswith(" and 1,980 more")
    assert len(cells["problems"][0]) < MAX_CHARACTERS
