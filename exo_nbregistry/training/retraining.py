"""The next version: the same hyperparameters on new data, and whether it is any better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from exo_nbregistry.errors import AliasNotFoundError, RegistryError
from exo_nbregistry.evaluation.paired_tests import PairedComparison, compare_predictions
from exo_nbregistry.evaluation.test_set import Holdout, describe_test_set, read_test_set
from exo_nbregistry.evaluation.weighted_metrics import Predictions
from exo_nbregistry.exoplanet.data.columns import select_columns
from exo_nbregistry.exoplanet.data.split import StarSplit
from exo_nbregistry.introspection.metrics import evaluate
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.training.fitting import fit_model

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

CHALLENGER = "challenger"
VERDICT = "champion_challenger"
"""The key of ``additional_metrics`` that holds the comparison."""


@dataclass(frozen=True, repr=False)
class Retrained:
    """What came of retraining a version.

    Attributes
    ----------
    model_id, parent, champion : str
        The new version, the one whose hyperparameters it has, and the one it was compared with.
    comparison : PairedComparison
        Champion and challenger on the new test set.
    maybe_seen : int or None
        Test rows that were not in the champion's own test set, so that it may have learnt from
        them: the comparison leans to the champion then. None if its version does not say.
    promoted : bool
        Whether the alias was moved.
    alias : str
        The alias that names the champion.
    """

    model_id: str
    parent: str
    champion: str
    comparison: PairedComparison
    maybe_seen: int | None
    promoted: bool
    alias: str

    @property
    def is_better(self) -> bool:
        """Whether the new version is shown to be better than the champion."""
        return self.comparison.better == CHALLENGER

    def __repr__(self) -> str:
        """Return what was made, the comparison, and what became of the alias."""
        seen = "it is not known how many" if self.maybe_seen is None else str(self.maybe_seen)
        lines = [
            f"{self.model_id} was retrained from {self.parent} and challenges {self.champion}.",
            repr(self.comparison),
        ]
        if self.maybe_seen != 0:
            lines.append(
                f"The champion may have learnt from some of the {self.comparison.n_rows} test rows "
                f"({seen}), which leans the comparison to its side."
            )
        moved = "points at it now" if self.promoted else "was left where it was"
        return "\n".join([*lines, f"The alias {self.alias!r} {moved}."])


def retrain(
    registry: ModelRegistry,
    ref: str,
    split: StarSplit,
    *,
    dataset: str | None = None,
    groups: ArrayLike | None = None,
    alias: str = "champion",
    promote: bool = False,
    force: str = "",
    n_resamples: int = 2000,
    confidence: float = 0.95,
    random_state: int = 42,
    progress: bool = True,
    **facts: Any,
) -> Retrained:
    """Fit a registered version anew on other data, and register what comes of it.

    Parameters
    ----------
    registry : ModelRegistry
        Where the version is, and the new one will be.
    ref : str
        Reference to the version whose hyperparameters, seed and columns are used.
    split : StarSplit
        The new data, as `split_by_star` parts them. Nothing is chosen on the test part.
    dataset : str, optional
        Name of the new data, such as ``koi.name``.
    groups : array-like of shape (n_test,), optional
        The star of each test row, where KOI names do not tell it.
    alias : str, default="champion"
        Names the version to compare with; where there is none, that is the parent.
    promote : bool, default=False
        Whether to point the alias at the new version if it is shown to be better.
    force : str, default=""
        Why to promote it although it is not shown to be better; kept as a note.
    n_resamples, confidence, random_state, progress
        As for `ModelEvaluator`.
    **facts : object
        Further arguments of ``register_model``, such as ``description`` and ``tags``.

    Returns
    -------
    Retrained
        The new version, and how it compares. The comparison is kept with it, in
        ``additional_metrics["champion_challenger"]``.

    Raises
    ------
    RegistryError
        If the version holds no estimator that can be fitted again.
    SignatureMismatchError
        If the new data lack a column.
    ConflictError
        If somebody moved the alias meanwhile; the new version is registered all the same.
    """
    if force and not promote:
        raise ValueError("force says why to promote: pass promote=True with it.")
    model, parent = registry.load_model(ref)
    name = parent.model_id.rpartition(":")[0]
    held = describe_test_set(split.X_test, split.y_test, groups)
    challenger = _fit(model, parent, split)
    there, champion = _champion(registry, name, alias, parent)
    judged = {
        champion.model_id: _predict(registry.load_model(champion.model_id)[0], champion, split),
        CHALLENGER: _predict(challenger, parent, split),
    }
    comparison = compare_predictions(
        judged,
        held.stars,
        n_resamples=n_resamples,
        confidence=confidence,
        random_state=random_state,
        progress=progress,
    )
    model_id = _register(
        registry, challenger, parent, split, held, comparison, dataset=dataset, facts=facts
    )
    promoted = promote and (comparison.better == CHALLENGER or bool(force))
    if promoted:
        _promote(registry, model_id, alias, there, "" if comparison.better == CHALLENGER else force)
    return Retrained(
        model_id=model_id,
        parent=parent.model_id,
        champion=champion.model_id,
        comparison=comparison,
        maybe_seen=_maybe_seen(read_test_set(registry, champion.model_id), held),
        promoted=promoted,
        alias=alias,
    )


def _promote(
    registry: ModelRegistry, model_id: str, alias: str, there: int | None, force: str
) -> None:
    name, _, number = model_id.rpartition(":")
    registry.set_alias(name, alias, int(number), expected=there)
    if force:
        registry.annotate(model_id, f"Promoted to {alias}, not shown to be better: {force}")


def _fit(model: Any, parent: ModelMetadata, split: StarSplit) -> Any:
    from sklearn.base import clone

    try:
        challenger = clone(model)
    except TypeError:
        raise RegistryError(
            f"{parent.model_id} is no estimator of scikit-learn's kind, so nobody knows how to fit "
            "it again: train a new one and register it with parent=."
        ) from None
    validation = {"X_val": _columns(split.X_val, parent), "y_val": split.y_val}
    return fit_model(challenger, _columns(split.X_train, parent), split.y_train, validation)


def _columns(X: Any, version: ModelMetadata) -> Any:
    return select_columns(X, version.feature_columns) if version.feature_columns else X


def _champion(
    registry: ModelRegistry, name: str, alias: str, parent: ModelMetadata
) -> tuple[int | None, ModelMetadata]:
    """Return the version that the alias points at, and its number; else None and the parent."""
    try:
        champion = registry.get_metadata(f"{name}@{alias}")
    except AliasNotFoundError:
        return None, parent
    return champion.version, champion


def _predict(model: Any, version: ModelMetadata, split: StarSplit) -> Predictions:
    found = evaluate(model, _columns(split.X_test, version), split.y_test)
    return Predictions.of_arrays(found.arrays, version.model_id)


def _register(
    registry: ModelRegistry,
    challenger: Any,
    parent: ModelMetadata,
    split: StarSplit,
    held: Holdout,
    comparison: PairedComparison,
    *,
    dataset: str | None,
    facts: Mapping[str, Any],
) -> str:
    info = {"dataset": dataset, "validation_samples": len(split.X_val)}
    # What leaks goes on leaking.
    info |= {
        name: value
        for name, value in parent.additional_metrics.get("training_info", {}).items()
        if name == "allowed_leakage"
    }
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
        attachments=held.attachment(),
        **facts,
    )


def _maybe_seen(known: Holdout | None, held: Holdout) -> int | None:
    if known is None or not len(known.rows) or not len(held.rows):
        return None
    return int((~np.isin(held.rows, known.rows)).sum())
