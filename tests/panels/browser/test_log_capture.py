"""Warnings are shown where people look instead of in the log."""

from __future__ import annotations

import logging
import threading

import pytest

from exo_nbregistry.panels.browser.log_capture import capture_logs

log = logging.getLogger("exo_nbregistry")


def test_warnings_are_kept_from_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Within, they are collected; before and after, they are logged as ever."""
    log.warning("before")
    with capture_logs() as texts:
        log.warning("a %s", "hint")
        log.info("no hint")
    log.warning("after")
    assert texts == ["a hint"]
    assert caplog.messages == ["before", "after"]


def test_an_error_ends_it_too(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever happens within, later warnings are logged."""
    with pytest.raises(ValueError, match="x"), capture_logs():
        raise ValueError("x")
    log.warning("after")
    assert caplog.messages == ["after"]


def test_other_threads_are_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """What others warn of in the meantime is logged, and is no hint of this page."""
    with capture_logs() as texts:
        other = threading.Thread(target=log.warning, args=("from elsewhere",))
        other.start()
        other.join()
    assert (texts, caplog.messages) == ([], ["from elsewhere"])
