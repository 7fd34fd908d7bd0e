"""One metric of many versions: as much of them as a picture of it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.values.metric import most_frequent


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one version achieved.

    Attributes
    ----------
    model : str
        The model's name.
    version : int
        Version number.
    value : float
        The metric.
    created_at : datetime
        When the version was registered.
    aliases : tuple of str
        Its aliases, sorted.
    """

    model: str
    version: int
    value: float
    created_at: datetime
    aliases: tuple[str, ...] = ()

    @property
    def model_id(self) -> str:
        """The version's reference."""
        return f"{self.model}:{self.version}"


@dataclass(frozen=True, slots=True)
class Measurements:
    """A metric of all versions that have it.

    Attributes
    ----------
    metric : str or None
        Which one; None if the versions have none at all.
    items : sequence of Measurement
        By model and version.
    total : int
        How many versions there are, those without the metric too.
    known : tuple of str
        Which metrics there are, if none of the versions has this one.
    """

    metric: str | None
    items: Sequence[Measurement]
    total: int
    known: tuple[str, ...] = ()


def measurements_of(items: Sequence[ModelMetadata], metric: str | None = None) -> Measurements:
    """Read a metric off metadata.

    Parameters
    ----------
    items : sequence of ModelMetadata
        The versions.
    metric : str, optional
        By default the one that most of them have.

    Returns
    -------
    Measurements
        By model and version.

    Examples
    --------
    >>> measurements_of([registry["kepler_rf:1"]]).metric
    'f1_score'
    """
    counts = Counter(name for item in items for name in item.metrics)
    chosen = metric or most_frequent(counts)
    found = [
        Measurement(
            item.model_id.rpartition(":")[0],
            item.version,
            item.metrics[chosen],
            item.created_at,
            item.aliases,
        )
        for item in items
        if chosen in item.metrics
    ]
    found.sort(key=lambda one: (one.model, one.version))
    return Measurements(chosen, found, len(items), () if found else tuple(counts))
