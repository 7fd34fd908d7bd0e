"""The columns of a frame or an array, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def frame_columns(data: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return the columns of a frame, or of an array in the order of the model.

    Raises
    ------
    ValueError
        If two columns have the same name, or an array has another number of columns.
    """
    if hasattr(data, "iloc"):
        repeated = data.columns[data.columns.duplicated()]
        if len(repeated):
            raise ValueError(f"The table has two columns named {repeated[0]!r}; rename one.")
        return _series_columns(data)
    if hasattr(data, "columns"):
        return {str(name): data[name].to_list() for name in data.columns}
    array = data.toarray() if hasattr(data, "tocsr") else data
    if array.ndim != 2 or array.shape[1] != len(names):
        raise ValueError(
            f"The model requires an array with {len(names)} columns, got the shape {array.shape}."
        )
    return dict(zip(names, array.T, strict=True))


def _series_columns(frame: Any) -> dict[str, Any]:
    """Return the columns of a frame of pandas; plain numbers as arrays."""
    import numpy as np

    # One block of numbers is read many times faster than its columns one by one.
    groups: dict[Any, list[int]] = {}
    for place, dtype in enumerate(frame.dtypes.tolist()):
        groups.setdefault(dtype, []).append(place)
    found: list[Any] = [None] * frame.shape[1]
    for dtype, places in groups.items():
        if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
            block = frame if len(groups) == 1 else frame.iloc[:, places]
            columns: Iterable[Any] = block.to_numpy().T
        else:
            columns = (frame.iloc[:, place] for place in places)
        for place, values in zip(places, columns, strict=True):
            found[place] = values
    return dict(zip(map(str, frame.columns), found, strict=True))
