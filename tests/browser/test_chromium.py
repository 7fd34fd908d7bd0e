"""The browser of these tests reaches no other machine, and tells when it is asked to."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.browser.chromium import Window
from tests.browser.server import Server

_ASKED = {
    "https://example.org/a.js": "() => fetch('https://example.org/a.js').then(() => 1, () => 0)",
    "http://93.184.215.14/": "() => fetch('http://93.184.215.14/').then(() => 1, () => 0)",
    "wss://example.org/": """() => new Promise(done => {
        const socket = new WebSocket('wss://example.org/');
        socket.onopen = () => done(1); socket.onerror = () => done(0);
    })""",
}


@pytest.mark.parametrize("address", _ASKED)
def test_other_machines_are_out_of_reach_and_noted(window: Window, address: str) -> None:
    """A request to another machine fails, and its address is kept."""
    assert window.page().evaluate(_ASKED[address]) == 0
    assert window.forget() == [address]


def test_this_machine_is_in_reach_unless_offline(window: Window, server: Server) -> None:
    """The server answers, and does not while there is no network."""
    address = f"{server.url}/api/status?token={server.token}"
    answer = window.page().goto(address)
    assert answer is not None
    assert answer.ok
    with window.offline() as page, pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(address)
