"""Listing, filtering and ranking of versions."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from exo_nbregistry.errors import NotFoundError, RegistryError, close_matches
from exo_nbregistry.index.index import Index
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.argument import check_count, check_text
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.values.metric import higher_is_better as metric_direction
from exo_nbregistry.values.reference import model_key
from exo_nbregistry.views.listing import Listing


class Search:
    """Registry methods that query versions in the index.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._journal = workspace.journal

    @property
    def _index(self) -> Index:
        return self._work.index

    def list_models(
        self,
        model_name: str | None = None,
        *,
        where: str | None = None,
        order_by: str | Sequence[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        include_deleted: bool = False,
    ) -> Listing:
        """List matching versions.

        Parameters
        ----------
        model_name : str, optional
            Only versions of this model.
        where : str, optional
            Filter in a small subset of Python, such as
            ``metrics.f1_score > 0.9 and 'reviewed' in tags``.
        order_by : str or sequence of str, optional
            Fields; a leading ``-`` sorts in descending order. The default is name and version.
        limit : int, optional
            Maximum number of versions.
        offset : int
            Number of versions to skip.
        include_deleted : bool
            Include deleted and purged versions.

        Returns
        -------
        Listing
            An immutable sequence of ModelMetadata with a table display and ``to_frame()``.

        Raises
        ------
        QueryError
            If `where` or `order_by` is invalid; the message marks the position.
        ModelNotFoundError
            If the model does not exist.

        Examples
        --------
        >>> registry.list_models(where="metrics.accuracy >= 0.5").ids
        ('kepler_rf:1',)
        """
        model = None if model_name is None else model_key(model_name)
        check_text("where", where or "")
        fields = [order_by] if isinstance(order_by, str) else order_by or ()
        for field in fields if isinstance(fields, Sequence) else [fields]:
            check_text("order_by", field)
        found = self._index.search(
            where=where,
            order_by=fields,
            limit=None if limit is None else check_count("limit", limit),
            offset=check_count("offset", offset),
            model=model,
            include_deleted=include_deleted,
        )
        if found.total == 0 and model is not None:
            self._journal.snapshot(model).existing_versions()
        if found.total == 0 and where:
            self.log_unknown_fields([where])
        else:
            self.log_unknown_fields(found.unknown)
        return Listing(found.items, total=found.total)

    def log_unknown_fields(self, texts: Sequence[str]) -> None:
        """Log the fields that no version has; they are probably misspelled.

        Parameters
        ----------
        texts : sequence of str
            Filters or sort orders.
        """
        for group, name in (named for text in texts for named in _named_fields(text)):
            known = self._index.known_fields(group)
            if known and name not in known:
                close = [f"{group}.{found}" for found in close_matches(name, known)]
                hint = f": did you mean {' or '.join(close)}?" if close else "."
                log.warning("No version has %s.%s%s", group, name, hint)

    def best_version(
        self,
        metric: str,
        model_name: str | None = None,
        *,
        where: str | None = None,
        higher_is_better: bool | None = None,
    ) -> ModelMetadata:
        """Return the metadata of the version with the best value of a metric.

        Parameters
        ----------
        metric : str
            Metric such as ``f1_score`` or ``log_loss``.
        model_name : str, optional
            Only versions of this model.
        where : str, optional
            Only versions that match this filter.
        higher_is_better : bool, optional
            Direction of the metric; required if it is not a scikit-learn metric.

        Returns
        -------
        ModelMetadata
            Metadata of the best version. Of equal versions, the newest is returned. Versions
            without the metric are ignored.

        Raises
        ------
        NotFoundError
            If no version has the metric.
        """
        model, number = self.find_best(metric, model_name, where, higher_is_better)
        return self._journal.snapshot(model).metadata(number)

    def find_best(
        self, metric: str, model_name: str | None, where: str | None, higher_is_better: bool | None
    ) -> tuple[str, int]:
        """Return the version with the best value of a metric.

        Parameters
        ----------
        metric, model_name, where, higher_is_better
            As in `best_version`.

        Returns
        -------
        model : str
            Key of the model.
        number : int
            Number of the version.
        """
        check_text("metric", metric)
        check_text("where", where or "")
        direction = metric_direction(metric) if higher_is_better is None else higher_is_better
        if direction is None:
            measured = self._index.known_fields("metrics")
            if metric not in measured:
                raise NotFoundError(
                    f"No version has the metric {metric!r}.", name=metric, known=measured
                )
            raise RegistryError(
                f"Cannot tell whether a higher {metric} is better; pass "
                "higher_is_better=True or False."
            )
        model = None if model_name is None else model_key(model_name)
        if model is not None:
            self._journal.snapshot(model).existing_versions()
        best = self._index.best(metric, higher_is_better=direction, where=where, model=model)
        if best is None:
            measured = self._index.known_fields("metrics")
            raise NotFoundError(
                f"No matching version{f' of {model}' if model else ''} has the metric "
                f"{metric!r}; register with evaluation_results, or with X_test and y_test.",
                name=metric,
                known=() if metric in measured else measured,
            )
        return best


def _named_fields(text: str) -> list[tuple[str, str]]:
    """Return the metrics and hyperparameters in a filter or sort order."""
    return [
        (node.value.id, node.attr)
        for node in ast.walk(ast.parse(text.strip(), mode="eval"))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("metrics", "hyperparameters")
    ]
