"""Metrics that are measured after the registration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.arguments import read_mapping
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.field_types import require_kinds
from exo_nbregistry.records.later_metrics import LaterMetrics, encode_event
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.argument import one_version
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.values.plain_values import to_plain
from exo_nbregistry.values.reference import parse_reference
from exo_nbregistry.views.facts import same
from exo_nbregistry.views.later_metrics import MetricSeries


class Monitoring:
    """Registry methods for metrics that are measured after the registration.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._journal = workspace.journal

    def add_metrics(
        self,
        ref: str,
        metrics: Mapping[str, float],
        *,
        at: datetime | date | str | None = None,
        on: str = "",
    ) -> ModelMetadata:
        """Add metrics that were measured after the registration, such as in production.

        They are stored as ``metadata.later_metrics``. The metrics of the registration do not
        change, and later metrics never decide which version is best. Added metrics are permanent:
        to correct a value, add the correct one with the same `at` and `on`.

        Parameters
        ----------
        ref : str
            Reference to the version.
        metrics : mapping of str to float
            Names and values. Other values than numbers are an error.
        at : datetime, date or str, optional
            Time of the measurement, or ISO 8601 text; UTC without a time zone. By default now. If
            the same metrics with the same `at` and `on` exist, nothing is added.
        on : str
            The data that were used, such as ``2026-11 production``.

        Returns
        -------
        ModelMetadata
            Metadata of the version, with its later metrics.

        Raises
        ------
        RecordError
            If no metric is passed, a value is not a number, or `at` is not a time.
        NotFoundError
            If the version does not exist or was deleted.

        Examples
        --------
        >>> version = registry.add_metrics(
        ...     "kepler_rf:1", {"f1_score": 0.75}, at="2026-11-30", on="2026-11 production"
        ... )
        >>> version.later_metrics[0].metrics, version.metrics["f1_score"]
        ({'f1_score': 0.75}, 0.8)
        """
        values, instant, source = _read_metrics(metrics), _read_instant(at), _read_source(on)
        reference = parse_reference(ref)

        def decide(snapshot: Snapshot) -> dict[str, Any] | None:
            number = snapshot.resolve_active(reference)
            given = (values, instant, source)
            for known in snapshot.state.of(number).later_metrics:
                if same((known.metrics, known.at, known.on), given):
                    return None
            return encode_event(values, instant, source) | {"version": number}

        after = self._journal.append(reference.key, decide, self._work.actor)
        return after.metadata(after.resolve(reference))

    def later_metrics(self, ref: str, version: int | None = None) -> MetricSeries:
        """Return the metrics of a version that were measured after its registration.

        Parameters
        ----------
        ref : str
            Any reference.
        version : int, optional
            Version number, if `ref` is the name of a model.

        Returns
        -------
        MetricSeries
            A tuple of ``LaterMetrics``, by time of measurement, with a table display and
            ``to_frame()``.

        Raises
        ------
        NotFoundError
            If the version does not exist.

        Examples
        --------
        >>> version = registry.add_metrics(
        ...     "kepler_rf:1", {"f1_score": 0.75}, at="2026-11-30", on="2026-11 production"
        ... )
        >>> registry.later_metrics("kepler_rf:1")
        at (UTC)          on                  f1_score
        ----------------  ------------------  --------
        2026-11-30 00:00  2026-11 production    0.7500
        """
        metadata = self._work.metadata(one_version(ref, version, "later_metrics"))
        return MetricSeries(metadata.later_metrics, model_id=metadata.model_id)


def _read_metrics(metrics: Any) -> dict[str, float]:
    if metrics is None:
        raise RecordError("metrics must be a dict, got None.", key="metrics")
    values = read_mapping(metrics, "metrics")
    if not values:
        raise RecordError(
            "Pass at least one metric, such as add_metrics(ref, {'f1_score': 0.87}).", key="metrics"
        )
    for name, value in values.items():
        if not isinstance(name, str) or not name.strip():
            raise RecordError(
                f"The name of a metric must be non-empty text, got {name!r:.60}.", key="metrics"
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            key = f"metrics.{name}"
            raise RecordError(f"{key} must be a number, got {value!r:.60}.", key=key)
    require_kinds(LaterMetrics(values, datetime.now(UTC), "", ""))
    return values


def _read_instant(at: Any) -> datetime | None:
    """Return a time in UTC."""
    if at is None:
        return None
    given = at
    if type(at).__module__ == "numpy" and hasattr(at, "astype"):
        given = at.astype("datetime64[us]").item()
    if isinstance(given, str):
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            given = None
    if not isinstance(given, date) or str(given) == "NaT":
        raise RecordError(
            f"at must be a datetime, a date or ISO 8601 text such as '2026-11-30', got {at!r:.60}.",
            key="at",
        )
    plain = to_plain(given, "at")
    if not isinstance(plain, datetime):
        plain = datetime(plain.year, plain.month, plain.day, tzinfo=UTC)
    if plain.tzinfo is None:
        return plain.replace(tzinfo=UTC)
    try:
        return plain.astimezone(UTC)
    except OverflowError:
        raise RecordError(
            f"at must be in the years 1 to 9999 in UTC, got {at!r:.100}.", key="at"
        ) from None


def _read_source(on: Any) -> str:
    if not isinstance(on, str):
        raise RecordError(
            f"on must be text such as '2026-11 production', got {on!r:.60}.", key="on"
        )
    text: str = to_plain(on, "on")
    return text.strip()
