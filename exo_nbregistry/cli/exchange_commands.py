"""The commands that carry a version from one registry to another, or into deployment."""

from __future__ import annotations

from pathlib import Path

import click

from exo_nbregistry.cli.options import complete_reference, open_registry, registry_option


@click.command("export")
@click.argument("ref", shell_complete=complete_reference)
@click.argument("directory", type=click.Path(path_type=Path))
@registry_option
def export_version(ref: str, directory: Path, registry: str | None) -> None:
    """Write a version and what it needs into a folder.

    The folder is new, and gets the model, its record, requirements and predict.py.
    """
    opened = open_registry(registry)
    folder = opened.export_model(ref, directory)
    for path in sorted(folder.iterdir()):
        click.echo(path)


@click.command("import")
@click.argument("model_path", metavar="FOLDER|MODEL", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--record",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The exported record.json, where it is not beside the model.",
)
@click.option("--name", metavar="MODEL_NAME", help="Register it under another name.")
@click.option("--unsafe", is_flag=True, help="Vouch for it although its signer is not trusted.")
@registry_option
def import_version(
    model_path: Path, record: Path | None, name: str | None, unsafe: bool, registry: str | None
) -> None:
    """Take in a version that export wrote.

    A --registry that is not there yet is made.
    """
    opened = open_registry(registry, create=True)
    model_id = opened.import_model(
        model_path=model_path, metadata_path=record, model_name=name, unsafe=unsafe
    )
    click.echo(f"Imported as {model_id}.")
