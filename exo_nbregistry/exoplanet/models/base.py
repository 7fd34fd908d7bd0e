"""What the classifiers share: checked tables, importances, facts, files."""

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

from exo_nbregistry.exoplanet.data.columns import name_columns, select_columns
from exo_nbregistry.introspection.estimator import class_labels, feature_columns, hyperparameters
from exo_nbregistry.persistence.model_files import ModelPersistence

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_NUMBERS: Mapping[str, Any] = {"dtype": np.float64, "ensure_all_finite": "allow-nan"}
Part = tuple["NDArray[np.float64]", "NDArray[Any]"]


class BaseClassifier(ClassifierMixin, BaseEstimator, ABC):
    """A scikit-learn classifier that takes raw archive columns, missing values included.

    Fitted on a frame, it goes by the names of its columns: another order makes no difference,
    further columns are ignored, and a frame that lacks one is refused by its name. A subclass
    says in ``_learn`` how it learns.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, in the order of ``predict_proba``.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, if it was fitted on a frame.
    pipeline_ : Pipeline
        The fitted model itself, all scikit-learn's own: it runs where this package is not
        installed.
    training_metadata_ : dict
        Counts of rows and labels, and whatever ``set_training_metadata`` added.
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
            Raw columns; missing is NaN.
        y : array-like of shape (n_samples,)
            Labels.
        X_val, y_val : array-like, optional
            Rows to stop by, for a classifier that learns in epochs; none learns from them.
        feature_names : sequence of str, optional
            Columns to use of a frame, or names for the columns of an array.

        Returns
        -------
        BaseClassifier
            Itself.

        Raises
        ------
        SignatureMismatchError
            If a frame lacks a column.
        ValueError
            If there is only one label, or validation has labels that training has not.
        """
        X, y = validate_data(self, name_columns(X, feature_names), y, **_NUMBERS)
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            only = self.classes_.tolist()[0]
            raise ValueError(f"y has only one class, {only!r}: a classifier needs rows of two.")
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
        """Return how much the model leans on each column, the most important first.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), optional
            Rows that the model has not learnt from, such as the validation part.
        y : array-like of shape (n_samples,), optional
            Their labels.

        Returns
        -------
        Series
            By column the mean loss of ROC AUC (of balanced accuracy where there are more than
            two labels) when its values are shuffled, five times each.

        Raises
        ------
        ValueError
            If no rows are given; a random forest alone can answer without.

        Notes
        -----
        Source: Breiman 2001, Machine Learning 45, 5. Columns that say the same share their
        importance: shuffling one of them costs little.
        """
        from sklearn.inspection import permutation_importance

        check_is_fitted(self)
        if X is None or y is None:
            raise ValueError(
                f"{type(self).__name__} has no importances of its own: pass rows with labels that "
                "it has not learnt from, get_feature_importance(X_val, y_val)."
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
        """Return what is known of the classifier, in types that JSON keeps.

        Returns
        -------
        dict
            ``algorithm``, ``hyperparameters`` and, once fitted, ``feature_columns``, ``classes``
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
        """Add what ``fit`` cannot know, such as the data set's name.

        Parameters
        ----------
        metadata : mapping, optional
            Facts by name.
        **facts : object
            Further ones.

        Returns
        -------
        BaseClassifier
            Itself.
        """
        check_is_fitted(self)
        self.training_metadata_ |= dict(metadata or {}, **facts)
        return self

    def save_model(self, path: str | os.PathLike[str]) -> Path:
        """Save the fitted model with its metadata, signed.

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
        """Load a model of this class that this user or a trusted signer has saved.

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
            If the file holds a model of another class.
        """
        model, _ = ModelPersistence.load_model(path)
        if not isinstance(model, cls):
            raise TypeError(
                f"{os.fspath(path)} holds a {type(model).__name__}, not a {cls.__name__}: load it "
                "with ModelPersistence.load_model."
            )
        return model

    def _validation(self, X: Any, y: Any, feature_names: Sequence[str] | None) -> Part | None:
        if X is None and y is None:
            return None
        if X is None or y is None:
            raise ValueError("X_val and y_val belong together: pass both or neither.")
        X, y = self._table(name_columns(X, feature_names)), column_or_1d(y)
        check_consistent_length(X, y)
        if unknown := sorted(set(y.tolist()) - set(self.classes_.tolist())):
            raise ValueError(f"y_val has labels that y has not: {', '.join(map(repr, unknown))}.")
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
