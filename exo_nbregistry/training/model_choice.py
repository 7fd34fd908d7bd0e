"""Measuring, choosing and saving the models of a training run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.training.registering import save_from_run
from exo_nbregistry.training.training_run import choose_best_model

if TYPE_CHECKING:
    from exo_nbregistry.training.training_run import TrainingRun


class ModelChoice:
    """The methods of a trainer that measure, choose and save models.

    Attributes
    ----------
    metric : str or None
        Metric that chooses the best model.
    pos_label : object
        The positive class of the metrics, or None.
    """

    metric: str | None
    pos_label: Any

    def evaluate_models(
        self, models: Mapping[str, Any], X: Any, y: Any
    ) -> dict[str, dict[str, float]]:
        """Return the metrics of each fitted model on these rows, by model and metric."""
        return {
            name: evaluate(model, X, y, pos_label=self.pos_label).metrics
            for name, model in models.items()
        }

    def select_best_model(self, results: Mapping[str, dict[str, float]]) -> str:
        """Return the name of the best model by the trainer's metric.

        Parameters
        ----------
        results : mapping of str to dict
            Metrics of each model on rows of the training or validation set. Metrics on the test
            set would make its estimate of new data too optimistic.

        Returns
        -------
        str
            The first of the best.

        Raises
        ------
        NotFoundError
            If no model has the metric.
        RegistryError
            If the direction of the metric is unknown.
        """
        return choose_best_model(results, self.metric)

    def save_model(self, run: TrainingRun, name: str, path: str | os.PathLike[str]) -> Path:
        """Save one model of a run with its metrics in a signed file, and return its path.

        Raises
        ------
        NotFoundError
            If the run has no such model.
        """
        return save_from_run(run, name, path)

    def save_best_model(self, run: TrainingRun, path: str | os.PathLike[str]) -> Path:
        """Save the best model of a run as `save_model` does, and return its path."""
        return self.save_model(run, run.best_model_name, path)
