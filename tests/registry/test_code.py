"""Models that carry their own code: registered, loaded, exported and imported."""

from __future__ import annotations

import json
import logging
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from exo_nbregistry import ModelPersistence, ModelRegistry
from exo_nbregistry.errors import (
    RecordError,
    SerializationError,
    UntrustedModelError,
    VersionMismatchError,
)
from exo_nbregistry.introspection.compatibility import check_compatibility
from exo_nbregistry.records.metadata import Code, ModelMetadata
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.values.json_codec import digest_json
from tests.persistence.bomb import Bomb
from tests.persistence.cells import run_cell
from tests.persistence.other_machine import predict_elsewhere

CELL = '''
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def safe(values):
    return np.maximum(np.asarray(values), 1e-9)


class Ratio(BaseEstimator, TransformerMixin):
    """The ratio of two columns."""

    def fit(self, X, y=None):
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        return np.column_stack([X[:, 0] / safe(X[:, 1]), X[:, 0]])


model = make_pipeline(Ratio(), LogisticRegression()).fit(X, y)
'''
X = np.column_stack([np.arange(1.0, 21.0), np.arange(20.0, 0.0, -1.0)])
Y = (np.arange(20) > 9).astype(int)


def fitted(cell: str = CELL) -> Any:
    """Return the model of a notebook."""
    return run_cell(cell, X=X, y=Y)["model"]


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False)


def other_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this Python look like another minor version."""
    monkeypatch.setattr(platform, "python_version_tuple", lambda: ("3", "99", "0"))


def test_the_record_has_the_code(registry: ModelRegistry) -> None:
    """The metadata has the definitions, the Python version and the packages of the code."""
    metadata = registry.get_metadata(registry.register_model(fitted(), "ratio"))
    assert metadata.code is not None
    assert metadata.code.by_value == ("__main__.Ratio", "__main__.safe")
    assert {"cloudpickle", "numpy", "scikit-learn"} <= set(metadata.environment.packages)
    assert ModelMetadata.from_dict(metadata.to_dict()) == metadata


def test_a_plain_record_has_no_code(registry: ModelRegistry) -> None:
    """The record of a model of installed packages has no field for code and no sources."""
    from sklearn.linear_model import LogisticRegression

    metadata = registry.get_metadata(registry.register_model(LogisticRegression().fit(X, Y), "m"))
    assert metadata.code is None
    assert "code" not in metadata.to_dict()
    assert "sources" not in metadata.attachments


def test_the_sources_are_an_attachment(registry: ModelRegistry) -> None:
    """The attachment has the source of each definition by its name."""
    ref = registry.register_model(fitted(), "ratio")
    sources = registry.load_attachment(ref, "sources")
    assert [*sources] == ["__main__.Ratio", "__main__.safe"]
    assert sources["__main__.safe"].startswith("def safe(values):\n    return np.maximum")


NOTEBOOK = "import sys\nimport numpy as np\nfrom exo_nbregistry import ModelRegistry\n" + (
    "X = np.column_stack([np.arange(1.0, 21.0), np.arange(20.0, 0.0, -1.0)])\n"
    "y = (np.arange(20) > 9).astype(int)\n"
    f"{CELL}\n"
    "registry = ModelRegistry(sys.argv[1], durable=False)\n"
    "print(registry.register_model(model, 'ratio', X=X, y=y, X_test=X, y_test=y))\n"
)


@pytest.mark.slow
def test_a_new_kernel_loads_and_exports_it(tmp_path: Path) -> None:
    """A model of another process loads here and runs as predict.py; a rerun adds no version."""
    program = tmp_path / "notebook.py"
    program.write_text(NOTEBOOK)
    for _ in range(2):
        command = [sys.executable, str(program), str(tmp_path / "registry")]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.stdout == "ratio:1\n", done.stderr
    registry = ModelRegistry(tmp_path / "registry")
    model, _ = registry.load_model("ratio")
    expected = fitted().predict(X)
    assert np.array_equal(model.predict(X), expected)
    folder = registry.export_model("ratio", tmp_path / "out")
    assert "class Ratio(" in (folder / "sources.py").read_text()
    assert (folder / "sources.py").read_text().startswith("# The code that ratio:1 carries")
    card = (folder / "README.md").read_text()
    assert "carries its own code (2 definitions" in card
    assert "loads it, see `sources.py` |" in card
    run = predict_elsewhere(folder, "example.csv", "out.csv")
    assert run.returncode == 0, run.stderr
    assert pd.read_csv(folder / "out.csv")["prediction"].tolist() == expected[:5].tolist()


def test_it_is_served(registry: ModelRegistry) -> None:
    """The inference service predicts with the model."""
    from exo_nbregistry.serve.inference import InferenceService

    registry.register_model(fitted(), "ratio", X=X, y=Y)
    answer = InferenceService(registry, "ratio").predict({"x0": 1.0, "x1": 20.0})
    assert answer.label == 0


@pytest.mark.parametrize("unsafe", [True, False])
@pytest.mark.parametrize("mismatch", [True, False])
def test_another_python_is_rejected_before_a_byte_is_read(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, unsafe: bool, mismatch: bool
) -> None:
    """Code of another minor version of Python is never unpickled, with the sources as remedy."""
    ref = registry.register_model(fitted(), "ratio")
    other_python(monkeypatch)
    monkeypatch.setattr("exo_nbregistry.persistence.joblib_format.JoblibFormat.load", None)
    with pytest.raises(VersionMismatchError) as caught:
        registry.load_model(ref, unsafe=unsafe, allow_version_mismatch=mismatch)
    here = ".".join(map(str, sys.version_info[:2]))
    text = str(caught.value)
    assert f"ratio:1 carries its own code (2 definitions, Python {here})" in text
    assert "which Python 3.99 cannot load" in text
    assert "registry.load_attachment('ratio:1', 'sources')" in text
    assert (caught.value.recorded, caught.value.current) == (here, "3.99")


def test_another_python_is_rejected_by_exports_and_services(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same check is made before an export and before a service starts."""
    from exo_nbregistry.serve.inference import InferenceService

    ref = registry.register_model(fitted(), "ratio", X=X, y=Y)
    other_python(monkeypatch)
    with pytest.raises(VersionMismatchError):
        registry.export_model(ref, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(VersionMismatchError):
        InferenceService(registry, "ratio").predict({})
    status = check_compatibility(registry.get_metadata(ref))
    assert status.status == "python"
    assert status.message.startswith("Cannot load in Python 3.99: requires Python 3.")


def test_an_export_is_imported_without_its_python(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An import copies the version with its code and sources, without unpickling it."""
    folder = registry.export_model(registry.register_model(fitted(), "ratio"), tmp_path / "out")
    other_python(monkeypatch)
    target = ModelRegistry(tmp_path / "other", durable=False)
    ref = target.import_model(folder)
    assert target.get_metadata(ref).code == registry.get_metadata("ratio").code
    assert "__main__.Ratio" in target.load_attachment(ref, "sources")
    with pytest.raises(VersionMismatchError):
        target.load_model(ref)


def test_code_of_an_unknown_signer_is_rejected(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A model with code of an unknown signer is not loaded with any version of Python."""
    ref = registry.register_model(fitted(), "ratio")
    monkeypatch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "other"))
    reader = ModelRegistry(tmp_path / "registry")
    with pytest.raises(UntrustedModelError, match="carries code of its author") as caught:
        reader.load_model(ref)
    assert "trust=" not in str(caught.value)
    other_python(monkeypatch)
    with pytest.raises(VersionMismatchError):
        reader.load_model(ref)


