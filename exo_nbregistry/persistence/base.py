"""The contract of a model format."""

from __future__ import annotations

from typing import Any, BinaryIO, Protocol

from exo_nbregistry.digest import Writable


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
            If the model holds something that cannot be written.
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
        """
        ...
