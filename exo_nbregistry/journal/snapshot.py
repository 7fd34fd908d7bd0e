"""Consistent view of the versions and events of one model."""

from __future__ import annotations

import contextlib
from typing import Protocol

from exo_nbregistry.errors import (
    AliasNotFoundError,
    IntegrityError,
    MissingKeyError,
    ModelNotFoundError,
    RecordError,
    VersionNotFoundError,
)
from exo_nbregistry.records.describe import describe
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE, DELETED, ModelState
from exo_nbregistry.records.record import VERSION, Record
from exo_nbregistry.spelling import close_matches
from exo_nbregistry.text.terminal import visible
from exo_nbregistry.values.reference import Reference, model_id


class Source(Protocol):
    """Interface of `Reader` that a snapshot uses."""

    def models(self) -> list[str]:
        """Return the keys of all models that have a version, sorted."""
        ...

    def numbers(self, model: str, kind: str = VERSION, /) -> list[int]:
        """Return the numbers of a model's versions or events, ascending."""
        ...

    def read(self, model: str, number: int, kind: str = VERSION, /) -> Record:
        """Read a record and check its integrity."""
        ...

    def events_and_state(
        self, model: str, listed: list[int] | None = None, /
    ) -> tuple[list[int], ModelState]:
        """Return the numbers of a model's events, if they are not given, and the state."""
        ...

    def state_after(self, state: ModelState, event: Record, /) -> ModelState:
        """Return the state after a new event."""
        ...


