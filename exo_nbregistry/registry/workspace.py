"""What every part of the registry's face works with: one folder, one key, one clock."""

from __future__ import annotations

import functools
import logging
import os
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import (
    FormatVersionError,
    IntegrityError,
    MissingKeyError,
    RecordError,
    RegistryError,
    StoreError,
)
from exo_nbregistry.introspection.provenance import current_user
from exo_nbregistry.journal.writer import Journal
from exo_nbregistry.records.describe import describe
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE
from exo_nbregistry.records.record import Record
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store
from exo_nbregistry.store.founding import create_first_key
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES, dump_json, load_json
from exo_nbregistry.values.keys import DESCRIPTOR, DESCRIPTOR_TMP, MODELS, blob_key
from exo_nbregistry.values.reference import Reference, model_id, parse_reference

FORMAT = "exo-nbregistry"
FORMAT_VERSION = 1
_ATTEMPTS = 3
_UPGRADE = "pip install --upgrade exo-nbregistry"
# The first release that reads and writes all that this one writes: older ones are told its name.
_MIN_RELEASE = "0.1.0"
log = logging.getLogger("exo_nbregistry")


class Workspace:
    """Open a registry folder and hold what its parts share.

    Parameters
    ----------
    path : str, Path or Store
        The registry's folder, or a store.
    create : bool
        Whether to make a registry where there is none.
    durable : bool
        Whether what is acknowledged survives power loss; False is faster, for scratch.
    keyring : Keyring or None
        Signs and judges; by default this user's own.
    now : callable or None
        Returns the time as an aware datetime; by default the system's clock.
    new_id : callable or None
        Returns a new random id; by default ``uuid4().hex``.

    Raises
    ------
    RegistryError
        If the folder is no registry and holds other files, or `create` is False.
    FormatVersionError
        If a newer release wrote it in a way that this one cannot read.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | Store,
        *,
        create: bool = True,
        durable: bool = True,
        keyring: Keyring | None = None,
        now: Callable[[], datetime] | None = None,
        new_id: Callable[[], str] | None = None,
    ) -> None:
        usual = keyring is None and now is None and new_id is None
        # What opens it again in another process; None where a path alone does not.
        self._durable = durable if usual and isinstance(path, str | os.PathLike) else None
        self._now = now or (lambda: datetime.now(UTC))
        self._new_id = new_id or (lambda: uuid.uuid4().hex)
        self._keyring = keyring or Keyring()
        self._store = _store(path, durable)
        self._descriptor = self._open(path, create)
        self._registry_id = str(self._descriptor.get("registry_id"))
        self._journal = Journal(
            self._store,
            self._keyring,
            now=self._now,
            new_id=self._new_id,
            require_writable=self._require_writable,
        )

    def __repr__(self) -> str:
        """Return the call that opens it."""
        return f"{type(self).__name__}({self.location!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the call that opens it, for workers of joblib and the like.

        Raises
        ------
        TypeError
            If it has a store, keyring, clock or ids of its own.
        """
        if self._durable is None:
            raise TypeError(
                "A registry with a store, keyring, clock or ids of its own cannot be pickled: "
                f"open it where it is used, with ModelRegistry({self.location!r}) and these."
            )
        opened = functools.partial(type(self), create=False, durable=self._durable)
        return opened, (self.location,)

    @property
    def location(self) -> str:
        """Where the registry is."""
        return self._store.location

    @property
    def registry_id(self) -> str:
        """The registry's own id, which stays when its folder moves."""
        return self._registry_id

    def get_metadata(self, ref: str) -> ModelMetadata:
        """Return what the registry knows of a version, deleted ones included if named.

        Parameters
        ----------
        ref : str
            Any reference.

        Returns
        -------
        ModelMetadata
            Always read from the registry itself, never from the index.
        """
        reference = parse_reference(ref)
        return self._metadata(reference.key, self._journal.resolve(reference))

    def _open(self, path: object, create: bool) -> dict[str, Any]:
        try:
            data = self._store.read(DESCRIPTOR, max_bytes=MAX_RECORD_BYTES)
        except MissingKeyError:
            _refuse_foreign(path, create, self._store.location)
            data = self._found()
        fields = load_json(data, DESCRIPTOR)
        if fields.get("format") != FORMAT:
            raise RegistryError(
                f"{self._store.location} is no registry: its {DESCRIPTOR} says "
                f"{fields.get('format')!r}. Give another folder."
            )
        features = [str(name) for name in fields.get("reader_features", [])]
        if fields.get("format_version") != FORMAT_VERSION or features:
            raise FormatVersionError(
                f"{self._store.location} needs format {fields.get('format_version')} "
                f"{' '.join(features)}, and this release reads format {FORMAT_VERSION}: "
                f"{_install(fields)}.",
                found=fields.get("format_version"),
                supported=FORMAT_VERSION,
            )
        return fields

    def _require_writable(self) -> None:
        features = [str(name) for name in self._descriptor.get("writer_features", [])]
        if features:
            raise FormatVersionError(
                f"{self._store.location} can be read by this release, but to write it needs "
                f"{' '.join(features)}: {_install(self._descriptor)}.",
                found=features,
                supported=[],
            )

    def _found(self) -> bytes:
        fields = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "registry_id": self._new_id(),
            "reader_features": [],
            "writer_features": [],
            "min_release": _MIN_RELEASE,
        }
        data = dump_json(fields, DESCRIPTOR)
        # If another process creates the registry at the same time, its id is used.
        return create_first_key(
            self._store, DESCRIPTOR, data, staging=DESCRIPTOR_TMP, max_bytes=MAX_RECORD_BYTES
        )

    def _locate(self, ref: str) -> tuple[Reference, int]:
        """Return a reference's parts and the active version that it means."""
        reference = parse_reference(ref)
        number = self._journal.resolve(reference)
        self._journal.version(reference.key, number)
        self._journal.require_active(reference.key, number)
        return reference, number

    def _metadata(self, model: str, number: int) -> ModelMetadata:
        return describe(self._journal.version(model, number), self._journal.state(model))

    def _find_duplicate(self, model: str, facts: str, version: int | None = None) -> str | None:
        """Return the active version that has these facts, if there is one, and say so."""
        state = self._journal.state(model)
        for number in reversed(self._journal.numbers(model)):
            if version is not None and number != version:
                continue
            try:
                content = self._journal.read(model, number).content
            except (RecordError, IntegrityError):
                continue  # verify() names it; it is no twin of anything
            if content.get("facts_sha256") == facts and state.of(number).status == ACTIVE:
                name = model_id(model, number)
                self._journal.confirm(model, number)
                log.warning("%s has these bytes and facts already: no new version.", name)
                return name
        return None

    def _ensure_payloads(self, record: Record, publish: Callable[[], None]) -> None:
        """See that a new version's payloads are there, and publish them again if they are not.

        A purge of another version with the same payload takes it away if it looked for those
        who need it before this record was there (`garbage.remove`).
        """
        items = [record.content["artifact"], *record.content["attachments"].values()]
        keys = [blob_key(record.model, item["sha256"], item["format"]) for item in items]
        for _ in range(_ATTEMPTS):
            lost = [key for key in keys if self._store.info(key) is None]
            if not lost:
                return
            publish()
        raise StoreError(
            f"{lost[0]} was removed by a purge while it was registered: register it again.",
            key=lost[0],
        )

    def _how_to_trust(self, metadata: ModelMetadata) -> str:
        """Return the calls that would allow a version to be loaded."""
        once = f"registry.load_model({metadata.model_id!r}, unsafe=True)."
        if metadata.signer is None:
            return f"If you know where it comes from: {once}"
        return (
            f"If you know who that is: registry.trust_signer({metadata.signer!r}); to load it "
            f"once all the same: {once}"
        )

    def _actor(self) -> str:
        return current_user() or "unknown"


