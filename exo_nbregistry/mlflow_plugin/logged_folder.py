"""The folder of a model that MLflow logged: its facts, its model and the files to keep."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from mlflow.exceptions import MlflowException

from exo_nbregistry.errors import UntrustedModelError
from exo_nbregistry.mlflow_plugin.entities import to_text

MLMODEL = "MLmodel"
ATTACHMENT = "mlflow"
# MLflow writes it beside a downloaded model; it names the version that was downloaded.
_DOWNLOADED = "registered_model_meta"
_SKLEARN = "sklearn"
# Keys of the model of a version whose files are kept unopened.
_FLAVORS, _LOAD_WITH = "mlflow_flavors", "load_with"


@dataclass(frozen=True, slots=True)
class LoggedFolder:
    """A folder that MLflow wrote.

    Attributes
    ----------
    path : Path
        The folder.
    content : mapping
        The content of its file MLmodel.
    """

    path: Path
    content: Mapping[str, Any]

    @property
    def flavors(self) -> dict[str, Any]:
        """The flavors of the model by name, such as ``sklearn``."""
        flavors = self.content.get("flavors")
        return flavors if isinstance(flavors, dict) else {}

    @property
    def sklearn_file(self) -> str | None:
        """Relative path of the file of a scikit-learn model; None for other flavors."""
        flavor = self.flavors.get(_SKLEARN)
        name = flavor.get("pickled_model") if isinstance(flavor, dict) else None
        return name if isinstance(name, str) and is_inside(name) else None

    @property
    def sklearn_format(self) -> str:
        """Format of the file of a scikit-learn model, such as ``cloudpickle``."""
        flavor = self.flavors.get(_SKLEARN)
        return str(flavor.get("serialization_format", "cloudpickle")) if flavor else "cloudpickle"

    @property
    def columns(self) -> list[str] | None:
        """The names of the input columns, or None."""
        from mlflow.models import ModelSignature

        signature = self.content.get("signature")
        if not isinstance(signature, dict):
            return None
        schema = ModelSignature.from_dict(signature).inputs
        # The inputs of an array have no names.
        if schema is None or schema.is_tensor_spec() or not schema.has_input_names():
            return None
        return [str(name) for name in schema.input_names()]

    @property
    def other_flavor(self) -> str:
        """The name of the most specific flavor, such as ``xgboost``."""
        names = [name for name in self.flavors if name != "python_function"]
        return names[0] if names else "python_function"


def read_logged_folder(path: Path) -> LoggedFolder:
    """Read the facts of a folder that MLflow wrote; its model is not loaded.

    Parameters
    ----------
    path : Path
        The folder.

    Returns
    -------
    LoggedFolder
        The folder.

    Raises
    ------
    MlflowException
        If the folder has no valid file MLmodel.

    Examples
    --------
    >>> path = Path("logged")
    >>> path.mkdir()
    >>> _ = (path / "MLmodel").write_text("flavors: {sklearn: {pickled_model: model.pkl}}")
    >>> read_logged_folder(path).sklearn_file
    'model.pkl'

    Source: https://mlflow.org/docs/latest/ml/model/#storage-format
    """
    try:
        content = yaml.safe_load((path / MLMODEL).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise MlflowException.invalid_parameter_value(
            f"{path} has no readable file {MLMODEL}; pass the URI of a model that MLflow logged."
        ) from error
    if not isinstance(content, dict) or not isinstance(content.get("flavors"), dict):
        raise MlflowException.invalid_parameter_value(
            f"{path / MLMODEL} names no flavors; log the model again with MLflow."
        )
    return LoggedFolder(path, content)


def load_sklearn(folder: LoggedFolder, *, is_own: bool) -> Any:
    """Return the model of a folder with a scikit-learn model.

    Parameters
    ----------
    folder : LoggedFolder
        The folder.
    is_own : bool
        Whether this process has just logged the model. If not, the model is loaded without
        running code of its author.

    Returns
    -------
    object
        The model.

    Raises
    ------
    UntrustedModelError
        If the model has types that may run code, and this process has not logged it.
    """
    from exo_nbregistry.persistence.model_files import ModelPersistence

    if is_own:
        import mlflow.sklearn

        return mlflow.sklearn.load_model(str(folder.path))
    try:
        model, _ = ModelPersistence.load_model(folder.path / str(folder.sklearn_file))
    except UntrustedModelError as error:
        raise UntrustedModelError(
            "The model was not registered, because this process did not log it and its file can "
            f"run code when it is loaded ({', '.join(error.types) or 'unknown types'}). If you "
            "trust its author, load it with mlflow.sklearn.load_model(model_uri) and log it again: "
            "mlflow.sklearn.log_model(model, name='model', registered_model_name=...).",
            signer=error.signer,
            types=error.types,
        ) from error
    return model


def describe_flavors(folder: LoggedFolder) -> dict[str, Any]:
    """Return the facts of a model whose files are kept unopened, as plain values.

    Parameters
    ----------
    folder : LoggedFolder
        The folder.

    Returns
    -------
    dict
        The model of the version.

    Examples
    --------
    >>> folder = LoggedFolder(Path("m"), {"flavors": {"xgboost": {"data": "model.xgb"}}})
    >>> describe_flavors(folder)["mlflow_flavors"]
    {'xgboost': '{"data": "model.xgb"}'}
    """
    flavors = {name: to_text(value) for name, value in folder.flavors.items()}
    return {_FLAVORS: flavors, _LOAD_WITH: "mlflow.pyfunc.load_model('models:/...')"}


def described_flavors(model: Any) -> list[str]:
    """Return the flavors in the result of `describe_flavors`; an empty list for other models.

    Examples
    --------
    >>> described_flavors({"mlflow_flavors": {"xgboost": "{}"}, "load_with": ""})
    ['xgboost']
    >>> described_flavors({"C": 1.0})
    []
    """
    is_description = isinstance(model, dict) and model.keys() == {_FLAVORS, _LOAD_WITH}
    return list(model[_FLAVORS]) if is_description else []


@contextmanager
def kept_files(folder: LoggedFolder) -> Iterator[Path]:
    """Return a copy of the files that are stored as an attachment, for a ``with`` block.

    The file of a scikit-learn model is omitted, because the version has the model itself.

    Parameters
    ----------
    folder : LoggedFolder
        The folder.

    Yields
    ------
    Path
        The copy. Links and special files are omitted.
    """
    with TemporaryDirectory(prefix="exo-nbregistry-") as name:
        copy = Path(name) / ATTACHMENT
        for path in sorted(folder.path.rglob("*")):
            relative = path.relative_to(folder.path)
            if path.is_symlink() or not path.is_file() or "__pycache__" in relative.parts:
                continue
            if relative.as_posix() in (folder.sklearn_file, _DOWNLOADED):
                continue
            target = copy / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        yield copy


def is_inside(path: str) -> bool:
    """Return whether a relative POSIX path stays in its folder.

    Examples
    --------
    >>> is_inside("code/model.py"), is_inside("../model.pkl"), is_inside("/etc/passwd")
    (True, False, False)
    """
    parts = PurePosixPath(path).parts
    return bool(parts) and ".." not in parts and "\\" not in path and not path.startswith("/")
