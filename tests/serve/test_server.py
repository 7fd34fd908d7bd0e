"""Where the server listens, and which token it asks for."""

from __future__ import annotations

import socket

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.serve.auth import is_loopback
from exo_nbregistry.serve.server import choose_token, listen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_free_port(host: str) -> None:
    """Port 0 is any that is free, and two servers get two."""
    with listen(host, 0) as one, listen(host, 0) as other:
        assert one.getsockname()[1] != other.getsockname()[1]
        assert all(found.getsockname()[1] > 0 for found in (one, other))


def test_small_answers_are_sent_at_once() -> None:
    """Connections know to be TCP, by which asyncio tells which ones to send small packets on."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP


def test_a_port_that_is_taken() -> None:
    """Where somebody else listens, or no such address is here, the error says what to change."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RegistryError, match=f"port {port}.*--host or --port"):
            listen("127.0.0.1", port)
    with pytest.raises(RegistryError, match="--host or --port"):
        listen("192.0.2.1", 0)


def test_a_token_by_default_where_others_can_reach() -> None:
    """On any address but this machine's own a new token is made, and never the same twice."""
    (one, new), (other, _) = (choose_token("0.0.0.0", None, wanted=None) for _ in range(2))
    assert new
    assert one is not None
    assert len(one) >= 43
    assert one != other
    assert choose_token("::", None, wanted=None)[1]
    assert choose_token("127.0.0.1", None, wanted=None) == (None, False)


def test_a_token_as_wanted() -> None:
    """One's own token counts anywhere; it can be asked for and left out against the default."""
    assert choose_token("127.0.0.1", "mine", wanted=None) == ("mine", False)
    assert choose_token("0.0.0.0", "mine", wanted=None) == ("mine", False)
    assert choose_token("0.0.0.0", None, wanted=False) == (None, False)
    assert choose_token("127.0.0.1", None, wanted=True)[1]


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.9", True), ("LOCALHOST", True), ("::", False), ("", False), ("example.org", False)],
)
def test_which_addresses_are_this_machines(host: str, local: bool) -> None:
    """Only loopback addresses and localhost are out of reach for others."""
    assert is_loopback(host) is local
