"""Model files outside a registry: single files, checkpoints, and folders for deployment."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.persistence.checkpoint import read_latest_checkpoint, write_checkpoint
from exo_nbregistry.persistence.deployment import export_folder
from exo_nbregistry.persistence.file_card import Facts, encode_facts
from exo_nbregistry.persistence.joblib_format import JOBLIB
from exo_nbregistry.persistence.sidecar import read_model, save_model

_log = logging.getLogger("exo_nbregistry")


class ModelPersistence:
    """Save and load signed model files.

    Each model file has a small JSON file beside it, with the digest of the model, the names that
    loading imports, the metadata and a signature. Loading checks all of these before it unpickles
    the model.

    Examples
    --------
    >>> path = ModelPersistence.save_model(
    ...     {"weights": [0.5, 2.0]}, "models/line.joblib", {"rows": 7}
    ... )
    >>> ModelPersistence.load_model(path)
    ({'weights': [0.5, 2.0]}, {'rows': 7})
    """

    @staticmethod
    def save_model(
        model: Any,
        path: str | os.PathLike[str],
        metadata: Facts = None,
        *,
        by_value: bool = True,
    ) -> Path:
        """Save a model with its metadata, signed, replacing an existing file.

        After a crash, either the old or the new model loads with its own metadata; a temporary
        file ``.tmp-...`` may remain and can be removed.

        Parameters
        ----------
        model : object
            Any object that joblib can write.
        path : str or path-like
            The model file, such as ``models/kepler.joblib``. Missing parent folders are created.
            The metadata file has the same name with ``.json`` added.
        metadata : mapping, ModelMetadata or None, default=None
            Text, numbers, datetimes, lists and dicts of these. A `ModelMetadata` is stored as
            its ``to_dict()``.
        by_value : bool, default=True
            As in `ModelRegistry.register_model`.

        Returns
        -------
        Path
            The model file.

        Raises
        ------
        SerializationError
            If the model is None or contains an object that cannot be written.
        RecordError
            If the metadata contains an unsupported value; the error names its key.
        StoreError
            If the file cannot be written, or another process is writing it for 60 s.

        Examples
        --------
        >>> path = ModelPersistence.save_model([0.5], "models/line.joblib")
        >>> ModelPersistence.save_model([0.7], path, {"fit": {"by": object()}})
        Traceback (most recent call last):
        exo_nbregistry.errors.RecordError: metadata.fit.by has the unsupported type \
