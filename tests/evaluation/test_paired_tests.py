"""Paired comparison of predictions and of registered versions."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.evaluation.class_predictions import ClassPredictions
from exo_nbregistry.evaluation.evaluator import ModelEvaluator
from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.evaluation.model_predictions import RegressionPredictions, read_predictions
from exo_nbregistry.evaluation.paired_tests import compare_predictions, compare_versions
from exo_nbregistry.evaluation.test_set import (
    DifferentTestSetsError,
    describe_test_set,
    read_test_set,
)
from exo_nbregistry.introspection.fingerprint import fingerprint
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring

PATIENTS = Grouping("patient", lambda rows: np.array([name[:6] for name in rows]))
FAST: Any = {"n_resamples": 300, "progress": False}


def table(seed: int = 0, rows: int = 200) -> tuple[pd.DataFrame, pd.Series[int]]:
    """Return rows whose column "a" depends on the label and "b" does not, two per patient."""
    rng = np.random.default_rng(seed)
    y = pd.Series(rng.integers(0, 2, rows), name="confirmed")
    names = [f"P{row // 2:05}.{row % 2 + 1:02}" for row in range(rows)]
    values = {"a": y + rng.normal(size=rows) / 2, "b": rng.normal(size=rows)}
    y.index = pd.Index(names)
    return pd.DataFrame(values).set_index(y.index), y


def binary(truth: Any, predicted: Any, probability: Any) -> ClassPredictions:
    """Return predictions of False and True."""
    shares = np.column_stack([1 - probability, probability])
    return ClassPredictions(truth, predicted, np.array([False, True]), shares, True, True)


def register(
    registry: ModelRegistry, X: Any, y: Any, *, described: bool = True, **facts: Any
) -> str:
    """Register a classifier that was fitted on these columns."""
    model = facts.pop("model", LogisticRegression()).fit(X, y)
    attached = describe_test_set(X, y, grouping=PATIENTS).attachment() if described else {}
    facts = {"X_test": X, "y_test": y, "attachments": attached} | facts
    return registry.register_model(model, "m", **facts)


def test_versions_compare_as_their_models_do(registry: ModelRegistry) -> None:
    """The comparison uses the stored probabilities of the models on the test set."""
    X, y = table()
    good, poor = register(registry, X[["a"]], y), register(registry, X[["b"]], y)
    found = compare_versions(registry, poor, good, grouping=PATIENTS, **FAST)
    assert (found.first, found.second, found.better) == ("m:2", "m:1", "m:1")
    assert (found.unit, found.n_units, found.n_rows) == ("patient", 100, 200)
    reads = {column: LogisticRegression().fit(X[[column]], y) for column in "ab"}
    stored = registry.load_evaluation(good)["probabilities"]
    assert np.allclose(stored, reads["a"].predict_proba(X[["a"]]))
    twice = compare_versions(registry, poor, good, grouping=PATIENTS, **FAST)
    assert twice == found


def test_the_exact_test_is_the_binomial() -> None:
    """McNemar's p-value is the two-sided binomial test on the rows that only one has right."""
    truth = np.array([True] * 20)
    one = binary(truth, np.arange(20) < 9, np.full(20, 0.5))
    two = binary(truth, (np.arange(20) < 7) | (np.arange(20) >= 11), np.full(20, 0.5))
    both = {"one": one, "two": two}
    found = compare_predictions(both, np.array([]), **FAST)
    assert (found.only_first_right, found.only_second_right) == (2, 9)
    assert found.p_accuracy == pytest.approx(2 * binom.cdf(2, 11, 0.5))
    assert (found.unit, found.n_units) == ("row", 20)


def test_the_bootstrap_p_value_counts_both_tails() -> None:
    """If every resample favors one model, p is twice one draw among all; if none does, p is 1."""
    truth = np.arange(200) % 2 == 0
    right = binary(truth, truth, np.where(truth, 0.9, 0.1))
    wrong = binary(truth, ~truth, np.where(truth, 0.1, 0.9))
    apart = compare_predictions({"wrong": wrong, "right": right}, np.array([]), **FAST)
    assert apart.p_value == pytest.approx(2 / (1 + FAST["n_resamples"]))
    same = compare_predictions({"right": right, "again": right}, np.array([]), **FAST)
    assert same.p_value == 1.0


