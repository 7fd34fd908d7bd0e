"""A registered model, loaded once, that checks rows before it predicts them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.inference.model_input import assemble, read_form
from exo_nbregistry.serve.decision import decide, registered_threshold
from exo_nbregistry.serve.stored_example import read_example
from exo_nbregistry.serve.table_check import ABSENT, check_table, served_columns

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from exo_nbregistry.records.metadata import Column
    from exo_nbregistry.registry.facade import ModelRegistry


@dataclass(frozen=True, slots=True)
class Prediction:
    """The prediction for one row.

    Attributes
    ----------
    label : object
        The class, or a regressor's value.
    probability : float or None
        The probability of that class; None if the model has no probabilities.
    probabilities : dict
        The probability of each class.
    version : str
        The version that predicted, such as ``"kepler:3"``.
    outside : tuple of str
        Columns whose values are outside the range of the training data.
    """

    label: Any
    probability: float | None
    probabilities: dict[Any, float]
    version: str
    outside: tuple[str, ...] = ()


class InferenceService:
    """A registered model that checks its input.

    A row must have exactly the columns of the training table, in any order, with values of the
    same kinds. A missing value, None or NaN, is accepted only in a column that had missing
    values in the training data. The service never fills in values. A version with a threshold
    predicts its positive class from this score on.

    Parameters
    ----------
    registry : ModelRegistry, str or Path
        The registry or its folder.
    ref : str
        Any reference; it is resolved once.
    extrapolate : bool, default=False
        Whether to accept values outside the range of the training data; the prediction lists
        their columns.
    unsafe : bool, default=False
        Load the model without checking its signer.

    Attributes
    ----------
    metadata : ModelMetadata
        Metadata of the version.
    columns : tuple of Column
        Columns that a row must have.
    example : dict or None
        A row of the training table, if one was stored.

    Raises
    ------
    RegistryError
        If the version was registered without its training table, so that its columns are unknown.

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
    exo_nbregistry.serve.table_errors.TableMismatchError: The data does not match the signature of \
deep:1: koi_depth is missing; koi_dept is not a column of the model (did you mean koi_depth?).
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
            from exo_nbregistry.registry.facade import ModelRegistry

            registry = ModelRegistry(registry, create=False)
        # Before the model is unpickled.
        version = registry.get_metadata(ref).model_id
        self.columns = served_columns(registry.get_metadata(version))
        self._model, self.metadata = registry.load_model(version, unsafe=unsafe)
        self._check = partial(
            check_table, columns=self.columns, model_id=version, extrapolate=extrapolate
        )
        self._threshold = registered_threshold(self.metadata, self._model)
        stored = read_example(registry, self.metadata)
        self.example = stored.row
        self._form = read_form(stored.content, self._model)
        if any(isinstance(label, tuple) for label in self.classes):
            raise RegistryError(
                f"{version} cannot be served: models with several outputs are not supported."
            )

    @property
    def version(self) -> str:
        """The version that predicts."""
        return self.metadata.model_id

    @property
    def classes(self) -> tuple[Any, ...]:
        """The classes, in the order of their probabilities; empty for a regressor."""
        signature = self.metadata.signature
        return (signature.classes if signature else None) or ()

    def predict(self, rows: Any) -> Any:
        """Predict one row or a table.

        Parameters
        ----------
        rows : dict, Series or DataFrame
            One row, or many.

        Returns
        -------
        Prediction or DataFrame
            For a table, a frame with the same index and the columns ``prediction``,
            ``probability``, one ``probability_<class>`` for each class, ``outside``, ``version``.

        Raises
        ------
        SignatureMismatchError
            If the rows do not match the signature; the error lists all problems.
        """
        if not hasattr(rows, "columns"):
            return self.predict_rows([dict(rows)])[0]
        repeated = rows.columns[rows.columns.duplicated()]
        if len(repeated):
            raise RegistryError(f"The table has two columns named {repeated[0]!r}; rename one.")
        table = {str(name): rows[name] for name in rows.columns}
        labels, probabilities, outside = self._answer(table, len(rows))
        return self._frame(rows.index, labels, probabilities, outside)

    def predict_rows(self, rows: Sequence[Mapping[str, Any]]) -> list[Prediction]:
        """Predict several rows, each a mapping of column to value.

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
            If any row does not match the signature; the error lists all problems.
        """
        return self.predict_columns(_by_column(rows, self.columns), rows=len(rows))

    def predict_columns(self, table: Mapping[str, Any], *, rows: int) -> list[Prediction]:
        """Predict rows that are given as columns.

        Parameters
        ----------
        table : mapping of str to sequence
            For each column one value per row.
        rows : int
            Number of rows.

        Returns
        -------
        list of Prediction
            In the order of the rows.

        Raises
        ------
        SignatureMismatchError
            If the columns do not match the signature; the error lists all problems.
        """
        if not rows:
            return []
        labels, probabilities, outside = self._answer(table, rows)
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

    def check_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Raise SignatureMismatchError if any row does not match the signature."""
        self._check(_by_column(rows, self.columns), rows=len(rows))

    def _answer(
        self, table: Mapping[str, Any], rows: int
    ) -> tuple[list[Any], np.ndarray[Any, Any] | None, list[list[str]]]:
        checked, outside = self._check(table, rows=rows)
        if not rows:
            import numpy as np

            scored = bool(self.classes) and hasattr(self._model, "predict_proba")
            return [], np.empty((0, len(self.classes))) if scored else None, []
        data = assemble(checked, self._form)
        return *decide(self._model, data, self._form, self.classes, self._threshold), outside

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


def _by_column(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]
) -> dict[str, Sequence[Any]]:
    """Return the values of each column; other fields keep their name only."""
    known = {column.name for column in columns}
    return {
        str(name): [row.get(name, ABSENT) for row in rows] if str(name) in known else ()
        for name in dict.fromkeys(name for row in rows for name in row)
    }
