"""One page of the browser panel: its query and its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from exo_nbregistry.api.registries import Registry
from exo_nbregistry.errors import InvalidReferenceError, RegistryError
from exo_nbregistry.panels.browser.log_capture import capture_logs
from exo_nbregistry.panels.browser.sparkline import Series
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.values.metric import usual_metric
from exo_nbregistry.views.listing import Listing
from exo_nbregistry.views.model_table import ModelSummary

VIEWS = ("versions", "models")


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Query for a page.

    Attributes
    ----------
    view : {'versions', 'models'}
        One row for each version, or for each model.
    where : str
        A filter.
    model_name : str
        If not empty, only versions of this model.
    order_by : str
        Sort order.
    number, size : int
        Number of the page, from 1, and number of rows of a page.
    include_deleted : bool
        Whether to include deleted versions.
    with_series : bool
        Whether to read the metric over the versions of each model.
    fold_children : bool
        Whether to omit versions that are folded under their parent.
    """

    view: str = "versions"
    where: str = ""
    model_name: str = ""
    order_by: str = ""
    number: int = 1
    size: int = 25
    include_deleted: bool = False
    with_series: bool = True
    fold_children: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a page.

    Attributes
    ----------
    ref : str
        Reference of the version, or of the latest version of a model. Empty if unreadable.
    item : ModelMetadata, ModelSummary or None
        The version or model; None if unreadable.
    error : str
        Reason why the row is unreadable.
    metric : str or None
        Metric in `series`.
    series : sequence of (int, float)
        Version numbers and values of the metric.
    children : int
        Number of versions that are folded under this one.
    """

    ref: str
    item: ModelMetadata | ModelSummary | None = None
    error: str = ""
    metric: str | None = None
    series: Series = ()
    children: int = 0

    @property
    def label(self) -> str:
        """The reference with the letter case of the name, for display."""
        return self.item.display_id if self.item is not None else self.ref

    @property
    def version(self) -> int | None:
        """Number of the version."""
        if isinstance(self.item, ModelSummary):
            return self.item.latest_version
        return self.item.version if self.item else None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a page.

    Attributes
    ----------
    rows : tuple of Row
        The rows, in order.
    total : int
        Number of rows on all pages.
    number : int
        Number of the page; the last page if the requested one does not exist.
    pages : int
        Number of pages, at least 1.
    hints : tuple of str
        Warnings of the registry.
    """

    rows: tuple[Row, ...] = ()
    total: int = 0
    number: int = 1
    pages: int = 1
    hints: tuple[str, ...] = field(default=())


def load_page(registry: Registry, query: PageQuery) -> Page:
    """Return a page.

    Raises
    ------
    RegistryError
        If the filter or the sort order is invalid, or the registry cannot be read.
    """
    with capture_logs() as hints:
        read = _models if query.view == "models" else _versions
        rows, total = read(registry, query)
        pages = max(1, -(-total // query.size))
        if query.number > pages:
            query = replace(query, number=pages)
            rows, total = read(registry, query)
    unique = tuple(dict.fromkeys(hints))
    return Page(tuple(rows), total, min(query.number, pages), pages, unique)


def _models(registry: Registry, query: PageQuery) -> tuple[list[Row], int]:
    found = registry.list_model_names(
        query.where,
        order_by=query.order_by,
        limit=query.size,
        offset=(query.number - 1) * query.size,
        include_deleted=query.include_deleted,
    )
    rows = [
        Row(model.latest_id, model, metric=model.metric, series=model.series) for model in found
    ]
    return rows, found.total


def _versions(registry: Registry, query: PageQuery) -> tuple[list[Row], int]:
    found = registry.list_models(
        query.model_name or None,
        where=query.where,
        order_by=query.order_by,
        limit=query.size,
        offset=(query.number - 1) * query.size,
        include_deleted=query.include_deleted,
        fold_children=query.fold_children,
    )
    rows = [_row(found, place) for place in range(len(found))]
    return (_with_series(registry, rows) if query.with_series else rows), found.total


def _row(found: Listing, place: int) -> Row:
    try:
        item = found[place]
    except (RegistryError, OSError) as error:
        return Row("", error=f"unreadable: {error}")
    return Row(item.model_id, item, children=found.children.get(item.model_id, 0))


def _with_series(registry: Registry, rows: Sequence[Row]) -> list[Row]:
    """Add to each row the usual metric of the versions of its model on the page."""
    versions: dict[str, list[ModelMetadata]] = {}
    for row in rows:
        if isinstance(row.item, ModelMetadata):
            versions.setdefault(row.item.model_name, []).append(row.item)
    counts = {
        name: Counter(metric for item in items for metric in item.metrics)
        for name, items in versions.items()
    }
    metrics = {name: usual for name in counts if (usual := usual_metric(counts[name]))}
    try:
        series = registry.metric_series(metrics)
    except InvalidReferenceError:
        # A record may contain an invalid name; its row is shown without a sparkline.
        return list(rows)
    return [
        replace(row, metric=metrics[name], series=series[name])
        if row.item is not None and (name := row.item.model_name) in metrics
        else row
        for row in rows
    ]
