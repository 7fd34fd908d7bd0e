"""The metrics of clusterings and outlier detectors equal scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn import metrics
from sklearn.cluster import DBSCAN, KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection import unsupervised
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.records.scoring import Scoring

X, GROUPS = make_blobs(90, 3, centers=3, cluster_std=2.0, random_state=0)
KMEANS = KMeans(3, n_init=2, random_state=0).fit(X)
RNG = np.random.default_rng(0)
ROWS = np.vstack([RNG.normal(size=(80, 2)), RNG.normal(4, 2, size=(20, 2))])
IS_OUTLIER = np.arange(100) >= 80
FOREST = IsolationForest(random_state=0, contamination=0.2).fit(ROWS)


def expected_clusters(data: Any, labels: Any) -> dict[str, float]:
    """Return the metrics of a clustering as scikit-learn computes them."""
    return {
        "silhouette": metrics.silhouette_score(data, labels),
        "calinski_harabasz": metrics.calinski_harabasz_score(data, labels),
        "davies_bouldin": metrics.davies_bouldin_score(data, labels),
    }


def test_a_clustering_needs_no_labels() -> None:
    """Silhouette, Calinski-Harabasz and Davies-Bouldin are measured on the test rows."""
    found = evaluate(KMEANS, X, None)
    assert found.metrics == pytest.approx(expected_clusters(X, KMEANS.predict(X)))
    assert found.scoring == Scoring("clustering")


def test_true_groups_give_the_rand_index() -> None:
    """With true groups, the adjusted Rand index is measured, also of text labels."""
    expected = metrics.adjusted_rand_score(GROUPS, KMEANS.predict(X))
    for truth in (GROUPS, np.array(["a", "b", "c"])[GROUPS]):
        assert evaluate(KMEANS, X, truth).metrics["adjusted_rand"] == pytest.approx(expected)


def test_a_pipeline_is_measured_in_the_space_of_the_clustering() -> None:
    """The distances are those between the transformed rows."""
    model = make_pipeline(StandardScaler(), KMeans(3, n_init=2, random_state=0)).fit(X)
    expected = expected_clusters(model[:-1].transform(X), model.predict(X))
    assert evaluate(model, X, None).metrics == pytest.approx(expected)


def test_sparse_rows_are_clustered() -> None:
    """Sparse rows give the same metrics as dense ones."""
    table = sparse.csr_matrix(X)
    model = KMeans(3, n_init=2, random_state=0).fit(table)
    expected = expected_clusters(X, model.predict(table))
    assert evaluate(model, table, None).metrics == pytest.approx(expected)


def test_many_rows_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The silhouette of many rows is measured on a sample, and is equal at each call."""
    monkeypatch.setattr(unsupervised, "MAX_SILHOUETTE_ROWS", 50)
    found = evaluate(KMEANS, X, None).metrics["silhouette"]
    expected = metrics.silhouette_score(X, KMEANS.predict(X), sample_size=50, random_state=0)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("model", "reason"),
    [(DBSCAN(eps=3.0), "no predict method"), (KMeans(1, n_init=1), "fewer than two clusters")],
)
def test_a_clustering_that_cannot_be_measured_has_a_reason(model: Any, reason: str) -> None:
    """Without predictions or with one cluster, the evaluation names the reason."""
    found = evaluate(model.fit(X), X, None)
    assert found.metrics == {}
    assert reason in found.reason


@pytest.mark.parametrize("option", ["pos_label", "threshold", "sample_weight"])
def test_a_clustering_has_no_options_of_classifiers(option: str) -> None:
    """A positive class, a threshold or weights of a clustering are an error."""
    value = [1.0] * len(X) if option == "sample_weight" else 1
    with pytest.raises(RecordError, match=f"{option}= requires a classifier, got KMeans"):
        evaluate(KMEANS, X, GROUPS, **{option: value})


