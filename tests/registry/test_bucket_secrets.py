"""Credentials of a bucket stay in the process, also if everything fails."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exo_nbregistry.errors import RegistryError
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.user_files import cache_folder

CANARY = "c4n4ry-0f-a-secret"
# Nothing listens on this port, so each request fails at once.
CLOSED = {
    "endpoint": "http://127.0.0.1:9",
    "allow_http": "true",
    "retry_config": {"max_retries": 0},
}
S3 = ("access_key_id", "aws_secret_access_key", "session_token", "AWS_SECRET_ACCESS_KEY", "token")
AZURE = ("account_key", "azure_storage_account_key", "client_secret", "sas_token", "bearer_token")
UNKNOWN = ("password", "secret", f"option_{CANARY}"[:7])
REST = ("region", "virtual_hosted_style_request", "timeout", "checksum_algorithm")


def facts(error: BaseException) -> str:
    """Return the texts that a program may print of an error."""
    values = {name: getattr(error, name) for name in vars(error)}
    return "".join([*traceback.format_exception(error), repr(error), str(error.args), str(values)])


@pytest.mark.parametrize(
    "url",
    [
        f"s3://key:{CANARY}@team/models",
        f"s3://{CANARY}@team",
        f"s3://team/models?secret_access_key={CANARY}",
        f"s3://team/models#{CANARY}",
        f"az://team/models?sig={CANARY}",
        f"https://user:{CANARY}@example.org/models",
        f"sqlite://user:{CANARY}@host",
    ],
)
def test_a_url_with_credentials_is_not_repeated(url: str) -> None:
    """The error about credentials in a URL does not contain them."""
    with pytest.raises(RegistryError) as error:
        ModelRegistry(url)
    assert CANARY not in facts(error.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    scheme=st.sampled_from(["s3", "az"]),
    secrets=st.lists(st.sampled_from([*S3, *AZURE, *UNKNOWN]), max_size=3, unique=True),
    wrong=st.sampled_from([None, *REST]),
    nested=st.booleans(),
)
def test_errors_contain_no_option(
    scheme: str,
    secrets: list[str],
    wrong: str | None,
    nested: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Errors, logs and the cache folder never contain a value of the options."""
    options: dict[str, Any] = CLOSED | dict.fromkeys(secrets, CANARY)
    if scheme == "az":
        options.setdefault("account_name", "team")
    if wrong:
        options[wrong] = CANARY
    if nested:
        options["client_options"] = {"default_headers": {"x-secret": CANARY}, "timeout": "1s"}
    with caplog.at_level(logging.DEBUG), pytest.raises(RegistryError) as error:
        ModelRegistry(f"{scheme}://team/models", create=False, storage_options=options)
    assert CANARY not in facts(error.value)
    assert CANARY not in caplog.text
    written = [path for path in cache_folder().rglob("*") if path.is_file()]
    assert not any(CANARY.encode() in path.read_bytes() for path in written)


def test_a_file_with_secrets_is_not_repeated(tmp_path: Path) -> None:
    """The text of an unknown option in the user's file is not part of the error."""
    from exo_nbregistry.signing.user_files import config_folder

    config_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = config_folder() / "storage.toml"
    path.write_text(f'[storage."s3://team"]\nsecret_acces_key = "{CANARY}"\n')
    path.chmod(0o600)
    with pytest.raises(RegistryError, match="secret_acces_key") as error:
        ModelRegistry("s3://team/models")
    assert CANARY not in facts(error.value)
