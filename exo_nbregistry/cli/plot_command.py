"""The command that plots versions to a file."""

from __future__ import annotations

from pathlib import Path

import click

from exo_nbregistry.cli.options import (
    complete_filter,
    complete_reference,
    open_registry,
    registry_option,
    require_known_fields,
)
from exo_nbregistry.errors import RegistryError
from exo_nbregistry.plot.kinds import KINDS
from exo_nbregistry.text.os_errors import os_error_hint

FORMATS = (".png", ".svg", ".pdf")


@click.command()
@click.argument("kind", type=click.Choice(list(KINDS)), metavar="KIND")
@click.argument("refs", nargs=-1, metavar="[REF]...", shell_complete=complete_reference)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Path of the figure: .png, .svg or .pdf. An existing file is replaced.  "
    "[default: KIND.png]",
)
@click.option(
    "--metric",
    metavar="NAME",
    help="Metric, for the kinds metric, hyperparameter, monitoring and curve.",
)
@click.option("--hyperparameter", metavar="NAME", help="For the kind hyperparameter.")
@click.option(
    "--where",
    metavar="FILTER",
    shell_complete=complete_filter,
    help="Filter, as for list, instead of references.",
)
@registry_option
def plot(
    kind: str,
    refs: tuple[str, ...],
    output: Path | None,
    metric: str | None,
    hyperparameter: str | None,
    where: str | None,
    registry: str | None,
) -> None:
    """Plot versions to a file, and print the values.

    KIND is metric, roc, precision_recall, confusion_matrix, calibration, probabilities, residuals,
    predicted_vs_true, error_distribution, hyperparameter, monitoring, trials, curve or importances.
    Without REF, all versions are plotted, or the newest that fit into one figure. No screen is
    required.
    """
    path = output or Path(f"{kind}.png")
    if path.suffix.lower() not in FORMATS:
        raise click.UsageError(
            f"Cannot write the figure to {path}; use a name that ends in .png, .svg or .pdf."
        )
    if refs and where is not None:
        raise click.UsageError("Pass either references or --where.")
    opened = open_registry(registry)
    require_known_fields(opened, where)
    figure = opened.plot(
        kind, refs or None, metric=metric, hyperparameter=hyperparameter, where=where
    )
    try:
        figure.save(path)
    except OSError as error:
        hint = os_error_hint(error, "pass another path with --output")
        raise RegistryError(f"Cannot write {path}: {hint}") from error
    click.echo(f"{figure.to_text()}\n\nSaved {path}.")
