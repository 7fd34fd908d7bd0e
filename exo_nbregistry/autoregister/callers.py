"""Which calls of an estimator are the user's own.

A search, a cross-validation or an ensemble fits many estimators, in this thread or in others.
Their calls come from a library, so a frame of it is on the stack.
"""

from __future__ import annotations

from types import FrameType

# Libraries that fit estimators in a call of the user.
_LIBRARIES = frozenset(
    (
        *("sklearn", "joblib", "exo_nbregistry", "imblearn", "lightgbm", "xgboost", "catboost"),
        *("optuna", "hyperopt", "skopt", "flaml", "mlxtend", "sklego", "skorch", "dask_ml"),
        *("distributed", "shap", "mapie", "boruta", "yellowbrick"),
    )
)
# Scorers and displays call the model for the user, and these modules only pass calls on.
_TRANSPARENT = ("sklearn.metrics.", "sklearn.utils._", "sklearn.utils.validation")


def is_users_call(frame: FrameType | None) -> bool:
    """Return whether no library of estimators has called a frame.

    Parameters
    ----------
    frame : frame or None
        The innermost frame.

    Examples
    --------
    >>> import sys
    >>> is_users_call(sys._getframe())
    True
    """
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if (
            module.partition(".")[0] in _LIBRARIES
            and not module.startswith(_TRANSPARENT)
            # What was typed is the user's, also with the names of a module, as in a doctest.
            and not frame.f_code.co_filename.startswith("<")
        ):
            return False
        frame = frame.f_back
    return True
