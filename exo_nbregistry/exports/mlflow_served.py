"""The function of an MLflow model that predicts as the registry does.

An export has a copy of this file in its folder ``code``. It imports only NumPy, pandas and the
files that predict.py imports, so that MLflow serves the model without this package.

Source: https://mlflow.org/docs/latest/ml/model/python_api, "python_function" with a loader module.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from exo_nbregistry.persistence.predict_script import InputError, answer, load_model


def _load_pyfunc(path: str) -> ServedModel:
    """Return the model of a folder; MLflow calls this function by its name."""
    try:
        return ServedModel(*load_model(Path(path), "model.pkl"))
    except InputError as error:
        raise ValueError(str(error)) from error


class ServedModel:
    """A model with the columns, the dtypes and the threshold of its version.

    Parameters
    ----------
    model : object
        The model.
    info : dict
        Content of ``model_info.json``.
    """

    def __init__(self, model: Any, info: dict[str, Any]) -> None:
        self.model = model
        self.info = info

    def predict(self, data: Any) -> Any:
        """Return the predictions of rows.

        Parameters
        ----------
        data : DataFrame, or array-like of shape (n_samples, n_features)
            Rows. Columns of a frame are matched by name.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Labels, at the threshold of the version, or numbers.

        Raises
        ------
        ValueError
            If a row cannot be predicted; the message has its number and the reason.
        """
        import numpy as np

        try:
            answers, _ = answer(self.model, self.info, self._frame(data))
        except InputError as error:
            raise ValueError(str(error)) from error
        for row, label in enumerate(answers.labels):
            if label is None:
                reasons = ", ".join(map(str, answers.problems(row)))
                raise ValueError(f"Row {row} cannot be predicted: {reasons}.")
        return np.asarray(answers.labels)

    def _frame(self, data: Any) -> Any:
        import pandas as pd

        if isinstance(data, pd.DataFrame):
            return data
        names = [column["name"] for column in self.info["columns"] or ()]
        return pd.DataFrame(data, columns=names if names and not isinstance(data, dict) else None)
