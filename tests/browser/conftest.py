"""The fixtures of the tests in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from stage import Stage
from windows import Windows


@pytest.fixture
def windows(chromium: Browser, stage: Stage) -> Iterator[Windows]:
    """Opens windows; at the end of the test no script may have failed in any of them."""
    windows = Windows(chromium, stage)
    yield windows
    windows.close()
    assert windows.complaints == []


@pytest.fixture
def patient_windows(chromium: Browser, patient_stage: Stage) -> Iterator[Windows]:
    """The same on a desk where an answer can be taken back for a moment."""
    windows = Windows(chromium, patient_stage)
    yield windows
    windows.close()
    assert windows.complaints == []
