"""The test browser cannot reach other machines, and records requests to them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.browser.chromium import Window
from tests.browser.server import Server

_REQUESTS = {
    "https://example.org/a.js": "() => fetch('https://example.org/a.js').then(() => 1, () => 0)",
    "http://93.184.215.14/": "() => fetch('http://93.184.215.14/').then(() => 1, () => 0)",
    "wss://example.org/": """() => new Promise(done => {
        const socket = new WebSocket('wss://example.org/');
        socket.onopen = () => done(1); socket.onerror = () => done(0);
    })""",
}


@pytest.mark.parametrize("address", _REQUESTS)
def test_requests_to_other_machines_fail_and_are_recorded(window: Window, address: str) -> None:
    """A request to another machine fails and is recorded."""
    assert window.page().evaluate(_REQUESTS[address]) == 0
    assert window.forget() == [address]


def test_the_server_can_be_reached_unless_offline(window: Window, server: Server) -> None:
    """The local server can be reached, except while offline."""
    address = f"{server.url}/api/status?token={server.token}"
    answer = window.page().goto(address)
    assert answer is not None
    assert answer.ok
    with window.offline() as page, pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(address)
