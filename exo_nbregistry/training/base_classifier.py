"""BaseClassifier: checked tables, importances, metadata and files."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.introspection.estimator import class_labels, feature_columns, hyperparameters
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.text.names import name_list
from exo_nbregistry.training.columns import name_columns, select_columns

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_NUMBERS: Mapping[str, Any] = {"dtype": np.float64, "ensure_all_finite": "allow-nan"}
Part = tuple["NDArray[np.float64]", "NDArray[Any]"]


class BaseClassifier(ClassifierMixin, BaseEstimator, ABC):
    """Base class of classifiers that select columns by name and accept missing values.

    A classifier that was fitted on a frame selects its columns by name. Their order does not
    matter, additional columns are ignored, and a missing column raises an error. A subclass
    implements ``_learn``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, in the order of ``predict_proba``.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, if fitted on a frame.
    pipeline_ : Pipeline
        The fitted model, made of scikit-learn's classes only, so that it runs without this
        package.
    training_metadata_ : dict
        Counts of rows and labels, and the facts of ``set_training_metadata``.
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(
        self,
        X: Any,
        y: Any,
        X_val: Any = None,
        y_val: Any = None,
        feature_names: Sequence[str] | None = None,
    ) -> Self:
        """Fit the classifier.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Raw columns, with NaN for missing values.
        y : array-like of shape (n_samples,)
            Labels.
        X_val, y_val : array-like, optional
            Validation rows, for classifiers that stop early.
        feature_names : sequence of str, optional
            Columns of a frame to use, or names for the columns of an array.

        Returns
        -------
        BaseClassifier
            The fitted classifier.

        Raises
        ------
        SignatureMismatchError
            If a frame lacks a column.
        InvalidInputError
            If `y` has only one class, or `y_val` has a class that `y` lacks.
        """
        X, y = validate_data(self, name_columns(X, feature_names), y, **_NUMBERS)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            only = self.classes_.tolist()[0]
            raise InvalidInputError(f"y has only one class, {only!r}; pass rows of two classes.")
        validation = self._validation(X_val, y_val, feature_names)
        self._learn(X, y, validation)
        self.training_metadata_ = {
            "training_samples": len(y),
            "validation_samples": len(validation[1]) if validation else 0,
            "class_distribution": {str(k): n for k, n in sorted(Counter(y.tolist()).items())},
        }
        return self

    @abstractmethod
    def _learn(self, X: NDArray[np.float64], y: NDArray[Any], validation: Part | None) -> None:
        """Fit on checked arrays, and set ``pipeline_``."""

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the label of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Raw columns.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        X = self._table(X)
        labels: NDArray[Any] = self.pipeline_.predict(X)
        return labels

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probability of each label for each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Raw columns.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        X = self._table(X)
        probabilities: NDArray[np.float64] = self.pipeline_.predict_proba(X)
        return probabilities

    def get_feature_importance(self, X: Any = None, y: Any = None) -> pd.Series[float]:
        """Return the permutation importance of each column, the most important first.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), optional
            Rows that the model was not trained on, such as the validation set.
        y : array-like of shape (n_samples,), optional
            Labels of these rows.

        Returns
        -------
        Series
            Mean decrease of ROC AUC (with more than two classes, of balanced accuracy) if the
            values of a column are shuffled, over five repetitions.

        Raises
        ------
        InvalidInputError
            If rows or labels are missing. Only a random forest has importances without rows.

        Notes
        -----
        Source: Breiman 2001, Machine Learning 45, 5. Correlated columns share their importance,
        because shuffling one of them costs little.
        """
        from sklearn.inspection import permutation_importance

        check_is_fitted(self)
        if X is None or y is None:
            raise InvalidInputError(
                f"{type(self).__name__} has no importances of its own; pass held-out rows with "
                "labels: get_feature_importance(X_val, y_val)."
            )
        found = permutation_importance(
            self,
            self._in_order(X),
            y,
            scoring="roc_auc" if len(self.classes_) == 2 else "balanced_accuracy",
            random_state=getattr(self, "random_state", 0),
        )
        return self._by_column(found.importances_mean)

    def get_metadata(self) -> dict[str, Any]:
        """Return the metadata of the classifier as JSON types.

        Returns
        -------
        dict
            ``algorithm``, ``hyperparameters`` and, after ``fit``, ``feature_columns``, ``classes``
            and ``training``.
        """
        found = {"algorithm": type(self).__name__, "hyperparameters": hyperparameters(self)}
        if not hasattr(self, "training_metadata_"):
            return found
        return found | {
            "feature_columns": list(feature_columns(self)),
            "classes": list(class_labels(self) or ()),
            "training": dict(self.training_metadata_),
        }

    def set_training_metadata(
        self, metadata: Mapping[str, Any] | None = None, **facts: Any
    ) -> Self:
        """Add facts that ``fit`` cannot determine, such as the name of the data set.

        Parameters
        ----------
        metadata : mapping, optional
            Facts by name.
        **facts : object
            Additional facts.

        Returns
        -------
        BaseClassifier
            The classifier.
        """
        check_is_fitted(self)
        self.training_metadata_ |= dict(metadata or {}, **facts)
        return self

    def save_model(self, path: str | os.PathLike[str]) -> Path:
        """Save the fitted model with its metadata in a signed file.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        Path
            The file.
        """
        check_is_fitted(self)
        return ModelPersistence.save_model(self, path, self.get_metadata())

    @classmethod
    def load_model(cls, path: str | os.PathLike[str]) -> Self:
        """Load a model of this class, saved by this user or a trusted signer.

        Parameters
        ----------
        path : str or path-like
            The file.

        Returns
        -------
        BaseClassifier
            The model.

        Raises
        ------
        TypeError
            If the file contains a model of another class.
        """
        model, _ = ModelPersistence.load_model(path)
        if not isinstance(model, cls):
            raise TypeError(
                f"{os.fspath(path)} contains a {type(model).__name__}, not a {cls.__name__}; load "
                "it with ModelPersistence.load_model."
            )
        return model

    def _validation(self, X: Any, y: Any, feature_names: Sequence[str] | None) -> Part | None:
        if X is None and y is None:
            return None
        if X is None or y is None:
            raise InvalidInputError("X_val and y_val must be passed together.")
        X, y = self._table(name_columns(X, feature_names)), column_or_1d(y)
        check_consistent_length(X, y)
        if unknown := sorted(set(y.tolist()) - set(self.classes_.tolist())):
            raise InvalidInputError(f"y_val has classes that are not in y: {name_list(unknown)}.")
        return X, y

    def _in_order(self, X: Any) -> Any:
        check_is_fitted(self)
        names = getattr(self, "feature_names_in_", None)
        return X if names is None else select_columns(X, names)

    def _table(self, X: Any) -> NDArray[np.float64]:
        """Return checked numbers in the order of the columns that were fitted."""
        table: NDArray[np.float64] = validate_data(self, self._in_order(X), reset=False, **_NUMBERS)
        return table

    def _by_column(self, importances: Any) -> pd.Series[float]:
        import pandas as pd

        names = feature_columns(self) or [f"x{i}" for i in range(self.n_features_in_)]
        series = pd.Series(importances, index=list(names), name="importance")
        return series.sort_values(ascending=False, kind="stable")
