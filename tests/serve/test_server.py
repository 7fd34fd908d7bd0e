"""The address that the server listens on, and the token that it requires."""

from __future__ import annotations

import socket

import pytest

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.serve.server import choose_token, listen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_free_port(host: str) -> None:
    """Port 0 selects a free port, another one for each server."""
    with listen(host, 0) as one, listen(host, 0) as other:
        assert one.getsockname()[1] != other.getsockname()[1]
        assert all(found.getsockname()[1] > 0 for found in (one, other))


def test_small_answers_are_sent_at_once() -> None:
    """Connections have an explicit TCP protocol, so asyncio sends small packets immediately."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP


def test_a_port_in_use() -> None:
    """If the port is in use or the address is not local, the error names the options."""
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RegistryError, match=f"port {port}.*--host or --port"):
            listen("127.0.0.1", port)
    with pytest.raises(RegistryError, match="--host or --port"):
        listen("192.0.2.1", 0)


def test_a_token_by_default_on_public_addresses() -> None:
    """On any address but loopback a new token is generated each time."""
    (one, new), (other, _) = (choose_token("0.0.0.0", None, required=None) for _ in range(2))
    assert new
    assert one is not None
    assert len(one) >= 43
    assert one != other
    assert choose_token("::", None, required=None)[1]
    assert choose_token("127.0.0.1", None, required=None) == (None, False)


def test_a_token_on_request() -> None:
    """A token of the user is used on any address; options require or omit it."""
    assert choose_token("127.0.0.1", "mine", required=None) == ("mine", False)
    assert choose_token("0.0.0.0", "mine", required=None) == ("mine", False)
    assert choose_token("0.0.0.0", None, required=False) == (None, False)
    assert choose_token("127.0.0.1", None, required=True)[1]