class Snapshot:
    """The versions and the state of one model at one point in time.

    Versions and events are listed once, and each record is read once, on demand. All results of
    a snapshot are therefore consistent. Each registry call takes its own snapshot; threads must
    not share one.

    The events are listed before the versions, so that the list has every version that an event
    names. A version that is added between the two listings has no events yet.

    Parameters
    ----------
    source : Reader
        Reader of the registry.
    model : str
        The model key.
    listed : tuple of list of int, optional
        The numbers of its events and versions, if they were listed before.
    """

    def __init__(
        self, source: Source, model: str, listed: tuple[list[int], list[int]] | None = None
    ) -> None:
        self._source = source
        self.model = model
        self._records: dict[tuple[str, int], Record] = {}
        # Not cached_property: on Python 3.11, all instances share its lock, so that a slow registry
        # would delay the threads of other registries.
        self._listed_events: tuple[list[int], ModelState] | None = None
        self._given_events: list[int] | None = listed[0] if listed else None
        self._listed_versions: list[int] | None = listed[1] if listed else None

    @property
    def _journal(self) -> tuple[list[int], ModelState]:
        if self._listed_events is None:
            self._listed_events = self._source.events_and_state(self.model, self._given_events)
        return self._listed_events

    @property
    def events(self) -> list[int]:
        """Numbers of the events, ascending."""
        return self._journal[0]

    @property
    def state(self) -> ModelState:
        """State of the model after these events."""
        return self._journal[1]

    @property
    def versions(self) -> list[int]:
        """Numbers of the versions, ascending."""
        if self._listed_versions is None:
            _ = self._journal
            self._listed_versions = self._source.numbers(self.model)
        return self._listed_versions

    def after(self, event: Record) -> Snapshot:
        """Return the snapshot after a new event, without reading the store."""
        following = Snapshot(self._source, self.model)
        following._records = dict(self._records)
        state = self._source.state_after(self.state, event)
        following._listed_events = ([*self.events, event.number], state)
        following._listed_versions = self._listed_versions
        return following

    def read(self, number: int, kind: str = VERSION) -> Record:
        """Return a record, read at most once.

        Raises
        ------
        MissingKeyError, RecordError, IntegrityError
            As `Reader.read`.
        """
        if (kind, number) not in self._records:
            self._records[kind, number] = self._source.read(self.model, number, kind)
        return self._records[kind, number]

    def version(self, number: int) -> Record:
        """Return the record of a version, deleted or not.

        Raises
        ------
        ModelNotFoundError, VersionNotFoundError
            If the version does not exist.
        """
        try:
            return self.read(number)
        except MissingKeyError:
            active = [n for n in self.existing_versions() if self.state.of(n).status == ACTIVE]
            latest = f"its latest is {active[-1]}" if active else "all its versions are deleted"
            raise VersionNotFoundError(
                f"{self.model} has no version {number}; {latest}.",
                name=model_id(self.model, number),
            ) from None

    def existing_versions(self) -> list[int]:
        """Return the numbers of the versions, at least one.

        Raises
        ------
        ModelNotFoundError
            If the model has no version.
        """
        if not self.versions:
            raise _model_not_found(self.model, self._source.models())
        return self.versions

    def require_model(self) -> None:
        """Raise ModelNotFoundError if the model has neither versions nor events."""
        if not self.events:
            self.existing_versions()

    def require_active(self, number: int) -> None:
        """Raise VersionNotFoundError if a version is deleted or purged."""
        facts, name = self.state.of(number), model_id(self.model, number)
        status, by = facts.status, ""
        if facts.changed and not facts.changed.signer.trusted:
            by = f" by {visible(facts.changed.actor)}"
        if status == DELETED:
            raise VersionNotFoundError(
                f"{name} was deleted{by}; restore it with restore_model('{name}').", name=name
            )
        if status != ACTIVE:
            raise VersionNotFoundError(
                f"{name} was purged: its model is deleted permanently and only its record remains.",
                name=name,
            )

    def resolve(self, reference: Reference) -> int:
        """Return the version number of a reference.

        Parameters
        ----------
        reference : Reference
            A reference to this model. A name alone resolves to the latest active version. A number
            or an alias can also resolve to a deleted version.

        Returns
        -------
        int
            The number of an existing version.

        Raises
        ------
        NotFoundError
            If the model, the version or the alias does not exist.
        RecordError, IntegrityError
            If the version is damaged.
        """
        if reference.version is not None:
            return self.version(reference.version).number
        if reference.alias is not None:
            return self._resolve_alias(reference.alias)
        numbers = self.existing_versions()
        for number in reversed(numbers):
            if self.state.of(number).status == ACTIVE:
                self._require_readable_latest(number)
                return number
        kept = [number for number in numbers if self.state.of(number).status == DELETED]
        hint = "register a new version"
        if kept:
            hint = f"restore the latest with restore_model('{model_id(self.model, kept[-1])}')"
        raise VersionNotFoundError(
            f"Every version of {self.model} is deleted; {hint}.", name=self.model
        )

    def _require_readable_latest(self, number: int) -> None:
        """Raise the error of a damaged latest version, with the version before it."""
        try:
            self.read(number)
        except (RecordError, IntegrityError) as error:
            before = self._readable_before(number)
            hint = f"It is the latest version of {self.model}"
            if before:
                hint += f"; '{model_id(self.model, before)}' is the latest readable version before"
                hint += " it, and is never used in its place"
            message = f"{error} {hint}."
            if isinstance(error, RecordError):
                raise RecordError(message, key=error.key, issues=error.issues) from error
            raise IntegrityError(
                message, key=error.key, expected=error.expected, actual=error.actual
            ) from error

    def _readable_before(self, number: int) -> int | None:
        earlier = [n for n in self.versions if n < number and self.state.of(n).status == ACTIVE]
        for candidate in reversed(earlier):
            with contextlib.suppress(RecordError, IntegrityError, MissingKeyError):
                return self.read(candidate).number
        return None

    def _resolve_alias(self, alias: str) -> int:
        move = self.state.alias(alias)
        if move is None or move.version is None:
            self.existing_versions()
            raise AliasNotFoundError(
                f"{self.model} has no alias {alias!r}; set it with "
                f"set_alias('{self.model}', '{alias}', version).",
                name=alias,
                known=self.state.aliases(),
            )
        target = self.version(move.version)
        if target.check != move.record.content.get("target"):
            raise IntegrityError(
                f"{self.model}@{alias} was set on a different record than the current version "
                f"{move.version}. Check that version, then set the alias again.",
                key=target.key,
                expected=move.record.content.get("target"),
                actual=target.check,
            )
        return move.version

    def resolve_active(self, reference: Reference) -> int:
        """Return the version number of a reference to an active version.

        Raises
        ------
        NotFoundError
            If the version does not exist, is deleted or is purged.
        """
        number = self.resolve(reference)
        self.version(number)
        self.require_active(number)
        return number

    def metadata(self, number: int) -> ModelMetadata:
        """Return the metadata of a version, deleted or not.

        Raises
        ------
        ModelNotFoundError, VersionNotFoundError
            If the version does not exist.
        """
        return describe(self.version(number), self.state)


def _model_not_found(model: str, known: list[str]) -> ModelNotFoundError:
    message = f"No model is registered as {model!r}."
    if not known:
        message += " This registry is empty; register_model adds the first model."
    elif not close_matches(model, known):
        message += f" list_models() shows all {len(known)}."
    return ModelNotFoundError(message, name=model, known=known)
