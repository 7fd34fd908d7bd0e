"""The command move-in."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import ShellComplete
from click.testing import Result
from sklearn.linear_model import Ridge

from exo_nbregistry.cli.app import commands
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.sources import open_source
from tests.migration.folder_store import write_store

Run = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a store whose reader is known, and return its path."""
    reader = open_source._Reader("shelf", "tests.migration.folder_store", "FolderStore")
    monkeypatch.setattr(open_source, "_READERS", (reader,))
    monkeypatch.setattr(open_source, "KINDS", ("shelf",))
    rule: dict[str, Any] = {"source_id": "s:1", "number": 1, "model": pickle.dumps({"cut": 1})}
    other = rule | {"source_id": "s:2", "number": 2, "model": pickle.dumps(print)}
    models: dict[str, dict[str, Any]] = {
        "Rule": {"versions": [rule | {"aliases": ["best"]}, other]},
        "a b": {"versions": []},
    }
    write_store(tmp_path / "store", models | {"a_b": {"versions": []}})
    return str(tmp_path / "store")


def test_a_plan_is_printed_and_confirmed(run: Run, store: str) -> None:
    """The command prints the plan, asks, and prints what was moved in."""
    done = run("move-in", store, "--registry", "new", typed="y\n")
    assert done.exit_code == 0, done.output
    assert "To move in: 2 versions of 3 models" in done.stdout
    assert "builtins.print" in done.stdout
    assert "trust them with --trust." in done.stdout
    assert "move in one of them with --model 'a b', and rename" in done.stdout
    assert "Move in 2 versions? [y/N]" in done.stdout
    assert "Moved in: 2 versions" in done.stdout
    assert ModelRegistry("new")["rule@best"].version == 1
    again = run("move-in", store, "--registry", "new")
    assert "To move in: 0 versions" in again.stdout
    assert "Moved in" not in again.stdout


def test_nothing_is_moved_in_without_consent(run: Run, store: str) -> None:
    """Without an answer, the command names --yes; with no, it ends; --dry-run only plans."""
    silent = run("move-in", store, "--registry", "new", typed="")
    assert silent.exit_code == 2
    assert "pass --yes" in silent.stderr
    assert run("move-in", store, "--registry", "new", typed="n\n").exit_code != 0
    planned = run("move-in", store, "--registry", "new", "--dry-run")
    assert planned.exit_code == 0
    assert "To move in: 2 versions" in planned.stdout
    assert not Path("new").exists()


def test_the_options_reach_the_plan(run: Run, store: str) -> None:
    """A pattern selects models, --trust trusts their files, and --json prints the result."""
    arguments = ("--registry", "new", "--model", "Ru*", "--kind", "shelf", "--json")
    planned = json.loads(run("move-in", store, *arguments, "--dry-run").stdout)
    assert [model["key"] for model in planned["models"]] == ["rule"]
    assert planned["models"][0]["needs_trust"] == ["builtins.print"]
    done = json.loads(run("move-in", store, *arguments, "--yes", "--trust").stdout)
    assert (done["versions"], done["problems"]) == (2, [])
    assert ModelRegistry("new").load_model("rule:2")[0] is print
    again = run("move-in", store, *arguments, "--yes", "--trust")
    assert "--trust does not change the 2 versions already there." in again.stderr


def test_the_origin_is_shown(run: Run, store: str) -> None:
    """A version that was moved in shows its user and its tool, and that it needs trust."""
    run("move-in", store, "--registry", "new", "--yes", "--no-progress")
    shown = run("--registry", "new", "show", "rule:2").stdout
    assert "imported from  Shelf (s:2)" in shown
    assert "without trust in its files. Trust is required for builtins.print." in shown


def test_a_version_without_a_model_is_named(run: Run, store: str, tmp_path: Path) -> None:
    """A version that moved in without its model does not claim to load."""
    write_store(tmp_path / "bare", {"bare": {"versions": [{"source_id": "b:1", "number": 1}]}})
    run("move-in", str(tmp_path / "bare"), "--registry", "new", "--yes", "--no-progress")
    shown = run("--registry", "new", "show", "bare").stdout
    assert "It has no stored model." in shown
    assert "It loads" not in shown


