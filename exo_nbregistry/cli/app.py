"""The exo-nbregistry command: its subcommands and error handling."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from exo_nbregistry.cli.alias_commands import alias
from exo_nbregistry.cli.attachment_commands import attach, attachments
from exo_nbregistry.cli.copy_command import copy_registry
from exo_nbregistry.cli.curation_commands import add_metrics, annotate, delete, restore, tag
from exo_nbregistry.cli.demo_command import demo
from exo_nbregistry.cli.exchange_commands import export_version, import_version
from exo_nbregistry.cli.maintenance_commands import gc, stats, verify
from exo_nbregistry.cli.mcp_command import mcp
from exo_nbregistry.cli.move_in_command import move_in
from exo_nbregistry.cli.options import choose_registry, registry_option
from exo_nbregistry.cli.plot_command import plot
from exo_nbregistry.cli.python_calls import with_commands
from exo_nbregistry.cli.query_commands import best, compare, history, list_versions, show
from exo_nbregistry.cli.register_command import register
from exo_nbregistry.cli.score_command import score
from exo_nbregistry.cli.serve_command import serve
from exo_nbregistry.cli.table import plain
from exo_nbregistry.cli.trust_commands import trust
from exo_nbregistry.errors import ProtectedAliasError, QueryError, RegistryError
from exo_nbregistry.text.terminal import visible


class _Commands(click.Group):
    """A group that prints registry errors on one line and keeps the order of its commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in the order in which they were added."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; print a registry error to stderr and exit with status 1."""
        try:
            return super().invoke(ctx)
        except QueryError as error:
            # The second and third line mark the column.
            text = "\n".join(map(visible, str(error).split("\n")))
            raise click.ClickException(text) from error
        except ProtectedAliasError as error:
            # The message of the library has calls in Python.
            what = str(error).partition("; ")[0]
            unprotect = f"alias set {error.alias} {error.version} --unprotected"
            text = f"{what}; pass --force, or run: exo-nbregistry {unprotect}"
            raise click.ClickException(plain(text)) from error
        except RegistryError as error:
            raise click.ClickException(with_commands(plain(error))) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="exo-nbregistry", message="%(package)s %(version)s")
@registry_option
def commands(registry: str | None) -> None:
    """Inspect and maintain a model registry in a folder or a bucket.

    REF is a reference to a version: kepler_rf:3, kepler_rf@champion, or kepler_rf for the latest.

    Exit codes: 0 success, 1 error from the registry or damage, 2 invalid usage, 3 verify found
    no damage but records of unknown signers.
    """
    choose_registry(registry)


for _command in (
    list_versions,
    show,
    compare,
    best,
    plot,
    history,
    stats,
    register,
    alias,
    tag,
    annotate,
    attach,
    attachments,
    add_metrics,
    delete,
    restore,
    export_version,
    import_version,
    move_in,
    copy_registry,
    verify,
    gc,
    trust,
    score,
    serve,
    mcp,
    demo,
):
    commands.add_command(_command)


def main(args: list[str] | None = None) -> None:
    """Run the command line.

    Parameters
    ----------
    args : list of str, optional
        The arguments. The default is ``sys.argv[1:]``.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Characters that the terminal cannot encode are printed as question marks.
            stream.reconfigure(errors="replace")
    # Source: no-color.org
    commands(args, prog_name="exo-nbregistry", color=False if os.environ.get("NO_COLOR") else None)
