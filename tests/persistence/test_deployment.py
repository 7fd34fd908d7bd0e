"""Export folders are complete, run without this package and are written atomically."""

from __future__ import annotations

import importlib
import io
import json
import logging
import os
import sys
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.errors import (
    KeyExistsError,
    RecordError,
    SerializationError,
    StoreError,
    UntrustedModelError,
)
from exo_nbregistry.persistence import predict_script as predict
from exo_nbregistry.persistence.base import Dump, Written
from exo_nbregistry.persistence.deployment import export_folder
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.records.metadata import ModelMetadata
from tests.persistence.kill_runner import needs_fork, states_after_kills
from tests.persistence.other_machine import predict_elsewhere

export = ModelPersistence.export_model_for_deployment

TABLE = pd.DataFrame({"depth": [1.0, 2.0, 3.0, 4.0], "period": [9.0, 8.0, 7.0, 6.0]})
LABELS = ["false", "false", "planet", "planet"]
PROGRAMS = {"predict.py", "predict_rows"}
FILES = PROGRAMS | {
    "README.md",
    "example.csv",
    "model.joblib",
    "model.joblib.json",
    "model_info.json",
    "requirements.txt",
}


def fitted() -> Any:
    """Return a fitted classifier with named columns."""
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(TABLE, LABELS)


def by_name(model: Any) -> Dump:
    """Return the function that writes a model with the names of its classes only."""
    return partial(JOBLIB.write, model, by_value=False)


def test_the_folder_is_complete(tmp_path: Path) -> None:
    """An export contains the model, its card, facts, requirements, README, program and example."""
    folder = export(fitted(), tmp_path / "new" / "out", {"description": "Finds planets."})
    assert folder == tmp_path / "new" / "out"
    assert set(os.listdir(folder)) == FILES
    assert os.listdir(folder.parent) == ["out"]
    model, given = ModelPersistence.load_model(folder / "model.joblib")
    assert model.predict(TABLE).tolist() == LABELS
    assert given == {"description": "Finds planets."}
    info = json.loads((folder / "model_info.json").read_bytes())
    assert info["model_info"] == given
    assert info["classes"] == ["false", "planet"]
    assert [column["name"] for column in info["columns"]] == ["depth", "period"]


def test_requirements_are_exact(tmp_path: Path) -> None:
    """Each package that the model or predict.py imports is listed with its exact version."""
    folder = export(fitted(), tmp_path / "out")
    lines = (folder / "requirements.txt").read_text().splitlines()
    assert set(lines) == {
        f"{name}=={metadata.version(name)}"
        for name in ("joblib", "numpy", "pandas", "scikit-learn")
    }


def test_requirements_have_the_recorded_versions(tmp_path: Path) -> None:
    """The versions with which a model was registered are required, not those installed here."""
    given = {"environment": {"packages": {"scikit-learn": "1.6.1", "nebula": "2.1.0+cpu"}}}
    folder = export(fitted(), tmp_path / "out", given)
    lines = (folder / "requirements.txt").read_text().splitlines()
    assert "scikit-learn==1.6.1" in lines
    assert "nebula==2.1.0  # recorded: 2.1.0+cpu" in lines
    assert f"pandas=={metadata.version('pandas')}" in lines


