"""predict.py reads a CSV file, writes a CSV file and explains errors in one sentence."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC

from exo_nbregistry.persistence import predict_script as predict
from exo_nbregistry.persistence.model_files import ModelPersistence
from tests.persistence.bomb import Bomb

TABLE = pd.DataFrame({"depth": [1.0, 2.0, 3.0, 4.0], "period": [9, 8, 7, 6]})
LABELS = ["false", "false", "planet", "planet"]
SIGNATURE = {"columns": [{"name": "depth", "dtype": "float64"}, {"name": "site", "dtype": "str"}]}

Run = Callable[..., tuple[int, str]]


def deploy(folder: Path, model: Any, **info: Any) -> Path:
    """Export a model to a folder."""
    return ModelPersistence.export_model_for_deployment(model, folder, info)


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    """Return the export of a classifier with two named columns."""
    return deploy(tmp_path / "out", LogisticRegression().fit(TABLE, LABELS))


@pytest.fixture
def run(
    deployed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Return a function that runs predict.py of an export with a CSV text."""
    monkeypatch.chdir(tmp_path)

    def run(content: str, *, folder: Path = deployed, strict: bool = False) -> tuple[int, str]:
        monkeypatch.setattr(predict, "HERE", folder)
        Path("in.csv").write_text(content, encoding="utf-8")
        capsys.readouterr()
        code = predict.main(["in.csv", "result.csv", *(["--strict"] if strict else [])])
        return code, capsys.readouterr().err

    return run


def expected(model: Any) -> pd.DataFrame:
    """Return the expected table of predictions."""
    shares = model.predict_proba(TABLE)
    columns = {"prediction": model.predict(TABLE), "probability": shares.max(axis=1)}
    for label, values in zip(model.classes_, shares.T, strict=True):
        columns[f"probability_{label}"] = values
    return pd.DataFrame(columns | {"status": "ok", "outside": np.nan, "problems": np.nan})


@pytest.mark.parametrize(
    ("table", "passed"),
    [(TABLE, []), (TABLE[["period", "depth"]], []), (TABLE.assign(kepid=7), ["kepid"])],
    ids=["as in training", "reordered", "with more columns"],
)
def test_columns_are_matched_by_name(run: Run, table: pd.DataFrame, passed: list[str]) -> None:
    """Columns may have any order; columns that the model does not use are returned first."""
    code, output = run(table.to_csv(index=False))
    assert (code, output) == (0, "Wrote 4 predictions to result.csv.\n")
    found = pd.read_csv("result.csv")
    model = LogisticRegression().fit(TABLE, LABELS)
    pd.testing.assert_frame_equal(found.drop(columns=passed), expected(model))
    assert found[passed].equals(table[passed])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("depth\n1\n", "Missing columns in the table: period."),
        ("koi\n1\n", "Missing columns in the table: depth, period."),
        ("depth,period\n", "The table is empty."),
        ("", "The table is empty."),
        ('depth,period\n"1,2\n', "Cannot read in.csv as CSV: unexpected end of data"),
        (
            "depth,depth,period\n1,1,2\n",
            "Several columns of the table have the same name: 'depth'; rename",
        ),
        (
            "depth;period\n1;2\n",
            "Cannot read in.csv as CSV: separate the columns with commas, not ';'",
        ),
    ],
    ids=[
        "one missing",
        "all missing",
        "no rows",
        "empty file",
        "open quote",
        "twice",
        "semicolons",
    ],
)
def test_an_invalid_table_is_rejected(run: Run, content: str, message: str) -> None:
    """An invalid table ends with exit code 2, one sentence and without an output file."""
    code, output = run(content)
    assert code == 2
    assert output.startswith(f"predict.py: {message}")
    assert output.count("\n") == 1
    assert not Path("result.csv").exists()


@pytest.mark.parametrize(
    ("row", "status", "problem"),
    [
        ("large,3", "invalid", "depth must be a number, not 'large'"),
        ("1,", "missing", "period is missing, and the model requires it"),
        ("1,2,3", "invalid", "has 3 cells, but the table has 2 columns"),
        ("1", "invalid", "has 1 cells, but the table has 2 columns"),
        ("inf,3", "invalid", "depth must be a number, not inf"),
    ],
)
def test_one_row_does_not_affect_the_others(run: Run, row: str, status: str, problem: str) -> None:
    """A row that cannot be predicted gets its reason, and the other rows their predictions."""
    code, output = run(f"depth,period\n1,2\n{row}\n4,6\n")
    assert code == 0
    assert output == (f"Wrote 3 rows to result.csv: 2 ok, 1 {status}; 2 of 3 have a prediction.\n")
    found = pd.read_csv("result.csv")
    assert found["status"].tolist() == ["ok", status, "ok"]
    assert found["prediction"].isna().tolist() == [False, True, False]
    assert found["problems"][1].startswith(problem)


