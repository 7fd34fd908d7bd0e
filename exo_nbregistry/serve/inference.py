"""A registered model, loaded once, that answers each row by itself."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.inference.answer_table import answer_columns
from exo_nbregistry.inference.frame_columns import frame_columns
from exo_nbregistry.inference.row_answers import Answers
from exo_nbregistry.inference.table_check import input_columns_of, require_columns, require_match
from exo_nbregistry.registry.version_answers import version_answers
from exo_nbregistry.serve.batch import Batch, columns_batch, rows_batch
from exo_nbregistry.serve.prediction import Prediction, list_predictions

if TYPE_CHECKING:
    import pandas as pd

    from exo_nbregistry.registry.facade import ModelRegistry

__all__ = ["InferenceService", "Prediction"]


class InferenceService:
    """A registered model that answers each row by itself.

    A row has a value for each column of the training table, in any order. Each answer has a
    status: ``ok``; ``outside``, if a value is outside the range of the training data; ``missing``,
    if a value is missing that the training data always has; ``invalid``, if a value is not of the
    column's kind. Rows that are outside are predicted, and rows with missing values if the model
    can take them. Other rows get an answer without a prediction, with the reason, and do not
    affect the rest. Columns that the model does not use are returned unchanged.

    With ``strict=True``, one error lists everything that is not as in the training table.

    A version with a threshold predicts its positive class from this score of the model on. If the
    version carries out-of-fold predictions, they calibrate the probabilities of two classes.

    Parameters
    ----------
    registry : ModelRegistry, str or Path
        The registry or its folder.
    ref : str
        Any reference; it is resolved once.
    extrapolate : bool, default=False
        Whether ``strict=True`` accepts values outside the range of the training data.
    trust, unsafe
        As for `ModelRegistry.load_model`.

    Attributes
    ----------
    metadata : ModelMetadata
        Metadata of the version.
    columns : tuple of Column
        Columns of a row.
    classes : tuple
        The classes, in the order of their probabilities; empty for a regressor.
    example : dict or None
        A row of the training table, if one was stored.
    calibration : str or None
        What calibrates the probabilities, or None.
    described : list of dict
        The columns with their categories, as for `RowCheck`.

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
    >>> answer = service.predict({"koi_depth": 901.0, "kepid": 7})
    >>> answer.label, answer.version, answer.probability > 0.99, answer.passed_through
    (1, 'deep:1', True, {'kepid': 7})
    >>> answers = service.predict(pd.DataFrame({"kepid": [7, 8], "koi_depth": [990.0, None]}))
    >>> answers[["kepid", "prediction", "status"]].to_dict("records")
    [{'kepid': 7, 'prediction': 1, 'status': 'outside'}, \
{'kepid': 8, 'prediction': None, 'status': 'missing'}]
    >>> service.predict({"koi_dept": 901.0}, strict=True)
    Traceback (most recent call last):
    ...
    exo_nbregistry.inference.table_errors.TableMismatchError: The data does not match the \
