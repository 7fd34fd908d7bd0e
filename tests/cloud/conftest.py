"""Make pytest explain failed asserts in the contract and in the state machine."""

from __future__ import annotations

import pytest

for part in ("conformance", "guard_contract", "payload_contract"):
    pytest.register_assert_rewrite(f"tests.store.{part}")
pytest.register_assert_rewrite("tests.registry_machine")
