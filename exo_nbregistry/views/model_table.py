"""What a registry says of a model as a whole: one line per name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.text.markup import Markup, badge, html_table, paragraph, stack, text_table
from exo_nbregistry.text.terminal import cut, line_width
from exo_nbregistry.values.reference import model_id

HEADERS = ("model", "versions", "latest", "aliases", "algorithm", "metric", "value", "since (UTC)")
MAX_ROWS = 20
_ALIGN = "lrrlllrl"
_TEXT_WIDTH = 140
_EMPTY = (
    "No model to list. Register one with registry.register_model(model=model, "
    "model_name='my_model'), or loosen the query."
)


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """A registered model: what is known of all its versions together.

    Attributes
    ----------
    model_name : str
        The name.
    latest_version : int
        The highest number; of those that are not deleted, unless these were asked for too.
    n_versions : int
        How many versions there are.
    registered_at : datetime
        When the latest version was registered.
    algorithm : str or None
        Of the latest version.
    aliases : mapping of str to int
        The version of each alias, by alias.
    metric : str or None
        What `series` holds; None if the latest version was measured in no way.
    series : tuple of (int, float)
        The metric by version, oldest first, of the last versions; those without it are left out.

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
    series: tuple[tuple[int, float], ...] = ()

    @property
    def latest_id(self) -> str:
        """The reference of the latest version."""
        return model_id(self.model_name, self.latest_version)

    @property
    def value(self) -> float | None:
        """The metric of the latest version; None if it was not measured."""
        if self.series and self.series[-1][0] == self.latest_version:
            return self.series[-1][1]
        return None


class Summaries(tuple[ModelSummary, ...]):
    """Models in the order in which they were asked for; a tuple that shows itself.

    Parameters
    ----------
    items : iterable of ModelSummary
        The models.
    total : int, optional
        How many there are in all, if these are only some of them.

    Attributes
    ----------
    total : int
        How many there are in all.

    Examples
    --------
    >>> registry.list_model_names()
    model      versions  latest  aliases  algorithm           metric     value  since (UTC)
    ---------  --------  ------  -------  ------------------  --------  ------  ----------------
    kepler_rf         1       1  -        LogisticRegression  f1_score  0.8000  2026-01-01 00:00
    """

    total: int

    def __new__(cls, items: Iterable[ModelSummary] = (), *, total: int | None = None) -> Summaries:
        """Keep the models and how many there are."""
        self = super().__new__(cls, items)
        self.total = len(self) if total is None else total
        return self

    def __repr__(self) -> str:
        """Return a text table of the first rows."""
        if not self:
            return _EMPTY
        width = line_width(_TEXT_WIDTH)
        table = text_table(HEADERS, self._rows(html=False), align=_ALIGN, width=width)
        return "\n".join([table, *self._more()])

    def to_html(self) -> str:
        """Return the models as HTML that needs no script and no style sheet."""
        if not self:
            return paragraph(_EMPTY)
        table = html_table(HEADERS, self._rows(html=True), align=_ALIGN)
        return stack([table, *map(paragraph, self._more())])

    _repr_html_ = html_unless_text(to_html)

    def _rows(self, *, html: bool) -> list[list[object]]:
        return [
            [
                item.model_name,
                item.n_versions,
                item.latest_version,
                _aliases(item.aliases, html=html),
                item.algorithm and cut(item.algorithm, 32),
                item.metric and cut(item.metric, 32),
                item.value,
                f"{item.registered_at.astimezone(UTC):%Y-%m-%d %H:%M}",
            ]
            for item in self[:MAX_ROWS]
        ]

    def _more(self) -> list[str]:
        rest = self.total - min(len(self), MAX_ROWS)
        return [f"… and {rest} more"] if rest > 0 else []


def _aliases(aliases: Mapping[str, int], *, html: bool) -> str | None:
    texts = [f"{alias} {version}" for alias, version in aliases.items()]
    if not html:
        return ", ".join(texts) or None
    return Markup("".join(map(badge, texts))) if texts else None
