"""The display option."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from exo_nbregistry import config as option
from exo_nbregistry.config import get_config, html_unless_text, in_kernel, set_config, shows_panels
from exo_nbregistry.errors import RegistryError


@pytest.fixture(autouse=True)
def _default_option(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(option, "_chosen", {})
    monkeypatch.delenv(option.VARIABLE, raising=False)
    return


def set_shell(monkeypatch: pytest.MonkeyPatch, shell: Any) -> None:
    """Make IPython return this shell."""
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))


def test_panels_are_the_default() -> None:
    """The default display is panels."""
    assert get_config() == {"display": "panel"}


@pytest.mark.parametrize("display", option.DISPLAYS)
def test_the_chosen_display_is_returned(display: str) -> None:
    """get_config returns the display that was set."""
    set_config(display=display)
    assert get_config() == {"display": display}


def test_the_environment_sets_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable applies until a display is set."""
    monkeypatch.setenv(option.VARIABLE, "text")
    assert get_config()["display"] == "text"
    set_config(display="html")
    assert get_config()["display"] == "html"


def test_an_unknown_display_is_rejected() -> None:
    """The error lists the displays, and the setting does not change."""
    with pytest.raises(RegistryError, match="Unknown display 'txt'; choose 'panel', 'html' or"):
        set_config(display="txt")
    assert get_config() == {"display": "panel"}


def test_an_unknown_display_in_the_environment_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the environment variable."""
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
    """Without a kernel or a shell, results are displayed as tables."""
    set_shell(monkeypatch, shell)
    assert in_kernel() is shows_panels() is kernel


@pytest.mark.parametrize("display", ["html", "text"])
def test_panels_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    """In a kernel too, a different display turns panels off."""
    set_shell(monkeypatch, SimpleNamespace(kernel=object()))
    set_config(display=display)
    assert not shows_panels()


def test_the_text_display_turns_html_off() -> None:
    """A wrapped method returns None for text and HTML otherwise, and keeps its docstring."""

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
