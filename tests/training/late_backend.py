"""A backend of joblib as those of Spark: workers of its own, and results only at the end."""

from __future__ import annotations

import pickle
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from joblib.parallel import AutoBatchingMixin, ParallelBackendBase


class LateBackend(AutoBatchingMixin, ParallelBackendBase):  # type: ignore[misc]
    """Runs pickled copies of the calls in threads, and cannot return a result by a callback."""

    supports_retrieve_callback = False
    supports_sharedmem = False

    def effective_n_jobs(self, n_jobs: int | None) -> int:
        """Return the number of workers."""
        return 2

    def configure(self, n_jobs: int = 1, parallel: Any = None, **_options: Any) -> int:
        """Start the workers."""
        self.parallel = parallel
        self._pool = ThreadPoolExecutor(2)
        return self.effective_n_jobs(n_jobs)

    def terminate(self) -> None:
        """Stop the workers."""
        self._pool.shutdown()

    def submit(self, func: Any, callback: Any = None) -> Future[Any]:
        """Run a copy of the calls."""
        sent = pickle.dumps(func)
        future = self._pool.submit(lambda: pickle.dumps(pickle.loads(sent)()))
        if callback is not None:
            future.add_done_callback(callback)
        return future

    def retrieve_result(self, out: Future[Any], timeout: float | None = None) -> Any:
        """Return the results of the calls."""
        return pickle.loads(out.result(timeout))
