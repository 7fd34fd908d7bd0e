"""The command line: ``python -m benchmarks [part ...] [--quick]``."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.row import Part, Row, Settings, table

# Each is a module of this package with a function measure(settings) that yields rows.
PARTS = (
    "imports",
    "roundtrips",
    "requests",
    "register",
    "load",
    "move_in",
    "bucket",
    "restricted_loading",
    "scale",
    "checkpoint",
    "cold_list",
    "concurrency",
    "exoplanet",
    "followup",
    "serving",
    "scoring",
    "panels",
    "damaged_models",
)


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--quick", is_flag=True, help="Small sizes and few runs: checks that the parts work.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder on the disk to measure.  [default: the folder for temporary files]",
)
@click.option("--old", metavar="REV", default="", help="Revision to compare the panels with.")
@click.option(
    "--versions",
    type=click.IntRange(min=1000),
    help="Number of versions of the largest registry of scale.  [default: 100000]",
)
def main(
    parts: tuple[str, ...], quick: bool, folder: Path | None, old: str, versions: int | None
) -> None:
    """Measure the registry against a floor in the same run, and print one table.

    Without PARTS, all parts are measured. The exit status is 1 if a target was missed or
    something could not be measured. With --quick, missed targets do not count.
    """
    rows: list[Row] = []
    with TemporaryDirectory(prefix="exo-nbregistry-bench-", dir=folder) as name:
        home = Path(name).resolve()
        # Use temporary keys and indexes instead of the user's.
        os.environ["EXO_NBREGISTRY_CONFIG_DIR"] = str(home / "config")
        os.environ["EXO_NBREGISTRY_CACHE_DIR"] = str(home / "cache")
        for part in parts or PARTS:
            rows += _measured(part, Settings(home / part, quick, old, versions, _echo))
    click.echo(table(rows))
    sys.exit(any(row.reason if quick else row.failed for row in rows))


def _measured(part: str, settings: Settings) -> list[Row]:
    """Return the rows of a part; if it fails, the rows until then and one with the reason."""
    settings.folder.mkdir()
    rows: list[Row] = []
    try:
        measure: Part = importlib.import_module(f"benchmarks.{part}").measure
        for row in measure(settings):
            _echo(row.what)
            rows.append(row)
    except Exception as error:  # noqa: BLE001 - the other parts are measured
        traceback.print_exc()
        rows.append(Row.unmeasured(part, f"{type(error).__name__}: {error}".splitlines()[0]))
    if not rows:
        rows.append(Row.unmeasured(part, "the part gave no rows"))
    return rows


def _echo(line: str) -> None:
    click.echo(f"... {line}", err=True)


if __name__ == "__main__":
    main()
