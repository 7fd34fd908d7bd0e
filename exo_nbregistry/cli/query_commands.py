"""The commands that read versions: list, show, compare, best, history."""

from __future__ import annotations

import click

from exo_nbregistry.api.json_views import event_of
from exo_nbregistry.cli.options import (
    complete_filter,
    complete_reference,
    json_option,
    open_registry,
    print_json,
    registry_option,
    require_known_fields,
)
from exo_nbregistry.cli.python_calls import with_commands
from exo_nbregistry.cli.render import (
    view_comparison,
    view_folded,
    view_listing,
    view_version,
)
from exo_nbregistry.cli.table import plain, table, terminal_width
from exo_nbregistry.persistence.unknown_signer import signature_text
from exo_nbregistry.records.measurement import metric_title
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.records.trials import ATTACHMENT as TRIALS
from exo_nbregistry.signing.keyring import SignerStatus
from exo_nbregistry.views.history import HEADERS, event_row
from exo_nbregistry.views.trust_needed import trust_needed

MAX_VERSIONS = 50


@click.command("list")
@click.argument("model_name", required=False, shell_complete=complete_reference)
@click.option(
    "--where",
    metavar="FILTER",
    shell_complete=complete_filter,
    help="Words, a filter, or both, such as: kepler metrics.f1_score > 0.9 and 'vetted' in tags.",
)
@click.option(
    "--order-by",
    metavar="FIELD",
    multiple=True,
    help="Sort by a field, such as metrics.f1_score; -metrics.f1_score sorts descending.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help=f"Maximum number of versions.  [default: {MAX_VERSIONS}]",
)
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Number of versions to skip.")
@click.option("--include-deleted", is_flag=True, help="Include deleted and purged versions.")
@click.option("--all", "unfolded", is_flag=True, help="Show one row for each version.")
@json_option
@registry_option
def list_versions(
    model_name: str | None,
    where: str | None,
    order_by: tuple[str, ...],
    limit: int | None,
    offset: int,
    include_deleted: bool,
    unfolded: bool,
    as_json: bool,
    registry: str | None,
) -> None:
    """List the versions of one model or of all models.

    If there are more than 50, a few models with many versions have one row each, and versions with
    many children show their number. --all, --limit, a filter or a sort order shows the versions.
    """
    opened = open_registry(registry)
    require_known_fields(opened, where)
    if not (unfolded or as_json or where or order_by or limit or offset):
        everything = opened.list_models(model_name, include_deleted=include_deleted)
        if (folded := everything.folded(MAX_VERSIONS)) is not None:
            click.echo(view_folded(folded))
            click.echo(everything.folded_sentence(folded, "--all"), err=True)
            return
    versions = opened.list_models(
        model_name,
        where=where,
        order_by=order_by or None,
        limit=limit or MAX_VERSIONS,
        offset=offset,
        include_deleted=include_deleted,
    )
    if as_json:
        print_json([version.to_dict() for version in versions])
        return
    if versions:
        click.echo(view_listing(versions))
    shown, total = len(versions), versions.total
    if shown < total:
        deleted = " with deleted ones" if include_deleted else ""
        upto = f"{offset + 1} to {offset + shown}" if shown else "none"
        click.echo(
            f"Showing {upto} of {total} versions{deleted}; use --limit and --offset for others.",
            err=True,
        )
    elif not shown:
        click.echo("No matching versions." if where else "No versions.", err=True)


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@json_option
@registry_option
def show(ref: str, as_json: bool, registry: str | None) -> None:
    """Show the details of a version."""
    opened = open_registry(registry)
    version = opened.get_metadata(ref)
    if as_json:
        print_json(version.to_dict())
        return
    click.echo(view_version(version))
    if TRIALS in version.attachments:
        title, _, text = opened.trials(version.model_id).section()
        click.echo(f"\n{title}\n{text}")
    _echo_signer(opened.signer_status(version.model_id), version)


def _echo_signer(verdict: SignerStatus, version: ModelMetadata) -> None:
    """Print whether the signer of a version is trusted, if not, and what that means."""
    if verdict.status not in ("unknown", "unsigned", "imported"):
        return
    needed = trust_needed(version)
    means = "It loads without running code of its author."
    if version.artifact is None:
        means = "It has no stored model."
    elif needed is not None:
        means = f"Trust is {needed}."
    known = ""
    if verdict.signer and verdict.status == "unknown":
        known = f" If you know the signer: registry.trust_signer({verdict.signer!r})."
    text = f"{version.model_id} {signature_text(verdict)}. {means}{known}"
    click.echo(f"\n{with_commands(plain(text))}")


@click.command()
@click.argument("refs", nargs=-1, metavar="[REF]...", shell_complete=complete_reference)
@click.option("--all", "show_all", is_flag=True, help="Include identical rows.")
@json_option
@registry_option
def compare(refs: tuple[str, ...], show_all: bool, as_json: bool, registry: str | None) -> None:
    """Show the differences between versions.

    A single model name compares all versions of the model. Without references, the latest
    versions of all models are compared.
    """
    opened = open_registry(registry)
    whole_model = len(refs) == 1 and not set(":@") & set(refs[0])
    if len(refs) == 1 and not whole_model:
        raise click.UsageError(f"Pass a second version to compare with {plain(refs[0])}.")
    if whole_model:
        comparison = opened.compare_models(model_name=refs[0])
    else:
        comparison = opened.compare_models(list(refs) or None)
    if as_json:
        print_json([version.to_dict() for version in comparison.items])
        return
    click.echo(view_comparison(comparison.all() if show_all else comparison))


@click.command()
@click.argument("model_name", required=False, shell_complete=complete_reference)
@click.option(
    "--metric",
    metavar="NAME",
    help="Metric to compare.  [default: f1_score for classifiers, r2 for regressors]",
)
@click.option(
    "--where", metavar="FILTER", shell_complete=complete_filter, help="Filter, as for list."
)
@click.option(
    "--higher/--lower",
    "higher",
    default=None,
    help="Whether higher or lower is better; required for a custom metric.",
)
@json_option
@registry_option
def best(
    model_name: str | None,
    metric: str | None,
    where: str | None,
    higher: bool | None,
    as_json: bool,
    registry: str | None,
) -> None:
    """Show the version with the best value of a metric."""
    opened = open_registry(registry)
    require_known_fields(opened, where)
    metric = metric or opened.default_metric(model_name, where=where)
    version = opened.best_version(metric, model_name, where=where, higher_is_better=higher)
    if as_json:
        print_json(version.to_dict())
        return
    title, value = metric_title(metric, [version]), f"{version.metrics[metric]:.4g}"
    click.echo(f"{version.display_id} has the best {plain(title)}: {value}\n")
    click.echo(view_version(version))


@click.command()
@click.argument("ref", shell_complete=complete_reference)
@json_option
@registry_option
def history(ref: str, as_json: bool, registry: str | None) -> None:
    """List the events of a model or of one version, oldest first.

    kepler_rf lists all events of the model, kepler_rf:3 or kepler_rf@champion those of a version.
    """
    events = open_registry(registry).history(ref)
    if as_json:
        print_json([event_of(event) for event in events])
        return
    rows = [event_row(event) for event in events]
    click.echo(table(HEADERS, rows, width=terminal_width()))
