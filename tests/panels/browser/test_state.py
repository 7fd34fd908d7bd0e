"""The browser panel with rows that are hostile, huge or unreadable."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from ipywidgets import HTML, Widget

from exo_nbregistry.errors import RecordError
from exo_nbregistry.panels.browser.panel import BrowserPanel
from exo_nbregistry.records.metadata import ModelMetadata
from tests.html_page import PAYLOADS, Page, laden
from tests.panels.fake_registry import FakeRegistry
from tests.panels.many_models import NOW, BrowserDriver, shown

AT = datetime(2026, 1, 1, tzinfo=UTC)


def version(number: int = 1, name: str = "rf", **fields: object) -> ModelMetadata:
    """Return a version without a registry."""
    given: dict[str, object] = {"metrics": {"f1_score": 0.5}, "algorithm": "RandomForest"}
    return ModelMetadata(
        model_id=f"{name}:{number}",
        model_name=name,
        version=number,
        created_at=AT + timedelta(hours=number),
        **(given | fields),  # type: ignore[arg-type]
    )


def live_html(panel: Widget) -> list[str]:
    """Return all HTML of a live panel, without its style sheet."""
    values = [part.value for part in shown(panel) if isinstance(part, HTML)]
    return [value for value in values if "<style>" not in value]


LIVE = {"b", "br", "code", "pre", "span", "strong", "svg", "title", "polyline", "circle"}
SAFE = LIVE | {"div", "p", "table", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("view", ["versions", "models"])
def test_hostile_text_is_escaped(payload: str, view: str) -> None:
    """Text of records is escaped in the live panel and in its static view."""
    registry = FakeRegistry(
        [laden(payload), laden(payload, 2)],
        {"metrics": [payload], "hyperparameters": [payload], "tags": [payload]},
    )
    columns = ["aliases", "tags", "description", "status", "parent", "trend", "created_at"]
    columns += [f"metrics.{payload}", f"hyperparameters.{payload}", f"tags.{payload}"]
    driver = BrowserDriver(registry, columns=columns)
    driver.panel.view = view
    driver.type(payload)
    for value in live_html(driver.panel):
        page = Page(value)
        assert set(page.elements) <= SAFE, value
        assert not [name for name, _ in page.attributes if name.startswith("on")]
    static = Page(driver.panel.static_html())
    assert static.faults == []
    assert "\x1b" not in driver.panel.static_text()


def test_a_hostile_query_is_escaped() -> None:
    """A query with markup is escaped, also if it is invalid."""
    driver = BrowserDriver(FakeRegistry([version()]))
    for query in ("<img src=x onerror=alert(1)>", "</code></div><script>"):
        driver.type(query)
        assert set(Page(driver.panel._search._message.value).elements) <= SAFE


def test_an_unreadable_row_is_shown_as_an_error() -> None:
    """An unreadable row has the reason, cannot be selected, and does not affect other rows."""
    broken = RecordError("rf:2 is malformed: run verify().", key="rf:2")
    driver = BrowserDriver(FakeRegistry([version(1), broken, version(3)]), page_size=25)
    assert driver.rows == ["rf:1", "unreadable", "rf:3"]
    assert "unreadable: rf:2 is malformed" in driver.table
    box = driver.panel._selection_boxes.children[2]
    assert box.disabled
    driver.tick("Select page")
    assert driver.panel.selected == ("rf:1", "rf:3")
    for form in (driver.panel.static_text(), driver.panel.static_html()):
        assert "unreadable: rf:2 is malformed" in form


def test_a_page_can_have_only_unreadable_rows() -> None:
    """A page with only unreadable rows is shown."""
    driver = BrowserDriver(FakeRegistry([RecordError("malformed", key="a")] * 3))
    assert driver.rows == ["unreadable"] * 3
    assert "unreadable" in driver.panel.static_text()
    driver.tick("Select page")
    assert driver.panel.selected == ()


def test_long_cells_are_cut() -> None:
    """Many aliases, metrics and long texts are cut, also in tooltips."""
    names = [f"metric_{number:03d}" for number in range(300)]
    huge = version(
        1,
        "a" * 60,
        aliases=tuple(f"alias-{number:03d}" for number in range(200)),
        metrics=dict.fromkeys(names, 0.5),
        description="long " * 10_000,
        tags={f"tag{number}": "x" * 100 for number in range(100)},
    )
    driver = BrowserDriver(
        FakeRegistry([huge], {"metrics": names}),
        columns=["aliases", "description", "tags", "trend"],
    )
    assert "alias-000 alias-001 +198" in driver.table
    assert len(driver.panel._table.value) < 5_000
    assert len(driver.panel.static_html()) < 5_000
    driver.panel.columns = ()
    shown = [name for name in driver.panel._shown() if name.startswith("metrics.")]
    assert len(shown) == 4


def test_the_static_form_is_deterministic() -> None:
    """The static view has timestamps, no relative times and no ids."""
    items = [version(n, aliases=("champion",) * (n == 2)) for n in (1, 2)]
    one, two = (
        BrowserPanel(FakeRegistry(items), now=lambda at=at: at)  # type: ignore[misc]
        for at in (NOW, NOW + timedelta(days=99))
    )
    assert one.static_html() == two.static_html()
    assert one._table.value != two._table.value
    assert "2026-01-01 02:00:00" in one.static_html()
    assert "ago" not in one.static_html()
    assert not re.search(r"\bid=", one.static_html())
    for fact in ("rf:2", "champion", "0.5000", "2026-01-01 02:00:00", "2 versions"):
        assert fact in one.static_text()
        assert fact in " ".join(Page(one.static_html()).text)


def test_the_live_table_has_exact_values_in_tooltips() -> None:
    """The tooltip of a relative time is a timestamp, that of a rounded number all digits."""
    driver = BrowserDriver(FakeRegistry([version(metrics={"f1_score": 0.123456789})]))
    table = driver.panel._table.value
    assert '<span title="2026-01-01 01:00:00 UTC">2 days ago</span>' in table
    assert '<span title="0.123456789">0.1235</span>' in table


def test_rows_and_columns_have_headers() -> None:
    """The table has a header for each row and column, for screen readers."""
    table = BrowserDriver(FakeRegistry([version(1), version(2)])).panel._table.value
    assert table.count('scope="row"') == 2
    assert table.count("<table") == 1
    assert 'scope="col"' in table


def test_only_the_page_is_read() -> None:
    """Each page is one query with limit and offset."""
    registry = FakeRegistry([version(n) for n in range(1, 8)])
    driver = BrowserDriver(registry, order_by="-created_at")
    assert [query["limit"] for query in registry.queries] == [3]
    driver.press("Next")
    assert [query["offset"] for query in registry.queries] == [0, 3]
    driver.panel.query = "rf"
    assert [query["offset"] for query in registry.queries] == [0, 3, 0]
