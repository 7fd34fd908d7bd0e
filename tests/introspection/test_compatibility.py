"""Comparison of recorded and installed packages."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier

from exo_nbregistry.errors import VersionMismatchError
from exo_nbregistry.introspection import compatibility
from exo_nbregistry.introspection.compatibility import mismatch
from exo_nbregistry.records.metadata import Environment, ModelMetadata
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from tests.persistence.bomb import Bomb
from tests.records.test_metadata import minimal
from tests.tamper import put_model, reseal

FRAME = pd.DataFrame({"period": [1.0, 2.0, 3.0], "depth": [9.0, np.nan, 7.0]}).fillna(8.0)
WORDS = ["dust", "planet", "dust"]
OLD = {"python": "3.11.0", "platform": "x", "packages": {"scikit-learn": "0.1.7"}}
RECORD = "models/toy/versions/v000001.json"


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    """Return a registry with one model of an old scikit-learn release."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(LogisticRegression().fit(FRAME, WORDS), "toy", X=FRAME, y=WORDS)
    reseal(tmp_path / "registry" / RECORD, Keyring().sign, environment=OLD)
    return ModelRegistry(tmp_path / "registry")


@pytest.mark.parametrize(
    ("recorded", "installed", "differs"),
    [
        ("1.7.2", "1.7.0", False),
        ("1.7.2", "1.8.0", True),
        ("1.7.2", "2.7.2", True),
        ("1.7.2", "none", True),
        (None, "1.7.2", False),
    ],
)
def test_the_minor_version_counts(
    monkeypatch: pytest.MonkeyPatch, recorded: str | None, installed: str, differs: bool
) -> None:
    """Patch releases and models of other libraries do not differ."""
    monkeypatch.setattr(compatibility, "_installed", lambda: installed)
    packages = {"scikit-learn": recorded} if recorded else {"numpy": "2.0"}
    metadata = minimal(environment=Environment(packages=packages))
    assert mismatch(metadata) == ((recorded, installed) if differs else None)


def test_another_version_is_refused_with_both(registry: ModelRegistry) -> None:
    """The error has both versions, the package to install and the call that loads the model."""
    with pytest.raises(VersionMismatchError, match=r"pip install scikit-learn==0\.1\.7") as refused:
        registry.load_model("toy")
    assert "load_model('toy:1', allow_version_mismatch=True)" in str(refused.value)
    assert refused.value.recorded == "0.1.7"
    assert refused.value.current[0].isdigit()


def test_nothing_is_unpickled_before_the_version_is_known(
    registry: ModelRegistry, tmp_path: Path
) -> None:
    """A rejected version is not unpickled."""
    artifact = put_model(tmp_path / "registry/models/toy", Bomb(tmp_path / "marker"))
    reseal(tmp_path / "registry" / RECORD, Keyring().sign, artifact=artifact)
    with pytest.raises(VersionMismatchError):
        registry.load_model("toy")
    assert not (tmp_path / "marker").exists()


