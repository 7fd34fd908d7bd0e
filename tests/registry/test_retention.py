"""collect_garbage with rules for versions: arguments, models, and the result."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exo_nbregistry.errors import (
    FormatVersionError,
    InvalidInputError,
    ModelNotFoundError,
    NotFoundError,
    QueryError,
)
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.memory import MemoryStore

NOW = datetime(2026, 6, 1, tzinfo=UTC)


class Clock:
    """A clock that the tests set."""

    now = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock."""
    return Clock()


@pytest.fixture
def registry(clock: Clock) -> ModelRegistry:
    """Return a registry with four versions of each of two models, registered on four days."""
    registry = ModelRegistry(MemoryStore(), now=clock)
    for day in range(4):
        clock.now = NOW + timedelta(days=day)
        for name in ("kepler_rf", "tess"):
            score = {"f1_score": [0.9, 0.7, 0.8, 0.6][day]}
            registry.register_model({name: day}, name, evaluation_results=score)
    return registry


def ids(found: Any) -> list[str]:
    """Return the references of the versions of a plan."""
    return [item.model_id for item in found.versions]


def test_a_plan_changes_nothing(registry: ModelRegistry) -> None:
    """A dry run lists versions; dry_run=False purges the same ones, and again none."""
    before = registry.revision()
    found = registry.collect_garbage(keep_last=2)
    assert ids(found) == ["kepler_rf:1", "kepler_rf:2", "tess:1", "tess:2"]
    assert registry.revision() == before
    done = registry.collect_garbage(False, keep_last=2)
    assert done.versions == found.versions
    assert not done.dry_run
    assert registry.list_models().ids == ("kepler_rf:3", "kepler_rf:4", "tess:3", "tess:4")
    after = registry.revision()
    assert registry.collect_garbage(False, keep_last=2).is_empty
    assert registry.revision() == after
    assert registry.verify()


def test_only_the_plan_is_purged(registry: ModelRegistry) -> None:
    """A version that was registered since the plan was read does not move its limit."""
    plan = registry.collect_garbage(keep_last=2, model_name="tess")
    registry.register_model({"tess": 9}, "tess")
    assert ids(registry.collect_garbage(keep_last=2, model_name="tess")) == [*ids(plan), "tess:3"]
    registry.set_alias("tess", "champion", 2)
    done = registry.collect_garbage(False, keep_last=2, plan=plan)
    assert ids(done) == ["tess:1"]
    assert registry.list_models("tess").ids == ("tess:2", "tess:3", "tess:4", "tess:5")
    assert len(registry.list_models("kepler_rf")) == 4


def test_a_version_that_was_restored_since_the_plan_stays(registry: ModelRegistry) -> None:
    """Another user who restores a version needs it, although the rules select it again."""
    registry.delete_model("tess:1")
    plan = registry.collect_garbage(keep_last=1, model_name="tess")
    assert ids(plan) == ["tess:1", "tess:2", "tess:3"]
    registry.restore_model("tess:1")
    assert ids(registry.collect_garbage(False, keep_last=1, plan=plan)) == ["tess:2", "tess:3"]
    assert registry["tess:1"].status == "active"


@pytest.mark.parametrize("days", [np.int64(2), np.float32(2), timedelta(2), 2.0])
def test_an_age_is_any_number(registry: ModelRegistry, days: Any) -> None:
    """A number of numpy is a number of days, as one of Python."""
    assert ids(registry.collect_garbage(older_than=days, model_name="tess")) == ["tess:1"]


def test_without_rules_versions_stay(registry: ModelRegistry) -> None:
    """The call of earlier releases removes files only."""
    registry.delete_model("tess:1")
    assert registry.collect_garbage(False).versions == ()
    assert registry.restore_model("tess:1").status == "active"


@pytest.mark.parametrize("pattern", ["kepler_*", "Kepler_RF", "k*"])
def test_models_are_chosen_by_a_pattern(registry: ModelRegistry, pattern: str) -> None:
    """Only versions and files of matching models are listed."""
    store = registry._workspace.store
    for model in ("kepler_rf", "tess"):
        with store.stage(f"models/{model}/tmp") as staged:
            staged.write(b"x")
            staged.publish(f"models/{model}/tmp/half")
    found = registry.collect_garbage(keep_last=3, model_name=pattern, grace_s=-1)
    assert ids(found) == ["kepler_rf:1"]
    assert [item.key for item in found] == ["models/kepler_rf/tmp/half"]


def test_the_best_versions_are_kept(registry: ModelRegistry) -> None:
    """keep_best ranks each model by its usual metric, or by the one that is passed."""
    expected = ["kepler_rf:2", "kepler_rf:3", "tess:2", "tess:3"]
    assert ids(registry.collect_garbage(keep_best=1)) == expected
    assert ids(registry.collect_garbage(keep_best=1, metric="f1_score")) == expected
    worst = registry.collect_garbage(keep_best=2, metric="f1_score", higher_is_better=False)
    assert ids(worst) == ["kepler_rf:1", "kepler_rf:3", "tess:1", "tess:3"]


