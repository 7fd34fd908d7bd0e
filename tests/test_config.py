"""The options of the package."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from exo_nbregistry import config as option
from exo_nbregistry.config import (
    Displayed,
    get_config,
    html_unless_text,
    in_kernel,
    register_renderers,
    runs_unattended,
    set_config,
    shows_panels,
    uses_panels,
)
from exo_nbregistry.errors import RegistryError


@pytest.fixture(autouse=True)
def _as_at_the_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(option, "_chosen", {})
    monkeypatch.delenv(option.VARIABLE, raising=False)
    monkeypatch.delenv(option.PROVENANCE_VARIABLE, raising=False)
    return


def pretend(monkeypatch: pytest.MonkeyPatch, shell: Any) -> None:
    """Set the shell of IPython."""
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))


def test_panels_are_the_default() -> None:
    """Without an option, results are displayed as panels."""
    assert get_config()["display"] == "panel"


@pytest.mark.parametrize("display", option.DISPLAYS)
def test_the_chosen_display_is_returned(display: str) -> None:
    """The display that was set is the configured one."""
    set_config(display=display)
    assert get_config()["display"] == display


def test_the_environment_sets_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable sets the default, until a display is set."""
    monkeypatch.setenv(option.VARIABLE, "text")
    assert get_config()["display"] == "text"
    set_config(display="html")
    assert get_config()["display"] == "html"


def test_an_unknown_display_is_rejected() -> None:
    """The error for an unknown display names the known ones, and the display does not change."""
    with pytest.raises(RegistryError, match="Unknown display 'txt'; choose 'panel', 'html' or"):
        set_config(display="txt")
    assert get_config()["display"] == "panel"


def test_all_provenance_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """The level of provenance is full, that of the environment, or the one that was set."""
    assert get_config() == {"display": "panel", "provenance": "full"}
    monkeypatch.setenv(option.PROVENANCE_VARIABLE, "none")
    assert get_config()["provenance"] == "none"
    set_config(provenance="no-source")
    assert get_config() == {"display": "panel", "provenance": "no-source"}


def test_an_unknown_level_of_provenance_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the known levels, and no option changes."""
    message = "Unknown provenance 'some'; choose 'full', 'no-source' or 'none'"
    with pytest.raises(RegistryError, match=message):
        set_config(display="text", provenance="some")
    assert get_config() == {"display": "panel", "provenance": "full"}
    monkeypatch.setenv(option.PROVENANCE_VARIABLE, "no")
    with pytest.raises(RegistryError, match="Unknown EXO_NBREGISTRY_PROVENANCE 'no'"):
        get_config()


def test_an_unknown_display_in_the_environment_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error for an unknown display in the environment names the variable."""
    monkeypatch.setenv(option.VARIABLE, "no")
    with pytest.raises(RegistryError, match=r"Unknown EXO_NBREGISTRY_DISPLAY 'no'"):
        get_config()


@pytest.mark.parametrize(
    ("shell", "kernel"),
    [(None, False), (SimpleNamespace(), False), (SimpleNamespace(kernel=object()), True)],
    ids=["no shell", "a terminal", "a kernel"],
)
def test_only_a_kernel_serves_panels(
    monkeypatch: pytest.MonkeyPatch, shell: Any, kernel: bool
) -> None:
    """Only a shell with a kernel displays panels."""
    pretend(monkeypatch, shell)
    assert in_kernel() is shows_panels() is kernel


@pytest.mark.parametrize("display", ["html", "text"])
def test_panels_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    """Displays other than panels are also used in a kernel."""
    pretend(monkeypatch, SimpleNamespace(kernel=object()))
    set_config(display=display)
    assert not shows_panels()


def request(allow_stdin: object, **variables: Any) -> Any:
    """Return a shell whose cell came in a request with this content."""
    content = {} if allow_stdin is None else {"allow_stdin": allow_stdin}
    kernel = SimpleNamespace(get_parent=lambda: {"content": content})
    return SimpleNamespace(kernel=kernel, user_ns=variables)


