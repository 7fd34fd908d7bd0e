"""The contract of a model format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.values.digest import Writable

Dump = Callable[[Writable], tuple[str, ...]]
"""Writes one model and returns every module-level name that loading will import."""


class Format(Protocol):
    """One way to turn a model into bytes and back."""

    name: str
    """Name in records, such as ``joblib``."""

    extension: str
    """File extension without its dot."""

    def dump(self, model: Any, target: Writable) -> tuple[str, ...]:
        """Write a model.

        Parameters
        ----------
        model : object
            What to write.
        target : Writable
            Where the bytes go.

        Returns
        -------
        tuple of str
            Every module-level name that loading will import, sorted, such as
            ``sklearn.svm._classes.SVC``.

        Raises
        ------
        SerializationError
            If there is no model, or it holds something that cannot be written.
        """
        ...

    def load(self, source: BinaryIO, *, mmap_path: str | None = None) -> Any:
        """Read a model from bytes whose digest and signer were judged already.

        Parameters
        ----------
        source : BinaryIO
            The verified bytes.
        mmap_path : str or None
            File with the same bytes, to map arrays from instead of copying them.

        Returns
        -------
        object
            The model.
        """
        ...


def type_name(model: Any) -> str:
    """Return the dotted name of a model's type.

    Examples
    --------
    >>> from fractions import Fraction
    >>> type_name(Fraction(1, 2))
    'fractions.Fraction'
    """
    return f"{type(model).__module__}.{type(model).__qualname__}"


def refuse_none(model: Any) -> None:
    """Refuse None, which is what a variable holds when a fit went wrong.

    Raises
    ------
    SerializationError
        If `model` is None.
    """
    if model is None:
        raise SerializationError(
            "There is no model to write: it is None. Pass the fitted model itself.",
            model_type="builtins.NoneType",
        )
