"""An HTML page without scripts: a card, a comparison or a listing."""

from __future__ import annotations

from exo_nbregistry.api.compare_route import MAX_COMPARED
from exo_nbregistry.api.list_routes import matching_versions
from exo_nbregistry.api.problem import bad_request
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.text.markup import Markup, escape
from exo_nbregistry.views.version_card import render_metadata_html

_POLICY = "; ".join(
    (
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)


def panel(request: Request) -> Reply:
    """Return a card, a comparison or a listing as a page."""
    refs = request.texts("ref", MAX_COMPARED)
    if not refs and "where" not in request.query:
        raise bad_request("ref or where is required; where may be empty.")
    if len(refs) > 1:
        body = request.registry.compare_models(refs).to_html()
    elif refs:
        body = render_metadata_html(request.registry.get_metadata(refs[0]))
    else:
        body = matching_versions(request).to_html()
    title = " and ".join(refs) or request.place.name
    return Reply(
        _page(title, Markup(body)).encode(),
        "text/html; charset=utf-8",
        {"Content-Security-Policy": _POLICY},
    )


def _page(title: str, body: Markup) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title></head>\n"
        f'<body style="font-family:sans-serif;margin:16px">{body}</body></html>\n'
    )
