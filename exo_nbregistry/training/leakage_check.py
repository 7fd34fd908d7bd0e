"""Check of the data for leaks: columns that give the label, and rows in two parts."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exo_nbregistry.evaluation.grouping import Grouping
from exo_nbregistry.evaluation.test_set import row_names
from exo_nbregistry.introspection.structure import is_kind
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list
from exo_nbregistry.training.data_split import DataSplit
from exo_nbregistry.training.leakage import as_names
from exo_nbregistry.training.training_rows import as_array, row_digests

logger = logging.getLogger("exo_nbregistry")
SUSPICIOUS_AUC = 0.95
_DEPTH = 4
_MIN_LEAF = 5
_MIN_ROWS = 50
_MAX_CLASSES = 20
_MAX_COLUMNS = 1000
_MAX_CELLS = 1_000_000
_MISSING = ("None", "nan", "NaN", "NaT", "<NA>")


@dataclass(frozen=True)
class LeakageReport:
    """Signs of a leak in a split.

    Attributes
    ----------
    columns : dict of str to float
        ROC AUC of each column that alone nearly gives the label, highest first.
    shared_rows : tuple of str
        Test rows that are also training rows, by name or position.
    shared_groups : tuple of str
        Groups that have training and test rows.
    unit : str
        Name of a group.
    """

    columns: Mapping[str, float] = field(default_factory=dict)
    shared_rows: tuple[str, ...] = ()
    shared_groups: tuple[str, ...] = ()
    unit: str = "group"

    def warnings(self) -> list[str]:
        """Return one sentence or two for each sign; each names at most five columns or rows."""
        found = []
        if self.columns:
            named = [f"{name} (AUC {auc:.3f})" for name, auc in self.columns.items()]
            found.append(
                f"Columns that alone nearly give the label: {name_list(named)}. Check whether they "
                "were derived from the label."
            )
        if self.shared_rows:
            found.append(
                f"{count(len(self.shared_rows), 'test row')} also in the training set: "
                f"{name_list(self.shared_rows)}. The test metrics are too optimistic; remove "
                "duplicates before the split."
            )
        elif self.shared_groups:
            found.append(
                f"{count(len(self.shared_groups), self.unit)} in both the training set and the "
                f"test set: {name_list(self.shared_groups)}. Split the rows by {self.unit}."
            )
        return found


def check_leakage(
    X_train: Any,
    y_train: ArrayLike | None,
    X_test: Any = None,
    *,
    allow_leakage: str | Iterable[str] = (),
    grouping: Grouping | None = None,
) -> LeakageReport:
    """Log a warning for each sign of a leak, and return the signs.

    Parameters
    ----------
    X_train : array-like of shape (n_train, n_features)
        Training rows.
    y_train : array-like of shape (n_train,) or None
        Their labels; None skips the check of the columns.
    X_test : array-like of shape (n_test, n_features), optional
        Test rows.
    allow_leakage : str or iterable of str, default=()
        Columns that are not reported.
    grouping : Grouping, optional
        Infers the groups from the names of the rows.

    Returns
    -------
    LeakageReport
        The signs. A column is not proof of a leak: check how it was made.

    Examples
    --------
    >>> import pandas as pd
    >>> y = [0, 1] * 100
    >>> X = pd.DataFrame({"age": range(200), "outcome": y})
    >>> check_leakage(X[:150], y[:150], X[150:]).columns
    {'outcome': 1.0}
    """
    grouping = grouping or Grouping()
    rows: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    if X_test is not None:
        rows, groups = _shared(X_train, X_test, grouping)
    columns = {} if y_train is None else suspicious_columns(X_train, y_train)
    allowed = as_names(allow_leakage)
    columns = {name: auc for name, auc in columns.items() if name not in allowed}
    report = LeakageReport(columns, rows, groups, grouping.unit)
    for warning in report.warnings():
        logger.warning("%s", warning)
    return report


def check_split(
    split: DataSplit, models: Mapping[str, Any], allow_leakage: Iterable[str] = ()
) -> None:
    """Check the parts of a split as `check_leakage` does; columns only for classifiers."""
    numbers = all(is_kind(model, "regressor") for model in models.values())
    labels = None if numbers else split.y_train
    check_leakage(
        split.X_train,
        labels,
        split.X_test,
        allow_leakage=allow_leakage,
        grouping=split.grouping,
    )


def suspicious_columns(
    X: Any, y: ArrayLike, *, minimum_auc: float = SUSPICIOUS_AUC
) -> dict[str, float]:
    """Return the columns that alone nearly give the label, with their ROC AUC.

    Each column is classified by a decision tree of depth 4. Large tables are sampled, and at most
    1000 columns are checked.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Training rows. A text column counts by its categories.
    y : array-like of shape (n_samples,)
        Labels. With more than two classes, the AUC is averaged over them.
    minimum_auc : float, default=0.95
        Smallest ROC AUC of a suspicious column.

    Returns
    -------
    dict of str to float
        ROC AUC by column, highest first. Empty if the table is sparse or has fewer than 50 rows,
        or there are more than 20 classes.
    """
    labels = np.asarray(y)
    columns = _columns(X)
    if labels.ndim != 1 or len(labels) < _MIN_ROWS or not columns:
        return {}
    names, target = np.unique(labels.astype(str), return_inverse=True)
    if not 2 <= len(names) <= _MAX_CLASSES:
        return {}
    rows = _sample(len(labels), max(_MAX_CELLS // len(columns), _MAX_CLASSES * _MIN_ROWS))
    target = target[rows]
    if len(np.unique(target)) < len(names):
        return {}
    aucs = {name: _tree_auc(_codes(column[rows]), target) for name, column in columns.items()}
    found = {name: round(auc, 4) for name, auc in aucs.items() if auc >= minimum_auc}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _columns(X: Any) -> dict[str, NDArray[Any]]:
    """Return the columns of a dense table by name."""
    if hasattr(X, "tocsr"):
        return {}
    if hasattr(X, "columns"):
        return {str(name): np.asarray(X[name]) for name in list(X.columns)[:_MAX_COLUMNS]}
    table = as_array(X)
    if table.ndim != 2:
        return {}
    return {f"column {place}": table[:, place] for place in range(table.shape[1])[:_MAX_COLUMNS]}


def _sample(n_rows: int, size: int) -> NDArray[np.intp]:
    if n_rows <= size:
        return np.arange(n_rows)
    return np.random.default_rng(0).choice(n_rows, size, replace=False)


def _codes(column: NDArray[Any]) -> NDArray[np.float64]:
    """Return the rank of each value, and -1 for a missing one."""
    if column.ndim != 1:
        return np.zeros(len(column))
    if column.dtype.kind in "biuf":
        missing = np.isnan(column)
    else:
        column = column.astype(str)
        missing = np.isin(column, _MISSING)
    codes = np.unique(column, return_inverse=True)[1].astype(np.float64)
    codes[missing] = -1
    return codes


def _tree_auc(codes: NDArray[np.float64], target: NDArray[np.intp]) -> float:
    from sklearn.metrics import roc_auc_score
    from sklearn.tree import DecisionTreeClassifier

    if codes.min() == codes.max():
        return 0.5
    X = codes[:, np.newaxis]
    tree = DecisionTreeClassifier(max_depth=_DEPTH, min_samples_leaf=_MIN_LEAF, random_state=0)
    probability = tree.fit(X, target).predict_proba(X)
    if probability.shape[1] == 2:
        return float(roc_auc_score(target, probability[:, 1]))
    return float(roc_auc_score(target, probability, multi_class="ovr", average="weighted"))


def _shared(
    X_train: Any, X_test: Any, grouping: Grouping
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the test rows that are training rows, and the groups in both parts."""
    train, test = row_names(X_train), row_names(X_test)
    digests = row_digests(X_test)
    same = np.isin(digests, row_digests(X_train)) & (digests != 0)
    if len(train) and len(test):
        same |= np.isin(test, train)
    names = test if len(test) else np.arange(len(same)).astype(str)
    shared = set(grouping.infer(train).tolist()) & set(grouping.infer(test).tolist())
    groups = sorted(map(str, shared))
    return tuple(names[same].tolist()), tuple(groups)
