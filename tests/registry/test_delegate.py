"""The methods of `ModelRegistry` show only `ModelRegistry`, not its collaborators."""

from __future__ import annotations

import inspect
import pickle
import pydoc
import traceback
from typing import Any

import pytest

from exo_nbregistry.registry import facade
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.registry.workspace import Workspace

METHODS = sorted(
    name
    for name, value in vars(ModelRegistry).items()
    if inspect.isfunction(value) and not name.startswith("_")
)
# Classes that users never see.
INNER = {Workspace.__name__} | {
    name
    for name, value in vars(facade).items()
    if inspect.isclass(value) and value.__module__.startswith("exo_nbregistry.registry.")
} - {"ModelRegistry"}


@pytest.fixture
def registry(tmp_path: Any) -> ModelRegistry:
    """Return an empty registry."""
    return ModelRegistry(tmp_path / "registry", durable=False, create=True)


def test_every_public_method_is_tested() -> None:
    """These tests cover the methods of the collaborators and of the facade."""
    assert len(METHODS) == 54
    assert {"register_model", "load_model", "compare_models", "browse"} <= set(METHODS)
    assert {"Aliases", "Retrieval", "Workspace"} <= INNER


@pytest.mark.parametrize("name", METHODS)
def test_a_wrong_argument_names_the_registry(registry: ModelRegistry, name: str) -> None:
    """A TypeError names the method of ModelRegistry."""
    method = getattr(registry, name)
    takes_tags = name == "tag_model"
    arguments = {} if takes_tags else {"no_such_argument": 1}
    with pytest.raises(TypeError, match=rf"^ModelRegistry\.{name}\(\) ") as caught:
        method(**arguments)
    shown = "".join(traceback.format_exception_only(caught.value))
    assert not [inner for inner in INNER if inner in shown]


@pytest.mark.parametrize("name", METHODS)
def test_a_signature_names_the_registry(registry: ModelRegistry, name: str) -> None:
    """help() and repr show the method of ModelRegistry, with its parameters and docstring."""
    function, bound = getattr(ModelRegistry, name), getattr(registry, name)
    assert function.__qualname__ == f"ModelRegistry.{name}"
    assert function.__module__ == ModelRegistry.__module__
    assert next(iter(inspect.signature(function).parameters)) == "self"
    assert "self" not in inspect.signature(bound).parameters
    assert inspect.signature(bound).return_annotation is not inspect.Signature.empty
    assert len(inspect.getdoc(bound) or "") > 40
    shown = repr(bound) + repr(function) + repr(inspect.unwrap(function))
    shown += str(inspect.signature(bound)) + pydoc.plain(pydoc.render_doc(function))
    assert f"ModelRegistry.{name}" in repr(bound)
    assert not [inner for inner in INNER if f"{inner}." in shown or f"{inner} " in repr(bound)]
    assert f"def {name}(" in inspect.getsource(function)


def test_missing_and_surplus_arguments_name_the_registry(registry: ModelRegistry) -> None:
    """A TypeError about missing or surplus arguments names ModelRegistry and counts correctly."""
    with pytest.raises(TypeError, match=r"^ModelRegistry\.set_alias\(\) missing 2 required"):
        registry.set_alias("toy")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^ModelRegistry\.load_model\(\) takes from 1 to 3 "):
        registry.load_model("toy", 3, True)  # type: ignore[misc]


def test_tags_can_have_any_name(registry: ModelRegistry) -> None:
    """A tag can have the name of any parameter."""
    registry.register_model({"value": 1}, "toy")
    names = ("self", "registry", "args", "kwargs", "method", "ref")
    assert set(registry.tag_model("toy", **dict.fromkeys(names, 1)).tags) == set(names)


def test_a_method_can_be_overridden_and_replaced(
    registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A subclass can call super(), and a replaced method is used by __getitem__."""

    class Loud(ModelRegistry):
        def set_alias(self, *args: Any, **options: Any) -> Any:
            return super().set_alias(*args, **options).aliases

    registry.register_model({"value": 1}, "toy")
    assert Loud(registry.location).set_alias("toy", "champion", 1) == ("champion",)
    with pytest.raises(TypeError, match=r"^ModelRegistry\.set_alias\(\) missing"):
        Loud(registry.location).set_alias("toy")
    monkeypatch.setattr(ModelRegistry, "get_metadata", lambda self, ref: ref)
    assert registry["toy@champion"] == "toy@champion"


def test_a_pickle_names_only_the_registry(registry: ModelRegistry) -> None:
    """The pickle of a registry or of its method does not name a collaborator."""
    for sent in (registry, registry.list_models):
        data = pickle.dumps(sent)
        assert not [inner for inner in INNER if inner.encode() in data]
    assert pickle.loads(pickle.dumps(registry.list_models))().ids == ()


def test_repr_is_the_call_that_opens_the_registry(registry: ModelRegistry) -> None:
    """The repr is the call that opens the registry, with the name of a subclass."""
    assert repr(registry) == f"ModelRegistry({registry.location!r})"
    kind = type("Mine", (ModelRegistry,), {})
    assert repr(kind(registry.location)) == f"Mine({registry.location!r})"