def test_no_difference_is_found_at_the_level() -> None:
    """Two random models differ at the 5 % level in few samples; half of the p exceed 0.5."""
    rng = np.random.default_rng(1)
    claims = large = 0
    for seed in range(100):
        truth = rng.random(80) < 0.5
        coins = [binary(truth, truth, rng.random(80)) for _ in range(2)]
        found = compare_predictions(
            dict(zip("ab", coins, strict=True)), np.array([]), random_state=seed, **FAST
        )
        claims += found.better is not None
        large += found.p_value > 0.5
    assert claims <= 12
    assert 35 <= large <= 65


def test_different_test_sets_are_rejected(registry: ModelRegistry) -> None:
    """Other rows and another order of rows raise an error with both fingerprints."""
    X, y = table()
    first = register(registry, X, y)
    other = register(registry, *table(seed=1))
    turned = register(registry, X[::-1], y[::-1], description="turned")
    for second in (other, turned):
        with pytest.raises(DifferentTestSetsError, match="different test sets") as refused:
            compare_versions(registry, first, second, **FAST)
        stored = [read_test_set(registry, name) for name in (first, second)]
        digests = [each.sha256 for each in stored if each is not None]
        assert [refused.value.first, refused.value.second] == digests
        assert str(refused.value).startswith(f"{first} and {second} have")


def test_the_same_labels_of_other_rows_are_rejected(registry: ModelRegistry) -> None:
    """Equal labels in the same order are not enough for the same test set."""
    X, y = table()
    first = register(registry, X, y)
    renamed = X.rename(lambda name: f"P9{name[2:]}")
    second = register(registry, renamed, y.set_axis(renamed.index), description="renamed")
    with pytest.raises(DifferentTestSetsError):
        compare_versions(registry, first, second, **FAST)


def test_versions_without_a_test_set_are_compared_by_labels(registry: ModelRegistry) -> None:
    """Without a stored test set the labels must be equal; groups can be passed."""
    X, y = table()
    first = register(registry, X, y, described=False)
    second = register(registry, X, y, described=False, model=DecisionTreeClassifier(max_depth=1))
    assert compare_versions(registry, first, second, **FAST).unit == "row"
    quarters = np.arange(200) // 4
    found = compare_versions(registry, first, second, groups=quarters, **FAST)
    assert (found.unit, found.n_units) == ("group", 50)
    with pytest.raises(ValueError, match="each of the 200 test rows, got 3"):
        compare_versions(registry, first, second, groups=[1, 2, 3], **FAST)
    third = register(registry, *table(seed=1), described=False)
    with pytest.raises(DifferentTestSetsError):
        compare_versions(registry, first, third, **FAST)


def test_labels_without_a_test_set_are_named_by_their_fingerprints(registry: ModelRegistry) -> None:
    """If one version has no stored test set, the error has the fingerprints of the labels."""
    X, y = table()
    other, labels = table(seed=1)
    first, second = register(registry, X, y), register(registry, other, labels, described=False)
    with pytest.raises(DifferentTestSetsError) as refused:
        compare_versions(registry, first, second, **FAST)
    digests = [fingerprint(registry.load_evaluation(name)["y_true"]) for name in (first, second)]
    assert [refused.value.first, refused.value.second] == digests


def test_the_options_reach_the_comparison(registry: ModelRegistry) -> None:
    """Stored and new predictions give equal results with equal options."""
    X, y = table()
    first, second = register(registry, X[["a"]], y), register(registry, X[["b"]], y)
    options: Any = {"metric": "accuracy", "n_resamples": 50, "confidence": 0.5, "random_state": 7}
    found = compare_versions(registry, first, second, progress=False, **options)
    predictions = {
        name: read_predictions(registry.load_evaluation(name), name) for name in (first, second)
    }
    groups = describe_test_set(X, y, grouping=PATIENTS).groups
    options["scoring"] = registry.get_metadata(first).scoring
    assert found == compare_predictions(predictions, groups, progress=False, **options)
    assert (found.metric, found.n_resamples, found.confidence) == ("accuracy", 50, 0.5)
    assert found.low != compare_predictions(predictions, groups, metric="accuracy", **FAST).low


def test_the_defaults_are_those_of_the_evaluator() -> None:
    """Resamples, confidence, seed and progress have the same defaults as in `ModelEvaluator`."""
    wanted = inspect.signature(ModelEvaluator).parameters
    for function in (compare_predictions, compare_versions):
        found = inspect.signature(function).parameters
        for name in ("n_resamples", "confidence", "random_state", "progress"):
            assert found[name].default == wanted[name].default


