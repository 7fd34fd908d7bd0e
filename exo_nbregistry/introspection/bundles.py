"""Bundles of a registration: made of a dict, and the data that match them."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

from exo_nbregistry.errors import InvalidInputError, RecordError
from exo_nbregistry.inference.bundle import Bundle
from exo_nbregistry.inference.bundle_dict import bundle_of_dict, has_estimator, refuse_sequence
from exo_nbregistry.inference.step_input import is_frame, select
from exo_nbregistry.introspection.registration_input import RegistrationInput
from exo_nbregistry.records.metadata import ModelMetadata

log = logging.getLogger("exo_nbregistry")


def read_bundle(model: Any, given: RegistrationInput) -> tuple[Any, RegistrationInput]:
    """Return the model of a registration, and the arguments that match it.

    Parameters
    ----------
    model : object
        Any model. A dict of the usual form becomes a bundle.
    given : RegistrationInput
        Arguments of ``register_model``.

    Returns
    -------
    model : object
        The model.
    given : RegistrationInput
        For a bundle, with decoded labels, its columns of `X`, and its threshold.

    Raises
    ------
    InvalidInputError
        If a dict, list or tuple holds models or transformers whose use is unknown, and `predict`
        does not define it.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> model = DummyClassifier().fit([[0.0]], [0])
    >>> given = RegistrationInput("toy", X=[[0.0]], y=[0])
    >>> read_bundle({"model": model, "labels": ["dust"]}, given)[1].y.tolist()
    ['dust']
    """
    if isinstance(model, dict | list | tuple):
        model = _of_container(model, given)
    return (model, _matching(model, given)) if isinstance(model, Bundle) else (model, given)


def _of_container(model: Any, given: RegistrationInput) -> Any:
    if not has_estimator(model):
        return model
    is_dict = isinstance(model, dict)
    if not is_dict and any(isinstance(part, ModelMetadata) for part in model):
        return model
    try:
        if not is_dict:
            raise refuse_sequence(model)
        made = bundle_of_dict(model)
    except InvalidInputError:
        # The function knows how to use the parts.
        if given.predict is None:
            raise
        return model
    log.warning(
        "The dict is registered as one model, which load_model returns: %r. Its keys still work, "
        "such as model[%r].",
        made,
        next(reversed(model)),
    )
    return made


def _matching(bundle: Bundle, given: RegistrationInput) -> RegistrationInput:
    changes: dict[str, Any] = {
        name: bundle.labels_of(labels)
        for name in ("y", "y_test")
        if (labels := getattr(given, name)) is not None
    }
    if given.pos_label is not None:
        changes["pos_label"] = bundle.label_of(given.pos_label)
    if given.threshold is None and bundle.threshold is not None and given.predict is None:
        changes["threshold"] = bundle.threshold
        if changes.setdefault("pos_label", bundle.positive_label) != bundle.positive_label:
            raise RecordError(
                f"The threshold of the bundle applies to {bundle.positive_label!r}, and pos_label= "
                f"is {changes['pos_label']!r:.60}; leave pos_label= out, or pass threshold=.",
                key="pos_label",
            )
    if is_frame(given.X) and hasattr(bundle, "feature_names_in_"):
        changes["X"] = select(given.X, bundle.feature_names_in_.tolist(), bundle.n_features_in_)
    return dataclasses.replace(given, **changes)
