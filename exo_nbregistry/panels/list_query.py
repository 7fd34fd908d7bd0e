"""The query of a list, as the view in the page builds it in js/src/registry/list_query.ts."""

from __future__ import annotations

import re
from typing import Any, Protocol
from urllib.parse import urlencode

_METRIC_ORDER = re.compile(r"-?metrics(?:\.(\w+)|\['(.*)'\])", re.ASCII)


class State(Protocol):
    """The state of a panel."""

    query: str
    view: str
    model_name: str
    order_by: str
    page: int
    columns: tuple[str, ...]
    show_deleted: bool
    fold_children: bool
    _page_size: int


def list_query(state: State) -> str:
    """Return the query of the list that a state describes.

    It has the parameters of the page in the same order and encoding, so that the page finds the
    reply that was sent together with the panel.

    Parameters
    ----------
    state : State
        The state of the panel.
    """
    size, is_versions = state._page_size, state.view == "versions"
    pairs: list[tuple[str, Any]] = [
        ("name", state.model_name),
        ("where" if is_versions else "q", state.query),
        ("order_by", state.order_by),
        ("limit", size),
        ("offset", (state.page - 1) * size),
        ("include_deleted", "true" if state.show_deleted else ""),
        ("fold_children", "true" if is_versions and state.fold_children else ""),
        ("metric", "" if is_versions else sorted_metric(state.order_by)),
        *(("column", name) for name in state.columns if is_versions),
    ]
    given = [(name, str(value)) for name, value in pairs if value != ""]
    # As URLSearchParams of the page encodes them.
    return urlencode(given, safe="*").replace("~", "%7E")


def sorted_metric(order_by: str) -> str:
    """Return the metric that models are sorted by, which each of them then shows; '' without one.

    Examples
    --------
    >>> sorted_metric("-metrics.f1_score"), sorted_metric("metrics['recall at 5']")
    ('f1_score', 'recall at 5')
    >>> sorted_metric("-created_at")
    ''
    """
    found = _METRIC_ORDER.fullmatch(order_by)
    return "" if found is None else found[1] or re.sub(r"\\(.)", r"\1", found[2] or "")
