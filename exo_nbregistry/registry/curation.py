"""Tags, notes and deletion: changes to a registered version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exo_nbregistry.errors import RecordError, VersionNotFoundError
from exo_nbregistry.integrity.garbage import remove_unreferenced
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import ACTIVE, DELETED, PURGED
from exo_nbregistry.registry.protection import require_deletable, warn_of_aliases
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.plain_values import to_plain, to_plain_tags
from exo_nbregistry.values.reference import Reference, model_id, parse_reference
from exo_nbregistry.views.facts import same


class Curation:
    """Registry methods for tags, notes, deletion and restoring.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._journal = workspace.journal

    def tag_model(self, ref: str, /, *names: str, **tags: Any) -> ModelMetadata:
        """Add tags to a version.

        Parameters
        ----------
        ref : str
            Reference to the version.
        *names : str
            Tags without a value.
        **tags : str, number, bool, datetime, list or dict
            Tags with a value; an existing value is replaced.

        Returns
        -------
        ModelMetadata
            Metadata of the version, with its tags.

        Raises
        ------
        RecordError
            If no tag is passed, or a value cannot be stored.

        Examples
        --------
        >>> registry.tag_model("kepler_rf:1", "reviewed", team="vetting").tags
        {'reviewed': True, 'team': 'vetting'}
        >>> registry.untag_model("kepler_rf:1", "reviewed", "team").tags
        {}
        """
        _require_names(names)
        values = to_plain_tags(dict.fromkeys(names, True) | tags)
        if not values:
            raise RecordError(
                f"Pass a tag, such as tag_model({ref!r}, 'reviewed', team='vetting')."
            )

        def event(current: dict[str, Any]) -> dict[str, Any] | None:
            new = any(
                name not in current or not same(current[name], values[name]) for name in values
            )
            return {"action": "tag", "tags": encode(values)} if new else None

        return self._append(ref, event)

    def untag_model(self, ref: str, *names: str) -> ModelMetadata:
        """Remove tags from a version; missing tags are ignored.

        Parameters
        ----------
        ref : str
            Reference to the version.
        *names : str
            The tags.

        Returns
        -------
        ModelMetadata
            Metadata of the version, with its tags.

        Examples
        --------
        >>> version = registry.tag_model("kepler_rf:1", "reviewed")
        >>> registry.untag_model("kepler_rf:1", "reviewed").tags
        {}
        """
        _require_names(names)

        def event(current: dict[str, Any]) -> dict[str, Any] | None:
            existing = [name for name in names if name in current]
            return {"action": "untag", "names": existing} if existing else None

        return self._append(ref, event)

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
            Metadata of the version, with its notes.

        Raises
        ------
        RecordError
            If the note is not text or is blank.

        Examples
        --------
        >>> registry.annotate("kepler_rf:1", "Checked by eye.").notes[0].text
        'Checked by eye.'
        """
        if not isinstance(text, str) or not text.strip():
            raise RecordError(f"A note must be non-empty text, got {text!r:.60}.", key="note")
        note = to_plain(text, "note")
        return self._append(ref, lambda _: {"action": "note", "text": note})

    def delete_model(self, ref: str, *, force: bool = False) -> str:
        """Delete a version; `restore_model` restores it.

        A message is logged for each alias that points to the version, because it cannot be loaded
        until the version is restored or the alias is moved.

        Parameters
        ----------
        ref : str
            Reference to a version by number or alias. A name alone raises an error, because the
            latest version can change.
        force : bool
            Delete the version although a protected alias points to it.

        Returns
        -------
        str
            model_id of the version.

        Raises
        ------
        ProtectedAliasError
            If a protected alias points to the version.

        Examples
        --------
        >>> registry.delete_model("kepler_rf:1")
        'kepler_rf:1'
        >>> registry.restore_model("kepler_rf:1").status
        'active'
        """
        return self._delete_or_purge(ref, "delete", force)

    def purge_model(self, ref: str, *, force: bool = False) -> str:
        """Purge a version: delete its model permanently and keep its record.

        If a record of the model is damaged, the files are kept, and a message states it.

        Parameters
        ----------
        ref : str
            Reference to a version by number or alias; the version can be deleted.
        force : bool
            Purge the version although an alias points to it.

        Returns
        -------
        str
            model_id of the version.

        Raises
        ------
        ConflictError
            If an alias points to the version.

        Examples
        --------
        >>> ref = registry.register_model({"cut": 0.5}, "rule")
        >>> registry.purge_model(ref)
        'rule:1'
        """
        name = self._delete_or_purge(ref, "purge", force)
        model = parse_reference(name).key
        if not remove_unreferenced(self._work.store, self._journal, model):
            log.warning(
                "%s is purged, but its files are kept: a damaged record of %s may require them. "
                "Restore the record that verify() names, then call purge_model(%r) again.",
                *(name, model, name),
            )
        return name

    def restore_model(self, ref: str) -> ModelMetadata:
        """Restore a deleted version.

        Parameters
        ----------
        ref : str
            Reference to a version by number or alias.

        Returns
        -------
        ModelMetadata
            Metadata of the version.

        Raises
        ------
        VersionNotFoundError
            If the version does not exist or was purged.

        Examples
        --------
        >>> ref = registry.delete_model("kepler_rf:1")
        >>> registry.restore_model(ref).status
        'active'
        """
        reference = parse_reference(ref)

        def decide(snapshot: Snapshot) -> dict[str, Any] | None:
            number = _resolve_one_version(snapshot, reference)
            status = snapshot.state.of(number).status
            if status == PURGED:
                snapshot.require_active(number)
            return None if status == ACTIVE else {"action": "restore", "version": number}

        after = self._journal.append(reference.key, decide, self._work.actor)
        return after.metadata(after.resolve(reference))

    def _append(
        self, ref: str, event: Callable[[dict[str, Any]], dict[str, Any] | None]
    ) -> ModelMetadata:
        """Append the event that `event` returns for the tags of the version, if any."""
        reference = parse_reference(ref)

        def decide(snapshot: Snapshot) -> dict[str, Any] | None:
            number = snapshot.resolve_active(reference)
            fields = event(snapshot.metadata(number).tags)
            return fields and fields | {"version": number}

        after = self._journal.append(reference.key, decide, self._work.actor)
        return after.metadata(after.resolve(reference))

    def _delete_or_purge(self, ref: str, action: str, force: bool) -> str:
        reference = parse_reference(ref)
        aliases: tuple[str, ...] = ()

        def decide(snapshot: Snapshot) -> dict[str, Any] | None:
            nonlocal aliases
            number, state = _resolve_one_version(snapshot, reference), snapshot.state
            done = {"delete": (PURGED, DELETED), "purge": (PURGED,)}[action]
            if state.of(number).status in done:
                aliases = ()
                return None
            if not force:
                require_deletable(snapshot, number, action)
            aliases = state.aliases_of(number)
            return {"action": action, "version": number}

        after = self._journal.append(reference.key, decide, self._work.actor)
        number = after.resolve(reference)
        if action == "delete":
            warn_of_aliases(reference.key, number, aliases)
        return model_id(reference.key, number)


def _resolve_one_version(snapshot: Snapshot, reference: Reference) -> int:
    number = snapshot.resolve(reference)
    if reference.version is None and reference.alias is None:
        raise VersionNotFoundError(
            f"A version is required, such as '{model_id(snapshot.model, number)}', because the "
            f"latest version of {snapshot.model} can change.",
            name=str(reference),
        )
    return number


def _require_names(names: Sequence[Any]) -> None:
    for name in names:
        if not isinstance(name, str):
            raise RecordError(
                f"The name of a tag must be text, got {name!r:.60}; use tag_model(ref, 'reviewed', "
                "team='vetting'), with * before a list and ** before a dict.",
                key="tags",
            )
