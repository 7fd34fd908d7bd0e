"""Snapshot of a model: its versions and events are listed once, each record is read once."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from exo_nbregistry.errors import (
    AliasNotFoundError,
    IntegrityError,
    MissingKeyError,
    ModelNotFoundError,
    VersionNotFoundError,
    close_matches,
)
from exo_nbregistry.records.describe import describe
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE, DELETED, ModelState
from exo_nbregistry.records.record import VERSION, Record
from exo_nbregistry.values.reference import Reference, model_id


class Source(Protocol):
    """The reader behind a snapshot: a `Reader`."""

    def models(self) -> list[str]:
        """Return the keys of all models that have a version, sorted."""
        ...

    def numbers(self, model: str, kind: str = VERSION, /) -> list[int]:
        """Return the numbers of a model's versions or events, ascending."""
        ...

    def read(self, model: str, number: int, kind: str = VERSION, /) -> Record:
        """Read and check one record."""
        ...

    def journal(self, model: str, /) -> tuple[list[int], ModelState]:
        """Return the numbers of a model's events and the state after them."""
        ...


class Snapshot:
    """The versions and the folded journal of one model, as they were at one moment.

    Each property and record is read from the store when it is first needed, and then kept: two
    answers of one snapshot never contradict each other. A call of the registry makes its own
    snapshot; a snapshot is not shared between threads.

    The events are listed before the versions. Thus each version that an event names is in the
    list, and a version that was added between the two has no events yet.

    Parameters
    ----------
    source : Reader
        The registry.
    model : str
        The model key.
    """

    def __init__(self, source: Source, model: str) -> None:
        self._source = source
        self.model = model
        self._records: dict[tuple[str, int], Record] = {}

    @cached_property
    def _journal(self) -> tuple[list[int], ModelState]:
        return self._source.journal(self.model)

    @property
    def events(self) -> list[int]:
        """The numbers of the events, ascending."""
        return self._journal[0]

    @property
    def state(self) -> ModelState:
        """The state after these events."""
        return self._journal[1]

    @cached_property
    def versions(self) -> list[int]:
        """The numbers of the versions, ascending."""
        _ = self._journal
        return self._source.numbers(self.model)

    def after(self, event: Record) -> Snapshot:
        """Return the snapshot that follows from this one by a new event; nothing is read."""
        next_one = Snapshot(self._source, self.model)
        next_one._records = dict(self._records)
        next_one._journal = ([*self.events, event.number], self.state.after([event]))
        if "versions" in vars(self):
            next_one.versions = self.versions
        return next_one

    def read(self, number: int, kind: str = VERSION) -> Record:
        """Return a record, which is read once.

        Raises
        ------
        MissingKeyError, RecordError, IntegrityError
            As `Reader.read`.
        """
        if (kind, number) not in self._records:
            self._records[kind, number] = self._source.read(self.model, number, kind)
        return self._records[kind, number]

    def version(self, number: int) -> Record:
        """Return a version's record, also of a deleted version.

        Raises
        ------
        ModelNotFoundError, VersionNotFoundError
            If there is no such version.
        """
        try:
            return self.read(number)
        except MissingKeyError:
            latest = self.known()[-1]
            raise VersionNotFoundError(
                f"{self.model} has no version {number}; its latest is {latest}.",
                name=model_id(self.model, number),
            ) from None

    def known(self) -> list[int]:
        """Return the numbers of the versions.

        Raises
        ------
        ModelNotFoundError
            If the model has no version.
        """
        if not self.versions:
            raise _unknown(self.model, self._source.models())
        return self.versions

    def require_model(self) -> None:
        """Raise ModelNotFoundError if the model is unknown; a model with events is known."""
        if not self.events:
            self.known()

    def require_active(self, number: int) -> None:
        """Raise VersionNotFoundError if a version was deleted or purged."""
        status, name = self.state.of(number).status, model_id(self.model, number)
        if status == DELETED:
            raise VersionNotFoundError(
                f"{name} was deleted; restore it with restore_model('{name}').", name=name
            )
        if status != ACTIVE:
            raise VersionNotFoundError(
                f"{name} was purged: its model is deleted permanently, only its record is left.",
                name=name,
            )

    def resolve(self, reference: Reference) -> int:
        """Return the version that a reference means.

        Parameters
        ----------
        reference : Reference
            A reference to this model. A name alone means the latest active version; a number or
            an alias can also mean a deleted version.

        Returns
        -------
        int
            The number of an existing version.

        Raises
        ------
        NotFoundError
            If there is no such model, version or alias.
        """
        if reference.version is not None:
            return self.version(reference.version).number
        if reference.alias is not None:
            return self._resolve_alias(reference.alias)
        numbers = self.known()
        for number in reversed(numbers):
            if self.state.of(number).status == ACTIVE:
                return number
        latest = model_id(self.model, numbers[-1])
        raise VersionNotFoundError(
            f"Every version of {self.model} is deleted; restore the latest with "
            f"restore_model('{latest}').",
            name=self.model,
        )

    def _resolve_alias(self, alias: str) -> int:
        move = self.state.alias(alias)
        if move is None or move.version is None:
            self.known()
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
                f"{move.version}; check that version, then set the alias again.",
                key=target.key,
                expected=move.record.content.get("target"),
                actual=target.check,
            )
        return move.version

    def resolve_active(self, reference: Reference) -> int:
        """Return the version that a reference means, as `resolve`.

        Raises
        ------
        NotFoundError
            Also if the version was deleted or purged.
        """
        number = self.resolve(reference)
        self.version(number)
        self.require_active(number)
        return number

    def metadata(self, number: int) -> ModelMetadata:
        """Return a version's metadata, also of a deleted version.

        Raises
        ------
        ModelNotFoundError, VersionNotFoundError
            If there is no such version.
        """
        return describe(self.version(number), self.state)


def _unknown(model: str, known: list[str]) -> ModelNotFoundError:
    message = f"No model is registered as {model!r}."
    if not known:
        message += " This registry is empty; register_model adds the first model."
    elif not close_matches(model, known):
        message += f" list_models() shows all {len(known)}."
    return ModelNotFoundError(message, name=model, known=known)
