"""Sparklines, as live SVG and as static images."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.panels.browser import sparkline
from tests.html_page import Page

SERIES = ((1, 0.5), (2, 1.0), (4, 0.75))


def drawn(image: str) -> ET.Element:
    """Return the SVG in an image."""
    source = re.search(r"base64,([^\"]*)", image)
    assert source is not None
    return ET.fromstring(base64.b64decode(source[1]))


def points(drawing: ET.Element) -> list[tuple[int, int]]:
    """Return the points of the line."""
    line = next(part for part in drawing if part.tag.endswith("polyline"))
    return [tuple(map(int, pair.split(","))) for pair in line.get("points", "").split()]  # type: ignore[misc]


def dots(drawing: ET.Element) -> list[tuple[int, int]]:
    """Return the positions of the dots."""
    circles = [part for part in drawing if part.tag.endswith("circle")]
    return [(int(dot.get("cx", "")), int(dot.get("cy", ""))) for dot in circles]


def test_a_larger_value_is_higher() -> None:
    """Versions are from left to right, values from bottom to top, and one version is marked."""
    drawing = drawn(sparkline.static("f1_score", SERIES, 4))
    (x1, low), (x2, high), (x4, middle) = points(drawing)
    assert 0 < x1 < x2 < x4 < sparkline.WIDTH
    assert 0 < high < middle < low < sparkline.HEIGHT
    assert dots(drawing) == [(x4, middle)]


def test_both_forms_have_the_same_points() -> None:
    """Both forms have the same points; the live form has the text color."""
    live = ET.fromstring(sparkline.live("f1_score", SERIES, 2))
    assert points(live) == points(drawn(sparkline.static("f1_score", SERIES, 2)))
    assert dots(live) == dots(drawn(sparkline.static("f1_score", SERIES, 2)))
    assert "currentColor" in sparkline.live("f1_score", SERIES)


def test_a_sparkline_has_a_description() -> None:
    """The description has the first, the last and the marked value."""
    words = "f1_score of versions 1 to 4: 0.5000 to 0.7500; of version 2: 1.0000"
    live = ET.fromstring(sparkline.live("f1_score", SERIES, 2))
    assert (live.get("role"), live.get("aria-label"), live[0].text) == ("img", words, words)
    page = Page(sparkline.static("f1_score", SERIES, 2))
    assert ("alt", words) in page.attributes
    assert page.faults == []


def test_a_version_outside_the_series_is_not_marked() -> None:
    """A version outside the series is neither marked nor described."""
    assert dots(drawn(sparkline.static("f1_score", SERIES, 3))) == []
    assert "version 3" not in sparkline.describe("f1_score", SERIES, 3)


def test_one_value_is_a_dot() -> None:
    """A single version is a dot; an empty series is empty text."""
    assert len(dots(drawn(sparkline.static("auc", [(7, 0.5)])))) == 1
    assert sparkline.live("auc", []) == sparkline.static("auc", []) == ""
    assert sparkline.live("auc", [(1, float("inf"))]) == ""


VALUES = st.lists(st.floats(), max_size=60)


@given(VALUES)
def test_any_values_stay_inside(values: list[float]) -> None:
    """Any values are drawn inside the image."""
    image = sparkline.static("m", list(enumerate(values, 1)), len(values))
    if image:
        for x, y in points(drawn(image)):
            assert 0 <= x <= sparkline.WIDTH
            assert 0 <= y <= sparkline.HEIGHT


def test_hostile_names_are_escaped() -> None:
    """A metric name with markup is escaped."""
    hostile = "\"><script>alert(1)</script><img src=x onerror='alert(1)'>"
    assert {part.tag for part in ET.fromstring(sparkline.live(hostile, SERIES)).iter()} == {
        "svg",
        "title",
        "polyline",
    }
    assert Page(sparkline.static(hostile, SERIES)).faults == []
