"""A registered model, loaded once, that answers for the rows that it understands."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.serve.table_check import ABSENT, check_table, served_columns

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from exo_nbregistry.metadata import ModelMetadata
    from exo_nbregistry.registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one row.

    Attributes
    ----------
    label : object
        The class, or the value of a regressor.
    probability : float or None
        The probability of that class; None where the model gives none.
    probabilities : dict
        The probability of each class.
    version : str
        The version that said it, such as ``"kepler:3"``.
    outside : tuple of str
        Columns whose values are outside the range of the training data.
    """

    label: Any
    probability: float | None
    probabilities: dict[Any, float]
    version: str
    outside: tuple[str, ...] = ()


class InferenceService:
    """A registered model that checks what it is given.

    A row must have the columns of the training table, in any order and no others, with values
    of the same kinds. A missing value, None or NaN, is taken only in a column that had missing
    values in the training data, and nothing is ever filled in here.

    Parameters
    ----------
    registry : ModelRegistry, str or Path
        The registry or its folder.
    ref : str
        Any reference; it is looked up once.
    extrapolate : bool, default=False
        Whether to answer for values outside the range of the training data as well; the answer
        names them.
    unsafe : bool, default=False
        Load the model whoever signed it.

    Attributes
    ----------
    metadata : ModelMetadata
        What the registry knows of the version.
    columns : tuple of Column
        What it takes.
    example : dict or None
        A row of the training table, if one was kept.

    Raises
    ------
    RegistryError
        If the version was registered without its training table: nobody knows what it takes.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = pd.DataFrame({"koi_depth": [10.0, 20.0, 900.0, 950.0]})
    >>> model = LogisticRegression().fit(X, [0, 0, 1, 1])
    >>> registry.register_model(model, "deep", X=X, y=[0, 0, 1, 1])
    'deep:1'
    >>> service = InferenceService(registry, "deep")
    >>> answer = service.predict({"koi_depth": 901.0})
    >>> answer.label, answer.version, answer.probability > 0.99
    (1, 'deep:1', True)
    >>> service.predict({"koi_dept": 901.0})
    Traceback (most recent call last):
    ...
    exo_nbregistry.serve.table_errors.TableMismatchError: deep:1 does not take this: koi_depth is \
missing; koi_dept is none of its columns (did you mean koi_depth?).
    """

    def __init__(
        self,
        registry: ModelRegistry | str | os.PathLike[str],
        ref: str,
        *,
        extrapolate: bool = False,
        unsafe: bool = False,
    ) -> None:
        if isinstance(registry, str | os.PathLike):
            from exo_nbregistry.registry import ModelRegistry

            registry = ModelRegistry(registry, create=False)
        # What cannot be served is refused before its bytes are unpickled.
        version = registry.get_metadata(ref).model_id
        self.columns = served_columns(registry.get_metadata(version))
        self._model, self.metadata = registry.load_model(version, unsafe=unsafe)
        self._extrapolate = extrapolate
        self.example = _first_row(registry, self.metadata)
        if any(isinstance(label, tuple) for label in self.classes):
            raise RegistryError(f"{version} cannot be served: it has several outputs.")

    @property
    def version(self) -> str:
        """The version that answers."""
        return self.metadata.model_id

    @property
    def classes(self) -> tuple[Any, ...]:
        """The classes, in the order of their probabilities; empty for a regressor."""
        signature = self.metadata.signature
        return (signature.classes if signature else None) or ()

    def predict(self, rows: Any) -> Any:
        """Answer for one row or for a table.

        Parameters
        ----------
        rows : dict, Series or DataFrame
            One row by column, or many.

        Returns
        -------
        Prediction or DataFrame
            For a table a frame with its index: ``prediction``, ``probability``, one
            ``probability_<class>`` for each class, ``outside``, ``version``.

        Raises
        ------
        SignatureMismatchError
            If it is not what the model takes; the error lists everything that is wrong.
        """
        if not hasattr(rows, "columns"):
            return self.predict_rows([dict(rows)])[0]
        repeated = rows.columns[rows.columns.duplicated()]
        if len(repeated):
            raise RegistryError(f"The table has two columns {repeated[0]!r}: rename one.")
        table = {str(name): rows[name] for name in rows.columns}
        labels, probabilities, outside = self._answer(table, len(rows))
        return self._frame(rows.index, labels, probabilities, outside)

    def predict_rows(self, rows: Sequence[Mapping[str, Any]]) -> list[Prediction]:
        """Answer for several rows, each a mapping of column to value.

        Parameters
        ----------
        rows : sequence of mappings
            Each with the same columns.

        Returns
        -------
        list of Prediction
            In the same order.

        Raises
        ------
        SignatureMismatchError
            If any row is not what the model takes.
        """
        if not rows:
            return []
        names = dict.fromkeys(name for row in rows for name in row)
        table = {str(name): [row.get(name, ABSENT) for row in rows] for name in names}
        labels, probabilities, outside = self._answer(table, len(rows))
        if probabilities is None:
            return [
                Prediction(label, None, {}, self.version, tuple(strays))
                for label, strays in zip(labels, outside, strict=True)
            ]
        return [
            Prediction(label, shares[label], shares, self.version, tuple(strays))
            for label, shares, strays in zip(
                labels,
                (dict(zip(self.classes, row, strict=True)) for row in probabilities.tolist()),
                outside,
                strict=True,
            )
        ]

    def _answer(
        self, table: Mapping[str, Any], rows: int
    ) -> tuple[list[Any], np.ndarray[Any, Any] | None, list[list[str]]]:
        checked, outside = check_table(
            table, self.columns, rows=rows, model_id=self.version, extrapolate=self._extrapolate
        )
        scored = bool(self.classes) and hasattr(self._model, "predict_proba")
        if not rows:
            import numpy as np

            return [], np.empty((0, len(self.classes))) if scored else None, []
        data = self._assembled(checked)
        labels = self._model.predict(data)
        return labels.tolist(), self._model.predict_proba(data) if scored else None, outside

    def _assembled(self, checked: Mapping[str, np.ndarray[Any, Any]]) -> Any:
        """Return columns as what the model was fitted on: a frame, or an array without names."""
        import numpy as np

        arrays = list(checked.values())
        dtypes = {array.dtype for array in arrays}
        # One block is many times faster to make a frame of than one column after the other.
        alike = len(dtypes) == 1 and arrays[0].dtype.kind in "iuf"
        if not hasattr(self._model, "feature_names_in_"):
            return np.column_stack(arrays)

        import pandas as pd

        if alike:
            return pd.DataFrame(np.column_stack(arrays), columns=list(checked), copy=False)
        frame = pd.DataFrame(dict(checked))
        categories = [column.name for column in self.columns if column.dtype == "category"]
        return frame.astype(dict.fromkeys(categories, "category"))

    def _frame(
        self,
        index: Any,
        labels: list[Any],
        probabilities: np.ndarray[Any, Any] | None,
        outside: list[list[str]],
    ) -> pd.DataFrame:
        import pandas as pd

        columns: dict[str, Any] = {"prediction": labels}
        if probabilities is not None:
            at = [self.classes.index(label) for label in labels]
            columns["probability"] = probabilities[range(len(at)), at]
            for position, label in enumerate(self.classes):
                columns[f"probability_{label}"] = probabilities[:, position]
        columns["outside"] = [" ".join(strays) for strays in outside]
        columns["version"] = self.version
        return pd.DataFrame(columns, index=index)


def _first_row(registry: ModelRegistry, metadata: ModelMetadata) -> dict[str, Any] | None:
    if "input_example" not in metadata.attachments:
        return None
    kept = registry.load_attachment(metadata.model_id, "input_example")
    return {name: kept["rows"][name][0] for name in kept["columns"]}
