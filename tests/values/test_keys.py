"""Where each thing is kept: keys of checked parts only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import InvalidReferenceError
from exo_nbregistry.values.keys import (
    BLOB_EXTENSIONS,
    blob_key,
    blob_parts,
    blobs_folder,
    event_key,
    event_number,
    event_numbers,
    events_folder,
    tmp_folder,
    version_key,
    version_number,
    version_numbers,
    versions_folder,
)
from exo_nbregistry.values.reference import MAX_VERSION

NUMBERS = st.integers(1, MAX_VERSION - 1)
SHA256 = "0123456789abcdef" * 4
FOLDERS = [versions_folder, events_folder, blobs_folder, tmp_folder]


@given(NUMBERS)
def test_a_number_is_read_back_from_its_file_name(number: int) -> None:
    """Versions and events find their numbers again, and never each other's."""
    version, event = version_key("m", number), event_key("m", number)
    assert version_number(version.rpartition("/")[2]) == number
    assert event_number(event.rpartition("/")[2]) == number
    assert version_number(event.rpartition("/")[2]) is None
    assert event_number(version.rpartition("/")[2]) is None


@given(st.text(max_size=20) | st.from_regex(r"[ve][0-9]{1,13}\.json", fullmatch=True))
def test_a_number_has_one_spelling(name: str) -> None:
    """A file name that is read as a number is the one that the number is written as."""
    for parse, key in ((version_number, version_key), (event_number, event_key)):
        number = parse(name)
        assert number is None or key("m", number).rpartition("/")[2] == name


@pytest.mark.parametrize("name", ["v000000.json", "v000001.json\n", "V000001.json", "v٠٠٠٠٠١.json"])
def test_a_similar_file_name_has_no_number(name: str) -> None:
    """Zero, line ends, capitals and other scripts' digits are invalid in a record name."""
    assert version_number(name) is None
    assert event_number(name.replace("v", "e")) is None


@given(
    st.sets(
        st.from_regex(r"[ve]0{0,6}[0-9]{0,7}\.json\n?", fullmatch=True)
        | st.text(st.characters(exclude_characters="\0"), max_size=15)
    )
)
def test_many_names_are_read_as_each_of_them_is(names: set[str]) -> None:
    """The numbers of a folder equal the numbers of its single file names."""
    for parse, parse_all in ((version_number, version_numbers), (event_number, event_numbers)):
        assert parse_all(names) == sorted(n for name in names if (n := parse(name)) is not None)


def test_files_sort_as_their_numbers_do() -> None:
    """Up to a million versions, a listing by name is a listing by number."""
    names = [version_key("m", number) for number in (1, 9, 10, 99_999, 100_000, 999_999)]
    assert names == sorted(names)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("model", ["", "..", "../a", "a/b", "A", "con", "a" * 65])
def test_no_key_leaves_the_registry(folder: object, model: str) -> None:
    """A model key outside the grammar is refused before it is part of any path."""
    with pytest.raises(InvalidReferenceError, match="Invalid model key"):
        folder(model)  # type: ignore[operator]


@pytest.mark.parametrize("extension", BLOB_EXTENSIONS)
def test_a_payload_is_read_back_from_its_file_name(extension: str) -> None:
    """A payload name has the digest and the format."""
    assert blob_parts(blob_key("m", SHA256, extension).rpartition("/")[2]) == (SHA256, extension)


@pytest.mark.parametrize(
    ("sha256", "extension"),
    [
        (SHA256, "exe"),
        (SHA256, "joblib/../x"),
        (SHA256.upper(), "joblib"),
        (SHA256[1:], "joblib"),
        (f"../{SHA256}", "joblib"),
        (SHA256, "joblib\n"),
    ],
)
def test_no_other_payload_has_a_key(sha256: str, extension: str) -> None:
    """A digest or a kind outside the closed list is refused, and never read off a name."""
    with pytest.raises(InvalidReferenceError, match="Invalid payload name"):
        blob_key("m", sha256, extension)
    assert blob_parts(f"{sha256}.{extension}") is None
