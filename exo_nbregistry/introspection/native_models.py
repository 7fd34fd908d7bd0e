"""Facts of models that are not scikit-learn estimators: native boosters and statsmodels results."""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.inference.bundle import Bundle
from exo_nbregistry.inference.mean_of_models import MeanOfModels
from exo_nbregistry.inference.model_facts import feature_names
from exo_nbregistry.inference.model_output import read_learner
from exo_nbregistry.values.json_codec import to_plain

# Parts of XGBoost's configuration with parameters, and entries that are other names of the same
# parameters or the state of the training.
_XGBOOST_PARTS = ("generic_param", "tree_train_param", "dart_train_param", "reg_loss_param")
_OMITTED = ("alpha", "eta", "lambda", "min_split_loss", "random_state", "nthread", "rng_state")
_INFORMATION_CRITERIA = {"aic": ("aic",), "bic": ("bic_llf", "bic")}
_STATSMODELS_OPTIONS = (
    *("formula", "order", "seasonal_order", "trend"),
    *("damped_trend", "seasonal", "seasonal_periods"),
)
# XGBoost stores single precision.
_XGBOOST_DIGITS = 7


@dataclass(frozen=True, slots=True)
class NativeFacts:
    """Facts of a model, each empty if it is unknown.

    Attributes
    ----------
    algorithm : str or None
        Name of the algorithm.
    hyperparameters : dict of str to object
        Parameters of the training, with the best iteration.
    columns : tuple of str
        Input columns.
    metrics : dict of str to float
        Information criteria of the training data: ``aic`` and ``bic``.
    coefficients : dict of str to float
        Estimated coefficients by column.
    rows : int or None
        Number of training rows.
    """

    algorithm: str | None = None
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    metrics: dict[str, float] = field(default_factory=dict)
    coefficients: dict[str, float] = field(default_factory=dict)
    rows: int | None = None


def read_native(model: Any) -> NativeFacts:
    """Return the facts that a native booster or statsmodels results have themselves.

    Parameters
    ----------
    model : object
        Any model. Of an estimator of XGBoost or LightGBM, also as last step of a pipeline, only the
        best iteration is read, because the estimator has its parameters.

    Returns
    -------
    NativeFacts
        Empty for other models, and for facts that cannot be read.
    """
    name = f"{type(model).__module__.partition('.')[0]}.{type(model).__name__}"
    try:
        if name == "xgboost.Booster":
            return _xgboost(model)
        if name == "lightgbm.Booster":
            return _lightgbm(model)
        if name.startswith("statsmodels.") and hasattr(model, "params"):
            return _statsmodels(model)
        if isinstance(model, Bundle):
            return _bundle(model)
        return NativeFacts(hyperparameters=_best_iteration(_last_step(model)))
    except Exception:  # noqa: BLE001  # facts that cannot be read must not stop a registration
        return NativeFacts()


def _bundle(bundle: Bundle) -> NativeFacts:
    """Return the facts of the model of a bundle; parameters have the name of its step."""
    name, model = bundle.steps[-1]
    facts, prefix = read_native(model), name
    if isinstance(model, MeanOfModels):
        facts, prefix = _mean(model), f"{name}__estimator"
    inner = {f"{prefix}__{key}": value for key, value in facts.hyperparameters.items()}
    names = tuple(bundle.feature_names_in_) if hasattr(bundle, "feature_names_in_") else ()
    return dataclasses.replace(facts, hyperparameters=inner, columns=names)


def _mean(mean: MeanOfModels) -> NativeFacts:
    """Return the parameters of the first model, with the best iteration of each."""
    found = [read_native(model) for model in mean.models]
    parameters = dict(found[0].hyperparameters)
    if "best_iteration" in parameters:
        parameters["best_iteration"] = [one.hyperparameters["best_iteration"] for one in found]
    algorithm = found[0].algorithm
    return NativeFacts(algorithm and f"MeanOfModels({algorithm})", parameters)


