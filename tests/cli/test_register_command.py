"""The command register."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import joblib
import pytest
from click.testing import Result
from sklearn.dummy import DummyClassifier
from xgboost import XGBClassifier

from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring

Run = Callable[..., Result]
MODEL = DummyClassifier(constant=7)


class WritesAFile:
    """An object whose unpickling creates a file."""

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """Return a call that creates the file."""
        return Path.touch, (Path("executed"),)


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    """Return an unsigned joblib file with a fitted model."""
    path = tmp_path / "model.joblib"
    joblib.dump(MODEL.fit([[0], [1]], [0, 1]), path)
    return path


def test_a_trusted_file_is_registered(run: Run, registry: ModelRegistry, model_file: Path) -> None:
    """A file is registered with all options as the next version."""
    Path("metrics.json").write_text('{"f1_score": 0.95, "log_loss": 1}')
    Path("hyperparameters.json").write_text('{"depth": [3, null]}')
    done = run(
        "register", model_file, "--name", "kepler", "--unsafe", "--metrics", "metrics.json",
        "--hyperparameters", "hyperparameters.json", "--algorithm", "Dummy", "--version", 8,
        "--description", "from a script", "--tag", "reviewed", "--tag", "team=vetting",
        "--dataset", "koi", "--training-samples", 2, "--test-samples", 0, "--feature", "depth",
        "--parent", "kepler:2",
    )  # fmt: skip
    assert done.stdout == "Registered as kepler:8.\n"
    model, version = registry.load_model("kepler:8")
    assert model.constant == 7
    assert version.metrics == {"f1_score": 0.95, "log_loss": 1}
    assert version.hyperparameters == {"depth": [3, None]}
    assert version.tags == {"reviewed": True, "team": "vetting"}
    assert (version.algorithm, version.description) == ("Dummy", "from a script")
    assert (version.training_dataset, version.training_samples) == ("koi", 2)
    assert (version.test_samples, version.feature_columns) == (0, ("depth",))
    assert version.parent == "kepler:2"


def test_the_model_supplies_the_rest(run: Run, registry: ModelRegistry, model_file: Path) -> None:
    """Without options, facts are read from the model; a second run creates no version."""
    for _ in range(2):
        done = run("register", model_file, "--name", "dummy", "--unsafe", "--format", "joblib")
        assert done.stdout == "Registered as dummy:1.\n"
    version = registry.get_metadata("dummy")
    assert version.algorithm == "DummyClassifier"
    assert version.hyperparameters["constant"] == 7
    assert version.metrics == {}


def test_loading_requires_trust(run: Run, registry: ModelRegistry, tmp_path: Path) -> None:
    """Without --unsafe an unsigned file is not loaded, and its code does not run."""
    joblib.dump(WritesAFile(), tmp_path / "model.joblib")
    done = run("register", "model.joblib", "--name", "dummy")
    assert done.exit_code == 1
    assert "is unsigned" in done.stderr
    assert "--unsafe" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "executed").exists()
    assert "dummy" not in registry
    run("register", "model.joblib", "--name", "dummy", "--unsafe")
    assert (tmp_path / "executed").exists()


def test_a_signed_file_is_trusted(
    run: Run, registry: ModelRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of a trusted signer requires no option; other types of an unknown signer do."""
    ModelPersistence.save_model(MODEL, tmp_path / "own.joblib")
    assert run("register", "own.joblib", "--name", "own").stdout == "Registered as own:1.\n"
    with monkeypatch.context() as other_user:
        other_user.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(tmp_path / "other_user"))
        ModelPersistence.save_model({"share": Fraction(1, 3)}, tmp_path / "other.joblib")
        ModelPersistence.save_model(MODEL, tmp_path / "plain.joblib")
        fingerprint = str(Keyring().fingerprint)
    done = run("register", "other.joblib", "--name", "other")
    assert done.exit_code == 1
    assert f"is signed by {fingerprint}, who is not trusted" in done.stderr
    assert "it has fractions.Fraction, which can run any code" in done.stderr
    assert run("register", "plain.joblib", "--name", "plain").exit_code == 0
    assert run("register", "other.joblib", "--name", "other", "--unsafe").exit_code == 0
    assert registry.signer_status("other:1").signer == Keyring().fingerprint


