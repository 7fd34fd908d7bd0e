"""What is there to read of each model: records, proven whole, and the journal they fold to."""

from __future__ import annotations

import threading
from collections.abc import Callable

from exo_nbregistry.errors import (
    AliasNotFoundError,
    IntegrityError,
    MissingKeyError,
    ModelNotFoundError,
    RecordError,
    StoreError,
    VersionNotFoundError,
    close_matches,
)
from exo_nbregistry.records.model_state import ACTIVE, DELETED, ModelState
from exo_nbregistry.records.record import EVENT, VERSION, Record, parse_record, skim_record
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES
from exo_nbregistry.values.keys import (
    EVENTS,
    MODELS,
    VERSIONS,
    event_key,
    event_numbers,
    events_folder,
    version_key,
    version_numbers,
    versions_folder,
)
from exo_nbregistry.values.reference import Reference, is_model_key, model_id

KEYS = {VERSION: version_key, EVENT: event_key}
_FOLDERS = {VERSION: versions_folder, EVENT: events_folder}
_NUMBERS = {VERSION: version_numbers, EVENT: event_numbers}


class Reader:
    """List, read, fold and resolve.

    Parameters
    ----------
    store : Store
        Where the records are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._states: dict[str, ModelState] = {}
        self._lock = threading.RLock()

    def models(self) -> list[str]:
        """Return the keys of all models that have a version, sorted."""
        folders = self._store.entries(MODELS)
        keys = (entry.name for entry in folders if entry.kind == "folder")
        return [key for key in keys if is_model_key(key) and self.numbers(key)]

    def folders(self, model: str | None = None) -> dict[str, tuple[int, ...]]:
        """Return when each model's versions and events last changed, in ns; 0 for none.

        Any folder among the models is told, be its name a model key or not.
        """
        if model is not None:
            times = tuple(map(self._changed_ns, (versions_folder(model), events_folder(model))))
            return {model: times}
        return self._store.changed_ns(MODELS, (VERSIONS, EVENTS))

    def _changed_ns(self, folder: str) -> int:
        found = self._store.info(folder)
        return found.modified_ns if found else 0

    def numbers(self, model: str, kind: str = VERSION) -> list[int]:
        """Return the numbers of a model's versions or events, ascending."""
        return _NUMBERS[kind](self._store.names(_FOLDERS[kind](model)))

    def read(self, model: str, number: int, kind: str = VERSION) -> Record:
        """Read one record and prove that it is whole.

        Raises
        ------
        MissingKeyError
            If there is none.
        RecordError, IntegrityError
            If it is damaged.
        """
        return self._parsed(parse_record, model, number, kind)

    def skim(self, model: str, number: int) -> Record:
        """Read a version's record for a listing: as sure that it is whole, in half the time.

        Raises
        ------
        MissingKeyError, RecordError, IntegrityError
            As `read`.
        """
        return self._parsed(skim_record, model, number, VERSION)

    def _parsed(self, parse: Callable[..., Record], model: str, number: int, kind: str) -> Record:
        key = KEYS[kind](model, number)
        try:
            data = self._store.read(key, max_bytes=MAX_RECORD_BYTES)
        except StoreError:
            self._require_file(key)
            raise
        return parse(data, key=key, kind=kind, model=model, number=number)

    def _require_file(self, key: str) -> None:
        """Tell what can be no record, such as a link, from a place that fails for a while."""
        there = self._store.info(key)
        if there and (there.kind != "file" or there.size_bytes > MAX_RECORD_BYTES):
            raise RecordError(
                f"{key} is no regular file of at most {MAX_RECORD_BYTES:,} bytes. Restore it from "
                "a copy of the registry; verify() lists everything that is damaged.",
                key=key,
            ) from None

    def version(self, model: str, number: int) -> Record:
        """Read a version's record.

        Raises
        ------
        ModelNotFoundError, VersionNotFoundError
            If there is none.
        """
        try:
            return self.read(model, number)
        except MissingKeyError:
            message = f"{model} has no version {number}; its latest is {self.known(model)[-1]}."
            raise VersionNotFoundError(message, name=model_id(model, number)) from None

    def known(self, model: str) -> list[int]:
        """Return the numbers of a model's versions, or raise ModelNotFoundError."""
        numbers = self.numbers(model)
        if not numbers:
            raise _unknown(model, self.models())
        return numbers

    def state(self, model: str) -> ModelState:
        """Fold a model's journal; only events that are new since the last call are read."""
        with self._lock:
            state = self._states.get(model)
            seen = state.last.number if state and state.last else 0
            numbers = self.numbers(model, EVENT)
            if state is None or seen > (numbers[-1] if numbers else 0):
                state, seen = ModelState(), 0
            for number in numbers:
                if number > seen:
                    state.apply(self.read(model, number, EVENT))
            self._states[model] = state
            return state

    def resolve(self, reference: Reference) -> int:
        """Return the version that a reference means, which may be a deleted one only if named.

        Raises
        ------
        NotFoundError
            If it means nothing.
        """
        numbers = self.known(reference.key)
        if reference.version is not None:
            return reference.version
        state = self.state(reference.key)
        if reference.alias is not None:
            return self._resolve_alias(reference.key, reference.alias, state)
        active = [number for number in numbers if state.of(number).status == ACTIVE]
        if not active:
            latest = model_id(reference.key, numbers[-1])
            raise VersionNotFoundError(
                f"Every version of {reference.key} is deleted; restore_model('{latest}') "
                "brings the latest back.",
                name=reference.key,
            )
        return active[-1]

    def _resolve_alias(self, model: str, alias: str, state: ModelState) -> int:
        move = state.alias(alias)
        if move is None or move.version is None:
            raise AliasNotFoundError(
                f"{model} has no alias {alias!r}; set_alias('{model}', '{alias}', version) "
                "makes one.",
                name=alias,
                known=state.aliases(),
            )
        target = self.version(model, move.version)
        if target.check != move.record.content.get("target"):
            raise IntegrityError(
                f"{model}@{alias} was set on another record than the one that is now version "
                f"{move.version}; set the alias again once you have checked that version.",
                key=target.key,
                expected=move.record.content.get("target"),
                actual=target.check,
            )
        return move.version

    def require_active(self, model: str, number: int) -> None:
        """Raise VersionNotFoundError if a version was deleted or purged."""
        status, name = self.state(model).of(number).status, model_id(model, number)
        if status == DELETED:
            message = f"{name} was deleted; restore_model('{name}') brings it back."
            raise VersionNotFoundError(message, name=name)
        if status != ACTIVE:
            message = f"{name} was purged: its record stays, its model is gone."
            raise VersionNotFoundError(message, name=name)


def _unknown(model: str, known: list[str]) -> ModelNotFoundError:
    message = f"No model is registered as {model!r}."
    if not known:
        message += " None is registered here at all: register_model makes the first."
    elif not close_matches(model, known):
        message += f" list_models() shows all {len(known)}."
    return ModelNotFoundError(message, name=model, known=known)
