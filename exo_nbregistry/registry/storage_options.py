"""Options of a bucket: those of a call and of the user's file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exo_nbregistry.errors import InvalidInputError, StoreError
from exo_nbregistry.signing.user_files import config_folder, read_private
from exo_nbregistry.store.bucket_options import public_options
from exo_nbregistry.store.url import BucketUrl, is_url, parse_url

FILE_NAME = "storage.toml"
_SECTION = "storage"
_EXAMPLE = '[storage."s3://bucket"]'
_CLOUD = re.compile("^(?:aws_|azure_storage_|azure_|google_)")
_CACHE = "cache_bytes"
# They are not secrets, so an error does not name them.
_HARMLESS = ("client_options", "retry_config", _CACHE)


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
    return _merged(_from_file(url, config_folder() / FILE_NAME), check_options(passed))


def check_options(passed: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the value of ``storage_options=`` as a dict.

    Parameters
    ----------
    passed : mapping or None
        The value.

    Returns
    -------
    dict
        The options.

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


def shared_options(
    storage_options: Mapping[str, Any] | None,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the passed options for other processes, and the names of those that stay here.

    Parameters
    ----------
    storage_options : mapping or None
        The passed options.

    Returns
    -------
    shared : dict
        Options without secrets.
    omitted : tuple of str
        Names of the others that may be secret.

    Examples
    --------
    >>> shared_options({"region": "eu-central-1", "secret_access_key": "abc"})
    ({'region': 'eu-central-1'}, ('secret_access_key',))
    """
    options = check_options(storage_options)
    shared = public_options(options)
    if isinstance(options.get(_CACHE), int):
        shared[_CACHE] = options[_CACHE]
    omitted = (name for name in options if name not in shared and name not in _HARMLESS)
    return shared, tuple(omitted)


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
        merged = _merged(merged, options)
    return merged


def _merged(options: dict[str, Any], preferred: dict[str, Any]) -> dict[str, Any]:
    """Return both, without options that `preferred` has in the same or another spelling."""
    replaced = set(map(_bare_name, preferred))
    kept = {name: value for name, value in options.items() if _bare_name(name) not in replaced}
    return kept | preferred


def _bare_name(name: str) -> str:
    """Return the name of an option without the prefix that it has in the environment."""
    return _CLOUD.sub("", name.lower(), count=1)


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
