"""The examples and links of the README work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xgboost
from matplotlib.figure import Figure
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler

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


def test_the_example_of_a_bundle_runs(tmp_path: Path) -> None:
    """The example of several objects registers a scaler, a booster and an encoder as one model."""
    names = [f"koi_{number}" for number in range(6)]
    data, codes = make_classification(n_features=6, random_state=0)
    table = pd.DataFrame(data, columns=names)
    encoder = LabelEncoder().fit(["CONFIRMED", "FALSE POSITIVE"])
    scaler = StandardScaler().fit(table)
    rows = xgboost.DMatrix(scaler.transform(table), codes)
    found: dict[str, Any] = {
        "registry": ModelRegistry(tmp_path / "registry", create=True),
        "scaler": scaler,
        "booster": xgboost.train({"objective": "binary:logistic"}, rows, 5),
        "encoder": encoder,
        "columns": names,
    }
    labels = encoder.inverse_transform(codes)
    found |= {"X": table, "y": labels, "X_test": table[names[::-1]], "y_test": labels}
    (example,) = (one for one in EXAMPLES if "bundle(" in one)
    exec(example, found)
    model, metadata = found["registry"].load_model("kepler_xgb")
    assert metadata.metrics["accuracy"] > 0.9
    assert set(model.predict(table)) == {"CONFIRMED", "FALSE POSITIVE"}


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


def has_target(link: str) -> bool:
    """Return whether the file of a link exists, with the heading that it names."""
    path, _, anchor = link.partition("#")
    if not anchor:
        return (ROOT / path).exists()
    headings = re.findall(r"^#+ (.*)$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    return anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_each_link_exists() -> None:
    """The targets of links and the named tests exist."""
    paths = re.findall(r"\]\(([^):]+)\)", README) + re.findall(r"`(tests/[\w/]+(?:\.py)?)`", README)
    pictures = re.findall(r'src(?:set)?="([^"]+)"', README)
    assert len(paths) > 10
    assert len(pictures) > 2
    paths += pictures
    assert [path for path in paths if not has_target(path)] == []
