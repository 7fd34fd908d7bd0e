"""Options of a bucket are sorted into the arguments of obstore, and secrets stay here."""

from __future__ import annotations

import pytest

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.store.bucket_options import _sorted, open_bucket, public_options, reopen
from exo_nbregistry.store.url import parse_url

SECRET = "hunter2secret"


def test_a_server_of_this_machine_needs_no_tls() -> None:
    """HTTP is allowed for an endpoint on this machine, and for others only on request."""
    for name in ("endpoint", "aws_endpoint_url", "AWS_ENDPOINT"):
        _, client = _sorted({name: "http://127.0.0.1:9000"})
        assert client["allow_http"] is True
        assert "allow_http" not in _sorted({name: "http://example.org"})[1]
    assert _sorted({"endpoint": "http://127.0.0.1:9", "allow_http": False})[1] == {
        **_sorted({})[1],
        "allow_http": False,
    }


def test_options_of_the_client_are_separate() -> None:
    """Options of HTTP may be given beside the others or as `client_options`."""
    config, client = _sorted(
        {"region": "x", "aws_timeout": "3s", "client_options": {"user_agent": "me"}}
    )
    assert config == {"region": "x"}
    assert (client["timeout"], client["user_agent"]) == ("3s", "me")


def test_the_environment_has_options_of_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables such as AWS_ALLOW_HTTP are used, and a passed option has precedence."""
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_TIMEOUT", "3s")
    monkeypatch.setenv("AZURE_TIMEOUT", "4s")
    _, client = _sorted({"timeout": "5s"}, "s3")
    assert (client["allow_http"], client["timeout"]) == ("true", "5s")
    assert _sorted({}, "az")[1]["timeout"] == "4s"
    assert "allow_http" not in _sorted({}, "az")[1]


def test_only_known_options_are_public() -> None:
    """An option that may be a secret, or that is new, is not sent to another process."""
    options = {
        "region": "x",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "endpoint": f"http://me:{SECRET}@127.0.0.1:9",
        "secret_access_key": SECRET,
        "azure_storage_sas_token": SECRET,
        "new_option": SECRET,
        "aws_endpoint": f"http://127.0.0.1:9?token={SECRET}",
        "client_options": {"allow_http": True, "proxy_url": f"http://me:{SECRET}@proxy"},
        "credential_provider": dict,
    }
    assert public_options(options) == {
        "region": "x",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "allow_http": True,
    }


def test_one_of_two_stores_makes_each_request_once() -> None:
    """A bucket is opened twice, because creation is repeated by our own rules."""
    options = {"region": "x", "access_key_id": "a", "secret_access_key": SECRET}
    many, once = open_bucket(parse_url("s3://team"), options)
    assert many.retry_config["max_retries"] > once.retry_config["max_retries"] == 0
    again, only = reopen(many)
    assert (again.config, only.config) == (many.config, many.config)
    assert (again.retry_config, only.retry_config["max_retries"]) == (many.retry_config, 0)


def test_a_missing_account_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an account, the option of Azure is named."""
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(InvalidInputError, match="the storage option 'account_name' is missing"):
        open_bucket(parse_url("az://team"), {})


def test_each_service_is_opened() -> None:
    """Azure and Google Cloud have their own options."""
    azure, _ = open_bucket(
        parse_url("az://team"), {"account_name": "a", "azure_storage_account_key": "YQ=="}
    )
    google, _ = open_bucket(parse_url("gs://team"), {"skip_signature": True})
    assert (type(azure).__name__, type(google).__name__) == ("AzureStore", "GCSStore")
