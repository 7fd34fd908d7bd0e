"""YAML of other tools, read without their classes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from exo_nbregistry.fs.regular_file import read_regular

MAX_YAML_BYTES = 8 << 20
"""Size of the largest YAML file that is read, in bytes."""


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
    import yaml

    try:
        return yaml.load(read_regular(path, MAX_YAML_BYTES), Loader=_loader())
    except (yaml.YAMLError, RecursionError) as error:
        reason = getattr(error, "problem", None) or "it is not YAML of plain values"
        raise ValueError(str(reason)) from error


@lru_cache(1)
def _loader() -> Any:
    # The loader in C reads the same ten times as fast; not every installation has it.
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
