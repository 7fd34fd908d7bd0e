"""Listing, filtering and ranking of versions."""

from __future__ import annotations

from collections.abc import Sequence

from exo_nbregistry.index.filter_language import NAMED_GROUPS, unknown_fields
from exo_nbregistry.index.index import Index
from exo_nbregistry.index.search_text import word_hints
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.argument import check_count, check_text
from exo_nbregistry.registry.best import best_query, find_best, metric_and_model
from exo_nbregistry.registry.folding import Folding
from exo_nbregistry.registry.overview import Overview
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.spelling import either
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
        fold_children: bool = False,
    ) -> Listing:
        """List matching versions.

        Parameters
        ----------
        model_name : str, optional
            Only versions of this model.
        where : str, optional
            Filter: words such as ``kepler forest``, an expression such as
            ``metrics.f1_score > 0.9 and 'reviewed' in tags``, or words before an expression. Text
            has the methods ``contains``, ``startswith``, ``endswith`` and ``like``, such as
            ``description.like('%test%')``.
        order_by : str or sequence of str, optional
            Fields; a leading ``-`` sorts in descending order. The default is name and version.
        limit : int, optional
            Maximum number of versions.
        offset : int
            Number of versions to skip.
        include_deleted : bool
            Include deleted and purged versions.
        fold_children : bool
            Omit the children of a version that has three or more, such as the trials of a
            search. The latest version of a model and versions with an alias are kept.

        Returns
        -------
        Listing
            An immutable sequence of ModelMetadata with a table display and ``to_frame()``. If all
            versions are listed, and some models or children would fill the table, the display
            has one row for each model, or folds the children; ``all()`` shows the versions.

        Raises
        ------
        QueryError
            If `where` or `order_by` is invalid; the message marks the position.
        ModelNotFoundError
            If the model does not exist.

        Examples
        --------
        >>> registry.list_models(where="kepler metrics.accuracy >= 0.5").ids
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
            fold_children=fold_children,
        )
        if found.total == 0 and model is not None:
            self._journal.snapshot(model).existing_versions()
        if found.total == 0 and where:
            self.log_query_hints(where)
        else:
            self.log_query_hints("", found.unknown)
        is_whole = not (where or fields or limit or offset or fold_children)
        fold = self._folding(model_name, include_deleted).fold if is_whole else None
        return Listing(found.items, total=found.total, children=found.children, fold=fold)

    def _folding(self, model_name: str | None, include_deleted: bool) -> Folding:
        models = Overview(self._work, self.log_query_hints).list_model_names
        return Folding(self.list_models, models, model_name, include_deleted)

    def log_query_hints(self, where: str, orders: Sequence[str] = ()) -> None:
        """Log the fields that no version has, and words that are probably fields or operators.

        Parameters
        ----------
        where : str
            A filter.
        orders : sequence of str
            Sort fields.
        """
        for text in filter(None, [where, *orders]):
            known = self._index.fields(NAMED_GROUPS)
            for field, close in unknown_fields(text, known).items():
                hint = f": did you mean {either(close)}?" if close else "."
                log.warning("No version has %s%s", field, hint)
        for hint in word_hints(where):
            log.warning("%s", hint)

    def default_metric(self, model_name: str | None = None, *, where: str | None = None) -> str:
        """Return the metric by which `best_version` and `get_best_model` rank by default.

        Parameters
        ----------
        model_name : str, optional
            Only versions of this model.
        where : str, optional
            Only versions that match this filter.

        Returns
        -------
        str
            ``f1_score`` for classifiers, ``r2`` for regressors, ``silhouette`` for clusterings;
            otherwise the most frequent metric of the versions.

        Raises
        ------
        NotFoundError
            If the model does not exist, or no version has a metric.
        RegistryError
            If the versions have different default metrics, such as classifiers and regressors.

        Examples
        --------
        >>> registry.default_metric("kepler_rf")
        'f1_score'
        """
        return best_query(self._work, None, model_name, where).metric

    def best_version(
        self,
        name: str | None = None,
        /,
        model_name: str | None = None,
        *,
        metric: str | None = None,
        where: str | None = None,
        higher_is_better: bool | None = None,
    ) -> ModelMetadata:
        """Return the metadata of the version with the best value of a metric.

        Parameters
        ----------
        name : str, optional
            The name of a metric or of a model; a metric has precedence.
        model_name : str, optional
            Only versions of this model.
        metric : str, optional
            Metric such as ``f1_score``. For losses such as ``log_loss``, lower is better. The
            default is the result of `default_metric`: ``f1_score`` for classifiers, ``r2`` for
            regressors.
        where : str, optional
            Only versions that match this filter.
        higher_is_better : bool, optional
            Direction of the metric; required if it is not a scikit-learn metric.

        Returns
        -------
        ModelMetadata
            Metadata of the best version. Of equal versions, the newest is returned. Versions
            without a finite value of the metric are ignored.

        Raises
        ------
        NotFoundError
            If no version has the metric.
        RegistryError
            If the direction is unknown, or the versions have different default metrics.

        Examples
        --------
        >>> registry.best_version("kepler_rf").model_id
        'kepler_rf:1'
        """
        with self._journal.shared_reads():
            model, number = self.find_best(
                *metric_and_model(name, model_name, metric), where, higher_is_better
            )
            return self._journal.snapshot(model).metadata(number)

    def find_best(
        self,
        metric: str | None,
        model_name: str | None,
        where: str | None,
        higher_is_better: bool | None,
    ) -> tuple[str, int]:
        """Return key and number of the version with the best value of a metric.

        Parameters
        ----------
        metric, model_name, where, higher_is_better
            As in `best_version`.

        Returns
        -------
        tuple of (str, int)
            Key of the model, and number of the version.
        """
        query = best_query(self._work, metric, model_name, where)
        return find_best(self._work, query, higher_is_better)
