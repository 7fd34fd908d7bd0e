"""Options, arguments and output that commands share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from exo_nbregistry.errors import NotFoundError, QueryError, RegistryError
from exo_nbregistry.index.filter_language import unknown_fields
from exo_nbregistry.index.sql_condition import COLLECTIONS, COLUMNS
from exo_nbregistry.index.unknown_field import named_error
from exo_nbregistry.registry.location import DEFAULT, VARIABLE, default_path
from exo_nbregistry.views.field_names import field_expression

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

_Command = TypeVar("_Command", bound=Callable[..., Any])

trust_option = click.option(
    "--trust",
    multiple=True,
    metavar="PACKAGE",
    help="Package, such as xgboost, whose own code may run if the signer is not trusted; can be "
    "repeated.",
)

unsafe_option = click.option(
    "--unsafe",
    is_flag=True,
    help="Load any model although its signer is not trusted, which can run code of its author. "
    "The new version is signed with your key.",
)
registry_option = click.option(
    "--registry",
    metavar="PATH",
    help="Folder of the registry, or URL of a bucket such as s3://bucket/registry.  "
    f"[env: {VARIABLE}; default: {DEFAULT.as_posix()}]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
force_option = click.option(
    "--force", is_flag=True, help="Proceed although a protected alias prevents it."
)
yes_option = click.option("--yes", "-y", is_flag=True, help="Skip the confirmation.")


def choose_registry(path: str | None) -> None:
    """Store the place of an option before the command name, for `open_registry`."""
    context = click.get_current_context()
    if path is not None:
        context.obj = path


def open_registry(path: str | None = None, *, create: bool = False) -> ModelRegistry:
    """Open the registry of a command.

    Parameters
    ----------
    path : str, optional
        Value of ``--registry`` after the command name. The default is the option before the
        command name, then the environment variable, then ``models/registry``.
    create : bool
        Whether a version can be added to a missing registry, which creates it.

    Returns
    -------
    ModelRegistry
        The registry.

    Raises
    ------
    RegistryNotFoundError
        If the registry does not exist.
    """
    from exo_nbregistry.registry.facade import ModelRegistry

    root = click.get_current_context().find_root()
    # Messages with a command for this registry read it, also after the subcommand ended.
    chosen = root.obj = path or root.obj
    return ModelRegistry(
        chosen or default_path("--registry PATH"), create=None if create else False
    )


def require_known_fields(registry: ModelRegistry, where: str | None) -> None:
    """Check that versions have the metrics and hyperparameters that a filter names.

    Raises
    ------
    NotFoundError
        If no version has one of them; it is probably misspelled.
    QueryError
        If the filter is invalid.
    """
    if not where or not where.strip():
        return
    known = registry.list_fields()
    try:
        unknown = unknown_fields(where, known)
    except QueryError as error:
        raise named_error(error, known) from None
    for field, close in unknown.items():
        raise NotFoundError(f"No version has {field}.", name=field, known=close)


def parse_tags(texts: Iterable[str]) -> dict[str, Any]:
    """Return tags as a mapping; a tag without a value is True.

    Examples
    --------
    >>> parse_tags(["reviewed", "team=vetting"])
    {'reviewed': True, 'team': 'vetting'}
    """
    parted = [text.partition("=") for text in texts]
    if any(not name for name, _, _ in parted):
        raise click.UsageError("A tag requires a name, such as reviewed or team=vetting.")
    return {name: value if mark else True for name, mark, value in parted}


def parse_metrics(texts: Iterable[str]) -> dict[str, float]:
    """Return metrics as a mapping.

    Examples
    --------
    >>> parse_metrics(["f1_score=0.87", "drift=1e-3"])
    {'f1_score': 0.87, 'drift': 0.001}
    """
    found: dict[str, float] = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        try:
            found[name] = float(value)
        except ValueError:
            name = ""
        if not name:
            raise click.UsageError(f"Pass a metric as NAME=VALUE, such as f1_score=0.87: {text!r}.")
    return found


def print_json(value: Any) -> None:
    """Print plain data as ASCII-only JSON, which any terminal encoding accepts."""
    click.echo(json.dumps(value, indent=2, default=str, allow_nan=False))


def complete_reference(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete model names, versions after a colon and aliases after an at sign."""
    try:
        registry = _open_for_completion(context)
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


def complete_filter(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the field that a filter ends with, such as ``kepler metrics.f1``."""
    before, blank, typed = incomplete.rpartition(" ")
    try:
        named = _open_for_completion(context).list_fields()
    except RegistryError:
        return []
    grouped = [field_expression(f"{group}.{name}") for group in named for name in named[group]]
    names = [name for name in [*COLUMNS, *COLLECTIONS, *grouped] if name.startswith(typed)]
    return [CompletionItem(before + blank + name) for name in dict.fromkeys(names)]


def _open_for_completion(context: click.Context) -> ModelRegistry:
    # No command has run yet, so options before the command name are read here.
    path = context.params.get("registry") or context.find_root().params.get("registry")
    with context.scope(cleanup=False):
        return open_registry(path)
