"""Files in the cache of DVC."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.sources.dvc_cache import (
    DvcCache,
    MissingFromCacheError,
    Out,
    below_root,
    read_outs,
)
from tests.gto_store import cached, cached_folder


@given(st.text("ab./\0", max_size=12), st.text("ab./\0", max_size=12))
def test_no_path_leads_above_the_root(folder: str, path: str) -> None:
    """A path is below the root, without dots, or it is refused."""
    found = below_root(folder.strip("/."), path)
    if found is not None:
        assert not PurePosixPath(found).is_absolute()
        assert ".." not in found.split("/")
        assert os.path.normpath(found) == found


@given(
    st.recursive(
        st.none() | st.text(max_size=3),
        lambda v: (
            st.lists(v) | st.dictionaries(st.sampled_from(["outs", "path", "md5", "hash"]), v)
        ),
        max_leaves=6,
    )
)
def test_damaged_outs_are_left_out(document: object) -> None:
    """Any form of the list of outs gives outs with a digest and a path, or none."""
    outs = list(read_outs({"outs": document}, "models"))
    assert all(len(out.md5) >= 32 for out in outs)


def test_the_folder_of_the_cache_can_be_set(tmp_path: Path) -> None:
    """The setting of the repository, and that of its user, lead to another folder."""
    md5 = cached(tmp_path, b"model")
    (tmp_path / ".dvc/cache").rename(tmp_path / "shared")
    out = Out("rf.pkl", md5, True)
    with pytest.raises(MissingFromCacheError, match="run dvc pull"):
        DvcCache(tmp_path).files(out)
    (tmp_path / ".dvc/config.local").write_text(f"[cache]\n    dir = {tmp_path / 'shared'}\n")
    (file,) = DvcCache(tmp_path).files(out).values()
    assert file.path.read_bytes() == b"model"


def test_damaged_settings_leave_the_usual_folder(tmp_path: Path) -> None:
    """A settings file that cannot be read, and one of binary data, are left out."""
    md5 = cached(tmp_path, b"model")
    for content in (b"no section = 1", b"\xff\xfe", b"[cache\ndir"):
        (tmp_path / ".dvc/config").write_bytes(content)
        assert list(DvcCache(tmp_path).files(Out("rf.pkl", md5, True))) == ["rf.pkl"]


def test_links_and_folders_in_the_cache_are_not_files(tmp_path: Path) -> None:
    """A link in the cache is not followed."""
    md5 = cached(tmp_path, b"model")
    path = tmp_path / ".dvc/cache/files/md5" / md5[:2] / md5[2:]
    path.rename(tmp_path / "outside")
    path.symlink_to(tmp_path / "outside")
    with pytest.raises(MissingFromCacheError):
        DvcCache(tmp_path).files(Out("rf.pkl", md5, True))


def test_a_file_of_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    """The error names the file, not only the folder."""
    md5 = cached_folder(tmp_path, {"a.pkl": b"a", "b.pkl": b"b"})
    missing = cached(tmp_path, b"b")
    (tmp_path / ".dvc/cache/files/md5" / missing[:2] / missing[2:]).unlink()
    with pytest.raises(MissingFromCacheError, match=r"model/b\.pkl is not in the cache"):
        DvcCache(tmp_path).files(Out("model", md5, True))


def test_line_ends_of_earlier_releases_are_not_damage(tmp_path: Path) -> None:
    """Before DVC 3, the digest of a text was of other line ends, so it is not compared."""
    md5 = cached(tmp_path, b"a\n", old=True)
    (tmp_path / ".dvc/cache" / md5[:2] / md5[2:]).write_bytes(b"a\r\n")
    assert DvcCache(tmp_path).files(Out("rf.json", md5, False))
    with pytest.raises(MissingFromCacheError, match="is damaged"):
        DvcCache(tmp_path).files(Out("rf.json", md5, True))
