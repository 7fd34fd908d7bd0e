"""The commands that export and import versions."""

from __future__ import annotations

from pathlib import Path

import click

from exo_nbregistry.cli.options import (
    complete_reference,
    open_registry,
    registry_option,
    trust_option,
    unsafe_option,
)
from exo_nbregistry.exports.formats import EXPORTS, FOLDER_FORMAT
from exo_nbregistry.exports.onnx_compare import read_report


@click.command("export")
@click.argument("ref", shell_complete=complete_reference)
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice([FOLDER_FORMAT, *map(str, EXPORTS)]),
    default=FOLDER_FORMAT,
    show_default=True,
    help="The tool that reads the folder.",
)
@registry_option
def export_version(ref: str, directory: Path, format_: str, registry: str | None) -> None:
    """Export a version to a new folder.

    By default, the folder contains the model, its record, requirements.txt and predict.py. With
    --format, it is a folder for MLflow, for the Hugging Face Hub, or with the model as ONNX, whose
    predictions are compared with the model.
    """
    opened = open_registry(registry)
    folder = opened.export_model(ref, directory, format=format_)
    for path in sorted(folder.iterdir()):
        click.echo(path)
    if (report := read_report(folder)) is not None:
        click.echo(report.sentence())


@click.command("import")
@click.argument("model_path", metavar="FOLDER|MODEL", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--record",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Path of the exported record.json, if it is not beside the model.",
)
@click.option(
    "--name", metavar="MODEL_NAME", help="Name of the model; required for a model file alone."
)
@unsafe_option
@trust_option
@registry_option
def import_version(
    model_path: Path,
    record: Path | None,
    name: str | None,
    unsafe: bool,
    trust: tuple[str, ...],
    registry: str | None,
) -> None:
    """Import an exported version, or any joblib or pickle file.

    A model file without record.json beside it is loaded and registered as a new version. If you
    or a trusted signer did not sign it, it may have only types of scikit-learn, NumPy and SciPy
    that are known not to run code; other types require --trust or --unsafe.

    If the folder of --registry does not exist, it is created.
    """
    opened = open_registry(registry, create=True)
    model_id = opened.import_model(
        model_path=model_path,
        metadata_path=record,
        model_name=name,
        trust=trust,
        unsafe=unsafe,
    )
    click.echo(f"Imported as {model_id}.")
