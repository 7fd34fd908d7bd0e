"""A registry with any versions that a test needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from exo_nbregistry.journal.read_cache import Reads
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.values.lazy_sequence import LazySequence
from exo_nbregistry.values.metric import higher_is_better
from exo_nbregistry.views.comparison import Comparison, compare
from exo_nbregistry.views.listing import Listing
from exo_nbregistry.views.model_table import ModelSummary, Summaries


class FakeRegistry:
    """A registry for a browser panel, with versions that a real registry would reject.

    Parameters
    ----------
    items : sequence of ModelMetadata or Exception
        The versions; an error represents an unreadable version.
    fields : mapping of str to sequence of str
        Names in each group of fields.
    """

    def __init__(
        self,
        items: Sequence[ModelMetadata | Exception],
        fields: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._items = items
        self._fields = {group: tuple(names) for group, names in (fields or {}).items()}
        self.queries: list[dict[str, Any]] = []

    def list_models(self, model_name: str | None = None, **query: Any) -> Listing:
        """Return all versions, each read on access."""
        self.queries.append(query)
        return Listing(
            LazySequence(_made, [(item,) for item in self._items]), total=len(self._items)
        )

    def list_model_names(self, where: str | None = None, **query: Any) -> Summaries:
        """Return a model for each version."""
        self.queries.append(query)
        return Summaries(
            ModelSummary(
                item.model_name,
                item.version,
                3,
                item.created_at,
                item.algorithm,
                dict.fromkeys(item.aliases, 1),
                next(iter(item.metrics), None),
                ((1, 0.5), (2, 0.75)),
            )
            for item in self._items
            if isinstance(item, ModelMetadata)
        )

    def metric_series(self, metrics: Mapping[str, str], **_search_lines: Any) -> dict[str, Any]:
        """Return three values for each metric."""
        return {name: ((1, 0.5), (2, 0.75), (3, float("inf"))) for name in metrics}

    def list_fields(self) -> dict[str, tuple[str, ...]]:
        """Return the given fields."""
        return self._fields

    def get_metadata(self, ref: str) -> ModelMetadata:
        """Return the version with a reference."""
        return next(
            item for item in self._items if isinstance(item, ModelMetadata) and item.model_id == ref
        )

    def consistent_reads(self, reads: Reads | None = None) -> AbstractContextManager[Reads]:
        """Read as always."""
        return nullcontext(reads or Reads())

    def compare_models(self, refs: Sequence[str]) -> Comparison:
        """Compare versions."""
        return compare([self.get_metadata(ref) for ref in refs], directions=higher_is_better)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Raise an error for an unexpected call."""
        raise AttributeError(f"no panel should call {name}")


def _made(row: tuple[ModelMetadata | Exception]) -> ModelMetadata:
    if isinstance(row[0], Exception):
        raise row[0]
    return row[0]
