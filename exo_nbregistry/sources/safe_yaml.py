"""YAML of other tools: plain values only, and never more than the text has itself.

Source: https://yaml.org/spec/1.2.2/ (its aliases can describe billions of values in a few lines),
https://yaml.org/type/merge.html and https://yaml.org/type/int.html (numbers of base 60).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from exo_nbregistry.fs.regular_file import read_regular

MAX_YAML_BYTES = 8 << 20
"""Size of the largest YAML file that is read, in bytes."""

MAX_DEPTH = 32
"""Depth of the deepest value that is read."""

# Aliases can repeat values until the document has this many, also if its text is short.
_MAX_REPEATED = 1_000
_MAX_DIGITS = 100
_INT = "tag:yaml.org,2002:int"
_MERGE = "tag:yaml.org,2002:merge"


def read_yaml(path: Path) -> Any:
    r"""Return the content of a YAML file that has only plain values.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Any
        Mappings, lists, texts, numbers, times, booleans and None.

    Raises
    ------
    OSError
        If the file cannot be read, or has more than `MAX_YAML_BYTES`.
    ValueError
        If it is not YAML of plain values.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "meta.yaml")
    >>> _ = path.write_text("name: kepler_rf\nversion: 3")
    >>> read_yaml(path)
    {'name': 'kepler_rf', 'version': 3}
    """
    return parse_yaml(read_regular(path, MAX_YAML_BYTES))


def parse_yaml(data: str | bytes) -> Any:
    """Return the content of a YAML document that has only plain values.

    Parameters
    ----------
    data : str or bytes
        The document.

    Returns
    -------
    Any
        Mappings, lists, texts, numbers, times, booleans and None.

    Raises
    ------
    ValueError
        If it is not YAML of plain values, is too large, or describes many more values by aliases
        than its text has.

    Examples
    --------
    >>> parse_yaml("{model: rf, seeds: [1, 2]}")
    {'model': 'rf', 'seeds': [1, 2]}
    >>> parse_yaml("{itself: &a [*a]}")
    Traceback (most recent call last):
    ValueError: it is nested too deeply
    """
    import yaml

    if len(data) > MAX_YAML_BYTES:
        raise ValueError(f"it has more than {MAX_YAML_BYTES:,} bytes")
    try:
        found = yaml.load(data, Loader=_loader())
    except Exception as error:
        # Explicit tags lead to errors of many types, such as `!!bool x` to a KeyError.
        reason = getattr(error, "problem", None) or "it is not YAML of plain values"
        raise ValueError(str(reason)) from error
    _require_plain_size(found, max(_MAX_REPEATED, len(data)))
    return found


def _require_plain_size(value: Any, limit: int) -> None:
    """Raise ValueError if a document has more values than its text can have without aliases."""
    waiting = [(value, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop()
        if not isinstance(part, dict | list | tuple | set):
            continue
        if depth > MAX_DEPTH:
            raise ValueError("it is nested too deeply")
        seen += len(part)
        if seen > limit:
            raise ValueError("its aliases describe too many values")
        parts = part.values() if isinstance(part, dict) else part
        waiting += [(item, depth + 1) for item in parts]


@lru_cache(1)
def _loader() -> Any:
    # The loader in C reads the same ten times as fast; not every installation has it.
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """The safe loader of PyYAML with limits on merged mappings and long numbers."""

        merged = 0

        def flatten_mapping(self, node: Any) -> None:
            # Before PyYAML 6.0.4, merged copies multiply with each level of aliases.
            for key, value in node.value:
                if key.tag == _MERGE:
                    for part in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                        if isinstance(part, yaml.MappingNode):
                            self.flatten_mapping(part)
                            self.merged += len(part.value)
                        if self.merged > MAX_YAML_BYTES // 100:
                            raise ValueError("it merges too many mappings")
            super().flatten_mapping(node)

        def construct_yaml_int(self, node: Any) -> Any:
            # The time for numbers of base 60, such as 1:30:00, grows with the square of the digits.
            text = self.construct_scalar(node)
            return text if len(text) > _MAX_DIGITS else super().construct_yaml_int(node)

    Loader.add_constructor(_INT, Loader.construct_yaml_int)
    return Loader
