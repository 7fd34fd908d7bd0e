"""Hand the models of a training run over: to the registry, or to a file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.exoplanet.data.features import LEAKS
from exo_nbregistry.persistence.model_files import ModelPersistence

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry
    from exo_nbregistry.training.training_run import TrainingRun

LINEAGE = "lineage"
"""The tag that the versions of one run share."""


def register_run(
    registry: ModelRegistry,
    run: TrainingRun,
    model_name: str,
    *,
    dataset: str | None = None,
    target_names: Sequence[str] | None = None,
    tags: Mapping[str, Any] | None = None,
    attachments: Mapping[str, Mapping[str, Any]] | None = None,
    **facts: Any,
) -> dict[str, str]:
    """Register every model of a run as a version of one registered model.

    Parameters
    ----------
    registry : ModelRegistry
        Where to.
    run : TrainingRun
        What ``ModelTrainer.train_and_evaluate`` returned.
    model_name : str
        The registered model's name.
    dataset : str, optional
        Name of the data set, such as ``koi.name``.
    target_names : sequence of str, optional
        Words for the labels 0, 1, ... in the class distribution.
    tags : mapping, optional
        Tags, besides ``lineage``.
    attachments : mapping, optional
        Values to store with each version, besides the names and stars of the test rows, by
        which `compare_versions` knows whether two versions had the same.
    **facts : object
        Further arguments of ``register_model``, the same for each version.

    Returns
    -------
    dict of str to str
        For each model of the run its model id, such as ``"kepler:3"``.

    Notes
    -----
    Each version has the fingerprint of the training data, the counts of all parts, the class
    distribution, the metrics on test with their arrays, and the tag ``lineage``, the run's
    ``lineage_id``. In ``additional_metrics["training_info"]`` stand the metrics on validation,
    by which the best was chosen, and the columns that leak the label, if any were allowed.
    """
    split = run.split
    info: dict[str, Any] = {
        "dataset": dataset,
        "training_samples": len(split.X_train),
        "validation_samples": len(split.X_val),
        "test_samples": len(split.X_test),
        "class_distribution": _distribution(split.y_train, target_names),
    }
    if leaks := [name for name in getattr(split.X_train, "columns", ()) if name in LEAKS]:
        info["allowed_leakage"] = leaks
    tags = {LINEAGE: run.lineage_id, **(tags or {})}
    attachments = {**run.evaluator.test_set.attachment(), **(attachments or {})}
    return {
        name: registry.register_model(
            model=model,
            model_name=model_name,
            algorithm=name,
            training_info={**info, "validation_metrics": run.validation_results[name]},
            X=split.X_train,
            y=split.y_train,
            X_test=split.X_test,
            y_test=split.y_test,
            tags=tags,
            attachments=attachments,
            **facts,
        )
        for name, model in run.models.items()
    }


def save_from_run(run: TrainingRun, name: str, path: str | os.PathLike[str]) -> Path:
    """Save one model of a run as a signed file with its metrics.

    Parameters
    ----------
    run : TrainingRun
        The run.
    name : str
        The model's name in it.
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
    if name not in run.models:
        raise NotFoundError(f"The run has no model {name!r}.", name=name, known=run.models)
    facts = {
        "algorithm": name,
        LINEAGE: run.lineage_id,
        "metrics": run.evaluation_results[name],
        "validation_metrics": run.validation_results[name],
    }
    return ModelPersistence.save_model(run.models[name], path, facts)


def _distribution(y: Any, target_names: Sequence[str] | None) -> dict[str, int]:
    counts = Counter(np.asarray(y).tolist())
    return {
        str(label if target_names is None else target_names[label]): count
        for label, count in sorted(counts.items())
    }
