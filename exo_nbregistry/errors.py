"""Every error that the registry raises, in one tree.

::

    RegistryError
    +- NotFoundError(LookupError)
    |  +- ModelNotFoundError
    |  +- VersionNotFoundError
    |  +- AliasNotFoundError
    +- InvalidReferenceError(ValueError)
    +- ConflictError
    +- RecordError(ValueError)
    +- FormatVersionError
    +- IntegrityError
    +- UntrustedModelError
    +- VersionMismatchError
    +- SerializationError
    +- QueryError(ValueError)
    +- SignatureMismatchError(ValueError)
    +- InvalidArgumentError(ValueError)
    +- StoreError(OSError)
       +- MissingKeyError(FileNotFoundError)
       +- KeyExistsError(FileExistsError)

Each error keeps, as attributes, the facts that a program needs to recover. The evidence has
defaults because an exception is rebuilt from its message alone when it crosses processes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


class RegistryError(Exception):
    """Base of everything that this package raises on purpose."""


class NotFoundError(RegistryError, LookupError):
    """Something was asked for by a name that nothing has.

    Parameters
    ----------
    message : str
        What was not found.
    name : str
        The name that was asked for.
    known : iterable of str
        The names that exist; close matches go into the message.

    Attributes
    ----------
    name : str
        The name that was asked for.
    known : tuple of str
        Close matches, best first; all known names if there are at most ten and none is close.
    """

    def __init__(self, message: str, *, name: str = "", known: Iterable[str] = ()) -> None:
        self.name = name
        self.known = close_matches(name, known)
        hint = f" Did you mean {_either(self.known)}?" if self.known else ""
        super().__init__(f"{message}{hint}")


class ModelNotFoundError(NotFoundError):
    """No registered model has this name."""


class VersionNotFoundError(NotFoundError):
    """The registered model has no such version, or the version was deleted or purged."""


class AliasNotFoundError(NotFoundError):
    """The registered model has no such alias."""


class InvalidReferenceError(RegistryError, ValueError):
    """A name, alias or reference breaks the grammar.

    Attributes
    ----------
    text : str
        What was given.
    rule : str
        The rule that it breaks.
    """

    def __init__(self, message: str, *, text: str = "", rule: str = "") -> None:
        super().__init__(message)
        self.text = text
        self.rule = rule


class ConflictError(RegistryError):
    """A compare-and-swap lost: the registry does not hold what the caller expected.

    Attributes
    ----------
    expected, actual : object
        What the caller expected to find, and what is there now.
    """

    def __init__(self, message: str, *, expected: object = None, actual: object = None) -> None:
        super().__init__(message)
        self.expected = expected
        self.actual = actual


class RecordError(RegistryError, ValueError):
    """A record cannot be written or read.

    Attributes
    ----------
    key : str
        The store key or metadata key that is at fault.
    issues : tuple of str
        Every fault that was found, not only the first.
    """

    def __init__(self, message: str, *, key: str = "", issues: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.key = key
        self.issues = tuple(issues)


class FormatVersionError(RegistryError):
    """The registry was written in a format that this release cannot read.

    Attributes
    ----------
    found, supported : object
        The format version or feature found, and what this release supports.
    """

    def __init__(self, message: str, *, found: object = None, supported: object = None) -> None:
        super().__init__(message)
        self.found = found
        self.supported = supported


class IntegrityError(RegistryError):
    """Stored bytes are not the bytes that were registered.

    Attributes
    ----------
    key : str
        The file at fault, as a store key.
    expected, actual : object
        The digest, size or value that was recorded, and the one that was found.
    """

    def __init__(
        self, message: str, *, key: str = "", expected: object = None, actual: object = None
    ) -> None:
        super().__init__(message)
        self.key = key
        self.expected = expected
        self.actual = actual


class UntrustedModelError(RegistryError):
    """A model was not loaded because nobody whom this user trusts has signed it.

    Attributes
    ----------
    signer : str or None
        Fingerprint of the key that signed, or None where there is no signature.
    types : tuple of str
        The types that loading would import.
    """

    def __init__(
        self, message: str, *, signer: str | None = None, types: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.signer = signer
        self.types = tuple(types)


class VersionMismatchError(RegistryError):
    """A model was made by a release of its library that differs from the one installed.

    Attributes
    ----------
    recorded, current : str
        The release that the model was made with, and the one installed here.
    """

    def __init__(self, message: str, *, recorded: str = "", current: str = "") -> None:
        super().__init__(message)
        self.recorded = recorded
        self.current = current


class SerializationError(RegistryError):
    """A model cannot be turned into bytes, or back.

    Attributes
    ----------
    model_type : str
        The qualified name of the model's class.
    """

    def __init__(self, message: str, *, model_type: str = "") -> None:
        super().__init__(message)
        self.model_type = model_type


class QueryError(RegistryError, ValueError):
    """A filter or an order expression is outside the language.

    Attributes
    ----------
    text : str
        The expression.
    position : int
        Zero-based column at fault.
    """

    def __init__(self, message: str, *, text: str = "", position: int = 0) -> None:
        self.text = text
        self.position = position
        pointer = f"\n  {text}\n  {' ' * position}^" if text and "\n" not in text else ""
        super().__init__(f"{message}{pointer}")


class SignatureMismatchError(RegistryError, ValueError):
    """Data at predict time does not fit the model's signature.

    Attributes
    ----------
    missing, unexpected, wrong_dtype : tuple of str
        The columns at fault.
    """

    def __init__(
        self,
        message: str,
        *,
        missing: Sequence[str] = (),
        unexpected: Sequence[str] = (),
        wrong_dtype: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.missing = tuple(missing)
        self.unexpected = tuple(unexpected)
        self.wrong_dtype = tuple(wrong_dtype)


class InvalidArgumentError(RegistryError, ValueError):
    """An argument has an invalid value, or does not fit the other arguments."""


class StoreError(RegistryError, OSError):
    """The place that keeps the bytes failed.

    Attributes
    ----------
    key : str
        The store key at fault.
    """

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class MissingKeyError(StoreError, FileNotFoundError):
    """Nothing is stored under this key."""


class KeyExistsError(StoreError, FileExistsError):
    """Something is stored under this key already, and keys are written once."""


def close_matches(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the known names that a person may have meant.

    Parameters
    ----------
    name : str
        What was typed.
    known : iterable of str
        What exists.

    Returns
    -------
    tuple of str
        At most three close matches, best first; failing these, those that begin with what was
        typed; failing these, all of `known` if at most ten.

    Examples
    --------
    >>> close_matches("kepler_fr", ["kepler_rf", "tess_svm"])
    ('kepler_rf',)
    """
    names = list(dict.fromkeys(known))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    close = close or [one for one in names if name and one.startswith(name)][:3]
    return tuple(close or (names if len(names) <= 10 else ()))


def _either(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
