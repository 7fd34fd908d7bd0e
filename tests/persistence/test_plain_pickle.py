"""Models as plain pickles."""

from __future__ import annotations

import io
import pickle
import threading
from typing import Any

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.persistence.plain_pickle import write_pickle
from tests.persistence.cells import run_cell
from tests.persistence.other_machine import run_elsewhere

X, Y = np.arange(20.0).reshape(10, 2), np.arange(10) % 2


def pickled(model: Any) -> bytes:
    """Return the bytes of a model."""
    target = io.BytesIO()
    write_pickle(model, target)
    return target.getvalue()


def test_equal_trees_have_equal_bytes() -> None:
    """The bytes between the fields of the nodes of a tree are zeros."""
    model = DecisionTreeClassifier(random_state=0).fit(X, Y)
    first = pickled(model)
    for value in (0xAA, 0x55):
        state = model.tree_.__getstate__()
        nodes = np.full(state["nodes"].nbytes, value, np.uint8).view(state["nodes"].dtype)
        for name in nodes.dtype.names or ():
            nodes[name] = state["nodes"][name]
        assert pickled({"nodes": nodes}) == pickled({"nodes": state["nodes"].copy()})
    again, same = pickle.loads(first), pickle.loads(first)
    assert again.predict(X).tolist() == model.predict(X).tolist()
    assert pickled(again) == pickled(same)


def test_code_of_a_notebook_is_in_the_pickle(tmp_path: Any) -> None:
    """A process without the notebook calls a function of it, and the names are returned."""
    double = run_cell("def double(x):\n    return 2 * x\n")["double"]
    target = io.BytesIO()
    written = write_pickle(double, target)
    assert written.code is not None
    assert [*written.sources] == ["__main__.double"]
    (tmp_path / "f.pkl").write_bytes(target.getvalue())
    done = run_elsewhere("import pickle\nprint(pickle.load(open('f.pkl', 'rb'))(21))", tmp_path)
    assert done.stdout == "42\n", done.stderr


@pytest.mark.parametrize("model", [None, {"lock": threading.Lock()}], ids=["None", "lock"])
def test_an_object_that_cannot_be_pickled_is_refused(model: Any) -> None:
    """The error has the type of the model."""
    with pytest.raises(SerializationError) as caught:
        pickled(model)
    assert caught.value.model_type in ("builtins.NoneType", "builtins.dict")
