"""The columns of a frame or an array, by name."""

from __future__ import annotations

import pandas as pd

from exo_nbregistry.inference.frame_columns import frame_columns


def test_columns_of_a_frame_keep_their_values() -> None:
    """Columns of each dtype keep values and order; whole numbers are not floats."""
    frame = pd.DataFrame(
        {
            "id": [2**60 + 1, 5],
            "depth": [1.5, None],
            "band": ["r", "g"],
            "n": pd.array([1, None], dtype="Int64"),
            "period": [3.0, 4.0],
            "ok": [True, False],
        },
        index=[9, 9],
    )
    found = frame_columns(frame, ["depth"])
    assert list(found) == list(frame)
    for name, values in found.items():
        assert pd.Series(values).array[0] == frame[name].array[0]
    assert found["id"].tolist() == [2**60 + 1, 5]
    assert str(found["n"].dtype) == "Int64"
