"""The commands that add, list and save attachments of a version."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from exo_nbregistry.cli.options import (
    complete_reference,
    json_option,
    open_registry,
    print_json,
    registry_option,
)
from exo_nbregistry.text.terminal import visible


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
@registry_option
def attach(ref: str, name: str, file: Path, registry: str | None) -> None:
    """Attach a file or folder to a version under a new name."""
    opened = open_registry(registry)
    # Resolved once, so that the message names the version that was changed.
    version = opened.get_metadata(ref).model_id
    opened.attach(version, name, file)
    click.echo(f"Attached {name} to {version}.")


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write all attachments to this folder as readable files.",
)
@json_option
@registry_option
def attachments(ref: str, save: Path | None, as_json: bool, registry: str | None) -> None:
    """List the attachments of a version, or save them to a folder."""
    opened = open_registry(registry)
    if save is not None:
        for path in opened.save_attachments(ref, save):
            click.echo(visible(str(path)))
        return
    listed = opened.attachments(ref)
    if as_json:
        print_json([asdict(item) for item in listed])
    else:
        click.echo(repr(listed) if listed else "No attachments.")
