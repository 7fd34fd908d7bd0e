"""Names of the models that are registered automatically."""

from __future__ import annotations

import re
from typing import Any

from exo_nbregistry.errors import InvalidReferenceError
from exo_nbregistry.introspection.estimator import algorithm_name
from exo_nbregistry.values.reference import KEY_RULE, is_model_key

_MAX_CHARACTERS = 64
# Before a capital letter that begins a word: KNeighbors is k_neighbors, MLPRegressor mlp_regressor.
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TASK = re.compile(r"_(?:classifier|regressor)$")


def check_pattern(pattern: str) -> str:
    """Check a pattern of names and return it.

    Parameters
    ----------
    pattern : str
        Name of a model, with at most one ``*`` for the algorithm.

    Returns
    -------
    str
        The pattern.

    Raises
    ------
    InvalidReferenceError
        If no model can have such a name.

    Examples
    --------
    >>> check_pattern("kepler_*")
    'kepler_*'
    """
    if not isinstance(pattern, str):
        raise InvalidReferenceError(
            f"The pattern must be text such as 'kepler_*', got {type(pattern).__name__}.",
            text=repr(pattern),
            rule=KEY_RULE,
        )
    if pattern.count("*") > 1:
        raise InvalidReferenceError(
            f"The pattern {pattern!r:.80} has more than one *; use it once, for the algorithm.",
            text=pattern,
            rule=KEY_RULE,
        )
    if not (pattern.isascii() and is_model_key(pattern.replace("*", "svc").lower())):
        raise InvalidReferenceError(
            f"The pattern {pattern!r:.80} does not make a model name: {KEY_RULE}.",
            text=pattern,
            rule=KEY_RULE,
        )
    return pattern


def name_of(pattern: str, model: Any) -> str:
    """Return the name of a model by a pattern.

    Parameters
    ----------
    pattern : str
        Pattern of `check_pattern`.
    model : estimator
        The model.

    Returns
    -------
    str
        The pattern with the algorithm for ``*``: the name of the class in snake case, without
        ``Classifier`` and ``Regressor``. Of a pipeline its last step is used, and of a search the
        estimator that it chose.

    Examples
    --------
    >>> from sklearn.calibration import CalibratedClassifierCV
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> name_of("kepler_*", RandomForestClassifier())
    'kepler_random_forest'
    >>> name_of("*_v2", CalibratedClassifierCV(RandomForestClassifier()))
    'calibrated_classifier_cv_random_forest_v2'
    """
    before, mark, after = pattern.partition("*")
    if not mark:
        return pattern
    words = [_TASK.sub("", _WORD.sub("_", part).lower()) for part in _parts(model)]
    short = re.sub(r"[^a-z0-9]+", "_", "_".join(words)).strip("_") or "model"
    return before + short[: _MAX_CHARACTERS - len(before + after)].rstrip("_") + after


def _parts(model: Any) -> list[str]:
    """Return the classes in the name of the algorithm, the outer one first."""
    return [part for part in re.split(r"[(),\s]+", algorithm_name(model)) if part]
