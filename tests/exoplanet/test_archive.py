"""Fetching the archive's current table: what comes, what is kept, and what takes its place."""

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
from exo_nbregistry.exoplanet.archive import FetchError, SnapshotWarning, query_url
from exo_nbregistry.exoplanet.features import FEATURE_SETS, resolve_features
from exo_nbregistry.location import cache_folder
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
    """Run an archive on this machine."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running_archive() as archive:
        yield archive


@pytest.fixture
def slept() -> list[float]:
    """Hold how long the fetcher would have slept."""
    return []


@pytest.fixture
def fetch(archive: Archive, slept: list[float]) -> Fetch:
    """Fetch from that archive, on a Monday, without sleeping."""

    def fetch(features: Any = "honest22", **others: Any) -> Any:
        told = {"source": archive.url, "min_rows": ROWS, "progress": False, "timeout": 10.0}
        told |= {"sleep": slept.append, "now": lambda: MONDAY}
        return fetch_koi(features, **(told | others))

    return fetch


def kept() -> list[Path]:
    """Return the files in the cache."""
    return sorted(cache_folder().rglob("*.*"))


def without_column(name: str) -> bytes:
    """Return the table with one column under another name."""
    head, _, rest = body().partition(b"\n")
    return head.replace(name.encode(), b"something_else") + b"\n" + rest


def test_what_comes_is_a_bunch_like_the_embedded_tables(fetch: Fetch) -> None:
    """A fetched table has the parts of the embedded one, and the same values where it has rows."""
    fetched, embedded = fetch("diagnostic38"), load_koi("diagnostic38")
    assert set(fetched) == set(embedded)
    assert len(fetched.frame) == ROWS
    same = embedded.data.loc[fetched.data.index]
    pd.testing.assert_frame_equal(fetched.data, same, check_dtype=False, check_exact=True)
    assert fetched.target.equals(embedded.target.loc[fetched.target.index])
    assert fetched.groups.equals(embedded.groups.loc[fetched.groups.index])
    assert set(fetched.candidates["koi_disposition"]) == {"CANDIDATE"}
    assert fetched.feature_names == list(FEATURE_SETS["diagnostic38"])


def test_it_says_what_it_is(fetch: Fetch) -> None:
    """Snapshot, digest and description are those of what came, with the archive's citation."""
    fetched = fetch()
    assert fetched.snapshot == "2026-11-23"
    assert fetched.sha256 == hashlib.sha256(body()).hexdigest()
    assert fetched.name == "kepler_koi_cumulative"
    for text in (fetched.snapshot, fetched.sha256, "made use of the NASA", "10.26133/NEA4"):
        assert text in fetched.DESCR


def test_the_request_is_polite(fetch: Fetch, archive: Archive) -> None:
    """One request is made, and it says whose it is."""
    fetch()
    (request,) = archive.asked
    assert "exo-nbregistry" in request.headers["User-Agent"]


def test_progress_is_shown_on_request(fetch: Fetch, capsys: pytest.CaptureFixture[str]) -> None:
    """A bar tells how much has come, and nothing does where none is wanted."""
    fetch()
    assert capsys.readouterr().err == ""
    fetch(max_age_days=0, progress=True)
    assert "Downloading: 100%" in capsys.readouterr().err


def test_the_archive_is_asked_for_columns_by_name() -> None:
    """The query names every column of every feature set, and the label; never a star."""
    address, _, query = query_url().partition("?")
    asked = dict(urllib.parse.parse_qsl(query))
    columns = asked["query"].removeprefix("select ").removesuffix(" from cumulative").split(",")
    assert address == "https://exoplanetarchive.ipac.caltech.edu/TAP/sync"
    assert asked["format"] == "csv"
    assert {"kepid", "kepoi_name", "koi_disposition"} <= set(columns)
    assert set(FEATURE_SETS["diagnostic38"]) <= set(columns)


