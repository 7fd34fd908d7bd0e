"""Transformers and a model as one object, which predicts names of classes from raw rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.inference.any_model import predict_codes, predict_shares
from exo_nbregistry.inference.bundle_items import BundleItems
from exo_nbregistry.inference.bundle_steps import (
    check_columns,
    check_threshold,
    named_steps,
    read_columns,
)
from exo_nbregistry.inference.class_names import (
    check_names,
    decode_labels,
    read_names,
)
from exo_nbregistry.inference.fitted_estimator import FittedEstimator
from exo_nbregistry.inference.model_facts import ModelFacts, n_features, read_facts
from exo_nbregistry.inference.optional_method import available_if
from exo_nbregistry.inference.saved_state import check_state
from exo_nbregistry.inference.step_input import apply_step, as_fitted, input_names, select
from exo_nbregistry.text.terminal import visible

_STATE = 1


def bundle(
    *steps: Any,
    decode: Any = None,
    features: Sequence[str] | None = None,
    threshold: float | None = None,
) -> Bundle:
    """Return fitted transformers and a fitted model as one object.

    It is registered, measured, loaded, served and exported like a model.

    Parameters
    ----------
    *steps : objects
        Transformers in the order in which they are applied, and the model as the last one. A
        transformer has ``transform``, or is a function of the data. The model is an estimator, a
        native booster of XGBoost or LightGBM, a Keras model, results of statsmodels, any object
        with ``predict``, or a list of models, whose mean is predicted. A step can be a pair of a
        name and the object.
    decode : LabelEncoder, mapping or sequence, optional
        Labels of the classes that the model predicts as codes: a fitted LabelEncoder, a dict such
        as ``{0: "FALSE POSITIVE", 1: "CONFIRMED"}``, or the labels in the order of their codes.
    features : sequence of str, optional
        Input columns in order; by default those that the first step was fitted on. They are
        selected from a frame by name.
    threshold : float, optional
        Minimum probability of the second class, as the model has them, of a row that is predicted
        as this class. Requires a classifier of two classes with probabilities.

    Returns
    -------
    Bundle
        With ``predict``, ``classes_``, ``feature_names_in_`` and ``steps``; also with
        ``predict_proba`` if the model has probabilities.

    Raises
    ------
    InvalidInputError
        If a step is neither a transformer nor a model, is not fitted, or if the labels, columns or
        threshold do not match the model.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.preprocessing import LabelEncoder, StandardScaler
    >>> X = pd.DataFrame({"depth": [1.0, 2.0, 8.0, 9.0], "period": [3.0, 1.0, 2.0, 4.0]})
    >>> encoder = LabelEncoder().fit(["dust", "planet"])
    >>> scaler = StandardScaler().fit(X)
    >>> model = LogisticRegression().fit(scaler.transform(X), [0, 0, 1, 1])
    >>> both = bundle(scaler, model, decode=encoder)
    >>> both.predict(X[["period", "depth"]]).tolist()
    ['dust', 'dust', 'planet', 'planet']
    >>> both
    Bundle(scaler=StandardScaler, model=LogisticRegression, decode=2 labels, features=2)
    """
    named = named_steps(steps)
    items: dict[str, Any] = dict(named)
    for name, value in (("decode", decode), ("features", features), ("threshold", threshold)):
        if value is not None:
            items[name] = value
    return Bundle(named, decode=decode, features=features, threshold=threshold, items=items)


class Bundle(BundleItems, FittedEstimator):
    """Fitted transformers and a fitted model as one object; `bundle` makes it.

    It is not fitted again: fit its steps, and bundle them again. Its items are its parts: of a
    bundle that was registered as a dict, the items of this dict.

    Parameters
    ----------
    steps : sequence of (str, object)
        Transformers and the model, with their names.
    decode, features, threshold
        As for `bundle`.
    items : mapping, optional
        Objects by the keys that give access to them.

    Attributes
    ----------
    steps : list of (str, object)
        Transformers and the model, with their names.
    decode : object
        Labels of the classes, as they were passed, or None.
    threshold : float or None
        Minimum probability of the second class of the model.
    """

    def __init__(
        self,
        steps: Sequence[tuple[str, Any]],
        *,
        decode: Any = None,
        features: Sequence[str] | None = None,
        threshold: float | None = None,
        items: Mapping[Any, Any] | None = None,
    ) -> None:
        self.steps = list(steps)
        self.decode = decode
        objects = [step for _, step in self.steps]
        self._features = read_columns(features)
        self._names = self._features or input_names(objects)
        check_columns(self._features, objects)
        self._labels = None if decode is None else read_names(decode)
        self._facts = _class_facts(read_facts(self.model), self._labels, type(self.model).__name__)
        self.threshold = check_threshold(threshold, self._facts)
        self._items = dict(self.steps) if items is None else dict(items)

    def __getstate__(self) -> dict[str, Any]:
        """Return the parts as plain values, with the version of their form."""
        return {
            "state": _STATE,
            "steps": self.steps,
            "decode": self.decode,
            "labels": self._labels,
            "features": self._features,
            "names": self._names,
            "threshold": self.threshold,
            "facts": tuple(self._facts),
            "items": self._items,
        }

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Set the parts, as this or an older release saved them."""
        check_state(state, _STATE, type(self).__name__)
        self.steps, self.decode = state["steps"], state["decode"]
        self._labels, self._features = state["labels"], state["features"]
        self._names, self.threshold = state["names"], state["threshold"]
        self._facts, self._items = ModelFacts(*state["facts"]), state["items"]

    def __repr__(self) -> str:
        """Return the classes of the steps, and the numbers of labels and columns."""
        parts = [f"{visible(name)}={_class_name(step)}" for name, step in self.steps]
        if self._labels is not None:
            parts.append(f"decode={len(self._labels)} labels")
        if self._names is not None:
            parts.append(f"features={len(self._names)}")
        if self.threshold is not None:
            parts.append(f"threshold={self.threshold:g}")
        return f"Bundle({', '.join(parts)})"

    @property
    def classes_(self) -> Any:
        """Labels of the classes, sorted as in scikit-learn: the order of the probabilities."""
        import numpy as np

        if self._facts.codes is None:
            # Of several outputs, there is an array for each.
            return self.model.classes_
        labels = [self._label(code) for code in self._facts.codes]
        return np.asarray([labels[place] for place in self._order()])

    @property
    def feature_names_in_(self) -> Any:
        """Names of the input columns, in order."""
        import numpy as np

        if self._names is None:
            raise AttributeError("The names of the input columns are unknown; pass features=.")
        return np.asarray(self._names, dtype=object)

    @property
    def n_features_in_(self) -> int:
        """Number of input columns."""
        width = self._width()
        if width is None:
            raise AttributeError("The number of input columns is unknown; pass features=.")
        return width

    def model_input(self, X: Any) -> Any:
        """Return rows as the model takes them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or one row
            A frame whose columns are selected by name, an array with the columns in order, or one
            row: a dict, a series or a list of numbers.

        Raises
        ------
        SignatureMismatchError
            If a column is missing, or if the number of columns differs.
        """
        data = select(X, self._names, self._width())
        for (_, step), (_, following) in pairwise(self.steps):
            data = apply_step(step, data, following)
        return as_fitted(self.model, data)

    def predict(self, X: Any) -> Any:
        """Return the predicted labels or numbers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or one row
            As for `model_input`.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels; from the threshold on, the second class. Numbers of a regressor.
        """
        import numpy as np

        data = self.model_input(X)
        if self.threshold is not None and self._facts.codes is not None:
            positive = predict_shares(self.model, data)[:, 1] >= self.threshold
            codes = np.asarray(self._facts.codes)[positive.astype(int)]
        else:
            is_classifier = self._facts.kind == "classifier"
            codes = predict_codes(self.model, data, is_classifier=is_classifier)
        return codes if self._labels is None else decode_labels(codes, self._labels)

    @available_if(lambda bundle: bundle._facts.has_shares)
    def predict_proba(self, X: Any) -> Any:
        """Return the probabilities, in the order of ``classes_``.

        It exists if the model has probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or one row
            As for `model_input`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities.
        """
        data = self.model_input(X)
        if self._facts.codes is None:
            return self.model.predict_proba(data)
        shares = predict_shares(self.model, data)
        return shares if self._labels is None else shares[:, self._order()]

    def _width(self) -> int | None:
        return n_features(self.steps[0][1]) if self._names is None else len(self._names)


def _class_facts(facts: ModelFacts, labels: dict[Any, Any] | None, name: str) -> ModelFacts:
    """Return the facts of a model whose classes have labels."""
    if labels is None:
        return facts
    if facts.kind not in (None, "classifier"):
        raise InvalidInputError(
            f"decode= requires a classifier, and {name} is a {facts.kind}; bundle it without "
            "decode=."
        )
    return facts._replace(kind="classifier", codes=check_names(labels, facts.codes))


def _class_name(step: Any) -> str:
    name = getattr(step, "__name__", None)
    if isinstance(name, str):
        return name
    return repr(step) if type(step).__name__ == "MeanOfModels" else type(step).__name__
