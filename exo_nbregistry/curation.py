"""Tags, notes and deletion: what is said of a version after it was registered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exo_nbregistry.codec import encode, normalise
from exo_nbregistry.errors import ConflictError, VersionNotFoundError
from exo_nbregistry.garbage import remove_unreferenced
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.reference import model_id, parse_reference
from exo_nbregistry.state import ACTIVE, PURGED, ModelState
from exo_nbregistry.workspace import Workspace


class Curation(Workspace):
    """The calls that change what the journal says."""

    def tag_model(self, ref: str, *names: str, **tags: Any) -> ModelMetadata:
        """Add tags to a version.

        Parameters
        ----------
        ref : str
            Reference to the version.
        *names : str
            Tags without a value.
        **tags : str, number or bool
            Tags with a value; an existing one is replaced.

        Returns
        -------
        ModelMetadata
            The version, with its tags.

        Raises
        ------
        RecordError
            If a value cannot be kept.
        """
        values = normalise(dict.fromkeys(names, True) | tags, "tags")
        return self._say(ref, lambda _: {"action": "tag", "tags": encode(values)})

    def untag_model(self, ref: str, *names: str) -> ModelMetadata:
        """Remove tags from a version; a tag that is not there is no error.

        Parameters
        ----------
        ref : str
            Reference to the version.
        *names : str
            The tags.

        Returns
        -------
        ModelMetadata
            The version, with its tags.
        """
        return self._say(ref, lambda _: {"action": "untag", "names": list(names)})

    def annotate(self, ref: str, text: str) -> ModelMetadata:
        """Add a note to a version.

        Parameters
        ----------
        ref : str
            Reference to the version.
        text : str
            The note.

        Returns
        -------
        ModelMetadata
            The version, with its notes.
        """
        note = normalise(str(text), "note")
        return self._say(ref, lambda _: {"action": "note", "text": note})

    def delete_model(self, ref: str) -> str:
        """Hide a version; `restore_model` brings it back.

        Parameters
        ----------
        ref : str
            Reference to one version: a bare name is refused, since it would mean whichever is
            the latest by then.

        Returns
        -------
        str
            The version's model_id.

        Raises
        ------
        ConflictError
            If a protected alias points at it.
        """
        return self._retire(ref, "delete")

    def purge_model(self, ref: str) -> str:
        """Hide a version for good and remove its model; the record stays.

        Parameters
        ----------
        ref : str
            Reference to one version, deleted or not.

        Returns
        -------
        str
            The version's model_id.

        Raises
        ------
        ConflictError
            If a protected alias points at it.
        """
        name = self._retire(ref, "purge")
        reference = parse_reference(name)
        remove_unreferenced(self._store, self._journal, reference.key)
        return name

    def restore_model(self, ref: str) -> ModelMetadata:
        """Bring a deleted version back.

        Parameters
        ----------
        ref : str
            Reference to one version.

        Returns
        -------
        ModelMetadata
            The version.

        Raises
        ------
        VersionNotFoundError
            If there is none, or it was purged.
        """
        model, number = self._named(ref)

        def decide(state: ModelState) -> dict[str, Any] | None:
            status = state.of(number).status
            if status == PURGED:
                self._journal.require_active(model, number)
            return None if status == ACTIVE else {"action": "restore", "version": number}

        self._journal.append(model, decide, self._actor())
        return self._metadata(model, number)

    def _say(self, ref: str, event: Callable[[ModelState], dict[str, Any]]) -> ModelMetadata:
        reference, number = self._locate(ref)

        def decide(state: ModelState) -> dict[str, Any]:
            self._journal.require_active(reference.key, number)
            return event(state) | {"version": number}

        self._journal.append(reference.key, decide, self._actor())
        return self._metadata(reference.key, number)

    def _retire(self, ref: str, action: str) -> str:
        model, number = self._named(ref)

        def decide(state: ModelState) -> dict[str, Any] | None:
            holders = [
                name
                for name, move in state.aliases().items()
                if move.version == number and move.protected
            ]
            if holders:
                raise ConflictError(
                    f"{model_id(model, number)} cannot be deleted: the protected alias "
                    f"{holders[0]!r} points at it. Move the alias first.",
                    expected=None,
                    actual=holders[0],
                )
            done = {"delete": (PURGED, "deleted"), "purge": (PURGED,)}[action]
            if state.of(number).status in done:
                return None
            return {"action": action, "version": number}

        self._journal.append(model, decide, self._actor())
        return model_id(model, number)

    def _named(self, ref: str) -> tuple[str, int]:
        reference = parse_reference(ref)
        number = self._journal.resolve(reference)
        if reference.version is None and reference.alias is None:
            raise VersionNotFoundError(
                f"Name one version of {reference.key}, such as "
                f"'{model_id(reference.key, number)}': a bare name means whichever is the "
                "latest.",
                name=ref,
            )
        self._journal.version(reference.key, number)
        return reference.key, number
