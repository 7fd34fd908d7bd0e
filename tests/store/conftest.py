"""Make pytest explain failed asserts in the contract."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.store.conformance", "tests.store.payload_contract")