def test_requirements_have_the_packages_of_base_classes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export of a local subclass requires scikit-learn."""
    source = "from sklearn.linear_model import LogisticRegression\n"
    (tmp_path / "kin_xyz.py").write_text(f"{source}class Kin(LogisticRegression): pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    model = importlib.import_module("kin_xyz").Kin().fit(TABLE, LABELS)
    text = (export(model, tmp_path / "out") / "requirements.txt").read_text()
    assert f"scikit-learn=={metadata.version('scikit-learn')}\n" in text


def test_a_local_module_is_named_and_can_be_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, an export that requires a local file names it, and runs after it is added."""
    source = "class Zero:\n    def predict(self, X):\n        return X[:, 0] * 0\n"
    (tmp_path / "zero_xyz.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    import zero_xyz  # type: ignore[import-not-found]

    monkeypatch.delitem(sys.modules, "zero_xyz")
    monkeypatch.setitem(sys.modules, "zero_xyz", zero_xyz)
    folder = export_folder(zero_xyz.Zero(), tmp_path / "out", dump=by_name(zero_xyz.Zero()))
    assert "local file zero_xyz.py" in (folder / "README.md").read_text()
    done = predict_elsewhere(folder, "example.csv", "out.csv")
    assert done.returncode == 2
    assert "No module named 'zero_xyz'" in done.stderr
    assert "it is a local file of the author; copy zero_xyz.py to this folder" in done.stderr
    assert "pip" not in done.stderr
    (folder / "zero_xyz.py").write_text(source)
    assert predict_elsewhere(folder, "example.csv", "out.csv").returncode == 0


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_an_existing_target_is_kept(tmp_path: Path, kind: str) -> None:
    """An export does not replace a file or a folder with content."""
    target = tmp_path / "out"
    if kind == "folder":
        export(fitted(), target)
    else:
        target.write_text("mine")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for model in (DummyClassifier().fit(TABLE, LABELS), None):
        # Before the model is used, because a large one takes long to write.
        with pytest.raises(KeyExistsError, match="choose another folder"):
            export(model, target)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_an_empty_folder_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder can be the target, also as a relative path."""
    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    assert set(os.listdir(export(fitted(), "out"))) == FILES


def test_a_folder_of_another_export_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If two exports to one folder run at the same time, the later one fails."""
    predicted = predict.predict

    def overtaken(*arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(predict, "predict", predicted)
        export(fitted(), tmp_path / "out", {"description": "first"})
        return predicted(*arguments, **options)

    monkeypatch.setattr(predict, "predict", overtaken)
    with pytest.raises(KeyExistsError):
        export(fitted(), tmp_path / "out", {"description": "second"})
    assert "first" in (tmp_path / "out" / "README.md").read_text()
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.crash
@needs_fork
def test_a_kill_leaves_a_complete_folder_or_none(tmp_path: Path) -> None:
    """Killed before any change to the disk, an export leaves a complete folder or none."""
    states = states_after_kills("export", tmp_path)
    assert set(states) == {"old", "new"}
    assert states.count("old") >= len(FILES)
    assert states == sorted(states, reverse=True)


def test_an_export_of_an_unknown_signer_runs_no_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exported model of an unknown signer is loaded only without code of its author."""
    plain = export(fitted(), tmp_path / "plain") / "model.joblib"
    other = export(Share(), tmp_path / "other") / "model.joblib"
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "another user"))
    assert type(ModelPersistence.load_model(plain)[0]) is type(fitted())
    with pytest.raises(UntrustedModelError):
        ModelPersistence.load_model(other)


class Share:
    """A model that is not on the list of allowed names."""

    def predict(self, X: Any) -> Any:
        """Return a half for each row."""
        return [0.5] * len(X)


class Plain:
    """A model without predict."""


class NoRows:
    """A model that rejects each generated row."""

    def predict(self, X: Any) -> Any:
        """Raise an error."""
        raise KeyError("needs a star")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (None, "The model is None"),
        (Plain(), r"Plain does not have predict"),
        (StandardScaler().fit(TABLE), r"StandardScaler does not have predict"),
        (LogisticRegression(), "LogisticRegression instance is not fitted yet"),
    ],
    ids=["none", "plain object", "transformer", "not fitted"],
)
def test_a_model_that_cannot_predict_is_rejected(tmp_path: Path, model: Any, message: str) -> None:
    """A model that cannot predict is an error, and nothing is written."""
    with pytest.raises(SerializationError, match=message):
        export(model, tmp_path / "out")
    assert os.listdir(tmp_path) == []


def test_a_class_of_the_notebook_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, a model that no other process can load is an error that explains what to do."""
    model = type("Mine", (NoRows,), {"__module__": "__main__"})
    monkeypatch.setattr(sys.modules["__main__"], "Mine", model, raising=False)
    for must_run in (True, False):
        with pytest.raises(SerializationError, match=r"__main__\.Mine .*move it to a module"):
            export_folder(model(), tmp_path / "o", must_run=must_run, dump=by_name(model()))
    assert os.listdir(tmp_path) == []


def test_any_model_can_be_exported_for_import(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With must_run=False, the folder has no predict.py, and README and log name the reason."""
    model = type("Mine", (Plain,), {"__module__": "__main__"})
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        folder = export_folder(model(), tmp_path / "out", must_run=False, extra={"more": b"x"})
    assert "can be imported but not deployed: __main__.Mine does not have predict." in caplog.text
    assert "example.csv" not in caplog.text
    card = (folder / "README.md").read_text()
    assert r"- \_\_main\_\_.Mine does not have predict." in card
    files = FILES - {"example.csv", *PROGRAMS} | {"more", "sources.py"}
    assert set(os.listdir(folder)) == files


def test_stored_bytes_are_copied(tmp_path: Path) -> None:
    """With dump=, the given bytes are copied and the model is not written again."""
    written = io.BytesIO()
    names = JOBLIB.write([1.0], written)

    def copy(target: Any) -> Written:
        target.write(written.getvalue())
        return names

    folder = export_folder(fitted(), tmp_path / "out", dump=copy)
    assert (folder / "model.joblib").read_bytes() == written.getvalue()
    assert ModelPersistence.load_model(folder / "model.joblib")[0] == [1.0]


def test_unsupported_metadata_is_rejected_first(tmp_path: Path) -> None:
    """An unsupported metadata value is an error that names its key, before anything is written."""
    with pytest.raises(RecordError, match=r"model_info\.tags\.x"):
        export(fitted(), tmp_path / "new" / "out", {"tags": {"x": object()}})
    with pytest.raises(RecordError, match="model_info must be a dict, got a str"):
        export(fitted(), tmp_path / "new" / "out", "Finds planets.")  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []


def test_a_path_below_a_file_is_rejected(tmp_path: Path) -> None:
    """A target path below a file is an error."""
    (tmp_path / "a").write_text("")
    with pytest.raises(StoreError, match="is a file; choose another folder"):
        export(fitted(), tmp_path / "a" / "b" / "out")


def test_metadata_of_a_registry_is_used(tmp_path: Path) -> None:
    """Columns, ranges and scores of a registered version are used, including NaN."""
    columns = ({"name": "depth", "dtype": "float64", "minimum": 1.0, "maximum": 4.0},)
    given = ModelMetadata.from_dict(
        {
            "model_id": "kepler:3",
            "model_name": "Kepler",
            "version": 3,
            "created_at": {"$datetime": "2026-01-01T00:00:00+00:00"},
            "metrics": {"f1_score": 0.5, "log_loss": {"$float": "nan"}},
            "signature": {"columns": list(columns), "classes": None},
        }
    )
    model = LogisticRegression().fit(TABLE[["depth"]].to_numpy(), LABELS)
    for number, facts in enumerate((given, given.to_dict())):
        folder = export(model, tmp_path / str(number), facts)
        card = (folder / "README.md").read_text()
        assert card.startswith("# kepler:3\n")
        assert "| log_loss | nan |" in card
        assert "| depth | float64 | 1 to 4 |" in card
        assert (folder / "example.csv").read_text() == "depth\n2.5\n"


def test_a_dict_that_looks_encoded_is_kept(tmp_path: Path) -> None:
    """A dict that looks like an encoded value, but is not one, is unchanged."""
    folder = export(fitted(), tmp_path / "out", {"price": {"$eur": 3}})
    assert ModelPersistence.load_model(folder / "model.joblib")[1] == {"price": {"$eur": 3}}


def test_an_export_without_an_example(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """If no row can be generated, the log has the reason and the README has no example."""
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        folder = export(NoRows(), tmp_path / "out")
    assert "needs a star" in caplog.text
    assert set(os.listdir(folder)) == FILES - {"example.csv"} | {"sources.py"}
    card = (folder / "README.md").read_text()
    assert "```python" not in card
    assert "python predict.py in.csv out.csv" in card


def test_an_example_has_text_for_text_columns(tmp_path: Path) -> None:
    """The generated row has the types of the columns."""
    columns = [{"name": "depth", "dtype": "int64"}, {"name": "site", "dtype": "str"}]
    model = DummyClassifier().fit(pd.DataFrame({"depth": [1], "site": ["a"]}), [0])
    folder = export(model, tmp_path / "out", {"signature": {"columns": columns}})
    assert (folder / "example.csv").read_text() == "depth,site\n0.0,example\n"


def test_given_names_are_used(tmp_path: Path) -> None:
    """A model fitted on an array gets the column names in the metadata."""
    model = LogisticRegression().fit(np.asarray(TABLE), LABELS)
    folder = export(model, tmp_path / "out", {"feature_columns": ["depth", "period"]})
    assert (folder / "example.csv").read_text() == "depth,period\n0.0,0.0\n"


def test_a_threshold_without_a_class_is_a_field_like_others(tmp_path: Path) -> None:
    """Without a registry, a field scoring that names no class does not decide predictions."""
    model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    info = {"scoring": {"threshold": 0.9}}
    folder = ModelPersistence.export_model_for_deployment(model, tmp_path / "out", model_info=info)
    assert "threshold" not in json.loads((folder / "model_info.json").read_text())
