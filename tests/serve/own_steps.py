"""Steps of a user's own pipelines, in a module that can be imported."""

from __future__ import annotations

from typing import Any

from sklearn.base import BaseEstimator, TransformerMixin


class Ratios(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A first step that chooses columns by name and makes new ones."""

    def fit(self, X: Any, y: Any = None) -> Ratios:
        """Store the columns."""
        self.columns_ = list(X.columns)
        return self

    def transform(self, X: Any) -> Any:
        """Return numbers of a table of numbers and texts."""
        table = X[["depth", "period"]].copy()
        table["ratio"] = X["depth"] / X["period"]
        table["is_kepler"] = X["mission"].str.lower().eq("kepler").astype(float)
        return table


class Cleaner(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A first step that uses the texts of a series."""

    def fit(self, X: Any, y: Any = None) -> Cleaner:
        """Use no data."""
        self.fitted_ = True
        return self

    def transform(self, X: Any) -> Any:
        """Return texts in lower case."""
        return X.str.lower().str.replace("-", " ")


class Naive:
    """A forecast that repeats the last value of its series and adds its slope."""

    def __init__(self, series: Any) -> None:
        self.last, self.slope = float(series[-1]), float(series[-1] - series[-2])

    def forecast(self, steps: int = 1) -> list[float]:
        """Return the values after the series."""
        return [self.last + self.slope * step for step in range(1, steps + 1)]
