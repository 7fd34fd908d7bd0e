"""The commands that change a version: tag, annotate, add-metrics, delete, restore."""

from __future__ import annotations

import click

from exo_nbregistry.cli.options import (
    complete_reference,
    force_option,
    open_registry,
    parse_metrics,
    parse_tags,
    registry_option,
    yes_option,
)
from exo_nbregistry.cli.render import view_tags
from exo_nbregistry.cli.table import plain
from exo_nbregistry.text.names import name_list


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@click.argument("tags", nargs=-1, metavar="[NAME|NAME=VALUE]...")
@click.option("--remove", multiple=True, metavar="NAME", help="Remove this tag.")
@registry_option
def tag(ref: str, tags: tuple[str, ...], remove: tuple[str, ...], registry: str | None) -> None:
    """Add and remove tags of a version.

    The value of a tag is stored as text.
    """
    if not tags and not remove:
        raise click.UsageError("Pass a tag, such as reviewed or team=vetting, or --remove NAME.")
    added = parse_tags(tags)
    opened = open_registry(registry)
    # Resolved once, so that both steps change the same version.
    version = opened.get_metadata(ref)
    if added:
        version = opened.tag_model(version.model_id, **added)
    if remove:
        version = opened.untag_model(version.model_id, *remove)
    listed = plain(view_tags(version.tags))
    click.echo(
        f"{version.model_id} has the tags: {listed}"
        if listed
        else f"{version.model_id} has no tags."
    )


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@click.argument("text")
@registry_option
def annotate(ref: str, text: str, registry: str | None) -> None:
    """Add a note to a version.

    A note is permanent: it cannot be changed or removed.
    """
    version = open_registry(registry).annotate(ref, text)
    click.echo(f"Added a note to {version.model_id}.")


@click.command("add-metrics")
@click.argument("ref", shell_complete=complete_reference)
@click.argument("metrics", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--on", default="", metavar="TEXT", help="The data, such as '2026-11 production'.")
@click.option(
    "--at",
    metavar="TIME",
    help="Time of the measurement in ISO 8601, UTC without an offset.  [default: now]",
)
@registry_option
def add_metrics(
    ref: str, metrics: tuple[str, ...], on: str, at: str | None, registry: str | None
) -> None:
    """Add metrics that were measured after the registration.

    They are permanent, and are never mixed with the metrics of the registration.
    """
    values = parse_metrics(metrics)
    version = open_registry(registry).add_metrics(ref, values, at=at, on=on)
    count = len(version.later_metrics)
    click.echo(
        f"Added {name_list(values)} to {version.model_id}, which has "
        f"{count} later measurement{'s' * (count != 1)}."
    )


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@click.option("--purge", is_flag=True, help="Also delete the stored model permanently.")
@force_option
@yes_option
@registry_option
def delete(ref: str, purge: bool, force: bool, yes: bool, registry: str | None) -> None:
    """Delete a version; restore undoes it.

    The question names the aliases that point to the version.
    """
    opened = open_registry(registry)
    version = opened.get_metadata(ref)
    name = version.model_id
    question = f"Permanently delete the stored model of {name}?" if purge else f"Delete {name}?"
    if version.aliases:
        named = name_list((f"@{alias}" for alias in version.aliases), separator=" and ")
        question += f" {named} cannot be loaded then."
    if not yes:
        click.confirm(question, abort=True)
    if purge:
        # The question names the aliases; a protected one requires the option.
        moves = opened.aliases(version.model_name)
        asked = not any(moves[alias].protected for alias in version.aliases if alias in moves)
        click.echo(f"Purged {opened.purge_model(ref, force=force or asked)}. Its record is kept.")
    else:
        name = opened.delete_model(ref, force=force)
        click.echo(f"Deleted {name}. To undo, run: exo-nbregistry restore {name}")


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@registry_option
def restore(ref: str, registry: str | None) -> None:
    """Restore a deleted version."""
    click.echo(f"Restored {open_registry(registry).restore_model(ref).model_id}.")
