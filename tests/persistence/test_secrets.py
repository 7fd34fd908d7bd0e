"""Values that look like secrets are recognized, and ordinary values are not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from exo_nbregistry.persistence.secrets import is_known_secret, is_secret

AWS = "AKIA" + "Q3EXAMPLE7" + "ZYXWVU"
RANDOM = "q8Zr2LmX0vTfYk7NwB4cHsE1uJd9PaGo"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEY", "correct-horse"),
        ("apiKey", "correct-horse"),
        ("dbPassword", b"hunter22"),
        ("CONFIG", {"user": "ada", "password": "hunter22"}),
        ("settings", {"db": {"secret": "hunter22"}}),
        ("client", SimpleNamespace(token="abcdef123")),
        ("url", "postgresql://ada:hunter22@db.example/kepler"),
        ("value", RANDOM),
        ("value", AWS),
        ("value", "-----BEGIN PRIVATE KEY-----\n" + "MIIE" * 16),
        ("value", ["x", "ghp_" + "a1B2" * 9]),
    ],
)
def test_a_secret_is_recognized(name: str, value: Any) -> None:
    """A name, a key in a dict, an attribute, a format or random characters show a secret."""
    assert is_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN_PATTERN", r"(?u)\b\w\w+\b"),
        ("tokens", ["the", "planet"]),
        ("key_columns", ["koi_period", "koi_depth"]),
        ("author", "Ada Lovelace"),
        ("SECRET", ""),
        ("password_help", "Type the password of the archive"),
        ("url", "https://exoplanetarchive.ipac.caltech.edu/cgi-bin/nstedAPI"),
        ("path", "/home/ada/projects/kepler/data/koi_cumulative_2026.csv"),
        ("digest", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("table", pd.DataFrame({"a": [1.0]})),
        ("array", np.zeros(3)),
        ("key", 42),
        ("pattern", "AKIA[0-9A-Z]{16}"),
        ("marker", "-----BEGIN PRIVATE KEY-----"),
    ],
)
def test_an_ordinary_value_is_not_a_secret(name: str, value: Any) -> None:
    """Patterns, columns, paths, digests and tables are not reported."""
    assert not is_secret(name, value)
    assert not is_known_secret(value)


def test_the_format_of_a_service_is_known() -> None:
    """Only the formats of known services are certain."""
    assert is_known_secret({"aws": AWS})
    assert not is_known_secret(RANDOM)
