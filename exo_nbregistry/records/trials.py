"""The stored trials of a hyperparameter search, read from an untrusted attachment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exo_nbregistry.values.frozen import immutable

ATTACHMENT = "trials"
PRUNED = "pruned"
_LARGEST = 1e300  # beyond it the margins of an axis overflow


@immutable
@dataclass(frozen=True, slots=True)
class StoredTrial:
    """One choice of hyperparameters.

    Attributes
    ----------
    number : int
        Place in the search, from 1.
    params : dict of str to object
        The hyperparameters.
    score : float
        Score; NaN if the trial failed.
    spread : float or None
        Standard deviation of the scores of the folds.
    rows : float
        Number of rows, or another resource, of the trial; 0 if it is unknown. A search by halving
        scores most trials with few.
    error : str
        Reason of a failure; empty without one.
    others : dict of str to object
        Other metrics, and attributes that the user set.
    """

    number: int
    params: dict[str, Any]
    score: float = math.nan
    spread: float | None = None
    rows: float = 0.0
    error: str = ""
    others: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredSearch:
    """The trials of a search.

    Attributes
    ----------
    metric : str
        Name of the score.
    minimize : bool
        Whether lower scores are better.
    trials : tuple of StoredTrial
        All stored trials, in the order tried.
    total : int
        Number of trials of the search, which can be more than are stored.
    """

    metric: str
    minimize: bool
    trials: tuple[StoredTrial, ...]
    total: int

    @classmethod
    def of(cls, attachment: Mapping[str, Any]) -> StoredSearch:
        """Return the trials of the attachment ``trials``; malformed ones are ignored.

        Examples
        --------
        >>> found = StoredSearch.of({"trials": [{"params": {"C": 1}, "mean": 0.9}]})
        >>> found.metric, found.best[0].params
        ('score', {'C': 1})
        """
        listed = attachment.get("trials")
        known = listed if isinstance(listed, list | tuple) else ()
        trials = tuple(
            _trial(i + 1, item)
            for i, item in enumerate(known)
            if isinstance(item, Mapping) and isinstance(item.get("params"), Mapping)
        )
        total = attachment.get("n_trials")
        return cls(
            metric=str(attachment.get("metric") or "score"),
            minimize=attachment.get("minimize") is True,
            trials=trials,
            total=max(total if type(total) is int else 0, len(known)),
        )

    @property
    def best(self) -> list[StoredTrial]:
        """Trials with a score, best first; of a search by halving, those with the most rows."""
        scored = [trial for trial in self.trials if is_finite(trial.score)]
        # Scores of trials on few rows are not comparable.
        most = max((trial.rows for trial in scored), default=0.0)
        sign = 1 if self.minimize else -1
        return sorted((t for t in scored if t.rows == most), key=lambda trial: sign * trial.score)

    @property
    def omitted(self) -> dict[str, int]:
        """Number of trials that are not among the best, by reason."""
        pruned = sum(trial.error == PRUNED for trial in self.trials)
        scored = sum(is_finite(trial.score) for trial in self.trials)
        found = {
            "that failed": len(self.trials) - scored - pruned,
            "pruned": pruned,
            "scored on fewer rows": scored - len(self.best),
            "not stored": self.total - len(self.trials),
        }
        return {reason: number for reason, number in found.items() if number > 0}

    @property
    def names(self) -> list[str]:
        """Names of the hyperparameters, in the order of their first use."""
        return list(dict.fromkeys(name for trial in self.trials for name in trial.params))


def is_finite(value: Any) -> bool:
    """Return whether a value is a number that can be compared and plotted."""
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and abs(value) < _LARGEST


def _trial(place: int, item: Mapping[str, Any]) -> StoredTrial:
    number, score, spread, rows = (item.get(k) for k in ("number", "mean", "spread", "rows"))
    error = item.get("error")
    others: dict[str, Any] = {}
    for name in ("metrics", "attrs"):
        part = item.get(name)
        others |= part if isinstance(part, Mapping) else {}
    is_pruned = error == PRUNED
    return StoredTrial(
        number=number if type(number) is int else place,
        params={str(name): value for name, value in item["params"].items()},
        score=float(score) if is_finite(score) and not is_pruned else math.nan,  # type: ignore[arg-type]
        spread=float(spread) if is_finite(spread) else None,  # type: ignore[arg-type]
        rows=float(rows) if is_finite(rows) else 0.0,  # type: ignore[arg-type]
        error=error if isinstance(error, str) else "",
        others={str(name): value for name, value in others.items()},
    )
