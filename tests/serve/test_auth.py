"""Access to the server: the token, and loopback names without one."""

from __future__ import annotations

import pytest

from exo_nbregistry.serve.auth import is_loopback
from exo_nbregistry.serve.live_service import LiveService
from tests.serve.live_server import ROW, Client, running


def test_every_page_requires_the_token(live: LiveService) -> None:
    """Without the right token every page is 401 and reveals nothing about the model."""
    with running(live, token="open sesame") as port:
        wrong = (
            {},
            *({"Authorization": text} for text in ("open sesame", "Bearer open", "Bearer")),
        )
        for headers in (*wrong, {"Authorization": "Basic open sesame"}):
            with Client(port, headers) as client:
                answers = [
                    client.get(path) for path in ("/model", "/health", "/openapi.json", "/x")
                ]
                answers.append(client.predict(ROW))
            assert {answer.status for answer in answers} == {401}
            assert not any(b"kepler" in answer.content for answer in answers)
            assert answers[0].headers["www-authenticate"] == "Bearer"
        with Client(port, {"Authorization": "Bearer open sesame"}) as client:
            assert client.predict(ROW).status == 200
            document = client.get("/openapi.json").json
    assert document["components"]["securitySchemes"] == {
        "token": {"type": "http", "scheme": "bearer"}
    }
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) == 4
    assert all(operation["security"] == [{"token": []}] for operation in operations)


def test_only_loopback_names_without_a_token(live: LiveService) -> None:
    """Without a token only names of this machine are answered, against DNS rebinding."""
    with running(live, local_names_only=True) as port, Client(port) as client:
        assert client.get("/health").status == 200
        for host in (f"localhost:{port}", "[::1]", "127.0.0.1"):
            assert client.get("/health", Host=host).status == 200
        for host in (f"evil.example:{port}", "localhost.evil.example", ""):
            answer = client.get("/health", Host=host)
            assert (answer.status, list(answer.problems)) == (403, ["Host"])


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.9", True), ("LOCALHOST", True), ("::", False), ("", False), ("example.org", False)],
)
def test_which_addresses_are_loopback(host: str, local: bool) -> None:
    """Only loopback addresses and localhost cannot be reached from other machines."""
    assert is_loopback(host) is local
