"""The metadata of a model version."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from exo_nbregistry.config import Displayed
from exo_nbregistry.errors import RecordError
from exo_nbregistry.records.code import Code
from exo_nbregistry.records.field_types import field_names, require_kinds
from exo_nbregistry.records.fields import (
    Artifact,
    Column,
    Dataset,
    Environment,
    Note,
    Provenance,
    Signature,
)
from exo_nbregistry.records.imported import Imported
from exo_nbregistry.records.later_metrics import LaterMetrics
from exo_nbregistry.records.metadata_fields import decode_field, encode_field, plain_field
from exo_nbregistry.records.scoring import Scoring
from exo_nbregistry.values.frozen import immutable
from exo_nbregistry.values.json_codec import to_plain
from exo_nbregistry.values.metric import ordered

__all__ = [
    "Artifact",
    "Code",
    "Column",
    "Dataset",
    "Environment",
    "LaterMetrics",
    "ModelMetadata",
    "Note",
    "Provenance",
    "Scoring",
    "Signature",
]

# Fields from the journal instead of the version's record: they can change after registration.
JOURNAL_FIELDS = ("aliases", "tags", "notes", "later_metrics", "status", "unknown_signers")
# Without these, the record equals one of an older release.
_OMITTED = (
    *("code", "scoring", "imported", "default_hyperparameters"),
    *("later_metrics", "unknown_signers"),
)
_MAX_METRICS = 3  # in one line


@immutable
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ModelMetadata(Displayed):
    """The metadata of a model version.

    A value that was not passed and could not be inferred from the estimator or the data is None,
    never zero. Containers are copies: changing one does not change the registry.

    Attributes
    ----------
    model_id : str
        Canonical reference, ``name:version``.
    model_name : str
        The name as the user passed it.
    version : int
        Version number, from 1.
    algorithm : str or None
        Name of the algorithm, such as ``RandomForest``.
    created_at : datetime
        Time of the registration, in UTC.
    training_date : datetime, date, str or None
        Time of the training that the user passed; the default is `created_at`.
    description : str
        Free text.
    metrics : dict of str to float
        Scores on the test set.
    hyperparameters : dict
        Constructor parameters.
    default_hyperparameters : tuple of str
        Names of the hyperparameters that have their default values, such as ``estimator__C``.
    feature_columns : tuple of str
        Input columns, in order.
    signature : Signature or None
        Columns with dtypes and ranges, class labels.
    training_dataset : str or None
        Name of the training data.
    training_samples, test_samples : int or None
        Number of rows.
    class_distribution : dict
        Rows per class in the training data.
    dataset : Dataset or None
        Fingerprint of the training data.
    environment : Environment
        Python, platform and packages.
    provenance : Provenance
        Notebook, cell, commit, user.
    artifact : Artifact or None
        The stored model.
    code : Code or None
        The classes and functions that the model carries with it; None if packages have them all.
    attachments : dict of str to Artifact
        Additional stored objects: evaluation arrays, an input example, and those that the user
        attached, also after the registration.
    additional_metrics : dict
        Evaluation results other than single numbers.
    scoring : Scoring or None
        How the metrics were measured; None if the registry did not measure them.
    imported : Imported or None
        The tool from which it was moved in; None if it was registered here.
    parent : str or None
        The version from which this version was created.
    tags : dict
        Tags with their values; the value of a tag without a value is True.
    aliases : tuple of str
        Aliases of the version, sorted.
    notes : tuple of Note
        Notes, oldest first.
    later_metrics : tuple of LaterMetrics
        Metrics that were measured after the registration, by time of measurement.
    status : {'active', 'deleted', 'purged'}
        Whether the version can be loaded.
    unknown_signers : tuple of str
        Changes by signers that are not trusted, such as ``alias champion: ada (unknown signer
        SHA256:...)``.
    signer : str or None
        Fingerprint of the key that signed the record.
    extra : dict
        Fields that only a newer release supports.

    Examples
    --------
    >>> from datetime import datetime, timezone
    >>> m = ModelMetadata(
    ...     model_id="kepler_rf:1",
    ...     model_name="kepler_rf",
    ...     version=1,
    ...     created_at=datetime(2026, 1, 1, tzinfo=timezone.utc),
    ...     metrics={"f1_score": 0.9},
    ... )
    >>> m.f1_score, m.accuracy
    (0.9, None)
    >>> ModelMetadata.from_dict(m.to_dict()) == m
    True
    """

    model_id: str
    model_name: str
    version: int
    created_at: datetime
    algorithm: str | None = None
    training_date: datetime | date | str | None = None
    description: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    default_hyperparameters: tuple[str, ...] = ()
    feature_columns: tuple[str, ...] = ()
    signature: Signature | None = None
    training_dataset: str | None = None
    training_samples: int | None = None
    test_samples: int | None = None
    class_distribution: dict[Any, Any] = field(default_factory=dict)
    dataset: Dataset | None = None
    environment: Environment = field(default_factory=Environment)
    provenance: Provenance = field(default_factory=Provenance)
    artifact: Artifact | None = None
    code: Code | None = None
    attachments: dict[str, Artifact] = field(default_factory=dict)
    additional_metrics: dict[str, Any] = field(default_factory=dict)
    scoring: Scoring | None = None
    imported: Imported | None = None
    parent: str | None = None
    tags: dict[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    later_metrics: tuple[LaterMetrics, ...] = ()
    status: str = "active"
    unknown_signers: tuple[str, ...] = ()
    signer: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Copy every value to plain types; raise RecordError for an unsupported value."""
        for name in field_names(self):
            object.__setattr__(self, name, plain_field(name, getattr(self, name)))
        require_kinds(self)

    @property
    def display_id(self) -> str:
        """The model ID with the letter case of the name that the user passed.

        Examples
        --------
        >>> from datetime import datetime, timezone
        >>> now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        >>> m = ModelMetadata(
        ...     model_id="kepler_rf:1", model_name="Kepler_RF", version=1, created_at=now
        ... )
        >>> m.display_id
        'Kepler_RF:1'
        """
        shown = f"{self.model_name}:{self.version}"
        return shown if shown.lower() == self.model_id else self.model_id

    @property
    def accuracy(self) -> float | None:
        """Fraction of correct predictions, or None if it was not measured."""
        return self.metrics.get("accuracy")

    @property
    def precision(self) -> float | None:
        """Fraction of true positives among the predicted ones, or None if it was not measured."""
        return self.metrics.get("precision")

    @property
    def recall(self) -> float | None:
        """Fraction of the positives that were predicted, or None if it was not measured."""
        return self.metrics.get("recall")

    @property
    def f1_score(self) -> float | None:
        """Harmonic mean of precision and recall, or None if it was not measured."""
        return self.metrics.get("f1_score")

    @property
    def training_info(self) -> dict[str, Any]:
        """The facts on the training data, in the form of the argument ``training_info``."""
        known = {
            "dataset": self.training_dataset,
            "training_samples": self.training_samples,
            "test_samples": self.test_samples,
            "class_distribution": self.class_distribution or None,
            "training_date": None if self.training_date == self.created_at else self.training_date,
        }
        more = self.additional_metrics.get("training_info")
        found = {name: value for name, value in known.items() if value is not None}
        found |= more if isinstance(more, dict) else {}
        info: dict[str, Any] = to_plain(found, "training_info")
        return info

    def __repr__(self) -> str:
        """Return one line with the model ID, the metrics and how they were measured."""
        shown = ordered(self.metrics)[:_MAX_METRICS]
        scores = ", ".join(f"{name}={self.metrics[name]:.4g}" for name in shown)
        if scores and self.scoring and self.scoring.label:
            scores += f" ({self.scoring.label})"
        facts = [repr(self.display_id), self.algorithm or "", scores, " ".join(self.aliases)]
        facts += [self.status] if self.status != "active" else []
        return f"<ModelMetadata {' | '.join(fact for fact in facts if fact)}>"

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-serializable dict, from which `from_dict` restores equal metadata.

        Returns
        -------
        dict
            Encoded values: NaN, infinities, datetimes and tuples are written as ``$`` objects.
        """
        fields = {name: getattr(self, name) for name in field_names(self)}
        extra = fields.pop("extra")
        for name in _OMITTED:
            if not fields[name]:
                del fields[name]
        return {name: encode_field(name, value) for name, value in fields.items()} | dict(extra)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        """Return metadata from the result of `to_dict`.

        Parameters
        ----------
        fields : dict
            Encoded values; unknown names are stored in `extra`.

        Raises
        ------
        RecordError
            If a value is invalid or missing.
        """
        known = set(field_names(cls)) - {"extra"}
        extra = {name: value for name, value in fields.items() if name not in known}
        try:
            values = {n: decode_field(n, value) for n, value in fields.items() if n in known}
            return cls(**values, extra=extra)
        except RecordError:
            raise
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise RecordError(
                f"Invalid metadata of a model version: {error}. Pass the result of to_dict().",
                key=str(fields.get("model_id", "")),
            ) from error

    def to_record(self) -> dict[str, Any]:
        """Return the fields of the version's record, without journal fields and signer."""
        left_out = {*JOURNAL_FIELDS, "signer"} - {"tags"}
        return {name: value for name, value in self.to_dict().items() if name not in left_out}
