"""Register the models of a training run, or save one as a file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from exo_nbregistry.errors import NotFoundError
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.scoring import BINARY
from exo_nbregistry.training.out_of_fold import attach_out_of_fold
from exo_nbregistry.training.training_rows import TrainingRows

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry
    from exo_nbregistry.training.training_run import TrainingRun

LINEAGE = "lineage"
"""Tag that the versions of one run share."""


def register_run(
    registry: ModelRegistry,
    run: TrainingRun,
    model_name: str,
    *,
    dataset: str | None = None,
    target_names: Sequence[str] | None = None,
    training_info: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    attachments: Mapping[str, Any] | None = None,
    **facts: Any,
) -> dict[str, str]:
    """Register every model of a run as a version of one registered model.

    Parameters
    ----------
    registry, run, model_name, dataset, target_names
        As for ``ModelTrainer.register``.
    training_info : mapping, optional
        Additional facts for ``additional_metrics["training_info"]``.
    tags : mapping, optional
        Tags, in addition to ``lineage``.
    attachments : mapping, optional
        Attachments of each version, in addition to the identity of the test set, which
        `compare_versions` checks, of the training and validation rows, and the out-of-fold
        predictions.
    **facts : object
        Additional arguments of ``register_model``, the same for each version.

    Returns
    -------
    dict of str to str
        The model_id of each model of the run, such as ``"churn:3"``.

    Notes
    -----
    Each version has the fingerprint of the training data, the counts of all parts, the class
    distribution, the test metrics with their arrays, and the tag ``lineage`` with the
    ``lineage_id`` of the run. ``additional_metrics["training_info"]`` has the metrics of validation
    and cross-validation.
    """
    split = run.split
    info: dict[str, Any] = {
        "dataset": dataset,
        "training_samples": len(split.X_train),
        "validation_samples": len(split.X_val),
        "test_samples": len(split.X_test),
        **(training_info or {}),
    }
    if any(hasattr(model, "classes_") for model in run.models.values()):
        info["class_distribution"] = _distribution(split.y_train, target_names)
    tags = {LINEAGE: run.lineage_id, **(tags or {})}
    attachments = {
        **run.evaluator.test_set.attachment(),
        **TrainingRows.of(split.X_train, split.X_val).attachment(),
        **(attachments or {}),
    }
    return {
        name: registry.register_model(
            model=model,
            model_name=model_name,
            algorithm=name,
            training_info={**info, **_selection_metrics(run, name)},
            X=split.X_train,
            y=split.y_train,
            X_test=split.X_test,
            y_test=split.y_test,
            tags=tags,
            attachments=attachments | attach_out_of_fold(run.out_of_fold.get(name)),
            **{"pos_label": run.pos_label, **facts},
        )
        for name, model in run.models.items()
    }


def inherited_scoring(version: ModelMetadata) -> dict[str, Any]:
    """Return the positive class and the threshold of a version as arguments of registrations.

    Examples
    --------
    >>> inherited_scoring(registry.get_metadata("kepler_rf:1"))
    {}
    """
    scoring = version.scoring
    if scoring is None or scoring.average != BINARY:
        return {}
    return {"pos_label": scoring.pos_label, "threshold": scoring.threshold}


def save_from_run(run: TrainingRun, name: str, path: str | os.PathLike[str]) -> Path:
    """Save one model of a run with its metrics in a signed file.

    Parameters
    ----------
    run : TrainingRun
        The training run.
    name : str
        Name of the model in the run.
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
        raise NotFoundError(f"Unknown model {name!r}.", name=name, known=run.models)
    facts = {
        "algorithm": name,
        LINEAGE: run.lineage_id,
        "metrics": run.evaluation_results[name],
        **_selection_metrics(run, name),
    }
    if run.pos_label is not None:
        facts["pos_label"] = run.pos_label
    return ModelPersistence.save_model(run.models[name], path, facts)


def _selection_metrics(run: TrainingRun, name: str) -> dict[str, dict[str, float]]:
    found = {"validation_metrics": run.validation_results[name]}
    if name in run.cross_validation_results:
        found["cross_validation_metrics"] = run.cross_validation_results[name]
    return found


def _distribution(y: Any, target_names: Sequence[str] | None) -> dict[str, int]:
    counts = Counter(np.asarray(y).tolist())
    return {
        str(label if target_names is None else target_names[label]): count
        for label, count in sorted(counts.items())
    }