signature of deep:1: koi_depth is missing; koi_dept is not a column of the model (did you mean \
koi_depth?).
    """

    def __init__(
        self,
        registry: ModelRegistry | str | os.PathLike[str],
        ref: str,
        *,
        extrapolate: bool = False,
        trust: Sequence[str] = (),
        unsafe: bool = False,
    ) -> None:
        if isinstance(registry, str | os.PathLike):
            from exo_nbregistry.registry.facade import ModelRegistry

            registry = ModelRegistry(registry, create=False)
        # Before the model is unpickled.
        version = registry.get_metadata(ref).model_id
        self.columns = input_columns_of(registry.get_metadata(version))
        model, self.metadata = registry.load_model(version, trust=trust, unsafe=unsafe)
        self._extrapolate = extrapolate
        found = version_answers(self.metadata, model, self.columns, registry.load_attachment)
        self.example, self.classes = found.example, found.classes
        self.calibration, self.described = found.calibration, found.described
        self._answers = found.answers

    @property
    def version(self) -> str:
        """The version that predicts."""
        return self.metadata.model_id

    @property
    def threshold(self) -> float | None:
        """The minimum score of `pos_label`; None for the predictions of the model."""
        return self.metadata.scoring.threshold if self.metadata.scoring else None

    @property
    def pos_label(self) -> Any:
        """The class that is predicted from the threshold on, or None."""
        return self.metadata.scoring.pos_label if self.metadata.scoring else None

    def predict(self, rows: Any, *, strict: bool = False) -> Any:
        """Predict one row or a table.

        Parameters
        ----------
        rows : dict, Series, DataFrame or array of shape (n_samples, n_features)
            One row, or many. An array has the columns in the order of the model.
        strict : bool, default=False
            Whether to raise an error if any row is not as in the training table.

        Returns
        -------
        Prediction or DataFrame
            For a table, a frame with the same index: the columns that the model does not use,
            ``prediction``, ``probability``, ``model_probability`` (if the probability is
            calibrated), one ``probability_<class>`` for each class, ``status``, ``outside``,
            ``problems`` and ``version``. Its ``attrs`` have the version, the threshold and the
            positive class.

        Raises
        ------
        SignatureMismatchError
            With ``strict=True``, if the rows do not match the signature; the error lists all
            problems. Otherwise only if the whole table does not have a column that the model
            requires.
        """
        known = [column.name for column in self.columns]
        if hasattr(rows, "keys") and getattr(rows, "ndim", 1) == 1:
            return self.predict_rows([dict(rows)], strict=strict)[0]
        if getattr(rows, "ndim", 0) != 2 and not hasattr(rows, "columns"):
            raise RegistryError(
                "predict() takes one row or a table; pass a list of rows to predict_rows()."
            )
        try:
            table = frame_columns(rows, known)
        except ValueError as error:
            raise RegistryError(str(error)) from None
        batch = columns_batch(table, rows.shape[0], set(known))
        return self._frame(getattr(rows, "index", None), self.answer(batch, strict=strict), batch)

    def predict_rows(
        self, rows: Sequence[Mapping[str, Any]], *, strict: bool = False
    ) -> list[Prediction]:
        """Predict several rows, each a mapping of column to value.

        Parameters
        ----------
        rows : sequence of mappings
            The rows. A row without a column is as a row without its value.
        strict : bool, default=False
            Whether to raise an error if any row is not as in the training table.

        Returns
        -------
        list of Prediction
            In the same order, one for each row.

        Raises
        ------
        SignatureMismatchError
            With ``strict=True``, if any row does not match the signature; the error lists all
            problems.
        """
        batch = rows_batch(rows, {column.name for column in self.columns})
        return self.predictions(batch, strict=strict)

    def predict_columns(
        self, table: Mapping[str, Any], *, rows: int, strict: bool = False
    ) -> list[Prediction]:
        """Predict rows that are given as columns.

        Parameters
        ----------
        table : mapping of str to sequence
            For each column one value per row.
        rows : int
            Number of rows.
        strict : bool, default=False
            Whether to raise an error if any row is not as in the training table.

        Returns
        -------
        list of Prediction
            In the order of the rows.

        Raises
        ------
        SignatureMismatchError
            With ``strict=True``, if the columns do not match the signature; the error lists all
            problems. Otherwise only if the table does not have a column that the model requires.
        """
        batch = columns_batch(table, rows, {column.name for column in self.columns})
        return self.predictions(batch, strict=strict)

    def check_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Raise SignatureMismatchError if any row does not match the signature."""
        batch = rows_batch(rows, {column.name for column in self.columns})
        self._check(batch, strict=True)

    def predictions(self, batch: Batch, *, strict: bool = False) -> list[Prediction]:
        """Return the predictions for a batch, as `predict_rows`."""
        return list_predictions(self.answer(batch, strict=strict), batch, self.version)

    def answer(self, batch: Batch, *, strict: bool = False) -> Answers:
        """Return the answers to a batch, as `predict_rows`."""
        checked = self._check(batch, strict=strict)
        if strict and batch.rows:
            labels, shares = self._answers.call(checked.by_column())
            return Answers(self._answers, checked, labels.tolist(), shares)
        answers = self._answers.answer(checked)
        unanswered = all(label is None for label in answers.labels)
        if batch.is_table and checked.absent_columns and unanswered:
            require_columns(checked, model_id=self.version)
        return answers

    def _check(self, batch: Batch, *, strict: bool) -> Any:
        checked = self._answers.check(batch.table, rows=batch.rows, reasons=batch.reasons)
        checked.given = batch.names
        if strict:
            extrapolate = self._extrapolate
            require_match(checked, batch.names, model_id=self.version, extrapolate=extrapolate)
        return checked

    def _frame(self, index: Any, answers: Answers, batch: Batch) -> pd.DataFrame:
        import pandas as pd

        columns = answer_columns(answers, batch.passed, self.version)
        columns["version"] = self.version
        if None in answers.labels:
            # pandas would make floats of whole numbers.
            for name in columns.keys() - batch.passed.keys():
                if name.startswith("prediction"):
                    columns[name] = pd.Series(columns[name], dtype=object, index=index)
        frame = pd.DataFrame(columns, index=index)
        frame.attrs = {
            "version": self.version,
            "threshold": self.threshold,
            "pos_label": self.pos_label,
            "calibration": self.calibration,
        }
        return frame
