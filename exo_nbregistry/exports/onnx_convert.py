"""Conversion to ONNX with skl2onnx, and predictions with ONNX Runtime.

Source: https://onnx.ai/sklearn-onnx, "Parametrization of Converters" and "Supported scikit-learn
Models".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from exo_nbregistry.errors import SerializationError
from exo_nbregistry.exports.onnx_rows import ComparedRows
from exo_nbregistry.inference.input_columns import BOOLEAN, NUMBER, NUMERIC, TEXT, WHOLE
from exo_nbregistry.text.names import short_error

# Name of the input of a model that takes one matrix.
MATRIX = "X"
_NAMES = {"float32": "FloatTensorType", "float64": "DoubleTensorType", "int64": "Int64TensorType"}
_NAMES |= {"bool": "BooleanTensorType", "str": "StringTensorType"}
# The latest operators for trees that the converters write.
_ML, _ML_OPSET = "ai.onnx.ml", 3
_NO_CONVERTER = re.compile(r"for type '?<class '([\w.]+)'>")


class Plan(NamedTuple):
    """The inputs of an ONNX model.

    Attributes
    ----------
    types : dict of str to str
        Type of each input: ``float32``, ``float64``, ``int64``, ``bool`` or ``str``.
    is_matrix : bool
        Whether the only input has all columns.
    """

    types: dict[str, str]
    is_matrix: bool


class OnnxModel:
    """A converted model.

    Parameters
    ----------
    content : object
        The ``onnx.ModelProto``.
    plan : Plan
        Its inputs.

    Attributes
    ----------
    data : bytes
        The file.
    plan : Plan
        Its inputs.
    outputs : list of str
        Names of its outputs.
    opsets : dict of str to int
        Version of each set of operators.
    """

    def __init__(self, content: Any, plan: Plan) -> None:
        import onnxruntime

        self.data: bytes = content.SerializeToString(deterministic=True)
        self.plan = plan
        self.opsets = {one.domain or "ai.onnx": one.version for one in content.opset_import}
        options = onnxruntime.SessionOptions()
        # An error is raised too.
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(
            self.data, options, providers=["CPUExecutionProvider"]
        )
        self.outputs = [one.name for one in self._session.get_outputs()]

    def predict(self, columns: Mapping[str, list[Any]]) -> list[Any]:
        """Return the outputs for rows.

        Parameters
        ----------
        columns : mapping of str to list
            Values by column, in the order of the model.

        Returns
        -------
        list of ndarray
            One array for each output.
        """
        return list(self._session.run(None, _feed(columns, self.plan)))


def require_onnx(model_type: str) -> None:
    """Check that the libraries are installed.

    Raises
    ------
    SerializationError
        If one is missing.
    """
    try:
        import onnxruntime  # noqa: F401
        import skl2onnx  # noqa: F401
    except ImportError as error:
        raise SerializationError(
            f"The format onnx requires {error.name}; run pip install 'exo-nbregistry[onnx]'.",
            model_type=model_type,
        ) from None


def plans(rows: ComparedRows, *, is_frame: bool) -> Iterator[Plan]:
    """Yield the possible inputs of a model, the usual ones first.

    Parameters
    ----------
    rows : ComparedRows
        Rows, with the kinds of their columns.
    is_frame : bool
        Whether the model takes a frame, whose columns it may select by name.

    Yields
    ------
    Plan
        First one matrix, if all columns are numbers. Then one input for each column. Numbers are
        ``float32`` as usual in ONNX, and then ``float64``.

    Examples
    --------
    >>> rows = ComparedRows({"depth": [1.0]}, {"depth": "number"}, 1)
    >>> [plan.types for plan in plans(rows, is_frame=False)]
    [{'X': 'float32'}, {'X': 'float64'}]
    """
    kinds = rows.kinds
    if {*kinds.values()} <= {*NUMERIC, BOOLEAN}:
        for number in ("float32", "float64"):
            yield Plan({MATRIX: number}, is_matrix=True)
    elif {*kinds.values()} == {TEXT}:
        yield Plan({MATRIX: "str"}, is_matrix=True)
    if is_frame:
        for number in ("float32", "float64"):
            for whole in ("int64", number) if WHOLE in kinds.values() else (number,):
                types = {NUMBER: number, WHOLE: whole, BOOLEAN: "bool", TEXT: "str"}
                yield Plan({name: types[kind] for name, kind in kinds.items()}, is_matrix=False)


def convert(model: Any, plan: Plan, n_columns: int, facts: Mapping[str, str]) -> OnnxModel:
    """Return a model as ONNX.

    Parameters
    ----------
    model : object
        Estimator or pipeline of scikit-learn.
    plan : Plan
        Its inputs.
    n_columns : int
        Number of columns.
    facts : mapping of str to str
        Properties of the file.

    Returns
    -------
    OnnxModel
        Loaded, so that it can be compared. A classifier has its probabilities as one matrix.
    """
    from onnx import helper
    from skl2onnx import __max_supported_opset__, convert_sklearn
    from skl2onnx.common import data_types

    width = n_columns if plan.is_matrix else 1
    inputs = [
        (name, getattr(data_types, _NAMES[type_])([None, width]))
        for name, type_ in plan.types.items()
    ]
    options = {id(model): {"zipmap": False}} if hasattr(model, "predict_proba") else None
    # By default the name is random.
    content = convert_sklearn(
        model,
        name=facts["model_id"],
        initial_types=inputs,
        options=options,
        # Without it, the converters of isolation forests fail.
        target_opset={"": __max_supported_opset__, _ML: _ML_OPSET},
        custom_conversion_functions=_fixed_converters(),
    )
    helper.set_model_props(
        content, {f"exo_nbregistry.{name}": value for name, value in facts.items()}
    )
    return OnnxModel(content, plan)


def reason_of(error: Exception) -> str:
    """Return one sentence for an error of skl2onnx or ONNX Runtime."""
    import skl2onnx

    found = _NO_CONVERTER.search(str(error))
    tool = f"skl2onnx {skl2onnx.__version__}"
    if found:
        return f"{tool} has no converter for {found[1]}. Use another format for this model."
    return f"{tool} cannot convert it ({short_error(error)}). Use another format for this model."


class _IntegerFlags:
    """A container of skl2onnx that writes booleans in lists as integers."""

    def __init__(self, container: Any) -> None:
        self._container = container

    def __getattr__(self, name: str) -> Any:
        return getattr(self._container, name)

    def add_node(self, *args: Any, **attributes: Any) -> Any:
        for name, value in attributes.items():
            if isinstance(value, list) and any(isinstance(item, bool) for item in value):
                attributes[name] = [int(item) for item in value]
        return self._container.add_node(*args, **attributes)


def _fixed_converters() -> dict[type, Any]:
    """Return converters for histogram gradient boosting, whose own fail with protobuf 7.

    skl2onnx 1.20 writes booleans where protobuf 7 accepts only integers.
    """
    from skl2onnx.common._registration import get_converter
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    def convert_operator(scope: Any, operator: Any, container: Any) -> None:
        get_converter(operator.type)(scope, operator, _IntegerFlags(container))

    boosting = (HistGradientBoostingClassifier, HistGradientBoostingRegressor)
    return dict.fromkeys(boosting, convert_operator)


def _feed(columns: Mapping[str, list[Any]], plan: Plan) -> dict[str, Any]:
    import numpy as np

    arrays = {name: np.array(values, dtype=object) for name, values in columns.items()}
    if plan.is_matrix:
        ((name, type_),) = plan.types.items()
        return {name: _typed(np.column_stack([*arrays.values()]), type_)}
    return {name: _typed(arrays[name][:, None], type_) for name, type_ in plan.types.items()}


def _typed(array: Any, type_: str) -> Any:
    """Return values in a type of ONNX; a missing number is NaN."""
    import numpy as np

    if type_ == "str":
        return array.astype(str).astype(object)
    if type_ in ("int64", "bool"):
        return array.astype(type_)
    return np.where(array == None, np.nan, array).astype(type_)  # noqa: E711
