"""The command that shows the whole story on the Kepler table."""

from __future__ import annotations

from pathlib import Path

import click

from exo_nbregistry.cli.render import view_comparison, view_listing
from exo_nbregistry.views.comparison import Comparison
from exo_nbregistry.views.listing import Listing

FOLDER = Path("demo")


@click.command()
@click.option(
    "--registry",
    type=click.Path(path_type=Path),
    default=FOLDER / "registry",
    show_default=True,
    help="Where to register.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    default=FOLDER / "report.html",
    show_default=True,
    help="Where to write the report.",
)
@click.option("--quick", is_flag=True, help="Smaller models: seconds instead of a minute.")
def demo(registry: Path, report: Path, quick: bool) -> None:
    """Fill a registry with Kepler classifiers.

    Trains three of them, registers, compares, chooses and loads them, and writes a report. A
    second run finds them there and makes no new versions.
    """
    from exo_nbregistry.exoplanet.demo.run import run_demo

    run_demo(registry, report, quick=quick, show=_echo)


def _echo(thing: object) -> None:
    """Print a sentence, or show a listing or a comparison as their commands do."""
    if isinstance(thing, Listing):
        thing = view_listing(thing)
    elif isinstance(thing, Comparison):
        thing = view_comparison(thing)
    click.echo(thing)
