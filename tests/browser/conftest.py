"""A browser for the run, and an incident for each test that needs one."""

from collections.abc import Iterator
from pathlib import Path

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
def told(system: Running, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """An incident everybody was told of, after one about children no school is told of.

    A test that acknowledges it makes its own.
    """
    folder = tmp_path_factory.mktemp("told")
    list_children(system, folder)
    owe_call(system, folder)
    refer_to_checs(system, folder)
    return tell(system, folder)


@pytest.fixture
def untouched(system: Running, tmp_path: Path) -> Told:
    """An incident nobody has acknowledged yet."""
    return tell(system, tmp_path)
