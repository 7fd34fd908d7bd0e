"""What comes out of a training run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.evaluation.evaluator import ModelEvaluator
from exo_nbregistry.exoplanet.data.split import StarSplit
from exo_nbregistry.introspection.estimator import hyperparameters
from exo_nbregistry.introspection.fingerprint import fingerprint
from exo_nbregistry.text.markup import html_table, paragraph, stack, text_table
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.values.json_codec import digest_json, encode
from exo_nbregistry.values.metric import higher_is_better

if TYPE_CHECKING:
    import pandas as pd

_FIRST_METRICS = ("roc_auc", "f1_score", "accuracy")


@dataclass(frozen=True, repr=False)
class TrainingRun:
    """What came out of a training run; ``run["models"]`` reads the same as ``run.models``.

    Attributes
    ----------
    models : dict of str to estimator
        The fitted models, in the order asked for.
    validation_results : dict of str to dict
        Metrics on the validation part: the best model was chosen by these.
    evaluation_results : dict of str to dict
        Metrics on the test part, which no choice has looked at.
    best_model_name : str
        The model with the best validation metric.
    failures : dict of str to str
        The traceback of each model that could not be fitted.
    durations_s : dict of str to float
        Time of each fit, in seconds.
    split : StarSplit
        The parts that the run used.
    """

    models: dict[str, Any]
    validation_results: dict[str, dict[str, float]]
    evaluation_results: dict[str, dict[str, float]]
    best_model_name: str
    failures: dict[str, str]
    durations_s: dict[str, float]
    split: StarSplit

    @property
    def best_model(self) -> Any:
        """The fitted model that did best on validation."""
        return self.models[self.best_model_name]

    @cached_property
    def evaluator(self) -> ModelEvaluator:
        """Measures the run's models, asked for by name, on its test part."""
        return ModelEvaluator(self.split.X_test, self.split.y_test, models=self.models)

    @property
    def lineage_id(self) -> str:
        """What the versions of this run have in common: 16 digits of hexadecimal.

        Equal data, models and hyperparameters, seeds among them, are one lineage, so that a run
        that is repeated is the same one.
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
        """Return the metrics as a table: a row per model, columns by part and metric.

        Returns
        -------
        DataFrame of shape (n_models, 2 * n_metrics)
            Columns are pairs such as ``("test", "roc_auc")``.
        """
        import pandas as pd

        parts = {"validation": self.validation_results, "test": self.evaluation_results}
        tables = {part: pd.DataFrame(results).T for part, results in parts.items()}
        return pd.concat(tables, axis="columns")

    def __repr__(self) -> str:
        """Return metrics and times as a text table, and what failed."""
        told = map(visible, [*self._failed(), self._headline()])
        return f"{text_table(*self._table())}\n" + "\n".join(told)

    @html_unless_text
    def _repr_html_(self) -> str:
        told = [*self._failed(), self._headline()]
        return stack([html_table(*self._table()), *map(paragraph, told)])

    def _headline(self) -> str:
        return f"Best on validation: {self.best_model_name}."

    def _failed(self) -> list[str]:
        last = {name: (trace.splitlines() or [""])[-1] for name, trace in self.failures.items()}
        return [f"{name} failed to fit: {reason}" for name, reason in last.items()]

    def _table(self) -> tuple[list[str], list[list[Any]]]:
        """Return heads and rows: the metrics that are read first, on both parts, and the time."""
        parts = {"validation": self.validation_results, "test": self.evaluation_results}
        known = {
            name for results in parts.values() for metrics in results.values() for name in metrics
        }
        shown = [name for name in _FIRST_METRICS if name in known] or sorted(known)[:2]
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


def best_of(results: Mapping[str, Mapping[str, float]], metric: str) -> str:
    """Return the name of the model with the best value of a metric, the first of equal ones.

    Parameters
    ----------
    results : mapping of str to mapping
        Metrics of each model.
    metric : str
        The metric; one that is a loss is best where it is smallest.

    Returns
    -------
    str
        The name.

    Raises
    ------
    NotFoundError
        If no model has the metric.
    RegistryError
        If nobody knows whether a larger value of it is better.

    Examples
    --------
    >>> best_of({"forest": {"log_loss": 0.2}, "svm": {"log_loss": 0.1}}, "log_loss")
    'svm'
    """
    values = {name: metrics.get(metric, math.nan) for name, metrics in results.items()}
    measured = {name: value for name, value in values.items() if not math.isnan(value)}
    if not measured:
        known = {name for metrics in results.values() for name in metrics}
        raise NotFoundError(
            f"No model has the metric {metric!r}.", name=metric, known=sorted(known)
        )
    direction = higher_is_better(metric)
    if direction is None:
        raise RegistryError(
            f"Nobody knows whether a higher {metric} is better: choose by a metric that "
            "scikit-learn names, such as roc_auc or log_loss."
        )
    return (max if direction else min)(measured, key=measured.__getitem__)
