"""Kind and classes of any model, read without a prediction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from exo_nbregistry.inference.model_output import (
    has_class_results,
    is_class_loss,
    is_class_objective,
    model_kind,
    read_learner,
)
from exo_nbregistry.values.attribute import read_attribute

# Objectives whose outputs are labels or scores of classes.
_WITHOUT_SHARES = ("binary:hinge", "multi:softmax", "binary:logitraw")
_SHARES = ("sigmoid", "softmax")


class ModelFacts(NamedTuple):
    """Facts of a model.

    Attributes
    ----------
    kind : str or None
        ``classifier``, ``regressor`` or another kind of scikit-learn; None if it is unknown.
    codes : tuple or None
        Classes in the order of the probabilities; None for other models, and for several outputs.
    has_shares : bool
        Whether the model has a probability of each class.
    """

    kind: str | None = None
    codes: tuple[Any, ...] | None = None
    has_shares: bool = False


def read_facts(model: Any) -> ModelFacts:
    """Return the kind and the classes of a fitted model.

    Parameters
    ----------
    model : object
        Estimator, native booster, Keras model, statsmodels results, or any object.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> read_facts(Ridge()).kind
    'regressor'
    """
    readers = {
        "xgboost": _xgboost,
        "lightgbm": _lightgbm,
        "keras": _keras,
        "statsmodels": _statsmodels,
    }
    return readers.get(model_kind(model), _estimator)(model)


def _estimator(model: Any) -> ModelFacts:
    kind = read_attribute(model, "_estimator_type")
    if kind is None and hasattr(model, "__sklearn_tags__"):
        from sklearn.utils import get_tags

        kind = get_tags(model).estimator_type
    codes = _plain_codes(read_attribute(model, "classes_"))
    if kind is None and codes is not None:
        kind = "classifier"
    return ModelFacts(kind, codes, hasattr(model, "predict_proba"))


def _plain_codes(classes: Any) -> tuple[Any, ...] | None:
    """Return class labels as plain values; None for those of several outputs."""
    if hasattr(classes, "tolist"):
        classes = classes.tolist()
    if not isinstance(classes, Sequence) or isinstance(classes, str):
        return None
    if any(isinstance(label, list) or hasattr(label, "tolist") for label in classes):
        return None
    return tuple(classes)


def _booster(objective: str, n_classes: int) -> ModelFacts:
    if not is_class_objective(objective):
        return ModelFacts("regressor" if objective else None)
    codes = tuple(range(max(n_classes, 2)))
    return ModelFacts("classifier", codes, objective not in _WITHOUT_SHARES)


def _xgboost(booster: Any) -> ModelFacts:
    learner = read_learner(booster)
    n_classes = int(learner["learner_model_param"].get("num_class", 0))
    return _booster(learner["objective"]["name"], n_classes)


def _lightgbm(booster: Any) -> ModelFacts:
    objective = booster.dump_model(num_iteration=1).get("objective", "").partition(" ")[0]
    return _booster(objective, booster.num_model_per_iteration())


def _keras(model: Any) -> ModelFacts:
    loss = getattr(model, "loss", None)
    last = (getattr(model, "layers", None) or [None])[-1]
    activation = getattr(getattr(last, "activation", None), "__name__", type(last).__name__).lower()
    if not is_class_loss(loss) and (loss is not None or activation not in _SHARES):
        return ModelFacts(None if loss is None else "regressor")
    shape = read_attribute(model, "output_shape")
    if not isinstance(shape, tuple) or len(shape) != 2 or not isinstance(shape[1], int):
        return ModelFacts("classifier")
    return ModelFacts("classifier", tuple(range(max(shape[1], 2))), activation in _SHARES)


def _statsmodels(results: Any) -> ModelFacts:
    model = results.model
    if not has_class_results(results):
        return ModelFacts("regressor")
    count = read_attribute(model, "k_levels") or read_attribute(model, "J") or 2
    return ModelFacts("classifier", tuple(range(int(count))), True)


def n_features(model: Any) -> int | None:
    """Return the number of input columns of a model or transformer, or None if it is unknown."""
    kind = model_kind(model)
    if kind == "xgboost":
        return int(model.num_features())
    if kind == "lightgbm":
        return int(model.num_feature())
    if kind == "keras":
        shape = read_attribute(model, "input_shape")
        is_table = isinstance(shape, tuple) and len(shape) == 2
        return shape[1] if is_table and isinstance(shape[1], int) else None
    count = read_attribute(model, "n_features_in_")
    return None if isinstance(count, bool) or not hasattr(count, "__index__") else int(count)


def feature_names(model: Any) -> tuple[str, ...] | None:
    """Return the names of the columns that a model or transformer was fitted on.

    Parameters
    ----------
    model : object
        Any model or transformer.

    Returns
    -------
    tuple of str or None
        None if it was fitted on data without names. Names that LightGBM invents do not count.
    """
    kind = model_kind(model)
    if kind == "lightgbm":
        names = model.feature_name()
    else:
        names = read_attribute(model, "feature_names" if kind == "xgboost" else "feature_names_in_")
    if names is None or not len(names):
        return None
    found = tuple(str(name) for name in names)
    return None if found == tuple(f"Column_{i}" for i in range(len(found))) else found
