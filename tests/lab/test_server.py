"""The extension in a real server: access control, path attacks and random requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exo_nbregistry.api.routes import ROUTES
from exo_nbregistry.registry.facade import ModelRegistry
from tests.lab.running import API, BASE, CANARY, TOKEN, Running, running

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NAMES = {"name": "kepler", "version": "1", "alias": "champion", "tag": "a", "attachment": "b"}
BODIES = {"PUT": {"version": 3}, "POST": {"tags": {"x": 1}}}
PAIRS = [(route, verb) for route in ROUTES for verb in VERBS]
CHANGES = [(route, verb) for route, calls in ROUTES.items() for verb in calls if verb != "GET"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Start one server for all tests."""
    folder = tmp_path_factory.mktemp("server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXO_NBREGISTRY_CONFIG_DIR", str(folder / "config"))
        patch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(folder / "cache"))
        with running(folder) as server:
            yield server


def path_of(route: str, **names: str) -> str:
    """Return the path of a route with names."""
    filled = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda found: names[found[1]], route)
    return filled.replace("(?:/.*)?", "/unknown")


def revision(server: Running) -> str:
    """Return the revision of the registry below the root."""
    return ModelRegistry(server.root / "models/registry", create=False).revision()


# Access control.


@pytest.mark.parametrize(("route", "verb"), PAIRS)
def test_a_request_without_a_token_is_rejected(server: Running, route: str, verb: str) -> None:
    """Without a token, every method of every route is rejected."""
    path = path_of(route, registry=server.registry_id, **NAMES)
    for token in (None, "wrong", ""):
        refused = server.api(verb, path, BODIES.get(verb), token=token)
        assert refused.status == 403, (verb, path)
        assert b"kepler" not in refused.body


@pytest.mark.parametrize(("route", "verb"), CHANGES)
def test_other_sites_cannot_change_anything(server: Running, route: str, verb: str) -> None:
    """A cookie without the XSRF header cannot change anything."""
    login = server.send("GET", f"{BASE}/api/me?token={TOKEN}", token=None)
    cookies = "; ".join(f"{name}={value}" for name, value in login.cookies.items())
    path = path_of(route, registry=server.registry_id, **NAMES)
    assert server.api("GET", "/registries", token=None, Cookie=cookies).status == 200
    before = revision(server)
    for headers in ({}, {"X_XSRFToken": "wrong"}, {"Origin": "http://evil.example"}):
        refused = server.api(verb, path, BODIES.get(verb), token=None, Cookie=cookies, **headers)
        assert refused.status in (403, 404), (verb, path, headers)
        assert refused.json["reason"] in ("forbidden", "not_found")
    assert revision(server) == before


def test_jupyterlab_can_change_a_registry(server: Running) -> None:
    """A cookie with the XSRF header can move an alias."""
    login = server.send("GET", f"{BASE}/api/me?token={TOKEN}", token=None)
    page = server.send("GET", f"{BASE}/tree", token=TOKEN)
    xsrf = {**page.cookies, **login.cookies}.get("_xsrf")
    cookies = {**login.cookies, **({"_xsrf": xsrf} if xsrf else {})}
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    path = path_of(f"{ALIAS}", registry=server.registry_id, **NAMES)
    moved = server.api(
        "PUT", path, {"version": 3}, token=None, Cookie=header, X_XSRFToken=str(xsrf)
    )
    assert (moved.status, moved.json["version"]) == (200, 3)
    assert server.api("PUT", path, {"version": 2}).status == 200


ALIAS = next(route for route, calls in ROUTES.items() if "PUT" in calls)

# Path attacks.

