"""A signed request that creates a container in Azure Blob Storage."""

from __future__ import annotations

import base64
import hashlib
import hmac
import urllib.error
import urllib.request
from email.utils import formatdate
from urllib.parse import urlsplit

_VERSION = "2021-12-02"
_EXISTS = 409


def create_container(endpoint: str, name: str, *, account: str, key: str) -> None:
    """Create a container; an existing one is kept.

    Source: https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key

    Parameters
    ----------
    endpoint : str
        Address of the account, which ends with the name of the account.
    name : str
        Name of the container.
    account : str
        Name of the account.
    key : str
        Key of the account, in base64.
    """
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": _VERSION}
    resource = f"/{account}{urlsplit(endpoint).path}/{name}\nrestype:container"
    # The twelve standard headers are empty.
    lines = ["PUT", *[""] * 11, *(f"{field}:{value}" for field, value in headers.items()), resource]
    digest = hmac.new(base64.b64decode(key), "\n".join(lines).encode(), hashlib.sha256).digest()
    headers["Authorization"] = f"SharedKey {account}:{base64.b64encode(digest).decode()}"
    request = urllib.request.Request(
        f"{endpoint}/{name}?restype=container", method="PUT", headers=headers
    )
    try:
        urllib.request.urlopen(request, timeout=30).close()
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != _EXISTS:
            raise
