"""The code that is shown is the code that is run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.panels.actions.plan import Plan, RegistryCall, listed, require_active
from tests.html_page import PAYLOADS
from tests.panels.panel_driver import ActionsDriver

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.text() | st.booleans() | st.integers() | FLOATS | st.none()


class Recorder:
    """A registry that keeps what is called."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **options: self.calls.append((name, args, options))


def run(code: str) -> list[Any]:
    """Return the calls that code makes."""
    recorder = Recorder()
    exec(code, {"registry": recorder})
    return recorder.calls


@given(args=st.lists(VALUES, max_size=3), options=st.dictionaries(st.text(), VALUES, max_size=3))
def test_the_code_makes_the_call(args: list[Any], options: dict[str, Any]) -> None:
    """Whatever the arguments and their names are, the line calls with exactly these."""
    call = RegistryCall("tag_model", tuple(args), options)
    code = Plan("", "", (call,), "").code
    assert run(code) == [("tag_model", tuple(args), options)]
    assert code.isprintable()


@given(refs=st.lists(st.text(), min_size=2, max_size=4), value=VALUES)
def test_the_loop_makes_all_calls(refs: list[str], value: Any) -> None:
    """Of several versions the code is one loop that makes the same calls in the same order."""
    calls = tuple(RegistryCall("tag_model", (ref, value), {"is": value}) for ref in refs)
    code = Plan("", "", calls, "").code
    assert run(code) == [("tag_model", (ref, value), {"is": value}) for ref in refs]
    assert len(code.split("\n")) == 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(payload: str) -> None:
    """What tries to leave its quotes is an argument, no code."""
    call = RegistryCall("annotate", ("m:1", f"{payload}'); registry.purge_model('m:1'); ('"))
    assert [name for name, *_ in run(call.code())] == ["annotate"]


def test_many_versions_are_counted() -> None:
    """Five are named, and of more how many there are."""
    assert listed(["m:1"]) == "m:1"
    assert listed(["m:1", "m:2", "m:3"]) == "m:1, m:2 and m:3"
    assert listed([f"m:{n}" for n in range(1000)]).startswith("1,000 versions (m:0, m:1, m:2")


def test_what_is_hidden_is_refused(driver: ActionsDriver) -> None:
    """Nothing is asked of a version that is deleted or purged; the sentence says which it is."""
    require_active(driver.other, "toy:1")
    driver.other.delete_model("toy:1")
    with pytest.raises(LookupError, match="toy:1 is deleted: restore it first"):
        require_active(driver.other, "toy:1")
    driver.other.purge_model("toy:1")
    with pytest.raises(LookupError, match="toy:1 is purged: its model is gone for good"):
        require_active(driver.other, "toy:1")