builtins.object; pass text, numbers, datetimes, or lists and dicts of these.
        """
        path = Path(path)
        facts = encode_facts(metadata)
        save_model(partial(JOBLIB.write, model, by_value=by_value), path, facts)
        return path

    @staticmethod
    def load_model(
        path: str | os.PathLike[str], *, trust: Sequence[str] = (), unsafe: bool = False
    ) -> tuple[Any, dict[Any, Any]]:
        """Load a model; without code of its author, unless you trust its signer.

        Parameters
        ----------
        path : str or path-like
            The model file.
        trust, unsafe
            As in `ModelRegistry.load_model`.

        Returns
        -------
        model : object
            The model.
        metadata : dict
            Its metadata; empty for a file that another tool saved.

        Raises
        ------
        MissingKeyError
            If the file does not exist.
        StoreError
            If `path` is not a file.
        UntrustedModelError
            If the signer is not trusted and the model has types that are not allowed.
        IntegrityError
            If the file was changed after it was saved.
        VersionMismatchError
            If the model carries code of another minor version of Python.
        SerializationError
            If a required package is not installed.

        Examples
        --------
        >>> path = ModelPersistence.save_model([0.5, 2.0], "line.joblib", {"by": "Ada"})
        >>> ModelPersistence.load_model(path)
        ([0.5, 2.0], {'by': 'Ada'})
        """
        return read_model(Path(path), trust=trust, unsafe=unsafe)

    @staticmethod
    def save_model_checkpoint(
        model: Any,
        checkpoint_dir: str | os.PathLike[str],
        checkpoint_name: str = "checkpoint",
        metadata: Facts = None,
    ) -> Path:
        """Save the next numbered checkpoint of a series, also from several processes.

        Parameters
        ----------
        model : object
            Any object that joblib can write.
        checkpoint_dir : str or path-like
            Folder of the checkpoints, created if missing. After a crash, a temporary folder
            ``.tmp-...`` may remain and can be removed.
        checkpoint_name : str, default="checkpoint"
            Name of the series.
        metadata : mapping, ModelMetadata or None, default=None
            Metadata such as the epoch and the loss, as in `save_model`.

        Returns
        -------
        Path
            The model file, ``<checkpoint_dir>/<checkpoint_name>-000001/model.joblib``.

        Raises
        ------
        InvalidReferenceError
            If the name cannot be a part of a file name.
        SerializationError, RecordError, StoreError
            As in `save_model`.

        Examples
        --------
        >>> for epoch in range(3):
        ...     path = ModelPersistence.save_model_checkpoint(
        ...         [epoch / 2], "checkpoints/line", "line", {"epoch": epoch}
        ...     )
        >>> path.as_posix()
        'checkpoints/line/line-000003/model.joblib'
        """
        return write_checkpoint(model, Path(checkpoint_dir), checkpoint_name, metadata)

    @staticmethod
    def load_latest_checkpoint(
        checkpoint_dir: str | os.PathLike[str],
        checkpoint_name: str = "checkpoint",
        *,
        trust: Sequence[str] = (),
        unsafe: bool = False,
    ) -> tuple[Any, dict[Any, Any]]:
        """Load the newest checkpoint; skip damaged ones with a warning.

        Parameters
        ----------
        checkpoint_dir : str or path-like
            Folder of the checkpoints.
        checkpoint_name : str, default="checkpoint"
            Name of the series.
        trust, unsafe
            As in `load_model`.

        Returns
        -------
        model : object
            The model.
        metadata : dict
            Its metadata.

        Raises
        ------
        NotFoundError
            If there is no intact checkpoint.
        UntrustedModelError, SerializationError
            As in `load_model`, for the newest intact checkpoint.

        Examples
        --------
        >>> for epoch in range(3):
        ...     _ = ModelPersistence.save_model_checkpoint([epoch], "checkpoints", "line")
        >>> ModelPersistence.load_latest_checkpoint("checkpoints", "line")
        ([2], {})
        """
        return read_latest_checkpoint(
            Path(checkpoint_dir), checkpoint_name, trust=trust, unsafe=unsafe
        )

    @staticmethod
    def export_model_for_deployment(
        model: Any,
        export_path: str | os.PathLike[str],
        model_info: Facts = None,
    ) -> Path:
        """Export a model to a folder that can predict without this package.

        The folder contains ``model.joblib``, ``model_info.json``, ``requirements.txt`` (exact
        versions), ``README.md`` and ``predict.py`` (``python predict.py in.csv out.csv``). It
        also contains an ``example.csv`` if a valid row can be generated for the model.

        Parameters
        ----------
        model : object
            A fitted model with ``predict``.
        export_path : str or path-like
            The folder; it must be new or empty.
        model_info : mapping, ModelMetadata or None, default=None
            Metadata as in `save_model`. The export uses ``signature``, ``feature_columns``,
            ``metrics`` and ``description``, if present.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        KeyExistsError
            If the target is not a new or empty folder.
        SerializationError
            If the model does not have ``predict``, is not fitted, or cannot be written.
        RecordError, StoreError
            As in `save_model`.

        Examples
        --------
        >>> from sklearn.linear_model import LogisticRegression
        >>> model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
        >>> folder = ModelPersistence.export_model_for_deployment(
        ...     model, "deploy", {"feature_columns": ["depth"]}
        ... )
        >>> (folder / "example.csv").read_text().split()
        ['depth', '0.0']
        """
        return export_folder(model, Path(export_path), model_info)

    @staticmethod
    def validate_model_file(path: str | os.PathLike[str]) -> bool:
        """Return whether a model file can be loaded; if not, log the reason.

        A file that was changed is not read, and no code of an unknown signer runs.

        Parameters
        ----------
        path : str or path-like
            The model file.

        Returns
        -------
        bool
            True if the file is unchanged and `load_model` loads it here.

        Examples
        --------
        >>> path = ModelPersistence.save_model([1, 2], "model.joblib")
        >>> ModelPersistence.validate_model_file(path)
        True
        >>> _ = path.write_bytes(b"")
        >>> ModelPersistence.validate_model_file(path)
        False
        """
        try:
            read_model(Path(path))
        except RegistryError as error:
            _log.warning("%s is not a valid model file: %s", os.fspath(path), error)
            return False
        return True
