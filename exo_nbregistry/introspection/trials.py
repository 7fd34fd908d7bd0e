"""Trials of a hyperparameter search in the form of the attachment ``trials``."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.estimator import plain_parameter
from exo_nbregistry.introspection.structure import is_estimator
from exo_nbregistry.introspection.trial_tables import (
    MEAN,
    different_lengths,
    lower_is_better,
    read_table,
    records_of,
    state_error,
)
from exo_nbregistry.records.field_types import is_float
from exo_nbregistry.records.trials import PRUNED, is_finite
from exo_nbregistry.text.names import short_repr
from exo_nbregistry.text.terminal import cut
from exo_nbregistry.values.attribute import read_attribute

log = logging.getLogger("exo_nbregistry")

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LONGEST = 200


def read_trials(trials: Any) -> dict[str, Any]:
    """Return the trials that a user passes, in the form of the attachment.

    Parameters
    ----------
    trials : mapping, DataFrame, list of mapping or study
        ``cv_results_`` of a search; a table with a row for each trial; dicts with ``params`` and
        ``value``; a study of Optuna; or a dict with ``trials`` in one of these forms, and
        ``metric`` and ``minimize`` if they are known.

    Returns
    -------
    dict
        ``metric``, ``minimize`` (only if lower scores are better), ``best_params``,
        ``best_score``, ``n_trials`` and ``trials``.

    Raises
    ------
    RecordError
        If there are no trials, or no score.

    Examples
    --------
    >>> found = read_trials(
    ...     [{"params": {"C": 1}, "value": 0.8}, {"params": {"C": 9}, "value": 0.9}]
    ... )
    >>> found["best_params"], found["best_score"], found["n_trials"]
    ({'C': 9}, 0.9, 2)
    """
    found = _read(trials)
    if found.get("minimize", False) is None:
        log.warning(
            "The trials are sorted with the highest %s first. If a lower one is better, pass "
            "trials={'trials': ..., 'direction': 'minimize'}.",
            found["metric"],
        )
    return finish_trials(found)


def finish_trials(found: dict[str, Any]) -> dict[str, Any]:
    """Return trials as plain values, with the best one and their number.

    Parameters
    ----------
    found : dict
        ``metric``, ``minimize`` and ``trials`` of a search, with any values.

    Raises
    ------
    RecordError
        If there are no trials, or a score is not a number.
    """
    found = dict(found)
    rows = [_plain_trial(i, row) for i, row in enumerate(found["trials"])]
    if not rows:
        raise RecordError("trials is empty; pass a search with at least one trial.", key="trials")
    minimize = found.pop("minimize", False) is True
    scored = [row for row in rows if is_finite(row["mean"]) and row.get("error") != PRUNED]
    if not scored:
        log.warning("None of the %d trials has a score.", len(rows))
    elif "best_params" not in found or "best_score" not in found:
        best = (min if minimize else max)(scored, key=lambda row: row["mean"])
        found |= {"best_params": best["params"], "best_score": best["mean"]}
    found = {name: plain_parameter(value) for name, value in found.items() if name != "trials"}
    direction = {"minimize": True} if minimize else {}
    return {"n_trials": len(rows), **found, **direction, "trials": rows}


def _read(trials: Any) -> dict[str, Any]:
    if isinstance(trials, Mapping):
        if "trials" in trials:
            given = {str(name): value for name, value in trials.items() if name != "trials"}
            return _named(_read(trials["trials"]), given)
        if "params" in trials and any(str(name).startswith(MEAN) for name in trials):
            return from_cv_results(trials)
        return read_table(records_of(trials))
    if hasattr(trials, "columns") and hasattr(trials, "__getitem__"):
        return read_table(records_of(trials))
    if isinstance(read_attribute(trials, "cv_results_"), Mapping):
        return from_cv_results(trials.cv_results_)
    if isinstance(listed := read_attribute(trials, "trials"), list | tuple):
        return _from_study(trials, listed)
    is_list = isinstance(trials, list | tuple)
    if is_list and trials and all(_has_params(item) for item in trials):
        # The trials of a study, without its direction.
        return _from_study(None, trials) | {"minimize": None}
    if is_list and all(isinstance(item, Mapping) for item in trials):
        return read_table(trials) if trials else {"trials": []}
    raise RecordError(
        "trials must be the cv_results_ of a search, a DataFrame, a list of dicts or a study of "
        f"Optuna, got {short_repr(trials)}.",
        key="trials",
    )


def _has_params(trial: Any) -> bool:
    return not isinstance(trial, Mapping) and isinstance(read_attribute(trial, "params"), Mapping)


def _named(found: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return trials with the passed facts, and the direction of the search as ``minimize``."""
    direction = given.pop("direction", None)
    if direction is None:
        # A study and cv_results_ have a direction themselves.
        is_table = "minimize" in found and "method" not in found
        if is_table and "minimize" not in given and "metric" in given:
            given["minimize"] = lower_is_better(str(given["metric"]))
        return found | given
    if direction not in ("minimize", "maximize"):
        raise RecordError(
            f"Unknown direction {direction!r:.60} of trials; choose 'minimize' or 'maximize'.",
            key="trials",
        )
    return found | given | {"minimize": direction == "minimize"}


