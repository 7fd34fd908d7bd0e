"""Listing of registered models, one line per model."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.index.filter_language import NAMED_GROUPS
from exo_nbregistry.journal.record_files import MAX_AT_ONCE, Place
from exo_nbregistry.records.measurement import measured_as
from exo_nbregistry.records.metadata_fields import decode_field
from exo_nbregistry.registry.argument import check_count, check_text
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.values.metric import main_metric, ordered
from exo_nbregistry.values.reference import model_key
from exo_nbregistry.views.model_table import ModelSummary, Summaries

_GROUPS = (*NAMED_GROUPS, "tags")


class Overview:
    """Registry methods that summarize each model over its versions.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    log_query_hints : callable
        Logs hints on a filter and on sort fields that no version has.
    """

    def __init__(
        self, workspace: Workspace, log_query_hints: Callable[[str, Sequence[str]], None]
    ) -> None:
        self._work = workspace
        self._log_query_hints = log_query_hints

    def list_model_names(
        self,
        where: str | None = None,
        *,
        metric: str | None = None,
        order_by: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        include_deleted: bool = False,
    ) -> Summaries:
        """List models, one line per model.

        Parameters
        ----------
        where : str, optional
            Only models with a version that matches this filter; see `list_models`.
        metric : str, optional
            Metric to show; by default that of `default_metric`, of the latest version.
        order_by : str or sequence of str, optional
            Fields of the latest version, as in `list_models`, or ``n_versions``; a leading ``-``
            sorts in descending order. The default is the name.
        limit : int, optional
            Maximum number of models.
        offset : int
            Number of models to skip.
        include_deleted : bool
            Include deleted and purged versions.

        Returns
        -------
        Summaries
            A tuple of ModelSummary with a table display. ``total`` is the number of matching
            models.

        Raises
        ------
        QueryError
            If `where` or `order_by` is invalid; the message marks the position.

        Examples
        --------
        >>> [(model.model_name, model.n_versions) for model in registry.list_model_names()]
        [('kepler_rf', 1)]
        """
        check_text("where", where or "")
        if metric is not None:
            check_text("metric", metric)
        fields = [order_by] if isinstance(order_by, str) else order_by or ()
        for field in fields if isinstance(fields, Sequence) else [fields]:
            check_text("order_by", field)
        with self._work.journal.shared_reads():
            found, unknown = self._work.index.names(
                where,
                fields,
                None if limit is None else check_count("limit", limit),
                check_count("offset", offset),
                include_deleted,
            )
            self._log_query_hints(*((where, ()) if where and not found.total else ("", unknown)))
            chosen = self._shown_metrics(found, metric)
            series = self.metric_series(
                {name: shown for name, (shown, _) in chosen.items() if shown},
                include_deleted=include_deleted,
            )
        summaries = (
            dataclasses.replace(
                model,
                metric=chosen[model.model_name][0],
                scoring=chosen[model.model_name][1],
                series=series.get(model.model_name, ()),
            )
            for model in found
        )
        return Summaries(summaries, total=found.total)

    def metric_series(
        self, metrics: Mapping[str, str], *, include_deleted: bool = False
    ) -> dict[str, tuple[tuple[int, float], ...]]:
        """Return the values of a metric for the last 50 versions of each model.

        Parameters
        ----------
        metrics : mapping of str to str
            Name of the metric by model name.
        include_deleted : bool
            Include deleted and purged versions.

        Returns
        -------
        dict of str to tuple of (int, float)
            Pairs of version and value, oldest first, by model name. Versions without the metric
            are omitted.

        Examples
        --------
        >>> registry.metric_series({"kepler_rf": "accuracy"})
        {'kepler_rf': ((1, 0.9),)}
        """
        keys = {name: model_key(name) for name in metrics}
        wanted = {keys[name]: metric for name, metric in metrics.items()}
        found = self._work.index.series(wanted, include_deleted) if wanted else {}
        return {name: found[key] for name, key in keys.items()}

    def list_fields(self) -> dict[str, tuple[str, ...]]:
        """Return the names of all metrics, hyperparameters, results and tags, for filters.

        Returns
        -------
        dict of str to tuple of str
            Names for the keys ``metrics`` (in display order), ``hyperparameters``, ``results``,
            ``training_info``, ``later_metrics`` and ``tags``. Nested names have dots.

        Examples
        --------
        >>> registry.list_fields()["metrics"]
        ('f1_score', 'accuracy')
        """
        found = self._work.index.fields(_GROUPS)
        return {group: tuple(names) for group, names in found.items()} | {
            "metrics": tuple(ordered(found["metrics"]))
        }

    def list_field_values(self) -> dict[str, tuple[str, ...]]:
        """Return the values of the fields that have few of them, for completions of filters.

        Returns
        -------
        dict of str to tuple of str
            At most 50 values for the keys ``model_name``, ``algorithm``, ``aliases``, ``tags`` and
            ``status``.

        Examples
        --------
        >>> registry.list_field_values()["algorithm"]
        ('LogisticRegression',)
        """
        return self._work.index.field_values()

    def _shown_metrics(
        self, models: Sequence[ModelSummary], metric: str | None
    ) -> dict[str, tuple[str | None, str]]:
        """Return the result of `_shown_metric` by model name."""
        chosen: dict[str, tuple[str | None, str]] = {}
        for start in range(0, len(models), MAX_AT_ONCE):
            part = models[start : start + MAX_AT_ONCE]
            latest = [Place(model_key(model.model_name), model.latest_version) for model in part]
            self._work.journal.read_ahead(latest)
            chosen |= {model.model_name: self._shown_metric(model, metric) for model in part}
        return chosen

    def _shown_metric(self, model: ModelSummary, metric: str | None) -> tuple[str | None, str]:
        """Return the metric to show, and how it was measured in the latest version."""
        try:
            record = self._work.journal.skim(model_key(model.model_name), model.latest_version)
            stored = record.content.get("scoring")
            scoring = decode_field("scoring", stored) if stored else None
        except RegistryError:
            # verify() reports the damaged record.
            return metric, ""
        metrics = list(record.content.get("metrics", ()))
        shown = metric or main_metric(metrics)
        part = measured_as(scoring, shown) if shown and shown in metrics else None
        return shown, part.label if part else ""
