"""Which pictures there are, and which of them a version can show; nothing is loaded to tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import count
from exo_nbregistry.values.metric_table import METRICS

_MAX_LISTED = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of picture.

    Attributes
    ----------
    name : str
        What `ModelRegistry.plot` calls it.
    title : str
        What a button says.
    reads : {'metric', 'metadata', 'evaluation', 'trials', 'model'}
        What it needs of each version; only the last one deserialises anything.
    can : callable
        Tells of a version's metadata whether it has that.
    lacks : str
        What a version is without that cannot.
    hint : str
        How to register one that can.
    min_versions, max_versions : int
        How many versions it takes; of more, the newest.
    """

    name: str
    title: str
    reads: str
    can: Callable[[ModelMetadata], bool]
    lacks: str
    hint: str = "a classifier with X_test and y_test"
    min_versions: int = 1
    max_versions: int = 8


_SCORES = "scores of test rows"
_PROBABILITIES = "probabilities of test rows"


def _is_scored(item: ModelMetadata) -> bool:
    return "evaluation" in item.attachments and "roc_auc" in item.metrics


def _is_probable(item: ModelMetadata) -> bool:
    has_metric = any(
        metric.needs == "probabilities" and name in item.metrics for name, metric in METRICS.items()
    )
    return "evaluation" in item.attachments and has_metric


_ALL = (
    Kind(
        "metric",
        "Metric over versions",
        "metric",
        lambda item: bool(item.metrics),
        "metrics",
        "with X_test and y_test, or with evaluation_results",
        max_versions=10**9,
    ),
    Kind("roc", "ROC curve", "evaluation", _is_scored, _SCORES),
    Kind("precision_recall", "Precision-recall curve", "evaluation", _is_scored, _SCORES),
    Kind(
        "confusion_matrix",
        "Confusion matrix",
        "metadata",
        lambda item: bool(item.additional_metrics.get("confusion_matrix")),
        "a confusion matrix",
    ),
    Kind("calibration", "Reliability curve", "evaluation", _is_probable, _PROBABILITIES),
    Kind("probabilities", "Probabilities by class", "evaluation", _is_probable, _PROBABILITIES),
    Kind(
        "hyperparameter",
        "Hyperparameter against metric",
        "metadata",
        lambda item: bool(item.metrics and item.hyperparameters),
        "metrics or hyperparameters",
        min_versions=2,
        max_versions=1000,
    ),
    Kind(
        "trials",
        "Trials of the search",
        "trials",
        lambda item: "trials" in item.attachments,
        "the trials of a search",
        "by the register method of what tune() returned",
        max_versions=1,
    ),
    Kind(
        "importances",
        "Feature importances",
        "model",
        lambda item: item.artifact is not None and item.status != "purged",
        "a stored model",
        "with a model",
        max_versions=1,
    ),
)
KINDS = {kind.name: kind for kind in _ALL}


def find_kind(name: str) -> Kind:
    """Return a kind by its name.

    Raises
    ------
    NotFoundError
        If there is none; the message has those that come close.
    """
    if name not in KINDS:
        raise NotFoundError(f"{name!r:.60} is no kind of plot.", name=str(name), known=KINDS)
    return KINDS[name]


def plot_kinds(items: ModelMetadata | Iterable[ModelMetadata]) -> tuple[str, ...]:
    """Return the kinds of plot that a version, or several together, can show.

    It goes by the metadata alone, so it is cheap enough for a panel's buttons.

    Parameters
    ----------
    items : ModelMetadata or iterable of ModelMetadata
        The version, or the versions.

    Returns
    -------
    tuple of str
        For `ModelRegistry.plot`; only ``importances`` loads the model.
    """
    versions = [items] if isinstance(items, ModelMetadata) else list(items)
    return tuple(
        kind.name
        for kind in KINDS.values()
        if len(versions) >= kind.min_versions and any(map(kind.can, versions))
    )


def choose(
    kind: Kind, items: Sequence[ModelMetadata], *, everything: bool
) -> tuple[list[ModelMetadata], list[str]]:
    """Return the versions to draw, and a sentence on those that are left out.

    Parameters
    ----------
    kind : Kind
        What to draw.
    items : sequence of ModelMetadata
        The versions that were asked for; if not each was named, the newest first.
    everything : bool
        Whether each of them was named. If not, no more of them are read than are drawn.

    Returns
    -------
    shown : list of ModelMetadata
        At most as many as the kind takes.
    notes : list of str
        Which ones are not.

    Raises
    ------
    RegistryError
        If none of them can be drawn.
    """
    lacking: list[ModelMetadata] = []
    able: list[ModelMetadata] = []
    for item in items:
        (able if kind.can(item) else lacking).append(item)
        if not everything and len(able) == kind.max_versions:
            break
    if len(able) < kind.min_versions:
        raise RegistryError(_too_few(kind, lacking, len(able)))
    notes = [
        *_named(f"Left out, without {kind.lacks}", lacking),
        *_named(
            f"Left out, for want of room for more than {kind.max_versions}",
            able[kind.max_versions :],
        ),
    ]
    if rest := len(items) - len(able) - len(lacking):
        notes.append(f"Only the newest are drawn; {count(rest, 'older version')} not looked at.")
    return able[: kind.max_versions], notes


def _too_few(kind: Kind, lacking: Sequence[ModelMetadata], able: int) -> str:
    if able:
        needed = count(kind.min_versions, "version")
        return f"{kind.name} takes {needed} or more, and was given {able}."
    if not lacking:
        return "There is no version to draw: loosen the filter, or register one."
    return (
        f"There is nothing to draw, without {kind.lacks}: {_listed(lacking)}. Register {kind.hint}."
    )


def _named(what: str, items: Sequence[ModelMetadata]) -> list[str]:
    return [f"{what}: {_listed(items)}."] if items else []


def _listed(items: Sequence[ModelMetadata]) -> str:
    more = f" and {len(items) - _MAX_LISTED} more" if len(items) > _MAX_LISTED else ""
    return ", ".join(item.model_id for item in items[:_MAX_LISTED]) + more
