"""Capture of warnings."""

from __future__ import annotations

import logging
import threading

import pytest

from exo_nbregistry.panels.browser.log_capture import capture_logs

log = logging.getLogger("exo_nbregistry")


def test_captured_warnings_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Warnings are captured inside the context, and logged before and after it."""
    log.warning("before")
    with capture_logs() as texts:
        log.warning("a %s", "hint")
        log.info("no hint")
    log.warning("after")
    assert texts == ["a hint"]
    assert caplog.messages == ["before", "after"]


def test_an_error_ends_the_capture(caplog: pytest.LogCaptureFixture) -> None:
    """After an error inside the context, warnings are logged again."""
    with pytest.raises(ValueError, match="x"), capture_logs():
        raise ValueError("x")
    log.warning("after")
    assert caplog.messages == ["after"]


def test_other_threads_are_not_captured(caplog: pytest.LogCaptureFixture) -> None:
    """Warnings of other threads are logged and not captured."""
    with capture_logs() as texts:
        other = threading.Thread(target=log.warning, args=("from elsewhere",))
        other.start()
        other.join()
    assert (texts, caplog.messages) == ([], ["from elsewhere"])
