"""Messages of the library in the terminal."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import click
import joblib
import pandas as pd
import pytest
from click.testing import Result
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from exo_nbregistry.cli.app import commands
from exo_nbregistry.cli.python_calls import with_commands
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring

Run = Callable[..., Result]


@pytest.fixture
def friend(tmp_path: Path) -> Keyring:
    """Return the keyring of another user with a version of a model and one with own code."""
    keyring = Keyring(tmp_path / "friend")
    theirs = ModelRegistry(tmp_path / "registry", durable=False, keyring=keyring)
    theirs.register_model(DummyClassifier().fit([[0]], [0]), "theirs")
    coded = make_pipeline(FunctionTransformer(lambda x: x), DummyClassifier())
    theirs.register_model(coded.fit([[0.0], [1.0]], [0, 1]), "coded", X=[[0.0], [1.0]])
    return keyring


def test_an_export_names_the_command_that_trusts(
    run: Run, registry: ModelRegistry, friend: Keyring
) -> None:
    """The command in the error of an export works unchanged."""
    done = run("export", "theirs", "out")
    command = f"exo-nbregistry trust add {friend.fingerprint}"
    assert done.stderr.endswith(f"If you know the signer: {command}, then export it again.\n")
    assert run(*command.split()[1:], "--yes").exit_code == 0
    assert run("export", "theirs", "out").exit_code == 0
    assert registry.signer_status("theirs").trusted


def test_an_import_names_commands(run: Run, friend: Keyring, tmp_path: Path) -> None:
    """The command in the error of an import works unchanged, and so does its option."""
    theirs = ModelRegistry(tmp_path / "registry", durable=False, keyring=friend)
    theirs.export_model("theirs", tmp_path / "exported")
    done = run("import", tmp_path / "exported", "--registry", tmp_path / "mine")
    command = shlex.split(done.stderr.partition("exo-nbregistry ")[2].partition(";")[0])
    assert command == ["trust", "add", friend.public_key]
    assert done.stderr.endswith("otherwise --unsafe signs it with your key.\n")
    assert run(*command, "--yes").exit_code == 0
    assert run("import", tmp_path / "exported", "--registry", tmp_path / "mine").exit_code == 0


def test_the_command_names_the_chosen_registry(run: Run, friend: Keyring, tmp_path: Path) -> None:
    """The option for the registry is part of the command, before or after the subcommand."""
    chosen = ["--registry", tmp_path / "registry"]
    command = f"exo-nbregistry --registry {tmp_path / 'registry'} trust add {friend.fingerprint}"
    assert command in run(*chosen, "verify").stdout
    assert command in run("verify", *chosen).stdout
    assert command in run("export", "theirs", "out", *chosen).stderr


@pytest.mark.parametrize(
    ("ref", "means"),
    [
        ("theirs", "It loads without running code of its author."),
        ("coded", "Trust is required for the code that it carries."),
    ],
)
def test_show_says_that_the_signer_is_unknown(
    run: Run, friend: Keyring, ref: str, means: str
) -> None:
    """The details end with the signer that is not trusted, and the command that trusts it."""
    last = run("show", ref).stdout.splitlines()[-1]
    assert last == (
        f"{ref}:1 is signed by {friend.fingerprint}, who is not trusted. {means} If you know the "
        f"signer: exo-nbregistry trust add {friend.fingerprint}."
    )
    assert "not trusted" not in run("show", "kepler").stdout


def test_serve_names_commands(run: Run, friend: Keyring) -> None:
    """The error of serve has commands in place of the calls that trust the signer."""
    done = run("serve", "coded")
    assert f"exo-nbregistry trust add {friend.fingerprint}" in done.stderr
    assert "unsafe" not in done.stderr
    assert "it carries code of its author (" in done.stderr


@pytest.mark.parametrize("command", ["import", "register", "serve"])
def test_a_command_names_its_option(command: str) -> None:
    """The call that trusts packages is an option of the commands that have it."""
    text = (
        "To run only the code of lightgbm, xgboost: "
        "registry.load_model('m:1', trust=['lightgbm', 'xgboost'])."
    )
    with click.Context(commands) as context:
        context.invoked_subcommand = command
        assert with_commands(f"Not loaded. {text}") == (
            "Not loaded. To run only the code of lightgbm, xgboost: pass --trust lightgbm "
            "--trust xgboost."
        )


def test_a_call_without_a_command_is_removed() -> None:
    """Outside of these commands, no command loads a model without trust."""
    text = (
        "It has xgboost.core.Booster. To run only the code of xgboost: "
        "registry.load_model('m:1', trust=['xgboost']). If you know the signer: "
        "registry.trust_signer('SHA256:a+/b'); to load it once without trust: "
        "registry.load_model('m:1', unsafe=True)."
    )
    assert with_commands(text) == (
        "It has xgboost.core.Booster. If you know the signer: exo-nbregistry trust add SHA256:a+/b."
    )


def test_an_alias_is_set_with_a_command() -> None:
    """A call that sets an alias becomes the command."""
    text = "rf@prod was not moved; registry.set_alias('rf', 'prod', 4) moves it."
    assert with_commands(text) == (
        "rf@prod was not moved; exo-nbregistry alias set rf@prod 4 moves it."
    )


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["register", "model.pkl", "--name", "m"], "pass --unsafe."),
        (["import", "model.pkl", "--name", "m"], "pass --unsafe."),
        (["serve", "table"], "run exo-nbregistry trust add FINGERPRINT."),
    ],
)
def test_a_package_that_runs_any_code_is_named_as_an_option(
    run: Run, tmp_path: Path, friend: Keyring, command: list[str], expected: str
) -> None:
    """--trust os is an error in the words of the terminal."""
    path = tmp_path / "model.pkl"
    joblib.dump(make_pipeline(FunctionTransformer(shlex.quote), DummyClassifier()), path)
    table = pd.DataFrame({"a": [0.0, 1.0]})
    model = make_pipeline(FunctionTransformer(), DummyClassifier()).fit(table, [0, 1])
    theirs = ModelRegistry(tmp_path / "registry", durable=False, keyring=friend)
    theirs.register_model(model, "table", X=table)
    command = [str(path) if part == "model.pkl" else part for part in command]
    result = run(*command, "--registry", str(tmp_path / "registry"), "--trust", "os")
    assert result.exit_code == 1
    assert "--trust cannot be 'os': functions of os can run any code." in result.output
    assert result.output.strip().endswith(f"If you trust the author, {expected}")
