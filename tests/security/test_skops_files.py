"""skops files of unknown signers."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from xgboost import XGBClassifier

from exo_nbregistry.errors import UntrustedModelError
from exo_nbregistry.persistence.model_files import ModelPersistence
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring

skops = pytest.importorskip("skops.io")

X, Y = np.arange(40.0).reshape(-1, 2), [0, 1] * 10
Load = Callable[..., Any]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Return a function that loads the bytes of an unsigned skops file."""

    def load_bytes(data: bytes, **options: Any) -> Any:
        path = tmp_path / "model.skops"
        path.write_bytes(data)
        return ModelPersistence.load_model(path, **options)[0]

    return load_bytes


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        RandomForestClassifier(3, random_state=0),
        make_pipeline(StandardScaler(), FunctionTransformer(np.abs), LogisticRegression()),
    ],
    ids=lambda model: type(model).__name__,
)
def test_plain_models_load(load: Load, model: Any) -> None:
    """A model of scikit-learn loads although skops itself would ask to trust its trees."""
    model = model.fit(X, Y)
    loaded = load(skops.dumps(model))
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_a_registered_skops_model_of_an_unknown_signer_loads(tmp_path: Path) -> None:
    """The registry reads a skops model of another user with the same list."""
    theirs = ModelRegistry(tmp_path / "registry", durable=False)
    ref = theirs.register_model(RandomForestClassifier(3).fit(X, Y), "forest", format="skops")
    mine = ModelRegistry(tmp_path / "registry", keyring=Keyring(tmp_path / "me"))
    assert mine.load_model(ref)[0].predict(X).shape == (20,)


def test_other_types_are_named(load: Load) -> None:
    """Types outside the list are an error with the call that trusts their package."""
    data = skops.dumps(XGBClassifier(n_estimators=2).fit(X, Y))
    with pytest.raises(UntrustedModelError, match=r"trust=\['xgboost'\]") as caught:
        load(data)
    assert "xgboost.sklearn.XGBClassifier" in caught.value.types


def changed(data: bytes, change: Callable[[str], str], compression: int = 0) -> bytes:
    """Return a skops file with a changed schema."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", compression) as archive,
    ):
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "schema.json":
                content = change(content.decode()).encode()
            archive.writestr(part.filename, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("posix", "system"),
        ("builtins", "eval"),
        ("scipy.stats._continuous_distns", "norm_gen"),
        ("joblib.memory", "Memory"),
        ("operator", "methodcaller"),
    ],
)
def test_a_changed_type_is_refused(load: Load, tmp_path: Path, module: str, name: str) -> None:
    """The list of the file does not count: a dangerous name in the schema is refused."""
    data = skops.dumps(LogisticRegression().fit(X, Y))

    def change(schema: str) -> str:
        content = json.loads(schema)
        content["__module__"], content["__class__"] = module, name
        return json.dumps(content)

    with pytest.raises(UntrustedModelError):
        load(changed(data, change))
    assert {path.name for path in tmp_path.iterdir()} == {"model.skops"}


def test_a_compressed_file_is_refused(load: Load) -> None:
    """An archive that could unpack to any size is not unpacked."""
    data = skops.dumps({"zeros": np.zeros(1 << 20)}, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(UntrustedModelError, match="is compressed"):
        load(data)


def test_parts_that_overlap_are_refused(load: Load) -> None:
    """An archive whose parts are together larger than the file is refused."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("schema.json", "{}" + " " * 1_000)
        first = archive.infolist()[0]
        for number in range(9):
            archive.filelist.append(first)
            archive.NameToInfo[f"copy{number}"] = first
    with pytest.raises(UntrustedModelError, match="is compressed"):
        load(target.getvalue())


def test_the_structure_is_checked(load: Load) -> None:
    """A tree with another number of features than its forest is refused."""
    model = RandomForestClassifier(2, random_state=0).fit(X, Y)
    model.n_features_in_ = 1
    for tree in model.estimators_:
        tree.n_features_in_ = 1
    with pytest.raises(UntrustedModelError, match="not loaded"):
        load(skops.dumps(model))


def test_a_mask_with_other_bytes_is_refused(load: Load) -> None:
    """Truth values other than 0 and 1 are refused in arrays of skops too."""
    data = skops.dumps({"mask": np.array([True] * 999)})
    assert load(data)["mask"].all()
    with pytest.raises(UntrustedModelError, match="neither true nor false"):
        load(patched(data, b"\1" * 999, b"\xff" * 999))