def test_the_difference_is_the_second_minus_the_first() -> None:
    """Difference and interval are positive if the second model is better."""
    truth = np.arange(200) % 2 == 0
    good = binary(truth, truth, np.where(truth, 0.9, 0.1))
    poor = binary(truth, np.ones(200, bool), np.arange(200) / 200)
    found = compare_predictions({"poor": poor, "good": good}, np.array([]), **FAST)
    assert (found.metric, found.scores["accuracy"]) == ("roc_auc", (0.5, 1.0))
    assert found.difference == found.scores["roc_auc"][1] - found.scores["roc_auc"][0] > 0
    assert 0 < found.low <= found.difference <= found.high


def test_a_progress_bar_is_shown_on_request(
    registry: ModelRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bar names the unit; with progress=False there is none."""
    truth = np.array([True, False] * 10)
    one = binary(truth, truth, truth * 0.5)
    both, groups = {"a": one, "b": one}, np.arange(20) // 2
    compare_predictions(both, groups, unit="star", n_resamples=20, progress=False)
    assert capsys.readouterr().err == ""
    compare_predictions(both, groups, unit="star", n_resamples=20)
    assert "stars" in capsys.readouterr().err
    X, y = table()
    first, second = register(registry, X, y), register(registry, X[["b"]], y)
    compare_versions(registry, first, second, grouping=PATIENTS, n_resamples=20)
    assert "patients" in capsys.readouterr().err


def test_classes_must_be_the_same(registry: ModelRegistry) -> None:
    """Versions with different classes are not compared."""
    X, y = table()
    first = register(registry, X, y, described=False)
    second = register(registry, X, y + 1, described=False)
    with pytest.raises(DifferentTestSetsError, match="different classes"):
        compare_versions(registry, first, second, **FAST)


def test_versions_without_predictions_are_rejected(registry: ModelRegistry) -> None:
    """A version without predictions, or the same version twice, raises an error."""
    X, y = table()
    good = register(registry, X, y)
    with pytest.raises(RegistryError, match="kepler_rf:1 has no predictions"):
        compare_versions(registry, good, "kepler_rf:1", **FAST)
    with pytest.raises(RegistryError, match="are both m:1; pass two"):
        compare_versions(registry, "m:1", "m:v1", **FAST)


def test_no_model_is_loaded(registry: ModelRegistry, tmp_path: Any) -> None:
    """Versions of an unknown signer can be compared, also if their models are lost."""
    X, y = table()
    first, second = register(registry, X, y), register(registry, X[["b"]], y)
    for blob in (tmp_path / "registry").rglob("*.joblib"):
        blob.unlink()
    other = ModelRegistry(tmp_path / "registry", keyring=Keyring(tmp_path / "other"))
    with pytest.raises(RegistryError, match=r"\.joblib"):
        other.load_model(first)
    assert compare_versions(other, first, second, **FAST).better == first


def test_a_comparison_shows_its_values_and_verdict() -> None:
    """Text, dict and frame contain the values, and the verdict is one sentence."""
    X, y = table()
    models = {name: LogisticRegression().fit(X[[name]], y) for name in "ab"}
    predictions = {}
    for name, model in models.items():
        probability = model.predict_proba(X[[name]])[:, 1]
        predictions[name] = binary(y.to_numpy() == 1, probability > 0.5, probability)
    groups = describe_test_set(X, y, grouping=PATIENTS).groups
    found = compare_predictions(predictions, groups, unit="patient", **FAST)
    assert found.verdict.startswith("a is better: the difference in ROC AUC is -0.")
    assert found.verdict in repr(found)
    assert "300 resamples of 100 patients" in repr(found)
    assert found.to_dict()["better"] == "a"
    assert found.to_frame().loc["a", "roc_auc"] == found.roc_auc[0]
    whole = ModelEvaluator(X, y, models={"a": LogisticRegression().fit(X, y)}, progress=False)
    assert whole.compare("a", LogisticRegression().fit(X, y)).difference == 0


def scores(truth: Any, predicted: Any) -> RegressionPredictions:
    """Return predictions of numbers."""
    return RegressionPredictions(np.asarray(truth), np.asarray(predicted))


@pytest.mark.parametrize("metric", ["r2", "rmse", "mae"])
def test_regressors_are_compared(metric: str) -> None:
    """The more exact regressor is better by any metric, and has no test of labels."""
    rng = np.random.default_rng(0)
    truth = rng.normal(size=200)
    good, poor = (scores(truth, truth + rng.normal(size=200) * s) for s in (0.1, 0.5))
    found = compare_predictions({"good": good, "poor": poor}, np.array([]), metric=metric, **FAST)
    assert found.better == "good"
    assert list(found.to_frame().columns) == [metric]
    assert found.p_accuracy is None
    assert "McNemar" not in repr(found)
    assert f"difference in {metric}" in found.verdict
    assert not {"accuracy", "p_accuracy", "only_first_right"} & found.to_dict().keys()


def test_a_metric_must_be_known() -> None:
    """A metric that was not measured raises an error that names the others."""
    one = scores([1.0, 2.0], [1.0, 2.5])
    with pytest.raises(NotFoundError, match="Did you mean"):
        compare_predictions({"a": one, "b": one}, np.array([]), metric="roc_auc", **FAST)


def test_a_stored_verdict_keeps_its_keys() -> None:
    """The dict for JSON has each score under its own name, as earlier versions stored it."""
    truth = np.array([True, False] * 10)
    one = binary(truth, truth, truth * 0.5)
    found = compare_predictions({"a": one, "b": one}, np.array([]), **FAST).to_dict()
    expected = """accuracy better confidence difference first high low metric n_resamples n_rows
    n_units only_first_right only_second_right p_accuracy p_value roc_auc second unit verdict"""
    assert sorted(found) == expected.split()
    assert found["roc_auc"] == (1.0, 1.0)


def words(y: Any) -> Any:
    """Return text labels."""
    return y.map({0: "FALSE POSITIVE", 1: "CONFIRMED"})


def test_versions_are_compared_by_their_positive_class(registry: ModelRegistry) -> None:
    """The scores of a comparison equal the metrics of the versions, and the verdict names them."""
    X, y = table()
    X, y = X, words(y)
    names = [register(registry, X[[name]], y, pos_label="CONFIRMED") for name in "ab"]
    for metric in ("f1_score", "average_precision", "recall.FALSE POSITIVE", "f1_macro"):
        found = compare_versions(registry, *names, metric=metric, **FAST)
        stored = [registry.get_metadata(name).metrics[metric] for name in names]
        assert found.scores[metric] == pytest.approx(tuple(stored))
    found = compare_versions(registry, *names, metric="f1_score", **FAST)
    assert "the difference in f1_score (of CONFIRMED) is" in found.verdict


def test_versions_that_are_measured_differently_are_not_compared(registry: ModelRegistry) -> None:
    """A comparison of two classes names both, and pos_label= chooses one for both."""
    X, y = table()
    y = words(y)
    names = [
        register(registry, X[["a"]], y, pos_label="CONFIRMED"),
        register(registry, X[["b"]], y),
    ]
    measured = r"recall of m:1 \(of CONFIRMED\) and m:2 \(macro average\) is not measured alike"
    with pytest.raises(RegistryError, match=measured):
        compare_versions(registry, *names, metric="recall", **FAST)
    assert compare_versions(registry, *names, **FAST).metric == "roc_auc"
    found = compare_versions(registry, *names, pos_label="CONFIRMED", metric="recall", **FAST)
    stored = [registry.get_metadata(name).metrics["recall.CONFIRMED"] for name in names]
    assert found.scores["recall"] == pytest.approx(tuple(stored))


def test_versions_with_other_sample_weights_are_not_compared(registry: ModelRegistry) -> None:
    """Sample weights belong to the test set, so those of both versions must be equal."""
    X, y = table()
    weight = np.linspace(1, 2, len(y))
    plain = register(registry, X[["a"]], y)
    weighted = [register(registry, X[[name]], y, sample_weight=weight) for name in "ab"]
    with pytest.raises(DifferentTestSetsError, match="different sample weights"):
        compare_versions(registry, plain, weighted[1], **FAST)
    found = compare_versions(registry, *weighted, metric="precision", **FAST)
    stored = [registry.get_metadata(name).metrics["precision"] for name in weighted]
    assert found.scores["precision"] == pytest.approx(tuple(stored))
