"""Verification, statistics and garbage collection."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from exo_nbregistry.errors import (
    IntegrityError,
    InvalidInputError,
    MissingKeyError,
    RecordError,
    RegistryError,
)
from exo_nbregistry.integrity.audit import Audit, Fault, audit
from exo_nbregistry.integrity.cleanup import Cleanup
from exo_nbregistry.integrity.garbage import DAY_NS, remove, restore_interrupted
from exo_nbregistry.integrity.garbage import plan as unused_files
from exo_nbregistry.records.model_state import ACTIVE, PURGED
from exo_nbregistry.registry.retention import Retention, matching_models, retention_rules
from exo_nbregistry.registry.workspace import Workspace, log
from exo_nbregistry.text.markup import count
from exo_nbregistry.text.names import name_list
from exo_nbregistry.values.keys import MODELS
from exo_nbregistry.values.reference import model_id


class Maintenance:
    """Registry methods for maintenance.

    Parameters
    ----------
    workspace : Workspace
        The open registry.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._work = workspace
        self._store = workspace.store
        self._journal = workspace.journal

    def verify(self) -> Audit:
        """Verify all records, chains, signatures and payloads, without unpickling models.

        Returns
        -------
        Audit
            Result, which is true if the registry is intact and all signers are trusted. `damage`,
            `unknown_signers` and `notes` list what was found and what to do.

        Examples
        --------
        >>> print(registry.verify())
        1 version, 0 events and 1 payload checked: no faults
        """
        return audit(self._store, self._journal, self._work.keyring, self._lost_records())

    def _lost_records(self) -> list[Fault]:
        """Return a fault for each model that lost records that the index has read before."""
        return [
            Fault(
                f"{MODELS}/{mark.model}",
                "backwards",
                f"{mark.kind} {mark.number} was seen here and {mark.found or 'none'} is the "
                "highest now: a newer copy was replaced by an older one. Restore the newer copy.",
            )
            for mark in self._work.index.went_backwards()
        ]

    def collect_garbage(
        self,
        dry_run: bool = True,
        *,
        grace_s: float = DAY_NS / 1e9,
        model_name: str | None = None,
        keep_last: int | None = None,
        keep_best: int | None = None,
        metric: str | None = None,
        higher_is_better: bool | None = None,
        older_than: float | timedelta | None = None,
        plan: Cleanup | None = None,
    ) -> Cleanup:
        """List unused files and old versions, and remove them with ``dry_run=False``.

        Without `keep_last`, `keep_best` and `older_than`, all versions stay. With them, a version
        is purged if one of the rules selects it and none keeps it: its files are removed
        permanently, and its record stays. A version with an alias always stays, and so does the
        newest version of each model.

        Parameters
        ----------
        dry_run : bool
            If True, only list what would be removed.
        grace_s : float, seconds
            Minimum age of a file to remove. Other writers may still need newer files.
        model_name : str, optional
            Only files and versions of this model, or of the models that match a pattern such as
            ``kepler_*``.
        keep_last : int, optional
            Keep this many of the newest versions of each model, and select the others. Deleted
            versions do not count and are selected.
        keep_best : int, optional
            Keep this many versions of each model with the best value of `metric`, and select the
            others. A version without a value is neither kept nor selected.
        metric : str, optional
            Metric of `keep_best`; by default the usual metric of the versions of each model.
        higher_is_better : bool, optional
            Direction of the metric; required if it is not a scikit-learn metric.
        older_than : float or timedelta, days, optional
            Select versions that were registered longer ago, and keep the others.
        plan : Cleanup, optional
            An earlier result for the same rules. Only what it lists is removed, although the rules
            select other versions after a newer registration.

        Returns
        -------
        Cleanup
            A list of the unused files. Its ``versions`` are those that the rules purge. It is
            displayed as tables, with the reasons and sizes.

        Raises
        ------
        InvalidInputError
            If an argument is invalid.
        NotFoundError
            If no model matches `model_name`.
        RegistryError
            If the direction of the metric is unknown.

        Examples
        --------
        >>> registry.collect_garbage(keep_last=5)
        Nothing to remove.
        """
        rules = retention_rules(
            self._work.now(), keep_last, keep_best, metric, higher_is_better, older_than
        )
        grace_ns = _grace_ns(grace_s)
        if not dry_run:
            self._work.descriptor.require_writable()
        if not (plan is None or isinstance(plan, Cleanup)):
            raise InvalidInputError(
                f"plan must be a result of collect_garbage(), got {type(plan).__name__}."
            )
        models = matching_models(self._journal.models(), model_name)
        if not dry_run:
            restore_interrupted(self._store, self._journal)
        files = unused_files(self._store, self._journal, grace_ns=grace_ns)
        if model_name is not None:
            files = [item for item in files if item.key.split("/")[1] in models]
        retention = Retention(self._work, rules)
        versions, skipped = retention.plan(models) if rules else ([], [])
        if plan is not None:
            files, versions = plan.common(files, versions)
        if not dry_run:
            versions = retention.purge(versions)
            remove(self._store, self._journal, files)
        return Cleanup(files, versions, skipped=skipped, dry_run=dry_run)

    def get_registry_stats(self) -> dict[str, Any]:
        """Return the number of models, versions and bytes.

        Returns
        -------
        dict
            Keys ``location``, ``models``, ``versions`` and ``by_algorithm`` without deleted
            versions, ``deleted`` (with purged ones), and ``size_bytes`` of all stored payloads, of
            which each counts once. Versions with a damaged record are not counted, and a warning
            names them.
        """
        stats: dict[str, Any] = {"location": self._work.location, "models": 0, "versions": 0}
        stats |= {"deleted": 0, "size_bytes": 0, "by_algorithm": {}}
        damaged: list[str] = []
        for model in self._journal.models():
            snapshot = self._journal.snapshot(model)
            payloads: dict[str, int] = {}
            before = stats["versions"]
            for number in self._journal.ahead(model, snapshot.versions):
                try:
                    content = snapshot.read(number).content
                except (RecordError, IntegrityError, MissingKeyError):
                    damaged.append(model_id(model, number))
                    continue
                status = snapshot.state.of(number).status
                stats["versions" if status == ACTIVE else "deleted"] += 1
                if status != PURGED:
                    items = [content.get("artifact"), *content.get("attachments", {}).values()]
                    payloads |= {item["sha256"]: item["size_bytes"] for item in items if item}
                    added = (
                        item.artifact for item in snapshot.state.of(number).attachments.values()
                    )
                    payloads |= {item.sha256: item.size_bytes for item in added}
                if status == ACTIVE:
                    kinds, kind = stats["by_algorithm"], content.get("algorithm") or "unknown"
                    kinds[kind] = kinds.get(kind, 0) + 1
            stats["models"] += stats["versions"] > before
            stats["size_bytes"] += sum(payloads.values())
        if damaged:
            log.warning(
                "These versions have a damaged record and are not counted: %s. verify() lists all "
                "damage.",
                name_list(damaged),
            )
        return stats

    def print_registry_summary(self) -> None:
        """Print the statistics of the registry, in total and by algorithm."""
        stats = self.get_registry_stats()
        counts = f"{count(stats['models'], 'model')}, {count(stats['versions'], 'version')}"
        lines = [
            f"Registry {stats['location']}",
            f"  {counts}, {stats['deleted']} deleted, {stats['size_bytes'] / 1e6:.1f} MB",
            *(f"  {name}: {number}" for name, number in sorted(stats["by_algorithm"].items())),
        ]
        print("\n".join(lines))  # noqa: T201 - its purpose


def _grace_ns(grace_s: float) -> int:
    try:
        return int(grace_s * 1e9)
    except (TypeError, ValueError, OverflowError):
        raise RegistryError(f"grace_s must be a number of seconds, got {grace_s!r:.60}.") from None