def patched(data: bytes, before: bytes, after: bytes) -> bytes:
    """Return a skops file with other bytes in its arrays."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w") as archive,
    ):
        for part in source.infolist():
            archive.writestr(part.filename, source.read(part).replace(before, after))
    return target.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x05N."])
def test_another_kind_of_file_is_refused(load: Load, content: bytes) -> None:
    """A file that is not an archive of skops is an error, and is not read in another way."""
    with pytest.raises(UntrustedModelError, match="cannot be read"):
        load(content)


def test_a_deep_schema_is_refused(load: Load) -> None:
    """A schema that is nested deeper than Python's stack is an error."""
    data = skops.dumps([1])
    with pytest.raises(UntrustedModelError, match="cannot be read"):
        load(changed(data, lambda _: "[" * 100_000 + "]" * 100_000))


def node(loader: str, module: str, name: str, **content: Any) -> dict[str, Any]:
    """Return a node of a schema."""
    return {"__loader__": loader, "__module__": module, "__class__": name, **content}


def text(value: Any) -> dict[str, Any]:
    """Return a node with a value of JSON."""
    return node("JsonNode", "builtins", "str", content=json.dumps(value), is_json=True)


def called(module: str, name: str, *arguments: Any) -> dict[str, Any]:
    """Return a node that skops loads by calling a name."""
    content = node("TupleNode", "builtins", "tuple", content=list(arguments))
    return node("ConstructorFromReduceNode", module, name, content=content)


def attribute(value: Any, *names: str) -> Any:
    """Return a node that gets an attribute of an attribute."""
    for each in names:
        value = called("builtins", "getattr", value, text(each))
    return value


def system(array: Any) -> Any:
    """Return a node that gets `os.system` by attributes alone."""
    return attribute(array, "ctypes", "_ctypes", "_os", "system")


def with_root(root: Callable[[Any], Any]) -> bytes:
    """Return a skops file with another root, which may use an array of the file."""
    data = skops.dumps(np.arange(3.0))

    def change(schema: str) -> str:
        content = json.loads(schema)
        array = {k: v for k, v in content.items() if k not in ("protocol", "_skops_version")}
        return json.dumps({**content, "__id__": 0, **root(array)})

    return changed(data, change)


COMMAND = "touch it-ran"
RANDOM = ("numpy.random._pickle", "__randomstate_ctor")
ROOTS: dict[str, Callable[[Any], Any]] = {
    "constructor": lambda array: called(*RANDOM, text(COMMAND), system(array)),
    "types of keys": lambda array: node(
        "DictNode",
        "builtins",
        "dict",
        content={COMMAND: text(1)},
        key_types=node("ListNode", "builtins", "list", content=[system(array)]),
    ),
    "list": lambda _: node("ListNode", "builtins", "bytearray", content=[text(1)]),
    "loss": lambda _: node(
        "LossNode",
        "builtins",
        "bytearray",
        content=text({}),
        __reduce__={"args": node("TupleNode", "builtins", "tuple", content=[text(1 << 40)])},
    ),
    "hidden method": lambda _: node(
        "ObjectNode",
        "sklearn.preprocessing._data",
        "StandardScaler",
        content=node(
            "DictNode",
            "builtins",
            "dict",
            content={"transform": node("FunctionNode", "numpy", "exp")},
            key_types=node(
                "ListNode", "builtins", "list", content=[node("TypeNode", "builtins", "str")]
            ),
        ),
    ),
}


@pytest.mark.parametrize("what", ROOTS)
def test_a_node_calls_only_what_its_kind_allows(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Allowed names in another kind of node are refused, and nothing of them runs."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UntrustedModelError):
        load(with_root(ROOTS[what]))
    assert {path.name for path in tmp_path.iterdir()} == {"model.skops"}


def test_two_objects_with_one_number_are_refused(load: Load) -> None:
    """Skops reads the first object instead of the second, which was the checked one."""
    first = {**node("TypeNode", "builtins", "str"), "__id__": 7}
    second = {**text(2), "__id__": 7}
    with pytest.raises(UntrustedModelError, match="same number"):
        load(with_root(lambda _: node("ListNode", "builtins", "list", content=[first, second])))


def test_an_array_with_another_name_is_checked(load: Load) -> None:
    """The values of an array are checked, regardless of the name of its part of the file."""
    mask = np.frombuffer(bytes([7] * 8), dtype=bool)
    data = skops.dumps(mask)
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w") as archive,
    ):
        for part in source.infolist():
            content = source.read(part)
            renamed = part.filename.replace(".npy", ".dat")
            archive.writestr(renamed, content.replace(b".npy", b".dat"))
    with pytest.raises(UntrustedModelError, match="truth value"):
        load(target.getvalue())


def test_a_large_vocabulary_is_checked_in_linear_time(load: Load) -> None:
    """All keys of a dict refer to one type, which is compared once."""
    words = {f"word {number}": number for number in range(20_000)}
    assert load(skops.dumps({"words": words, "array": np.zeros(1)}))["words"] == words


def test_search_trees_load(load: Load) -> None:
    """A search tree is set by its own method, and checked afterwards."""
    model = KNeighborsClassifier(1, algorithm="kd_tree").fit(X, Y)
    assert load(skops.dumps(model)).predict(X).tolist() == Y
