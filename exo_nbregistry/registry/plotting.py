"""Plots of versions, and the trials of their searches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.plot.kinds import Kind, choose, find_kind
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.metric_series import Measurements, measurements_of
from exo_nbregistry.records.trials import ATTACHMENT, StoredSearch
from exo_nbregistry.registry.argument import check_text
from exo_nbregistry.registry.attachment_reader import AttachmentReader
from exo_nbregistry.registry.retrieval import Retrieval
from exo_nbregistry.registry.search import Search
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.spelling import either
from exo_nbregistry.values.reference import model_key, parse_reference
from exo_nbregistry.views.trials import Trials

if TYPE_CHECKING:
    from exo_nbregistry.plot.view import Plot

_OPTIONS = {
    "metric": ("metric", "hyperparameter", "monitoring", "curve"),
    "hyperparameter": ("hyperparameter",),
}
# In these plots, a single name means all versions of the model.
_OVER_VERSIONS = ("metric", "hyperparameter", "monitoring")


class Plotting:
    """Registry methods that plot versions and show their trials.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    search : Search
        Lists versions.
    retrieval : Retrieval
        Loads models and evaluation arrays.
    attachments : AttachmentReader
        Loads attachments.
    """

    def __init__(
        self,
        workspace: Workspace,
        search: Search,
        retrieval: Retrieval,
        attachments: AttachmentReader,
    ) -> None:
        self._work = workspace
        self._search = search
        self._retrieval = retrieval
        self._attachments = attachments

    def plot(
        self,
        kind: str,
        refs: str | Sequence[str] | None = None,
        *,
        model_name: str | None = None,
        where: str | None = None,
        metric: str | None = None,
        hyperparameter: str | None = None,
        figsize: tuple[float, float | None] | None = None,
    ) -> Plot:
        """Plot versions as a figure, with the same numbers as text.

        The figure uses the current matplotlib style, such as ``plt.style.use("dark_background")``.

        Parameters
        ----------
        kind : str
            For several versions: ``metric`` (over versions, with aliases), ``roc``,
            ``precision_recall``, ``confusion_matrix``, ``calibration``, ``probabilities`` (by
            class), ``hyperparameter`` (against a metric), ``curve`` (of the training, over
            iterations or epochs); of regressors ``residuals``, ``predicted_vs_true`` and
            ``error_distribution``; ``monitoring`` (metrics that `add_metrics` added, over time).
            For one version: ``trials`` (of its
            hyperparameter search) and ``importances``. Only ``importances`` loads the model, with
            the checks of `load_model`.
        refs : str or sequence of str, optional
            References to the versions. For ``metric``, ``hyperparameter`` and ``monitoring``, a
            single name means all versions of the model; otherwise a name means its latest version.
        model_name : str, optional
            Plot the versions of this model, or the newest ones if there are many. Cannot be
            combined with `refs`.
        where : str, optional
            Only versions that match this filter. Cannot be combined with `refs`.
        metric : str, optional
            Metric for ``metric``, ``hyperparameter``, ``monitoring`` and ``curve``; by default the
            usual metric of the versions, such as ``f1_score`` for classifiers and ``r2`` for
            regressors.
        hyperparameter : str, optional
            Hyperparameter for ``hyperparameter``; by default the one with the most values.
        figsize : tuple of float, optional
            Width and height in inches; the default is matplotlib's ``figure.figsize``. If the
            height is None, the figure fits the width, with panels below each other if it is
            narrow.

        Returns
        -------
        Plot
            A plot that displays its figure, with ``figure``, ``save(path)``, ``to_png()`` and
            ``to_frame()``.

        Raises
        ------
        NotFoundError
            If the kind of plot or a version does not exist.
        RegistryError
            If no version has the data for this kind of plot.

        Examples
        --------
        >>> plot = registry.plot("metric", "kepler_rf", metric="accuracy")
        >>> plot
        accuracy of kepler_rf
        <BLANKLINE>
        model        accuracy  created
        -----------  --------  ----------
        kepler_rf:1    0.9000  2026-01-01
        """
        found = find_kind(kind)
        options: dict[str, Any] = {"figsize": _checked_size(figsize)}
        for name, value in (("metric", metric), ("hyperparameter", hyperparameter)):
            if found.name in _OPTIONS[name]:
                options[name] = value
            elif value is not None:
                takers = either(_OPTIONS[name])
                raise RegistryError(f"{name} is an option of the kind {takers}, not of {kind}.")
        refs, model_name = _normalize_refs(found, refs, model_name, where)
        from exo_nbregistry.plot.renderers import RENDERERS

        if found.reads == "metric":
            measured = self._measurements(refs, model_name, where, options.pop("metric"))
            return RENDERERS[found.name](measured, **options)
        if refs is None:
            order = "-version" if model_name is not None else "-created_at"
            newest = self._search.list_models(model_name, where=where, order_by=order)
            shown, notes = choose(found, newest, everything=False)
            shown.reverse()  # oldest first
        else:
            items = self._metadata_of(refs)
            shown, notes = choose(found, items, everything=True)
        if found.reads != "metadata":
            options["data"] = [self._plot_data(found, item.model_id) for item in shown]
        return RENDERERS[found.name](shown, notes=notes, **options)

    def trials(self, ref: str) -> Trials:
        """Return the trials of the hyperparameter search of a version.

        Parameters
        ----------
        ref : str
            Any reference.

        Returns
        -------
        Trials
            The trials, best first, as a table with ``to_frame()``.

        Raises
        ------
        NotFoundError
            If the version has no trials.

        Examples
        --------
        >>> from sklearn.linear_model import Ridge
        >>> tried = [{"alpha": 0.1, "score": 0.7}, {"alpha": 1.0, "score": 0.8}]
        >>> ref = registry.register_model(
        ...     Ridge(alpha=1.0).fit([[0.0], [1.0]], [0.0, 1.0]), "spectra", trials=tried
        ... )
        >>> registry.trials(ref)[0].params
        {'alpha': 1.0}
        """
        metadata = self._work.metadata(ref)
        if ATTACHMENT not in metadata.attachments:
            raise NotFoundError(
                f"{metadata.model_id} has no trials; register a fitted search, or pass trials= to "
                "register_model.",
                name=ref,
            )
        stored = self._attachments.load_attachment(metadata.model_id, ATTACHMENT)
        return Trials(metadata.display_id, StoredSearch.of(stored))

    def _measurements(
        self,
        refs: Sequence[str] | None,
        model_name: str | None,
        where: str | None,
        metric: str | None,
    ) -> Measurements:
        """Return the values of a metric, read from records for references or from the index."""
        if refs is not None:
            return measurements_of(self._metadata_of(refs), metric)
        check_text("where", where or "")
        key = None if model_name is None else model_key(model_name)
        if key is not None:
            self._work.journal.snapshot(key).existing_versions()
        found = self._work.index.measured(metric, where, key)
        if not found.total and where:
            self._search.log_query_hints(where)
        return found

    def _metadata_of(self, refs: Sequence[str]) -> list[ModelMetadata]:
        """Return the metadata of versions, without duplicates."""
        with self._work.journal.shared_reads():
            items = [self._work.metadata(ref) for ref in refs]
        return list({item.model_id: item for item in items}.values())

    def _plot_data(self, kind: Kind, ref: str) -> Any:
        if kind.reads == "model":
            return self._retrieval.load_model(ref)[0]
        if kind.reads == "evaluation":
            return self._retrieval.load_evaluation(ref)
        return self._attachments.load_attachment(ref, kind.reads)


def _normalize_refs(
    kind: Kind, refs: str | Sequence[str] | None, name: str | None, where: str | None
) -> tuple[Sequence[str] | None, str | None]:
    """Return either references without duplicates, or a model name, or neither."""
    if refs is None:
        return None, name
    if name is not None or where is not None:
        raise RegistryError(
            "plot() takes either references, such as ['kepler_rf:1', 'kepler_rf:2'], or "
            "model_name and where."
        )
    if not isinstance(refs, Iterable):
        raise RegistryError(
            f"plot() requires references such as ['kepler_rf:1'], got {refs!r:.60}."
        )
    given = list(dict.fromkeys([refs] if isinstance(refs, str) else refs))
    if not given:
        raise RegistryError("plot() requires at least one reference; the list is empty.")
    if kind.name in _OVER_VERSIONS and len(given) == 1 and _is_name(given[0]):
        return None, given[0]
    return given, None


def _is_name(ref: str) -> bool:
    reference = parse_reference(ref)
    return reference.version is None and reference.alias is None


def _checked_size(figsize: Any) -> tuple[float, float | None] | None:
    if figsize is None:
        return None
    try:
        width, height = (None if size is None else float(size) for size in figsize)
    except (TypeError, ValueError):
        width = height = 0.0
    if width is None or not (0 < width <= 100 and (height is None or 0 < height <= 100)):
        raise RegistryError(
            f"figsize must be a width and a height in inches, such as (8, 5), got {figsize!r:.60}."
        )
    return width, height