@pytest.mark.parametrize(
    ("truth", "outlier"),
    [
        (np.where(IS_OUTLIER, -1, 1), -1),
        (IS_OUTLIER.astype(int), 1),
        (IS_OUTLIER.astype(float), 1.0),
        (IS_OUTLIER, True),
    ],
    ids=["-1 and 1", "0 and 1", "floats", "booleans"],
)
def test_outliers_are_the_positive_class(truth: Any, outlier: Any) -> None:
    """In scikit-learn's labels and in 0 and 1, metrics refer to the outliers."""
    found = evaluate(FOREST, ROWS, truth)
    flagged, score = FOREST.predict(ROWS) == -1, -FOREST.decision_function(ROWS)
    expected = {
        "accuracy": metrics.accuracy_score(IS_OUTLIER, flagged),
        "precision": metrics.precision_score(IS_OUTLIER, flagged),
        "recall": metrics.recall_score(IS_OUTLIER, flagged),
        "f1_score": metrics.f1_score(IS_OUTLIER, flagged),
        "roc_auc": metrics.roc_auc_score(IS_OUTLIER, score),
        "average_precision": metrics.average_precision_score(IS_OUTLIER, score),
    }
    assert {name: found.metrics[name] for name in expected} == pytest.approx(expected)
    assert found.scoring == Scoring("outlier", "binary", outlier)
    assert (
        found.arrays["y_pred"].tolist()
        == np.where(flagged, *((-1, 1) if outlier == -1 else (1, 0))).astype(truth.dtype).tolist()
    )


def test_inliers_can_be_the_positive_class() -> None:
    """With pos_label=, metrics refer to the inliers."""
    truth = np.where(IS_OUTLIER, -1, 1)
    found = evaluate(FOREST, ROWS, truth, pos_label=1).metrics
    assert found["recall"] == pytest.approx(metrics.recall_score(truth, FOREST.predict(ROWS)))
    score = FOREST.decision_function(ROWS)
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(truth, score))


def test_a_threshold_flags_outliers() -> None:
    """The threshold applies to the negated decision function, which is higher for outliers."""
    found = evaluate(FOREST, ROWS, IS_OUTLIER.astype(int), threshold=0.05)
    flagged = -FOREST.decision_function(ROWS) >= 0.05
    assert found.metrics["recall"] == pytest.approx(metrics.recall_score(IS_OUTLIER, flagged))


def test_other_labels_of_outliers_have_a_reason() -> None:
    """Labels that do not name outliers give no metrics, and the reason names those that do."""
    found = evaluate(FOREST, ROWS, np.where(IS_OUTLIER, "odd", "usual"))
    assert found.metrics == {}
    assert "-1 for outliers and 1 for inliers" in found.reason


def test_a_detector_of_its_own_rows_has_a_reason() -> None:
    """A detector without predictions of new rows is not measured."""
    found = evaluate(LocalOutlierFactor().fit(ROWS), ROWS, IS_OUTLIER)
    assert "no predict method" in found.reason


def test_a_function_assigns_clusters() -> None:
    """With predict=, the clusters of a function are measured."""
    labels = np.arange(len(X)) % 2
    found = evaluate(DBSCAN().fit(X), X, GROUPS, predict=lambda _model, _X: labels).metrics
    assert found["silhouette"] == pytest.approx(metrics.silhouette_score(X, labels))
    assert found["adjusted_rand"] == pytest.approx(metrics.adjusted_rand_score(GROUPS, labels))


def test_noise_is_not_a_cluster() -> None:
    """Rows that a clustering labels as noise do not count."""
    labels = np.where(np.arange(len(X)) < 10, -1, KMEANS.predict(X))
    found = evaluate(DBSCAN().fit(X), X, None, predict=lambda _model, _X: labels).metrics
    assert found == pytest.approx(expected_clusters(X[10:], labels[10:]))


def test_a_mixture_is_a_clustering() -> None:
    """The components of a Gaussian mixture are measured as clusters are."""
    rows = np.array([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    model = GaussianMixture(2, random_state=0).fit(rows)
    expected = metrics.silhouette_score(rows, model.predict(rows))
    assert evaluate(model, rows, None).metrics["silhouette"] == pytest.approx(expected)


@pytest.mark.parametrize("model", [IsolationForest(random_state=0), PCA(1)])
def test_rows_without_truth_have_a_reason(model: Any) -> None:
    """Nothing is measured, and the reason is that y_test is missing."""
    assert evaluate(model.fit(np.eye(4)), np.eye(4), None).reason == "y_test is missing"
