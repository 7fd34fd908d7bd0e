"""Attributes of objects whose code can raise any error."""

from __future__ import annotations

from typing import Any


def read_attribute(value: Any, name: str, default: Any = None) -> Any:
    """Return an attribute, or the default if it is missing or reading it raises.

    Parameters
    ----------
    value : object
        Any object. Attributes of models can be properties that raise any error.
    name : str
        Name of the attribute.
    default : object, default=None
        Value of a missing attribute.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> read_attribute(SVC(), "C"), read_attribute(SVC(), "classes_")
    (1.0, None)
    """
    try:
        return getattr(value, name, default)
    except Exception:  # noqa: BLE001 - the code of a model can raise any error
        return default