def test_no_predicted_row_is_exit_code_2(run: Run) -> None:
    """If no row can be predicted, the output has the reasons and the exit code is 2."""
    code, output = run("depth,period\nlarge,2\n")
    assert (code, output) == (
        2,
        "Wrote 1 row to result.csv: 1 invalid; 0 of 1 have a prediction.\n",
    )
    assert len(pd.read_csv("result.csv")) == 1


def test_strict_rejects_the_table(run: Run) -> None:
    """With --strict, one row that is not as in the training data rejects the table."""
    code, output = run("depth,period\n1,2\nlarge,3\n,\n", strict=True)
    assert code == 2
    assert output == (
        "predict.py: Rows are not as in the training data: data row 2: depth must be a number, "
        "not 'large'; data row 3: depth is missing.\n"
    )
    assert not Path("result.csv").exists()
    assert run(TABLE.to_csv(index=False), strict=True)[0] == 0


def test_comments_of_an_archive_are_skipped(run: Run) -> None:
    """Lines with # above the column names are not rows."""
    assert run("# NASA Exoplanet Archive\n#\n" + TABLE.to_csv(index=False))[0] == 0
    assert len(pd.read_csv("result.csv")) == 4


def test_a_compressed_table(run: Run, deployed: Path) -> None:
    """A file that ends in .gz is read as CSV."""
    run(TABLE.to_csv(index=False))
    TABLE.to_csv("in.csv.gz", index=False)
    assert predict.main(["in.csv.gz", "second.csv"]) == 0
    assert Path("second.csv").read_text() == Path("result.csv").read_text()


def test_an_incomplete_compressed_table_is_an_error(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    """A download that stopped, and other damage, is an error of one line."""
    run(TABLE.to_csv(index=False))
    whole = gzip.compress(TABLE.to_csv(index=False).encode())
    for data in (whole[:-12], whole[:10] + b"\xff\xff\xff", b"plain", b""):
        Path("part.csv.gz").write_bytes(data)
        capsys.readouterr()
        assert predict.main(["part.csv.gz", "second.csv"]) == 2
        output = capsys.readouterr().err
        assert output.startswith("predict.py: ")
        assert output.count("\n") == 1


def test_a_missing_file_is_named(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing input file, output folder or argument is an error of one line."""
    run(TABLE.to_csv(index=False))
    capsys.readouterr()
    calls = {
        ("absent.csv", "out.csv"): "The file absent.csv does not exist.",
        ("in.csv", "absent/out.csv"): "absent",
        ("in.csv",): "Usage: python predict.py in.csv out.csv [--strict]",
        ("in.csv", "--lax", "out.csv"): "Usage: ",
    }
    for arguments, message in calls.items():
        assert predict.main(list(arguments)) == 2
        output = capsys.readouterr().err
        assert message in output
        assert output.count("\n") == 1


def test_changed_bytes_are_not_unpickled(run: Run, deployed: Path, tmp_path: Path) -> None:
    """A model file that replaces the exported one is rejected before it runs."""
    joblib.dump(Bomb(tmp_path / "ran"), deployed / "model.joblib")
    code, output = run(TABLE.to_csv(index=False))
    assert code == 2
    assert output.startswith("predict.py: model.joblib was changed after the export")
    assert not (tmp_path / "ran").exists()


def test_no_changed_byte_of_the_model_is_unpickled(
    deployed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model file with any cut or flipped byte is not passed to joblib."""
    monkeypatch.setattr(predict, "HERE", deployed)
    monkeypatch.setattr(joblib, "load", lambda _: pytest.fail("joblib was called"))
    path = deployed / "model.joblib"
    whole = path.read_bytes()
    for i in range(len(whole)):
        for torn in (whole[:i], whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :]):
            path.write_bytes(torn)
            with pytest.raises(predict.InputError, match="was changed after the export"):
                predict.load_model()


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b'{"sha256": "', b"\xff"])
def test_an_incomplete_folder_is_rejected(run: Run, deployed: Path, content: bytes | None) -> None:
    """With a missing or invalid model_info.json, the model is not loaded."""
    facts = deployed / "model_info.json"
    facts.unlink() if content is None else facts.write_bytes(content)
    code, output = run(TABLE.to_csv(index=False))
    assert code == 2
    assert "copy" in output
    assert output.count("\n") == 1


