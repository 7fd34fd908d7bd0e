"""The errors of the package, in one tree.

::

    RegistryError
    +- NotFoundError(LookupError)
    |  +- ModelNotFoundError
    |  +- VersionNotFoundError
    |  +- AliasNotFoundError
    |  +- RegistryNotFoundError
    +- InvalidReferenceError(ValueError)
    +- InvalidInputError(ValueError)
    +- ConflictError
    |  +- ProtectedAliasError
    +- RecordError(ValueError)
    +- FormatVersionError
    +- IntegrityError
    +- UntrustedModelError
    +- VersionMismatchError
    +- SerializationError
    +- QueryError(ValueError)
    +- SignatureMismatchError(ValueError)
    +- StoreError(OSError)
       +- MissingKeyError(FileNotFoundError)
       +- KeyExistsError(FileExistsError)

Attributes hold the facts that a program needs to recover. They have defaults because pickle
rebuilds an exception from its message alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exo_nbregistry.spelling import close_matches, either


class RegistryError(Exception):
    """Base class of the errors that this package raises."""


class NotFoundError(RegistryError, LookupError):
    """No object has the given name.

    Attributes
    ----------
    name : str
        The name that was looked up.
    known : tuple of str
        Close matches among the existing names, as `close_matches` returns them. The message
        suggests them.
    """

    def __init__(self, message: str, *, name: str = "", known: Iterable[str] = ()) -> None:
        self.name = name
        self.known = close_matches(name, known)
        hint = f" Did you mean {either(self.known)}?" if self.known else ""
        super().__init__(f"{message}{hint}")


class ModelNotFoundError(NotFoundError):
    """The registered model does not exist."""


class VersionNotFoundError(NotFoundError):
    """The version does not exist, or it was deleted or purged."""


class AliasNotFoundError(NotFoundError):
    """The registered model does not have this alias."""


class RegistryNotFoundError(NotFoundError):
    """The folder is not a registry.

    Attributes
    ----------
    name, known : str, tuple of str
        The location, and the registries near it, which the message suggests.
    """

    def __init__(self, message: str, *, name: str = "", known: Iterable[str] = ()) -> None:
        near = tuple(known)
        hint = f" Did you mean {either(near)}?" if near else ""
        super().__init__(f"{message}{hint}", name=name)
        self.known = near


class InvalidReferenceError(RegistryError, ValueError):
    """A name, alias or reference is invalid.

    Attributes
    ----------
    text : str
        The invalid text.
    rule : str
        The rule that it violates.
    """

    def __init__(self, message: str, *, text: str = "", rule: str = "") -> None:
        super().__init__(message)
        self.text = text
        self.rule = rule


class InvalidInputError(RegistryError, ValueError):
    """An argument, or a combination of arguments, is invalid."""


class ConflictError(RegistryError):
    """Another writer changed the registry first.

    Attributes
    ----------
    expected, actual : object
        The expected value and the current one.
    """

    def __init__(self, message: str, *, expected: object = None, actual: object = None) -> None:
        super().__init__(message)
        self.expected = expected
        self.actual = actual


class ProtectedAliasError(ConflictError):
    """A protected alias prevents a change; the message has the calls that allow it.

    Attributes
    ----------
    alias, version : str, int
        The alias, such as ``kepler_rf@champion``, and the version that it points to.
    """

    def __init__(self, message: str, *, alias: str = "", version: int = 0) -> None:
        super().__init__(message, actual=alias)
        self.alias = alias
        self.version = version


class RecordError(RegistryError, ValueError):
    """A record is invalid.

    Attributes
    ----------
    key : str
        The invalid store key or metadata field.
    issues : tuple of str
        All issues.
    """

    def __init__(self, message: str, *, key: str = "", issues: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.key = key
        self.issues = tuple(issues)


class FormatVersionError(RegistryError):
    """The format of the registry is not supported by this release.

    Attributes
    ----------
    found, supported : object
        The format version or feature of the registry, and the supported ones.
    """

    def __init__(self, message: str, *, found: object = None, supported: object = None) -> None:
        super().__init__(message)
        self.found = found
        self.supported = supported


class IntegrityError(RegistryError):
    """A stored file is missing, or its content has changed.

    Attributes
    ----------
    key : str
        Store key of the file.
    expected, actual : object
        The recorded digest, size or value, and the one found.
    """

    def __init__(
        self, message: str, *, key: str = "", expected: object = None, actual: object = None
    ) -> None:
        super().__init__(message)
        self.key = key
        self.expected = expected
        self.actual = actual


class UntrustedModelError(RegistryError):
    """A model was not loaded because its signer is not trusted.

    Attributes
    ----------
    signer : str or None
        Fingerprint of the signing key; None if the version is not signed.
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
    """A model was made with a different release of its library than the installed one.

    Attributes
    ----------
    recorded, current : str
        The release that made the model, and the installed release.
    """

    def __init__(self, message: str, *, recorded: str = "", current: str = "") -> None:
        super().__init__(message)
        self.recorded = recorded
        self.current = current


class SerializationError(RegistryError):
    """A model cannot be saved or loaded.

    Attributes
    ----------
    model_type : str
        Qualified name of the model's class.
    """

    def __init__(self, message: str, *, model_type: str = "") -> None:
        super().__init__(message)
        self.model_type = model_type


class QueryError(RegistryError, ValueError):
    """A filter or a sort order is invalid.

    Attributes
    ----------
    text : str
        The expression.
    position : int
        Zero-based column of the error.
    """

    def __init__(self, message: str, *, text: str = "", position: int = 0) -> None:
        self.text = text
        self.position = position
        pointer = f"\n  {text}\n  {' ' * position}^" if text and "\n" not in text else ""
        super().__init__(f"{message}{pointer}")


class SignatureMismatchError(RegistryError, ValueError):
    """The data does not match the model's signature.

    Attributes
    ----------
    missing, unexpected, wrong_dtype : tuple of str
        The mismatched columns.
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


class StoreError(RegistryError, OSError):
    """The store cannot read or write a file.

    Attributes
    ----------
    key : str
        Store key of the file.
    """

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class MissingKeyError(StoreError, FileNotFoundError):
    """The key does not exist."""


class KeyExistsError(StoreError, FileExistsError):
    """The key exists, and a key is written only once."""
