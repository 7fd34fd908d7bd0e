"""The commands on aliases."""

from __future__ import annotations

import click

from exo_nbregistry.cli.options import (
    complete_reference,
    force_option,
    json_option,
    open_registry,
    print_json,
    registry_option,
)
from exo_nbregistry.cli.table import table, terminal_width
from exo_nbregistry.errors import InvalidReferenceError
from exo_nbregistry.records.model_state import AliasMove
from exo_nbregistry.values.reference import REFERENCE_RULE, check_alias, parse_reference

_MINUTE = "%Y-%m-%d %H:%M"


@click.group()
def alias() -> None:
    """Set, remove, roll back and list aliases such as champion."""


@alias.command("set")
@click.argument("target", metavar="MODEL@ALIAS")
@click.argument("version", type=click.IntRange(min=1))
@click.option(
    "--expected",
    type=int,
    metavar="VERSION",
    help="Set the alias only if it points to VERSION now; 0 if it must not exist.",
)
@click.option(
    "--protected/--unprotected",
    default=None,
    help="Whether the alias can be moved or removed, and its version deleted, only with --force.  "
    "[default: keep the current setting]",
)
@force_option
@registry_option
def set_alias(
    target: str,
    version: int,
    expected: int | None,
    protected: bool | None,
    force: bool,
    registry: str | None,
) -> None:
    """Point an alias to a version.

    For example: exo-nbregistry alias set kepler_rf@champion 3
    """
    model, name = _parts(target)
    condition = {} if expected is None else {"expected": expected or None}
    opened = open_registry(registry)
    found = opened.set_alias(model, name, version, protected=protected, force=force, **condition)
    click.echo(f"{model}@{name} points to {found.model_id}.")


@alias.command("remove")
@click.argument("target", metavar="MODEL@ALIAS", shell_complete=complete_reference)
@force_option
@registry_option
def remove_alias(target: str, force: bool, registry: str | None) -> None:
    """Remove an alias; alias rollback restores it."""
    model, name = _parts(target)
    open_registry(registry).remove_alias(model, name, force=force)
    click.echo(f"Removed {model}@{name}. To undo, run: alias rollback {model}@{name}")


@alias.command("rollback")
@click.argument("target", metavar="MODEL@ALIAS", shell_complete=complete_reference)
@force_option
@registry_option
def rollback_alias(target: str, force: bool, registry: str | None) -> None:
    """Move an alias back to its previous version."""
    model, name = _parts(target)
    found = open_registry(registry).rollback_alias(model, name, force=force)
    click.echo(f"{model}@{name} points to {found.model_id} again.")


@alias.command("list")
@click.argument("target", metavar="MODEL[@ALIAS]", shell_complete=complete_reference)
@json_option
@registry_option
def list_aliases(target: str, as_json: bool, registry: str | None) -> None:
    """List the aliases of a model, or the history of one alias."""
    reference = parse_reference(target)
    opened = open_registry(registry)
    if reference.alias:
        moves = opened.alias_history(reference.key, reference.alias)
        rows = [
            {
                "at": f"{move.at:{_MINUTE}}",
                "version": move.version,
                "protected": move.protected,
                **(_who(move) if as_json else {"who": _who_text(move)}),
            }
            for move in moves
        ]
    else:
        rows = [
            {
                "alias": f"{reference.key}@{name}",
                "version": version.version,
                "status": version.status,
            }
            for version in opened.list_models(reference.key, include_deleted=True)
            for name in version.aliases
        ]
    if as_json:
        print_json(rows)
    elif rows:
        click.echo(
            table(list(rows[0]), [list(row.values()) for row in rows], width=terminal_width())
        )
    else:
        click.echo(f"{target} was never set." if reference.alias else f"{target} has no aliases.")


def _parts(target: str) -> tuple[str, str]:
    reference = parse_reference(target)
    _, mark, name = target.partition("@")
    if mark and reference.alias is None:
        check_alias(name)
    if reference.alias is None:
        raise InvalidReferenceError(
            f"{target!r} has no alias; pass MODEL@ALIAS, such as {reference.key}@champion.",
            text=target,
            rule=REFERENCE_RULE,
        )
    return reference.key, reference.alias


def _who(move: AliasMove) -> dict[str, object]:
    """Return the user, and the author and the time of a change that was moved in."""
    origin = move.moved_in
    if origin is None:
        return {"who": move.actor}
    at = f"{origin.at:{_MINUTE}}" if origin.at else None
    return {"who": move.actor, "original_who": origin.by or None, "original_at": at}


def _who_text(move: AliasMove) -> str:
    found = _who(move)
    by, at = found.get("original_who"), found.get("original_at")
    if move.moved_in is None:
        return move.actor
    made = " at ".join(str(part) for part in (by or "unknown", at) if part)
    return f"{made}, moved in by {move.actor}" if by or at else f"moved in by {move.actor}"
