"""Options of a bucket in the user's file, and the options that may be pickled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.errors import InvalidInputError, StoreError
from exo_nbregistry.registry.storage_options import (
    bucket_options,
    shared_options,
)
from exo_nbregistry.signing.user_files import config_folder
from exo_nbregistry.store.url import parse_url

URL = parse_url("s3://team/models")


@pytest.fixture
def file() -> Path:
    """Return the path of the user's file, in a folder of the user."""
    config_folder().mkdir(mode=0o700, parents=True)
    return config_folder() / "storage.toml"


def write(file: Path, text: str) -> None:
    """Write a file that only its user can read."""
    file.write_text(text)
    file.chmod(0o600)


def test_without_a_file_only_passed_options_count() -> None:
    """Without the file, the options are the passed ones."""
    assert bucket_options(URL, None) == {}
    assert bucket_options(URL, {"region": "here"}) == {"region": "here"}


def test_passed_options_have_precedence_over_the_file(file: Path) -> None:
    """An option of the call replaces the one of the file, and the others are kept."""
    write(file, '[storage."s3://team"]\nregion = "there"\nendpoint = "http://minio"\n')
    assert bucket_options(URL, {"region": "here"}) == {
        "region": "here",
        "endpoint": "http://minio",
    }


def test_spellings_of_an_option_are_one(file: Path) -> None:
    """An option with the prefix of its cloud replaces the one without it."""
    write(file, '[storage."s3://team"]\nregion = "there"\n')
    assert bucket_options(URL, {"AWS_REGION": "here"}) == {"AWS_REGION": "here"}


def test_a_longer_prefix_has_precedence(file: Path) -> None:
    """The section of a prefix replaces options of the section of its bucket, in any order."""
    write(
        file,
        '[storage."s3://team/models"]\nregion = "b"\n[storage."s3://team"]\nregion = "a"\nx = 1\n',
    )
    assert bucket_options(URL, None) == {"region": "b", "x": 1}
    assert bucket_options(parse_url("s3://team/models2"), None) == {"region": "a", "x": 1}


@pytest.mark.parametrize("url", ["s3://team2", "az://team", "s3://tea/m"])
def test_sections_of_other_buckets_are_not_used(file: Path, url: str) -> None:
    """Only a section of the same bucket counts, so that no secret is sent elsewhere."""
    write(file, '[storage."s3://team"]\nsecret_access_key = "canary"\n')
    assert bucket_options(parse_url(url), None) == {}


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_a_file_that_others_can_read_is_rejected(file: Path) -> None:
    """A file with secrets must be private; the error has the command that corrects it."""
    write(file, '[storage."s3://team"]\nregion = "a"\n')
    file.chmod(0o644)
    with pytest.raises(StoreError, match=r"other users can read it; run chmod 600"):
        bucket_options(URL, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("canary = [", "it is not valid TOML"),
        ('secret = "canary"', "it must have only sections such as"),
        ("storage = 3", "it must have only sections such as"),
        ('[storage."team"]\nsecret = "canary"', "the section 'team' is not a URL"),
        ('storage."s3://team" = "canary"', "s3://team must be a section such as"),
    ],
)
def test_an_invalid_file_is_explained(file: Path, text: str, reason: str) -> None:
    """The error names the file and the rule, and repeats no value of the file."""
    write(file, text)
    with pytest.raises(StoreError, match=reason) as error:
        bucket_options(URL, None)
    assert "storage.toml" in str(error.value)
    assert "canary" not in str(error.value)


@pytest.mark.parametrize("passed", ["canary", ["canary"], {3: "canary"}])
def test_passed_options_must_be_a_dict(passed: object) -> None:
    """Options of another type are an error that does not repeat them."""
    with pytest.raises(InvalidInputError, match="must be a dict of names") as error:
        bucket_options(URL, passed)  # type: ignore[arg-type]
    assert "canary" not in str(error.value)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                *("secret_access_key", "aws_secret_access_key", "AWS_SESSION_TOKEN", "token"),
                *("azure_storage_account_key", "sas_key", "client_secret", "service_account_key"),
                *("google_service_account", "access_key_id", "credential_provider", "new_option"),
            ]
        ),
        st.just("canary"),
    )
)
def test_options_that_may_be_secret_are_omitted(options: dict[str, str]) -> None:
    """Each option that is not sent to other processes is named, except for timeouts."""
    passed = {"region": "here", "client_options": {}, "retry_config": {}} | options
    shared, omitted = shared_options(passed)
    assert shared == {"region": "here"}
    assert set(omitted) == set(options)
