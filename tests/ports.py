"""Ports for servers of tests, while other test processes look for theirs at the same moment."""

import socket
from typing import Final

from sightline.ports import HOST, is_free

# Below those from which systems take a port for a connection that somebody opens (from 32768 on Linux, from 49152 elsewhere): nobody takes
# one by chance between its choice and the start of its server.
CHOICE: Final = range(20000, 32768)

_claims: list[socket.socket] = []


def claim_port() -> int:
    """A free port, which no other test process on this machine is given before this one ends.

    The sign of a claim is a UDP socket on the same number, which no server of ours uses: the system gives it to one process only, and takes
    it back however that process ends.
    """
    for port in CHOICE:
        claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            claim.bind((HOST, port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        if is_free(port):
            return port
    raise AssertionError(f"no port from {CHOICE.start} to {CHOICE.stop - 1} is free")


def give_ports_back() -> None:
    """At the end of a session."""
    while _claims:
        _claims.pop().close()
