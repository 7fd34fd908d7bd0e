"""Make pytest explain failed asserts in the contract."""

from __future__ import annotations

import pytest

for part in ("conformance", "guard_contract", "payload_contract", "tree_contract"):
    pytest.register_assert_rewrite(f"tests.store.{part}")
