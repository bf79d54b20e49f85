"""Which loopback ports a system is given."""

import socket
from pathlib import Path

import pytest

from services.runtime.places import LOOPBACK
from services.runtime.ports import OURS, NoPort, free_ports, listening

CONNECTING = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_no_two_services_are_given_the_same() -> None:
    assert all(len(set(free_ports(200))) == 200 for _ in range(20))


def test_one_that_is_in_use_is_given_to_nobody() -> None:
    (port,) = free_ports(1)
    with socket.create_server((LOOPBACK, port)):
        is_listening = listening(port)
        with pytest.raises(NoPort):
            free_ports(1, range(port, port + 1))

    assert is_listening


def test_none_is_among_those_that_whoever_connects_is_given() -> None:
    first = int(CONNECTING.read_text().split()[0])

    assert OURS.stop <= first
