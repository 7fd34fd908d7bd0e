"""ModelTrainer: fit models on one split, choose the best, report on test, register."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from exo_nbregistry.errors import InvalidInputError, NotFoundError
from exo_nbregistry.introspection.dataset import column_names
from exo_nbregistry.training.columns import name_columns
from exo_nbregistry.training.data_split import DataSplit
from exo_nbregistry.training.ensemble import add_ensemble
from exo_nbregistry.training.fitting import Fitted, fit_models, show_fit_progress
from exo_nbregistry.training.leakage import ALLOWED_LEAKAGE, as_names, reject_leaks
from exo_nbregistry.training.leakage_check import check_split
from exo_nbregistry.training.model_choice import ModelChoice
from exo_nbregistry.training.out_of_fold import measure_out_of_fold, predict_split_out_of_fold
from exo_nbregistry.training.progress import ProgressListener
from exo_nbregistry.training.registering import register_run
from exo_nbregistry.training.training_run import (
    TrainingRun,
    choose_results,
    default_metric,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from exo_nbregistry.registry.facade import ModelRegistry


class ModelTrainer(ModelChoice):
    """Fit several classifiers or regressors on one split and compare them.

    Parameters
    ----------
    random_state : int, default=42
        Seed of every model that the trainer builds.
    metric : str, optional
        Metric that chooses the best model; the smallest value of a loss is the best. The default
        is ``roc_auc`` for classifiers and ``r2`` for regressors.
    n_jobs : int or None, default=None
        Number of parallel fits. None means one, unless ``joblib.parallel_config`` sets another
        number. It also chooses the backend, such as processes or a Dask cluster.
    progress : bool, default=True
        Whether to show the progress: a panel in a notebook, a progress bar elsewhere.
    ensemble : bool or None, default=False
        Whether to add an `EnsembleClassifier` of the fitted models, named ``"Ensemble"``. None
        adds one if `model_configs` is not passed.
    out_of_fold : bool, default=False
        Whether to predict the training rows by cross-validation, as `predict_out_of_fold` does.
        These predictions choose the best model if every model has them, because they are more
        rows than the validation set, and no model stopped early on them. `register` stores them
        with each version.
    pos_label : object, optional
        The positive class of the metrics, as for ``register_model``.

    Attributes
    ----------
    estimators : mapping of str to class
        Estimator classes that ``model_configs`` can name. A subclass sets them, like the
        attributes below.
    leaks : mapping of str to str
        Columns that leak the label, with the reason. They are rejected unless they are allowed.
    run_type, split_type : class
        Types of the result and of its ``split``.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from exo_nbregistry.training import split_by_group
    >>> split = split_by_group(*load_wine(return_X_y=True))
    >>> models = {"bayes": GaussianNB(), "stump": DecisionTreeClassifier(max_depth=1)}
    >>> run = ModelTrainer(progress=False).train_and_evaluate(*split, model_configs=models)
    >>> run.best_model_name, run.evaluation_results["bayes"]["accuracy"] > 0.9
    ('bayes', True)
    """

    estimators: ClassVar[Mapping[str, Callable[..., Any]]] = MappingProxyType({})
    leaks: ClassVar[Mapping[str, str]] = MappingProxyType({})
    run_type: ClassVar[type[TrainingRun]] = TrainingRun
    split_type: ClassVar[type[DataSplit]] = DataSplit

    def __init__(
        self,
        random_state: int = 42,
        *,
        metric: str | None = None,
        n_jobs: int | None = None,
        progress: bool = True,
        ensemble: bool | None = False,
        out_of_fold: bool = False,
        pos_label: Any = None,
    ) -> None:
        self.random_state = random_state
        self.metric = metric
        self.n_jobs = n_jobs
        self.progress = progress
        self.ensemble = ensemble
        self.out_of_fold = out_of_fold
        self.pos_label = pos_label

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
        *,
        test_groups: ArrayLike | None = None,
        train_groups: ArrayLike | None = None,
        allow_leakage: str | Iterable[str] = (),
    ) -> TrainingRun:
        """Fit each model, choose the best without the test set, and score it on the test set.

        The validation set chooses the best model, or cross-validation if `out_of_fold` is True.

        Parameters
        ----------
        X_train, X_val, X_test : array-like of shape (n_part, n_features)
            Features.
        y_train, y_val, y_test : array-like of shape (n_part,)
            Labels, or numbers for regressors.
        feature_names : sequence of str, optional
            Columns of a frame to use, or names for the columns of an array.
        model_configs : mapping of str to mapping or estimator, optional
            For each model an unfitted scikit-learn estimator, or the hyperparameters of one of
            `estimators`. The default is all of `estimators` with their defaults.
        test_groups : array-like of shape (n_test,), optional
            Group of each test row, for the intervals of the run's evaluator.
        train_groups : array-like of shape (n_train,), optional
            Group of each training row, for the folds of `out_of_fold`. The default infers the
            groups by the `grouping` of the split.
        allow_leakage : str or iterable of str, default=()
            Columns of `leaks` to allow, to show their effect.

        Returns
        -------
        TrainingRun
            Models, metrics, the name of the best model, and failures.

        Raises
        ------
        NotFoundError
            If hyperparameters are given for an unknown model.
        LeakageError
            If a column leaks the label. Other signs of a leak are logged, see `check_leakage`.
        TrainingError
            If no model could be fitted.
        """
        tables = [name_columns(X, feature_names) for X in (X_train, X_val, X_test)]
        split = self.split_type(tables[0], y_train, tables[1], y_val, tables[2], y_test)
        allowed = reject_leaks(column_names(tables[0]), self.leaks, allow_leakage=allow_leakage)
        models = self.initialize_models(model_configs)
        check_split(split, models, allowed)
        metric = self.metric or default_metric(models)
        with show_fit_progress(models, self.n_jobs, self.progress, metric) as listener:
            vote = self.ensemble if self.ensemble is not None else model_configs is None
            fitted = self._fit(models, *split[:4], progress=listener, ensemble=vote)
            validation_results = self.evaluate_models(fitted.models, split.X_val, split.y_val)
            for name, metrics in validation_results.items():
                took = fitted.durations_s[name]
                listener.result(name, score=metrics.get(metric), time_s=took)
        out_of_fold = self._predict_folds(fitted.models, split, train_groups)
        cross_validation_results = measure_out_of_fold(out_of_fold, self.pos_label)
        deciding = choose_results(validation_results, cross_validation_results)
        return self.run_type(
            models=fitted.models,
            validation_results=validation_results,
            evaluation_results=self.evaluate_models(fitted.models, split.X_test, split.y_test),
            best_model_name=self.select_best_model(deciding),
            failures=fitted.failures,
            durations_s=fitted.durations_s,
            split=split,
            test_groups=test_groups,
            out_of_fold=out_of_fold,
            cross_validation_results=cross_validation_results,
            allowed_leakage=tuple(allowed),
            pos_label=self.pos_label,
        )

    def initialize_models(self, model_configs: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return unfitted models by name; estimators of `model_configs` are cloned.

        The argument is as for `train_and_evaluate`.
        """
        from sklearn.base import clone

        if model_configs is None and not self.estimators:
            raise InvalidInputError(
                "model_configs is required; pass a mapping of names to estimators."
            )
        configs = {key: {} for key in self.estimators} if model_configs is None else model_configs
        return {
            name: self._build(name, config) if isinstance(config, Mapping) else clone(config)
            for name, config in configs.items()
        }

    def train_models(
        self, models: Mapping[str, Any], X: Any, y: Any, X_val: Any = None, y_val: Any = None
    ) -> Fitted:
        """Fit the models; a failure is reported and does not stop the others.

        Arguments and result are as for `exo_nbregistry.training.fit_models`.
        """
        return self._fit(models, X, y, X_val, y_val, progress=self.progress)

    def register(
        self,
        registry: ModelRegistry,
        run: TrainingRun,
        model_name: str,
        *,
        dataset: str | None = None,
        target_names: Sequence[str] | None = None,
        allow_leakage: str | Iterable[str] = (),
        **facts: Any,
    ) -> dict[str, str]:
        """Register every model of a run as a version of one registered model.

        Parameters
        ----------
        registry : ModelRegistry
            The registry.
        run : TrainingRun
            Result of `train_and_evaluate`.
        model_name : str
            Name of the registered model.
        dataset : str, optional
            Name of the data set.
        target_names : sequence of str, optional
            Names of the labels 0, 1, ... in the class distribution.
        allow_leakage : str or iterable of str, default=()
            Columns of `leaks` to allow, in addition to those allowed for the run.
        **facts : object
            Additional arguments of ``register_model``, the same for each version.

        Returns
        -------
        dict of str to str
            The model_id of each model of the run, such as ``"churn:3"``.

        Raises
        ------
        LeakageError
            If a column leaks the label and is not allowed.
        """
        allowed = [*run.allowed_leakage, *as_names(allow_leakage)]
        used = reject_leaks(column_names(run.split.X_train), self.leaks, allow_leakage=allowed)
        return register_run(
            registry,
            run,
            model_name,
            dataset=dataset,
            target_names=target_names,
            training_info={ALLOWED_LEAKAGE: used} if used else {},
            **facts,
        )

    def _fit(
        self, *parts: Any, progress: bool | ProgressListener, ensemble: bool | None = None
    ) -> Fitted:
        fitted = fit_models(*parts, n_jobs=self.n_jobs, progress=progress)
        return add_ensemble(fitted) if ensemble or self.ensemble else fitted

    def _predict_folds(
        self, models: Mapping[str, Any], split: DataSplit, groups: ArrayLike | None
    ) -> dict[str, Mapping[str, Any]]:
        if not self.out_of_fold:
            return {}
        return predict_split_out_of_fold(
            models,
            split,
            groups,
            self.random_state,
            n_jobs=self.n_jobs,
            progress=self.progress,
        )

    def _build(self, name: str, config: Mapping[str, Any]) -> Any:
        if name not in self.estimators:
            raise NotFoundError(
                f"Unknown model {name!r}; pass an unfitted estimator instead of hyperparameters.",
                name=name,
                known=self.estimators,
            )
        return self.estimators[name](**{"random_state": self.random_state, **config})
