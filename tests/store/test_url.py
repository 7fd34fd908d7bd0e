"""URLs of buckets have one spelling, and no credentials."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.store.url import BucketUrl, is_url, parse_url

SECRET = "hunter2secret"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://team", BucketUrl("s3", "team")),
        ("s3://team/", BucketUrl("s3", "team")),
        ("S3://team/models/kepler", BucketUrl("s3", "team", "models/kepler")),
        ("az://team-1/models/", BucketUrl("az", "team-1", "models")),
        ("gs://team.example_1/größe/a b", BucketUrl("gs", "team.example_1", "größe/a b")),
    ],
)
def test_a_url_has_one_spelling(text: str, expected: BucketUrl) -> None:
    """The parts of a URL make the same URL again."""
    assert parse_url(text) == expected
    assert parse_url(str(expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"s3://user:{SECRET}@team/models",
        f"s3://team/models?token={SECRET}",
        f"s3://team/models#{SECRET}",
        f"http://user:{SECRET}@team/models",
        f"s3://team/a@{SECRET}",
    ],
)
def test_credentials_are_rejected_and_not_repeated(text: str) -> None:
    """User info, a query and a fragment are errors whose message does not contain them."""
    with pytest.raises(InvalidInputError, match="cannot have") as caught:
        parse_url(text)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("http://team/models", "Unknown scheme 'http'.*use s3://bucket/prefix"),
        ("file:///models", "Unknown scheme 'file'"),
        ("models", "Unknown scheme ''"),
        ("s3://", "Invalid bucket name ''"),
        ("s3:///models", "Invalid bucket name ''"),
        ("s3://Team/models", "Invalid bucket name 'Team'"),
        ("s3://t", "Invalid bucket name 't'"),
        ("s3://team//models", "Invalid prefix '/models'.*names joined by '/'"),
        ("s3://team/a/../b", "Invalid prefix 'a/../b'"),
        ("s3://team/a//", "Invalid prefix 'a/'"),
        ("s3://team/./b", "Invalid prefix './b'"),
        ("s3://team/a\\b", "Invalid prefix"),
        ("s3://team/a:b", "Invalid prefix"),
        ("s3://team/a%2Fb", "Invalid prefix 'a%2Fb'.*without '%' escapes"),
        ("s3://team/a\nb", "Invalid prefix"),
    ],
)
def test_an_invalid_url_is_explained(text: str, message: str) -> None:
    """Each invalid part is named with the rule that it breaks."""
    with pytest.raises(InvalidInputError, match=message):
        parse_url(text)


@pytest.mark.parametrize("text", ["s3://team", "http://x", "file:///x", "memory://1"])
def test_a_scheme_makes_a_url(text: str) -> None:
    """A text with a scheme is a URL."""
    assert is_url(text)


@pytest.mark.parametrize("text", ["models", "/models", "C:\\models", "C:/models", "C://models", ""])
def test_a_path_is_not_a_url(text: str) -> None:
    """Paths of any system are not URLs."""
    assert not is_url(text)


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_explained(text: str) -> None:
    """No text makes another error, and an accepted URL has one spelling."""
    try:
        found = parse_url(f"s3://team/{text}")
    except InvalidInputError:
        return
    assert parse_url(str(found)) == found
