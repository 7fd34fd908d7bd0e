"""Model files outside a registry: single files, checkpoints, and folders for deployment."""

from __future__ import annotations

import logging
import os
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
    """Save models as files that say what they are and who wrote them.

    Beside each model file stands a small JSON file with its digest, the names that loading
    imports, the metadata and a signature. Loading checks all of it before anything is unpickled.

    Examples
    --------
    >>> path = ModelPersistence.save_model(
    ...     {"weights": [0.5, 2.0]}, "models/line.joblib", {"rows": 7}
    ... )
    >>> ModelPersistence.load_model(path)
    ({'weights': [0.5, 2.0]}, {'rows': 7})
    """

    @staticmethod
    def save_model(model: Any, path: str | os.PathLike[str], metadata: Facts = None) -> Path:
        """Save a model, signed, in place of one that stands there.

        Whenever the process is killed, the old model with its metadata or the new one with its
        own can be loaded; a file ``.tmp-...`` may be left, which can be removed. Parent folders
        are made.

        Parameters
        ----------
        model : object
            What to save; anything that joblib can write.
        path : str or path-like
            The model file, such as ``models/kepler.joblib``; what is said of the model goes to
            the same name with ``.json`` added.
        metadata : mapping, ModelMetadata or None, default=None
            What to say of the model: text, numbers, datetimes, lists and dicts of these. Of a
            `ModelMetadata`, what its ``to_dict`` returns is kept.

        Returns
        -------
        Path
            The model file.

        Raises
        ------
        SerializationError
            If there is no model, or it holds something that cannot be written.
        RecordError
            If the metadata holds something that cannot be kept; it names the key, and nothing
            was written.
        StoreError
            If `path` is a folder or leads through a file, or the place cannot be written; it
            says what to do.

        Examples
        --------
        >>> path = ModelPersistence.save_model([0.5], "models/line.joblib")
        >>> ModelPersistence.save_model([0.7], path, {"fit": {"by": object()}})
        Traceback (most recent call last):
        exo_nbregistry.errors.RecordError: metadata.fit.by holds a builtins.object, which a \
record cannot keep: pass text, numbers, datetimes, or lists and dicts of these.
        """
        path = Path(path)
        facts = encode_facts(metadata)
        save_model(partial(JOBLIB.dump, model), path, facts)
        return path

    @staticmethod
    def load_model(
        path: str | os.PathLike[str], *, unsafe: bool = False
    ) -> tuple[Any, dict[Any, Any]]:
        """Load a model that this user or a trusted signer has saved.

        Parameters
        ----------
        path : str or path-like
            The model file.
        unsafe : bool, default=False
            Load it whoever signed it, or nobody: its author can run any code here.

        Returns
        -------
        model : object
            The model.
        metadata : dict
            What was said of it; empty for a file that was saved by other tools.

        Raises
        ------
        MissingKeyError
            If there is no such file.
        StoreError
            If `path` is a folder.
        UntrustedModelError
            If nobody whom this user trusts has signed it; it says what to do.
        IntegrityError
            If the file is not the one that was saved.
        SerializationError
            If it needs something that is not installed.

        Examples
        --------
        >>> path = ModelPersistence.save_model([0.5, 2.0], "line.joblib", {"by": "Ada"})
        >>> ModelPersistence.load_model(path)
        ([0.5, 2.0], {'by': 'Ada'})
        """
        return read_model(Path(path), unsafe=unsafe)

    @staticmethod
    def save_model_checkpoint(
        model: Any,
        checkpoint_dir: str | os.PathLike[str],
        checkpoint_name: str = "checkpoint",
        metadata: Facts = None,
    ) -> Path:
        """Save the next checkpoint of a series.

        Checkpoints are numbered, so they sort right however fast they follow each other; any
        number of processes may write one series; each appears whole or not at all.

        Parameters
        ----------
        model : object
            What to save.
        checkpoint_dir : str or path-like
            Where the checkpoints are; made if missing. A killed process may leave a folder
            ``.tmp-...`` here, which can be removed.
        checkpoint_name : str, default="checkpoint"
            Name of the series.
        metadata : mapping, ModelMetadata or None, default=None
            What to say of it, such as the epoch and the loss.

        Returns
        -------
        Path
            The model file, ``<checkpoint_dir>/<checkpoint_name>-000001/model.joblib``.

        Raises
        ------
        InvalidReferenceError
            If the name cannot be part of a file name.
        SerializationError
            If there is no model, or it holds something that cannot be written.
        RecordError
            If the metadata holds something that cannot be kept; it names the key.
        StoreError
            If `checkpoint_dir` cannot be made or written.

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
        unsafe: bool = False,
    ) -> tuple[Any, dict[Any, Any]]:
        """Load the newest checkpoint that is whole; damaged ones are skipped with a warning.

        Parameters
        ----------
        checkpoint_dir : str or path-like
            Where the checkpoints are.
        checkpoint_name : str, default="checkpoint"
            Name of the series.
        unsafe : bool, default=False
            Load it whoever signed it: its author can run any code here.

        Returns
        -------
        model : object
            The model.
        metadata : dict
            What was said of it.

        Raises
        ------
        NotFoundError
            If there is no checkpoint that is whole.
        UntrustedModelError
            If nobody whom this user trusts has signed the newest.
        SerializationError
            If the newest needs something that is not installed.

        Examples
        --------
        >>> for epoch in range(3):
        ...     _ = ModelPersistence.save_model_checkpoint([epoch], "checkpoints", "line")
        >>> ModelPersistence.load_latest_checkpoint("checkpoints", "line")
        ([2], {})
        """
        return read_latest_checkpoint(Path(checkpoint_dir), checkpoint_name, unsafe=unsafe)

    @staticmethod
    def export_model_for_deployment(
        model: Any,
        export_path: str | os.PathLike[str],
        model_info: Facts = None,
    ) -> Path:
        """Write a folder with all that is needed to predict where this package is not installed.

        It holds ``model.joblib``, ``model_info.json``, ``requirements.txt`` (exact versions),
        ``README.md`` and ``predict.py`` (``python predict.py in.csv out.csv``), and an
        ``example.csv`` where the model takes a row that can be invented.

        Parameters
        ----------
        model : object
            A fitted model with ``predict``.
        export_path : str or path-like
            The folder; it must be new or empty.
        model_info : mapping, ModelMetadata or None, default=None
            What to say of the model; ``signature``, ``feature_columns``, ``metrics`` and
            ``description`` are used where they are given.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        KeyExistsError
            If the folder exists and is not empty.
        StoreError
            If it cannot be written.
        SerializationError
            If the model has no ``predict``, is not fitted, cannot be written, or needs a class
            from a notebook or script.
        RecordError
            If `model_info` holds something that cannot be kept; it names the key.

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
        """Say whether a model file can be loaded, and log why not.

        A file whose digest or signer is unknown is never unpickled.

        Parameters
        ----------
        path : str or path-like
            The model file.

        Returns
        -------
        bool
            True if the file is the one that was saved, its signer is trusted and it loads here.

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
            _log.warning("%s is no valid model file: %s", os.fspath(path), error)
            return False
        return True
