"""Methods that scikit-learn's functions require of an estimator, for a model that is fitted."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NoReturn

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.inference.class_names import are_codes, decode_labels, sorted_order
from exo_nbregistry.inference.model_facts import ModelFacts
from exo_nbregistry.inference.optional_method import available_if


class RefitError(RegistryError, TypeError):
    """A bundle cannot be fitted or cloned."""


class FittedEstimator:
    """Methods of a classifier or regressor of scikit-learn that is never fitted again."""

    steps: list[tuple[str, Any]]
    threshold: float | None
    _facts: ModelFacts
    _labels: dict[Any, Any] | None

    @property
    def model(self) -> Any:
        """The model: the last step."""
        return self.steps[-1][1]

    @abstractmethod
    def model_input(self, X: Any) -> Any:
        """Return rows as the model takes them."""

    @abstractmethod
    def predict(self, X: Any) -> Any:
        """Return the predicted labels or numbers."""

    def label_of(self, value: Any) -> Any:
        """Return a label; a code of the model is decoded."""
        is_code = self._labels is not None and are_codes([value], self._labels)
        return self._labels[value] if is_code and self._labels is not None else value

    def labels_of(self, y: Any) -> Any:
        """Return true labels; those that are codes of the model are decoded.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Labels or codes.
        """
        if self._labels is None or not are_codes(y, self._labels):
            return y
        return decode_labels(y, self._labels)

    @property
    def positive_label(self) -> Any:
        """Label to which the threshold applies; None without a threshold."""
        codes = self._facts.codes
        return None if self.threshold is None or codes is None else self._label(codes[1])

    @available_if(lambda bundle: hasattr(bundle.model, "decision_function"))
    def decision_function(self, X: Any) -> Any:
        """Return the decision function of the model, if it has one.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            Decisions, in the order of ``classes_``.
        """
        values = self.model.decision_function(self.model_input(X))
        order = self._order()
        if order == sorted(order):
            return values
        return -values if values.ndim == 1 else values[:, order]

    @available_if(lambda bundle: hasattr(bundle.model, "score_samples"))
    def score_samples(self, X: Any) -> Any:
        """Return the scores of an outlier detector or a density, if the model has them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Scores.
        """
        return self.model.score_samples(self.model_input(X))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy of a classifier, or the coefficient of determination.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Labels, their codes, or numbers.
        sample_weight : array-like of shape (n_samples,), optional
            Weight of each row.
        """
        from sklearn.metrics import accuracy_score, r2_score

        measure = accuracy_score if self._facts.kind == "classifier" else r2_score
        return float(measure(self.labels_of(y), self.predict(X), sample_weight=sample_weight))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the steps, the labels and the threshold.

        Parameters
        ----------
        deep : bool, default=True
            If True, include the parameters of each step as ``step__parameter``.
        """
        params: dict[str, Any] = {"steps": self.steps}
        if self._labels is not None:
            params["decode"] = self._labels
        if self.threshold is not None:
            params["threshold"] = self.threshold
        for name, step in self.steps if deep else ():
            params[name] = step
            if hasattr(step, "get_params"):
                params |= {f"{name}__{key}": value for key, value in step.get_params().items()}
        return params

    def fit(self, *_: Any, **__: Any) -> NoReturn:
        """Raise RefitError, because the steps are already fitted."""
        _refuse_refit()

    def __sklearn_clone__(self) -> NoReturn:
        """Raise RefitError, because a clone would not be fitted."""
        _refuse_refit()

    def __sklearn_is_fitted__(self) -> bool:
        """Return True: the steps are fitted."""
        return True

    @property
    def _estimator_type(self) -> str | None:
        return self._facts.kind

    def __sklearn_tags__(self) -> Any:
        """Return the kind of the model for scikit-learn."""
        from sklearn.utils import ClassifierTags, RegressorTags, Tags, TargetTags

        kind = self._facts.kind
        return Tags(
            estimator_type=kind,
            target_tags=TargetTags(required=False),
            transformer_tags=None,
            classifier_tags=ClassifierTags() if kind == "classifier" else None,
            regressor_tags=RegressorTags() if kind == "regressor" else None,
        )

    def _label(self, code: Any) -> Any:
        return code if self._labels is None else self._labels[code]

    def _order(self) -> list[int]:
        """Return the place of each class in the order of the model."""
        codes = self._facts.codes or ()
        if self._labels is None:
            return list(range(len(codes)))
        return sorted_order([self._labels[code] for code in codes])


def _refuse_refit() -> NoReturn:
    raise RefitError(
        "A bundle joins objects that are already fitted, so it cannot be fitted or cloned; fit its "
        "steps and bundle them again, or use a Pipeline."
    )
