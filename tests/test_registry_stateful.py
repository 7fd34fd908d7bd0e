"""A registry and a dict agree after any sequence of calls."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.store.memory import MemoryStore
from tests.registry_machine import RegistryMachine


class MemoryMachine(RegistryMachine):
    """The same calls of a registry in memory."""

    def open_twice(self) -> list[ModelRegistry]:
        """Open the same new registry twice."""
        store = MemoryStore()
        return [ModelRegistry(store, create=True) for _ in range(2)]


RegistryMachine.TestCase.settings = settings(
    max_examples=settings.default.max_examples * 15 // 100,
    stateful_step_count=20,
    suppress_health_check=[HealthCheck.too_slow],
)
MemoryMachine.TestCase.settings = RegistryMachine.TestCase.settings
TestRegistry = RegistryMachine.TestCase
TestRegistryInMemory = MemoryMachine.TestCase
