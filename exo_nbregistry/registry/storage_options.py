"""Options of a bucket: those of a call and of the user's file, and those that may be pickled."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import InvalidInputError, StoreError
from exo_nbregistry.signing.user_files import config_folder, read_private
from exo_nbregistry.store.url import BucketUrl, is_url, parse_url

FILE_NAME = "storage.toml"
_SECTION = "storage"
_EXAMPLE = '[storage."s3://bucket"]'
_PREFIXES = ("aws_", "azure_", "google_")
# Names of options without secrets, without the prefix of their cloud. Other options are never
# pickled, because a new release of obstore can have further secrets.
_SHAREABLE = {
    *("region", "default_region", "endpoint", "endpoint_url", "virtual_hosted_style_request"),
    *("allow_http", "skip_signature", "unsigned_payload", "s3_express", "request_payer"),
    *("account_name", "storage_account_name", "use_emulator", "storage_use_emulator"),
    *("use_azure_cli", "use_fabric_endpoint", "checksum_algorithm", "disable_tagging"),
    *("client_options", "timeout", "connect_timeout", "pool_idle_timeout", "user_agent"),
    *("allow_invalid_certificates", "http1_only", "http2_only"),
    *("retry_config", "max_retries", "retry_timeout", "backoff", "init_backoff", "max_backoff"),
    *("base", "cache_bytes"),
}
_PLAIN = (str, bool, int, float, timedelta)


def bucket_options(url: BucketUrl, passed: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the options of a bucket: the passed ones, then those of the user's file.

    Options that are in neither of them are read by obstore from the environment, such as
    ``AWS_ACCESS_KEY_ID``.

    Parameters
    ----------
    url : BucketUrl
        The bucket and the prefix.
    passed : mapping or None
        The value of ``storage_options=``.

    Returns
    -------
    dict
        The options.

    Raises
    ------
    InvalidInputError
        If `passed` is not a mapping of names to values.
    StoreError
        If the file is invalid, or other users can read it.
    """
    return _from_file(url, config_folder() / FILE_NAME) | check_options(passed)


def check_options(passed: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the value of ``storage_options=`` as a dict.

    Examples
    --------
    >>> check_options(None), check_options({"region": "eu-central-1"})
    ({}, {'region': 'eu-central-1'})

    Raises
    ------
    InvalidInputError
        If it is not a mapping of names to values. The error has none of its values.
    """
    if passed is None:
        return {}
    if isinstance(passed, Mapping) and all(isinstance(name, str) for name in passed):
        return dict(passed)
    raise InvalidInputError(
        "storage_options must be a dict of names and values, such as "
        f"{{'region': 'eu-central-1'}}, got {type(passed).__name__}."
    )


def shareable_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that another process may receive in a pickle: those without secrets.

    Examples
    --------
    >>> shareable_options({"aws_region": "eu-central-1", "aws_secret_access_key": "abc"})
    {'aws_region': 'eu-central-1'}
    >>> shareable_options({"endpoint": "https://user:abc@minio", "client_options": {"proxy": 1}})
    {'client_options': {}}
    """
    found: dict[str, Any] = {}
    for name, value in options.items():
        if _bare_name(name) not in _SHAREABLE:
            continue
        if isinstance(value, Mapping):
            found[name] = shareable_options({str(key): item for key, item in value.items()})
        elif isinstance(value, _PLAIN) and not _may_hold_secret(value):
            found[name] = value
    return found


def omitted_options(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the options that `shareable_options` leaves out.

    Examples
    --------
    >>> omitted_options({"region": "eu-central-1", "secret_access_key": "abc"})
    ('secret_access_key',)
    """
    kept = shareable_options(options)
    return tuple(name for name in options if name not in kept)


def _bare_name(name: str) -> str:
    lower = name.lower()
    prefix = next((prefix for prefix in _PREFIXES if lower.startswith(prefix)), "")
    return lower.removeprefix(prefix)


def _may_hold_secret(value: object) -> bool:
    """Return whether a text can be a URL with a password or a signature."""
    return isinstance(value, str) and ("@" in value or "?" in value)


def _from_file(url: BucketUrl, path: Path) -> dict[str, Any]:
    data = read_private(path, "secret")
    if data is None:
        return {}
    found: list[tuple[int, dict[str, Any]]] = []
    for name, options in _sections(path, data).items():
        section = _section_url(path, name)
        if not isinstance(options, dict):
            raise _invalid(path, f"{name} must be a section such as {_EXAMPLE}")
        if _contains(section, url):
            found.append((len(section.prefix), options))
    merged: dict[str, Any] = {}
    for _, options in sorted(found, key=lambda item: item[0]):
        merged |= options
    return merged


def _sections(path: Path, data: bytes) -> dict[str, Any]:
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # The message of a TOML error has a position and no text of the file.
        where = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not UTF-8"
        raise _invalid(path, f"it is not valid TOML: {where}") from None
    sections = content.get(_SECTION, {})
    if not isinstance(sections, dict) or set(content) - {_SECTION}:
        raise _invalid(path, f"it must have only sections such as {_EXAMPLE}")
    return sections


def _section_url(path: Path, name: str) -> BucketUrl:
    if is_url(name):
        return parse_url(name)
    raise _invalid(path, f"the section {name!r:.60} is not a URL; write it as {_EXAMPLE}")


def _contains(section: BucketUrl, url: BucketUrl) -> bool:
    same = (section.scheme, section.bucket) == (url.scheme, url.bucket)
    return same and f"{url.prefix}/".startswith(f"{section.prefix}/" if section.prefix else "")


def _invalid(path: Path, reason: str) -> StoreError:
    return StoreError(f"Cannot read the storage options in {path}: {reason}.", key=path.name)
