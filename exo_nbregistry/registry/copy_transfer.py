"""Copy the files of a plan from one store to another, verified and several at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any, TypeVar

from exo_nbregistry.errors import ConflictError, KeyExistsError, MissingKeyError, StoreError
from exo_nbregistry.journal.head import HeadStore
from exo_nbregistry.journal.head_writer import HeadWriter
from exo_nbregistry.registry.copy_plan import Item, ModelPlan, Planner, damage_of
from exo_nbregistry.store.base import Store
from exo_nbregistry.values.digest import HashingWriter
from exo_nbregistry.values.json_codec import MAX_RECORD_BYTES
from exo_nbregistry.values.keys import tmp_folder

_WORKERS = 8
_CHUNK_BYTES = 1 << 20
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


class Transfer:
    """Copies single files. Threads can share it.

    Parameters
    ----------
    source, target : Store
        The stores.
    registry_id : str
        Id of both registries.

    Attributes
    ----------
    copied : list of Item
        Files that were copied.
    damaged : list of str
        Files of the source that are damaged and were not copied, each with its damage.
    """

    def __init__(self, source: Store, target: Store, registry_id: str) -> None:
        self._source = source
        self._target = target
        self._registry_id = registry_id
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._report: Callable[[int], object] = lambda _: None
        self.copied: list[Item] = []
        self.damaged: list[str] = []

    def report_to(self, report: Callable[[int], object]) -> None:
        """Call a function after each step, from one thread at a time.

        Parameters
        ----------
        report : callable
            Takes the number of bytes of the step.
        """
        self._report = report

    def stop(self) -> None:
        """End the calls in other threads after the file that they copy."""
        self._stopped.set()

    def payload(self, item: Item) -> None:
        """Copy a payload, and compare its digest before it is published.

        Parameters
        ----------
        item : Item
            The payload.
        """
        if self._stopped.is_set():
            return
        try:
            with (
                self._source.open(item.key) as stream,
                self._target.stage(tmp_folder(item.model)) as staged,
            ):
                writer = HashingWriter(staged)
                while chunk := stream.read(_CHUNK_BYTES):
                    writer.write(chunk)
                    self._advance(len(chunk))
                if writer.sha256 == item.sha256:
                    staged.publish(item.key)
                    self._finish(item)
                    return
        except MissingKeyError:
            # The version was purged after the listing.
            if self._source.info(item.key) is not None:
                raise
            return
        self._omit(f"the checksum of {item.key} does not match its name")

    def records(self, items: Sequence[Item]) -> None:
        """Copy the records of one model in their order.

        Parameters
        ----------
        items : sequence of Item
            The records.

        Raises
        ------
        ConflictError
            If another record of the same number was written meanwhile.
        """
        contents = self._source.read_many([i.key for i in items], max_bytes=MAX_RECORD_BYTES)
        for item, data in zip(items, contents, strict=True):
            if self._stopped.is_set():
                return
            if isinstance(data, StoreError):
                raise data
            damage = damage_of(item, data, self._registry_id)
            if damage:
                self._omit(damage)
                continue
            self._create(item, data)
            self._advance(len(data))
            self._finish(item)

    def move_head(self) -> None:
        """Move the head of a bucket to the records that were copied."""
        if isinstance(self._target, HeadStore):
            head = HeadWriter(self._target)
            for item in self.copied:
                if item.number:
                    head.add(item.model, item.kind, item.number)

    def _create(self, item: Item, data: bytes) -> None:
        try:
            self._target.create(item.key, data, staging=tmp_folder(item.model))
        except KeyExistsError:
            # Another copy is running, or someone registers in the target.
            if self._target.read(item.key, max_bytes=MAX_RECORD_BYTES) != data:
                raise ConflictError(
                    f"{item.key} was written in {self._target.location} during the copy, with "
                    "other content. Do not use the target until the copy is complete; copy to a "
                    "new place.",
                    expected=item.key,
                ) from None

    def _advance(self, n_bytes: int) -> None:
        with self._lock:
            self._report(n_bytes)

    def _finish(self, item: Item) -> None:
        with self._lock:
            self.copied.append(item)

    def _omit(self, damage: str) -> None:
        with self._lock:
            self.damaged.append(damage)


def plan_models(planner: Planner, models: Iterable[str]) -> list[ModelPlan]:
    """Return the plan of each model.

    Parameters
    ----------
    planner : Planner
        Compares the registries.
    models : iterable of str
        The model keys.

    Returns
    -------
    list of ModelPlan
        The plans, in the order of the models.

    Raises
    ------
    ConflictError
        If both registries have different records of one number.
    """
    return _in_threads(planner.plan, list(models), lambda: None)


def copy_models(transfer: Transfer, plans: Sequence[ModelPlan], *, disable: bool) -> None:
    """Copy what the plans name: all payloads, then the versions of each model, then its events.

    Parameters
    ----------
    transfer : Transfer
        Copies single files.
    plans : sequence of ModelPlan
        The plans.
    disable : bool
        Whether to omit the progress bar.

    Raises
    ------
    StoreError, ConflictError
        If a file cannot be copied. The copied files remain.
    """
    from tqdm.auto import tqdm

    payloads = [item for plan in plans for item in plan.payloads]
    records = [(*plan.versions, *plan.events) for plan in plans if plan.versions or plan.events]
    total = sum(item.size_bytes for items in (payloads, *records) for item in items)
    options: dict[str, Any] = {"unit": "B", "unit_scale": True, "disable": disable}
    with tqdm(total=total, desc="Copying", **options) as bar:
        transfer.report_to(bar.update)
        _in_threads(transfer.payload, payloads, transfer.stop)
        try:
            _in_threads(transfer.records, records, transfer.stop)
        finally:
            transfer.move_head()


def _in_threads(
    call: Callable[[_Given], _Made], items: Sequence[_Given], stop: Callable[[], None]
) -> list[_Made]:
    """Call a function for all items, several at a time; stop at the first error."""
    if not items:
        return []
    pool = ThreadPoolExecutor(min(_WORKERS, len(items)), thread_name_prefix="exo-nbregistry-copy")
    try:
        futures = [pool.submit(call, item) for item in items]
        for future in as_completed(futures):
            future.result()
        return [future.result() for future in futures]
    except BaseException:
        stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
