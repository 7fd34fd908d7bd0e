"""Checks of contrast and of accessible names."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator

from tests.browser.chromium import Window
from tests.browser.readability import low_contrast, unnamed_controls

_FAINT = {
    "grey on white": '<p style="color:#999">a</p>',
    "half-transparent": '<p style="color:rgba(0,0,0,.4)">a</p>',
    "in a faded box": '<div style="opacity:.4"><p>a</p></div>',
    "on a dark box": '<div style="background:#111"><p style="color:#444">a</p></div>',
    "on a transparent box": '<div style="background:#000"><p style="background:#fff5">a</p></div>',
    "in a field": '<input value="a" style="color:#aaa">',
    "a placeholder": '<style>::placeholder {color: #bbb}</style><input placeholder="a">',
    "large and faint": '<p style="font-size:30px;color:#aaa">a</p>',
}
_CLEAR = {
    "black on white": "<p>a</p>",
    "white on dark": '<div style="background:#111;color:#fff"><p>a</p></div>',
    "large grey": '<p style="font-size:30px;color:#888">a</p>',
    "hidden": '<p>b</p><p style="color:#fff;display:none">a</p>',
    "disabled": '<p>b</p><button disabled style="color:#ccc">a</button>',
}
_NAMELESS = {
    "a bare field": "<input>",
    "only a placeholder": '<input placeholder="Search">',
    "an empty button": '<button><svg aria-hidden="true"></svg></button>',
    "a list of choices": "<select><option>a</option></select>",
    "a label elsewhere": '<label for="y">Search</label><input id="x">',
}
_NAMED = {
    "label": '<label for="x">Search</label><input id="x">',
    "around": "<label>Search <input></label>",
    "aria": '<input aria-label="Search">',
    "by another": '<b id="n">Search</b><input aria-labelledby="n">',
    "tooltip": '<button title="Search"><svg></svg></button>',
    "text": "<button>Search</button>",
    "hidden": '<button>Search</button><input style="display:none">',
}


def _body(window: Window, content: str) -> Locator:
    page = window.page()
    page.set_content(content)
    return page.locator("body")


@pytest.mark.parametrize("content", _FAINT.values(), ids=_FAINT)
def test_faint_text_is_found(window: Window, content: str) -> None:
    """Text with a low contrast is found."""
    (found,) = low_contrast(_body(window, content))
    assert found.startswith("a: ")


@pytest.mark.parametrize("content", _CLEAR.values(), ids=_CLEAR)
def test_clear_text_is_not_found(window: Window, content: str) -> None:
    """Clear text, hidden text and text of disabled controls are not found."""
    assert low_contrast(_body(window, content)) == []


def test_the_contrast_is_computed_as_defined(window: Window) -> None:
    """The gray #777777 on white has 4.48 to 1, just below the limit."""
    assert low_contrast(_body(window, '<p style="color:#777">a</p>'))[0].startswith("a: 4.48, ")
    assert low_contrast(_body(window, '<p style="color:#767676">a</p>')) == []


@pytest.mark.parametrize("content", _NAMELESS.values(), ids=_NAMELESS)
def test_an_unnamed_control_is_found(window: Window, content: str) -> None:
    """A control without an accessible name is found."""
    assert len(unnamed_controls(_body(window, content))) == 1


@pytest.mark.parametrize("content", _NAMED.values(), ids=_NAMED)
def test_a_named_control_is_not_found(window: Window, content: str) -> None:
    """All ways to name a control are supported."""
    assert unnamed_controls(_body(window, content)) == []


@pytest.mark.parametrize("part", ["", "<div></div>"])
def test_an_empty_part_fails(window: Window, part: str) -> None:
    """A check without text or controls fails."""
    for check in (low_contrast, unnamed_controls):
        with pytest.raises(AssertionError, match="no visible"):
            check(_body(window, part))
