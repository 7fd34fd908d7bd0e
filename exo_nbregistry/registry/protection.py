"""Checks that protect an alias from a move, and its version from deletion."""

from __future__ import annotations

from collections.abc import Sequence

from exo_nbregistry.errors import ConflictError, ProtectedAliasError
from exo_nbregistry.journal.snapshot import Snapshot
from exo_nbregistry.records.model_state import AliasMove
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.reference import model_id


def require_unprotected(model: str, alias: str, move: AliasMove) -> None:
    """Raise ProtectedAliasError if an alias is protected.

    Parameters
    ----------
    model, alias : str
        Key of the model and name of the alias.
    move : AliasMove
        Current move of the alias.
    """
    if move.protected:
        raise ProtectedAliasError(
            f"{model}@{alias} is protected and points to {move.version}; {_way_out(model, move)}.",
            alias=f"{model}@{alias}",
            version=move.version or 0,
        )


def require_deletable(snapshot: Snapshot, number: int, action: str) -> None:
    """Raise an error if the aliases of a version prevent its deletion.

    A deleted version can be restored, so that only a protected alias prevents it. A purged one
    cannot, so that any alias does.

    Parameters
    ----------
    snapshot : Snapshot
        Snapshot of the model.
    number : int
        Number of the version.
    action : {'delete', 'purge'}
        The action.
    """
    name = model_id(snapshot.model, number)
    moves = [move for move in snapshot.state.aliases().values() if move.version == number]
    for move in moves:
        if move.protected:
            raise ProtectedAliasError(
                f"{name} cannot be {action}d: the protected alias {move.alias!r} points to it; "
                f"{_way_out(snapshot.model, move)}.",
                alias=f"{snapshot.model}@{move.alias}",
                version=number,
            )
    if moves and action == "purge":
        raise ConflictError(
            f"{name} cannot be purged: the alias {moves[0].alias!r} points to it; pass force=True, "
            f"or move the alias first, or remove it with remove_alias({snapshot.model!r}, "
            f"{moves[0].alias!r}).",
            actual=moves[0].alias,
        )


def require_policy(work: Workspace, model: str, alias: str) -> None:
    """Raise ConflictError if the policy does not allow this user to move an alias.

    Parameters
    ----------
    work : Workspace
        The open registry.
    model, alias : str
        Key of the model and name of the alias.
    """
    allowed = work.keyring.alias_signers(alias)
    own = work.keyring.fingerprint
    if allowed is not None and own not in allowed:
        names = work.keyring.trusted()
        signers = name_list(sorted(names.get(signer, signer) for signer in allowed)) or "no signer"
        raise ConflictError(
            f"Your key {own or '(not created yet)'} cannot move {model}@{alias}: the policy of "
            f"your trusted signers allows only {signers}. Ask one of them, or change the policy.",
            expected=sorted(allowed),
            actual=own,
        )


def warn_of_aliases(model: str, number: int, aliases: Sequence[str]) -> None:
    """Log a message if aliases point to a version that was deleted.

    Parameters
    ----------
    model : str
        Key of the model.
    number : int
        Number of the version.
    aliases : sequence of str
        Aliases that point to it.
    """
    for alias in aliases:
        log.warning(
            "%s@%s points to the deleted version %d and cannot be loaded: restore_model(%r) "
            "restores the version, set_alias(%r, %r, version) moves the alias.",
            model,
            alias,
            number,
            model_id(model, number),
            model,
            alias,
        )


def _way_out(model: str, move: AliasMove) -> str:
    return (
        f"pass force=True, or remove its protection with set_alias({model!r}, {move.alias!r}, "
        f"{move.version}, protected=False)"
    )
