"""`Scorer`: a small object that scores frames with one version, in any process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import InvalidInputError, RegistryError
from exo_nbregistry.inference.answer_table import read_texts
from exo_nbregistry.inference.frame_columns import frame_columns
from exo_nbregistry.inference.row_check import RowCheck
from exo_nbregistry.inference.row_problems import STATUSES
from exo_nbregistry.inference.scored_rows import (
    BOOLEAN,
    NUMBER,
    TEXT,
    WHOLE,
    ScoredRows,
    scored_rows,
)
from exo_nbregistry.inference.table_check import require_columns, require_match
from exo_nbregistry.registry.pinned_version import PinnedVersion

if TYPE_CHECKING:
    import pandas as pd

_DTYPES = {WHOLE: "Int64", NUMBER: "float64", BOOLEAN: "boolean", TEXT: "string[python]"}


@dataclass(frozen=True, slots=True, repr=False)
class Scorer:
    """Scores frames with one version, in any process.

    `ModelRegistry.scorer` makes it. It is small and can be pickled: it has no model, no store and
    no secret. Each process loads the model once, from the same location, after the checks of
    `ModelRegistry.load_model`.

    Attributes
    ----------
    pin : PinnedVersion
        The version, the digest of its model, and the registry.
    ref : str
        The reference that was resolved.
    columns : tuple of str
        The columns that the model takes.
    kind : str
        Kind of the predictions.
    positive : int or None
        Place of the positive class; None if there are not two classes.
    is_optional : bool
        Whether a table may have any of the columns.
    on_mismatch : {'mark', 'raise'}
        What happens to rows that do not match the signature.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = pd.DataFrame({"koi_depth": [10.0, 20.0, 900.0, 950.0]})
    >>> model = LogisticRegression().fit(X, [0, 0, 1, 1])
    >>> registry.register_model(model, "deep", X=X, y=[0, 0, 1, 1])
    'deep:1'
    >>> scorer = registry.scorer("deep")
    >>> scores = scorer(pd.DataFrame({"kepid": [7, 8], "koi_depth": [901.0, None]}))
    >>> scores[["prediction", "status", "model_id"]]
       prediction   status model_id
    0           1       ok   deep:1
    1        <NA>  missing   deep:1
    >>> scores.loc[0, "probability"] > 0.99
    np.True_
    """

    pin: PinnedVersion
    ref: str
    columns: tuple[str, ...]
    kind: str
    positive: int | None = None
    is_optional: bool = False
    on_mismatch: str = "mark"

    @property
    def model_id(self) -> str:
        """The version."""
        return self.pin.model_id

    @property
    def sha256(self) -> str:
        """Digest of the model."""
        return self.pin.sha256

    def facts(self) -> dict[str, Any]:
        """Return the facts of the version that files of results store.

        Returns
        -------
        dict of str to object
            Plain values.
        """
        return {
            "model_id": self.model_id,
            "sha256": self.sha256,
            "registry_id": self.pin.registry_id,
            "check": self.pin.check,
            "calibration": self.pin.calibration,
            "on_mismatch": self.on_mismatch,
        }

    @property
    def meta(self) -> pd.DataFrame:
        """Empty result, with its dtypes, as ``meta=`` of Dask."""
        import numpy as np

        return self._frame(ScoredRows([], np.empty(0), np.empty(0, dtype=np.int8)), None)

    def __repr__(self) -> str:
        """Return the version, the reference and the beginning of the digest."""
        source = "" if self.ref == self.model_id else f" of {self.ref}"
        return f"<Scorer {self.model_id}{source}, sha256 {self.sha256[:12]}>"

    def __call__(self, frame: Any) -> pd.DataFrame:
        """Score a table.

        Parameters
        ----------
        frame : DataFrame or array of shape (n_samples, n_features)
            The rows. The columns of a frame are found by name, and others are ignored; an array has
            them in the order of `columns`.

        Returns
        -------
        DataFrame
            ``prediction``, ``probability``, ``status`` and ``model_id`` of each row, with the same
            index. The probability refers to the positive class, or to the predicted one of several
            classes. The status is ``ok``, ``outside`` (of the range of the training data),
            ``missing`` or ``invalid``. A row that the model cannot take has no prediction.

        Raises
        ------
        SignatureMismatchError
            If a column is missing; with ``on_mismatch="raise"`` also if a value is missing that the
            training data always has, or is not of the column's kind.
        IntegrityError
            If the location has another registry or another version now.
        RegistryError
            As for `ModelRegistry.load_model`.
        """
        if not hasattr(frame, "columns") and getattr(frame, "ndim", 0) != 2:
            raise InvalidInputError(
                f"A scorer takes a DataFrame or an array of rows and columns, not "
                f"{type(frame).__name__}."
            )
        names = tuple(map(str, getattr(frame, "columns", self.columns)))
        index = None
        if hasattr(frame, "iloc"):
            index = frame.index
            known = set(self.columns)
            frame = frame.loc[:, [name in known for name in names]]
        try:
            table = frame_columns(frame, self.columns)
        except ValueError as error:
            raise InvalidInputError(str(error)) from None
        return self._frame(self.rows(table, frame.shape[0], names=names), index)

    def require_columns(self, names: Iterable[str]) -> None:
        """Check that a table has the columns of the model.

        Parameters
        ----------
        names : iterable of str
            Columns of the table.

        Raises
        ------
        SignatureMismatchError
            If a column is missing.
        """
        given = set(names)
        if self.is_optional or given.issuperset(self.columns):
            return
        check = RowCheck([{"name": name} for name in self.columns])
        checked = check({name: [] for name in self.columns if name in given}, rows=0)
        checked.given = tuple(given)
        require_columns(checked, model_id=self.model_id)

    def rows(
        self,
        table: Mapping[str, Any],
        rows: int,
        *,
        names: Sequence[str] = (),
        reasons: Mapping[int, str] | None = None,
        is_text: bool = False,
    ) -> ScoredRows:
        """Score rows that are given as columns.

        Parameters
        ----------
        table : mapping of str to sequence
            One value per row for each column.
        rows : int
            Number of rows.
        names : sequence of str
            All columns of the table, to find misspelled names.
        reasons : mapping of int to str, optional
            Rows that cannot be read, and why.
        is_text : bool, default=False
            Whether the values are the cells of a CSV file.

        Returns
        -------
        ScoredRows
            The scores.

        Raises
        ------
        SignatureMismatchError, IntegrityError, RegistryError
            As for calling the scorer.
        """
        self.require_columns(names or table)
        answers = self.pin.load().answers
        if is_text:
            columns = {column.name: column for column in answers.check.columns}
            table = {
                name: read_texts(table[name], column)
                for name, column in columns.items()
                if name in table
            }
        checked = answers.check(table, rows=rows, reasons=reasons)
        if self.on_mismatch == "raise":
            require_match(checked, self.columns, model_id=self.model_id, extrapolate=True)
        try:
            return scored_rows(answers.answer(checked), self.positive)
        except ValueError as error:
            raise RegistryError(
                f"{self.model_id} cannot score tables: {error}; use InferenceService."
            ) from None

    def _frame(self, scored: ScoredRows, index: Any) -> pd.DataFrame:
        import numpy as np
        import pandas as pd

        rows = len(scored.labels)
        try:
            prediction = pd.Series(scored.labels, index, dtype=_DTYPES.get(self.kind, "object"))
        except (TypeError, ValueError):
            raise RegistryError(
                f"{self.model_id} has predictions that are not numbers, and its record has no "
                "classes; register it with y=."
            ) from None
        statuses = pd.Categorical.from_codes(scored.codes, pd.Index(STATUSES))
        only = pd.Categorical.from_codes(np.zeros(rows, dtype=np.int8), pd.Index([self.model_id]))
        return pd.DataFrame(
            {
                "prediction": prediction,
                "probability": pd.Series(scored.probability, index, dtype="float64"),
                "status": pd.Series(statuses, index),
                "model_id": pd.Series(only, index),
            }
        )
