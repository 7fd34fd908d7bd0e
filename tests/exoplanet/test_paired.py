"""Two versions on the same test set, by what is stored with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.exoplanet.evaluator import ModelEvaluator
from exo_nbregistry.exoplanet.holdout import DifferentTestSetsError, describe_holdout
from exo_nbregistry.exoplanet.measure import Judgement
from exo_nbregistry.exoplanet.paired import compare_judgements, compare_versions
from exo_nbregistry.registry import ModelRegistry
from exo_nbregistry.signing import Keyring

FAST: Any = {"n_resamples": 300, "progress": False}


def table(seed: int = 0, rows: int = 200) -> tuple[pd.DataFrame, pd.Series[int]]:
    """Return rows of which column "a" tells the label and "b" does not, two to a star."""
    rng = np.random.default_rng(seed)
    y = pd.Series(rng.integers(0, 2, rows), name="confirmed")
    names = [f"K{row // 2:05}.{row % 2 + 1:02}" for row in range(rows)]
    values = {"a": y + rng.normal(size=rows) / 2, "b": rng.normal(size=rows)}
    y.index = pd.Index(names)
    return pd.DataFrame(values).set_index(y.index), y


def register(registry: ModelRegistry, X: Any, y: Any, *, told: bool = True, **facts: Any) -> str:
    """Register a classifier that reads the columns it is given."""
    model = facts.pop("model", LogisticRegression()).fit(X, y)
    attached = describe_holdout(X, y).attachment() if told else {}
    facts = {"X_test": X, "y_test": y, "attachments": attached} | facts
    return registry.register_model(model, "m", **facts)


def test_versions_compare_as_their_models_do(registry: ModelRegistry) -> None:
    """What is stored gives the very figures that the models give on the test set."""
    X, y = table()
    good, poor = register(registry, X[["a"]], y), register(registry, X[["b"]], y)
    found = compare_versions(registry, poor, good, **FAST)
    assert (found.first, found.second, found.better) == ("m:2", "m:1", "m:1")
    assert (found.unit, found.n_units, found.n_rows) == ("star", 100, 200)
    reads = {column: LogisticRegression().fit(X[[column]], y) for column in "ab"}
    stored = registry.load_evaluation(good)["probabilities"]
    assert np.allclose(stored, reads["a"].predict_proba(X[["a"]]))
    twice = compare_versions(registry, poor, good, **FAST)
    assert twice == found


def test_the_exact_test_is_the_binomial(registry: ModelRegistry) -> None:
    """McNemar's p is the two tails of a fair coin over the rows that only one has right."""
    truth = np.array([True] * 20)
    one = Judgement(truth, np.arange(20) < 9, np.full(20, 0.5))
    two = Judgement(truth, (np.arange(20) < 7) | (np.arange(20) >= 11), np.full(20, 0.5))
    found = compare_judgements({"one": one, "two": two}, np.array([]), **FAST)
    assert (found.only_first_right, found.only_second_right) == (2, 9)
    assert found.p_accuracy == pytest.approx(2 * binom.cdf(2, 11, 0.5))
    assert (found.unit, found.n_units) == ("row", 20)


def test_the_bootstrap_p_counts_both_tails() -> None:
    """If every resample favours one model, p is twice one draw among all; if none does, p is 1."""
    truth = np.arange(200) % 2 == 0
    right = Judgement(truth, truth, np.where(truth, 0.9, 0.1))
    wrong = Judgement(truth, ~truth, np.where(truth, 0.1, 0.9))
    apart = compare_judgements({"wrong": wrong, "right": right}, np.array([]), **FAST)
    assert apart.p_value == pytest.approx(2 / (1 + FAST["n_resamples"]))
    same = compare_judgements({"right": right, "again": right}, np.array([]), **FAST)
    assert same.p_value == 1.0


def test_no_difference_is_found_as_often_as_the_level_says() -> None:
    """Between two coins few samples show a difference at 5 %, and half of the p are above 0.5."""
    rng = np.random.default_rng(1)
    claims = large = 0
    for seed in range(100):
        truth = rng.random(80) < 0.5
        coins = [Judgement(truth, truth, rng.random(80)) for _ in range(2)]
        found = compare_judgements(
            dict(zip("ab", coins, strict=True)), np.array([]), random_state=seed, **FAST
        )
        claims += found.better is not None
        large += found.p_value > 0.5
    assert claims <= 12
    assert 35 <= large <= 65


