"""Versions that a list folds under their parent, such as the trials of a search."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from exo_nbregistry.index.queries import count_versions
from exo_nbregistry.index.sql_condition import Condition, join
from exo_nbregistry.records.model_state import ACTIVE

# Fewer children do not fill a list. A retrained model is the child of its predecessor.
MIN_CHILDREN = 3
# The parents are found once for a query. They must be listed themselves.
_PARENTS = f"""
    SELECT c.parent FROM versions c WHERE c.parent IS NOT NULL AND c.status = '{ACTIVE}'
    GROUP BY c.parent HAVING count(*) >= {MIN_CHILDREN} AND EXISTS (
        SELECT 1 FROM versions p WHERE p.model = substr(c.parent, 1, instr(c.parent, ':') - 1)
            AND p.number = CAST(substr(c.parent, instr(c.parent, ':') + 1) AS INTEGER)
            AND p.status = '{ACTIVE}')
"""
_NEWER = f"""
    EXISTS (SELECT 1 FROM versions n
        WHERE n.model = v.model AND n.number > v.number AND n.status = '{ACTIVE}')
"""
_ALIASED = """
    v.id IN (SELECT owner FROM facts WHERE field = (SELECT id FROM fields WHERE name = 'aliases'))
"""
# The latest version of a model and versions with an alias are never folded.
_IS_FOLDED = Condition(
    f"(v.parent IS NOT NULL AND v.parent IN ({_PARENTS}) AND {_NEWER} AND NOT {_ALIASED})"
)
IS_UNFOLDED = ~_IS_FOLDED


def count_unfolded(index: sqlite3.Connection, where: Condition) -> int:
    """Return the number of matching versions that are not folded.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    where : Condition
        The condition without the one for folded versions.
    """
    # The few children have their own index.
    return count_versions(index, where) - count_versions(index, join("AND", [where, _IS_FOLDED]))


def count_children(index: sqlite3.Connection, versions: Sequence[int]) -> dict[str, int]:
    """Return the number of children by model ID, of versions with at least `MIN_CHILDREN`.

    Parameters
    ----------
    index : sqlite3.Connection
        The index.
    versions : sequence of int
        Rows of the table `versions`.
    """
    query = f"""
        SELECT c.parent, count(*) FROM versions v CROSS JOIN versions c
            ON c.parent = v.model || ':' || v.number AND c.status = '{ACTIVE}'
        WHERE v.id IN ({", ".join("?" * len(versions))})
        GROUP BY c.parent HAVING count(*) >= {MIN_CHILDREN}
    """
    return dict(index.execute(query, versions).fetchall())