def _store(path: str | os.PathLike[str] | Store, durable: bool) -> Store:
    if isinstance(path, str | os.PathLike):
        if "://" in str(path) or "\0" in str(path):
            raise RegistryError(
                f"A registry is opened by its folder, such as 'models/registry', and {path!r:.60} "
                "is none."
            )
        return LocalStore(Path(path).expanduser(), durable=durable)
    if not hasattr(path, "create"):
        raise RegistryError(
            f"A registry is opened by its folder, such as 'models/registry', not {path!r}."
        )
    return path


def _install(descriptor: dict[str, Any]) -> str:
    release = descriptor.get("min_release")
    known = isinstance(release, str) and re.fullmatch(r"\d{1,6}(\.\d{1,6}){0,3}", release)
    return f"pip install --upgrade 'exo-nbregistry>={release}'" if known else _UPGRADE


def _refuse_foreign(path: object, create: bool, location: str) -> None:
    if not create:
        raise RegistryError(
            f"There is no registry in {location}; give the folder that holds {DESCRIPTOR}."
        )
    if not isinstance(path, str | os.PathLike):
        return
    folder = Path(path).expanduser()
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{location} is a file; give a folder for the registry.", key="")
    others = sorted(set(os.listdir(folder)) - {MODELS}) if folder.is_dir() else []
    others = [name for name in others if not name.startswith(DESCRIPTOR)]
    if others:
        raise RegistryError(
            f"{location} is no registry and holds {others[0]!r}"
            f"{f' and {len(others) - 1} more' if others[1:] else ''}: give an empty or a new "
            "folder."
        )
