"""The commands that change what is said of a version: tag, delete, restore."""

from __future__ import annotations

import click

from exo_nbregistry.cli.options import (
    complete_reference,
    open_registry,
    registry_option,
    yes_option,
)
from exo_nbregistry.cli.render import view_tags
from exo_nbregistry.cli.table import plain


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@click.argument("tags", nargs=-1, metavar="[NAME|NAME=VALUE]...")
@click.option("--remove", multiple=True, metavar="NAME", help="Take this tag away.")
@registry_option
def tag(ref: str, tags: tuple[str, ...], remove: tuple[str, ...], registry: str | None) -> None:
    """Add tags to a version, and take tags away.

    A value is kept as text.
    """
    if not tags and not remove:
        raise click.UsageError("Give a tag, such as reviewed or team=vetting, or --remove NAME.")
    if any(text.startswith("=") for text in tags):
        raise click.UsageError("A tag has a name before its =, such as team=vetting.")
    opened = open_registry(registry)
    # Resolved once, so that "the latest" is the same version in both steps.
    version = opened.get_metadata(ref)
    if tags:
        parted = [text.partition("=") for text in tags]
        version = opened.tag_model(
            version.model_id,
            *(name for name, mark, _ in parted if not mark),
            **{name: value for name, mark, value in parted if mark},
        )
    if remove:
        version = opened.untag_model(version.model_id, *remove)
    said = plain(view_tags(version.tags))
    click.echo(
        f"{version.model_id} is tagged {said}." if said else f"{version.model_id} has no tag."
    )


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@click.option("--purge", is_flag=True, help="Remove the stored model too: it cannot be restored.")
@yes_option
@registry_option
def delete(ref: str, purge: bool, yes: bool, registry: str | None) -> None:
    """Hide a version until it is restored."""
    opened = open_registry(registry)
    version = opened.get_metadata(ref)
    question = (
        f"Remove the stored model of {version.model_id} for good?"
        if purge
        else f"Hide {version.model_id}?"
    )
    if not yes:
        click.confirm(question, abort=True)
    if purge:
        click.echo(f"{opened.purge_model(ref)} is purged: its record stays, its model is gone.")
    else:
        name = opened.delete_model(ref)
        click.echo(f"{name} is hidden; exo-nbregistry restore {name} brings it back.")


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@registry_option
def restore(ref: str, registry: str | None) -> None:
    """Bring a deleted version back."""
    click.echo(f"{open_registry(registry).restore_model(ref).model_id} is back.")
