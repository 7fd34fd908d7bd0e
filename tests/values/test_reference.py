"""The grammar of names, aliases and references."""

from __future__ import annotations

import string
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import InvalidReferenceError
from exo_nbregistry.values.reference import (
    MAX_VERSION,
    Reference,
    check_alias,
    check_version,
    is_model_key,
    model_id,
    model_key,
    parse_reference,
)

DEVICES = ["con", "PRN", "aux", "nul", "com1", "lpt9", "nul.backup", "Con.txt"]
KEYS = st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?", fullmatch=True).filter(is_model_key)
ALIASES = st.from_regex(r"[a-z][a-z0-9_-]{0,62}", fullmatch=True).filter(
    lambda alias: alias != "latest" and not alias[1:].isdigit()
)
VERSIONS = st.integers(1, MAX_VERSION - 1)
REFERENCES = st.one_of(
    st.builds(Reference, KEYS, KEYS),
    st.builds(Reference, KEYS, KEYS, version=VERSIONS),
    st.builds(Reference, KEYS, KEYS, alias=ALIASES),
)


@given(REFERENCES)
def test_a_reference_is_read_back_from_its_spelling(reference: Reference) -> None:
    """The text of a reference is parsed to an equal reference."""
    again = parse_reference(str(reference))
    assert str(again) == str(reference)
    assert (again.version, again.alias) == (reference.version, reference.alias)


@pytest.mark.parametrize(
    ("text", "version", "alias"),
    [
        ("Kepler_RF", None, None),
        ("KEPLER_rf:3", 3, None),
        ("kepler_rf:v3", 3, None),
        ("kepler_rf:latest", None, None),
        ("kepler_rf@latest", None, None),
        ("kepler_rf@champion", None, "champion"),
    ],
)
def test_each_spelling_has_its_meaning(text: str, version: int | None, alias: str | None) -> None:
    """The key is in lower case, the name is kept for display, and latest is not an alias."""
    name = text.replace("@", ":").partition(":")[0]
    assert parse_reference(text) == Reference(name, "kepler_rf", version, alias)


@pytest.mark.parametrize(
    "text",
    [
        *["", ":", "@", ":3", "@champion", "a:", "a@", "a:0", "a:-1", "a:1.0", "a:03", "a:x"],
        *["a:1:2", "a@b@c", "a:1@b", "a@v3", "a@3", "a@B", "a: 1", "a:١", "a:" + "9" * 13],
    ],
)
def test_what_means_no_version_is_refused(text: str) -> None:
    """The error keeps what was typed and the rule that it breaks."""
    with pytest.raises(InvalidReferenceError) as refused:
        parse_reference(text)
    assert refused.value.rule


@pytest.mark.parametrize(
    "name",
    [
        *["..", "a..b", "../etc", "a/b", "a\\b", "/etc/passwd", "C:", ".hidden", "-rf", "a.", "_a"],
        *["a b", "a\n", "a\0", "größe", "\N{KELVIN SIGN}epler", "ﬁt", "модель", "a" * 65, *DEVICES],
    ],
)
def test_a_name_that_is_unsafe_in_a_path_is_rejected(name: str) -> None:
    """Paths, devices, hidden files and look-alike letters are refused as model names."""
    with pytest.raises(InvalidReferenceError, match="Invalid model name"):
        model_key(name)


@pytest.mark.parametrize("name", ["a", "7", "a" * 64, "kepler-rf_2.1", "console", "com10"])
def test_a_plain_name_is_a_name(name: str) -> None:
    """One letter is enough, 64 are not too many, and only real devices are refused."""
    assert model_key(name.upper()) == name


@given(st.text(max_size=80))
def test_no_text_becomes_a_path(text: str) -> None:
    """Any text is rejected or becomes one plain part of a path."""
    try:
        key = model_key(text)
    except InvalidReferenceError:
        return
    assert set(key) <= set(string.ascii_lowercase + string.digits + "._-")
    assert ".." not in key
    assert key[0] not in ".-"
    assert key[-1] != "."
    assert len(key) <= 64
    assert model_key(key) == key