def test_without_a_source_the_archive_is_asked(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By default the query goes to the archive's own address, and all its columns must come."""
    monkeypatch.setattr("exo_nbregistry.exoplanet.archive.TAP", archive.url)
    fetched = fetch_koi(min_rows=ROWS, progress=False, now=lambda: MONDAY)
    assert len(fetched.frame) == ROWS
    assert "query=select+kepid" in archive.asked[0].path
    assert "asked: select kepid," in fetched.DESCR
    archive.answers = [send(without_column("koi_ror"))]
    with pytest.raises(FetchError, match="no column koi_ror"):
        fetch_koi(min_rows=ROWS, progress=False, max_age_days=0, fallback=False)


def test_a_fresh_table_is_not_fetched_again(fetch: Fetch, archive: Archive) -> None:
    """For a week the table is taken from the cache; then the archive is asked again."""
    first = fetch()
    again = fetch(now=lambda: MONDAY + timedelta(days=6.9))
    assert len(archive.asked) == 1
    assert again.frame.equals(first.frame)
    assert (again.snapshot, again.sha256) == (first.snapshot, first.sha256)
    assert fetch(now=lambda: MONDAY + timedelta(days=7)).snapshot == "2026-11-30"
    assert len(archive.asked) == 2


def test_asking_again_can_be_asked_for(fetch: Fetch, archive: Archive) -> None:
    """No table is young enough for max_age_days=0."""
    fetch()
    fetch(max_age_days=0)
    assert len(archive.asked) == 2


def test_the_cache_says_what_it_holds(fetch: Fetch, archive: Archive) -> None:
    """The manifest has address, date, size and digest of the one table beside it."""
    fetch()
    manifest, table = sorted(kept(), key=lambda path: path.suffix, reverse=True)
    assert table.read_bytes() == body()
    assert json.loads(manifest.read_text()) == {
        "url": archive.url,
        "fetched_at": "2026-11-23T12:00:00+00:00",
        "sha256": hashlib.sha256(body()).hexdigest(),
        "size_bytes": len(body()),
    }


def test_a_new_table_replaces_the_old_one(fetch: Fetch, archive: Archive) -> None:
    """The cache holds the last table only, and no piece of any other."""
    fetch()
    archive.answers = [send(body(ROWS + 1))]
    assert len(fetch(max_age_days=0).frame) == ROWS + 1
    assert len(kept()) == 2


BROKEN = {
    "cut": (send(body()[:5000], promised=len(body())), "sent 5000 of"),
    "cut without a promise": (send_without_length(body()[:5000]), "it was cut"),
    "too few rows": (send(body(ROWS - 1)), f"{ROWS - 1} rows and not at least {ROWS}"),
    "an error page": (send(PAGE), "ORA-00904: no such column"),
    "a text": (send(b"ERROR\n"), "no column kepoi_name"),
    "nothing": (send(b""), "no column kepoi_name"),
    "a picture": (send(b"\x89PNG\r\n\x1a\n"), "it is no text"),
    "a column under another name": (
        send(without_column("koi_period_err1")),
        "no column koi_period_err1",
    ),
    "words for numbers": (
        send(body().replace(b",14230.9,", b",deep,")),
        "koi_depth holds something that is no number",
    ),
    "an unknown label": (send(body().replace(b",CONFIRMED,", b",SURE,")), "'SURE'"),
    "a KOI twice": (send(body().replace(b"K00001.01", b"K00002.01")), "twice"),
    "not found": (send(b"", status=404), r"status 404\."),
    "a bad query": (send(PAGE, status=400), "status 400, saying: ORA-00904: no such column"),
    "a bad query, cut": (send(PAGE, status=400, promised=9999), "status 400"),
    "busy": (send(b"busy", status=503), "status 503"),
    "no content": (send(b"", status=204), "status 204"),
}


@pytest.mark.parametrize(("answer", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_what_is_no_table_is_replaced_with_a_warning(
    fetch: Fetch, archive: Archive, answer: Answer, reason: str
) -> None:
    """A bad answer leaves the cache as it was and gives its table, or else the embedded one."""
    good, archive.answers = archive.answers, [answer]
    with pytest.raises(FetchError, match=reason) as refusal:
        fetch(fallback=False)
    assert archive.url in str(refusal.value)
    with pytest.warns(SnapshotWarning, match=rf"{reason}.*embedded DR25 table of 2017-07-19"):
        assert fetch("five").snapshot == "2017-07-19"
    assert kept() == []

    archive.answers = good
    fetch()
    files = {path: path.read_bytes() for path in kept()}
    archive.answers = [answer]
    with pytest.warns(SnapshotWarning, match=rf"{reason}.*cache, as it was on 2026-11-23"):
        later = fetch(now=lambda: MONDAY + timedelta(days=30))
    assert (later.snapshot, len(later.frame)) == ("2026-11-23", ROWS)
    assert {path: path.read_bytes() for path in kept()} == files


def test_a_busy_archive_is_asked_again_later(
    fetch: Fetch, archive: Archive, slept: list[float]
) -> None:
    """After a 503 the next answer counts, and waits grow from one attempt to the next."""
    busy = send(b"busy", status=503)
    cut = send(body()[:9], promised=len(body()))
    archive.answers = [busy, cut, busy, send(body())]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(fetch().frame) == ROWS
    assert len(slept) == 3
    assert [least <= wait <= 2 * least for wait, least in zip(slept, (0.5, 1, 2), strict=True)] == [
        True
    ] * 3


def test_what_would_not_change_is_not_asked_again(
    fetch: Fetch, archive: Archive, slept: list[float]
) -> None:
    """An address that does not exist and a page in the table's place are asked for once."""
    for answer in (send(b"gone", status=404), send(PAGE)):
        archive.asked, archive.answers = [], [answer]
        with pytest.raises(FetchError):
            fetch(fallback=False)
        assert len(archive.asked) == 1
    assert slept == []


@pytest.mark.parametrize("slow", [Archive.say_nothing, Archive.drip])
def test_a_slow_archive_is_given_up(
    fetch: Fetch, archive: Archive, slow: Callable[[Archive, Any], None]
) -> None:
    """An archive that says nothing, or a byte now and then for ever, is not waited for."""
    archive.answers = [lambda request: slow(archive, request)]
    with pytest.raises(FetchError, match=r"said nothing for 0\.05 s|bytes in 0\.5 s"):
        fetch(fallback=False, timeout=0.05)
    assert len(archive.asked) == 4
    assert kept() == []


def test_a_closed_port_is_not_knocked_at_again(fetch: Fetch, slept: list[float]) -> None:
    """Without anybody there, the embedded table comes at once."""
    with running_archive() as gone:
        url = gone.url
    with pytest.warns(SnapshotWarning, match="connection failed"):
        assert fetch(source=url).snapshot == "2017-07-19"
    assert slept == []


def damage_table(manifest: Path, table: Path) -> None:
    """Cut the table."""
    table.write_bytes(table.read_bytes()[:-1])


def damage_manifest(manifest: Path, table: Path) -> None:
    """Cut the manifest."""
    manifest.write_text("{")


def lose_table(manifest: Path, table: Path) -> None:
    """Remove the table."""
    table.unlink()


def point_elsewhere(manifest: Path, table: Path) -> None:
    """Let the manifest name a file elsewhere."""
    fields = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(fields | {"sha256": "../../secret"}))


@pytest.mark.parametrize("damage", [damage_table, damage_manifest, lose_table, point_elsewhere])
def test_a_damaged_cache_is_no_cache(
    fetch: Fetch, archive: Archive, damage: Callable[[Path, Path], None]
) -> None:
    """A table that is not the one that came is fetched again, and never used in its place."""
    fetch()
    damage(*sorted(kept(), key=lambda path: path.suffix, reverse=True))
    assert len(fetch().frame) == ROWS
    assert len(archive.asked) == 2
    damage(*sorted(kept(), key=lambda path: path.suffix, reverse=True))
    archive.answers = [send(PAGE)]
    with pytest.warns(SnapshotWarning, match="embedded"):
        fetch()


def test_a_cache_that_cannot_be_written(
    fetch: Fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no file can be kept, the embedded table comes, and the warning says what to set."""
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    monkeypatch.setenv("EXO_NBREGISTRY_CACHE_DIR", str(blocked))
    with pytest.warns(SnapshotWarning, match="set EXO_NBREGISTRY_CACHE_DIR"):
        assert fetch().snapshot == "2017-07-19"


def test_what_a_killed_download_left_is_removed(fetch: Fetch) -> None:
    """Pieces older than a day go with the next download; younger ones may still be written."""
    import os

    fetch()
    old, young = (cache_folder() / "koi" / name for name in (".tmp-1-a", ".tmp-1-b"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    fetch(max_age_days=0)
    assert (old.exists(), young.exists()) == (False, True)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_as_it_is(tmp_path: Path, packed: bool) -> None:
    """A CSV of one's own, plain or compressed, is read past its comments, and nothing is kept."""
    content = b"# Produced by the archive\n# Mon Jun 22 08:15:00 2026\n" + body()
    path = tmp_path / "koi.csv"
    path.write_bytes(gzip.compress(content) if packed else content)
    read = fetch_koi(source=path, min_rows=ROWS)
    assert len(read.frame) == ROWS
    assert read.snapshot == "2026-06-22"
    assert read.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert kept() == []


def test_a_file_that_is_no_table_is_an_error(tmp_path: Path) -> None:
    """For a file of one's own there is no other in its place: the error says what is wrong."""
    path = tmp_path / "koi.csv.gz"
    for content in (None, PAGE, gzip.compress(body())[:-9]):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(FetchError, match=r"koi\.csv\.gz was not read: .*Give another source"):
            fetch_koi(source=path)


def test_the_archives_typing_error(fetch: Fetch, archive: Archive) -> None:
    """A flag that is neither 0 nor 1 is missing, and the description says so."""
    odd = body().replace(b",CONFIRMED,CANDIDATE,0.811,0,", b",CONFIRMED,CANDIDATE,0.811,465,")
    archive.answers = [send(odd)]
    fetched = fetch()
    assert fetched.frame["koi_fpflag_nt"].isna().sum() == 1
    assert "koi_fpflag_nt of K00001.01 is 465, which is no flag" in fetched.DESCR


def test_leaks_of_the_current_table_are_refused(fetch: Fetch) -> None:
    """The guard stands before a fetched table as before the embedded one, fallback or not."""
    with pytest.raises(LeakageError, match="koi_score"):
        fetch(["koi_period", "koi_score"])
    assert fetch(["koi_score"], allow_leakage="koi_score").leakage == ["koi_score"]


@pytest.mark.skipif(
    not TABLE_2026.is_file(), reason="the archive's table of 2026 is not on this machine"
)
def test_the_archives_table_of_2026() -> None:
    """On the whole cumulative table each leaking column is refused by name, and quirks are met."""
    koi = fetch_koi(source=TABLE_2026)
    assert (koi.data.shape, int(koi.target.sum()), len(koi.candidates)) == ((7586, 22), 2747, 1978)
    assert "koi_fpflag_nt of K00477.01 is 465" in koi.DESCR
    assert koi.frame["koi_teq"].isna().sum() == 363
    roles = json.loads(shared_file("koi_columns.json").read_text())
    leaks = [name for name, about in roles.items() if about["role"] in ("leak", "soft-leak")]
    assert len(leaks) == 18
    with pytest.raises(LeakageError) as refusal:
        fetch_koi(leaks, source=TABLE_2026)
    assert refusal.value.columns == tuple(leaks)
    for name in leaks:
        with pytest.raises(LeakageError, match=f"'{name}' leaks the label"):
            resolve_features([name], available=koi.frame.columns)
