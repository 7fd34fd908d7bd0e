"""Movable names for versions, with their history."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.errors import AliasNotFoundError, ConflictError
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import AliasMove, ModelState
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.values.reference import check_alias, check_version, model_key
from exo_nbregistry.views.history import History

_ANY: Any = object()


class Aliases:
    """The calls about aliases.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._journal = workspace.journal

    def set_alias(
        self,
        model_name: str,
        alias: str,
        version: int,
        *,
        expected: int | None = _ANY,
        protected: bool | None = None,
    ) -> ModelMetadata:
        """Point an alias at a version.

        Parameters
        ----------
        model_name : str
            The model.
        alias : str
            Such as ``champion``.
        version : int
            The version, which must not be deleted.
        expected : int or None, optional
            Move only if the alias points at this version now (None: nowhere).
        protected : bool, optional
            Whether the version cannot be deleted while the alias points at it; by default as it
            is, which for a new alias is not.

        Returns
        -------
        ModelMetadata
            The version, with its aliases.

        Raises
        ------
        ConflictError
            If the alias does not point where it was expected to.
        NotFoundError
            If there is no such version.

        Examples
        --------
        >>> registry.set_alias("kepler_rf", "champion", 1).aliases
        ('champion',)
        """
        model, number = model_key(model_name), check_version(version)
        check_alias(alias)
        expected = _version(expected)

        def decide(snapshot: Snapshot) -> dict[str, Any] | None:
            record = snapshot.version(number)
            snapshot.require_active(number)
            move = snapshot.state.alias(alias)
            _require_at(snapshot, alias, expected)
            # Moving an alias keeps its protection.
            kept = (move is not None and move.protected) if protected is None else protected
            if move and move.version == number and move.protected == kept:
                return None
            return {
                "action": "alias",
                "alias": alias,
                "version": number,
                "target": record.check,
                "protected": kept,
            }

        return self._journal.append(model, decide, self._work.actor).metadata(number)

    def remove_alias(self, model_name: str, alias: str, *, expected: int = _ANY) -> None:
        """Make an alias point nowhere; `rollback_alias` undoes it.

        Parameters
        ----------
        model_name, alias : str
            Which.
        expected : int, optional
            Remove it only if it points at this version now.

        Raises
        ------
        AliasNotFoundError
            If there is no such alias.
        ConflictError
            If the alias does not point where it was expected to.
        """
        model, wanted = model_key(model_name), _version(expected)

        def decide(snapshot: Snapshot) -> dict[str, Any]:
            snapshot.require_model()
            _require_at(snapshot, alias, wanted)
            state = snapshot.state
            if state.alias(alias) is None:
                raise AliasNotFoundError(
                    f"{model} has no alias {alias!r}.", name=alias, known=state.aliases()
                )
            return {"action": "unalias", "alias": alias}

        self._journal.append(model, decide, self._work.actor)

    def rollback_alias(
        self, model_name: str, alias: str, *, expected: int | None = _ANY
    ) -> ModelMetadata:
        """Point an alias back to where it pointed before; again goes one further back.

        Parameters
        ----------
        model_name, alias : str
            Which.
        expected : int or None, optional
            Move only if the alias points at this version now (None: nowhere).

        Returns
        -------
        ModelMetadata
            The version that it points at now.

        Raises
        ------
        AliasNotFoundError
            If the alias never pointed anywhere else.
        ConflictError
            If the alias does not point where it was expected to.
        VersionNotFoundError
            If where it pointed was deleted.
        """
        model, wanted = model_key(model_name), _version(expected)
        target = 0

        def decide(snapshot: Snapshot) -> dict[str, Any]:
            nonlocal target
            snapshot.require_model()
            _require_at(snapshot, alias, wanted)
            move = snapshot.state.before(alias)
            if move is None or move.version is None:
                raise _no_earlier_version(model, alias, snapshot.state)
            target = move.version
            snapshot.require_active(target)
            return {
                "action": "rollback",
                "alias": alias,
                "version": move.version,
                "target": snapshot.version(target).check,
                "protected": move.protected,
            }

        return self._journal.append(model, decide, self._work.actor).metadata(target)

    def aliases(self, model_name: str) -> dict[str, AliasMove]:
        """Return the aliases of a model.

        Parameters
        ----------
        model_name : str
            The model.

        Returns
        -------
        dict of str to AliasMove
            Of each alias that points somewhere the move that says where, since when, by whom,
            and whether it is protected.

        Examples
        --------
        >>> registry.set_alias("kepler_rf", "champion", 1).aliases
        ('champion',)
        >>> registry.aliases("kepler_rf")["champion"].version
        1
        """
        return self._state(model_name).aliases()

    def alias_history(self, model_name: str, alias: str) -> History[AliasMove]:
        """Return every move of an alias, oldest first.

        Parameters
        ----------
        model_name, alias : str
            Which.

        Returns
        -------
        History of AliasMove
            A tuple that shows itself and goes to pandas; empty if the alias was never set.
        """
        moves = self._state(model_name).moves
        return History(move for move in moves if move.alias == alias)

    def _state(self, model_name: str) -> ModelState:
        snapshot = self._journal.snapshot(model_key(model_name))
        snapshot.require_model()
        return snapshot.state


def _version(expected: Any) -> Any:
    return expected if expected is _ANY or expected is None else check_version(expected)


def _require_at(snapshot: Snapshot, alias: str, expected: Any) -> None:
    move = snapshot.state.alias(alias)
    actual = move.version if move else None
    if expected is not _ANY and actual != expected:
        raise ConflictError(
            f"{snapshot.model}@{alias} points at {actual or 'nothing'}, not at "
            f"{expected or 'nothing'}; check the alias before you move it.",
            expected=expected,
            actual=actual,
        )


def _no_earlier_version(model: str, alias: str, state: ModelState) -> AliasNotFoundError:
    if not any(move.alias == alias for move in state.moves):
        return AliasNotFoundError(
            f"{model} never had an alias {alias!r}.", name=alias, known=state.aliases()
        )
    return AliasNotFoundError(
        f"{model}@{alias} has no earlier version to go back to; alias_history("
        f"'{model}', '{alias}') shows its moves.",
        name=alias,
    )
