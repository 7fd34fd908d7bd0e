"""The command that demonstrates the registry on the Kepler table."""

from __future__ import annotations

from pathlib import Path

import click

from exo_nbregistry.cli.render import view_comparison, view_listing
from exo_nbregistry.store.url import is_url, require_slashes
from exo_nbregistry.views.comparison import Comparison
from exo_nbregistry.views.listing import Listing

FOLDER = Path("demo")


@click.command()
@click.option(
    "--registry",
    metavar="PATH",
    default=(FOLDER / "registry").as_posix(),
    show_default=True,
    help="Folder or bucket URL of the registry.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    default=FOLDER / "report.html",
    show_default=True,
    help="Path of the HTML report.",
)
@click.option("--quick", is_flag=True, help="Train smaller models in seconds, not minutes.")
def demo(registry: str, report: Path, quick: bool) -> None:
    """Train and register Kepler classifiers.

    Trains the classifiers, registers and compares them, loads the best one in a new process
    and writes a report. A second run creates no new versions.
    """
    from exo_nbregistry.exoplanet.demo.run import run_demo

    require_slashes(registry)
    place = registry if is_url(registry) else Path(registry)
    run_demo(place, report, quick=quick, show=_echo)


def _echo(output: object) -> None:
    """Print text, a listing or a comparison."""
    if isinstance(output, Listing):
        output = view_listing(output)
    elif isinstance(output, Comparison):
        output = view_comparison(output)
    click.echo(output)
