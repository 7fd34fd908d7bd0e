"""Description of a model before it is registered: passed or inferred facts."""

from __future__ import annotations

import dataclasses
import functools
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exo_nbregistry.errors import RecordError
from exo_nbregistry.introspection.arguments import (
    TRAINING_INFO,
    read_feature_columns,
    read_mapping,
    read_tags,
    read_training_info,
    require_model,
    require_pair,
    row_count,
)
from exo_nbregistry.introspection.curves import curves_of, pack_curves, read_curves
from exo_nbregistry.introspection.dataset import class_distribution
from exo_nbregistry.introspection.default_parameters import default_parameters
from exo_nbregistry.introspection.estimator import (
    algorithm_name,
    feature_columns,
    hyperparameters,
    read_signature,
)
from exo_nbregistry.introspection.evaluation import Evaluation
from exo_nbregistry.introspection.fingerprint import fingerprint
from exo_nbregistry.introspection.fitted_check import warn_if_unfitted
from exo_nbregistry.introspection.fitted_search import SearchFacts, read_search
from exo_nbregistry.introspection.forecasting import as_steps, series_input
from exo_nbregistry.introspection.measuring import measure
from exo_nbregistry.introspection.native_models import NativeFacts, read_native
from exo_nbregistry.introspection.provenance import read_provenance
from exo_nbregistry.introspection.registration_input import RegistrationInput
from exo_nbregistry.introspection.served_example import complete_signature, example_of, pack_example
from exo_nbregistry.introspection.stored_sources import pack_sources
from exo_nbregistry.introspection.structure import required_imports
from exo_nbregistry.introspection.trial_packing import pack_trials
from exo_nbregistry.introspection.trials import read_trials
from exo_nbregistry.introspection.wide_tables import ATTACHMENT, separate_columns
from exo_nbregistry.payloads.attachment import Attachment, pack_arrays
from exo_nbregistry.payloads.packing import pack_named
from exo_nbregistry.persistence.base import Written
from exo_nbregistry.records.fields import encode_part, plain_part
from exo_nbregistry.records.identity import facts_digest
from exo_nbregistry.records.metadata import (
    Artifact,
    Dataset,
    Environment,
    ModelMetadata,
    Signature,
)
from exo_nbregistry.values.attribute import read_attribute
from exo_nbregistry.values.environment import read_environment
from exo_nbregistry.values.json_codec import dump_json, passes_quick_size_check
from exo_nbregistry.values.reference import model_id

log = logging.getLogger("exo_nbregistry")
# Space for the other parts of a record: seal, artifact with its globals, environment.
_SEAL_BYTES = 64 << 10


@dataclass(frozen=True)
class Description:
    """Description of a model, without version number and artifact.

    Attributes
    ----------
    metadata : ModelMetadata
        Facts that are known before the model is written; `version` is 0.
    attachments : dict of str to Attachment
        ``evaluation`` (arrays for plots), ``input_example`` (rows with their predictions) and
        the attachments of the user.
    imports : tuple of str
        Names that the model needs in addition to those in its artifact.
    provenance : str or None
        Level of provenance; None is the level of the configuration.
    """

    metadata: ModelMetadata
    attachments: dict[str, Attachment]
    imports: tuple[str, ...] = ()
    provenance: str | None = None

    @functools.cached_property
    def _record(self) -> dict[str, Any]:
        return self.metadata.to_record()

    def with_code(self, written: Written) -> Description:
        """Return the description with the code that the written model carries with it."""
        if written.code is None:
            return self
        sources = pack_sources(written.sources, self.metadata.provenance, self.provenance)
        described = dataclasses.replace(
            self,
            metadata=dataclasses.replace(self.metadata, code=written.code),
            attachments={**self.attachments, **sources},
            imports=(*self.imports, *written.imports),
        )
        described.check_size()
        return described

    def check_size(self) -> None:
        """Raise RecordError if the record would be too large, before anything is written."""
        content = {"content": self._record}
        if not passes_quick_size_check(content, spare_bytes=_SEAL_BYTES):
            dump_json(content, self.metadata.model_name, spare_bytes=_SEAL_BYTES)

    def fits(self) -> bool:
        """Return whether the record is small enough."""
        try:
            self.check_size()
        except RecordError:
            return False
        return True

    def finish(self, key: str, number: int, artifact: Artifact) -> dict[str, Any]:
        """Return the content of the version's record.

        Parameters
        ----------
        key : str
            The model key.
        number : int
            The version.
        artifact : Artifact
            The stored model.
        """
        attached = [name for item in self.attachments.values() for name in item.artifact.globals]
        imported = [*artifact.globals, *attached, *self.imports]
        environment = Environment(**read_environment(imported))
        content = self._record | {
            "model_id": model_id(key, number),
            "version": number,
            "environment": encode_part(plain_part(environment, "environment")),
            "artifact": encode_part(plain_part(artifact, "artifact")),
            "attachments": {
                name: encode_part(item.artifact) for name, item in self.attachments.items()
            },
        }
        return content | {"facts_sha256": facts_digest(content)}


