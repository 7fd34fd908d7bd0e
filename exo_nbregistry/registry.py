"""The model registry: register, load, list, compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import exo_nbregistry.card  # noqa: F401 - versions show themselves in notebooks by it
from exo_nbregistry.aliasing import Aliasing
from exo_nbregistry.artifact import read_model
from exo_nbregistry.attachment import read_arrays, read_attachment, read_json
from exo_nbregistry.comparison import Comparison, compare
from exo_nbregistry.compatibility import mismatch, reproduces, require_same_library
from exo_nbregistry.curation import Curation
from exo_nbregistry.errors import NotFoundError, RecordError, RegistryError
from exo_nbregistry.exchange import Exchange
from exo_nbregistry.maintenance import Maintenance
from exo_nbregistry.metadata import ModelMetadata
from exo_nbregistry.metric import higher_is_better as metric_direction
from exo_nbregistry.reference import model_id as format_id
from exo_nbregistry.reference import parse_reference
from exo_nbregistry.registration import Registration
from exo_nbregistry.workspace import log


class ModelRegistry(Registration, Aliasing, Curation, Exchange, Maintenance):
    """A model registry in a plain folder.

    Each version is immutable, checked and signed; several kernels and machines may write at
    once; a crash loses nothing that was acknowledged.

    Parameters
    ----------
    path : str, Path or Store
        The registry's folder, or a store.
    create : bool
        Whether to make a registry where there is none.
    durable : bool
        Whether what is acknowledged survives power loss; False is faster, for scratch.
    keyring : Keyring or None
        Signs and judges; by default this user's own.
    now : callable or None
        Returns the time as an aware datetime; by default the system's clock.
    new_id : callable or None
        Returns a new random id; by default ``uuid4().hex``.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> registry = ModelRegistry("models/registry")
    >>> model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    >>> registry.register_model(model=model, model_name="toy")
    'toy:1'
    >>> loaded, metadata = registry.load_model("toy")
    >>> metadata.algorithm
    'LogisticRegression'
    """

    def load_model(
        self,
        model_id: str | None = None,
        *,
        model_name: str | None = None,
        version: int | None = None,
        unsafe: bool = False,
        mmap: bool = False,
        allow_version_mismatch: bool = False,
    ) -> tuple[Any, ModelMetadata]:
        """Load a model whose bytes are those registered and whose signer is trusted.

        Parameters
        ----------
        model_id : str, optional
            Any reference: ``kepler_rf:3``, ``kepler_rf@champion``, ``kepler_rf`` (the latest).
        model_name : str, optional
            Instead of `model_id`: the name.
        version : int, optional
            With `model_name`: the version; by default the latest.
        unsafe : bool
            Load it whoever signed: a pickle can do whatever its writer wanted.
        mmap : bool
            Map large arrays from the file, read-only, instead of copying them.
        allow_version_mismatch : bool
            Load it although scikit-learn is of another minor version; the log says whether it
            still predicts the same for the stored input example.

        Returns
        -------
        model : object
            The model.
        metadata : ModelMetadata
            What the registry knows of it.

        Raises
        ------
        NotFoundError
            If there is no such version.
        UntrustedModelError
            If nobody whom you trust has signed it; the message has the calls that allow it.
        IntegrityError
            If its bytes changed.
        VersionMismatchError
            If it was made with another minor version of scikit-learn.
        """
        reference, number = self._locate(_one_reference(model_id, model_name, version))
        record = self._journal.version(reference.key, number)
        metadata = self._metadata(reference.key, number)
        if metadata.artifact is None:
            raise RecordError(f"{metadata.model_id} has no stored model.", key=record.key)
        if not allow_version_mismatch:
            require_same_library(metadata)
        model = read_model(
            self._store,
            reference.key,
            metadata.artifact,
            self._keyring.judge(record.check, record.signature),
            unsafe=unsafe,
            mmap=mmap,
            remedy=self._remedy(metadata),
        )
        if mismatch(metadata):
            self._compare_predictions(model, metadata)
        return model, metadata

    def _compare_predictions(self, model: Any, metadata: ModelMetadata) -> None:
        artifact = metadata.attachments.get("input_example")
        if artifact is None:
            log.warning("%s has no input example: its predictions may differ.", metadata.model_id)
            return
        key = parse_reference(metadata.model_id).key
        same = reproduces(model, read_json(self._store, key, artifact))
        verdict = "equal to" if same else "DIFFERENT from"
        log.warning(
            "%s: predictions for its input example are %s those when it was registered.",
            metadata.model_id,
            verdict,
        )

    def get_best_model(
        self,
        metric: str = "f1_score",
        model_name: str | None = None,
        *,
        where: str | None = None,
        higher_is_better: bool | None = None,
        unsafe: bool = False,
    ) -> tuple[Any, ModelMetadata]:
        """Load the version with the best value of a metric.

        Parameters
        ----------
        metric : str
            Such as ``f1_score``; for ``log_loss`` and its like lower is better.
        model_name : str, optional
            Only this model.
        where : str, optional
            Only versions that fit this filter.
        higher_is_better : bool, optional
            For a metric that scikit-learn does not name.
        unsafe : bool
            Load it whoever signed.

        Returns
        -------
        model : object
            The model.
        metadata : ModelMetadata
            What the registry knows of it.

        Raises
        ------
        NotFoundError
            If no version has the metric.
        """
        best = self.best_version(metric, model_name, where=where, higher_is_better=higher_is_better)
        return self.load_model(best.model_id, unsafe=unsafe)

    def load_evaluation(self, ref: str) -> dict[str, Any]:
        """Return the arrays that were measured on the test data, for plots.

        Parameters
        ----------
        ref : str
            Any reference.

        Returns
        -------
        dict of str to ndarray
            ``y_true``, ``y_pred`` and scores; empty if no test data was given.
        """
        metadata = self.get_metadata(ref)
        artifact = metadata.attachments.get("evaluation")
        key = parse_reference(ref).key
        return read_arrays(self._store, key, artifact) if artifact else {}

    def load_attachment(self, ref: str, name: str) -> dict[str, Any]:
        """Return what was attached to a version when it was registered.

        Parameters
        ----------
        ref : str
            Any reference.
        name : str
            A key of the version's ``attachments``.

        Returns
        -------
        dict of str to object
            Arrays or plain values, as they were given.

        Raises
        ------
        NotFoundError
            If the version has no such attachment.
        """
        metadata = self.get_metadata(ref)
        if name not in metadata.attachments:
            raise NotFoundError(
                f"{metadata.model_id} has no attachment {name!r}.",
                name=name,
                known=metadata.attachments,
            )
        artifact = metadata.attachments[name]
        return read_attachment(self._store, parse_reference(ref).key, artifact)

    def compare_models(
        self, refs: Sequence[str] | None = None, *, model_name: str | None = None
    ) -> Comparison:
        """Compare versions side by side.

        Parameters
        ----------
        refs : sequence of str, optional
            References, the first being what the others are compared with.
        model_name : str, optional
            Instead: all active versions of this model.

        Returns
        -------
        Comparison
            Shows what differs.

        Raises
        ------
        RegistryError
            If there are fewer than two versions.
        """
        if (refs is None) == (model_name is None):
            raise RegistryError(
                "Give compare_models either references, such as ['kepler_rf:1', 'kepler_rf:2'], "
                "or model_name='kepler_rf'."
            )
        if refs is None:
            items = list(reversed(self.list_models(model_name, order_by="-version")))
        else:
            items = [self.get_metadata(ref) for ref in refs]
        return compare(items, directions=metric_direction)


def _one_reference(ref: str | None, name: str | None, version: int | None) -> str:
    if (ref is None) == (name is None):
        raise RegistryError(
            "Give load_model one reference, such as 'kepler_rf:3', or model_name='kepler_rf'."
        )
    if ref is not None:
        if version is not None:
            raise RegistryError(f"Write the version into the reference: '{ref}:{version}'.")
        return ref
    return str(name) if version is None else format_id(str(name), version)
