"""The program that an export ships: CSV in, CSV out, and one sentence for each mistake."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from exo_nbregistry.persistence import predict_script as predict
from exo_nbregistry.persistence.model_files import ModelPersistence
from tests.persistence.bomb import Bomb

TABLE = pd.DataFrame({"depth": [1.0, 2.0, 3.0, 4.0], "period": [9, 8, 7, 6]})
LABELS = ["false", "false", "planet", "planet"]
SIGNATURE = {"columns": [{"name": "depth", "dtype": "float64"}, {"name": "site", "dtype": "str"}]}

Run = Callable[..., tuple[int, str]]


def deploy(folder: Path, model: Any, **info: Any) -> Path:
    """Export a model into a folder."""
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
    """Return what runs predict.py, as if it stood in the export, on a CSV."""
    monkeypatch.chdir(tmp_path)

    def run(content: str, *, folder: Path = deployed) -> tuple[int, str]:
        monkeypatch.setattr(predict, "HERE", folder)
        Path("in.csv").write_text(content, encoding="utf-8")
        capsys.readouterr()
        code = predict.main(["in.csv", "result.csv"])
        return code, capsys.readouterr().err

    return run


def expected(model: Any) -> pd.DataFrame:
    """Return what a classifier's predictions look like."""
    columns = {"prediction": model.predict(TABLE)}
    for label, values in zip(model.classes_, model.predict_proba(TABLE).T, strict=True):
        columns[f"probability_{label}"] = values
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("table", "note"),
    [
        (TABLE, ""),
        (TABLE[["period", "depth"]], ""),
        (TABLE.assign(kepid=7, name="x"), "Note: ignored the columns kepid, name.\n"),
    ],
    ids=["as in training", "reordered", "with more columns"],
)
def test_columns_are_matched_by_name(run: Run, table: pd.DataFrame, note: str) -> None:
    """Columns may come in any order and with others, which are named and ignored."""
    code, told = run(table.to_csv(index=False))
    assert (code, told) == (0, f"{note}Wrote 4 predictions to result.csv.\n")
    found = pd.read_csv("result.csv")
    pd.testing.assert_frame_equal(found, expected(LogisticRegression().fit(TABLE, LABELS)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("depth\n1\n", "The table lacks the columns period."),
        ("koi\n1\n", "The table lacks the columns depth, period."),
        (
            "depth,period\n1,2\nlarge,3\n",
            "The column depth must hold numbers, and data row 2 holds 'large'.",
        ),
        ("depth,period\n1,\n", "The model refuses the table: Input X contains NaN."),
        ("depth,period\n", "The table has no rows."),
        ("", "in.csv cannot be read as CSV: No columns to parse from file"),
        ("depth,period\n1,2,3\n4,5,6\n", "in.csv cannot be read as CSV: Length of header"),
        ("depth,period\n1,2\n3,4,5\n", "in.csv cannot be read as CSV: Error tokenizing"),
    ],
    ids=["one missing", "all missing", "text", "gap", "no rows", "empty file", "wide", "ragged"],
)
def test_a_table_that_does_not_fit_is_refused(run: Run, content: str, message: str) -> None:
    """A table that the model cannot take ends with code 2, one sentence and no output."""
    code, told = run(content)
    assert code == 2
    assert told.startswith(f"predict.py: {message}")
    assert told.count("\n") == 1
    assert not Path("result.csv").exists()