def test_a_missing_package_is_named(run: Run, tmp_path: Path) -> None:
    """If packages are missing or have other versions, the error names the command to run."""
    folder = deploy(tmp_path / "other", LogisticRegression().fit(TABLE, LABELS))
    for source, message in {
        b"csklearn_absent.tree\nTree\n.": "No module named 'sklearn_absent'",
        b"csklearn.base\nNotThere\n.": "The installed packages cannot read model.joblib",
    }.items():
        reseal(folder, b"\x80\x02" + source)
        code, output = run(TABLE.to_csv(index=False), folder=folder)
        assert code == 2
        assert message in output
        assert "run pip install -r requirements.txt" in output
        assert output.count("\n") == 1


def reseal(folder: Path, data: bytes) -> None:
    """Replace the model in an export and its digest."""
    facts = folder / "model_info.json"
    info = json.loads(facts.read_bytes()) | {"sha256": hashlib.sha256(data).hexdigest()}
    facts.write_text(json.dumps(info))
    (folder / "model.joblib").write_bytes(data)


def test_text_columns_stay_text(run: Run, tmp_path: Path) -> None:
    """A code such as 007 is passed as text to a model that was fitted on text."""
    table = pd.DataFrame({"depth": [1.0, 2.0], "site": ["007", "7"]})
    encode = ColumnTransformer([("site", OneHotEncoder(), ["site"])])
    model = make_pipeline(encode, LogisticRegression()).fit(table, [0, 1])
    folder = deploy(tmp_path / "text", model, signature=SIGNATURE)
    assert run(table.to_csv(index=False), folder=folder)[0] == 0
    assert pd.read_csv("result.csv")["prediction"].tolist() == [0, 1]


def test_a_model_without_names_uses_the_order_of_columns(run: Run, tmp_path: Path) -> None:
    """A model fitted on an array accepts any names, but only its number of columns."""
    model = LogisticRegression().fit(TABLE.to_numpy(), LABELS)
    folder = deploy(tmp_path / "bare", model)
    assert run("a,b\n1,9\n", folder=folder)[0] == 0
    assert pd.read_csv("result.csv")["prediction"].tolist() == [False]
    code, output = run("a\n1\n", folder=folder)
    assert code == 2
    assert "The model requires 2 columns, got 1." in output


def test_a_regressor_has_predictions_only(run: Run, tmp_path: Path) -> None:
    """A model without probabilities writes one column with its numbers."""
    folder = deploy(tmp_path / "line", LinearRegression().fit(TABLE, [2.0, 4.0, 6.0, 8.0]))
    assert run(TABLE.to_csv(index=False), folder=folder)[0] == 0
    found = pd.read_csv("result.csv")
    assert list(found) == ["prediction", "status", "outside", "problems"]
    assert found["prediction"].tolist() == pytest.approx([2.0, 4.0, 6.0, 8.0])


def test_several_outputs_are_several_columns(run: Run, tmp_path: Path) -> None:
    """A model with two outputs writes one column for each."""
    targets = [[0, 1], [0, 1], [1, 0], [1, 0]]
    model = MultiOutputClassifier(LogisticRegression()).fit(TABLE, targets)
    assert run(TABLE.to_csv(index=False), folder=deploy(tmp_path / "two", model))[0] == 0
    found = pd.read_csv("result.csv")
    assert list(found) == ["prediction_0", "prediction_1", "status", "outside", "problems"]
    assert found[["prediction_0", "prediction_1"]].to_numpy().tolist() == targets


@pytest.mark.parametrize("pos_label", ["false", "planet"])
@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC()])
def test_the_threshold_of_a_version_decides(
    run: Run, tmp_path: Path, model: Any, pos_label: str
) -> None:
    """predict.py predicts the positive class from the threshold on, and the README describes it."""
    model.fit(TABLE, LABELS)
    place = list(model.classes_).index(pos_label)
    if hasattr(model, "predict_proba"):
        scores = model.predict_proba(TABLE)[:, place]
    else:
        scores = model.decision_function(TABLE) * (1 if place else -1)
    threshold = float(max(scores))
    scoring = {"task": "binary", "average": "binary", "pos_label": pos_label}
    folder = deploy(tmp_path / "at", model, scoring={**scoring, "threshold": threshold})
    code, output = run(TABLE.to_csv(index=False), folder=folder)
    assert code == 0
    assert output.endswith(f" {pos_label} is predicted from a score of {threshold:g}.\n")
    predicted = pd.read_csv("result.csv")["prediction"]
    assert (predicted == pos_label).tolist() == (scores >= threshold).tolist()
    assert sum(predicted == pos_label) == 1
    assert f"or more is predicted as {pos_label}" in (folder / "README.md").read_text()
