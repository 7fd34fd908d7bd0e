"""Tests of MLflow's codes of the errors of the registry."""

from __future__ import annotations

import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import ErrorCode

from exo_nbregistry import errors
from exo_nbregistry.mlflow_plugin.errors import error_code, mlflow_errors
from tests.mlflow_plugin.test_registry_store import refused


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ModelNotFoundError("x", name="x"), "RESOURCE_DOES_NOT_EXIST"),
        (errors.RegistryNotFoundError("x", name="x"), "RESOURCE_DOES_NOT_EXIST"),
        (errors.ConflictError("x", expected=1, actual=2), "RESOURCE_CONFLICT"),
        (errors.ProtectedAliasError("x", alias="rf@champion", version=1), "PERMISSION_DENIED"),
        (errors.UntrustedModelError("x", signer=None, types=()), "PERMISSION_DENIED"),
        (errors.IntegrityError("x", key="k", expected="a", actual="b"), "DATA_LOSS"),
        (errors.RecordError("x", key="models/a/versions/v000001.json"), "DATA_LOSS"),
        (errors.RecordError("x", key="tags.team"), "INVALID_PARAMETER_VALUE"),
        (errors.InvalidReferenceError("x", text="x", rule="y"), "INVALID_PARAMETER_VALUE"),
        (errors.RegistryError("x"), "INTERNAL_ERROR"),
    ],
)
def test_each_error_has_a_code(error: errors.RegistryError, code: str) -> None:
    """MLflow's clients and servers decide by the code, and the cause is kept."""
    assert ErrorCode.Name(error_code(error)) == code
    with refused(code) as caught, mlflow_errors():
        raise error
    assert caught.value.__cause__ is error


def test_other_errors_are_unchanged() -> None:
    """An error of the program, or one of MLflow, is not renamed."""
    for error in (KeyError("x"), MlflowException("x")):
        with pytest.raises(type(error)) as caught, mlflow_errors():
            raise error
        assert caught.value is error
