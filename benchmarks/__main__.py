"""The one command: ``python -m benchmarks [part ...] [--quick]``."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.row import Part, Row, Settings, table

# Each is a module here, with a function measure(settings) that yields rows.
PARTS = (
    "imports",
    "roundtrips",
    "register",
    "load",
    "scale",
    "concurrency",
    "exoplanet",
    "followup",
    "serving",
    "panels",
)


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--quick", is_flag=True, help="Small sizes and few runs: shows only that it works.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to measure: the disk that counts. By default, the folder for temporary files.",
)
def main(parts: tuple[str, ...], quick: bool, folder: Path | None) -> None:
    """Measure the registry against its floor in the same run, and print one table.

    Without PARTS all are measured. The exit status is 1 if a target was missed.
    """
    rows: list[Row] = []
    with TemporaryDirectory(prefix="exo-nbregistry-bench-", dir=folder) as name:
        home = Path(name).resolve()
        # Never the user's own key and index.
        os.environ["EXO_NBREGISTRY_CONFIG_DIR"] = str(home / "config")
        os.environ["EXO_NBREGISTRY_CACHE_DIR"] = str(home / "cache")
        for part in parts or PARTS:
            rows += _measured(part, Settings(home / part, quick, _echo))
    click.echo(table(rows))
    if not quick:
        sys.exit(any(row.good is False for row in rows))


def _measured(part: str, settings: Settings) -> list[Row]:
    measure: Part = importlib.import_module(f"benchmarks.{part}").measure
    settings.folder.mkdir()
    rows = []
    for row in measure(settings):
        _echo(row.what)
        rows.append(row)
    return rows


def _echo(line: str) -> None:
    click.echo(f"... {line}", err=True)


if __name__ == "__main__":
    main()
