"""`ModelRegistry`: register, load, search, compare and manage models."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from exo_nbregistry.errors import InvalidReferenceError, NotFoundError
from exo_nbregistry.records.metadata import ModelMetadata
from exo_nbregistry.registry.aliases import Aliases
from exo_nbregistry.registry.attaching import Attaching
from exo_nbregistry.registry.attachment_reader import AttachmentReader
from exo_nbregistry.registry.autoregistering import Autoregistering
from exo_nbregistry.registry.changes import Changes
from exo_nbregistry.registry.comparing import Comparing
from exo_nbregistry.registry.copying import Copying
from exo_nbregistry.registry.curation import Curation
from exo_nbregistry.registry.delegate import delegate
from exo_nbregistry.registry.exporting import Exporting
from exo_nbregistry.registry.importing import Importing
from exo_nbregistry.registry.maintenance import Maintenance
from exo_nbregistry.registry.monitoring import Monitoring
from exo_nbregistry.registry.notebook_output import NotebookOutput
from exo_nbregistry.registry.overview import Overview
from exo_nbregistry.registry.parts import make_parts
from exo_nbregistry.registry.pickling import opening_call
from exo_nbregistry.registry.plotting import Plotting
from exo_nbregistry.registry.registration import Registration
from exo_nbregistry.registry.retrieval import Retrieval
from exo_nbregistry.registry.scores import Scores
from exo_nbregistry.registry.search import Search
from exo_nbregistry.registry.trust import Trust
from exo_nbregistry.registry.workspace import open_workspace
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.base import Store

if TYPE_CHECKING:
    from exo_nbregistry.panels.registry_panel import RegistryPanel


class ModelRegistry(NotebookOutput):
    """A model registry in a folder or a bucket.

    Each version is immutable and signed, and its integrity is checked. Several kernels and
    machines can write at the same time. A crash never loses a version that `register_model` has
    returned. Subclasses can override methods; the package itself calls the original methods.

    Parameters
    ----------
    path : str, Path or Store, optional
        Folder, URL of a bucket such as ``s3://bucket/prefix`` (``az://``; ``gs://`` is
        experimental), or a store, also one of obstore. By default the place in the variable
        ``EXO_NBREGISTRY``, or ``models/registry`` if it is a registry.
    create : bool, optional
        Whether to create the registry now if it does not exist; if False, it must exist. By
        default the first `register_model` or `import_model` creates it.
    durable : bool
        Whether each change is flushed to disk before the call returns, so that it survives a power
        loss. False is faster, for temporary registries. A bucket ignores it.
    storage_options : mapping, optional
        Options of a bucket by their names in obstore, such as ``endpoint`` and ``region``.
    keyring : Keyring, optional
        Signs records and checks signers; by default the keyring of the current user.
    now : callable, optional
        Returns the current time as an aware datetime; by default the system clock.
    new_id : callable, optional
        Returns a new random id; by default ``uuid4().hex``.

    Raises
    ------
    RegistryNotFoundError
        If the folder is not a registry, and has other files or `create` is False; or if `path`
        is not passed and no default exists.
    FormatVersionError
        If the registry requires a newer release.

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
    >>> registry["toy:1"] == metadata, "toy@champion" in registry
    (True, False)
    """

    # Otherwise iteration would call registry[0], registry[1], ...; use list_models() instead.
    __iter__ = None

    def __init__(
        self,
        path: str | os.PathLike[str] | Store | None = None,
        *,
        create: bool | None = None,
        durable: bool = True,
        storage_options: Mapping[str, Any] | None = None,
        keyring: Keyring | None = None,
        now: Callable[[], datetime] | None = None,
        new_id: Callable[[], str] | None = None,
    ) -> None:
        self._workspace = work = open_workspace(
            path,
            create=create,
            durable=durable,
            storage_options=storage_options,
            keyring=keyring,
            now=now,
            new_id=new_id,
        )
        self._parts = make_parts(work)

    # Register and load
    register_model = delegate(Registration.register_model, __name__, on_missing=True)
    autoregister = delegate(Autoregistering.autoregister, __name__, on_missing=True)
    load_model = delegate(Retrieval.load_model, __name__)
    get_best_model = delegate(Retrieval.get_best_model, __name__)
    load_evaluation = delegate(Retrieval.load_evaluation, __name__)

    # Score tables
    scorer = delegate(Scores.scorer, __name__)
    score = delegate(Scores.score, __name__)

    # Attachments
    attach = delegate(Attaching.attach, __name__)
    attachments = delegate(AttachmentReader.attachments, __name__)
    load_attachment = delegate(AttachmentReader.load_attachment, __name__)
    load_input_example = delegate(AttachmentReader.load_input_example, __name__)
    save_attachments = delegate(AttachmentReader.save_attachments, __name__)
    attachment_bytes = delegate(AttachmentReader.attachment_bytes, __name__)

    # Find and compare
    get_metadata = delegate(Retrieval.get_metadata, __name__)
    list_models = delegate(Search.list_models, __name__)
    best_version = delegate(Search.best_version, __name__)
    default_metric = delegate(Search.default_metric, __name__)
    history = delegate(Changes.history, __name__)
    revision = delegate(Changes.revision, __name__)
    status = delegate(Changes.status, __name__)
    consistent_reads = delegate(Changes.consistent_reads, __name__, on_missing=True)
    list_model_names = delegate(Overview.list_model_names, __name__)
    metric_series = delegate(Overview.metric_series, __name__)
    list_fields = delegate(Overview.list_fields, __name__)
    list_field_values = delegate(Overview.list_field_values, __name__)
    compare_models = delegate(Comparing.compare_models, __name__)
    plot = delegate(Plotting.plot, __name__)
    trials = delegate(Plotting.trials, __name__)

    # Aliases
    set_alias = delegate(Aliases.set_alias, __name__)
    remove_alias = delegate(Aliases.remove_alias, __name__)
    rollback_alias = delegate(Aliases.rollback_alias, __name__)
    aliases = delegate(Aliases.aliases, __name__)
    alias_history = delegate(Aliases.alias_history, __name__)

    # Later metrics, tags, notes, deletion
    add_metrics = delegate(Monitoring.add_metrics, __name__)
    later_metrics = delegate(Monitoring.later_metrics, __name__)
    tag_model = delegate(Curation.tag_model, __name__)
    untag_model = delegate(Curation.untag_model, __name__)
    annotate = delegate(Curation.annotate, __name__)
    delete_model = delegate(Curation.delete_model, __name__)
    restore_model = delegate(Curation.restore_model, __name__)
    purge_model = delegate(Curation.purge_model, __name__)

    # Copy, export and import
    copy_to = delegate(Copying.copy_to, __name__)
    export_model = delegate(Exporting.export_model, __name__)
    import_model = delegate(Importing.import_model, __name__, on_missing=True)

    # Maintenance and trust
    verify = delegate(Maintenance.verify, __name__)
    collect_garbage = delegate(Maintenance.collect_garbage, __name__)
    get_registry_stats = delegate(Maintenance.get_registry_stats, __name__)
    print_registry_summary = delegate(Maintenance.print_registry_summary, __name__)
    trust_signer = delegate(Trust.trust_signer, __name__, on_missing=True)
    distrust_signer = delegate(Trust.distrust_signer, __name__, on_missing=True)
    trusted_signers = delegate(Trust.trusted_signers, __name__, on_missing=True)
    list_signers = delegate(Trust.list_signers, __name__)
    signer_status = delegate(Trust.signer_status, __name__)

    def browse(
        self,
        where: str = "",
        *,
        model_name: str | None = None,
        order_by: str | None = None,
        page_size: int = 25,
        columns: Sequence[str] | None = None,
    ) -> RegistryPanel:
        """Return a panel to search, sort, compare and change versions.

        Parameters
        ----------
        where : str
            Initial search text or filter.
        model_name : str, optional
            Initially show only versions of this model.
        order_by : str, optional
            Field, with a leading ``-`` for descending order; by default newest first.
        page_size : int
            Number of rows on a page.
        columns : sequence of str, optional
            Columns such as ``aliases`` or ``metrics.f1_score``. By default, suitable columns are
            chosen.

        Returns
        -------
        RegistryPanel
            The panel. Its ``selected`` attribute can be read, set and observed. Without a kernel,
            the panel is shown as a table.

        Examples
        --------
        >>> panel = registry.browse("kepler", columns=["metrics.f1_score"])
        >>> panel.selected = ["kepler_rf"]
        >>> panel.selected
        ('kepler_rf:1',)
        """
        from exo_nbregistry.panels.registry_panel import RegistryPanel

        self._workspace.descriptor.require()
        return RegistryPanel.for_front_end()(
            self,
            where,
            model_name=model_name,
            order_by=order_by,
            page_size=page_size,
            columns=columns,
        )

    @property
    def location(self) -> str:
        """Path or address of the registry."""
        return self._workspace.location

    @property
    def registry_id(self) -> str:
        """Id of the registry, which does not change when the folder is moved.

        A missing registry is created, because its id is chosen then.
        """
        self._workspace.descriptor.create()
        return self._workspace.registry_id

    def __getitem__(self, ref: str) -> ModelMetadata:
        """Return the metadata of a version, like `get_metadata`.

        Parameters
        ----------
        ref : str
            Any reference. In a notebook, the Tab key completes names and aliases.

        Returns
        -------
        ModelMetadata
            Metadata of the version.
        """
        return self.get_metadata(ref)

    def __contains__(self, ref: object) -> bool:
        """Return whether a version exists, deleted or not; False without a registry."""
        try:
            self.get_metadata(ref)  # type: ignore[arg-type]  # other types raise an error too
        except (NotFoundError, InvalidReferenceError):
            return False
        return True

    def __repr__(self) -> str:
        """Return the call that opens the registry."""
        return f"{type(self).__name__}({self.location!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Return the call that opens the registry, so that it can be pickled for workers.

        Raises
        ------
        TypeError
            If a store, keyring, clock or `new_id` was passed.
        """
        return opening_call(type(self), self._workspace)
