"""What the command says when it cannot go on.

CliError           printed in one line; the command ends with code 1
  NotRunning       no system at that address, or nothing said where one is
  NothingFound     what was asked for is not there, or not for whoever asks
  Refused          the system answered with problem details
"""

from __future__ import annotations


class CliError(Exception):
    """The command cannot go on; the text says what to do next."""


class NotRunning(CliError):
    """Nothing answers where a running system should be."""


class NothingFound(CliError):
    """What was asked for is not there, or not for whoever asks: the two look alike."""


class Refused(CliError):
    """The system refused; `status` is the HTTP status."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{detail} (status {status})")
        self.status = status
