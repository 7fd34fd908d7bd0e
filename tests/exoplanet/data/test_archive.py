"""Download, cache and fallback of the archive's current table."""

from __future__ import annotations

import gzip
import hashlib
import json
import urllib.parse
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks.shared import shared_file
from exo_nbregistry.exoplanet import LeakageError, fetch_koi, load_koi
from exo_nbregistry.exoplanet.data.archive import FetchError, SnapshotWarning, query_url
from exo_nbregistry.exoplanet.data.features import FEATURE_SETS, resolve_features
from exo_nbregistry.signing.user_files import cache_folder
from tests.exoplanet.archive_server import (
    ROWS,
    Answer,
    Archive,
    body,
    running_archive,
    send,
    send_without_length,
)

TABLE_2026 = shared_file("koi_cumulative.csv.gz")
MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAGE = b"<?xml version='1.0'?>\n<VOTABLE><INFO>ORA-00904: no such column</INFO></VOTABLE>"
Fetch = Callable[..., Any]


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """Run an archive server on this machine."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running_archive() as archive:
        yield archive


@pytest.fixture
def slept() -> list[float]:
    """Return a list that receives the delays between attempts."""
    return []


@pytest.fixture
def fetch(archive: Archive, slept: list[float]) -> Fetch:
    """Return a function that fetches from this archive, on a Monday, without delays."""

    def fetch(features: Any = "honest22", **others: Any) -> Any:
        options = {"source": archive.url, "min_rows": ROWS, "progress": False, "timeout": 10.0}
        options |= {"sleep": slept.append, "now": lambda: MONDAY}
        return fetch_koi(features, **(options | others))

    return fetch


def cached_files() -> list[Path]:
    """Return the files in the cache."""
    return sorted(cache_folder().rglob("*.*"))


def without_column(name: str) -> bytes:
    """Return the table with one column under another name."""
    head, _, rest = body().partition(b"\n")
    return head.replace(name.encode(), b"something_else") + b"\n" + rest


def test_a_fetched_table_is_like_the_embedded_one(fetch: Fetch) -> None:
    """A fetched table has the fields of the embedded one, and equal values in common rows."""
    fetched, embedded = fetch("diagnostic38"), load_koi("diagnostic38")
    assert set(fetched) == set(embedded)
    assert len(fetched.frame) == ROWS
    same = embedded.data.loc[fetched.data.index]
    pd.testing.assert_frame_equal(fetched.data, same, check_dtype=False, check_exact=True)
    assert fetched.target.equals(embedded.target.loc[fetched.target.index])
    assert fetched.groups.equals(embedded.groups.loc[fetched.groups.index])
    assert set(fetched.candidates["koi_disposition"]) == {"CANDIDATE"}
    assert fetched.feature_names == list(FEATURE_SETS["diagnostic38"])


def test_a_fetched_table_has_its_source(fetch: Fetch) -> None:
    """Snapshot, digest and description match the download and include the citation."""
    fetched = fetch()
    assert fetched.snapshot == "2026-11-23"
    assert fetched.sha256 == hashlib.sha256(body()).hexdigest()
    assert fetched.name == "kepler_koi_cumulative"
    for text in (fetched.snapshot, fetched.sha256, "made use of the NASA", "10.26133/NEA4"):
        assert text in fetched.DESCR


def test_one_request_names_the_package(fetch: Fetch, archive: Archive) -> None:
    """A fetch sends one request, and its user agent names this package."""
    fetch()
    (request,) = archive.asked
    assert "exo-nbregistry" in request.headers["User-Agent"]


def test_progress_is_shown_on_request(fetch: Fetch, capsys: pytest.CaptureFixture[str]) -> None:
    """A progress bar is shown only if it is requested."""
    fetch()
    assert capsys.readouterr().err == ""
    fetch(max_age_days=0, progress=True)
    assert "Downloading: 100%" in capsys.readouterr().err


def test_the_query_names_the_columns() -> None:
    """The query names every column of the feature sets and the label, not an asterisk."""
    address, _, query = query_url().partition("?")
    asked = dict(urllib.parse.parse_qsl(query))
    columns = asked["query"].removeprefix("select ").removesuffix(" from cumulative").split(",")
    assert address == "https://exoplanetarchive.ipac.caltech.edu/TAP/sync"
    assert asked["format"] == "csv"
    assert {"kepid", "kepoi_name", "koi_disposition"} <= set(columns)
    assert set(FEATURE_SETS["diagnostic38"]) <= set(columns)


def test_the_default_source_is_the_archive(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default the query goes to the archive, and the response must have all columns."""
    monkeypatch.setattr("exo_nbregistry.exoplanet.data.archive.TAP", archive.url)
    fetched = fetch_koi(min_rows=ROWS, progress=False, now=lambda: MONDAY)
    assert len(fetched.frame) == ROWS
    assert "query=select+kepid" in archive.asked[0].path
    assert "query: select kepid," in fetched.DESCR
    archive.answers = [send(without_column("koi_ror"))]
    with pytest.raises(FetchError, match="lacks the columns koi_ror"):
        fetch_koi(min_rows=ROWS, progress=False, max_age_days=0, fallback=False)


