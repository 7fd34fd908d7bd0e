"""The objects behind the methods of `ModelRegistry`."""

from __future__ import annotations

from typing import Any

from exo_nbregistry.registry.aliases import Aliases
from exo_nbregistry.registry.attaching import Attaching
from exo_nbregistry.registry.attachment_reader import AttachmentReader
from exo_nbregistry.registry.autoregistering import Autoregistering
from exo_nbregistry.registry.changes import Changes
from exo_nbregistry.registry.comparing import Comparing
from exo_nbregistry.registry.copying import Copying
from exo_nbregistry.registry.curation import Curation
from exo_nbregistry.registry.exporting import Exporting
from exo_nbregistry.registry.importing import Importing
from exo_nbregistry.registry.maintenance import Maintenance
from exo_nbregistry.registry.monitoring import Monitoring
from exo_nbregistry.registry.overview import Overview
from exo_nbregistry.registry.plotting import Plotting
from exo_nbregistry.registry.registration import Registration
from exo_nbregistry.registry.retrieval import Retrieval
from exo_nbregistry.registry.scores import Scores
from exo_nbregistry.registry.search import Search
from exo_nbregistry.registry.trust import Trust
from exo_nbregistry.registry.workspace import Workspace


def make_parts(work: Workspace) -> dict[str, Any]:
    """Return the objects by class name, for `delegate`.

    Parameters
    ----------
    work : Workspace
        The open registry.

    Returns
    -------
    dict of str to object
        The objects.
    """
    search = Search(work)
    registration = Registration(work)
    retrieval = Retrieval(work)
    attachments = AttachmentReader(work)
    monitoring = Monitoring(work)
    parts = (
        search,
        retrieval,
        registration,
        attachments,
        Attaching(work),
        Overview(work, search.log_query_hints),
        Comparing(work, search),
        Plotting(work, search, retrieval, attachments),
        Aliases(work),
        Autoregistering(work, registration, monitoring),
        Changes(work),
        Copying(work),
        Curation(work),
        Exporting(work),
        Importing(work, registration),
        Maintenance(work),
        monitoring,
        Scores(work),
        Trust(work),
    )
    return {type(part).__name__: part for part in parts}
