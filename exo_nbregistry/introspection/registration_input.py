"""Arguments of a registration, before they are checked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RegistrationInput:
    """Arguments of `register_model`; None is inferred from the model and the data.

    Attributes
    ----------
    model_name : str
        Name as typed.
    algorithm : str or None
        Kind of model.
    evaluation_results, metrics, hyperparameters, training_info : mapping or None
        Arguments of ``register_model``; the first two are names of one argument.
    feature_columns : sequence of str or None
        Input columns.
    description : str
        Free text.
    tags : mapping or collection of str
        Initial tags.
    parent : str or None
        Version that the model was derived from.
    attachments : mapping
        Additional values to store with the model, by name.
    trials, curves : object
        Trials of a search, and curves of the training, in any form of ``register_model``.
    X, y, X_test, y_test : array-like or None
        Training and test data.
    pos_label : object
        The positive class.
    threshold : float or None
        Minimum score of a row that is predicted positive.
    sample_weight : array-like or None
        Weight of each test row.
    predict : callable or None
        Takes the model and the test data and returns predictions.
    by_value : bool
        Whether the model carries the classes and functions that no package has.
    provenance : str or None
        Level of provenance; None is the level of the configuration.
    """

    model_name: str
    algorithm: str | None = None
    evaluation_results: Mapping[str, Any] | None = None
    metrics: Mapping[str, Any] | None = None
    hyperparameters: Mapping[str, Any] | None = None
    training_info: Mapping[str, Any] | None = None
    feature_columns: Sequence[str] | None = None
    description: str = ""
    tags: Mapping[str, Any] | Collection[str] = field(default_factory=dict)
    parent: str | None = None
    attachments: Mapping[str, Any] = field(default_factory=dict)
    trials: Any = None
    curves: Any = None
    X: Any = None
    y: Any = None
    X_test: Any = None
    y_test: Any = None
    pos_label: Any = None
    threshold: float | None = None
    sample_weight: Any = None
    predict: Callable[[Any, Any], Any] | None = None
    by_value: bool = True
    provenance: str | None = None
