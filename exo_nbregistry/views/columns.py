"""The table of the columns of version lists, in notebooks, terminals, panels and REST."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.text.markup import Markup, badge
from exo_nbregistry.text.terminal import cut
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.metric import DEFAULT_METRICS, default_metric, ordered
from exo_nbregistry.views.facts import ABSENT, flatten_params

MAX_METRICS = 4
MAX_PARAMETERS = 3
# Hyperparameters that do not change the model.
_TECHNICAL = {"n_jobs", "verbose", "memory", "copy_X"}
# Where a column is shown.
LISTING, TERMINAL, PANEL, JSON = "listing", "terminal", "panel", "json"
EVERYWHERE = (LISTING, TERMINAL, PANEL, JSON)


@dataclass(frozen=True, slots=True)
class VersionColumn:
    """A column of a list of versions.

    Attributes
    ----------
    name : str
        Name in filters, in the panel's ``columns`` and in JSON.
    title : str
        Heading.
    value : callable or None
        Takes a version and returns its value; by default its field `name`.
    text : callable
        Takes a value and returns text, a number, or None where there is no value.
    html : callable or None
        Takes a value and returns HTML; by default the text is shown.
    shown_in : tuple of str
        Any of `LISTING`, `TERMINAL`, `PANEL` and `JSON`.
    align : {'l', 'r'}
        Side.
    width : int or None
        Maximum width in a listing.
    panel_title : str
        Heading in the panel, if it differs.
    always : bool
        Whether a listing shows the column although it is empty.
    usual : object
        Value that does not need a column, beside None and empty values.
    """

    name: str
    title: str
    value: Callable[[ModelMetadata], Any] | None = None
    text: Callable[[Any], Any] = lambda value: value
    html: Callable[[Any], Markup | None] | None = None
    shown_in: tuple[str, ...] = EVERYWHERE
    align: str = "l"
    width: int | None = None
    panel_title: str = ""
    always: bool = False
    usual: Any = None

    def read(self, version: ModelMetadata) -> Any:
        """Return the value of a version."""
        return self.value(version) if self.value else getattr(version, self.name)

    def to_text(self, version: ModelMetadata) -> Any:
        """Return the cell of a version in a text table: text, a number or None."""
        return self.text(self.read(version))

    def to_html(self, version: ModelMetadata) -> Any:
        """Return the cell of a version in an HTML table: markup, text, a number or None."""
        value = self.read(version)
        return self.html(value) if self.html else self.text(value)

    def to_json(self, version: ModelMetadata) -> Any:
        """Return the JSON value of a version."""
        value = self.read(version)
        if isinstance(value, datetime):
            return value.isoformat()
        return encode(list(value) if isinstance(value, tuple) else value)

    def is_needed(self, versions: Iterable[ModelMetadata]) -> bool:
        """Return whether a version has a value that is not the usual one."""
        values = [value for value in map(self.read, versions) if value != self.usual]
        return any(self.text(value) not in (None, "") for value in values)


def format_tags(tags: Mapping[str, Any], separator: str = ", ") -> str:
    """Return tags as text.

    Examples
    --------
    >>> format_tags({"reviewed": True, "team": "vetting"})
    'reviewed, team=vetting'
    """
    return separator.join(
        str(name) if value is True else f"{name}={value}" for name, value in tags.items()
    )


def format_minute(instant: datetime) -> str:
    """Return a timestamp in UTC to the minute."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}"


def format_badges(labels: Sequence[str]) -> Markup | None:
    """Return labels as HTML badges; None without labels."""
    return Markup("".join(map(badge, labels))) if labels else None


def own_metric(version: ModelMetadata) -> str | None:
    """Return the default metric of a version, or its first metric if no direction is known.

    Examples
    --------
    >>> own_metric(registry["kepler_rf"]), own_value(registry["kepler_rf"])
    ('f1_score', 0.8)
    """
    return default_metric(version.metrics) or next(iter(ordered(version.metrics)), None)


def own_value(version: ModelMetadata) -> Any:
    """Return the value of the default metric of a version."""
    return version.metrics.get(own_metric(version) or "")


_TABLE = (
    VersionColumn("model_id", "model", shown_in=(LISTING, TERMINAL, JSON), always=True),
    VersionColumn(
        "aliases", "aliases", text=lambda a: ", ".join(a) or None, html=format_badges, always=True
    ),
    VersionColumn("algorithm", "algorithm", width=32, always=True),
    VersionColumn("metric", "metric", value=own_metric, shown_in=(PANEL,)),
    VersionColumn("value", "value", value=own_value, shown_in=(PANEL,), align="r"),
    VersionColumn(
        "created_at",
        "created (UTC)",
        text=format_minute,
        align="r",
        panel_title="registered",
        always=True,
    ),
    VersionColumn("status", "status", usual="active"),
    VersionColumn(
        "tags", "tags", text=lambda t: format_tags(t) or None, shown_in=(TERMINAL, PANEL, JSON)
    ),
    VersionColumn("description", "description", shown_in=(PANEL,)),
    VersionColumn("training_dataset", "data set", shown_in=(PANEL,)),
    VersionColumn("training_samples", "training rows", shown_in=(PANEL,), align="r"),
    VersionColumn("test_samples", "test rows", shown_in=(PANEL,), align="r"),
    VersionColumn("parent", "parent", shown_in=(PANEL,)),
    VersionColumn("signer", "signer", shown_in=(PANEL,)),
)
COLUMNS: Mapping[str, VersionColumn] = MappingProxyType({c.name: c for c in _TABLE})
# Columns of metrics follow this one.
_BEFORE_METRICS = "algorithm"