def test_the_exported_program_checks_python(registry: ModelRegistry, tmp_path: Path) -> None:
    """predict.py does not unpickle code of another minor version of Python."""
    folder = registry.export_model(registry.register_model(fitted(), "ratio"), tmp_path / "out")
    info = json.loads((folder / "model_info.json").read_text())
    info["code"]["python"] = "3.99"
    (folder / "model_info.json").write_text(json.dumps(info))
    (folder / "in.csv").write_text("a,b\n1,2\n")
    done = predict_elsewhere(folder, "in.csv", "out.csv")
    assert done.returncode == 2
    assert "The model carries its own code for Python 3.99" in done.stderr
    assert "sources.py" in done.stderr


def test_a_model_file_checks_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of ModelPersistence has the code in its card, which is signed, with the sources."""
    path = ModelPersistence.save_model(fitted(), tmp_path / "m.joblib")
    assert np.array_equal(ModelPersistence.load_model(path)[0].predict(X), fitted().predict(X))
    card = json.loads((tmp_path / "m.joblib.json").read_text())
    assert [*card["sources"]] == card["code"]["by_value"] == ["__main__.Ratio", "__main__.safe"]
    other_python(monkeypatch)
    for unsafe in (True, False):
        with pytest.raises(VersionMismatchError, match=r"in m\.joblib\.json, and fit again"):
            ModelPersistence.load_model(path, unsafe=unsafe)
    assert not ModelPersistence.validate_model_file(path)


def test_a_cell_that_is_run_again_adds_no_version(registry: ModelRegistry) -> None:
    """Equal code in another cell is the same version; a changed class makes a new one."""
    assert registry.register_model(fitted(), "ratio") == "ratio:1"
    assert registry.register_model(fitted(f"# Comment.\n{CELL}"), "ratio") == "ratio:1"
    commented = CELL.replace("return self\n", "return self  # itself\n")
    assert registry.register_model(fitted(commented), "ratio") == "ratio:1"
    changed = CELL.replace("1e-9", "1e-6")
    assert registry.register_model(fitted(changed), "ratio") == "ratio:2"


def test_by_name_needs_the_class(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With by_value=False, only the name is stored, and the model is not exported."""
    model = fitted()
    ratio = type(model.steps[0][1])
    monkeypatch.setattr(sys.modules["__main__"], "Ratio", ratio, raising=False)
    ref = registry.register_model(model, "ratio", by_value=False)
    assert registry.get_metadata(ref).code is None
    with pytest.raises(SerializationError, match=r"__main__\.Ratio is defined in the notebook"):
        registry.export_model(ref, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_warnings_are_logged_before_the_version_exists(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A variable that looks like a secret is named in the log."""
    source = "def model(x):\n    return API_KEY\n"
    with caplog.at_level(logging.WARNING, "exo_nbregistry"):
        registry.register_model(run_cell(source, API_KEY="correct-horse")["model"], "fetch")
    assert "The variable API_KEY, which model uses, looks like a secret" in caplog.text
    assert "correct-horse" not in caplog.text


def test_a_rejected_model_leaves_nothing(registry: ModelRegistry) -> None:
    """A model whose code contains a credential adds no version."""
    source = "def model(x):\n    return KEY\n"
    key = "AKIA" + "Q3EXAMPLE7" + "ZYXWVU"
    with pytest.raises(SerializationError, match="the variable KEY, which model uses"):
        registry.register_model(run_cell(source, KEY=key)["model"], "fetch")
    assert len(registry.list_models()) == 0


def test_an_attached_model_checks_python(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attached model with its own code is loaded only by the Python that compiled it."""
    from sklearn.linear_model import LogisticRegression

    plain = LogisticRegression().fit(X, Y)
    ref = registry.register_model(plain, "m", attachments={"first": fitted()})
    registry.attach(ref, "second", fitted())
    for name in ("first", "second"):
        assert np.array_equal(registry.load_attachment(ref, name).predict(X), fitted().predict(X))
    other_python(monkeypatch)
    for name in ("first", "second"):
        with pytest.raises(VersionMismatchError, match="carries its own code"):
            registry.load_attachment(ref, name, unsafe=True)
    assert registry.get_metadata(ref).code is None


def test_fields_of_a_newer_release_are_ignored() -> None:
    """Unknown fields of the code in a record are ignored."""
    from datetime import UTC, datetime

    made = ModelMetadata(
        model_id="m:1", model_name="m", version=1, created_at=datetime.now(UTC), code=Code(("f",))
    )
    fields = made.to_dict()
    fields["code"]["arch"] = "arm"
    assert ModelMetadata.from_dict(fields) == made


@pytest.mark.parametrize(
    "code",
    ["3.9", ["f"], 5, {"python": "3.9"}, {"by_value": None, "python": "3.9", "cloudpickle": "1"}],
)
def test_an_invalid_description_of_the_code_is_an_error(tmp_path: Path, code: Any) -> None:
    """A card of another program is refused in one sentence, and nothing is unpickled."""
    path = Path(ModelPersistence.save_model(Bomb(tmp_path / "ran"), str(tmp_path / "m.joblib")))
    card = json.loads((tmp_path / "m.joblib.json").read_text())
    card = {k: v for k, v in card.items() if k not in ("check", "signature")} | {"code": code}
    card["check"] = check = digest_json(card)
    card["signature"] = Keyring().sign(check)
    (tmp_path / "m.joblib.json").write_text(json.dumps(card))
    with pytest.raises(RecordError, match="invalid description of the code"):
        ModelPersistence.load_model(path)
    assert not (tmp_path / "ran").exists()


def test_without_stored_sources_the_error_does_not_name_them(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a version has no sources, the error for another Python advises to fit it again."""
    ref = registry.register_model(fitted(), "ratio", provenance="no-source")
    other_python(monkeypatch)
    with pytest.raises(VersionMismatchError, match="or fit it again here") as caught:
        registry.load_model(ref)
    assert "sources" not in str(caught.value)


def test_an_export_without_stored_sources_has_no_file_of_them(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """If a version has no sources, its export has no sources.py, and no text names this file."""
    ref = registry.register_model(fitted(), "ratio", X=X, y=Y, provenance="none")
    folder = registry.export_model(ref, tmp_path / "out")
    assert not (folder / "sources.py").exists()
    card = (folder / "README.md").read_text()
    assert "only this minor version of Python loads it |" in card
    assert "sources.py" not in card
    info = json.loads((folder / "model_info.json").read_text())
    info["code"]["python"] = "3.99"
    (folder / "model_info.json").write_text(json.dumps(info))
    done = predict_elsewhere(folder, "example.csv", "out.csv")
    assert "Run this folder with Python 3.99, or fit it again." in done.stderr


def test_an_export_does_not_name_sources_that_are_not_stored(
    registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error of an export for another Python names only stored sources."""
    kept = registry.register_model(fitted(), "ratio")
    bare = registry.register_model(fitted(), "other", provenance="no-source")
    other_python(monkeypatch)
    with pytest.raises(VersionMismatchError, match=r"load_attachment\('ratio:1', 'sources'\)"):
        registry.export_model(kept, tmp_path / "out")
    with pytest.raises(VersionMismatchError, match="or fit it again here"):
        registry.export_model(bare, tmp_path / "out")
