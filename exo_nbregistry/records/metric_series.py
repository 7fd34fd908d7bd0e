"""The values of one metric over many versions, for plots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.metric import usual_metric


@immutable
@dataclass(frozen=True, slots=True)
class Measurement:
    """The metric of one version.

    Attributes
    ----------
    model : str
        Name of the model.
    version : int
        Version number.
    value : float
        Value of the metric.
    created_at : datetime
        Time of the registration.
    aliases : tuple of str
        Aliases of the version, sorted.
    display_name : str
        Name of the model in the letter case of the registration.
    """

    model: str
    version: int
    value: float
    created_at: datetime
    aliases: tuple[str, ...]
    display_name: str

    @property
    def display_id(self) -> str:
        """Reference to the version, for display."""
        return f"{self.display_name}:{self.version}"


@dataclass(frozen=True, slots=True)
class Measurements:
    """The values of one metric over all versions that have it.

    Attributes
    ----------
    metric : str or None
        Name of the metric; None if the versions have no metrics.
    items : sequence of Measurement
        The values, sorted by model and version.
    total : int
        Number of versions, including those without the metric.
    known : tuple of str
        Available metrics, if no version has this one.
    scorings : mapping of Scoring to int
        Number of these versions by how their metrics were measured, if it is recorded.
    """

    metric: str | None
    items: Sequence[Measurement]
    total: int
    known: tuple[str, ...] = ()
    scorings: Mapping[Scoring, int] = field(default_factory=dict)


def measurements_of(items: Sequence[ModelMetadata], metric: str | None = None) -> Measurements:
    """Return the values of a metric from metadata.

    Parameters
    ----------
    items : sequence of ModelMetadata
        The versions.
    metric : str, optional
        Name of the metric; by default the usual metric of the versions.

    Returns
    -------
    Measurements
        The values, sorted by model and version.

    Examples
    --------
    >>> measurements_of([registry["kepler_rf:1"]]).metric
    'f1_score'
    """
    counts = Counter(name for item in items for name in item.metrics)
    chosen = metric or usual_metric(counts)
    found = [
        Measurement(
            item.model_id.rpartition(":")[0],
            item.version,
            item.metrics[chosen],
            item.created_at,
            item.aliases,
            item.display_id.rpartition(":")[0],
        )
        for item in items
        if chosen in item.metrics
    ]
    found.sort(key=lambda one: (one.model, one.version))
    scorings = Counter(item.scoring for item in items if chosen in item.metrics and item.scoring)
    return Measurements(chosen, found, len(items), () if found else tuple(counts), scorings)