def test_files_that_are_not_there_are_named(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """An input that does not exist, an output without a folder and a lone argument are told."""
    run(TABLE.to_csv(index=False))
    capsys.readouterr()
    calls = {
        ("absent.csv", "out.csv"): "There is no file absent.csv.",
        ("in.csv", "absent/out.csv"): "absent",
        ("in.csv",): "Usage: python predict.py in.csv out.csv",
    }
    for arguments, message in calls.items():
        assert predict.main(list(arguments)) == 2
        told = capsys.readouterr().err
        assert message in told
        assert told.count("\n") == 1


def test_changed_bytes_are_not_unpickled(run: Run, deployed: Path, tmp_path: Path) -> None:
    """A model file put in the place of the exported one is refused before it can run."""
    joblib.dump(Bomb(tmp_path / "ran"), deployed / "model.joblib")
    code, told = run(TABLE.to_csv(index=False))
    assert code == 2
    assert told.startswith("predict.py: model.joblib is not the file that was exported")
    assert not (tmp_path / "ran").exists()


def test_no_changed_byte_of_the_model_is_unpickled(
    deployed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut or flipped at any byte, the model file never reaches joblib."""
    monkeypatch.setattr(predict, "HERE", deployed)
    monkeypatch.setattr(joblib, "load", lambda _: pytest.fail("joblib was asked"))
    path = deployed / "model.joblib"
    whole = path.read_bytes()
    for i in range(len(whole)):
        for torn in (whole[:i], whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :]):
            path.write_bytes(torn)
            with pytest.raises(predict.InputError, match="not the file that was exported"):
                predict.load_model()


@pytest.mark.parametrize("content", [None, b"", b"[]", b"{}", b'{"sha256": "', b"\xff"])
def test_a_folder_that_is_not_whole_is_refused(
    run: Run, deployed: Path, content: bytes | None
) -> None:
    """Without its facts, or with others, the model is not loaded."""
    facts = deployed / "model_info.json"
    facts.unlink() if content is None else facts.write_bytes(content)
    code, told = run(TABLE.to_csv(index=False))
    assert code == 2
    assert "copy" in told
    assert told.count("\n") == 1


def test_a_model_that_cannot_be_read_says_what_to_install(run: Run, tmp_path: Path) -> None:
    """Where packages are missing or of another release, the remedy is named."""
    folder = deploy(tmp_path / "other", LogisticRegression().fit(TABLE, LABELS))
    for source, message in {
        b"csklearn_absent.tree\nTree\n.": "No module named 'sklearn_absent'",
        b"csklearn.base\nNotThere\n.": "cannot be read by the packages that are installed here",
    }.items():
        reseal(folder, b"\x80\x02" + source)
        code, told = run(TABLE.to_csv(index=False), folder=folder)
        assert code == 2
        assert message in told
        assert "run pip install -r requirements.txt" in told
        assert told.count("\n") == 1


def reseal(folder: Path, data: bytes) -> None:
    """Put other bytes into an export, with facts that fit them."""
    facts = folder / "model_info.json"
    info = json.loads(facts.read_bytes()) | {"sha256": hashlib.sha256(data).hexdigest()}
    facts.write_text(json.dumps(info))
    (folder / "model.joblib").write_bytes(data)


def test_text_columns_stay_text(run: Run, tmp_path: Path) -> None:
    """A code such as 007 reaches a model that was fitted on text as it stands in the file."""
    table = pd.DataFrame({"depth": [1.0, 2.0], "site": ["007", "7"]})
    encode = ColumnTransformer([("site", OneHotEncoder(), ["site"])])
    model = make_pipeline(encode, LogisticRegression()).fit(table, [0, 1])
    folder = deploy(tmp_path / "text", model, signature=SIGNATURE)
    assert run(table.to_csv(index=False), folder=folder)[0] == 0
    assert pd.read_csv("result.csv")["prediction"].tolist() == [0, 1]


def test_categories_reach_the_model_as_categories() -> None:
    """A column that was categorical in training is categorical when the model gets it."""
    table = pd.DataFrame({"depth": [1.0], "site": ["a"]})
    info = {"columns": [{"name": "site", "dtype": "category"}], "n_features": None}
    chosen = predict.select(table, info)
    assert isinstance(chosen["site"].dtype, pd.CategoricalDtype)


def test_a_model_without_names_takes_columns_in_order(run: Run, tmp_path: Path) -> None:
    """A model that was fitted on a bare array takes any names, but only its number of columns."""
    model = LogisticRegression().fit(TABLE.to_numpy(), LABELS)
    folder = deploy(tmp_path / "bare", model)
    assert run("a,b\n1,9\n", folder=folder)[0] == 0
    assert pd.read_csv("result.csv")["prediction"].tolist() == [False]
    code, told = run("a\n1\n", folder=folder)
    assert code == 2
    assert "The model takes 2 columns and the table has 1." in told


def test_a_regressor_has_predictions_only(run: Run, tmp_path: Path) -> None:
    """Where a model gives no probabilities there is one column, with its numbers."""
    folder = deploy(tmp_path / "line", LinearRegression().fit(TABLE, [2.0, 4.0, 6.0, 8.0]))
    assert run(TABLE.to_csv(index=False), folder=folder)[0] == 0
    found = pd.read_csv("result.csv")
    assert list(found) == ["prediction"]
    assert found["prediction"].tolist() == pytest.approx([2.0, 4.0, 6.0, 8.0])


def test_several_outputs_are_several_columns(run: Run, tmp_path: Path) -> None:
    """A model with two outputs writes one column for each."""
    targets = [[0, 1], [0, 1], [1, 0], [1, 0]]
    model = MultiOutputClassifier(LogisticRegression()).fit(TABLE, targets)
    assert run(TABLE.to_csv(index=False), folder=deploy(tmp_path / "two", model))[0] == 0
    found = pd.read_csv("result.csv")
    assert list(found) == ["prediction_0", "prediction_1"]
    assert found.to_numpy().tolist() == targets
