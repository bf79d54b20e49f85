"""What the demo leaves behind: nothing of its own, however it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.cli.demo import directory
from services.cli.errors import CliError


@pytest.mark.parametrize("end", [KeyboardInterrupt, CliError, None])
def test_a_directory_of_its_own_goes_with_its_keys(end: type[BaseException] | None) -> None:
    try:
        with directory(None) as own:
            (own / "credentials").mkdir()
            (own / "credentials" / "key.pem").write_text("a key")
            if end is not None:
                raise end
    except (KeyboardInterrupt, CliError):
        pass

    assert not own.exists()


def test_a_directory_that_was_given_stays(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), directory(tmp_path) as given:
        (given / "logs").mkdir()
        raise KeyboardInterrupt

    assert (tmp_path / "logs").exists()
