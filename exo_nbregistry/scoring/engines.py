"""Score pieces in this process, in several processes, or on a Dask cluster."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

from exo_nbregistry.errors import InvalidInputError, RegistryError
from exo_nbregistry.scoring.piece import Layout, Piece, TableScorer
from exo_nbregistry.scoring.place import Place
from exo_nbregistry.scoring.results import score_piece
from exo_nbregistry.text.names import short_error

PROCESSES, DASK = "processes", "dask"
ENGINES = (PROCESSES, DASK)
Found = tuple[str, dict[str, int]]
_AGAIN = "Finished pieces are kept: run it again to continue."


def check_engine(engine: str | None, n_jobs: int | None, cluster: Any) -> str:
    """Return the engine that arguments choose.

    Raises
    ------
    InvalidInputError
        If the arguments are invalid.
    """
    if engine is None:
        engine = PROCESSES if cluster is None else DASK
    if engine not in ENGINES:
        raise InvalidInputError(f"engine must be 'processes' or 'dask', got {engine!r}.")
    if engine == PROCESSES and cluster is not None:
        raise InvalidInputError("cluster= requires engine='dask'.")
    if engine == DASK and n_jobs is not None:
        raise InvalidInputError("n_jobs= is for engine='processes'; a cluster has its own workers.")
    if n_jobs is not None and (
        isinstance(n_jobs, bool) or not isinstance(n_jobs, int) or not n_jobs
    ):
        raise InvalidInputError(f"n_jobs must be a number of processes, got {n_jobs!r}.")
    return engine


def run_processes(
    scorer: TableScorer, pieces: Sequence[Piece], target: Place, layout: Layout, n_jobs: int | None
) -> Generator[Found]:
    """Score pieces in processes of this machine, or in this one if one is enough.

    Parameters
    ----------
    scorer : TableScorer
        The scorer.
    pieces : sequence of Piece
        The pieces.
    target : Place
        The folder of results.
    layout : Layout
        Which columns are used.
    n_jobs : int or None
        Number of processes; None for one for each processor.

    Yields
    ------
    tuple of (str, dict)
        Name and row counts of each file, as they are finished.
    """
    from joblib import Parallel, delayed, effective_n_jobs
    from joblib.externals.loky.process_executor import BrokenProcessPool

    workers = min(effective_n_jobs(-1 if n_jobs is None else n_jobs), len(pieces))
    if workers <= 1:
        for piece in pieces:
            yield score_piece(scorer, piece, target, layout)
        return
    # The backend gives each process its share of the threads of the model.
    parallel = Parallel(n_jobs=workers, backend="loky", return_as="generator_unordered")
    try:
        yield from parallel(delayed(score_piece)(scorer, piece, target, layout) for piece in pieces)
    except BrokenProcessPool as error:
        raise RegistryError(
            f"A process ended before its piece was finished, perhaps because memory was full "
            f"({short_error(error)}). {_AGAIN}"
        ) from error


def run_dask(
    scorer: TableScorer, pieces: Sequence[Piece], target: Place, layout: Layout, cluster: Any
) -> Generator[Found]:
    """Score pieces on a Dask cluster, whose workers must see the same paths.

    Parameters
    ----------
    scorer, pieces, target, layout
        As for `run_processes`.
    cluster : str, Client or None
        Address of the scheduler, or a client; None for the current client.

    Yields
    ------
    tuple of (str, dict)
        Name and row counts of each file, as they are finished.

    Raises
    ------
    RegistryError
        If the cluster cannot be reached, or workers end repeatedly.
    """
    from distributed import KilledWorker, as_completed

    # Two runs on one cluster must not get the results of each other.
    run_id = uuid.uuid4().hex
    with _client(cluster) as client, client.as_current():
        futures = [
            client.submit(
                score_piece,
                scorer,
                piece,
                target,
                layout,
                key=f"score-{run_id}-{n}",
                pure=False,
            )
            for n, piece in enumerate(pieces)
        ]
        try:
            for future in as_completed(futures):
                yield future.result()
        except KilledWorker as error:
            raise RegistryError(
                "Workers of the cluster ended several times while they scored the same piece, "
                f"perhaps because memory was full; pass a smaller batch_rows. {_AGAIN}"
            ) from error
        except CancelledError as error:
            raise RegistryError(f"The Dask scheduler was closed. {_AGAIN}") from error
        except ImportError as error:
            raise RegistryError(
                "The workers of the cluster cannot import a library "
                f"({short_error(error)}); install exo-nbregistry[dask] and the libraries of the "
                "model there."
            ) from error
        finally:
            client.cancel(futures)


@contextmanager
def _client(cluster: Any) -> Iterator[Any]:
    """Yield a client of a cluster; one that is made from an address is closed at the end."""
    from distributed import Client, get_client

    if cluster is None:
        try:
            yield get_client()
        except ValueError:
            raise InvalidInputError(
                "engine='dask' requires cluster='tcp://host:8786', or a Client that is open."
            ) from None
        return
    if not isinstance(cluster, str):
        if not hasattr(cluster, "submit"):
            raise InvalidInputError(
                f"cluster must be an address such as 'tcp://host:8786' or a Client of Dask, got "
                f"{type(cluster).__name__}."
            )
        yield cluster
        return
    try:
        client = Client(cluster, set_as_default=False)
    except (OSError, ValueError) as error:
        raise RegistryError(
            f"Cannot connect to the Dask scheduler at {cluster}: {short_error(error)}."
        ) from None
    try:
        yield client
    finally:
        client.close()


def run(
    engine: str,
    scorer: TableScorer,
    pieces: Sequence[Piece],
    target: Place,
    layout: Layout,
    *,
    n_jobs: int | None,
    cluster: Any,
) -> Generator[Found]:
    """Score pieces with an engine; see `run_processes` and `run_dask`."""
    if pieces and engine == DASK:
        yield from run_dask(scorer, pieces, target, layout, cluster)
    elif pieces:
        yield from run_processes(scorer, pieces, target, layout, n_jobs)
