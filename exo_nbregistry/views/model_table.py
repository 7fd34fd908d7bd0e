"""Summaries of registered models, one row for each name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.records.measurement import titled
from exo_nbregistry.text.markup import html_table, paragraph, stack, text_table
from exo_nbregistry.text.terminal import cut, line_width
from exo_nbregistry.values.reference import model_id
from exo_nbregistry.views.columns import format_badges, format_minute

HEADERS = ("model", "versions", "latest", "aliases", "algorithm", "metric", "value", "since (UTC)")
MAX_ROWS = 20
_ALIGN = "lrrlllrl"
_TEXT_WIDTH = 140
_EMPTY = (
    "No matching models. Register a model with registry.register_model(model=model, "
    "model_name='my_model'), or relax the filter."
)


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """Summary of a registered model over all its versions.

    Attributes
    ----------
    model_name : str
        Name.
    latest_version : int
        Highest number of a version; deleted versions count only if they are included.
    n_versions : int
        Number of versions that are not deleted.
    registered_at : datetime
        Timestamp of the latest version.
    algorithm : str or None
        Algorithm of the latest version.
    aliases : mapping of str to int
        Version of each alias.
    metric : str or None
        Metric of `series`; None if the latest version has no metrics.
    scoring : str
        How the metric of the latest version was measured, such as ``of CONFIRMED``; may be empty.
    series : tuple of (int, float)
        Metric by version, oldest first, of the last versions that have it.
    n_deleted : int
        Number of deleted and purged versions, if they are included.
    display_name : str
        Name as the user passed it for the latest version; empty if it is `model_name`.

    Examples
    --------
    >>> model = registry.list_model_names()[0]
    >>> model.latest_id, model.metric, model.value
    ('kepler_rf:1', 'f1_score', 0.8)
    """

    model_name: str
    latest_version: int
    n_versions: int
    registered_at: datetime
    algorithm: str | None = None
    aliases: Mapping[str, int] = field(default_factory=dict)
    metric: str | None = None
    scoring: str = ""
    series: tuple[tuple[int, float], ...] = ()
    n_deleted: int = 0
    display_name: str = ""

    @property
    def latest_id(self) -> str:
        """Model ID of the latest version."""
        return model_id(self.model_name, self.latest_version)

    @property
    def display_id(self) -> str:
        """Model ID of the latest version, with the letter case of its name."""
        return f"{self.display_name or self.model_name}:{self.latest_version}"

    @property
    def metric_title(self) -> str | None:
        """Name of the metric, with how it was measured: ``f1_score (of CONFIRMED)``."""
        return self.metric and titled(self.metric, [self.scoring])

    @property
    def value(self) -> float | None:
        """Metric of the latest version; None if it is missing."""
        if self.series and self.series[-1][0] == self.latest_version:
            return self.series[-1][1]
        return None


class Summaries(tuple[ModelSummary, ...]):
    """Tuple of models in the requested order.

    Parameters
    ----------
    items : iterable of ModelSummary
        The models.
    total : int, optional
        Total number of models, if `items` holds only some of them.

    Attributes
    ----------
    total : int
        Total number of models.

    Examples
    --------
    >>> registry.list_model_names()
    model      versions  latest  aliases  algorithm           metric     value  since (UTC)
    ---------  --------  ------  -------  ------------------  --------  ------  ----------------
    kepler_rf         1       1  -        LogisticRegression  f1_score  0.8000  2026-01-01 00:00
    """

    total: int

    def __new__(cls, items: Iterable[ModelSummary] = (), *, total: int | None = None) -> Summaries:
        """Return the models with their total number."""
        self = super().__new__(cls, items)
        self.total = len(self) if total is None else total
        return self

    def __repr__(self) -> str:
        """Return a text table of the first rows."""
        if not self:
            return _EMPTY
        width = line_width(_TEXT_WIDTH)
        table = text_table(HEADERS, self.rows()[:MAX_ROWS], align=_ALIGN, width=width)
        return "\n".join([table, *self._more()])

    def to_html(self) -> str:
        """Return the models as HTML without scripts or style sheets."""
        if not self:
            return paragraph(_EMPTY)
        table = html_table(HEADERS, self.rows(html=True)[:MAX_ROWS], align=_ALIGN)
        return stack([table, *map(paragraph, self._more())])

    _repr_html_ = html_unless_text(to_html)

    def rows(self, *, html: bool = False) -> list[list[object]]:
        """Return the cells of each model, for the columns `HEADERS`.

        Examples
        --------
        >>> registry.list_model_names().rows()[0][:3]
        ['kepler_rf', 1, 1]
        """
        return [
            [
                item.display_name or item.model_name,
                _versions(item),
                item.latest_version,
                _aliases(item.aliases, html=html),
                item.algorithm and cut(item.algorithm, 32),
                item.metric_title and cut(item.metric_title, 32),
                item.value,
                format_minute(item.registered_at),
            ]
            for item in self
        ]

    def _more(self) -> list[str]:
        rest = self.total - min(len(self), MAX_ROWS)
        return [f"… and {rest} more"] if rest > 0 else []


def _versions(item: ModelSummary) -> int | str:
    deleted = f"{item.n_versions}, {item.n_deleted} deleted"
    return deleted if item.n_deleted else item.n_versions


def _aliases(aliases: Mapping[str, int], *, html: bool) -> str | None:
    texts = [f"{alias} {version}" for alias, version in aliases.items()]
    if not html:
        return ", ".join(texts) or None
    return format_badges(texts)
