"""Loading of models, metadata and evaluation arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exo_nbregistry.errors import InvalidReferenceError, RecordError
from exo_nbregistry.introspection.compatibility import mismatch, require_same_library
from exo_nbregistry.introspection.input_example import differing_rows
from exo_nbregistry.payloads.artifact import read_model
from exo_nbregistry.payloads.attachment import read_arrays, read_json
from exo_nbregistry.records.imported import record_status
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.argument import one_version
from exo_nbregistry.registry.best import best_query, find_best, metric_and_model
from exo_nbregistry.registry.unknown_signers import (
    how_to_trust,
    untrusted_limit,
    warn_of_unknown_ranking,
    warn_of_unknown_signers,
)
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.reference import model_id as format_id
from exo_nbregistry.values.reference import parse_reference


class Retrieval:
    """Registry methods that load models, metadata and evaluation arrays.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._store = workspace.store

    def get_metadata(self, ref: str, version: int | None = None) -> ModelMetadata:
        """Return the metadata of a version.

        Parameters
        ----------
        ref : str
            Any reference. A deleted version requires its number or an alias.
        version : int, optional
            Version number, if `ref` is the name of a model.

        Returns
        -------
        ModelMetadata
            Metadata from the record of the version, not from the index.

        Raises
        ------
        InvalidReferenceError
            If `ref` has a version or an alias, and `version` is passed too.
        NotFoundError
            If the version does not exist.

        Examples
        --------
        >>> registry.get_metadata("kepler_rf", 1) == registry.get_metadata("kepler_rf:1")
        True
        """
        return self._work.metadata(one_version(ref, version, "get_metadata"))

    def load_model(
        self,
        model_id: str | None = None,
        version: int | None = None,
        *,
        model_name: str | None = None,
        trust: Sequence[str] = (),
        unsafe: bool = False,
        mmap: bool = False,
        allow_version_mismatch: bool = False,
    ) -> tuple[Any, ModelMetadata]:
        """Load a model after checking its integrity and its signer.

        Parameters
        ----------
        model_id : str, optional
            Any reference: ``kepler_rf:3``, ``kepler_rf@champion``, ``kepler_rf`` (the latest).
        version : int, optional
            Version number, if the first argument is the name of a model; by default the latest
            version.
        model_name : str, optional
            Name of the model, instead of the first argument.
        trust : sequence of str
            Packages, such as ``xgboost``, and classes, such as ``mypkg.Thing``, whose own code
            may run if the signer is not trusted. Without them, such a model is loaded if it has
            only types of scikit-learn, NumPy and SciPy that are known not to run code.
        unsafe : bool
            Load any model although its signer is not trusted. Unpickling can run any code.
        mmap : bool
            Memory-map large arrays read-only instead of copying them. A model whose signer is
            not trusted is read into memory.
        allow_version_mismatch : bool
            Load the model although it was registered with another minor version of scikit-learn.
            A log message compares its predictions for the stored input example.

        Returns
        -------
        model : object
            The loaded model.
        metadata : ModelMetadata
            Metadata of the version.

        Raises
        ------
        InvalidReferenceError
            If the model or its version is passed twice.
        NotFoundError
            If the version does not exist.
        UntrustedModelError
            If the signer is not trusted and the model has types that are not allowed; the
            message has the calls that allow loading.
        IntegrityError
            If the model was changed after registration.
        VersionMismatchError
            If the model was registered with another minor version of scikit-learn, or carries code
            of another minor version of Python.

        Examples
        --------
        >>> model, metadata = registry.load_model("kepler_rf", 1)
        >>> metadata.model_id
        'kepler_rf:1'
        """
        reference, snapshot = self._work.snapshot_of(_one_reference(model_id, model_name, version))
        number = snapshot.resolve_active(reference)
        warn_of_unknown_signers(self._work, snapshot, reference, number)
        record, metadata = snapshot.version(number), snapshot.metadata(number)
        if metadata.artifact is None:
            raise RecordError(_without_model(metadata), key=record.key)
        if not allow_version_mismatch:
            require_same_library(metadata)
        model = read_model(
            self._store,
            reference.key,
            metadata.artifact,
            record_status(self._work.keyring, record),
            name=metadata.model_id,
            packages=metadata.environment.packages,
            code=metadata.code,
            has_sources="sources" in metadata.attachments,
            trust=trust,
            unsafe=unsafe,
            mmap=mmap,
            alternatives=how_to_trust(metadata),
        )
        if mismatch(metadata):
            self._compare_predictions(model, metadata)
        return model, metadata

    def _compare_predictions(self, model: Any, metadata: ModelMetadata) -> None:
        artifact = metadata.attachments.get("input_example")
        if artifact is None:
            log.warning("%s has no input example: its predictions may differ.", metadata.model_id)
            return
        key = parse_reference(metadata.model_id).key
        example = read_json(self._store, key, artifact)
        rows = differing_rows(model, example)
        where = f", in rows {name_list(rows)} of {len(example['predictions'])}" if rows else ""
        log.warning(
            "%s: predictions for its input example are %s those when it was registered%s.",
            metadata.model_id,
            "DIFFERENT from" if rows else "equal to",
            f"{where} (counted from 0)" if rows else "",
        )

    def get_best_model(
        self,
        name: str | None = None,
        /,
        model_name: str | None = None,
        *,
        metric: str | None = None,
        where: str | None = None,
        higher_is_better: bool | None = None,
        trust: Sequence[str] = (),
        unsafe: bool = False,
        mmap: bool = False,
        allow_version_mismatch: bool = False,
    ) -> tuple[Any, ModelMetadata]:
        """Load the model of the version with the best value of a metric.

        Parameters
        ----------
        name : str, optional
            The name of a metric or of a model; a metric has precedence.
        model_name : str, optional
            Only versions of this model.
        metric : str, optional
            Metric such as ``f1_score``. For losses such as ``log_loss``, lower is better. The
            default is the result of `default_metric`: ``f1_score`` for classifiers, ``r2`` for
            regressors.
        where : str, optional
            Only versions that match this filter.
        higher_is_better : bool, optional
            Direction of the metric; required if it is not a scikit-learn metric.
        trust, unsafe, mmap, allow_version_mismatch
            As for `load_model`.

        Returns
        -------
        model : object
            The loaded model.
        metadata : ModelMetadata
            Metadata of the version.

        Raises
        ------
        NotFoundError
            If no version has the metric.
        RegistryError
            If the direction is unknown, or the versions have different default metrics.
        """
        with self._work.journal.consistent_reads():
            query = best_query(self._work, *metric_and_model(name, model_name, metric), where)
            best = find_best(self._work, query, higher_is_better)
            warn_of_unknown_ranking(self._work, query, best, higher_is_better)
            return self.load_model(
                format_id(*best),
                trust=trust,
                unsafe=unsafe,
                mmap=mmap,
                allow_version_mismatch=allow_version_mismatch,
            )

    def load_evaluation(self, ref: str) -> dict[str, Any]:
        """Return the arrays of the evaluation on test data.

        Parameters
        ----------
        ref : str
            Any reference.

        Returns
        -------
        dict of str to ndarray
            Arrays ``y_true``, ``y_pred`` and scores of shape (n_samples, ...); empty if the
            version was registered without test data.

        Raises
        ------
        UntrustedModelError
            If the arrays need more than 64 MiB and the signer is not trusted.
        """
        reference, snapshot = self._work.snapshot_of(ref)
        number = snapshot.resolve(reference)
        artifact = snapshot.metadata(number).attachments.get("evaluation")
        if artifact is None:
            return {}
        limit = untrusted_limit(self._work, snapshot.version(number))
        return read_arrays(self._store, reference.key, artifact, limit)


def _without_model(metadata: ModelMetadata) -> str:
    text = f"{metadata.model_id} has no stored model"
    if not metadata.attachments:
        return f"{text}."
    return f"{text}; registry.save_attachments({metadata.model_id!r}, 'files') writes its files."


def _one_reference(ref: str | None, name: str | None, version: int | None) -> str:
    given = name if ref is None else ref
    if given is None or (ref is not None and name is not None):
        raise InvalidReferenceError(
            "load_model() requires one reference, such as 'kepler_rf:3', or model_name='kepler_rf'."
        )
    return one_version(given, version, "load_model")
