"""Predictions of a model, which a metric may read later."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.autoregister.fits import kept, reference


class Prediction:
    """The rows of a prediction, while the user has its result.

    Parameters
    ----------
    estimator : estimator
        The model, which is not kept alive.
    X : array-like
        The rows. They are kept until `release`, because they may be an expression, as in
        ``model.predict(scaler.transform(X))``.
    result : array-like
        What the model returned, which is not kept alive.

    Examples
    --------
    >>> import numpy as np
    >>> probability = np.array([[0.3, 0.7], [0.6, 0.4]])
    >>> prediction = Prediction(object, [[1.0], [2.0]], probability)
    >>> prediction.gave(probability), prediction.gave(probability[:, 1])
    (True, True)
    >>> prediction.gave(probability[:, 0]), prediction.gave(probability[:1])
    (False, False)
    """

    def __init__(self, estimator: Any, X: Any, result: Any) -> None:
        self.estimator = reference(estimator)
        self._passed = reference(X)
        self._rows = kept(X)
        # Its memory is not used again while the owner exists.
        self._owner = reference(_owner(result))
        self._places = _places(result)

    @property
    def is_alive(self) -> bool:
        """Whether the user still has the model and the result, or a part of its memory."""
        return self._owner() is not None and self.estimator() is not None

    @property
    def rows(self) -> Any:
        """The rows; None if they do not exist any more."""
        return self._passed() if self._rows is None else self._rows

    def release(self) -> None:
        """Do not keep the rows alive any more."""
        self._rows = None

    def gave(self, value: Any) -> bool:
        """Return whether a value is the result, or the probabilities of the second of two classes.

        Parts, other orders and other columns have other true values than the rows.
        """
        owner = self._owner()
        if owner is None:
            return False
        return value is owner if not self._places else _place(value) in self._places


def _owner(result: Any) -> Any:
    """Return the array that has the memory of a result."""
    import numpy as np

    while isinstance(result, np.ndarray) and isinstance(result.base, np.ndarray):
        result = result.base
    return result


def _places(result: Any) -> list[Any]:
    """Return the memory of a result, and of a column with its meaning; empty without arrays."""
    place = _place(result)
    if place is None:
        return []
    columns = {1: 0, 2: 1}.get(result.shape[1]) if result.ndim == 2 else None
    return [place] if columns is None else [place, _place(result[:, columns])]


def _place(value: Any) -> Any:
    """Return where and how an array is in memory, or None for other values."""
    import numpy as np

    if not isinstance(value, np.ndarray):
        return None
    return value.__array_interface__["data"][0], value.shape, value.strides, value.dtype
