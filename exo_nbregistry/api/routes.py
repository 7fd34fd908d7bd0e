"""Table of the routes: the function for each path and HTTP method."""

from __future__ import annotations

from collections.abc import Callable

from exo_nbregistry.api.attachment_routes import attachment, attachment_preview
from exo_nbregistry.api.compare_route import compare
from exo_nbregistry.api.detail_route import version
from exo_nbregistry.api.export_route import export
from exo_nbregistry.api.history_route import history
from exo_nbregistry.api.list_routes import models, versions
from exo_nbregistry.api.panel_route import panel
from exo_nbregistry.api.plot_route import plot
from exo_nbregistry.api.registry_routes import fields, head, indexing, registries
from exo_nbregistry.api.request import Reply, Request
from exo_nbregistry.api.write_routes import (
    add_note,
    add_tags,
    delete,
    remove_alias,
    remove_tag,
    restore,
    rollback_alias,
    set_alias,
)

Call = Callable[[Request], Reply]

_REGISTRY = "/registries/(?P<registry>[^/]+)"
_MODEL = f"{_REGISTRY}/models/(?P<name>[^/]+)"
_ALIAS = f"{_MODEL}/aliases/(?P<alias>[^/]+)"
_VERSION = f"{_MODEL}/versions/(?P<version>[^/]+)"
_ATTACHMENT = f"{_VERSION}/attachments/(?P<attachment>[^/]+)"
ROUTES: dict[str, dict[str, Call]] = {
    "/registries": {"GET": registries},
    _REGISTRY: {"GET": head},
    f"{_REGISTRY}/indexing": {"GET": indexing},
    f"{_REGISTRY}/fields": {"GET": fields},
    f"{_REGISTRY}/models": {"GET": models},
    f"{_REGISTRY}/versions": {"GET": versions},
    f"{_REGISTRY}/compare": {"GET": compare},
    f"{_REGISTRY}/plot": {"GET": plot},
    f"{_REGISTRY}/panel": {"GET": panel},
    f"{_MODEL}/history": {"GET": history},
    _ALIAS: {"PUT": set_alias, "DELETE": remove_alias},
    f"{_ALIAS}/rollback": {"POST": rollback_alias},
    _VERSION: {"GET": version},
    _ATTACHMENT: {"GET": attachment},
    f"{_ATTACHMENT}/preview": {"GET": attachment_preview},
    f"{_VERSION}/tags": {"POST": add_tags},
    f"{_VERSION}/tags/(?P<tag>[^/]+)": {"DELETE": remove_tag},
    f"{_VERSION}/notes": {"POST": add_note},
    f"{_VERSION}/delete": {"POST": delete},
    f"{_VERSION}/restore": {"POST": restore},
    f"{_VERSION}/export": {"POST": export},
}
# The ETag of these is a digest of the reply, because it depends on more than the registry.
BY_DIGEST = {registries, head, indexing, version}
# Their replies contain relative times, so they are known for at most a minute.
TIMED = {models, versions, history}
