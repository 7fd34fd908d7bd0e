"""Each estimator of scikit-learn, fitted with several parameter sets.

This module imports only scikit-learn, NumPy and SciPy, so that it runs in the environment of each
supported version of scikit-learn.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple
from unittest import SkipTest

import numpy as np
from scipy import sparse
from sklearn.base import is_regressor
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.utils import all_estimators
from sklearn.utils._test_common.instance_generator import _construct_instances

MAX_INSTANCES = 4
RNG = np.random.default_rng(0)
X = np.abs(RNG.normal(size=(60, 4)))
LABELS = np.arange(60) % 2
X[:, 0] += LABELS
TARGET = X @ [1.0, 2.0, 3.0, 4.0] + 0.1
TEXTS = ["a planet", "a false positive", "a planet candidate", "noise"] * 15
ROWS = [{"depth": 1.0}, {"period": 2.0, "star": "hot"}]
SPECIAL: dict[str, tuple[Any, Any]] = {
    "CountVectorizer": (TEXTS, None),
    "DictVectorizer": (ROWS, None),
    "FeatureHasher": ([{"depth": 1.0}, {"period": 2.0}], None),
    "HashingVectorizer": (TEXTS, None),
    "IsotonicRegression": (X[:, 0], TARGET),
    "KernelCenterer": (X @ X.T, None),
    "LabelBinarizer": (LABELS, None),
    "LabelEncoder": (LABELS, None),
    "MultiLabelBinarizer": ([[0, 1], [1], [2]], None),
    "PatchExtractor": (RNG.normal(size=(2, 12, 12)), None),
    "TfidfTransformer": (sparse.csr_array(X), None),
    "TfidfVectorizer": (TEXTS, None),
}
TWO_LABELS = ("ClassifierChain", "MultiOutputClassifier")
TWO_TARGETS = ("MultiOutputRegressor", "RegressorChain", "CCA", "PLSCanonical", "PLSSVD")


class Honest(NamedTuple):
    """A fitted model, and rows that it answers."""

    name: str
    model: Any
    rows: Any


def fitted_estimators() -> Iterator[Honest]:
    """Fit each public estimator with the parameters of scikit-learn's own tests."""
    for name, kind in all_estimators():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, model in enumerate(_instances(kind)):
                rows, target = _data(name, model)
                try:
                    model = model.fit(rows) if target is None else model.fit(rows, target)
                except (TypeError, ValueError):
                    continue  # Parameters for special data, such as a precomputed kernel.
                yield Honest(f"{name} {number}", model, rows)


def _instances(kind: type) -> Iterator[Any]:
    if kind.__name__ == "FrozenEstimator":
        yield FrozenEstimator(LogisticRegression().fit(X, LABELS))
        return
    if kind.__name__ == "SparseCoder":
        yield kind(dictionary=np.eye(4))
        return
    try:
        for number, model in enumerate(_construct_instances(kind)):
            if number == MAX_INSTANCES:
                return
            yield model
    except SkipTest:
        return


def _data(name: str, model: Any) -> tuple[Any, Any]:
    if name in SPECIAL:
        return SPECIAL[name]
    if name.startswith("MultiTask") or name in TWO_TARGETS:
        return X, np.column_stack([TARGET, TARGET[::-1]])
    if name in TWO_LABELS:
        return X, np.column_stack([LABELS, LABELS[::-1]])
    return X, TARGET if is_regressor(model) else LABELS