NAUGHTY = [
    "..",
    ".",
    "../..",
    "../../outside/registry",
    "....//....//outside",
    "..;/",
    "..\\..\\outside",
    "/etc/passwd",
    "//etc/passwd",
    "file:///etc/passwd",
    "C:\\Windows\\win.ini",
    "C:/Windows/win.ini",
    "c:outside",
    "\\\\server\\share\\outside",
    "//server/share/outside",
    "\\\\?\\C:\\outside",
    "\\\\.\\pipe\\x",
    "link",
    "link/registry",
    "linked",
    "secret.ipynb",
    "models/registry/../../../outside/registry",
    "models/registry",
    "~",
    "~root",
    "$HOME",
    "%HOME%",
    "con",
    "nul",
    "aux.txt",
    "a:b",
    "kepler:1::$DATA",
    "\0",
    "kepler\0",
    "..\0/outside",
    "kepler\r\nX-Evil: 1",
    "kepler\n",
    " kepler",
    "a" * 300,
    "a" * 20_000,
    "../" * 3_000,
    "ｋｅｐｌｅｒ",
    "..／..／outside",
    "․․/outside",
    "\u202e..",
    "\ufeffkepler",
    "%2e%2e",
    "%252e%252e%252f",
    CANARY,
    f"../../outside/registry/models/{CANARY}",
    "*",
    "?",
    "[a]",
    "{kepler}",
    "kepler;ls",
    "`ls`",
    "$(ls)",
    "' OR 1=1 --",
    "kepler.json",
    "blobs",
    "models",
    "events/e000001.json",
    "../events/e000001",
]
RAW = [
    "/..%2f..%2foutside%2fregistry/models",
    "/%2e%2e/%2e%2e/outside",
    "/%252e%252e%252foutside",
    "/..%5c..%5coutside",
    "/%c0%ae%c0%ae/%c0%afoutside",
    "/%uff0e%uff0e/outside",
    "/%00",
    "/%ff%fe",
    "/../../../../outside/secret.txt",
    "/registries/../../../../../outside/secret.txt",
    "//outside/secret.txt",
    "/registries//models",
    "/registries/%2e%2e/models",
    "/registries/./models",
    "/;/registries",
    "/registries;x=/models",
    "/registries%3f/models",
    "/registries#/models",
    "\\..\\..\\outside",
    "/é/ü",
]


def encodings(text: str) -> list[str]:
    """Return a part of a path in several encodings."""
    once = quote(text, safe="")
    return [once, quote(once, safe=""), once.replace(".", "%2e"), once.replace("%", "%25")]


@pytest.mark.parametrize("naughty", NAUGHTY)
def test_nothing_outside_is_read(server: Running, naughty: str) -> None:
    """Path attacks in any part of a path read no file outside the root."""
    known = server.registry_id
    for part in encodings(naughty):
        for path in (
            f"/registries/{part}/models",
            f"/registries/{known}/models/{part}/history",
            f"/registries/{known}/models/kepler/versions/{part}",
            f"/registries/{known}/models/{part}/versions/1",
            f"/registries/{known}/versions?name={part}",
            f"/registries/{known}/panel?ref={part}",
            f"/registries/{known}/compare?ref=kepler:1&ref={part}",
            f"/registries/{known}/plot?kind=metric&ref={part}",
            f"/registries/{known}/models/kepler/versions/1?notebook={part}",
        ):
            check_clean(server, "GET", path)


@pytest.mark.parametrize("naughty", NAUGHTY)
def test_nothing_outside_is_written(server: Running, naughty: str) -> None:
    """Path attacks in changes write no file and no event."""
    known = server.registry_id
    before, files = revision(server), listing(server)
    for part in encodings(naughty):
        for verb, path, body in (
            ("PUT", f"/registries/{part}/models/kepler/aliases/a", {"version": 1}),
            ("PUT", f"/registries/{known}/models/{part}/aliases/a", {"version": 1}),
            ("PUT", f"/registries/{known}/models/kepler/aliases/{part}%2f", {"version": 1}),
            ("POST", f"/registries/{known}/models/{part}/versions/1/notes", {"text": "x"}),
            ("POST", f"/registries/{part}/models/{CANARY}/versions/1/delete", None),
        ):
            check_clean(server, verb, path, body)
    assert revision(server) == before
    assert listing(server) == files


