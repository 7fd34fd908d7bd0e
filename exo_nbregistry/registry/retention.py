"""Purge versions by rules: check the arguments, plan, and execute with a progress bar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from numbers import Real
from typing import Any

from exo_nbregistry.config import runs_unattended
from exo_nbregistry.errors import InvalidInputError, ModelNotFoundError, NotFoundError
from exo_nbregistry.integrity.purging import purge_versions
from exo_nbregistry.integrity.retention import RetentionRules, RetiredVersion, plan_versions
from exo_nbregistry.records.measurement import describe_difference
from exo_nbregistry.registry.argument import check_direction, check_text
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.text.names import name_list

_MIN_BAR = 20  # versions, which take about a second


class Retention:
    """Plans and executes the rules of a registry.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    rules : RetentionRules or None
        The rules; None if all versions stay.
    """

    def __init__(self, workspace: Workspace, rules: RetentionRules | None) -> None:
        self._work = workspace
        self._rules = rules or RetentionRules()

    def plan(self, models: Sequence[str]) -> tuple[list[RetiredVersion], list[str]]:
        """List the versions to purge.

        Parameters
        ----------
        models : sequence of str
            Keys of the models.

        Returns
        -------
        versions : list of RetiredVersion
            The versions, by model and number.
        skipped : list of str
            Models with a damaged record, whose versions all stay.

        Raises
        ------
        NotFoundError
            If no version of the models has the metric.
        """
        self._check_metric(models)
        versions, skipped = [], []
        for model in models:
            found = plan_versions(self._work.journal, model, self._rules)
            if found is None:
                skipped.append(model)
            else:
                versions += found
        return versions, skipped

    def purge(self, versions: Sequence[RetiredVersion]) -> list[RetiredVersion]:
        """Purge the versions of a plan.

        Parameters
        ----------
        versions : sequence of RetiredVersion
            The plan.

        Returns
        -------
        list of RetiredVersion
            The versions that were purged. A version to which an alias was set since the plan stays.
        """
        from tqdm.auto import tqdm

        options: dict[str, Any] = {"unit": "version", "leave": False}
        options["disable"] = len(versions) < _MIN_BAR or runs_unattended()
        work = self._work
        with tqdm(total=len(versions), desc="Purging", **options) as bar:
            purged, damaged = purge_versions(
                work.store, work.journal, versions, work.actor, bar.update
            )
        if damaged:
            log.warning(
                "Versions of %s are purged, but their files are kept: a damaged record may require "
                "them. Restore the record that verify() names, then collect garbage again.",
                name_list(damaged),
            )
        return purged

    def _check_metric(self, models: Sequence[str]) -> None:
        """Check that a version has the metric, and warn if it was measured differently."""
        metric, index = self._rules.metric, self._work.index
        if metric is None:
            return
        known = index.known_fields("metrics")
        if metric not in known:
            raise NotFoundError(f"No version has the metric {metric!r}.", name=metric, known=known)
        for model in models:
            scorings = index.metric_facts(metric, model=model).scorings
            unlike = describe_difference(metric, scorings)
            if unlike:
                log.warning("%s: %s", model, unlike)


def retention_rules(
    now: datetime,
    keep_last: Any,
    keep_best: Any,
    metric: Any,
    higher_is_better: Any,
    older_than: Any,
) -> RetentionRules | None:
    """Return the rules of a call.

    Parameters
    ----------
    now : datetime
        The current time.
    keep_last, keep_best, metric, higher_is_better, older_than
        As in `Maintenance.collect_garbage`.

    Returns
    -------
    RetentionRules or None
        None if no rule was passed.

    Raises
    ------
    InvalidInputError
        If an argument is invalid.
    QueryError
        If the metric is not text.
    """
    if keep_best is None and (metric is not None or higher_is_better is not None):
        name = "metric" if metric is not None else "higher_is_better"
        raise InvalidInputError(f"{name}= requires keep_best=, the number of versions to keep.")
    if metric is not None:
        check_text("metric", metric)
    if keep_last is None and keep_best is None and older_than is None:
        return None
    return RetentionRules(
        _check_number("keep_last", keep_last),
        _check_number("keep_best", keep_best),
        metric,
        check_direction(higher_is_better),
        None if older_than is None else _registered_before(now, older_than),
    )


def matching_models(models: Sequence[str], pattern: str | None) -> list[str]:
    """Return the models whose keys match a pattern.

    Parameters
    ----------
    models : sequence of str
        Keys of all models.
    pattern : str or None
        Name, or a pattern such as ``kepler_*``; None for all models.

    Returns
    -------
    list of str
        Their keys.

    Raises
    ------
    ModelNotFoundError
        If no model matches.

    Examples
    --------
    >>> matching_models(["kepler_rf", "kepler_svm", "tess"], "Kepler_*")
    ['kepler_rf', 'kepler_svm']
    """
    if pattern is None:
        return list(models)
    if not isinstance(pattern, str):
        raise InvalidInputError(f"model_name must be text such as 'kepler_*', got {pattern!r:.60}.")
    found = [model for model in models if fnmatchcase(model, pattern.lower())]
    if not found:
        raise ModelNotFoundError(
            f"No model matches {pattern!r:.80}.", name=pattern, known=list(models)
        )
    return found


def _check_number(name: str, value: Any) -> int | None:
    if value is None:
        return None
    integer = getattr(value, "__index__", None)
    if integer is None or isinstance(value, bool) or integer() < 1:
        raise InvalidInputError(f"{name} must be an integer of at least 1, got {value!r:.60}.")
    return int(integer())


def _registered_before(now: datetime, older_than: Any) -> datetime:
    try:
        # A number of numpy too.
        days = float(older_than) if isinstance(older_than, Real) else older_than
        age = days if isinstance(days, timedelta) else timedelta(days=days)
        if not isinstance(older_than, bool) and age >= timedelta(0):
            return now - age
    except (TypeError, ValueError, OverflowError):
        pass
    raise InvalidInputError(
        "older_than must be a number of days or a timedelta, and not negative, got "
        f"{older_than!r:.60}."
    )
