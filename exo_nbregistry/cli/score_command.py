"""The command that scores a large table."""

from __future__ import annotations

import dataclasses

import click

from exo_nbregistry.cli.options import (
    complete_reference,
    json_option,
    open_registry,
    print_json,
    registry_option,
)
from exo_nbregistry.errors import ConflictError


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@click.argument("source")
@click.argument("target")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    help="Number of processes.  [default: one for each processor]",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Scheduler of a Dask cluster, such as tcp://host:8786, whose workers see the same paths.",
)
@click.option(
    "--batch-rows",
    type=click.IntRange(min=1),
    default=65_536,
    show_default=True,
    help="Number of rows that a process scores together.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="MODEL=TABLE",
    help="A column of the model, and its name in the table if that is different; can be repeated.",
)
@click.option(
    "--id-column",
    "id_columns",
    multiple=True,
    metavar="NAME",
    help="Column of the table to copy to the results; can be repeated.",
)
@click.option("--strict", is_flag=True, help="Stop at the first row that the model cannot take.")
@click.option("--overwrite", is_flag=True, help="Remove the results in TARGET first.")
@json_option
@registry_option
def score(
    ref: str,
    source: str,
    target: str,
    jobs: int | None,
    cluster: str | None,
    batch_rows: int,
    columns: tuple[str, ...],
    id_columns: tuple[str, ...],
    strict: bool,
    overwrite: bool,
    as_json: bool,
    registry: str | None,
) -> None:
    """Score a large table in Parquet or CSV.

    SOURCE is a file, a folder, or a quoted pattern such as 'data/*.parquet'. TARGET is a folder of
    Parquet files with prediction, probability, status and model_id of each row, in the order of
    SOURCE. Both can be URLs of a bucket, such as s3://team/data. If the command is interrupted, run
    it again to continue. Requires the extra dask.
    """
    renamed = dict(map(_renamed, columns))
    opened = open_registry(registry)
    try:
        summary = opened.score(
            ref,
            source,
            target,
            n_jobs=jobs,
            cluster=cluster,
            batch_rows=batch_rows,
            columns=renamed,
            id_columns=id_columns,
            on_mismatch="raise" if strict else "mark",
            overwrite=overwrite,
            progress=not as_json,
        )
    except ConflictError as error:
        raise ConflictError(str(error).replace("overwrite=True", "--overwrite")) from None
    if as_json:
        print_json(dataclasses.asdict(summary))
    else:
        click.echo(summary)


def _renamed(text: str) -> tuple[str, str]:
    column, equals, name = text.partition("=")
    if not equals or not column or not name:
        raise click.BadParameter(
            f"{text!r} must be MODEL=TABLE, such as koi_depth=depth.", param_hint="--column"
        )
    return column, name
