"""The command that registers a model file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from exo_nbregistry.cli.options import (
    complete_reference,
    open_registry,
    parse_tags,
    registry_option,
    trust_option,
    unsafe_option,
)
from exo_nbregistry.errors import RegistryError, SerializationError
from exo_nbregistry.fs.regular_file import open_regular
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES
from exo_nbregistry.values.reference import model_key

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# First bytes of a pickle, and of zlib, gzip, bz2, xz, lzma and lz4, which joblib reads.
_HEADERS = (b"\x80", b"\x78", b"\x1f\x8b", b"BZ", b"\xfd7zXZ", b"]\x00", b"\x04\x22\x4d\x18")
_OPTIONS = (
    click.option("--name", "model_name", required=True, metavar="MODEL_NAME", help="Model name."),
    trust_option,
    unsafe_option,
    click.option(
        "--metrics",
        type=_FILE,
        metavar="FILE",
        help='JSON file with metrics, such as {"f1_score": 0.9}.',
    ),
    click.option("--version", type=click.IntRange(min=1), help="Version.  [default: the next]"),
    click.option("--algorithm", metavar="NAME", help="Algorithm.  [default: class of the model]"),
    click.option(
        "--hyperparameters",
        type=_FILE,
        metavar="FILE",
        help="JSON file with hyperparameters.  [default: get_params() of the model]",
    ),
    click.option("--description", default="", metavar="TEXT", help="Description."),
    click.option(
        "--tag", "tags", multiple=True, metavar="NAME|NAME=VALUE", help="Tag; may be repeated."
    ),
    click.option("--dataset", metavar="NAME", help="Name of the training data."),
    click.option(
        "--training-samples", type=click.IntRange(min=0), help="Number of training samples."
    ),
    click.option("--test-samples", type=click.IntRange(min=0), help="Number of test samples."),
    click.option(
        "--feature",
        "features",
        multiple=True,
        metavar="NAME",
        help="Feature column; repeat in order.  [default: feature_names_in_ of the model]",
    ),
    click.option(
        "--parent",
        metavar="REF",
        shell_complete=complete_reference,
        help="Version that the model was derived from.",
    ),
    click.option(
        "--format",
        type=click.Choice(["joblib", "skops"]),
        default="joblib",
        show_default=True,
        help="Format of the stored model.",
    ),
)


def _register_options(command: _Command) -> _Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@click.argument("model_file", type=_FILE)
@_register_options
@registry_option
def register(
    model_file: Path,
    model_name: str,
    trust: tuple[str, ...],
    unsafe: bool,
    metrics: Path | None,
    hyperparameters: Path | None,
    tags: tuple[str, ...],
    dataset: str | None,
    training_samples: int | None,
    test_samples: int | None,
    features: tuple[str, ...],
    registry: str | None,
    **facts: Any,
) -> None:
    """Register a joblib file as a new version.

    A file that ModelPersistence.save_model signed with your key or a trusted key is loaded, and
    so is any file that has only types of scikit-learn, NumPy and SciPy that are known not to run
    code. Any other file requires --trust or --unsafe, because loading it runs code of others. The
    new version is signed with your key, so other users who trust you also load it.

    If the folder of --registry does not exist, it is created.
    """
    # The file is loaded last, because loading runs code.
    model_key(model_name)
    info = {
        "dataset": dataset,
        "training_samples": training_samples,
        "test_samples": test_samples,
    }
    arguments = {
        **facts,
        "model_name": model_name,
        "tags": parse_tags(tags),
        "evaluation_results": None if metrics is None else _read_metrics(metrics),
        "hyperparameters": None if hyperparameters is None else _read_object(hyperparameters),
        "training_info": {name: value for name, value in info.items() if value is not None},
        "feature_columns": list(features) or None,
    }
    opened = open_registry(registry, create=True)
    model_id = opened.register_model(_load(model_file, trust, unsafe=unsafe), **arguments)
    click.echo(f"Registered as {model_id}.")


def _load(path: Path, trust: Sequence[str], *, unsafe: bool) -> Any:
    try:
        with open_regular(path) as file:
            header = file.read(8)
    except OSError as error:
        raise RegistryError(f"Cannot read {path} ({error.strerror}); pass a model file.") from None
    if not header.startswith(_HEADERS):
        raise RegistryError(f"{path} is not a joblib file; pass a file that joblib.dump wrote.")
    from exo_nbregistry.persistence.sidecar import read_model
    from exo_nbregistry.persistence.unknown_signer import Alternatives

    alternatives = Alternatives(
        f"registry.register({str(path)!r}", "If you trust its author, pass --unsafe."
    )
    try:
        return read_model(path, trust=trust, unsafe=unsafe, alternatives=alternatives)[0]
    except SerializationError as error:
        cause = error.__cause__
        if cause is None or isinstance(cause, ImportError | AttributeError):
            raise
        raise RegistryError(
            f"Cannot load {path} ({type(cause).__name__}: {cause}); pass a complete file that "
            "joblib.dump wrote with the installed package versions."
        ) from error


def _read_metrics(path: Path) -> dict[str, float]:
    metrics = _read_object(path)
    for name, value in metrics.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise RegistryError(
                f"The metric {name!r} in {path} must be a number, got {json.dumps(value):.60}."
            )
    return metrics


def _read_object(path: Path) -> dict[str, Any]:
    try:
        # A pipe is possible, as of a shell's <(...).
        with path.open("rb") as file:
            data = file.read(MAX_RECORD_BYTES + 1)
        if len(data) > MAX_RECORD_BYTES:
            raise RegistryError(f"{path} must have at most {MAX_RECORD_BYTES:,} bytes.")
        value = json.loads(data, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise RegistryError(f"{path} is not a valid JSON file: {error}.") from error
    if not isinstance(value, dict):
        raise RegistryError(f'{path} must be a JSON object, such as {{"f1_score": 0.9}}.')
    return value


def _unique(items: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(items)
    if len(value) < len(items):
        names = [name for name, _ in items]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"duplicate key {twice!r}")
    return value