@pytest.mark.parametrize(
    ("allow_stdin", "unattended"),
    [(False, True), (True, False), (None, False)],
    ids=["nbclient", "JupyterLab", "a callback of a widget"],
)
def test_a_program_that_takes_no_input_has_no_front_end(
    monkeypatch: pytest.MonkeyPatch, allow_stdin: object, unattended: bool
) -> None:
    """A panel is live unless the cell runs without a front end that can answer input()."""
    pretend(monkeypatch, request(allow_stdin))
    assert runs_unattended() is unattended
    assert shows_panels() is not unattended
    assert uses_panels()


@pytest.mark.parametrize("variable", ["VOILA_BASE_URL", "VOILA_PREHEAT"])
def test_voila_shows_live_panels(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """Voila runs cells without input, and panels are live."""
    monkeypatch.setenv(variable, "x")
    pretend(monkeypatch, request(False))
    assert shows_panels()


def test_vs_code_shows_live_panels(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a notebook of VS Code, panels are live with any kind of request."""
    pretend(monkeypatch, request(False, __vsc_ipynb_file__="a.ipynb"))
    assert shows_panels()


def test_the_environment_can_declare_a_front_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """With "panel" in the environment panels are live; `set_config` in a notebook cannot know."""
    pretend(monkeypatch, request(False))
    set_config(display="panel")
    assert not shows_panels()
    monkeypatch.setenv(option.VARIABLE, "panel")
    assert shows_panels()


def test_html_gives_way_to_text() -> None:
    """A wrapped method returns None for text and keeps its docstring."""

    class Value:
        def to_html(self) -> str:
            """Return HTML."""
            return "<p>"

        _repr_html_ = html_unless_text(to_html)

    assert Value()._repr_html_() == "<p>"
    assert Value._repr_html_.__doc__ == "Return HTML."
    set_config(display="text")
    assert Value()._repr_html_() is None
    assert Value().to_html() == "<p>"


class Shown(Displayed):
    """A value with registered renderers."""


class Derived(Shown):
    """A value of a derived class."""


def as_html(value: Displayed) -> str:
    """Return the name of a value's class as HTML."""
    return f"<p>{type(value).__name__}</p>"


def as_panel(value: Displayed) -> Any:
    """Return a panel that displays the name of a value's class."""
    return SimpleNamespace(_repr_mimebundle_=lambda **asked: {"panel": type(value), **asked})


@pytest.fixture
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(option, "_renderers", {"html": {}, "panel": {}})
    register_renderers("html", {f"{__name__}:Shown": f"{__name__}:as_html"})
    register_renderers("panel", {f"{__name__}:Shown": f"{__name__}:as_panel"})


@pytest.mark.usefixtures("_registered")
def test_registered_renderers_display_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class and its subclasses are displayed as HTML, and in a kernel as a panel."""
    assert Derived()._repr_html_() == "<p>Derived</p>"
    assert Shown()._repr_mimebundle_(include=None) == {}
    pretend(monkeypatch, SimpleNamespace(kernel=object()))
    assert Shown()._repr_mimebundle_(include=None) == {"panel": Shown, "include": None}
    set_config(display="text")
    assert Shown()._repr_html_() is None
    assert Shown()._repr_mimebundle_() == {}


def test_a_class_without_renderers_is_displayed_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """IPython falls back to the repr of a class without renderers."""
    pretend(monkeypatch, SimpleNamespace(kernel=object()))
    assert (Shown()._repr_html_(), Shown()._repr_mimebundle_()) == (None, {})


@pytest.mark.parametrize("kind", ["html", "panel"])
def test_the_renderers_of_the_package_exist(kind: str) -> None:
    """Each class in the package's tables, and its renderer, can be imported."""
    for path in [path for pair in option._renderers[kind].items() for path in pair]:
        module, _, name = path.partition(":")
        assert callable(getattr(import_module(module), name))