def test_mistakes_are_one_line(run: Run, store: str) -> None:
    """A missing store, an unknown kind and an unknown model are named."""
    for arguments, text in (
        (("gone",), "gone does not exist"),
        ((store, "--kind", "shelv"), "did you mean shelf?"),
        ((store, "--model", "rule"), "has no model 'rule'; did you mean Rule?"),
        ((".",), "is not a store of a known kind (shelf)"),
    ):
        done = run("move-in", *arguments, "--registry", "new")
        assert done.exit_code == 1
        assert done.stderr.count("\n") == 1, done.stderr
        assert text in done.stderr


def test_an_interruption_names_the_next_step(
    run: Run, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C, the command explains how to continue, and continues."""
    arguments = ("move-in", store, "--model", "Rule", "--registry", "new", "--yes", "--no-progress")
    interrupted = open_source._Reader("shelf", "tests.migration.folder_store", "InterruptedStore")
    with monkeypatch.context() as patch:
        patch.setattr(open_source, "_READERS", (interrupted,))
        stopped = run(*arguments)
    assert stopped.exit_code == 1
    assert "Repeat the command to continue." in stopped.stderr
    assert "Moved in: 2 versions " in run(*arguments).stdout
    assert ModelRegistry("new").list_models("rule").total == 2


@pytest.fixture
def model_files(tmp_path: Path) -> Path:
    """Write a folder of three model files."""
    folder = tmp_path / "old"
    folder.mkdir()
    for number, name in enumerate(["rf_v1.pkl", "rf_v2.pkl", "test.pkl"]):
        (folder / name).write_bytes(pickle.dumps(Ridge(number)))
    return folder


def test_guessed_versions_are_shown_and_corrected(run: Run, model_files: Path) -> None:
    """Each file is listed with its model before the question, and --name replaces the model."""
    arguments = ("move-in", str(model_files), "--kind", "files", "--registry", "new")
    shown = run(*arguments, typed="n\n")
    assert "rf_v2.pkl  rf     2" in shown.stdout
    assert "correct them with --name" in shown.stdout
    chosen = ("--name", "rf_v*=forest", "--name", "rf_v2.pkl=forest:7", "--name", "test.pkl=")
    done = run(*arguments, *chosen, "--yes", "--no-progress")
    assert "Moved in: 2 versions" in done.stdout
    assert [m.model_id for m in ModelRegistry("new").list_models(order_by="version")] == [
        *("forest:1", "forest:7")
    ]


@pytest.mark.parametrize("text", ["rf_v1.pkl", "=forest", "rf_v1.pkl=forest:x", "rf_v1.pkl=a:"])
def test_a_wrong_name_is_refused(run: Run, model_files: Path, text: str) -> None:
    """A choice that is not FILE=MODEL[:VERSION] is an error of one line."""
    done = run("move-in", str(model_files), "--registry", "new", "--name", text)
    assert done.exit_code == 2
    assert "is not FILE=MODEL or FILE=MODEL:VERSION" in done.stderr


def test_kinds_are_completed() -> None:
    """The shell completes --kind, and paths for the store."""
    completion = ShellComplete(commands, {}, "exo-nbregistry", "_COMPLETE")
    kinds = completion.get_completions(["move-in", "--kind"], "p")
    assert [item.value for item in kinds] == ["pins"]
    assert completion.get_completions(["move-in"], "ml")[0].type == "file"


def test_a_narrow_terminal_shows_each_model(
    run: Run, model_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long paths are cut, and the columns of the model and the version are shown."""
    monkeypatch.setenv("COLUMNS", "60")
    long = model_files / "results of the second half of the year" / "vetting"
    long.mkdir(parents=True)
    (model_files / "rf_v1.pkl").rename(long / "rf_v1.pkl")
    arguments = ("--name", "rf_v1.pkl=rf:1", "--registry", "new", "--dry-run")
    shown = run("move-in", str(model_files), *arguments).stdout
    (line,) = [line for line in shown.splitlines() if "rf_v1.pkl" in line]
    assert line.split()[-2:] == ["rf", "1"]
    assert len(line) <= 60
