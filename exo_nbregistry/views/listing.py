"""A sequence of model versions, shown as a table."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

from exo_nbregistry.config import html_unless_text
from exo_nbregistry.errors import NotFoundError, RegistryError
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.nested_parameters import flatten_params
from exo_nbregistry.text.markup import Markup, html_table, paragraph, stack, text_table
from exo_nbregistry.text.terminal import line_width
from exo_nbregistry.values.lazy_sequence import LazySequence
from exo_nbregistry.values.metric import ordered
from exo_nbregistry.views.columns import columns_of, table_rows
from exo_nbregistry.views.folding import children_sentence, models_sentence
from exo_nbregistry.views.metric_columns import scoring_label
from exo_nbregistry.views.model_table import Summaries
from exo_nbregistry.views.passed_columns import passed_columns
from exo_nbregistry.views.version_column import LISTING, VersionColumn

if TYPE_CHECKING:
    import pandas as pd

MAX_ROWS = 20
_TEXT_WIDTH = 140
_EMPTY = (
    "No matching versions. Register a model with registry.register_model(model=model, "
    "model_name='my_model'), or relax the filter."
)


class Listing(Sequence[ModelMetadata]):
    """An immutable sequence of model versions, in the requested order.

    Parameters
    ----------
    items : iterable of ModelMetadata
        The versions. A `LazySequence` is not read until needed.
    total : int, optional
        Total number of versions, if `items` holds only the first of them.
    children : mapping of str to int, optional
        Number of children by model ID, of versions whose children are not listed.
    fold : callable, optional
        Takes a number of rows, and returns fewer items to display instead of the versions, or
        None.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> listing = Listing(
    ...     [
    ...         ModelMetadata(
    ...             model_id=f"kepler_rf:{n}",
    ...             model_name="kepler_rf",
    ...             version=n,
    ...             algorithm="RandomForest",
    ...             metrics={"f1_score": 0.8 + n / 100},
    ...             created_at=datetime(2026, 1, n, tzinfo=timezone.utc),
    ...         )
    ...         for n in (1, 2)
    ...     ]
    ... )
    >>> listing
    model        aliases  algorithm     f1_score     created (UTC)
    -----------  -------  ------------  --------  ----------------
    kepler_rf:1  -        RandomForest    0.8100  2026-01-01 00:00
    kepler_rf:2  -        RandomForest    0.8200  2026-01-02 00:00
    >>> listing[1:].ids
    ('kepler_rf:2',)
    >>> listing["kepler_rf:2"].version, "kepler_rf:3" in listing
    (2, False)
    """

    __slots__ = ("_children", "_fold", "_items", "_total")

    def __init__(
        self,
        items: Iterable[ModelMetadata] = (),
        *,
        total: int | None = None,
        children: Mapping[str, int] | None = None,
        fold: Callable[[int], Summaries | Listing | None] | None = None,
    ) -> None:
        self._items = items if isinstance(items, LazySequence) else tuple(items)
        self._total = len(self._items) if total is None else total
        self._children = dict(children or {})
        self._fold = fold

    @overload
    def __getitem__(self, index: SupportsIndex | str) -> ModelMetadata: ...
    @overload
    def __getitem__(self, index: slice) -> Listing: ...
    def __getitem__(self, index: SupportsIndex | str | slice) -> ModelMetadata | Listing:
        """Return one version, by its position or model ID, or a shorter listing.

        Raises
        ------
        NotFoundError
            If the listing has no version with this model ID.
        """
        if isinstance(index, slice):
            return Listing(self._items[index])
        if not isinstance(index, str):
            return self._items[operator.index(index)]
        found = self._find(index)
        if found is None:
            raise NotFoundError(
                f"{index!r:.80} is not among the {len(self)} versions of this listing.",
                name=index,
                known=self.ids,
            )
        return found

    def __contains__(self, item: object) -> bool:
        """Return whether the listing has a version, given as metadata or model ID."""
        return self._find(item) is not None if isinstance(item, str) else item in tuple(self)

    def _find(self, model_id: str) -> ModelMetadata | None:
        key = model_id.lower()
        return next((item for item in self._items if item.model_id == key), None)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.ids)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        """Return whether another listing has equal versions in the same order."""
        return tuple(self) == tuple(other) if isinstance(other, Listing) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # metadata holds dicts

    @property
    def ids(self) -> tuple[str, ...]:
        """Model IDs, in order."""
        return tuple(item.model_id for item in self._items)

    @property
    def total(self) -> int:
        """Total number of versions, before the limit."""
        return self._total

    @property
    def children(self) -> dict[str, int]:
        """Number of children by model ID, of versions whose children are not listed."""
        return dict(self._children)

    def all(self) -> Listing:
        """Return the same versions, displayed with one row for each version.

        Examples
        --------
        >>> Listing().all() == Listing()
        True
        """
        return Listing(self._items, total=self._total)

    def folded(self, size: int = MAX_ROWS) -> Summaries | Listing | None:
        """Return the items that are displayed instead of more versions than rows.

        Parameters
        ----------
        size : int
            Number of rows.

        Returns
        -------
        Summaries, Listing or None
            One row for each model if versions of a few models would fill the rows; the versions
            without folded children if there are any; None if the versions are displayed.

        Examples
        --------
        >>> print(Listing().folded())
        None
        """
        if self._fold is None or self._total <= size:
            return None
        try:
            return self._fold(size)
        except (RegistryError, OSError):
            # The registry can be removed before the listing is displayed.
            return None

    def folded_sentence(self, folded: Summaries | Listing, unfold: str = "all()") -> str:
        """Return how many versions are folded, and what lists them.

        Parameters
        ----------
        folded : Summaries or Listing
            Result of `folded`.
        unfold : str
            What lists the versions.

        Returns
        -------
        str
            A sentence.
        """
        if isinstance(folded, Summaries):
            return models_sentence(self._total, folded.total, unfold)
        return children_sentence(self._total, folded.total, unfold)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy the versions, without the access to the registry."""
        return _restore, (tuple(self._items), self._total, self._children)

    def __repr__(self) -> str:
        """Return a text table of the first rows."""
        if not self._items:
            return _EMPTY
        if (folded := self.folded()) is not None:
            return "\n".join([repr(folded), self.folded_sentence(folded)])
        columns, shown = self._columns()
        table = text_table(
            [column.title for column in columns],
            table_rows(columns, shown),
            align="".join(column.align for column in columns),
            width=line_width(_TEXT_WIDTH),
        )
        return "\n".join([table, *self._more()])

    def to_html(self) -> str:
        """Return the listing as HTML without scripts or style sheets."""
        if not self._items:
            return paragraph(_EMPTY)
        if (folded := self.folded()) is not None:
            return stack([Markup(folded.to_html()), paragraph(self.folded_sentence(folded))])
        columns, shown = self._columns()
        table = html_table(
            [column.title for column in columns],
            table_rows(columns, shown, html=True),
            align="".join(column.align for column in columns),
        )
        return stack([table, *map(paragraph, self._more())])

    _repr_html_ = html_unless_text(to_html)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per version as a DataFrame.

        Returns
        -------
        pandas.DataFrame of shape (n_versions, n_columns)
            Metrics are columns such as ``metrics.f1_score``, hyperparameters such as
            ``hyperparameters.svc__C``; other passed numbers and texts are columns such as
            ``results.verdict`` and ``training_info.mission``. Missing values are NaN. ``scoring``
            has the class or average of the metrics, such as ``of CONFIRMED at 0.3``.
        """
        import pandas as pd

        metrics = ordered({name for item in self._items for name in item.metrics})
        chosen = [flatten_params(item.hyperparameters) for item in self._items]
        parameters = sorted({name for one in chosen for name in one})
        columns: dict[str, list[Any]] = {
            name: [getattr(item, name) for item in self._items]
            for name in ("model_id", "model_name", "algorithm", "aliases", "tags", "status")
        }
        columns["scoring"] = [scoring_label(item) for item in self._items]
        frame = pd.DataFrame(columns, columns=list(columns), dtype=object)
        scores = {
            f"metrics.{name}": [item.metrics.get(name) for item in self._items] for name in metrics
        }
        hyperparameters = {
            f"hyperparameters.{name}": _series([one.get(name, math.nan) for one in chosen])
            for name in parameters
        }
        instants = [item.created_at for item in self._items]
        created = pd.to_datetime(instants, utc=True).as_unit("us")
        passed = {name: _series(values) for name, values in passed_columns(self._items).items()}
        parts = [frame, pd.DataFrame(scores, dtype=float), pd.DataFrame(hyperparameters | passed)]
        whole = pd.concat(parts, axis=1).assign(created_at=created)
        numbers = pd.Series([item.version for item in self._items], dtype="int64")
        whole.insert(2, "version", numbers)
        return whole

    def _columns(self) -> tuple[list[VersionColumn], Sequence[ModelMetadata]]:
        """Return the columns and the versions that are shown."""
        shown = self._items[:MAX_ROWS]
        return columns_of(shown, LISTING, self._children), shown

    def _more(self) -> list[str]:
        rest = self._total - min(len(self._items), MAX_ROWS)
        return [f"… and {rest} more"] if rest > 0 else []


def _restore(items: tuple[ModelMetadata, ...], total: int, children: dict[str, int]) -> Listing:
    return Listing(items, total=total, children=children)


def _series(values: list[Any]) -> pd.Series[Any]:
    import pandas as pd

    # None is a valid value, such as max_depth=None; a numeric column would turn it into NaN.
    return pd.Series(values, dtype=object if None in values else None)