def _xgboost(booster: Any) -> NativeFacts:
    import xgboost

    learner = read_learner(booster)
    kind = learner["gradient_booster"]["name"]
    one_row = xgboost.DMatrix([[0.0]], label=[0.0])
    with xgboost.config_context(verbosity=0):
        default = dict(_parameters(read_learner(xgboost.train({"booster": kind}, one_row, 0))))
    # The file of a booster does not keep its parameters, so a default may not be what was passed.
    found = {
        name: _number(text)
        for name, text in _parameters(learner)
        if text != default.get(name) and name not in _OMITTED
    }
    found["booster"] = kind
    found["objective"] = learner["objective"]["name"]
    found["num_boost_round"] = booster.num_boosted_rounds()
    found |= _best_iteration(booster)
    return NativeFacts("xgboost.Booster", found, tuple(booster.feature_names or ()))


def _parameters(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, part in node.items():
        if name in _XGBOOST_PARTS:
            yield from part.items()
        elif isinstance(part, dict):
            yield from _parameters(part)


def _number(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    if number.is_integer() and text.lstrip("-").isdigit():
        return int(text)
    return float(f"{number:.{_XGBOOST_DIGITS}g}")


def _lightgbm(booster: Any) -> NativeFacts:
    found = {str(name): _plain(value) for name, value in booster.params.items()}
    found["num_trees"] = booster.num_trees()
    found |= _best_iteration(booster)
    return NativeFacts("lightgbm.Booster", found, feature_names(booster) or ())


def _statsmodels(results: Any) -> NativeFacts:
    model = results.model
    found = {
        name: _plain(getattr(model, name))
        for name in _STATSMODELS_OPTIONS
        if getattr(model, name, None) is not None
    }
    if hasattr(model, "family"):
        found["family"] = type(model.family).__name__
    if isinstance(kind := getattr(results, "cov_type", None), str):
        found["cov_type"] = kind
    # Those of exponential smoothing are a dict, which has no coefficients of columns.
    given = getattr(results, "param_names", None) or model.exog_names or results.params
    names = [str(name) for name in given]
    values = getattr(results.params, "tolist", lambda: list(results.params))()
    numeric = len(values) == len(names) and all(isinstance(v, int | float) for v in values)
    return NativeFacts(
        algorithm=type(model).__name__,
        hyperparameters=found,
        columns=tuple(str(name) for name in model.exog_names or ()),
        metrics=_information_criteria(results),
        coefficients=dict(zip(names, map(float, values), strict=True)) if numeric else {},
        rows=int(results.nobs) if hasattr(results, "nobs") else None,
    )


def _information_criteria(results: Any) -> dict[str, float]:
    found = {}
    with warnings.catch_warnings():
        # The bic of a GLM warns that its definition will change.
        warnings.simplefilter("ignore")
        for name, attributes in _INFORMATION_CRITERIA.items():
            values = [getattr(results, attribute, None) for attribute in attributes]
            value = next((v for v in values if v is not None), math.nan)
            if math.isfinite(value):
                found[name] = float(value)
    return found


def _last_step(model: Any) -> Any:
    steps = getattr(model, "steps", None)
    if isinstance(steps, list) and steps:
        return _last_step(steps[-1][1])
    best = vars(model).get("best_estimator_") if hasattr(model, "__dict__") else None
    return model if best is None else _last_step(best)


def _best_iteration(model: Any) -> dict[str, Any]:
    """Return the best iteration of early stopping."""
    if type(model).__module__.partition(".")[0] not in ("xgboost", "lightgbm"):
        return {}
    for name in ("best_iteration", "best_iteration_"):
        # LightGBM has 0 or -1 without early stopping; XGBoost raises AttributeError.
        best = getattr(model, name, None)
        if isinstance(best, int) and (best > 0 or type(model).__module__.startswith("xgboost")):
            return {"best_iteration": best}
    return {}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    try:
        return to_plain(value, "hyperparameters")
    except RecordError:
        return getattr(value, "__qualname__", type(value).__qualname__)
