"""The examples and links of the README work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from exo_nbregistry.cli.app import commands
from exo_nbregistry.registry.facade import ModelRegistry

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_quick_start_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first three examples give the results in their comments."""
    monkeypatch.chdir(tmp_path)
    X, y = make_classification(random_state=0)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    first = RandomForestClassifier(5, random_state=1).fit(X_train, y_train)
    test = {"X_test": X_test, "y_test": y_test}
    ModelRegistry("models/registry").register_model(first, "kepler_rf", **test)
    model = RandomForestClassifier(5, random_state=0).fit(X_train, y_train)
    names = {"model": model, "X_train": X_train, "y_train": y_train}
    names |= test
    exec(EXAMPLES[0], names)
    assert names["metadata"].model_id == "kepler_rf:2"
    assert names["metadata"].aliases == ("champion",)
    names["figure"] = Figure()
    exec(EXAMPLES[1], names)
    assert names["registry"].attachments("kepler_rf:1").names == ("evaluation", "roc curve")
    *_, browser, plot = EXAMPLES[2].strip().split("\n")
    exec(f"panel = {browser}\nplot = {plot}", names)
    assert names["panel"].query == "metrics.f1_score > 0.9"
    assert len(names["plot"].rows) == 2


def test_the_example_for_exoplanets_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last example registers the classifiers and flags some of the candidates."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    *before, last = EXAMPLES[-1].strip().split("\n")
    exec("\n".join([*before, f"flagged = {last}"]), names)
    assert len(names["registry"].list_models("kepler")) == 5
    assert names["registry"]["kepler@champion"].model_id == names["best"].model_id
    assert 0 < len(names["flagged"]) < len(names["koi"].candidates) / 2


def test_each_call_and_command_exists() -> None:
    """Each call in the table and each command exists."""
    calls = {
        name
        for row in re.findall(r"^\| .*? \| (.*) \|$", README, re.MULTILINE)
        for name in re.findall(r"`([a-z_]+)`", row)
    } - {"expected", "protected"}
    assert len(calls) > 15
    assert all(callable(getattr(ModelRegistry, name)) for name in calls)
    (line,) = re.findall(r"from a shell: (.*?), \.\.\.", README)
    named = re.findall(r"`(?:exo-nbregistry )?([a-z]+)`", line)
    assert named
    assert set(named) <= set(commands.commands)


def test_the_named_tests_and_pictures_exist() -> None:
    """The pictures of the README and the tests that show the guarantees exist."""
    guarantees = (ROOT / "docs/explanation/guarantees.md").read_text(encoding="utf-8")
    paths = re.findall(r"`(tests/[\w/]+(?:\.py)?)`", guarantees)
    assert len(paths) > 10
    pictures = re.findall(r'src(?:set)?="([^"]+)"', README)
    assert len(pictures) > 2
    assert [path for path in paths + pictures if not (ROOT / path).exists()] == []


def test_the_readme_is_short() -> None:
    """Details are on the pages of the documentation, and the recording is at the top."""
    assert len(README.splitlines()) <= 220
    assert README.index("docs/img/recording.png") < README.index("\n## ")
