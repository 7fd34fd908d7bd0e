"""Names of the classes of a model that was trained on encoded labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.text.names import name_list

_WIDTH = 40


def read_names(decode: Any) -> dict[Any, Any]:
    """Return the label of each code.

    Parameters
    ----------
    decode : object
        A fitted LabelEncoder or LabelBinarizer, a mapping of codes to labels or of labels to
        codes, or the labels in the order of their codes.

    Returns
    -------
    dict
        Plain labels by plain codes.

    Raises
    ------
    InvalidInputError
        If it is none of these, or if two codes have the same label.

    Examples
    --------
    >>> read_names(["dust", "planet"]), read_names({"dust": 0, "planet": 1})
    ({0: 'dust', 1: 'planet'}, {0: 'dust', 1: 'planet'})
    """
    if isinstance(decode, Mapping):
        names = _from_mapping(decode)
    else:
        labels = getattr(decode, "classes_", None) if hasattr(decode, "fit") else decode
        if labels is None:
            raise InvalidInputError(
                f"decode= is a {type(decode).__name__} that is not fitted; fit it first."
            )
        labels = labels.tolist() if hasattr(labels, "tolist") else labels
        if not isinstance(labels, Sequence) or isinstance(labels, str):
            raise InvalidInputError(
                "decode= must be a fitted LabelEncoder, a dict such as {0: 'planet'}, or a list of "
                f"labels, got {decode!r:.60}."
            )
        names = dict(enumerate(map(_plain, labels)))
    if not names:
        raise InvalidInputError("decode= has no labels; pass the label of each code.")
    _require_hashable(names)
    if len(set(names.values())) < len(names):
        raise InvalidInputError(
            "decode= has the same label for two codes: "
            f"{name_list(names.values(), quoted=True, width=_WIDTH)}. Pass a different label for "
            "each code."
        )
    return names


def _from_mapping(decode: Mapping[Any, Any]) -> dict[Any, Any]:
    names = {_plain(code): _plain(label) for code, label in decode.items()}
    codes, labels = list(names), list(names.values())
    if all(isinstance(code, str) for code in codes):
        if all(_is_number(label) for label in labels):
            return {label: code for code, label in names.items()}
        # The keys of JSON are texts.
        if all(_is_integer(code) for code in codes):
            return {int(code): label for code, label in names.items()}
    return names


def _require_hashable(names: Mapping[Any, Any]) -> None:
    for label in names.values():
        if not isinstance(label, str | int | float | bool):
            raise InvalidInputError(
                f"decode= has the label {label!r:.60}; a label must be text, a number or a bool."
            )


def _plain(value: Any) -> Any:
    return value.item() if getattr(value, "ndim", None) == 0 else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(text: str) -> bool:
    return text.lstrip("-").isdecimal()


def check_names(names: Mapping[Any, Any], codes: Sequence[Any] | None) -> tuple[Any, ...]:
    """Return the classes of a model that has a label for each.

    Parameters
    ----------
    names : mapping
        Result of `read_names`.
    codes : sequence or None
        Classes of the model; None if they are unknown, so that all codes are used.

    Raises
    ------
    InvalidInputError
        If a class has no label.
    """
    if codes is None:
        return tuple(names)
    missing = [code for code in codes if code not in names]
    if missing:
        known = name_list(names, quoted=True, width=_WIDTH)
        raise InvalidInputError(
            f"decode= has no label for {name_list(missing, quoted=True, width=_WIDTH)}, which the "
            f"model predicts; it has labels for {known}."
        )
    return tuple(codes)


def sorted_order(labels: Sequence[Any]) -> list[int]:
    """Return the positions of labels in scikit-learn's order, which is sorted.

    Examples
    --------
    >>> sorted_order(["planet", "dust"])
    [1, 0]
    """
    positions = list(range(len(labels)))
    try:
        return sorted(positions, key=lambda position: labels[position])
    except TypeError:  # texts and numbers
        return positions


def decode_labels(values: Any, names: Mapping[Any, Any]) -> Any:
    """Return labels for codes.

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        Codes.
    names : mapping
        Label of each code.

    Returns
    -------
    ndarray of shape (n_samples,)
        Labels, of the dtype of all labels.

    Raises
    ------
    InvalidInputError
        If a code has no label.
    """
    import numpy as np

    codes, places = np.unique(np.asarray(values).ravel(), return_inverse=True)
    known, labels = list(names), np.asarray(list(names.values()))
    check_names(names, codes.tolist())
    return labels[[known.index(code) for code in codes.tolist()]][places]


def threshold_decision(
    threshold: float | None, pos_label: Any, classes: Sequence[Any]
) -> dict[str, Any] | None:
    """Return a threshold and the place of its class, as `RowAnswers` takes them.

    Parameters
    ----------
    threshold : float or None
        Minimum score of the positive class.
    pos_label : object
        The positive class.
    classes : sequence
        Class labels, in the order of the probabilities.

    Returns
    -------
    dict or None
        None without a threshold.

    Raises
    ------
    InvalidInputError
        If the positive class is not one of the classes.

    Examples
    --------
    >>> threshold_decision(0.4, "planet", ["dust", "planet"])
    {'threshold': 0.4, 'positive': 1}
    """
    if threshold is None:
        return None
    places = [place for place, label in enumerate(classes) if label == pos_label]
    if not places:
        raise InvalidInputError(
            f"The threshold {threshold:g} refers to {pos_label!r:.60}, which is not one of the "
            f"classes {name_list(classes, quoted=True, width=_WIDTH)}; register the model with y, "
            "so that its classes are known."
        )
    return {"threshold": float(threshold), "positive": places[0]}


def are_codes(values: Any, names: Mapping[Any, Any]) -> bool:
    """Return whether values are codes instead of labels.

    Parameters
    ----------
    values : array-like of shape (n_samples,)
        Codes or labels.
    names : mapping
        Label of each code. Values that can be both are labels.

    Examples
    --------
    >>> are_codes([0, 1], {0: "dust", 1: "planet"}), are_codes(["dust"], {0: "dust", 1: "planet"})
    (True, False)
    """
    import numpy as np

    array = np.asarray(values.toarray() if hasattr(values, "toarray") else values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array.ravel()
    if array.ndim != 1 or array.dtype.kind not in "biufO":
        return False
    try:
        found = set(array.tolist())
    except TypeError:  # values that cannot be hashed
        return False
    return bool(found) and found <= set(names) and not found <= set(names.values())
