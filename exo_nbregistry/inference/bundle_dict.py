"""Recognition of a dict that holds a fitted model with its transformers and columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from types import FunctionType
from typing import Any

from exo_nbregistry.errors import InvalidInputError
from exo_nbregistry.inference.bundle import Bundle
from exo_nbregistry.inference.bundle_keys import (
    FEATURES,
    LABELS,
    MODELS,
    THRESHOLDS,
    is_named,
    step_rank,
)
from exo_nbregistry.inference.bundle_steps import (
    can_predict,
    can_transform,
    is_label_encoder,
    named_steps,
    read_columns,
)
from exo_nbregistry.inference.class_names import read_names
from exo_nbregistry.inference.model_facts import n_features, read_facts
from exo_nbregistry.inference.step_input import takes_texts
from exo_nbregistry.text.names import name_list

# A long list has plain values, and a container can contain itself.
_MAX_ITEMS = 1000
_MAX_DEPTH = 2
_START = "Cannot register the dict as one model:"
_CALL = "bundle(scaler, model, decode=encoder, features=[...])"


def has_estimator(value: Any, depth: int = _MAX_DEPTH) -> bool:
    """Return whether a dict, list or tuple holds a fitted model or transformer.

    Parameters
    ----------
    value : object
        The model of a registration.
    depth : int, default=2
        Maximum number of containers inside each other.

    Examples
    --------
    >>> has_estimator({"cut": 0.5})
    False
    """
    if isinstance(value, dict | list | tuple) and not can_predict(value):
        items = value.values() if isinstance(value, dict) else value
        first = islice(items, _MAX_ITEMS if depth else 0)
        return any(has_estimator(item, depth - 1) for item in first)
    return _is_estimator(value)


def _is_estimator(value: Any) -> bool:
    # Frames of pandas have transform, too.
    return can_predict(value) or (can_transform(value) and hasattr(value, "fit"))


def bundle_of_dict(parts: Mapping[Any, Any]) -> Bundle:
    """Return the bundle of a dict with a model and its transformers, labels and columns.

    Parameters
    ----------
    parts : mapping
        The model under one of the keys below, or as the only object with ``predict``; a list of
        models is averaged. A LabelEncoder under any key decodes the predictions, and a single
        transformer can have any key. Plain values under other keys are kept.

    Returns
    -------
    Bundle
        With the items of the dict.

    Raises
    ------
    InvalidInputError
        If there are several models, or an object whose purpose is unknown.

    Notes
    -----
    The keys, for which case, spaces, hyphens and underscores do not matter:

    Model: model, models, classifier, clf, regressor, reg, estimator, booster, bst, net,
    pipeline, pipe, predictor, trainedmodel, bestmodel, finalmodel.
    Transformers, applied in this order: preprocessor, preprocess, preprocessing, preproc,
    columntransformer, cleaner, encoder, featureencoder, onehotencoder, ordinalencoder,
    targetencoder, ohe, vectorizer, vec, tfidf, tfidfvectorizer, countvectorizer, imputer,
    imp, simpleimputer, knnimputer, transformer, powertransformer, quantiletransformer,
    scaler, sc, standardscaler, minmaxscaler, robustscaler, normalizer, selector,
    featureselector, pca, svd, reducer.
    Labels: encoder, labelencoder, le, labelbinarizer, decoder, decode, labelmap,
    labelmapping, classmap, labels, labelnames, classes, classnames, targetnames, id2label,
    idxtoclass.
    Columns: features, featurecolumns, featurenames, featurecols, featurelist, columns,
    cols, selectedfeatures, inputcolumns, featurenamesin.
    Minimum probability: threshold, bestthreshold, optimalthreshold, decisionthreshold,
    cutoff.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.preprocessing import StandardScaler
    >>> scaler, model = StandardScaler().fit([[0.0]]), DummyClassifier().fit([[0.0]], [0])
    >>> bundle_of_dict({"Model": model, "scaler": scaler, "labels": ["dust"]})
    Bundle(scaler=StandardScaler, Model=DummyClassifier, decode=1 labels)
    """
    model_key = _model_key(parts)
    rest = {key: value for key, value in parts.items() if key is not model_key}
    labels = {key: value for key, value in rest.items() if _is_label_source(key, value)}
    columns = {k: v for k, v in rest.items() if is_named(k, FEATURES) and v is not None}
    thresholds = {k: v for k, v in rest.items() if is_named(k, THRESHOLDS)}
    used = {*labels, *columns, *thresholds}
    transformers = _ordered({k: v for k, v in rest.items() if k not in used and _is_step(k, v)})
    for key, value in rest.items():
        if key not in used and key not in transformers and _is_active(value):
            raise _refusal(f"the purpose of {key!r:.60} ({type(value).__name__}) is unknown")
    try:
        steps = named_steps([(str(key), parts[key]) for key in [*transformers, model_key]])
        return Bundle(
            steps,
            decode=_decode(labels, steps),
            features=_features(columns, steps),
            threshold=_one(thresholds, "thresholds", lambda value: value),
            items=parts,
        )
    except InvalidInputError as error:
        raise error if str(error).startswith(_START) else _refusal(str(error)) from error


def refuse_sequence(parts: Sequence[Any]) -> InvalidInputError:
    """Return the error of a list or tuple of models and transformers."""
    kinds = name_list(type(part).__name__ for part in parts)
    call = _CALL if any(not can_predict(part) for part in parts) else "bundle([model_1, model_2])"
    return InvalidInputError(
        f"The model is a {type(parts).__name__} of {kinds}, and its use is unknown; register one "
        f"object: from exo_nbregistry import bundle, then {call}."
    )


def _refusal(reason: str) -> InvalidInputError:
    return InvalidInputError(
        f"{_START} {reason.rstrip('.')}. Use from exo_nbregistry import bundle, and register "
        f"{_CALL}."
    )


def _model_key(parts: Mapping[Any, Any]) -> Any:
    """Return the key of the model."""
    able = [key for key, value in parts.items() if _is_model(value)]
    if not able:
        raise _refusal("it has no object with predict")
    named = [key for key in able if is_named(key, MODELS)]
    # A clustering has transform and predict.
    others = [key for key in able if key not in named and step_rank(key) is None]
    found = named if named and not others else able
    if len(found) > 1:
        raise _refusal(
            f"it has several models: {name_list(found, quoted=True)}; bundle([model_1, model_2]) "
            "predicts their mean"
        )
    return found[0]


def _is_model(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(map(can_predict, value))
    return can_predict(value)


def _decode(labels: Mapping[Any, Any], steps: Sequence[tuple[str, Any]]) -> Any:
    """Return the labels of the codes that the model predicts, or None if it predicts labels."""
    decode = _one(labels, "labels", read_names)
    codes = read_facts(steps[-1][1]).codes
    if decode is None or codes is None:
        return decode
    names = read_names(decode)
    predicts_labels = set(codes) <= set(names.values()) and not set(codes) <= set(names)
    return None if predicts_labels else decode


def _features(columns: Mapping[Any, Any], steps: Sequence[tuple[str, Any]]) -> Any:
    """Return the columns that the first step takes."""
    features = _one(columns, "columns", lambda value: [str(name) for name in value])
    first, model = steps[0][1], steps[-1][1]
    if features is None or first is model:
        return features
    # The names can be those of the transformed columns, such as of one-hot codes or words.
    names, width = read_columns(features) or (), n_features(first)
    is_word_list = takes_texts(first) and len(names) > 1
    is_output = is_word_list or (
        width not in (None, len(names)) and n_features(model) == len(names)
    )
    return None if is_output else features


def _one(parts: Mapping[Any, Any], what: str, plain: Callable[[Any], Any]) -> Any:
    """Return the only part, or the first one of equal parts; None without any."""
    found = list(parts.values())
    if len(found) > 1 and any(plain(part) != plain(found[0]) for part in found):
        raise _refusal(f"it has different {what} under {name_list(parts, quoted=True)}")
    return found[0] if found else None


def _is_label_source(key: Any, value: Any) -> bool:
    if is_label_encoder(value):
        return True
    is_plain = isinstance(value, Mapping | list | tuple) or type(value).__name__ == "ndarray"
    return is_named(key, LABELS) and is_plain


def _is_step(key: Any, value: Any) -> bool:
    if can_transform(value):
        return hasattr(value, "fit") or step_rank(key) is not None
    return isinstance(value, FunctionType) and step_rank(key) is not None


def _is_active(value: Any) -> bool:
    """Return whether an object may change the predictions."""
    return has_estimator(value) or isinstance(value, FunctionType)


def _ordered(transformers: Mapping[Any, Any]) -> list[Any]:
    """Return the keys of transformers in the order in which they are applied."""
    ranks = {key: step_rank(key) for key in transformers}
    if len(ranks) > 1 and (None in ranks.values() or len(set(ranks.values())) < len(ranks)):
        raise _refusal(f"the order of {name_list(ranks, quoted=True)} is unknown")
    return sorted(ranks, key=lambda key: ranks[key] or 0)
