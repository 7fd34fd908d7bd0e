"""EnsembleClassifier: classifiers that vote with their probabilities."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.training.base_classifier import BaseClassifier, Part
from exo_nbregistry.training.fitting import Fitted, fit_model

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

logger = logging.getLogger("exo_nbregistry")
ENSEMBLE = "Ensemble"


class EnsembleClassifier(BaseClassifier):
    """A soft vote: the weighted mean of the probabilities of its members.

    Parameters
    ----------
    models : mapping of str to classifier, or sequence of classifiers
        The members; ``fit`` fits clones of them. Members of a sequence are named by their
        classes.
    weights : sequence of float, optional
        Weight of each member; equal by default.

    Attributes
    ----------
    models_ : dict of str to classifier
        The fitted members.
    weights_ : ndarray of shape (n_members,)
        The weights, with the sum 1.

    Notes
    -----
    An ensemble has fitted members instead of a ``pipeline_``.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> members = {"tree": DecisionTreeClassifier(max_depth=2), "bayes": GaussianNB()}
    >>> vote = EnsembleClassifier(members, weights=[1, 2]).fit(X[::2], y[::2])
    >>> agreement = vote.agreement_score(X[1::2])
    >>> bool(agreement.min() < 0.5 < 0.95 < agreement.max())
    True
    """

    def __init__(
        self,
        models: Mapping[str, Any] | Sequence[Any],
        weights: Sequence[float] | None = None,
    ) -> None:
        self.models = models
        self.weights = weights

    @classmethod
    def from_fitted(
        cls, models: Mapping[str, Any] | Sequence[Any], weights: Sequence[float] | None = None
    ) -> Self:
        """Return a fitted ensemble of fitted classifiers, without fitting them again.

        Parameters
        ----------
        models : mapping of str to classifier, or sequence of classifiers
            Fitted on the same columns and labels. They are shared, not copied.
        weights : sequence of float, optional
            Weight of each member.

        Returns
        -------
        EnsembleClassifier
            The fitted ensemble.

        Raises
        ------
        InvalidInputError
            If the members were fitted on different columns or labels.
        """
        vote = cls(models, weights)
        members = _by_name(models)
        vote._accept(members)
        first, *others = members.values()
        for other in others:
            if _fitted_on(other) != _fitted_on(first):
                raise InvalidInputError(
                    "The members were fitted on different columns or labels; fit them on the "
                    "same table, or use EnsembleClassifier(models).fit(X, y)."
                )
        for attribute in ("classes_", "n_features_in_", "feature_names_in_"):
            if hasattr(first, attribute):
                setattr(vote, attribute, getattr(first, attribute))
        vote.training_metadata_ = dict(getattr(first, "training_metadata_", {}))
        return vote

    def _learn(self, X: NDArray[np.float64], y: NDArray[Any], validation: Part | None) -> None:
        table = self._named(X)
        rows = {} if validation is None else {"X_val": self._named(validation[0])}
        if validation is not None:
            rows["y_val"] = validation[1]
        self._accept(
            {
                name: fit_model(clone(model), table, y, rows)
                for name, model in _by_name(self.models).items()
            }
        )

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the label with the largest probability for each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Raw columns.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        winners = self.predict_proba(X).argmax(axis=1)
        labels: NDArray[Any] = self.classes_[winners]
        return labels

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the weighted mean of the probabilities of the members.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Raw columns.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        return self._mean(self._votes(X))

    def agreement_score(self, X: Any) -> NDArray[np.float64]:
        """Return the agreement of the members for each row, from 0 to 1.

        It is one minus the largest total variation distance between two members of positive
        weight. With two labels, this is one minus the range of their probabilities: 1 if all
        are equal, 0 if one member is certain of each label.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Raw columns.

        Returns
        -------
        ndarray of shape (n_samples,)
            Agreement of the members.
        """
        votes = self._votes(X)[self.weights_ > 0]
        agreement = np.ones(votes.shape[1])
        for one, other in combinations(votes, 2):
            agreement = np.minimum(agreement, 1 - np.abs(one - other).sum(axis=1) / 2)
        return agreement

    def model_confidences(self, X: Any) -> pd.DataFrame:
        """Return the probability of the predicted label, for each member.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Raw columns.

        Returns
        -------
        DataFrame of shape (n_samples, n_members)
            A column per member, with the index of `X` if it is a frame.
        """
        import pandas as pd

        votes = self._votes(X)
        winners = self._mean(votes).argmax(axis=1)
        confidences = votes[:, np.arange(len(winners)), winners]
        return pd.DataFrame(
            confidences.T, index=getattr(X, "index", None), columns=list(self.models_)
        )

    def _accept(self, members: dict[str, Any]) -> None:
        for name, model in members.items():
            if not hasattr(model, "predict_proba"):
                raise InvalidInputError(
                    f"{name} has no predict_proba, so it cannot vote; use a classifier with "
                    "probabilities, such as SVMClassifier(probability=True)."
                )
        self.weights_ = _normalised(self.weights, len(members))
        self.models_ = members

    def _votes(self, X: Any) -> NDArray[np.float64]:
        """Return the probabilities of shape (n_members, n_samples, n_classes)."""
        check_is_fitted(self)
        table = self._named(self._table(X))
        return np.stack([model.predict_proba(table) for model in self.models_.values()])

    def _mean(self, votes: NDArray[np.float64]) -> NDArray[np.float64]:
        mean: NDArray[np.float64] = np.einsum("m,msc->sc", self.weights_, votes)
        return mean

    def _named(self, X: NDArray[np.float64]) -> Any:
        """Return checked numbers with the column names of the members."""
        if not hasattr(self, "feature_names_in_"):
            return X

        import pandas as pd

        return pd.DataFrame(X, columns=self.feature_names_in_)


def add_ensemble(fitted: Fitted) -> Fitted:
    """Add an ensemble of the fitted models, named ``"Ensemble"``.

    Parameters
    ----------
    fitted : Fitted
        Fitted models. Models without ``predict_proba`` do not vote.

    Returns
    -------
    Fitted
        Models with the ensemble. If fewer than two models can vote, a warning is logged instead.
    """
    members = {
        name: model for name, model in fitted.models.items() if hasattr(model, "predict_proba")
    }
    if len(members) < 2:
        logger.warning("No ensemble was added: it requires two models with predict_proba.")
        return fitted
    took = sum(fitted.durations_s[name] for name in members)
    return fitted._replace(
        models={**fitted.models, ENSEMBLE: EnsembleClassifier.from_fitted(members)},
        durations_s={**fitted.durations_s, ENSEMBLE: took},
    )


def _by_name(models: Mapping[str, Any] | Iterable[Any]) -> dict[str, Any]:
    if isinstance(models, Mapping):
        members = dict(models)
    else:
        seen: Counter[str] = Counter()
        members = {}
        for model in models:
            name = type(model).__name__
            seen[name] += 1
            members[name if seen[name] == 1 else f"{name}_{seen[name]}"] = model
    if not members:
        raise InvalidInputError("An ensemble needs at least one member; pass models.")
    return members


def _normalised(weights: Sequence[float] | None, count: int) -> NDArray[np.float64]:
    given: NDArray[np.float64] = (
        np.ones(count) if weights is None else np.array(weights, dtype=np.float64)
    )
    if given.shape != (count,) or not np.all(given >= 0) or not 0 < given.sum() < np.inf:
        raise InvalidInputError(
            f"weights must be {count} numbers, one per member, none negative and not all 0, got "
            f"{weights!r}."
        )
    given /= given.sum()
    return given


def _fitted_on(model: Any) -> tuple[list[Any], int, list[Any]]:
    names = getattr(model, "feature_names_in_", ())
    return list(names), model.n_features_in_, np.asarray(model.classes_).tolist()
