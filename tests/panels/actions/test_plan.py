"""Plans: the shown code makes the same calls."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.panels.actions.plan import Plan, RegistryCall, join_references, require_active
from tests.html_page import PAYLOADS
from tests.panels.panel_driver import ActionsDriver

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.text() | st.booleans() | st.integers() | FLOATS | st.none()


class Recorder:
    """A registry that records its calls."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **options: self.calls.append((name, args, options))


def run(code: str) -> list[Any]:
    """Return the calls of the code."""
    recorder = Recorder()
    exec(code, {"registry": recorder})
    return recorder.calls


@given(args=st.lists(VALUES, max_size=3), options=st.dictionaries(st.text(), VALUES, max_size=3))
def test_the_code_makes_the_call(args: list[Any], options: dict[str, Any]) -> None:
    """The code passes any arguments unchanged."""
    call = RegistryCall("tag_model", tuple(args), options)
    code = Plan("", "", (call,), "").code
    assert run(code) == [("tag_model", tuple(args), options)]
    assert code.isprintable()


@given(refs=st.lists(st.text(), min_size=2, max_size=4), value=VALUES)
def test_the_loop_makes_all_calls(refs: list[str], value: Any) -> None:
    """The code for several versions is a loop with the same calls in the same order."""
    calls = tuple(RegistryCall("tag_model", (ref, value), {"is": value}) for ref in refs)
    code = Plan("", "", calls, "").code
    assert run(code) == [("tag_model", (ref, value), {"is": value}) for ref in refs]
    assert len(code.split("\n")) == 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(payload: str) -> None:
    """Text that closes its quotes remains an argument."""
    call = RegistryCall("annotate", ("m:1", f"{payload}'); registry.purge_model('m:1'); ('"))
    assert [name for name, *_ in run(call.code())] == ["annotate"]


def test_many_versions_are_counted() -> None:
    """Up to five versions are named, and more are counted."""
    assert join_references(["m:1"]) == "m:1"
    assert join_references(["m:1", "m:2", "m:3"]) == "m:1, m:2 and m:3"
    assert join_references([f"m:{n}" for n in range(1000)]).startswith(
        "1,000 versions (m:0, m:1, m:2"
    )


def test_a_deleted_version_is_rejected(driver: ActionsDriver) -> None:
    """The error states whether the version is deleted or purged."""
    require_active(driver.other, "toy:1")
    driver.other.delete_model("toy:1")
    with pytest.raises(LookupError, match="toy:1 is deleted; restore it first"):
        require_active(driver.other, "toy:1")
    driver.other.purge_model("toy:1")
    with pytest.raises(LookupError, match="toy:1 is purged; its model was deleted permanently"):
        require_active(driver.other, "toy:1")
