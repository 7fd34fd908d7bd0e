"""Secrets in stored sources are masked, and ordinary code is not."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.persistence.masking import mask_secrets, mask_sources

HEX = "0123456789abcdef" * 2
SECRET = "hunter22hunter"
GITHUB = "ghp_" + "a1B2" * 9
PEM = "-----BEGIN PRIVATE KEY-----{0}MIIEvQIBADANBgkqhkiG9w0B{0}-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("source", "masked"),
    [
        (f'API_KEY = "{SECRET}"', 'API_KEY = "***"'),
        (f"api_key: str = '{SECRET}'", "api_key: str = '***'"),
        (f'login("ada", password="{SECRET}")', 'login("ada", password="***")'),
        (f'{{"user": "ada", "token": "{SECRET}"}}', '{"user": "ada", "token": "***"}'),
        (f'os.environ["API_TOKEN"] = "{SECRET}"', 'os.environ["API_TOKEN"] = "***"'),
        (f'os.environ.setdefault("TOKEN", "{SECRET}")', 'os.environ.setdefault("TOKEN", "***")'),
        (f'wandb.login(key="{HEX}")', 'wandb.login(key="***")'),
        (f'x = "{GITHUB}"', 'x = "***"'),
        (f"# {GITHUB}, to be removed", "# ***, to be removed"),
        (f'connect("postgresql://ada:{SECRET}@db/x")', 'connect("postgresql://ada:***@db/x")'),
        (f'{{"Authorization": "Bearer {SECRET}{HEX}"}}', '{"Authorization": "Bearer ***"}'),
        (f"%env WANDB_API_KEY={SECRET}", "%env WANDB_API_KEY=***"),
        (f"%env WANDB_API_KEY {SECRET}", "%env WANDB_API_KEY ***"),
        (f"!fetch --api-token {SECRET} koi.csv", "!fetch --api-token *** koi.csv"),
        (f"%%bash\nexport DB_PASSWORD={SECRET}\nls", "%%bash\nexport DB_PASSWORD=***\nls"),
        (f'"""\nDB_PASSWORD={SECRET}\n"""', '"""\nDB_PASSWORD=***\n"""'),
        (f'key = """{PEM}"""'.format("\n"), 'key = """***"""'),
        (f'key = "{PEM}"'.format("\\n"), 'key = "***"'),
        (f'db_password = (\n    "{SECRET}"\n)', 'db_password = (\n    "***"\n)'),
    ],
)
def test_a_secret_is_masked(source: str, masked: str) -> None:
    """A secret by its name, its format or its place is replaced, and a last line states it."""
    text, number = mask_secrets(source)
    assert (text, number) == (f"{masked}\n# Masked: 1 value that looks like a secret.", 1)


@pytest.mark.parametrize(
    "source",
    [
        'vectorizer = TfidfVectorizer(token_pattern=r"(?u)\\b\\w+\\b", tokenizer="word")',
        'password = getpass("Password: ")',
        'token = os.environ["API_TOKEN"]',
        "API_KEY = load_key()",
        'engine = create_engine(f"postgresql://{user}:{password}@db/kepler")',
        'columns = ["token", "sentence_id", "part_of_speech"]',
        'rows.sort(key="koi_period_of_the_planet_candidate_2")',
        'if token == "end_of_sentence": pass',
        'fingerprint = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
        "!pip install 'scikit-learn>=1.6' --quiet",
        "model = RandomForestClassifier(n_estimators=500, random_state=0).fit(X_train, y_train)",
        'text = """\na text with token = yes\n"""',
        "# don't mask 'this' comment",
    ],
)
def test_ordinary_code_is_unchanged(source: str) -> None:
    """Code without secrets stays the same, and has no line on masking."""
    assert mask_secrets(source) == (source, 0)


@given(st.text())
def test_any_text_is_accepted(source: str) -> None:
    """Any text is returned unchanged or with at least one mask."""
    text, number = mask_secrets(source)
    assert (text == source) if number == 0 else "***" in text


def test_masked_code_can_be_parsed() -> None:
    """Masked Python code is Python code."""
    source = f'def fetch(url="https://x", token="{SECRET}"):\n    return "{GITHUB}"\n'
    text, number = mask_secrets(source)
    assert number == 2
    assert ast.unparse(ast.parse(text)).count("***") == 2
    assert text.endswith("# Masked: 2 values that look like a secret.")


def test_several_sources_are_masked() -> None:
    """Each source is masked, and the values are counted together."""
    sources, number = mask_sources({"a": f'PASSWORD = "{SECRET}"', "b": "x = 1", "c": GITHUB})
    assert number == 2
    assert SECRET not in sources["a"]
    assert sources["b"] == "x = 1"


def test_long_sources_are_fast() -> None:
    """Text that confuses the patterns is read in linear time."""
    parts = ['"', "'", '"' * 3, "a:", "://a:", "ey", "x=", "--a ", "[\\", "{", "SG.", "-", " "]
    code = (
        "from exo_nbregistry.persistence.masking import mask_secrets\n"
        f"for part in {parts}:\n"
        "    mask_secrets(part * (1 << 16))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
