"""Export of a version to a folder, which only the kernel of the user may do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from exo_nbregistry.api.actions import NOT_HERE, may_export
from exo_nbregistry.api.change import is_preview
from exo_nbregistry.api.problem import Problem, bad_request
from exo_nbregistry.api.registry_call import RegistryCall
from exo_nbregistry.api.request import MAX_TEXT, Reply, Request
from exo_nbregistry.api.version_changes import require_active
from exo_nbregistry.text.markup import count, size
from exo_nbregistry.text.names import name_list

_NO_UNDO = "To undo the export, delete the folder."


def export(request: Request) -> Reply:
    """Export a version to a new folder."""
    fields = request.fields(["directory"], ["preview"])
    preview, directory = is_preview(fields), fields["directory"]
    if not may_export(request):
        command = f"registry.export_model({request.ref!r}, 'folder')"
        raise Problem(403, "not_here", NOT_HERE, f"In a notebook: {command}")
    folder = _folder(directory)
    item = request.registry.get_metadata(request.ref)
    require_active(item)
    call = RegistryCall("export_model", (item.model_id, folder))
    reply: dict[str, Any] = {"code": call.code(), "directory": os.path.abspath(folder)}
    if preview:
        question = f"Export {item.model_id} to {reply['directory']}?"
        warnings = [_NO_UNDO]
        return Reply(
            {**reply, "message": question, "warnings": warnings, "body": {"directory": directory}}
        )
    written = call.run(request.registry)
    return Reply({**reply, "message": f"{_message(written)} {_NO_UNDO}", "undo": None})


def _folder(directory: Any) -> str:
    if not isinstance(directory, str) or not directory.strip():
        raise bad_request("Export requires a folder, such as exports/kepler_rf.")
    if "\0" in directory or len(directory) > MAX_TEXT:
        raise bad_request(f"{directory!r:.60} is not a folder; type its path.")
    return os.path.expanduser(directory.strip())


def _message(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    n_bytes = sum(path.stat().st_size for path in files)
    # The files of the folder itself come first.
    ordered = sorted(files, key=lambda path: (len(path.parts), path))
    names = name_list(path.relative_to(folder).as_posix() for path in ordered)
    return f"Wrote {count(len(files), 'file')} ({size(n_bytes)}) to {folder.absolute()}: {names}."
