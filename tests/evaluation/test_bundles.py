"""Evaluation of bundles on a test set."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from exo_nbregistry import bundle
from exo_nbregistry.evaluation import ModelEvaluator

DATA, CODES = make_classification(120, 4, n_redundant=0, random_state=0)
X = pd.DataFrame(DATA, columns=["a", "b", "c", "d"])
SCALER = StandardScaler().fit(X)
BOTH = bundle(
    SCALER,
    LogisticRegression().fit(SCALER.transform(X), CODES),
    decode={0: "planet", 1: "dust"},
)


def test_labels_and_codes_have_the_same_metrics() -> None:
    """A test set of labels and one of their codes are measured alike."""
    labels = np.where(CODES, "dust", "planet")
    by_label, by_code = (
        ModelEvaluator(X, y, progress=False, pos_label=positive).evaluate(BOTH)
        for y, positive in ((labels, "dust"), (CODES, 1))
    )
    assert by_label.metrics == by_code.metrics
    assert by_code.classes == ("dust", "planet")
    assert by_code.metrics["accuracy"] == (BOTH.predict(X) == labels).mean()


def test_intervals() -> None:
    """The metrics of a bundle have bootstrap intervals."""
    labels = np.where(CODES, "dust", "planet")
    evaluator = ModelEvaluator(X, labels, progress=False, n_resamples=20)
    found = evaluator.intervals(BOTH)["accuracy"]
    assert found.value == (BOTH.predict(X) == labels).mean()
