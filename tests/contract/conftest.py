"""What many of the contracts begin with."""

from pathlib import Path

import pytest

from tests.office_builders import Office


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Office:
    """Return an office, on each database, of which nothing has happened yet."""
    return Office(database_url, tmp_path)