def test_a_fresh_table_is_not_fetched_again(fetch: Fetch, archive: Archive) -> None:
    """The cached table is used for a week; then the table is fetched again."""
    first = fetch()
    again = fetch(now=lambda: MONDAY + timedelta(days=6.9))
    assert len(archive.asked) == 1
    assert again.frame.equals(first.frame)
    assert (again.snapshot, again.sha256) == (first.snapshot, first.sha256)
    assert fetch(now=lambda: MONDAY + timedelta(days=7)).snapshot == "2026-11-30"
    assert len(archive.asked) == 2


def test_max_age_zero_always_fetches(fetch: Fetch, archive: Archive) -> None:
    """With max_age_days=0, each call fetches the table."""
    fetch()
    fetch(max_age_days=0)
    assert len(archive.asked) == 2


def test_the_cache_has_a_manifest(fetch: Fetch, archive: Archive) -> None:
    """The manifest has the URL, date, size and digest of the cached table."""
    fetch()
    manifest, table = sorted(cached_files(), key=lambda path: path.suffix, reverse=True)
    assert table.read_bytes() == body()
    assert json.loads(manifest.read_text()) == {
        "url": archive.url,
        "fetched_at": "2026-11-23T12:00:00+00:00",
        "sha256": hashlib.sha256(body()).hexdigest(),
        "size_bytes": len(body()),
    }


def test_a_new_table_replaces_the_old_one(fetch: Fetch, archive: Archive) -> None:
    """The cache holds only the last table."""
    fetch()
    archive.answers = [send(body(ROWS + 1))]
    assert len(fetch(max_age_days=0).frame) == ROWS + 1
    assert len(cached_files()) == 2


INVALID = {
    "incomplete": (send(body()[:5000], promised=len(body())), "only 5000 of"),
    "incomplete without a length": (send_without_length(body()[:5000]), r"row \d+ has \d+ of \d+"),
    "too few rows": (send(body(ROWS - 1)), f"{ROWS - 1} rows, expected at least {ROWS}"),
    "an error page": (send(PAGE), "ORA-00904: no such column"),
    "a text": (send(b"ERROR\n"), "lacks the columns kepoi_name"),
    "nothing": (send(b""), "lacks the columns kepoi_name"),
    "an image": (send(b"\x89PNG\r\n\x1a\n"), "the content is not text"),
    "a column under another name": (
        send(without_column("koi_period_err1")),
        "lacks the columns koi_period_err1",
    ),
    "text instead of a number": (
        send(body().replace(b",14230.9,", b",deep,")),
        "koi_depth has a value that is not a number",
    ),
    "an unknown label": (send(body().replace(b",CONFIRMED,", b",SURE,")), "'SURE'"),
    "a duplicated KOI": (send(body().replace(b"K00001.01", b"K00002.01")), "duplicated"),
    "not found": (send(b"", status=404), r"status 404\."),
    "a bad query": (send(PAGE, status=400), r"status 400 \(ORA-00904: no such column"),
    "a bad query, incomplete": (send(PAGE, status=400, promised=9999), "status 400"),
    "busy": (send(b"busy", status=503), "status 503"),
    "no content": (send(b"", status=204), "status 204"),
}


