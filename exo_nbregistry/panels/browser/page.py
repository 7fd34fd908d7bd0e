"""One page of the browser panel: what is asked of the registry, and what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from exo_nbregistry.errors import InvalidReferenceError, RegistryError
from exo_nbregistry.panels.browser.log_capture import capture_logs
from exo_nbregistry.panels.browser.sparkline import Series
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.views.columns import main_metrics
from exo_nbregistry.views.listing import Listing
from exo_nbregistry.views.model_table import ModelSummary, Summaries

VIEWS = ("versions", "models")


class Registry(Protocol):
    """The calls of a registry that the browser panel makes."""

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
        """List versions."""

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
        """List models."""

    def metric_series(
        self, metrics: Mapping[str, str], *, include_deleted: bool = False
    ) -> dict[str, tuple[tuple[int, float], ...]]:
        """Return how metrics went."""

    def list_fields(self) -> dict[str, tuple[str, ...]]:
        """Return the names of metrics, hyperparameters and tags."""

    def get_metadata(self, ref: str) -> ModelMetadata:
        """Return what is known of a version."""


@dataclass(frozen=True, slots=True)
class PageQuery:
    """What a page shows.

    Attributes
    ----------
    view : {'versions', 'models'}
        One row per version, or one per name.
    where : str
        A filter.
    model_name : str
        Only this model's versions, if not empty.
    order_by : str
        What to sort by.
    number, size : int
        Which page, from 1, and how many rows it has.
    include_deleted : bool
        Deleted versions too.
    with_series : bool
        Whether the versions' metric over their model's versions is shown.
    """

    view: str = "versions"
    where: str = ""
    model_name: str = ""
    order_by: str = ""
    number: int = 1
    size: int = 25
    include_deleted: bool = False
    with_series: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes
    ----------
    ref : str
        The version that it stands for; of a model the latest. Empty if it cannot be read.
    item : ModelMetadata, ModelSummary or None
        What is known; None if it cannot be read.
    error : str
        Why it cannot be read.
    metric : str or None
        What `series` holds.
    series : sequence of (int, float)
        The metric over the model's versions.
    """

    ref: str
    item: ModelMetadata | ModelSummary | None = None
    error: str = ""
    metric: str | None = None
    series: Series = ()

    @property
    def version(self) -> int | None:
        """The version's number."""
        if isinstance(self.item, ModelSummary):
            return self.item.latest_version
        return self.item.version if self.item else None


@dataclass(frozen=True, slots=True)
class Page:
    """What came.

    Attributes
    ----------
    rows : tuple of Row
        The rows, in order.
    total : int
        How many there are on all pages.
    number : int
        Which page it is: the last one, if there are fewer than asked for.
    pages : int
        How many pages there are, at least 1.
    hints : tuple of str
        What the registry warned of.
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
        If the filter or the order is outside the language, or the registry cannot be read.
    """
    with capture_logs() as hints:
        read = _models if query.view == "models" else _versions
        rows, total = read(registry, query)
        pages = max(1, -(-total // query.size))
        if query.number > pages:
            query = replace(query, number=pages)
            rows, total = read(registry, query)
    told = tuple(dict.fromkeys(hints))
    return Page(tuple(rows), total, min(query.number, pages), pages, told)


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
    )
    rows = [_row(found, place) for place in range(len(found))]
    return (_with_series(registry, rows) if query.with_series else rows), found.total


def _row(found: Listing, place: int) -> Row:
    try:
        item = found[place]
    except (RegistryError, OSError) as error:
        return Row("", error=f"unreadable: {error}")
    return Row(item.model_id, item)


def _with_series(registry: Registry, rows: Sequence[Row]) -> list[Row]:
    """Give each version the metric that most versions of its model on the page have."""
    versions: dict[str, list[ModelMetadata]] = {}
    for row in rows:
        if isinstance(row.item, ModelMetadata):
            versions.setdefault(row.item.model_name, []).append(row.item)
    mains = {name: main_metrics(items)[:1] for name, items in versions.items()}
    metrics = {name: main[0] for name, main in mains.items() if main}
    try:
        series = registry.metric_series(metrics)
    except InvalidReferenceError:
        # A record may say a name that is none; its row stands without a line.
        return list(rows)
    return [
        replace(row, metric=metrics[name], series=series[name])
        if row.item is not None and (name := row.item.model_name) in metrics
        else row
        for row in rows
    ]
