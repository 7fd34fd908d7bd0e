"""TrainingRun: models, metrics and failures of one training run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.evaluation.evaluator import ModelEvaluator
from exo_nbregistry.evaluation.metric_choice import check_direction, choose_metric
from exo_nbregistry.introspection.estimator import hyperparameters
from exo_nbregistry.introspection.fingerprint import fingerprint
from exo_nbregistry.introspection.structure import is_kind
from exo_nbregistry.text.markup import html_table, paragraph, stack, text_table
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.training.data_split import DataSplit
from exo_nbregistry.values.json_codec import digest_json, encode
from exo_nbregistry.values.metric import ordered

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

_FIRST_METRICS = ("roc_auc", "f1_score", "accuracy")


@dataclass(frozen=True, repr=False)
class TrainingRun:
    """Result of a training run; ``run["models"]`` is the same as ``run.models``.

    Attributes
    ----------
    models : dict of str to estimator
        Fitted models, in the order given.
    validation_results : dict of str to dict
        Metrics on the validation set.
    evaluation_results : dict of str to dict
        Metrics on the test set, which had no influence on any choice.
    best_model_name : str
        Name of the best model in cross-validation, or on the validation set if a model has no
        ``cross_validation_results``.
    failures : dict of str to str
        Traceback of each model that could not be fitted.
    durations_s : dict of str to float
        Duration of each fit, in seconds.
    split : DataSplit
        The parts that the run used.
    test_groups : array-like or None
        Group of each test row.
    allowed_leakage : tuple of str
        Columns that leak the label and were allowed.
    out_of_fold : dict of str to dict
        Predictions of `predict_out_of_fold` for the training rows; empty without them.
    cross_validation_results : dict of str to dict
        Metrics of these predictions.
    pos_label : object
        The positive class of the metrics, or None.
    """

    evaluator_type: ClassVar[type[ModelEvaluator]] = ModelEvaluator

    models: dict[str, Any]
    validation_results: dict[str, dict[str, float]]
    evaluation_results: dict[str, dict[str, float]]
    best_model_name: str
    failures: dict[str, str]
    durations_s: dict[str, float]
    split: DataSplit
    test_groups: ArrayLike | None = None
    allowed_leakage: tuple[str, ...] = ()
    out_of_fold: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    cross_validation_results: Mapping[str, dict[str, float]] = field(default_factory=dict)
    pos_label: Any = None

    @property
    def best_model(self) -> Any:
        """The model named ``best_model_name``."""
        return self.models[self.best_model_name]

    @property
    def chosen_in(self) -> str:
        """The part that chose the best model: ``"cross-validation"`` or ``"validation"``."""
        is_validation = self.deciding_results is self.validation_results
        return "validation" if is_validation else "cross-validation"

    @property
    def deciding_results(self) -> Mapping[str, dict[str, float]]:
        """Metrics that chose the best model."""
        return choose_results(self.validation_results, self.cross_validation_results)

    @cached_property
    def evaluator(self) -> ModelEvaluator:
        """Evaluator of the models, by name, on the test set."""
        X, y = self.split.X_test, self.split.y_test
        return self.evaluator_type(
            X, y, groups=self.test_groups, models=self.models, pos_label=self.pos_label
        )

    @property
    def lineage_id(self) -> str:
        """Identifier that the versions of this run share, of 16 hexadecimal digits.

        Runs with equal data, models and hyperparameters, including seeds, have the same one.
        """
        facts = {
            "data": [
                fingerprint(*part) for part in zip(self.split[::2], self.split[1::2], strict=True)
            ],
            "models": {name: hyperparameters(model) for name, model in self.models.items()},
        }
        return digest_json(encode(facts))[:16]

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self, name)
        except AttributeError:
            raise KeyError(name) from None

    def to_frame(self) -> pd.DataFrame:
        """Return the metrics, with a row per model and columns by part and metric.

        Returns
        -------
        DataFrame of shape (n_models, n_parts * n_metrics)
            The columns are pairs such as ``("test", "roc_auc")``. The parts are validation, test
            and, if it was done, cross-validation.
        """
        import pandas as pd

        parts = {"validation": self.validation_results, "test": self.evaluation_results}
        if self.cross_validation_results:
            parts["cross-validation"] = dict(self.cross_validation_results)
        tables = {part: pd.DataFrame(results).T for part, results in parts.items()}
        return pd.concat(tables, axis="columns")

    def __repr__(self) -> str:
        """Return metrics and durations as a text table, and the failures."""
        notes = map(visible, [*self._failed(), self._headline()])
        return f"{text_table(*self._table())}\n" + "\n".join(notes)

    @html_unless_text
    def _repr_html_(self) -> str:
        notes = [*self._failed(), self._headline()]
        return stack([html_table(*self._table()), *map(paragraph, notes)])

    def _headline(self) -> str:
        where = "on" if self.chosen_in == "validation" else "in"
        of = "" if self.pos_label is None else f" Metrics of {self.pos_label}."
        return f"Best {where} {self.chosen_in}: {self.best_model_name}.{of}"

    def _failed(self) -> list[str]:
        last = {name: (trace.splitlines() or [""])[-1] for name, trace in self.failures.items()}
        return [f"{name} failed to fit: {reason}" for name, reason in last.items()]

    def _table(self) -> tuple[list[str], list[list[Any]]]:
        """Return heads and rows: the main metrics on both parts, and the duration."""
        parts = {self.chosen_in: self.deciding_results, "test": self.evaluation_results}
        known = {
            name for results in parts.values() for metrics in results.values() for name in metrics
        }
        shown = [name for name in _FIRST_METRICS if name in known] or ordered(known)[:2]
        rows = [
            [
                name,
                *(results.get(name, {}).get(m) for m in shown for results in parts.values()),
                self.durations_s.get(name),
            ]
            for name in self.models
        ]
        heads = [f"{metric}, {part}" for metric in shown for part in parts]
        return ["model", *heads, "fit, s"], rows


def default_metric(models: Mapping[str, Any]) -> str:
    """Return the default metric of models: ``r2`` if all are regressors, else ``roc_auc``.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> default_metric({"line": LinearRegression()})
    'r2'
    """
    kinds = [is_kind(model, "regressor") for model in models.values()]
    return "r2" if kinds and all(kinds) else "roc_auc"


def choose_results(
    validation: Mapping[str, dict[str, float]], cross_validation: Mapping[str, dict[str, float]]
) -> Mapping[str, dict[str, float]]:
    """Return the results of cross-validation if all models have them, else those of validation.

    A model without cross-validation could not be compared with the others.

    Examples
    --------
    >>> validation = {"forest": {"roc_auc": 0.9}, "svm": {"roc_auc": 0.8}}
    >>> choose_results(validation, {"forest": {"roc_auc": 0.7}}) is validation
    True
    """
    return cross_validation if validation.keys() == cross_validation.keys() else validation


def choose_best_model(results: Mapping[str, Mapping[str, float]], metric: str | None = None) -> str:
    """Return the name of the model with the best value of a metric, the first if equal.

    Parameters
    ----------
    results : mapping of str to mapping
        Metrics of each model. NaN and infinite values are ignored.
    metric : str, optional
        Name of the metric; the smallest value of a loss is the best. The default is the first
        of ``roc_auc``, ``accuracy`` and ``r2`` that a model has.

    Returns
    -------
    str
        Name of the model.

    Raises
    ------
    NotFoundError
        If no model has the metric.
    RegistryError
        If the direction of the metric is unknown.

    Examples
    --------
    >>> choose_best_model({"forest": {"log_loss": 0.2}, "svm": {"log_loss": 0.1}}, "log_loss")
    'svm'
    """
    known = {
        name for metrics in results.values() for name in metrics if math.isfinite(metrics[name])
    }
    metric = choose_metric(metric, known)
    measured = {
        name: metrics[metric]
        for name, metrics in results.items()
        if math.isfinite(metrics.get(metric, math.nan))
    }
    return (max if check_direction(metric) else min)(measured, key=measured.__getitem__)