@given(st.text(max_size=80))
def test_an_offered_name_would_do(text: str) -> None:
    """The name that a refusal offers is a name, or it offers none."""
    try:
        model_key(text)
    except InvalidReferenceError as refused:
        offer = str(refused).partition(" Use '")[2]
        assert not offer or is_model_key(offer.removesuffix("'."))


@pytest.mark.parametrize(
    ("name", "offer"),
    [("Größe 2", "grosse_2"), ("con", "con_model"), ("../etc", "etc"), ("модель", "another")],
)
def test_a_refused_name_gets_an_offer(name: str, offer: str) -> None:
    """The message has a name that is close to the one that was typed."""
    with pytest.raises(InvalidReferenceError, match=offer):
        model_key(name)


@pytest.mark.parametrize(
    "alias", ["latest", "v3", "Champion", "3", "a.b", "a" * 64, "", "é", "a\n"]
)
def test_a_version_or_a_path_is_rejected_as_alias(alias: str) -> None:
    """Aliases that read as a version, or that a path could not hold, are refused."""
    with pytest.raises(InvalidReferenceError, match="Invalid alias"):
        check_alias(alias)


@pytest.mark.parametrize("alias", ["v", "v3-beta", "a" * 63, "champion_2026"])
def test_a_plain_alias_is_an_alias(alias: str) -> None:
    """One letter is enough, 63 are not too many, and a v may begin a word."""
    assert check_alias(alias) == alias


@pytest.mark.parametrize("version", [0, -1, True, 1.0, "1", None, MAX_VERSION])
def test_a_version_is_a_whole_number_from_one(version: object) -> None:
    """Text, floats, booleans and zero are refused as versions."""
    with pytest.raises(InvalidReferenceError, match="must be a positive integer"):
        check_version(version)


def test_a_numpy_integer_is_a_version() -> None:
    """A number out of an array or a frame serves, and becomes a plain int."""
    assert type(check_version(np.int64(3))) is int


@pytest.mark.parametrize("what", [None, 3, b"a", ["a"]])
def test_a_reference_must_be_text(what: object) -> None:
    """The message has the type of the value."""
    for call in (parse_reference, model_key, lambda name: model_id(name, 1)):
        with pytest.raises(InvalidReferenceError, match=type(what).__name__):
            call(what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("models:/toy/3", "write 'toy:3'"),
        ("models:/toy@champion", "write 'toy@champion'"),
        ("toy/3", "write 'toy:3'"),
        ("toy/latest", "write 'toy'."),
        ("../toy", "write 'kepler_rf:3', for example"),
    ],
)
def test_another_registrys_spelling_is_translated(text: str, offer: str) -> None:
    """The error for an MLflow URI or a path suggests the reference."""
    with pytest.raises(InvalidReferenceError, match=offer):
        parse_reference(text)


@pytest.mark.parametrize("text", ["toy:3", "toy@champion", "models:/toy/3"])
def test_a_reference_in_place_of_a_name_offers_its_name(text: str) -> None:
    """The model is meant, not a new one that is called like its version."""
    with pytest.raises(InvalidReferenceError, match="Use 'toy'"):
        model_key(text)
    with pytest.raises(InvalidReferenceError, match="Use 'team_toy'"):
        model_key("team/toy")


def test_metadata_is_rejected_with_advice() -> None:
    """Metadata is rejected as reference, and the error names its model_id."""
    with pytest.raises(InvalidReferenceError, match="pass its model_id"):
        parse_reference(SimpleNamespace(model_id="toy:1"))  # type: ignore[arg-type]


def test_a_long_name_does_not_fill_the_message() -> None:
    """Megabytes that were passed by mistake are not repeated."""
    with pytest.raises(InvalidReferenceError) as refused:
        model_key("x" * 1_000_000)
    assert len(str(refused.value)) < 500
