"""The commands that maintain a registry: stats, verify, gc."""

from __future__ import annotations

import dataclasses

import click

from exo_nbregistry.cli.options import (
    json_option,
    open_registry,
    print_json,
    registry_option,
    yes_option,
)
from exo_nbregistry.cli.python_calls import with_commands
from exo_nbregistry.cli.table import pairs, plain, table, terminal_width
from exo_nbregistry.text.markup import count, size

DAMAGE_FOUND, UNKNOWN_SIGNERS = 1, 3


@click.command()
@json_option
@registry_option
def stats(as_json: bool, registry: str | None) -> None:
    """Show the number of models and versions, and their size."""
    found = open_registry(registry).get_registry_stats()
    if as_json:
        print_json(found)
        return
    width = terminal_width()
    facts = [(name, found[name]) for name in ("location", "models", "versions", "deleted")]
    click.echo(pairs([*facts, ("size", size(found["size_bytes"]))], width=width))
    if found["by_algorithm"]:
        rows = sorted(found["by_algorithm"].items())
        click.echo(f"\n{table(['algorithm', 'versions'], rows, width=width)}")


@click.command()
@json_option
@registry_option
def verify(as_json: bool, registry: str | None) -> None:
    """Check each file of the registry.

    Exit codes: 0 intact, 1 damage, 3 only records of unknown signers. Notes on files of other
    programs do not change the exit code.
    """
    audit = open_registry(registry).verify()
    if as_json:
        print_json(audit.to_dict())
    else:
        for fault in audit.damage:
            click.echo(f"{click.style(plain(fault.kind), fg='red')}  {plain(fault)}")
        for line in audit.lines[len(audit.damage) :]:
            click.echo(with_commands(plain(line)))
        click.echo(
            f"{count(audit.versions, 'version')}, {count(audit.events, 'event')} and "
            f"{count(audit.payloads, 'payload')} checked: "
            f"{audit.verdict}."
        )
    if not audit.ok:
        click.get_current_context().exit(DAMAGE_FOUND if audit.damage else UNKNOWN_SIGNERS)


@click.command()
@click.option("--dry-run", is_flag=True, help="List unused files without removing them.")
@click.option(
    "--older-than",
    "hours",
    type=click.FloatRange(min=0),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="Keep files that are younger than this, because a writer may still need them.",
)
@yes_option
@json_option
@registry_option
def gc(dry_run: bool, hours: float, yes: bool, as_json: bool, registry: str | None) -> None:
    """List and remove unused files."""
    opened = open_registry(registry)
    grace_s = hours * 3600
    garbage = opened.collect_garbage(grace_s=grace_s)
    if as_json:
        print_json([dataclasses.asdict(item) for item in garbage])
    elif garbage:
        rows = [(item.key, item.size_bytes, item.reason) for item in garbage]
        click.echo(table(["file", "bytes", "reason"], rows, width=terminal_width()))
    else:
        click.echo("No unused files.")
    if dry_run or not garbage:
        return
    if not yes:
        click.confirm(f"Remove {count(len(garbage), 'file')}?", abort=True, err=as_json)
    removed = opened.collect_garbage(dry_run=False, grace_s=grace_s)
    freed = sum(item.size_bytes for item in removed)
    click.echo(f"Removed {count(len(removed), 'file')}, {freed:,} bytes.", err=as_json)
