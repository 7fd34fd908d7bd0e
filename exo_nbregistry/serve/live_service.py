"""The service behind a reference, exchanged for another one when the reference moves."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from exo_nbregistry.serve.inference import InferenceService

if TYPE_CHECKING:
    from exo_nbregistry.registry import ModelRegistry

log = logging.getLogger("exo_nbregistry")
RETRY_S = 60.0


class LiveService:
    """The service that a reference means, kept up to date by whoever calls `refresh`.

    Whoever answers a request takes `current` once: an exchange is one assignment, so that each
    answer comes from one version, whole.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    ref : str
        Any reference; one with a version never moves.
    extrapolate, unsafe : bool
        As for `InferenceService`.

    Attributes
    ----------
    ref : str
        The reference.
    current : InferenceService
        What it meant when it was last looked up, and could be loaded.
    trouble : str or None
        Why `current` is not what the reference means now.
    """

    def __init__(
        self, registry: ModelRegistry, ref: str, *, extrapolate: bool = False, unsafe: bool = False
    ) -> None:
        self.ref = ref
        self.trouble: str | None = None
        self._registry = registry
        self._options = {"extrapolate": extrapolate, "unsafe": unsafe}
        self._failed: tuple[str, float] = ("", 0.0)
        self.current = InferenceService(registry, ref, **self._options)

    def refresh(self) -> bool:
        """Load what the reference means now, if that is another version; tell whether it was.

        What cannot be loaded leaves the old version in place, which goes on answering.
        """
        target = self.ref
        try:
            target = self._registry.get_metadata(self.ref).model_id
            if target == self.current.version:
                self.trouble = None
                return False
            if self._failed[0] == target and time.monotonic() < self._failed[1]:
                return False
            self.current = InferenceService(self._registry, target, **self._options)
        except Exception as error:  # noqa: BLE001 - unpickling may raise anything; go on answering
            self._note(target, error)
            return False
        self.trouble = None
        log.info("%s is %s now.", self.ref, target)
        return True

    def _note(self, target: str, error: Exception) -> None:
        trouble = f"{target} is not served: {error}"
        if trouble != self.trouble:
            log.warning("%s Still answering with %s.", trouble, self.current.version)
        self.trouble = trouble
        self._failed = target, time.monotonic() + RETRY_S
