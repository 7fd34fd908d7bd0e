"""Training of the Kepler classifiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from exo_nbregistry.exoplanet.data.features import LEAKS
from exo_nbregistry.exoplanet.data.split import StarSplit
from exo_nbregistry.exoplanet.models.classifiers import CLASSIFIERS
from exo_nbregistry.exoplanet.models.evaluator import ModelEvaluator
from exo_nbregistry.training import BaseClassifier
from exo_nbregistry.training import ModelTrainer as GeneralTrainer
from exo_nbregistry.training import TrainingRun as GeneralRun


class TrainingRun(GeneralRun):
    """An `exo_nbregistry.training.TrainingRun` whose evaluator draws stars."""

    evaluator_type: ClassVar[type[ModelEvaluator]] = ModelEvaluator


class ModelTrainer(GeneralTrainer):
    """Fit several Kepler classifiers on one split and compare them.

    It is an `exo_nbregistry.training.ModelTrainer` for a `StarSplit`. `model_configs` can give
    the hyperparameters of ``"RandomForest"``, ``"NeuralNetwork"``, ``"SVM"`` and
    ``"HistGradientBoosting"``; the default is all four and their ensemble. Columns that leak the
    label are rejected as by `load_koi`.

    Parameters
    ----------
    random_state, n_jobs, progress
        As for `exo_nbregistry.training.ModelTrainer`.
    metric : str, default="roc_auc"
        Metric that chooses the best model.
    ensemble : bool, optional
        Whether to add an `EnsembleClassifier` of the fitted models, named ``"Ensemble"``. The
        default adds one if `model_configs` is not passed.
    out_of_fold : bool, default=True
        Whether to predict the training rows by cross-validation over stars. These predictions
        choose the best model, and `flag_candidates` calibrates a registered version on them. The
        models are fitted five more times. The predictions are omitted if the star of a row is
        unknown; then pass `train_groups` to `train_and_evaluate`.

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

    metric: str
    estimators: ClassVar[Mapping[str, Callable[..., BaseClassifier]]] = CLASSIFIERS
    leaks: ClassVar[Mapping[str, str]] = LEAKS
    run_type: ClassVar[type[TrainingRun]] = TrainingRun
    split_type: ClassVar[type[StarSplit]] = StarSplit

    def __init__(
        self,
        random_state: int = 42,
        *,
        metric: str = "roc_auc",
        n_jobs: int | None = None,
        progress: bool = True,
        ensemble: bool | None = None,
        out_of_fold: bool = True,
    ) -> None:
        super().__init__(
            random_state,
            metric=metric,
            n_jobs=n_jobs,
            progress=progress,
            ensemble=ensemble,
            out_of_fold=out_of_fold,
        )
