"""Default folds and scorer of a search."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from exo_nbregistry.introspection.structure import is_kind


def make_folds(model: Any, folds: int, *, grouped: bool, random_state: int) -> Any:
    """Return shuffled folds: stratified for classifiers, with each group in one fold if grouped.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> make_folds(Ridge(), 3, grouped=False, random_state=0)
    KFold(n_splits=3, random_state=0, shuffle=True)
    """
    from sklearn import model_selection

    name = "GroupKFold" if grouped else "KFold"
    if is_kind(model, "classifier"):
        name = f"Stratified{name}"
    return getattr(model_selection, name)(folds, shuffle=True, random_state=random_state)


def default_scorer(model: Any, y: ArrayLike) -> str:
    """Return the default scorer of scikit-learn for an estimator and its labels.

    Examples
    --------
    >>> from sklearn.svm import LinearSVC
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> default_scorer(DecisionTreeClassifier(), [0, 1, 2]), default_scorer(LinearSVC(), [0, 1, 2])
    ('roc_auc_ovr_weighted', 'accuracy')
    """
    if is_kind(model, "regressor"):
        return "r2"
    if not hasattr(model, "predict_proba") and not hasattr(model, "decision_function"):
        return "accuracy"
    if len(np.unique(np.asarray(y))) == 2:
        return "roc_auc"
    return "roc_auc_ovr_weighted" if hasattr(model, "predict_proba") else "accuracy"


def find_scorer(metric: str, pos_label: Any = None) -> Any:
    """Return a scorer of scikit-learn, with a positive class if its function has one.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> model = DummyClassifier(strategy="constant", constant="b").fit([[0], [1]], ["a", "b"])
    >>> find_scorer("recall", "b")(model, [[0], [1]], ["a", "b"])
    1.0
    """
    from sklearn.metrics import get_scorer

    # get_scorer returns a copy, so its options can be set.
    scorer = get_scorer(metric)
    if pos_label is not None and _takes_pos_label(scorer):
        scorer._kwargs = {**scorer._kwargs, "pos_label": pos_label}
    return scorer


def _takes_pos_label(scorer: Any) -> bool:
    options = inspect.signature(scorer._score_func).parameters
    # A mean over the classes has no positive class.
    average = scorer._kwargs.get("average", "binary")
    return "pos_label" in options and average == "binary"
