"""Predictions for the rows of a training set by models that were not trained on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.evaluation.test_set import row_names
from exo_nbregistry.inference.platt_scaling import ATTACHMENT as ATTACHMENT
from exo_nbregistry.inference.platt_scaling import are_out_of_fold
from exo_nbregistry.introspection.evaluation import measure_labels
from exo_nbregistry.introspection.scoring import choose_scoring
from exo_nbregistry.text.markup import count
from exo_nbregistry.training.data_split import DataSplit
from exo_nbregistry.training.ensemble import EnsembleClassifier
from exo_nbregistry.training.fold_predictions import predict_folds, unfitted
from exo_nbregistry.training.folds import make_folds
from exo_nbregistry.training.progress import show_progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exo_nbregistry.records.metadata import ModelMetadata
    from exo_nbregistry.registry.facade import ModelRegistry

    Predicted = Mapping[str, NDArray[Any]]

FOLDS = 5


def predict_out_of_fold(
    models: Mapping[str, Any],
    X: Any,
    y: ArrayLike,
    groups: ArrayLike | None = None,
    X_val: Any = None,
    y_val: Any = None,
    *,
    folds: int = FOLDS,
    random_state: int = 42,
    n_jobs: int | None = None,
    progress: bool = True,
) -> dict[str, Predicted]:
    """Predict each row of a training set with a model that was not trained on it.

    Parameters
    ----------
    models : mapping of str to classifier
        Classifiers of two classes; ``fit`` is called on clones of them. The prediction of an
        `EnsembleClassifier` of other models of the mapping is the mean of their predictions.
    X : array-like of shape (n_samples, n_features)
        Features of the training set.
    y : array-like of shape (n_samples,)
        Labels.
    groups : array-like of shape (n_samples,), optional
        Group of each row. Each group is in one fold.
    X_val, y_val : array-like, optional
        Validation rows, passed to models whose ``fit`` accepts them.
    folds : int, default=5
        Number of folds, stratified by label.
    random_state : int, default=42
        Seed of the folds.
    n_jobs : int or None, default=None
        Number of parallel fits, as for `fit_models`.
    progress : bool, default=True
        Whether to show the progress.

    Returns
    -------
    dict of str to dict
        ``y_true``, ``y_pred``, ``classes`` and ``probabilities`` of each model. A model is
        omitted if it has no ``predict_proba`` or cannot be fitted on a fold.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.naive_bayes import GaussianNB
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> found = predict_out_of_fold({"bayes": GaussianNB()}, X, y, progress=False)["bayes"]
    >>> found["probabilities"].shape, bool((found["y_pred"] == y).mean() > 0.9)
    ((569, 2), True)
    """
    labels = np.asarray(y)
    classes, counts = np.unique(labels, return_counts=True)
    if len(classes) != 2 or counts.min() < folds:
        return {}
    single = unfitted({n: model for n, model in models.items() if not _is_vote(model, models)})
    splits = list(_splits(folds, X, labels, groups, random_state))
    with show_progress(
        f"Cross-validating {count(len(single), 'model')}",
        total=len(splits) * len(single),
        unit="fit",
        shown=progress,
        names=list(single),
    ) as listener:
        data = (X, labels, X_val, y_val)
        cells = predict_folds(single, data, splits, n_jobs=n_jobs, listener=listener)
    return {
        name: _arrays(labels, classes, probabilities)
        for name, probabilities in _with_votes(models, cells).items()
    }


def predict_split_out_of_fold(
    models: Mapping[str, Any],
    split: DataSplit,
    groups: ArrayLike | None = None,
    random_state: int = 42,
    *,
    n_jobs: int | None = None,
    progress: bool = True,
) -> dict[str, Predicted]:
    """Predict the training rows of a split with models that were not trained on them.

    Parameters
    ----------
    models : mapping of str to classifier
        As for `predict_out_of_fold`.
    split : DataSplit
        The split; its validation rows are passed to models that accept them.
    groups : array-like of shape (n_train,), optional
        Group of each training row. The default infers the groups from the names of the rows.
    random_state, n_jobs, progress
        As for `predict_out_of_fold`.

    Returns
    -------
    dict of str to dict
        As `predict_out_of_fold` returns it. Empty if the groups of a split with a grouping are
        unknown, because rows of one group would be in several folds.
    """
    if groups is None:
        found = split.grouping.infer(row_names(split.X_train))
        if not len(found) and split.grouping != Grouping():
            return {}
        groups = found if len(found) else None
    return predict_out_of_fold(
        models,
        split.X_train,
        split.y_train,
        groups,
        split.X_val,
        split.y_val,
        random_state=random_state,
        n_jobs=n_jobs,
        progress=progress,
    )


def measure_out_of_fold(
    predicted: Mapping[str, Predicted], pos_label: Any = None
) -> dict[str, dict[str, float]]:
    """Return the metrics of out-of-fold predictions, by model and metric."""
    found = {}
    for name, arrays in predicted.items():
        scoring = choose_scoring(arrays["classes"].tolist(), pos_label=pos_label)
        found[name] = measure_labels(arrays, scoring).metrics
    return found


def attach_out_of_fold(predicted: Predicted | None) -> dict[str, Predicted]:
    """Return out-of-fold predictions as the argument ``attachments`` of ``register_model``."""
    return {ATTACHMENT: predicted} if predicted else {}


def inherit_out_of_fold(
    model: Any, parent: ModelMetadata, split: DataSplit
) -> dict[str, Predicted]:
    """Return the out-of-fold predictions of a new version as attachments if its parent has some.

    Parameters
    ----------
    model : classifier
        The new version.
    parent : ModelMetadata
        Metadata of the version that was retrained.
    split : DataSplit
        The new data, with the columns of the model.

    Returns
    -------
    dict of str to mapping
        The argument ``attachments`` of ``register_model``.
    """
    if ATTACHMENT not in parent.attachments:
        return {}
    name = parent.algorithm or type(model).__name__
    found = predict_split_out_of_fold({name: model}, split, progress=False)
    return attach_out_of_fold(found.get(name))


def read_out_of_fold(registry: ModelRegistry, ref: str) -> Predicted:
    """Return the out-of-fold predictions of a version, or an empty mapping if it has none."""
    if ATTACHMENT not in registry.get_metadata(ref).attachments:
        return {}
    stored: Predicted = registry.load_attachment(ref, ATTACHMENT)
    return stored if are_out_of_fold(stored) else {}


def _splits(folds: int, X: Any, y: Any, groups: ArrayLike | None, random_state: int) -> Any:
    from sklearn.dummy import DummyClassifier

    cv = make_folds(DummyClassifier(), folds, grouped=groups is not None, random_state=random_state)
    return cv.split(X, y, groups=None if groups is None else np.asarray(groups))


def _is_vote(model: Any, models: Mapping[str, Any]) -> bool:
    """Return whether a model is an ensemble of other models of a mapping."""
    members = getattr(model, "models_", {}) if isinstance(model, EnsembleClassifier) else {}
    return bool(members) and all(models.get(name) is each for name, each in members.items())


def _with_votes(
    models: Mapping[str, Any], cells: Mapping[str, NDArray[np.float64]]
) -> dict[str, NDArray[np.float64]]:
    """Add the weighted means of the members for ensembles, in the order of the models."""
    found: dict[str, NDArray[np.float64]] = {}
    for name, model in models.items():
        if name in cells:
            found[name] = cells[name]
        elif _is_vote(model, models) and all(member in cells for member in model.models_):
            votes = [cells[member] for member in model.models_]
            found[name] = np.average(votes, axis=0, weights=model.weights_)
    return found


def _arrays(y: Any, classes: Any, probabilities: NDArray[np.float64]) -> Predicted:
    if y.dtype == object:  # Arrays of objects cannot be stored.
        y, classes = y.astype(str), classes.astype(str)
    return {
        "y_true": y,
        "y_pred": classes[probabilities.argmax(axis=1)],
        "classes": classes,
        "probabilities": probabilities,
    }
