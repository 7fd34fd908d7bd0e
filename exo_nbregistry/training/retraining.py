"""Retrain a registered version on new data and compare it with the champion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from exo_nbregistry.errors import (
    AliasNotFoundError,
    InvalidInputError,
    ProtectedAliasError,
    RegistryError,
)
from exo_nbregistry.evaluation.model_predictions import ModelPredictions, read_predictions
from exo_nbregistry.evaluation.paired_comparison import PairedComparison
from exo_nbregistry.evaluation.paired_tests import compare_predictions
from exo_nbregistry.evaluation.test_set import Holdout, describe_test_set, read_test_set
from exo_nbregistry.introspection.dataset import column_names
from exo_nbregistry.introspection.metrics import Evaluation, evaluate
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.training.columns import select_columns
from exo_nbregistry.training.data_split import DataSplit
from exo_nbregistry.training.fitting import fit_model
from exo_nbregistry.training.leakage import ALLOWED_LEAKAGE, reject_leaks
from exo_nbregistry.training.leakage_check import check_split
from exo_nbregistry.training.out_of_fold import inherit_out_of_fold
from exo_nbregistry.training.registering import inherited_scoring
from exo_nbregistry.training.retraining_result import CHALLENGER, VERDICT, RetrainingResult
from exo_nbregistry.training.training_rows import TrainingRows

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry


def retrain(
    registry: ModelRegistry,
    ref: str,
    split: DataSplit,
    *,
    dataset: str | None = None,
    groups: ArrayLike | None = None,
    metric: str | None = None,
    alias: str = "champion",
    promote: bool = False,
    force: str = "",
    n_resamples: int = 2000,
    confidence: float = 0.95,
    random_state: int = 42,
    progress: bool = True,
    leaks: Mapping[str, str] = MappingProxyType({}),
    allow_leakage: str | Iterable[str] = (),
    **facts: Any,
) -> RetrainingResult:
    """Fit a registered version again on other data, and register the result as a new version.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    ref : str
        Reference to the version whose hyperparameters, seed and columns are used.
    split : DataSplit
        The new data. Nothing is chosen on the test set.
    dataset : str, optional
        Name of the new data.
    groups : array-like of shape (n_test,), optional
        Group of each test row. The default infers the groups by ``split.grouping``.
    metric : str, optional
        Metric that decides which is better, as for `ModelEvaluator.compare`.
    alias : str, default="champion"
        Alias of the version to compare with. If it does not exist, this is the parent.
    promote : bool, default=False
        Whether to move the alias to the new version if this is shown to be better.
    force : str, default=""
        Reason to promote the new version although it is not shown to be better, which is stored
        as a note. It also moves a protected alias. Requires ``promote=True``.
    n_resamples, confidence, random_state, progress
        As for `ModelEvaluator`.
    leaks : mapping of str to str, optional
        Columns that leak the label, with the reason; rejected unless they are allowed.
    allow_leakage : str or iterable of str, default=()
        Columns of `leaks` to allow, to show their effect.
    **facts : object
        Additional arguments of ``register_model``, such as ``description`` and ``tags``. Positive
        class and threshold are inherited from the parent.

    Returns
    -------
    RetrainingResult
        The new version and the comparison, which is also stored in
        ``additional_metrics["champion_challenger"]`` of the version.

    Raises
    ------
    RegistryError
        If the model of the version is not a scikit-learn estimator.
    SignatureMismatchError
        If the new data lack a column.
    LeakageError
        If a column leaks the label. Other signs of a leak are logged, see `check_leakage`.
    ProtectedAliasError
        If the alias is protected and `promote` is True without `force`. Nothing is fitted.
    ConflictError
        If the alias was moved during the fit. The new version is still registered.
    """
    _check_force(force, promote)
    model, parent = registry.load_model(ref)
    allowed = _allowed_leakage(parent, split, leaks, allow_leakage)
    current, champion = _champion(registry, alias, parent, may_move=not promote or bool(force))
    test_set = describe_test_set(split.X_test, split.y_test, groups, grouping=split.grouping)
    challenger = _fit(model, parent, split, allowed)
    facts = inherited_scoring(parent) | facts
    predictions, scoring = _predict(registry, champion, challenger, parent, split, facts)
    comparison = compare_predictions(
        predictions,
        test_set.groups,
        metric=metric,
        scoring=scoring,
        unit=split.grouping.unit,
        n_resamples=n_resamples,
        confidence=confidence,
        random_state=random_state,
        progress=progress,
    )
    model_id = _register(
        registry, challenger, parent, split, test_set, comparison, dataset, allowed, facts
    )
    return RetrainingResult(
        model_id=model_id,
        parent=parent.model_id,
        champion=champion.model_id,
        comparison=comparison,
        maybe_seen=_maybe_seen(read_test_set(registry, champion.model_id), test_set),
        promoted=promote and _promote(registry, model_id, alias, current, comparison, force),
        alias=alias,
    )


def _check_force(force: str, promote: bool) -> None:
    if force and not promote:
        raise InvalidInputError("force= requires promote=True.")


def _promote(
    registry: ModelRegistry,
    model_id: str,
    alias: str,
    current: int | None,
    comparison: PairedComparison,
    force: str,
) -> bool:
    """Move the alias if the challenger is better or `force` is given; return whether it moved."""
    is_better = comparison.better == CHALLENGER
    if not is_better and not force:
        return False
    name, _, number = model_id.rpartition(":")
    registry.set_alias(name, alias, int(number), expected=current, force=bool(force))
    if not is_better:
        registry.annotate(model_id, f"Promoted to {alias}, not shown to be better: {force}")
    return True


def _require_unprotected(registry: ModelRegistry, name: str, alias: str) -> None:
    move = registry.aliases(name).get(alias)
    if move is not None and move.protected and move.version is not None:
        raise ProtectedAliasError(
            f"{name}@{alias} is protected and points to {move.version}; pass force= with the "
            f"reason to move it, or remove its protection with registry.set_alias({name!r}, "
            f"{alias!r}, {move.version}, protected=False).",
            alias=f"{name}@{alias}",
            version=move.version,
        )


def _fit(model: Any, parent: ModelMetadata, split: DataSplit, allowed: list[str]) -> Any:
    from sklearn.base import clone

    try:
        challenger = clone(model)
    except TypeError:
        raise RegistryError(
            f"{parent.model_id} is not a scikit-learn estimator, so it cannot be refitted "
            "automatically; train a new model and register it with parent=."
        ) from None
    used = split._replace(X_train=_columns(split.X_train, parent))
    check_split(used, {"challenger": challenger}, allowed)
    validation = {"X_val": _columns(split.X_val, parent), "y_val": split.y_val}
    return fit_model(challenger, used.X_train, split.y_train, validation)


def _allowed_leakage(
    parent: ModelMetadata,
    split: DataSplit,
    leaks: Mapping[str, str],
    allow_leakage: str | Iterable[str],
) -> list[str]:
    """Return the columns that were allowed; raise LeakageError for others."""
    columns = parent.feature_columns or column_names(split.X_train)
    if leaks:
        return reject_leaks(columns, leaks, allow_leakage=allow_leakage)
    inherited = parent.additional_metrics.get("training_info", {})
    return list(inherited.get(ALLOWED_LEAKAGE, ()))


def _columns(X: Any, version: ModelMetadata) -> Any:
    return select_columns(X, version.feature_columns) if version.feature_columns else X


def _champion(
    registry: ModelRegistry, alias: str, parent: ModelMetadata, *, may_move: bool
) -> tuple[int | None, ModelMetadata]:
    """Return number and metadata of the alias's version, or None and the parent's metadata."""
    name = parent.model_id.rpartition(":")[0]
    if not may_move:
        _require_unprotected(registry, name, alias)
    try:
        champion = registry.get_metadata(f"{name}@{alias}")
    except AliasNotFoundError:
        return None, parent
    return champion.version, champion


def _predict(
    registry: ModelRegistry,
    champion: ModelMetadata,
    challenger: Any,
    parent: ModelMetadata,
    split: DataSplit,
    facts: Mapping[str, Any],
) -> tuple[dict[str, ModelPredictions], Scoring | None]:
    """Return the predictions of champion and challenger by name, and how they are measured."""
    old = _evaluate(registry.load_model(champion.model_id)[0], champion, split, facts)
    new = _evaluate(challenger, parent, split, facts)
    found = {champion.model_id: old, CHALLENGER: new}
    predictions = {
        name: read_predictions(each.arrays, name, each.scoring) for name, each in found.items()
    }
    return predictions, new.scoring


def _evaluate(
    model: Any, version: ModelMetadata, split: DataSplit, facts: Mapping[str, Any]
) -> Evaluation:
    """Measure a version by the options of the new one, and its predictions at its threshold."""
    options = {name: facts.get(name) for name in ("pos_label", "sample_weight", "predict")}
    own = inherited_scoring(version)
    if own.get("pos_label") == options["pos_label"]:
        options["threshold"] = own.get("threshold")
    return evaluate(model, _columns(split.X_test, version), split.y_test, **options)


def _register(
    registry: ModelRegistry,
    challenger: Any,
    parent: ModelMetadata,
    split: DataSplit,
    test_set: Holdout,
    comparison: PairedComparison,
    dataset: str | None,
    allowed: list[str],
    facts: Mapping[str, Any],
) -> str:
    info: dict[str, Any] = {"dataset": dataset, "validation_samples": len(split.X_val)}
    used = [_columns(X, parent) for X in (split.X_train, split.X_val)]
    learned = split._replace(X_train=used[0], X_val=used[1])
    if allowed:
        info[ALLOWED_LEAKAGE] = allowed
    return registry.register_model(
        challenger,
        parent.model_name,
        parent.algorithm,
        {VERDICT: comparison.to_dict()},
        training_info=info,
        X=_columns(split.X_train, parent),
        y=split.y_train,
        X_test=_columns(split.X_test, parent),
        y_test=split.y_test,
        parent=parent.model_id,
        attachments={
            **test_set.attachment(),
            **TrainingRows.of(*used).attachment(),
            **inherit_out_of_fold(challenger, parent, learned),
        },
        **facts,
    )


def _maybe_seen(champion: Holdout | None, test_set: Holdout) -> int | None:
    if champion is None or not len(champion.rows) or not len(test_set.rows):
        return None
    return int((~np.isin(test_set.rows, champion.rows)).sum())