@pytest.mark.parametrize("age", [2, 2.0, timedelta(days=2)])
def test_young_versions_are_kept(registry: ModelRegistry, age: Any) -> None:
    """older_than is a number of days or a timedelta."""
    # Now is the third day: the versions of day 0 are older than two days.
    assert ids(registry.collect_garbage(older_than=age)) == ["kepler_rf:1", "tess:1"]
    assert ids(registry.collect_garbage(older_than=age, keep_last=9)) == []


def test_versions_with_an_alias_stay(registry: ModelRegistry) -> None:
    """An alias protects its version, whether it is protected or not."""
    registry.set_alias("kepler_rf", "champion", 1, protected=True)
    registry.set_alias("tess", "candidate", 2)
    assert ids(registry.collect_garbage(False, keep_last=1)) == [
        "kepler_rf:2",
        "kepler_rf:3",
        "tess:1",
        "tess:3",
    ]
    assert registry.load_model("kepler_rf@champion")[0] == {"kepler_rf": 0}


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"keep_last": 0}, InvalidInputError, "keep_last must be an integer of at least 1, got 0"),
        ({"keep_best": True}, InvalidInputError, "keep_best must be an integer"),
        ({"keep_last": "3"}, InvalidInputError, "keep_last must be an integer"),
        ({"metric": "f1_score"}, InvalidInputError, "metric= requires keep_best="),
        ({"keep_last": 1, "higher_is_better": True}, InvalidInputError, "requires keep_best="),
        ({"keep_best": 1, "higher_is_better": "lower"}, InvalidInputError, "must be True or False"),
        ({"keep_best": 1, "metric": 3}, QueryError, "metric must be text"),
        ({"keep_best": 1, "metric": "f1"}, NotFoundError, "No version has the metric 'f1'"),
        ({"older_than": -1}, InvalidInputError, "older_than must be a number of days"),
        ({"older_than": float("nan")}, InvalidInputError, "older_than must be"),
        ({"older_than": 1e9}, InvalidInputError, "older_than must be"),
        ({"older_than": True}, InvalidInputError, "older_than must be"),
        ({"plan": ["kepler_rf:1"], "keep_last": 1}, InvalidInputError, "plan must be a result of"),
        ({"model_name": "none*"}, ModelNotFoundError, "No model matches 'none"),
        ({"model_name": 3}, InvalidInputError, "model_name must be text"),
    ],
)
def test_invalid_arguments_are_errors(
    registry: ModelRegistry, arguments: dict[str, Any], error: type[Exception], text: str
) -> None:
    """An invalid argument is an error that names it, and nothing is purged."""
    with pytest.raises(error, match=text):
        registry.collect_garbage(False, **arguments)
    assert len(registry.list_models()) == 8


def test_a_damaged_model_is_skipped(tmp_path: Path) -> None:
    """Versions of a model with a damaged record stay, and the result names the model."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for name in ("kepler_rf", "tess"):
        for value in (1, 2):
            registry.register_model({name: value}, name)
    (tmp_path / "registry/models/tess/versions/v000002.json").write_text("{")
    found = registry.collect_garbage(False, keep_last=1)
    assert (ids(found), found.skipped) == (["kepler_rf:1"], ("tess",))


def test_values_that_were_measured_differently_give_a_warning(
    registry: ModelRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """A ranking by values of different averages is stated before anything is purged."""
    from sklearn.dummy import DummyClassifier

    for classes in (2, 3):
        y = [*range(classes)] * 2
        model = DummyClassifier(strategy="uniform", random_state=0).fit([[0]] * len(y), y)
        registry.register_model(model, "mixed", X_test=[[0]] * len(y), y_test=y)
    with caplog.at_level(logging.WARNING):
        registry.collect_garbage(keep_best=1, metric="f1_score", model_name="mixed")
    assert "mixed: f1_score" in caplog.text


def test_a_reserved_registry_is_not_changed(tmp_path: Path) -> None:
    """If writing requires a newer release, a plan is listed but not executed."""
    import json

    registry = ModelRegistry(tmp_path / "registry", durable=False)
    for value in (1, 2):
        registry.register_model({"value": value}, "toy")
    descriptor = tmp_path / "registry/nbregistry.json"
    fields = json.loads(descriptor.read_text())
    del fields["check"]
    descriptor.write_text(json.dumps(fields | {"writer_features": ["quotas"]}))
    reserved = ModelRegistry(tmp_path / "registry")
    assert ids(reserved.collect_garbage(keep_last=1)) == ["toy:1"]
    with pytest.raises(FormatVersionError, match="quotas"):
        reserved.collect_garbage(False, keep_last=1)
    assert reserved["toy:1"].status == "active"
