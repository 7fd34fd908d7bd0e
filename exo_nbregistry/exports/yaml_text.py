"""YAML that each parser reads back equal.

Source: YAML 1.1, "5.4 Line Break Characters", and YAML 1.2, which has fewer of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Only YAML 1.1 has these as line breaks, and PyYAML reads the first of them as another one.
_BREAKS = re.compile("[\x85\u2028\u2029]")


def yaml_text(fields: Mapping[str, Any], *, sort_keys: bool) -> str:
    r"""Return fields as YAML.

    Parameters
    ----------
    fields : mapping
        Plain values.
    sort_keys : bool
        Whether to sort the keys.

    Examples
    --------
    >>> print(yaml_text({"étoile": "a: b"}, sort_keys=True), end="")
    étoile: 'a: b'
    >>> print(yaml_text({"name": "a\x85b"}, sort_keys=True), end="")
    name: "a\Nb"
    """
    import yaml

    text: str = yaml.safe_dump(dict(fields), sort_keys=sort_keys, allow_unicode=True)
    if _BREAKS.search(text):
        text = yaml.safe_dump(dict(fields), sort_keys=sort_keys, allow_unicode=False)
    return text