def columns_of(versions: Sequence[ModelMetadata], shown_in: str) -> list[VersionColumn]:
    """Return the columns of a list of versions, with its main metrics and varied hyperparameters.

    Parameters
    ----------
    versions : sequence of ModelMetadata
        The versions.
    shown_in : {'listing', 'terminal'}
        Where they are listed. A terminal has no empty columns.

    Returns
    -------
    list of VersionColumn
        In order.
    """
    found = []
    for column in COLUMNS.values():
        is_kept = column.always and shown_in == LISTING
        if shown_in in column.shown_in and (is_kept or column.is_needed(versions)):
            found.append(column)
        if column.name == _BEFORE_METRICS:
            found += _metric_columns(versions)
            found += parameter_columns(varied_parameters(versions))
    return found


def metric_column(name: str) -> VersionColumn:
    """Return the column of a metric."""
    return VersionColumn(
        f"metrics.{name}", name, value=lambda version: version.metrics.get(name), align="r"
    )


def parameter_columns(names: Sequence[str]) -> list[VersionColumn]:
    """Return the columns of hyperparameters; ``estimator__C`` is titled C if only one ends so."""
    short = Counter(name.rpartition("__")[2] for name in names)
    return [
        _parameter_column(name, end if short[end] == 1 else name)
        for name, end in ((name, name.rpartition("__")[2]) for name in names)
    ]


def _parameter_column(name: str, title: str) -> VersionColumn:
    return VersionColumn(
        f"hyperparameters.{name}",
        title,
        value=lambda version: flatten_params(version.hyperparameters).get(name, ABSENT),
        text=format_parameter,
        align="r",
        width=24,
    )


def format_parameter(value: Any) -> str | None:
    """Return a hyperparameter as it was set; None is a value, and `ABSENT` is not.

    Examples
    --------
    >>> format_parameter(1e-05), format_parameter("rbf"), format_parameter(None)
    ('1e-05', 'rbf', 'None')
    """
    if value is ABSENT:
        return None
    return value if isinstance(value, str) else repr(value)


def _metric_columns(versions: Sequence[ModelMetadata]) -> list[VersionColumn]:
    if has_different_tasks(versions):
        return [COLUMNS["metric"], COLUMNS["value"]]
    return list(map(metric_column, main_metrics(versions)))


def has_different_tasks(versions: Iterable[ModelMetadata]) -> bool:
    """Return whether versions have different default metrics, as classifiers and regressors.

    Such a list shows the default metric of each version with its name, because no metric is
    common to all of them.
    """
    return len(set(map(own_metric, versions)) & set(DEFAULT_METRICS)) > 1


def varied_parameters(versions: Iterable[ModelMetadata]) -> list[str]:
    """Return hyperparameters that differ between listed versions of the same model.

    Parameters
    ----------
    versions : iterable of ModelMetadata
        The versions.

    Returns
    -------
    list of str
        At most three names that at least three of four versions have, those with most values
        first. Versions of different algorithms are not compared.

    Examples
    --------
    >>> varied_parameters([registry["kepler_rf"]])
    []
    """
    listed = [(v.model_name, v.algorithm, flatten_params(v.hyperparameters)) for v in versions]
    having = Counter(name for _, _, parameters in listed for name in parameters)
    values: dict[str, int] = {}
    for name in sorted(having):
        seen: dict[Any, set[str]] = {}
        for model, algorithm, parameters in listed:
            if name in parameters:
                seen.setdefault((model, algorithm), set()).add(repr(parameters[name]))
        values[name] = max(map(len, seen.values()))
    varied = [
        name
        for name, n in values.items()
        if n > 1
        and 4 * having[name] >= 3 * len(listed)
        and name.rpartition("__")[2] not in _TECHNICAL
    ]
    return sorted(varied, key=lambda name: -values[name])[:MAX_PARAMETERS]


def main_metrics(versions: Iterable[ModelMetadata]) -> list[str]:
    """Return the most frequent metrics, at most four, in reading order.

    Examples
    --------
    >>> main_metrics([])
    []
    """
    counts = Counter(name for version in versions for name in version.metrics)
    frequent = sorted(ordered(counts), key=lambda name: -counts[name])
    return ordered(frequent[:MAX_METRICS])


def fit_cell(column: VersionColumn, cell: Any) -> Any:
    """Return a cell of a listing, cut to the width of its column."""
    return cut(cell, column.width) if column.width and isinstance(cell, str) else cell