@pytest.mark.parametrize(("answer", "reason"), INVALID.values(), ids=INVALID.keys())
def test_an_invalid_table_is_replaced_with_a_warning(
    fetch: Fetch, archive: Archive, answer: Answer, reason: str
) -> None:
    """After an invalid response, the cached or the embedded table is used."""
    good, archive.answers = archive.answers, [answer]
    with pytest.raises(FetchError, match=reason) as caught:
        fetch(fallback=False)
    assert archive.url in str(caught.value)
    with pytest.warns(SnapshotWarning, match=rf"{reason}.*embedded DR25 table of 2017-07-19"):
        assert fetch("five").snapshot == "2017-07-19"
    assert cached_files() == []

    archive.answers = good
    fetch()
    files = {path: path.read_bytes() for path in cached_files()}
    archive.answers = [answer]
    with pytest.warns(SnapshotWarning, match=rf"{reason}.*cache, fetched on 2026-11-23"):
        later = fetch(now=lambda: MONDAY + timedelta(days=30))
    assert (later.snapshot, len(later.frame)) == ("2026-11-23", ROWS)
    assert {path: path.read_bytes() for path in cached_files()} == files


def test_a_busy_archive_is_retried(fetch: Fetch, archive: Archive, slept: list[float]) -> None:
    """After status 503 the request is repeated, with growing delays."""
    busy = send(b"busy", status=503)
    incomplete = send(body()[:9], promised=len(body()))
    archive.answers = [busy, incomplete, busy, send(body())]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(fetch().frame) == ROWS
    assert len(slept) == 3
    assert [low <= wait <= 2 * low for wait, low in zip(slept, (0.5, 1, 2), strict=True)] == [
        True
    ] * 3


def test_a_permanent_error_is_not_retried(
    fetch: Fetch, archive: Archive, slept: list[float]
) -> None:
    """A missing URL and a web page instead of a table are requested once."""
    for answer in (send(b"gone", status=404), send(PAGE)):
        archive.asked, archive.answers = [], [answer]
        with pytest.raises(FetchError):
            fetch(fallback=False)
        assert len(archive.asked) == 1
    assert slept == []


@pytest.mark.parametrize("slow", [Archive.withhold, Archive.drip])
def test_a_slow_archive_times_out(
    fetch: Fetch, archive: Archive, slow: Callable[[Archive, Any], None]
) -> None:
    """An archive that sends nothing, or a few bytes at a time, times out."""
    archive.answers = [lambda request: slow(archive, request)]
    with pytest.raises(FetchError, match=r"sent no data for 0\.05 s|bytes arrived in 0\.5 s"):
        fetch(fallback=False, timeout=0.05)
    assert len(archive.asked) == 4
    assert cached_files() == []


def test_a_closed_port_is_not_retried(fetch: Fetch, slept: list[float]) -> None:
    """If the server is down, the embedded table is returned without delay."""
    with running_archive() as stopped:
        url = stopped.url
    with pytest.warns(SnapshotWarning, match="connection failed"):
        assert fetch(source=url).snapshot == "2017-07-19"
    assert slept == []


def damage_table(manifest: Path, table: Path) -> None:
    """Truncate the table."""
    table.write_bytes(table.read_bytes()[:-1])


def damage_manifest(manifest: Path, table: Path) -> None:
    """Truncate the manifest."""
    manifest.write_text("{")


def lose_table(manifest: Path, table: Path) -> None:
    """Remove the table."""
    table.unlink()


def point_elsewhere(manifest: Path, table: Path) -> None:
    """Make the manifest name a file outside the cache."""
    fields = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(fields | {"sha256": "../../secret"}))


