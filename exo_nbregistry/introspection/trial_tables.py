"""Trials of a search from tables: a DataFrame, a dict of columns, or a list of dicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.trials import PRUNED
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.metric import higher_is_better

SCORES = ("value", "mean_test_score", "score", "mean")
MEAN = "mean_test_"
# Columns of Optuna's trials_dataframe() and of a cv_results_ in a DataFrame.
_PREFIXES = ("params_", "param_")
_ATTRIBUTES = "user_attrs_"
_NOT_PARAMS = re.compile(
    r"number|state|error|spread|scores|rows|iter|n_resources|params|attrs|metrics|duration"
    r"|datetime_.*|(mean|std)_(fit|score)_time|rank_test_.*|(std|mean)_(test|train)_.*"
    r"|split\d+_(test|train)_.*|system_attrs_.*|user_attrs_.*|intermediate_values"
)
# Parts of a trial in the form of the attachment.
_PARTS = ("scores", "metrics", "attrs", "error")
_FAILED = ("FAIL", "FAILED", "ERROR", "RUNNING", "WAITING")


def read_table(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the trials of a table in the form of the attachment.

    Parameters
    ----------
    records : sequence of mapping
        Rows. Hyperparameters are in ``params``, in columns ``params_C`` or ``param_C``, or in all
        columns that are not a score.

    Returns
    -------
    dict
        ``metric``, ``minimize`` (None if the direction is unknown) and ``trials``.

    Raises
    ------
    RecordError
        If the table has no column with the score, or several.

    Examples
    --------
    >>> read_table([{"C": 0.1, "score": 0.8}, {"C": 1.0, "score": 0.9}])["trials"][1]
    {'params': {'C': 1.0}, 'mean': 0.9}
    """
    names = list(dict.fromkeys(str(name) for record in records for name in record))
    score = _score_column(names)
    metric = score.removeprefix(MEAN)
    prefix = next((p for p in _PREFIXES if any(name.startswith(p) for name in names)), "")
    return {
        "metric": "score" if metric in SCORES else metric,
        "minimize": lower_is_better("score" if score.startswith(MEAN) else metric),
        "trials": [_trial(record, score, prefix) for record in records],
    }


def lower_is_better(metric: str) -> bool | None:
    """Return whether lower values of a metric are better, or None if it is unknown."""
    higher = higher_is_better(metric)
    return None if higher is None else not higher


def records_of(table: Any) -> list[dict[str, Any]]:
    """Return the rows of a DataFrame, or of a dict with a column for each name.

    Raises
    ------
    RecordError
        If the columns differ in length.
    """
    if hasattr(table, "to_dicts"):  # polars
        return [dict(row) for row in table.to_dicts()]
    columns = {str(name): _values(name, table[name]) for name in table}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise different_lengths()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def different_lengths() -> RecordError:
    """Return the error for columns that do not have one value per trial."""
    return RecordError(
        "The columns of trials have different lengths; pass one value for each trial, and each "
        "column once.",
        key="trials",
    )


def _values(name: Any, column: Any) -> list[Any]:
    if isinstance(column, str | bytes | Mapping) or not isinstance(column, Iterable):
        raise RecordError(
            f"trials[{name!r:.60}] must be a list or an array with a value for each trial, got "
            f"{column!r:.60}.",
            key="trials",
        )
    return list(column.tolist()) if hasattr(column, "tolist") else list(column)


def _score_column(names: Sequence[str]) -> str:
    """Return the column with the score."""
    if found := next((name for name in SCORES if name in names), None):
        return found
    known = [name for name in names if name.startswith(MEAN)]
    if not known:
        known = [
            name
            for name in names
            if not name.startswith(_PREFIXES)
            and not _NOT_PARAMS.fullmatch(name)
            and higher_is_better(name) is not None
        ]
    if len(known) == 1:
        return known[0]
    what = f"several scores: {name_list(known)}" if known else "no column with the score"
    raise RecordError(
        f"trials has {what}. Name the column with the score 'value', 'score' or "
        f"'mean_test_score'; the columns are {name_list(names)}.",
        key="trials",
    )


def _trial(record: Mapping[str, Any], score: str, prefix: str) -> dict[str, Any]:
    given = record.get("params")
    found: dict[str, Any] = {}
    if isinstance(given, Mapping):
        params = {str(name): value for name, value in given.items()}
        found = {name: record[name] for name in _PARTS if name in record}
    else:
        params = {
            str(name).removeprefix(prefix): value
            for name, value in record.items()
            if (str(name).startswith(prefix) if prefix else _is_parameter(str(name), score))
            and not _is_gap(value)
        }
    found |= {"params": params, "mean": record.get(score)}
    spread = f"std_test_{score.removeprefix(MEAN)}" if score.startswith(MEAN) else "spread"
    for key, column in (("spread", spread), ("rows", "n_resources"), ("rows", "rows")):
        if column in record and not _is_gap(record[column]):
            found[key] = record[column]
    if isinstance(record.get("number"), int):
        found["number"] = record["number"]
    if error := _error(record):
        found["error"] = error
    attributes = {
        str(name).removeprefix(_ATTRIBUTES): value
        for name, value in record.items()
        if str(name).startswith(_ATTRIBUTES) and not _is_gap(value)
    }
    return found | ({"attrs": attributes} if attributes else {})


def _is_parameter(name: str, score: str) -> bool:
    return name != score and not _NOT_PARAMS.fullmatch(name)


def _error(record: Mapping[str, Any]) -> str:
    error, state = record.get("error"), record.get("state")
    if isinstance(error, str) and error:
        return error
    return state_error(getattr(state, "name", state))


def state_error(state: Any) -> str:
    """Return the error of a trial in a state of Optuna; empty if it is complete."""
    name = str(state or "").upper()
    if name == "PRUNED":
        return PRUNED
    return name.lower() if name in _FAILED else ""


def _is_gap(value: Any) -> bool:
    """Return whether a table has no value in a cell: None in a column of text is a value."""
    return isinstance(value, float) and value != value
