"""Metrics of a model that is registered: measured on the test data, and passed by the user."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.arguments import read_results, require_pair
from exo_nbregistry.introspection.estimator import algorithm_name
from exo_nbregistry.introspection.evaluation import Evaluation
from exo_nbregistry.introspection.metrics import evaluate, is_clustering, is_measured
from exo_nbregistry.introspection.registration_input import RegistrationInput
from exo_nbregistry.introspection.scoring import declare_scoring
from exo_nbregistry.text.names import short_error

log = logging.getLogger("exo_nbregistry")


def measure(model: Any, given: RegistrationInput) -> Evaluation:
    """Return the metrics and other results of a model that is registered.

    Parameters
    ----------
    model : object
        The model.
    given : RegistrationInput
        Arguments of ``register_model``. Passed results take precedence over measured ones.

    Returns
    -------
    Evaluation
        Measured and passed results. If there are test data but no metrics, the reason is logged.

    Raises
    ------
    RecordError
        If an argument is invalid, or if a model of scikit-learn cannot predict on the test data.

    Examples
    --------
    >>> given = RegistrationInput("toy", metrics={"f1_score": 0.9, "folds": [0.8, 1.0]})
    >>> found = measure({"any": "model"}, given)
    >>> found.metrics, found.additional
    ({'f1_score': 0.9}, {'folds': [0.8, 1.0]})
    """
    results = read_results(given.metrics, given.evaluation_results)
    scores = {name: value for name, value in results.items() if _is_score(value)}
    others = {name: value for name, value in results.items() if name not in scores}
    found = _measured(model, given)
    if found.reason and not scores:
        log.warning(
            "No metrics were measured for %s: %s. Pass predict=, a function that takes the model "
            "and X_test and returns predictions, or evaluation_results=.",
            algorithm_name(model),
            found.reason,
        )
    return dataclasses.replace(
        found,
        metrics=found.metrics | scores,
        additional=found.additional | others,
        scoring=found.scoring or declare_scoring(model, given.pos_label, given.threshold),
    )


def _measured(model: Any, given: RegistrationInput) -> Evaluation:
    _check(model, given)
    if given.X_test is None:
        return Evaluation()
    try:
        return evaluate(
            model,
            given.X_test,
            given.y_test,
            pos_label=given.pos_label,
            threshold=given.threshold,
            sample_weight=given.sample_weight,
            predict=given.predict or _stored_clusters(model, given),
        )
    except RecordError:
        raise
    except Exception as error:
        reason = short_error(error)
        if given.predict is None and not is_measured(model):
            return Evaluation(reason=reason)
        way_out = "Pass test data that match the model, or neither."
        if given.predict is not None:
            way_out = (
                "predict= takes the model and X_test, and returns a label, a number or scores "
                "for each row."
            )
        raise RecordError(
            f"Cannot evaluate {algorithm_name(model)} on X_test and y_test ({reason}). {way_out}",
            key="X_test" if given.predict is None else "predict",
        ) from error


def _stored_clusters(model: Any, given: RegistrationInput) -> Callable[[Any, Any], Any] | None:
    """Return a function for the clusters of the training rows, if these are the test rows."""
    is_transductive = is_clustering(model) and not hasattr(model, "predict")
    if not is_transductive or given.X_test is not given.X or not hasattr(model, "labels_"):
        return None
    return lambda fitted, _rows: fitted.labels_


def _check(model: Any, given: RegistrationInput) -> None:
    require_pair(given.X_test, given.y_test, "X_test", "y_test")
    require_pair(given.X_test, given.sample_weight, "X_test", "sample_weight")
    if given.predict is not None and not callable(given.predict):
        raise RecordError(
            "predict must be a function that takes the model and X_test and returns predictions, "
            f"got {given.predict!r:.60}.",
            key="predict",
        )
    if given.y_test is not None:
        return
    unused = () if is_clustering(model) else ("predict",)
    for name in (*unused, "sample_weight"):
        if getattr(given, name) is not None:
            raise RecordError(f"{name}= requires X_test and y_test.", key="y_test")
    # Clusterings have no true labels, and those of outlier detectors are optional.
    if given.X_test is not None and is_measured(model):
        raise RecordError("y_test is required with X_test, to compute metrics.", key="y_test")


def _is_score(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
