"""Errors of the registry as errors of MLflow, with their codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import (
    DATA_LOSS,
    INTERNAL_ERROR,
    INVALID_PARAMETER_VALUE,
    INVALID_STATE,
    IO_ERROR,
    NOT_IMPLEMENTED,
    PERMISSION_DENIED,
    RESOURCE_CONFLICT,
    RESOURCE_DOES_NOT_EXIST,
)

from exo_nbregistry.errors import (
    ConflictError,
    FormatVersionError,
    IntegrityError,
    InvalidInputError,
    InvalidReferenceError,
    NotFoundError,
    ProtectedAliasError,
    QueryError,
    RecordError,
    RegistryError,
    SerializationError,
    StoreError,
    UntrustedModelError,
    VersionMismatchError,
)

_P = ParamSpec("_P")
_R = TypeVar("_R")
# The first class that fits decides.
_CODES: tuple[tuple[type[RegistryError], int], ...] = (
    (NotFoundError, RESOURCE_DOES_NOT_EXIST),
    (ProtectedAliasError, PERMISSION_DENIED),
    (ConflictError, RESOURCE_CONFLICT),
    (UntrustedModelError, PERMISSION_DENIED),
    (IntegrityError, DATA_LOSS),
    (InvalidReferenceError, INVALID_PARAMETER_VALUE),
    (InvalidInputError, INVALID_PARAMETER_VALUE),
    (QueryError, INVALID_PARAMETER_VALUE),
    (SerializationError, INVALID_PARAMETER_VALUE),
    (VersionMismatchError, INVALID_STATE),
    (FormatVersionError, INVALID_STATE),
    (StoreError, IO_ERROR),
)


def error_code(error: RegistryError) -> int:
    """Return MLflow's code of an error of the registry.

    Parameters
    ----------
    error : RegistryError
        The error.

    Returns
    -------
    int
        The code in ``mlflow.protos.databricks_pb2``.

    Examples
    --------
    >>> from mlflow.protos.databricks_pb2 import ErrorCode
    >>> ErrorCode.Name(error_code(IntegrityError("changed", key="k", expected="a", actual="b")))
    'DATA_LOSS'
    """
    if isinstance(error, RecordError):
        # The key of a damaged record is its file; the key of a passed value is its name.
        is_file = str(error.key).startswith("models/")
        return DATA_LOSS if is_file else INVALID_PARAMETER_VALUE
    return next((code for kind, code in _CODES if isinstance(error, kind)), INTERNAL_ERROR)


@contextmanager
def mlflow_errors() -> Iterator[None]:
    """Raise each error of the registry as an MlflowException, whose cause is the error.

    Examples
    --------
    >>> with mlflow_errors():
    ...     registry.get_metadata("keplr")
    Traceback (most recent call last):
    ...
    mlflow.exceptions.MlflowException: No model is registered as 'keplr'...
    """
    try:
        yield
    except RegistryError as error:
        raise MlflowException(str(error), error_code(error)) from error


def with_mlflow_errors(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return a function that raises errors of the registry as `mlflow_errors` does.

    Parameters
    ----------
    function : callable
        The function.

    Returns
    -------
    callable
        The function with MLflow's errors.

    Examples
    --------
    >>> with_mlflow_errors(registry.get_metadata)("kepler_rf").version
    1
    """

    @wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with mlflow_errors():
            return function(*args, **kwargs)

    return call


def not_supported(what: str, instead: str) -> MlflowException:
    """Return the error of a call that this registry does not support.

    Parameters
    ----------
    what : str
        The unsupported feature, in the plural.
    instead : str
        What to do instead, as an imperative.

    Returns
    -------
    MlflowException
        The error, to be raised.

    Examples
    --------
    >>> print(not_supported("Stages", "set an alias").message)
    Stages are not supported by exo-nbregistry; set an alias.
    """
    return MlflowException(
        f"{what} are not supported by exo-nbregistry; {instead}.", NOT_IMPLEMENTED
    )
