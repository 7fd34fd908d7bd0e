"""The command that moves the models of another tool into the registry."""

from __future__ import annotations

import dataclasses
import re
import sys
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from exo_nbregistry.cli.options import (
    json_option,
    open_registry,
    print_json,
    registry_option,
    yes_option,
)
from exo_nbregistry.cli.python_calls import with_commands
from exo_nbregistry.cli.table import table, terminal_width
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.terminal import visible

if TYPE_CHECKING:
    from exo_nbregistry.migration.plan import MoveInPlan

# Messages of the library have calls in Python.
_MODELS = re.compile(r"models=\[('[^']*')\]")
_TRUST = "execute(trust=True)"


def _complete_kind(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from exo_nbregistry.sources.open_source import KINDS

    return [CompletionItem(kind) for kind in KINDS if kind.startswith(incomplete)]


@click.command("move-in")
@click.argument("source", type=click.Path())
@click.option(
    "--kind",
    metavar="KIND",
    shell_complete=_complete_kind,
    help="The tool: mlflow, pins, json-index, gto or files. By default it is recognized.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="Model to move in, or a pattern such as 'kepler_*'; can be repeated. By default all.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="FILE=MODEL[:VERSION]",
    help="For a folder of model files, the model of a file or pattern; can be repeated. FILE= "
    "leaves the file out.",
)
@click.option("--dry-run", is_flag=True, help="Only show the plan.")
@click.option(
    "--trust",
    is_flag=True,
    help="Trust the files of all new versions, so that they are loaded as your own models are. "
    "Loading them runs their code.",
)
@click.option("--no-progress", is_flag=True, help="Omit the progress bar.")
@yes_option
@json_option
@registry_option
def move_in(
    source: str,
    kind: str | None,
    models: tuple[str, ...],
    names: tuple[str, ...],
    dry_run: bool,
    trust: bool,
    no_progress: bool,
    yes: bool,
    as_json: bool,
    registry: str | None,
) -> None:
    """Move the models of another tool into the registry.

    SOURCE is a folder mlruns or a database mlflow.db of MLflow, a board of pins, a git repository
    with tags of gto, the folder of the predecessor with index.json, or a folder of joblib, pickle
    or skops files. It is only read, and nothing is unpickled. The plan is shown first. A repeated
    command adds only new versions, also after an interruption.

    If the folder of --registry does not exist, it is created.
    """
    from exo_nbregistry.migration import plan_move_in

    opened = open_registry(registry, create=True)
    chosen = dict(map(_choice, names)) or None
    plan = plan_move_in(source, opened, kind=kind, models=models or None, names=chosen)
    if not as_json:
        _echo_plan(plan)
    if trust and plan.present:
        there = count(plan.present, "version")
        click.echo(f"--trust does not change the {there} already there.", err=True)
    if dry_run or plan.changes_nothing:
        if as_json:
            print_json(plan.to_dict())
        return
    if not yes:
        _confirm(plan, as_json=as_json)
    try:
        done = plan.execute(trust=trust, progress=not (no_progress or as_json))
    except KeyboardInterrupt:
        click.echo("\nInterrupted. Repeat the command to continue.", err=True)
        raise
    if as_json:
        print_json(dataclasses.asdict(done))
        return
    click.echo(with_commands(repr(done)))


def _choice(text: str) -> tuple[str, str | tuple[str, int] | None]:
    """Return the file, and the model with its version, of an option --name."""
    file, mark, model = text.rpartition("=")
    name, colon, version = model.partition(":")
    if not mark or not file or (colon and not version.isdecimal()):
        raise click.BadParameter(
            f"{text!r} is not FILE=MODEL or FILE=MODEL:VERSION.", param_hint="--name"
        )
    return file, (name, int(version)) if colon else (name or None)


def _echo_plan(plan: MoveInPlan) -> None:
    from exo_nbregistry.migration.plan_table import (
        plan_table,
        problem_lines,
        proposal_cells,
        total_lines,
    )
    from exo_nbregistry.migration.proposal import PROPOSAL_HEADERS

    width = terminal_width()
    if plan.proposal:
        files = proposal_cells(plan.proposal, width)
        click.echo(table(PROPOSAL_HEADERS, files, width=width) + "\n")
    if plan.models:
        click.echo(table(*plan_table(plan.models), width=width) + "\n")
    for line in (*total_lines(plan), *problem_lines(plan)):
        line = _MODELS.sub(r"--model \1", line.replace(_TRUST, "--trust"))
        click.echo(visible(with_commands(line)))


def _confirm(plan: MoveInPlan, *, as_json: bool) -> None:
    """Confirm that a plan is executed; without an answer, name the option that is required."""
    if plan.is_guessed:
        click.echo(
            "The models and versions are guessed from the files; correct them with --name.",
            err=as_json,
        )
    try:
        click.confirm(f"Move in {count(plan.versions, 'version')}?", abort=True, err=as_json)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        raise click.UsageError(
            "Nothing was moved in: pass --yes to move in what the plan shows."
        ) from None
