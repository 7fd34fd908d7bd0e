"""The option that says how results show themselves."""

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
def _as_at_the_start(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(option, "_chosen", {})
    monkeypatch.delenv(option.VARIABLE, raising=False)
    return


def pretend(monkeypatch: pytest.MonkeyPatch, shell: Any) -> None:
    """Let IPython have this shell."""
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))


def test_panels_are_the_default() -> None:
    """Nothing chosen means panels."""
    assert get_config() == {"display": "panel"}


@pytest.mark.parametrize("display", option.DISPLAYS)
def test_what_is_chosen_is_told(display: str) -> None:
    """The display that was set is the one that is told."""
    set_config(display=display)
    assert get_config() == {"display": display}


def test_the_environment_chooses_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable counts until a display is set."""
    monkeypatch.setenv(option.VARIABLE, "text")
    assert get_config()["display"] == "text"
    set_config(display="html")
    assert get_config()["display"] == "html"


def test_an_unknown_display_is_refused() -> None:
    """A display that does not exist is named with those that do, and nothing changes."""
    with pytest.raises(RegistryError, match="'txt' is no display: choose 'panel', 'html' or"):
        set_config(display="txt")
    assert get_config() == {"display": "panel"}


def test_an_unknown_display_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says wrongly is named with the variable."""
    monkeypatch.setenv(option.VARIABLE, "no")
    with pytest.raises(RegistryError, match=r"EXO_NBREGISTRY_DISPLAY='no' is no display"):
        get_config()


@pytest.mark.parametrize(
    ("shell", "kernel"),
    [(None, False), (SimpleNamespace(), False), (SimpleNamespace(kernel=object()), True)],
    ids=["no shell", "a terminal", "a kernel"],
)
def test_only_a_kernel_serves_panels(
    monkeypatch: pytest.MonkeyPatch, shell: Any, kernel: bool
) -> None:
    """A shell without a kernel, and no shell at all, show tables."""
    pretend(monkeypatch, shell)
    assert in_kernel() is shows_panels() is kernel


@pytest.mark.parametrize("display", ["html", "text"])
def test_panels_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    """Another display than panels is kept to in a kernel too."""
    pretend(monkeypatch, SimpleNamespace(kernel=object()))
    set_config(display=display)
    assert not shows_panels()


def test_html_gives_way_to_text() -> None:
    """A wrapped method gives nothing for text, and its HTML else; its name stays."""

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