@pytest.mark.parametrize("damage", [damage_table, damage_manifest, lose_table, point_elsewhere])
def test_a_damaged_cache_is_ignored(
    fetch: Fetch, archive: Archive, damage: Callable[[Path, Path], None]
) -> None:
    """A damaged table is fetched again and never used."""
    fetch()
    damage(*sorted(cached_files(), key=lambda path: path.suffix, reverse=True))
    assert len(fetch().frame) == ROWS
    assert len(archive.asked) == 2
    damage(*sorted(cached_files(), key=lambda path: path.suffix, reverse=True))
    archive.answers = [send(PAGE)]
    with pytest.warns(SnapshotWarning, match="embedded"):
        fetch()


def test_a_cache_that_cannot_be_written(
    fetch: Fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the cache is not writable, the embedded table is used, and the warning has the fix."""
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(blocked))
    with pytest.warns(SnapshotWarning, match="set EXO_NBREGISTRY_CACHE_DIR"):
        assert fetch().snapshot == "2017-07-19"


def test_leftovers_of_a_killed_download_are_removed(fetch: Fetch) -> None:
    """The next download removes temporary files that are older than a day."""
    import os

    fetch()
    old, young = (cache_folder() / "koi" / name for name in (".tmp-1-a", ".tmp-1-b"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    fetch(max_age_days=0)
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_and_not_cached(tmp_path: Path, packed: bool) -> None:
    """A local CSV file with comments, plain or compressed, is read and not cached."""
    content = b"# Produced by the archive\n# Mon Jun 22 08:15:00 2026\n" + body()
    path = tmp_path / "koi.csv"
    path.write_bytes(gzip.compress(content) if packed else content)
    read = fetch_koi(source=path, min_rows=ROWS)
    assert len(read.frame) == ROWS
    assert read.snapshot == "2026-06-22"
    assert read.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert cached_files() == []


def test_an_invalid_file_is_an_error(tmp_path: Path) -> None:
    """An invalid local file has no fallback; the error has the reason."""
    path = tmp_path / "koi.csv.gz"
    for content in (None, PAGE, gzip.compress(body())[:-9]):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(FetchError, match=r"Cannot read .*koi\.csv\.gz: .*Pass another source"):
            fetch_koi(source=path)


def test_an_invalid_flag_is_missing(fetch: Fetch, archive: Archive) -> None:
    """A flag that is neither 0 nor 1 is set to missing and listed in the description."""
    odd = body().replace(b",CONFIRMED,CANDIDATE,0.811,0,", b",CONFIRMED,CANDIDATE,0.811,465,")
    archive.answers = [send(odd)]
    fetched = fetch()
    assert fetched.frame["koi_fpflag_nt"].isna().sum() == 1
    assert "koi_fpflag_nt of K00001.01 must be 0 or 1, got 465" in fetched.DESCR


def test_leaks_of_the_current_table_are_rejected(fetch: Fetch) -> None:
    """Leaking columns of a fetched table are rejected, as for the embedded one."""
    with pytest.raises(LeakageError, match="koi_score"):
        fetch(["koi_period", "koi_score"])
    assert fetch(["koi_score"], allow_leakage="koi_score").leakage == ["koi_score"]


@pytest.mark.skipif(
    not TABLE_2026.is_file(), reason="the archive's table of 2026 is not on this machine"
)
def test_the_archives_table_of_2026() -> None:
    """On the full cumulative table, each leak is rejected and invalid cells are missing."""
    koi = fetch_koi(source=TABLE_2026)
    assert (koi.data.shape, int(koi.target.sum()), len(koi.candidates)) == ((7586, 22), 2747, 1978)
    assert "koi_fpflag_nt of K00477.01 must be 0 or 1, got 465" in koi.DESCR
    assert koi.frame["koi_teq"].isna().sum() == 363
    roles = json.loads(shared_file("koi_columns.json").read_text())
    leaks = [name for name, about in roles.items() if about["role"] in ("leak", "soft-leak")]
    assert len(leaks) == 18
    with pytest.raises(LeakageError) as caught:
        fetch_koi(leaks, source=TABLE_2026)
    assert caught.value.columns == tuple(leaks)
    for name in leaks:
        with pytest.raises(LeakageError, match=f"'{name}' leaks the label"):
            resolve_features([name], available=koi.frame.columns)
