"""The command that copies a registry."""

from __future__ import annotations

import dataclasses

import click

from exo_nbregistry.cli.options import json_option, print_json
from exo_nbregistry.cli.table import plain


@click.command("copy")
@click.argument("source")
@click.argument("target")
@click.option("--dry-run", is_flag=True, help="Compare both, and show what would be copied.")
@click.option("--no-progress", is_flag=True, help="Omit the progress bar.")
@json_option
def copy_registry(
    source: str, target: str, dry_run: bool, no_progress: bool, as_json: bool
) -> None:
    """Copy a registry to another folder or bucket.

    SOURCE and TARGET are folders, or URLs such as s3://bucket/registry. The copy has the same id,
    records, models and signatures. Each file is verified while it is copied. Files that TARGET
    already has are kept, so an interrupted copy continues when the command is repeated.

    TARGET must be empty or an earlier copy. Credentials of buckets are read from the environment
    or from storage.toml.
    """
    from exo_nbregistry.registry.facade import ModelRegistry

    done = ModelRegistry(source, create=False).copy_to(
        target, dry_run=dry_run, progress=not (no_progress or as_json)
    )
    if as_json:
        print_json(dataclasses.asdict(done))
    else:
        click.echo(plain(done))
