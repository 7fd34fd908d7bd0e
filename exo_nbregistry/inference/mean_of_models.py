"""Several models of one problem, such as one for each fold, that predict their mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.inference.any_model import predict_codes, predict_shares
from exo_nbregistry.inference.model_facts import ModelFacts, feature_names, n_features, read_facts
from exo_nbregistry.inference.optional_method import available_if
from exo_nbregistry.inference.saved_state import check_state
from exo_nbregistry.inference.step_input import as_fitted

_STATE = 1


class MeanOfModels:
    """The mean of the probabilities of classifiers, or of the predictions of regressors.

    `bundle` makes it of a list of models.

    Parameters
    ----------
    models : sequence of objects
        Fitted models of one problem: estimators, native boosters, Keras models or bundles.

    Attributes
    ----------
    models : list of objects
        The models.

    Raises
    ------
    InvalidInputError
        If they are not classifiers with probabilities of the same classes, or regressors.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> X = [[0.0], [1.0]]
    >>> mean = MeanOfModels([Ridge(0.0).fit(X, [0, 1]), Ridge(0.0).fit(X, [0, 3])])
    >>> mean.predict([[2.0]]).round(3).tolist()
    [4.0]
    """

    def __init__(self, models: Sequence[Any]) -> None:
        self.models = list(models)
        self._facts = _common_facts(self.models)

    def __getstate__(self) -> dict[str, Any]:
        """Return the models."""
        return {"state": _STATE, "models": self.models, "facts": tuple(self._facts)}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Set the models, as this or an older release saved them."""
        check_state(state, _STATE, type(self).__name__)
        self.models = state["models"]
        self._facts = ModelFacts(*state["facts"])

    def __repr__(self) -> str:
        """Return the number and the class of the models."""
        return f"MeanOfModels({len(self.models)} x {type(self.models[0]).__name__})"

    @property
    def _estimator_type(self) -> str | None:
        return self._facts.kind

    @property
    def classes_(self) -> Any:
        """Class labels, in the order of the probabilities."""
        if self._facts.codes is None:
            raise AttributeError("The models are not classifiers.")
        import numpy as np

        return np.asarray(self._facts.codes)

    @property
    def n_features_in_(self) -> int:
        """Number of input columns."""
        count = n_features(self.models[0])
        if count is None:
            raise AttributeError("The number of input columns is unknown.")
        return count

    @property
    def feature_names_in_(self) -> Any:
        """Names of the input columns."""
        import numpy as np

        names = feature_names(self.models[0])
        if names is None:
            raise AttributeError("The names of the input columns are unknown.")
        return np.asarray(names, dtype=object)

    @available_if(lambda mean: mean._facts.has_shares)
    def predict_proba(self, X: Any) -> Any:
        """Return the mean probabilities of the models; it exists if they have them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of ``classes_``.
        """
        import numpy as np

        shares = [predict_shares(model, as_fitted(model, X)) for model in self.models]
        return np.mean(shares, axis=0)

    def predict(self, X: Any) -> Any:
        """Return the class of the largest mean probability, or the mean prediction.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels or numbers.
        """
        import numpy as np

        if self._facts.codes is not None:
            return self.classes_[np.argmax(self.predict_proba(X), axis=1)]
        return np.mean([predict_codes(model, as_fitted(model, X)) for model in self.models], axis=0)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the number of models, and the first one with its parameters.

        Parameters
        ----------
        deep : bool, default=True
            If True, include the parameters of the first model as ``estimator__<name>``.
        """
        first = self.models[0]
        params = {"n_models": len(self.models), "estimator": first}
        if deep and hasattr(first, "get_params"):
            params |= {f"estimator__{name}": value for name, value in first.get_params().items()}
        return params


def _common_facts(models: Sequence[Any]) -> ModelFacts:
    if not models:
        raise InvalidInputError("A list of models must have at least one model.")
    for model in models:
        if not callable(getattr(model, "predict", None)):
            raise InvalidInputError(
                f"A list of models is averaged, and {type(model).__name__} has no predict; pass "
                "bundle(transformer, model) for transformers and a model."
            )
    found = [read_facts(model) for model in models]
    first = found[0]
    if any((facts.kind, facts.codes) != (first.kind, first.codes) for facts in found):
        raise InvalidInputError(
            "The models of a list must have the same kind and the same classes, so that their mean "
            "is defined; fit them on the same labels."
        )
    if first.kind != "regressor" and not (first.codes and all(f.has_shares for f in found)):
        raise InvalidInputError(
            f"The mean of {type(models[0]).__name__} is undefined; the models of a list must be "
            "regressors, or classifiers with probabilities."
        )
    return first
