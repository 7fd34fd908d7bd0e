"""The message at registration about models that only readers with trust can load."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import uniform
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.introspection.trust_needed import log_trust_needed
from exo_nbregistry.registry.facade import ModelRegistry

X = np.random.default_rng(0).normal(size=(30, 2))
LABELS = np.arange(30) % 2


def messages(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return the level and text of the messages on trust."""
    return [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if "does not trust its signer" in record.getMessage()
    ]


def register(tmp_path: Path, model: Any, name: str) -> ModelRegistry:
    """Register a model."""
    registry = ModelRegistry(tmp_path / "registry", durable=False)
    registry.register_model(model, name)
    return registry


def test_a_cache_is_a_warning_with_the_remedy(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A pipeline with memory= has a message with the parameter to set."""
    model = make_pipeline(StandardScaler(), LogisticRegression(), memory=str(tmp_path / "cache"))
    register(tmp_path, model.fit(X, LABELS), "cached")
    ((level, text),) = messages(caplog)
    assert level == "WARNING"
    assert text == (
        "cached: a reader who does not trust its signer cannot load it, because it caches its "
        "steps in a folder; set memory=None and fit again."
    )


def test_distributions_are_a_warning_with_the_remedy(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A search over distributions of SciPy has a message with the estimator to register."""
    search = RandomizedSearchCV(Ridge(), {"alpha": uniform(0, 1)}, n_iter=2, cv=2)
    register(tmp_path, search.fit(X, LABELS), "searched")
    ((level, text),) = messages(caplog)
    assert level == "WARNING"
    assert text.endswith("register its best_estimator_ instead.")
    assert "rv_continuous_frozen" in text


def test_a_model_of_another_library_is_information(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not a warning, because it is usual; the message has the argument of the reader."""
    from xgboost import XGBClassifier

    with caplog.at_level(logging.INFO, "exo_nbregistry"):
        register(tmp_path, XGBClassifier(n_estimators=2).fit(X, LABELS), "boosted")
    ((level, text),) = messages(caplog)
    assert level == "INFO"
    assert "trust=['xgboost']" in text


def test_a_model_of_scikit_learn_has_no_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A model that each reader can load has no message."""
    with caplog.at_level(logging.INFO, "exo_nbregistry"):
        register(tmp_path, LogisticRegression().fit(X, LABELS), "plain")
    assert messages(caplog) == []


def test_the_message_comes_once_for_each_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A second version does not repeat it, but another model has its own."""
    for count in (1.0, 2.0):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=count), memory=str(tmp_path))
        model.fit(X, LABELS)
        for name in ("one", "other"):
            register(tmp_path, model, name)
    assert [text.partition(":")[0] for _, text in messages(caplog)] == ["one", "other"]


def test_a_model_with_odd_parameters_has_no_message(caplog: pytest.LogCaptureFixture) -> None:
    """An error of the user's get_params is ignored, as is a class."""

    class Odd:
        def get_params(self, deep: bool = True) -> Any:
            raise RuntimeError("no parameters")

    for model in (Odd(), Odd, None):
        log_trust_needed("odd", model, (), has_code=False)
    assert messages(caplog) == []
