"""Aliases: movable names of versions, with their history."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.errors import AliasNotFoundError, ConflictError
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.model_state import AliasMove, ModelState
from exo_nbregistry.registry.protection import require_policy, require_unprotected
from exo_nbregistry.registry.workspace import Workspace
from exo_nbregistry.values.reference import check_alias, check_version, model_key
from exo_nbregistry.views.history import History

_ANY: Any = object()  # The alias can point to any version or be missing.


class Aliases:
    """Registry methods for aliases.

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
        force: bool = False,
    ) -> ModelMetadata:
        """Point an alias to a version.

        Parameters
        ----------
        model_name : str
            Name of the model.
        alias : str
            Name of the alias, such as ``champion``.
        version : int
            Number of a version that is not deleted.
        expected : int or None, optional
            Move the alias only if it currently points to this version; None if it must not exist.
        protected : bool, optional
            Whether the alias is protected: it cannot be moved or removed, nor its version deleted,
            without `force`. The default keeps the current setting; a new alias is not protected.
        force : bool
            Move the alias although it is protected; it stays protected unless `protected` is
            False.

        Returns
        -------
        ModelMetadata
            Metadata of the version, with its aliases.

        Raises
        ------
        ConflictError
            If the alias does not point to `expected`, or the policy does not allow this user to
            move it.
        ProtectedAliasError
            If the alias is protected and points to another version.
        NotFoundError
            If the version does not exist or is deleted.

        Examples
        --------
        >>> registry.set_alias("kepler_rf", "champion", 1).aliases
        ('champion',)
        """
        model, number = model_key(model_name), check_version(version)
        check_alias(alias)
        expected = _check_expected(expected)

        def decide(snapshot: Snapshot) -> dict[str, Any] | None:
            record = snapshot.version(number)
            snapshot.require_active(number)
            move = snapshot.state.alias(alias)
            _require_expected(snapshot, alias, expected)
            if move and move.version != number and not force:
                require_unprotected(model, alias, move)
            # Moving an alias keeps its protection.
            kept = (move is not None and move.protected) if protected is None else bool(protected)
            if move and move.version == number and move.protected == kept:
                return None
            require_policy(self._work, model, alias)
            return {
                "action": "alias",
                "alias": alias,
                "version": number,
                "target": record.check,
                "protected": kept,
            }

        return self._journal.append(model, decide, self._work.actor).metadata(number)

    def remove_alias(
        self, model_name: str, alias: str, *, expected: int = _ANY, force: bool = False
    ) -> None:
        """Remove an alias; `rollback_alias` restores it.

        Parameters
        ----------
        model_name, alias : str
            Names of the model and of the alias.
        expected : int, optional
            Remove the alias only if it currently points to this version.
        force : bool
            Remove the alias although it is protected.

        Raises
        ------
        AliasNotFoundError
            If the alias does not exist.
        ConflictError
            If the alias does not point to `expected`, or the policy does not allow this user to
            move it.
        ProtectedAliasError
            If the alias is protected.
        """
        model, wanted = model_key(model_name), _check_expected(expected)

        def decide(snapshot: Snapshot) -> dict[str, Any]:
            snapshot.require_model()
            _require_expected(snapshot, alias, wanted)
            move = snapshot.state.alias(alias)
            if move is None:
                raise AliasNotFoundError(
                    f"{model} has no alias {alias!r}.", name=alias, known=snapshot.state.aliases()
                )
            if not force:
                require_unprotected(model, alias, move)
            require_policy(self._work, model, alias)
            return {"action": "unalias", "alias": alias}

        self._journal.append(model, decide, self._work.actor)

    def rollback_alias(
        self, model_name: str, alias: str, *, expected: int | None = _ANY, force: bool = False
    ) -> ModelMetadata:
        """Move an alias back to its previous version; repeated calls go further back.

        Parameters
        ----------
        model_name, alias : str
            Names of the model and of the alias.
        expected : int or None, optional
            Move the alias only if it currently points to this version.
        force : bool
            Move the alias although it is protected. Without a move, only the protection is rolled
            back, which needs no `force`.

        Returns
        -------
        ModelMetadata
            Metadata of the version that the alias points to now.

        Raises
        ------
        AliasNotFoundError
            If the alias has no previous version.
        ConflictError
            If the alias does not point to `expected`, or the policy does not allow this user to
            move it.
        ProtectedAliasError
            If the alias is protected and points to another version.
        VersionNotFoundError
            If the previous version is deleted.
        """
        model, wanted = model_key(model_name), _check_expected(expected)
        target = 0

        def decide(snapshot: Snapshot) -> dict[str, Any]:
            nonlocal target
            snapshot.require_model()
            _require_expected(snapshot, alias, wanted)
            move = snapshot.state.before(alias)
            if move is None or move.version is None:
                raise _no_earlier_version(model, alias, snapshot.state)
            target = move.version
            now = snapshot.state.alias(alias)
            snapshot.require_active(target)
            if now and now.version != target and not force:
                require_unprotected(model, alias, now)
            require_policy(self._work, model, alias)
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
            Name of the model.

        Returns
        -------
        dict of str to AliasMove
            The last move of each alias, with version, time, author and protection.

        Examples
        --------
        >>> registry.set_alias("kepler_rf", "champion", 1).aliases
        ('champion',)
        >>> registry.aliases("kepler_rf")["champion"].version
        1
        """
        return self._state(model_name).aliases()

    def alias_history(self, model_name: str, alias: str) -> History[AliasMove]:
        """Return all moves of an alias, oldest first.

        Parameters
        ----------
        model_name, alias : str
            Names of the model and of the alias.

        Returns
        -------
        History of AliasMove
            A tuple with a table display and ``to_frame()``; empty if the alias was never set.
        """
        moves = self._state(model_name).moves
        return History(move for move in moves if move.alias == alias)

    def _state(self, model_name: str) -> ModelState:
        snapshot = self._journal.snapshot(model_key(model_name))
        snapshot.require_model()
        return snapshot.state


def _check_expected(expected: Any) -> Any:
    return expected if expected is _ANY or expected is None else check_version(expected)


def _require_expected(snapshot: Snapshot, alias: str, expected: Any) -> None:
    move = snapshot.state.alias(alias)
    actual = move.version if move else None
    if expected is not _ANY and actual != expected:
        raise ConflictError(
            f"{snapshot.model}@{alias} points to {actual or 'no version'} "
            f"instead of {expected or 'no version'}; check the alias before you move it.",
            expected=expected,
            actual=actual,
        )


def _no_earlier_version(model: str, alias: str, state: ModelState) -> AliasNotFoundError:
    if not any(move.alias == alias for move in state.moves):
        return AliasNotFoundError(
            f"{model} never had an alias {alias!r}.", name=alias, known=state.aliases()
        )
    return AliasNotFoundError(
        f"{model}@{alias} has no previous version; alias_history("
        f"'{model}', '{alias}') shows its moves.",
        name=alias,
    )