def test_equal_predictions_are_logged(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """The stored example is predicted again, and the log has the result."""
    model, metadata = registry.load_model("toy", allow_version_mismatch=True)
    assert metadata.version == 1
    assert list(model.predict(FRAME)) == list(LogisticRegression().fit(FRAME, WORDS).predict(FRAME))
    assert "predictions for its input example are equal to those" in caplog.text


def test_different_predictions_are_logged(
    registry: ModelRegistry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A model with other predictions is loaded with a warning."""
    other = DummyClassifier(strategy="constant", constant="planet").fit(FRAME, WORDS)
    artifact = put_model(tmp_path / "registry/models/toy", other)
    reseal(tmp_path / "registry" / RECORD, Keyring().sign, artifact=artifact)
    model, _ = registry.load_model("toy", allow_version_mismatch=True)
    assert model.predict(FRAME)[0] == "planet"
    assert "DIFFERENT from those when it was registered, in rows" in caplog.text
    assert "of 3 (counted from 0)" in caplog.text


def test_a_missing_example_is_logged(
    registry: ModelRegistry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log reports a missing input example."""
    reseal(tmp_path / "registry" / RECORD, Keyring().sign, attachments={})
    registry.load_model("toy", allow_version_mismatch=True)
    assert "no input example" in caplog.text


def made_with(python: str = "", **packages: str) -> ModelMetadata:
    """Return a version with these recorded packages."""
    recorded = {name.replace("_", "-"): version for name, version in packages.items()}
    return replace(minimal(), environment=Environment(python, "Linux", recorded))


@pytest.mark.parametrize(
    ("metadata", "status", "message"),
    [
        (made_with(), "unknown", "The packages of this model are not recorded."),
        (made_with("3.11.2", scikit_learn="1.9.0"), "loads", "Matches this kernel."),
        (
            made_with("3.10.9", numpy="1.26.4", scikit_learn="1.9.9"),
            "loads",
            "Loads, recorded with Python 3.10.9 (installed: 3.11.7), "
            "numpy 1.26.4 (installed: 2.4.1).",
        ),
        (
            made_with("3.11.2", scikit_learn="1.8.0"),
            "mismatch",
            "Requires allow_version_mismatch=True: registered with scikit-learn 1.8.0, "
            "installed: 1.9.1.",
        ),
        (
            made_with(scikit_learn="1.8.0", xgboost="2.0.1"),
            "missing",
            "Cannot load here: xgboost is not installed; run pip install xgboost==2.0.1.",
        ),
        (
            made_with(a_b="1", xgboost="$(rm x)"),
            "missing",
            "Cannot load here: a-b and xgboost are not installed; run pip install a-b==1 "
            "'xgboost==$(rm x)'.",
        ),
    ],
    ids=["unknown", "loads", "differs", "mismatch", "missing", "two missing"],
)
def test_the_status_compares_packages(
    monkeypatch: pytest.MonkeyPatch, metadata: ModelMetadata, status: str, message: str
) -> None:
    """The status compares installed with recorded packages, and the message has the remedy."""
    here = {"scikit-learn": "1.9.1", "numpy": "2.4.1"}
    monkeypatch.setattr(compatibility, "installed_version", here.get)
    monkeypatch.setattr(compatibility, "_installed", lambda: here["scikit-learn"])
    monkeypatch.setattr(compatibility.platform, "python_version", lambda: "3.11.7")
    verdict = compatibility.check_compatibility(metadata)
    assert verdict.status == status
    assert verdict.message.startswith(message)
    assert verdict.installed == {name: here.get(name) for name in metadata.environment.packages}


@pytest.mark.parametrize("kind", ["local subclass", "xgboost"])
def test_scikit_learn_of_a_base_class_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Another scikit-learn is an error for each model with a base class of scikit-learn."""
    if kind == "xgboost":
        model = XGBClassifier(n_estimators=1).fit([[0.0], [1.0]], [0, 1])
    else:
        (tmp_path / "child_xyz.py").write_text(
            "from sklearn.linear_model import LogisticRegression\n"
            "class Child(LogisticRegression): pass\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        model = importlib.import_module("child_xyz").Child().fit([[0.0], [1.0]], [0, 1])
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(model, "child")
    monkeypatch.setattr(compatibility, "_installed", lambda: "99.0.0")
    with pytest.raises(VersionMismatchError, match=r"but 99\.0\.0 is installed"):
        registry.load_model("child")


def test_named_columns_are_in_the_environment(tmp_path: Path) -> None:
    """The record of a model with named columns has the version of pandas."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(LogisticRegression().fit(FRAME, WORDS), "named")
    registry.register_model(LogisticRegression().fit(FRAME.to_numpy(), WORDS), "plain")
    assert registry["named"].environment.packages["pandas"] == pd.__version__
    assert "pandas" not in registry["plain"].environment.packages