def test_different_test_sets_are_refused(registry: ModelRegistry) -> None:
    """Other rows, and the same rows in another order, are refused with both fingerprints."""
    X, y = table()
    first = register(registry, X, y)
    other = register(registry, *table(seed=1))
    turned = register(registry, X[::-1], y[::-1], description="turned")
    for second in (other, turned):
        with pytest.raises(DifferentTestSetsError, match="different test sets") as refused:
            compare_versions(registry, first, second, **FAST)
        assert len({refused.value.first, refused.value.second}) == 2


def test_the_same_labels_of_other_rows_are_refused(registry: ModelRegistry) -> None:
    """Equal labels in an equal order do not make two test sets the same."""
    X, y = table()
    first = register(registry, X, y)
    renamed = X.rename(lambda name: f"K9{name[2:]}")
    second = register(registry, renamed, y.set_axis(renamed.index), description="renamed")
    with pytest.raises(DifferentTestSetsError):
        compare_versions(registry, first, second, **FAST)


def test_versions_that_do_not_say_go_by_their_labels(registry: ModelRegistry) -> None:
    """Without a recorded test set the labels must be the same; stars can be given by hand."""
    X, y = table()
    first = register(registry, X, y, told=False)
    second = register(registry, X, y, told=False, model=DecisionTreeClassifier(max_depth=1))
    assert compare_versions(registry, first, second, **FAST).unit == "row"
    stars = np.arange(200) // 4
    found = compare_versions(registry, first, second, groups=stars, **FAST)
    assert (found.unit, found.n_units) == ("star", 50)
    with pytest.raises(ValueError, match="each of the 200 test rows, not 3"):
        compare_versions(registry, first, second, groups=[1, 2, 3], **FAST)
    third = register(registry, *table(seed=1), told=False)
    with pytest.raises(DifferentTestSetsError):
        compare_versions(registry, first, third, **FAST)


def test_classes_must_be_the_same(registry: ModelRegistry) -> None:
    """Where the second class is another one, nothing is compared."""
    X, y = table()
    first = register(registry, X, y, told=False)
    second = register(registry, X, y + 1, told=False)
    with pytest.raises(DifferentTestSetsError, match="different classes"):
        compare_versions(registry, first, second, **FAST)


def test_what_was_not_tested_is_refused(registry: ModelRegistry) -> None:
    """A version without test data, without probabilities, or twice the same one is refused."""
    X, y = table()
    good = register(registry, X, y)
    with pytest.raises(RegistryError, match="kepler_rf:1 gave no probabilities"):
        compare_versions(registry, good, "kepler_rf:1", **FAST)
    machine = register(registry, X, y, model=LinearSVC())
    with pytest.raises(RegistryError, match="m:2 gave no probabilities"):
        compare_versions(registry, good, machine, **FAST)
    with pytest.raises(RegistryError, match="are both m:1: name two"):
        compare_versions(registry, "m:1", "m:v1", **FAST)


def test_nothing_is_unpickled(registry: ModelRegistry, tmp_path: Any) -> None:
    """Versions of a signer whom nobody trusts compare too, since no model is loaded."""
    X, y = table()
    first, second = register(registry, X, y), register(registry, X[["b"]], y)
    stranger = ModelRegistry(tmp_path / "registry", keyring=Keyring(tmp_path / "other"))
    with pytest.raises(RegistryError, match="trust"):
        stranger.load_model(first)
    assert compare_versions(stranger, first, second, **FAST).better == first


def test_it_tells_its_finding() -> None:
    """Text, dict and frame have the figures and the verdict in one sentence."""
    X, y = table()
    models = {name: LogisticRegression().fit(X[[name]], y) for name in "ab"}
    judged = {}
    for name, model in models.items():
        probability = model.predict_proba(X[[name]])[:, 1]
        judged[name] = Judgement(y.to_numpy() == 1, probability > 0.5, probability)
    found = compare_judgements(judged, describe_holdout(X, y).stars, **FAST)
    assert found.verdict.startswith("a is better: the difference in ROC AUC is -0.")
    assert found.verdict in repr(found)
    assert "300 resamples of 100 stars" in repr(found)
    assert found.to_dict()["better"] == "a"
    assert found.to_frame().loc["a", "roc_auc"] == found.roc_auc[0]
    whole = ModelEvaluator(X, y, models={"a": LogisticRegression().fit(X, y)}, progress=False)
    assert whole.compare("a", LogisticRegression().fit(X, y)).difference == 0