def from_cv_results(results: Mapping[str, Any], metric: str | None = None) -> dict[str, Any]:
    """Return the trials of ``cv_results_``; without the times, which differ between runs.

    Parameters
    ----------
    results : mapping
        ``cv_results_`` of a search of scikit-learn or of a compatible library.
    metric : str, optional
        The score that ranks the trials; required if there are several.
    """
    names = [str(k).removeprefix(MEAN) for k in results if str(k).startswith(MEAN)]
    if metric is None:
        if len(names) > 1 and "score" not in names:
            raise RecordError(
                f"trials has the scores {', '.join(names)}; register the fitted search, or pass "
                "a DataFrame with one of them as 'score'.",
                key="trials",
            )
        metric = "score" if "score" in names else names[0]
    folds = [name for name in results if re.fullmatch(rf"split\d+_test_{re.escape(metric)}", name)]
    others = [name for name in names if name != metric]
    rows = []
    if any(len(results[MEAN + name]) != len(results["params"]) for name in names):
        raise different_lengths()
    for i, params in enumerate(results["params"]):
        row = {"params": params, "mean": results[MEAN + metric][i]}
        if f"std_test_{metric}" in results:
            row["spread"] = results[f"std_test_{metric}"][i]
        row["scores"] = [results[name][i] for name in folds]
        if "n_resources" in results:
            row["rows"] = results["n_resources"][i]
        if others:
            row["metrics"] = {name: results[MEAN + name][i] for name in others}
        rows.append(row)
    return {"metric": metric, "trials": rows}


def _from_study(study: Any, listed: Sequence[Any]) -> dict[str, Any]:
    """Return the trials of a study of Optuna, of which the first objective ranks them."""
    directions = read_attribute(study, "directions") or [read_attribute(study, "direction")]
    direction = str(getattr(directions[0], "name", directions[0])).upper()
    names = read_attribute(study, "metric_names")
    names = [str(name) for name in names] if isinstance(names, list | tuple) and names else []
    rows = []
    for trial in listed:
        params = read_attribute(trial, "params")
        if not isinstance(params, Mapping):
            raise RecordError(
                f"A trial of the study has no params, got {short_repr(trial)}.",
                key="trials",
            )
        values = read_attribute(trial, "values")
        if not isinstance(values, list | tuple):
            values = [read_attribute(trial, "value", read_attribute(trial, "mean"))]
        state = read_attribute(trial, "state")
        row = {"params": params, "mean": values[0] if values else None}
        if isinstance(number := read_attribute(trial, "number"), int):
            row["number"] = number
        if error := state_error(getattr(state, "name", state)):
            row["error"] = error
        if len(values) > 1:
            titles = names[1:] or [f"values_{i}" for i in range(1, len(values))]
            row["metrics"] = dict(zip(titles, values[1:], strict=False))
        if isinstance(attrs := read_attribute(trial, "user_attrs"), Mapping) and attrs:
            row["attrs"] = attrs
        rows.append(row)
    return {
        "metric": names[0] if names else "value",
        "minimize": direction == "MINIMIZE",
        "method": type(study).__name__,
        "trials": rows,
    }


def _plain_trial(place: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a trial as plain values: without times, and with estimators as text."""
    found = {str(name): value for name, value in row.items() if name != "params"}
    params = {str(name): _text_of(value) for name, value in row["params"].items()}
    found["mean"] = _score(place, found.get("mean"))
    if "scores" in found:
        found["scores"] = [_score(place, value) for value in found["scores"]]
    if math.isnan(found["mean"]) and not found.get("error"):
        found["error"] = "failed" if "scores" in found else "no score"
    # A search with a fold for each row has more scores than a hyperparameter may have items.
    known = ("mean", "scores")
    plain = {k: value if k in known else plain_parameter(value) for k, value in found.items()}
    return {"params": params, **plain}


def _score(place: int, value: Any) -> float:
    if value is None:
        return math.nan
    number = value.item() if hasattr(value, "item") else value
    if not is_float(number):
        raise RecordError(
            f"The score of trial {place + 1} must be a number, got {value!r:.60}.", key="trials"
        )
    return float(number)


def _text_of(value: Any) -> Any:
    """Return a hyperparameter as a plain value; an estimator as its text, without addresses."""
    if type(value) in (list, tuple):
        return type(value)(_text_of(item) for item in value)
    if not is_estimator(value):
        return plain_parameter(value)
    try:
        text = " ".join(repr(value).split())
    except Exception:  # noqa: BLE001 - the code of an estimator can raise any error
        text = type(value).__name__
    return cut(_ADDRESS.sub("", text), _LONGEST)
