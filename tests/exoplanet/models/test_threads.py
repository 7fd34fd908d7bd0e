"""The limit of numerical libraries to one thread."""

from __future__ import annotations

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from exo_nbregistry.exoplanet.models.threads import VARIABLES, one_thread


@pytest.fixture(autouse=True)
def two_threads(monkeypatch: pytest.MonkeyPatch) -> object:
    """Use two threads, without a number from the user."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with threadpool_limits(2):
        yield


def used() -> set[int]:
    """Return the numbers of threads of the loaded libraries."""
    return {each["num_threads"] for each in threadpool_info()}


def test_libraries_use_one_thread_within_a_block() -> None:
    """The numbers are restored after the outermost block."""
    assert used() == {2}
    with one_thread():
        with one_thread():
            assert used() == {1}
        assert used() == {1}
    assert used() == {2}


@pytest.mark.parametrize("name", VARIABLES)
def test_the_number_of_the_user_takes_precedence(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a variable of the user, nothing is limited."""
    monkeypatch.setenv(name, "2")
    with one_thread():
        assert used() == {2}


def test_overlapping_blocks_restore_the_number() -> None:
    """A block of another thread that ends later does not keep the limit."""
    inside, leave = threading.Event(), threading.Event()

    def second() -> None:
        with one_thread():
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=second)
    with one_thread():
        other.start()
        assert inside.wait(10)
    leave.set()
    other.join()
    assert used() == {2}


def test_an_error_restores_the_number() -> None:
    """The limit ends with the block, however it ends."""
    with pytest.raises(ZeroDivisionError), one_thread():
        raise ZeroDivisionError
    assert used() == {2}
