"""Which registry a command works on, and what the commands share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from exo_nbregistry.errors import RegistryError

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

DEFAULT = Path("models", "registry")
VARIABLE = "EXO_NBREGISTRY"

_Command = TypeVar("_Command", bound=Callable[..., Any])

registry_option = click.option(
    "--registry",
    metavar="PATH",
    help=f"The registry's folder.  [env: {VARIABLE}; default: {DEFAULT.as_posix()}]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask.")


def choose_registry(path: str | None) -> None:
    """Remember the folder given before or after the command's name; the latter counts."""
    context = click.get_current_context()
    if path is not None:
        context.obj = path


def open_registry(path: str | None = None, *, create: bool = False) -> ModelRegistry:
    """Open the registry that the command is about.

    Parameters
    ----------
    path : str, optional
        The command's own ``--registry``; by default the group's, the environment's, or
        ``models/registry`` here.
    create : bool
        Whether to make one where there is none.

    Returns
    -------
    ModelRegistry
        Open.

    Raises
    ------
    RegistryError
        If there is none.
    """
    from os import environ

    from exo_nbregistry.registry.facade import ModelRegistry

    chosen = path or click.get_current_context().find_root().obj or environ.get(VARIABLE)
    if chosen is None and not (DEFAULT / "nbregistry.json").is_file():
        raise RegistryError(
            f"There is no registry in {DEFAULT.as_posix()}: say which one with --registry PATH, "
            f"or set {VARIABLE}."
        )
    return ModelRegistry(chosen or DEFAULT, create=create)


def print_json(value: Any) -> None:
    """Print plain data as JSON; ASCII only, so that any pipe takes it."""
    click.echo(json.dumps(value, indent=2, default=str, allow_nan=False))


def complete_reference(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer names, and after a colon or an at-sign the versions or aliases of one name."""
    # Nothing has run yet, so that what was typed before the command's name is still to be read.
    path = context.params.get("registry") or context.find_root().params.get("registry")
    try:
        with context.scope(cleanup=False):
            registry = open_registry(path)
        name, mark, _ = (
            incomplete.partition(":") if ":" in incomplete else incomplete.partition("@")
        )
        versions = registry.list_models(name if mark else None, limit=1000)
    except RegistryError:
        return []
    if mark == ":":
        found: Iterable[str] = (version.model_id for version in versions)
    elif mark:
        found = (f"{name}@{alias}" for version in versions for alias in version.aliases)
    else:
        found = (version.model_id.partition(":")[0] for version in versions)
    return [CompletionItem(text) for text in dict.fromkeys(found) if text.startswith(incomplete)]
