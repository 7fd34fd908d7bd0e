"""What comes out of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exo_nbregistry.exoplanet.split import StarSplit

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
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