def describe_model(model: Any, given: RegistrationInput, created_at: datetime) -> Description:
    """Describe a model. Passed values take precedence; missing values are inferred.

    Parameters
    ----------
    model : object
        A fitted estimator, or any other object.
    given : RegistrationInput
        Arguments of ``register_model``.
    created_at : datetime
        Current time.

    Returns
    -------
    Description
        Description to register.

    Raises
    ------
    RecordError
        If a value cannot be stored; the message names its key.
    """
    require_model(model)
    given = series_input(model, given)
    require_pair(given.X, given.y, "X", "y")
    warn_if_unfitted(model)
    info = read_training_info(given.training_info)
    series, given = given, as_steps(model, given)
    measured = measure(model, given)
    native = read_native(model)
    search = read_search(model)
    signature = _signature(model, given)
    labels = given.y if given.y is not None else given.y_test
    example = example_of(model, given.X, labels, signature, given.pos_label)
    metadata = ModelMetadata(
        model_id=f"{given.model_name}:0",
        model_name=given.model_name,
        version=0,
        created_at=created_at,
        algorithm=given.algorithm or native.algorithm or algorithm_name(model),
        training_date=info.get("training_date") or created_at,
        description=given.description,
        metrics=native.metrics | search.metrics | measured.metrics,
        hyperparameters=_hyperparameters(model, given, native, search),
        default_hyperparameters=_defaults(given, model),
        feature_columns=_columns(given, model) or native.columns,
        signature=complete_signature(signature, model, example),
        training_dataset=info.get("dataset"),
        training_samples=info.get("training_samples", row_count(series.X) or native.rows),
        test_samples=info.get("test_samples", row_count(given.X_test)),
        class_distribution=_distribution(model, given, info),
        dataset=_dataset(series, info),
        provenance=read_provenance(given.provenance),
        additional_metrics=_additional(info, native, search, measured),
        scoring=measured.scoring,
        parent=given.parent,
        tags=read_tags(given.tags),
    )
    attachments = _attachments(model, given, measured, search, pack_example(example))
    imports = required_imports(model, given.X)
    described = Description(metadata, attachments, imports, given.provenance)
    if not described.fits():
        described = _without_columns(described)
    described.check_size()
    return described


def _hyperparameters(
    model: Any, given: RegistrationInput, native: NativeFacts, search: SearchFacts
) -> dict[str, Any]:
    if given.hyperparameters is not None:
        return read_mapping(given.hyperparameters, "hyperparameters")
    return search.best_params | hyperparameters(model) | native.hyperparameters


def _additional(
    info: dict[str, Any], native: NativeFacts, search: SearchFacts, measured: Evaluation
) -> dict[str, Any]:
    """Return results other than numbers, and the training info without a field of its own."""
    extra = {name: info[name] for name in info if name not in (*TRAINING_INFO, "training_date")}
    found = {"coefficients": native.coefficients, "search": search.summary}
    known = {name: value for name, value in found.items() if value}
    return known | measured.additional | ({"training_info": extra} if extra else {})


def _without_columns(described: Description) -> Description:
    """Move the columns of a wide table to an attachment, unless the user has one of its name."""
    metadata, columns = separate_columns(described.metadata)
    if columns is None:
        return described
    given = described.attachments
    log.warning(
        "The columns do not fit in the record: feature_columns and signature are %s.",
        "omitted" if ATTACHMENT in given else f"stored as the attachment {ATTACHMENT!r}",
    )
    return dataclasses.replace(
        described, metadata=metadata, attachments={ATTACHMENT: columns} | given
    )


def _attachments(
    model: Any,
    given: RegistrationInput,
    measured: Evaluation,
    search: SearchFacts,
    example: Attachment | None,
) -> dict[str, Attachment]:
    trials = search.trials if given.trials is None else read_trials(given.trials)
    found = {} if trials is None else {"trials": pack_trials(trials)}
    curves = curves_of(model) if given.curves is None else read_curves(given.curves)
    found |= {} if curves is None else {"curves": pack_curves(curves)}
    named = pack_named(given.attachments)
    for name, passed in (("trials", given.trials), ("curves", given.curves)):
        if passed is not None and name in named:
            raise RecordError(f"{name} is passed twice: as {name}= and in attachments.", key=name)
    found |= named
    if measured.arrays:
        found["evaluation"] = pack_arrays(measured.arrays)
    if example:
        found["input_example"] = example
    return found


def _defaults(given: RegistrationInput, model: Any) -> tuple[str, ...]:
    return () if given.hyperparameters is not None else default_parameters(model)


def _columns(given: RegistrationInput, model: Any) -> tuple[str, ...]:
    if given.feature_columns is not None:
        return read_feature_columns(given.feature_columns, model)
    return feature_columns(model, given.X)


def _signature(model: Any, given: RegistrationInput) -> Signature | None:
    return None if given.X is None else read_signature(model, given.X)


def _distribution(model: Any, given: RegistrationInput, info: dict[str, Any]) -> Any:
    if "class_distribution" in info or given.y is None:
        return info.get("class_distribution") or {}
    return class_distribution(given.y) if read_attribute(model, "classes_") is not None else {}


def _dataset(given: RegistrationInput, info: dict[str, Any]) -> Dataset | None:
    if given.X is None:
        return None
    return Dataset(info.get("dataset"), row_count(given.X) or 0, fingerprint(given.X, given.y))
