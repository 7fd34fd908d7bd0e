"""The service behind a reference, replaced when the reference moves."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from exo_nbregistry.serve.inference import InferenceService

if TYPE_CHECKING:
    from exo_nbregistry.registry.facade import ModelRegistry

log = logging.getLogger("exo_nbregistry")
RETRY_S = 60.0


class LiveService:
    """The service of a reference, updated by each call of `refresh`.

    Read `current` once per request: it is replaced by one assignment, so each answer comes from
    one version.

    Parameters
    ----------
    registry : ModelRegistry
        The registry.
    ref : str
        Any reference; one with a version number never moves.
    extrapolate, trust, unsafe
        As for `InferenceService`.

    Attributes
    ----------
    ref : str
        The reference.
    current : InferenceService
        The version that the reference meant when it was last resolved and loaded.
    trouble : str or None
        Why `current` is not the version that the reference means now.
    """

    def __init__(
        self,
        registry: ModelRegistry,
        ref: str,
        *,
        extrapolate: bool = False,
        trust: Sequence[str] = (),
        unsafe: bool = False,
    ) -> None:
        self.ref = ref
        self.trouble: str | None = None
        self._registry = registry
        self._open = partial(
            InferenceService, registry, extrapolate=extrapolate, trust=trust, unsafe=unsafe
        )
        self._failed: tuple[str, float] = ("", 0.0)
        self.current = self._open(ref)

    def refresh(self, prepare: Callable[[InferenceService], object] = lambda _: None) -> bool:
        """Load the version that the reference means now; return whether it has changed.

        If it cannot be loaded, the old version continues to answer.

        Parameters
        ----------
        prepare : callable, optional
            Receives the new service before it becomes `current`.
        """
        target = self.ref
        try:
            target = self._registry.get_metadata(self.ref).model_id
            if target == self.current.version:
                self.trouble = None
                return False
            if self._failed[0] == target and time.monotonic() < self._failed[1]:
                return False
            service = self._open(target)
            prepare(service)
        except Exception as error:  # noqa: BLE001 - unpickling may raise anything; keep answering
            self._record_failure(target, error)
            return False
        self.current = service
        self.trouble = None
        log.info("%s now serves %s.", self.ref, target)
        return True

    def _record_failure(self, target: str, error: Exception) -> None:
        trouble = f"{target} cannot be loaded: {error}"
        if trouble != self.trouble:
            log.warning("%s Still serving %s.", trouble, self.current.version)
        self.trouble = trouble
        self._failed = target, time.monotonic() + RETRY_S
