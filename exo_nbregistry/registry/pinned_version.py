"""A version that other processes load: what identifies it, and the model once a process."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakValueDictionary

from exo_nbregistry.errors import IntegrityError, RecordError
from exo_nbregistry.inference.platt_scaling import ATTACHMENT
from exo_nbregistry.inference.table_check import input_columns_of
from exo_nbregistry.introspection.compatibility import require_same_library
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.attachment_reader import AttachmentReader
from exo_nbregistry.registry.pickling import naming_omitted_options
from exo_nbregistry.registry.retrieval import Retrieval
from exo_nbregistry.registry.unknown_signers import warn_of_unknown_signers
from exo_nbregistry.registry.version_answers import VersionAnswers, version_answers
from exo_nbregistry.registry.workspace import Workspace, open_workspace

_MAX_LOADED = 4
_lock = threading.RLock()
_loaded: OrderedDict[PinnedVersion, VersionAnswers] = OrderedDict()
# The process that pins a version uses its own registry, which may have a store that no other
# process can open.
_workspaces: WeakValueDictionary[tuple[str, str], Workspace] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class PinnedVersion:
    """A version, identified so that any process loads the same one.

    Attributes
    ----------
    model_id : str
        The version.
    sha256 : str
        Digest of the model.
    registry_id : str
        Id of the registry.
    location : str
        Path or address of the registry.
    check : str
        Checksum of the record, which has the threshold and the classes.
    calibration : str or None
        Digest of the out-of-fold predictions that calibrate the probabilities.
    allow_version_mismatch : bool
        As in `ModelRegistry.load_model`.
    options : tuple of (str, object)
        Options of the bucket without secrets.
    omitted_options : tuple of str
        Names of the options that stay in the process that pins the version.
    """

    model_id: str
    sha256: str
    registry_id: str
    location: str
    check: str
    calibration: str | None = None
    allow_version_mismatch: bool = False
    options: tuple[tuple[str, object], ...] = ()
    omitted_options: tuple[str, ...] = ()

    def load(self) -> VersionAnswers:
        """Return the version, ready to predict; a process loads it once.

        Returns
        -------
        VersionAnswers
            The version.

        Raises
        ------
        IntegrityError
            If the location has another registry or another version now.
        RegistryError
            As for `ModelRegistry.load_model`.
        """
        with _lock:
            found = _loaded.get(self)
            if found is None:
                found = _loaded[self] = self._read()
                while len(_loaded) > _MAX_LOADED:
                    _loaded.popitem(last=False)
            _loaded.move_to_end(self)
            return found

    def _read(self) -> VersionAnswers:
        work = _workspaces.get((self.registry_id, self.location))
        if work is None:
            with naming_omitted_options(self.omitted_options):
                options = dict(self.options) or None
                work = open_workspace(self.location, create=False, storage_options=options)
        with work.journal.consistent_reads():
            self._require(
                work.registry_id, self.registry_id, f"{self.location} is another registry"
            )
            reference, snapshot = work.snapshot_of(self.model_id)
            record = snapshot.version(snapshot.resolve_active(reference))
            self._require(record.check, self.check, f"{self.model_id} has another record")
            model, metadata = Retrieval(work).load_model(
                self.model_id, allow_version_mismatch=self.allow_version_mismatch
            )
            found = metadata.artifact.sha256 if metadata.artifact else None
            self._require(found, self.sha256, f"{self.model_id} has another model")
            calibration = _calibration(metadata)
            self._require(calibration, self.calibration, f"{self.model_id} has another calibration")
            columns = input_columns_of(metadata)
            return version_answers(metadata, model, columns, AttachmentReader(work).load_attachment)

    def _require(self, found: str | None, expected: str | None, what: str) -> None:
        if found != expected:
            raise IntegrityError(
                f"{what} than the one that the scorer was made for; call scorer() again.",
                key=self.model_id,
                expected=expected,
                actual=found,
            )


def pin_version(
    work: Workspace, ref: str, *, allow_version_mismatch: bool
) -> tuple[PinnedVersion, ModelMetadata]:
    """Resolve a reference once, for all processes.

    Parameters
    ----------
    work : Workspace
        The open registry.
    ref : str
        Any reference.
    allow_version_mismatch : bool
        As in `ModelRegistry.load_model`.

    Returns
    -------
    pin : PinnedVersion
        The version.
    metadata : ModelMetadata
        Its metadata.

    Raises
    ------
    NotFoundError
        If the version does not exist.
    VersionMismatchError
        If it was registered with another minor version of scikit-learn.
    """
    reference, snapshot = work.snapshot_of(ref)
    number = snapshot.resolve_active(reference)
    warn_of_unknown_signers(work, snapshot, reference, number)
    record, metadata = snapshot.version(number), snapshot.metadata(number)
    if metadata.artifact is None:
        raise RecordError(f"{metadata.model_id} has no stored model.", key=record.key)
    if not allow_version_mismatch:
        require_same_library(metadata)
    pin = PinnedVersion(
        metadata.model_id,
        metadata.artifact.sha256,
        work.registry_id,
        work.location,
        record.check,
        _calibration(metadata),
        allow_version_mismatch,
        tuple(sorted(work.public_options.items())),
        work.omitted_options,
    )
    _workspaces[pin.registry_id, pin.location] = work
    return pin, metadata


def _calibration(metadata: ModelMetadata) -> str | None:
    artifact = metadata.attachments.get(ATTACHMENT)
    return artifact.sha256 if artifact else None


def _forget_lock() -> None:
    global _lock
    _lock = threading.RLock()


# Another thread may hold the lock when a process is forked.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_lock)
