"""The options of a bucket, sorted into the arguments of obstore."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.store.url import BucketUrl

# Names in the environment and in options begin with one of these, or with none.
_PREFIXES = ("aws_", "azure_storage_", "azure_", "google_")
_VARIABLES = {"s3": "AWS_", "az": "AZURE_", "gs": "GOOGLE_"}
_ARGUMENTS = ("client_options", "retry_config", "credential_provider")
_CLIENT = frozenset(
    (
        *("allow_http", "allow_invalid_certificates", "connect_timeout", "default_headers"),
        *("http1_only", "http2_only", "pool_idle_timeout", "pool_max_idle_per_host"),
        *("proxy_ca_certificate", "proxy_excludes", "proxy_url", "read_timeout"),
        *("root_certificate", "timeout", "user_agent"),
    )
)
# Options that another process may be given. Everything else may be a secret.
_PUBLIC = frozenset(
    (
        *("account_name", "allow_http", "authority_host", "conditional_put", "default_region"),
        *("endpoint", "endpoint_url", "region", "request_payer", "s3_express"),
        *("skip_signature", "use_emulator", "use_fabric_endpoint"),
        "virtual_hosted_style_request",
    )
)
_MISSING = re.compile(r"\bMissing ([A-Za-z]+)|\bAccount must be specified")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# `timeout` covers the whole body of a request, so it must suffice for a large part on a slow line.
_TIMEOUTS = {"connect_timeout": "5s", "read_timeout": "20s", "timeout": "10m"}
RETRIES: dict[str, Any] = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=30),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=3),
        "base": 2,
    },
}
# `bucket_create` repeats an attempt to create a key, after it has read the key.
NO_RETRIES: dict[str, Any] = {**RETRIES, "max_retries": 0}


def open_bucket(url: BucketUrl, options: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return two obstore stores of a bucket: one that repeats requests, and one that does not.

    Parameters
    ----------
    url : BucketUrl
        The place; its prefix is not used.
    options : mapping of str to object
        Options by the names of obstore, with or without the prefix that they have in the
        environment, such as ``aws_region``. The environment has the defaults.

    Raises
    ------
    InvalidInputError
        If an option is unknown or has an invalid value, which is not in the message.
    """
    from obstore import store
    from obstore.exceptions import BaseError

    kind = {"s3": store.S3Store, "az": store.AzureStore, "gs": store.GCSStore}[url.scheme]
    config, client = _sorted(options, url.scheme)
    retries = {**RETRIES, **(options.get("retry_config") or {})}
    try:
        return tuple(
            kind(
                url.bucket,
                config=config,
                client_options=client,
                retry_config=retry,
                credential_provider=options.get("credential_provider"),
            )
            for retry in (retries, NO_RETRIES)
        )
    except (BaseError, TypeError, ValueError, OverflowError) as error:
        raise _invalid(url, config, error) from None


def reopen(obstore_store: Any) -> tuple[Any, Any]:
    """Return `open_bucket`'s two stores for an obstore store, with its own options.

    A store in memory is returned twice, because another one would have other objects.
    """
    from obstore import store

    if not isinstance(obstore_store, (store.S3Store, store.AzureStore, store.GCSStore)):
        return obstore_store, obstore_store
    made: Any = obstore_store
    options = {**_TIMEOUTS, **(made.client_options or {})}
    return tuple(
        type(made)(
            prefix=made.prefix,
            config=made.config,
            client_options=options,
            retry_config=retry,
            credential_provider=made.credential_provider,
        )
        for retry in (made.retry_config or RETRIES, NO_RETRIES)
    )


def public_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that are not secrets, for a process that has its own credentials.

    Examples
    --------
    >>> public_options({"aws_region": "eu-west-1", "secret_access_key": "x"})
    {'aws_region': 'eu-west-1'}
    """
    found = {}
    for name, value in options.items():
        _check_name(name)
        # A URL may have a password before "@", and a token after "?".
        is_safe = isinstance(value, str) and not {"@", "?"}.intersection(value)
        is_plain = is_safe or isinstance(value, (bool, int))
        if _plain(name) in _PUBLIC and is_plain:
            found[name] = value
    nested = options.get("client_options")
    if isinstance(nested, Mapping) and "allow_http" in nested:
        found["allow_http"] = bool(nested["allow_http"])
    return found


def _sorted(
    options: Mapping[str, Any], scheme: str = "s3"
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options of the service and those of the HTTP client."""
    config = {}
    client: dict[str, Any] = {**_TIMEOUTS, **_client_variables(scheme)}
    for name, value in options.items():
        _check_name(name)
        if _plain(name) in _CLIENT:
            client[_plain(name)] = value
        elif name not in _ARGUMENTS and value is not None:
            config[name.lower()] = value
    client.update(options.get("client_options") or {})
    if "allow_http" not in client and _is_loopback(config):
        client["allow_http"] = True
    return config, client


def _client_variables(scheme: str) -> dict[str, str]:
    """Return the options of the HTTP client in the environment.

    obstore does not read them if other options of the client are passed.
    """
    # Headers are not text.
    variables = {
        name: f"{_VARIABLES[scheme]}{name.upper()}" for name in _CLIENT - {"default_headers"}
    }
    return {name: os.environ[text] for name, text in variables.items() if text in os.environ}


def _option(field: str | None) -> str:
    """Return the option of a field that obstore names; without a name, the account of Azure."""
    return re.sub("(?<!^)(?=[A-Z])", "_", field).lower() if field else "account_name"


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise InvalidInputError(f"A storage option must have a text as its name, got {name!r}.")


def _plain(name: str) -> str:
    plain = name.lower()
    for prefix in _PREFIXES:
        plain = plain.removeprefix(prefix)
    return plain


def _is_loopback(config: Mapping[str, Any]) -> bool:
    """Return whether the endpoint is a server of this machine, where TLS protects nothing."""
    endpoints = [value for name, value in config.items() if _plain(name).startswith("endpoint")]
    return any(
        isinstance(value, str) and urlsplit(value).hostname in _LOOPBACK for value in endpoints
    )


def _invalid(url: BucketUrl, config: Mapping[str, Any], error: Exception) -> InvalidInputError:
    text = str(error)
    named = [name for name in config if name in text or _plain(name) in text]
    known = "region, endpoint, access_key_id, secret_access_key, skip_signature or allow_http"
    if type(error).__name__ == "UnknownConfigurationKeyError":
        what = f"Unknown storage option {named[0]!r}" if named else "An unknown storage option"
        return InvalidInputError(
            f"{what} for {url}; use the names of obstore, such as {known}.",
        )
    missing = _MISSING.search(text)
    if missing is not None:
        return InvalidInputError(
            f"Cannot open {url}: the storage option {_option(missing[1])!r} is missing; pass it in "
            "storage_options= or set it in the environment."
        )
    which = f"storage option {named[0]!r}" if named else "a storage option"
    return InvalidInputError(
        f"Cannot use {which} for {url}: its value is invalid; see the options of obstore."
    )
