"""Fit several classifiers on one split, choose on validation, report on test, register."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.exoplanet.data.columns import name_columns
from exo_nbregistry.exoplanet.data.split import StarSplit
from exo_nbregistry.exoplanet.models.classifiers import CLASSIFIERS
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.training.ensemble import with_vote
from exo_nbregistry.training.fitting import Fitted, fit_models, show_fit_progress
from exo_nbregistry.training.progress import ProgressListener
from exo_nbregistry.training.registering import register_run, save_from_run
from exo_nbregistry.training.training_run import TrainingRun, best_of

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry


class ModelTrainer:
    """Fit several classifiers on one split and compare them fairly.

    Parameters
    ----------
    random_state : int, default=42
        Seed of every model that this trainer builds.
    metric : str, default="roc_auc"
        The metric by which the best model is chosen on validation; of ``log_loss`` and its like
        the smallest value is the best.
    n_jobs : int or None, default=None
        How many models are fitted at once; None means one, unless ``joblib.parallel_config``
        says otherwise.
    progress : bool, default=True
        Whether to show how it goes on: a panel in a notebook, a progress bar elsewhere.
    ensemble : bool, default=False
        Whether the models that were fitted also vote together, as the model ``"Ensemble"``.

    Examples
    --------
    >>> from exo_nbregistry.exoplanet import ModelTrainer, load_koi, split_by_star
    >>> koi = load_koi("five")
    >>> split = split_by_star(koi.data, koi.target, koi.groups)
    >>> trainer = ModelTrainer(progress=False)
    >>> run = trainer.train_and_evaluate(*split, model_configs={"SVM": {"C": 1.0}})
    >>> run.best_model_name, run.evaluation_results["SVM"]["roc_auc"] > 0.9
    ('SVM', True)
    """

    def __init__(
        self,
        random_state: int = 42,
        *,
        metric: str = "roc_auc",
        n_jobs: int | None = None,
        progress: bool = True,
        ensemble: bool = False,
    ) -> None:
        self.random_state = random_state
        self.metric = metric
        self.n_jobs = n_jobs
        self.progress = progress
        self.ensemble = ensemble

    def train_and_evaluate(
        self,
        X_train: Any,
        y_train: Any,
        X_val: Any,
        y_val: Any,
        X_test: Any,
        y_test: Any,
        feature_names: Sequence[str] | None = None,
        model_configs: Mapping[str, Any] | None = None,
    ) -> TrainingRun:
        """Fit each model on train, choose the best on validation, report it on test.

        Parameters
        ----------
        X_train, X_val, X_test : array-like of shape (n_part, n_features)
            Raw archive columns, missing values included.
        y_train, y_val, y_test : array-like of shape (n_part,)
            Labels.
        feature_names : sequence of str, optional
            Columns to use of a frame, or names for the columns of an array.
        model_configs : mapping of str to mapping or estimator, optional
            For each model its hyperparameters, or an unfitted scikit-learn classifier under a
            name of your own. All three models with their defaults if it is left out.

        Returns
        -------
        TrainingRun
            Models, metrics, the best model's name, and what failed.

        Raises
        ------
        NotFoundError
            If hyperparameters are given for a model that does not exist.
        TrainingError
            If every model failed to fit.
        """
        tables = [name_columns(X, feature_names) for X in (X_train, X_val, X_test)]
        split = StarSplit(tables[0], y_train, tables[1], y_val, tables[2], y_test)
        models = self.initialize_models(model_configs)
        with show_fit_progress(models, self.n_jobs, self.progress, self.metric) as listener:
            fitted = self._fit(models, *split[:4], progress=listener)
            validation_results = self.evaluate_models(fitted.models, split.X_val, split.y_val)
            for name, metrics in validation_results.items():
                took = fitted.durations_s[name]
                listener.result(name, score=metrics.get(self.metric), time_s=took)
        return TrainingRun(
            models=fitted.models,
            validation_results=validation_results,
            evaluation_results=self.evaluate_models(fitted.models, split.X_test, split.y_test),
            best_model_name=self.select_best_model(validation_results),
            failures=fitted.failures,
            durations_s=fitted.durations_s,
            split=split,
        )

    def initialize_models(self, model_configs: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the unfitted models that the configuration describes.

        Parameters
        ----------
        model_configs : mapping of str to mapping or estimator, optional
            As for `train_and_evaluate`.

        Returns
        -------
        dict of str to estimator
            Unfitted; estimators that were given are cloned.
        """
        from sklearn.base import clone

        configs = {name: {} for name in CLASSIFIERS} if model_configs is None else model_configs
        return {
            name: self._build(name, config) if isinstance(config, Mapping) else clone(config)
            for name, config in configs.items()
        }

    def train_models(
        self, models: Mapping[str, Any], X: Any, y: Any, X_val: Any = None, y_val: Any = None
    ) -> Fitted:
        """Fit the models; one that fails is reported and the others go on.

        Parameters
        ----------
        models : mapping of str to estimator
            Unfitted.
        X : array-like of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,)
            Labels.
        X_val, y_val : array-like, optional
            The validation part, for the models that stop by it.

        Returns
        -------
        Fitted
            The fitted models, the failures, and how long each fit took.
        """
        return self._fit(models, X, y, X_val, y_val, progress=self.progress)

    def evaluate_models(
        self, models: Mapping[str, Any], X: Any, y: Any
    ) -> dict[str, dict[str, float]]:
        """Return the metrics of each fitted model on one part.

        Parameters
        ----------
        models : mapping of str to estimator
            Fitted.
        X : array-like of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,)
            Labels.

        Returns
        -------
        dict of str to dict of str to float
            For each model its metrics by name.
        """
        return {name: evaluate(model, X, y).metrics for name, model in models.items()}

    def select_best_model(self, results: Mapping[str, dict[str, float]]) -> str:
        """Return the name of the model with the best value of the trainer's metric.

        Parameters
        ----------
        results : mapping of str to dict
            Metrics of each model on the validation part; never those on test, which would then
            no longer say how the model does on new stars.

        Returns
        -------
        str
            The first of the best.

        Raises
        ------
        NotFoundError
            If no model has the metric.
        RegistryError
            If nobody knows whether a larger value of it is better.
        """
        return best_of(results, self.metric)

    def register(
        self,
        registry: ModelRegistry,
        run: TrainingRun,
        model_name: str,
        *,
        dataset: str | None = None,
        target_names: Sequence[str] | None = None,
        **facts: Any,
    ) -> dict[str, str]:
        """Register every model of a run as a version of one registered model.

        Parameters
        ----------
        registry : ModelRegistry
            Where to.
        run : TrainingRun
            What `train_and_evaluate` returned.
        model_name : str
            The registered model's name.
        dataset : str, optional
            Name of the data set, such as ``koi.name``.
        target_names : sequence of str, optional
            Words for the labels 0, 1, ... in the class distribution.
        **facts : object
            Further arguments of ``register_model``, the same for each version.

        Returns
        -------
        dict of str to str
            For each model of the run its model id, such as ``"kepler:3"``.
        """
        return register_run(
            registry, run, model_name, dataset=dataset, target_names=target_names, **facts
        )

    def save_model(self, run: TrainingRun, name: str, path: str | os.PathLike[str]) -> Path:
        """Save one model of a run as a signed file with its metrics.

        Parameters
        ----------
        run : TrainingRun
            What `train_and_evaluate` returned.
        name : str
            The model's name in the run.
        path : str or path-like
            The file.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        NotFoundError
            If the run has no such model.
        """
        return save_from_run(run, name, path)

    def save_best_model(self, run: TrainingRun, path: str | os.PathLike[str]) -> Path:
        """Save the model that did best on validation.

        Parameters
        ----------
        run : TrainingRun
            What `train_and_evaluate` returned.
        path : str or path-like
            The file.

        Returns
        -------
        Path
            The file.
        """
        return self.save_model(run, run.best_model_name, path)

    def _fit(self, *parts: Any, progress: bool | ProgressListener) -> Fitted:
        fitted = fit_models(*parts, n_jobs=self.n_jobs, progress=progress)
        return with_vote(fitted) if self.ensemble else fitted

    def _build(self, name: str, config: Mapping[str, Any]) -> Any:
        if name not in CLASSIFIERS:
            raise NotFoundError(f"There is no model {name!r}.", name=name, known=CLASSIFIERS)
        return CLASSIFIERS[name](**{"random_state": self.random_state, **config})
