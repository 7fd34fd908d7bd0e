"""Alternatives on a model that is not fitted."""

from __future__ import annotations

import logging
import sys
from typing import Any

from exo_nbregistry.introspection.estimator import algorithm_name
from exo_nbregistry.introspection.structure import is_pipeline, last_step
from exo_nbregistry.text.names import short_error
from exo_nbregistry.values.attribute import read_attribute

log = logging.getLogger("exo_nbregistry")


def warn_if_unfitted(model: Any) -> None:
    """Log a message if a model is not fitted; it is registered regardless."""
    if message := fitted_advice(model):
        log.warning("%s", message)


def fitted_advice(model: Any) -> str | None:
    """Return a sentence if a model is not fitted or cannot be checked, else None.

    Parameters
    ----------
    model : object
        Any model. Objects that are not scikit-learn estimators, or have nothing to fit, are not
        checked.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> fitted_advice(SVC())
    'SVC is not fitted.'
    """
    if "sklearn" not in sys.modules:
        return None
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        # scikit-learn raises TypeError for an estimator without fit.
        if isinstance(model, BaseEstimator) and callable(read_attribute(_final(model), "fit")):
            check_is_fitted(model)
    except NotFittedError:
        return f"{algorithm_name(model)} is not fitted."
    except Exception as error:  # noqa: BLE001 - the check of a model can raise any error
        return f"Cannot check whether {algorithm_name(model)} is fitted ({short_error(error)})."
    return None


def _final(model: Any) -> Any:
    while is_pipeline(model):
        model = last_step(model)
    return model
