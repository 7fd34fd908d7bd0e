"""Registration of new versions."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from exo_nbregistry.autoregister.hooks import hooks
from exo_nbregistry.fs.parallel import Wait, together
from exo_nbregistry.introspection.bundles import read_bundle
from exo_nbregistry.introspection.description import Description, describe_model
from exo_nbregistry.introspection.registration_input import RegistrationInput
from exo_nbregistry.introspection.trust_needed import log_trust_needed
from exo_nbregistry.payloads.artifact import StagedArtifact, recorded_keys, stage_model
from exo_nbregistry.payloads.attachment import placed
from exo_nbregistry.persistence.joblib_format import portability_issues
from exo_nbregistry.records.identity import facts_digests
from exo_nbregistry.records.record import Record
from exo_nbregistry.registry.committing import ensure_payloads
from exo_nbregistry.registry.duplicates import Duplicates
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.values.reference import check_version, model_key
from exo_nbregistry.values.reference import model_id as format_id

# Arguments that do not describe the model.
_NOT_DESCRIBED = ("self", "model", "version", "format")


class Registration:
    """Registry method that adds versions.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._store = workspace.store
        self._duplicates = Duplicates(
            *(workspace.journal, workspace.store, workspace.keyring),
            indexed=lambda model: workspace.index.known_facts(model),
        )

    def register_model(
        self,
        model: Any,
        model_name: str,
        algorithm: str | None = None,
        evaluation_results: Mapping[str, Any] | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        training_info: Mapping[str, Any] | None = None,
        feature_columns: Sequence[str] | None = None,
        version: int | None = None,
        *,
        X: Any = None,
        y: Any = None,
        X_test: Any = None,
        y_test: Any = None,
        metrics: Mapping[str, Any] | None = None,
        pos_label: Any = None,
        threshold: float | None = None,
        sample_weight: Any = None,
        predict: Callable[[Any, Any], Any] | None = None,
        description: str = "",
        tags: Mapping[str, Any] | Collection[str] | None = None,
        parent: str | None = None,
        attachments: Mapping[str, Any] | None = None,
        trials: Any = None,
        curves: Any = None,
        by_value: bool = True,
        provenance: str | None = None,
        format: str = "joblib",
    ) -> str:
        """Register a model as a new version.

        Passed values take precedence; missing values are inferred from the estimator and the
        data. If the same model was already registered with the same metadata, for example
        because a cell is run twice, the existing version is returned and a message is logged.

        Parameters
        ----------
        model : object
            Fitted estimator, a `bundle`, or any object that can be pickled. A dict such as
            ``{"model": ..., "scaler": ..., "label_encoder": ..., "features": [...]}`` becomes a
            bundle, and a message is logged; `bundle_of_dict` lists the usual keys.
        model_name : str
            Name of the model. Letter case is only used for display.
        algorithm : str, optional
            Algorithm; by default the class name of the estimator.
        evaluation_results : mapping of str to float, optional
            Metrics; other values are stored as ``additional_metrics``. They take precedence over
            metrics that are computed on test data.
        hyperparameters : mapping, optional
            Hyperparameters; by default ``get_params()``.
        training_info : mapping, optional
            Keys ``dataset``, ``training_samples``, ``test_samples`` and ``class_distribution``.
        feature_columns : sequence of str, optional
            Input columns; by default the columns of `X`, or ``feature_names_in_``.
        version : int, optional
            Version number, greater than all previous numbers; by default the next number.
            Skipped numbers are never used, and a message is logged.
        X, y : array-like of shape (n_samples, n_features) and (n_samples,), optional
            Training data, for the signature, fingerprint and counts. It is not stored. `X` may also
            be a list of texts or of mappings, or the series of a forecast.
        X_test, y_test : array-like of shape (n_test, n_features) and (n_test,), optional
            Test data with the same columns. The metrics of classifiers, regressors, outlier
            detectors, clusterings, native boosters (XGBoost, LightGBM), Keras and statsmodels are
            computed on it, and arrays for plots are stored. `y_test` has a column for each output
            of a model with several, and no missing values. Clusterings do not need it. A model
            with ``forecast(steps)`` is measured with `y_test` alone, the values after its series.
        metrics : mapping of str to float, optional
            Another name of `evaluation_results`. Use the definitions of scikit-learn: ``accuracy``
            is a fraction, not a percentage; ``rmse`` and ``mae`` have the unit of the target.
        pos_label : object, optional
            The positive class of a classifier, as in `y_test`. Its precision, recall, F1 and
            ranking metrics are computed. By default it is the larger one of {0, 1}, {-1, 1} and
            {False, True}, as in scikit-learn; metrics of other labels are the unweighted mean over
            the classes.
        threshold : float, optional
            Minimum score of a row that a classifier of two classes predicts as positive: a
            probability between 0 and 1, or a value of the decision function of a model without
            probabilities. Metrics, confusion matrix, the REST service and the exported predict.py
            use it. By default the model predicts itself.
        sample_weight : array-like of shape (n_test,), optional
            Weight of each test row. Only the ratios matter; by default all rows count the same.
        predict : callable, optional
            Takes the model and `X_test`, and returns an array of shape (n_test,) with labels,
            numbers, or scores of the positive class; or of shape (n_test, n_classes) with a score
            for each class. It measures any other model, and is not stored.
        description : str
            Description as free text.
        tags : mapping or collection of str, optional
            Tags of the version, with their values or as a list of names.
        parent : str, optional
            Reference to the version that this one is derived from.
        attachments : mapping of str to object, optional
            Objects for `load_attachment`, by name: figures, DataFrames, arrays, text, bytes, plain
            values, fitted estimators, and ``Path(...)`` of a file or folder, as for `attach`.
        trials : mapping, DataFrame, list of dict or study, optional
            Trials of a hyperparameter search: ``cv_results_``, a table with a row for each trial
            and the column ``value`` or ``score``, dicts with ``params`` and ``value``, or a study
            of Optuna. A dict with ``trials``, ``metric`` and ``direction="minimize"`` also names
            the score. By default, those of a fitted search. `trials` of the registry shows them.
        curves : mapping, DataFrame or History, optional
            Metrics after each iteration or epoch, such as ``{"valid auc": [0.7, 0.8]}``,
            ``evals_result_`` or the history of Keras. By default, those that the model has.
        by_value : bool
            Store the classes and functions of the notebook, and of local files that belong to no
            package, in the model: it loads in any process with the same minor version of Python.
            If False, only their names are stored.
        provenance : {'full', 'no-source', 'none'}, optional
            What is stored about the origin of the version; by default the option of `set_config`:
            notebook, cell, sources, git commit, user and host.
        format : {'joblib', 'skops'}
            Storage format of the model. With ``skops``, the model has no code of its own.

        Returns
        -------
        str
            model_id of the version, such as ``kepler_rf:3``.

        Raises
        ------
        RecordError
            If a value cannot be stored, or the model cannot predict on the test data. No
            version is registered.
        InvalidInputError
            If a dict, list or tuple holds several models or unknown parts; use `bundle`.
        SerializationError
            If the model cannot be stored.
        ConflictError
            If `version` is not greater than all previous numbers.

        Examples
        --------
        >>> from sklearn.tree import DecisionTreeClassifier
        >>> X, y = [[0.1], [0.2], [0.8], [0.9]], ["dust", "planet", "planet", "planet"]
        >>> model = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, y)
        >>> registry.register_model(model, "tree", X_test=X, y_test=y, pos_label="planet")
        'tree:1'
        >>> version = registry.get_metadata("tree")
        >>> version.metrics["recall"], version.scoring.label
        (1.0, 'of planet')

        A model of any other library is measured by a function:

        >>> def deep(rule, X):
        ...     return ["planet" if depth > rule["cut"] else "dust" for (depth,) in X]
        >>> registry.register_model(
        ...     {"cut": 0.5}, "rule", X_test=X, y_test=y, predict=deep, pos_label="planet"
        ... )
        'rule:1'
        >>> round(registry.get_metadata("rule").metrics["recall"], 3)
        0.667
        """
        # Each argument has the name of its field.
        arguments = {name: item for name, item in locals().items() if name not in _NOT_DESCRIBED}
        key = model_key(model_name)
        number = None if version is None else check_version(version)
        arguments["parent"] = None if parent is None else self._work.metadata(parent).model_id
        given = RegistrationInput(
            **arguments | {"tags": tags or {}, "attachments": attachments or {}}
        )
        # A class of the notebook is stored without the hooks of automatic registration.
        with hooks.lifted():
            return self._add(key, model, given, format, number)

    def _add(
        self, key: str, model: Any, given: RegistrationInput, format: str, version: int | None
    ) -> str:
        # Before the model is described, so that a registry can be read after a rejected model.
        self._work.prepare_first_write()
        model, given = read_bundle(model, given)
        described = describe_model(model, given, self._work.now())
        with ExitStack() as files:
            staged = files.enter_context(
                stage_model(self._store, key, model, format, by_value=given.by_value)
            )
            artifact = staged.artifact
            described = described.with_code(staged.written)
            # Cells are often run again, and comparing digests is fast.
            digests = facts_digests(described.finish(key, 0, artifact))
            numbers = self._work.journal.numbers(key)
            duplicate = self._duplicates.find(key, numbers, digests, staged, version)
            if duplicate is not None:
                return duplicate
            needed = (*artifact.globals, *staged.written.imports)
            for issue in (*portability_issues(needed), *staged.written.warnings):
                log.warning("%s", issue)
            has_code = staged.written.code is not None
            log_trust_needed(key, model, artifact.globals, has_code=has_code)
            record = self._work.journal.add_version(
                key,
                lambda number: described.finish(key, number, artifact),
                version,
                # Place them once, even if another writer takes the number first.
                first=functools.cache(partial(self._place, key, staged, described, files)),
                listed=numbers,
            )

        def publish_again() -> None:
            with ExitStack() as files:
                again = files.enter_context(
                    stage_model(self._store, key, model, format, by_value=given.by_value)
                )
                together(*self._place(key, again, described, files))

        self._duplicates.add(record)
        ensure_payloads(self._store, recorded_keys(record), publish_again)
        _warn_of_gap(record)
        return format_id(key, record.number)

    def _place(
        self, key: str, staged: StagedArtifact, described: Description, files: ExitStack
    ) -> list[Wait]:
        """Store the payloads, which are durable after the returned functions ran."""
        waits = staged.place()
        for item in described.attachments.values():
            waits += files.enter_context(placed(self._store, key, item))
        return waits


def _warn_of_gap(record: Record) -> None:
    """Log a message if version numbers were skipped."""
    before = record.prev["number"] if record.prev else 0
    if record.number > before + 1:
        log.warning(
            "%s %s: the numbers that it skips are never used, and the next version is %d.",
            format_id(record.model, record.number),
            f"comes after version {before}" if before else "is the first version",
            record.number + 1,
        )
