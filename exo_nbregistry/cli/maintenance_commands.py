"""The commands that maintain a registry: stats, verify, gc."""

from __future__ import annotations

import dataclasses
from typing import Any

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
from exo_nbregistry.integrity.cleanup import FILE_HEADERS, VERSION_HEADERS, Cleanup
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
@click.option("--dry-run", is_flag=True, help="List what would be removed without removing it.")
@click.option(
    "--older-than",
    "hours",
    type=click.FloatRange(min=0),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="Keep files that are younger than this, because a writer may still need them.",
)
@click.option(
    "--model",
    "model_name",
    metavar="PATTERN",
    help="Only files and versions of this model, or of models that match, such as 'kepler_*'.",
)
@click.option(
    "--keep-last",
    type=click.IntRange(min=1),
    metavar="N",
    help="Purge versions of a model other than its N newest.",
)
@click.option(
    "--keep-best",
    type=click.IntRange(min=1),
    metavar="N",
    help="Purge versions of a model other than the N with the best value of a metric. With "
    "--keep-last, both are kept.",
)
@click.option(
    "--metric",
    metavar="NAME",
    help="Metric of --keep-best.  [default: the usual metric of the versions of each model]",
)
@click.option(
    "--higher/--lower",
    "higher_is_better",
    default=None,
    help="Whether higher or lower is better; required for a custom metric.",
)
@click.option(
    "--versions-older-than",
    "older_than",
    type=click.FloatRange(min=0),
    metavar="DAYS",
    help="Purge versions that were registered longer ago, and keep the others.",
)
@yes_option
@json_option
@registry_option
def gc(
    dry_run: bool, hours: float, yes: bool, as_json: bool, registry: str | None, **rules: Any
) -> None:
    """List and remove unused files, and versions that are not kept.

    Without --keep-last, --keep-best and --versions-older-than, no version is removed. A purge
    removes the files of a version permanently. A version with an alias always stays, and so does
    the newest version of each model.
    """
    opened = open_registry(registry)
    rules["grace_s"] = hours * 3600
    found = opened.collect_garbage(**rules)
    has_rules = any(rules[name] is not None for name in ("keep_last", "keep_best", "older_than"))
    if as_json:
        print_json(_cleanup_json(found, with_versions=has_rules))
    else:
        _echo_cleanup(found, with_versions=has_rules)
    if dry_run or found.is_empty:
        return
    if not yes:
        click.confirm(f"Remove {_contents(found)} permanently?", abort=True, err=as_json)
    # Others may have registered versions while the list was read.
    removed = opened.collect_garbage(dry_run=False, plan=found, **rules)
    click.echo(f"Removed {_contents(removed)}, {removed.size_bytes:,} bytes.", err=as_json)
    if rest := len(found.versions) - len(removed.versions):
        click.echo(f"{count(rest, 'version')} stayed because of newer changes.", err=True)


def _cleanup_json(found: Cleanup, *, with_versions: bool) -> Any:
    files = [dataclasses.asdict(item) for item in found]
    if not with_versions:
        return files
    versions = [
        {
            "model_id": item.model_id,
            "status": item.status,
            "registered_at": item.registered_at.isoformat(),
            "size_bytes": item.size_bytes,
            "reason": item.reason,
        }
        for item in found.versions
    ]
    return {"versions": versions, "files": files, "skipped": list(found.skipped)}


def _echo_cleanup(found: Cleanup, *, with_versions: bool) -> None:
    width = terminal_width()
    if found.versions:
        click.echo(f"{table(VERSION_HEADERS, found.version_rows(), width=width)}\n")
    elif with_versions:
        click.echo("No versions to purge.")
    if found:
        click.echo(table(FILE_HEADERS, found.file_rows(), width=width))
    else:
        click.echo("No unused files.")
    total, *others = found.sentences()
    if found.versions:
        click.echo(total)
    for sentence in others:
        click.echo(with_commands(plain(sentence)), err=True)


def _contents(found: Cleanup) -> str:
    """Return the number of versions, if there are any, and of files."""
    parts = [count(len(found.versions), "version")] if found.versions else []
    if found or not parts:
        parts.append(count(len(found), "file"))
    return " and ".join(parts)
