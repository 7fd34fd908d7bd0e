"""Progress of the trials of a search, from the scores of their folds."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from exo_nbregistry.training.progress import ProgressListener
from exo_nbregistry.training.trials import Trial, format_params


class TrialWatch:
    """Collects the score of each fold and reports each trial to a listener.

    A search reports failed fits only at its end. If fits run in order, the score of a later trial
    shows which earlier fits failed.

    Parameters
    ----------
    listener : ProgressListener
        Receives steps, results and failures.
    folds : int
        Number of scores per trial.
    choices : sequence of mapping
        Hyperparameters of each trial, if known in advance.
    in_order : bool
        Whether trials run one after the other.
    """

    def __init__(
        self,
        listener: ProgressListener,
        folds: int,
        choices: Sequence[Mapping[str, Any]] = (),
        *,
        in_order: bool = False,
    ) -> None:
        self._lock = threading.Lock()
        self._listener, self._folds, self._in_order = listener, folds, in_order
        self._choices: list[Mapping[str, Any]] = []
        self._scores: list[list[float]] = []
        self._places: dict[str, list[int]] = {}
        for choice in choices:
            self._add(choice)
        if choices and in_order:
            listener.begin(self._name(0))

    def record_score(self, params: Mapping[str, Any], score: float) -> None:
        """Record the score of one fold.

        Parameters
        ----------
        params : mapping of str to object
            Hyperparameters of the fitted estimator.
        score : float
            Score of the fold.
        """
        with self._lock:
            place = self._find(params)
            self._listener.step()
            self._scores[place].append(score)
            if self._in_order:
                self._fail_skipped_trials(place)
            if len(self._scores[place]) == self._folds:
                self._report_trial(place)
                if self._in_order and place + 1 < len(self._choices):
                    self._listener.begin(self._name(place + 1))

    def end(self, trials: Sequence[Trial]) -> None:
        """Report all trials of the finished search, with the reason of each failure."""
        with self._lock:
            counted = sum(map(len, self._scores))
            self._listener.step(sum(len(trial.scores) for trial in trials) - counted)
            places = {key: list(found) for key, found in self._places.items()}
            for trial in trials:
                same = places.get(_key(trial.params))
                name = self._name(same.pop(0) if same else self._add(trial.params))
                if trial.error:
                    self._listener.fail(name, trial.error)
                else:
                    self._listener.result(name, score=trial.mean)

    def _find(self, params: Mapping[str, Any]) -> int:
        """Return the first trial of these hyperparameters that lacks scores, or a new one."""
        for place in self._places.get(_key(params), ()):
            if len(self._scores[place]) < self._folds:
                return place
        place = self._add(params)
        self._listener.begin(self._name(place))
        return place

    def _add(self, params: Mapping[str, Any]) -> int:
        place = len(self._choices)
        self._choices.append(params)
        self._scores.append([])
        self._places.setdefault(_key(params), []).append(place)
        return place

    def _fail_skipped_trials(self, place: int) -> None:
        for earlier in range(place):
            missing = self._folds - len(self._scores[earlier])
            if missing:
                where = f"in {missing} of {self._folds} folds; the reason follows after the search"
                self._listener.fail(self._name(earlier), where)
                self._listener.step(missing)
                self._scores[earlier] += [math.nan] * missing

    def _report_trial(self, place: int) -> None:
        self._listener.result(self._name(place), score=float(np.mean(self._scores[place])))

    def _name(self, place: int) -> str:
        return f"trial {place + 1}: {format_params(self._choices[place])}"


def _key(params: Mapping[str, Any]) -> str:
    # Hyperparameters may be models or arrays, which do not compare by ==, so use their repr.
    plain = {n: v.item() if isinstance(v, np.generic) else v for n, v in params.items()}
    return repr(sorted((name, repr(value)) for name, value in plain.items()))
