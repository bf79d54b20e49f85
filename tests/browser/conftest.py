"""A browser for the run, and an incident for each test that needs one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser_builders import Told, chromium, list_children, owe_call, refer_to_checs, tell
from tests.system import Running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One real Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def told(system: Running) -> Told:
    """An incident everybody was told of, after one about children no school is told of.

    A test that acknowledges it makes its own.
    """
    list_children(system)
    owe_call(system)
    refer_to_checs(system)
    return tell(system)


@pytest.fixture
def untouched(system: Running) -> Told:
    """An incident nobody has acknowledged yet."""
    return tell(system)
