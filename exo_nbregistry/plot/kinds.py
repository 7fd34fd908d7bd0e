"""The kinds of plots, and which of them a version has data for; only metadata are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.spelling import close_matches
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.metric_table import METRICS

NO_VERSIONS = "Cannot plot: no matching versions. Relax the filter, or register a model."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of plot.

    Attributes
    ----------
    name : str
        Name for `ModelRegistry.plot`.
    title : str
        Label of its button.
    reads : {'metric', 'metadata', 'evaluation', 'trials', 'curves', 'model'}
        Input from each version; only ``model`` deserializes anything.
    can : callable
        Takes the metadata of a version and returns whether it has the input.
    lacks : str
        Name of the input without an article, for notes and errors.
    hint : str
        How to register a version with it, or a sentence.
    min_versions, max_versions : int
        Limits of the number of versions; of more, the newest are shown.
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
_NUMBERS = "numbers predicted for test rows"
_PROBABILITIES = "probabilities of test rows"


def _is_scored(item: ModelMetadata) -> bool:
    return "evaluation" in item.attachments and "roc_auc" in item.metrics


def _is_probable(item: ModelMetadata) -> bool:
    has_metric = any(
        metric.needs == "probabilities" and name in item.metrics for name, metric in METRICS.items()
    )
    return "evaluation" in item.attachments and has_metric


def _is_regressed(item: ModelMetadata) -> bool:
    has_metric = any(
        metric.needs == "numbers" and name in item.metrics for name, metric in METRICS.items()
    )
    return "evaluation" in item.attachments and has_metric


def _of_regressor(name: str, title: str) -> Kind:
    hint = "a regressor with X_test and y_test"
    return Kind(name, title, "evaluation", _is_regressed, _NUMBERS, hint)


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
        "confusion matrix",
    ),
    Kind("calibration", "Reliability curve", "evaluation", _is_probable, _PROBABILITIES),
    Kind("probabilities", "Probabilities by class", "evaluation", _is_probable, _PROBABILITIES),
    _of_regressor("residuals", "Residuals"),
    _of_regressor("predicted_vs_true", "Predicted against true"),
    _of_regressor("error_distribution", "Distribution of errors"),
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
        "monitoring",
        "Metrics measured later",
        "metadata",
        lambda item: bool(item.later_metrics),
        "metrics measured later",
        "Add them with registry.add_metrics.",
    ),
    Kind(
        "trials",
        "Search trials",
        "trials",
        lambda item: "trials" in item.attachments,
        "trials of a search",
        "a fitted search, or with trials=",
        max_versions=1,
    ),
    Kind(
        "curve",
        "Training curve",
        "curves",
        lambda item: "curves" in item.attachments,
        "curves of the training",
        "with curves=, or a booster that was fitted with eval_set",
    ),
    Kind(
        "importances",
        "Feature importances",
        "model",
        lambda item: item.artifact is not None and item.status != "purged",
        "stored model",
        "with a model",
        max_versions=1,
    ),
)
KINDS = {kind.name: kind for kind in _ALL}


def find_kind(name: str) -> Kind:
    """Return a kind of plot by its name.

    Raises
    ------
    NotFoundError
        If the name is unknown; the message has close matches, or all kinds.
    """
    if name not in KINDS:
        listed = "" if close_matches(str(name), KINDS) else f" Choose one of {', '.join(KINDS)}."
        raise NotFoundError(f"Unknown plot {name!r:.60}.{listed}", name=str(name), known=KINDS)
    return KINDS[name]


def plot_kinds(items: ModelMetadata | Iterable[ModelMetadata]) -> tuple[str, ...]:
    """Return the kinds of plots that are available for one or several versions.

    Only metadata are read, so it is fast enough for the buttons of a panel.

    Parameters
    ----------
    items : ModelMetadata or iterable of ModelMetadata
        One or several versions.

    Returns
    -------
    tuple of str
        Names for `ModelRegistry.plot`; only ``importances`` loads the model.
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
    """Return the versions to plot, and notes on omitted versions.

    Parameters
    ----------
    kind : Kind
        Kind of plot.
    items : sequence of ModelMetadata
        Requested versions; newest first unless each was named.
    everything : bool
        Whether each version was named. If False, only as many as are shown are read.

    Returns
    -------
    shown : list of ModelMetadata
        At most ``kind.max_versions``.
    notes : list of str
        Omitted versions.

    Raises
    ------
    RegistryError
        If no version can be plotted.
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
        *_named(f"Omitted, without {kind.lacks}", lacking),
        *_named(
            f"Omitted, limit of {kind.max_versions} versions",
            able[kind.max_versions :],
        ),
    ]
    if rest := len(items) - len(able) - len(lacking):
        notes.append(f"Only the newest are shown; {count(rest, 'older version')} omitted.")
    return able[: kind.max_versions], notes


def no_version_has(what: str, name: str, known: Sequence[str]) -> RegistryError:
    """Return the error for a metric or hyperparameter that no version has.

    Examples
    --------
    >>> no_version_has("metric", "f2", ["f1_score", "recall"])
    RegistryError("Cannot plot metric 'f2': no version has it. Available: f1_score, recall.")
    """
    available = name_list(known) or "none"
    return RegistryError(
        f"Cannot plot {what} {name!r:.80}: no version has it. Available: {available}."
    )


def _too_few(kind: Kind, lacking: Sequence[ModelMetadata], able: int) -> str:
    if able:
        needed = count(kind.min_versions, "version")
        return f"Plot {kind.name!r} requires at least {needed}, got {able}."
    if not lacking:
        return NO_VERSIONS
    hint = kind.hint if kind.hint.endswith(".") else f"Register {kind.hint}."
    return f"Cannot plot {kind.name!r}: no {kind.lacks} in {_listed(lacking)}. {hint}"


def _named(what: str, items: Sequence[ModelMetadata]) -> list[str]:
    return [f"{what}: {_listed(items)}."] if items else []


def _listed(items: Sequence[ModelMetadata]) -> str:
    return name_list(item.display_id for item in items)