def test_a_package_is_trusted(run: Run, registry: ModelRegistry, tmp_path: Path) -> None:
    """The error names the option that trusts a package, and with it the file is registered."""
    joblib.dump(XGBClassifier(n_estimators=1).fit([[0.0], [1.0]], [0, 1]), tmp_path / "x.joblib")
    done = run("register", "x.joblib", "--name", "x")
    assert done.exit_code == 1
    assert "To run only the code of xgboost: pass --trust xgboost." in done.stderr
    assert run("register", "x.joblib", "--name", "x", "--trust", "xgboost").exit_code == 0
    assert registry.get_metadata("x").algorithm == "XGBClassifier"


def test_a_missing_module_is_named(run: Run, tmp_path: Path) -> None:
    """A model of a package that is not installed is an error that names the module."""
    (tmp_path / "model.joblib").write_bytes(b"\x80\x04cnot_installed\nModel\n.")
    done = run("register", "model.joblib", "--name", "dummy", "--unsafe")
    assert done.exit_code == 1
    assert "requires the module not_installed, which cannot be imported here" in done.stderr
    assert "pip" not in done.stderr


def test_a_changed_file_is_damaged(run: Run, tmp_path: Path) -> None:
    """A signed file that was changed is an error even with --unsafe."""
    path = ModelPersistence.save_model(MODEL, tmp_path / "model.joblib")
    path.write_bytes(path.read_bytes() + b".")
    assert run("register", path, "--name", "dummy", "--unsafe").exit_code == 1


@pytest.mark.parametrize("content", [b"", b"depth,period\n1,2\n", b"{}", b"\x80\x04 broken"])
def test_other_files_are_rejected(run: Run, tmp_path: Path, content: bytes) -> None:
    """An empty, text or damaged file is a one-line error."""
    (tmp_path / "model.joblib").write_bytes(content)
    done = run("register", "model.joblib", "--name", "dummy", "--unsafe")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "joblib.dump wrote" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("f1_score = 0.9", "metrics.json is not a valid JSON file"),
        ("[0.9]", "metrics.json must be a JSON object"),
        ('{"f1_score": "0.9"}', "'f1_score' in metrics.json must be a number, got \"0.9\""),
        ('{"f1_score": true}', "must be a number, got true"),
        ('{"f1_score": null}', "must be a number, got null"),
        ('{"f1_score": 0.9, "f1_score": 0.8}', "duplicate key 'f1_score'"),
    ],
)
def test_invalid_metrics_are_rejected(
    run: Run, registry: ModelRegistry, model_file: Path, content: str, message: str
) -> None:
    """The metrics file must be a JSON object of numbers, with unique names."""
    Path("metrics.json").write_text(content)
    arguments = ("register", model_file, "--name", "dummy", "--unsafe", "--metrics", "metrics.json")
    done = run(*arguments)
    assert done.exit_code == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert "dummy" not in registry
    Path("metrics.json").write_text(json.dumps({"f1_score": 0.9}))
    assert run(*arguments).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (["missing.joblib", "--name", "dummy", "--unsafe"], 2),
        (["model.joblib", "--unsafe"], 2),
        (["model.joblib", "--name", "dummy", "--unsafe", "--tag", "=x"], 2),
        (["model.joblib", "--name", "no/name", "--unsafe"], 1),
        (["model.joblib", "--name", "kepler", "--unsafe", "--version", "1"], 1),
        (["model.joblib", "--name", "kepler", "--unsafe", "--parent", "kepler:9"], 1),
    ],
)
def test_invalid_arguments_register_nothing(
    run: Run, registry: ModelRegistry, model_file: Path, arguments: list[str], exit_code: int
) -> None:
    """Invalid arguments are errors, and no version is created."""
    assert model_file.name == "model.joblib"
    assert run("register", *arguments).exit_code == exit_code
    assert len(registry.list_models()) == 4


def test_a_new_registry_is_created(run: Run, model_file: Path, tmp_path: Path) -> None:
    """The folder of --registry is created if it does not exist."""
    done = run("register", model_file, "--name", "dummy", "--unsafe", "--registry", "new")
    assert done.stdout == "Registered as dummy:1.\n"
    assert ModelRegistry(tmp_path / "new").get_metadata("dummy:1").version == 1
