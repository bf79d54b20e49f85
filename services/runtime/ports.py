"""Loopback ports: which are free, and whether somebody listens."""

import errno
import socket
from contextlib import ExitStack
from random import SystemRandom
from typing import Final

from services.runtime.places import LOOPBACK

OURS: Final = range(20_000, 30_000)
"""Below those that a system gives to whoever connects: what was free stays so until its service listens."""

TRIES: Final = 1000
_chance = SystemRandom()
"""Not the one that tests seed: two that choose at once would choose alike."""


class NoPort(Exception):
    """Every port that was tried is in use."""


def free_port() -> int:
    """Return a loopback port nobody listens on now. Raises NoPort."""
    (port,) = free_ports(1)
    return port


def free_ports(count: int, among: range = OURS) -> tuple[int, ...]:
    """Return as many different loopback ports nobody listens on now. Raises NoPort."""
    with ExitStack() as held:
        return tuple(_held(held, among) for _ in range(count))


def listening(port: int) -> bool:
    """Say whether somebody accepts connections on that loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _held(held: ExitStack, among: range) -> int:
    """Return a free port that is taken until `held` lets go."""
    for _ in range(TRIES):
        port = _chance.choice(among)
        probe = held.enter_context(socket.socket())
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            continue
        return port
    raise NoPort(f"none of {TRIES} loopback ports from {among.start} on is free: stop what holds them")