@pytest.mark.parametrize("path", RAW)
def test_unknown_paths_are_not_found(server: Running, path: str) -> None:
    """A path that is not a route is a 404."""
    answer = check_clean(server, "GET", path)
    assert answer.status in (400, 403, 404)


def test_links_are_not_listed(server: Running) -> None:
    """Linked registries are not listed."""
    listed = server.api("GET", "/registries").json["registries"]
    assert [item["location"] for item in listed] == ["models/registry"]


def check_clean(server: Running, verb: str, path: str, body: Any = None) -> Any:
    """Send a request, and check that the reply discloses no outside file and no path."""
    answer = server.api(verb, path, body)
    assert answer.status < 500 or answer.json["reason"] == "damaged", (path, answer.body)
    sent = json.dumps(path).encode()
    if CANARY.encode() not in sent:
        assert CANARY.encode() not in answer.body, path
    assert b"root:x:0" not in answer.body
    assert str(server.root.parent).encode() not in answer.body, path
    assert "x-evil" not in answer.headers
    return answer


def listing(server: Running) -> set[str]:
    """Return all files below the parent of the root that the extension could have written."""
    folders = [server.root, server.outside]
    return {str(path) for folder in folders for path in folder.rglob("*")}


def test_the_canary_can_be_found(server: Running) -> None:
    """The canary text is in the listing of its own registry."""
    listed = ModelRegistry(server.outside / "registry", create=False).list_models()
    assert CANARY in listed.to_html()
    answer = server.api("GET", f"/registries/{server.registry_id}/models/{CANARY}/history")
    assert answer.status == 404
    assert CANARY in answer.json["message"]


# Random requests.

TEXT = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["kepler", "kepler:1", "champion", "1", "", "-1", "metrics.f1_score > 0"]),
)
PARAMETERS = [
    *("q", "where", "order_by", "limit", "offset", "metric", "name", "ref", "all", "kind"),
    *("include_deleted", "notebook", "x"),
]
QUERIES = st.dictionaries(
    st.sampled_from(PARAMETERS), st.one_of(TEXT, st.lists(TEXT, max_size=3)), max_size=4
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(["version", "expected", "protected", "tags", "text", "x"]), VALUES, max_size=4
)
REQUEST_BODIES = st.one_of(
    FIELDS.map(lambda fields: json.dumps(fields).encode()),
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
)
TYPES = st.sampled_from(["application/json", "text/plain", "application/json; charset=latin-1"])


@pytest.mark.parametrize(
    ("route", "verb"), [(route, verb) for route, calls in ROUTES.items() for verb in calls]
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_random_requests_do_not_fail(
    server: Running, route: str, verb: str, data: st.DataObject
) -> None:
    """Random paths, parameters and bodies do not cause a server error."""
    names = {
        name: data.draw(st.one_of(st.just(usual), TEXT.map(lambda text: quote(text, safe=""))))
        for name, usual in NAMES.items()
    }
    path = path_of(route, registry=server.registry_id, **names)
    query = urlencode(data.draw(QUERIES), doseq=True, errors="surrogatepass")
    headers = {"If_None_Match": data.draw(st.sampled_from(['"x"', "W/", "*", "\xe9", ""]))}
    body = None
    if verb != "GET":
        body = data.draw(REQUEST_BODIES)
        headers["Content_Type"] = data.draw(TYPES)
    answer = server.send(verb, f"{API}{path}?{query}", body, **headers)
    assert answer.status < 500, (path, query, body, answer.body)
    if answer.status >= 400:
        assert {"message", "reason", "hint"} <= answer.json.keys()
    assert str(server.root.parent).encode() not in answer.body


def test_the_log_has_no_traceback(server: Running) -> None:
    """No request of these tests caused an unexpected error."""
    assert server.api("GET", "/registries").status == 200
    log = Path(server.log).read_text(errors="replace")
    assert "Traceback" not in log
    # The server warns of methods without authentication.
    assert "of Endpoint registered" not in log
